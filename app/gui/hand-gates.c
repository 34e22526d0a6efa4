/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/hand-gates.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

/* Of a gate without an end, such as a relu: how far its slider goes. */
#define FAR 5.0
#define SCALE_WIDTH 96

/* One gate's slider. */
typedef struct
{
  char      *symbol;
  GtkWidget *check;
  GtkWidget *scale;
  GtkWidget *number;
} Gate;

struct _AnmHandGates
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;

  AnmNetwork     *network;     /* nullable: no unit chosen */
  guint           layer;
  AnmDirection    direction;
  guint           unit;        /* of the half */
  GArray         *gates;       /* of Gate */
  gboolean        showing;     /* controls are being set, not moved */
};

G_DEFINE_FINAL_TYPE (AnmHandGates, anm_hand_gates, GTK_TYPE_WIDGET)

static AnmAlteration
get_gate_place (AnmHandGates *self,
                const Gate *gate)
{
  AnmAlteration place = { .kind = ANM_ALTERATION_GATE, .layer = self->layer, .unit = self->unit, .direction = self->direction };

  g_strlcpy (place.symbol, gate->symbol, sizeof place.symbol);
  return place;
}

/* What the gate is at the cursor, or NaN. */
static double
read_gate (AnmHandGates *self,
           const Gate *gate)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const double time = anm_view_state_get_cursor (self->state);
  const AnmReadingTrace *trace = NULL;
  guint step;

  if (reading == NULL || reading->n_steps == 0 || self->layer >= reading->n_layers)
    return NAN;
  trace = anm_patient_reading_find_trace (reading, self->layer, gate->symbol);
  if (trace == NULL)
    {
      g_autofree char *of_half = g_strconcat (self->direction == ANM_DIRECTION_BACKWARDS ? "←" : "→", gate->symbol, NULL);

      trace = anm_patient_reading_find_trace (reading, self->layer, of_half);
    }
  if (trace == NULL || self->unit >= trace->n_units)
    return NAN;
  step = isnan (time) ? reading->n_steps - 1 : (guint) anm_patient_reading_get_step (reading, time);
  return (double) trace->values[(gsize) step * trace->n_units + self->unit];
}

static void
show_gate (AnmHandGates *self,
           const Gate *gate)
{
  const AnmAlteration place = get_gate_place (self, gate);
  const AnmAlteration *held = anm_hand_find (anm_view_state_get_hand (self->state), &place);
  const double value = held != NULL ? held->value : read_gate (self, gate);
  g_autofree char *number = anm_number_format_fixed (value, 2);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (gate->check), held != NULL);
  if (isfinite (value))
    gtk_range_set_value (GTK_RANGE (gate->scale), value);
  gtk_label_set_label (GTK_LABEL (gate->number), number);
  if (held != NULL)
    gtk_widget_remove_css_class (gate->number, "dim-label");
  else
    gtk_widget_add_css_class (gate->number, "dim-label");
}

void
anm_hand_gates_show_values (AnmHandGates *self)
{
  g_return_if_fail (ANM_IS_HAND_GATES (self));

  self->showing = TRUE;
  for (guint i = 0; i < self->gates->len; i++)
    show_gate (self, &g_array_index (self->gates, Gate, i));
  self->showing = FALSE;
}

/* What can't be is put back, with the reason. */
static void
hold (AnmHandGates *self,
      const AnmAlteration *alteration)
{
  g_autoptr (GError) error = NULL;

  if (anm_hand_set (anm_view_state_get_hand (self->state), alteration, &error))
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", error->message);
  anm_hand_gates_show_values (self);
}

static Gate *
find_gate (AnmHandGates *self,
           GtkWidget *widget)
{
  for (guint i = 0; i < self->gates->len; i++)
    {
      Gate *gate = &g_array_index (self->gates, Gate, i);

      if (gate->check == widget || gate->scale == widget)
        return gate;
    }
  return NULL;
}

static void
moved_cb (AnmHandGates *self,
          GtkWidget *scale)
{
  const Gate *gate = find_gate (self, scale);
  AnmAlteration alteration;

  if (self->showing || gate == NULL)
    return;
  alteration = get_gate_place (self, gate);
  alteration.value = gtk_range_get_value (GTK_RANGE (scale));
  hold (self, &alteration);
}

