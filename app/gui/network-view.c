/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/network-view.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/card-strips.h"
#include "app/exhibits/cell-equation.h"
#include "app/exhibits/training-curves.h"
#include "app/gui/code-pane.h"
#include "app/gui/colour-scale.h"
#include "app/gui/layer-menu.h"
#include "app/gui/network-entry.h"
#include "app/gui/network-strip.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "app/study/templates.h"
#include "widgets/figures/number.h"

#define CODE_HEIGHT 210
#define WIDE_FOOT 960

struct _AnmNetworkView
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  GSignalGroup   *study_signals;

  GtkWidget      *channels_button;
  GtkWidget      *caption;
  GtkWidget      *patient_button;
  GtkWidget      *templates_button;
  GtkWidget      *add_button;
  GtkWidget      *add_label;
  GtkWidget      *strip_box;
  GtkWidget      *strip;
  GtkWidget      *entry_box;
  GtkWidget      *code_button;
  GtkWidget      *code_box;
  GtkWidget      *lens_button;
  GtkWidget      *cell_label;
  GtkWidget      *equation_label;
  GtkWidget      *colour_scale;
  gboolean        folded;
};

G_DEFINE_FINAL_TYPE (AnmNetworkView, anm_network_view, GTK_TYPE_WIDGET)

/* Edits */

static const AnmTargetShape *
get_target (AnmNetworkView *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);

  return cohort != NULL ? &cohort->target.shape : NULL;
}

static void
apply_edit (AnmNetworkView *self,
            const AnmNetworkEdit *edit)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autoptr (AnmNetworkSpec) spec = NULL;
  guint next;

  if (study == NULL)
    return;

  spec = anm_network_spec_copy (anm_study_get_network (study));
  next = anm_network_edit_apply (edit, spec, get_target (self));
  anm_study_set_network (study, spec);
  if (edit->kind == ANM_NETWORK_EDIT_ARGUMENT || edit->kind == ANM_NETWORK_EDIT_CLASS)
    return;

  /* The choice goes along with the card. */
  anm_view_state_set_layer (self->state, (int) next);
  anm_view_state_set_unit (self->state, -1);
  anm_network_strip_focus_layer (ANM_NETWORK_STRIP (self->strip), next);
}

static void
edit_cb (AnmNetworkView *self,
         gpointer edit)
{
  apply_edit (self, edit);
}

static void
add_layer_cb (AnmNetworkView *self,
              gpointer klass)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  if (study != NULL)
    apply_edit (self, &(AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_INSERT, .klass = klass,
                                         .layer = anm_network_edit_get_place_to_add (anm_study_get_network (study)) });
}

/* Templates */

static void
template_clicked_cb (AnmNetworkView *self,
                     GtkWidget *button)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmTemplate *template = g_object_get_data (G_OBJECT (button), "template");
  const AnmTargetShape *target = get_target (self);
  g_autoptr (AnmNetworkSpec) spec = NULL;
  AnmHyperparameters hyperparameters;

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->templates_button));
  if (study == NULL || target == NULL)
    return;

  spec = anm_template_make_network (template, target);
  hyperparameters = *anm_study_get_hyperparameters (study);
  anm_template_set_hyperparameters (template, target, &hyperparameters);
  anm_study_set_network (study, spec);
  anm_study_set_hyperparameters (study, &hyperparameters);
}

static void
make_templates (AnmNetworkView *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  guint n_templates;
  const AnmTemplate *templates = anm_templates (&n_templates);

  for (guint i = 0; i < n_templates; i++)
    {
      GtkWidget *button = anm_menu_entry_new (_(templates[i].label), _(templates[i].summary));
      GtkWidget *text = gtk_label_new (templates[i].text);

      gtk_label_set_xalign (GTK_LABEL (text), 0);
      gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (text, "network-text");
      gtk_box_append (GTK_BOX (gtk_button_get_child (GTK_BUTTON (button))), text);
      g_object_set_data (G_OBJECT (button), "template", (gpointer) &templates[i]);
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (template_clicked_cb), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), anm_menu_clamp_new (box));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->templates_button), popover);
}

/* What is shown */

