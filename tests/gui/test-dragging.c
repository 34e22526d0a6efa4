/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is dragged with the mouse: a layer's card to another place, a table from another window onto this one. */
#include <adwaita.h>
#include <glib/gstdio.h>

#include "app/gui/application.h"
#include "app/gui/import-sheet.h"
#include "app/gui/layer-card.h"
#include "app/gui/window.h"
#include "data/samples.h"
#include "tests/gui/robot-hand.h"
#include "tests/gui/settle.h"

/* A hand that comes too early, while the window still finds its shape, tries again. */
#define N_TRIES 5
#define PATIENCE_SECONDS 4
#define SOURCE "sample:icu?patients=40"

typedef struct
{
  AnmApplication *application;
  RobotHand      *hand;
  char           *folder;
  AnmWindow      *window;
} Fixture;

static gboolean
play_cb (gpointer data)
{
  robot_hand_play (((Fixture *) data)->hand);
  return G_SOURCE_CONTINUE;
}

static void
find_widgets (GtkWidget *root,
              GType type,
              GPtrArray *found)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type))
        g_ptr_array_add (found, child);
      find_widgets (child, type, found);
    }
}

/* The window's corner is the screen's, where no window manager puts it elsewhere. */
static void
find_place (GtkWidget *widget,
            double x,
            double y,
            int *screen_x,
            int *screen_y)
{
  graphene_point_t point;

  g_assert_true (gtk_widget_compute_point (widget, GTK_WIDGET (gtk_widget_get_root (widget)), &GRAPHENE_POINT_INIT ((float) x, (float) y), &point));
  *screen_x = (int) point.x;
  *screen_y = (int) point.y;
}

static void
open_window (Fixture *fixture)
{
  fixture->window = anm_window_new (GTK_APPLICATION (fixture->application));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1440, 900);
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle (200);
}

static void
close_window (Fixture *fixture)
{
  anm_view_state_set_study (anm_window_get_view_state (fixture->window), NULL);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle (50);
}

/* The grip is the first thing of a card's head. */
static void
find_grip (GtkWidget *card,
           int *x,
           int *y)
{
  g_autoptr (GPtrArray) images = g_ptr_array_new ();

  find_widgets (card, GTK_TYPE_IMAGE, images);
  for (guint i = 0; i < images->len; i++)
    if (g_strcmp0 (gtk_image_get_icon_name (images->pdata[i]), "list-drag-handle-symbolic") == 0)
      {
        find_place (images->pdata[i], gtk_widget_get_width (images->pdata[i]) / 2.0, gtk_widget_get_height (images->pdata[i]) / 2.0, x, y);
        return;
      }
  g_assert_not_reached ();
}

static gboolean
begins_with (AnmStudy *study,
             const char *type)
{
  const AnmNetworkSpec *spec = anm_study_get_network (study);

  return g_str_equal (anm_layer_class_get_type (spec->layers[0]->klass), type);
}

static void
test_card (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autofree char *path = g_build_filename (fixture->folder, "card.anamnesis", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make (SOURCE, &error);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();
  int from_x, from_y, to_x, to_y;
  guint n_layers;

  g_assert_no_error (error);
  study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (study, cohort, SOURCE);
  open_window (fixture);
  anm_view_state_set_study (anm_window_get_view_state (fixture->window), study);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "workbench");
  settle (500);

  g_assert_true (begins_with (study, "lstm"));
  n_layers = anm_study_get_network (study)->n_layers;
  find_widgets (GTK_WIDGET (fixture->window), ANM_TYPE_LAYER_CARD, cards);
  g_assert_cmpuint (cards->len, ==, n_layers);
  for (guint i = 0; i < N_TRIES && begins_with (study, "lstm"); i++)
    {
      const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

      find_grip (cards->pdata[0], &from_x, &from_y);
      find_place (cards->pdata[1], gtk_widget_get_width (cards->pdata[1]) / 2.0, 60, &to_x, &to_y);
      g_test_message ("from %d, %d to %d, %d", from_x, from_y, to_x, to_y);
      robot_hand_drag (fixture->hand, from_x, from_y, to_x, to_y);
      while (begins_with (study, "lstm") && g_get_monotonic_time () < end)
        settle (20);
    }
  g_assert_true (begins_with (study, "gru"));
  g_assert_cmpuint (anm_study_get_network (study)->n_layers, ==, n_layers);

  /* It is an edit like any other. */
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.undo", NULL);
  settle (50);
  g_assert_true (begins_with (study, "lstm"));
  close_window (fixture);
}

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double x,
            double y,
            GFile *file)
{
  GSList list = { file, NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &list);
  return gdk_content_provider_new_for_value (&value);
}

static GtkWindow *
find_sheet (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ANM_IS_IMPORT_SHEET (window))
        return window;
    }
  return NULL;
}

static void
test_table (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  GtkWidget *other = gtk_window_new (), *label = gtk_label_new ("ward.csv");
  GtkDragSource *source = gtk_drag_source_new ();
  g_autofree char *path = g_build_filename (fixture->folder, "ward.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GString) table = g_string_new ("patient,hour,pulse,died\n");

  for (guint i = 0; i < 400; i++)
    g_string_append_printf (table, "p%u,%u,%u,%u\n", i / 10, i % 10, 70 + i * 7 % 23, i / 10 % 2);
  g_assert_true (g_file_set_contents (path, table->str, -1, NULL));

  open_window (fixture);
  /* Over the window's corner. */
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), file);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  gtk_window_set_decorated (GTK_WINDOW (other), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (other), 160, 80);
  gtk_window_set_child (GTK_WINDOW (other), label);
  gtk_window_present (GTK_WINDOW (other));
  settle (200);

  for (guint i = 0; i < N_TRIES && find_sheet () == NULL; i++)
    {
      const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

      robot_hand_drag (fixture->hand, 80, 40, 500, 600);
      while (find_sheet () == NULL && g_get_monotonic_time () < end)
        settle (20);
    }
  g_assert_nonnull (find_sheet ());
  /* The window no longer says that it waits for a file. */
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (fixture->window), "dropping"));

  gtk_window_close (find_sheet ());
  gtk_window_destroy (GTK_WINDOW (other));
  settle (100);
  close_window (fixture);
}

static void
set_up (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkCssProvider) frame = gtk_css_provider_new ();

  fixture->folder = g_dir_make_tmp ("dragging-XXXXXX", NULL);
  gtk_css_provider_load_from_data (frame, "window { margin: 0; padding: 0; border: none; border-radius: 0; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (frame), GTK_STYLE_PROVIDER_PRIORITY_USER);
  fixture->application = anm_application_new ();
  g_application_set_flags (G_APPLICATION (fixture->application), G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_COMMAND_LINE);
  g_assert_true (g_application_register (G_APPLICATION (fixture->application), NULL, &error));
  g_assert_no_error (error);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_timeout_add (80, play_cb, fixture);
}

static void
tear_down (Fixture *fixture)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  g_clear_object (&fixture->application);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
  robot_hand_free (fixture->hand);
}

int
main (int argc, char *argv[])
{
  Fixture fixture = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  fixture.hand = robot_hand_new ();
  if (fixture.hand == NULL)
    {
      g_print ("1..0 # SKIP the X server takes no mouse of a program\n");
      return 0;
    }
  set_up (&fixture);
  g_test_add_data_func ("/dragging/card", &fixture, test_card);
  g_test_add_data_func ("/dragging/table", &fixture, test_table);
  status = g_test_run ();
  tear_down (&fixture);
  return status;
}