static void
checked_cb (AnmHandGates *self,
            GtkWidget *check)
{
  const Gate *gate = find_gate (self, check);
  AnmAlteration alteration;

  if (self->showing || gate == NULL)
    return;
  alteration = get_gate_place (self, gate);
  alteration.value = gtk_range_get_value (GTK_RANGE (gate->scale));
  if (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
    hold (self, &alteration);
  else
    anm_hand_remove (anm_view_state_get_hand (self->state), &alteration);
}

static void
add_gate (AnmHandGates *self,
          const char *symbol)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *label = anm_alteration_get_gate_label (self->network, self->layer, self->direction, symbol);
  g_autofree char *held_name = g_strdup_printf (_("Hold “%s”"), label != NULL ? _(label) : symbol);
  double minimum, maximum;
  Gate gate;

  anm_alteration_get_range (self->network, self->layer, self->direction, symbol, &minimum, &maximum);
  minimum = isfinite (minimum) ? minimum : -FAR;
  maximum = isfinite (maximum) ? maximum : FAR;
  gate.symbol = g_strdup (symbol);
  gate.check = gtk_check_button_new_with_label (symbol);
  gate.scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, minimum, maximum, (maximum - minimum) / 100);
  gate.number = gtk_label_new (NULL);
  gtk_scale_set_draw_value (GTK_SCALE (gate.scale), FALSE);
  gtk_widget_set_size_request (gate.scale, SCALE_WIDTH, -1);
  anm_set_tooltip (box, held_name);
  gtk_label_set_width_chars (GTK_LABEL (gate.number), 5);
  gtk_label_set_xalign (GTK_LABEL (gate.number), 0);
  gtk_widget_add_css_class (gate.number, "numeric");
  gtk_widget_add_css_class (gate.check, "hand-symbol");
  gtk_accessible_update_property (GTK_ACCESSIBLE (gate.check), GTK_ACCESSIBLE_PROPERTY_LABEL, held_name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gate.scale), GTK_ACCESSIBLE_PROPERTY_LABEL, label != NULL ? _(label) : symbol, -1);
  gtk_box_append (GTK_BOX (box), gate.check);
  gtk_box_append (GTK_BOX (box), gate.scale);
  gtk_box_append (GTK_BOX (box), gate.number);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  g_array_append_val (self->gates, gate);
  g_signal_connect_swapped (gate.check, "toggled", G_CALLBACK (checked_cb), self);
  g_signal_connect_swapped (gate.scale, "value-changed", G_CALLBACK (moved_cb), self);
}

static void
make_gates (AnmHandGates *self)
{
  g_auto (GStrv) symbols = anm_alteration_list_gates (self->network, self->layer, self->direction);
  gboolean same = g_strv_length (symbols) == self->gates->len;
  GtkWidget *child;

  for (guint i = 0; same && i < self->gates->len; i++)
    same = g_str_equal (g_array_index (self->gates, Gate, i).symbol, symbols[i]);
  if (same)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_array_set_size (self->gates, 0);
  for (guint i = 0; symbols[i] != NULL; i++)
    add_gate (self, symbols[i]);
}

void
anm_hand_gates_set_unit (AnmHandGates *self,
                         AnmNetwork *network,
                         guint layer,
                         AnmDirection direction,
                         guint unit)
{
  g_return_if_fail (ANM_IS_HAND_GATES (self));

  g_clear_pointer (&self->network, anm_network_unref);
  self->network = anm_network_ref (network);
  self->layer = layer;
  self->direction = direction;
  self->unit = unit;
  make_gates (self);
}

GtkWidget *
anm_hand_gates_new (AnmViewState *state,
                    AnmLiveReading *live)
{
  AnmHandGates *self = g_object_new (ANM_TYPE_HAND_GATES, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  return GTK_WIDGET (self);
}

static void
clear_gate (gpointer data)
{
  g_free (((Gate *) data)->symbol);
}

static void
anm_hand_gates_dispose (GObject *object)
{
  AnmHandGates *self = ANM_HAND_GATES (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_array_set_size (self->gates, 0);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_pointer (&self->network, anm_network_unref);

  G_OBJECT_CLASS (anm_hand_gates_parent_class)->dispose (object);
}

static void
anm_hand_gates_finalize (GObject *object)
{
  g_array_unref (ANM_HAND_GATES (object)->gates);

  G_OBJECT_CLASS (anm_hand_gates_parent_class)->finalize (object);
}

static void
anm_hand_gates_class_init (AnmHandGatesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_hand_gates_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_hand_gates_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
anm_hand_gates_init (AnmHandGates *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);
  self->gates = g_array_new (FALSE, FALSE, sizeof (Gate));
  g_array_set_clear_func (self->gates, clear_gate);
}