static char *
describe_weights (AnmNetworkView *self,
                  const char *patient)
{
  guint epoch;
  guint64 seed;

  switch (anm_live_reading_get_origin (self->live, &epoch, &seed))
    {
    case ANM_WEIGHTS_TRAINING:
    case ANM_WEIGHTS_KEPT:
      return g_strdup_printf (_("hidden states of patient %s after epoch %u"), patient, epoch);
    case ANM_WEIGHTS_BEST:
      return g_strdup_printf (_("hidden states of patient %s, best epoch %u"), patient, epoch);
    case ANM_WEIGHTS_INITIAL:
    default:
      return g_strdup_printf (_("initial weights, seed %" PRIu64 ", patient %s"), seed, patient);
    }
}

static void
show_caption (AnmNetworkView *self)
{
  AnmNetwork *network = anm_live_reading_get_network (self->live, NULL, NULL);
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  g_autoptr (GString) caption = g_string_new (NULL);

  if (network != NULL)
    {
      const gsize n_parameters = anm_network_get_n_parameters (network);
      g_autofree char *count = anm_number_format_count ((gint64) n_parameters);
      g_autofree char *size = g_format_size_full (n_parameters * sizeof (anm_real), G_FORMAT_SIZE_DEFAULT);

      g_string_append_printf (caption, ngettext ("%s parameter · %s", "%s parameters · %s", n_parameters), count, size);
    }
  if (network != NULL && reading != NULL)
    {
      g_autofree char *weights = describe_weights (self, reading->cohort->ids[reading->patient]);
      g_string_append_printf (caption, " · %s", weights);
    }

  gtk_label_set_label (GTK_LABEL (self->caption), caption->str);
  anm_set_tooltip (self->caption, caption->str);
}

static void
show_patient (AnmNetworkView *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const guint patient = anm_view_state_get_patient (self->state);
  g_autofree char *label = NULL;

  if (cohort != NULL && patient < cohort->n_patients)
    label = g_strdup_printf (_("Patient %s"), cohort->ids[patient]);
  gtk_button_set_label (GTK_BUTTON (self->patient_button), label != NULL ? label : "");
}

/* "LSTM unit 25, hour 39" and the equation. */
static void
show_cell (AnmNetworkView *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state);
  const int unit = anm_view_state_get_unit (self->state);
  const double time = anm_view_state_get_cursor (self->state);
  g_autofree char *equation = NULL;
  g_autofree char *place = NULL;

  if (reading != NULL && reading->n_steps > 0 && layer >= 0 && unit >= 0 && (guint) layer < reading->n_layers)
    {
      const guint step = isnan (time) ? reading->n_steps - 1 : (guint) anm_patient_reading_get_step (reading, time);
      g_autofree char *title = anm_layer_get_title (reading->network, (guint) layer);
      g_autofree char *when = anm_number_format_time (anm_patient_reading_get_x (reading, step),
                                                      reading->cohort->time_unit);

      equation = anm_cell_equation_new (reading, (guint) layer, (guint) unit, step);
      /* Translators: a layer, its unit, a point in time: "LSTM unit 25, hour 39". */
      place = g_strdup_printf (_("%s unit %d, %s"), title, unit + 1, when);
    }

  gtk_label_set_label (GTK_LABEL (self->cell_label),
                       equation != NULL ? place : _("Click a strip to see how a unit comes to its value"));
  gtk_label_set_markup (GTK_LABEL (self->equation_label), equation != NULL ? equation : "");
  /* The numbers go before the scale where there isn't room for both. */
  gtk_widget_set_visible (self->colour_scale, equation == NULL || gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE_FOOT);
  if (equation != NULL)
    gtk_widget_remove_css_class (self->cell_label, "hint");
  else
    gtk_widget_add_css_class (self->cell_label, "hint");
}

static void
reading_changed_cb (AnmNetworkView *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);

  show_caption (self);
  show_cell (self);
  anm_colour_scale_set_range (ANM_COLOUR_SCALE (self->colour_scale),
                              reading != NULL ? anm_hidden_state_range (reading) : 1);
}

static void
study_changed_cb (AnmNetworkView *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  show_patient (self);
}

