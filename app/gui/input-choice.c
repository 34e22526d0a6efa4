/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/input-choice.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/exhibits/data-words.h"

/* Below so many channels a search is in the way. */
#define FEW 12
#define LIST_HEIGHT 320

struct _AnmInputChoice
{
  GtkPopover  parent_instance;

  AnmCohort  *cohort;  /* whose channels are listed */
  GtkWidget  *search;
  GtkWidget  *list;
  gboolean    showing;
};

static guint chosen_signal;

G_DEFINE_FINAL_TYPE (AnmInputChoice, anm_input_choice, GTK_TYPE_POPOVER)

GtkWidget *
anm_input_choice_new (void)
{
  return g_object_new (ANM_TYPE_INPUT_CHOICE, NULL);
}

static GtkWidget *
get_check (AnmInputChoice *self,
           guint channel)
{
  return gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int) channel));
}

static void
toggled_cb (AnmInputChoice *self)
{
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));

  if (self->showing)
    return;

  for (guint i = 0; i < self->cohort->n_channels; i++)
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (get_check (self, i))))
      g_array_append_val (chosen, i);
  g_signal_emit (self, chosen_signal, 0, chosen);
}

static gboolean
matches (GtkListBoxRow *row,
         gpointer data)
{
  AnmInputChoice *self = data;
  const AnmField *field = &self->cohort->channels[gtk_list_box_row_get_index (row)];
  const char *wanted = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autofree char *needle = g_utf8_casefold (wanted, -1);
  g_autofree char *label = g_utf8_casefold (anm_field_get_label (field), -1);
  g_autofree char *short_label = g_utf8_casefold (anm_field_get_short_label (field), -1);

  return *needle == '\0' || strstr (label, needle) != NULL || strstr (short_label, needle) != NULL;
}

static void
fill (AnmInputChoice *self)
{
  GtkListBoxRow *row;

  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), NULL, NULL, NULL);
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  for (guint i = 0; i < self->cohort->n_channels; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (anm_field_get_label (&self->cohort->channels[i]));

      g_signal_connect_swapped (check, "toggled", G_CALLBACK (toggled_cb), self);
      gtk_list_box_append (GTK_LIST_BOX (self->list), check);
    }
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), matches, self, NULL);
  gtk_widget_set_visible (self->search, self->cohort->n_channels > FEW);
}

void
anm_input_choice_set (AnmInputChoice *self,
                      AnmCohort *cohort,
                      const GArray *chosen)
{
  g_return_if_fail (ANM_IS_INPUT_CHOICE (self));
  g_return_if_fail (cohort != NULL);

  self->showing = TRUE;
  if (self->cohort != cohort)
    {
      g_clear_pointer (&self->cohort, anm_cohort_unref);
      self->cohort = anm_cohort_ref (cohort);
      fill (self);
    }
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  for (guint i = 0; i < cohort->n_channels; i++)
    {
      gboolean is_chosen = FALSE;

      for (guint k = 0; k < chosen->len; k++)
        is_chosen = is_chosen || g_array_index (chosen, guint, k) == i;
      gtk_check_button_set_active (GTK_CHECK_BUTTON (get_check (self, i)), is_chosen);
    }
  self->showing = FALSE;
}

static void
anm_input_choice_dispose (GObject *object)
{
  AnmInputChoice *self = ANM_INPUT_CHOICE (object);

  self->showing = TRUE;
  if (self->list != NULL)
    gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), NULL, NULL, NULL);
  self->list = NULL;
  g_clear_pointer (&self->cohort, anm_cohort_unref);

  G_OBJECT_CLASS (anm_input_choice_parent_class)->dispose (object);
}

static void
anm_input_choice_class_init (AnmInputChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_input_choice_dispose;

  chosen_signal = g_signal_new ("chosen", ANM_TYPE_INPUT_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);
}

static void
anm_input_choice_init (AnmInputChoice *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _("Search channels"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search channels"), -1);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_box_append (GTK_BOX (box), self->search);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_widget_add_css_class (box, "popover-grid");
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Inputs shown"), -1);
}
