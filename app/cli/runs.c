/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/cli/options.h"
#include "app/cli/run-report.h"

static void
print_run (AnmRun *run)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_autofree char *how = anm_run_report_describe_hyperparameters (anm_run_get_hyperparameters (run));
  guint n_epochs = anm_run_get_n_epochs (run), best = anm_run_get_best_epoch (run);

  g_print ("%u  %s\n   %s\n", anm_run_get_id (run), network, how);
  if (n_epochs == 0)
    {
      g_print ("   %s\n", _ (anm_report_status_word (anm_run_get_status (run))));
      return;
    }
  for (guint i = 0; i < n_epochs; i++)
    if (anm_run_get_epoch (run, i)->epoch == best)
      g_print (_ ("   %s after epoch %u; validation loss %.4f at its best, epoch %u\n"),
               _ (anm_report_status_word (anm_run_get_status (run))), anm_run_get_epoch (run, n_epochs - 1)->epoch,
               anm_run_get_epoch (run, i)->validation.loss, best);
  if (anm_run_get_message (run) != NULL)
    g_print ("   %s\n", anm_run_get_message (run));
}

static gboolean
run_runs (AnmInvocation *invocation,
          char **arguments,
          GError **error)
{
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &path, N_ ("The study"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GListModel *runs;

  if (!anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error))
    return FALSE;
  if (path == NULL)
    {
      anm_usage_error (error, _ ("--study FILE is needed."));
      return FALSE;
    }
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("There is no study “%s”."), path);
      return FALSE;
    }
  study = anm_study_open (path, error);
  if (study == NULL)
    return FALSE;
  runs = anm_study_get_runs (study);
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "study", anm_study_get_path (study));
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (AnmRun) run = g_list_model_get_item (runs, i);

      if (!invocation->json)
        print_run (run);
      json_builder_begin_object (builder);
      anm_run_report_add (builder, run);
      anm_run_report_add_epochs (builder, run);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (invocation->json)
    anm_report_json (builder);
  else if (g_list_model_get_n_items (runs) == 0)
    g_print (_ ("No runs yet.\n"));
  return TRUE;
}

const AnmCommand anm_runs_command = {
  .name = "runs",
  .arguments = N_ ("--study FILE"),
  .summary = N_ ("List a study's runs"),
  .run = run_runs,
};
