/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/csv-text.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/study/patient-reading.h"

typedef struct
{
  AnmSourceOptions source;
  AnmRunOptions    run;
  char            *patient;
  char            *layer;
  char            *output;
} InspectOptions;

static void
inspect_options_clear (InspectOptions *self)
{
  anm_source_options_clear (&self->source);
  anm_run_options_clear (&self->run);
  g_clear_pointer (&self->patient, g_free);
  g_clear_pointer (&self->layer, g_free);
  g_clear_pointer (&self->output, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InspectOptions, inspect_options_clear)

static gboolean
parse_options (AnmInvocation *invocation,
               InspectOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "patient", 0, 0, G_OPTION_ARG_STRING, &options->patient, N_ ("Id of the patient"), N_ ("P") },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &options->layer, N_ ("Only this layer: its number from 1, or its name (lstm_1)"), N_ ("L") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("File for the CSV instead of standard output"), N_ ("FILE.csv") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    ANM_SOURCE_GROUP (source),
    { NULL },
  };

  if (!anm_options_parse (invocation, arguments, entries, groups, 0, G_MAXUINT, NULL, error))
    return FALSE;
  if (options->patient != NULL)
    return TRUE;
  anm_usage_error (error, _ ("--patient P is needed."));
  return FALSE;
}

/* All layers: G_MAXUINT. */
static gboolean
find_layer (const AnmNetwork *network,
            const char *text,
            guint *layer,
            GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  *layer = G_MAXUINT;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < anm_network_get_n_layers (network); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      if (strcmp (text, number) == 0 || strcmp (text, anm_network_get_layer_name (network, i)) == 0)
        *layer = i;
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", anm_network_get_layer_name (network, i));
    }
  if (*layer != G_MAXUINT)
    return TRUE;
  anm_usage_error (error, _ ("--layer: “%s” isn't one of %s, nor the number of one."), text, known->str);
  return FALSE;
}

/* A value that isn't there yet has no line. */
static void
append_value (GString *csv,
              const AnmPatientReading *reading,
              const char *name,
              const char *symbol,
              guint step,
              int unit,
              double value)
{
  if (isnan (value))
    return;
  g_string_append_printf (csv, "%s,%s,%u,%.9g,", name, symbol, step + 1, reading->first_time + step * reading->step);
  if (unit > 0)
    g_string_append_printf (csv, "%d", unit);
  g_string_append_printf (csv, ",%.9g\n", value);
}

static char *
make_csv (const AnmPatientReading *reading,
          const AnmNetwork *network,
          guint only)
{
  GString *csv = g_string_new ("layer,what,step,time,unit,value\n");

  for (guint layer = 0; layer < reading->n_layers; layer++)
    {
      const AnmReadingLayer *shown = &reading->layers[layer];
      const char *name = anm_network_get_layer_name (network, layer);

      if (only != G_MAXUINT && only != layer)
        continue;
      for (guint k = 0; k < shown->n_traces; k++)
        for (guint step = 0; step < reading->n_steps; step++)
          for (guint unit = 0; unit < shown->traces[k].n_units; unit++)
            append_value (csv, reading, name, shown->traces[k].symbol, step, (int) unit + 1,
                          (double) shown->traces[k].values[(gsize) step * shown->traces[k].n_units + unit]);
      for (guint step = 0; shown->gradient_norms != NULL && step < reading->n_steps; step++)
        append_value (csv, reading, name, "g", step, 0, shown->gradient_norms[step]);
    }
  for (guint step = 0; only == G_MAXUINT && step < reading->n_steps; step++)
    for (guint unit = 0; unit < reading->n_outputs; unit++)
      append_value (csv, reading, "prediction", "y", step, (int) unit + 1,
                    (double) reading->prediction[(gsize) step * reading->n_outputs + unit]);
  return g_string_free (csv, FALSE);
}

static void
add_value (JsonBuilder *builder,
           double value)
{
  if (isnan (value))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, value);
}

