/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/hand-weights.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/training-curves.h"
#include "app/gui/template.h"
#include "app/gui/word-spin.h"

#define MOST_WEIGHT 1e6
#define WEIGHT_STEP 0.01
#define WEIGHT_DECIMALS 4
#define LEAST_CHANGE 1e-6
#define LIST_WIDTH 330
#define LIST_HEIGHT 300

/* One weight, as an item of the list. */
#define ANM_TYPE_WEIGHT_ITEM (anm_weight_item_get_type ())
G_DECLARE_FINAL_TYPE (AnmWeightItem, anm_weight_item, ANM, WEIGHT_ITEM, GObject)

struct _AnmWeightItem
{
  GObject        parent_instance;

  AnmAlteration  place;
  gsize          at;      /* in the vector of parameters */
  char          *name;
};

G_DEFINE_FINAL_TYPE (AnmWeightItem, anm_weight_item, G_TYPE_OBJECT)

static void
anm_weight_item_finalize (GObject *object)
{
  g_free (ANM_WEIGHT_ITEM (object)->name);

  G_OBJECT_CLASS (anm_weight_item_parent_class)->finalize (object);
}

static void
anm_weight_item_class_init (AnmWeightItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_weight_item_finalize;
}

static void
anm_weight_item_init (AnmWeightItem *self)
{
}

struct _AnmHandWeights
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;

  guint           layer;
  AnmDirection    direction;
  guint           unit;
  char          **gates;       /* of the layer; NULL before the first unit */
  AnmNetwork     *network;     /* whose weights are listed */

  GtkWidget      *gate_box;
  GtkWidget      *gate_drop_down;
  GtkWidget      *list_view;
  GListStore     *items;
  GPtrArray      *bound;       /* of GtkListItem, borrowed */
  guint           row_to_focus;
  guint           idle;
  gboolean        showing;     /* spin buttons are being set, not turned */
  gboolean       stale;   /* listed when it is seen again */
};

G_DEFINE_FINAL_TYPE (AnmHandWeights, anm_hand_weights, GTK_TYPE_WIDGET)

/* Names */

static char *
name_operand (AnmHandWeights *self,
              AnmPatientReading *reading,
              const AnmWeightPlace *place,
              const char *parameter)
{
  g_autofree char *title = NULL;

  if (place->operand == NULL)
    return g_strdup_printf ("%s", strrchr (parameter, '.') != NULL ? strrchr (parameter, '.') + 1 : parameter);
  if (!g_str_equal (place->operand, "x"))
    /* Translators: what a weight multiplies, "h'" for the state before, and its number. */
    return g_strdup_printf (_("%s, number %u"), place->operand, place->row + 1);
  if (self->layer == 0)
    return place->row < anm_fitted_recipe_get_n_columns (reading->recipe)
           ? anm_fitted_recipe_get_column_name (reading->recipe, place->row) : g_strdup_printf ("x[%u]", place->row + 1);
  title = anm_layer_get_title (reading->network, self->layer - 1);
  /* Translators: a layer and its unit. */
  return g_strdup_printf (_("%s unit %u"), title, place->row + 1);
}

/* The list */

static double
get_value (AnmHandWeights *self,
           AnmWeightItem  *item)
{
  const anm_real *parameters = anm_live_reading_get_parameters (self->live);
  const AnmAlteration *held = anm_hand_find (anm_view_state_get_hand (self->state), &item->place);

  return held != NULL ? held->value : parameters != NULL ? (double) parameters[item->at] : NAN;
}

static void
show_item (AnmHandWeights *self,
           GtkListItem *list_item)
{
  AnmWeightItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);
  GtkWidget *spin = g_object_get_data (G_OBJECT (row), "spin");
  GtkWidget *back = g_object_get_data (G_OBJECT (row), "back");
  const gboolean held = anm_hand_find (anm_view_state_get_hand (self->state), &item->place) != NULL;
  const double value = get_value (self, item);

  if (isnan (value))
    return;
  self->showing = TRUE;
  if (!(fabs (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)) - value) < LEAST_CHANGE))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  self->showing = FALSE;
  gtk_widget_set_opacity (back, held ? 1 : 0);
  gtk_widget_set_sensitive (back, held);
}

static void
show_items (AnmHandWeights *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (guint i = 0; i < self->bound->len; i++)
    show_item (self, g_ptr_array_index (self->bound, i));
}

