/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "app/cli/interrupt.h"
#include "app/cli/rate-options.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/cli/source-options.h"
#include "app/cli/training-options.h"
#include "app/cli/training-report.h"
#include "app/cli/weights-options.h"
#include "app/study/readable.h"
#include "app/study/training.h"

#define MAX_THREADS 1024

typedef struct
{
  AnmSourceOptions   source;
  AnmRecipeOptions   recipe;
  AnmTrainingOptions training;
  AnmWeightsOptions  weights;
  AnmRateOptions     rate;
  AnmRateRange       range;
  AnmInitialWeights *initial; /* nullable: what --weights names */
  char              *study;
  char              *fork;
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
  anm_rate_options_clear (&self->rate);
  g_clear_pointer (&self->initial, anm_initial_weights_free);
  g_clear_pointer (&self->study, g_free);
  g_clear_pointer (&self->fork, g_free);
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
    { "fork", 0, 0, G_OPTION_ARG_STRING, &options->fork, N_ ("Begin with the weights of this run of the study, after its last epoch or another that was kept"), N_ ("ID[:EPOCH]") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options->metrics, N_ ("Scores to print (all that suit the outcome)"), N_ ("A,B,…") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options->threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *recipe = anm_recipe_options_entries (&options->recipe);
  g_autofree GOptionEntry *training = anm_training_options_entries (&options->training);
  g_autofree GOptionEntry *weights = anm_weights_options_entries (&options->weights, N_ ("Weights to begin with, instead of drawing them"));
  g_autofree GOptionEntry *rate = anm_rate_options_entries (&options->rate);
  const AnmOptionGroup groups[] = {
    { "training", N_ ("The network and how it is trained:"), training },
    ANM_RATE_GROUP (rate),
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
  g_autofree char *source = NULL, *origin = NULL;
  gboolean there = options->study != NULL && g_file_test (options->study, G_FILE_TEST_EXISTS);

  if (there)
    {
      study = anm_study_open (options->study, error);
      if (study == NULL)
        return NULL;
    }
  if (arguments[0] != NULL)
    {
      cohort = anm_source_options_read (&options->source, invocation, arguments, &source, &origin, error);
      if (cohort == NULL)
        return NULL;
    }
  else if (!there)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                   _ ("There is no study “%s”, and no SOURCE to make one from: name one of them, such as sample:icu."), options->study);
      return NULL;
    }
  *made = !there;
  if (study == NULL)
    study = anm_study_open (options->study, error);
  if (study != NULL && cohort != NULL)
    anm_study_set_cohort_from (study, cohort, source, origin, FALSE);
  if (study != NULL && anm_study_get_source (study) == NULL)
    {
      anm_usage_error (error, _ ("“%s” has no records yet: name a SOURCE."), options->study);
      return NULL;
    }
  if (study != NULL && anm_study_load_cohort (study, error) == NULL)
    return NULL;
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
  else if (g_error_matches (start_error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER) && anm_training_options_say_how (&options->training))
    {
      anm_usage_error (error, "%s", start_error->message);
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
  network = anm_lay_out_network (anm_study_get_network (study), dataset->recipe, &local_error);
  if (network == NULL)
    {
      take_start_error (error, g_steal_pointer (&local_error), options);
      return FALSE;
    }
  return anm_initial_weights_fit (options->initial, network, dataset->recipe, error);
}

/* The records made ready, which takes its time. @made: whether the study is new. */
static gboolean
prepare (AnmStudy *study,
         const TrainOptions *options,
         gboolean made,
         GError **error)
{
  gboolean ready;

  anm_interrupt_allow (_ ("Stopped before the training began."), made ? anm_study_get_path (study) : NULL);
  ready = anm_study_prepare (study, error) != NULL && fit_weights (study, options, error);
  anm_interrupt_forbid ();
  return ready;
}

static gboolean
train (AnmInvocation *invocation,
       AnmStudy *study,
       const TrainOptions *options,
       gboolean named_source,
       gboolean made,
       guint n_threads,
       char **metrics,
       GError **error)
{
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!prepare (study, options, made, error))
    return FALSE;
  if (options->rate.find)
    {
      if (anm_rate_options_run (invocation, study, &options->range, options->initial, n_threads, &local_error))
        return TRUE;
      take_start_error (error, g_steal_pointer (&local_error), options);
      return FALSE;
    }
  training = anm_training_start_from (study, anm_study_get_hyperparameters (study), 1, FALSE, n_threads, options->initial, &local_error);
  if (training == NULL)
    {
      take_start_error (error, g_steal_pointer (&local_error), options);
      return FALSE;
    }
  if (!invocation->json && named_source)
    anm_report_print_warnings (anm_study_get_cohort (study)->warnings);
  if (!invocation->json && options->initial != NULL)
    anm_report_print_warnings (options->initial->notes);
  return anm_training_report_finish (invocation, study, training, options->initial, metrics, error);
}

