/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/training-control-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/settings.h"
/* Takes @training over into the foreground; %NULL with @error told. */
static gboolean
follow (AnmTrainingControl       *self,
        AnmTraining              *training,
        const AnmHyperparameters *hyperparameters,
        GError                   *problem,
        GError                  **error)
{
  if (training == NULL)
    {
      g_signal_emit_by_name (self, "failed", problem->message);
      g_propagate_error (error, problem);
      return FALSE;
    }

  _anm_training_control_forget (self);

  self->training = g_object_ref (training);
  self->hyperparameters = *hyperparameters;
  anm_training_follow_study (training);
  if (anm_study_get_dataset (self->study) != NULL)
    self->dataset = anm_dataset_ref (anm_study_get_dataset (self->study));

  g_object_freeze_notify (G_OBJECT (self->state));
  if (anm_view_state_get_run (self->state) != NULL && anm_view_state_get_run (self->state) != anm_training_get_run (training, 0))
    anm_view_state_set_previous_run (self->state, anm_view_state_get_run (self->state));
  anm_view_state_set_run (self->state, anm_training_get_run (training, 0));
  anm_view_state_set_training (self->state, training);
  g_object_thaw_notify (G_OBJECT (self->state));

  _anm_training_control_set_repaint_due (self);
  _anm_training_control_update_status (self);
  g_signal_emit_by_name (self, "progressed");

  return TRUE;
}

static gboolean
start (AnmTrainingControl       *self,
       const AnmHyperparameters *arms,
       guint                     n_arms,
       gboolean                  paused,
       GError                  **error)
{
  GError *problem = NULL;
  g_autoptr (AnmTraining) training =
    anm_training_start (self->study, arms, n_arms, paused, anm_settings_get_threads (), &problem);

  return follow (self, training, &arms[0], problem, error);
}

static gboolean
check_ready (AnmTrainingControl *self,
             GError            **error)
{
  if (self->status != ANM_TRAINING_STATUS_UNREADY)
    return TRUE;

  if (self->study != NULL && anm_study_get_preparing (self->study))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                         _("The records are still being made ready. Try again in a moment."));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED,
                         _("There are no records to train on. Import records or open an example first."));
  return FALSE;
}

gboolean
anm_training_control_train (AnmTrainingControl *self,
                            GError            **error)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!check_ready (self, error))
    return FALSE;

  if (_anm_training_is_active (self->training))
    {
      anm_training_resume (self->training);
      _anm_training_control_update_status (self);
      return TRUE;
    }

  return start (self, anm_study_get_hyperparameters (self->study), 1, FALSE, error);
}

gboolean
anm_training_control_fork (AnmTrainingControl *self,
                           AnmRun             *run,
                           int                 epoch,
                           GError            **error)
{
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  GError *problem = NULL;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!check_ready (self, error))
    return FALSE;

  /* The loss belongs to the network, which is the run's. */
  hyperparameters = *anm_study_get_hyperparameters (self->study);
  hyperparameters.loss = anm_run_get_hyperparameters (run)->loss;
  if (anm_hyperparameters_equal (&hyperparameters, anm_run_get_hyperparameters (run)))
    hyperparameters.epochs = anm_training_count_left (run, epoch);
  training = anm_training_fork (self->study, run, epoch, &hyperparameters, FALSE, anm_settings_get_threads (), &problem);
  return follow (self, training, &hyperparameters, problem, error);
}

gboolean
anm_training_control_train_from (AnmTrainingControl *self,
                                 const anm_real     *parameters,
                                 gsize               n_parameters,
                                 const char         *name,
                                 GError            **error)
{
  const AnmInitialWeights weights = { .name = (char *) name, .parameters = (anm_real *) parameters, .n_parameters = n_parameters };
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  GError *problem = NULL;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!check_ready (self, error))
    return FALSE;

  hyperparameters = *anm_study_get_hyperparameters (self->study);
  training = anm_training_start_from (self->study, &hyperparameters, 1, FALSE, g_get_num_processors (), &weights, &problem);
  return follow (self, training, &hyperparameters, problem, error);
}

gboolean
anm_training_control_continue (AnmTrainingControl *self,
                               AnmRun             *run,
                               guint               epochs,
                               GError            **error)
{
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;
  GError *problem = NULL;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!check_ready (self, error))
    return FALSE;

  training = anm_training_continue (self->study, run, epochs, FALSE, anm_settings_get_threads (), &problem);
  hyperparameters = *anm_run_get_hyperparameters (run);
  return follow (self, training, &hyperparameters, problem, error);
}

/* The run in the foreground, if it has ended and is one that can be trained on. */
static AnmRun *
find_run_to_continue (AnmTrainingControl *self)
{
  AnmRun *run = anm_view_state_get_run (self->state);

  if (run == NULL || _anm_training_is_active (self->training) || self->status == ANM_TRAINING_STATUS_UNREADY)
    return NULL;

  switch (anm_run_get_status (run))
    {
    case ANM_RUN_FINISHED:
    case ANM_RUN_STOPPED:
    case ANM_RUN_CUT_OFF:
      return run;
    case ANM_RUN_RUNNING:
    case ANM_RUN_PAUSED:
    case ANM_RUN_FAILED:
    default:
      return NULL;
    }
}

