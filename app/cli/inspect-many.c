/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/csv-text.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"

/* Hiding the past takes many passes: of so many patients, evenly taken, and so many lags. */
#define MAX_HIDDEN_PATIENTS 200
#define MAX_LAGS 48
#define N_BINS 40
#define N_COMPONENTS 10

static JsonBuilder *
begin_json (const AnmInspectJob *job,
            const AnmPatients *patients)
{
  JsonBuilder *builder = anm_inspect_begin_json (job);

  anm_report_add_text (builder, "on", patients->description);
  anm_report_add_count (builder, "patients", (gint64) patients->n);
  return builder;
}

/* A line: layer, what, then numbers; what isn't a number is left empty. */
static void
append_line (GString *csv,
             const char *layer,
             const char *what,
             guint n,
             const double *numbers)
{
  anm_csv_append_first_field (csv, layer);
  anm_csv_append_field (csv, what);
  for (guint i = 0; i < n; i++)
    anm_csv_append_number (csv, numbers[i]);
  g_string_append_c (csv, '\n');
}

static void
add_array (JsonBuilder *builder,
           const char *name,
           guint n,
           const double *numbers)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    anm_report_add_element (builder, numbers[i]);
  json_builder_end_array (builder);
}

/* Memory horizon */

static void
add_summary (JsonBuilder *builder,
             const char *name,
             const AnmHorizonSummary *summary)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "n", (gint64) summary->n);
  anm_report_add_count (builder, "none", (gint64) summary->n_none);
  anm_report_add_number (builder, "lower_quartile", summary->lower_quartile);
  anm_report_add_number (builder, "median", summary->median);
  anm_report_add_number (builder, "upper_quartile", summary->upper_quartile);
  json_builder_end_object (builder);
}

static void
append_summary (GString *csv,
                const char *layer,
                const char *what,
                const AnmHorizonSummary *summary)
{
  const double numbers[] = { summary->lower_quartile, summary->median, summary->upper_quartile, (double) summary->n, (double) summary->n_none };

  append_line (csv, layer, what, G_N_ELEMENTS (numbers), numbers);
}

/* One of the three, printed either way. */
static void
print_summary (JsonBuilder *builder,
               GString *csv,
               const char *layer,
               const char *what,
               const double *horizons,
               gsize n)
{
  AnmHorizonSummary summary;

  anm_horizon_summarise (horizons, n, &summary);
  if (builder != NULL)
    add_summary (builder, what, &summary);
  else
    append_summary (csv, layer, what, &summary);
}

/* FALSE if stopped; a layer without such gates has none, and that is no error. */
static gboolean
print_half_lives (AnmInspectJob *job,
                  const AnmPatients *patients,
                  guint layer,
                  AnmDirection direction,
                  AnmPool *pool,
                  JsonBuilder *builder,
                  GString *csv,
                  GError **error)
{
  AnmNetwork *network = anm_run_get_network (job->run);
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, NULL);
  g_autofree double *by_unit = NULL, *by_sequence = NULL;
  const char *suffix = direction == ANM_DIRECTION_BACKWARDS ? "_backwards" : "";
  g_autofree char *of_units = g_strconcat ("half_life_of_units", suffix, NULL);
  g_autofree char *of_patients = g_strconcat ("half_life_of_patients", suffix, NULL);
  g_autofree char *all_units = g_strconcat ("half_life_by_unit", suffix, NULL);

  if (cell == NULL || !anm_cell_has_keep (cell))
    return TRUE;
  by_unit = g_new (double, anm_cell_get_n_units (cell));
  by_sequence = g_new (double, MAX (patients->n, 1));
  if (!anm_gate_half_lives (network, job->parameters, patients->sequences, layer, direction, pool, by_unit, by_sequence, job->cancel, error))
    return FALSE;
  print_summary (builder, csv, anm_inspect_get_layer_name (job, layer), of_units, by_unit, anm_cell_get_n_units (cell));
  print_summary (builder, csv, anm_inspect_get_layer_name (job, layer), of_patients, by_sequence, patients->n);
  if (builder != NULL)
    add_array (builder, all_units, anm_cell_get_n_units (cell), by_unit);
  return TRUE;
}

