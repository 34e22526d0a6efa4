/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/cli/options.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"
#include "app/exhibits/race.h"
#include "app/study/training.h"

/*
 * SGD against Adam on simulated intensive care stays. Adam has Keras's rate, SGD the textbook's 0.01 and, so that the race is
 * fair, the best of a few rates: the one with the lowest validation loss in the mean over all epochs, which rewards an
 * early and lasting descent, where the lowest single epoch would reward a lucky one. All arms start from the same weights
 * and take the same batches.
 */

#define SOURCE "sample:icu"
#define NETWORK "gru(32) > dense(1)"
#define EPOCHS 30
#define BATCH_SIZE 128
#define MAX_EPOCHS 10000
#define MAX_THREADS 1024
#define FIGURE_WIDTH 960
#define FIGURE_HEIGHT 560

static const double sgd_rates[] = { 0.01, 0.03, 0.1, 0.3, 1 };

#define N_ARMS (1 + G_N_ELEMENTS (sgd_rates))
#define ADAM 0
#define SGD_TEXTBOOK 1

typedef struct
{
  char *output;
  char *epochs;
  char *threads;
} DemoOptions;

static void
demo_options_clear (DemoOptions *self)
{
  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->epochs, g_free);
  g_clear_pointer (&self->threads, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DemoOptions, demo_options_clear)

static void
make_arms (AnmHyperparameters *arms,
           guint epochs)
{
  for (guint i = 0; i < N_ARMS; i++)
    {
      anm_hyperparameters_init (&arms[i], i == ADAM ? ANM_OPTIMIZER_ADAM : ANM_OPTIMIZER_SGD);
      if (i != ADAM)
        arms[i].learning_rate = sgd_rates[i - SGD_TEXTBOOK];
      arms[i].batch_size = BATCH_SIZE;
      arms[i].epochs = epochs;
    }
}

/* Over the epochs, the initial weights left out; infinite for an arm that diverged. */
static double
mean_validation_loss (AnmRun *run)
{
  guint n_epochs = anm_run_get_n_epochs (run);
  double sum = 0;

  if (anm_run_get_status (run) != ANM_RUN_FINISHED)
    return INFINITY;
  for (guint i = 1; i < n_epochs; i++)
    sum += anm_run_get_epoch (run, i)->validation.loss;
  return sum / (n_epochs - 1);
}

static guint
find_best_sgd (AnmTraining *training)
{
  guint best = SGD_TEXTBOOK;

  for (guint i = SGD_TEXTBOOK + 1; i < N_ARMS; i++)
    if (mean_validation_loss (anm_training_get_run (training, i)) < mean_validation_loss (anm_training_get_run (training, best)))
      best = i;
  return best;
}

/* How SGD's own best rate was found, so that nobody takes it for a matter of course. */
static char *
describe_search (guint best)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sgd_rates); i++)
    g_string_append_printf (text, "%s%g", i > 0 ? ", " : "", sgd_rates[i]);
  return g_strdup_printf (best == N_ARMS - 1
                              ? _ ("SGD's own rate %g has the lowest mean loss of %s, the last tried: a higher one may be better still. One seed, and the rate was chosen on these very patients: small differences are chance.")
                              : _ ("SGD's own rate %g has the lowest mean loss of %s. One seed, and the rate was chosen on these very patients: small differences are chance."),
                          sgd_rates[best - SGD_TEXTBOOK], text->str);
}

static guint
get_last_epoch (AnmRun *run)
{
  guint n_epochs = anm_run_get_n_epochs (run);

  return n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->epoch : 0;
}

static void
show_progress (AnmTraining *training,
               gpointer data)
{
  AnmRun *run = anm_training_get_run (training, ADAM);
  g_autofree char *message = NULL;

  message = g_strdup_printf (_ ("racing %u arms, epoch %u of %u"), (guint) N_ARMS, get_last_epoch (run), anm_run_get_hyperparameters (run)->epochs);
  anm_progress_bar_update (data, anm_training_get_fraction (training), anm_training_get_seconds_left (training), message);
}

static AnmStudy *
make_study (const char *folder,
            GError **error)
{
  g_autofree char *path = g_build_filename (folder, "demo.anamnesis", NULL);
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmNetworkSpec) spec = NULL;
  g_autoptr (AnmStudy) study = NULL;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("The folder “%s” can't be made: %s. Name another with --output."),
                   folder, g_strerror (errno));
      return NULL;
    }
  cohort = anm_sample_make (SOURCE, error);
  if (cohort == NULL)
    return NULL;
  study = anm_study_open (path, error);
  if (study == NULL)
    return NULL;
  anm_study_set_cohort (study, cohort, SOURCE);
  spec = anm_network_spec_parse (NETWORK, error);
  g_assert (spec != NULL);
  anm_study_set_network (study, spec);
  return g_steal_pointer (&study);
}

/* Both pictures from the one figure. */
static gboolean
export_figure (const AnmFigure *figure,
               const char *folder,
               char **png,
               char **svg,
               GError **error)
{
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  *png = g_build_filename (folder, "validation-loss.png", NULL);
  *svg = g_build_filename (folder, "validation-loss.svg", NULL);
  return anm_figure_export (figure, &theme, FIGURE_WIDTH, FIGURE_HEIGHT, *png, error) &&
         anm_figure_export (figure, &theme, FIGURE_WIDTH, FIGURE_HEIGHT, *svg, error);
}

