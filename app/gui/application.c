/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/application.h"

#include <glib/gi18n-lib.h>

#include "app/gui/settings.h"
#include "app/gui/window.h"
#include "data/samples.h"
#include "widgets/views/appearance.h"

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
  adw_show_about_window (gtk_application_get_active_window (data),
                         "application-name", "Anamnesis",
                         "application-icon", ANM_APPLICATION_ID,
                         "version", ANM_VERSION,
                         "developer-name", _("The Anamnesis developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("A workbench for recurrent networks on patient records: open a cohort, lay out a network, "
                                       "train it, watch it learn, and ask what it remembers of one patient.\n\n"
                                       "For research and teaching. Not a medical device: don’t decide about a patient with it."),
                         /* Translators: your names, one a line. */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
apply_appearance (AnmApplication *self,
                  const char     *appearance)
{
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (appearance, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (appearance, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;

  adw_style_manager_set_color_scheme (adw_application_get_style_manager (ADW_APPLICATION (self)), scheme);
}

static void
appearance_action (GSimpleAction *action,
                   GVariant      *value,
                   gpointer       data)
{
  AnmApplication *self = data;

  g_simple_action_set_state (action, value);
  apply_appearance (self, g_variant_get_string (value, NULL));
  anm_settings_set_string (self->settings, "appearance", g_variant_get_string (value, NULL));
}

static void
add_actions (AnmApplication *self)
{
  static const GActionEntry entries[] = {
    { "new-window", new_window_action },
    { "quit", quit_action },
    { "about", about_action },
    { "appearance", NULL, "s", "'system'", appearance_action },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } keys[] = {
    { "app.new-window", { "<Control>n" } },
    { "app.quit", { "<Control>q" } },
    { "win.open-study", { "<Control>o" } },
    { "win.import", { "<Control>i" } },
    { "win.runs", { "<Control>r" } },
    { "win.search", { "<Control>f" } },
    { "win.page::records", { "<Alt>1" } },
    { "win.page::workbench", { "<Alt>2" } },
    { "win.page::inside", { "<Alt>3" } },
    { "win.train", { "<Control>Return", "<Control>KP_Enter" } },
    { "win.step", { "<Control>period" } },
    { "win.step-epoch", { "<Control><Alt>period" } },
    { "win.stop", { "<Control><Shift>period", "<Control>greater" } },
    { "window.close", { "<Control>w" } },
  };
  g_autofree char *appearance = anm_settings_get_string (self->settings, "appearance", "system");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "appearance", g_variant_new_string (appearance));
}

static void
anm_application_startup (GApplication *application)
{
  AnmApplication *self = ANM_APPLICATION (application);

  G_APPLICATION_CLASS (anm_application_parent_class)->startup (application);
  /* Figures can't ask the desktop themselves. */
  g_object_bind_property (adw_application_get_style_manager (ADW_APPLICATION (application)), "high-contrast",
                          anm_appearance_get_default (), "high-contrast", G_BINDING_SYNC_CREATE);

  g_object_bind_property (adw_style_manager_get_default (), "high-contrast",
                          anm_appearance_get_default (), "high-contrast",
                          G_BINDING_SYNC_CREATE);
  gtk_window_set_default_icon_name (ANM_APPLICATION_ID);
  self->settings = anm_settings_new ();
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
