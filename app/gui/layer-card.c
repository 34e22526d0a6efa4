/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/layer-card.h"

#include <glib/gi18n-lib.h>

#include "app/gui/argument-row.h"
#include "app/gui/info-label.h"
#include "app/gui/layer-picture.h"
#include "widgets/figures/number.h"

#define TITLE_HEIGHT 36
#define ABOUT_DELAY_MS 120

struct _AnmLayerCard
{
  GtkWidget            parent_instance;

  GtkWidget           *frame;
  GtkWidget           *grip;
  GtkWidget           *type_drop_down;
  GtkWidget           *earlier_button;
  GtkWidget           *later_button;
  GtkWidget           *reorder_button;
  GtkWidget           *freeze_button;
  GtkWidget           *about;     /* popover; NULL until it is asked for */
  guint                about_source;
  GPtrArray           *rows;      /* AnmArgumentRow, in the order of the class's table */

  const AnmLayerClass *klass;
  guint                index;
  guint                n_layers;
  gboolean             frozen;
  gboolean             showing;
};

enum
{
  SIGNAL_EDIT,
  SIGNAL_CHOSEN,
  SIGNAL_REORDER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmLayerCard, anm_layer_card, GTK_TYPE_WIDGET)

GtkWidget *
anm_layer_card_new (void)
{
  return g_object_new (ANM_TYPE_LAYER_CARD, NULL);
}

AnmCardFrame *
anm_layer_card_get_frame (AnmLayerCard *self)
{
  g_return_val_if_fail (ANM_IS_LAYER_CARD (self), NULL);

  return ANM_CARD_FRAME (self->frame);
}

guint
anm_layer_card_get_index (AnmLayerCard *self)
{
  g_return_val_if_fail (ANM_IS_LAYER_CARD (self), 0);

  return self->index;
}

const AnmLayerClass *
anm_layer_card_get_class (AnmLayerCard *self)
{
  g_return_val_if_fail (ANM_IS_LAYER_CARD (self), NULL);

  return self->klass;
}

/* What a person wants */

static void
emit_edit (AnmLayerCard *self,
           AnmNetworkEdit edit)
{
  edit.layer = self->index;
  g_signal_emit (self, signals[SIGNAL_EDIT], 0, &edit);
}

static void
argument_edited_cb (AnmLayerCard *self,
                    double value,
                    GtkWidget *row)
{
  guint argument;

  if (g_ptr_array_find (self->rows, row, &argument))
    emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_ARGUMENT, .argument = argument, .value = value });
}

static void
type_chosen_cb (AnmLayerCard *self)
{
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->type_drop_down));

  if (!self->showing && selected < n_classes && classes[selected] != self->klass)
    emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_CLASS, .klass = classes[selected] });
}

static void
move (AnmLayerCard *self,
      int direction)
{
  const int to = (int) self->index + direction;

  if (to >= 0 && to < (int) self->n_layers)
    emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_MOVE, .to = (guint) to });
}

static void
move_earlier_cb (AnmLayerCard *self)
{
  move (self, -1);
}

static void
move_later_cb (AnmLayerCard *self)
{
  move (self, 1);
}

static void
duplicate_cb (AnmLayerCard *self)
{
  emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_DUPLICATE });
}

static void
remove_cb (AnmLayerCard *self)
{
  emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_REMOVE });
}

static void
freeze_cb (AnmLayerCard *self)
{
  const int argument = anm_layer_class_find_argument (self->klass, "frozen");

  if (argument >= 0)
    emit_edit (self, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_ARGUMENT, .argument = (guint) argument, .value = !self->frozen });
}

/* The menu, which this was chosen from, closes first. */
static gboolean
show_about_cb (gpointer data)
{
  AnmLayerCard *self = data;

  self->about_source = 0;
  g_clear_pointer (&self->about, gtk_widget_unparent);
  self->about = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->about), anm_layer_about_new (self->klass));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->about),
                               &(GdkRectangle){ gtk_widget_get_width (GTK_WIDGET (self)) / 2, TITLE_HEIGHT, 1, 1 });
  gtk_widget_set_parent (self->about, GTK_WIDGET (self));
  gtk_popover_popup (GTK_POPOVER (self->about));
  return G_SOURCE_REMOVE;
}

static void
about_cb (AnmLayerCard *self)
{
  if (self->about_source == 0)
    self->about_source = g_timeout_add (ABOUT_DELAY_MS, show_about_cb, self);
}

static void
reorder_cb (AnmLayerCard *self)
{
  g_signal_emit (self, signals[SIGNAL_REORDER], 0);
}

