/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "app/study/inspection.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=30"

static AnmRun *
make_run (AnmStudy *study)
{
  AnmHyperparameters hyperparameters;

  fixture_init_hyperparameters (&hyperparameters, 2);
  return fixture_train (study, &hyperparameters);
}

static AnmInspection *
inspect (AnmStudy *study,
         AnmRun *run,
         guint32 patient,
         GError **error)
{
  g_autofree anm_real *parameters = anm_run_load_parameters (run, ANM_EPOCH_LAST, NULL, NULL);

  return anm_inspection_new (anm_run_get_network (run), anm_run_get_recipe (run), anm_run_get_loss (run), parameters,
                             anm_study_get_cohort (study), patient, error);
}

static const AnmTrace *
find_trace (const AnmLayerTraces *traces,
            const char *symbol)
{
  for (guint i = 0; i < traces->n_traces; i++)
    if (strcmp (traces->traces[i].symbol, symbol) == 0)
      return &traces->traces[i];
  return NULL;
}

/* A step is where the record has it, and what the layer held there is what a cell makes of the step before. */
static void
test_steps (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "gru(3, return_sequences) > lstm(2) > dense(1)");
  AnmRun *run = make_run (study);
  AnmCohort *cohort = anm_study_get_cohort (study);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmInspection) inspection = inspect (study, run, 4, &error);
  AnmLayerTraces traces;
  const AnmTrace *hidden;

  g_assert_no_error (error);
  g_assert_cmpfloat (anm_inspection_get_step (inspection), ==, anm_fitted_recipe_get_step (anm_run_get_recipe (run)));
  g_assert_cmpint (anm_network_find_recurrent (anm_run_get_network (run)), ==, 0);
  for (guint layer = 0; layer < 2; layer++)
    {
      anm_inspection_get_traces (inspection, layer, &traces);
      g_assert_cmpuint (traces.n_steps, >, 1);
      for (guint step = 0; step < traces.n_steps; step++)
        g_assert_cmpfloat (anm_inspection_get_time (inspection, layer, step), ==, step * anm_inspection_get_step (inspection));
      g_assert_cmpfloat (anm_inspection_get_time (inspection, layer, traces.n_steps - 1), <=, cohort->ends[4]);
      hidden = find_trace (&traces, "h");
      g_assert_nonnull (hidden);
      g_assert_cmpuint (hidden->n_steps, ==, traces.n_steps);
    }
}

/* The loss is the one that a probe of this patient alone gives. */
static void
test_loss (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "lstm(3) > dense(1)");
  AnmRun *run = make_run (study);
  g_autofree anm_real *parameters = anm_run_load_parameters (run, ANM_EPOCH_LAST, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint32 patient = 0; patient < 5; patient++)
    {
      g_autoptr (AnmInspection) inspection = inspect (study, run, patient, &error);
      g_autoptr (AnmSequences) sequences = anm_fitted_recipe_apply (anm_run_get_recipe (run), anm_study_get_cohort (study), &patient, 1, NULL, &error);
      g_autoptr (AnmProbe) probe = anm_probe_new (anm_run_get_network (run), anm_run_get_loss (run));

      g_assert_no_error (error);
      anm_probe_run (probe, parameters, sequences, 0, TRUE);
      g_assert_true (isfinite (anm_inspection_get_loss (inspection)));
      g_assert_cmpfloat (anm_inspection_get_loss (inspection), ==, anm_probe_get_loss (probe));
      g_assert_cmpfloat (anm_inspection_get_loss (inspection), >, 0);
    }
}

/* Cells and Jacobians come with the weights set; a layer without a state has none. */
static void
test_cell_and_jacobian (Fixture *fixture,
                        gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "lstm(3, bidirectional) > dense(1)");
  AnmRun *run = make_run (study);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmInspection) inspection = inspect (study, run, 0, &error);

  for (AnmDirection direction = ANM_DIRECTION_FORWARDS; direction <= ANM_DIRECTION_BACKWARDS; direction++)
    {
      g_autoptr (AnmCell) cell = anm_inspection_new_cell (inspection, 0, direction, &error);
      g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, 0, direction, &error);

      g_assert_no_error (error);
      g_assert_nonnull (cell);
      g_assert_cmpuint (anm_jacobian_get_n_units (jacobian), ==, 3);
      g_assert_cmpuint (anm_jacobian_get_size (jacobian), ==, 6); /* h and c */
    }
  g_assert_null (anm_inspection_new_jacobian (inspection, 1, ANM_DIRECTION_FORWARDS, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (anm_inspection_new_cell (inspection, 1, ANM_DIRECTION_FORWARDS, &error));
  g_assert_nonnull (error);
}

static void
test_names (Fixture *fixture,
            gconstpointer data)
{
  static const struct
  {
    guint       layer;
    const char *operand;
    guint       index;
    const char *name;
  } cases[] = {
    { 0, NULL, 0, "bias" },
    { 0, "h'", 2, "unit 3" },
    { 1, "x", 1, "input 2" },
    { 1, "c'", 0, "unit 1" },
    { 0, "x", 99, "input 100" },
  };
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "gru(3, return_sequences) > lstm(2) > dense(1)");
  AnmRun *run = make_run (study);
  g_autoptr (AnmInspection) inspection = inspect (study, run, 0, NULL);
  g_autofree char *column = anm_fitted_recipe_get_column_name (anm_run_get_recipe (run), 0);
  g_autofree char *first = anm_inspection_name_input (inspection, 0, "x", 0);

  g_assert_cmpstr (first, ==, column);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = anm_inspection_name_input (inspection, cases[i].layer, cases[i].operand, cases[i].index);

      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

#define ADD(name, function) g_test_add ("/study/inspection/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  ADD ("steps", test_steps);
  ADD ("loss", test_loss);
  ADD ("cell-and-jacobian", test_cell_and_jacobian);
  ADD ("names", test_names);
  return g_test_run ();
}
