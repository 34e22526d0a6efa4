/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * frames-window FILE [ARGUMENT...]: the window itself with a stopwatch in it, for frames.py. FILE gets a line for
 *
 *   F begin wall cpu      a frame, from before-paint to after-paint of the frame clock
 *   S begin wall cpu      a turn of the main loop that held it for over 4 ms without what was painted in it
 *   T time fraction       each 50 ms while something trains: the share of all its epochs that is done
 *   O time                a study with records is open
 *
 * in microseconds of the monotonic clock and of the main thread's processor time.
 */

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <time.h>

#include "app/gui/application.h"
#include "app/gui/window.h"

static FILE *output;
static gint64 frame_begin, frame_begin_cpu;
static gint64 turn_begin, turn_begin_cpu, turn_painted, turn_painted_cpu;
static AnmWindow *watched;

static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
write_line (char kind,
            gint64 begin,
            gint64 wall,
            gint64 cpu)
{
  fprintf (output, "%c %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", kind, begin, wall, cpu);
}

static void
before_paint_cb (void)
{
  frame_begin = g_get_monotonic_time ();
  frame_begin_cpu = get_cpu_time ();
}

static void
after_paint_cb (void)
{
  gint64 wall = g_get_monotonic_time () - frame_begin, cpu = get_cpu_time () - frame_begin_cpu;

  if (frame_begin == 0)
    return;
  write_line ('F', frame_begin, wall, cpu);
  turn_painted += wall;
  turn_painted_cpu += cpu;
  frame_begin = 0;
}

/* What lies between two polls is a turn of the main loop. */
static int
poll_cb (GPollFD *fds,
         guint n_fds,
         int timeout)
{
  if (turn_begin != 0)
    {
      gint64 wall = g_get_monotonic_time () - turn_begin - turn_painted;
      if (wall > 4000)
        write_line ('S', turn_begin, wall, get_cpu_time () - turn_begin_cpu - turn_painted_cpu);
    }

  int result = g_poll (fds, n_fds, timeout);

  turn_begin = g_get_monotonic_time ();
  turn_begin_cpu = get_cpu_time ();
  turn_painted = turn_painted_cpu = 0;
  return result;
}

static gboolean
sample_cb (gpointer data)
{
  AnmTraining *training = watched != NULL ? anm_view_state_get_training (anm_window_get_view_state (watched)) : NULL;

  if (training != NULL && anm_training_get_state (training) == ANM_TRAINING_RUNNING)
    fprintf (output, "T %" G_GINT64_FORMAT " %.12g\n", g_get_monotonic_time (), anm_training_get_fraction (training));
  fflush (output);
  return G_SOURCE_CONTINUE;
}

static void
study_cb (AnmViewState *state)
{
  if (anm_view_state_get_cohort (state) != NULL)
    fprintf (output, "O %" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
}

/* SIGUSR1 hides the window, SIGUSR2 shows it again. */
static gboolean
hide_cb (gpointer data)
{
  if (watched != NULL)
    gtk_widget_set_visible (GTK_WIDGET (watched), FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
show_cb (gpointer data)
{
  if (watched != NULL)
    gtk_widget_set_visible (GTK_WIDGET (watched), TRUE);
  return G_SOURCE_CONTINUE;
}

static void
realized_cb (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
}

static void
window_added_cb (GtkApplication *application,
                 GtkWindow *window)
{
  if (!ANM_IS_WINDOW (window) || watched != NULL)
    return;
  watched = ANM_WINDOW (window);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &watched);
  g_signal_connect (window, "realize", G_CALLBACK (realized_cb), NULL);
  g_signal_connect (anm_window_get_view_state (watched), "notify::study", G_CALLBACK (study_cb), NULL);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (AnmApplication) application = NULL;

  if (argc < 2 || (output = fopen (argv[1], "w")) == NULL)
    {
      g_printerr ("Usage: frames-window FILE [ARGUMENT…]\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  g_set_application_name ("Anamnesis");
  argv[1] = argv[0];
  application = anm_application_new ();
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
  g_main_context_set_poll_func (NULL, poll_cb);
  g_timeout_add (50, sample_cb, NULL);
  g_unix_signal_add (SIGUSR1, hide_cb, NULL);
  g_unix_signal_add (SIGUSR2, show_cb, NULL);

  int status = g_application_run (G_APPLICATION (application), argc - 1, argv + 1);
  fclose (output);
  return status;
}
