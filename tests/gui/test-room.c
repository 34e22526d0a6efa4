/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether every page has room in the smallest window that is supported, with usual letters and with half as large ones again,
 * and whether a large window shows its words whole. In the language of the environment.
 */
#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>

#include "app/gui/application.h"
#include "app/gui/window.h"
#include "data/samples.h"
#include "tests/gui/settle.h"

#define PATIENCE_SECONDS 60
#define SOURCE "sample:icu?patients=60"

typedef struct
{
  AnmApplication *application;
  AnmStudy       *study;
  char           *folder;
  AnmWindow      *window;
} Fixture;

static void
set_text_scale (double scale)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * scale), NULL);
}

static char *
describe (GtkWidget *widget)
{
  GString *text = g_string_new (NULL);

  for (; widget != NULL && !GTK_IS_WINDOW (widget); widget = gtk_widget_get_parent (widget))
    {
      g_string_append_printf (text, "%s%s", text->len > 0 ? " < " : "", G_OBJECT_TYPE_NAME (widget));
      if (GTK_IS_LABEL (widget))
        g_string_append_printf (text, " “%s”", gtk_label_get_text (GTK_LABEL (widget)));
    }
  return g_string_free (text, FALSE);
}

/* Widgets that lie beyond their parent's edge, where they are drawn over or not at all, and can't be scrolled to. */
static guint
count_cut_off (GtkWidget *parent,
               gboolean tell)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      if (!gtk_widget_get_mapped (child) || GTK_IS_NATIVE (child))
        continue;
      if (gtk_widget_compute_bounds (child, parent, &bounds) &&
          (bounds.origin.x + bounds.size.width > (float) gtk_widget_get_width (parent) + 1 || bounds.origin.x < -1 ||
           bounds.origin.y + bounds.size.height > (float) gtk_widget_get_height (parent) + 1 || bounds.origin.y < -1))
        {
          g_autofree char *text = describe (child);

          if (tell)
            g_test_message ("from %.0f, %.0f to %.0f, %.0f in a parent of %d, %d: %s", bounds.origin.x, bounds.origin.y,
                            bounds.origin.x + bounds.size.width, bounds.origin.y + bounds.size.height,
                            gtk_widget_get_width (parent), gtk_widget_get_height (parent), text);
          n++;
        }
      /* What scrolls, and where a knob is to stand out. */
      if (!GTK_IS_SCROLLED_WINDOW (child) && !GTK_IS_RANGE (child) && !g_str_equal (G_OBJECT_TYPE_NAME (child), "AdwIndicatorBin"))
        n += count_cut_off (child, tell);
    }
  return n;
}

/* Which widgets make the others wide. */
static void
tell_widest (GtkWidget *widget,
             int least)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int minimum;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      if (minimum >= least && gtk_widget_get_visible (child))
        {
          g_autofree char *text = describe (child);

          g_test_message ("at least %d wide: %s", minimum, text);
          if (!GTK_IS_SCROLLED_WINDOW (child))
            tell_widest (child, least);
        }
    }
}

static guint
count_shortened (GtkWidget *widget,
                 gboolean tell)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (widget) || GTK_IS_NATIVE (widget))
    return 0;
  if (GTK_IS_LABEL (widget) && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
    {
      g_autofree char *text = describe (widget);

      if (tell)
        g_test_message ("shortened: %s", text);
      n = 1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_shortened (child, tell);
  return n;
}

static void
show (Fixture *fixture,
      const char *page)
{
  if (g_str_equal (page, "lens"))
    gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.cell-lens", NULL);
  else if (!g_str_equal (page, "welcome"))
    {
      gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", page);
      if (g_str_equal (page, "inside"))
        gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "inside");
    }
  settle (250);
}

static guint
count_faults (GtkWidget *window,
              int width,
              int height,
              gboolean whole,
              gboolean tell)
{
  guint n = (guint) (gtk_widget_get_width (window) > width) + (guint) (gtk_widget_get_height (window) > height);

  if (n > 0 && tell)
    {
      g_test_message ("the window is %d x %d", gtk_widget_get_width (window), gtk_widget_get_height (window));
      tell_widest (window, width - 20);
    }
  n += count_cut_off (window, tell);
  if (whole)
    n += count_shortened (window, tell);
  return n;
}

/* Pages find their shape over several frames. */
static guint
check_page (Fixture *fixture,
            const char *page,
            int width,
            int height,
            double scale,
            gboolean whole)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  g_test_message ("%s, %d x %d, letters x %g", page, width, height, scale);
  show (fixture, page);
  for (guint i = 0; i < 30; i++)
    {
      if (count_faults (window, width, height, whole, FALSE) == 0)
        return 0;
      settle (100);
    }
  return count_faults (window, width, height, whole, TRUE);
}

