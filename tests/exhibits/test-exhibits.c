/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <pango/pango.h>

#include "app/exhibits/cell-equation.h"
#include "app/exhibits/exhibit.h"
#include "app/exhibits/gradient-flow.h"
#include "app/exhibits/missing.h"
#include "app/exhibits/patient-column.h"
#include "app/exhibits/patient-states.h"
#include "app/study/training.h"
#include "data/samples.h"
#include "widgets/figures/number.h"

static void
test_names (void)
{
  guint n_exhibits;
  const AnmExhibit *exhibits = anm_exhibits (&n_exhibits);
  g_autofree char *names = anm_exhibit_names ();

  g_assert_cmpuint (n_exhibits, ==, 29);
  for (guint i = 0; i < n_exhibits; i++)
    {
      g_assert_true (anm_exhibit_find (exhibits[i].name) == &exhibits[i]);
      g_assert_nonnull (strstr (names, exhibits[i].name));
    }
  g_assert_null (anm_exhibit_find ("no such figure"));
}

/* A figure with no data says what is missing. */
static void
test_nothing (void)
{
  AnmExhibitSource nothing = { .patient = -1, .layer = -1, .unit = -1 };
  guint n_exhibits;
  const AnmExhibit *exhibits = anm_exhibits (&n_exhibits);

  for (guint i = 0; i < n_exhibits; i++)
    {
      g_autoptr (AnmFigure) figure = anm_exhibit_make (&exhibits[i], &nothing);
      AnmFigurePlace place = { 1, 1, 0, 0 };
      g_assert_cmpstr (anm_figure_get_finding (figure), !=, "");
      g_assert_null (anm_figure_describe (figure, &place));
    }
}

/* A small cohort, a network for it with its initial weights, and one patient under the lens. */
typedef struct
{
  AnmCohort         *cohort;
  AnmDataset        *dataset;
  AnmNetwork        *network;
  AnmPatientReading *reading;
} Fixture;

static void
fixture_set_up (Fixture *fixture,
                gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);

  g_assert_no_error (error);
  fixture->cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_assert_no_error (error);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (fixture->cohort);
  recipe->keep_missing = anm_network_spec_reads_missing (spec);
  fixture->dataset = anm_dataset_new (fixture->cohort, recipe, &error);
  g_assert_no_error (error);
  fixture->network = anm_network_new (spec, anm_fitted_recipe_get_n_columns (fixture->dataset->recipe), &fixture->cohort->target.shape, &error);
  g_assert_no_error (error);

  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (fixture->network));
  AnmProbe *probe = NULL;
  anm_network_initialize (fixture->network, 1, parameters);
  fixture->reading = anm_patient_reading_new (fixture->network, fixture->dataset->recipe, ANM_LOSS_AUTO, parameters, fixture->cohort, 3, &probe, TRUE, &error);
  g_assert_no_error (error);
  anm_probe_free (probe);
}

static void
fixture_tear_down (Fixture *fixture,
                   gconstpointer text)
{
  anm_patient_reading_unref (fixture->reading);
  anm_network_unref (fixture->network);
  anm_dataset_unref (fixture->dataset);
  anm_cohort_unref (fixture->cohort);
}

static double
table_number (GPtrArray *table,
              guint row,
              guint column)
{
  return g_ascii_strtod (((char **) g_ptr_array_index (table, row))[column], NULL);
}

static void
test_hidden_state (Fixture *fixture,
                   gconstpointer text)
{
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, 0, "h");
  g_autoptr (AnmFigure) figure = anm_hidden_state_exhibit_new (fixture->reading, -1, "h", NULL, 2, "initial weights");
  g_autoptr (AnmFigure) no_cell = anm_hidden_state_exhibit_new (fixture->reading, 2, "c", NULL, -1, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  g_assert_cmpuint (table->len, ==, h->n_units + 1);
  for (guint unit = 0; unit < h->n_units; unit++)
    for (guint k = 0; k < fixture->reading->n_steps; k++)
      g_assert_cmpfloat_with_epsilon (table_number (table, unit + 1, k + 1), h->values[k * h->n_units + unit], 1e-6);
  g_assert_nonnull (strstr (anm_figure_get_caption (figure), "initial weights"));
  g_assert_cmpstr (anm_figure_get_finding (no_cell), ==, "Dense has no c.");
}

