/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/optimizer-choice.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/setting-notes.h"
#include "app/gui/info-label.h"
#include "app/gui/number-entry.h"

/* What the drop-down offers: an optimiser of the engine and how it begins. */
typedef struct
{
  const char      *name;
  AnmOptimizerKind kind;
  double           momentum;
  gboolean         nesterov;
} Variant;

static const Variant variants[] = {
  { N_("SGD"), ANM_OPTIMIZER_SGD, 0, FALSE },
  { N_("Momentum"), ANM_OPTIMIZER_SGD, 0.9, FALSE },
  { N_("Nesterov"), ANM_OPTIMIZER_SGD, 0.9, TRUE },
  { N_("RMSProp"), ANM_OPTIMIZER_RMSPROP, 0, FALSE },
  { N_("AdaGrad"), ANM_OPTIMIZER_ADAGRAD, 0, FALSE },
  { N_("AdaDelta"), ANM_OPTIMIZER_ADADELTA, 0, FALSE },
  { N_("Adam"), ANM_OPTIMIZER_ADAM, 0, FALSE },
  { N_("AdamW"), ANM_OPTIMIZER_ADAMW, 0, FALSE },
  { N_("Nadam"), ANM_OPTIMIZER_NADAM, 0, FALSE },
};

#define N_VARIANTS G_N_ELEMENTS (variants)

typedef enum
{
  OF_SGD = 1 << ANM_OPTIMIZER_SGD,
  OF_RMSPROP = 1 << ANM_OPTIMIZER_RMSPROP,
  OF_ADAM = 1 << ANM_OPTIMIZER_ADAM,
  OF_ADAGRAD = 1 << ANM_OPTIMIZER_ADAGRAD,
  OF_ADADELTA = 1 << ANM_OPTIMIZER_ADADELTA,
  OF_ADAMW = 1 << ANM_OPTIMIZER_ADAMW,
  OF_NADAM = 1 << ANM_OPTIMIZER_NADAM,
  OF_ADAMS = OF_ADAM | OF_ADAMW | OF_NADAM,
  OF_ALL = (1 << ANM_N_OPTIMIZERS) - 1,
} Owners;

/* Label, sentence and formula are those of the setting's note. */
typedef struct
{
  const char     *name;
  gsize           offset;   /* of the double in AnmHyperparameters */
  Owners          owners;
  AnmNumberLimits limits;
} Option;

static const Option options[] = {
  { "learning_rate", G_STRUCT_OFFSET (AnmHyperparameters, learning_rate), OF_ALL, { 0, 1000, FALSE, TRUE } },
  { "momentum", G_STRUCT_OFFSET (AnmHyperparameters, momentum), OF_SGD | OF_RMSPROP, { 0, 1, TRUE, FALSE } },
  { "rho", G_STRUCT_OFFSET (AnmHyperparameters, rho), OF_RMSPROP | OF_ADADELTA, { 0, 1, TRUE, FALSE } },
  { "beta_1", G_STRUCT_OFFSET (AnmHyperparameters, beta_1), OF_ADAMS, { 0, 1, TRUE, FALSE } },
  { "beta_2", G_STRUCT_OFFSET (AnmHyperparameters, beta_2), OF_ADAMS, { 0, 1, TRUE, FALSE } },
  { "epsilon", G_STRUCT_OFFSET (AnmHyperparameters, epsilon), OF_ALL & ~OF_SGD, { 0, 1, FALSE, TRUE } },
  { "initial_accumulator", G_STRUCT_OFFSET (AnmHyperparameters, initial_accumulator), OF_ADAGRAD, { 0, 1000, TRUE, TRUE } },
  { "weight_decay", G_STRUCT_OFFSET (AnmHyperparameters, weight_decay), OF_ALL, { 0, 1, TRUE, TRUE } },
};

typedef struct
{
  const char *name;
  gsize       offset;   /* of the gboolean */
  Owners      owners;
} Flag;

static const Flag flags[] = {
  { "nesterov", G_STRUCT_OFFSET (AnmHyperparameters, nesterov), OF_SGD },
  { "centered", G_STRUCT_OFFSET (AnmHyperparameters, centered), OF_RMSPROP },
  { "amsgrad", G_STRUCT_OFFSET (AnmHyperparameters, amsgrad), OF_ADAM | OF_ADAMW },
};

#define N_FLAGS G_N_ELEMENTS (flags)
#define N_OPTIONS G_N_ELEMENTS (options)
#define RATE_OPTION 0

struct _AnmOptimizerChoice
{
  GtkWidget          parent_instance;

