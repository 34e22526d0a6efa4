/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A robot that uses the window as a restless person would, while a network trains: it presses, drags, scrolls and types
 * where something is to be pressed, dragged, scrolled or typed into, and calls the window's actions. The program ends with
 * an error at the first warning of any library, when the main loop stands still for too long, or when it crashes; with
 * sanitizers also for memory that is used wrongly or never freed.
 *
 *     robot [--seed N] [--actions N] [--log FILE] [--only NAME,NAME...] [--replay FILE] [--by-updates] [--synchronous] [--profile N]
 *
 * Every action is a line of the log before it is done; --replay does those of a log again. The X server's own test
 * extension plays mouse and keyboard, so the window can't tell the robot from a hand.
 *
 * Training goes on by the clock, so a replay meets other epochs. With --by-updates, for a log and its replay, it goes on by one
 * minibatch before each action. What stays as it falls is when the workers' answers come (figures, readings, runs that are
 * written), and how far animations and tooltips are.
 */
#include <execinfo.h>
#include <glib/gstdio.h>
#include <dlfcn.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gdk/x11/gdkx.h>

#include "app/gui/application.h"
#include "robot-actions.h"

/* Longest that the main loop may work on one thing, counted in its thread's own time so that a busy machine does no harm; and
 * longest that it may wait for something. Sanitizers take their time. */
#ifdef __SANITIZE_ADDRESS__
#define FROZEN_SECONDS 10.0
#else
#define FROZEN_SECONDS 2.0
#endif
#define WAITING_SECONDS 30.0
#define HEARTBEAT_MS 50
/* Between two movements of the hand, as long as the main loop needs but no longer. */
#define PAUSE_MS 12
#define MAX_FRAMES 60
/* Actions without a network that trains, or without records, after which the robot sees to it. */
#define IDLE_ACTIONS 4
#define MEMORY_EVERY 100

typedef struct
{
  AdwApplication *application;
  RobotUser       user;
  guint           n_actions;
  guint           n_done;
  FILE           *log;
  char          **replay;      /* lines, NULL: at random */
  gboolean        by_updates;
  gboolean        synchronous;
  gint64          profile_every;
  gboolean        stepped;     /* before the next action */
  guint           n_idle;
  guint           n_training;  /* actions done meanwhile */
  gint64          beat;        /* time of the last heartbeat, and what the thread had worked by then */
  double          worked;
  double          longest;     /* seconds between two, and of work */
  double          hardest;
  gboolean        ending;
} Robot;

static double
get_work (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec + (double) spent.tv_nsec * 1e-9;
}

/* Whoever stops the program for a while must not be taken for a frozen window. */
static volatile sig_atomic_t was_stopped;

static void
continued_cb (int signal_number)
{
  was_stopped = TRUE;
}

static gboolean
beat_cb (gpointer data)
{
  Robot *self = data;
  const gint64 now = g_get_monotonic_time ();
  const double work = get_work ();

  if (!was_stopped)
    self->longest = MAX (self->longest, (double) (now - self->beat) / G_USEC_PER_SEC);
  was_stopped = FALSE;
  self->hardest = MAX (self->hardest, work - self->worked);
  self->beat = now;
  self->worked = work;
  if (self->hardest > FROZEN_SECONDS || self->longest > WAITING_SECONDS)
    g_error ("the window stood still for %.1f s, working for %.1f s, before action %u", self->longest, self->hardest, self->n_done);
  return G_SOURCE_CONTINUE;
}

/* GTK names a widget by its address; here are those that it stands in. */
static void
print_widget (const char *message)
{
  const char *address = strstr (message, " 0x");
  GtkWidget *widget = address != NULL && strstr (message, "widget") != NULL ? GSIZE_TO_POINTER (strtoull (address, NULL, 16)) : NULL;

  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    fprintf (stderr, "  in %s %s, %d x %d\n", G_OBJECT_TYPE_NAME (widget), gtk_widget_get_name (widget), gtk_widget_get_width (widget),
             gtk_widget_get_height (widget));
}

