/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A run that goes on, or that another is forked from: its records are made ready in the background, and that can be cancelled. */

#include "app/gui/application.h"
#include "app/gui/window-private.h"

static AnmWindow *window;

static void
wait_for_status (AnmTrainingStatus status)
{
  while (anm_training_control_get_status (anm_window_get_training_control (window)) != status)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_reading (void)
{
  while (window->reading != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static AnmRun *
get_run (void)
{
  return anm_view_state_get_run (anm_window_get_view_state (window));
}

static void
test_fork_and_resume (void)
{
  AnmViewState *state = anm_window_get_view_state (window);
  AnmTrainingControl *control = anm_window_get_training_control (window);
  g_autoptr (GError) error = NULL;
  AnmHyperparameters hyperparameters;
  guint epoch = 0;

  anm_window_open (window, (const char *const[]){ "sample:delayed-marker?patients=60&delay=6", NULL });
  wait_for_status (ANM_TRAINING_STATUS_READY);
  hyperparameters = *anm_study_get_hyperparameters (anm_view_state_get_study (state));
  hyperparameters.epochs = 4;
  anm_study_set_hyperparameters (anm_view_state_get_study (state), &hyperparameters);
  g_assert_true (anm_training_control_train (control, &error));
  g_assert_no_error (error);
  wait_for_status (ANM_TRAINING_STATUS_READY);

  /* The action answers before the records are ready; the fork with unchanged settings trains what was left. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.fork-run", "(uu)", 1, 3));
  g_assert_nonnull (window->reading);
  g_assert_cmpuint (anm_run_get_id (get_run ()), ==, 1);
  wait_for_reading ();
  g_assert_cmpuint (anm_run_get_id (get_run ()), ==, 2);
  g_assert_cmpuint (anm_run_get_parent (get_run (), &epoch), ==, 1);
  g_assert_cmpuint (epoch, ==, 3);
  wait_for_status (ANM_TRAINING_STATUS_READY);
  g_assert_cmpuint (anm_run_get_n_epochs (get_run ()), ==, 2);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.resume-run", "(uu)", 2, 5));
  wait_for_reading ();
  wait_for_status (ANM_TRAINING_STATUS_READY);
  g_assert_cmpuint (anm_run_get_n_epochs (get_run ()), ==, 6);

  /* Cancelled, nothing goes on. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.fork-run", "(uu)", 1, 3));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.cancel-reading", NULL));
  g_assert_null (window->reading);
  for (guint i = 0; i < 50; i++)
    {
      g_usleep (10000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpuint (anm_run_get_id (get_run ()), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (anm_view_state_get_study (state))), ==, 2);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (AnmApplication) application = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  application = anm_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_COMMAND_LINE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  window = anm_window_new (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));

  g_test_add_func ("/going-on/fork-and-resume", test_fork_and_resume);
  status = g_test_run ();

  anm_view_state_set_study (anm_window_get_view_state (window), NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return status;
}
