/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/progress-bar.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/study/study-files.h"

/* What is done with a study as a whole. */
typedef enum
{
  ACTION_NEW,
  ACTION_COPY,
  ACTION_MOVE,
  ACTION_RENAME,
  ACTION_COMPACT,
  ACTION_INFO,
  N_ACTIONS,
} Action;

static const struct
{
  const char *name;
  guint       n_arguments; /* behind the name */
} actions[N_ACTIONS] = {
  [ACTION_NEW] = { "new", 1 },
  [ACTION_COPY] = { "copy", 2 },
  [ACTION_MOVE] = { "move", 2 },
  [ACTION_RENAME] = { "rename", 2 },
  [ACTION_COMPACT] = { "compact", 1 },
  [ACTION_INFO] = { "info", 1 },
};

static gboolean
read_action (char **arguments,
             gboolean without_patients,
             gboolean without_notes,
             Action *action,
             GError **error)
{
  for (*action = 0; *action < N_ACTIONS; (*action)++)
    if (strcmp (actions[*action].name, arguments[0]) == 0)
      break;
  if (*action == N_ACTIONS)
    anm_usage_error (error, _ ("“%s” is none of new, copy, move, rename, compact and info."), arguments[0]);
  else if (g_strv_length (arguments) > actions[*action].n_arguments + 1)
    anm_usage_error (error, *action == ACTION_RENAME ? _ ("“%s” is too much: study %s takes FILE and TITLE, in quotation marks if it has spaces.")
                            : actions[*action].n_arguments == 2 ? _ ("“%s” is too much: study %s takes FILE and TO.")
                                                                : _ ("“%s” is too much: study %s takes FILE alone."),
                     arguments[actions[*action].n_arguments + 1], actions[*action].name);
  else if (g_strv_length (arguments) != actions[*action].n_arguments + 1)
    anm_usage_error (error, *action == ACTION_RENAME ? _ ("study rename takes FILE and TITLE, in quotation marks if it has spaces.")
                            : actions[*action].n_arguments == 2 ? _ ("study %s takes FILE and TO.")
                                                                : _ ("study %s takes FILE alone."),
                     actions[*action].name);
  else if (without_patients && *action != ACTION_COPY)
    anm_usage_error (error, _ ("--without-patients is of study copy alone."));
  else if (without_notes && !without_patients)
    anm_usage_error (error, _ ("--without-notes goes with --without-patients: a whole copy has its notes."));
  else
    return TRUE;
  return FALSE;
}

static void
show_progress (double fraction,
               gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Writing"));
}

static gboolean
act (AnmInvocation *invocation,
     AnmStudyFileAction action,
     char **arguments,
     AnmStudyFileSizes *sizes,
     GError **error)
{
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();

  return anm_study_file_act (action, arguments[1], arguments[2], show_progress, bar, invocation->cancellable, sizes, error);
}

static AnmStudy *
make (const char *path,
      GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return anm_study_open (path, error);
  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("“%s” is there already; name a file that isn't."), path);
  return NULL;
}

static AnmStudy *
rename_study (const char *path,
              const char *title,
              GError **error)
{
  AnmStudy *study = anm_run_options_open_study (path, error);

  if (study != NULL)
    anm_study_set_title (study, title);
  return study;
}

/* "copy", "reference", or NULL where there are no records. */
static const char *
name_records (AnmStudy *study)
{
  if (anm_study_get_source (study) == NULL)
    return NULL;
  return anm_study_get_by_reference (study) ? "reference" : "copy";
}