static void
print_stack (void)
{
  void *frames[MAX_FRAMES];

  fflush (stderr);
  backtrace_symbols_fd (frames, backtrace (frames, MAX_FRAMES), STDERR_FILENO);
}

#ifndef __SANITIZE_ADDRESS__
static void
crashed_cb (int signal_number)
{
  static const char words[] = "crashed\n";

  if (write (STDERR_FILENO, words, strlen (words)) > 0)
    print_stack ();
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}
#endif

/* What says nothing of the window: GtkText of its own cursor's blinking (GTK 4.8), GIO where no desktop shows notifications,
 * GDK of a menu's monitor where no window manager tells it where the window is, and GtkPopover that looks for its default
 * button from the window's focus without asking whether there is one (GTK 4.8, Return in a menu). */
static const char *const not_ours[] = {
  "GtkText - ", "unable to send notifications", "gdk_monitor_get_geometry: ", "gtk_widget_is_ancestor: assertion 'GTK_IS_WIDGET (widget)'",
};

static gboolean
is_ours (const char *message)
{
  for (guint i = 0; i < G_N_ELEMENTS (not_ours); i++)
    if (g_str_has_prefix (message, not_ours[i]))
      return FALSE;
  return TRUE;
}

/* Any other warning ends the program. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && !is_ours (fields[i].value))
      return G_LOG_WRITER_HANDLED;
  if (!(level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)))
    g_log_writer_standard_streams (level, fields, n_fields, NULL);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    {
      fprintf (stderr, "after action %u\n", ((Robot *) data)->n_done);
      for (gsize i = 0; i < n_fields; i++)
        if (g_str_equal (fields[i].key, "MESSAGE"))
          print_widget (fields[i].value);
      print_stack ();
      G_BREAKPOINT ();
    }
  return G_LOG_WRITER_HANDLED;
}

static gboolean
quit_cb (gpointer data)
{
  g_application_quit (G_APPLICATION (((Robot *) data)->application));
  return G_SOURCE_REMOVE;
}

/* Dialogs first, as a person would have to. */
static void
close_all (Robot *self)
{
  g_autoptr (GListModel) toplevels = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = g_list_model_get_n_items (toplevels); i-- > 0;)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      gtk_window_close (window);
    }
  g_timeout_add_seconds (1, quit_cb, self);
}

/* Training */

static AnmTrainingStatus
get_status (Robot *self)
{
  return anm_training_control_get_status (anm_window_get_training_control (self->user.window));
}

/* FALSE while the step before the next action isn't done. */
static gboolean
step_training (Robot *self)
{
  AnmTrainingControl *control = anm_window_get_training_control (self->user.window);
  const AnmTrainingStatus status = get_status (self);

  if (status == ANM_TRAINING_STATUS_RUNNING)
    {
      if (!self->stepped)
        anm_training_control_pause (control);
      return FALSE;
    }
  if (self->stepped || status == ANM_TRAINING_STATUS_UNREADY)
    {
      self->stepped = FALSE;
      return TRUE;
    }
  self->stepped = TRUE;
  return !anm_training_control_step (control, ANM_TRAINING_STEP_UPDATE, NULL);
}

/* What keeps a network training and records open, NULL: nothing is to be done. */
static char *
keep_training (Robot *self)
{
  const AnmTrainingStatus status = get_status (self);

  if (status == ANM_TRAINING_STATUS_RUNNING || (self->by_updates && status != ANM_TRAINING_STATUS_UNREADY))
    {
      self->n_training++;
      self->n_idle = 0;
      return NULL;
    }
  if (++self->n_idle < IDLE_ACTIONS)
    return NULL;
  self->n_idle = 0;
  return g_strdup (status == ANM_TRAINING_STATUS_UNREADY ? "open sample:icu?patients=150" : "train");
}

/* Acting */