  GtkWidget         *box;
  GtkWidget         *drop_down;
  GtkWidget         *options_button;
  GtkWidget         *labels[N_OPTIONS];
  GtkWidget         *entries[N_OPTIONS];
  GtkWidget         *flag_labels[N_FLAGS];
  GtkWidget         *switches[N_FLAGS];
  GtkWidget         *sentence;
  GtkWidget         *formula;
  gboolean           with_rate;

  AnmHyperparameters kept[N_VARIANTS];
  guint              variant;
  gboolean           showing; /* what is shown is being changed, not by a person */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmOptimizerChoice, anm_optimizer_choice, GTK_TYPE_WIDGET)

static guint
find_variant (const AnmHyperparameters *hyperparameters)
{
  for (guint i = N_VARIANTS; i > 0; i--)
    {
      const Variant *variant = &variants[i - 1];

      if (variant->kind != hyperparameters->optimizer)
        continue;
      if (variant->kind != ANM_OPTIMIZER_SGD ||
          ((hyperparameters->momentum > 0) == (variant->momentum > 0) &&
           (hyperparameters->momentum > 0 && hyperparameters->nesterov) == variant->nesterov))
        return i - 1;
    }

  return 0;
}

const char *
anm_optimizer_get_name (const AnmHyperparameters *hyperparameters)
{
  return _(variants[find_variant (hyperparameters)].name);
}

static double *
get_field (AnmHyperparameters *hyperparameters,
           guint option)
{
  return G_STRUCT_MEMBER_P (hyperparameters, options[option].offset);
}

static gboolean *
get_flag (AnmHyperparameters *hyperparameters,
          guint flag)
{
  return G_STRUCT_MEMBER_P (hyperparameters, flags[flag].offset);
}

static void
show (AnmOptimizerChoice *self)
{
  AnmHyperparameters *chosen = &self->kept[self->variant];
  g_autofree char *markup = anm_formula_to_markup (anm_optimizer_formula (chosen->optimizer));

  self->showing = TRUE;
  gtk_label_set_label (GTK_LABEL (self->sentence), _(anm_optimizer_summary (chosen->optimizer)));
  gtk_label_set_markup (GTK_LABEL (self->formula), markup);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), self->variant);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      const gboolean owned = (options[i].owners & (1u << chosen->optimizer)) != 0 &&
                             (i != RATE_OPTION || self->with_rate);

      gtk_widget_set_visible (self->labels[i], owned);
      gtk_widget_set_visible (self->entries[i], owned);
      anm_number_entry_set_value (ANM_NUMBER_ENTRY (self->entries[i]), *get_field (chosen, i));
    }
  for (guint i = 0; i < N_FLAGS; i++)
    {
      const gboolean owned = (flags[i].owners & (1u << chosen->optimizer)) != 0;

      gtk_widget_set_visible (self->flag_labels[i], owned);
      gtk_widget_set_visible (self->switches[i], owned);
      gtk_switch_set_active (GTK_SWITCH (self->switches[i]), *get_flag (chosen, i));
    }
  self->showing = FALSE;
}

