/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A robot that uses the window as a restless person would, while a network trains: it presses, drags, scrolls and types
 * where something is to be pressed, dragged, scrolled or typed into, and calls the window's actions. The program ends with
 * an error at the first warning of any library, when the main loop stands still for too long, or when it crashes; with
 * sanitizers also for memory that is used wrongly or never freed.
 *
 *     robot [--seed N] [--actions N] [--log FILE] [--replay FILE]
 *
 * Every action is a line of the log before it is done; --replay does those of a log again. The X server's own test
 * extension plays mouse and keyboard, so the window can't tell the robot from a hand.
 */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/gui/application.h"
#include "app/gui/window.h"

/* Longest that the main loop may work on one thing, counted in its thread's own time so that a busy machine does no harm; and
 * longest that it may wait for something. Sanitizers take their time. */
#ifdef __SANITIZE_ADDRESS__
#define FROZEN_SECONDS 10.0
#else
#define FROZEN_SECONDS 2.0
#endif
#define WAITING_SECONDS 30.0
#define HEARTBEAT_MS 50
/* Between two actions, as long as the main loop needs but no longer. */
#define PAUSE_MS 12
#define MAX_WIDGETS 4000

/* Xlib without its headers: a display is only ever handed on. */
typedef struct
{
  void *display;
  void *(*open_display) (const char *name);
  unsigned long (*string_to_keysym) (const char *name);
  unsigned char (*keysym_to_keycode) (void *display, unsigned long symbol);
  int (*flush) (void *display);
  int (*fake_motion) (void *display, int screen, int x, int y, unsigned long delay);
  int (*fake_button) (void *display, unsigned button, int is_press, unsigned long delay);
  int (*fake_key) (void *display, unsigned code, int is_press, unsigned long delay);
} Hand;

typedef struct
{
  AdwApplication *application;
  Hand            hand;
  GRand          *random;
  guint           n_actions;
  guint           n_done;
  FILE           *log;
  char          **replay;      /* lines, NULL: at random */
  gint64          beat;        /* time of the last heartbeat, and what the thread had worked by then */
  double          worked;
  double          longest;     /* seconds between two, and of work */
  double          hardest;
  guint           n_trained;
  gboolean        ending;
} Robot;

static const char *const keys[] = {
  "Tab", "Tab", "Tab", "shift+Tab", "Return", "space", "Escape", "Escape", "Left", "Right", "Up", "Down", "Home", "End", "Page_Up", "Page_Down",
  "plus", "minus", "0", "h", "c", "i", "f", "o", "g", "control+Left", "control+Right", "alt+Left", "alt+Right", "shift+Left", "shift+Right",
  "alt+1", "alt+2", "alt+3", "control+z", "control+shift+z", "control+period", "control+shift+period", "control+Return", "control+h", "F9", "F10",
  "Menu", "shift+F10", "F11", "Delete", "BackSpace", "1", "2", "5", "comma",
};

/* What would end the program, open another window, or lose the robot in a dialog that it can't leave. */
static const char *const left_alone[] = {
  "app.quit", "app.new-window", "app.open", "win.close", "window.close", "window.minimize", "window.toggle-maximized", "win.import", "win.import-folder", "win.open-study",
  "win.show-message", "win.duplicate-study", "win.move-study", "win.new-study", "win.close-study", NULL,
};

static const char *const texts[] = {
  "lstm(8, return_sequences) > gru(4) > dense(1)", "gru(16) > dense(1)", "simple_rnn(12) > dense(1)", "lstm(8, bidirectional) > dense(1)",
  "lstm(", "gru(0) > dense(1)", "gru_d(8) > dense(1)", "0.01", "12", "1e-3", "-5", "word", "老",
};

/* Mouse and keyboard */

static gboolean
load_hand (Hand *hand)
{
  void *x11 = dlopen ("libX11.so.6", RTLD_NOW), *test = dlopen ("libXtst.so.6", RTLD_NOW);

  if (x11 == NULL || test == NULL)
    return FALSE;
  hand->open_display = dlsym (x11, "XOpenDisplay");
  hand->string_to_keysym = dlsym (x11, "XStringToKeysym");
  hand->keysym_to_keycode = dlsym (x11, "XKeysymToKeycode");
  hand->flush = dlsym (x11, "XFlush");
  hand->fake_motion = dlsym (test, "XTestFakeMotionEvent");
  hand->fake_button = dlsym (test, "XTestFakeButtonEvent");
  hand->fake_key = dlsym (test, "XTestFakeKeyEvent");
  hand->display = hand->open_display (NULL);
  return hand->display != NULL;
}

