/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/number-entry.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/tooltip.h"

#define WIDTH_CHARS 7

struct _AnmNumberEntry
{
  GtkWidget       parent_instance;

  GtkWidget      *entry;
  AnmNumberLimits limits;
  double          value;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmNumberEntry, anm_number_entry, GTK_TYPE_WIDGET)

static void
show_value (AnmNumberEntry *self)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  gtk_editable_set_text (GTK_EDITABLE (self->entry), g_ascii_formatd (digits, sizeof digits, "%.6g", self->value));
}

static void
set_wrong (AnmNumberEntry *self,
           gboolean wrong)
{
  g_autofree char *allowed = NULL;

  if (!wrong)
    {
      gtk_widget_remove_css_class (self->entry, "error");
      anm_set_tooltip (self->entry, NULL);
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
      return;
    }

  /* Translators: the two limits of a number, each with a word that says whether it is allowed itself. */
  allowed = g_strdup_printf (_("A number %s %g and %s %g"),
                             self->limits.least_allowed ? _("from") : _("above"), self->limits.least,
                             self->limits.most_allowed ? _("up to") : _("below"), self->limits.most);
  gtk_widget_add_css_class (self->entry, "error");
  anm_set_tooltip (self->entry, allowed);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

static gboolean
parse (AnmNumberEntry *self,
       double *value)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  char *end = NULL;

  if (strchr (text, '.') == NULL)
    g_strdelimit (text, ",", '.');

  *value = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (*value) &&
         (self->limits.least_allowed ? *value >= self->limits.least : *value > self->limits.least) &&
         (self->limits.most_allowed ? *value <= self->limits.most : *value < self->limits.most);
}

static gboolean
take_over (AnmNumberEntry *self)
{
  double value;

  if (!parse (self, &value))
    return FALSE;

  set_wrong (self, FALSE);
  if (value == self->value)
    {
      show_value (self);
      return TRUE;
    }

  self->value = value;
  show_value (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

static void
activate_cb (AnmNumberEntry *self)
{
  if (!take_over (self))
    set_wrong (self, TRUE);
}

static void
focus_left_cb (AnmNumberEntry *self)
{
  if (gtk_widget_in_destruction (GTK_WIDGET (self)) || take_over (self))
    return;

  set_wrong (self, FALSE);
  show_value (self);
}

double
anm_number_entry_get_value (AnmNumberEntry *self)
{
  g_return_val_if_fail (ANM_IS_NUMBER_ENTRY (self), 0);

  return self->value;
}

void
anm_number_entry_set_value (AnmNumberEntry *self,
                            double value)
{
  g_return_if_fail (ANM_IS_NUMBER_ENTRY (self));

  if (self->value == value)
    return;

  self->value = value;
  set_wrong (self, FALSE);
  show_value (self);
}

GtkWidget *
anm_number_entry_new (const char *name,
                      const AnmNumberLimits *limits,
                      double value)
{
  AnmNumberEntry *self = g_object_new (ANM_TYPE_NUMBER_ENTRY, NULL);

  self->limits = *limits;
  self->value = value;
  show_value (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  return GTK_WIDGET (self);
}

static void
anm_number_entry_dispose (GObject *object)
{
  AnmNumberEntry *self = ANM_NUMBER_ENTRY (object);

  g_clear_pointer (&self->entry, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_number_entry_parent_class)->dispose (object);
}

static void
anm_number_entry_class_init (AnmNumberEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_number_entry_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ANM_TYPE_NUMBER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_number_entry_init (AnmNumberEntry *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), WIDTH_CHARS);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), WIDTH_CHARS);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->entry), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_add_css_class (self->entry, "numeric");
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));

  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (self->entry, focus);
}
