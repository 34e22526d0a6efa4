/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likest hours of each patient against a search without any shortcut over each patient's own reading.
 */
#include <math.h>

#include "app/study/similar-hours.h"
#include "data/samples.h"
#include "fixture.h"

/* More than one batch. */
#define SOURCE "sample:icu?patients=140"
#define NETWORK "lstm(5, return_sequences) > gru(3) > dense(1)"
#define OWN 130

typedef struct
{
  AnmWeights        *weights;
  AnmProbe          *probe;
  AnmPatientReading *own;
} Reader;

static AnmPatientReading *
read_patient (Reader *self,
              guint32 patient)
{
  g_autoptr (GError) error = NULL;
  AnmPatientReading *reading = anm_patient_reading_new (self->weights->network, self->weights->recipe, self->weights->loss,
                                                        anm_weights_get_parameters (self->weights), self->weights->cohort, patient,
                                                        &self->probe, FALSE, &error);

  g_assert_no_error (error);
  return reading;
}

static void
reader_init (Reader *self,
             AnmStudy *study)
{
  g_autoptr (AnmSnapshotReader) snapshots = anm_snapshot_reader_new (ANM_SNAPSHOT_READER_BUDGET);
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 1);
  run = fixture_train (study, &hyperparameters);
  self->weights = anm_weights_new (anm_run_get_network (run), anm_run_get_recipe (run), anm_study_get_cohort (study),
                                   anm_run_get_loss (run), 1);
  g_assert_true (anm_weights_resolve (self->weights, snapshots, &error));
  self->own = read_patient (self, OWN);
}

static void
reader_clear (Reader *self)
{
  anm_patient_reading_unref (self->own);
  anm_probe_free (self->probe);
  anm_weights_unref (self->weights);
}

/* Root mean square of the differences at one place. */
static double
get_distance (const Reader *self,
              const AnmPatientReading *reading,
              const AnmSimilarQuery *query,
              guint first)
{
  const AnmReadingTrace *wanted = anm_patient_reading_find_trace (self->own, query->layer, query->symbol);
  const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, query->layer, query->symbol);
  double sum = 0;

  for (guint k = 0; k < query->n_steps; k++)
    for (guint j = 0; j < query->n_units; j++)
      sum += pow ((double) trace->values[(first + k) * trace->n_units + query->units[j]] -
                  (double) wanted->values[(query->first_step + k) * wanted->n_units + query->units[j]], 2);
  return sqrt (sum / (query->n_steps * query->n_units));
}

static void
test_against_naive (Fixture *fixture,
                    gconstpointer data)
{
  const guint units[] = { 4, 0 };
  const AnmSimilarQuery query = { 0, "h", units, 2, 10, 6 };
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = NULL;
  double sums[2] = { 0 }, squares[2] = { 0 }, n = 0, spread = 0;
  Reader reader = { 0 };

  reader_init (&reader, study);
  found = anm_similar_hours_find (reader.weights, reader.own, &query, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, reader.weights->cohort->n_patients);

  for (guint32 patient = 0; patient < reader.weights->cohort->n_patients; patient++)
    {
      g_autoptr (AnmPatientReading) reading = read_patient (&reader, patient);
      const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, 0, "h");

      for (guint k = 0; k < reading->n_steps; k++, n++)
        for (guint j = 0; j < 2; j++)
          {
            const double value = (double) trace->values[k * trace->n_units + units[j]];

            sums[j] += value;
            squares[j] += value * value;
          }
    }
  for (guint j = 0; j < 2; j++)
    spread += (squares[j] / n - pow (sums[j] / n, 2)) / 2;
  spread = sqrt (spread);

  for (guint i = 0; i < found->len; i++)
    {
      const AnmSimilarHours *hours = &g_array_index (found, AnmSimilarHours, i);
      g_autoptr (AnmPatientReading) reading = read_patient (&reader, hours->patient);
      double best = INFINITY;
      guint at = 0;

      for (guint first = 0; first + query.n_steps <= reading->n_steps; first++)
        if (hours->patient != OWN || ABS ((int) first - (int) query.first_step) >= (int) query.n_steps)
          if (get_distance (&reader, reading, &query, first) < best)
            {
              best = get_distance (&reader, reading, &query, first);
              at = first;
            }
      g_assert_cmpfloat_with_epsilon (hours->distance, best / spread, 1e-4);
      g_assert_cmpfloat_with_epsilon (hours->begin, anm_patient_reading_get_x (reading, at), 1e-9);
      g_assert_cmpfloat_with_epsilon (hours->end, anm_patient_reading_get_x (reading, at + query.n_steps - 1), 1e-9);
      if (i > 0)
        g_assert_cmpfloat (hours->distance, >=, g_array_index (found, AnmSimilarHours, i - 1).distance);
    }
  reader_clear (&reader);
}

static gboolean
give_up_cb (guint done,
            guint n_patients,
            gpointer data)
{
  (*(guint *) data)++;
  return FALSE;
}

static void
test_nothing_to_find (Fixture *fixture,
                      gconstpointer data)
{
  const AnmSimilarQuery too_long = { 0, "h", NULL, 0, 40, 60 }, no_such = { 0, "z", NULL, 0, 1, 4 }, whole = { 0, "h", NULL, 0, 1, 4 };
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (GError) error = NULL;
  Reader reader = { 0 };
  guint n_calls = 0;

  reader_init (&reader, study);
  g_assert_null (anm_similar_hours_find (reader.weights, reader.own, &too_long, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (anm_similar_hours_find (reader.weights, reader.own, &no_such, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (anm_similar_hours_find (reader.weights, reader.own, &whole, give_up_cb, &n_calls, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_calls, ==, 1);
  reader_clear (&reader);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/similar-hours/against-naive", Fixture, NULL, fixture_set_up, test_against_naive, fixture_tear_down);
  g_test_add ("/similar-hours/nothing-to-find", Fixture, NULL, fixture_set_up, test_nothing_to_find, fixture_tear_down);
  return g_test_run ();
}
