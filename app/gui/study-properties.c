/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/study-properties.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/exhibits/data-words.h"
#include "app/gui/study-row.h"
#include "app/study/store.h"
#include "widgets/figures/number.h"

#define MEGABYTE G_GINT64_CONSTANT (1000000)

struct _AnmStudyProperties
{
  AdwWindow  parent_instance;

  AnmStudy  *study;
  GtkWidget *kept_row;
  GtkWidget *budget_row;
};

G_DEFINE_FINAL_TYPE (AnmStudyProperties, anm_study_properties, ADW_TYPE_WINDOW)

static const gint64 budgets[] = { 64, 128, 256, 512, 1000, 2000, 4000, 8000, 16000 };

static GtkWidget *
add_row (AdwPreferencesGroup *group,
         const char          *title,
         const char          *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  g_object_set_data (G_OBJECT (row), "value", label);
  adw_preferences_group_add (group, row);
  return row;
}

static void
set_value (GtkWidget  *row,
           const char *value)
{
  gtk_label_set_label (GTK_LABEL (g_object_get_data (G_OBJECT (row), "value")), value);
}

/* The database and what isn't folded into it yet. */
static guint64
measure_file (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf status;
  guint64 size = 0;

  if (g_stat (path, &status) == 0)
    size += (guint64) status.st_size;
  if (g_stat (log, &status) == 0)
    size += (guint64) status.st_size;
  return size;
}

static char *
describe_runs (AnmStudy *study)
{
  const guint n_shown = g_list_model_get_n_items (anm_study_get_runs (study));
  const guint n_deleted = anm_study_get_n_all_runs (study) - n_shown;
  g_autofree char *count = anm_number_format_count (n_shown);

  if (n_deleted == 0)
    return g_steal_pointer (&count);
  /* Translators: how many runs there are, and how many of those deleted can be brought back: "12, 3 deleted". */
  return g_strdup_printf (ngettext ("%s, %u deleted", "%s, %u deleted", n_deleted), count, n_deleted);
}

static void
show_kept (AnmStudyProperties *self)
{
  g_autoptr (GError) error = NULL;
  gint64 kept, budget;
  g_autofree char *size = NULL;
  guint chosen = 0;

  if (!anm_study_get_snapshot_bytes (self->study, &kept, &budget, &error))
    {
      set_value (self->kept_row, error->message);
      return;
    }
  size = g_format_size ((guint64) kept);
  set_value (self->kept_row, size);
  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    if (budgets[i] * MEGABYTE <= budget)
      chosen = i;
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->budget_row), chosen);
}

static void
budget_cb (AnmStudyProperties *self)
{
  const guint chosen = adw_combo_row_get_selected (ADW_COMBO_ROW (self->budget_row));
  gint64 kept, budget;

  if (chosen >= G_N_ELEMENTS (budgets) || !anm_study_get_snapshot_bytes (self->study, &kept, &budget, NULL) ||
      budgets[chosen] * MEGABYTE == budget)
    return;
  anm_study_set_snapshot_budget (self->study, budgets[chosen] * MEGABYTE);
  show_kept (self);
}

static void
show_file_cb (AnmStudyProperties *self)
{
  anm_show_in_files (GTK_WINDOW (self), anm_study_get_path (self->study));
}

static void
add_file_group (AnmStudyProperties *self,
                GtkBox             *box)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  const char *path = anm_study_get_path (self->study);
  g_autofree char *size = g_format_size (measure_file (path));
  g_autofree char *format = g_strdup_printf ("%d", ANM_STORE_VERSION);
  GtkWidget *row, *button;

  adw_preferences_group_set_title (group, _("File"));
  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Path"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), path);
  adw_preferences_group_add (group, row);
  button = gtk_button_new_from_icon_name ("folder-open-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Show in files"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Show in files"), -1);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (show_file_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  add_row (group, _("Size"), size);
  add_row (group, _("Format of the file"), format);
  add_row (group, _("Program"), "Anamnesis " ANM_VERSION);
  gtk_box_append (box, GTK_WIDGET (group));
}

static void
add_content_group (AnmStudyProperties *self,
                   GtkBox             *box)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  const AnmCohort *cohort = anm_study_get_cohort (self->study);
  g_autofree char *patients = anm_number_format_count (cohort != NULL ? (gint64) cohort->n_patients : 0);
  g_autofree char *channels = anm_number_format_count (cohort != NULL ? cohort->n_channels : 0);
  g_autofree char *runs = describe_runs (self->study);

  adw_preferences_group_set_title (group, _("Contents"));
  add_row (group, _("Patients"), patients);
  add_row (group, _("Channels"), channels);
  if (anm_study_get_source (self->study) != NULL)
    add_row (group, _("Records from"), anm_study_get_source (self->study));
  add_row (group, _("Runs"), runs);
  gtk_box_append (box, GTK_WIDGET (group));
}

static void
add_snapshots_group (AnmStudyProperties *self,
                     GtkBox             *box)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autoptr (GtkStringList) sizes = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      g_autofree char *size = g_format_size ((guint64) (budgets[i] * MEGABYTE));

      gtk_string_list_append (sizes, size);
    }
  adw_preferences_group_set_title (group, _("Kept parameters"));
  adw_preferences_group_set_description (group, _("Each epoch’s parameters are kept until they outgrow this, then thinned. The first, the best and the last stay."));
  self->kept_row = add_row (group, _("Kept"), "");
  self->budget_row = adw_combo_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->budget_row), _("At most"));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->budget_row), G_LIST_MODEL (sizes));
  adw_preferences_group_add (group, self->budget_row);
  gtk_box_append (box, GTK_WIDGET (group));

  show_kept (self);
  g_signal_connect_object (self->budget_row, "notify::selected", G_CALLBACK (budget_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
anm_study_properties_new (GtkWindow *parent,
                          AnmStudy  *study)
{
  AnmStudyProperties *self = g_object_new (ANM_TYPE_STUDY_PROPERTIES, "transient-for", parent, "modal", TRUE, NULL);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  GtkWidget *header = adw_header_bar_new ();

  self->study = g_object_ref (study);
  gtk_window_set_title (GTK_WINDOW (self), _("Properties"));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header),
                                   adw_window_title_new (_("Properties"), anm_data_word (anm_study_get_title (study))));
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 620);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  add_file_group (self, GTK_BOX (box));
  add_content_group (self, GTK_BOX (box));
  add_snapshots_group (self, GTK_BOX (box));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), scrolled);
  adw_window_set_content (ADW_WINDOW (self), outer);

  return GTK_WIDGET (self);
}

static void
anm_study_properties_dispose (GObject *object)
{
  g_clear_object (&ANM_STUDY_PROPERTIES (object)->study);

  G_OBJECT_CLASS (anm_study_properties_parent_class)->dispose (object);
}

static void
anm_study_properties_class_init (AnmStudyPropertiesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_study_properties_dispose;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
anm_study_properties_init (AnmStudyProperties *self)
{
}
