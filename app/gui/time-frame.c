/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/time-frame.h"

#include <math.h>

#define KEY "anm-time-frame"

typedef struct
{
  AnmFigureView *view;   /* its owner */
  AnmViewState  *state;  /* owned */
  gboolean       of_steps;
  gboolean       following;
} TimeFrame;

/* From the cohort's time to the figure's axis. */
static double
get_shift (const TimeFrame *self)
{
  return self->of_steps ? 0.5 * anm_view_state_get_time_step (self->state) : 0;
}

static void
follow_window (TimeFrame *self)
{
  const double shift = get_shift (self);
  AnmFigureFrame frame;
  double low, high;

  if (self->following)
    return;

  self->following = TRUE;
  anm_figure_view_get_frame (self->view, &frame);
  anm_time_window_get (anm_view_state_get_window (self->state), &low, &high);
  frame.x_low = low + shift;
  frame.x_high = high + shift;
  anm_figure_view_set_frame (self->view, &frame);
  anm_time_window_get_span (anm_view_state_get_window (self->state), &low, &high);
  anm_figure_view_set_brush (self->view, low + shift, high + shift);
  self->following = FALSE;
}

static void
zoomed_cb (TimeFrame *self)
{
  const double shift = get_shift (self);
  AnmFigureFrame frame;

  if (self->following)
    return;

  self->following = TRUE;
  anm_figure_view_get_frame (self->view, &frame);
  anm_time_window_set (anm_view_state_get_window (self->state), frame.x_low - shift, frame.x_high - shift);
  self->following = FALSE;
}

static void
marked_cb (TimeFrame *self)
{
  const double shift = get_shift (self);
  double low, high;

  if (self->following)
    return;

  self->following = TRUE;
  anm_figure_view_get_brush (self->view, &low, &high);
  anm_time_window_set_span (anm_view_state_get_window (self->state), low - shift, high - shift);
  self->following = FALSE;
}

static void
time_frame_free (gpointer data)
{
  TimeFrame *self = data;

  g_signal_handlers_disconnect_by_data (anm_view_state_get_window (self->state), self);
  g_object_unref (self->state);
  g_free (self);
}

void
anm_time_frame_attach (AnmFigureView *view,
                       AnmViewState *state,
                       gboolean of_steps)
{
  AnmTimeWindow *window;
  TimeFrame *self;

  g_return_if_fail (ANM_IS_FIGURE_VIEW (view));
  g_return_if_fail (ANM_IS_VIEW_STATE (state));

  if (g_object_get_data (G_OBJECT (view), KEY) != NULL)
    return;

  window = anm_view_state_get_window (state);
  self = g_new0 (TimeFrame, 1);
  self->view = view;
  self->state = g_object_ref (state);
  self->of_steps = of_steps;
  g_object_set_data_full (G_OBJECT (view), KEY, self, time_frame_free);

  g_signal_connect_swapped (view, "notify::x-low", G_CALLBACK (zoomed_cb), self);
  g_signal_connect_swapped (view, "notify::x-high", G_CALLBACK (zoomed_cb), self);
  g_signal_connect_swapped (view, "notify::brush-low", G_CALLBACK (marked_cb), self);
  g_signal_connect_swapped (view, "notify::brush-high", G_CALLBACK (marked_cb), self);
  g_signal_connect_swapped (window, "notify", G_CALLBACK (follow_window), self);
  follow_window (self);
}

void
anm_time_frame_detach (AnmFigureView *view)
{
  AnmFigureFrame frame;
  TimeFrame *self;

  g_return_if_fail (ANM_IS_FIGURE_VIEW (view));

  self = g_object_get_data (G_OBJECT (view), KEY);
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (view, self);
  g_object_set_data (G_OBJECT (view), KEY, NULL);
  anm_figure_view_get_frame (view, &frame);
  frame.x_low = frame.x_high = NAN;
  anm_figure_view_set_frame (view, &frame);
  anm_figure_view_set_brush (view, NAN, NAN);
}
