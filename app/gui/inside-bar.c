/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-bar.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/patient-column.h"
#include "app/exhibits/patient-states.h"
#include "app/exhibits/training-curves.h"
#include "app/gui/epoch-scale.h"
#include "app/gui/fold-box.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/stepper.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

#define PLAY_INTERVAL_MS 100

/* What can be looked at, in the order of the buttons. Those that no layer of the network has aren't shown. */
static const struct
{
  const char *symbol;
  const char *shown;
} quantities[] = {
  { "h", "h" },
  { "c", "c" },
  { "i", "i" },
  { "f", "f" },
  { "o", "o" },
  { "g", "g" },
  { "z", "z" },
  { "r", "r" },
  { "h~", "h̃" },
  { "alpha", "α" },
  { "y", "y" },
};
#define N_QUANTITIES G_N_ELEMENTS (quantities)
#define N_ALWAYS 1

struct _AnmInsideBar
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  AnmLiveReading     *live;

  GtkWidget          *box;
  GtkWidget          *patient;
  GtkWidget          *layer;
  GtkWidget          *show_group;
  GtkWidget          *buttons[N_QUANTITIES];
  GtkWidget          *order;
  GtkWidget          *play;
  GtkWidget          *epoch;
  GtkWidget          *follow;

  char               *layers;       /* titles that the drop-down holds, in one string */
  gboolean            showing;
  guint               timer;
  double              playing_at;
};

G_DEFINE_FINAL_TYPE (AnmInsideBar, anm_inside_bar, GTK_TYPE_WIDGET)

/* What is shown */

static int
get_layer (AnmInsideBar *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state);

  if (reading == NULL)
    return -1;
  if (layer >= 0 && (guint) layer < reading->n_layers)
    return layer;
  return MAX (anm_patient_reading_find_recurrent (reading), 0);
}

static void
show_layers (AnmInsideBar *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  g_autoptr (GStrvBuilder) titles = g_strv_builder_new ();
  g_autofree char *all = NULL;

  for (guint i = 0; reading != NULL && i < reading->n_layers; i++)
    {
      g_autofree char *title = anm_layer_get_title (reading->network, i);
      g_autofree char *text = NULL;

      /* Translators: a layer's number, its title, its size. */
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u · %s, %u unit", "%u · %s, %u units", reading->layers[i].n_units),
                              i + 1, title, reading->layers[i].n_units);
      g_strv_builder_add (titles, text);
    }

  g_auto (GStrv) words = g_strv_builder_end (titles);
  all = g_strjoinv ("\n", words);
  if (g_strcmp0 (all, self->layers) != 0)
    {
      g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) words);

      gtk_drop_down_set_model (GTK_DROP_DOWN (self->layer), G_LIST_MODEL (list));
      g_free (self->layers);
      self->layers = g_steal_pointer (&all);
    }
  gtk_widget_set_sensitive (self->layer, reading != NULL && reading->n_layers > 1);
  if (reading != NULL)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->layer), (guint) get_layer (self));
}

static gboolean
network_has (const AnmPatientReading *reading,
             const char *symbol)
{
  for (guint i = 0; i < reading->n_layers; i++)
    if (anm_layer_class_is_recurrent (reading->layers[i].klass) && anm_patient_reading_choose_trace (reading, i, symbol, -1) != NULL)
      return TRUE;
  return FALSE;
}

/* What a layer lacks is insensitive; what it shows instead is pressed. */
static void
show_quantities (AnmInsideBar *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const char *wanted = anm_view_state_get_quantity (self->state);
  const int layer = get_layer (self);
  int pressed = -1, first = -1;

  for (guint i = 0; i < N_QUANTITIES; i++)
    {
      const gboolean has = layer >= 0 && anm_patient_reading_choose_trace (reading, (guint) layer, quantities[i].symbol, -1) != NULL;

      gtk_widget_set_visible (self->buttons[i], i < N_ALWAYS || has || (reading != NULL && network_has (reading, quantities[i].symbol)));
      gtk_widget_set_sensitive (self->buttons[i], has);
      if (has && g_str_equal (quantities[i].symbol, wanted))
        pressed = (int) i;
      if (has && first < 0)
        first = (int) i;
    }
  if (pressed < 0)
    pressed = first;
  for (guint i = 0; i < N_QUANTITIES; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]), (int) i == pressed);
}

