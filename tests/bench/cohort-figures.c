/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cohort-figures [PATIENTS [THREADS]]
 *
 * What the figures of Inside that look at a whole cohort take: hidden trajectories, saturation and histograms of every epoch
 * shown, of patients over 48 steps as in the Challenge's set A. To hold: within 1 s on two cores for 4000 patients.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "app/study/histogram-look.h"
#include "app/study/trajectory-look.h"
#include "data/samples.h"
#include "engine/saturation.h"

#define NETWORK "gru(128, return_sequences) > gru(64) > dense(1)"
#define N_EPOCHS 12
#define N_ROUNDS 3

static double
get_processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct
{
  AnmNetwork      *network;
  AnmCohortSample *sample;
  AnmPool         *pool;
  AnmEpochWeights  weights[N_EPOCHS];
} Bench;

static void
check (gconstpointer result,
       GError *error)
{
  if (result != NULL)
    return;
  fprintf (stderr, "cohort-figures: %s\n", error != NULL ? error->message : "stopped");
  exit (1);
}

static void
make_trajectories (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTrajectoryLook) look = anm_trajectory_look_new (self->network, self->weights[0].parameters, self->sample, 0, 0, NULL, self->pool, NULL, &error);

  check (look, error);
}

static void
make_saturations (Bench *self)
{
  g_autoptr (AnmSaturations) found = anm_saturations_new (self->network, self->weights[0].parameters, self->sample->sequences, 0.05, self->pool, NULL);

  check (found, NULL);
}

static void
make_histogram (Bench *self,
                const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmHistogramLook) look = anm_histogram_look_new (self->network, ANM_LOSS_AUTO, 0, what, self->weights, N_EPOCHS, self->sample, self->pool, NULL, &error);

  check (look, error);
}

static void
make_states (Bench *self)
{
  make_histogram (self, "h");
}

static void
make_gradients (Bench *self)
{
  make_histogram (self, "dL/dkernel");
}

static void
measure (Bench *self,
         const char *name,
         void (*make) (Bench *))
{
  double best = G_MAXDOUBLE, least = G_MAXDOUBLE;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      const double processor = get_processor_seconds ();
      const gint64 begin = g_get_monotonic_time ();

      make (self);
      best = MIN (best, (double) (g_get_monotonic_time () - begin) / 1e6);
      least = MIN (least, get_processor_seconds () - processor);
    }
  printf ("  %-34s clock %6.3f s, processor %6.3f s\n", name, best, least);
}

int
main (int argc,
      char **argv)
{
  const guint n_patients = argc > 1 ? (guint) MAX (atoi (argv[1]), 1) : 4000;
  const guint n_threads = argc > 2 ? (guint) MAX (atoi (argv[2]), 1) : 2;
  g_autofree char *name = g_strdup_printf ("sample:icu?patients=%u", n_patients);
  g_autofree guint32 *patients = g_new (guint32, n_patients);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make (name, &error);
  g_autoptr (AnmRecipe) recipe = NULL;
  g_autoptr (AnmDataset) dataset = NULL;
  AnmFittedRecipe *fitted;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (NETWORK, NULL);
  Bench self = { 0 };

  check (cohort, error);
  for (guint32 i = 0; i < n_patients; i++)
    patients[i] = i;
  recipe = anm_recipe_new_for (cohort);
  dataset = anm_dataset_new (cohort, recipe, &error);
  check (dataset, error);
  fitted = dataset->recipe;
  self.network = anm_network_new (spec, anm_fitted_recipe_get_n_columns (fitted), &anm_fitted_recipe_get_target (fitted)->shape, &error);
  check (self.network, error);
  for (guint i = 0; i < N_EPOCHS; i++)
    {
      anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (self.network));

      anm_network_initialize (self.network, i + 1, parameters);
      self.weights[i] = (AnmEpochWeights){ i, parameters };
    }
  self.pool = anm_pool_new (n_threads);
  self.sample = anm_cohort_sample_new (self.network, fitted, cohort, patients, n_patients, 0, &error);
  check (self.sample, error);

  printf ("%s, %u patients, %zu steps at most, %u columns, %u threads\n", NETWORK, n_patients, anm_sequences_get_max_length (self.sample->sequences),
          anm_fitted_recipe_get_n_columns (fitted), n_threads);
  measure (&self, "trajectories", make_trajectories);
  measure (&self, "saturation", make_saturations);
  measure (&self, "histograms of h, 12 epochs", make_states);
  measure (&self, "histograms of dL/dkernel, 12 epochs", make_gradients);
  for (guint i = 0; i < N_EPOCHS; i++)
    g_free ((gpointer) self.weights[i].parameters);
  anm_cohort_sample_unref (self.sample);
  anm_pool_unref (self.pool);
  anm_network_unref (self.network);
  return 0;
}
