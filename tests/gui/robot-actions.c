/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "robot-actions.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WIDGETS 4000
/* More than these can't be looked through for one that is asked for. */
#define MAX_TRIES 2000
#define LONG_EPOCHS 3000
#define CALLS_OF_A_REST 60

static const char *const keys[] = {
  "Tab", "Tab", "Tab", "shift+Tab", "Return", "Return", "space", "Escape", "Escape", "Left", "Right", "Up", "Down", "Home", "End",
  "Page_Up", "Page_Down", "plus", "minus", "0", "h", "c", "i", "f", "o", "g", "z", "r", "y", "control+Left", "control+Right", "alt+Left",
  "alt+Right", "alt+Up", "alt+Down", "shift+Left", "shift+Right", "shift+Up", "shift+Down", "control+Up", "control+Down", "alt+1", "alt+2",
  "alt+3", "control+z", "control+shift+z", "control+period", "control+alt+period", "control+shift+period", "control+Return", "control+h",
  "control+r", "control+f", "control+c", "control+comma", "control+question", "control+o", "control+i", "F1", "F2", "F9", "F10", "F11",
  "Menu", "shift+F10", "Delete", "BackSpace", "1", "2", "5", "comma",
};

/* What would end the program, or needs what only a file manager has. */
static const char *const left_alone[] = { "win.show-message", "study.show-in-files", NULL };

static const char *const application_actions[] = { "app.preferences", "app.shortcuts", "app.about", "app.new-window" };

static const char *const texts[] = {
  "lstm(8, return_sequences) > gru(4) > dense(1)", "gru(16) > dense(1)", "simple_rnn(12) > dense(1)", "lstm(8, bidirectional) > dense(1)",
  "gru(6, return_sequences) > attention(4) > dense(1)", "lstm(", "gru(0) > dense(1)", "gru_d(8) > dense(1)", "0.01", "12", "1e-3", "-5", "word", "老",
};

static const char *const sources[] = {
  "sample:icu?patients=150", "sample:icu?patients=150", "sample:icu?patients=1", "sample:scan?patients=60", "sample:delayed-marker?patients=80&delay=20", "records.csv",
  "nowhere.csv",
};

/* Where */

static gboolean
is_window_seen (GtkWindow *window)
{
  return gtk_widget_get_mapped (GTK_WIDGET (window));
}

/* The newest of those besides the main one that pass, NULL: none. */
static GtkWindow *
find_window (RobotUser *self, gboolean (*passes) (GtkWindow *window))
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWindow *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      if (window != GTK_WINDOW (self->window) && is_window_seen (window) && passes (window))
        found = window;
    }
  return found;
}

static gboolean
is_file_chooser (GtkWindow *window)
{
  return GTK_IS_FILE_CHOOSER (window);
}

static guint
count_windows (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);
      count += is_window_seen (window) ? 1 : 0;
    }
  return count;
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

static gboolean
can_be_dragged (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DRAG_SOURCE (controller))
        return TRUE;
    }
  return FALSE;
}

static gboolean
can_be_used (GtkWidget *widget)
{
  static const char *const kinds[] = {
    "GtkButton", "GtkToggleButton", "GtkMenuButton", "GtkCheckButton", "GtkSwitch", "GtkDropDown", "GtkSpinButton", "GtkScale", "GtkEntry", "GtkText",
    "GtkModelButton", "GtkListItemWidget", "GtkListBoxRow", "GtkScrolledWindow", "GtkPanedHandle", "AdwViewSwitcherButton", "AdwActionRow",
    "AdwComboRow", NULL,
  };
  const char *type = G_OBJECT_TYPE_NAME (widget);

  return g_strv_contains (kinds, type) || g_str_has_prefix (type, "Anm");
}

static void
collect (GtkWidget *widget, gboolean (*passes) (GtkWidget *widget), GPtrArray *found)
{
  if (!gtk_widget_get_mapped (widget) || found->len >= MAX_WIDGETS || g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkWindowControls"))
    return;
  if (gtk_widget_is_sensitive (widget) && gtk_widget_get_width (widget) > 0 && passes (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, passes, found);
}

/* Of whatever window: all stand in the screen's corner, and which of them is seen there isn't known. */
static gboolean
is_on_handle (int x, int y)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  gboolean found = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
      GtkWidget *widget = gtk_widget_get_mapped (window) ? gtk_widget_pick (window, x, y, GTK_PICK_DEFAULT) : NULL;

      found |= widget != NULL && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_HANDLE) != NULL;
    }
  return found;
}