static void
show_patient (AnmInsideBar *self)
{
  const AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const guint patient = anm_view_state_get_patient (self->state);
  g_autofree char *text = NULL;

  if (cohort == NULL || patient >= cohort->n_patients)
    return;

  text = g_strdup_printf (_("Patient %s"), cohort->ids[patient]);
  anm_stepper_set_label (ANM_STEPPER (self->patient), text);
}

static void
show_epoch (AnmInsideBar *self)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  const guint n = run != NULL ? anm_run_get_n_epochs (run) : 0;
  const guint last = n > 0 ? anm_run_get_epoch (run, n - 1)->epoch : 0;
  g_autofree char *shown = anm_number_format_count (MAX (anm_view_state_get_shown_epoch (self->state), 0));
  g_autofree char *of = anm_number_format_count (last);
  /* Translators: an epoch, and how many there are: "24 of 42". The markup makes the first bold. */
  g_autofree char *text = g_markup_printf_escaped (C_("epochs", "<b>%s</b> of %s"), shown, of);

  self->showing = TRUE;
  gtk_label_set_markup (GTK_LABEL (self->epoch), text);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->follow), anm_view_state_get_epoch (self->state) == ANM_EPOCH_NEWEST);
  gtk_widget_set_sensitive (self->play, last > 0);
  self->showing = FALSE;
}

static void
show (AnmInsideBar *self)
{
  self->showing = TRUE;
  show_layers (self);
  show_quantities (self);
  show_patient (self);
  self->showing = FALSE;
}

/* What is chosen */

static void
layer_chosen_cb (AnmInsideBar *self)
{
  const guint layer = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->layer));

  if (self->showing || layer == GTK_INVALID_LIST_POSITION)
    return;

  g_object_freeze_notify (G_OBJECT (self->state));
  /* A unit is its layer's. */
  if ((int) layer != get_layer (self))
    anm_view_state_set_unit (self->state, -1);
  anm_view_state_set_layer (self->state, (int) layer);
  g_object_thaw_notify (G_OBJECT (self->state));
}

static void
quantity_toggled_cb (AnmInsideBar *self,
                     GtkToggleButton *button)
{
  if (self->showing)
    return;

  for (guint i = 0; i < N_QUANTITIES; i++)
    if (self->buttons[i] == GTK_WIDGET (button))
      anm_view_state_set_quantity (self->state, quantities[i].symbol);
  /* One is always pressed. */
  show (self);
}

static void
order_chosen_cb (AnmInsideBar *self)
{
  anm_view_state_set_by_number (self->state, gtk_drop_down_get_selected (GTK_DROP_DOWN (self->order)) == 1);
}

static void
order_changed_cb (AnmInsideBar *self)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->order), anm_view_state_get_by_number (self->state) ? 1 : 0);
}

gboolean
anm_inside_bar_choose (AnmInsideBar *self,
                       const char *symbol)
{
  g_return_val_if_fail (ANM_IS_INSIDE_BAR (self), FALSE);

  for (guint i = 0; i < N_QUANTITIES; i++)
    if (g_str_equal (quantities[i].symbol, symbol) && gtk_widget_get_sensitive (self->buttons[i]))
      {
        anm_view_state_set_quantity (self->state, symbol);
        return TRUE;
      }
  return FALSE;
}

/* Epochs */

static void
follow_toggled_cb (AnmInsideBar *self)
{
  if (self->showing)
    return;

  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->follow)))
    anm_view_state_set_epoch (self->state, ANM_EPOCH_NEWEST);
  else
    anm_view_state_set_epoch (self->state, anm_kept_epochs_find_nearest (anm_view_state_get_run (self->state),
                                                                         anm_view_state_get_shown_epoch (self->state)));
}

