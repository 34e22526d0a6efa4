/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/csv-text.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"

/* What is printed as it comes: JSON at the end, lines of CSV at once where they go to standard output. */
typedef struct
{
  AnmInspectJob  *job;
  AnmInspection  *inspection;
  JsonBuilder    *builder; /* or NULL */
  GString        *csv;     /* or NULL */
  AnmProgressBar *bar;
  gboolean        eigenvalues;
  guint           first;
  guint           n;
} Printer;

static void
printer_begin (Printer *self,
               const char *patient,
               const char *header)
{
  if (self->job->invocation->json)
    {
      self->builder = anm_inspect_begin_json (self->job);
      anm_inspect_add_where (self->job, self->builder, patient);
    }
  else
    self->csv = g_string_new (header);
  self->bar = anm_progress_bar_new ();
}

/* Hands on what there is so far. */
static void
printer_flush (Printer *self)
{
  if (self->csv == NULL || strcmp (self->job->output, "-") != 0)
    return;
  anm_csv_write (self->csv->str, "-", NULL);
  g_string_truncate (self->csv, 0);
}

/* @done: whether all was computed; what came before it failed stays. */
static gboolean
printer_end (Printer *self,
             gboolean done,
             GError **error)
{
  g_clear_pointer (&self->bar, anm_progress_bar_free);
  if (!done)
    anm_inspect_fail (self->job, error);
  else if (self->builder != NULL)
    anm_inspect_end_json (self->builder);
  else
    done = anm_csv_write (self->csv->str, self->job->output, error);
  g_clear_object (&self->builder);
  if (self->csv != NULL)
    g_string_free (self->csv, TRUE);
  return done;
}

static void
begin_array (Printer *self,
             const char *name)
{
  if (self->builder == NULL)
    return;
  json_builder_set_member_name (self->builder, name);
  json_builder_begin_array (self->builder);
}

static void
end_array (Printer *self)
{
  if (self->builder != NULL)
    json_builder_end_array (self->builder);
}

