/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>

#include "app/cli/csv-text.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"

/* Hiding the past takes many passes: of so many patients, evenly taken, and so many lags. */
#define MAX_HIDDEN_PATIENTS 200
#define MAX_LAGS 48

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
    anm_report_add_numbers (builder, all_units, by_unit, anm_cell_get_n_units (cell));
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
  g_autoptr (JsonBuilder) builder = job->invocation->json ? anm_inspect_begin_json_of_many (job, patients) : NULL;
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