static void
show_play (AnmInsideBar *self)
{
  const gboolean plays = self->timer != 0;

  gtk_button_set_icon_name (GTK_BUTTON (self->play), plays ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  anm_set_tooltip (self->play, plays ? _("Pause") : _("Play, ten epochs a second"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL, plays ? _("Pause playing") : _("Play"), -1);
}

static void
stop_playing (AnmInsideBar *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  show_play (self);
}

static gboolean
play_cb (gpointer data)
{
  AnmInsideBar *self = data;
  guint n_epochs;
  const guint *epochs = anm_kept_epochs_get (anm_view_state_get_run (self->state), &n_epochs);
  int next = -1;

  self->playing_at += 1;
  for (guint i = 0; i < n_epochs && epochs[i] <= self->playing_at; i++)
    next = (int) epochs[i];
  if (next >= 0)
    anm_view_state_set_epoch (self->state, next);
  if (n_epochs > 0 && self->playing_at < epochs[n_epochs - 1])
    return G_SOURCE_CONTINUE;

  self->timer = 0;
  show_play (self);
  return G_SOURCE_REMOVE;
}

void
anm_inside_bar_toggle_play (AnmInsideBar *self)
{
  guint n_epochs;
  const guint *epochs;

  g_return_if_fail (ANM_IS_INSIDE_BAR (self));

  if (self->timer != 0)
    {
      stop_playing (self);
      return;
    }

  epochs = anm_kept_epochs_get (anm_view_state_get_run (self->state), &n_epochs);
  if (n_epochs < 2)
    return;

  self->playing_at = anm_view_state_get_epoch (self->state);
  if (self->playing_at < 0 || self->playing_at >= epochs[n_epochs - 1])
    {
      self->playing_at = epochs[0];
      anm_view_state_set_epoch (self->state, (int) epochs[0]);
    }
  self->timer = g_timeout_add (PLAY_INTERVAL_MS, play_cb, self);
  show_play (self);
}

static void
anm_inside_bar_unmap (GtkWidget *widget)
{
  stop_playing (ANM_INSIDE_BAR (widget));

  GTK_WIDGET_CLASS (anm_inside_bar_parent_class)->unmap (widget);
}

/* Making */

/* A control with its name before it. */
static GtkWidget *
make_group (const char *name,
            GtkWidget *control)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);

  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), control);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return box;
}

static GtkWidget *
make_quantities (AnmInsideBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  static const char *const names[N_QUANTITIES] = {
    N_("Hidden state"), N_("Cell"), N_("Input gate"), N_("Forget gate"), N_("Output gate"), N_("Candidate"), N_("Update gate"),
    N_("Reset gate"), N_("Candidate"), N_("Attention weights"), N_("Output"),
  };

  gtk_widget_add_css_class (box, "linked");
  for (guint i = 0; i < N_QUANTITIES; i++)
    {
      self->buttons[i] = gtk_toggle_button_new_with_label (quantities[i].shown);
      gtk_widget_add_css_class (self->buttons[i], "quantity");
      anm_set_tooltip (self->buttons[i], _(names[i]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, _(names[i]), -1);
      gtk_widget_set_visible (self->buttons[i], FALSE);
      g_signal_connect_swapped (self->buttons[i], "toggled", G_CALLBACK (quantity_toggled_cb), self);
      gtk_box_append (GTK_BOX (box), self->buttons[i]);
    }
  return box;
}

static GtkWidget *
make_epoch (AnmInsideBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scale = anm_epoch_scale_new (self->control);
  GtkWidget *label = gtk_label_new (_("Epoch"));

  self->play = gtk_button_new ();
  g_signal_connect_swapped (self->play, "clicked", G_CALLBACK (anm_inside_bar_toggle_play), self);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_size_request (scale, 110, -1);
  gtk_widget_set_hexpand (scale, TRUE);
  self->epoch = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->epoch, "numeric");
  self->follow = gtk_toggle_button_new_with_label (_("Follow training"));
  anm_set_tooltip (self->follow, _("Shows the newest epoch while training goes on, and the best one when it has ended."));
  g_signal_connect_swapped (self->follow, "toggled", G_CALLBACK (follow_toggled_cb), self);
  gtk_box_append (GTK_BOX (box), self->play);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), scale);
  gtk_box_append (GTK_BOX (box), self->epoch);
  gtk_box_append (GTK_BOX (box), self->follow);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static GtkWidget *