static void
add_eigenvalues (JsonBuilder *builder,
                 guint n,
                 const double *real,
                 const double *imaginary)
{
  json_builder_set_member_name (builder, "eigenvalues");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_array (builder);
      anm_report_add_element (builder, real[i]);
      anm_report_add_element (builder, imaginary[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

/* The matrix of one step */

/* "h3": a part of the state and its unit. */
static char *
name_state (guint index,
            guint size,
            guint n_units)
{
  return g_strdup_printf ("%s%u", size > n_units && index >= n_units ? "c" : "h", index % n_units + 1);
}

static void
print_matrix (Printer *self,
              const double *matrix,
              guint size,
              guint n_units)
{
  begin_array (self, "state");
  for (guint i = 0; i < size && self->builder != NULL; i++)
    {
      g_autofree char *name = name_state (i, size, n_units);

      json_builder_add_string_value (self->builder, name);
    }
  end_array (self);
  begin_array (self, "jacobian");
  for (guint i = 0; i < size; i++)
    {
      g_autofree char *row = name_state (i, size, n_units);

      if (self->builder != NULL)
        json_builder_begin_array (self->builder);
      for (guint j = 0; j < size; j++)
        {
          g_autofree char *column = name_state (j, size, n_units);

          if (self->builder != NULL)
            anm_report_add_element (self->builder, matrix[(gsize) i * size + j]);
          else
            {
              g_string_append_printf (self->csv, "%s,%s", row, column);
              anm_csv_append_number (self->csv, matrix[(gsize) i * size + j]);
              g_string_append_c (self->csv, '\n');
            }
        }
      end_array (self);
    }
  end_array (self);
}

gboolean
anm_inspect_jacobian (AnmInspectJob *job,
                      AnmInspection *inspection,
                      const char *patient,
                      const char *text,
                      GError **error)
{
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, job->layer, job->direction, error);
  Printer printer = { .job = job, .inspection = inspection };
  g_autofree double *matrix = NULL;
  AnmLayerTraces traces;
  guint step, size;
  gboolean done;

  if (jacobian == NULL)
    return FALSE;
  anm_inspection_get_traces (inspection, job->layer, &traces);
  if (!anm_inspect_read_place ("jacobian", text, traces.n_steps, &step, error))
    return FALSE;
  size = anm_jacobian_get_size (jacobian);
  matrix = g_new (double, (gsize) size * size);
  printer_begin (&printer, patient, "state,before,derivative\n");
  done = anm_jacobian_compute (jacobian, &traces, step, matrix, job->cancel, error);
  if (done && printer.builder != NULL)
    {
      anm_report_add_count (printer.builder, "step", step + 1);
      anm_report_add_number (printer.builder, "time", anm_inspection_get_time (inspection, job->layer, step));
    }
  if (done)
    print_matrix (&printer, matrix, size, anm_jacobian_get_n_units (jacobian));
  return printer_end (&printer, done, error);
}

/* Spectra */

static void
print_spectrum (const AnmSpectrum *spectrum,
                gpointer data)
{
  Printer *self = data;
  double time = anm_inspection_get_time (self->inspection, self->job->layer, spectrum->step);
  const struct
  {
    const char *name;
    double      value;
  } figures[] = {
    { "frobenius_norm", spectrum->frobenius_norm },
    { "largest_singular_value", spectrum->largest_singular_value },
    { "spectral_radius", spectrum->spectral_radius },
  };

  anm_progress_bar_update (self->bar, (double) (spectrum->step - self->first) / self->n, -1, _ ("Spectra"));
  if (self->eigenvalues && spectrum->n_eigenvalues == 0)
    return;
  if (self->builder != NULL)
    {
      json_builder_begin_object (self->builder);
      anm_report_add_count (self->builder, "step", spectrum->step + 1);
      anm_report_add_number (self->builder, "time", time);
      for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
        anm_report_add_number (self->builder, figures[i].name, figures[i].value);
      if (self->eigenvalues)
        add_eigenvalues (self->builder, spectrum->n_eigenvalues, spectrum->real, spectrum->imaginary);
      json_builder_end_object (self->builder);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (!isnan (figures[i].value))
      g_string_append_printf (self->csv, "%u,%.9g,%s,,%.9g,\n", spectrum->step + 1, time, figures[i].name, figures[i].value);
  for (guint i = 0; i < spectrum->n_eigenvalues; i++)
    g_string_append_printf (self->csv, "%u,%.9g,eigenvalue,%u,%.9g,%.9g\n", spectrum->step + 1, time, i + 1, spectrum->real[i], spectrum->imaginary[i]);
  printer_flush (self);
}

/* "all", "5", "3-10", "3-last" */
static gboolean
read_steps (const char *text,
            guint n_steps,
            guint *first,
            guint *n,
            GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);
  guint last;

  *first = 0;
  *n = n_steps;
  if (strcmp (text, "all") == 0)
    return TRUE;
  if (*text == '\0' || !anm_inspect_read_place ("spectrum", parts[0], n_steps, first, error))
    {
      if (error != NULL && *error == NULL)
        anm_usage_error (error, _ ("--spectrum: “%s” isn't all, a step, or two steps such as 3-10."), text);
      return FALSE;
    }
  last = *first;
  if (parts[1] != NULL && !anm_inspect_read_place ("spectrum", parts[1], n_steps, &last, error))
    return FALSE;
  if (last < *first)
    {
      anm_usage_error (error, _ ("--spectrum: step %u comes after step %u. Write the earlier one first."), *first + 1, last + 1);
      return FALSE;
    }
  *n = last - *first + 1;
  return TRUE;
}

gboolean
anm_inspect_spectrum (AnmInspectJob *job,
                      AnmInspection *inspection,
                      const char *patient,
                      const char *steps,
                      gboolean eigenvalues,
                      GError **error)
{
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, job->layer, job->direction, error);
  Printer printer = { .job = job, .inspection = inspection, .eigenvalues = eigenvalues };
  AnmLayerTraces traces;
  gboolean done;

  if (jacobian == NULL)
    return FALSE;
  anm_inspection_get_traces (inspection, job->layer, &traces);
  if (!read_steps (steps, traces.n_steps, &printer.first, &printer.n, error))
    return FALSE;
  printer_begin (&printer, patient, "step,time,what,number,real,imaginary\n");
  begin_array (&printer, "steps");
  done = anm_jacobian_spectra (jacobian, &traces, printer.first, printer.n, eigenvalues, print_spectrum, &printer, job->cancel, error);
  end_array (&printer);
  return printer_end (&printer, done, error);
}

/* Reach */

static void
print_reach (const AnmReach *reach,
             gpointer data)
{
  Printer *self = data;
  double time = anm_inspection_get_time (self->inspection, self->job->layer, reach->step);
  double log10_norm = reach->log_norm / G_LN10, log10_hidden_norm = reach->log_hidden_norm / G_LN10;

  anm_progress_bar_update (self->bar, (double) reach->lag / MAX (self->n, 1), -1, _ ("Steps back"));
  if (self->builder != NULL)
    {
      json_builder_begin_object (self->builder);
      anm_report_add_count (self->builder, "lag", reach->lag);
      anm_report_add_count (self->builder, "step", reach->step + 1);
      anm_report_add_number (self->builder, "time", time);
      anm_report_add_number (self->builder, "log10_norm", log10_norm);
      anm_report_add_number (self->builder, "log10_hidden_norm", log10_hidden_norm);
      json_builder_end_object (self->builder);
      return;
    }
  g_string_append_printf (self->csv, "%u,%u,%.9g", reach->lag, reach->step + 1, time);
  anm_csv_append_number (self->csv, log10_norm);
  anm_csv_append_number (self->csv, log10_hidden_norm);
  g_string_append_c (self->csv, '\n');
  printer_flush (self);
}

gboolean
anm_inspect_reach (AnmInspectJob *job,
                   AnmInspection *inspection,
                   const char *patient,
                   const char *text,
                   GError **error)
{
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, job->layer, job->direction, error);
  Printer printer = { .job = job, .inspection = inspection };
  AnmLayerTraces traces;
  gboolean done;
  guint step;

  if (jacobian == NULL)
    return FALSE;
  anm_inspection_get_traces (inspection, job->layer, &traces);
  if (!anm_inspect_read_place ("reach", text, traces.n_steps, &step, error))
    return FALSE;
  printer.n = job->direction == ANM_DIRECTION_BACKWARDS ? traces.n_steps - 1 - step : step;
  printer_begin (&printer, patient, "lag,step,time,log10_norm,log10_hidden_norm\n");
  if (printer.builder != NULL)
    anm_report_add_count (printer.builder, "step", step + 1);
  begin_array (&printer, "lags");
  done = anm_jacobian_reach (jacobian, &traces, step, G_MAXUINT, print_reach, &printer, job->cancel, error);
  end_array (&printer);
  return printer_end (&printer, done, error);
}

