/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <math.h>

#include "app/cli/csv-text.h"
#include "app/cli/report.h"
#include "app/study/patient-reading.h"

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
        anm_report_add_element (builder, (double) values[(gsize) step * n_units + unit]);
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
    anm_report_add_numbers (builder, "gradient_norms", layer->gradient_norms, reading->n_steps);
  json_builder_end_object (builder);
}

static void
print_json (const AnmPatientReading *reading,
            const AnmInspectJob *job,
            const char *patient)
{
  const AnmNetwork *network = anm_run_get_network (job->run);
  g_autoptr (JsonBuilder) builder = anm_inspect_begin_json (job);

  anm_report_add_text (builder, "patient", patient);
  anm_report_add_number (builder, "first_time", reading->first_time);
  anm_report_add_number (builder, "step", reading->step);
  anm_report_add_count (builder, "steps", reading->n_steps);
  anm_report_add_number (builder, "loss", reading->loss);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint layer = 0; layer < reading->n_layers; layer++)
    if (job->layer == G_MAXUINT || job->layer == layer)
      add_layer (builder, reading, network, layer);
  json_builder_end_array (builder);
  add_rows (builder, "prediction", reading->prediction, reading->n_steps, reading->n_outputs);
  anm_inspect_end_json (builder);
}

gboolean
anm_inspect_states (AnmInspectJob *job,
                    AnmCohort *cohort,
                    guint32 patient,
                    GError **error)
{
  g_autoptr (AnmProbe) probe = NULL;
  g_autoptr (AnmPatientReading) reading = anm_patient_reading_new (anm_run_get_network (job->run), anm_run_get_recipe (job->run),
                                                                   anm_run_get_loss (job->run), job->parameters, cohort, patient,
                                                                   &probe, TRUE, error);
  g_autofree char *csv = NULL;

  if (reading == NULL)
    return FALSE;
  if (job->invocation->json)
    {
      print_json (reading, job, cohort->ids[patient]);
      return TRUE;
    }
  csv = make_csv (reading, anm_run_get_network (job->run), job->layer);
  return anm_csv_write (csv, job->output, error);
}