/* A place on the screen within something that can be used; FALSE if there is nothing. @moves: what moves the window will do as well:
 * half off the screen GTK asks of no monitor how large it is. */
static gboolean
find_place (RobotUser *self, gboolean (*passes) (GtkWidget *widget), gboolean moves, int *x, int *y)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GtkWidget *widget;
  GtkNative *native;
  graphene_point_t point;
  double left, top;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
      collect (window, passes, found);
    }
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
  if (widget != NULL && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL)
    return FALSE;
  gtk_native_get_surface_transform (native, &left, &top);
  left += (double) point.x;
  top += (double) point.y;
  place_surface (gtk_native_get_surface (native), &left, &top);
  *x = (int) left;
  *y = (int) top;
  /* What was scrolled away lies outside, where the pointer can't go. */
  if (point.x < 0 || point.y < 0 || point.x >= (float) gtk_widget_get_width (GTK_WIDGET (native)) ||
      point.y >= (float) gtk_widget_get_height (GTK_WIDGET (native)) || left < 0 || top < 0)
    return FALSE;
  return moves || !is_on_handle (*x, *y);
}

/* Picking */

static gboolean
chance (RobotUser *self, int of)
{
  return g_rand_int_range (self->random, 0, of) == 0;
}

#define PICK(self, array) ((array)[g_rand_int_range ((self)->random, 0, G_N_ELEMENTS (array))])

/* What an action may be given, as text; NULL for what can't be thought up. */
static const char *
pick_parameter (RobotUser *self, const char *name, const GVariantType *type)
{
  static const char *const numbers[] = { "1", "-1", "5", "-5" };
  static const char *const truths[] = { "true", "false" };
  static const char *const pages[] = { "'records'", "'workbench'", "'inside'" };
  static const char *const formats[] = { "'png'", "'svg'", "'pdf'", "'csv'" };
  static const char *const samples[] = { "'icu?patients=150'", "'scan?patients=60'", "'delayed-marker?patients=80&delay=20'" };

  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT32))
    return PICK (self, numbers);
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return PICK (self, truths);
  if (g_str_equal (name, "win.page"))
    return PICK (self, pages);
  if (g_str_equal (name, "figure.export"))
    return PICK (self, formats);
  if (g_str_equal (name, "win.open-sample") || g_str_equal (name, "win.open-example"))
    return PICK (self, samples);
  return NULL;
}

/* Those of our own classes, with a parameter. */
static void
add_actions (RobotUser *self, GtkWidget *widget, GPtrArray *actions)
{
  const char *name, *property;
  const GVariantType *type;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (widget), i, &owner, &name, &type, &property); i++)
    {
      const char *parameter = type != NULL ? pick_parameter (self, name, type) : NULL;

      if (!g_str_has_prefix (g_type_name (owner), "Anm") || g_strv_contains (left_alone, name) || (type != NULL && parameter == NULL))
        continue;
      g_ptr_array_add (actions, parameter != NULL ? g_strdup_printf ("%s %s", name, parameter) : g_strdup (name));
    }
}

static char *
pick_window_action (RobotUser *self)
{
  g_autoptr (GPtrArray) actions = g_ptr_array_new_with_free_func (g_free);

  add_actions (self, GTK_WIDGET (self->window), actions);
  for (guint i = 0; i < G_N_ELEMENTS (application_actions); i++)
    g_ptr_array_add (actions, g_strdup (application_actions[i]));
  return g_strdup_printf ("action %s", (char *) g_ptr_array_index (actions, g_rand_int_range (self->random, 0, (gint32) actions->len)));
}

static GtkWidget *
find_widget (RobotUser *self, int x, int y)
{
  return gtk_widget_pick (GTK_WIDGET (self->window), x, y, GTK_PICK_DEFAULT);
}

