/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/kept-epochs.h"

#include <math.h>

#define KEY "anm-kept-epochs"
#define CURSOR_KEY "anm-epoch-cursor"

typedef struct
{
  guint *epochs;
  guint  n_epochs;
  guint  run_epochs;  /* the run had when they were looked up */
  gint64 looked_up;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->epochs);
  g_free (kept);
}

const guint *
anm_kept_epochs_get (AnmRun *run,
                     guint *n_epochs)
{
  const gint64 now = g_get_monotonic_time ();
  Kept *kept;

  *n_epochs = 0;
  if (run == NULL)
    return NULL;

  kept = g_object_get_data (G_OBJECT (run), KEY);
  if (kept == NULL)
    {
      kept = g_new0 (Kept, 1);
      g_object_set_data_full (G_OBJECT (run), KEY, kept, kept_free);
    }
  /* The last ones of a run that ended may reach the file a moment later. */
  if (kept->epochs == NULL || now - kept->looked_up > (kept->run_epochs != anm_run_get_n_epochs (run) ? 1 : 4) * G_USEC_PER_SEC)
    {
      g_free (kept->epochs);
      kept->epochs = anm_run_get_kept_epochs (run, &kept->n_epochs);
      kept->run_epochs = anm_run_get_n_epochs (run);
      kept->looked_up = now;
    }

  *n_epochs = kept->n_epochs;
  return kept->epochs;
}

int
anm_kept_epochs_find_nearest (AnmRun *run,
                              double epoch)
{
  guint n_epochs;
  const guint *epochs = anm_kept_epochs_get (run, &n_epochs);
  int nearest = -1;

  for (guint i = 0; i < n_epochs; i++)
    if (nearest < 0 || fabs (epochs[i] - epoch) < fabs (nearest - epoch))
      nearest = (int) epochs[i];

  return nearest;
}

int
anm_view_state_get_shown_epoch (AnmViewState *self)
{
  AnmRun *run = anm_view_state_get_run (self);
  const int epoch = anm_view_state_get_epoch (self);
  guint n_epochs;
  const guint *epochs;

  if (epoch != ANM_EPOCH_NEWEST || run == NULL)
    return epoch;
  if (anm_run_get_status (run) != ANM_RUN_RUNNING && anm_run_get_status (run) != ANM_RUN_PAUSED)
    return (int) anm_run_get_best_epoch (run);
  if (anm_run_get_n_epochs (run) > 0)
    return (int) anm_run_get_epoch (run, anm_run_get_n_epochs (run) - 1)->epoch;

  epochs = anm_kept_epochs_get (run, &n_epochs);
  return n_epochs > 0 ? (int) epochs[n_epochs - 1] : 0;
}

void
anm_view_state_step_epoch (AnmViewState *self,
                           int direction)
{
  const int shown = anm_view_state_get_shown_epoch (self);
  guint n_epochs;
  const guint *epochs = anm_kept_epochs_get (anm_view_state_get_run (self), &n_epochs);
  int next = -1;

  if (n_epochs == 0)
    return;

  for (guint i = 0; i < n_epochs; i++)
    {
      const int epoch = (int) epochs[i];

      if (direction < 0 && epoch < shown)
        next = epoch;
      if (direction > 0 && epoch > shown && next < 0)
        next = epoch;
    }
  if (next >= 0)
    anm_view_state_set_epoch (self, next);
  else if (direction > 0)
    anm_view_state_set_epoch (self, ANM_EPOCH_NEWEST);
}

/* Cursor */

typedef struct
{
  AnmFigureView *view;   /* its owner */
  AnmViewState  *state;  /* owned */
  gboolean       hovered;
  gboolean       showing;
} EpochCursor;

static void
show_epoch (EpochCursor *self)
{
  const int epoch = anm_view_state_get_epoch (self->state);

  if (self->hovered)
    return;
  self->showing = TRUE;
  anm_figure_view_set_cursor_x (self->view, epoch == ANM_EPOCH_NEWEST ? NAN : epoch);
  self->showing = FALSE;
}

/* By keyboard. */
static void
cursor_moved_cb (EpochCursor *self)
{
  const double x = anm_figure_view_get_cursor_x (self->view);
  const int epoch = self->hovered || self->showing || isnan (x)
                      ? -1 : anm_kept_epochs_find_nearest (anm_view_state_get_run (self->state), x);

  if (epoch >= 0)
    anm_view_state_set_epoch (self->state, epoch);
}

static void
hovered_cb (EpochCursor *self,
            const AnmFigurePlace *place)
{
  self->hovered = place != NULL;
  show_epoch (self);
}

static void
clicked_cb (EpochCursor *self,
            const AnmFigurePlace *place,
            int n_press)
{
  const int epoch = place != NULL ? anm_kept_epochs_find_nearest (anm_view_state_get_run (self->state), place->x) : -1;

  /* What is pinned belongs to the view state, which moves all cursors. */
  g_object_set (self->view, "cursor-pinned", FALSE, NULL);
  if (n_press == 1 && epoch >= 0)
    anm_view_state_set_epoch (self->state, epoch);
}

static void
epoch_cursor_free (gpointer data)
{
  EpochCursor *self = data;

  g_signal_handlers_disconnect_by_data (self->state, self);
  g_object_unref (self->state);
  g_free (self);
}

void
anm_epoch_cursor_attach (AnmFigureView *view,
                         AnmViewState *state)
{
  EpochCursor *self;

  g_return_if_fail (ANM_IS_FIGURE_VIEW (view));
  g_return_if_fail (ANM_IS_VIEW_STATE (state));

  self = g_new0 (EpochCursor, 1);
  self->view = view;
  self->state = g_object_ref (state);
  g_object_set_data_full (G_OBJECT (view), CURSOR_KEY, self, epoch_cursor_free);
  g_signal_connect_swapped (view, "hovered", G_CALLBACK (hovered_cb), self);
  g_signal_connect_swapped (view, "clicked", G_CALLBACK (clicked_cb), self);
  g_signal_connect_swapped (view, "notify::cursor-x", G_CALLBACK (cursor_moved_cb), self);
  g_signal_connect_swapped (state, "notify::epoch", G_CALLBACK (show_epoch), self);
  show_epoch (self);
}