gboolean
anm_training_control_can_train_on (AnmTrainingControl *self)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  return find_run_to_continue (self) != NULL;
}

gboolean
anm_training_control_train_on (AnmTrainingControl *self,
                               GError            **error)
{
  AnmRun *run;
  guint done, epochs = 0;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  run = find_run_to_continue (self);
  if (run == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no run that could be trained on."));
      return FALSE;
    }

  /* One that was stopped has epochs left; one that has finished is given as many more as the study says. */
  done = MAX (anm_run_get_n_epochs (run), 1) - 1;
  if (anm_run_get_status (run) == ANM_RUN_FINISHED)
    epochs = MAX (done, anm_run_get_hyperparameters (run)->epochs) + anm_study_get_hyperparameters (self->study)->epochs;
  return anm_training_control_continue (self, run, epochs, error);
}

gboolean
anm_training_control_get_rescue (AnmTrainingControl *self,
                                 AnmTrainingRescue  *rescue)
{
  AnmRun *run;
  const AnmHyperparameters *own;
  g_autofree guint *kept = NULL;
  guint n_kept;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  run = anm_view_state_get_run (self->state);
  if (run == NULL || anm_run_get_status (run) != ANM_RUN_FAILED || _anm_training_is_active (self->training))
    return FALSE;
  kept = anm_run_get_kept_epochs (run, &n_kept);
  if (n_kept == 0)
    return FALSE;

  own = anm_run_get_hyperparameters (run);
  rescue->epoch = kept[n_kept - 1];
  rescue->clip_norm = own->clip_norm > 0 ? own->clip_norm : 1;
  /* Where clipping was of no avail, smaller steps. */
  rescue->learning_rate = own->clip_norm > 0 ? own->learning_rate / 10 : own->learning_rate;
  return TRUE;
}

gboolean
anm_training_control_rescue (AnmTrainingControl *self,
                             GError            **error)
{
  AnmTrainingRescue rescue;
  AnmHyperparameters hyperparameters;

  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!anm_training_control_get_rescue (self, &rescue))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no failed run to resume."));
      return FALSE;
    }

  hyperparameters = *anm_study_get_hyperparameters (self->study);
  hyperparameters.clip_norm = rescue.clip_norm;
  hyperparameters.learning_rate = rescue.learning_rate;
  anm_study_set_hyperparameters (self->study, &hyperparameters);
  return anm_training_control_fork (self, anm_view_state_get_run (self->state), (int) rescue.epoch, error);
}

void
anm_training_control_pause (AnmTrainingControl *self)
{
  g_return_if_fail (ANM_IS_TRAINING_CONTROL (self));

  if (!_anm_training_is_active (self->training))
    return;

  anm_training_pause (self->training);
  _anm_training_control_update_status (self);
}

gboolean
anm_training_control_step (AnmTrainingControl *self,
                           AnmTrainingStep     step,
                           GError            **error)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);

  if (!check_ready (self, error))
    return FALSE;

  if (!_anm_training_is_active (self->training) &&
      !start (self, anm_study_get_hyperparameters (self->study), 1, TRUE, error))
    return FALSE;

  if (anm_training_get_state (self->training) == ANM_TRAINING_RUNNING)
    anm_training_pause (self->training);
  anm_training_step (self->training, step);
  _anm_training_control_update_status (self);

  return TRUE;
}

void
anm_training_control_stop (AnmTrainingControl *self)
{
  g_return_if_fail (ANM_IS_TRAINING_CONTROL (self));

  if (!_anm_training_is_active (self->training))
    return;

  anm_training_stop (self->training);
  _anm_training_control_update_status (self);
}

void
anm_training_control_reset (AnmTrainingControl *self)
{
  g_return_if_fail (ANM_IS_TRAINING_CONTROL (self));

  _anm_training_control_forget (self);

  g_object_freeze_notify (G_OBJECT (self->state));
  if (anm_view_state_get_run (self->state) != NULL)
    anm_view_state_set_previous_run (self->state, anm_view_state_get_run (self->state));
  anm_view_state_set_run (self->state, NULL);
  anm_view_state_set_training (self->state, NULL);
  g_object_thaw_notify (G_OBJECT (self->state));

  _anm_training_control_set_repaint_due (self);
  _anm_training_control_repaint_if_due (self, TRUE);
  _anm_training_control_update_status (self);
  g_signal_emit_by_name (self, "progressed");
}

void
anm_training_control_new_weights (AnmTrainingControl *self)
{
  g_return_if_fail (ANM_IS_TRAINING_CONTROL (self));

  if (self->study != NULL)
    {
      AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (self->study);

      hyperparameters.seed++;
      anm_study_set_hyperparameters (self->study, &hyperparameters);
    }

  anm_training_control_reset (self);
}

gboolean
anm_training_control_race (AnmTrainingControl       *self,
                           const AnmHyperparameters *arms,
                           guint                     n_arms,
                           GError                  **error)
{
  g_return_val_if_fail (ANM_IS_TRAINING_CONTROL (self), FALSE);
  g_return_val_if_fail (n_arms > 0, FALSE);

  return check_ready (self, error) && start (self, arms, n_arms, FALSE, error);
}
