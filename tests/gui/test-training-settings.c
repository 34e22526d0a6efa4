/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <glib/gstdio.h>

#include "app/gui/schedule-choice.h"
#include "app/gui/training-control.h"
#include "app/gui/training-settings.h"
#include "app/study/hyperparameters-json.h"
#include "data/samples.h"

#define PATIENCE_SECONDS 60

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("lstm(4) > dense(1)", NULL);

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("settings-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
  anm_study_set_network (fixture->study, spec);
  g_assert_nonnull (anm_study_prepare (fixture->study, &error));
  fixture->state = anm_view_state_new ();
  fixture->control = anm_training_control_new (fixture->state);
  anm_view_state_set_study (fixture->state, fixture->study);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  anm_view_state_set_study (fixture->state, NULL);
  g_clear_object (&fixture->control);
  g_clear_object (&fixture->state);
  g_clear_object (&fixture->study);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static void
wait_for (Fixture *fixture,
          AnmTrainingStatus status)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (anm_training_control_get_status (fixture->control) != status && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (anm_training_control_get_status (fixture->control), ==, status);
}

static void
set_hyperparameters (Fixture *fixture,
                     AnmOptimizerKind optimizer,
                     double rate,
                     guint epochs)
{
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (fixture->study);

  anm_hyperparameters_set_optimizer (&hyperparameters, optimizer);
  hyperparameters.learning_rate = rate;
  hyperparameters.epochs = epochs;
  anm_study_set_hyperparameters (fixture->study, &hyperparameters);
}

static void
collect (GtkWidget *widget,
         GPtrArray *controls)
{
  if (GTK_IS_SWITCH (widget) || GTK_IS_SPIN_BUTTON (widget) || GTK_IS_DROP_DOWN (widget))
    g_ptr_array_add (controls, widget);
  else
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
      collect (child, controls);
}

static void
move (GtkWidget *control)
{
  if (GTK_IS_SWITCH (control))
    gtk_switch_set_active (GTK_SWITCH (control), !gtk_switch_get_active (GTK_SWITCH (control)));
  else if (GTK_IS_DROP_DOWN (control))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (control), 1);
  else
    gtk_spin_button_spin (GTK_SPIN_BUTTON (control), GTK_SPIN_STEP_FORWARD, 1);
}

static char *
describe (Fixture *fixture)
{
  g_autofree char *hyperparameters = anm_hyperparameters_to_json (anm_study_get_hyperparameters (fixture->study));
  g_autofree char *recipe = anm_recipe_to_json (anm_study_get_recipe (fixture->study));

  return g_strconcat (hyperparameters, recipe, NULL);
}

