/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/preferences.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/gui/dialogs.h"
#include "app/gui/settings.h"
#include "engine/dropout-passes.h"
#include "widgets/figures/number.h"
#include "widgets/views/appearance.h"

/* One key of the settings, and what the choices of a list are called there. */
typedef struct
{
  GSettings         *settings;
  const char        *key;
  const char *const *values;
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  Choice *choice = data;

  g_clear_object (&choice->settings);
  g_free (choice);
}

static void
chosen_cb (AdwComboRow *row,
           GParamSpec  *pspec,
           gpointer     data)
{
  const Choice *choice = data;
  const guint chosen = adw_combo_row_get_selected (row);

  if (chosen != GTK_INVALID_LIST_POSITION)
    anm_settings_set_string (choice->settings, choice->key, choice->values[chosen]);
}

/* @words, @values: NULL-terminated, of one length; N_(). */
static void
add_choice (AdwPreferencesGroup *group,
            GSettings           *settings,
            const char          *key,
            const char          *title,
            const char          *subtitle,
            const char *const   *words,
            const char *const   *values)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autofree char *now = anm_settings_get_string (settings, key, values[0]);
  GtkWidget *row = adw_combo_row_new ();
  Choice *choice = g_new0 (Choice, 1);

  for (guint i = 0; words[i] != NULL; i++)
    gtk_string_list_append (list, _(words[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  for (guint i = 0; values[i] != NULL; i++)
    if (g_str_equal (values[i], now))
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);

  choice->settings = settings != NULL ? g_object_ref (settings) : NULL;
  choice->key = key;
  choice->values = values;
  g_signal_connect_data (row, "notify::selected", G_CALLBACK (chosen_cb), choice, choice_free, 0);
  adw_preferences_group_add (group, row);
}

static void
add_switch (AdwPreferencesGroup *group,
            GSettings           *settings,
            const char          *key,
            const char          *title,
            const char          *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  anm_settings_bind (settings, key, toggle, "active");
  adw_preferences_group_add (group, row);
}

static void
add_number (AdwPreferencesGroup *group,
            GSettings           *settings,
            const char          *key,
            const char          *title,
            const char          *subtitle,
            double               low,
            double               high,
            double               step)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, step);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  anm_settings_bind (settings, key, spin, "value");
  adw_preferences_group_add (group, row);
}

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page,
           const char         *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
add_appearance (AdwPreferencesPage *page,
                GSettings          *settings)
{
  static const char *const schemes[] = { N_("As the desktop"), N_("Light"), N_("Dark"), NULL };
  static const char *const scheme_values[] = { "system", "light", "dark", NULL };
  static const char *const contrasts[] = { N_("As the desktop"), N_("Always high"), NULL };
  static const char *const contrast_values[] = { "system", "always", NULL };
  static const char *const marks[] = { N_("A point: 0.285"), N_("A comma: 0,285"), NULL };
  static const char *const mark_values[] = { "point", "comma", NULL };
  AdwPreferencesGroup *group = add_group (page, _("Appearance"));

  add_choice (group, settings, "appearance", _("Light or dark"), NULL, schemes, scheme_values);
  add_choice (group, settings, "figure-contrast", _("Contrast of figures"), NULL, contrasts, contrast_values);
  add_switch (group, settings, "dashes", _("Tell lines apart by dashes too"),
              _("The colours can be told apart with any colour vision; dashes help in print and on poor screens."));
  add_choice (group, settings, "decimal-mark", _("Decimals"), _("Thousands are parted by a thin space."), marks, mark_values);
}

static void
add_work (AdwPreferencesPage *page,
          GSettings          *settings)
{
  AdwPreferencesGroup *group = add_group (page, _("Training"));

  add_number (group, settings, "threads", _("Threads"), _("For training; 0: as many as the computer has. The results are the same."), 0, 1024, 1);
  add_number (group, settings, "snapshot-budget", _("Kept parameters, in MB"),
              _("What each new study may use for the parameters of past epochs."), 16, 1000000, 64);

  group = add_group (page, _("Prediction"));
  add_number (group, settings, "dropout-passes", _("Passes with dropout"),
              _("How often a network with dropout answers, for the band around its prediction; 0: no band."), 0, ANM_MAX_DROPOUT_PASSES, 20);

  group = add_group (page, _("Start"));
  add_switch (group, settings, "open-last-study", _("Open the last study"), _("Begin where the program ended."));
}

GtkWidget *
anm_preferences_new (GtkWindow *parent)
{
  g_autoptr (GSettings) settings = anm_settings_new ();
  GtkWidget *page = adw_preferences_page_new ();

  add_appearance (ADW_PREFERENCES_PAGE (page), settings);
  add_work (ADW_PREFERENCES_PAGE (page), settings);
  return anm_page_window_new (parent, _("Preferences"), page, 600, 720);
}

/* What obeys */

static void
apply (GSettings *settings)
{
  AnmAppearance *appearance = anm_appearance_get_default ();
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_autofree char *scheme = anm_settings_get_string (settings, "appearance", "system");
  g_autofree char *contrast = anm_settings_get_string (settings, "figure-contrast", "system");
  g_autofree char *mark = anm_settings_get_string (settings, "decimal-mark", "point");

  adw_style_manager_set_color_scheme (style, g_str_equal (scheme, "light")  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                             : g_str_equal (scheme, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                            : ADW_COLOR_SCHEME_DEFAULT);
  anm_number_set_decimal_mark (g_str_equal (mark, "comma") ? ',' : '.');
  anm_appearance_set_high_contrast (appearance, g_str_equal (contrast, "always") || adw_style_manager_get_high_contrast (style));
  anm_appearance_set_dashes (appearance, anm_settings_get_boolean (settings, "dashes", FALSE));
}

void
anm_preferences_apply (GSettings *settings)
{
  apply (settings);
  if (settings == NULL)
    return;
  g_signal_connect (settings, "changed", G_CALLBACK (apply), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast", G_CALLBACK (apply), settings, G_CONNECT_SWAPPED);
}
