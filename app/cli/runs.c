/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/cli/run-difference.h"
#include "app/cli/run-options.h"
#include "app/cli/run-report.h"
#include "app/study/run-command.h"

/* What is asked of runs; with none of it they are listed. */
typedef struct
{
  char    *study;
  char    *rename;
  char    *note;
  char    *tag;
  char    *untag;
  char    *star;
  char    *unstar;
  char    *remove;
  char    *undelete;
  char    *difference;
  char    *command;
  char    *budget;
  gboolean deleted;
} RunsOptions;

static void
runs_options_clear (RunsOptions *self)
{
  char **const texts[] = { &self->study, &self->rename, &self->note, &self->tag, &self->untag, &self->star, &self->unstar,
                           &self->remove, &self->undelete, &self->difference, &self->command, &self->budget };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunsOptions, runs_options_clear)

static gboolean
parse_options (AnmInvocation *invocation,
               RunsOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &options->study, N_ ("The study"), N_ ("FILE") },
    { "rename", 0, 0, G_OPTION_ARG_STRING, &options->rename, N_ ("Give a run the name that is the first argument; an empty one takes it away"), N_ ("ID") },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options->note, N_ ("Write the first argument as a run's note"), N_ ("ID") },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &options->tag, N_ ("Tag runs with the arguments"), N_ ("ID,…") },
    { "untag", 0, 0, G_OPTION_ARG_STRING, &options->untag, N_ ("Take these tags away"), N_ ("ID,…") },
    { "star", 0, 0, G_OPTION_ARG_STRING, &options->star, N_ ("Star runs"), N_ ("ID,…") },
    { "unstar", 0, 0, G_OPTION_ARG_STRING, &options->unstar, N_ ("Take their stars away"), N_ ("ID,…") },
    { "delete", 0, 0, G_OPTION_ARG_STRING, &options->remove, N_ ("Delete runs; they can be brought back"), N_ ("ID,…") },
    { "undelete", 0, 0, G_OPTION_ARG_STRING, &options->undelete, N_ ("Bring deleted runs back"), N_ ("ID,…") },
    { "diff", 0, 0, G_OPTION_ARG_STRING, &options->difference, N_ ("What differs between two runs, as a table"), N_ ("A,B") },
    { "command", 0, 0, G_OPTION_ARG_STRING, &options->command, N_ ("The command line that makes such a run again"), N_ ("ID") },
    { "snapshot-budget", 0, 0, G_OPTION_ARG_STRING, &options->budget, N_ ("Megabytes that the weights of all runs' epochs may take; beyond it they are thinned"), N_ ("MB") },
    { "deleted", 0, 0, G_OPTION_ARG_NONE, &options->deleted, N_ ("List deleted runs too"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!anm_options_parse (invocation, arguments, entries, NULL, 0, G_MAXUINT, NULL, error))
    return FALSE;
  if (options->study != NULL)
    return TRUE;
  anm_usage_error (error, _ ("--study FILE is needed."));
  return FALSE;
}

/* Of AnmRun, the study's own. */
static GPtrArray *
find_runs (AnmStudy *study,
           const char *option,
           const char *ids,
           GError **error)
{
  g_auto (GStrv) words = anm_option_read_words (option, ids, error);
  g_autoptr (GPtrArray) runs = g_ptr_array_new ();

  if (words == NULL)
    return NULL;
  for (guint i = 0; words[i] != NULL; i++)
    {
      AnmRun *run = anm_run_options_find_run (study, option, words[i], error);

      if (run == NULL)
        return NULL;
      g_ptr_array_add (runs, run);
    }
  return g_steal_pointer (&runs);
}

/* Renaming and noting. */
static gboolean
set_text (AnmStudy *study,
          const char *option,
          const char *id,
          char **arguments,
          void (*set) (AnmRun *run, const char *text),
          GError **error)
{
  AnmRun *run;

  if (id == NULL)
    return TRUE;
  if (arguments[0] == NULL || arguments[1] != NULL)
    {
      anm_usage_error (error, _ ("--%s takes one argument behind the number, in quotation marks if it has spaces."), option);
      return FALSE;
    }
  run = anm_run_options_find_run (study, option, id, error);
  if (run != NULL)
    set (run, arguments[0]);
  return run != NULL;
}

