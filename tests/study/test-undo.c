/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app/study/edit-label.h"
#include "app/study/study-error.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"

static void
set_network (AnmStudy *study,
             const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);

  g_assert_no_error (error);
  anm_study_set_network (study, spec);
}

static void
set_learning_rate (AnmStudy *study,
                   double rate)
{
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (study);

  hyperparameters.learning_rate = rate;
  anm_study_set_hyperparameters (study, &hyperparameters);
}

static void
assert_study (AnmStudy *study,
              const char *network,
              double rate,
              const char *undo,
              const char *redo)
{
  g_autofree char *text = anm_study_dup_network_text (study);

  g_assert_cmpstr (text, ==, network);
  g_assert_cmpfloat (anm_study_get_hyperparameters (study)->learning_rate, ==, rate);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, undo);
  g_assert_cmpstr (anm_study_get_redo_label (study), ==, redo);
}

static void
undo (AnmStudy *study)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_study_undo (study, &error));
  g_assert_no_error (error);
}

static void
redo (AnmStudy *study)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_study_redo (study, &error));
  g_assert_no_error (error);
}

static AnmStudy *
reopen (Fixture *fixture,
        AnmStudy *study)
{
  g_assert_true (anm_study_flush (study, NULL));
  g_object_unref (study);
  return fixture_open (fixture);
}

/* Every edit back and forth, with and without closing the study in between. */
static void
test_edits (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_fill (fixture, SOURCE, "lstm(32) > dense(1)");
  const gboolean close = GPOINTER_TO_INT (data);

  set_network (study, "lstm(64) > dense(1)");
  set_learning_rate (study, 0.01);
  assert_study (study, "lstm(64) > dense(1)", 0.01, "learning rate 0.001 to 0.01", NULL);
  if (close)
    study = reopen (fixture, study);
  undo (study);
  assert_study (study, "lstm(64) > dense(1)", 0.001, "units 32 to 64", "learning rate 0.001 to 0.01");
  undo (study);
  if (close)
    study = reopen (fixture, study);
  g_assert_cmpstr (anm_study_get_redo_label (study), ==, "units 32 to 64");
  redo (study);
  redo (study);
  assert_study (study, "lstm(64) > dense(1)", 0.01, "learning rate 0.001 to 0.01", NULL);
  g_assert_false (anm_study_redo (study, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_NOT_READY);

  /* Another edit after undoing: what was undone isn't redone any more. */
  undo (study);
  set_network (study, "gru(64) > dense(1)");
  assert_study (study, "gru(64) > dense(1)", 0.001, "lstm(64) to gru(64)", NULL);
  if (close)
    study = reopen (fixture, study);
  undo (study);
  assert_study (study, "lstm(64) > dense(1)", 0.001, "units 32 to 64", "lstm(64) to gru(64)");

  /* To the very beginning and back. */
  while (anm_study_get_undo_label (study) != NULL)
    undo (study);
  g_assert_null (anm_study_get_cohort (study));
  g_assert_null (anm_study_get_dataset (study));
  if (close)
    study = reopen (fixture, study);
  while (anm_study_get_redo_label (study) != NULL)
    redo (study);
  assert_study (study, "gru(64) > dense(1)", 0.001, "lstm(64) to gru(64)", NULL);
  g_assert_cmpuint (anm_study_get_cohort (study)->n_patients, ==, 60);
  g_object_unref (study);
}

/* A slider that is drawn, a button that is held: one step back to where it began; another control, another step. */
static void
test_gestures (Fixture *fixture,
               gconstpointer data)
{
  AnmStudy *study = fixture_fill (fixture, SOURCE, "lstm(32) > dropout(0.1) > dense(1)");

  for (guint i = 1; i <= 20; i++)
    set_learning_rate (study, 0.001 * (1 + i));
  assert_study (study, "lstm(32) > dropout(0.1) > dense(1)", 0.021, "learning rate 0.001 to 0.021", NULL);
  set_network (study, "lstm(33) > dropout(0.1) > dense(1)");
  set_network (study, "lstm(40) > dropout(0.1) > dense(1)");
  set_network (study, "lstm(40) > dropout(0.2) > dense(1)");
  set_network (study, "lstm(40) > dropout(0.4) > dense(1)");
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "rate 0.1 to 0.4");
  study = reopen (fixture, study);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "rate 0.1 to 0.4");
  undo (study);
  assert_study (study, "lstm(40) > dropout(0.1) > dense(1)", 0.021, "units 32 to 40", "rate 0.1 to 0.4");
  undo (study);
  undo (study);
  assert_study (study, "lstm(32) > dropout(0.1) > dense(1)", 0.001, "network", "learning rate 0.001 to 0.021");
  redo (study);

  /* What was undone and redone isn't gone on with; nor is what rested, nor a word. */
  set_learning_rate (study, 0.03);
  assert_study (study, "lstm(32) > dropout(0.1) > dense(1)", 0.03, "learning rate 0.021 to 0.03", NULL);
  g_usleep (G_USEC_PER_SEC + 100000);
  set_learning_rate (study, 0.04);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "learning rate 0.03 to 0.04");
  anm_study_end_gesture (study);
  set_learning_rate (study, 0.05);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "learning rate 0.04 to 0.05");
  set_network (study, "lstm(32, return_sequences) > dropout(0.1) > gru(3) > dense(1)");
  set_network (study, "lstm(32, return_sequences) > dropout(0.1) > gru(3, reset_after=false) > dense(1)");
  set_network (study, "lstm(32, return_sequences) > dropout(0.1) > gru(3) > dense(1)");
  undo (study);
  assert_study (study, "lstm(32, return_sequences) > dropout(0.1) > gru(3, reset_after=false) > dense(1)", 0.05,
                "gru(3) to gru(3, reset_after=false)", "gru(3, reset_after=false) to gru(3)");
  g_object_unref (study);
}

