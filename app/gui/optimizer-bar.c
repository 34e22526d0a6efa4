/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/optimizer-bar.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/setting-notes.h"
#include "app/gui/batch-size.h"
#include "app/gui/fold-box.h"
#include "app/gui/info-label.h"
#include "app/gui/learning-rate.h"
#include "app/gui/optimizer-choice.h"
#include "app/gui/schedule-choice.h"
#include "app/gui/training-settings.h"
#include "app/gui/word-spin.h"
#include "widgets/figures/number.h"

struct _AnmOptimizerBar
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  GSignalGroup       *study_signals;

  GtkWidget          *box;
  GtkWidget          *optimizer;
  GtkWidget          *learning_rate;
  GtkWidget          *batch_size;
  GtkWidget          *clip_norm;
  GtkWidget          *l2;
  GtkWidget          *schedule;
  GtkWidget          *patience;
  GtkWidget          *epochs;
  GtkWidget          *seed;
  GtkWidget          *opponent;
  GtkWidget          *race_button;
  gboolean            showing;
};

enum
{
  PROP_0,
  PROP_TRAINING_CONTROL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmOptimizerBar, anm_optimizer_bar, GTK_TYPE_WIDGET)

static double
get_spin (GtkWidget *spin)
{
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin));
}

static void
set_spin (GtkWidget *spin,
          double value)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
}

/* The weights' L2 penalty in powers of ten, input and recurrent alike; each by itself behind "More". */
static const double l2_choices[] = { 0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2 };

#define N_L2_CHOICES G_N_ELEMENTS (l2_choices)

/* N_L2_CHOICES: another number, or two of them. */
static guint
find_l2 (const AnmHyperparameters *shown)
{
  for (guint i = 0; i < N_L2_CHOICES; i++)
    if (shown->kernel_l2 == l2_choices[i] && shown->recurrent_l2 == l2_choices[i])
      return i;
  return N_L2_CHOICES;
}

static void
show (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmHyperparameters *shown;

  if (study == NULL)
    return;

  shown = anm_study_get_hyperparameters (study);
  self->showing = TRUE;
  anm_optimizer_choice_set (ANM_OPTIMIZER_CHOICE (self->optimizer), shown);
  anm_learning_rate_set_value (ANM_LEARNING_RATE (self->learning_rate), shown->learning_rate);
  anm_batch_size_set_value (ANM_BATCH_SIZE (self->batch_size), shown->batch_size);
  set_spin (self->clip_norm, shown->clip_norm);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->l2), find_l2 (shown));
  anm_schedule_choice_set (ANM_SCHEDULE_CHOICE (self->schedule), &shown->schedule);
  set_spin (self->patience, shown->patience);
  set_spin (self->epochs, shown->epochs);
  set_spin (self->seed, (double) shown->seed);
  self->showing = FALSE;
}

/* All but optimiser and learning rate, which have their own handlers. */
static void
read_controls (AnmOptimizerBar *self,
               AnmHyperparameters *hyperparameters)
{
  hyperparameters->batch_size = anm_batch_size_get_value (ANM_BATCH_SIZE (self->batch_size));
  hyperparameters->clip_norm = get_spin (self->clip_norm);
  hyperparameters->patience = (guint) get_spin (self->patience);
  hyperparameters->epochs = (guint) get_spin (self->epochs);
  hyperparameters->seed = (guint64) get_spin (self->seed);
}

static void
edited_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  read_controls (self, &edited);
  anm_study_set_hyperparameters (study, &edited);
}

static void
rate_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  edited.learning_rate = anm_learning_rate_get_value (ANM_LEARNING_RATE (self->learning_rate));
  anm_study_set_hyperparameters (study, &edited);
}

static void
optimizer_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  anm_optimizer_choice_apply (ANM_OPTIMIZER_CHOICE (self->optimizer), &edited);
  anm_study_set_hyperparameters (study, &edited);
}

static void
l2_chosen_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  const guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->l2));
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  if (chosen >= N_L2_CHOICES)
    {
      show (self);
      return;
    }
  edited = *anm_study_get_hyperparameters (study);
  edited.kernel_l2 = edited.recurrent_l2 = l2_choices[chosen];
  anm_study_set_hyperparameters (study, &edited);
}

static void
schedule_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  edited.schedule = *anm_schedule_choice_get (ANM_SCHEDULE_CHOICE (self->schedule));
  anm_study_set_hyperparameters (study, &edited);
}

static void
race_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmHyperparameters arms[2];

  if (study == NULL)
    return;

  arms[0] = arms[1] = *anm_study_get_hyperparameters (study);
  anm_optimizer_choice_apply (ANM_OPTIMIZER_CHOICE (self->opponent), &arms[1]);
  /* What goes wrong the control tells the window. */
  anm_training_control_race (self->control, arms, G_N_ELEMENTS (arms), NULL);
}

