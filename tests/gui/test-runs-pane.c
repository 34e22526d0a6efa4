/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <glib/gstdio.h>

#include "app/gui/run-row.h"
#include "app/gui/runs-pane-private.h"
#include "data/samples.h"

#define PATIENCE_SECONDS 60
#define SOURCE "sample:delayed-marker?delay=6&patients=60"

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  GtkWidget          *window;
  AnmRunsPane        *pane;
  guint               n_deleted;
} Fixture;

static void
deleted_cb (Fixture *fixture,
            guint    n_runs)
{
  fixture->n_deleted += n_runs;
}

static void
wait_for_status (Fixture          *fixture,
                 AnmTrainingStatus status)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (anm_training_control_get_status (fixture->control) != status && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (anm_training_control_get_status (fixture->control), ==, status);
}

static void
set_epochs (Fixture *fixture,
            guint    epochs)
{
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (fixture->study);

  hyperparameters.epochs = epochs;
  anm_study_set_hyperparameters (fixture->study, &hyperparameters);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make (SOURCE, &error);
  g_autoptr (AnmNetworkSpec) network = anm_network_spec_parse ("gru(4) > dense(1)", &error);
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("runs-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, SOURCE);
  anm_study_set_network (fixture->study, network);
  set_epochs (fixture, 2);
  fixture->state = anm_view_state_new ();
  fixture->control = anm_training_control_new (fixture->state);
  anm_view_state_set_study (fixture->state, fixture->study);

  fixture->window = gtk_window_new ();
  fixture->pane = g_object_new (ANM_TYPE_RUNS_PANE, NULL);
  anm_runs_pane_set_control (fixture->pane, fixture->control);
  g_signal_connect_swapped (fixture->pane, "deleted", G_CALLBACK (deleted_cb), fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->pane));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 400, 600);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_for_status (fixture, ANM_TRAINING_STATUS_READY);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_clear_object (&fixture->control);
  g_clear_object (&fixture->state);
  g_clear_object (&fixture->study);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  folder = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static AnmRun *
train (Fixture *fixture)
{
  g_assert_true (anm_training_control_train (fixture->control, NULL));
  wait_for_status (fixture, ANM_TRAINING_STATUS_READY);
  return anm_view_state_get_run (fixture->state);
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->pane->selection));
}

static void
choose (Fixture *fixture,
        guint    first,
        guint    n)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (fixture->pane->selection);

  gtk_selection_model_unselect_all (selection);
  gtk_selection_model_select_range (selection, first, n, TRUE);
}

static void
act (Fixture    *fixture,
     const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->pane), action, NULL);
}

static void
test_newest_is_first (Fixture      *fixture,
                      gconstpointer data)
{
  g_autoptr (AnmRun) first = NULL;
  AnmRun *newer;

  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (fixture->pane->stack)), ==, "empty");
  train (fixture);
  newer = train (fixture);
  g_assert_cmpuint (count (fixture), ==, 2);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (fixture->pane->stack)), ==, "runs");
  first = g_list_model_get_item (G_LIST_MODEL (fixture->pane->selection), 0);
  g_assert_true (first == newer);
}

static void
test_another_run_is_shown (Fixture      *fixture,
                           gconstpointer data)
{
  AnmRun *older = train (fixture), *newer = train (fixture);

  choose (fixture, 1, 1);
  act (fixture, "runs.show");
  g_assert_true (anm_view_state_get_run (fixture->state) == older);
  choose (fixture, 0, 1);
  act (fixture, "runs.show-previous");
  g_assert_true (anm_view_state_get_run (fixture->state) == older);
  g_assert_true (anm_view_state_get_previous_run (fixture->state) == newer);
  /* Never both at once. */
  act (fixture, "runs.show");
  g_assert_true (anm_view_state_get_run (fixture->state) == newer);
  g_assert_null (anm_view_state_get_previous_run (fixture->state));
  /* A double click, or Return, on its row. */
  g_signal_emit_by_name (fixture->pane->list, "activate", 1u);
  g_assert_true (anm_view_state_get_run (fixture->state) == older);
}

static void
test_runs_are_deleted_together (Fixture      *fixture,
                                gconstpointer data)
{
  train (fixture);
  train (fixture);
  choose (fixture, 0, 2);
  act (fixture, "runs.delete");
  g_assert_cmpuint (count (fixture), ==, 0);
  g_assert_cmpuint (fixture->n_deleted, ==, 2);
  g_assert_true (anm_study_undo (fixture->study, NULL));
  g_assert_cmpuint (count (fixture), ==, 2);
}

static void
test_differences_of_two (Fixture      *fixture,
                         gconstpointer data)
{
  train (fixture);
  set_epochs (fixture, 3);
  train (fixture);
  choose (fixture, 0, 1);
  act (fixture, "runs.differences");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (fixture->pane->stack)), ==, "runs");
  choose (fixture, 0, 2);
  act (fixture, "runs.differences");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (fixture->pane->stack)), ==, "differences");
  g_assert_nonnull (gtk_grid_get_child_at (GTK_GRID (fixture->pane->differences), 2, 1));
}

static void
test_a_stopped_run_goes_on (Fixture      *fixture,
                            gconstpointer data)
{
  AnmRun *run;
  guint epochs_done;

  set_epochs (fixture, 100000);
  g_assert_true (anm_training_control_train (fixture->control, NULL));
  run = anm_view_state_get_run (fixture->state);
  while (anm_run_get_n_epochs (run) < 2)
    g_main_context_iteration (NULL, TRUE);
  choose (fixture, 0, 1);
  /* Not what is being trained. */
  act (fixture, "runs.delete");
  g_assert_cmpuint (count (fixture), ==, 1);
  anm_training_control_stop (fixture->control);
  wait_for_status (fixture, ANM_TRAINING_STATUS_READY);
  g_assert_cmpint (anm_run_get_status (run), ==, ANM_RUN_STOPPED);

  epochs_done = anm_run_get_n_epochs (run);
  act (fixture, "runs.resume");
  g_assert_cmpint (anm_training_control_get_status (fixture->control), ==, ANM_TRAINING_STATUS_RUNNING);
  while (anm_run_get_n_epochs (run) <= epochs_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count (fixture), ==, 1);
  anm_training_control_stop (fixture->control);
  wait_for_status (fixture, ANM_TRAINING_STATUS_READY);
}

static void
test_a_run_is_verified (Fixture      *fixture,
                        gconstpointer data)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  train (fixture);
  choose (fixture, 0, 1);
  act (fixture, "runs.verify");
  g_assert_true (gtk_widget_get_visible (fixture->pane->verification_box));
  while (fixture->pane->verification != NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fixture->pane->verification);
  g_assert_true (g_strrstr (gtk_label_get_label (GTK_LABEL (fixture->pane->verification_label)), "the same to the bit") != NULL);

  /* Cancelled, it leaves nothing behind. */
  act (fixture, "runs.verify");
  _anm_runs_pane_end_verification (fixture->pane);
  g_assert_null (fixture->pane->verification);
  g_assert_false (gtk_widget_get_visible (fixture->pane->verification_box));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(path, function) g_test_add ("/runs-pane/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("order", test_newest_is_first);
  ADD ("show", test_another_run_is_shown);
  ADD ("delete", test_runs_are_deleted_together);
  ADD ("differences", test_differences_of_two);
  ADD ("resume", test_a_stopped_run_goes_on);
  ADD ("verify", test_a_run_is_verified);
  return g_test_run ();
}