static void
test_recipe (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "lstm(3) > dense(1)");
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  g_autoptr (AnmDataset) before = anm_dataset_ref (anm_study_prepare (study, NULL));
  AnmDataset *after;

  recipe->window = 3;
  anm_study_set_recipe (study, recipe);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "window 0 to 3");
  after = anm_study_prepare (study, NULL);
  g_assert_cmpuint (after->parts[0]->offsets[10], <, before->parts[0]->offsets[10]);
  undo (study);
  after = anm_study_prepare (study, NULL);
  g_assert_cmpuint (after->parts[0]->offsets[10], ==, before->parts[0]->offsets[10]);
}

static void
assert_runs (AnmStudy *study,
             guint first,
             guint second,
             guint third)
{
  const guint ids[] = { first, second, third };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (ids[i] > 0)
      {
        g_autoptr (AnmRun) run = g_list_model_get_item (anm_study_get_runs (study), n++);

        g_assert_nonnull (run);
        g_assert_cmpuint (anm_run_get_id (run), ==, ids[i]);
      }
  g_assert_cmpuint (g_list_model_get_n_items (anm_study_get_runs (study)), ==, n);
}

/* Deleted runs come back where they were, with all that they had. */
static void
test_deletion (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmStudy *study = fixture_fill (fixture, SOURCE, "simple_rnn(3) > dense(1)");
  AnmHyperparameters hyperparameters;
  AnmRun *runs[3];

  fixture_init_hyperparameters (&hyperparameters, 1);
  for (guint i = 0; i < 3; i++)
    runs[i] = fixture_train (study, &hyperparameters);
  g_assert_true (anm_study_set_runs_deleted (study, &runs[1], 1, TRUE, &error));
  assert_runs (study, 1, 3, 0);
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "delete run 2");
  study = reopen (fixture, study);
  assert_runs (study, 1, 3, 0);
  g_assert_true (anm_run_get_deleted (anm_study_find_run (study, 2)));
  undo (study);
  assert_runs (study, 1, 2, 3);
  redo (study);
  assert_runs (study, 1, 3, 0);
  undo (study);
  study = reopen (fixture, study);
  assert_runs (study, 1, 2, 3);
  g_assert_cmpuint (anm_run_get_n_epochs (anm_study_find_run (study, 2)), ==, 2);
  for (guint i = 0; i < 3; i++)
    runs[i] = anm_study_find_run (study, i + 1);
  g_assert_true (anm_study_set_runs_deleted (study, runs, 3, TRUE, &error));
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "delete 3 runs");
  assert_runs (study, 0, 0, 0);
  g_assert_true (anm_study_set_runs_deleted (study, &runs[2], 1, FALSE, &error));
  g_assert_cmpstr (anm_study_get_undo_label (study), ==, "bring run 3 back");
  assert_runs (study, 3, 0, 0);
  undo (study);
  undo (study);
  assert_runs (study, 1, 2, 3);
  g_object_unref (study);
}