static void
status_changed_cb (AnmOptimizerBar *self)
{
  gtk_widget_set_sensitive (self->race_button,
                            anm_training_control_get_status (self->control) != ANM_TRAINING_STATUS_UNREADY);
}

static void
study_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  g_signal_group_set_target (self->study_signals, study);
  gtk_widget_set_sensitive (self->box, study != NULL);
  show (self);
}

/* Making */

static GtkWidget *
make_group (GtkWidget *label,
            GtkWidget *control,
            const char *unit)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (row), control);
  if (unit != NULL)
    {
      GtkWidget *unit_label = gtk_label_new (unit);

      gtk_widget_add_css_class (unit_label, "caption");
      gtk_widget_add_css_class (unit_label, "dim-label");
      gtk_box_append (GTK_BOX (row), unit_label);
    }

  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_add_css_class (label, "group-label");
  gtk_box_append (GTK_BOX (group), label);
  gtk_box_append (GTK_BOX (group), row);
  gtk_widget_set_valign (group, GTK_ALIGN_END);
  return group;
}

/* Of a setting that has a note: pressed, its name says what it is. */
static GtkWidget *
make_setting (const char *name,
              GtkWidget *control,
              const char *unit)
{
  return make_group (anm_info_label_new_for (anm_setting_note_find (name)), control, unit);
}

static GtkWidget *
make_spin (AnmOptimizerBar *self,
           double least,
           double most,
           double step,
           guint digits,
           const char *word,
           const char *name)
{
  GtkWidget *spin = anm_word_spin_new (least, most, step, digits, word, NULL, name);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 3);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), word != NULL ? (int) MAX (3, g_utf8_strlen (word, -1)) : 4);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (edited_cb), self);
  return spin;
}

static GtkWidget *
make_hint (void)
{
  GtkWidget *hint = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *bolt = anm_bolt_new ();
  GtkWidget *text = gtk_label_new (_("acts at once, even while training"));

  gtk_widget_add_css_class (text, "caption");
  gtk_widget_add_css_class (text, "dim-label");
  gtk_box_append (GTK_BOX (hint), bolt);
  gtk_box_append (GTK_BOX (hint), text);
  gtk_widget_set_valign (hint, GTK_ALIGN_END);
  gtk_widget_set_margin_bottom (hint, 6);
  return hint;
}

static GtkWidget *
make_race (AnmOptimizerBar *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  AnmHyperparameters opponent;

  self->opponent = anm_optimizer_choice_new (_("Optimiser to race against"), TRUE);
  anm_hyperparameters_init (&opponent, ANM_OPTIMIZER_SGD);
  anm_optimizer_choice_set (ANM_OPTIMIZER_CHOICE (self->opponent), &opponent);
  gtk_box_append (GTK_BOX (row), self->opponent);

  self->race_button = gtk_button_new_with_label (_("Race"));
  gtk_widget_set_tooltip_text (self->race_button,
                               _("Race: train both at once, from the same initial weights and over the same batches"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->race_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Race"), -1);
  g_signal_connect_swapped (self->race_button, "clicked", G_CALLBACK (race_cb), self);
  gtk_box_append (GTK_BOX (row), self->race_button);

  return make_group (anm_info_label_new (_("Race against"),
                                         _("A second optimiser learns the same network beside the first: from the same weights, over the same batches."),
                                         NULL, NULL),
                     row, NULL);
}

static void
make_l2 (AnmOptimizerBar *self)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  gtk_string_list_append (words, C_("penalty", "off"));
  for (guint i = 1; i < N_L2_CHOICES; i++)
    {
      g_autofree char *power = anm_number_format_power ((int) lround (log10 (l2_choices[i])));
      gtk_string_list_append (words, power);
    }
  /* Translators: a penalty on the weights that isn't one of the powers of ten. */
  gtk_string_list_append (words, C_("penalty", "own"));
  self->l2 = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->l2), GTK_ACCESSIBLE_PROPERTY_LABEL, _("L2 penalty"), -1);
  g_signal_connect_swapped (self->l2, "notify::selected", G_CALLBACK (l2_chosen_cb), self);
}

static void
make_controls (AnmOptimizerBar *self)
{
  self->optimizer = anm_optimizer_choice_new (_("Optimiser"), FALSE);
  g_signal_connect_swapped (self->optimizer, "changed", G_CALLBACK (optimizer_changed_cb), self);
  self->learning_rate = anm_learning_rate_new ();
  g_signal_connect_swapped (self->learning_rate, "notify::value", G_CALLBACK (rate_changed_cb), self);
  self->batch_size = anm_batch_size_new ();
  g_signal_connect_swapped (self->batch_size, "notify::value", G_CALLBACK (edited_cb), self);

  self->clip_norm = make_spin (self, 0, 10000, 0.5, 1, C_("clipping", "off"), _("Clip gradient norm"));
  gtk_widget_set_tooltip_text (self->clip_norm, _("Longer gradients are shortened to this length. 0 = off."));
  self->patience = make_spin (self, 0, 100000, 1, 0, C_("stop early", "never"), _("Stop early after epochs"));
  gtk_widget_set_tooltip_text (self->patience,
                               _("Stops after so many epochs without a better validation loss. 0 = never."));
  self->epochs = make_spin (self, 1, 100000, 10, 0, NULL, _("Epochs"));
  self->seed = make_spin (self, 0, G_MAXUINT32, 1, 0, NULL, _("Seed"));
  gtk_widget_set_tooltip_text (self->seed, _("Draws the initial weights and the order of the batches."));

  make_l2 (self);
  self->schedule = anm_schedule_choice_new ();
  g_signal_connect_swapped (self->schedule, "changed", G_CALLBACK (schedule_changed_cb), self);
}

