/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app/gui/application.h"
#include "app/gui/help-window.h"
#include "app/gui/preferences.h"
#include "app/gui/shortcuts.h"
#include "app/gui/window.h"

/* Whether the window's class or one of its parents has an action of that name. */
static gboolean
has_window_action (const char *name)
{
  g_autoptr (GTypeClass) widget_class = g_type_class_ref (ANM_TYPE_WINDOW);
  const char *other, *property;
  const GVariantType *type;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_CLASS (widget_class), i, &owner, &other, &type, &property); i++)
    if (g_str_equal (other, name))
      return TRUE;
  return FALSE;
}

/* One for all cases: a bus knows a program once. */
static AnmApplication *
get_application (void)
{
  static AnmApplication *application;
  g_autoptr (GError) error = NULL;

  if (application != NULL)
    return application;
  application = anm_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE | G_APPLICATION_HANDLES_COMMAND_LINE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  g_assert_no_error (error);
  return application;
}

static void
test_every_key_does_something (void)
{
  AnmApplication *application = get_application ();
  g_autoptr (GError) error = NULL;
  guint n_shortcuts;
  const AnmShortcut *shortcuts = anm_shortcuts (&n_shortcuts);

  for (guint i = 0; i < n_shortcuts; i++)
    {
      g_autoptr (GVariant) target = NULL;
      g_autofree char *name = NULL;
      g_auto (GStrv) accels = NULL;

      for (guint k = 0; k < G_N_ELEMENTS (shortcuts[i].keys) && shortcuts[i].keys[k] != NULL; k++)
        {
          GdkModifierType modifiers;
          guint key;

          g_test_message ("%s", shortcuts[i].keys[k]);
          g_assert_true (gtk_accelerator_parse (shortcuts[i].keys[k], &key, &modifiers));
        }
      if (shortcuts[i].action == NULL)
        {
          g_assert_false (shortcuts[i].is_accel);
          continue;
        }
      g_assert_true (g_action_parse_detailed_name (shortcuts[i].action, &name, &target, &error));
      g_assert_no_error (error);
      g_test_message ("%s", name);
      if (g_str_has_prefix (name, "app."))
        g_assert_true (g_action_group_has_action (G_ACTION_GROUP (application), name + strlen ("app.")));
      else if (!g_str_has_prefix (name, "window."))
        g_assert_true (has_window_action (name));
      accels = gtk_application_get_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action);
      g_assert_cmpuint (g_strv_length (accels) > 0, ==, shortcuts[i].is_accel);
    }
}

static void
test_every_accel_is_listed (void)
{
  AnmApplication *application = get_application ();
  g_auto (GStrv) actions = NULL;
  guint n_shortcuts;
  const AnmShortcut *shortcuts = anm_shortcuts (&n_shortcuts);

  actions = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  for (guint i = 0; actions[i] != NULL; i++)
    {
      gboolean listed = FALSE;

      for (guint k = 0; k < n_shortcuts; k++)
        listed = listed || g_strcmp0 (shortcuts[k].action, actions[i]) == 0;
      g_test_message ("%s", actions[i]);
      g_assert_true (listed);
    }
}

static void
test_keys_are_taken_once (void)
{
  guint n_shortcuts;
  const AnmShortcut *shortcuts = anm_shortcuts (&n_shortcuts);

  for (guint i = 0; i < n_shortcuts; i++)
    for (guint k = i + 1; k < n_shortcuts; k++)
      if (shortcuts[i].action != NULL && shortcuts[k].action != NULL)
        g_assert_cmpstr (shortcuts[i].keys[0], !=, shortcuts[k].keys[0]);
}

static void
test_every_page_has_help (void)
{
  static const char *const names[] = { "welcome", "records", "workbench", "inside" };
  guint n_pages;
  const AnmHelpPage *pages = anm_help_pages (&n_pages);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gboolean found = FALSE;

      for (guint k = 0; k < n_pages; k++)
        found = found || (g_str_equal (pages[k].name, names[i]) && pages[k].text[0] != NULL);
      g_assert_true (found);
    }
}

static GtkWidget *
find_row (GtkWidget *widget)
{
  GtkWidget *found = ADW_IS_ACTION_ROW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_row (child);
  return found;
}

/* Hours of use would fill the memory otherwise. */
static void
test_windows_let_go_of_their_rows (void)
{
  GtkWidget *(*const windows[]) (GtkWindow *parent) = { anm_shortcuts_window_new, anm_preferences_new };

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      GtkWidget *window = windows[i] (NULL);
      gpointer row = find_row (window);

      g_assert_nonnull (row);
      g_object_add_weak_pointer (row, &row);
      gtk_window_present (GTK_WINDOW (window));
      for (guint k = 0; k < 100; k++)
        g_main_context_iteration (NULL, FALSE);
      gtk_window_close (GTK_WINDOW (window));
      for (guint k = 0; k < 100; k++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_null (row);
    }
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/shortcuts/do-something", test_every_key_does_something);
  g_test_add_func ("/shortcuts/listed", test_every_accel_is_listed);
  g_test_add_func ("/shortcuts/once", test_keys_are_taken_once);
  g_test_add_func ("/help/every-page", test_every_page_has_help);
  g_test_add_func ("/windows/let-go-of-their-rows", test_windows_let_go_of_their_rows);
  status = g_test_run ();
  g_object_unref (get_application ());
  return status;
}
