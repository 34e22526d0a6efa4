/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/resample.h"

#include <math.h>

#include "data/time-grid.h"

/**
 * anm_resampling_get_length:
 *
 * Steps from time zero to the patient's last row or the end of the window,
 * whichever comes first. A patient without a row has one step, in which nothing
 * was measured.
 */
gsize
anm_resampling_get_length (const AnmResampling *self,
                           const AnmCohort *cohort,
                           gsize patient)
{
  double length = anm_time_grid_length (cohort->ends[patient], self->step);

  if (self->window > 0)
    length = fmin (length, ceil (self->window / self->step - 1e-6));
  return length >= 1 ? (gsize) fmin (length, 1e15) : 1;
}

gssize
anm_resampling_get_step (const AnmResampling *self,
                         double time,
                         gsize n_steps)
{
  double index = anm_time_grid_index (time, self->step);

  if (index < 0 || (self->window > 0 && time > self->window + self->step * 1e-6))
    return -1;
  return (gssize) fmin (index, (double) (n_steps - 1));
}

/**
 * anm_resample_series:
 * @steps: (out caller-allocates): [n_steps] the aggregate of what was measured in each step,
 *   NaN where nothing was
 * @counts: (out caller-allocates): [n_steps] how many measurements that were
 * @n_steps: what anm_resampling_get_length() says
 *
 * One patient's measurements of one channel on the grid of steps. The step k
 * takes times k step <= t < (k + 1) step; the last step of a window takes its
 * closing moment too. Measurements before time zero or past the window are left
 * out. Categories can't be averaged: their last one counts.
 *
 * Returns: steps in which something was measured
 */
gsize
anm_resample_series (const AnmResampling *self,
                     const AnmCohort *cohort,
                     gsize patient,
                     guint channel,
                     double *steps,
                     guint32 *counts,
                     gsize n_steps)
{
  AnmAggregate aggregate = cohort->channels[channel].kind == ANM_FIELD_NUMERIC ? self->aggregate : ANM_AGGREGATE_LAST;
  const double *times;
  const float *values;
  gsize n = anm_cohort_get_series (cohort, patient, channel, &times, &values);
  gsize n_measured = 0;

  for (gsize k = 0; k < n_steps; k++)
    {
      steps[k] = NAN;
      counts[k] = 0;
    }

  for (gsize i = 0; i < n; i++)
    {
      gssize k = anm_resampling_get_step (self, times[i], n_steps);

      if (k < 0)
        continue;

      if (counts[k]++ == 0)
        {
          steps[k] = (double) values[i];
          n_measured++;
        }
      else if (aggregate == ANM_AGGREGATE_MEAN)
        steps[k] += (double) values[i];
      else if (aggregate == ANM_AGGREGATE_LAST)
        steps[k] = (double) values[i];
      else if (aggregate == ANM_AGGREGATE_MINIMUM)
        steps[k] = fmin (steps[k], (double) values[i]);
      else
        steps[k] = fmax (steps[k], (double) values[i]);
    }

  for (gsize k = 0; aggregate == ANM_AGGREGATE_MEAN && k < n_steps; k++)
    if (counts[k] > 1)
      steps[k] /= counts[k];
  return n_measured;
}
