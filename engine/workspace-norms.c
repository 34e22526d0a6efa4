/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Norms of dL/dh_t: which rows' squares are summed together, and the sums of all rows by step. */
#include "engine/workspace-private.h"

static void
fill_row_factors (AnmWorkspace *self, guint n_rows)
{
  for (guint r = 0; r < n_rows; r++)
    {
      double unit = self->scale * self->row_weights[r];

      self->row_factors[r] = unit > 0.0 ? 1.0 / (unit * unit) : 0.0;
    }
}

/* Of an onlooker, and of few rows a run, each row's squares are taken. */
#define MIN_ROWS_OF_RUN 8

static void
find_runs (AnmWorkspace *self)
{
  const AnmRagged *record = self->shapes[0];

  self->n_runs = 0;
  for (guint r = 0; r < record->n_rows; r++)
    if (r == 0 || record->lengths[r] != record->lengths[r - 1] || self->row_factors[r] != self->row_factors[r - 1])
      self->runs[self->n_runs++] = r;
  self->runs[self->n_runs] = record->n_rows;
  if (self->with_traces || self->n_runs * MIN_ROWS_OF_RUN > record->n_rows)
    self->n_runs = 0;
}

void
_anm_workspace_begin_norms (AnmWorkspace *self)
{
  fill_row_factors (self, self->shapes[0]->n_rows);
  find_runs (self);
}

/* The record's step that step @t of layer @layer's input stands for, of row @r. */
static guint
find_record_step (const AnmWorkspace *self, guint layer, guint t, guint r)
{
  while (layer-- > 0)
    t = _anm_layer_get_anchor (self->network->layers[layer], t, self->shapes[layer]->lengths[r]);
  return t;
}

#define PARTIAL_SUMS 8

static double
multiply_squares (guint n, const double *squares, const double *factors)
{
  double sums[PARTIAL_SUMS] = { 0 };
  double sum = 0.0;
  guint i = 0;

  for (; i + PARTIAL_SUMS <= n; i += PARTIAL_SUMS)
    for (guint k = 0; k < PARTIAL_SUMS; k++)
      sums[k] += squares[i + k] * factors[i + k];
  for (; i < n; i++)
    sum += squares[i] * factors[i];
  for (guint k = 0; k < PARTIAL_SUMS / 2; k++)
    sums[k] += sums[k + PARTIAL_SUMS / 2];
  return sum + ((sums[0] + sums[2]) + (sums[1] + sums[3]));
}

/* Of rows @first .. @end - 1, which are equally long, at packed row @start: their squares times what makes them their own loss's. */
static double
sum_squares (const AnmWorkspace *self, guint layer, gsize start, guint first, guint end)
{
  const double *squares = self->states[layer]->squares + start;
  double sum = 0.0;

  if (self->n_runs == 0)
    return multiply_squares (end - first, squares + first, self->row_factors + first);
  for (guint run = 0; run < self->n_runs && self->runs[run] < end; run++)
    if (self->runs[run] >= first)
      sum += squares[self->runs[run]] * self->row_factors[self->runs[run]];
  return sum;
}

/* Rows @first .. @end - 1, which are equally long. Where layers below shorten the sequence, a step
 * counts for all of the record's until the next one. */
static void
add_run_norms (const AnmWorkspace *self, guint layer, guint first, guint end,
               double *by_step, guint64 *by_step_count, double *before_end, guint64 *before_end_count)
{
  const AnmRagged *shape = self->shapes[layer], *record = self->shapes[0];
  guint length = shape->lengths[first], n_steps = record->lengths[first];
  guint n_counted = 0;

  for (guint r = first; r < end; r++)
    n_counted += self->row_factors[r] > 0.0;
  for (guint t = 0; t < length; t++)
    {
      double sum = sum_squares (self, layer, shape->start[t], first, end);
      guint step = shape == record ? t : find_record_step (self, layer, t, first);
      guint next = shape == record ? t + 1 : t + 1 < length ? find_record_step (self, layer, t + 1, first) : n_steps;

      for (; step < next; step++)
        {
          if (by_step != NULL)
            {
              by_step[step] += sum;
              by_step_count[step] += n_counted;
            }
          if (before_end != NULL)
            {
              before_end[n_steps - 1 - step] += sum;
              before_end_count[n_steps - 1 - step] += n_counted;
            }
        }
    }
}

void
anm_workspace_add_gradient_norms (AnmWorkspace *self,
                                  double *const *by_step,
                                  guint64 *const *by_step_count,
                                  double *const *before_end,
                                  guint64 *const *before_end_count)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    {
      const AnmRagged *record = self->shapes[0];

      if (self->states[l]->squares == NULL || (by_step[l] == NULL && before_end[l] == NULL))
        continue;
      for (guint first = 0, end; first < record->n_rows; first = end)
        {
          for (end = first + 1; end < record->n_rows && record->lengths[end] == record->lengths[first]; end++)
            ;
          add_run_norms (self, l, first, end, by_step[l], by_step_count[l], before_end[l], before_end_count[l]);
        }
    }
}

void
_anm_workspace_stop_watching (AnmWorkspace *self)
{
  for (guint l = 0; l < self->network->n_layers; l++)
    g_clear_pointer (&self->states[l]->squares, g_free);
}