static gboolean
print_layer_horizons (AnmInspectJob *job,
                      const AnmPatients *patients,
                      guint layer,
                      AnmPool *pool,
                      JsonBuilder *builder,
                      GString *csv,
                      GError **error)
{
  AnmNetwork *network = anm_run_get_network (job->run);
  g_autofree double *horizons = g_new (double, MAX (patients->n, 1));

  if (builder != NULL)
    {
      json_builder_begin_object (builder);
      anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, layer));
    }
  if (!anm_gradient_horizons (network, job->parameters, anm_run_get_loss (job->run), patients->sequences, layer, pool, horizons, job->cancel, error))
    return FALSE;
  print_summary (builder, csv, anm_inspect_get_layer_name (job, layer), "gradient", horizons, patients->n);
  for (guint direction = 0; direction < 2; direction++)
    if (!print_half_lives (job, patients, layer, (AnmDirection) direction, pool, builder, csv, error))
      return FALSE;
  if (builder != NULL)
    json_builder_end_object (builder);
  return TRUE;
}

/* Every so manieth patient, as sequences of their own. */
static AnmSequences *
take_some (AnmInspectJob *job,
           const AnmPatients *patients,
           GError **error)
{
  gsize n = MIN (patients->n, MAX_HIDDEN_PATIENTS);
  g_autofree guint32 *chosen = g_new (guint32, MAX (n, 1));
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    chosen[i] = patients->indices[i * patients->n / n];
  return anm_fitted_recipe_apply (anm_run_get_recipe (job->run), patients->cohort, chosen, n, warnings, error);
}

/* What stands in place of what is hidden: the means of what the network was trained on, or NULL where there is none. */
static void
load_means (AnmInspectJob *job,
            anm_real **values,
            anm_real **gaps)
{
  g_autoptr (AnmPatients) training = anm_patients_load_part (job->study, job->run, "training", NULL);

  if (training == NULL)
    return;
  *values = g_new0 (anm_real, training->sequences->n_channels);
  *gaps = g_new0 (anm_real, training->sequences->n_channels);
  anm_occlusion_means (training->sequences, *values, *gaps);
}

static void
show_progress (gsize n_done,
               gsize n,
               gpointer data)
{
  anm_progress_bar_update (data, (double) n_done / (double) n, -1, _ ("Hiding the past"));
}

static void
print_lags (const AnmOcclusion *occlusion,
            JsonBuilder *builder,
            GString *csv)
{
  for (guint k = 0; k < occlusion->n_lags; k++)
    {
      g_autofree char *known = g_strdup_printf ("change_if_last_%u_known", occlusion->lags[k]);
      g_autofree char *hidden = g_strdup_printf ("change_if_step_%u_before_last_hidden", occlusion->lags[k]);
      AnmHorizonSummary of_known, of_hidden;

      anm_occlusion_summarise (occlusion, FALSE, k, &of_known);
      anm_occlusion_summarise (occlusion, TRUE, k, &of_hidden);
      if (builder != NULL)
        {
          json_builder_begin_object (builder);
          anm_report_add_count (builder, "lag", occlusion->lags[k]);
          add_summary (builder, "known", &of_known);
          add_summary (builder, "hidden", &of_hidden);
          json_builder_end_object (builder);
          continue;
        }
      append_summary (csv, "", known, &of_known);
      append_summary (csv, "", hidden, &of_hidden);
    }
}