/* A wrong command line leaves no new file behind. */
static void
discard_study (AnmStudy **study)
{
  g_autofree char *path = g_strdup (anm_study_get_path (*study));

  g_clear_object (study);
  g_unlink (path);
}

/* A fork has its parent's records, recipe and network. */
static gboolean
check_fork (const TrainOptions *options,
            char **arguments,
            GError **error)
{
  const AnmRecipeOptions *recipe = &options->recipe;

  if (options->study == NULL)
    anm_usage_error (error, _ ("--fork: name the run's study with --study FILE."));
  else if (arguments[0] != NULL)
    anm_usage_error (error, _ ("--fork: “%s” is too much: a fork learns from its parent's records."), arguments[0]);
  else if (options->training.network != NULL)
    anm_usage_error (error, _ ("--network: a fork has its parent's network."));
  else if (options->rate.find)
    anm_usage_error (error, _ ("--find-learning-rate: a fork isn't tried out; leave --fork out."));
  else if (options->weights.weights != NULL)
    anm_usage_error (error, _ ("--weights: a fork begins with its parent's weights."));
  else if (recipe->channels != NULL || recipe->columns != NULL || recipe->step != NULL || recipe->window != NULL ||
           recipe->split != NULL || recipe->split_seed != NULL)
    anm_usage_error (error, _ ("--fork: a fork's records are made ready as its parent's were; leave the recipe's options out."));
  else
    return TRUE;
  return FALSE;
}

static gboolean
fork_run (AnmInvocation *invocation,
          const TrainOptions *options,
          guint n_threads,
          char **metrics,
          GError **error)
{
  g_auto (GStrv) words = g_strsplit (options->fork, ":", 2);
  g_autoptr (AnmStudy) study = anm_run_options_open_study (options->study, error);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  int epoch = ANM_EPOCH_LAST;
  AnmRun *parent;

  if (study == NULL || (words[0] != NULL && words[1] != NULL && !anm_run_options_read_epoch ("fork", words[1], &epoch, error)))
    return FALSE;
  parent = anm_run_options_find_run (study, "fork", words[0] != NULL ? words[0] : "", error);
  if (parent == NULL)
    return FALSE;
  hyperparameters = *anm_run_get_hyperparameters (parent);
  if (!anm_training_options_apply (&options->training, &anm_fitted_recipe_get_target (anm_run_get_recipe (parent))->shape, &hyperparameters, error))
    return FALSE;
  if (!anm_training_options_give (&options->training, "epochs"))
    hyperparameters.epochs = anm_training_count_left (parent, epoch);
  training = anm_training_fork (study, parent, epoch, &hyperparameters, FALSE, n_threads, error);
  if (training != NULL && !anm_training_get_carried (training))
    g_printerr (_ ("The optimiser begins anew: it is of another kind than its parent's, or what that had gathered isn't kept.\n"));
  return training != NULL && anm_training_report_finish (invocation, study, training, NULL, metrics, error);
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
  gboolean made = FALSE, done;
  guint n_threads = 0;

  if (!parse_options (invocation, &options, &left, error) ||
      !anm_option_read_count ("threads", options.threads, 1, MAX_THREADS, &n_threads, error) ||
      !anm_report_read_metrics (options.metrics, &metrics, error) ||
      !anm_rate_options_read (&options.rate, &options.range, error) ||
      !load_weights (&options, error))
    return FALSE;
  if (options.fork != NULL)
    return check_fork (&options, left, error) && fork_run (invocation, &options, n_threads, metrics, error);
  study = open_study (invocation, &options, left, &made, error);
  if (study == NULL)
    return FALSE;
  done = set_up_study (study, &options, error) && train (invocation, study, &options, left[0] != NULL, made, n_threads, metrics, error);
  if (made && g_list_model_get_n_items (anm_study_get_runs (study)) == 0)
    discard_study (&study);
  return done;
}

const AnmCommand anm_train_command = {
  .name = "train",
  .arguments = N_ ("SOURCE… | --study FILE [--fork ID[:EPOCH]]"),
  .summary = N_ ("Train a network on a source, or on a study's records"),
  .run = run_train,
};