/* The seed draws the initial weights: back to them, or others. */
static GtkWidget *
make_weights (AnmOptimizerBar *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *reset = adw_split_button_new ();

  g_menu_append (menu, _("_Reset to the same initial weights"), "win.reset");
  g_menu_append (menu, _("New _weights"), "win.new-weights");
  g_menu_append (menu, _("_Train this run on"), "win.continue");
  adw_split_button_set_icon_name (ADW_SPLIT_BUTTON (reset), "object-rotate-left-symbolic");
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (reset), G_MENU_MODEL (menu));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (reset), "win.reset");
  gtk_widget_set_tooltip_text (reset, _("Reset to the same initial weights"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Reset"), -1);

  gtk_box_append (GTK_BOX (row), self->seed);
  gtk_box_append (GTK_BOX (row), reset);
  return row;
}

static void
arrange (AnmOptimizerBar *self)
{
  AnmFoldBox *box = ANM_FOLD_BOX (self->box);

  anm_fold_box_append (box, make_setting ("optimizer", self->optimizer, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_setting ("learning_rate", self->learning_rate, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_setting ("batch_size", self->batch_size, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_setting ("clip_norm", self->clip_norm, NULL), 6, FALSE);
  anm_fold_box_append (box, make_group (anm_info_label_new (_("L2 penalty"), _("Pulls weights towards 0, large ones most: input and recurrent weights alike."),
                                                            anm_setting_note_find ("kernel_l2")->formula, C_("penalty", "off")),
                                        self->l2, NULL), 2, FALSE);
  anm_fold_box_append (box, make_setting ("schedule", self->schedule, NULL), 3, FALSE);
  /* Translators: under the heading "Stop early after": "10 epochs" or "never". */
  anm_fold_box_append (box, make_setting ("patience", self->patience, NULL), 4, FALSE);
  anm_fold_box_append (box, make_setting ("epochs", self->epochs, NULL), 5, FALSE);
  anm_fold_box_append (box, make_setting ("seed", make_weights (self), NULL), 1, FALSE);
  anm_fold_box_append_more_button (box);
  anm_fold_box_append (box, make_race (self), 7, FALSE);
  anm_fold_box_append (box, make_hint (), ANM_FOLD_RANK_HINT, TRUE);
}

GtkWidget *
anm_optimizer_bar_new (AnmTrainingControl *control)
{
  return g_object_new (ANM_TYPE_OPTIMIZER_BAR, "training-control", control, NULL);
}

static void
anm_optimizer_bar_constructed (GObject *object)
{
  AnmOptimizerBar *self = ANM_OPTIMIZER_BAR (object);

  G_OBJECT_CLASS (anm_optimizer_bar_parent_class)->constructed (object);

  self->state = g_object_ref (anm_training_control_get_view_state (self->control));
  anm_fold_box_append_to_more (ANM_FOLD_BOX (self->box), anm_training_settings_new (self->state));
  g_signal_connect_object (self->control, "notify::status", G_CALLBACK (status_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  status_changed_cb (self);
  study_changed_cb (self);
}

static void
anm_optimizer_bar_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TRAINING_CONTROL:
      ANM_OPTIMIZER_BAR (object)->control = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_optimizer_bar_dispose (GObject *object)
{
  AnmOptimizerBar *self = ANM_OPTIMIZER_BAR (object);

  self->showing = TRUE;
  g_clear_object (&self->study_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_optimizer_bar_parent_class)->dispose (object);
}

static void
anm_optimizer_bar_class_init (AnmOptimizerBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = anm_optimizer_bar_constructed;
  object_class->set_property = anm_optimizer_bar_set_property;
  object_class->dispose = anm_optimizer_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "optimizerbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  properties[PROP_TRAINING_CONTROL] =
    g_param_spec_object ("training-control", NULL, NULL, ANM_TYPE_TRAINING_CONTROL,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_optimizer_bar_init (AnmOptimizerBar *self)
{
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::hyperparameters", G_CALLBACK (show), self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Training settings"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self), "compact");

  self->box = anm_fold_box_new ();
  make_controls (self);
  arrange (self);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
