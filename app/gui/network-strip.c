/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/network-strip.h"

#include <glib/gi18n-lib.h>

#include "app/gui/connector.h"
#include "app/gui/input-card.h"
#include "app/gui/layer-card.h"
#include "app/gui/layer-picture.h"
#include "app/gui/time-cursor.h"
#include "app/gui/time-frame.h"
#include "widgets/views/appearance.h"

#define INPUT_WIDTH 152
#define RECURRENT_WIDTH 156
#define DENSE_WIDTH 164

struct _AnmNetworkStrip
{
  GtkWidget        parent_instance;

  AnmViewState    *state;
  AnmLiveReading  *live;
  GSignalGroup    *study_signals;

  GtkWidget       *scrolled;
  GtkWidget       *box;
  GtkWidget       *input_card;
  GPtrArray       *connectors;  /* connectors[i] before cards[i]; borrowed */
  GPtrArray       *cards;
  AnmCardAlignment alignment;
  gboolean         folded;
};

enum
{
  SIGNAL_EDIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmNetworkStrip, anm_network_strip, GTK_TYPE_WIDGET)

#define CARD(self, i) ANM_LAYER_CARD (g_ptr_array_index ((self)->cards, i))

static const AnmNetworkSpec *
get_spec (AnmNetworkStrip *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  return study != NULL ? anm_study_get_network (study) : NULL;
}

/* What cards and connectors say */

static void
card_edit_cb (AnmNetworkStrip *self,
              gpointer edit)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0, edit);
}

static void
insert_cb (AnmNetworkStrip *self,
           gpointer klass,
           GtkWidget *connector)
{
  AnmNetworkEdit edit = { .kind = ANM_NETWORK_EDIT_INSERT, .klass = klass };

  if (g_ptr_array_find (self->connectors, connector, &edit.layer))
    g_signal_emit (self, signals[SIGNAL_EDIT], 0, &edit);
}

static void
chosen_cb (AnmNetworkStrip *self,
           int unit,
           AnmLayerCard *card)
{
  const int layer = (int) anm_layer_card_get_index (card);
  const gboolean same = layer == anm_view_state_get_layer (self->state);

  anm_view_state_set_layer (self->state, layer);
  if (unit >= 0 || !same)
    anm_view_state_set_unit (self->state, unit);
}

static void
reorder_cb (AnmNetworkStrip *self)
{
  anm_live_reading_reorder (self->live);
}

/* All strips share one time axis: one cursor, one stretch that is shown, one span that is marked. */
static void
attach_time (AnmNetworkStrip *self,
             AnmFigureView *view)
{
  g_object_set (view, "zoomable", TRUE, "brushable", TRUE, NULL);
  anm_time_cursor_attach (view, self->state);
  anm_time_frame_attach (view, self->state, TRUE);
}

static void
detach_time (AnmFigureView *view)
{
  anm_time_frame_detach (view);
  anm_time_cursor_detach (view);
  g_object_set (view, "zoomable", FALSE, "brushable", FALSE, NULL);
}

/* Cards for the layers */

static void
add_card (AnmNetworkStrip *self)
{
  GtkWidget *connector = anm_connector_new ();
  GtkWidget *card = anm_layer_card_new ();
  AnmCardFrame *frame = anm_layer_card_get_frame (ANM_LAYER_CARD (card));

  g_signal_connect_swapped (connector, "insert", G_CALLBACK (insert_cb), self);
  g_signal_connect_swapped (card, "edit", G_CALLBACK (card_edit_cb), self);
  g_signal_connect_swapped (card, "chosen", G_CALLBACK (chosen_cb), self);
  g_signal_connect_swapped (card, "reorder", G_CALLBACK (reorder_cb), self);
  anm_card_frame_join (frame, &self->alignment);
  anm_card_frame_set_folded (frame, self->folded);
  attach_time (self, anm_card_frame_get_lower_view (frame));

  gtk_box_append (GTK_BOX (self->box), connector);
  gtk_box_append (GTK_BOX (self->box), card);
  g_ptr_array_add (self->connectors, connector);
  g_ptr_array_add (self->cards, card);
}

static void
drop_last_card (AnmNetworkStrip *self)
{
  gtk_box_remove (GTK_BOX (self->box), g_ptr_array_index (self->cards, self->cards->len - 1));
  gtk_box_remove (GTK_BOX (self->box), g_ptr_array_index (self->connectors, self->connectors->len - 1));
  g_ptr_array_set_size (self->cards, self->cards->len - 1);
  g_ptr_array_set_size (self->connectors, self->connectors->len - 1);
}

