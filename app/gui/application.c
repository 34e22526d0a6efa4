/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/application.h"

#include <glib/gi18n-lib.h>

#include "app/gui/about.h"
#include "app/gui/preferences.h"
#include "app/gui/settings.h"
#include "app/gui/shortcuts.h"
#include "app/gui/window.h"
#include "data/samples.h"

struct _AnmApplication
{
  AdwApplication parent_instance;

  GSettings     *settings; /* NULL if the schema isn't installed */
};

G_DEFINE_FINAL_TYPE (AnmApplication, anm_application, ADW_TYPE_APPLICATION)

AnmApplication *
anm_application_new (void)
{
  return g_object_new (ANM_TYPE_APPLICATION,
                       "application-id", ANM_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/anamnesis/Anamnesis",
                       NULL);
}

static AnmWindow *
add_window (AnmApplication *self)
{
  AnmWindow *window = anm_window_new (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* The program begins where it ended. A study that is gone is no error: the list of recent ones says so. */
static void
open_last_study (AnmApplication *self,
                 AnmWindow      *window)
{
  g_autofree char *path = anm_settings_get_string (self->settings, "last-study", "");
  const char *const arguments[] = { path, NULL };

  if (*path != '\0' && anm_settings_get_boolean (self->settings, "open-last-study", TRUE) && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    anm_window_open (window, arguments);
}

static void
anm_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window != NULL)
    gtk_window_present (window);
  else
    open_last_study (ANM_APPLICATION (application), add_window (ANM_APPLICATION (application)));
}

/* A path as the caller meant it, who may stand in another folder; samples are names, not files. */
static char *
resolve_argument (GApplicationCommandLine *command_line,
                  const char              *argument)
{
  g_autoptr (GFile) file = NULL;
  char *path;

  if (anm_sample_is (argument))
    return g_strdup (argument);

  file = g_application_command_line_create_file_for_arg (command_line, argument);
  path = g_file_get_path (file);
  return path != NULL ? path : g_strdup (argument);
}

static int
anm_application_command_line (GApplication            *application,
                              GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **arguments = NULL;

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &arguments);

  if (arguments == NULL || arguments[0] == NULL)
    {
      g_application_activate (application);
      return 0;
    }

  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (sources, resolve_argument (command_line, arguments[i]));
  g_ptr_array_add (sources, NULL);
  anm_window_open (add_window (ANM_APPLICATION (application)), (const char *const *) sources->pdata);

  return 0;
}

static int
anm_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Anamnesis %s\n", ANM_VERSION);
      return 0;
    }

  return -1;
}

/* Actions */

static void
new_window_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  add_window (data);
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       data)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (data)) != NULL)
    {
      GtkWindow *window = windows->data;

      gtk_window_close (window);
      /* A window that stays open wants an answer first. */
      if (gtk_application_get_windows (data) != NULL && gtk_application_get_windows (data)->data == window)
        break;
    }
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  anm_show_about (gtk_application_get_active_window (data));
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       data)
{
  gtk_window_present (GTK_WINDOW (anm_preferences_new (gtk_application_get_active_window (data))));
}

static void
shortcuts_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       data)
{
  gtk_window_present (GTK_WINDOW (anm_shortcuts_window_new (gtk_application_get_active_window (data))));
}

/* Where the study is open, or a window of its own: a notification may be older than what the windows show. */
static void
show_study_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  const char *const arguments[] = { g_variant_get_string (parameter, NULL), NULL };

  for (GList *link = gtk_application_get_windows (data); link != NULL; link = link->next)
    {
      AnmStudy *study = ANM_IS_WINDOW (link->data) ? anm_view_state_get_study (anm_window_get_view_state (link->data)) : NULL;

      if (study == NULL || !g_str_equal (anm_study_get_path (study), arguments[0]))
        continue;
      gtk_window_present (link->data);
      return;
    }
  anm_window_open (add_window (data), arguments);
}

static void
add_actions (AnmApplication *self)
{
  static const GActionEntry entries[] = {
    { "new-window", new_window_action },
    { "quit", quit_action },
    { "about", about_action },
    { "preferences", preferences_action },
    { "shortcuts", shortcuts_action },
    { "show-study", show_study_action, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  anm_shortcuts_install (GTK_APPLICATION (self));
}

static void
anm_application_startup (GApplication *application)
{
  AnmApplication *self = ANM_APPLICATION (application);

  G_APPLICATION_CLASS (anm_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (ANM_APPLICATION_ID);
  self->settings = anm_settings_new ();
  anm_preferences_apply (self->settings);
  add_actions (self);
}

static void
anm_application_finalize (GObject *object)
{
  AnmApplication *self = ANM_APPLICATION (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (anm_application_parent_class)->finalize (object);
}

static void
anm_application_class_init (AnmApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = anm_application_finalize;
  application_class->startup = anm_application_startup;
  application_class->activate = anm_application_activate;
  application_class->command_line = anm_application_command_line;
  application_class->handle_local_options = anm_application_handle_local_options;
}

static void
anm_application_init (AnmApplication *self)
{
  const GOptionEntry options[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[SOURCE…]") },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("A SOURCE is a file, several files, a folder, an archive, sample:NAME, or a study (.anamnesis)."));
}
