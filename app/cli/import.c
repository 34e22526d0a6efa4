/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/cli/report.h"
#include "app/cli/source-options.h"

static void
report (AnmInvocation *invocation,
        AnmStudy *study)
{
  const AnmCohort *cohort = anm_study_get_cohort (study);

  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "study", anm_study_get_path (study));
      anm_report_add_text (builder, "title", cohort->title);
      anm_report_add_count (builder, "patients", (gint64) cohort->n_patients);
      anm_report_add_warnings (builder, cohort->warnings);
      json_builder_end_object (builder);
      anm_report_json (builder);
      return;
    }
  anm_report_print_warnings (cohort->warnings);
  g_print (ngettext ("Study: %s\n%s, %u patient\n", "Study: %s\n%s, %u patients\n", (gulong) cohort->n_patients),
           anm_study_get_path (study), cohort->title, (guint) cohort->n_patients);
}

static gboolean
run_import (AnmInvocation *invocation,
            char **arguments,
            GError **error)
{
  g_auto (AnmSourceOptions) source = { 0 };
  g_autofree char *path = NULL, *text = NULL, *origin = NULL;
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &path, N_ ("The study; made if it isn't there"), N_ ("FILE") },
    { "by-reference", 0, 0, G_OPTION_ARG_NONE, &source.by_reference, N_ ("Keep where the records are, not a copy of them"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source_entries = anm_source_options_entries (&source);
  const AnmOptionGroup groups[] = { ANM_SOURCE_GROUP (source_entries), { NULL } };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmStudy) study = NULL;

  if (!anm_options_parse (invocation, &left, entries, groups, 1, G_MAXUINT, _ ("SOURCE"), error))
    return FALSE;
  if (path == NULL)
    {
      anm_usage_error (error, _ ("--study FILE is needed."));
      return FALSE;
    }
  /* A file that can't take the records is told before they are read. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      study = anm_study_open (path, error);
      if (study == NULL)
        return FALSE;
    }
  cohort = anm_source_options_read (&source, invocation, left, &text, &origin, error);
  if (cohort == NULL)
    return FALSE;
  if (study == NULL)
    study = anm_study_open (path, error);
  if (study == NULL)
    return FALSE;
  anm_study_set_cohort_from (study, cohort, text, origin, source.by_reference);
  if (!anm_study_flush (study, error))
    return FALSE;
  report (invocation, study);
  return TRUE;
}

const AnmCommand anm_import_command = {
  .name = "import",
  .arguments = N_ ("SOURCE… --study FILE"),
  .summary = N_ ("Put a source's records into a study"),
  .run = run_import,
};