static void
strip_clicked_cb (AnmLayerCard *self,
                  const AnmFigurePlace *place,
                  int n_press)
{
  if (place != NULL && place->series >= 0 && g_str_equal (anm_layer_class_get_type (self->klass), "dense"))
    {
      /* A weight: a bar of the only output, or a cell of the map, input by output. */
      gtk_widget_activate_action (GTK_WIDGET (self), "win.show-weight", "(uuu)", self->index, (guint) place->series,
                                  (guint) MAX (0, place->index));
      return;
    }
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0,
                 place != NULL && anm_layer_class_is_recurrent (self->klass) ? place->series : -1);
  if (n_press == 2 && place != NULL && place->series >= 0 && anm_layer_class_is_recurrent (self->klass))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.cell-lens", NULL);
}

static void
focus_entered_cb (AnmLayerCard *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, -1);
}

/* A press on the card itself, not on one of its controls. */
static void
pressed_cb (AnmLayerCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* Dragging */

static GdkContentProvider *
prepare_drag_cb (GtkDragSource *source,
                 double x,
                 double y,
                 AnmLayerCard *self)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, picture, (int) x + 12, (int) y + 12);
  return gdk_content_provider_new_typed (ANM_TYPE_LAYER_CARD, self);
}

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue *value,
         double x,
         double y,
         AnmLayerCard *self)
{
  AnmLayerCard *dragged = g_value_get_object (value);

  if (dragged == self || gtk_widget_get_parent (GTK_WIDGET (dragged)) != gtk_widget_get_parent (GTK_WIDGET (self)))
    return FALSE;

  emit_edit (dragged, (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_MOVE, .to = self->index });
  return TRUE;
}

/* What is shown */

static void
make_rows (AnmLayerCard *self)
{
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (self->klass, &n_arguments);
  GtkWidget *rows = anm_card_frame_get_rows (ANM_CARD_FRAME (self->frame));
  GtkWidget *more_rows = anm_card_frame_get_more_rows (ANM_CARD_FRAME (self->frame));

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);
      gtk_box_remove (GTK_BOX (gtk_widget_get_parent (row)), row);
    }
  g_ptr_array_set_size (self->rows, 0);

  for (guint i = 0; i < n_arguments; i++)
    {
      GtkWidget *row = anm_argument_row_new (self->klass, &arguments[i]);

      g_signal_connect_swapped (row, "edited", G_CALLBACK (argument_edited_cb), self);
      /* The menu has a command of its own for it. */
      gtk_widget_set_visible (row, !g_str_equal (arguments[i].name, "frozen"));
      gtk_box_append (GTK_BOX (arguments[i].common ? rows : more_rows), row);
      g_ptr_array_add (self->rows, row);
    }
}

static void
show_class (AnmLayerCard *self,
            const AnmLayerClass *klass)
{
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);
  g_autofree char *menu_name = NULL;

  self->klass = klass;
  for (guint i = 0; i < n_classes; i++)
    if (classes[i] == klass)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->type_drop_down), i);

  /* Translators: the menu of a layer: "More about LSTM". */
  menu_name = g_strdup_printf (_("More about %s"), _(anm_layer_class_get_label (klass)));
  anm_card_frame_set_summary (ANM_CARD_FRAME (self->frame), _(anm_layer_class_get_summary (klass)), menu_name);
  gtk_widget_set_visible (self->reorder_button, anm_layer_class_is_recurrent (klass));
  gtk_widget_set_visible (self->freeze_button, anm_layer_class_find_argument (klass, "frozen") >= 0);
  make_rows (self);
}

static gboolean
is_frozen (const AnmLayerSpec *layer)
{
  const int argument = anm_layer_class_find_argument (layer->klass, "frozen");

  return argument >= 0 && layer->values[argument] != 0;
}