static void
open_window (Fixture *fixture,
             int width,
             int height,
             double scale)
{
  set_text_scale (scale);
  fixture->window = anm_window_new (GTK_APPLICATION (fixture->application));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, height);
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle (100);
}

static void
close_window (Fixture *fixture)
{
  anm_view_state_set_study (anm_window_get_view_state (fixture->window), NULL);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle (50);
}

static void
train (Fixture *fixture)
{
  AnmTrainingControl *control = anm_window_get_training_control (fixture->window);
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  anm_training_control_train (control, NULL);
  settle (50);
  while (anm_training_control_get_status (control) == ANM_TRAINING_STATUS_RUNNING && g_get_monotonic_time () < end)
    settle (20);
  g_assert_cmpint (anm_training_control_get_status (control), !=, ANM_TRAINING_STATUS_RUNNING);
}

static void
check_size (Fixture *fixture,
            int width,
            int height,
            double scale,
            gboolean whole)
{
  static const char *const pages[] = { "records", "workbench", "inside", "lens" };
  guint n = 0;

  open_window (fixture, width, height, scale);
  n += check_page (fixture, "welcome", width, height, scale, whole);
  anm_view_state_set_study (anm_window_get_view_state (fixture->window), fixture->study);
  anm_view_state_set_patient (anm_window_get_view_state (fixture->window), 0);
  settle (200);
  if (g_list_model_get_n_items (anm_study_get_runs (fixture->study)) == 0)
    train (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    n += check_page (fixture, pages[i], width, height, scale, whole);
  close_window (fixture);
  if (n > 0)
    g_test_fail_printf ("%u widgets have no room", n);
}

static void
test_small (gconstpointer data)
{
  check_size ((Fixture *) data, 900, 600, 1, FALSE);
}

static void
test_small_with_large_letters (gconstpointer data)
{
  check_size ((Fixture *) data, 900, 600, 1.5, FALSE);
}

static void
test_middling (gconstpointer data)
{
  check_size ((Fixture *) data, 1024, 768, 1, FALSE);
  check_size ((Fixture *) data, 1280, 800, 1, FALSE);
}

static void
test_middling_with_large_letters (gconstpointer data)
{
  check_size ((Fixture *) data, 1024, 768, 1.25, FALSE);
  check_size ((Fixture *) data, 1280, 800, 1.5, FALSE);
}

static void
test_usual (gconstpointer data)
{
  check_size ((Fixture *) data, 1440, 900, 1, TRUE);
}

static void
test_usual_with_large_letters (gconstpointer data)
{
  check_size ((Fixture *) data, 1440, 900, 1.5, FALSE);
}

static void
set_up (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make (SOURCE, &error);
  g_autoptr (GtkCssProvider) frame = gtk_css_provider_new ();
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("room-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, SOURCE);
  hyperparameters = *anm_study_get_hyperparameters (fixture->study);
  hyperparameters.epochs = 3;
  anm_study_set_hyperparameters (fixture->study, &hyperparameters);

  /* GTK draws a frame of its own where no window manager does. */
  gtk_css_provider_load_from_data (frame, "window { margin: 0; padding: 0; border: none; border-radius: 0; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (frame), GTK_STYLE_PROVIDER_PRIORITY_USER);

  fixture->application = anm_application_new ();
  g_application_set_flags (G_APPLICATION (fixture->application), G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_COMMAND_LINE);
  g_assert_true (g_application_register (G_APPLICATION (fixture->application), NULL, &error));
  g_assert_no_error (error);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name", "Cantarell 11", NULL);
}

static void
tear_down (Fixture *fixture)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  g_clear_object (&fixture->study);
  g_clear_object (&fixture->application);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

int
main (int argc, char *argv[])
{
  Fixture fixture = { 0 };
  int status;

  setlocale (LC_ALL, "");
  if (g_getenv ("ANAMNESIS_LOCALE_DIR") != NULL)
    {
      bindtextdomain ("anamnesis", g_getenv ("ANAMNESIS_LOCALE_DIR"));
      bind_textdomain_codeset ("anamnesis", "UTF-8");
      textdomain ("anamnesis");
    }
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  set_up (&fixture);
  g_test_add_data_func ("/room/small", &fixture, test_small);
  g_test_add_data_func ("/room/small-with-large-letters", &fixture, test_small_with_large_letters);
  g_test_add_data_func ("/room/middling", &fixture, test_middling);
  g_test_add_data_func ("/room/middling-with-large-letters", &fixture, test_middling_with_large_letters);
  g_test_add_data_func ("/room/usual", &fixture, test_usual);
  g_test_add_data_func ("/room/usual-with-large-letters", &fixture, test_usual_with_large_letters);
  status = g_test_run ();
  tear_down (&fixture);
  return status;
}