/* Every number of the column is the engine's: its table, and what it says of each cell and line. */
static void
test_column (Fixture *fixture,
             gconstpointer text)
{
  const AnmPatientReading *reading = fixture->reading;
  const AnmReadingLayer *layer = &reading->layers[0];
  const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, 0, "h");
  const char *const gates[] = { "i", "f", "o" };
  const guint channels[] = { 1, 4 };
  g_autoptr (AnmFigure) figure = anm_patient_column_exhibit_new (&(AnmPatientColumn){
    .reading = reading, .weights = "after epoch 24", .layer = -1, .symbol = "h", .unit = 4, .n_channels = 2, .channels = channels });
  g_autoptr (AnmFigure) cells = anm_patient_column_exhibit_new (&(AnmPatientColumn){ .reading = reading, .layer = 0, .symbol = "c", .unit = 4 });
  g_autoptr (AnmFigure) dense = anm_patient_column_exhibit_new (&(AnmPatientColumn){ .reading = reading, .layer = 2, .symbol = "h", .unit = -1 });
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure), dense_table = anm_figure_get_table (dense);
  g_autofree char *csv = anm_figure_get_csv (figure);
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);
  const guint n_columns = g_strv_length (g_ptr_array_index (table, 0));

  g_assert_cmpuint (table->len, ==, reading->n_steps + 1);
  g_assert_cmpuint (n_columns, ==, 1 + h->n_units + 2 + 3 + 1);
  for (guint k = 0; k < reading->n_steps; k++)
    {
      g_auto (GStrv) words = g_strsplit (lines[k + 1], ",", -1);

      g_assert_cmpfloat_with_epsilon (table_number (table, k + 1, 0), anm_patient_reading_get_x (reading, k), 1e-9);
      for (guint unit = 0; unit < h->n_units; unit++)
        {
          const float value = h->values[k * h->n_units + unit];
          AnmFigurePlace place = { anm_patient_reading_get_x (reading, k), NAN, (int) unit, (int) k };
          g_autofree char *said = anm_figure_describe (figure, &place);
          g_autofree char *shown = anm_number_format_fixed ((double) value, 2);
          g_autofree char *when = anm_number_format_time (place.x, "h");
          g_autofree char *wanted = g_strdup_printf ("%s: unit %u %s%s", when, unit + 1, value > 0 ? "+" : "", shown);

          g_assert_true ((float) table_number (table, k + 1, 1 + unit) == value);
          g_assert_true ((float) g_ascii_strtod (words[1 + unit], NULL) == value);
          g_assert_cmpstr (said, ==, wanted);
        }
      for (guint i = 0; i < 3; i++)
        {
          const AnmReadingTrace *gate = anm_patient_reading_find_trace (reading, 0, gates[i]);
          const float value = gate->values[k * gate->n_units + 4];
          AnmFigurePlace place = { anm_patient_reading_get_x (reading, k), NAN, (int) (h->n_units + 2 + i), (int) k };
          g_autofree char *said = anm_figure_describe (figure, &place);
          g_autofree char *shown = anm_number_format_fixed ((double) value, 2);

          g_assert_true ((float) table_number (table, k + 1, 1 + h->n_units + 2 + i) == value);
          g_assert_true (g_str_has_suffix (said, shown));
          g_assert_nonnull (strstr (said, gate->label));
        }
      g_assert_true ((float) table_number (table, k + 1, n_columns - 1) == reading->prediction[k]);
    }

  /* Inputs are what was measured in that step, or nothing. */
  for (guint i = 0; i < 2; i++)
    {
      const double *times;
      const float *values;
      const gsize n = anm_cohort_get_series (reading->cohort, reading->patient, channels[i], &times, &values);

      for (guint k = 0; k < reading->n_steps; k++)
        {
          const char *word = ((char **) g_ptr_array_index (table, k + 1))[1 + h->n_units + i];
          gssize last = -1;

          for (gsize m = 0; m < n; m++)
            if (times[m] < anm_patient_reading_get_x (reading, k) - 1e-9)
              last = (gssize) m;
          if (last >= 0 && times[last] >= anm_patient_reading_get_x (reading, k) - reading->step)
            g_assert_cmpfloat_with_epsilon (g_ascii_strtod (word, NULL), values[last], 1e-4);
          else
            g_assert_cmpstr (word, ==, "");
        }
    }

  g_assert_cmpstr (anm_figure_get_title (cells), ==, "Cell c");
  /* A layer without a state shows what it gives. */
  g_assert_cmpstr (anm_figure_get_title (dense), ==, "Output y");
  g_assert_cmpuint (dense_table->len, ==, reading->n_steps + 1);
  g_assert_cmpuint (layer->n_units, ==, h->n_units);
  g_assert_nonnull (strstr (anm_figure_get_caption (figure), "after epoch 24"));
}