static void
move (Robot *self, int x, int y)
{
  self->hand.fake_motion (self->hand.display, -1, x, y, 0);
  self->hand.flush (self->hand.display);
}

static void
press (Robot *self, unsigned button, gboolean is_press)
{
  self->hand.fake_button (self->hand.display, button, is_press, 0);
  self->hand.flush (self->hand.display);
}

static unsigned
find_key (Robot *self, const char *name)
{
  static const char *const names[][2] = { { "control", "Control_L" }, { "alt", "Alt_L" }, { "shift", "Shift_L" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], name))
      name = names[i][1];
  return self->hand.keysym_to_keycode (self->hand.display, self->hand.string_to_keysym (name));
}

/* "control+shift+z" */
static void
type_key (Robot *self, const char *chord)
{
  g_auto (GStrv) parts = g_strsplit (chord, "+", -1);
  guint n = g_strv_length (parts);

  for (guint i = 0; i < n; i++)
    self->hand.fake_key (self->hand.display, find_key (self, parts[i]), TRUE, 0);
  for (guint i = n; i-- > 0;)
    self->hand.fake_key (self->hand.display, find_key (self, parts[i]), FALSE, 0);
  self->hand.flush (self->hand.display);
}

/* The window */

static GtkWindow *
get_window (Robot *self)
{
  /* Help, preferences and their like belong to the application as well. */
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self->application)); l != NULL; l = l->next)
    if (ANM_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

/* Where the surface stands on the screen. */
static void
place_surface (GdkSurface *surface, double *x, double *y)
{
  while (GDK_IS_POPUP (surface))
    {
      *x += gdk_popup_get_position_x (GDK_POPUP (surface));
      *y += gdk_popup_get_position_y (GDK_POPUP (surface));
      surface = gdk_popup_get_parent (GDK_POPUP (surface));
    }
}

static void
collect (GtkWidget *widget, GPtrArray *found)
{
  static const char *const kinds[] = {
    "GtkButton", "GtkToggleButton", "GtkMenuButton", "GtkCheckButton", "GtkSwitch", "GtkDropDown", "GtkSpinButton", "GtkScale", "GtkEntry", "GtkText",
    "GtkModelButton", "GtkListItemWidget", "GtkScrolledWindow", "GtkPanedHandle", "AdwViewSwitcherButton", NULL,
  };
  const char *type = G_OBJECT_TYPE_NAME (widget);

  if (!gtk_widget_get_mapped (widget) || found->len >= MAX_WIDGETS || g_str_equal (type, "GtkWindowControls"))
    return;
  if ((g_strv_contains (kinds, type) || g_str_has_prefix (type, "Anm")) && gtk_widget_is_sensitive (widget) && gtk_widget_get_width (widget) > 0)
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, found);
}

/* A place on the screen within something that can be pressed; FALSE if there is nothing. @moves: what moves the window will do as well:
 * half off the screen GTK asks of no monitor how large it is. */
static gboolean
find_place (Robot *self, gboolean moves, int *x, int *y)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GtkWidget *widget;
  GtkNative *native;
  graphene_point_t point;
  double left, top;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self->application)); l != NULL; l = l->next)
    collect (l->data, found);
  if (found->len == 0)
    return FALSE;
  widget = g_ptr_array_index (found, g_rand_int_range (self->random, 0, (gint32) found->len));
  native = gtk_widget_get_native (widget);
  if (native == NULL ||
      !gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                 &GRAPHENE_POINT_INIT ((float) g_rand_double_range (self->random, 0.05, 0.95) * (float) gtk_widget_get_width (widget),
                                                       (float) g_rand_double_range (self->random, 0.05, 0.95) * (float) gtk_widget_get_height (widget)),
                                 &point))
    return FALSE;
  /* Not the buttons that close the window. */
  widget = gtk_widget_pick (GTK_WIDGET (native), (double) point.x, (double) point.y, GTK_PICK_DEFAULT);
  if (widget != NULL && (gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL ||
                         (!moves && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_HANDLE) != NULL)))
    return FALSE;
  gtk_native_get_surface_transform (native, &left, &top);
  left += (double) point.x;
  top += (double) point.y;
  place_surface (gtk_native_get_surface (native), &left, &top);
  *x = (int) left;
  *y = (int) top;
  return TRUE;
}