/* "Layer 2 of 4, LSTM, 32 units" */
static void
describe (AnmLayerCard *self,
          const AnmLayerSpec *layer)
{
  const int argument = anm_layer_class_find_argument (self->klass, "units");
  const guint n_units = argument >= 0 ? (guint) layer->values[argument] : 0;
  g_autofree char *name = g_strdup_printf (_("Layer %u of %u, %s"), self->index + 1, self->n_layers,
                                           _(anm_layer_class_get_label (self->klass)));
  g_autofree char *units = g_strdup_printf (ngettext ("%u unit", "%u units", n_units), n_units);
  g_autoptr (GString) full = g_string_new (name);

  if (n_units > 0)
    g_string_append_printf (full, ", %s", units);
  if (is_frozen (layer))
    g_string_append_printf (full, ", %s", C_("layer", "frozen"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, full->str, -1);
}

void
anm_layer_card_set_layer (AnmLayerCard *self,
                          const AnmNetworkSpec *spec,
                          guint index)
{
  const AnmLayerSpec *layer;

  g_return_if_fail (ANM_IS_LAYER_CARD (self));
  g_return_if_fail (index < spec->n_layers);

  layer = spec->layers[index];
  self->showing = TRUE;
  self->index = index;
  self->n_layers = spec->n_layers;
  if (layer->klass != self->klass)
    show_class (self, layer->klass);
  for (guint i = 0; i < self->rows->len; i++)
    anm_argument_row_set_value (g_ptr_array_index (self->rows, i), layer->values[i]);
  self->frozen = is_frozen (layer);
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->freeze_button))),
                       self->frozen ? _("Unfreeze: learn again") : _("Freeze: keep its weights"));
  gtk_widget_set_sensitive (self->earlier_button, index > 0);
  gtk_widget_set_sensitive (self->later_button, index + 1 < spec->n_layers);
  describe (self, layer);
  self->showing = FALSE;
}

/* "48 × 18 → 48 × 32" */
static char *
format_shapes (const AnmLayer *layer,
               guint n_steps)
{
  g_autofree char *steps = n_steps > 0 ? g_strdup_printf ("%u", n_steps) : g_strdup (C_("time steps", "T"));
  const guint n_inputs = anm_layer_get_n_inputs (layer);
  const guint n_units = anm_layer_get_n_units (layer);
  g_autofree char *from = anm_layer_get_takes_sequences (layer) ? g_strdup_printf ("%s × %u", steps, n_inputs)
                                                                : g_strdup_printf ("%u", n_inputs);
  g_autofree char *to = anm_layer_get_gives_sequences (layer) ? g_strdup_printf ("%s × %u", steps, n_units)
                                                              : g_strdup_printf ("%u", n_units);

  return g_strdup_printf ("%s → %s", from, to);
}

void
anm_layer_card_set_shapes (AnmLayerCard *self,
                           const AnmNetwork *network,
                           guint n_steps,
                           const char *wrong)
{
  g_autofree char *shapes = NULL;
  g_autofree char *count = NULL;
  g_autofree char *parameters = NULL;
  gsize n_parameters;

  g_return_if_fail (ANM_IS_LAYER_CARD (self));

  if (wrong != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wrong");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong");

  if (network == NULL || self->index >= anm_network_get_n_layers (network))
    {
      anm_card_frame_set_foot (ANM_CARD_FRAME (self->frame), wrong != NULL ? wrong : "", "", wrong != NULL);
      return;
    }

  n_parameters = anm_network_get_layer_n_parameters (network, self->index);
  shapes = format_shapes (anm_network_get_layer (network, self->index), n_steps);
  count = anm_number_format_count ((gint64) n_parameters);
  parameters = g_strdup_printf (ngettext ("%s parameter", "%s parameters", n_parameters), count);
  if (self->frozen)
    {
      g_autofree char *learning = g_steal_pointer (&parameters);
      parameters = g_strdup_printf ("%s, %s", learning, C_("layer", "frozen"));
    }
  anm_card_frame_set_foot (ANM_CARD_FRAME (self->frame), shapes, parameters, FALSE);
}

void
anm_layer_card_set_reading (AnmLayerCard *self,
                            AnmLiveReading *live,
                            int unit)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);

  g_return_if_fail (ANM_IS_LAYER_CARD (self));

  /* A reading of the network as it was before an edit says nothing of this card. */
  if (reading == NULL || self->index >= reading->n_layers || reading->layers[self->index].klass != self->klass)
    {
      const GError *error = NULL;

      anm_live_reading_get_network (live, &error, NULL);
      anm_layer_picture_clear (ANM_CARD_FRAME (self->frame),
                               error != NULL ? _("Nothing to see before what is red is put right") : "");
    }
  else
    anm_layer_picture_show (ANM_CARD_FRAME (self->frame), live, self->index, unit);
}

void
anm_layer_card_set_time (AnmLayerCard *self,
                         AnmLiveReading *live,
                         double time)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);

  g_return_if_fail (ANM_IS_LAYER_CARD (self));

  if (reading != NULL && self->index < reading->n_layers && reading->layers[self->index].klass == self->klass &&
      reading->n_layers == self->n_layers)
    anm_layer_picture_show_time (ANM_CARD_FRAME (self->frame), live, self->index, time);
}

void
anm_layer_card_set_chosen (AnmLayerCard *self,
                           gboolean chosen)
{
  g_return_if_fail (ANM_IS_LAYER_CARD (self));

  if (chosen)
    gtk_widget_add_css_class (GTK_WIDGET (self), "chosen");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "chosen");
}

