/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "app/exhibits/patient-column.h"
#include "app/exhibits/patient-prediction.h"
#include "app/study/run-dataset.h"
#include "data/samples.h"
#include "engine/workspace.h"
#include "widgets/figures/number.h"

/*
 * The band around a prediction: the engine's numbers in every picture, and words where there is none.
 */

#define N_PASSES 60
#define DROPS "gru(6, dropout=0.3, recurrent_dropout=0.2, return_sequences) > lstm(5) > dropout(0.2) > dense(1)"
#define DROPS_NOTHING "gru(6) > dense(1)"
#define LOOKS_AHEAD "gru(3, dropout=0.3, bidirectional) > dense(1)"

typedef struct
{
  AnmCohort         *cohort;
  AnmDataset        *dataset;
  AnmNetwork        *network;
  anm_real          *parameters;
  AnmPatientReading *reading;
  AnmDropoutPasses  *passes;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmProbe *probe = NULL;

  g_assert_no_error (error);
  self->cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_assert_no_error (error);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (self->cohort);
  self->dataset = anm_dataset_new (self->cohort, recipe, &error);
  g_assert_no_error (error);
  self->network = anm_network_new (spec, anm_fitted_recipe_get_n_columns (self->dataset->recipe), &self->cohort->target.shape, &error);
  g_assert_no_error (error);
  self->parameters = g_new (anm_real, anm_network_get_n_parameters (self->network));
  anm_network_initialize (self->network, 1, self->parameters);
  self->reading = anm_patient_reading_new (self->network, self->dataset->recipe, ANM_LOSS_AUTO, self->parameters, self->cohort, 3, &probe, FALSE, &error);
  g_assert_no_error (error);
  anm_probe_free (probe);
  self->passes = NULL;
}

static void
tear_down (Fixture *self,
           gconstpointer text)
{
  anm_dropout_passes_free (self->passes);
  anm_patient_reading_unref (self->reading);
  g_free (self->parameters);
  anm_network_unref (self->network);
  anm_dataset_unref (self->dataset);
  anm_cohort_unref (self->cohort);
}

static AnmPatientBand *
make_band (Fixture *self,
           guint n_passes)
{
  return anm_patient_band_new (self->reading, self->parameters, n_passes, ANM_BAND_SEED, &self->passes, NULL);
}

static void
test_numbers (Fixture *self,
              gconstpointer text)
{
  g_autoptr (AnmPatientBand) band = make_band (self, N_PASSES), again = make_band (self, N_PASSES);
  g_autoptr (AnmDropoutPasses) passes = NULL;
  const gsize size = self->reading->n_steps * sizeof (float);
  AnmDropoutBand expected;
  AnmLossKind loss;

  g_assert_true (anm_loss_resolve (ANM_LOSS_AUTO, self->network, &self->reading->sequences->target, &loss, NULL));
  passes = anm_dropout_passes_new (self->network, loss);
  g_assert_true (anm_dropout_passes_run (passes, self->parameters, self->reading->sequences, 0, TRUE, N_PASSES, ANM_BAND_SEED, NULL, &expected));
  g_assert_cmpint (band->state, ==, ANM_BAND_THERE);
  g_assert_cmpuint (band->n_steps, ==, self->reading->n_steps);
  g_assert_cmpmem (band->mean, size, expected.mean, size);
  g_assert_cmpmem (band->median, size, expected.median, size);
  g_assert_cmpmem (band->lower, size, expected.lower, size);
  g_assert_cmpmem (band->upper, size, expected.upper, size);
  g_assert_cmpmem (band->lower, size, again->lower, size);
  g_assert_cmpmem (band->upper, size, again->upper, size);
}

static guint
find_column (char **header,
             const char *end)
{
  for (guint i = 0; header[i] != NULL; i++)
    if (g_str_has_suffix (header[i], end))
      return i;
  g_assert_not_reached ();
}

/* Table and tooltip at every step, caption and sentence once. */
static void
check_figure (const Fixture *self,
              AnmFigure *figure,
              gboolean exact,
              const AnmPatientBand *band)
{
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  char **header = g_ptr_array_index (table, 0);
  const guint low = find_column (header, ", low"), high = find_column (header, ", high");

  for (guint k = 0; k < band->n_steps; k++)
    {
      char **row = g_ptr_array_index (table, k + 1);
      g_autofree char *from = anm_number_format_fixed ((double) band->lower[k], 2), *to = anm_number_format_fixed ((double) band->upper[k], 2);
      g_autofree char *exact_from = anm_number_format_exact ((double) band->lower[k], 3), *exact_to = anm_number_format_exact ((double) band->upper[k], 3);
      g_autofree char *words = g_strdup_printf (", 95 %% of %u passes between %s and %s", N_PASSES, exact ? exact_from : from, exact ? exact_to : to);
      g_autofree char *brief = anm_patient_band_format (self->reading, &(AnmShownBand){ band, NULL }, k, TRUE);
      g_autofree char *expected = g_strdup_printf ("%s–%s", from, to);
      AnmFigurePlace place = { anm_patient_reading_get_x (self->reading, k), NAN, -1, -1 };
      g_autofree char *said = anm_figure_describe (figure, &place);

      g_assert_true ((float) g_ascii_strtod (row[low], NULL) == band->lower[k]);
      g_assert_true ((float) g_ascii_strtod (row[high], NULL) == band->upper[k]);
      g_assert_cmpstr (brief, ==, expected);
      g_assert_nonnull (strstr (said, words));
    }
  g_assert_nonnull (strstr (anm_figure_get_caption (figure), "; band: 60 dropout passes; the network’s own doubt, not a confidence interval"));
  g_assert_nonnull (strstr (anm_figure_get_finding (figure), "95 % of 60 passes between "));
}

