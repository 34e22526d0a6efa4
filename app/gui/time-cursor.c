/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/time-cursor.h"

#include <math.h>

#define KEY "anm-time-cursor"

typedef struct
{
  AnmFigureView *view;   /* its owner */
  AnmViewState  *state;  /* owned */
  gboolean       following;
} TimeCursor;

static gboolean
is_pinned (AnmFigureView *view)
{
  gboolean pinned;

  g_object_get (view, "cursor-pinned", &pinned, NULL);
  return pinned;
}

static void
follow_state (TimeCursor *self)
{
  const double time = anm_view_state_get_cursor (self->state);
  const double step = anm_view_state_get_time_step (self->state);

  if (self->following)
    return;

  self->following = TRUE;
  anm_figure_view_set_cursor_x (self->view, (floor (time / step + 1e-6) + 1) * step);
  g_object_set (self->view, "cursor-pinned", anm_view_state_get_cursor_pinned (self->state), NULL);
  self->following = FALSE;
}

static void
cursor_moved_cb (TimeCursor *self)
{
  const double time = anm_figure_view_get_cursor_x (self->view) - 0.5 * anm_view_state_get_time_step (self->state);

  if (self->following)
    return;

  self->following = TRUE;
  if (is_pinned (self->view))
    anm_view_state_pin_cursor (self->state, time);
  else
    anm_view_state_set_cursor (self->state, time);
  self->following = FALSE;
}

static void
pinned_cb (TimeCursor *self)
{
  if (self->following)
    return;

  self->following = TRUE;
  anm_view_state_set_cursor_pinned (self->state, is_pinned (self->view));
  self->following = FALSE;
}

static void
time_cursor_free (gpointer data)
{
  TimeCursor *self = data;

  g_signal_handlers_disconnect_by_data (self->state, self);
  g_object_unref (self->state);
  g_free (self);
}

void
anm_time_cursor_attach (AnmFigureView *view,
                        AnmViewState *state)
{
  TimeCursor *self;

  g_return_if_fail (ANM_IS_FIGURE_VIEW (view));
  g_return_if_fail (ANM_IS_VIEW_STATE (state));

  if (g_object_get_data (G_OBJECT (view), KEY) != NULL)
    return;

  self = g_new0 (TimeCursor, 1);
  self->view = view;
  self->state = g_object_ref (state);
  g_object_set_data_full (G_OBJECT (view), KEY, self, time_cursor_free);

  g_signal_connect_swapped (view, "notify::cursor-x", G_CALLBACK (cursor_moved_cb), self);
  g_signal_connect_swapped (view, "notify::cursor-pinned", G_CALLBACK (pinned_cb), self);
  g_signal_connect_swapped (state, "notify::cursor", G_CALLBACK (follow_state), self);
  g_signal_connect_swapped (state, "notify::cursor-pinned", G_CALLBACK (follow_state), self);
  follow_state (self);
}

void
anm_time_cursor_detach (AnmFigureView *view)
{
  TimeCursor *self;

  g_return_if_fail (ANM_IS_FIGURE_VIEW (view));

  self = g_object_get_data (G_OBJECT (view), KEY);
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (view, self);
  g_object_set_data (G_OBJECT (view), KEY, NULL);
  anm_figure_view_set_cursor_x (view, NAN);
}