static void
turned_cb (GtkSpinButton *spin,
           GtkListItem *list_item)
{
  AnmHandWeights *self = g_object_get_data (G_OBJECT (list_item), "list");
  AnmWeightItem *item = gtk_list_item_get_item (list_item);
  AnmAlteration alteration;
  g_autoptr (GError) error = NULL;

  if (self->showing || item == NULL)
    return;
  alteration = item->place;
  alteration.value = gtk_spin_button_get_value (spin);
  /* Reading back what is shown rounds it, and is no change. */
  if (fabs (alteration.value - get_value (self, item)) < LEAST_CHANGE)
    return;
  if (!anm_hand_set (anm_view_state_get_hand (self->state), &alteration, &error))
    g_debug ("not held: %s", error->message);
}

static void
back_cb (GtkWidget *back,
         GtkListItem *list_item)
{
  AnmHandWeights *self = g_object_get_data (G_OBJECT (list_item), "list");
  AnmWeightItem *item = gtk_list_item_get_item (list_item);

  if (item != NULL)
    anm_hand_remove (anm_view_state_get_hand (self->state), &item->place);
}

static void
setup_cb (AnmHandWeights *self,
          GtkListItem *list_item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *spin = anm_word_spin_new (-MOST_WEIGHT, MOST_WEIGHT, WEIGHT_STEP, WEIGHT_DECIMALS, NULL, NULL, _("Weight"));
  GtkWidget *back = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 8);
  gtk_widget_add_css_class (back, "flat");
  gtk_widget_set_tooltip_text (back, _("Back to what was learnt"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (back), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back to what was learnt"), -1);
  gtk_widget_add_css_class (row, "compact");
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), spin);
  gtk_box_append (GTK_BOX (row), back);
  g_object_set_data (G_OBJECT (row), "name", name);
  g_object_set_data (G_OBJECT (row), "spin", spin);
  g_object_set_data (G_OBJECT (row), "back", back);
  g_object_set_data (G_OBJECT (list_item), "list", self);
  g_signal_connect (spin, "value-changed", G_CALLBACK (turned_cb), list_item);
  g_signal_connect (back, "clicked", G_CALLBACK (back_cb), list_item);
  gtk_list_item_set_child (list_item, row);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (AnmHandWeights *self,
         GtkListItem *list_item)
{
  AnmWeightItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);
  g_autofree char *spoken = g_strdup_printf (_("Weight of %s"), item->name);

  gtk_label_set_label (g_object_get_data (G_OBJECT (row), "name"), item->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (g_object_get_data (G_OBJECT (row), "spin")), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_ptr_array_add (self->bound, list_item);
  show_item (self, list_item);
}

static void
unbind_cb (AnmHandWeights *self,
           GtkListItem *list_item)
{
  g_ptr_array_remove_fast (self->bound, list_item);
}

static const char *
get_gate (AnmHandWeights *self)
{
  const guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->gate_drop_down));

  return self->gates != NULL && chosen < g_strv_length (self->gates) ? self->gates[chosen] : NULL;
}

static void
list_weights (AnmHandWeights *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) places = NULL;
  const AnmParameter *table;
  guint n_table;

  /* Hundreds of rows, made anew with each unit: not for a popover that is closed. */
  self->stale = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale)
    return;
  if (reading != NULL && self->layer < reading->n_layers)
    {
      table = anm_network_get_parameters (reading->network, &n_table);
      places = anm_alteration_list_weights (reading->network, self->layer, self->direction, get_gate (self), self->unit);
      for (guint i = 0; i < places->len; i++)
        {
          const AnmWeightPlace *place = &g_array_index (places, AnmWeightPlace, i);
          const AnmParameter *parameter = &table[place->parameter];
          AnmWeightItem *item = g_object_new (ANM_TYPE_WEIGHT_ITEM, NULL);

          item->place = (AnmAlteration){ .kind = ANM_ALTERATION_WEIGHT, .layer = self->layer, .parameter = place->parameter,
                                         .row = place->row, .column = place->column };
          item->at = parameter->offset + (gsize) place->row * parameter->n_columns + place->column;
          item->name = name_operand (self, reading, place, parameter->name);
          g_ptr_array_add (items, item);
        }
    }
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)), items->pdata, items->len);
}

static void
live_changed_cb (AnmHandWeights *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  AnmNetwork *network = reading != NULL ? reading->network : NULL;

  if (network == self->network)
    {
      show_items (self);
      return;
    }
  g_clear_pointer (&self->network, anm_network_unref);
  if (network != NULL)
    self->network = anm_network_ref (network);
  anm_hand_weights_set_unit (self, self->layer, self->direction, self->unit);
}

static void
show_gates (AnmHandWeights *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; self->gates != NULL && self->gates[i] != NULL; i++)
    {
      const char *label = anm_alteration_get_gate_label (self->network, self->layer, self->direction, self->gates[i]);
      g_autofree char *name = g_strdup_printf ("%s · %s", self->gates[i], label != NULL ? _(label) : "");

      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->gate_drop_down), G_LIST_MODEL (names));
  gtk_widget_set_visible (self->gate_box, g_list_model_get_n_items (G_LIST_MODEL (names)) > 0);
}

