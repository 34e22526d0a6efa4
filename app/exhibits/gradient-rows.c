/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/gradient-rows.h"

#include <math.h>

#include "app/exhibits/gradient-rules.h"
#include "app/study/inspection.h"

typedef struct
{
  AnmGradientRows  rows;
  guint            room;      /* epochs that the arrays hold */
  guint            n_entries; /* of the run that have been looked at */
  gconstpointer    seen;      /* the last of them that had a gradient: another means that the run was taken back */
  guint            seen_at;
} Kept;

static void
kept_clear (Kept *self)
{
  AnmGradientRows *rows = &self->rows;

  g_free (rows->epochs);
  g_free (rows->horizons);
  g_free (rows->strengths);
  g_free (rows->vanished);
  g_free (rows->first);
  g_free (rows->last);
  g_free (rows->from_start);
  g_free (rows->to_end);
}

static void
kept_free (gpointer data)
{
  kept_clear (data);
  g_free (data);
}

static gboolean
is_recurrent (AnmRun *run,
              int layer)
{
  const AnmNetwork *network = anm_run_get_network (run);

  return layer >= 0 && (guint) layer < anm_network_get_n_layers (network) &&
         anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, (guint) layer)));
}

static void
make_room (Kept *self)
{
  AnmGradientRows *rows = &self->rows;

  if (rows->n_epochs < self->room)
    return;
  self->room = MAX (32, 2 * self->room);
  rows->epochs = g_renew (guint, rows->epochs, self->room);
  rows->horizons = g_renew (double, rows->horizons, self->room);
  rows->strengths = g_renew (double, rows->strengths, self->room);
  rows->vanished = g_renew (guint, rows->vanished, self->room);
  rows->first = g_renew (double, rows->first, self->room);
  rows->last = g_renew (double, rows->last, self->room);
  rows->from_start = g_renew (float, rows->from_start, (gsize) self->room * rows->n_columns);
  rows->to_end = g_renew (float, rows->to_end, (gsize) self->room * rows->n_columns);
}

/* Counted from the start or from the end, the same numbers: then no sequence is shorter than another. */
static gboolean
is_even (const double *by_step,
         const double *before_end,
         guint n_steps)
{
  for (guint k = 0; k < n_steps; k++)
    {
      double forward = by_step[k], backward = before_end[n_steps - 1 - k];
      if (!(fabs (forward - backward) <= 1e-6 * fabs (backward)) && !(isnan (forward) && isnan (backward)))
        return FALSE;
    }
  return TRUE;
}

static void
fill_columns (const AnmGradientRows *rows,
              const double *norms,
              gboolean reversed,
              float *columns)
{
  for (guint column = 0; column < rows->n_columns; column++)
    {
      double sum = 0;
      guint n = 0;

      for (guint k = column * rows->per_column; k < MIN ((column + 1) * rows->per_column, rows->n_steps); k++)
        {
          double norm = norms[reversed ? rows->n_steps - 1 - k : k];
          if (isnan (norm))
            continue;
          sum += norm * norm;
          n++;
        }
      columns[column] = n > 0 ? (float) sqrt (sum / n) : NAN;
    }
}

static void
add_epoch (Kept *self,
           const AnmRunEpoch *epoch)
{
  AnmGradientRows *rows = &self->rows;
  const double *by_step = epoch->gradient_by_step[rows->layer], *before_end = epoch->gradient_before_end[rows->layer];
  guint i;

  if (rows->n_epochs == 0)
    {
      rows->n_steps = epoch->n_steps;
      rows->per_column = 1 + (rows->n_steps - 1) / ANM_GRADIENT_MOST_COLUMNS;
      rows->n_columns = (rows->n_steps + rows->per_column - 1) / rows->per_column;
    }
  make_room (self);
  i = rows->n_epochs++;
  rows->epochs[i] = epoch->epoch;
  rows->even = rows->even && is_even (by_step, before_end, rows->n_steps);
  rows->horizons[i] = anm_gradient_horizon (before_end, rows->n_steps) * rows->step;
  rows->strengths[i] = anm_gradient_get_strength (before_end, rows->n_steps);
  rows->vanished[i] = anm_gradient_count_vanished (before_end, rows->n_steps);
  rows->first[i] = before_end[rows->n_steps - 1];
  rows->last[i] = before_end[0];
  fill_columns (rows, by_step, FALSE, rows->from_start + (gsize) i * rows->n_columns);
  fill_columns (rows, before_end, TRUE, rows->to_end + (gsize) i * rows->n_columns);
}

static gboolean
has_gradient (const Kept *self,
              const AnmRunEpoch *epoch)
{
  const guint layer = self->rows.layer;

  return epoch->gradient_by_step != NULL && epoch->gradient_before_end != NULL && layer < epoch->n_layers && epoch->gradient_by_step[layer] != NULL
         && epoch->gradient_before_end[layer] != NULL && epoch->n_steps > 0 && (self->rows.n_epochs == 0 || epoch->n_steps == self->rows.n_steps);
}

/* Taken back, or taken back and gone on: what was looked at isn't there any more. */
static gboolean
was_taken_back (const Kept *self,
                AnmRun *run)
{
  if (anm_run_get_n_epochs (run) < self->n_entries)
    return TRUE;
  if (self->seen == NULL)
    return FALSE;

  const AnmRunEpoch *epoch = anm_run_get_epoch (run, self->seen_at);
  return epoch->gradient_before_end == NULL || epoch->gradient_before_end[self->rows.layer] != self->seen;
}

const AnmGradientRows *
anm_gradient_rows_get (AnmRun *run,
                       int layer)
{
  g_autofree char *key = NULL;
  Kept *self;

  if (!is_recurrent (run, layer))
    layer = anm_network_find_recurrent (anm_run_get_network (run));
  if (layer < 0)
    return NULL;

  key = g_strdup_printf ("anm-gradient-rows-%d", layer);
  self = g_object_get_data (G_OBJECT (run), key);
  if (self == NULL || was_taken_back (self, run))
    {
      self = g_new0 (Kept, 1);
      self->rows.layer = (guint) layer;
      self->rows.step = anm_fitted_recipe_get_step (anm_run_get_recipe (run));
      self->rows.even = TRUE;
      g_object_set_data_full (G_OBJECT (run), key, self, kept_free);
    }
  for (; self->n_entries < anm_run_get_n_epochs (run); self->n_entries++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, self->n_entries);

      if (!has_gradient (self, epoch))
        continue;
      add_epoch (self, epoch);
      self->seen = epoch->gradient_before_end[layer];
      self->seen_at = self->n_entries;
    }
  return self->rows.n_epochs > 0 ? &self->rows : NULL;
}

guint
anm_gradient_rows_find (const AnmGradientRows *self,
                        double epoch)
{
  for (guint i = 0; i < self->n_epochs; i++)
    if (self->epochs[i] == epoch)
      return i;
  return self->n_epochs - 1;
}