static gboolean
print_occlusion (AnmInspectJob *job,
                 const AnmPatients *patients,
                 AnmPool *pool,
                 JsonBuilder *builder,
                 GString *csv,
                 GError **error)
{
  g_autoptr (AnmSequences) sequences = take_some (job, patients, error);
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
  g_autoptr (AnmOcclusion) occlusion = NULL;
  g_autofree anm_real *values = NULL, *gaps = NULL;
  g_autofree guint *lags = NULL;
  guint n_lags;

  if (sequences == NULL)
    return FALSE;
  load_means (job, &values, &gaps);
  lags = anm_occlusion_lags ((guint) anm_sequences_get_max_length (sequences), MAX_LAGS, &n_lags);
  occlusion = anm_occlusion_new (anm_run_get_network (job->run), job->parameters, anm_run_get_loss (job->run), sequences,
                                 lags, n_lags, values, gaps, pool, show_progress, bar, job->cancel);
  if (occlusion == NULL)
    return FALSE;
  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "occlusion");
      json_builder_begin_object (builder);
      anm_report_add_count (builder, "patients", (gint64) sequences->n_sequences);
    }
  print_summary (builder, csv, "", builder != NULL ? "horizon" : "occlusion", occlusion->horizons, sequences->n_sequences);
  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "lags");
      json_builder_begin_array (builder);
    }
  print_lags (occlusion, builder, csv);
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  return TRUE;
}

gboolean
anm_inspect_horizon (AnmInspectJob *job,
                     const AnmPatients *patients,
                     AnmPool *pool,
                     GError **error)
{
  const AnmNetwork *network = anm_run_get_network (job->run);
  g_autoptr (JsonBuilder) builder = job->invocation->json ? begin_json (job, patients) : NULL;
  g_autoptr (GString) csv = g_string_new ("layer,what,lower_quartile,median,upper_quartile,n,none\n");

  if (!anm_inspect_choose_layer (job, error))
    return FALSE;
  if (builder != NULL)
    {
      anm_report_add_number (builder, "step", anm_fitted_recipe_get_step (anm_run_get_recipe (job->run)));
      json_builder_set_member_name (builder, "layers");
      json_builder_begin_array (builder);
    }
  for (guint l = 0; l < anm_network_get_n_layers (network); l++)
    if (anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, l))) &&
        !print_layer_horizons (job, patients, l, pool, builder, csv, error))
      return anm_inspect_fail (job, error);
  if (builder != NULL)
    json_builder_end_array (builder);
  if (!print_occlusion (job, patients, pool, builder, csv, error))
    return anm_inspect_fail (job, error);
  if (builder == NULL)
    return anm_csv_write (csv->str, job->output, error);
  anm_inspect_end_json (builder);
  return TRUE;
}

/* Saturation */

static const char *
get_kind_word (AnmSaturationKind kind)
{
  return kind == ANM_SATURATION_GATE ? "gate" : kind == ANM_SATURATION_TANH ? "tanh" : "relu";
}

static void
add_saturation (JsonBuilder *builder,
                const AnmInspectJob *job,
                const AnmSaturation *item)
{
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, item->layer));
  anm_report_add_text (builder, "symbol", item->symbol);
  anm_report_add_text (builder, "label", _ (item->label));
  anm_report_add_text (builder, "kind", get_kind_word (item->kind));
  anm_report_add_count (builder, "steps", (gint64) item->n_steps);
  anm_report_add_number (builder, "low", item->low_share);
  anm_report_add_number (builder, "high", item->high_share);
  if (item->kind == ANM_SATURATION_RELU)
    anm_report_add_count (builder, "dead_units", item->n_dead);
  add_array (builder, "low_by_unit", item->n_units, item->low);
  add_array (builder, "high_by_unit", item->n_units, item->high);
  add_array (builder, "mean_by_unit", item->n_units, item->mean);
  json_builder_end_object (builder);
}