/* A gate's recurrent matrix */

gboolean
anm_inspect_recurrent_matrix (AnmInspectJob *job,
                              const char *gate,
                              GError **error)
{
  g_autoptr (AnmCell) cell = anm_cell_new (anm_run_get_network (job->run), job->layer, job->direction, error);
  Printer printer = { .job = job };
  g_autofree double *real = NULL, *imaginary = NULL;
  double largest;
  gboolean done;
  guint n;

  if (cell == NULL)
    return FALSE;
  anm_cell_set_parameters (cell, job->parameters);
  n = anm_cell_get_n_units (cell);
  real = g_new (double, n);
  imaginary = g_new (double, n);
  printer_begin (&printer, NULL, "number,real,imaginary\n");
  done = anm_recurrent_spectrum (cell, gate, real, imaginary, &largest, job->cancel, error);
  if (done && printer.builder != NULL)
    {
      anm_report_add_text (printer.builder, "gate", gate);
      anm_report_add_number (printer.builder, "largest_singular_value", largest);
      anm_report_add_number (printer.builder, "spectral_radius", hypot (real[0], imaginary[0]));
      add_eigenvalues (printer.builder, n, real, imaginary);
    }
  for (guint i = 0; i < n && done && printer.csv != NULL; i++)
    g_string_append_printf (printer.csv, "%u,%.9g,%.9g\n", i + 1, real[i], imaginary[i]);
  return printer_end (&printer, done, error);
}