static gboolean
report (AnmInvocation *invocation,
        AnmStudy *study,
        Action action,
        const AnmStudyFileSizes *sizes,
        GError **error)
{
  gint64 kept, budget;
  g_autofree char *size = NULL, *before = NULL, *weights = NULL, *allowed = NULL;

  if (!anm_study_get_snapshot_bytes (study, &kept, &budget, error))
    return FALSE;
  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "action", actions[action].name);
      anm_report_add_text (builder, "study", anm_study_get_path (study));
      anm_report_add_text (builder, "title", anm_study_get_title (study));
      anm_report_add_text (builder, "source", anm_study_get_source (study));
      anm_report_add_text (builder, "records", name_records (study));
      anm_report_add_count (builder, "runs", (gint64) anm_study_get_n_all_runs (study));
      anm_report_add_count (builder, "bytes", sizes->after);
      anm_report_add_count (builder, "bytes_before", sizes->before);
      anm_report_add_count (builder, "snapshot_bytes", kept);
      anm_report_add_count (builder, "snapshot_budget", budget);
      json_builder_end_object (builder);
      anm_report_json (builder);
      return TRUE;
    }
  size = g_format_size ((guint64) sizes->after);
  before = g_format_size ((guint64) sizes->before);
  weights = g_format_size ((guint64) kept);
  allowed = g_format_size ((guint64) budget);
  g_print ("%s\n%s\n", anm_study_get_path (study), anm_study_get_title (study));
  if (anm_study_get_source (study) != NULL)
    g_print (anm_study_get_by_reference (study) ? _ ("Records: where they are, %s\n") : _ ("Records: a copy of %s\n"), anm_study_get_source (study));
  else
    g_print (_ ("Records: none\n"));
  g_print (_ ("Runs: %u, deleted ones too\n"), anm_study_get_n_all_runs (study));
  g_print (_ ("Weights of epochs: %s of at most %s\n"), weights, allowed);
  if (action == ACTION_COMPACT)
    /* Translators: a study's size after it was compacted, and before. */
    g_print (_ ("Size: %s, before %s\n"), size, before);
  else
    g_print (_ ("Size: %s\n"), size);
  return TRUE;
}

static AnmStudy *
run_action (AnmInvocation *invocation,
            Action action,
            char **arguments,
            gboolean without_patients,
            gboolean without_notes,
            AnmStudyFileSizes *sizes,
            GError **error)
{
  switch (action)
    {
    case ACTION_NEW:
      return make (arguments[1], error);
    case ACTION_RENAME:
      return rename_study (arguments[1], arguments[2], error);
    case ACTION_COPY:
      if (!act (invocation, without_notes ? ANM_STUDY_FILE_EXPORT_BARE : without_patients ? ANM_STUDY_FILE_EXPORT : ANM_STUDY_FILE_DUPLICATE, arguments, sizes, error))
        return NULL;
      return anm_study_open (arguments[2], error);
    case ACTION_MOVE:
      if (!act (invocation, ANM_STUDY_FILE_MOVE, arguments, sizes, error))
        return NULL;
      return anm_study_open (arguments[2], error);
    case ACTION_COMPACT:
      if (!act (invocation, ANM_STUDY_FILE_COMPACT, arguments, sizes, error))
        return NULL;
      return anm_run_options_open_study (arguments[1], error);
    case ACTION_INFO:
    case N_ACTIONS:
    default:
      return anm_run_options_open_study (arguments[1], error);
    }
}

static gboolean
run_study (AnmInvocation *invocation,
           char **arguments,
           GError **error)
{
  gboolean without_patients = FALSE, without_notes = FALSE;
  const GOptionEntry entries[] = {
    { "without-patients", 0, 0, G_OPTION_ARG_NONE, &without_patients, N_ ("Copy runs, weights, figures, notes and what was learnt of all patients together (means, limits, categories), but no ids, values or anything else of single patients"), NULL },
    { "without-notes", 0, 0, G_OPTION_ARG_NONE, &without_notes, N_ ("With --without-patients: nor notes, names, tags and the title, which people wrote"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  AnmStudyFileSizes sizes = { 0, 0 };
  Action action;

  if (!anm_options_parse (invocation, &left, entries, NULL, 1, 3, _ ("new, copy, move, rename, compact or info"), error) ||
      !read_action (left, without_patients, without_notes, &action, error))
    return FALSE;
  study = run_action (invocation, action, left, without_patients, without_notes, &sizes, error);
  if (study == NULL || !anm_study_flush (study, error))
    return FALSE;
  if (sizes.after == 0)
    {
      sizes.after = anm_study_file_get_size (anm_study_get_path (study));
      sizes.before = sizes.after;
    }
  return report (invocation, study, action, &sizes, error);
}

const AnmCommand anm_study_command = {
  .name = "study",
  .arguments = N_ ("new FILE | copy FILE TO [--without-patients [--without-notes]] | move FILE TO | rename FILE TITLE | compact FILE | info FILE"),
  .summary = N_ ("Make, copy, move, rename and compact studies, and tell of them"),
  .actions = "new copy move rename compact info",
  .run = run_study,
};
