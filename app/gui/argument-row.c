/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/argument-row.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/setting-notes.h"
#include "app/gui/info-label.h"
#include "app/gui/word-spin.h"

struct _AnmArgumentRow
{
  GtkWidget          parent_instance;

  const AnmArgument *argument;
  GtkWidget         *row;
  GtkWidget         *control;
  gboolean           showing;
};

enum
{
  SIGNAL_EDITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmArgumentRow, anm_argument_row, GTK_TYPE_WIDGET)

static GtkWidget *
make_word (const char *label)
{
  GtkWidget *text = gtk_label_new (label);

  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (text, "dim-label");
  return text;
}

GtkWidget *
anm_card_row_new (const char *label,
                  const char *summary,
                  const char *formula,
                  gboolean acts_at_once,
                  GtkWidget *control)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, acts_at_once ? 3 : 6);
  GtkWidget *word = summary != NULL ? anm_info_label_new (label, summary, formula, NULL) : make_word (label);
  GtkWidget *text = summary != NULL ? gtk_menu_button_get_child (GTK_MENU_BUTTON (word)) : word;

  gtk_label_set_width_chars (GTK_LABEL (text), acts_at_once ? 7 : 6);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 18);
  gtk_widget_add_css_class (word, "caption");
  /* For the keyboard all words of a card are in its menu, under "About this layer". */
  gtk_widget_set_can_focus (word, FALSE);
  gtk_widget_set_hexpand (word, !acts_at_once);
  gtk_widget_set_halign (word, GTK_ALIGN_START);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), word);
  if (acts_at_once)
    {
      GtkWidget *bolt = anm_bolt_new ();

      gtk_widget_set_hexpand (bolt, TRUE);
      gtk_widget_set_halign (bolt, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (row), bolt);
    }
  gtk_box_append (GTK_BOX (row), control);

  return row;
}

static void
changed_cb (AnmArgumentRow *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_EDITED], 0, anm_argument_row_get_value (self));
}

static GtkWidget *
make_spin (const AnmArgument *argument)
{
  const gboolean whole = argument->kind == ANM_ARGUMENT_SIZE;
  const double span = argument->maximum - argument->minimum;
  const double step = whole ? 1 : span <= 2 ? 0.05 : 0.5;
  GtkWidget *spin = anm_word_spin_new (argument->minimum, argument->maximum, step, whole ? 0 : 1, NULL, NULL,
                                       _(argument->label));

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 3);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 5);
  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spin), step, whole ? 16 : 10 * step);
  return spin;
}

static GtkWidget *
make_control (AnmArgumentRow *self)
{
  GtkWidget *control = NULL;
  const char *notified = NULL;

  switch (self->argument->kind)
    {
    case ANM_ARGUMENT_SIZE:
    case ANM_ARGUMENT_REAL:
      control = make_spin (self->argument);
      notified = "value-changed";
      break;
    case ANM_ARGUMENT_CHOICE:
      control = gtk_drop_down_new_from_strings (self->argument->choices);
      notified = "notify::selected";
      break;
    case ANM_ARGUMENT_FLAG:
      control = gtk_switch_new ();
      notified = "notify::active";
      break;
    default:
      g_assert_not_reached ();
    }

  gtk_accessible_update_property (GTK_ACCESSIBLE (control),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _(self->argument->label),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(self->argument->summary),
                                  -1);
  g_signal_connect_swapped (control, notified, G_CALLBACK (changed_cb), self);
  return control;
}

/* What is dropped can change while a run goes on. */
static gboolean
acts_at_once (const AnmArgument *argument)
{
  return g_str_equal (argument->name, "dropout") || g_str_equal (argument->name, "recurrent_dropout") || g_str_equal (argument->name, "rate");
}

GtkWidget *
anm_argument_row_new (const AnmLayerClass *klass,
                      const AnmArgument *argument)
{
  AnmArgumentRow *self = g_object_new (ANM_TYPE_ARGUMENT_ROW, NULL);

  self->argument = argument;
  self->control = make_control (self);
  self->row = anm_card_row_new (_(argument->label), _(argument->summary), anm_argument_formula (klass, argument),
                                acts_at_once (argument), self->control);
  gtk_widget_set_parent (self->row, GTK_WIDGET (self));
  anm_argument_row_set_value (self, argument->fallback);

  return GTK_WIDGET (self);
}

const AnmArgument *
anm_argument_row_get_argument (AnmArgumentRow *self)
{
  g_return_val_if_fail (ANM_IS_ARGUMENT_ROW (self), NULL);

  return self->argument;
}

double
anm_argument_row_get_value (AnmArgumentRow *self)
{
  g_return_val_if_fail (ANM_IS_ARGUMENT_ROW (self), 0);

  switch (self->argument->kind)
    {
    case ANM_ARGUMENT_SIZE:
    case ANM_ARGUMENT_REAL:
      return gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control));
    case ANM_ARGUMENT_CHOICE:
      return gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control));
    case ANM_ARGUMENT_FLAG:
      return gtk_switch_get_active (GTK_SWITCH (self->control));
    default:
      g_assert_not_reached ();
    }
}

void
anm_argument_row_set_value (AnmArgumentRow *self,
                            double value)
{
  g_return_if_fail (ANM_IS_ARGUMENT_ROW (self));

  self->showing = TRUE;
  switch (self->argument->kind)
    {
    case ANM_ARGUMENT_SIZE:
    case ANM_ARGUMENT_REAL:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), value);
      break;
    case ANM_ARGUMENT_CHOICE:
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), (guint) value);
      break;
    case ANM_ARGUMENT_FLAG:
      gtk_switch_set_active (GTK_SWITCH (self->control), value != 0);
      break;
    default:
      g_assert_not_reached ();
    }
  self->showing = FALSE;
}

static void
anm_argument_row_dispose (GObject *object)
{
  AnmArgumentRow *self = ANM_ARGUMENT_ROW (object);

  g_clear_pointer (&self->row, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_argument_row_parent_class)->dispose (object);
}

static void
anm_argument_row_class_init (AnmArgumentRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_argument_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_EDITED] =
    g_signal_new ("edited", ANM_TYPE_ARGUMENT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
anm_argument_row_init (AnmArgumentRow *self)
{
}