static gboolean
set_tags (AnmStudy *study,
          const char *option,
          const char *ids,
          char **arguments,
          void (*set) (AnmRun *run, const char *tag),
          GError **error)
{
  g_autoptr (GPtrArray) runs = NULL;

  if (ids == NULL)
    return TRUE;
  if (arguments[0] == NULL || *arguments[0] == '\0')
    {
      anm_usage_error (error, _ ("--%s: name at least one tag behind the numbers."), option);
      return FALSE;
    }
  runs = find_runs (study, option, ids, error);
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    for (char **tag = arguments; *tag != NULL; tag++)
      if (**tag != '\0')
        set (g_ptr_array_index (runs, i), *tag);
  return runs != NULL;
}

static gboolean
set_stars (AnmStudy *study,
           const char *option,
           const char *ids,
           gboolean starred,
           GError **error)
{
  g_autoptr (GPtrArray) runs = ids != NULL ? find_runs (study, option, ids, error) : NULL;

  for (guint i = 0; runs != NULL && i < runs->len; i++)
    anm_run_set_starred (g_ptr_array_index (runs, i), starred);
  return ids == NULL || runs != NULL;
}

static gboolean
set_deleted (AnmStudy *study,
             const char *option,
             const char *ids,
             gboolean deleted,
             GError **error)
{
  g_autoptr (GPtrArray) runs = ids != NULL ? find_runs (study, option, ids, error) : NULL;

  if (ids == NULL)
    return TRUE;
  return runs != NULL && anm_study_set_runs_deleted (study, (AnmRun *const *) runs->pdata, runs->len, deleted, error);
}

static gboolean
set_budget (AnmStudy *study,
            const char *text,
            GError **error)
{
  guint megabytes = 0;

  if (text == NULL)
    return TRUE;
  if (!anm_option_read_count ("snapshot-budget", text, 1, G_MAXINT, &megabytes, error))
    return FALSE;
  anm_study_set_snapshot_budget (study, (gint64) megabytes << 20);
  return TRUE;
}

static gboolean
change_runs (const RunsOptions *options,
             AnmStudy *study,
             char **arguments,
             GError **error)
{
  if (arguments[0] != NULL && options->rename == NULL && options->note == NULL && options->tag == NULL && options->untag == NULL)
    {
      anm_usage_error (error, _ ("“%s” is one argument too many."), arguments[0]);
      return FALSE;
    }
  return set_text (study, "rename", options->rename, arguments, anm_run_set_name, error) &&
         set_text (study, "note", options->note, arguments, anm_run_set_note, error) &&
         set_tags (study, "tag", options->tag, arguments, anm_run_add_tag, error) &&
         set_tags (study, "untag", options->untag, arguments, anm_run_remove_tag, error) &&
         set_stars (study, "star", options->star, TRUE, error) &&
         set_stars (study, "unstar", options->unstar, FALSE, error) &&
         set_deleted (study, "delete", options->remove, TRUE, error) &&
         set_deleted (study, "undelete", options->undelete, FALSE, error) &&
         set_budget (study, options->budget, error) &&
         anm_study_flush (study, error);
}

static void
print_origin (AnmRun *run)
{
  guint epoch, parent = anm_run_get_parent (run, &epoch);

  if (parent > 0)
    g_print (_ ("   forked from run %u after epoch %u\n"), parent, epoch);
  if (anm_run_get_tags (run)[0] != NULL)
    {
      g_autofree char *tags = g_strjoinv (", ", (char **) anm_run_get_tags (run));

      g_print (_ ("   tags: %s\n"), tags);
    }
  if (*anm_run_get_note (run) != '\0')
    g_print ("   %s\n", anm_run_get_note (run));
}

static void
print_run (AnmRun *run)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_autofree char *how = anm_run_report_describe_hyperparameters (anm_run_get_hyperparameters (run));
  guint n_epochs = anm_run_get_n_epochs (run), best = anm_run_get_best_epoch (run);

  g_print ("%u  %s%s%s\n   %s\n   %s\n", anm_run_get_id (run), anm_run_get_name (run), anm_run_get_starred (run) ? " ★" : "",
           anm_run_get_deleted (run) ? _ (" (deleted)") : "", network, how);
  print_origin (run);
  if (n_epochs == 0)
    {
      g_print ("   %s\n", _ (anm_run_status_get_word (anm_run_get_status (run))));
      return;
    }
  for (guint i = 0; i < n_epochs; i++)
    if (anm_run_get_epoch (run, i)->epoch == best)
      g_print (_ ("   %s after epoch %u; validation loss %.4f at its best, epoch %u\n"),
               _ (anm_run_status_get_word (anm_run_get_status (run))), anm_run_get_epoch (run, n_epochs - 1)->epoch,
               anm_run_get_epoch (run, i)->validation.loss, best);
  if (anm_run_get_message (run) != NULL)
    g_print ("   %s\n", anm_run_get_message (run));
}

