/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/training-report.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/cli/interrupt.h"
#include "app/cli/progress-bar.h"
#include "app/cli/run-report.h"

#define RESAMPLES 1000

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

static gpointer
copy_text (gconstpointer text,
           gpointer data)
{
  return g_strdup (text);
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
  g_autofree char *end = anm_run_report_describe_end (run);
  guint n_epochs = anm_run_get_n_epochs (run);

  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "study", anm_study_get_path (study));
      anm_run_report_add (builder, run);
      anm_report_add_text (builder, "initial_weights", initial != NULL ? initial->name : NULL);
      if (initial != NULL)
        g_ptr_array_extend (warnings, initial->notes, copy_text, NULL);
      g_ptr_array_extend (warnings, anm_study_get_cohort (study)->warnings, copy_text, NULL);
      anm_report_add_warnings (builder, warnings);
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
           _ (anm_run_status_get_word (anm_run_get_status (run))), n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->epoch : 0,
           anm_run_get_best_epoch (run), n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->seconds : 0);
  if (end != NULL)
    g_print ("%s\n", end);
  if (initial != NULL)
    g_print (_ ("Began with the weights of %s\n"), initial->name);
  if (evaluation != NULL)
    {
      g_autofree char *patients = anm_run_report_describe_patients (evaluation, target);

      g_print (_ ("Validation part, best weights: %s\n"), patients);
      anm_report_print_evaluation (evaluation, target, metrics);
    }
}

static void
show_scoring (double fraction,
              gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Scoring the best epoch"));
}

static gboolean
evaluate_best (AnmStudy *study,
               AnmTraining *training,
               AnmRun *run,
               AnmEvaluation *evaluation,
               gboolean *evaluated,
               GError **error)
{
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
  const AnmWatch watch = { anm_interrupt_get_flag (), show_scoring, bar };
  g_autofree char *message = g_strdup_printf (_ ("Stopped while scoring; run %u has finished and is kept in %s."),
                                              anm_run_get_id (run), anm_study_get_path (study));
  const AnmSequences *validation = anm_training_get_dataset (training)->parts[ANM_PART_VALIDATION];
  g_autofree anm_real *parameters = NULL;

  *evaluated = FALSE;
  if (validation == NULL)
    return TRUE;
  parameters = anm_run_load_parameters (run, ANM_EPOCH_BEST, NULL, error);
  if (parameters == NULL)
    return FALSE;
  anm_interrupt_allow (message, NULL);
  *evaluated = anm_evaluation_make (evaluation, run, parameters, validation, RESAMPLES, NULL, &watch);
  if (!*evaluated)
    g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, message);
  anm_interrupt_forbid ();
  return *evaluated;
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

gboolean
anm_training_report_finish (AnmInvocation *invocation,
                            AnmStudy *study,
                            AnmTraining *training,
                            const AnmInitialWeights *initial,
                            char **metrics,
                            GError **error)
{
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
  g_autoptr (GError) local_error = NULL;
  AnmEvaluation evaluation;
  gboolean evaluated;
  AnmRun *run;

  anm_training_wait (training, show_progress, bar, invocation->cancellable, &local_error);
  g_clear_pointer (&bar, anm_progress_bar_free);
  run = anm_training_get_run (training, 0);
  if (!check_outcome (study, run, local_error, error))
    return FALSE;
  if (!evaluate_best (study, training, run, &evaluation, &evaluated, error))
    return FALSE;
  report (invocation, study, run, initial, evaluated ? &evaluation : NULL, metrics);
  return TRUE;
}