/* Actions, each a line of text */

static char *
pick_action (Robot *self)
{
  GtkWindow *window = get_window (self);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name, *property;
  const GVariantType *type;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (window), i, &owner, &name, &type, &property); i++)
    if (type == NULL && !g_strv_contains (left_alone, name))
      g_ptr_array_add (names, g_strdup (name));
  if (names->len == 0)
    return NULL;
  return g_strdup_printf ("action %s", (char *) g_ptr_array_index (names, g_rand_int_range (self->random, 0, (gint32) names->len)));
}

static char *
pick_pointer (Robot *self, int kind)
{
  int x, y, to_x, to_y;

  if (!find_place (self, kind < 80, &x, &y))
    return NULL;
  if (kind < 50)
    return g_strdup_printf ("click %d %d %d %d", x, y, g_rand_int_range (self->random, 0, 12) == 0 ? 3 : 1, g_rand_int_range (self->random, 0, 10) == 0 ? 2 : 1);
  if (kind < 65)
    return g_strdup_printf ("point %d %d", x, y);
  if (kind < 80)
    return g_strdup_printf ("scroll %d %d %d", x, y, g_rand_int_range (self->random, 4, 6));
  to_x = x + g_rand_int_range (self->random, -200, 200);
  to_y = y + g_rand_int_range (self->random, -120, 120);
  return g_strdup_printf ("drag %d %d %d %d", x, y, MAX (0, to_x), MAX (0, to_y));
}

static char *
pick (Robot *self)
{
  int kind = g_rand_int_range (self->random, 0, 100);

  if (kind < 60)
    return pick_pointer (self, g_rand_int_range (self->random, 0, 100));
  if (kind < 84)
    return g_strdup_printf ("key %s", keys[g_rand_int_range (self->random, 0, G_N_ELEMENTS (keys))]);
  if (kind < 93)
    return pick_action (self);
  if (kind < 97)
    return g_strdup_printf ("type %s", texts[g_rand_int_range (self->random, 0, G_N_ELEMENTS (texts))]);
  return g_strdup_printf ("resize %d %d", g_rand_int_range (self->random, 720, 1590), g_rand_int_range (self->random, 480, 990));
}

static void
type_text (Robot *self, const char *text)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (get_window (self)));

  if (GTK_IS_TEXT (focus))
    {
      gtk_editable_set_text (GTK_EDITABLE (focus), text);
      type_key (self, "Return");
    }
}

static void
act (Robot *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 6);
  int numbers[4] = { 0 };

  for (guint i = 1; words[i] != NULL && i <= 4; i++)
    numbers[i - 1] = atoi (words[i]);
  if (g_str_equal (words[0], "key"))
    type_key (self, words[1]);
  else if (g_str_equal (words[0], "type"))
    type_text (self, line + strlen ("type "));
  else if (g_str_equal (words[0], "action"))
    gtk_widget_activate_action (GTK_WIDGET (get_window (self)), words[1], NULL);
  else if (g_str_equal (words[0], "resize"))
    gtk_window_set_default_size (get_window (self), numbers[0], numbers[1]);
  else
    {
      move (self, numbers[0], numbers[1]);
      if (g_str_equal (words[0], "click"))
        for (int i = 0; i < numbers[3]; i++)
          {
            press (self, (unsigned) numbers[2], TRUE);
            press (self, (unsigned) numbers[2], FALSE);
          }
      else if (g_str_equal (words[0], "scroll"))
        {
          press (self, (unsigned) numbers[2], TRUE);
          press (self, (unsigned) numbers[2], FALSE);
        }
      else if (g_str_equal (words[0], "drag"))
        {
          press (self, 1, TRUE);
          for (int step = 1; step <= 4; step++)
            move (self, numbers[0] + (numbers[2] - numbers[0]) * step / 4, numbers[1] + (numbers[3] - numbers[1]) * step / 4);
          press (self, 1, FALSE);
        }
    }
}

