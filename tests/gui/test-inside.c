/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "app/gui/epoch-scale.h"
#include "app/gui/input-choice.h"
#include "app/gui/inside-bar.h"
#include "app/gui/inside-column.h"
#include "app/gui/inside-page.h"
#include "app/gui/similar-panel.h"
#include "app/gui/time-frame.h"
#include "data/samples.h"
#include "widgets/figures/state-column.h"
#include "widgets/views/figure-view.h"

#define PATIENCE_SECONDS 60

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  GtkWidget          *window;
  GtkWidget          *page;
} Fixture;

static void
settle (void)
{
  for (guint i = 0; i < 12; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (10000);
    }
}

/* The first widget of @type beneath @root. */
static GtkWidget *
find (GtkWidget *root,
      GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->folder = g_dir_make_tmp ("inside-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  fixture->state = anm_view_state_new ();
  fixture->control = anm_training_control_new (fixture->state);
  fixture->live = anm_live_reading_new (fixture->control);
  fixture->page = anm_inside_page_new (fixture->state, fixture->control, fixture->live);
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1200, 800);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle ();
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);
  GtkWidget *page = fixture->page;

  anm_view_state_set_study (fixture->state, NULL);
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_null (page);
  g_clear_object (&fixture->live);
  g_clear_object (&fixture->control);
  g_clear_object (&fixture->state);
  g_clear_object (&fixture->study);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static const char *
get_shown_page (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (gtk_widget_get_first_child (fixture->page)));
}

static AnmRun *
train (Fixture *fixture,
       const char *network,
       guint epochs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (network, NULL);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
  anm_study_set_network (fixture->study, spec);
  while (anm_study_get_dataset (fixture->study) == NULL)
    g_main_context_iteration (NULL, TRUE);
  hyperparameters = *anm_study_get_hyperparameters (fixture->study);
  hyperparameters.epochs = epochs;
  training = anm_training_start (fixture->study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_training_wait (training, NULL, NULL, NULL, &error));
  return anm_training_get_run (training, 0); /* the study keeps it */
}

static AnmFigure *
get_figure (Fixture *fixture)
{
  GtkWidget *column = find (fixture->page, ANM_TYPE_INSIDE_COLUMN);

  return anm_figure_view_get_figure (ANM_FIGURE_VIEW (find (column, ANM_TYPE_FIGURE_VIEW)));
}

static void
await_title (Fixture *fixture,
             const char *title)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while ((get_figure (fixture) == NULL || !g_str_equal (anm_figure_get_title (get_figure (fixture)), title)) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (anm_figure_get_title (get_figure (fixture)), ==, title);
}

/* Without records, without a run, and with one. */
static void
test_pages (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_autoptr (AnmNetworkSpec) other = anm_network_spec_parse ("gru(2) > dense(1)", NULL);
  AnmRun *run;

  g_assert_cmpstr (get_shown_page (fixture), ==, "empty");
  anm_view_state_set_study (fixture->state, fixture->study);
  g_assert_cmpstr (get_shown_page (fixture), ==, "empty");
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
  g_assert_cmpstr (get_shown_page (fixture), ==, "untrained");
  run = train (fixture, "lstm(4) > dense(1)", 1);
  anm_view_state_set_run (fixture->state, run);
  g_assert_cmpstr (get_shown_page (fixture), ==, "inside");
  await_title (fixture, "Hidden state h");

  /* The page is about what was trained, whatever is built next. */
  anm_study_set_network (fixture->study, other);
  settle ();
  settle ();
  g_assert_nonnull (strstr (anm_figure_get_caption (get_figure (fixture)), "LSTM, 4 units"));
  g_assert_nonnull (strstr (anm_figure_get_caption (get_figure (fixture)), "best epoch"));
}

/* Each quantity that a layer has, and none that it hasn't. */
static void
test_quantities (Fixture *fixture,
                 gconstpointer data)
{
  AnmRun *run = train (fixture, "lstm(4, return_sequences) > gru(3, bidirectional) > dense(1)", 1);
  AnmInsideBar *bar = ANM_INSIDE_BAR (find (fixture->page, ANM_TYPE_INSIDE_BAR));

  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, run);
  await_title (fixture, "Hidden state h");
  settle ();
  g_assert_false (anm_inside_bar_choose (bar, "z"));
  g_assert_false (anm_inside_bar_choose (bar, "no such"));
  g_assert_true (anm_inside_bar_choose (bar, "c"));
  await_title (fixture, "Cell c");
  g_assert_true (anm_inside_bar_choose (bar, "f"));
  await_title (fixture, "Forget gate f");

  /* What the next layer lacks gives way to its state, and comes back with the layer. */
  anm_view_state_set_layer (fixture->state, 1);
  await_title (fixture, "Hidden state h");
  settle ();
  g_assert_cmpstr (anm_view_state_get_quantity (fixture->state), ==, "f");
  g_assert_true (anm_inside_bar_choose (bar, "z"));
  await_title (fixture, "Update gate, forwards →z");
  anm_view_state_set_unit (fixture->state, 4);
  await_title (fixture, "Update gate, backwards ←z");
  anm_view_state_set_layer (fixture->state, 2);
  await_title (fixture, "Output y");
}

