/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/optimizer-choice.h"

#include <glib/gi18n-lib.h>

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

typedef struct
{
  const char     *label;
  const char     *summary;
  gsize           offset;   /* of the double in AnmHyperparameters */
  Owners          owners;
  AnmNumberLimits limits;
} Option;

static const Option options[] = {
  { N_("Learning rate"), N_("Length of a step along the gradient."),
    G_STRUCT_OFFSET (AnmHyperparameters, learning_rate), OF_ALL, { 0, 1000, FALSE, TRUE } },
  { N_("Momentum"), N_("Share of the last step that the next one goes on with."),
    G_STRUCT_OFFSET (AnmHyperparameters, momentum), OF_SGD | OF_RMSPROP, { 0, 1, TRUE, FALSE } },
  { N_("ρ, memory of squares"), N_("How slowly the running mean of squared gradients forgets."),
    G_STRUCT_OFFSET (AnmHyperparameters, rho), OF_RMSPROP | OF_ADADELTA, { 0, 1, TRUE, FALSE } },
  { N_("β₁, memory of gradients"), N_("How slowly the running mean of gradients forgets."),
    G_STRUCT_OFFSET (AnmHyperparameters, beta_1), OF_ADAMS, { 0, 1, TRUE, FALSE } },
  { N_("β₂, memory of squares"), N_("How slowly the running mean of squared gradients forgets."),
    G_STRUCT_OFFSET (AnmHyperparameters, beta_2), OF_ADAMS, { 0, 1, TRUE, FALSE } },
  { N_("ε, against division by 0"), N_("Added to the root of the mean square before dividing by it."),
    G_STRUCT_OFFSET (AnmHyperparameters, epsilon), OF_ALL & ~OF_SGD, { 0, 1, FALSE, TRUE } },
  { N_("Initial sum of squares"), N_("What the sum of squared gradients begins at: the larger, the smaller the first steps."),
    G_STRUCT_OFFSET (AnmHyperparameters, initial_accumulator), OF_ADAGRAD, { 0, 1000, TRUE, TRUE } },
  { N_("Weight decay"), N_("Share of the weights, times the learning rate, that each update takes off."),
    G_STRUCT_OFFSET (AnmHyperparameters, weight_decay), OF_ALL, { 0, 1, TRUE, TRUE } },
};

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
  GtkWidget         *nesterov_label;
  GtkWidget         *nesterov_switch;
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

static void
show (AnmOptimizerChoice *self)
{
  AnmHyperparameters *chosen = &self->kept[self->variant];
  const gboolean sgd = chosen->optimizer == ANM_OPTIMIZER_SGD;

  self->showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), self->variant);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      const gboolean owned = (options[i].owners & (1u << chosen->optimizer)) != 0 &&
                             (i != RATE_OPTION || self->with_rate);

      gtk_widget_set_visible (self->labels[i], owned);
      gtk_widget_set_visible (self->entries[i], owned);
      anm_number_entry_set_value (ANM_NUMBER_ENTRY (self->entries[i]), *get_field (chosen, i));
    }
  gtk_widget_set_visible (self->nesterov_label, sgd);
  gtk_widget_set_visible (self->nesterov_switch, sgd);
  gtk_switch_set_active (GTK_SWITCH (self->nesterov_switch), chosen->nesterov);
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

  if (entered.optimizer == ANM_OPTIMIZER_SGD)
    {
      entered.nesterov = gtk_switch_get_active (GTK_SWITCH (self->nesterov_switch));
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
  hyperparameters->nesterov = chosen->nesterov;
  for (guint i = 0; i < N_OPTIONS; i++)
    *get_field (hyperparameters, i) = *get_field (chosen, i);
}

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static GtkWidget *
make_options (AnmOptimizerChoice *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *popover = gtk_popover_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      self->labels[i] = make_label (_(options[i].label));
      gtk_widget_set_tooltip_text (self->labels[i], _(options[i].summary));
      self->entries[i] = anm_number_entry_new (_(options[i].label), &options[i].limits, 0);
      gtk_widget_set_tooltip_text (self->entries[i], _(options[i].summary));
      gtk_grid_attach (GTK_GRID (grid), self->labels[i], 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), self->entries[i], 1, (int) i, 1, 1);
      g_signal_connect_swapped (self->entries[i], "changed", G_CALLBACK (option_entered_cb), self);
    }

  self->nesterov_label = make_label (_("Nesterov"));
  gtk_widget_set_tooltip_text (self->nesterov_label, _("Takes the gradient where the momentum is about to lead."));
  self->nesterov_switch = gtk_switch_new ();
  gtk_widget_set_halign (self->nesterov_switch, GTK_ALIGN_END);
  gtk_widget_set_valign (self->nesterov_switch, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->nesterov_switch),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Nesterov's momentum"), -1);
  gtk_grid_attach (GTK_GRID (grid), self->nesterov_label, 0, N_OPTIONS, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->nesterov_switch, 1, N_OPTIONS, 1, 1);
  g_signal_connect_swapped (self->nesterov_switch, "notify::active", G_CALLBACK (option_entered_cb), self);

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