static void
print_memory (Robot *self)
{
  g_autofree char *text = NULL;
  const struct mallinfo2 used = mallinfo2 ();
  AnmStudy *study = anm_view_state_get_study (anm_window_get_view_state (self->user.window));
  unsigned long total, resident = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%lu %lu", &total, &resident);
  g_print ("# %u actions, %.0f MB, %.1f MB of it in use, %u runs in the study, %.0f s\n", self->n_done,
           (double) resident * (double) sysconf (_SC_PAGESIZE) / 1e6, (double) (used.uordblks + used.hblkhd) / 1e6,
           study != NULL ? g_list_model_get_n_items (anm_study_get_runs (study)) : 0, (double) clock () / CLOCKS_PER_SEC);
}

/* What is in use now, by who asked for it: the address sanitizer knows. */
static void
print_profile (Robot *self)
{
  void (*print) (gsize top_percent, gsize max_contexts) = dlsym (RTLD_DEFAULT, "__sanitizer_print_memory_profile");

  if (print != NULL)
    print (80, 40);
}

static gboolean
step_cb (gpointer data)
{
  Robot *self = data;
  g_autofree char *line = NULL;

  if (self->user.window != NULL && robot_hand_play (self->user.hand))
    return G_SOURCE_CONTINUE;
  if (self->user.window == NULL || self->n_done >= self->n_actions || (self->replay != NULL && self->replay[self->n_done] == NULL))
    {
      if (self->user.window == NULL && self->n_done < self->n_actions)
        g_error ("the window was closed by action %u", self->n_done);
      self->ending = TRUE;
      g_print ("# %u actions, %u of them while a network trained; the main loop stood still for %.0f ms at most, and worked on one thing for %.0f ms\n",
               self->n_done, self->n_training, self->longest * 1000, self->hardest * 1000);
      close_all (self);
      return G_SOURCE_REMOVE;
    }
  if (self->by_updates && !step_training (self))
    return G_SOURCE_CONTINUE;

  line = keep_training (self);
  if (self->replay != NULL)
    {
      g_free (line);
      line = g_strdup (self->replay[self->n_done]);
    }
  else if (line == NULL)
    line = robot_user_pick (&self->user);
  self->n_done++;
  if (self->log != NULL)
    {
      fprintf (self->log, "%s\n", line);
      fflush (self->log);
    }
  robot_user_act (&self->user, line);
  if (self->n_done % MEMORY_EVERY == 0 && self->user.window != NULL)
    print_memory (self);
  if (self->profile_every > 0 && self->n_done % self->profile_every == 0)
    print_profile (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
begin_cb (gpointer data)
{
  Robot *self = data;

  self->beat = g_get_monotonic_time ();
  self->worked = get_work ();
  g_timeout_add_full (G_PRIORITY_HIGH, HEARTBEAT_MS, beat_cb, self, NULL);
  g_timeout_add_full (G_PRIORITY_LOW, PAUSE_MS, step_cb, self, NULL);
  return G_SOURCE_REMOVE;
}

/* With each request of GTK's an error of the X server comes where it was caused. */
static void
synchronize (void)
{
  int (*set_synchronous) (void *display, int is_synchronous) = dlsym (RTLD_DEFAULT, "XSynchronize");

  if (set_synchronous != NULL)
    set_synchronous (gdk_x11_display_get_xdisplay (gdk_display_get_default ()), TRUE);
}

static void
window_added_cb (Robot *self, GtkWindow *window)
{
  /* Help, preferences and their like belong to the application as well. */
  if (self->user.window != NULL || self->beat != 0 || !ANM_IS_WINDOW (window))
    return;
  g_set_weak_pointer (&self->user.window, ANM_WINDOW (window));
  self->beat = 1;
  if (self->synchronous)
    synchronize ();
  /* The records are read and the first page is drawn. */
  g_timeout_add_seconds (2, begin_cb, self);
}

/* Records that no reader knows: what their columns mean has to be said. */
static void
write_records (void)
{
  g_autoptr (GString) text = g_string_new ("who,when,pulse,word,died\n");

  for (guint i = 0; i < 400; i++)
    g_string_append_printf (text, "p%u,%u,%u,%s,%u\n", i / 10, i % 10, 60 + (i * 7) % 50, i % 3 == 0 ? "up" : "down", i / 10 % 3 == 0);
  g_file_set_contents ("records.csv", text->str, -1, NULL);
}

static gboolean
read_options (Robot *self, int argc, char **argv)
{
  gint64 seed = 1, n_actions = 500;
  g_autofree char *log = NULL, *replay = NULL, *only = NULL;
  gboolean tap = FALSE;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "what the actions are drawn from", "N" },
    { "actions", 0, 0, G_OPTION_ARG_INT64, &n_actions, "how many", "N" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &log, "write them here", "FILE" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &only, "these alone, named by their first words; also double-click, right-click", "NAMES" },
    { "replay", 0, 0, G_OPTION_ARG_FILENAME, &replay, "do these again", "FILE" },
    { "by-updates", 0, 0, G_OPTION_ARG_NONE, &self->by_updates, "train by one minibatch before each action", NULL },
    { "profile", 0, 0, G_OPTION_ARG_INT64, &self->profile_every, "with the address sanitizer, print what memory is in use after every N actions", "N" },
    { "synchronous", 0, 0, G_OPTION_ARG_NONE, &self->synchronous, "wait for the X server after each request", NULL },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &tap, "as a test", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (replay != NULL && !g_file_get_contents (replay, &text, NULL, &error)))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  self->user.random = g_rand_new_with_seed ((guint32) seed);
  self->n_actions = (guint) n_actions;
  if (only != NULL)
    self->user.only = (const char *const *) g_strsplit (only, ",", -1);
  if (text != NULL)
    self->replay = g_strsplit (g_strchomp (text), "\n", -1);
  if (log != NULL)
    self->log = g_fopen (log, "w");
  g_print ("# seed %" G_GINT64_FORMAT "\n", seed);
  return TRUE;
}

