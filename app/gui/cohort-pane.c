/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/cohort-pane.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/channel-row.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"
#include "widgets/figures/theme.h"

struct _AnmCohortPane
{
  GtkWidget         parent_instance;

  AnmCohort        *cohort;
  AnmCohortSummary *summary;

  GtkWidget        *caption_label;
  GtkWidget        *warnings_button;
  GtkWidget        *warnings_count;
  GtkWidget        *warnings_box;
  GtkWidget        *legend;
  GtkWidget        *groups_label;
  GtkWidget        *missing_label;
  GtkWidget        *stack;
  GtkWidget        *list_view;
  GtkWidget        *finding_box;
  GtkWidget        *finding_label;
};

G_DEFINE_FINAL_TYPE (AnmCohortPane, anm_cohort_pane, GTK_TYPE_WIDGET)

/* Rows: the list's items are numbers of channels, as text that GTK has a model for. */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AnmCohortPane            *self)
{
  gtk_list_item_set_child (item, anm_channel_row_new ());
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AnmCohortPane            *self)
{
  AnmChannelRow *row = ANM_CHANNEL_ROW (gtk_list_item_get_child (item));
  g_autofree char *description = NULL;

  anm_channel_row_show (row, self->summary, gtk_list_item_get_position (item));
  description = anm_channel_row_describe (row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (row))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

static GtkSelectionModel *
make_channel_list (const AnmCohort *cohort)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  for (guint c = 0; c < cohort->n_channels; c++)
    gtk_string_list_append (names, cohort->channels[c].name);

  return GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (names)));
}

/* Legend */

static void
append_group (GString        *markup,
              const AnmTheme *theme,
              AnmColourRole   role,
              const char     *word)
{
  const AnmColour colour = anm_theme_get_text_colour (theme, role);
  g_autofree char *escaped = g_markup_escape_text (word, -1);

  g_string_append_printf (markup, "%s<span color=\"#%02x%02x%02x\" weight=\"bold\">%s</span>",
                          markup->len > 0 ? "  " : "",
                          (guint) (255 * colour.red + 0.5), (guint) (255 * colour.green + 0.5),
                          (guint) (255 * colour.blue + 0.5), escaped);
}

static void
update_legend (AnmCohortPane *self)
{
  GString *markup = g_string_new (NULL);
  AnmTheme theme;

  anm_theme_init (&theme, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  for (guint g = 0; self->summary != NULL && g < self->summary->n_groups; g++)
    {
      AnmColourRole role = ANM_COLOUR_RUN_FIRST + g % ANM_N_RUN_COLOURS;

      if (self->summary->n_groups == 2)
        role = g == 1 ? ANM_COLOUR_EVENT : ANM_COLOUR_NO_EVENT;
      append_group (markup, &theme, role, anm_data_word (self->cohort->target.classes[g]));
    }

  gtk_label_set_markup (GTK_LABEL (self->groups_label), markup->str);
  gtk_widget_set_margin_start (self->groups_label, anm_channel_row_get_name_width (self->list_view));
  gtk_label_set_label (GTK_LABEL (self->missing_label),
                       self->cohort != NULL && g_str_equal (self->cohort->time_unit, "h") &&
                           self->summary != NULL && self->summary->step == 1
                         ? _("missing hours")
                         : _("missing steps"));
  gtk_widget_set_visible (self->legend, self->summary != NULL);
  g_string_free (markup, TRUE);
}

/* Warnings */

static void
update_warnings (AnmCohortPane *self)
{
  const guint n_warnings = self->cohort != NULL && self->cohort->warnings != NULL ? self->cohort->warnings->len : 0;
  g_autofree char *count = anm_number_format_count (n_warnings);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->warnings_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->warnings_box), child);

  for (guint i = 0; i < n_warnings; i++)
    {
      GtkWidget *label = gtk_label_new (g_ptr_array_index (self->cohort->warnings, i));

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_box_append (GTK_BOX (self->warnings_box), label);
    }

  gtk_label_set_label (GTK_LABEL (self->warnings_count), count);
  gtk_widget_set_visible (self->warnings_button, n_warnings > 0);
}

/* Public */

void
anm_cohort_pane_set_cohort (AnmCohortPane *self,
                            AnmCohort     *cohort)
{
  g_return_if_fail (ANM_IS_COHORT_PANE (self));

  if (self->cohort == cohort)
    return;

  anm_cohort_pane_set_summary (self, NULL);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  if (cohort != NULL)
    self->cohort = anm_cohort_ref (cohort);
  gtk_label_set_label (GTK_LABEL (self->caption_label), "");
  update_warnings (self);
}

void
anm_cohort_pane_set_summary (AnmCohortPane    *self,
                             AnmCohortSummary *summary)
{
  const char *finding = summary != NULL ? summary->finding : NULL;

  g_return_if_fail (ANM_IS_COHORT_PANE (self));

  gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), NULL);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  if (summary != NULL)
    {
      g_autoptr (GtkSelectionModel) channels = make_channel_list (summary->cohort);
      g_autofree char *caption = anm_cohort_summary_describe (summary);

      self->summary = anm_cohort_summary_ref (summary);
      gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), channels);
      gtk_label_set_label (GTK_LABEL (self->caption_label), caption);
      anm_set_tooltip (self->caption_label, caption);
    }

  update_legend (self);
  if (finding != NULL)
    {
      /* No line begins with the sign of a percentage. */
      g_auto (GStrv) parts = g_strsplit (finding, " %", -1);
      g_autofree char *text = g_strjoinv ("\302\240%", parts);

      gtk_label_set_label (GTK_LABEL (self->finding_label), text);
    }
  gtk_widget_set_visible (self->finding_box, finding != NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), summary != NULL ? "channels" : "computing");
}

/* On a page that isn't shown it would spin, too, and GTK turn over 60 frames a second for it. */
static void
spinner_map_cb (GtkSpinner *spinner)
{
  gtk_spinner_set_spinning (spinner, TRUE);
}

static void
spinner_unmap_cb (GtkSpinner *spinner)
{
  gtk_spinner_set_spinning (spinner, FALSE);
}

static void
anm_cohort_pane_dispose (GObject *object)
{
  AnmCohortPane *self = ANM_COHORT_PANE (object);

  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), self);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_COHORT_PANE);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);

  G_OBJECT_CLASS (anm_cohort_pane_parent_class)->dispose (object);
}

static void
anm_cohort_pane_class_init (AnmCohortPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_cohort_pane_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/cohort-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, caption_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, warnings_button);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, warnings_count);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, warnings_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, legend);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, groups_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, missing_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, stack);
  gtk_widget_class_bind_template_callback (widget_class, spinner_map_cb);
  gtk_widget_class_bind_template_callback (widget_class, spinner_unmap_cb);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, list_view);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, finding_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCohortPane, finding_label);
}

static void
anm_cohort_pane_init (AnmCohortPane *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list_view), factory);
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (update_legend), self);
}
