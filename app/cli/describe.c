/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "app/cli/report.h"
#include "app/cli/source-options.h"

/* A channel in numbers. */
typedef struct
{
  gsize  n_values;
  gsize  n_patients;
  gsize  n_flagged;
  double missing;        /* share of time steps */
  double low, median, high; /* NaN without values */
} ChannelSummary;

static int
compare_floats (gconstpointer a,
                gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

static ChannelSummary
summarize_channel (const AnmCohort *cohort,
                   guint channel,
                   double step)
{
  const AnmField *field = &cohort->channels[channel];
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (float));
  ChannelSummary summary = { .low = NAN, .median = NAN, .high = NAN };

  for (gsize patient = 0; patient < cohort->n_patients; patient++)
    {
      const double *times;
      const float *values;
      gsize n = anm_cohort_get_series (cohort, patient, channel, &times, &values);

      summary.n_patients += n > 0;
      for (gsize k = 0; k < n; k++)
        summary.n_flagged += (double) values[k] < field->plausible_low || (double) values[k] > field->plausible_high;
      g_array_append_vals (all, values, (guint) n);
    }
  summary.n_values = all->len;
  summary.missing = anm_cohort_get_missing_share (cohort, channel, step);
  if (all->len > 0)
    {
      g_array_sort (all, compare_floats);
      summary.low = (double) g_array_index (all, float, 0);
      summary.median = (double) g_array_index (all, float, all->len / 2);
      summary.high = (double) g_array_index (all, float, all->len - 1);
    }
  return summary;
}

static gsize
count_outcomes (const AnmCohort *cohort)
{
  gsize n = 0;

  for (gsize patient = 0; patient < cohort->n_patients; patient++)
    n += anm_cohort_has_target (cohort, patient);
  return n;
}

/* Patients of each class, the caller's own; %NULL where the outcome has no classes. */
static gsize *
count_classes (const AnmCohort *cohort,
               guint *n_classes)
{
  const AnmTarget *target = &cohort->target;
  gsize *counts;

  *n_classes = 0;
  if (target->shape.per_step || (target->shape.kind != ANM_TARGET_BINARY && target->shape.kind != ANM_TARGET_CLASSES))
    return NULL;
  *n_classes = target->shape.kind == ANM_TARGET_BINARY ? 2 : target->shape.n_outputs;
  counts = g_new0 (gsize, *n_classes);
  for (gsize patient = 0; patient < cohort->n_patients; patient++)
    if (anm_cohort_has_target (cohort, patient))
      {
        guint index = (guint) cohort->targets[patient];

        if (index < *n_classes)
          counts[index]++;
      }
  return counts;
}

static void
add_field (JsonBuilder *builder,
           const AnmField *field)
{
  anm_report_add_text (builder, "name", field->name);
  anm_report_add_text (builder, "label", field->label);
  anm_report_add_text (builder, "unit", field->unit);
  anm_report_add_text (builder, "kind", field->kind == ANM_FIELD_CATEGORICAL ? "categorical" : "numeric");
  if (field->categories != NULL)
    {
      json_builder_set_member_name (builder, "categories");
      json_builder_begin_array (builder);
      for (guint i = 0; field->categories[i] != NULL; i++)
        json_builder_add_string_value (builder, field->categories[i]);
      json_builder_end_array (builder);
    }
}

