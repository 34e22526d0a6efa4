/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>

#include "app/gui/batch-size.h"
#include "app/gui/layer-card.h"
#include "app/gui/learning-rate.h"
#include "app/gui/live-reading.h"
#include "app/gui/optimizer-choice.h"
#include "app/gui/workbench-page.h"
#include "data/samples.h"

#define PATIENCE_SECONDS 60

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  gboolean            changed;
} Fixture;

static void
iterate_until (const gboolean *condition)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (!*condition && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (*condition);
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("workbench-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
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
changed_cb (Fixture *fixture)
{
  fixture->changed = TRUE;
}

static void
set_network (Fixture *fixture,
             const char *text)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);

  g_assert_nonnull (spec);
  anm_study_set_network (fixture->study, spec);
}

/* Before any training the initial weights are read; an edit is read anew; what doesn't fit has a reason and a card. */
static void
test_live_reading (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (AnmLiveReading) live = anm_live_reading_new (fixture->control);
  AnmPatientReading *reading;
  const GError *error;
  int at_fault;

  g_signal_connect_swapped (live, "changed", G_CALLBACK (changed_cb), fixture);
  set_network (fixture, "lstm(5, return_sequences) > gru(3) > dense(1)");
  anm_live_reading_hold (live);
  iterate_until (&fixture->changed);

  reading = anm_live_reading_get_reading (live);
  g_assert_nonnull (reading);
  g_assert_cmpint (anm_live_reading_get_origin (live, NULL, NULL), ==, ANM_WEIGHTS_INITIAL);
  g_assert_cmpuint (reading->n_layers, ==, 3);
  g_assert_cmpuint (reading->n_steps, >, 0);
  g_assert_cmpuint (anm_patient_reading_find_trace (reading, 0, "h")->n_units, ==, 5);
  g_assert_nonnull (anm_live_reading_get_order (live, 1));
  g_assert_null (anm_live_reading_get_order (live, 2));
  g_assert_true (isfinite ((double) reading->prediction[reading->n_steps - 1]));

  fixture->changed = FALSE;
  set_network (fixture, "lstm(4) > gru(3) > dense(1)");
  iterate_until (&fixture->changed);
  g_assert_null (anm_live_reading_get_network (live, &error, &at_fault));
  g_assert_nonnull (error);
  g_assert_cmpint (at_fault, ==, 1);
  g_assert_null (anm_live_reading_get_reading (live));
}

static guint
count_widgets (GtkWidget *widget,
               GType type)
{
  guint n = g_type_is_a (G_OBJECT_TYPE (widget), type);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child, type);

  return n;
}

/* A card a layer, after every edit; nothing is left when the page goes. */
static void
test_cards_mirror_the_network (Fixture *fixture,
                               gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (AnmLiveReading) live = anm_live_reading_new (fixture->control);
  GtkWidget *page = anm_workbench_page_new (fixture->state, fixture->control, live);

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 800);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));

  set_network (fixture, "lstm(5, return_sequences) > gru(3) > dense(1)");
  g_assert_cmpuint (count_widgets (page, ANM_TYPE_LAYER_CARD), ==, 3);
  set_network (fixture, "simple_rnn(4) > dense(1)");
  g_assert_cmpuint (count_widgets (page, ANM_TYPE_LAYER_CARD), ==, 2);
  for (guint i = 0; i < 50; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
    }

  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (page);
}