static void
variant_chosen_cb (AnmOptimizerChoice *self)
{
  if (self->showing)
    return;

  self->variant = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->drop_down));
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Another momentum makes SGD another of its three. */
static void
option_entered_cb (AnmOptimizerChoice *self)
{
  AnmHyperparameters entered = self->kept[self->variant];

  if (self->showing)
    return;

  for (guint i = 0; i < N_OPTIONS; i++)
    *get_field (&entered, i) = anm_number_entry_get_value (ANM_NUMBER_ENTRY (self->entries[i]));

  for (guint i = 0; i < N_FLAGS; i++)
    *get_flag (&entered, i) = gtk_switch_get_active (GTK_SWITCH (self->switches[i]));

  if (entered.optimizer == ANM_OPTIMIZER_SGD)
    {
      if (entered.nesterov && !self->kept[self->variant].nesterov && entered.momentum == 0)
        entered.momentum = 0.9;
      entered.nesterov = entered.nesterov && entered.momentum > 0;
    }

  self->variant = find_variant (&entered);
  self->kept[self->variant] = entered;
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
anm_optimizer_choice_set (AnmOptimizerChoice *self,
                          const AnmHyperparameters *hyperparameters)
{
  g_return_if_fail (ANM_IS_OPTIMIZER_CHOICE (self));
  g_return_if_fail (hyperparameters != NULL);

  self->variant = find_variant (hyperparameters);
  self->kept[self->variant] = *hyperparameters;
  show (self);
}

void
anm_optimizer_choice_apply (AnmOptimizerChoice *self,
                            AnmHyperparameters *hyperparameters)
{
  AnmHyperparameters *chosen;

  g_return_if_fail (ANM_IS_OPTIMIZER_CHOICE (self));
  g_return_if_fail (hyperparameters != NULL);

  chosen = &self->kept[self->variant];
  hyperparameters->optimizer = chosen->optimizer;
  for (guint i = 0; i < N_FLAGS; i++)
    *get_flag (hyperparameters, i) = *get_flag (chosen, i);
  for (guint i = 0; i < N_OPTIONS; i++)
    *get_field (hyperparameters, i) = *get_field (chosen, i);
}

static GtkWidget *
make_label (const char *name)
{
  const AnmSettingNote *note = anm_setting_note_find (name);
  GtkWidget *label = anm_info_label_new_for (note);

  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static GtkWidget *
make_options (AnmOptimizerChoice *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *popover = gtk_popover_new ();
  int row = 0;

  self->sentence = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->sentence), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->sentence), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->sentence), 36);
  gtk_widget_add_css_class (self->sentence, "caption");
  gtk_grid_attach (GTK_GRID (grid), self->sentence, 0, row++, 2, 1);
  self->formula = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->formula), 0);
  gtk_widget_add_css_class (self->formula, "formula");
  gtk_grid_attach (GTK_GRID (grid), self->formula, 0, row++, 2, 1);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  for (guint i = 0; i < N_OPTIONS; i++, row++)
    {
      self->labels[i] = make_label (options[i].name);
      self->entries[i] = anm_number_entry_new (_(anm_setting_note_find (options[i].name)->label), &options[i].limits, 0);
      gtk_grid_attach (GTK_GRID (grid), self->labels[i], 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), self->entries[i], 1, row, 1, 1);
      g_signal_connect_swapped (self->entries[i], "changed", G_CALLBACK (option_entered_cb), self);
    }
  for (guint i = 0; i < N_FLAGS; i++, row++)
    {
      self->flag_labels[i] = make_label (flags[i].name);
      self->switches[i] = gtk_switch_new ();
      gtk_widget_set_halign (self->switches[i], GTK_ALIGN_END);
      gtk_widget_set_valign (self->switches[i], GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->switches[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _(anm_setting_note_find (flags[i].name)->label), -1);
      gtk_grid_attach (GTK_GRID (grid), self->flag_labels[i], 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), self->switches[i], 1, row, 1, 1);
      g_signal_connect_swapped (self->switches[i], "notify::active", G_CALLBACK (option_entered_cb), self);
    }

  gtk_widget_add_css_class (grid, "popover-grid");
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  return popover;
}

GtkWidget *
anm_optimizer_choice_new (const char *name,
                          gboolean with_rate)
{
  AnmOptimizerChoice *self = g_object_new (ANM_TYPE_OPTIMIZER_CHOICE, NULL);
  g_autofree char *options_name = NULL;

  self->with_rate = with_rate;
  /* Translators: the options of what stands before the comma: "Optimiser, options". */
  options_name = g_strdup_printf (_("%s, options"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->options_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, options_name, -1);
  show (self);

  return GTK_WIDGET (self);
}

static void
anm_optimizer_choice_dispose (GObject *object)
{
  AnmOptimizerChoice *self = ANM_OPTIMIZER_CHOICE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_optimizer_choice_parent_class)->dispose (object);
}

static void
anm_optimizer_choice_class_init (AnmOptimizerChoiceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_optimizer_choice_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ANM_TYPE_OPTIMIZER_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_optimizer_choice_init (AnmOptimizerChoice *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  AnmHyperparameters adam;

  for (guint i = 0; i < N_VARIANTS; i++)
    {
      gtk_string_list_append (names, _(variants[i].name));
      anm_hyperparameters_init (&self->kept[i], variants[i].kind);
      self->kept[i].momentum = variants[i].momentum;
      self->kept[i].nesterov = variants[i].nesterov;
    }
  anm_hyperparameters_init (&adam, ANM_OPTIMIZER_ADAM);
  self->variant = find_variant (&adam);

  self->drop_down = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL);
  g_signal_connect_swapped (self->drop_down, "notify::selected", G_CALLBACK (variant_chosen_cb), self);

  self->options_button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->options_button), "emblem-system-symbolic");
  gtk_widget_set_tooltip_text (self->options_button, _("Options of this optimiser"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->options_button), make_options (self));

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->box, "linked");
  gtk_box_append (GTK_BOX (self->box), self->drop_down);
  gtk_box_append (GTK_BOX (self->box), self->options_button);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