static void
add_channels (JsonBuilder *builder,
              const AnmCohort *cohort,
              double step)
{
  json_builder_set_member_name (builder, "channels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cohort->n_channels; i++)
    {
      ChannelSummary summary = summarize_channel (cohort, i, step);

      json_builder_begin_object (builder);
      add_field (builder, &cohort->channels[i]);
      anm_report_add_count (builder, "values", (gint64) summary.n_values);
      anm_report_add_count (builder, "patients", (gint64) summary.n_patients);
      anm_report_add_number (builder, "missing", summary.missing);
      anm_report_add_count (builder, "flagged", (gint64) summary.n_flagged);
      anm_report_add_number (builder, "minimum", summary.low);
      anm_report_add_number (builder, "median", summary.median);
      anm_report_add_number (builder, "maximum", summary.high);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static gsize
count_missing_static (const AnmCohort *cohort,
                      guint field)
{
  gsize n = 0;

  for (gsize patient = 0; patient < cohort->n_patients; patient++)
    n += isnan (cohort->static_values[patient * cohort->n_statics + field]);
  return n;
}

static void
add_statics (JsonBuilder *builder,
             const AnmCohort *cohort)
{
  json_builder_set_member_name (builder, "statics");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cohort->n_statics; i++)
    {
      json_builder_begin_object (builder);
      add_field (builder, &cohort->statics[i]);
      anm_report_add_count (builder, "missing", (gint64) count_missing_static (cohort, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static const char *
target_kind_word (AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
      return "binary";
    case ANM_TARGET_CLASSES:
      return "classes";
    case ANM_TARGET_LABELS:
      return "labels";
    case ANM_TARGET_REGRESSION:
      return "regression";
    case ANM_TARGET_SURVIVAL:
      return "survival";
    case ANM_TARGET_NONE:
    default:
      return "none";
    }
}

static void
add_target (JsonBuilder *builder,
            const AnmCohort *cohort)
{
  const AnmTarget *target = &cohort->target;
  guint n_classes;
  g_autofree gsize *counts = count_classes (cohort, &n_classes);

  json_builder_set_member_name (builder, "target");
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "kind", target_kind_word (target->shape.kind));
  if (target->shape.kind != ANM_TARGET_NONE)
    {
      anm_report_add_text (builder, "name", target->name);
      anm_report_add_flag (builder, "per_step", target->shape.per_step);
      anm_report_add_count (builder, "known", (gint64) count_outcomes (cohort));
      json_builder_set_member_name (builder, "classes");
      json_builder_begin_array (builder);
      for (guint i = 0; i < n_classes; i++)
        {
          json_builder_begin_object (builder);
          anm_report_add_text (builder, "class", target->classes != NULL ? target->classes[i] : NULL);
          anm_report_add_count (builder, "patients", (gint64) counts[i]);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
print_json (const AnmCohort *cohort,
            const char *source,
            double step)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_report_add_text (builder, "source", source);
  anm_report_add_text (builder, "title", cohort->title);
  anm_report_add_count (builder, "patients", (gint64) cohort->n_patients);
  anm_report_add_text (builder, "time_unit", cohort->time_unit);
  anm_report_add_number (builder, "step", step);
  add_channels (builder, cohort, step);
  add_statics (builder, cohort);
  add_target (builder, cohort);
  anm_report_add_warnings (builder, cohort->warnings);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static void
print_target (const AnmCohort *cohort)
{
  const AnmTarget *target = &cohort->target;
  guint n_classes;
  g_autofree gsize *counts = count_classes (cohort, &n_classes);

  if (target->shape.kind == ANM_TARGET_NONE)
    {
      g_print (_ ("Outcome: none\n"));
      return;
    }
  g_print (_ ("Outcome: %s (%s), known of %u patients\n"), target->name, target_kind_word (target->shape.kind), (guint) count_outcomes (cohort));
  for (guint i = 0; i < n_classes; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_print ("  %-16s %8u\n", target->classes != NULL ? _ (target->classes[i]) : number, (guint) counts[i]);
    }
}

static void
print_text (const AnmCohort *cohort,
            double step)
{
  g_print (ngettext ("%s: %u patient, time in %s, steps of %g\n", "%s: %u patients, time in %s, steps of %g\n", (gulong) cohort->n_patients),
           cohort->title, (guint) cohort->n_patients, *cohort->time_unit != '\0' ? cohort->time_unit : _ ("unknown units"), step);
  print_target (cohort);
  g_print (ngettext ("%u channel\n", "%u channels\n", cohort->n_channels), cohort->n_channels);
  /* Translators: the head of a table whose columns keep their width; "flagged": values outside of the plausible range. */
  g_print ("  %-24s %9s %9s %8s %9s %9s %9s %9s  %s\n", _ ("name"), _ ("values"), _ ("patients"), _ ("missing"),
           _ ("flagged"), _ ("minimum"), _ ("median"), _ ("maximum"), _ ("unit"));
  for (guint i = 0; i < cohort->n_channels; i++)
    {
      ChannelSummary summary = summarize_channel (cohort, i, step);

      g_print ("  %-24s %9u %9u %6.1f %% %9u %9.4g %9.4g %9.4g  %s\n", cohort->channels[i].name, (guint) summary.n_values,
               (guint) summary.n_patients, summary.missing * 100, (guint) summary.n_flagged, summary.low, summary.median,
               summary.high, cohort->channels[i].unit);
    }
  if (cohort->n_statics > 0)
    g_print (ngettext ("%u value that holds once a patient\n", "%u values that hold once a patient\n", cohort->n_statics), cohort->n_statics);
  for (guint i = 0; i < cohort->n_statics; i++)
    {
      gsize missing = count_missing_static (cohort, i);

      g_print (ngettext ("  %-24s %s, missing in %u patient\n", "  %-24s %s, missing in %u patients\n", (gulong) missing), cohort->statics[i].name,
               cohort->statics[i].kind == ANM_FIELD_CATEGORICAL ? _ ("categorical") : _ ("numeric"), (guint) missing);
    }
  for (guint i = 0; i < cohort->warnings->len; i++)
    g_print (_ ("Note: %s\n"), (const char *) g_ptr_array_index (cohort->warnings, i));
}

static gboolean
run_describe (AnmInvocation *invocation,
              char **arguments,
              GError **error)
{
  g_auto (AnmSourceOptions) source = { 0 };
  g_autofree GOptionEntry *entries = anm_source_options_entries (&source);
  const AnmOptionGroup groups[] = { ANM_SOURCE_GROUP (entries), { NULL } };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autofree char *text = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  double step;

  if (!anm_options_parse (invocation, &left, NULL, groups, 1, G_MAXUINT, _ ("SOURCE"), error))
    return FALSE;
  cohort = anm_source_options_read (&source, invocation, left, &text, NULL, error);
  if (cohort == NULL)
    return FALSE;
  step = anm_cohort_guess_step (cohort);
  if (invocation->json)
    print_json (cohort, text, step);
  else
    print_text (cohort, step);
  return TRUE;
}

const AnmCommand anm_describe_command = {
  .name = "describe",
  .arguments = N_ ("SOURCE…"),
  .summary = N_ ("Tell what is in a source: channels, counts, what is missing, what is doubtful"),
  .only_asks = TRUE,
  .run = run_describe,
};