static void
find_cards (GtkWidget *widget,
            GPtrArray *cards)
{
  if (ANM_IS_LAYER_CARD (widget))
    g_ptr_array_add (cards, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    find_cards (child, cards);
}

/* Whatever the kind of layer, its card has a picture with a title, and nothing is said on standard error. */
static void
test_every_layer_has_a_picture (Fixture *fixture,
                                gconstpointer data)
{
  static const char *const networks[] = {
    "simple_rnn(4, bidirectional, return_sequences) > gru(3, bidirectional=sum) > dense(1)",
    "conv1d(5, kernel=3, padding=causal) > layer_norm > dropout(0.2) > gru_d(2)",
    "gru_d(4, return_sequences, frozen) > pooling(max, return_sequences) > pooling(mean) > dense(3) > dense(1)",
    "conv1d(6, kernel=4, padding=valid, strides=3) > lstm(4, layer_norm, return_sequences) > attention(self, units=4, heads=2) > attention(dot, units=4) > dense(1)",
    "lstm(4, return_sequences) > attention(additive, units=3, heads=2) > layer_norm > dense(2, activation=tanh) > dense(1)",
  };
  GtkWidget *window = gtk_window_new ();
  g_autoptr (AnmLiveReading) live = anm_live_reading_new (fixture->control);
  GtkWidget *page = anm_workbench_page_new (fixture->state, fixture->control, live);

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 800);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect_swapped (live, "changed", G_CALLBACK (changed_cb), fixture);

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autoptr (GPtrArray) cards = g_ptr_array_new ();

      fixture->changed = FALSE;
      set_network (fixture, networks[i]);
      iterate_until (&fixture->changed);
      for (guint k = 0; k < 30; k++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (5000);
        }
      find_cards (page, cards);
      for (guint k = 0; k < cards->len; k++)
        {
          AnmCardFrame *frame = anm_layer_card_get_frame (g_ptr_array_index (cards, k));

          g_assert_nonnull (anm_figure_view_get_figure (anm_card_frame_get_view (frame)));
        }
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Another cohort in the same study, as after records were undone: what was looked at may be no patient any more. */
static void
test_fewer_patients (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (AnmLiveReading) live = anm_live_reading_new (fixture->control);
  GtkWidget *window = gtk_window_new ();
  g_autoptr (AnmCohort) one = anm_sample_make ("sample:icu?patients=1", NULL);
  g_autoptr (GtkBitset) chosen = gtk_bitset_new_range (10, 20);

  gtk_window_set_child (GTK_WINDOW (window), anm_workbench_page_new (fixture->state, fixture->control, live));
  gtk_window_set_default_size (GTK_WINDOW (window), 1400, 800);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  anm_view_state_set_patient (fixture->state, 41);
  anm_view_state_select_patients (fixture->state, chosen);

  anm_study_set_cohort (fixture->study, one, "sample:icu?patients=1");
  g_assert_cmpuint (anm_view_state_get_patient (fixture->state), ==, 0);
  g_assert_true (gtk_bitset_is_empty (anm_view_state_get_selected_patients (fixture->state)));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_optimizer_choice (void)
{
  GtkWidget *choice = g_object_ref_sink (anm_optimizer_choice_new ("Optimiser", TRUE));
  AnmHyperparameters given, taken;

  anm_hyperparameters_init (&given, ANM_OPTIMIZER_SGD);
  given.momentum = 0.8;
  given.nesterov = TRUE;
  given.learning_rate = 0.07;
  g_assert_cmpstr (anm_optimizer_get_name (&given), ==, "Nesterov");

  anm_hyperparameters_init (&taken, ANM_OPTIMIZER_ADAM);
  taken.batch_size = 77;
  anm_optimizer_choice_set (ANM_OPTIMIZER_CHOICE (choice), &given);
  anm_optimizer_choice_apply (ANM_OPTIMIZER_CHOICE (choice), &taken);
  g_assert_cmpint (taken.optimizer, ==, ANM_OPTIMIZER_SGD);
  g_assert_cmpfloat (taken.momentum, ==, 0.8);
  g_assert_cmpfloat (taken.learning_rate, ==, 0.07);
  g_assert_true (taken.nesterov);
  g_assert_cmpuint (taken.batch_size, ==, 77);
  g_assert_finalize_object (choice);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_values_are_notified_once (void)
{
  GtkWidget *batch = g_object_ref_sink (anm_batch_size_new ());
  GtkWidget *rate = g_object_ref_sink (anm_learning_rate_new ());
  guint n = 0;

  g_signal_connect_swapped (batch, "notify::value", G_CALLBACK (count_cb), &n);
  g_signal_connect_swapped (rate, "notify::value", G_CALLBACK (count_cb), &n);
  anm_batch_size_set_value (ANM_BATCH_SIZE (batch), 0);
  g_object_set (batch, "value", 48u, NULL);
  g_object_set (batch, "value", 48u, NULL);
  g_assert_cmpuint (anm_batch_size_get_value (ANM_BATCH_SIZE (batch)), ==, 48);
  g_assert_cmpuint (n, ==, 2);
  anm_learning_rate_set_value (ANM_LEARNING_RATE (rate), 0.25);
  anm_learning_rate_set_value (ANM_LEARNING_RATE (rate), 0.25);
  g_assert_cmpfloat (anm_learning_rate_get_value (ANM_LEARNING_RATE (rate)), ==, 0.25);
  g_assert_cmpuint (n, ==, 3);
  g_assert_finalize_object (batch);
  g_assert_finalize_object (rate);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/workbench/optimizer-choice", test_optimizer_choice);
  g_test_add_func ("/workbench/values-are-notified-once", test_values_are_notified_once);
  g_test_add ("/workbench/live-reading", Fixture, NULL, set_up, test_live_reading, tear_down);
  g_test_add ("/workbench/cards-mirror-the-network", Fixture, NULL, set_up, test_cards_mirror_the_network, tear_down);
  g_test_add ("/workbench/fewer-patients", Fixture, NULL, set_up, test_fewer_patients, tear_down);
  g_test_add ("/workbench/every-layer-has-a-picture", Fixture, NULL, set_up, test_every_layer_has_a_picture, tear_down);

  return g_test_run ();
}