void
anm_hand_weights_set_unit (AnmHandWeights *self,
                           guint layer,
                           AnmDirection direction,
                           guint unit)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  g_auto (GStrv) gates = NULL;

  g_return_if_fail (ANM_IS_HAND_WEIGHTS (self));

  self->layer = layer;
  self->direction = direction;
  self->unit = unit;
  if (reading == NULL || layer >= reading->n_layers)
    return;
  if (self->network != reading->network)
    {
      g_clear_pointer (&self->network, anm_network_unref);
      self->network = anm_network_ref (reading->network);
    }
  gates = anm_alteration_list_gates (self->network, layer, direction);
  if (self->gates == NULL || !g_strv_equal ((const char *const *) gates, (const char *const *) self->gates))
    {
      g_clear_pointer (&self->gates, g_strfreev);
      self->gates = g_steal_pointer (&gates);
      show_gates (self);
    }
  list_weights (self);
}

/* Rows are bound when the list has been laid out. */
static gboolean
focus_row_cb (gpointer data)
{
  AnmHandWeights *self = data;

  self->idle = 0;
  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (self->bound, i);

      if (gtk_list_item_get_position (list_item) == self->row_to_focus)
        gtk_widget_grab_focus (g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "spin"));
    }
  return G_SOURCE_REMOVE;
}

void
anm_hand_weights_show_row (AnmHandWeights *self,
                           guint row)
{
  g_return_if_fail (ANM_IS_HAND_WEIGHTS (self));

  gtk_widget_activate_action (self->list_view, "list.scroll-to-item", "u", row);
  self->row_to_focus = row;
  if (self->idle == 0)
    self->idle = g_idle_add (focus_row_cb, self);
}

GtkWidget *
anm_hand_weights_new (AnmViewState *state,
                      AnmLiveReading *live)
{
  AnmHandWeights *self = g_object_new (ANM_TYPE_HAND_WEIGHTS, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  g_signal_connect_object (live, "changed", G_CALLBACK (live_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_view_state_get_hand (state), "changed", G_CALLBACK (show_items), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

static void
anm_hand_weights_map (GtkWidget *widget)
{
  AnmHandWeights *self = ANM_HAND_WEIGHTS (widget);

  GTK_WIDGET_CLASS (anm_hand_weights_parent_class)->map (widget);
  if (self->stale)
    list_weights (self);
  show_items (self);
}

static void
anm_hand_weights_dispose (GObject *object)
{
  AnmHandWeights *self = ANM_HAND_WEIGHTS (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->items);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_hand_weights_parent_class)->dispose (object);
}

static void
anm_hand_weights_finalize (GObject *object)
{
  AnmHandWeights *self = ANM_HAND_WEIGHTS (object);

  g_clear_pointer (&self->network, anm_network_unref);
  g_strfreev (self->gates);
  g_ptr_array_unref (self->bound);

  G_OBJECT_CLASS (anm_hand_weights_parent_class)->finalize (object);
}

static void
anm_hand_weights_class_init (AnmHandWeightsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_hand_weights_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_hand_weights_finalize;
  widget_class->map = anm_hand_weights_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_hand_weights_init (AnmHandWeights *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *caption = gtk_label_new (_("Weights of"));
  GtkNoSelection *selection;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Weights"), -1);
  self->bound = g_ptr_array_new ();
  self->items = g_list_store_new (ANM_TYPE_WEIGHT_ITEM);

  self->gate_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->gate_drop_down = gtk_drop_down_new (NULL, NULL);
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_widget_add_css_class (self->gate_box, "compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->gate_drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Weights of"), -1);
  gtk_widget_set_hexpand (self->gate_drop_down, TRUE);
  gtk_box_append (GTK_BOX (self->gate_box), caption);
  gtk_box_append (GTK_BOX (self->gate_box), self->gate_drop_down);
  g_signal_connect_swapped (self->gate_drop_down, "notify::selected", G_CALLBACK (list_weights), self);

  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->items)));
  self->list_view = gtk_list_view_new (GTK_SELECTION_MODEL (selection), factory);
  gtk_widget_add_css_class (self->list_view, "hand-weights");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Weights"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list_view);
  gtk_widget_set_size_request (scroller, LIST_WIDTH, LIST_HEIGHT);
  gtk_widget_set_vexpand (scroller, TRUE);

  gtk_widget_set_parent (self->gate_box, GTK_WIDGET (self));
  gtk_widget_set_parent (scroller, GTK_WIDGET (self));
}