/* Playing goes through every kept epoch and stops at the last. */
static void
test_play (Fixture *fixture,
           gconstpointer data)
{
  AnmRun *run = train (fixture, "gru(3) > dense(1)", 5);
  AnmInsideBar *bar = ANM_INSIDE_BAR (find (fixture->page, ANM_TYPE_INSIDE_BAR));
  GtkWidget *scale = find (find (fixture->page, ANM_TYPE_EPOCH_SCALE), GTK_TYPE_SCALE);
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  guint seen = 0;
  gboolean handled;

  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, run);
  await_title (fixture, "Hidden state h");
  anm_inside_bar_toggle_play (bar);
  while (anm_view_state_get_epoch (fixture->state) != 5 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, TRUE);
      seen |= 1u << MAX (anm_view_state_get_epoch (fixture->state), 0);
    }
  g_assert_cmpuint (seen, ==, 0x3f);

  /* The slider stops at kept epochs only. */
  g_signal_emit_by_name (scale, "change-value", GTK_SCROLL_JUMP, 2.3, &handled);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, 2);
  g_signal_emit_by_name (scale, "change-value", GTK_SCROLL_STEP_FORWARD, 2.4, &handled);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, 3);
  settle ();
  g_assert_nonnull (strstr (anm_figure_get_caption (get_figure (fixture)), "after epoch 3"));
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 3);
}

static gboolean
table_has (AnmFigure *figure,
           const char *word)
{
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  char **header = g_ptr_array_index (table, 0);

  for (guint i = 0; header[i] != NULL; i++)
    if (strstr (header[i], word) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_inputs (Fixture *fixture,
             gconstpointer data)
{
  AnmRun *run = train (fixture, "gru(3) > dense(1)", 1);
  GtkWidget *column = find (fixture->page, ANM_TYPE_INSIDE_COLUMN);
  GtkWidget *choice = find (column, ANM_TYPE_INPUT_CHOICE);
  GtkWidget *list;

  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, run);
  await_title (fixture, "Hidden state h");
  g_assert_true (table_has (get_figure (fixture), "Heart rate"));
  g_assert_false (table_has (get_figure (fixture), "Lactate"));

  gtk_widget_activate_action (column, "column.choose-inputs", NULL);
  list = find (choice, GTK_TYPE_LIST_BOX);
  for (int i = 0; gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i) != NULL; i++)
    {
      GtkWidget *check = gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i));
      const char *label = gtk_check_button_get_label (GTK_CHECK_BUTTON (check));

      g_assert_cmpint (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)), ==, i < 2);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_str_equal (label, "Lactate"));
    }
  gtk_popover_popdown (GTK_POPOVER (choice));
  settle ();
  g_assert_true (table_has (get_figure (fixture), "Lactate"));
  g_assert_false (table_has (get_figure (fixture), "Heart rate"));
}

/* A marked span lists patients; a click opens one and pins the hour. */
static void
test_similar (Fixture *fixture,
              gconstpointer data)
{
  AnmRun *run = train (fixture, "gru(3) > dense(1)", 1);
  GtkWidget *column = find (fixture->page, ANM_TYPE_INSIDE_COLUMN);
  GtkWidget *view = find (column, ANM_TYPE_FIGURE_VIEW);
  GtkWidget *panel, *list;
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;
  GtkListBoxRow *row;
  double low, high;

  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, run);
  await_title (fixture, "Hidden state h");
  panel = find (column, ANM_TYPE_SIMILAR_PANEL);
  g_assert_false (gtk_widget_get_visible (panel));

  anm_figure_view_set_brush (ANM_FIGURE_VIEW (view), 9.5, 15.5);
  g_signal_emit_by_name (view, "brushed", 9.5, 15.5);
  g_assert_true (gtk_widget_get_visible (panel));
  list = find (panel, GTK_TYPE_LIST_BOX);
  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0) == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1);
  g_assert_nonnull (row);

  g_signal_emit_by_name (list, "row-activated", row);
  g_assert_true (anm_view_state_get_cursor_pinned (fixture->state));
  anm_figure_view_get_brush (ANM_FIGURE_VIEW (view), &low, &high);
  g_assert_cmpfloat (high - low, ==, 6);
  g_assert_cmpfloat_with_epsilon (anm_figure_view_get_cursor_x (ANM_FIGURE_VIEW (view)), low + 0.5, 1e-6);

  anm_figure_view_set_brush (ANM_FIGURE_VIEW (view), NAN, NAN);
  g_signal_emit_by_name (view, "brushed", (double) NAN, (double) NAN);
  g_assert_false (gtk_widget_get_visible (panel));
}