static char *
pick_widget_action (RobotUser *self)
{
  g_autoptr (GPtrArray) actions = g_ptr_array_new_with_free_func (g_free);
  int x, y;

  if (!find_place (self, can_be_used, TRUE, &x, &y))
    return NULL;
  for (GtkWidget *widget = find_widget (self, x, y); widget != NULL && !GTK_IS_WINDOW (widget); widget = gtk_widget_get_parent (widget))
    add_actions (self, widget, actions);
  if (actions->len == 0)
    return NULL;
  return g_strdup_printf ("at %d %d %s", x, y, (char *) g_ptr_array_index (actions, g_rand_int_range (self->random, 0, (gint32) actions->len)));
}

static char *
pick_drag (RobotUser *self)
{
  static const char *const modifiers[] = { "", "", " shift" };
  int x, y, to_x, to_y;

  /* What is made to be dragged, onto another of its kind. */
  if (chance (self, 3) && find_place (self, can_be_dragged, FALSE, &x, &y) && find_place (self, can_be_dragged, FALSE, &to_x, &to_y))
    return g_strdup_printf ("drag %d %d %d %d", x, y, to_x, to_y);
  if (!find_place (self, can_be_used, FALSE, &x, &y))
    return NULL;
  to_x = x + g_rand_int_range (self->random, -200, 200);
  to_y = y + g_rand_int_range (self->random, -120, 120);
  return g_strdup_printf ("drag %d %d %d %d%s", x, y, MAX (0, to_x), MAX (0, to_y), PICK (self, modifiers));
}

static char *
pick_pointer (RobotUser *self)
{
  static const char *const click_modifiers[] = { "", "", "", "", "", "", " shift", " control" };
  static const char *const scroll_modifiers[] = { "", "", " control", " alt", " shift" };
  const int kind = g_rand_int_range (self->random, 0, 100);
  int x, y;

  if (kind >= 80)
    return pick_drag (self);
  if (!find_place (self, can_be_used, TRUE, &x, &y))
    return NULL;
  if (kind < 50)
    return g_strdup_printf ("click %d %d %d %d%s", x, y, chance (self, 12) ? 3 : 1, chance (self, 10) ? 2 : 1, PICK (self, click_modifiers));
  if (kind < 65)
    return g_strdup_printf ("point %d %d", x, y);
  return g_strdup_printf ("scroll %d %d %d%s", x, y, g_rand_int_range (self->random, 4, 6), PICK (self, scroll_modifiers));
}

static char *
pick_any (RobotUser *self)
{
  const int n_others = (int) count_windows () - 1;
  const int kind = g_rand_int_range (self->random, 0, 1000);
  const gboolean modal = find_window (self, gtk_window_get_modal) != NULL;

  /* GTK's own, which crashes where it is answered before it has read its folder; it isn't what is looked at here. */
  if (find_window (self, is_file_chooser) != NULL)
    {
      self->rested = !self->rested;
      return g_strdup (self->rested ? "rest" : chance (self, 3) ? "key Escape" : "key Return");
    }
  /* Nothing must lock the robot in. */
  if (n_others > 0 && chance (self, modal ? 12 : MAX (4, 40 / n_others)))
    return g_strdup ("close");
  if (kind < 560)
    return pick_pointer (self);
  if (kind < 780)
    return g_strdup_printf ("key %s", PICK (self, keys));
  if (kind < 820)
    return g_strdup_printf ("type %s", PICK (self, texts));
  if (kind < 850)
    return g_strdup_printf ("resize %d %d", g_rand_int_range (self->random, 720, 1590), g_rand_int_range (self->random, 480, 990));
  /* A dialog is answered before anything else can be done. */
  if (modal)
    return NULL;
  if (kind < 930)
    return pick_window_action (self);
  if (kind < 996)
    return pick_widget_action (self);
  return g_strdup_printf ("open %s", PICK (self, sources));
}

static gboolean
is_asked_for (RobotUser *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const gboolean click = g_str_equal (words[0], "click");

  if (self->only == NULL || g_strv_contains (self->only, words[0]) || find_window (self, is_file_chooser) != NULL)
    return TRUE;
  return click && ((g_str_equal (words[3], "3") && g_strv_contains (self->only, "right-click")) ||
                   (g_str_equal (words[3], "1") && g_str_equal (words[4], "2") && g_strv_contains (self->only, "double-click")));
}

