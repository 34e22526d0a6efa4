/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/optimizer-bar.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/gui/batch-size.h"
#include "app/gui/fold-box.h"
#include "app/gui/learning-rate.h"
#include "app/gui/optimizer-choice.h"
#include "app/gui/word-spin.h"

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
  GtkWidget          *patience;
  GtkWidget          *epochs;
  GtkWidget          *seed;
  GtkWidget          *clip_value;
  GtkWidget          *loss;
  GtkWidget          *balanced;
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
  set_spin (self->clip_value, shown->clip_value);
  set_spin (self->patience, shown->patience);
  set_spin (self->epochs, shown->epochs);
  set_spin (self->seed, (double) shown->seed);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->loss), shown->loss);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->balanced), shown->balanced_classes);
  self->showing = FALSE;
}

/* All but optimiser and learning rate, which have their own handlers. */
static void
read_controls (AnmOptimizerBar *self,
               AnmHyperparameters *hyperparameters)
{
  hyperparameters->batch_size = anm_batch_size_get_value (ANM_BATCH_SIZE (self->batch_size));
  hyperparameters->clip_norm = get_spin (self->clip_norm);
  hyperparameters->clip_value = get_spin (self->clip_value);
  hyperparameters->patience = (guint) get_spin (self->patience);
  hyperparameters->epochs = (guint) get_spin (self->epochs);
  hyperparameters->seed = (guint64) get_spin (self->seed);
  hyperparameters->loss = (AnmLossKind) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->loss));
  hyperparameters->balanced_classes = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->balanced));
}

static void
edited_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (self->showing || study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  read_controls (self, &edited);
  anm_study_set_hyperparameters (study, &edited);
}

static void
rate_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (self->showing || study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  edited.learning_rate = anm_learning_rate_get_value (ANM_LEARNING_RATE (self->learning_rate));
  anm_study_set_hyperparameters (study, &edited);
}

static void
optimizer_changed_cb (AnmOptimizerBar *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (self->showing || study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  anm_optimizer_choice_apply (ANM_OPTIMIZER_CHOICE (self->optimizer), &edited);
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
make_group (const char *label,
            gboolean acts_at_once,
            GtkWidget *control,
            const char *unit)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *text = gtk_label_new (label);

  gtk_widget_add_css_class (text, "caption");
  gtk_widget_add_css_class (text, "dim-label");
  gtk_box_append (GTK_BOX (head), text);
  if (acts_at_once)
    {
      GtkWidget *bolt = gtk_image_new_from_icon_name ("anm-bolt-symbolic");

      gtk_widget_add_css_class (bolt, "bolt");
      gtk_widget_set_tooltip_text (bolt, _("Acts at once, even while training"));
      gtk_box_append (GTK_BOX (head), bolt);
    }

  gtk_box_append (GTK_BOX (row), control);
  if (unit != NULL)
    {
      GtkWidget *unit_label = gtk_label_new (unit);

      gtk_widget_add_css_class (unit_label, "caption");
      gtk_widget_add_css_class (unit_label, "dim-label");
      gtk_box_append (GTK_BOX (row), unit_label);
    }

  gtk_box_append (GTK_BOX (group), head);
  gtk_box_append (GTK_BOX (group), row);
  gtk_widget_set_valign (group, GTK_ALIGN_END);
  return group;
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

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 6);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (edited_cb), self);
  return spin;
}

static GtkWidget *
make_hint (void)
{
  GtkWidget *hint = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *bolt = gtk_image_new_from_icon_name ("anm-bolt-symbolic");
  GtkWidget *text = gtk_label_new (_("acts at once, even while training"));

  gtk_widget_add_css_class (bolt, "bolt");
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
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  AnmHyperparameters opponent;

  self->opponent = anm_optimizer_choice_new (_("Optimiser to race against"), TRUE);
  anm_hyperparameters_init (&opponent, ANM_OPTIMIZER_SGD);
  anm_optimizer_choice_set (ANM_OPTIMIZER_CHOICE (self->opponent), &opponent);
  gtk_box_append (GTK_BOX (row), self->opponent);

  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("anm-race-symbolic"));
  gtk_box_append (GTK_BOX (content), gtk_label_new (_("Race")));
  self->race_button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->race_button), content);
  gtk_widget_set_tooltip_text (self->race_button,
                               _("Train both at once, from the same initial weights and over the same batches"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->race_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Race"), -1);
  g_signal_connect_swapped (self->race_button, "clicked", G_CALLBACK (race_cb), self);
  gtk_box_append (GTK_BOX (row), self->race_button);

  return make_group (_("Race against"), FALSE, row, NULL);
}

static void
make_controls (AnmOptimizerBar *self)
{
  const char *const losses[] = {
    _("Chosen by the target"), _("Mean squared error"), _("Binary cross-entropy"), _("Categorical cross-entropy"), NULL
  };

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

  self->clip_value = make_spin (self, 0, 10000, 0.5, 1, C_("clipping", "off"), _("Clip each gradient"));
  gtk_widget_set_tooltip_text (self->clip_value, _("No component of the gradient may be larger. 0 = off."));
  self->loss = gtk_drop_down_new_from_strings (losses);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->loss), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Loss"), -1);
  g_signal_connect_swapped (self->loss, "notify::selected", G_CALLBACK (edited_cb), self);
  self->balanced = gtk_check_button_new_with_label (_("Rare classes count more"));
  gtk_widget_set_tooltip_text (self->balanced, _("Weighs each class by how rare it is in the training part."));
  g_signal_connect_swapped (self->balanced, "toggled", G_CALLBACK (edited_cb), self);
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

  anm_fold_box_append (box, make_group (_("Optimiser"), FALSE, self->optimizer, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_group (_("Learning rate"), TRUE, self->learning_rate, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_group (_("Batch size"), FALSE, self->batch_size, NULL), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (box, make_group (_("Clip gradient norm"), TRUE, self->clip_norm, NULL), 5, FALSE);
  /* Translators: under this heading: "10 epochs" or "never". */
  anm_fold_box_append (box, make_group (_("Stop early after"), FALSE, self->patience, _("epochs")), 4, FALSE);
  anm_fold_box_append (box, make_group (_("Epochs"), FALSE, self->epochs, NULL), 3, FALSE);
  anm_fold_box_append (box, make_group (_("Seed"), FALSE, make_weights (self), NULL), 2, FALSE);
  anm_fold_box_append_more_button (box);
  anm_fold_box_append (box, make_race (self), 6, FALSE);
  anm_fold_box_append (box, make_hint (), ANM_FOLD_RANK_HINT, TRUE);

  anm_fold_box_append_to_more (box, make_group (_("Loss"), FALSE, self->loss, NULL));
  anm_fold_box_append_to_more (box, self->balanced);
  anm_fold_box_append_to_more (box, make_group (_("Clip each gradient"), TRUE, self->clip_value, NULL));
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