static void
test_unit_tree (Fixture *fixture,
                gconstpointer text)
{
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, 0, "h");
  g_autoptr (AnmDendrogram) tree = anm_dendrogram_new (h->values, fixture->reading->n_steps, h->n_units, ANM_DISTANCE_EUCLIDEAN);
  g_autoptr (AnmFigure) figure = anm_unit_tree_exhibit_new (fixture->reading, 0, -1, NULL);
  g_autoptr (AnmFigure) dense = anm_unit_tree_exhibit_new (fixture->reading, 2, -1, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  g_assert_cmpuint (table->len, ==, h->n_units);
  for (guint i = 0; i + 1 < h->n_units; i++)
    g_assert_cmpfloat_with_epsilon (table_number (table, i + 1, 3), tree->merges[i].height, 1e-6);
  g_assert_cmpstr (anm_figure_get_finding (dense), !=, "");
}

static void
test_gates (Fixture *fixture,
            gconstpointer text)
{
  const AnmReadingTrace *forget = anm_patient_reading_find_trace (fixture->reading, 0, "f");
  g_autoptr (AnmFigure) figure = anm_gates_exhibit_new (fixture->reading, 0, 4, NULL);
  g_autoptr (AnmFigure) gru = anm_gates_exhibit_new (fixture->reading, 1, -1, NULL);
  g_autoptr (AnmFigure) dense = anm_gates_exhibit_new (fixture->reading, 2, -1, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  g_autoptr (GPtrArray) gru_table = anm_figure_get_table (gru);
  char **header = g_ptr_array_index (table, 0);
  guint column = 0;

  g_assert_cmpuint (g_strv_length (header), ==, 4);
  g_assert_cmpuint (g_strv_length (g_ptr_array_index (gru_table, 0)), ==, 3);
  while (header[column] != NULL && g_strcmp0 (header[column], forget->label) != 0)
    column++;
  g_assert_nonnull (header[column]);
  for (guint k = 0; k < fixture->reading->n_steps; k++)
    g_assert_cmpfloat_with_epsilon (table_number (table, k + 1, column), forget->values[k * forget->n_units + 4], 1e-6);
  g_assert_cmpstr (anm_figure_get_finding (dense), ==, "Dense has no gates.");
}

#define BOTH_WAYS "gru_d(4, bidirectional, return_sequences) > lstm(3, bidirectional=mean) > dense(1)"

/* Its last number is @expected. */
static void
assert_equation (Fixture *fixture,
                 guint layer,
                 guint unit,
                 const char *beginning,
                 float expected)
{
  g_autofree char *equation = anm_cell_equation_new (fixture->reading, layer, unit, 2);
  g_autofree char *number = anm_number_format_fixed ((double) expected, 2);
  g_autofree char *end = g_strdup_printf ("<b>%s</b>", number);

  g_assert_true (g_str_has_prefix (equation, beginning));
  g_assert_nonnull (strstr (equation, end));
  g_assert_true (pango_parse_markup (equation, -1, 0, NULL, NULL, NULL, NULL));
}

/* A unit of a layer that reads both ways belongs to one half, or to both where they are added. */
static void
test_both_ways (Fixture *fixture,
                gconstpointer text)
{
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, 0, "h");
  const AnmReadingTrace *backwards = anm_patient_reading_find_trace (fixture->reading, 0, "←z");
  const AnmReadingTrace *merged = anm_patient_reading_find_trace (fixture->reading, 1, "h");
  const AnmReadingTrace *decay = anm_patient_reading_find_trace (fixture->reading, 0, "→gamma_x");
  g_autoptr (AnmFigure) one_half = anm_gates_exhibit_new (fixture->reading, 0, 5, NULL);
  g_autoptr (AnmFigure) both = anm_gates_exhibit_new (fixture->reading, 1, 2, NULL);
  g_autoptr (AnmFigure) liveliest = anm_gates_exhibit_new (fixture->reading, 0, -1, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (one_half);
  g_autoptr (GPtrArray) both_table = anm_figure_get_table (both);
  char **header = g_ptr_array_index (table, 0);
  guint column = 0;

  g_assert_cmpuint (h->n_units, ==, 8);
  g_assert_cmpuint (merged->n_units, ==, 3);
  g_assert_true (decay->of_inputs);
  g_assert_cmpuint (decay->n_units, ==, fixture->reading->layers[0].n_inputs);
  g_assert_cmpuint (g_strv_length (header), ==, 4);                               /* gamma_h, z, r of one half */
  g_assert_cmpuint (g_strv_length (g_ptr_array_index (both_table, 0)), ==, 7);    /* i, f, o of both */
  g_assert_cmpstr (anm_figure_get_finding (liveliest), !=, "");
  while (header[column] != NULL && g_strcmp0 (header[column], backwards->label) != 0)
    column++;
  g_assert_nonnull (header[column]);
  for (guint k = 0; k < fixture->reading->n_steps; k++)
    g_assert_cmpfloat_with_epsilon (table_number (table, k + 1, column), backwards->values[k * backwards->n_units + 1], 1e-6);

  assert_equation (fixture, 0, 1, "→h", h->values[2 * h->n_units + 1]);
  assert_equation (fixture, 0, 5, "←h", h->values[2 * h->n_units + 5]);
  assert_equation (fixture, 1, 2, "h", merged->values[2 * merged->n_units + 2]);
}

static void
test_gradient_by_step (Fixture *fixture,
                       gconstpointer text)
{
  g_autoptr (AnmFigure) figure = anm_gradient_by_step_exhibit_new (fixture->reading, 1, NULL);
  g_autoptr (AnmFigure) dense = anm_gradient_by_step_exhibit_new (fixture->reading, 2, NULL);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  g_assert_nonnull (fixture->reading->layers[1].gradient_norms);
  for (guint k = 0; k < fixture->reading->n_steps; k++)
    g_assert_cmpfloat (table_number (table, k + 1, 1), ==, fixture->reading->layers[1].gradient_norms[k]);
  g_assert_cmpstr (anm_figure_get_finding (dense), !=, "");
}

/* One time axis: the same hour lies at the same number in every figure of a patient. */
static void
test_shared_axis (Fixture *fixture,
                  gconstpointer text)
{
  AnmExhibitSource source = { .cohort = fixture->cohort, .patient = 3, .reading = fixture->reading, .layer = -1, .unit = -1 };
  static const char *const names[] = { "hidden-state", "gates", "gradient-by-step", "prediction", "input" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnmFigure) figure = anm_exhibit_make (anm_exhibit_find (names[i]), &source);
      double first = anm_figure_step_x (figure, 0, -G_MAXINT), last = anm_figure_step_x (figure, 0, G_MAXINT);

      g_test_message ("%s", names[i]);
      g_assert_cmpfloat_with_epsilon (first, anm_patient_reading_get_x (fixture->reading, 0), 1e-9);
      g_assert_cmpfloat_with_epsilon (last, anm_patient_reading_get_x (fixture->reading, fixture->reading->n_steps - 1), 1e-9);
      g_assert_cmpstr (anm_figure_get_title (figure), !=, "");
      g_assert_cmpstr (anm_figure_get_finding (figure), !=, "");
    }
}

