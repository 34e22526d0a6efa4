/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/gui/inside-pane-private.h"
#include "app/gui/kept-epochs.h"
#include "data/samples.h"

#define PATIENCE_SECONDS 60

/* A trained network and one pane that looks into it. */
typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  AnmInsidePane      *pane;
  GtkWidget          *window;
} Fixture;

static void
iterate_until (gboolean (*question) (Fixture *),
               Fixture *self)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (!question (self) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (question (self));
}

static gboolean
has_weights (Fixture *self)
{
  return anm_inside_pane_get_weights (self->pane) != NULL;
}

static gboolean
is_answered (Fixture *self)
{
  return self->pane->answer != NULL && self->pane->answer->figure == self->pane->figure && !anm_worker_is_busy (self->pane->worker) && self->pane->quiet == 0;
}

static void
fixture_set_up (Fixture *self,
                gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=600", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  self->folder = g_dir_make_tmp ("inside-pane-XXXXXX", NULL);
  path = g_build_filename (self->folder, "test.anamnesis", NULL);
  self->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (self->study, cohort, "sample:icu?patients=600");
  anm_study_set_network (self->study, spec);
  while (anm_study_get_dataset (self->study) == NULL)
    g_main_context_iteration (NULL, TRUE);
  hyperparameters = *anm_study_get_hyperparameters (self->study);
  hyperparameters.epochs = 5;
  hyperparameters.learning_rate = 0.01;
  training = anm_training_start (self->study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_training_wait (training, NULL, NULL, NULL, &error));

  self->state = anm_view_state_new ();
  self->control = anm_training_control_new (self->state);
  self->live = anm_live_reading_new (self->control);
  anm_view_state_set_study (self->state, self->study);
  anm_view_state_set_run (self->state, anm_training_get_run (training, 0));
  anm_live_reading_hold (self->live);
  self->pane = ANM_INSIDE_PANE (anm_inside_pane_new (self->control, self->live, ANM_INSIDE_TRAJECTORIES));
  self->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (self->window), 420, 380);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->pane));
  gtk_window_present (GTK_WINDOW (self->window));
  iterate_until (has_weights, self);
  if (anm_inside_pane_get_layer (self->pane) >= 0)
    iterate_until (is_answered, self);
}

static void
fixture_tear_down (Fixture *self,
                   gconstpointer text)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  gtk_window_destroy (GTK_WINDOW (self->window));
  anm_live_reading_release (self->live);
  g_object_unref (self->live);
  g_object_unref (self->control);
  g_object_unref (self->state);
  g_object_unref (self->study);
  dir = g_dir_open (self->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
}

/* The few first, then all that were asked for; the patient is there though he isn't one of them. */
static void
test_all_patients (Fixture *self,
                   gconstpointer text)
{
  const AnmTrajectoryLook *look = self->pane->answer->trajectories;

  g_assert_nonnull (look);
  g_assert_cmpuint (look->sample->n, ==, look->sample->n_all);
  g_assert_cmpuint (look->sample->n, >, 60);
  g_assert_cmpuint (self->pane->answer->at_most, ==, 400);

  anm_view_state_set_patient (self->state, 7);
  while (self->pane->answer == NULL || self->pane->answer->patient != 7)
    g_main_context_iteration (NULL, FALSE);
  look = self->pane->answer->trajectories;
  g_assert_cmpuint (look->ways[look->n_ways - 1].patient, ==, 7);
}

static gboolean
is_of_epoch_one (Fixture *self)
{
  return self->pane->answer != NULL && self->pane->answer->weights->epoch == 1 && is_answered (self);
}

/* The time machine's epoch is the pane's, with that epoch's weights. */
static void
test_epoch (Fixture *self,
            gconstpointer text)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  g_autoptr (GError) error = NULL;
  g_autofree anm_real *parameters = anm_run_load_parameters (run, 1, NULL, &error);

  g_assert_no_error (error);
  anm_inside_pane_set_figure (self->pane, ANM_INSIDE_RECURRENT_MATRIX);
  anm_view_state_set_epoch (self->state, 1);
  iterate_until (is_of_epoch_one, self);

  g_autoptr (AnmRecurrentLook) expected = anm_recurrent_look_new (anm_run_get_network (run), 0, "g", parameters, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < expected->n_units; i++)
    g_assert_cmpfloat (self->pane->answer->recurrent->real[i], ==, expected->real[i]);
  /* Epoch 0 came from the file. */
  g_assert_nonnull (self->pane->answer->recurrent->initial_real);
}