/* [steps][units] as arrays in an array. */
static void
add_rows (JsonBuilder *builder,
          const char *name,
          const float *values,
          guint n_steps,
          guint n_units)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint step = 0; step < n_steps; step++)
    {
      json_builder_begin_array (builder);
      for (guint unit = 0; unit < n_units; unit++)
        add_value (builder, (double) values[(gsize) step * n_units + unit]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_layer (JsonBuilder *builder,
           const AnmPatientReading *reading,
           const AnmNetwork *network,
           guint index)
{
  const AnmReadingLayer *layer = &reading->layers[index];

  json_builder_begin_object (builder);
  anm_report_add_text (builder, "layer", anm_network_get_layer_name (network, index));
  for (guint k = 0; k < layer->n_traces; k++)
    add_rows (builder, layer->traces[k].symbol, layer->traces[k].values, reading->n_steps, layer->traces[k].n_units);
  if (layer->gradient_norms != NULL)
    {
      json_builder_set_member_name (builder, "gradient_norms");
      json_builder_begin_array (builder);
      for (guint step = 0; step < reading->n_steps; step++)
        add_value (builder, layer->gradient_norms[step]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
print_json (const AnmPatientReading *reading,
            AnmRun *run,
            const char *patient,
            guint epoch,
            guint only)
{
  const AnmNetwork *network = anm_run_get_network (run);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_report_add_count (builder, "run", anm_run_get_id (run));
  anm_report_add_count (builder, "epoch", epoch);
  anm_report_add_text (builder, "patient", patient);
  anm_report_add_number (builder, "first_time", reading->first_time);
  anm_report_add_number (builder, "step", reading->step);
  anm_report_add_count (builder, "steps", reading->n_steps);
  anm_report_add_number (builder, "loss", reading->loss);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint layer = 0; layer < reading->n_layers; layer++)
    if (only == G_MAXUINT || only == layer)
      add_layer (builder, reading, network, layer);
  json_builder_end_array (builder);
  add_rows (builder, "prediction", reading->prediction, reading->n_steps, reading->n_outputs);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static gboolean
inspect (AnmInvocation *invocation,
         const InspectOptions *options,
         AnmRun *run,
         AnmCohort *cohort,
         GError **error)
{
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmPatientReading) reading = NULL;
  g_autoptr (AnmProbe) probe = NULL;
  g_autofree char *csv = NULL;
  guint layer, epoch;
  gsize patient;

  if (!find_layer (anm_run_get_network (run), options->layer, &layer, error))
    return FALSE;
  if (!anm_cohort_find_patient (cohort, options->patient, &patient))
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("There is no patient “%s” in %s; ids run from “%s” to “%s”."),
                   options->patient, cohort->title, cohort->ids[0], cohort->ids[cohort->n_patients - 1]);
      return FALSE;
    }
  parameters = anm_run_options_load (&options->run, run, &epoch, error);
  if (parameters == NULL)
    return FALSE;
  anm_pool_enter_computing_thread ();
  reading = anm_patient_reading_new (anm_run_get_network (run), anm_run_get_recipe (run), anm_run_get_loss (run), parameters,
                                     cohort, (guint32) patient, &probe, TRUE, error);
  if (reading == NULL)
    return FALSE;
  if (invocation->json)
    {
      print_json (reading, run, options->patient, epoch, layer);
      return TRUE;
    }
  csv = make_csv (reading, anm_run_get_network (run), layer);
  return anm_csv_write (csv, options->output != NULL ? options->output : "-", error);
}

static gboolean
run_inspect (AnmInvocation *invocation,
             char **arguments,
             GError **error)
{
  g_auto (InspectOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  AnmRun *run;

  if (!parse_options (invocation, &options, &left, error) ||
      !anm_run_options_open (&options.run, &study, &run, error))
    return FALSE;
  cohort = left[0] != NULL ? anm_source_options_read (&options.source, invocation, left, NULL, error)
                           : anm_study_load_run_cohort (study, run, error);
  return cohort != NULL && inspect (invocation, &options, run, cohort, error);
}

const AnmCommand anm_inspect_command = {
  .name = "inspect",
  .arguments = N_ ("--study FILE --run ID --patient P [SOURCE…]"),
  .summary = N_ ("Hidden states, gates and gradient norms of one patient, as CSV or JSON"),
  .run = run_inspect,
};