/* Larger letters need wider cards, but not so wide that a small window shows but a few. */
static int
least_width (AnmNetworkStrip *self,
             int usual)
{
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, GTK_WIDGET (self), FALSE);
  return (int) (usual * CLAMP (theme.text_scale, 1, 1.2));
}

static void
show_layers (AnmNetworkStrip *self)
{
  const AnmNetworkSpec *spec = get_spec (self);
  const guint n_layers = spec != NULL ? spec->n_layers : 0;

  while (self->cards->len > n_layers)
    drop_last_card (self);
  while (self->cards->len < n_layers)
    add_card (self);

  for (guint i = 0; i < n_layers; i++)
    {
      const gboolean wide = !g_str_equal (anm_layer_class_get_type (spec->layers[i]->klass), "dense");
      const char *before = i > 0 ? _(anm_layer_class_get_label (spec->layers[i - 1]->klass)) : _("the input");

      anm_layer_card_set_layer (CARD (self, i), spec, i);
      anm_connector_set_before (g_ptr_array_index (self->connectors, i), before);
      gtk_widget_set_hexpand (GTK_WIDGET (CARD (self, i)), wide);
      gtk_widget_set_size_request (GTK_WIDGET (CARD (self, i)), least_width (self, wide ? RECURRENT_WIDTH : DENSE_WIDTH), -1);
    }
}

/* Shapes, readings, cursor, choice */

static void
show_shapes (AnmNetworkStrip *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const guint n_steps = reading != NULL ? reading->n_steps : 0;
  const GError *error;
  int at_fault;
  AnmNetwork *network = anm_live_reading_get_network (self->live, &error, &at_fault);

  for (guint i = 0; i < self->cards->len; i++)
    anm_layer_card_set_shapes (CARD (self, i), network, n_steps,
                               error != NULL && at_fault == (int) i ? error->message : NULL);
  anm_input_card_show_recipe (ANM_INPUT_CARD (self->input_card),
                              error != NULL && at_fault < 0 ? error->message : NULL);
}

static void
show_time (AnmNetworkStrip *self)
{
  for (guint i = 0; i < self->cards->len; i++)
    anm_layer_card_set_time (CARD (self, i), self->live, anm_view_state_get_cursor (self->state));
}

static void
show_choice (AnmNetworkStrip *self)
{
  const int layer = anm_view_state_get_layer (self->state);

  for (guint i = 0; i < self->cards->len; i++)
    anm_layer_card_set_chosen (CARD (self, i), layer == (int) i);
}

/* The cursor goes through pictures that have a time axis. */
static void
attach_cursor (AnmNetworkStrip *self,
               guint index)
{
  AnmFigureView *view = anm_card_frame_get_view (anm_layer_card_get_frame (CARD (self, index)));

  if (anm_layer_picture_is_over_time (self->live, anm_layer_card_get_class (CARD (self, index)), index))
    attach_time (self, view);
  else
    detach_time (view);
}

static void
show_reading (AnmNetworkStrip *self)
{
  const int layer = anm_view_state_get_layer (self->state);

  anm_input_card_set_reading (ANM_INPUT_CARD (self->input_card), anm_live_reading_get_reading (self->live));
  for (guint i = 0; i < self->cards->len; i++)
    {
      attach_cursor (self, i);
      anm_layer_card_set_reading (CARD (self, i), self->live,
                                  layer == (int) i ? anm_view_state_get_unit (self->state) : -1);
    }
  show_time (self);
}

static void
layers_changed_cb (AnmNetworkStrip *self)
{
  show_layers (self);
  show_choice (self);
}

static void
laid_out_cb (AnmNetworkStrip *self)
{
  layers_changed_cb (self);
  show_shapes (self);
  show_reading (self);
}

static void
slow_cb (AnmNetworkStrip *self)
{
  for (guint i = 0; i < self->cards->len; i++)
    gtk_widget_set_opacity (GTK_WIDGET (CARD (self, i)), anm_live_reading_get_slow (self->live) ? 0.6 : 1);
}

static void
reading_changed_cb (AnmNetworkStrip *self)
{
  show_shapes (self);
  show_reading (self);
}

static void
choice_changed_cb (AnmNetworkStrip *self)
{
  show_choice (self);
  show_reading (self);
}

static void
study_changed_cb (AnmNetworkStrip *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  laid_out_cb (self);
}