/* Each figure comes, says something, and has a name; in layers of every kind. */
static void
test_figures (Fixture *self,
              gconstpointer text)
{
  for (guint figure = 0; figure < ANM_N_INSIDE_FIGURES; figure++)
    for (int layer = 0; layer < 3; layer++)
      {
        AnmFigure *shown;

        anm_view_state_set_layer (self->state, layer);
        anm_inside_pane_set_figure (self->pane, (AnmInsideFigure) figure);
        if (figure >= ANM_INSIDE_RECURRENT_MATRIX && anm_inside_pane_get_layer (self->pane) >= 0)
          iterate_until (is_answered, self);
        shown = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->pane->view));
        g_assert_nonnull (shown);
        g_test_message ("%s, layer %d: %s", anm_inside_figure_get_name ((AnmInsideFigure) figure), layer + 1, anm_figure_get_finding (shown));
        g_assert_cmpstr (anm_figure_get_finding (shown), !=, "");
        g_assert_cmpstr (anm_figure_get_title (shown), !=, "");
      }
}

/* A choice in the menu is taken, and goes with its figure. */
static void
test_choices (Fixture *self,
              gconstpointer text)
{
  g_autofree char *field = NULL, *gate = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "of", g_variant_new_string ("Age"));
  field = anm_inside_pane_get_of (self->pane);
  g_assert_cmpstr (field, ==, "Age");

  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "figure", g_variant_new_string ("recurrent-matrix"));
  g_assert_cmpint (anm_inside_pane_get_figure (self->pane), ==, ANM_INSIDE_RECURRENT_MATRIX);
  gate = anm_inside_pane_get_of (self->pane);
  g_assert_cmpstr (gate, ==, "g");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (self->pane->chooser_label)), ==, "U of g");
  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "of", g_variant_new_string ("f"));
  iterate_until (is_answered, self);
  while (!g_str_equal (self->pane->answer->recurrent->gate, "f"))
    g_main_context_iteration (NULL, FALSE);
}

/* Brushed tracks are the window's patients; the others become pale, and a click chooses one. */
static void
test_selection (Fixture *self,
                gconstpointer text)
{
  const AnmTrajectoryLook *look = self->pane->answer->trajectories;
  g_autoptr (GArray) tracks = g_array_new (FALSE, FALSE, sizeof (guint));
  AnmFigurePlace place = { NAN, NAN, 5, 0 };
  GtkBitset *selected;
  guint chosen[] = { 2, 4 };

  g_array_append_vals (tracks, chosen, G_N_ELEMENTS (chosen));
  g_signal_emit_by_name (self->pane->view, "selection-changed", tracks);
  selected = anm_view_state_get_selected_patients (self->state);
  g_assert_cmpuint (gtk_bitset_get_size (selected), ==, 2);
  g_assert_true (gtk_bitset_contains (selected, look->ways[2].patient));
  g_assert_true (gtk_bitset_contains (selected, look->ways[4].patient));

  g_signal_emit_by_name (self->pane->view, "hovered", &place);
  g_assert_true (gtk_widget_get_visible (self->pane->hover_view));
  g_signal_emit_by_name (self->pane->view, "hovered", NULL);
  g_assert_false (gtk_widget_get_visible (self->pane->hover_view));
  g_signal_emit_by_name (self->pane->view, "clicked", &place, 1);
  g_assert_cmpuint (anm_view_state_get_patient (self->state), ==, look->ways[5].patient);

  /* A row of the gradient's map chooses its epoch. */
  anm_inside_pane_set_figure (self->pane, ANM_INSIDE_GRADIENT_FLOW);
  place.y = 3;
  g_signal_emit_by_name (self->pane->view, "clicked", &place, 1);
  g_assert_cmpint (anm_view_state_get_epoch (self->state), ==, 3);

  /* Steps before the end are the patient's own: its last is 48. */
  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "of", g_variant_new_string ("before-end"));
  place.x = -5;
  g_signal_emit_by_name (self->pane->view, "clicked", &place, 1);
  g_assert_cmpfloat (anm_view_state_get_cursor (self->state), ==, 42.5);
}

static gboolean
is_of_last_but_two (Fixture *self)
{
  const AnmJacobianLook *look = is_answered (self) ? self->pane->answer->jacobian : NULL;

  return look != NULL && look->step + 3 == look->n_steps;
}