static void
style_cb (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  /* GTK draws a frame of its own where no window manager does; without it the window's corner is the screen's. */
  gtk_css_provider_load_from_data (provider, "window { margin: 0; padding: 0; border: none; border-radius: 0; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_USER);
}

int
main (int argc, char **argv)
{
  char *arguments[] = { argv[0], (char *) "sample:icu?patients=150", NULL };
  Robot self = { 0 };
  int status;

  signal (SIGCONT, continued_cb);
#ifndef __SANITIZE_ADDRESS__
  signal (SIGSEGV, crashed_cb);
  signal (SIGABRT, crashed_cb);
#endif
  self.user.hand = robot_hand_new ();
  if (self.user.hand == NULL)
    {
      g_print ("1..0 # SKIP the X server's test extension isn't there\n");
      return 0;
    }
  if (!read_options (&self, argc, argv))
    return 2;
  /* What it saves stays in the home that it was given. */
  if (g_chdir (g_get_home_dir ()) == 0)
    write_records ();
  /* Which warnings end the program is decided above, whatever G_DEBUG says. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (write_log, &self, NULL);
  self.application = ADW_APPLICATION (anm_application_new ());
  g_signal_connect (self.application, "startup", G_CALLBACK (style_cb), NULL);
  g_signal_connect_swapped (self.application, "window-added", G_CALLBACK (window_added_cb), &self);
  g_print ("1..1\n");
  status = g_application_run (G_APPLICATION (self.application), 2, arguments);
  g_object_unref (self.application);
  g_clear_weak_pointer (&self.user.window);
  robot_hand_free (self.user.hand);
  g_rand_free (self.user.random);
  g_strfreev ((char **) self.user.only);
  g_strfreev (self.replay);
  g_clear_pointer (&self.log, fclose);
  g_print ("%s 1 - %u actions without a warning\n", status == 0 && self.ending ? "ok" : "not ok", self.n_done);
  return status;
}