char *
robot_user_pick (RobotUser *self)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      char *line = pick_any (self);

      if (line != NULL && is_asked_for (self, line))
        return line;
      g_free (line);
    }
  return g_strdup ("key Escape");
}

/* Doing */

static void
type_text (RobotUser *self, const char *text)
{
  GtkWindow *modal = find_window (self, gtk_window_get_modal);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (modal != NULL ? modal : GTK_WINDOW (self->window)));

  if (!GTK_IS_TEXT (focus))
    return;
  gtk_editable_set_text (GTK_EDITABLE (focus), text);
  robot_hand_type (self->hand, "Return");
}

/* Of @words, the name and the parameter's text if there is one. */
static void
activate (GtkWidget *widget, char **words)
{
  g_autofree char *text = words[1] != NULL ? g_strjoinv (" ", words + 1) : NULL;
  g_autoptr (GVariant) parameter = text != NULL ? g_variant_parse (NULL, text, NULL, NULL, NULL) : NULL;

  if (widget != NULL)
    gtk_widget_activate_action_variant (widget, words[0], parameter);
}

/* For long enough that the robot meets a network that trains. */
static void
train (RobotUser *self)
{
  AnmStudy *study = anm_view_state_get_study (anm_window_get_view_state (self->window));

  if (study != NULL)
    {
      AnmHyperparameters longer = *anm_study_get_hyperparameters (study);

      longer.epochs = MAX (longer.epochs, LONG_EPOCHS);
      longer.patience = 0;
      anm_study_set_hyperparameters (study, &longer);
    }
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.train", NULL);
}

static gboolean
is_any (GtkWindow *window)
{
  return TRUE;
}

void
robot_user_act (RobotUser *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const guint n_words = g_strv_length (words);
  const char *modifier = NULL;
  int numbers[4] = { 0 };

  for (guint i = 1; i < n_words && i <= 4; i++)
    numbers[i - 1] = atoi (words[i]);
  if (g_str_equal (words[0], "key"))
    robot_hand_type (self->hand, words[1]);
  else if (g_str_equal (words[0], "type"))
    type_text (self, line + strlen ("type "));
  else if (g_str_equal (words[0], "rest"))
    robot_hand_rest (self->hand, CALLS_OF_A_REST);
  else if (g_str_equal (words[0], "train"))
    train (self);
  else if (g_str_equal (words[0], "action"))
    activate (GTK_WIDGET (self->window), words + 1);
  else if (g_str_equal (words[0], "at"))
    activate (find_widget (self, numbers[0], numbers[1]), words + 3);
  else if (g_str_equal (words[0], "resize"))
    gtk_window_set_default_size (GTK_WINDOW (self->window), numbers[0], numbers[1]);
  else if (g_str_equal (words[0], "open"))
    anm_window_open (self->window, (const char *const[]){ words[1], NULL });
  else if (g_str_equal (words[0], "close"))
    {
      GtkWindow *window = find_window (self, gtk_window_get_modal);

      window = window != NULL ? window : find_window (self, is_any);
      if (window != NULL)
        gtk_window_close (window);
    }
  else if (g_str_equal (words[0], "point"))
    robot_hand_move (self->hand, numbers[0], numbers[1]);
  else if (g_str_equal (words[0], "click"))
    {
      modifier = n_words > 5 ? words[5] : NULL;
      robot_hand_move (self->hand, numbers[0], numbers[1]);
      robot_hand_hold (self->hand, modifier);
      robot_hand_click (self->hand, (unsigned) numbers[2], numbers[3]);
      robot_hand_let_go (self->hand, modifier);
    }
  else if (g_str_equal (words[0], "scroll"))
    {
      modifier = n_words > 4 ? words[4] : NULL;
      robot_hand_move (self->hand, numbers[0], numbers[1]);
      robot_hand_hold (self->hand, modifier);
      robot_hand_click (self->hand, (unsigned) numbers[2], 1);
      robot_hand_let_go (self->hand, modifier);
    }
  else if (g_str_equal (words[0], "drag"))
    {
      modifier = n_words > 5 ? words[5] : NULL;
      robot_hand_hold (self->hand, modifier);
      robot_hand_drag (self->hand, numbers[0], numbers[1], numbers[2], numbers[3]);
      robot_hand_let_go (self->hand, modifier);
    }
}