/* Making */

static gboolean
key_cb (GtkWidget *widget,
        GVariant *direction,
        gpointer data)
{
  const int by = g_variant_get_int32 (direction);
  const gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  move (ANM_LAYER_CARD (widget), right_to_left ? -by : by);
  return TRUE;
}

static gboolean
delete_cb (GtkWidget *widget,
           GVariant *arguments,
           gpointer data)
{
  /* Within an entry the key is the entry's. */
  if (gtk_root_get_focus (gtk_widget_get_root (widget)) != widget)
    return FALSE;

  remove_cb (ANM_LAYER_CARD (widget));
  return TRUE;
}

static void
make_header (AnmLayerCard *self)
{
  GtkWidget *header = anm_card_frame_get_header (ANM_CARD_FRAME (self->frame));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkDragSource *drag = gtk_drag_source_new ();
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    gtk_string_list_append (names, _(anm_layer_class_get_label (classes[i])));

  self->grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  gtk_widget_add_css_class (self->grip, "dim-label");
  gtk_widget_set_cursor_from_name (self->grip, "grab");
  gtk_widget_set_tooltip_text (self->grip, _("Drag to move, or Alt+← →"));
  gtk_drag_source_set_actions (drag, GDK_ACTION_COPY);
  g_signal_connect (drag, "prepare", G_CALLBACK (prepare_drag_cb), self);
  gtk_widget_add_controller (self->grip, GTK_EVENT_CONTROLLER (drag));

  self->type_drop_down = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (names)), NULL);
  gtk_widget_add_css_class (self->type_drop_down, "card-title");
  gtk_widget_set_valign (self->type_drop_down, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->type_drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Type of layer"), -1);
  g_signal_connect_swapped (self->type_drop_down, "notify::selected", G_CALLBACK (type_chosen_cb), self);

  gtk_box_append (GTK_BOX (header), self->grip);
  gtk_box_append (GTK_BOX (header), self->type_drop_down);
}

static void
make_actions (AnmLayerCard *self)
{
  AnmCardFrame *frame = ANM_CARD_FRAME (self->frame);

  self->earlier_button = anm_card_frame_add_action (frame, _("Move earlier"), G_CALLBACK (move_earlier_cb), self);
  self->later_button = anm_card_frame_add_action (frame, _("Move later"), G_CALLBACK (move_later_cb), self);
  self->reorder_button = anm_card_frame_add_action (frame, _("Order units by similarity"), G_CALLBACK (reorder_cb), self);
  anm_card_frame_add_action (frame, _("Duplicate"), G_CALLBACK (duplicate_cb), self);
  self->freeze_button = anm_card_frame_add_action (frame, _("Freeze: keep its weights"), G_CALLBACK (freeze_cb), self);
  anm_card_frame_add_action (frame, _("Remove"), G_CALLBACK (remove_cb), self);
  anm_card_frame_add_action (frame, _("About this layer"), G_CALLBACK (about_cb), self);
}

static void
anm_layer_card_dispose (GObject *object)
{
  AnmLayerCard *self = ANM_LAYER_CARD (object);

  self->showing = TRUE;
  g_clear_handle_id (&self->about_source, g_source_remove);
  g_clear_pointer (&self->about, gtk_widget_unparent);
  g_clear_pointer (&self->frame, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_layer_card_parent_class)->dispose (object);
}

static void
anm_layer_card_finalize (GObject *object)
{
  g_ptr_array_unref (ANM_LAYER_CARD (object)->rows);

  G_OBJECT_CLASS (anm_layer_card_parent_class)->finalize (object);
}

static void
anm_layer_card_class_init (AnmLayerCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_layer_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_layer_card_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "layercard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_ALT_MASK, key_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_ALT_MASK, key_cb, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, delete_cb, NULL);

  signals[SIGNAL_EDIT] =
    g_signal_new ("edit", ANM_TYPE_LAYER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", ANM_TYPE_LAYER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_REORDER] =
    g_signal_new ("reorder", ANM_TYPE_LAYER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_layer_card_init (AnmLayerCard *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (ANM_TYPE_LAYER_CARD, GDK_ACTION_COPY);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->rows = g_ptr_array_new ();
  self->frame = anm_card_frame_new ();
  make_header (self);
  make_actions (self);
  gtk_widget_set_parent (self->frame, GTK_WIDGET (self));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  g_signal_connect (drop, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_entered_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (anm_card_frame_get_view (ANM_CARD_FRAME (self->frame)), "clicked",
                            G_CALLBACK (strip_clicked_cb), self);
}
