/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/hand-bar.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/alteration-words.h"
#include "app/exhibits/training-curves.h"
#include "app/gui/half-choice.h"
#include "app/gui/hand-effect.h"
#include "app/gui/hand-gates.h"
#include "app/gui/hand-weights.h"
#include "app/gui/stepper.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

struct _AnmHandBar
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  AnmHandEffect  *effect;

  GtkWidget      *banner;
  GtkWidget      *held_label;
  GtkWidget      *effect_label;

  GtkWidget      *controls;
  GtkWidget      *hint;
  GtkWidget      *unit_stepper;
  GtkWidget      *half;
  GtkWidget      *silent_button;
  GtkWidget      *gates;
  GtkWidget      *weights_button;
  GtkWidget      *weights;

  guint           layer;       /* whose controls these are */
  AnmDirection    direction;
  guint           unit;        /* of the layer */
  guint           half_unit;   /* of its half */
  AnmNetwork     *network;     /* nullable: no unit chosen */
  gboolean        controls_shown;
  gboolean        showing;     /* controls are being set, not moved */
};

enum
{
  PROP_0,
  PROP_CONTROLS_SHOWN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmHandBar, anm_hand_bar, GTK_TYPE_WIDGET)

/* The banner */

static void
show_banner (AnmHandBar *self)
{
  AnmHand *hand = anm_view_state_get_hand (self->state);
  GBytes *learnt = anm_live_reading_get_learnt (self->live);
  const anm_real *numbers = learnt != NULL ? g_bytes_get_data (learnt, NULL) : NULL;
  g_autofree char *held = anm_hand_describe (hand, numbers);
  g_autofree char *all = anm_hand_list (hand, numbers);
  g_autofree char *effect =
    anm_hand_describe_effect (anm_hand_effect_get_before (self->effect), anm_hand_effect_get_after (self->effect));
  g_autofree char *text = NULL;

  if (held != NULL)
    /* Translators: what is held of the network. */
    text = g_strdup_printf (_("The network is altered: %s"), held);
  gtk_label_set_label (GTK_LABEL (self->held_label), text != NULL ? text : "");
  anm_set_tooltip (self->held_label, all);
  gtk_label_set_label (GTK_LABEL (self->effect_label), effect != NULL ? effect : "");
  anm_reveal (self->banner, held != NULL);
}

static void
undo_cb (AnmHandBar *self)
{
  anm_hand_undo (anm_view_state_get_hand (self->state));
}

static void
clear_cb (AnmHandBar *self)
{
  anm_hand_clear (anm_view_state_get_hand (self->state));
}

/* The controls */

static AnmAlteration
get_unit_place (AnmHandBar *self)
{
  return (AnmAlteration){ .kind = ANM_ALTERATION_UNIT, .layer = self->layer, .unit = self->unit };
}

static void
show_values (AnmHandBar *self)
{
  const AnmAlteration unit = get_unit_place (self);

  if (self->network == NULL || !self->controls_shown)
    return;
  self->showing = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->silent_button),
                                anm_hand_find (anm_view_state_get_hand (self->state), &unit) != NULL);
  self->showing = FALSE;
  anm_hand_gates_show_values (ANM_HAND_GATES (self->gates));
}

/* What can't be is put back, with the reason. */
static void
hold (AnmHandBar *self,
      const AnmAlteration *alteration)
{
  g_autoptr (GError) error = NULL;

  if (anm_hand_set (anm_view_state_get_hand (self->state), alteration, &error))
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", error->message);
  show_values (self);
}

static void
silenced_cb (AnmHandBar *self)
{
  const AnmAlteration alteration = get_unit_place (self);

  if (self->showing || self->network == NULL)
    return;
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->silent_button)))
    hold (self, &alteration);
  else
    anm_hand_remove (anm_view_state_get_hand (self->state), &alteration);
}

/* Of a layer that reads in both directions, units of the second half stand behind those of the first; or both halves add to the same
 * units, and the person chooses. */
static void
find_half (AnmHandBar *self,
           AnmPatientReading *reading)
{
  const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, self->layer, "→h");
  const gboolean is_second = trace != NULL && self->unit >= trace->n_units;
  const gboolean adds = trace != NULL && trace->n_units == reading->layers[self->layer].n_units;

  self->direction = is_second || (adds && anm_half_choice_get_half (ANM_HALF_CHOICE (self->half)) == ANM_DIRECTION_BACKWARDS) ? ANM_DIRECTION_BACKWARDS
                                                                                                                             : ANM_DIRECTION_FORWARDS;
  self->half_unit = is_second ? self->unit - trace->n_units : self->unit;
  gtk_widget_set_visible (self->half, adds);
}