/* Where the window is low the code takes the cards' place. */
static void
show_code (AnmNetworkView *self)
{
  const gboolean shown = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->code_button));

  gtk_widget_set_visible (self->code_box, shown);
  gtk_widget_set_vexpand (self->code_box, shown && self->folded);
  gtk_widget_set_visible (self->strip_box, !shown || !self->folded);
}

void
anm_network_view_set_folded (AnmNetworkView *self,
                             gboolean folded)
{
  g_return_if_fail (ANM_IS_NETWORK_VIEW (self));

  self->folded = folded;
  anm_network_strip_set_folded (ANM_NETWORK_STRIP (self->strip), folded);
  show_code (self);
}

void
anm_network_view_point_channel (AnmNetworkView *self,
                                int channel)
{
  g_return_if_fail (ANM_IS_NETWORK_VIEW (self));

  anm_network_strip_point_channel (ANM_NETWORK_STRIP (self->strip), channel);
}

void
anm_network_view_set_narrow (AnmNetworkView *self,
                             gboolean narrow)
{
  g_return_if_fail (ANM_IS_NETWORK_VIEW (self));

  gtk_widget_set_visible (self->add_label, !narrow);
}

void
anm_network_view_set_channels_hidden (AnmNetworkView *self,
                                      gboolean hidden)
{
  g_return_if_fail (ANM_IS_NETWORK_VIEW (self));

  gtk_widget_set_visible (self->channels_button, hidden);
}

static void
add_code (AnmNetworkView *self)
{
  GtkWidget *pane = anm_code_pane_new (self->state, self->live);

  self->code_button = gtk_toggle_button_new_with_label (_("Code"));
  gtk_widget_set_valign (self->code_button, GTK_ALIGN_START);
  anm_set_tooltip (self->code_button, _("The network as a program of Keras or PyTorch, or as a command line"));
  g_signal_connect_swapped (self->code_button, "toggled", G_CALLBACK (show_code), self);
  gtk_box_append (GTK_BOX (self->entry_box), self->code_button);

  gtk_widget_set_hexpand (pane, TRUE);
  gtk_widget_set_size_request (pane, -1, CODE_HEIGHT);
  gtk_box_append (GTK_BOX (self->code_box), pane);
}

GtkWidget *
anm_network_view_new (AnmViewState *state,
                      AnmLiveReading *live)
{
  AnmNetworkView *self = g_object_new (ANM_TYPE_NETWORK_VIEW, NULL);
  GtkWidget *entry;

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);

  self->strip = anm_network_strip_new (state, live);
  gtk_widget_set_hexpand (self->strip, TRUE);
  g_signal_connect_swapped (self->strip, "edit", G_CALLBACK (edit_cb), self);
  gtk_box_append (GTK_BOX (self->strip_box), self->strip);
  entry = anm_network_entry_new (state, live);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_box_append (GTK_BOX (self->entry_box), entry);
  add_code (self);

  g_signal_connect_object (live, "laid-out", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "changed", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::cursor", G_CALLBACK (show_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (show_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::unit", G_CALLBACK (show_cell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::patient", G_CALLBACK (show_patient), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
  reading_changed_cb (self);

  return GTK_WIDGET (self);
}

static void
anm_network_view_dispose (GObject *object)
{
  AnmNetworkView *self = ANM_NETWORK_VIEW (object);

  g_clear_object (&self->study_signals);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_NETWORK_VIEW);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_network_view_parent_class)->dispose (object);
}

static void
anm_network_view_class_init (AnmNetworkViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_network_view_dispose;

  g_type_ensure (ANM_TYPE_COLOUR_SCALE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/network-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, channels_button);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, caption);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, patient_button);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, templates_button);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, add_button);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, add_label);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, strip_box);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, entry_box);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, code_box);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, lens_button);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, cell_label);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, equation_label);
  gtk_widget_class_bind_template_child (widget_class, AnmNetworkView, colour_scale);
}

static void
anm_network_view_init (AnmNetworkView *self)
{
  GtkWidget *menu = anm_layer_menu_new ();

  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::cohort", G_CALLBACK (show_patient), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->add_button), menu);
  g_signal_connect_swapped (menu, "chosen", G_CALLBACK (add_layer_cb), self);
  make_templates (self);
}