/* Of AnmRun. */
static GPtrArray *
list_runs (AnmStudy *study,
           gboolean deleted)
{
  GListModel *present = anm_study_get_runs (study);
  GPtrArray *runs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; !deleted && i < g_list_model_get_n_items (present); i++)
    g_ptr_array_add (runs, g_list_model_get_item (present, i));
  for (guint i = 0; deleted && i < anm_study_get_n_all_runs (study); i++)
    g_ptr_array_add (runs, g_object_ref (anm_study_get_any_run (study, i)));
  return runs;
}

static gboolean
list_json (AnmStudy *study,
           GPtrArray *runs,
           GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 kept, budget;

  if (!anm_study_get_snapshot_bytes (study, &kept, &budget, error))
    return FALSE;
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "study", anm_study_get_path (study));
  anm_report_add_count (builder, "snapshot_bytes", kept);
  anm_report_add_count (builder, "snapshot_budget", budget);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < runs->len; i++)
    {
      json_builder_begin_object (builder);
      anm_run_report_add (builder, g_ptr_array_index (runs, i));
      anm_run_report_add_epochs (builder, g_ptr_array_index (runs, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
  return TRUE;
}

static gboolean
list (AnmInvocation *invocation,
      AnmStudy *study,
      gboolean deleted,
      GError **error)
{
  g_autoptr (GPtrArray) runs = list_runs (study, deleted);

  if (invocation->json)
    return list_json (study, runs, error);
  for (guint i = 0; i < runs->len; i++)
    print_run (g_ptr_array_index (runs, i));
  if (runs->len == 0)
    g_print (_ ("No runs yet.\n"));
  return TRUE;
}

static gboolean
show_command (AnmInvocation *invocation,
              AnmStudy *study,
              const char *id,
              GError **error)
{
  AnmRun *run = anm_run_options_find_run (study, "command", id, error);
  g_autofree char *command = run != NULL ? anm_run_command (study, run) : NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (run == NULL)
    return FALSE;
  if (!invocation->json)
    {
      g_print ("%s\n", command);
      if (anm_run_get_n_changes (run) > 0)
        g_printerr (_ ("Note: run %u was changed in flight, which a command line can't say; “anamnesis-cli verify” repeats that too.\n"),
                    anm_run_get_id (run));
      return TRUE;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "run", anm_run_get_id (run));
  anm_report_add_text (builder, "command", command);
  anm_report_add_count (builder, "changes_in_flight", anm_run_get_n_changes (run));
  json_builder_end_object (builder);
  anm_report_json (builder);
  return TRUE;
}

static gboolean
show_difference (AnmInvocation *invocation,
                 AnmStudy *study,
                 const char *ids,
                 GError **error)
{
  g_autoptr (GPtrArray) runs = find_runs (study, "diff", ids, error);

  if (runs == NULL)
    return FALSE;
  if (runs->len != 2)
    {
      anm_usage_error (error, _ ("--diff: “%s” isn't two runs. Write --diff 1,2."), ids);
      return FALSE;
    }
  anm_run_difference_report (invocation, g_ptr_array_index (runs, 0), g_ptr_array_index (runs, 1));
  return TRUE;
}

static gboolean
run_runs (AnmInvocation *invocation,
          char **arguments,
          GError **error)
{
  g_auto (RunsOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;

  if (!parse_options (invocation, &options, &left, error))
    return FALSE;
  study = anm_run_options_open_study (options.study, error);
  if (study == NULL || !change_runs (&options, study, left, error))
    return FALSE;
  if (options.command != NULL)
    return show_command (invocation, study, options.command, error);
  if (options.difference != NULL)
    return show_difference (invocation, study, options.difference, error);
  return list (invocation, study, options.deleted, error);
}

const AnmCommand anm_runs_command = {
  .name = "runs",
  .arguments = N_ ("--study FILE [NAME | NOTE | TAG…]"),
  .summary = N_ ("List a study's runs, name, note, tag, star, delete and compare them"),
  .run = run_runs,
};