/* Other windows than the main one are left after a while: nothing must lock the robot in. */
static void
leave_dialogs (Robot *self)
{
  g_autoptr (GListModel) toplevels = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      if (window != get_window (self) && gtk_widget_get_visible (GTK_WIDGET (window)) &&
          (gtk_window_get_modal (window) ? g_rand_int_range (self->random, 0, 12) : g_rand_int_range (self->random, 0, 40)) == 0)
        gtk_window_close (window);
    }
}

static void
keep_training (Robot *self)
{
  if (self->n_done % 100 != 50)
    return;
  gtk_widget_activate_action (GTK_WIDGET (get_window (self)), "win.train", NULL);
  self->n_trained++;
}

static double
get_work (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec + (double) spent.tv_nsec * 1e-9;
}

static gboolean
beat_cb (gpointer data)
{
  Robot *self = data;
  const gint64 now = g_get_monotonic_time ();
  const double work = get_work ();

  self->longest = MAX (self->longest, (double) (now - self->beat) / G_USEC_PER_SEC);
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

/* What says nothing of the window: GtkText of its own cursor's blinking (GTK 4.8), GIO where no desktop shows notifications, and
 * GDK of a menu's monitor where no window manager tells it where the window is. */
static const char *const not_ours[] = {
  "GtkText - ", "unable to send notifications", "gdk_monitor_get_geometry: ",
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

static gboolean
step_cb (gpointer data)
{
  Robot *self = data;
  g_autofree char *line = NULL;

  if (get_window (self) == NULL || self->n_done >= self->n_actions || (self->replay != NULL && self->replay[self->n_done] == NULL))
    {
      if (self->n_done < self->n_actions && self->replay == NULL)
        g_error ("the window was closed by action %u", self->n_done);
      self->ending = TRUE;
      g_print ("# %u actions; the main loop stood still for %.0f ms at most, and worked on one thing for %.0f ms\n", self->n_done,
               self->longest * 1000, self->hardest * 1000);
      close_all (self);
      return G_SOURCE_REMOVE;
    }
  leave_dialogs (self);
  line = self->replay != NULL ? g_strdup (self->replay[self->n_done]) : pick (self);
  self->n_done++;
  if (line == NULL)
    line = g_strdup ("key Escape");
  if (self->log != NULL)
    {
      fprintf (self->log, "%s\n", line);
      fflush (self->log);
    }
  act (self, line);
  keep_training (self);
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

static void
window_added_cb (Robot *self)
{
  if (self->beat != 0)
    return;
  self->beat = 1;
  /* The records are read and the first page is drawn. */
  g_timeout_add_seconds (2, begin_cb, self);
}

static gboolean
read_options (Robot *self, int argc, char **argv)
{
  gint64 seed = 1, n_actions = 500;
  g_autofree char *log = NULL, *replay = NULL;
  gboolean tap = FALSE;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "what the actions are drawn from", "N" },
    { "actions", 0, 0, G_OPTION_ARG_INT64, &n_actions, "how many", "N" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &log, "write them here", "FILE" },
    { "replay", 0, 0, G_OPTION_ARG_FILENAME, &replay, "do these again", "FILE" },
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
  self->random = g_rand_new_with_seed ((guint32) seed);
  self->n_actions = (guint) n_actions;
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

  if (!load_hand (&self.hand))
    {
      g_print ("1..0 # SKIP the X server's test extension isn't there\n");
      return 0;
    }
  if (!read_options (&self, argc, argv))
    return 2;
  /* Which warnings end the program is decided below, whatever G_DEBUG says. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (write_log, &self, NULL);
  self.application = ADW_APPLICATION (anm_application_new ());
  g_signal_connect (self.application, "startup", G_CALLBACK (style_cb), NULL);
  g_signal_connect_swapped (self.application, "window-added", G_CALLBACK (window_added_cb), &self);
  g_print ("1..1\n");
  status = g_application_run (G_APPLICATION (self.application), 2, arguments);
  g_object_unref (self.application);
  g_rand_free (self.random);
  g_strfreev (self.replay);
  g_clear_pointer (&self.log, fclose);
  g_print ("%s 1 - %u actions without a warning\n", status == 0 && self.ending ? "ok" : "not ok", self.n_done);
  return status;
}