static gboolean
scroll_to_focus_cb (gpointer data)
{
  GtkWidget *card = data;
  GtkWidget *viewport = gtk_widget_get_ancestor (card, GTK_TYPE_VIEWPORT);
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;

  if (viewport == NULL || !gtk_widget_compute_bounds (card, gtk_widget_get_first_child (viewport), &bounds))
    return G_SOURCE_REMOVE;

  adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (viewport));
  gtk_adjustment_clamp_page (adjustment, bounds.origin.x - 24, bounds.origin.x + bounds.size.width + 24);
  return G_SOURCE_REMOVE;
}

void
anm_network_strip_focus_layer (AnmNetworkStrip *self,
                               guint layer)
{
  g_return_if_fail (ANM_IS_NETWORK_STRIP (self));

  show_layers (self);
  if (layer >= self->cards->len)
    return;

  gtk_widget_grab_focus (GTK_WIDGET (CARD (self, layer)));
  /* A new card has its place only after the next frame. */
  g_timeout_add_full (G_PRIORITY_DEFAULT, 50, scroll_to_focus_cb, g_object_ref (CARD (self, layer)), g_object_unref);
}

void
anm_network_strip_set_folded (AnmNetworkStrip *self,
                              gboolean folded)
{
  g_return_if_fail (ANM_IS_NETWORK_STRIP (self));

  if (self->folded == folded)
    return;

  self->folded = folded;
  anm_card_frame_set_folded (anm_input_card_get_frame (ANM_INPUT_CARD (self->input_card)), folded);
  for (guint i = 0; i < self->cards->len; i++)
    anm_card_frame_set_folded (anm_layer_card_get_frame (CARD (self, i)), folded);
}

void
anm_network_strip_point_channel (AnmNetworkStrip *self,
                                 int channel)
{
  g_return_if_fail (ANM_IS_NETWORK_STRIP (self));

  anm_input_card_point_channel (ANM_INPUT_CARD (self->input_card), channel);
}

static void
connect_all (AnmNetworkStrip *self)
{
  g_signal_connect_object (self->live, "laid-out", G_CALLBACK (laid_out_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->live, "changed", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->live, "band-changed", G_CALLBACK (show_time), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->live, "notify::slow", G_CALLBACK (slow_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::cursor", G_CALLBACK (show_time), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::layer", G_CALLBACK (choice_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::unit", G_CALLBACK (choice_changed_cb), self, G_CONNECT_SWAPPED);

  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::network-text", G_CALLBACK (layers_changed_cb), self);
}

GtkWidget *
anm_network_strip_new (AnmViewState *state,
                       AnmLiveReading *live)
{
  AnmNetworkStrip *self = g_object_new (ANM_TYPE_NETWORK_STRIP, NULL);
  AnmCardFrame *frame;

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);

  self->input_card = anm_input_card_new (state);
  frame = anm_input_card_get_frame (ANM_INPUT_CARD (self->input_card));
  anm_card_frame_join (frame, &self->alignment);
  attach_time (self, anm_card_frame_get_view (frame));
  attach_time (self, anm_card_frame_get_lower_view (frame));
  gtk_widget_set_size_request (self->input_card, least_width (self, INPUT_WIDTH), -1);
  gtk_box_append (GTK_BOX (self->box), self->input_card);

  connect_all (self);
  study_changed_cb (self);

  return GTK_WIDGET (self);
}

static void
anm_network_strip_dispose (GObject *object)
{
  AnmNetworkStrip *self = ANM_NETWORK_STRIP (object);

  g_clear_object (&self->study_signals);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_ptr_array_set_size (self->cards, 0);
  g_ptr_array_set_size (self->connectors, 0);
  anm_card_alignment_clear (&self->alignment);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_network_strip_parent_class)->dispose (object);
}

static void
anm_network_strip_finalize (GObject *object)
{
  AnmNetworkStrip *self = ANM_NETWORK_STRIP (object);

  g_ptr_array_unref (self->cards);
  g_ptr_array_unref (self->connectors);

  G_OBJECT_CLASS (anm_network_strip_parent_class)->finalize (object);
}

static void
anm_network_strip_class_init (AnmNetworkStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_network_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_network_strip_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[SIGNAL_EDIT] =
    g_signal_new ("edit", ANM_TYPE_NETWORK_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
anm_network_strip_init (AnmNetworkStrip *self)
{
  self->connectors = g_ptr_array_new ();
  self->cards = g_ptr_array_new ();
  anm_card_alignment_init (&self->alignment);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->box, "network-strip");
  gtk_widget_add_css_class (self->box, "compact");
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Layers of the network"), -1);
}