static void
test_missing (Fixture *fixture,
              gconstpointer text)
{
  g_autoptr (AnmFigure) figure = anm_missing_exhibit_new (fixture->cohort, 1);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  double sum = 0, expected = 0;

  g_assert_cmpuint (table->len, ==, fixture->cohort->n_channels + 1);
  for (guint i = 0; i < fixture->cohort->n_channels; i++)
    {
      sum += table_number (table, i + 1, 1);
      expected += anm_cohort_get_missing_share (fixture->cohort, i, 1);
      if (i > 0)
        g_assert_cmpfloat (table_number (table, i + 1, 1), <=, table_number (table, i, 1));
    }
  g_assert_cmpfloat_with_epsilon (sum, expected, 1e-9);
}

static void
remove_study (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_unlink (path);
    }
  g_rmdir (directory);
}

/* What a real run leaves is what its figures show. */
static void
test_run (void)
{
  g_autofree char *directory = g_dir_make_tmp ("anamnesis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "test.anamnesis", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=80", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("simple_rnn(4) > dense(1)", &error);
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  anm_study_set_cohort (study, cohort, "sample:icu");
  anm_study_set_network (study, spec);
  g_assert_nonnull (anm_study_prepare (study, &error));
  g_assert_no_error (error);
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 3;
  g_autoptr (AnmTraining) training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_training_wait (training, NULL, NULL, NULL, &error));
  g_assert_no_error (error);

  AnmRun *run = anm_training_get_run (training, 0);
  AnmExhibitSource source = { .study = study, .cohort = cohort, .patient = -1, .run = run, .layer = -1, .unit = -1 };
  static const char *const names[] = { "loss", "gradient-norms", "gradient-flow", "race" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnmFigure) figure = anm_exhibit_make (anm_exhibit_find (names[i]), &source);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

      g_test_message ("%s: %s", names[i], anm_figure_get_finding (figure));
      g_assert_cmpuint (table->len, >=, 4);
      g_assert_cmpstr (anm_figure_get_finding (figure), !=, "");
    }

  /* The last column but the row's name is the last step, in every epoch that has gradients. */
  AnmFlowRun shown = { run, NULL };
  g_autoptr (AnmFigure) flow = anm_gradient_flow_exhibit_new (&(AnmFlowLook){ .n_runs = 1, .runs = &shown, .layer = 0, .time_unit = "h", .chosen = NAN });
  g_autoptr (GPtrArray) table = anm_figure_get_table (flow);
  for (guint i = 1; i < anm_run_get_n_epochs (run); i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, i);
      g_assert_cmpfloat (table_number (table, i, 0), ==, epoch->epoch);
      for (guint k = 0; k < epoch->n_steps; k++)
        g_assert_cmpfloat_with_epsilon (table_number (table, i, epoch->n_steps - k), epoch->gradient_before_end[0][k],
                                        1e-6 * epoch->gradient_before_end[0][k]);
    }
  g_clear_object (&training);
  g_clear_object (&study);
  remove_study (directory);
}

#define STATES_TEST(path, function) \
  g_test_add (path, Fixture, "lstm(6, return_sequences) > gru(5) > dense(1)", fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exhibits/names", test_names);
  g_test_add_func ("/exhibits/nothing", test_nothing);
  STATES_TEST ("/exhibits/hidden-state", test_hidden_state);
  STATES_TEST ("/exhibits/column", test_column);
  STATES_TEST ("/exhibits/unit-tree", test_unit_tree);
  STATES_TEST ("/exhibits/gates", test_gates);
  g_test_add ("/exhibits/both-ways", Fixture, BOTH_WAYS, fixture_set_up, test_both_ways, fixture_tear_down);
  STATES_TEST ("/exhibits/gradient-by-step", test_gradient_by_step);
  STATES_TEST ("/exhibits/shared-axis", test_shared_axis);
  STATES_TEST ("/exhibits/missing", test_missing);
  g_test_add_func ("/exhibits/run", test_run);
  return g_test_run ();
}
