/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "app/cli/progress-bar.h"
#include "app/cli/run-report.h"
#include "app/cli/source-options.h"
#include "app/cli/training-options.h"
#include "app/cli/weights-options.h"
#include "app/study/training.h"

#define MAX_THREADS 1024
#define RESAMPLES 1000

typedef struct
{
  AnmSourceOptions   source;
  AnmRecipeOptions   recipe;
  AnmTrainingOptions training;
  AnmWeightsOptions  weights;
  AnmInitialWeights *initial; /* nullable: what --weights names */
  char              *study;
  char              *metrics;
  char              *threads;
} TrainOptions;

static void
train_options_clear (TrainOptions *self)
{
  anm_source_options_clear (&self->source);
  anm_recipe_options_clear (&self->recipe);
  anm_training_options_clear (&self->training);
  anm_weights_options_clear (&self->weights);
  g_clear_pointer (&self->initial, anm_initial_weights_free);
  g_clear_pointer (&self->study, g_free);
  g_clear_pointer (&self->metrics, g_free);
  g_clear_pointer (&self->threads, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrainOptions, train_options_clear)

static gboolean
parse_options (AnmInvocation *invocation,
               TrainOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &options->study, N_ ("The study to add the run to; made if it isn't there"), N_ ("FILE") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options->metrics, N_ ("Scores to print (all that suit the outcome)"), N_ ("A,B,…") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options->threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *recipe = anm_recipe_options_entries (&options->recipe);
  g_autofree GOptionEntry *training = anm_training_options_entries (&options->training);
  g_autofree GOptionEntry *weights = anm_weights_options_entries (&options->weights, N_ ("Weights to begin with, instead of drawing them"));
  const AnmOptionGroup groups[] = {
    { "training", N_ ("The network and how it is trained:"), training },
    ANM_WEIGHTS_GROUP (weights),
    { "recipe", N_ ("How records are made ready:"), recipe },
    ANM_SOURCE_GROUP (source),
    { NULL },
  };

  if (!anm_options_parse (invocation, arguments, entries, groups, 0, G_MAXUINT, NULL, error))
    return FALSE;
  if ((*arguments)[0] != NULL || options->study != NULL)
    return TRUE;
  anm_usage_error (error, _ ("SOURCE is missing: name files, a folder or sample:NAME, or a study that has records with --study FILE."));
  return FALSE;
}

/* A wrong file of weights is refused before anything is made. */
static gboolean
load_weights (TrainOptions *options,
              GError **error)
{
  if (!anm_weights_options_check (&options->weights, error))
    return FALSE;
  if (options->weights.weights == NULL)
    return TRUE;
  options->initial = anm_weights_options_load_initial (&options->weights, error);
  if (options->initial == NULL)
    return FALSE;
  if (options->initial->network != NULL || options->training.network != NULL)
    return TRUE;
  anm_usage_error (error, _ ("--network is needed: “%s” doesn't say which network its weights are of."), options->weights.weights);
  return FALSE;
}

/* Opens or makes the study. What can be refused is refused before anything is made. */
static AnmStudy *
open_study (AnmInvocation *invocation,
            const TrainOptions *options,
            char **arguments,
            gboolean *made,
            GError **error)
{
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autofree char *source = NULL;
  gboolean there = options->study != NULL && g_file_test (options->study, G_FILE_TEST_EXISTS);

  if (there)
    {
      study = anm_study_open (options->study, error);
      if (study == NULL)
        return NULL;
    }
  if (arguments[0] != NULL)
    {
      cohort = anm_source_options_read (&options->source, invocation, arguments, &source, error);
      if (cohort == NULL)
        return NULL;
    }
  else if (!there)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                   _ ("There is no study “%s”, and no SOURCE to make one from."), options->study);
      return NULL;
    }
  *made = !there;
  if (study == NULL)
    study = anm_study_open (options->study, error);
  if (study != NULL && cohort != NULL)
    anm_study_set_cohort (study, cohort, source);
  if (study != NULL && anm_study_get_cohort (study) == NULL)
    {
      anm_usage_error (error, _ ("“%s” has no records yet: name a SOURCE."), options->study);
      return NULL;
    }
  return g_steal_pointer (&study);
}

static gboolean
set_up_study (AnmStudy *study,
              const TrainOptions *options,
              GError **error)
{
  const AnmCohort *cohort = anm_study_get_cohort (study);
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (study);
  g_autoptr (AnmNetworkSpec) spec = NULL;

  if (!anm_recipe_options_apply (&options->recipe, cohort, recipe, error) ||
      !anm_training_options_read_network (&options->training, &cohort->target.shape, &spec, error) ||
      !anm_training_options_apply (&options->training, &cohort->target.shape, &hyperparameters, error))
    return FALSE;
  anm_study_set_recipe (study, recipe);
  if (spec != NULL)
    anm_study_set_network (study, spec);
  else if (options->initial != NULL)
    anm_study_set_network (study, options->initial->network);
  anm_study_set_hyperparameters (study, &hyperparameters);
  return TRUE;
}