static void
count_notification (GObject *object,
                    GParamSpec *pspec,
                    gpointer data)
{
  ++*(guint *) data;
}

static void
test_notifies (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "lstm(3) > dense(1)");
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy (anm_study_get_recipe (study));
  guint n_labels = 0, n_networks = 0, n_recipes = 0;
  g_autofree char *label = NULL;
  gboolean can_redo;

  g_signal_connect (study, "notify::undo-label", G_CALLBACK (count_notification), &n_labels);
  g_signal_connect (study, "notify::network-text", G_CALLBACK (count_notification), &n_networks);
  set_network (study, "lstm(3) > dense(2) > dense(1)");
  undo (study);
  g_assert_cmpuint (n_labels, ==, 2);
  g_assert_cmpuint (n_networks, ==, 2);
  g_object_get (study, "can-redo", &can_redo, "redo-label", &label, NULL);
  g_assert_true (can_redo);
  g_assert_cmpstr (label, ==, "add dense(2)");

  g_signal_connect (study, "notify::recipe", G_CALLBACK (count_notification), &n_recipes);
  recipe->window = 3;
  anm_study_set_recipe (study, recipe);
  undo (study);
  g_assert_cmpuint (n_recipes, ==, 2);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

/* A thousand edits are undone within a frame each. */
static void
test_fast (Fixture *fixture,
           gconstpointer data)
{
  const guint n = 1000;
  AnmStudy *study = fixture_fill (fixture, SOURCE, "lstm(3) > dense(1)");
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 began, time, longest = 0;

  for (guint i = 0; i < n; i++)
    {
      set_learning_rate (study, 0.001 * (i + 2));
      anm_study_end_gesture (study);
    }
  study = reopen (fixture, study);
  for (guint i = 0; i < n; i++)
    {
      began = g_get_monotonic_time ();
      undo (study);
      time = g_get_monotonic_time () - began;
      longest = MAX (longest, time);
      g_array_append_val (times, time);
    }
  g_array_sort (times, compare_times);
  g_test_message ("undo: median %.2f ms, of a hundred the slowest but one %.2f ms, longest %.1f ms",
                  (double) g_array_index (times, gint64, n / 2) / 1000, (double) g_array_index (times, gint64, n - n / 100) / 1000, (double) longest / 1000);
  g_assert_cmpfloat (anm_study_get_hyperparameters (study)->learning_rate, ==, 0.001);
  g_object_unref (study);
}

static void
test_labels (void)
{
  static const struct
  {
    const char *before, *after, *label;
  } cases[] = {
    { "lstm(32) > dense(1)", "lstm(64) > dense(1)", "units 32 to 64" },
    { "lstm(32, return_sequences) > gru(4) > dense(1)", "lstm(64, return_sequences) > gru(4) > dense(1)", "units 32 to 64" },
    { "lstm(32) > dense(1)", "lstm(32, bidirectional) > dense(1)", "lstm(32) to lstm(32, bidirectional)" },
    { "dropout(0.3) > lstm(32) > dense(1)", "dropout(0.5) > lstm(32) > dense(1)", "rate 0.3 to 0.5" },
    { "lstm(32) > dense(1)", "lstm(32) > dense(1) > dense(1)", "add dense(1)" },
    { "lstm(32) > dense(1)", "dense(1)", "remove lstm(32)" },
    { "lstm(32) > dense(1)", "gru(2) > dense(2)", "network" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *label = anm_edit_label_of_network (cases[i].before, cases[i].after);

      g_assert_cmpstr (label, ==, cases[i].label);
    }
}

#define ADD(name, function, data) g_test_add ("/study/undo/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("edits", test_edits, GINT_TO_POINTER (FALSE));
  ADD ("edits-of-other-sessions", test_edits, GINT_TO_POINTER (TRUE));
  ADD ("recipe", test_recipe, NULL);
  ADD ("gestures", test_gestures, NULL);
  ADD ("deletion", test_deletion, NULL);
  ADD ("notifies", test_notifies, NULL);
  ADD ("fast", test_fast, NULL);
  g_test_add_func ("/study/undo/labels", test_labels);
  return g_test_run ();
}
