/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/cli/training-report.h"

#define MAX_THREADS 1024
#define MAX_EPOCHS 100000

typedef struct
{
  AnmRunOptions run;
  char         *epochs;
  char         *metrics;
  char         *threads;
} ResumeOptions;

static void
resume_options_clear (ResumeOptions *self)
{
  anm_run_options_clear (&self->run);
  g_clear_pointer (&self->epochs, g_free);
  g_clear_pointer (&self->metrics, g_free);
  g_clear_pointer (&self->threads, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ResumeOptions, resume_options_clear)

/* Without --run: the last of those that were cut off or stopped. */
static gboolean
find_run (ResumeOptions *options,
          AnmStudy **study,
          AnmRun **run,
          GError **error)
{
  g_autoptr (AnmStudy) opened = NULL;
  GListModel *runs;

  if (options->run.run != NULL || options->run.study == NULL)
    return anm_run_options_open (&options->run, study, run, error);
  opened = anm_run_options_open_study (options->run.study, error);
  if (opened == NULL)
    return FALSE;
  runs = anm_study_get_runs (opened);
  for (guint i = g_list_model_get_n_items (runs); i > 0; i--)
    {
      g_autoptr (AnmRun) candidate = g_list_model_get_item (runs, i - 1);
      AnmRunStatus status = anm_run_get_status (candidate);

      if (status != ANM_RUN_CUT_OFF && status != ANM_RUN_STOPPED)
        continue;
      *run = candidate; /* the list keeps it */
      *study = g_steal_pointer (&opened);
      return TRUE;
    }
  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
               _ ("“%s” has no run that was cut off or stopped. Name a finished one with --run ID --epochs N to train it on."),
               anm_study_get_path (opened));
  return FALSE;
}

/* Its schedule counts on the epochs that were planned. */
static gboolean
check_epochs (AnmRun *run,
              guint epochs,
              GError **error)
{
  guint planned = anm_run_get_hyperparameters (run)->epochs;

  if (epochs == 0 || epochs >= planned)
    return TRUE;
  /* Translators: the option, its value, a run's number, and for how many epochs it was planned. */
  anm_usage_error (error, _ ("--epochs: %u is fewer than the %u that run %u was planned for; it can be given more, or be stopped."), epochs, planned,
                   anm_run_get_id (run));
  return FALSE;
}

static gboolean
run_resume (AnmInvocation *invocation,
            char **arguments,
            GError **error)
{
  g_auto (ResumeOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &options.run.study, N_ ("The study"), N_ ("FILE") },
    { "run", 0, 0, G_OPTION_ARG_STRING, &options.run.run, N_ ("Number of the run (the last that was cut off or stopped)"), N_ ("ID") },
    { "epochs", 0, 0, G_OPTION_ARG_STRING, &options.epochs, N_ ("Epochs that the whole run shall have (as planned)"), N_ ("N") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options.metrics, N_ ("Scores to print (all that suit the outcome)"), N_ ("A,B,…") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options.threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) metrics = NULL;
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmTraining) training = NULL;
  guint n_threads = 0, epochs = 0;
  AnmRun *run;

  if (!anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error) ||
      !anm_option_read_count ("threads", options.threads, 1, MAX_THREADS, &n_threads, error) ||
      !anm_option_read_count ("epochs", options.epochs, 1, MAX_EPOCHS, &epochs, error) ||
      !anm_report_read_metrics (options.metrics, &metrics, error) ||
      !find_run (&options, &study, &run, error) || !check_epochs (run, epochs, error))
    return FALSE;
  training = anm_training_continue (study, run, epochs, FALSE, n_threads, error);
  return training != NULL && anm_training_report_finish (invocation, study, training, NULL, metrics, error);
}

const AnmCommand anm_resume_command = {
  .name = "resume",
  .arguments = N_ ("--study FILE [--run ID]"),
  .summary = N_ ("Go on with a run that was cut off or stopped, as if it never had been"),
  .run = run_resume,
};