static void
show_progress (AnmTraining *training,
               gpointer data)
{
  AnmRun *run = anm_training_get_run (training, 0);
  guint n_epochs = anm_run_get_n_epochs (run);
  const AnmRunEpoch *last = n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1) : NULL;
  g_autofree char *message = NULL;

  if (anm_training_get_behind (training))
    message = g_strdup (_ ("Waiting for the disk"));
  else if (last == NULL)
    message = g_strdup (_ ("Evaluating the initial weights"));
  else if (isnan (last->validation.loss))
    message = g_strdup_printf (_ ("epoch %u of %u, training loss %.4f"), last->epoch,
                               anm_run_get_hyperparameters (run)->epochs, last->training_loss);
  else
    message = g_strdup_printf (_ ("epoch %u of %u, validation loss %.4f"), last->epoch,
                               anm_run_get_hyperparameters (run)->epochs, last->validation.loss);
  anm_progress_bar_update (data, anm_training_get_fraction (training), anm_training_get_seconds_left (training), message);
}

/* The network doesn't fit, or a hyperparameter: the command line is wrong, unless it said nothing of it. */
static void
take_start_error (GError **error,
                  GError *start_error,
                  const TrainOptions *options)
{
  if (g_error_matches (start_error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK) && options->training.network != NULL)
    {
      anm_usage_error (error, "--network: %s", start_error->message);
      g_error_free (start_error);
    }
  else
    g_propagate_error (error, start_error);
}

/* Before the training starts, so that it isn't begun with weights that don't fit. */
static gboolean
fit_weights (AnmStudy *study,
             const TrainOptions *options,
             GError **error)
{
  g_autoptr (AnmNetwork) network = NULL;
  g_autoptr (GError) local_error = NULL;
  const AnmDataset *dataset;

  if (options->initial == NULL)
    return TRUE;
  dataset = anm_study_prepare (study, error);
  if (dataset == NULL)
    return FALSE;
  network = anm_network_new (anm_study_get_network (study), anm_fitted_recipe_get_n_columns (dataset->recipe),
                             &anm_fitted_recipe_get_target (dataset->recipe)->shape, &local_error);
  if (network == NULL)
    {
      take_start_error (error, g_steal_pointer (&local_error), options);
      return FALSE;
    }
  return anm_initial_weights_fit (options->initial, network, dataset->recipe, error);
}

static void
report (AnmInvocation *invocation,
        AnmStudy *study,
        AnmRun *run,
        const AnmInitialWeights *initial, /* nullable */
        const AnmEvaluation *evaluation, /* nullable: no validation part */
        char **metrics)
{
  const AnmTarget *target = anm_fitted_recipe_get_target (anm_run_get_recipe (run));
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  g_autofree char *how = anm_run_report_describe_hyperparameters (anm_run_get_hyperparameters (run));
  guint n_epochs = anm_run_get_n_epochs (run);

  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "study", anm_study_get_path (study));
      anm_run_report_add (builder, run);
      anm_report_add_text (builder, "initial_weights", initial != NULL ? initial->name : NULL);
      anm_report_add_warnings (builder, anm_study_get_cohort (study)->warnings);
      if (evaluation != NULL)
        {
          json_builder_set_member_name (builder, "validation");
          json_builder_begin_object (builder);
          anm_report_add_evaluation (builder, evaluation, target, metrics);
          json_builder_end_object (builder);
        }
      anm_run_report_add_epochs (builder, run);
      json_builder_end_object (builder);
      anm_report_json (builder);
      return;
    }
  g_print (_ ("Study: %s\nRun: %u\n"), anm_study_get_path (study), anm_run_get_id (run));
  g_print (_ ("Network: %s, %u parameters\n"), network, (guint) anm_network_get_n_parameters (anm_run_get_network (run)));
  g_print (_ ("Trained with %s: %s after %u epochs, best epoch %u, %.1f s of computing\n"), how,
           _ (anm_report_status_word (anm_run_get_status (run))), n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->epoch : 0,
           anm_run_get_best_epoch (run), n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->seconds : 0);
  if (initial != NULL)
    g_print (initial->scaled_otherwise ? _ ("Began with the weights of %s, which were learnt on records scaled otherwise\n") : _ ("Began with the weights of %s\n"), initial->name);
  if (evaluation != NULL)
    {
      g_autofree char *patients = anm_run_report_describe_patients (evaluation, target);

      g_print (_ ("Validation part, best weights: %s\n"), patients);
      anm_report_print_evaluation (evaluation, target, metrics);
    }
}

