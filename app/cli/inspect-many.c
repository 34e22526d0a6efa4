/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/csv-text.h"
#include "app/cli/report.h"

#define N_BINS 40
#define N_COMPONENTS 10

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
  anm_report_add_numbers (builder, "low_by_unit", item->low, item->n_units);
  anm_report_add_numbers (builder, "high_by_unit", item->high, item->n_units);
  anm_report_add_numbers (builder, "mean_by_unit", item->mean, item->n_units);
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
                        double threshold,
                        AnmPool *pool,
                        GError **error)
{
  g_autoptr (AnmSaturations) found = anm_saturations_new (anm_run_get_network (job->run), job->parameters, patients->sequences, 1 - threshold, pool, job->cancel);
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GString) csv = g_string_new ("layer,symbol,kind,unit,low,high,mean\n");

  if (found == NULL)
    return anm_inspect_fail (job, error);
  if (job->invocation->json)
    {
      builder = anm_inspect_begin_json_of_many (job, patients);
      anm_report_add_number (builder, "threshold", threshold);
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
      builder = anm_inspect_begin_json_of_many (job, patients);
      anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, job->layer));
      anm_report_add_count (builder, "steps", (gint64) found->n_steps);
      anm_report_add_numbers (builder, "mean", found->mean, found->n_units);
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
          anm_report_add_numbers (builder, "weights", weights, found->n_units);
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
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("%s of %s has no finite number: the training diverged. Look at an earlier --epoch."), what, anm_inspect_get_layer_name (job, job->layer));
      return FALSE;
    }
  largest = MAX (fabs (span->minimum), fabs (span->maximum));
  histogram = log ? anm_histogram_new (ANM_HISTOGRAM_SYMMETRIC_LOG, N_BINS, -largest, largest, largest > 0 ? largest * 1e-3 : 1)
                  : anm_histogram_new (ANM_HISTOGRAM_LINEAR, N_BINS, span->minimum, span->maximum, 0);
  if (!count (job, patients, what, pool, histogram, error))
    return anm_inspect_fail (job, error);
  if (job->invocation->json)
    {
      builder = anm_inspect_begin_json_of_many (job, patients);
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