make_command (const char *words,
              const char *action_name,
              const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (words);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action_name);
  anm_set_tooltip (button, tooltip);
  return button;
}

static void
fill (AnmInsideBar *self)
{
  const char *const orders[] = { _("by similarity"), _("as numbered"), NULL };
  GtkWidget *fold = anm_fold_box_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  self->patient = anm_stepper_new (_("Previous patient"), _("Next patient"), -1);
  anm_stepper_set_actions (ANM_STEPPER (self->patient), "win.previous-patient", "win.next-patient", 0);
  self->layer = gtk_drop_down_new (NULL, NULL);
  g_signal_connect_swapped (self->layer, "notify::selected", G_CALLBACK (layer_chosen_cb), self);
  self->order = gtk_drop_down_new_from_strings (orders);
  g_signal_connect_swapped (self->order, "notify::selected", G_CALLBACK (order_chosen_cb), self);

  anm_fold_box_append (ANM_FOLD_BOX (fold), self->patient, ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (ANM_FOLD_BOX (fold), make_group (_("Layer"), self->layer), 5, FALSE);
  anm_fold_box_append (ANM_FOLD_BOX (fold), make_group (C_("quantity", "Show"), make_quantities (self)), 4, FALSE);
  anm_fold_box_append (ANM_FOLD_BOX (fold), make_group (C_("rows", "Order"), self->order), 3, FALSE);
  anm_fold_box_append_more_button (ANM_FOLD_BOX (fold));
  anm_fold_box_append_to_more (ANM_FOLD_BOX (fold), make_command (_("_Fork from this epoch"), "inside.fork",
                                                                  _("A new run that goes on from these weights, with the settings of the Workbench")));
  anm_fold_box_append_to_more (ANM_FOLD_BOX (fold), make_command (_("_Order units anew"), "inside.reorder",
                                                                  _("By what they hold for this patient after this epoch")));
  gtk_accessible_update_property (GTK_ACCESSIBLE (anm_fold_box_get_more_button (ANM_FOLD_BOX (fold))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("More of what is shown"), -1);
  gtk_box_append (GTK_BOX (self->box), fold);
  gtk_box_append (GTK_BOX (self->box), make_epoch (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  show_play (self);
}

GtkWidget *
anm_inside_bar_new (AnmTrainingControl *control,
                    AnmLiveReading *live)
{
  AnmInsideBar *self = g_object_new (ANM_TYPE_INSIDE_BAR, NULL);

  self->control = g_object_ref (control);
  self->state = g_object_ref (anm_training_control_get_view_state (control));
  self->live = g_object_ref (live);
  fill (self);

  g_signal_connect_object (live, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::layer", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::quantity", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::patient", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::epoch", G_CALLBACK (show_epoch), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (show_epoch), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::by-number", G_CALLBACK (order_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (control, "repaint", G_CALLBACK (show_epoch), self, G_CONNECT_SWAPPED);
  show (self);
  show_epoch (self);
  order_changed_cb (self);

  return GTK_WIDGET (self);
}

static void
anm_inside_bar_dispose (GObject *object)
{
  AnmInsideBar *self = ANM_INSIDE_BAR (object);

  self->showing = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->layers, g_free);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_inside_bar_parent_class)->dispose (object);
}

static void
anm_inside_bar_class_init (AnmInsideBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_inside_bar_dispose;
  widget_class->unmap = anm_inside_bar_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "insidebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_inside_bar_init (AnmInsideBar *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What is shown inside"), -1);
}