static void
add_arm (JsonBuilder *builder,
         AnmRun *run,
         const char *label)
{
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "run", anm_run_get_id (run));
  anm_report_add_text (builder, "arm", label);
  anm_report_add_text (builder, "optimizer", anm_optimizer_kind_to_string (anm_run_get_hyperparameters (run)->optimizer));
  anm_report_add_number (builder, "learning_rate", anm_run_get_hyperparameters (run)->learning_rate);
  anm_report_add_text (builder, "status", anm_run_status_get_word (anm_run_get_status (run)));
  anm_report_add_number (builder, "mean_validation_loss", mean_validation_loss (run));
  anm_report_add_count (builder, "best_epoch", anm_run_get_best_epoch (run));
  json_builder_set_member_name (builder, "validation_loss");
  json_builder_begin_array (builder);
  for (guint i = 0; i < anm_run_get_n_epochs (run); i++)
    anm_report_add_element (builder, anm_run_get_epoch (run, i)->validation.loss);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
report (AnmInvocation *invocation,
        AnmStudy *study,
        const AnmRaceArm *arms,
        guint n_arms,
        const char *finding,
        const char *png,
        const char *svg,
        double seconds)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!invocation->json)
    {
      g_print ("%s\n\n", finding);
      g_print (_ ("Pictures: %s\n          %s\nStudy:    %s\nTook %.1f s.\n"), png, svg, anm_study_get_path (study), seconds);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "source", SOURCE);
  anm_report_add_text (builder, "network", NETWORK);
  anm_report_add_text (builder, "study", anm_study_get_path (study));
  anm_report_add_text (builder, "png", png);
  anm_report_add_text (builder, "svg", svg);
  anm_report_add_number (builder, "seconds", seconds);
  anm_report_add_text (builder, "finding", finding);
  json_builder_set_member_name (builder, "arms");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_arms; i++)
    add_arm (builder, arms[i].run, arms[i].label);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static AnmTraining *
race (AnmInvocation *invocation,
      AnmStudy *study,
      guint epochs,
      guint n_threads,
      GError **error)
{
  AnmHyperparameters arms[N_ARMS];
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmProgressBar) bar = NULL;
  g_autoptr (GError) local_error = NULL;

  make_arms (arms, epochs);
  training = anm_training_start (study, arms, N_ARMS, FALSE, n_threads, error);
  if (training == NULL)
    return NULL;
  bar = anm_progress_bar_new ();
  if (anm_training_wait (training, show_progress, bar, invocation->cancellable, &local_error))
    return g_steal_pointer (&training);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped after epoch %u of %u; what was reached is kept in %s. No picture was drawn."),
                 get_last_epoch (anm_training_get_run (training, ADAM)), epochs, anm_study_get_path (study));
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
run_demo (AnmInvocation *invocation,
          char **arguments,
          GError **error)
{
  g_auto (DemoOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options.output, N_ ("Folder for pictures and study (anamnesis-demo)"), N_ ("FOLDER") },
    { "epochs", 0, 0, G_OPTION_ARG_STRING, &options.epochs, N_ ("Epochs of each arm"), N_ ("N") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options.threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmTraining) training = NULL;
  g_autoptr (AnmFigure) figure = NULL;
  g_autofree char *search = NULL, *own_label = NULL, *png = NULL, *svg = NULL;
  gint64 began = g_get_monotonic_time ();
  guint epochs = EPOCHS, n_threads = 0, best, n_shown;
  const char *folder;

  if (!anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error) ||
      !anm_option_read_count ("epochs", options.epochs, 1, MAX_EPOCHS, &epochs, error) ||
      !anm_option_read_count ("threads", options.threads, 1, MAX_THREADS, &n_threads, error))
    return FALSE;
  folder = options.output != NULL ? options.output : "anamnesis-demo";
  study = make_study (folder, error);
  if (study == NULL)
    return FALSE;
  training = race (invocation, study, epochs, n_threads, error);
  if (training == NULL)
    return FALSE;

  best = find_best_sgd (training);
  search = describe_search (best);
  own_label = g_strdup_printf (_ ("SGD %g"), sgd_rates[best - SGD_TEXTBOOK]);
  AnmRaceArm arms[] = {
    { anm_training_get_run (training, SGD_TEXTBOOK), _ ("SGD 0.01") },
    { anm_training_get_run (training, ADAM), _ ("Adam 0.001") },
    { anm_training_get_run (training, best), own_label },
  };
  n_shown = best == SGD_TEXTBOOK ? 2 : 3; /* the textbook's rate may be SGD's best */
  figure = anm_race_exhibit_new (arms, n_shown, anm_study_get_dataset (study)->parts[ANM_PART_VALIDATION]->n_sequences,
                                 _ (anm_study_get_title (study)), search);
  if (!export_figure (figure, folder, &png, &svg, error))
    return FALSE;
  report (invocation, study, arms, n_shown, anm_figure_get_finding (figure), png, svg,
          (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  return TRUE;
}

const AnmCommand anm_demo_command = {
  .name = "demo",
  .arguments = "",
  .summary = N_ ("Race SGD against Adam on simulated intensive care stays and draw it; no screen needed"),
  .run = run_demo,
};