static gboolean
has_label (GtkWidget *root,
           const char *text)
{
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_label (GTK_LABEL (root)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (has_label (child, text))
      return TRUE;
  return FALSE;
}

static void
await_label (GtkWidget *root,
             const char *text)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (!has_label (root, text) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  if (!has_label (root, text))
    g_error ("no label says \"%s\"", text);
}

/* Only the units whose rows are marked are compared, and the panel says which. */
static void
test_similar_units (Fixture *fixture,
                    gconstpointer data)
{
  AnmRun *run = train (fixture, "gru(5) > dense(1)", 1);
  GtkWidget *column = find (fixture->page, ANM_TYPE_INSIDE_COLUMN);
  GtkWidget *view = find (column, ANM_TYPE_FIGURE_VIEW);
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (guint)), none = g_array_new (FALSE, FALSE, sizeof (guint));
  const guint marked[] = { 1, 3 };
  AnmFigurePlace place = { .x = NAN, .y = NAN, .index = -1 };
  GtkWidget *panel;

  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, run);
  await_title (fixture, "Hidden state h");
  panel = find (column, ANM_TYPE_SIMILAR_PANEL);
  anm_figure_view_set_brush (ANM_FIGURE_VIEW (view), 9.5, 15.5);
  g_signal_emit_by_name (view, "brushed", 9.5, 15.5);
  await_label (panel, "By all units:");

  g_array_append_vals (units, marked, G_N_ELEMENTS (marked));
  g_signal_emit_by_name (view, "rows-marked", units);
  await_label (panel, "By units 2, 4:");
  g_signal_emit_by_name (view, "rows-marked", none);
  await_label (panel, "By all units:");

  /* The last branch is the root: all units; the first one joins two. */
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (view));
  for (place.series = 5; place.series < 60; place.series++)
    {
      g_autoptr (GArray) branch = anm_state_column_get_branch (figure, place.series);

      if (branch == NULL)
        continue;
      g_assert_cmpuint (branch->len, ==, 2);
      break;
    }
  g_signal_emit_by_name (view, "clicked", &place, 1);
  await_label (panel, "2 marked units");
  g_signal_emit_by_name (view, "clicked", &place, 1);
  await_label (panel, "By all units:");
}

/* What one figure over the patient's time shows and marks, all do, until another patient is chosen. */
static void
test_time_frame (void)
{
  g_autoptr (AnmViewState) state = anm_view_state_new ();
  AnmFigureView *steps = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  AnmFigureView *time = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  AnmFigureFrame frame = ANM_FIGURE_FRAME_ALL;
  double low, high;

  anm_view_state_set_time_step (state, 2);
  anm_time_frame_attach (steps, state, TRUE);
  anm_time_frame_attach (time, state, FALSE);
  frame.x_low = 11;
  frame.x_high = 21;
  frame.y_low = 3;
  frame.y_high = 7;
  anm_figure_view_set_frame (steps, &frame);
  anm_figure_view_get_frame (time, &frame);
  g_assert_cmpfloat (frame.x_low, ==, 10);
  g_assert_cmpfloat (frame.x_high, ==, 20);
  g_assert_true (isnan (frame.y_low));
  anm_figure_view_set_brush (time, 12, 14);
  anm_figure_view_get_brush (steps, &low, &high);
  g_assert_cmpfloat (low, ==, 13);
  g_assert_cmpfloat (high, ==, 15);

  anm_view_state_set_patient (state, 3);
  anm_figure_view_get_frame (steps, &frame);
  g_assert_true (isnan (frame.x_low) && isnan (frame.x_high));
  g_assert_cmpfloat (frame.y_low, ==, 3);
  anm_figure_view_get_brush (time, &low, &high);
  g_assert_true (isnan (low) && isnan (high));

  anm_time_frame_detach (time);
  anm_figure_view_set_brush (steps, 1, 2);
  anm_figure_view_get_brush (time, &low, &high);
  g_assert_true (isnan (low));
  g_assert_finalize_object (steps);
  g_assert_finalize_object (time);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add ("/inside/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/inside/quantities", Fixture, NULL, set_up, test_quantities, tear_down);
  g_test_add ("/inside/play", Fixture, NULL, set_up, test_play, tear_down);
  g_test_add ("/inside/inputs", Fixture, NULL, set_up, test_inputs, tear_down);
  g_test_add ("/inside/similar", Fixture, NULL, set_up, test_similar, tear_down);
  g_test_add ("/inside/similar-units", Fixture, NULL, set_up, test_similar_units, tear_down);
  g_test_add_func ("/inside/time-frame", test_time_frame);

  return g_test_run ();
}
