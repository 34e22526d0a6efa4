/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/report.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/interrupt.h"
#include "app/cli/options.h"

static void
print_object (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  g_print ("%s\n", text);
}

void
anm_report_json (JsonBuilder *builder)
{
  anm_interrupt_forbid ();
  print_object (builder);
}

void
anm_report_error (const AnmInvocation *invocation,
                  const char *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (invocation->command != NULL)
    g_printerr ("anamnesis-cli %s: %s\n", invocation->command->name, message);
  else
    g_printerr ("anamnesis-cli: %s\n", message);
  if (!invocation->json || invocation->told)
    return;
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "error", message);
  json_builder_end_object (builder);
  print_object (builder);
}

/* json-glib 1.6 writes 1e+30 as 1e+30.0, which isn't JSON: the next number with more digits stands in for it. */
static double
avoid_bare_exponent (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.17g", value);
  return strchr (text, 'e') != NULL && strchr (text, '.') == NULL ? nextafter (value, 0) : value;
}

void
anm_report_add_element (JsonBuilder *builder,
                        double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, avoid_bare_exponent (value));
  else
    json_builder_add_null_value (builder);
}

void
anm_report_add_number (JsonBuilder *builder,
                       const char *name,
                       double value)
{
  json_builder_set_member_name (builder, name);
  anm_report_add_element (builder, value);
}

void
anm_report_add_numbers (JsonBuilder *builder,
                        const char *name,
                        const double *numbers,
                        guint n_numbers)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_numbers; i++)
    anm_report_add_element (builder, numbers[i]);
  json_builder_end_array (builder);
}

void
anm_report_add_text (JsonBuilder *builder,
                     const char *name,
                     const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

void
anm_report_add_count (JsonBuilder *builder,
                      const char *name,
                      gint64 count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, count);
}

void
anm_report_add_flag (JsonBuilder *builder,
                     const char *name,
                     gboolean flag)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, flag);
}

void
anm_report_add_warnings (JsonBuilder *builder,
                         GPtrArray *warnings)
{
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (warnings, i));
  json_builder_end_array (builder);
}

void
anm_report_print_warnings (GPtrArray *warnings)
{
  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    g_printerr (_ ("Note: %s\n"), (const char *) g_ptr_array_index (warnings, i));
}

static gboolean
is_wanted (const AnmScore *score,
           const AnmTarget *target,
           char **names)
{
  return names != NULL ? g_strv_contains ((const char *const *) names, score->name)
                       : anm_score_suits (score, &target->shape);
}

void
anm_report_print_evaluation (const AnmEvaluation *evaluation,
                             const AnmTarget *target,
                             char **names)
{
  guint n_scores;
  const AnmScore *scores = anm_scores (&n_scores);

  for (guint i = 0; i < n_scores; i++)
    {
      double value = anm_score_get (&scores[i], &evaluation->metrics);
      double low = anm_score_get (&scores[i], &evaluation->low);
      double high = anm_score_get (&scores[i], &evaluation->high);

      if (!is_wanted (&scores[i], target, names))
        continue;
      if (isnan (value))
        g_print (_ ("  %-20s can't be computed here: %s\n"), _ (scores[i].label), _ (scores[i].definition));
      else
        /* Translators: a score's name, its value, its interval and its definition. */
        g_print (_ ("  %-20s %.4f  (%.4f to %.4f)  %s\n"), _ (scores[i].label), value, low, high, _ (scores[i].definition));
    }
  g_print (_ ("  In brackets: %g %% interval, percentile bootstrap over patients, %u resamples.\n"),
           evaluation->level * 100, evaluation->n_resamples);
}

void
anm_report_add_evaluation (JsonBuilder *builder,
                           const AnmEvaluation *evaluation,
                           const AnmTarget *target,
                           char **names)
{
  guint n_scores;
  const AnmScore *scores = anm_scores (&n_scores);

  anm_report_add_count (builder, "n", (gint64) evaluation->metrics.n_rows);
  anm_report_add_count (builder, "patients", (gint64) evaluation->n_sequences);
  if (target->shape.kind == ANM_TARGET_BINARY)
    anm_report_add_count (builder, "positive", (gint64) evaluation->metrics.n_positive);
  anm_report_add_text (builder, "interval", "percentile bootstrap over patients");
  anm_report_add_number (builder, "level", evaluation->level);
  anm_report_add_count (builder, "resamples", evaluation->n_resamples);
  json_builder_set_member_name (builder, "scores");
  json_builder_begin_object (builder);
  for (guint i = 0; i < n_scores; i++)
    {
      if (!is_wanted (&scores[i], target, names))
        continue;
      json_builder_set_member_name (builder, scores[i].name);
      json_builder_begin_object (builder);
      anm_report_add_number (builder, "value", anm_score_get (&scores[i], &evaluation->metrics));
      anm_report_add_number (builder, "low", anm_score_get (&scores[i], &evaluation->low));
      anm_report_add_number (builder, "high", anm_score_get (&scores[i], &evaluation->high));
      anm_report_add_text (builder, "definition", _ (scores[i].definition));
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

gboolean
anm_report_read_metrics (const char *text,
                         char ***names,
                         GError **error)
{
  g_auto (GStrv) words = NULL;

  *names = NULL;
  if (text == NULL)
    return TRUE;
  words = anm_option_read_words ("metrics", text, error);
  if (words == NULL)
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (anm_score_find (words[i]) == NULL)
      {
        g_autoptr (GString) known = g_string_new (NULL);
        guint n_scores;
        const AnmScore *scores = anm_scores (&n_scores);

        for (guint k = 0; k < n_scores; k++)
          g_string_append_printf (known, "%s%s", k > 0 ? ", " : "", scores[k].name);
        anm_usage_error (error, _ ("--metrics: “%s” isn't one of %s."), words[i], known->str);
        return FALSE;
      }
  *names = g_steal_pointer (&words);
  return TRUE;
}
