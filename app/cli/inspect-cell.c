/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/cli/csv-text.h"
#include "app/cli/report.h"

/* A line of the table: what isn't a number is left empty. */
static void
append_line (GString *csv,
             const char *equation,
             const char *what,
             const char *name,
             double input,
             double weight,
             double value)
{
  anm_csv_append_first_field (csv, equation);
  anm_csv_append_field (csv, what);
  anm_csv_append_field (csv, name);
  anm_csv_append_number (csv, input);
  anm_csv_append_number (csv, weight);
  anm_csv_append_number (csv, value);
  g_string_append_c (csv, '\n');
}

static void
append_gradient (GString *csv,
                 const char *equation,
                 const char *what,
                 const AnmCellGradient *gradient)
{
  g_autofree char *share = g_strconcat (what, " share", NULL);
  g_autofree char *difference = g_strconcat (what, " by difference", NULL);
  g_autofree char *error = g_strconcat (what, " relative error", NULL);

  append_line (csv, equation, what, "", NAN, NAN, gradient->value);
  for (guint k = 0; k < gradient->n_shares; k++)
    append_line (csv, equation, share, gradient->shares[k].symbol, gradient->shares[k].gradient, gradient->shares[k].slope, gradient->shares[k].value);
  append_line (csv, equation, difference, "", NAN, gradient->step, gradient->difference);
  append_line (csv, equation, error, "", NAN, NAN, gradient->relative_error);
}

static void
append_equation (GString *csv,
                 const AnmInspectJob *job,
                 const AnmInspection *inspection,
                 const AnmCellReading *reading,
                 const AnmCellEquation *equation)
{
  for (guint k = 0; k < equation->n_terms; k++)
    {
      const AnmCellTerm *term = &equation->terms[k];

      for (guint i = 0; i < term->n_parts; i++)
        {
          g_autofree char *input = term->n_parts > 1 ? anm_inspection_name_input (inspection, job->layer, term->operand, i) : NULL;
          g_autofree char *name = input != NULL ? g_strdup_printf ("%s: %s", term->symbol, input) : g_strdup (term->symbol);

          append_line (csv, equation->symbol, "term", name, term->parts[i].input, term->factor * term->parts[i].weight, term->parts[i].value);
        }
    }
  append_line (csv, equation->symbol, "sum", "", NAN, NAN, equation->sum);
  append_line (csv, equation->symbol, "value", anm_cell_function_to_string (equation->function), NAN, NAN, equation->value);
  append_line (csv, equation->symbol, "slope", "", NAN, NAN, equation->slope);
  append_line (csv, equation->symbol, "value in the network", "", NAN, NAN, equation->traced);
  if (!reading->has_gradients)
    return;
  append_gradient (csv, equation->symbol, "gradient", &equation->gradient);
  append_gradient (csv, equation->symbol, "gradient of the sum", &equation->sum_gradient);
}

static char *
make_csv (const AnmInspectJob *job,
          const AnmInspection *inspection,
          const AnmCellReading *reading)
{
  GString *csv = g_string_new ("equation,what,name,input,weight,value\n");

  for (guint p = 0; p < reading->n_previous; p++)
    {
      append_line (csv, reading->previous[p].symbol, "value", "", NAN, NAN, reading->previous[p].value);
      if (reading->has_gradients)
        append_gradient (csv, reading->previous[p].symbol, "gradient", &reading->previous[p].gradient);
    }
  for (guint e = 0; e < reading->n_equations; e++)
    append_equation (csv, job, inspection, reading, &reading->equations[e]);
  return g_string_free (csv, FALSE);
}

/* JSON */

