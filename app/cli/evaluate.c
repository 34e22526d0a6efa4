/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/alter-options.h"
#include "app/cli/interrupt.h"
#include "app/cli/patients.h"
#include "app/cli/progress-bar.h"
#include "app/cli/run-options.h"
#include "app/cli/run-report.h"

#define RESAMPLES 1000
#define MAX_RESAMPLES 1000000
#define MAX_THREADS 1024

typedef struct
{
  AnmSourceOptions source;
  AnmRunOptions    run;
  AnmAlterOptions  alter;
  char            *part;
  char            *metrics;
  char            *resamples;
  char            *threads;
} EvaluateOptions;

static void
evaluate_options_clear (EvaluateOptions *self)
{
  anm_source_options_clear (&self->source);
  anm_run_options_clear (&self->run);
  anm_alter_options_clear (&self->alter);
  g_clear_pointer (&self->part, g_free);
  g_clear_pointer (&self->metrics, g_free);
  g_clear_pointer (&self->resamples, g_free);
  g_clear_pointer (&self->threads, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EvaluateOptions, evaluate_options_clear)

static gboolean
parse_options (AnmInvocation *invocation,
               EvaluateOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "part", 0, 0, G_OPTION_ARG_STRING, &options->part, N_ ("Without SOURCE: test (unless said otherwise), validation or training"), N_ ("PART") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options->metrics, N_ ("Scores to print (all that suit the outcome)"), N_ ("A,B,…") },
    { "resamples", 0, 0, G_OPTION_ARG_STRING, &options->resamples, N_ ("Resamples of the bootstrap (1000)"), N_ ("N") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options->threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  g_autofree GOptionEntry *alter = anm_alter_options_entries (&options->alter);
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    ANM_ALTER_GROUP (alter),
    ANM_SOURCE_GROUP (source),
    { NULL },
  };

  return anm_options_parse (invocation, arguments, entries, groups, 0, G_MAXUINT, NULL, error);
}

static void
report (AnmInvocation *invocation,
        const EvaluateOptions *options,
        AnmRun *run,
        const AnmPatients *patients,
        const char *weights,
        guint epoch,
        const AnmEvaluation *evaluation,
        char **metrics)
{
  const AnmTarget *target = anm_fitted_recipe_get_target (anm_run_get_recipe (run));
  g_autofree char *counts = anm_run_report_describe_patients (evaluation, target);

  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_count (builder, "run", anm_run_get_id (run));
      anm_report_add_count (builder, "epoch", epoch);
      anm_report_add_text (builder, "weights", weights);
      anm_alter_options_report (&options->alter, builder);
      anm_report_add_text (builder, "on", patients->description);
      anm_report_add_text (builder, "target", target->name);
      anm_report_add_warnings (builder, patients->warnings);
      anm_report_add_evaluation (builder, evaluation, target, metrics);
      json_builder_end_object (builder);
      anm_report_json (builder);
      return;
    }
  anm_report_print_warnings (patients->warnings);
  g_print (_ ("%s, %s, on %s: %s\n"), anm_run_get_name (run), weights, patients->description, counts);
  anm_report_print_evaluation (evaluation, target, metrics);
}

static void
show_progress (double fraction,
               gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Scoring"));
}

static gboolean
evaluate (AnmInvocation *invocation,
          EvaluateOptions *options,
          AnmRun *run,
          const AnmPatients *patients,
          guint n_resamples,
          guint n_threads,
          char **metrics,
          GError **error)
{
  g_autofree anm_real *parameters = NULL;
  g_autofree char *weights = NULL;
  g_autoptr (AnmPool) pool = NULL;
  g_autoptr (AnmProgressBar) bar = NULL;
  AnmWatch watch = { anm_interrupt_get_flag (), show_progress, NULL };
  AnmEvaluation evaluation;
  guint epoch = 0;
  gboolean made;

  parameters = anm_run_options_load (&options->run, run, &epoch, error);
  if (parameters == NULL || !anm_alter_options_apply (&options->alter, anm_run_get_network (run), parameters, error))
    return FALSE;
  pool = anm_pool_new (n_threads);
  watch.data = bar = anm_progress_bar_new ();
  made = anm_evaluation_make (&evaluation, run, parameters, patients->sequences, n_resamples, pool, &watch);
  g_clear_pointer (&bar, anm_progress_bar_free);
  if (!made)
    {
      g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped."));
      return FALSE;
    }
  weights = anm_alter_options_describe (&options->alter, anm_run_options_describe_weights (&options->run, epoch));
  report (invocation, options, run, patients, weights, epoch, &evaluation, metrics);
  return TRUE;
}

static gboolean
run_evaluate (AnmInvocation *invocation,
              char **arguments,
              GError **error)
{
  g_auto (EvaluateOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) metrics = NULL;
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmPatients) patients = NULL;
  guint n_resamples = RESAMPLES, n_threads = 0;
  AnmRun *run;

  if (!parse_options (invocation, &options, &left, error) ||
      !anm_option_read_count ("resamples", options.resamples, 10, MAX_RESAMPLES, &n_resamples, error) ||
      !anm_option_read_count ("threads", options.threads, 1, MAX_THREADS, &n_threads, error) ||
      !anm_report_read_metrics (options.metrics, &metrics, error) ||
      !anm_run_options_open (&options.run, &study, &run, error))
    return FALSE;
  patients = left[0] != NULL ? anm_patients_read_new (invocation, &options.source, left, study, run, error)
                             : anm_patients_load_part (study, run, options.part != NULL ? options.part : "test", error);
  if (patients == NULL || !anm_patients_check_outcomes (patients, run, error))
    return FALSE;
  return evaluate (invocation, &options, run, patients, n_resamples, n_threads, metrics, error);
}

const AnmCommand anm_evaluate_command = {
  .name = "evaluate",
  .arguments = N_ ("--study FILE --run ID [SOURCE…]"),
  .summary = N_ ("Score a run on its test part, or on a source's patients as new ones"),
  .only_asks = TRUE,
  .run = run_evaluate,
};