static void
choose_unit (AnmHandBar *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state), unit = anm_view_state_get_unit (self->state);
  const gboolean is_there = reading != NULL && layer >= 0 && unit >= 0 && (guint) layer < reading->n_layers &&
                            (guint) unit < reading->layers[layer].n_units;

  if (!self->controls_shown)
    return;
  anm_hand_end_gesture (anm_view_state_get_hand (self->state));
  g_clear_pointer (&self->network, anm_network_unref);
  gtk_widget_set_visible (self->gates, is_there);
  gtk_widget_set_visible (self->weights_button, is_there);
  gtk_widget_set_visible (self->silent_button, is_there);
  gtk_widget_set_visible (self->unit_stepper, is_there);
  gtk_widget_set_visible (self->hint, !is_there);
  gtk_widget_set_visible (self->half, FALSE);
  if (!is_there)
    return;
  {
    g_autofree char *title = anm_layer_get_title (reading->network, (guint) layer);
    /* Translators: a layer and its unit. */
    g_autofree char *name = g_strdup_printf (_("%s unit %u"), title, (guint) unit + 1);

    anm_stepper_set_label (ANM_STEPPER (self->unit_stepper), name);
  }
  self->network = anm_network_ref (reading->network);
  self->layer = (guint) layer;
  self->unit = (guint) unit;
  find_half (self, reading);
  anm_hand_gates_set_unit (ANM_HAND_GATES (self->gates), self->network, self->layer, self->direction, self->half_unit);
  anm_hand_weights_set_unit (ANM_HAND_WEIGHTS (self->weights), self->layer, self->direction, self->half_unit);
  show_values (self);
}

static void
move_unit_action (GtkWidget *widget,
                  const char *name,
                  GVariant *parameter)
{
  AnmHandBar *self = ANM_HAND_BAR (widget);
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);

  if (reading != NULL && self->network != NULL && self->layer < reading->n_layers)
    {
      const int n_units = (int) reading->layers[self->layer].n_units;

      anm_view_state_set_unit (self->state, ((int) self->unit + g_variant_get_int32 (parameter) + n_units) % n_units);
    }
}

/* What changes */

static void
live_changed_cb (AnmHandBar *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);

  if (self->network != (reading != NULL ? reading->network : NULL))
    choose_unit (self);
  else
    show_values (self);
  show_banner (self);
}

static void
hand_changed_cb (AnmHandBar *self)
{
  show_values (self);
  show_banner (self);
}

static void
set_controls_shown (AnmHandBar *self,
                    gboolean shown)
{
  if (self->controls_shown == shown)
    return;
  self->controls_shown = shown;
  anm_reveal (self->controls, shown);
  choose_unit (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTROLS_SHOWN]);
}

static void
put_away_cb (AnmHandBar *self)
{
  set_controls_shown (self, FALSE);
}

void
anm_hand_bar_show_weight (AnmHandBar *self,
                          guint layer,
                          guint row,
                          guint unit)
{
  g_return_if_fail (ANM_IS_HAND_BAR (self));

  anm_view_state_set_layer (self->state, (int) layer);
  anm_view_state_set_unit (self->state, (int) unit);
  set_controls_shown (self, TRUE);
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->weights_button));
  anm_hand_weights_show_row (ANM_HAND_WEIGHTS (self->weights), row);
}

/* Making */