static void
append_saturation (GString *csv,
                   const AnmInspectJob *job,
                   const AnmSaturation *item)
{
  for (guint j = 0; j <= item->n_units; j++)
    {
      anm_csv_append_first_field (csv, anm_inspect_get_layer_name (job, item->layer));
      anm_csv_append_field (csv, item->symbol);
      anm_csv_append_field (csv, get_kind_word (item->kind));
      g_string_append_c (csv, ',');
      if (j > 0)
        g_string_append_printf (csv, "%u", j);
      anm_csv_append_number (csv, j > 0 ? item->low[j - 1] : item->low_share);
      anm_csv_append_number (csv, j > 0 ? item->high[j - 1] : item->high_share);
      anm_csv_append_number (csv, j > 0 ? item->mean[j - 1] : NAN);
      g_string_append_c (csv, '\n');
    }
}

gboolean
anm_inspect_saturation (AnmInspectJob *job,
                        const AnmPatients *patients,
                        AnmPool *pool,
                        GError **error)
{
  g_autoptr (AnmSaturations) found = anm_saturations_new (anm_run_get_network (job->run), job->parameters, patients->sequences, pool, job->cancel);
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GString) csv = g_string_new ("layer,symbol,kind,unit,low,high,mean\n");

  if (found == NULL)
    return anm_inspect_fail (job, error);
  if (job->invocation->json)
    {
      builder = begin_json (job, patients);
      json_builder_set_member_name (builder, "saturation");
      json_builder_begin_array (builder);
    }
  for (guint k = 0; k < found->n_items; k++)
    if (job->layer != G_MAXUINT && job->layer != found->items[k].layer)
      continue;
    else if (builder != NULL)
      add_saturation (builder, job, &found->items[k]);
    else
      append_saturation (csv, job, &found->items[k]);
  if (builder == NULL)
    return anm_csv_write (csv->str, job->output, error);
  json_builder_end_array (builder);
  anm_inspect_end_json (builder);
  return TRUE;
}

/* Principal components */

gboolean
anm_inspect_components (AnmInspectJob *job,
                        const AnmPatients *patients,
                        AnmPool *pool,
                        GError **error)
{
  g_autoptr (AnmPrincipalComponents) found = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GString) csv = g_string_new ("component,explained,unit,weight\n");

  if (!anm_inspect_choose_layer (job, error))
    return FALSE;
  found = anm_principal_components_new (anm_run_get_network (job->run), job->parameters, patients->sequences, job->layer, "h",
                                        N_COMPONENTS, NULL, pool, job->cancel, error);
  if (found == NULL)
    return anm_inspect_fail (job, error);
  if (job->invocation->json)
    {
      builder = begin_json (job, patients);
      anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, job->layer));
      anm_report_add_count (builder, "steps", (gint64) found->n_steps);
      add_array (builder, "mean", found->n_units, found->mean);
      json_builder_set_member_name (builder, "components");
      json_builder_begin_array (builder);
    }
  for (guint k = 0; k < found->n_components; k++)
    {
      double explained = found->variances[k] / found->total_variance;
      const double *weights = found->components + (gsize) k * found->n_units;

      if (builder != NULL)
        {
          json_builder_begin_object (builder);
          anm_report_add_number (builder, "explained", explained);
          add_array (builder, "weights", found->n_units, weights);
          json_builder_end_object (builder);
        }
      for (guint j = 0; builder == NULL && j < found->n_units; j++)
        {
          g_string_append_printf (csv, "%u", k + 1);
          anm_csv_append_number (csv, explained);
          g_string_append_printf (csv, ",%u", j + 1);
          anm_csv_append_number (csv, weights[j]);
          g_string_append_c (csv, '\n');
        }
    }
  if (builder == NULL)
    return anm_csv_write (csv->str, job->output, error);
  json_builder_end_array (builder);
  anm_inspect_end_json (builder);
  return TRUE;
}

/* Histograms */