static AnmFigure *
make_column (const Fixture *self,
             const AnmShownBand *shown)
{
  return anm_patient_column_exhibit_new (&(AnmPatientColumn){ .reading = self->reading, .weights = "after epoch 42", .layer = -1, .symbol = "h", .unit = -1,
                                                              .band = *shown });
}

static void
test_pictures (Fixture *self,
               gconstpointer text)
{
  g_autoptr (AnmPatientBand) band = make_band (self, N_PASSES);
  const AnmShownBand own = { band, NULL }, older = { band, "after epoch 41" };
  g_autoptr (AnmFigure) prediction = anm_patient_prediction_exhibit_new (self->reading, &own, "after epoch 42");
  g_autoptr (AnmFigure) column = make_column (self, &own);
  g_autoptr (AnmFigure) stale = anm_patient_prediction_exhibit_new (self->reading, &older, "after epoch 42");

  check_figure (self, prediction, TRUE, band);
  check_figure (self, column, FALSE, band);
  g_assert_nonnull (strstr (anm_figure_get_caption (stale), "after epoch 42; band: 60 dropout passes, after epoch 41;"));
}

/* Nobody asks, or it isn't there yet. */
static void
test_without (Fixture *self,
              gconstpointer text)
{
  const AnmShownBand none = { NULL, NULL };
  g_autoptr (AnmFigure) prediction = anm_patient_prediction_exhibit_new (self->reading, NULL, "after epoch 42");
  g_autoptr (AnmFigure) column = make_column (self, &none);
  g_autofree char *csv = anm_figure_get_csv (prediction), *other = anm_figure_get_csv (column);

  g_assert_cmpstr (anm_figure_get_caption (prediction), ==, "after epoch 42");
  g_assert_null (strstr (anm_figure_get_caption (column), "band"));
  g_assert_null (strstr (csv, ", low"));
  g_assert_null (strstr (other, ", low"));
}

/* A band of no width would look like certainty. */
static void
test_no_dropout (Fixture *self,
                 gconstpointer text)
{
  g_autoptr (AnmPatientBand) band = make_band (self, N_PASSES);
  const AnmShownBand shown = { band, NULL };
  g_autoptr (AnmFigure) prediction = anm_patient_prediction_exhibit_new (self->reading, &shown, "after epoch 42");
  g_autoptr (AnmFigure) column = make_column (self, &shown);
  g_autofree char *csv = anm_figure_get_csv (prediction), *other = anm_figure_get_csv (column);

  g_assert_cmpint (band->state, ==, ANM_BAND_NO_DROPOUT);
  g_assert_null (band->lower);
  g_assert_cmpstr (anm_figure_get_caption (prediction), ==, "after epoch 42; no band: the network has no dropout");
  g_assert_true (g_str_has_suffix (anm_figure_get_caption (column), "; no band: the network has no dropout"));
  g_assert_nonnull (strstr (anm_figure_get_finding (prediction), "There is no band: the network has no dropout"));
  g_assert_null (strstr (csv, ", low"));
  g_assert_null (strstr (other, ", low"));
  g_assert_null (anm_patient_band_format (self->reading, &shown, 0, TRUE));
}

/* A network that looks ahead takes passes for each step: of a long record too many. */
static void
test_looks_ahead (Fixture *self,
                  gconstpointer text)
{
  g_autoptr (AnmPatientBand) band = make_band (self, 20), too_long = make_band (self, ANM_MAX_DROPOUT_PASSES);
  g_autofree char *caption = anm_patient_band_caption (self->reading, &(AnmShownBand){ too_long, NULL }, "");

  g_assert_cmpint (band->state, ==, ANM_BAND_THERE);
  g_assert_cmpfloat ((double) band->lower[20], <, (double) band->upper[20]);
  g_assert_cmpint (too_long->state, ==, ANM_BAND_TOO_LONG);
  g_assert_true (g_str_has_prefix (caption, "no band: the network looks ahead"));
}

static void
test_given_up (Fixture *self,
               gconstpointer text)
{
  const int stop = 1;

  g_assert_null (anm_patient_band_new (self->reading, self->parameters, N_PASSES, ANM_BAND_SEED, &self->passes, &stop));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, text, test) g_test_add ("/patient-band/" path, Fixture, text, set_up, test, tear_down)
  ADD ("numbers", DROPS, test_numbers);
  ADD ("pictures", DROPS, test_pictures);
  ADD ("without", DROPS, test_without);
  ADD ("no-dropout", DROPS_NOTHING, test_no_dropout);
  ADD ("looks-ahead", LOOKS_AHEAD, test_looks_ahead);
  ADD ("given-up", DROPS, test_given_up);
  return g_test_run ();
}