static GtkWidget *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_button (AnmHandBar *self,
             const char *icon,
             const char *label,
             GCallback clicked)
{
  GtkWidget *button = icon != NULL ? gtk_button_new_from_icon_name (icon) : gtk_button_new_with_label (label);

  if (icon != NULL)
    {
      anm_set_tooltip (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      gtk_widget_add_css_class (button, "flat");
    }
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  return button;
}

static void
make_banner (AnmHandBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *train;

  self->banner = gtk_revealer_new ();
  self->held_label = make_label (NULL);
  self->effect_label = make_label ("numeric");
  gtk_label_set_ellipsize (GTK_LABEL (self->held_label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->held_label, TRUE);
  gtk_widget_add_css_class (self->effect_label, "heading");
  gtk_widget_add_css_class (box, "anm-banner");
  gtk_widget_add_css_class (box, "compact");
  gtk_box_append (GTK_BOX (box), self->held_label);
  gtk_box_append (GTK_BOX (box), self->effect_label);
  train = gtk_button_new_with_label (_("Train from here"));
  anm_set_tooltip (train, _("A new run begins with these weights"));
  gtk_widget_set_valign (train, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (train), "win.train-held");
  gtk_box_append (GTK_BOX (box), train);
  gtk_box_append (GTK_BOX (box), make_button (self, NULL, _("Undo"), G_CALLBACK (undo_cb)));
  gtk_box_append (GTK_BOX (box), make_button (self, NULL, _("Let go of all"), G_CALLBACK (clear_cb)));
  gtk_revealer_set_child (GTK_REVEALER (self->banner), box);
  gtk_widget_set_parent (self->banner, GTK_WIDGET (self));
  anm_reveal (self->banner, FALSE);
}

static void
make_controls (AnmHandBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->controls = gtk_revealer_new ();
  self->hint = make_label ("dim-label");
  gtk_label_set_label (GTK_LABEL (self->hint), _("Choose a unit to take in hand: click a row of a heat strip"));
  self->unit_stepper = anm_stepper_new (_("Unit before"), _("Next unit"), -1);
  anm_stepper_set_actions (ANM_STEPPER (self->unit_stepper), "hand.move-unit", "hand.move-unit", 1);
  self->half = anm_half_choice_new ();
  gtk_widget_set_visible (self->half, FALSE);
  g_signal_connect_swapped (self->half, "chosen", G_CALLBACK (choose_unit), self);
  self->silent_button = gtk_toggle_button_new_with_label (_("Silent"));
  anm_set_tooltip (self->silent_button, _("The unit gives 0 at every step"));
  gtk_widget_set_valign (self->silent_button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->silent_button, "toggled", G_CALLBACK (silenced_cb), self);
  self->weights_button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->weights_button), _("Weights"));
  anm_set_tooltip (self->weights_button, _("The numbers that lead to this unit"));
  gtk_widget_set_valign (self->weights_button, GTK_ALIGN_CENTER);

  gtk_box_append (GTK_BOX (box), self->hint);
  gtk_box_append (GTK_BOX (box), self->unit_stepper);
  gtk_box_append (GTK_BOX (box), self->half);
  gtk_box_append (GTK_BOX (box), self->silent_button);
  gtk_box_append (GTK_BOX (box), self->gates);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_add_css_class (outer, "anm-hand");
  gtk_widget_add_css_class (outer, "compact");
  gtk_box_append (GTK_BOX (outer), scroller);
  gtk_box_append (GTK_BOX (outer), self->weights_button);
  gtk_box_append (GTK_BOX (outer), make_button (self, "window-close-symbolic", _("Put away"), G_CALLBACK (put_away_cb)));
  gtk_revealer_set_child (GTK_REVEALER (self->controls), outer);
  gtk_widget_set_parent (self->controls, GTK_WIDGET (self));
  anm_reveal (self->controls, FALSE);
}

GtkWidget *
anm_hand_bar_new (AnmViewState *state,
                  AnmLiveReading *live)
{
  AnmHandBar *self = g_object_new (ANM_TYPE_HAND_BAR, NULL);
  GtkWidget *popover = gtk_popover_new ();

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  self->effect = anm_hand_effect_new (state, live);
  self->gates = anm_hand_gates_new (state, live);
  self->weights = anm_hand_weights_new (state, live);
  make_banner (self);
  make_controls (self);
  gtk_popover_set_child (GTK_POPOVER (popover), self->weights);
  gtk_widget_add_css_class (popover, "hand-popover");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->weights_button), popover);

  g_signal_connect_object (live, "changed", G_CALLBACK (live_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_view_state_get_hand (state), "changed", G_CALLBACK (hand_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->effect, "changed", G_CALLBACK (show_banner), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (choose_unit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::unit", G_CALLBACK (choose_unit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::cursor", G_CALLBACK (show_values), self, G_CONNECT_SWAPPED);
  show_banner (self);
  return GTK_WIDGET (self);
}

static void
anm_hand_bar_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONTROLS_SHOWN:
      g_value_set_boolean (value, ANM_HAND_BAR (object)->controls_shown);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_hand_bar_set_property (GObject *object,
                           guint prop_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONTROLS_SHOWN:
      set_controls_shown (ANM_HAND_BAR (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_hand_bar_dispose (GObject *object)
{
  AnmHandBar *self = ANM_HAND_BAR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->effect);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_pointer (&self->network, anm_network_unref);

  G_OBJECT_CLASS (anm_hand_bar_parent_class)->dispose (object);
}

static void
anm_hand_bar_class_init (AnmHandBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_hand_bar_get_property;
  object_class->set_property = anm_hand_bar_set_property;
  object_class->dispose = anm_hand_bar_dispose;

  properties[PROP_CONTROLS_SHOWN] =
    g_param_spec_boolean ("controls-shown", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "hand.move-unit", "i", move_unit_action);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_hand_bar_init (AnmHandBar *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("The network taken in hand"), -1);
}
