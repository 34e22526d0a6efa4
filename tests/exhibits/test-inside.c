/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>

#include "app/exhibits/exhibit.h"
#include "app/exhibits/gradient-flow.h"
#include "app/exhibits/gradient-rules.h"
#include "app/exhibits/saturation.h"
#include "app/exhibits/spectrum.h"
#include "app/exhibits/trajectories.h"
#include "app/study/training.h"
#include "data/samples.h"

#define TRAINED "lstm(6, return_sequences) > gru(5) > dense(1)"
#define PATIENT 3

/* A short training, and the weights of its last epoch. */
typedef struct
{
  char            *directory;
  AnmStudy        *study;
  AnmCohort       *cohort;
  AnmTraining     *training;
  AnmRun          *run;
  AnmNetwork      *network;
  anm_real        *parameters;
  guint            epoch;
  AnmPool         *pool;
  AnmCohortSample *sample;
  guint            n_grown;
} Fixture;

static void
fixture_set_up (Fixture *self,
                gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  self->directory = g_dir_make_tmp ("anamnesis-XXXXXX", NULL);
  path = g_build_filename (self->directory, "test.anamnesis", NULL);
  self->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  self->cohort = anm_sample_make ("sample:icu?patients=120", &error);
  g_assert_no_error (error);
  anm_study_set_cohort (self->study, self->cohort, "sample:icu");
  anm_study_set_network (self->study, spec);
  g_assert_nonnull (anm_study_prepare (self->study, &error));
  g_assert_no_error (error);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 4;
  hyperparameters.learning_rate = 0.01;
  self->training = anm_training_start (self->study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_training_wait (self->training, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  self->run = anm_training_get_run (self->training, 0);
  self->network = anm_run_get_network (self->run);
  self->parameters = anm_run_load_parameters (self->run, ANM_EPOCH_LAST, &self->epoch, &error);
  g_assert_no_error (error);
  anm_pool_enter_computing_thread ();
  self->pool = anm_pool_new (1);
  self->sample = anm_cohort_sample_new_for_run (self->study, self->run, 12, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture *self,
                   gconstpointer text)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  anm_cohort_sample_unref (self->sample);
  anm_pool_unref (self->pool);
  g_free (self->parameters);
  g_clear_object (&self->training);
  g_clear_object (&self->study);
  anm_cohort_unref (self->cohort);
  dir = g_dir_open (self->directory, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);
      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
}

static double
table_number (GPtrArray *table,
              guint row,
              guint column)
{
  return g_ascii_strtod (((char **) g_ptr_array_index (table, row))[column], NULL);
}

static const char *
table_word (GPtrArray *table,
            guint row,
            guint column)
{
  return ((char **) g_ptr_array_index (table, row))[column];
}

/* Evenly taken, in order, each once. */
static void
test_sample (Fixture *self,
             gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *patients = NULL;
  gsize n, at = 0;

  patients = anm_study_load_run_patients (self->study, self->run, ANM_PART_VALIDATION, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->sample->n, ==, MIN (n, 12));
  g_assert_cmpuint (self->sample->n_all, ==, n);
  g_assert_cmpuint (self->sample->sequences->n_sequences, ==, self->sample->n);
  for (gsize i = 0; i < self->sample->n; i++, at++)
    {
      while (at < n && patients[at] != self->sample->patients[i])
        at++;
      g_assert_cmpuint (at, <, n);
      g_assert_cmpint (anm_cohort_sample_find (self->sample, self->sample->patients[i]), ==, (gssize) i);
    }
  g_assert_null (anm_cohort_sample_new (self->network, self->sample->recipe, self->cohort, patients, 0, 5, &error));
  g_assert_nonnull (error);
}

/* The eigenvalues of U sum to its trace, of every gate, and the picture holds what the engine says. */
static void
test_recurrent_matrix (Fixture *self,
                       gconstpointer text)
{
  g_autofree anm_real *initial = anm_run_load_parameters (self->run, 0, NULL, NULL);
  g_auto (GStrv) gates = anm_recurrent_look_list_gates (self->network, 0);

  g_assert_cmpuint (g_strv_length (gates), ==, 4);
  for (guint g = 0; gates[g] != NULL; g++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmRecurrentLook) look = anm_recurrent_look_new (self->network, 0, gates[g], self->parameters, initial, NULL, &error);
      g_assert_no_error (error);
      g_autoptr (AnmFigure) figure = anm_recurrent_matrix_exhibit_new (self->network, look, self->epoch, NULL);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      g_autoptr (AnmCell) cell = anm_cell_new (self->network, 0, ANM_DIRECTION_FORWARDS, &error);
      double matrix[36], trace = 0, sum = 0;

      anm_cell_set_parameters (cell, self->parameters);
      g_assert_true (anm_cell_get_recurrent_matrix (cell, gates[g], matrix));
      g_assert_cmpuint (table->len, ==, 1 + 2 * 6);
      for (guint i = 0; i < 6; i++)
        {
          trace += matrix[7 * i];
          sum += table_number (table, 1 + i, 2);
          g_assert_cmpfloat (table_number (table, 1 + i, 2), ==, look->real[i]);
          g_assert_cmpfloat (table_number (table, 7 + i, 3), ==, look->initial_imaginary[i]);
        }
      g_assert_cmpfloat_with_epsilon (sum, trace, 1e-9);
      g_assert_nonnull (strstr (anm_figure_get_caption (figure), gates[g]));
    }

  g_autoptr (AnmRecurrentLook) candidate = anm_recurrent_look_new (self->network, 0, NULL, self->parameters, NULL, NULL, NULL);
  g_assert_cmpstr (candidate->gate, ==, "g");
  g_assert_null (candidate->initial_real);
}

static AnmInspection *
inspect (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  AnmInspection *inspection = anm_inspection_new (self->network, anm_run_get_recipe (self->run), anm_run_get_loss (self->run), self->parameters, self->cohort,
                                                  PATIENT, &error);

  g_assert_no_error (error);
  return inspection;
}

/* Eigenvalues sum to the trace of the matrix that the engine computes for that step. */
static void
test_jacobian (Fixture *self,
               gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmInspection) inspection = inspect (self);
  g_autoptr (AnmJacobianLook) look = anm_jacobian_look_new (inspection, 0, ANM_DIRECTION_FORWARDS, 10.5, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (AnmFigure) figure = anm_jacobian_exhibit_new (self->network, look, "P", 1, "h", self->epoch, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, 0, ANM_DIRECTION_FORWARDS, &error);
  AnmLayerTraces traces;
  double matrix[144], trace = 0, squares = 0, sum = 0;

  g_assert_cmpuint (look->step, ==, 10);
  g_assert_cmpuint (look->size, ==, 12);
  anm_inspection_get_traces (inspection, 0, &traces);
  g_assert_true (anm_jacobian_compute (jacobian, &traces, 10, matrix, NULL, &error));
  for (guint i = 0; i < 144; i++)
    {
      trace += i % 13 == 0 ? matrix[i] : 0;
      squares += matrix[i] * matrix[i];
    }
  for (guint i = 1; i <= 12; i++)
    sum += table_number (table, i, 2);
  g_assert_cmpfloat_with_epsilon (sum, trace, 1e-9);
  g_assert_cmpfloat_with_epsilon (look->frobenius_norm, sqrt (squares), 1e-9);
  g_assert_nonnull (strstr (anm_figure_get_caption (figure), "hour 11"));

  g_autoptr (AnmJacobianLook) last = anm_jacobian_look_new (inspection, 1, ANM_DIRECTION_FORWARDS, NAN, NULL, &error);
  g_assert_cmpuint (last->size, ==, 5);
  g_assert_cmpuint (last->step, ==, traces.n_steps - 1);
}

/* Half of the steps known: the figure is of these, on the axis of all. */
static void
check_growing_reach (const AnmReachLook *look,
                     gpointer data)
{
  Fixture *self = data;
  g_autoptr (AnmReachLook) part = anm_reach_look_copy (look);

  if (look->n_known != look->n_steps / 2)
    return;
  g_autoptr (AnmFigure) figure = anm_reach_exhibit_new (self->network, part, "P", 1, "h", self->epoch, NULL);
  g_autofree char *so_far = g_strdup_printf ("%u of %u steps so far", look->n_known, look->n_steps);
  g_autofree char *from = g_strdup_printf ("hour %g,", look->times[look->n_steps - look->n_known] + 1);

  g_assert_nonnull (strstr (anm_figure_get_caption (figure), so_far));
  g_assert_nonnull (strstr (anm_figure_get_finding (figure), from));
  self->n_grown++;
}

/* At the end all of a change is there; one step before, as much as that step's Jacobian lets through. */
static void
test_reach (Fixture *self,
            gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmInspection) inspection = inspect (self);
  g_autoptr (AnmReachLook) look = anm_reach_look_new (inspection, 1, ANM_DIRECTION_FORWARDS, check_growing_reach, self, NULL, &error);
  g_autoptr (AnmJacobianLook) last = anm_jacobian_look_new (inspection, 1, ANM_DIRECTION_FORWARDS, NAN, NULL, &error);
  g_autoptr (AnmFigure) figure = anm_reach_exhibit_new (self->network, look, "P", 1, "h", self->epoch, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  g_assert_no_error (error);
  g_assert_cmpuint (self->n_grown, ==, 1);
  g_assert_cmpuint (look->n_known, ==, look->n_steps);
  g_assert_null (strstr (anm_figure_get_caption (figure), "so far"));
  g_assert_cmpfloat_with_epsilon (look->log_norms[look->n_steps - 1], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (exp (look->log_norms[look->n_steps - 2]), last->largest_singular_value, 1e-9);
  g_assert_cmpuint (table->len, ==, look->n_steps + 1);
  g_assert_cmpfloat (table_number (table, 1, 0), ==, look->times[0] + 1);
  g_assert_cmpfloat_with_epsilon (table_number (table, 1, 1), exp (look->log_norms[0]), 1e-12);
}

/* A place is what the components make of h; and he who isn't in the sample is there too. */
static void
test_trajectories (Fixture *self,
                   gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  guint32 other = 0;
  while (anm_cohort_sample_find (self->sample, other) >= 0)
    other++;
  g_autoptr (AnmTrajectoryLook) look = anm_trajectory_look_new (self->network, self->parameters, self->sample, 0, other, NULL, self->pool, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (AnmFigure) figure = anm_trajectories_exhibit_new (self->network, look, NULL, other, NULL, self->epoch, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  AnmProbe *probe = NULL;
  guint row = 1;

  g_assert_cmpuint (look->n_ways, ==, self->sample->n + 1);
  for (gsize i = 0; i < look->n_ways; i++)
    {
      g_autoptr (AnmPatientReading) reading = anm_patient_reading_new (self->network, anm_run_get_recipe (self->run), ANM_LOSS_AUTO, self->parameters, self->cohort,
                                                                       look->ways[i].patient, &probe, FALSE, &error);
      const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, 0, "h");

      g_assert_cmpuint (look->ways[i].n_steps, ==, reading->n_steps);
      for (guint t = 0; t < reading->n_steps; t++, row++)
        for (guint k = 0; k < 2; k++)
          {
            double place = 0;
            for (guint j = 0; j < h->n_units; j++)
              place += look->components->components[k * h->n_units + j] * ((double) h->values[t * h->n_units + j] - look->components->mean[j]);
            g_assert_cmpfloat_with_epsilon (table_number (table, row, 3 + k), place, 1e-5);
            g_assert_cmpstr (table_word (table, row, 0), ==, self->cohort->ids[look->ways[i].patient]);
            g_assert_cmpfloat (table_number (table, row, 2), ==, anm_patient_reading_get_x (reading, t));
          }
    }
  g_assert_cmpuint (row, ==, table->len);
  anm_probe_free (probe);
  g_assert_cmpfloat_with_epsilon (look->explained[0], look->components->variances[0] / look->components->total_variance, 1e-12);

  /* Seen from its own reference nothing turns round; from its mirror image all does. */
  g_autoptr (AnmTrajectoryLook) again = anm_trajectory_look_new (self->network, self->parameters, self->sample, 0, -1, look->components, self->pool, NULL, &error);
  g_assert_cmpuint (again->n_ways, ==, self->sample->n);
  g_assert_cmpfloat (again->ways[0].x[0], ==, look->ways[0].x[0]);
  for (guint k = 0; k < 12; k++)
    again->components->components[k] *= -1;
  g_autoptr (AnmTrajectoryLook) turned = anm_trajectory_look_new (self->network, self->parameters, self->sample, 0, -1, again->components, self->pool, NULL, &error);
  g_assert_cmpfloat (turned->ways[0].x[0], ==, -look->ways[0].x[0]);
}

/* Each field gives its groups or its numbers. */
static void
test_fields (Fixture *self,
             gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmTrajectoryLook) look = anm_trajectory_look_new (self->network, self->parameters, self->sample, 1, -1, NULL, self->pool, NULL, &error);
  g_auto (GStrv) fields = anm_trajectories_list_fields (self->cohort);

  g_assert_cmpstr (fields[0], ==, "outcome");
  g_assert_cmpuint (g_strv_length (fields), ==, 1 + self->cohort->n_statics);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_autoptr (AnmFigure) figure = anm_trajectories_exhibit_new (self->network, look, fields[i], -1, NULL, self->epoch, NULL);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      const AnmField *field = i > 0 ? &self->cohort->statics[i - 1] : NULL;
      float value = field != NULL ? self->cohort->static_values[look->ways[0].patient * self->cohort->n_statics + i - 1] : self->cohort->targets[look->ways[0].patient];

      g_test_message ("%s: %s", fields[i], table_word (table, 1, 1));
      if (isnan (value))
        g_assert_cmpstr (table_word (table, 1, 1), ==, "");
      else if (field != NULL && field->kind == ANM_FIELD_NUMERIC)
        g_assert_cmpfloat_with_epsilon (table_number (table, 1, 1), (double) value, 1e-4);
      else if (field == NULL)
        g_assert_cmpstr (table_word (table, 1, 1), ==, self->cohort->target.classes[(int) value]);
      else
        g_assert_cmpstr (table_word (table, 1, 1), ==, field->categories[(int) value]);
    }
}

/* Counted by hand from what one patient's layers hold. */
static void
test_saturation (Fixture *self,
                 gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  guint32 patient = self->sample->patients[0];
  g_autoptr (AnmCohortSample) one = anm_cohort_sample_new (self->network, self->sample->recipe, self->cohort, &patient, 1, 0, &error);
  g_autoptr (AnmSaturations) found = anm_saturations_new (self->network, self->parameters, one->sequences, ANM_SATURATION_MARGIN, self->pool, NULL);
  g_autoptr (AnmFigure) figure = anm_saturation_exhibit_new (self->network, found, 0, self->epoch, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  AnmProbe *probe = NULL;
  g_autoptr (AnmPatientReading) reading = anm_patient_reading_new (self->network, self->sample->recipe, ANM_LOSS_AUTO, self->parameters, self->cohort, patient, &probe,
                                                                   FALSE, &error);
  const AnmReadingTrace *forget = anm_patient_reading_find_trace (reading, 0, "f");
  guint n_seen = 0;

  for (guint row = 1; row < table->len; row++)
    {
      guint unit = (guint) table_number (table, row, 1) - 1, n_high = 0;

      if (!g_str_has_suffix (table_word (table, row, 0), " f"))
        continue;
      for (guint t = 0; t < reading->n_steps; t++)
        n_high += (double) forget->values[t * forget->n_units + unit] > 1 - ANM_SATURATION_MARGIN;
      g_assert_cmpfloat_with_epsilon (table_number (table, row, 2), (double) n_high / reading->n_steps, 1e-9);
      n_seen++;
    }
  g_assert_cmpuint (n_seen, ==, 6);
  anm_probe_free (probe);

  /* A dense layer with a straight answer has nothing that saturates, and says so. */
  g_autoptr (AnmFigure) dense = anm_saturation_exhibit_new (self->network, found, 2, self->epoch, NULL);
  g_assert_cmpstr (anm_figure_get_finding (dense), ==, "Nothing in this layer can saturate.");
}

static const AnmParameter *
find_parameter (Fixture *self,
                const char *name)
{
  guint n;
  const AnmParameter *table = anm_network_get_parameters (self->network, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (table[i].name, name))
      return &table[i];
  g_assert_not_reached ();
}

/* The bins of the last row hold the kernel's numbers, each once; and shares add up to 1. */
static void
test_histogram (Fixture *self,
                gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autofree anm_real *initial = anm_run_load_parameters (self->run, 0, NULL, NULL);
  AnmEpochWeights weights[] = { { 0, initial }, { self->epoch, self->parameters } };
  g_autofree char *name = g_strconcat (anm_network_get_layer_name (self->network, 0), ".recurrent_kernel", NULL);
  const AnmParameter *kernel = find_parameter (self, name);
  g_auto (GStrv) things = anm_histogram_look_list (self->network, 0);

  g_assert_true (g_strv_contains ((const char *const *) things, "dL/dkernel"));
  g_assert_true (g_strv_contains ((const char *const *) things, "h"));
  for (guint i = 0; things[i] != NULL; i++)
    {
      g_autoptr (AnmHistogramLook) look = anm_histogram_look_new (self->network, ANM_LOSS_AUTO, 0, things[i], weights, 2, self->sample, self->pool, NULL, &error);
      g_assert_no_error (error);
      g_autoptr (AnmFigure) figure = anm_weight_histogram_exhibit_new (self->network, look, NAN, NULL);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

      for (guint row = 1; row < table->len; row++)
        {
          double sum = 0;
          for (guint bin = 0; bin < look->n_bins; bin++)
            sum += table_number (table, row, 1 + bin);
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
        }
      if (!g_str_equal (things[i], "recurrent_kernel"))
        continue;
      g_assert_cmpuint (look->rows[1]->n_finite, ==, kernel->n_rows * kernel->n_columns);
      for (guint bin = 0; bin < look->n_bins; bin++)
        {
          double left = anm_histogram_get_edge (look->rows[1], bin), right = anm_histogram_get_edge (look->rows[1], bin + 1);
          guint n = 0;
          for (gsize k = 0; k < (gsize) kernel->n_rows * kernel->n_columns; k++)
            {
              double value = (double) self->parameters[kernel->offset + k];
              n += value >= left && (value < right || (bin + 1 == look->n_bins && value <= right));
            }
          g_assert_cmpfloat_with_epsilon (table_number (table, table->len - 1, 1 + bin), (double) n / (double) look->rows[1]->n_finite, 1.01 / (double) look->rows[1]->n_finite);
        }
    }
}

static double
compute_loss (Fixture *self,
              const anm_real *parameters)
{
  double sum = 0;
  AnmProbe *probe = NULL;

  for (gsize i = 0; i < self->sample->n; i++)
    {
      g_autoptr (AnmPatientReading) reading = anm_patient_reading_new (self->network, self->sample->recipe, ANM_LOSS_AUTO, parameters, self->cohort, self->sample->patients[i],
                                                                       &probe, FALSE, NULL);
      sum += reading->loss;
    }
  anm_probe_free (probe);
  return sum / (double) self->sample->n;
}

/* Against differences of the mean loss. */
static void
test_gradient (Fixture *self,
               gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  gsize n = anm_network_get_n_parameters (self->network);
  g_autofree anm_real *gradient = g_new (anm_real, n);
  g_autofree anm_real *moved = g_memdup2 (self->parameters, n * sizeof *moved);
  int stop = 1;

  g_assert_true (anm_parameter_gradient (self->network, self->parameters, ANM_LOSS_AUTO, self->sample->sequences, gradient, NULL, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i += n / 7)
    {
      const double by = 1e-2;
      double more, less;

      moved[i] = self->parameters[i] + (anm_real) by;
      more = compute_loss (self, moved);
      moved[i] = self->parameters[i] - (anm_real) by;
      less = compute_loss (self, moved);
      moved[i] = self->parameters[i];
      g_assert_cmpfloat_with_epsilon ((double) gradient[i], (more - less) / (2 * by), 2e-3 * fabs ((double) gradient[i]) + 2e-5);
    }
  g_assert_false (anm_parameter_gradient (self->network, self->parameters, ANM_LOSS_AUTO, self->sample->sequences, gradient, &stop, &error));
  g_assert_no_error (error);
}

enum
{
  N_EPOCHS = 9,
  N_STEPS = 6,
};

static guint
find_bursts (guint n_epochs,
             double norms[][N_STEPS],
             guint *bursts)
{
  double strengths[N_EPOCHS];

  for (guint i = 0; i < n_epochs; i++)
    strengths[i] = anm_gradient_get_strength (norms[i], N_STEPS);
  return anm_gradient_find_bursts (strengths, n_epochs, bursts, 4);
}

static guint
find_vanishing (double norms[][N_STEPS],
                guint *first,
                guint *n_vanished)
{
  guint vanished[N_EPOCHS];

  for (guint i = 0; i < N_EPOCHS; i++)
    vanished[i] = anm_gradient_count_vanished (norms[i], N_STEPS);
  return anm_gradient_find_vanishing (vanished, N_EPOCHS, first, n_vanished);
}

/* Over ten times the median and under 1e-4, and not a bit before. */
static void
test_rules (void)
{
  double norms[N_EPOCHS][N_STEPS];
  guint bursts[4], first, n_vanished;

  for (guint i = 0; i < N_EPOCHS; i++)
    for (guint k = 0; k < N_STEPS; k++)
      norms[i][k] = 1;
  g_assert_cmpuint (find_bursts (N_EPOCHS, norms, bursts), ==, 0);
  g_assert_cmpuint (find_vanishing (norms, &first, &n_vanished), ==, 0);

  /* A burst of two epochs is named by its stronger one; one of exactly ten times is none. */
  for (guint k = 0; k < N_STEPS; k++)
    {
      norms[2][k] = 10;
      norms[5][k] = 11;
      norms[6][k] = 40;
    }
  g_assert_cmpuint (find_bursts (N_EPOCHS, norms, bursts), ==, 1);
  g_assert_cmpuint (bursts[0], ==, 6);
  g_assert_cmpuint (find_bursts (3, norms, bursts), ==, 0);

  /* Epochs 1 to 3 teach the first two steps nothing, epoch 2 the first three; epoch 8 the first alone. */
  for (guint i = 1; i <= 3; i++)
    norms[i][5] = norms[i][4] = 0.99e-4 * norms[i][0];
  norms[2][3] = 0;
  norms[8][5] = 0.5e-4;
  g_assert_cmpuint (anm_gradient_count_vanished (norms[2], N_STEPS), ==, 3);
  g_assert_cmpuint (find_vanishing (norms, &first, &n_vanished), ==, 3);
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (n_vanished, ==, 2);
  norms[4][5] = 1e-4;
  g_assert_cmpuint (find_vanishing (norms, &first, &n_vanished), ==, 3);

  /* Where nothing arrives at all nothing can be said. */
  norms[8][0] = 0;
  g_assert_cmpuint (anm_gradient_count_vanished (norms[8], N_STEPS), ==, 0);
  norms[8][0] = NAN;
  g_assert_cmpuint (anm_gradient_count_vanished (norms[8], N_STEPS), ==, 0);
}

/* Both axes, and what stands beside the map. */
static void
test_flow (Fixture *self,
           gconstpointer text)
{
  AnmFlowRun runs[] = { { self->run, "first" }, { self->run, "second" } };
  AnmFlowLook look = { .n_runs = 1, .runs = runs, .layer = 0, .time_unit = "h", .chosen = 2 };
  const AnmRunEpoch *epoch = anm_run_get_epoch (self->run, 2);

  for (int axis = ANM_FLOW_FROM_START; axis <= ANM_FLOW_BEFORE_END; axis++)
    {
      look.axis = axis;
      g_autoptr (AnmFigure) figure = anm_gradient_flow_exhibit_new (&look);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      guint n = epoch->n_steps;

      g_assert_cmpuint (g_strv_length (g_ptr_array_index (table, 0)), ==, 1 + n + 2);
      for (guint k = 0; k < n; k++)
        {
          double expected = axis == ANM_FLOW_FROM_START ? epoch->gradient_by_step[0][k] : epoch->gradient_before_end[0][n - 1 - k];
          g_assert_cmpfloat_with_epsilon (table_number (table, 2, 1 + k), expected, 1e-6 * expected);
        }
      g_assert_cmpfloat (table_number (table, 0, 1), ==, axis == ANM_FLOW_FROM_START ? 1 : -(double) (n - 1));
      double horizon = anm_gradient_horizon (epoch->gradient_before_end[0], n);
      if (!isnan (horizon))
        g_assert_cmpfloat (table_number (table, 2, 1 + n), ==, horizon);
      g_assert_nonnull (strstr (anm_figure_get_finding (figure), "epoch 2"));
    }

  look.n_runs = 2;
  g_autoptr (AnmFigure) both = anm_gradient_flow_exhibit_new (&look);
  g_autoptr (GPtrArray) tall = anm_figure_get_table (both);
  g_assert_cmpuint (tall->len, ==, 1 + 2 * 4 * epoch->n_steps);
  g_assert_cmpstr (table_word (tall, tall->len - 1, 0), ==, "second");

  g_autoptr (AnmFigure) horizon = anm_memory_horizon_exhibit_new (&look);
  g_assert_nonnull (strstr (anm_figure_get_finding (horizon), "first: "));
}

/* All of them by name, of layers that have what they want and of layers that don't. */
static void
test_registered (Fixture *self,
                 gconstpointer text)
{
  static const char *const names[] = { "gradient-flow", "memory-horizon", "recurrent-matrix", "jacobian", "reach", "trajectories", "saturation", "weight-histogram" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (int layer = -1; layer < (int) anm_network_get_n_layers (self->network); layer++)
      {
        AnmExhibitSource source = { .study = self->study, .cohort = self->cohort, .patient = PATIENT, .run = self->run, .parameters = self->parameters, .epoch = self->epoch,
                                    .layer = layer, .unit = -1 };
        const AnmExhibit *exhibit = anm_exhibit_find (names[i]);
        g_assert_nonnull (exhibit);
        g_autoptr (AnmFigure) figure = anm_exhibit_make (exhibit, &source);

        g_test_message ("%s, layer %d: %s", names[i], layer, anm_figure_get_finding (figure));
        g_assert_cmpstr (anm_figure_get_title (figure), !=, "");
        g_assert_cmpstr (anm_figure_get_finding (figure), !=, "");
        g_assert_true (g_utf8_validate (anm_figure_get_finding (figure), -1, NULL));
      }
}

#define INSIDE_TEST(path, function) g_test_add (path, Fixture, TRAINED, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  static const char *const networks[] = {
    "dense(3, activation=relu) > pooling(mean) > dense(1)",
    "gru_d(4) > dense(1)",
    "lstm(3, bidirectional, return_sequences) > attention(additive, units=4) > dense(1)",
    "conv1d(4, kernel=3) > simple_rnn(3) > dense(1)",
    "lstm(1) > dense(1)",
  };

  g_test_init (&argc, &argv, NULL);
  INSIDE_TEST ("/inside/sample", test_sample);
  INSIDE_TEST ("/inside/recurrent-matrix", test_recurrent_matrix);
  INSIDE_TEST ("/inside/jacobian", test_jacobian);
  INSIDE_TEST ("/inside/reach", test_reach);
  INSIDE_TEST ("/inside/trajectories", test_trajectories);
  INSIDE_TEST ("/inside/fields", test_fields);
  INSIDE_TEST ("/inside/saturation", test_saturation);
  INSIDE_TEST ("/inside/histogram", test_histogram);
  INSIDE_TEST ("/inside/gradient", test_gradient);
  g_test_add_func ("/inside/rules", test_rules);
  INSIDE_TEST ("/inside/flow", test_flow);
  INSIDE_TEST ("/inside/registered", test_registered);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inside/network/%u", i);
      g_test_add (path, Fixture, networks[i], fixture_set_up, test_registered, fixture_tear_down);
    }
  return g_test_run ();
}