/* From step to step with buttons, which move the window's time cursor, and by that. */
static void
test_steps (Fixture *self,
            gconstpointer text)
{
  const AnmJacobianLook *look;

  g_assert_false (gtk_widget_get_visible (self->pane->steps_box));
  anm_inside_pane_set_figure (self->pane, ANM_INSIDE_JACOBIAN);
  iterate_until (is_answered, self);
  look = self->pane->answer->jacobian;
  g_assert_true (gtk_widget_get_visible (self->pane->steps_box));
  g_assert_cmpuint (look->step + 1, ==, look->n_steps);
  g_assert_false (gtk_widget_get_sensitive (self->pane->step_buttons[1]));

  g_signal_emit_by_name (self->pane->step_buttons[0], "clicked");
  g_assert_cmpfloat (anm_view_state_get_cursor (self->state), ==, look->time - 0.5);
  g_assert_true (anm_view_state_get_cursor_pinned (self->state));
  anm_view_state_move_cursor (self->state, -1);
  iterate_until (is_of_last_but_two, self);
  g_assert_true (gtk_widget_get_sensitive (self->pane->step_buttons[1]));
}

/* The threshold that is chosen is counted by, and said. */
static void
test_threshold (Fixture *self,
                gconstpointer text)
{
  AnmFigure *shown;

  anm_inside_pane_set_figure (self->pane, ANM_INSIDE_SATURATION);
  iterate_until (is_answered, self);
  g_assert_cmpfloat (self->pane->answer->saturations->margin, ==, 1 - 0.95);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (self->pane->chooser_label)), ==, "0.05 and 0.95");
  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "of", g_variant_new_string ("0.9"));
  while (self->pane->answer->saturations->margin != 1 - 0.9)
    g_main_context_iteration (NULL, FALSE);
  shown = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->pane->view));
  g_assert_nonnull (strstr (anm_figure_get_finding (shown), "above 0.9."));
}

/* Late work says how many patients it has looked at, and stops at once. */
static void
test_late (Fixture *self,
           gconstpointer text)
{
  gint64 begin;
  guint n_done, n_patients;

  anm_inside_pane_show_late (self->pane, TRUE);
  g_assert_true (gtk_widget_get_visible (self->pane->late_box));
  anm_inside_pane_set_figure (self->pane, ANM_INSIDE_HISTOGRAM);
  g_action_group_activate_action (G_ACTION_GROUP (self->pane->actions), "of", g_variant_new_string ("dL/drecurrent_kernel"));
  while (isnan (anm_inside_tools_get_progress (self->pane->tools, &n_done, &n_patients)))
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_patients, >, 0);
  g_assert_cmpuint (n_done, <=, n_patients);

  begin = g_get_monotonic_time ();
  g_signal_emit_by_name (self->pane->stop_button, "clicked");
  g_assert_false (anm_worker_is_busy (self->pane->worker));
  while (!isnan (anm_inside_tools_get_progress (self->pane->tools, &n_done, &n_patients)))
    g_thread_yield ();
  g_test_message ("stopped after %.1f ms", (double) (g_get_monotonic_time () - begin) / 1000);
  anm_inside_pane_show_late (self->pane, FALSE);
  g_assert_cmpuint (self->pane->late_timer, ==, 0);
}

/* Unseen, it does nothing; seen again, it catches up. */
static void
test_rest (Fixture *self,
           gconstpointer text)
{
  gint64 before = self->pane->submitted_at;

  gtk_widget_set_visible (GTK_WIDGET (self->pane), FALSE);
  anm_view_state_set_patient (self->state, 11);
  for (guint i = 0; i < 200; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (self->pane->submitted_at, ==, before);
  gtk_widget_set_visible (GTK_WIDGET (self->pane), TRUE);
  while (self->pane->answer == NULL || self->pane->answer->patient != 11)
    g_main_context_iteration (NULL, FALSE);
}

#define PANE_TEST(path, function) \
  g_test_add (path, Fixture, "lstm(8, return_sequences) > gru(5) > dense(1)", fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  static const char *const networks[] = {
    "lstm(3, bidirectional, return_sequences) > attention(additive, units=4) > dense(1)",
    "dense(3, activation=relu) > pooling(mean) > dense(1)",
    "gru_d(4) > dropout(0.2) > dense(1)",
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  PANE_TEST ("/inside-pane/all-patients", test_all_patients);
  PANE_TEST ("/inside-pane/epoch", test_epoch);
  PANE_TEST ("/inside-pane/figures", test_figures);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inside-pane/network/%u", i);
      g_test_add (path, Fixture, networks[i], fixture_set_up, test_figures, fixture_tear_down);
    }
  PANE_TEST ("/inside-pane/choices", test_choices);
  PANE_TEST ("/inside-pane/selection", test_selection);
  PANE_TEST ("/inside-pane/rest", test_rest);
  PANE_TEST ("/inside-pane/steps", test_steps);
  PANE_TEST ("/inside-pane/threshold", test_threshold);
  PANE_TEST ("/inside-pane/late", test_late);
  return g_test_run ();
}