/* Whatever is moved is the study's at once, one edit, and undone there it is shown as it was. */
static void
test_every_control_acts (Fixture *fixture,
                         gconstpointer data)
{
  GtkWidget *settings = g_object_ref_sink (anm_training_settings_new (fixture->state));
  g_autoptr (GPtrArray) controls = g_ptr_array_new ();
  g_autofree char *before = describe (fixture);

  collect (settings, controls);
  g_assert_cmpuint (controls->len, >, 8);
  for (guint i = 0; i < controls->len; i++)
    {
      g_autofree char *after = NULL, *back = NULL;

      move (g_ptr_array_index (controls, i));
      after = describe (fixture);
      g_assert_cmpstr (after, !=, before);
      g_assert_true (anm_study_undo (fixture->study, NULL));
      back = describe (fixture);
      g_assert_cmpstr (back, ==, before);
    }
  g_assert_finalize_object (settings);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_schedules_are_kept (void)
{
  GtkWidget *choice = g_object_ref_sink (anm_schedule_choice_new ());
  guint n = 0;

  g_signal_connect_swapped (choice, "changed", G_CALLBACK (count_cb), &n);
  for (guint kind = 0; kind <= ANM_SCHEDULE_PLATEAU; kind++)
    {
      AnmSchedule schedule;

      anm_schedule_init (&schedule, (AnmScheduleKind) kind);
      anm_schedule_choice_set (ANM_SCHEDULE_CHOICE (choice), &schedule);
      g_assert_true (anm_schedule_equal (anm_schedule_choice_get (ANM_SCHEDULE_CHOICE (choice)), &schedule));
      g_assert_true (anm_schedule_validate (anm_schedule_choice_get (ANM_SCHEDULE_CHOICE (choice)), NULL));
    }
  g_assert_cmpuint (n, ==, 0);
  g_assert_finalize_object (choice);
}

/* A finished run is trained on: the same run, with as many epochs more. */
static void
test_a_run_is_trained_on (Fixture *fixture,
                          gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmRun *run;

  set_hyperparameters (fixture, ANM_OPTIMIZER_ADAM, 0.01, 2);
  g_assert_false (anm_training_control_can_train_on (fixture->control));
  g_assert_true (anm_training_control_train (fixture->control, &error));
  g_assert_no_error (error);
  wait_for (fixture, ANM_TRAINING_STATUS_READY);
  run = anm_view_state_get_run (fixture->state);
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 3);

  g_assert_true (anm_training_control_can_train_on (fixture->control));
  g_assert_true (anm_training_control_train_on (fixture->control, &error));
  g_assert_no_error (error);
  wait_for (fixture, ANM_TRAINING_STATUS_READY);
  g_assert_true (anm_view_state_get_run (fixture->state) == run);
  g_assert_null (anm_view_state_get_previous_run (fixture->state));
  g_assert_cmpuint (anm_run_get_n_epochs (run), ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (fixture->study)), ==, 1);
}

static void
failed_cb (guint *n,
           const char *message)
{
  g_assert_cmpstr (message, !=, "");
  (*n)++;
}

/* A loss that is no number ends the run and is told once; the rescue goes on from what was finite, with clipping. */
static void
test_a_diverged_run_is_rescued (Fixture *fixture,
                                gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmTrainingRescue rescue;
  AnmRun *failed;
  guint n_failed = 0;

  g_signal_connect_swapped (fixture->control, "failed", G_CALLBACK (failed_cb), &n_failed);
  set_hyperparameters (fixture, ANM_OPTIMIZER_SGD, 900, 3);
  {
    g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("simple_rnn(8, activation=relu) > dense(1)", NULL);
    anm_study_set_network (fixture->study, spec);
  }
  g_assert_true (anm_training_control_train (fixture->control, &error));
  wait_for (fixture, ANM_TRAINING_STATUS_READY);
  failed = anm_view_state_get_run (fixture->state);
  g_assert_cmpint (anm_run_get_status (failed), ==, ANM_RUN_FAILED);
  g_assert_cmpuint (n_failed, ==, 1);
  g_assert_false (anm_training_control_can_train_on (fixture->control));

  g_assert_true (anm_training_control_get_rescue (fixture->control, &rescue));
  g_assert_cmpfloat (rescue.clip_norm, ==, 1);
  g_assert_true (anm_training_control_rescue (fixture->control, &error));
  g_assert_no_error (error);
  g_assert_true (anm_view_state_get_run (fixture->state) != failed);
  g_assert_cmpuint (anm_run_get_parent (anm_view_state_get_run (fixture->state), NULL), ==, anm_run_get_id (failed));
  g_assert_cmpfloat (anm_study_get_hyperparameters (fixture->study)->clip_norm, ==, 1);
  anm_training_control_stop (fixture->control);
  wait_for (fixture, ANM_TRAINING_STATUS_READY);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/training-settings/schedules-are-kept", test_schedules_are_kept);
  g_test_add ("/training-settings/every-control-acts", Fixture, NULL, set_up, test_every_control_acts, tear_down);
  g_test_add ("/training-settings/a-run-is-trained-on", Fixture, NULL, set_up, test_a_run_is_trained_on, tear_down);
  g_test_add ("/training-settings/a-diverged-run-is-rescued", Fixture, NULL, set_up, test_a_diverged_run_is_rescued, tear_down);

  return g_test_run ();
}
