/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/rate-test.h"

#include "engine/trainer-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MIN_UPDATES 10
#define MAX_UPDATES 100000

/* Of the running mean: as old as ten updates. */
#define SMOOTHING 0.9

/* Times the smallest smoothed loss: there is nothing to be learnt from going on. */
#define EXPLODED 4.0

void
anm_rate_test_free (AnmRateTest *self)
{
  g_free (self->rates);
  g_free (self->losses);
  g_free (self->smoothed);
  g_free (self);
}

static gboolean
check_range (const AnmRateRange *range, GError **error)
{
  if (isfinite (range->lowest) && range->lowest > 0.0 && isfinite (range->highest) && range->highest > range->lowest
      && range->n_updates >= MIN_UPDATES && range->n_updates <= MAX_UPDATES)
    return TRUE;
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER,
               _("Learning rates can't be tried from %g to %g in %u updates; the first must be more than 0 and less than the second, and the updates from %d to %d."),
               range->lowest, range->highest, range->n_updates, MIN_UPDATES, MAX_UPDATES);
  return FALSE;
}

/* The same training without anything that would end or steer it. */
static AnmTrainer *
make_trainer (AnmNetwork *network, const AnmHyperparameters *hyperparameters, AnmSequences *training, const anm_real *parameters,
              AnmPool *pool, GError **error)
{
  AnmHyperparameters plain = *hyperparameters;

  anm_schedule_init (&plain.schedule, ANM_SCHEDULE_CONSTANT);
  plain.epochs = MAX_UPDATES;
  plain.patience = 0;
  plain.convergence = plain.gradient_tolerance = 0.0;
  return anm_trainer_new (network, &plain, training, NULL, parameters, pool, error);
}

/* Makes the next update, past any end of an epoch. */
static AnmTrainerEvent
make_update (AnmTrainer *trainer, double rate, const int *stop)
{
  AnmTrainerEvent event;

  trainer->hyperparameters.learning_rate = rate;
  do
    event = anm_trainer_step (trainer, stop, NULL);
  while (event == ANM_TRAINER_EPOCH_ENDED);
  return event;
}

/* Returns whether it exploded. */
static gboolean
add_point (AnmRateTest *self, double rate, double loss)
{
  guint n = self->n_points++;
  double weight = 1.0 - pow (SMOOTHING, n);
  double before = n > 0 ? self->smoothed[n - 1] * weight : 0.0;
  double best = INFINITY;

  self->rates[n] = rate;
  self->losses[n] = loss;
  self->smoothed[n] = (SMOOTHING * before + (1.0 - SMOOTHING) * loss) / (1.0 - pow (SMOOTHING, n + 1));
  for (guint i = 0; i <= n; i++)
    best = MIN (best, self->smoothed[i]);
  return self->smoothed[n] > EXPLODED * best;
}

/* Slope of the smoothed loss at point @i, by least squares over the points of a decade of rates. */
static double
find_slope (const AnmRateTest *self, guint i, guint half)
{
  guint first = i > half ? i - half : 0, last = MIN (i + half, self->n_points - 1);
  double middle = (first + last) / 2.0, products = 0.0, squares = 0.0;

  for (guint k = first; k <= last; k++)
    {
      products += (k - middle) * self->smoothed[k];
      squares += (k - middle) * (k - middle);
    }
  return squares > 0.0 ? products / squares : 0.0;
}

static void
suggest (AnmRateTest *self, const AnmRateRange *range)
{
  double decades = log10 (range->highest / range->lowest);
  guint half = (guint) MAX ((range->n_updates - 1) / decades / 2.0, 1.0);
  guint lowest = 0, steepest = 0;
  double fastest = 0.0;

  self->suggestion = self->steepest = (double) NAN;
  for (guint i = 1; i < self->n_points; i++)
    if (self->smoothed[i] < self->smoothed[lowest])
      lowest = i;
  for (guint i = 0; i <= lowest && lowest > 0; i++)
    if (find_slope (self, i, half) < fastest)
      {
        fastest = find_slope (self, i, half);
        steepest = i;
      }
  if (fastest == 0.0)
    return;
  self->steepest = self->rates[steepest];
  self->suggestion = MIN (self->steepest, self->rates[lowest] / 10.0);
}

/**
 * anm_rate_test_run:
 * @hyperparameters: of the run that a rate is sought for; its own rate,
 *   schedule and rules to end are passed over
 * @parameters: (nullable): weights to begin with, left as they are; %NULL draws
 *   them from the seed
 * @range: the rates to try, growing geometrically, one an update
 * @progress: (nullable): called after each update
 * @stop: (nullable): atomic int, looked at between the time steps of a chunk
 *
 * The learning-rate range test. The smoothed loss is a running mean with
 * factor 0.9, corrected for its beginning; the test ends when it is four times
 * its smallest value, or no longer a number. Suggested is the rate at which it
 * fell fastest, its slope being taken over a decade of rates, or a tenth of the
 * rate at which it was smallest, if that is less: well before it explodes.
 *
 * Nothing but what is returned is changed.
 *
 * L. N. Smith (2017): Cyclical learning rates for training neural networks.
 * WACV. Section 3.3.
 *
 * Returns: (transfer full) (nullable): the test; %NULL if it was stopped, or
 *   with @error set as by anm_trainer_new()
 */
AnmRateTest *
anm_rate_test_run (AnmNetwork *network,
                   const AnmHyperparameters *hyperparameters,
                   AnmSequences *training,
                   const anm_real *parameters,
                   AnmPool *pool,
                   const AnmRateRange *range,
                   AnmRateTestProgress progress,
                   gpointer data,
                   const int *stop,
                   GError **error)
{
  g_autoptr (AnmRateTest) self = NULL;
  g_autoptr (AnmTrainer) trainer = NULL;

  if (!check_range (range, error))
    return NULL;
  trainer = make_trainer (network, hyperparameters, training, parameters, pool, error);
  if (trainer == NULL)
    return NULL;
  self = g_new0 (AnmRateTest, 1);
  self->rates = g_new0 (double, range->n_updates);
  self->losses = g_new0 (double, range->n_updates);
  self->smoothed = g_new0 (double, range->n_updates);
  for (guint i = 0; i < range->n_updates && !self->diverged; i++)
    {
      double rate = range->lowest * pow (range->highest / range->lowest, (double) i / (range->n_updates - 1));
      AnmTrainerEvent event = make_update (trainer, rate, stop);

      if (event == ANM_TRAINER_INTERRUPTED)
        return NULL;
      self->diverged = event != ANM_TRAINER_UPDATED || add_point (self, rate, anm_trainer_get_update (trainer)->loss);
      if (progress != NULL)
        progress (i + 1, range->n_updates, data);
    }
  suggest (self, range);
  return g_steal_pointer (&self);
}
