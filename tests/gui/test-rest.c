/* SPDX-License-Identifier: GPL-3.0-or-later */

/* While nothing changes nothing is painted: GTK turns over 60 frames a second for whoever forgets to end an animation. */

#include "app/gui/application.h"
#include "app/gui/window-private.h"
#include "tests/gui/settle.h"

#define MOST_FRAMES 12 /* in half a second */

static void
count_cb (GdkFrameClock *clock,
          guint *n_frames)
{
  (*n_frames)++;
}

static void
assert_rests (AnmWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  guint n_frames = 0;
  gulong handler;

  settle (700);
  handler = g_signal_connect (clock, "before-paint", G_CALLBACK (count_cb), &n_frames);
  settle (500);
  g_signal_handler_disconnect (clock, handler);
  g_assert_cmpuint (n_frames, <=, MOST_FRAMES);
}

static AnmWindow *
open_window (void)
{
  static AnmApplication *application;
  g_autoptr (GError) error = NULL;
  AnmWindow *window;

  /* One for all cases: a bus knows a program once. */
  if (application == NULL)
    {
      application = anm_application_new ();
      g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_COMMAND_LINE);
      g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
      g_assert_no_error (error);
    }
  window = anm_window_new (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
test_after_slow_reading (void)
{
  AnmWindow *window = open_window ();
  g_autoptr (GCancellable) reading = NULL;

  assert_rests (window);

  reading = g_object_ref (_anm_window_begin_reading (window, "records"));
  settle (900);
  _anm_window_show_reading (-1, NULL, window);
  _anm_window_end_reading (window, reading);
  assert_rests (window);

  gtk_window_destroy (GTK_WINDOW (window));
}

/* After some epochs, on each page. */
static void
test_pages (void)
{
  static const char *const pages[] = { "records", "workbench", "inside" };
  AnmWindow *window = open_window ();
  AnmTrainingControl *control = anm_window_get_training_control (window);
  g_autoptr (GError) error = NULL;

  anm_window_open (window, (const char *const[]){ "sample:icu?patients=60", NULL });
  while (anm_training_control_get_status (control) != ANM_TRAINING_STATUS_READY)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_test_message ("%s", pages[i]);
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.page", "s", pages[i]));
      g_assert_true (anm_training_control_train (control, &error));
      g_assert_no_error (error);
      settle (300);
      anm_training_control_stop (control);
      while (anm_training_control_get_status (control) != ANM_TRAINING_STATUS_READY)
        g_main_context_iteration (NULL, TRUE);
      settle (1500);
      assert_rests (window);
    }

  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/rest/after-slow-reading", test_after_slow_reading);
  g_test_add_func ("/rest/pages", test_pages);
  return g_test_run ();
}