static void
add_gradient (JsonBuilder *builder,
              const char *name,
              const AnmCellGradient *gradient)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  anm_report_add_number (builder, "value", gradient->value);
  anm_report_add_number (builder, "difference", gradient->difference);
  anm_report_add_number (builder, "relative_error", gradient->relative_error);
  anm_report_add_number (builder, "difference_step", gradient->step);
  json_builder_set_member_name (builder, "shares");
  json_builder_begin_array (builder);
  for (guint k = 0; k < gradient->n_shares; k++)
    {
      json_builder_begin_object (builder);
      anm_report_add_text (builder, "symbol", gradient->shares[k].symbol);
      anm_report_add_number (builder, "slope", gradient->shares[k].slope);
      anm_report_add_number (builder, "gradient", gradient->shares[k].gradient);
      anm_report_add_number (builder, "value", gradient->shares[k].value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_term (JsonBuilder *builder,
          const AnmInspectJob *job,
          const AnmInspection *inspection,
          const AnmCellTerm *term)
{
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "symbol", term->symbol);
  anm_report_add_text (builder, "operand", term->operand);
  anm_report_add_text (builder, "times", term->times);
  anm_report_add_number (builder, "factor", term->factor);
  anm_report_add_number (builder, "value", term->value);
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < term->n_parts; i++)
    {
      g_autofree char *name = term->n_parts > 1 ? anm_inspection_name_input (inspection, job->layer, term->operand, i) : NULL;

      json_builder_begin_object (builder);
      if (name != NULL)
        anm_report_add_text (builder, "name", name);
      anm_report_add_number (builder, "input", term->parts[i].input);
      anm_report_add_number (builder, "weight", term->parts[i].weight);
      anm_report_add_number (builder, "value", term->parts[i].value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_equation (JsonBuilder *builder,
              const AnmInspectJob *job,
              const AnmInspection *inspection,
              const AnmCellReading *reading,
              const AnmCellEquation *equation)
{
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "symbol", equation->symbol);
  anm_report_add_text (builder, "label", _ (equation->label));
  anm_report_add_text (builder, "function", anm_cell_function_to_string (equation->function));
  json_builder_set_member_name (builder, "terms");
  json_builder_begin_array (builder);
  for (guint k = 0; k < equation->n_terms; k++)
    add_term (builder, job, inspection, &equation->terms[k]);
  json_builder_end_array (builder);
  anm_report_add_number (builder, "sum", equation->sum);
  anm_report_add_number (builder, "value", equation->value);
  anm_report_add_number (builder, "slope", equation->slope);
  anm_report_add_number (builder, "value_in_network", equation->traced);
  if (reading->has_gradients)
    {
      add_gradient (builder, "gradient", &equation->gradient);
      add_gradient (builder, "sum_gradient", &equation->sum_gradient);
    }
  json_builder_end_object (builder);
}

static void
print_json (const AnmInspectJob *job,
            AnmInspection *inspection,
            const char *patient,
            const AnmCellReading *reading)
{
  g_autoptr (JsonBuilder) builder = anm_inspect_begin_json (job);

  anm_inspect_add_where (job, builder, patient);
  anm_report_add_count (builder, "unit", reading->unit + 1);
  anm_report_add_count (builder, "step", reading->step + 1);
  anm_report_add_number (builder, "time", anm_inspection_get_time (inspection, job->layer, reading->step));
  anm_report_add_flag (builder, "skipped", reading->skipped);
  anm_report_add_number (builder, "loss", anm_inspection_get_loss (inspection));
  json_builder_set_member_name (builder, "before");
  json_builder_begin_array (builder);
  for (guint p = 0; p < reading->n_previous; p++)
    {
      json_builder_begin_object (builder);
      anm_report_add_text (builder, "symbol", reading->previous[p].symbol);
      anm_report_add_number (builder, "value", reading->previous[p].value);
      if (reading->has_gradients)
        add_gradient (builder, "gradient", &reading->previous[p].gradient);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "equations");
  json_builder_begin_array (builder);
  for (guint e = 0; e < reading->n_equations; e++)
    add_equation (builder, job, inspection, reading, &reading->equations[e]);
  json_builder_end_array (builder);
  anm_inspect_end_json (builder);
}

/* "3,12" or "3,last" */
static gboolean
read_unit_and_step (const char *text,
                    guint n_units,
                    guint n_steps,
                    guint *unit,
                    guint *step,
                    GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (g_strv_length (parts) != 2)
    {
      anm_usage_error (error, _ ("--cell: “%s” isn't a unit and a step, such as 3,12 or 3,last."), text);
      return FALSE;
    }
  return anm_inspect_read_place ("cell", g_strstrip (parts[0]), n_units, unit, error) &&
         anm_inspect_read_place ("cell", g_strstrip (parts[1]), n_steps, step, error);
}

gboolean
anm_inspect_cell (AnmInspectJob *job,
                  AnmInspection *inspection,
                  const char *patient,
                  const char *unit_and_step,
                  GError **error)
{
  g_autoptr (AnmCell) cell = anm_inspection_new_cell (inspection, job->layer, job->direction, error);
  g_autoptr (AnmCellReading) reading = NULL;
  g_autofree char *csv = NULL;
  AnmLayerTraces traces;
  guint unit, step;

  if (cell == NULL)
    return FALSE;
  anm_inspection_get_traces (inspection, job->layer, &traces);
  if (!read_unit_and_step (unit_and_step, anm_cell_get_n_units (cell), traces.n_steps, &unit, &step, error))
    return FALSE;
  reading = anm_cell_read (cell, &traces, step, unit, error);
  if (reading == NULL)
    return FALSE;
  if (job->invocation->json)
    {
      print_json (job, inspection, patient, reading);
      return TRUE;
    }
  csv = make_csv (job, inspection, reading);
  return anm_csv_write (csv, job->output, error);
}