/* The layer's parameter of this name ("kernel"), or NULL. */
static const AnmParameter *
find_parameter (const AnmInspectJob *job,
                const char *name)
{
  guint n;
  const AnmParameter *table = anm_network_get_parameters (anm_run_get_network (job->run), &n);
  g_autofree char *full = g_strdup_printf ("%s.%s", anm_inspect_get_layer_name (job, job->layer), name);

  for (guint i = 0; i < n; i++)
    if (strcmp (table[i].name, full) == 0)
      return &table[i];
  return NULL;
}

/* Counts what is asked for; a first pass with one bin finds how far it spans. */
static gboolean
count (AnmInspectJob *job,
       const AnmPatients *patients,
       const char *what,
       AnmPool *pool,
       AnmHistogram *histogram,
       GError **error)
{
  const AnmParameter *parameter = find_parameter (job, what);

  if (parameter == NULL)
    return anm_histogram_add_trace (histogram, anm_run_get_network (job->run), job->parameters, patients->sequences, job->layer,
                                    what, pool, job->cancel, error);
  anm_histogram_add (histogram, job->parameters + parameter->offset, (gsize) parameter->n_rows * parameter->n_columns);
  return TRUE;
}

static void
add_histogram (JsonBuilder *builder,
               const AnmHistogram *histogram)
{
  anm_report_add_count (builder, "n", (gint64) histogram->n_finite);
  anm_report_add_count (builder, "not_finite", (gint64) histogram->n_not_finite);
  anm_report_add_number (builder, "minimum", histogram->minimum);
  anm_report_add_number (builder, "maximum", histogram->maximum);
  anm_report_add_number (builder, "mean", anm_histogram_get_mean (histogram));
  anm_report_add_number (builder, "deviation", anm_histogram_get_deviation (histogram));
  json_builder_set_member_name (builder, "edges");
  json_builder_begin_array (builder);
  for (guint i = 0; i <= histogram->n_bins; i++)
    anm_report_add_element (builder, anm_histogram_get_edge (histogram, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < histogram->n_bins; i++)
    json_builder_add_int_value (builder, (gint64) histogram->counts[i]);
  json_builder_end_array (builder);
}

gboolean
anm_inspect_histogram (AnmInspectJob *job,
                       const AnmPatients *patients,
                       const char *what,
                       gboolean log,
                       AnmPool *pool,
                       GError **error)
{
  g_autoptr (AnmHistogram) span = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 1, 0, 1, 0);
  g_autoptr (AnmHistogram) histogram = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GString) csv = g_string_new ("from,to,count\n");
  double largest;

  if (!anm_inspect_choose_layer (job, error))
    return FALSE;
  if (!count (job, patients, what, pool, span, error))
    return anm_inspect_fail (job, error);
  if (span->n_finite == 0)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("%s of %s has no finite number."), what, anm_inspect_get_layer_name (job, job->layer));
      return FALSE;
    }
  largest = MAX (fabs (span->minimum), fabs (span->maximum));
  histogram = log ? anm_histogram_new (ANM_HISTOGRAM_SYMMETRIC_LOG, N_BINS, -largest, largest, largest > 0 ? largest * 1e-3 : 1)
                  : anm_histogram_new (ANM_HISTOGRAM_LINEAR, N_BINS, span->minimum, span->maximum, 0);
  if (!count (job, patients, what, pool, histogram, error))
    return anm_inspect_fail (job, error);
  if (job->invocation->json)
    {
      builder = begin_json (job, patients);
      anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, job->layer));
      anm_report_add_text (builder, "of", what);
      add_histogram (builder, histogram);
      anm_inspect_end_json (builder);
      return TRUE;
    }
  for (guint i = 0; i < histogram->n_bins; i++)
    g_string_append_printf (csv, "%.9g,%.9g,%" G_GUINT64_FORMAT "\n", anm_histogram_get_edge (histogram, i),
                            anm_histogram_get_edge (histogram, i + 1), histogram->counts[i]);
  return anm_csv_write (csv->str, job->output, error);
}