static gboolean
evaluate_best (AnmStudy *study,
               AnmRun *run,
               AnmEvaluation *evaluation,
               gboolean *evaluated,
               GError **error)
{
  const AnmSequences *validation = anm_study_get_dataset (study)->parts[ANM_PART_VALIDATION];
  g_autofree anm_real *parameters = NULL;

  *evaluated = FALSE;
  if (validation == NULL)
    return TRUE;
  parameters = anm_run_load_parameters (run, ANM_EPOCH_BEST, NULL, error);
  if (parameters == NULL)
    return FALSE;
  *evaluated = anm_evaluation_make (evaluation, run, parameters, validation, RESAMPLES, NULL, NULL);
  return TRUE;
}

/* What was reached is kept and said, however the training ended. */
static gboolean
check_outcome (AnmStudy *study,
               AnmRun *run,
               const GError *wait_error,
               GError **error)
{
  guint n_epochs = anm_run_get_n_epochs (run);
  guint epoch = n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->epoch : 0;

  if (anm_run_get_status (run) == ANM_RUN_FAILED)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("%s See run %u in %s."),
                   anm_run_get_message (run), anm_run_get_id (run), anm_study_get_path (study));
      return FALSE;
    }
  if (g_error_matches (wait_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped after epoch %u of %u; what was reached is kept as run %u in %s."),
                   epoch, anm_run_get_hyperparameters (run)->epochs, anm_run_get_id (run), anm_study_get_path (study));
      return FALSE;
    }
  if (wait_error != NULL)
    {
      g_propagate_error (error, g_error_copy (wait_error));
      return FALSE;
    }
  return TRUE;
}

static gboolean
train (AnmInvocation *invocation,
       AnmStudy *study,
       const TrainOptions *options,
       gboolean named_source,
       guint n_threads,
       char **metrics,
       GError **error)
{
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmProgressBar) bar = NULL;
  g_autoptr (GError) local_error = NULL;
  AnmEvaluation evaluation;
  gboolean evaluated;
  AnmRun *run;

  if (!fit_weights (study, options, error))
    return FALSE;
  training = anm_training_start_from (study, anm_study_get_hyperparameters (study), 1, FALSE, n_threads, options->initial, &local_error);
  if (training == NULL)
    {
      take_start_error (error, g_steal_pointer (&local_error), options);
      return FALSE;
    }
  if (!invocation->json && named_source)
    anm_report_print_warnings (anm_study_get_cohort (study)->warnings);
  bar = anm_progress_bar_new ();
  anm_training_wait (training, show_progress, bar, invocation->cancellable, &local_error);
  g_clear_pointer (&bar, anm_progress_bar_free);
  run = anm_training_get_run (training, 0);
  if (!check_outcome (study, run, local_error, error))
    return FALSE;
  if (!evaluate_best (study, run, &evaluation, &evaluated, error))
    return FALSE;
  report (invocation, study, run, options->initial, evaluated ? &evaluation : NULL, metrics);
  return TRUE;
}

/* A wrong command line leaves no new file behind. */
static void
discard_study (AnmStudy **study)
{
  g_autofree char *path = g_strdup (anm_study_get_path (*study));

  g_clear_object (study);
  g_unlink (path);
}

static gboolean
run_train (AnmInvocation *invocation,
           char **arguments,
           GError **error)
{
  g_auto (TrainOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) metrics = NULL;
  g_autoptr (AnmStudy) study = NULL;
  gboolean made = FALSE;
  guint n_threads = 0;

  if (!parse_options (invocation, &options, &left, error) ||
      !anm_option_read_count ("threads", options.threads, 1, MAX_THREADS, &n_threads, error) ||
      !anm_report_read_metrics (options.metrics, &metrics, error) ||
      !load_weights (&options, error))
    return FALSE;
  study = open_study (invocation, &options, left, &made, error);
  if (study == NULL)
    return FALSE;
  if (set_up_study (study, &options, error) && train (invocation, study, &options, left[0] != NULL, n_threads, metrics, error))
    return TRUE;
  if (made && g_list_model_get_n_items (anm_study_get_runs (study)) == 0)
    discard_study (&study);
  return FALSE;
}

const AnmCommand anm_train_command = {
  .name = "train",
  .arguments = N_ ("SOURCE… | --study FILE"),
  .summary = N_ ("Train a network on a source, or on a study's records"),
  .run = run_train,
};
