/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/training-options.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/study/templates.h"

#define MAX_EPOCHS 100000
#define MAX_BATCH 1000000000
#define MAX_STEPS 1000000000

/* An option that sets one member of the hyperparameters. */
typedef struct
{
  const char *name;    /* without "--" */
  const char *member;
  const char *summary;
  const char *argument; /* NULL: a flag */
} MemberOption;

static const MemberOption member_options[] = {
  { "learning-rate", "learning_rate", N_ ("Learning rate (SGD 0.01, others 0.001)"), N_ ("X") },
  { "momentum", "momentum", N_ ("Momentum of SGD and RMSProp (0)"), N_ ("X") },
  { "nesterov", "nesterov", N_ ("SGD with Nesterov's momentum"), NULL },
  { "rho", "rho", N_ ("How slowly RMSProp (0.9) and AdaDelta (0.95) forget squared gradients"), N_ ("X") },
  { "centered", "centered", N_ ("RMSProp divides by the gradients' variance, not their mean square"), NULL },
  { "beta-1", "beta_1", N_ ("How slowly Adam, AdamW and Nadam forget gradients (0.9)"), N_ ("X") },
  { "beta-2", "beta_2", N_ ("How slowly they forget squared gradients (0.999)"), N_ ("X") },
  { "amsgrad", "amsgrad", N_ ("Adam and AdamW divide by the largest mean square so far"), NULL },
  { "initial-accumulator", "initial_accumulator", N_ ("What AdaGrad's sum of squares begins at (0.1)"), N_ ("X") },
  { "epsilon", "epsilon", N_ ("What keeps the optimiser from dividing by 0 (1e-7)"), N_ ("X") },
  { "weight-decay", "weight_decay", N_ ("Share of the weights, times the learning rate, taken off at each update (AdamW 0.004, others 0)"), N_ ("X") },
  { "epochs", "epochs", N_ ("At most so many epochs"), N_ ("N") },
  { "patience", "patience", N_ ("Stop after so many epochs without a better validation loss (0: never)"), N_ ("N") },
  { "convergence", "convergence", N_ ("Stop when the training loss falls by less than this share of itself within the epochs of --convergence-epochs (0: never)"), N_ ("X") },
  { "convergence-epochs", "convergence_epochs", N_ ("See --convergence (10)"), N_ ("N") },
  { "gradient-tolerance", "gradient_tolerance", N_ ("Stop when an epoch's mean gradient norm is below this (0: never)"), N_ ("X") },
  { "huber-delta", "huber_delta", N_ ("Where Huber's loss turns from a square into a line (1)"), N_ ("X") },
  { "focal-gamma", "focal_gamma", N_ ("How much less the focal loss counts what is answered well (2)"), N_ ("X") },
  { "focal-alpha", "focal_alpha", N_ ("Weight of a yes in the focal loss, that of a no being the rest to 1; of classes a factor (0.25)"), N_ ("X") },
  { "kernel-l1", "kernel_l1", N_ ("Penalty on the sizes of input weights (0)"), N_ ("X") },
  { "kernel-l2", "kernel_l2", N_ ("Penalty on the squares of input weights (0)"), N_ ("X") },
  { "recurrent-l1", "recurrent_l1", N_ ("Penalty on the sizes of recurrent weights (0)"), N_ ("X") },
  { "recurrent-l2", "recurrent_l2", N_ ("Penalty on the squares of recurrent weights (0)"), N_ ("X") },
  { "bias-l1", "bias_l1", N_ ("Penalty on the sizes of biases (0)"), N_ ("X") },
  { "bias-l2", "bias_l2", N_ ("Penalty on the squares of biases (0)"), N_ ("X") },
  { "clip-norm", "clip_norm", N_ ("Clip the gradient at this global norm (0: off)"), N_ ("X") },
  { "clip-value", "clip_value", N_ ("Clip each of the gradient's elements at this value (0: off)"), N_ ("X") },
  { "balanced", "balanced_classes", N_ ("Weigh classes by their inverse frequency"), NULL },
  { "deep-supervision", "deep_supervision", N_ ("Share of the loss that all steps have, the rest being the last one's (0: the last step alone)"), N_ ("X") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (member_options) <= ANM_MAX_MEMBER_OPTIONS);

static GOptionEntry
make_entry (const char *name,
            char **text,
            const char *summary,
            const char *argument)
{
  return (GOptionEntry) { name, 0, 0, G_OPTION_ARG_STRING, text, summary, argument };
}

GOptionEntry *
anm_training_options_entries (AnmTrainingOptions *self)
{
  GArray *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  const GOptionEntry first[] = {
    make_entry ("network", &self->network, N_ ("Layers, as in \"lstm(32) > dense(1)\", or the name of a template: stacked-lstm, simple-rnn, stacked-gru, lstm-classes"), N_ ("TEXT")),
    make_entry ("optimizer", &self->optimizer, N_ ("sgd, rmsprop, adagrad, adadelta, adam, adamw or nadam"), N_ ("NAME")),
    make_entry ("schedule", &self->schedule, N_ ("What becomes of the learning rate: constant, step, exponential, cosine, one_cycle or plateau, as in \"cosine(epochs=20, warmup=2)\""), N_ ("TEXT")),
    make_entry ("batch-size", &self->batch_size, N_ ("Patients an update, or all"), N_ ("N|all")),
    make_entry ("loss", &self->loss, N_ ("auto, mean_squared_error (mse), mean_absolute_error (mae), huber, log_cosh, binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy or survival"), N_ ("NAME")),
    make_entry ("class-weights", &self->class_weights, N_ ("How much each class counts, in their order"), N_ ("X,Y,…")),
    make_entry ("truncate", &self->truncation, N_ ("Truncated back-propagation through time: every K1 steps, over the last K2"), N_ ("K1,K2")),
    make_entry ("seed", &self->seed, N_ ("Seed of the initial weights and of the order of batches"), N_ ("N")),
  };

  g_array_append_vals (entries, first, G_N_ELEMENTS (first));
  for (guint i = 0; i < G_N_ELEMENTS (member_options); i++)
    {
      const MemberOption *option = &member_options[i];
      GOptionEntry entry = make_entry (option->name, &self->members[i], option->summary, option->argument);

      if (option->argument == NULL)
        {
          entry.arg = G_OPTION_ARG_NONE;
          entry.arg_data = &self->flags[i];
        }
      g_array_append_val (entries, entry);
    }
  return (GOptionEntry *) (gpointer) g_array_free (entries, FALSE);
}

void
anm_training_options_clear (AnmTrainingOptions *self)
{
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->optimizer, g_free);
  g_clear_pointer (&self->schedule, g_free);
  g_clear_pointer (&self->batch_size, g_free);
  g_clear_pointer (&self->loss, g_free);
  g_clear_pointer (&self->class_weights, g_free);
  g_clear_pointer (&self->truncation, g_free);
  g_clear_pointer (&self->seed, g_free);
  for (guint i = 0; i < ANM_MAX_MEMBER_OPTIONS; i++)
    g_clear_pointer (&self->members[i], g_free);
}

gboolean
anm_training_options_read_network (const AnmTrainingOptions *self,
                                   const AnmTargetShape *target,
                                   AnmNetworkSpec **spec,
                                   GError **error)
{
  const AnmTemplate *template;
  g_autoptr (GError) local_error = NULL;

  *spec = NULL;
  if (self->network == NULL)
    return TRUE;
  template = anm_template_find (self->network);
  *spec = template != NULL ? anm_template_make_network (template, target)
                           : anm_network_spec_parse (self->network, &local_error);
  if (*spec != NULL)
    return TRUE;
  anm_usage_error (error, "--network: %s", local_error->message);
  return FALSE;
}

static gboolean
read_kinds (const AnmTrainingOptions *self,
            const AnmTargetShape *target,
            AnmHyperparameters *hyperparameters,
            GError **error)
{
  const AnmTemplate *template = self->network != NULL ? anm_template_find (self->network) : NULL;
  AnmOptimizerKind kind;

  if (template != NULL)
    anm_template_set_hyperparameters (template, target, hyperparameters);
  if (self->optimizer != NULL)
    {
      if (!anm_optimizer_kind_from_string (self->optimizer, &kind))
        {
          anm_usage_error (error, _ ("--optimizer: “%s” isn't one of %s."), self->optimizer, anm_optimizer_kind_list ());
          return FALSE;
        }
      anm_hyperparameters_set_optimizer (hyperparameters, kind);
    }
  if (self->loss != NULL && !anm_loss_kind_from_string (self->loss, &hyperparameters->loss))
    {
      anm_usage_error (error, _ ("--loss: “%s” isn't one of %s."), self->loss, anm_loss_kind_list ());
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_batch_size (const char *text,
                 guint *batch_size,
                 GError **error)
{
  if (text != NULL && strcmp (text, "all") == 0)
    {
      *batch_size = 0;
      return TRUE;
    }
  return anm_option_read_count ("batch-size", text, 1, MAX_BATCH, batch_size, error);
}

static const AnmHyperparameterMember *
find_member (const char *name)
{
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  for (guint i = 0; i < n_members; i++)
    if (strcmp (members[i].name, name) == 0)
      return &members[i];
  g_assert_not_reached ();
}

static gboolean
read_members (const AnmTrainingOptions *self,
              AnmHyperparameters *hyperparameters,
              GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (member_options); i++)
    {
      const MemberOption *option = &member_options[i];
      const AnmHyperparameterMember *member = find_member (option->member);

      switch (member->kind)
        {
        case ANM_HYPERPARAMETER_COUNT:
          if (!anm_option_read_count (option->name, self->members[i], strcmp (option->member, "patience") == 0 ? 0 : 1, MAX_EPOCHS,
                                      &G_STRUCT_MEMBER (guint, hyperparameters, member->offset), error))
            return FALSE;
          break;
        case ANM_HYPERPARAMETER_FLAG:
          if (self->flags[i])
            G_STRUCT_MEMBER (gboolean, hyperparameters, member->offset) = TRUE;
          break;
        case ANM_HYPERPARAMETER_REAL:
        default:
          if (!anm_option_read_number (option->name, self->members[i], &G_STRUCT_MEMBER (double, hyperparameters, member->offset), error))
            return FALSE;
          break;
        }
      /* Whoever says how much a yes counts wants it to count so. */
      if (self->members[i] != NULL && strcmp (option->member, "focal_alpha") == 0)
        hyperparameters->loss_options.focal_balanced = TRUE;
    }
  return TRUE;
}

static gboolean
read_schedule (const char *text,
               AnmSchedule *schedule,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (text == NULL || anm_schedule_parse (schedule, text, &local_error))
    return TRUE;
  anm_usage_error (error, "--schedule: %s", local_error->message);
  return FALSE;
}

static gboolean
read_class_weights (const char *text,
                    AnmHyperparameters *hyperparameters,
                    GError **error)
{
  g_auto (GStrv) words = NULL;

  if (text == NULL)
    return TRUE;
  words = anm_option_read_words ("class-weights", text, error);
  if (words == NULL)
    return FALSE;
  hyperparameters->balanced_classes = FALSE; /* the study's */
  hyperparameters->n_class_weights = g_strv_length (words);
  for (guint k = 0; k < MIN (hyperparameters->n_class_weights, ANM_MAX_CLASS_WEIGHTS); k++)
    if (!anm_option_read_number ("class-weights", words[k], &hyperparameters->class_weights[k], error))
      return FALSE;
  return TRUE;
}

/* "K1,K2", "K" for both, or 0 for none. */
static gboolean
read_truncation (const char *text,
                 AnmHyperparameters *hyperparameters,
                 GError **error)
{
  g_auto (GStrv) words = NULL;

  if (text == NULL)
    return TRUE;
  words = anm_option_read_words ("truncate", text, error);
  if (words == NULL)
    return FALSE;
  if (g_strv_length (words) > 2)
    {
      anm_usage_error (error, _ ("--truncate: “%s” has more than two numbers. Write K1,K2 as in 5,20."), text);
      return FALSE;
    }
  if (!anm_option_read_count ("truncate", words[0], 0, MAX_STEPS, &hyperparameters->truncation_k1, error))
    return FALSE;
  hyperparameters->truncation_k2 = hyperparameters->truncation_k1;
  return anm_option_read_count ("truncate", words[1], 0, MAX_STEPS, &hyperparameters->truncation_k2, error);
}

gboolean
anm_training_options_give (const AnmTrainingOptions *self,
                           const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (member_options); i++)
    if (strcmp (member_options[i].name, name) == 0)
      return self->members[i] != NULL;
  return FALSE;
}

gboolean
anm_training_options_say_how (const AnmTrainingOptions *self)
{
  gboolean any = self->optimizer != NULL || self->schedule != NULL || self->batch_size != NULL || self->loss != NULL ||
                 self->class_weights != NULL || self->truncation != NULL || self->seed != NULL;

  for (guint i = 0; i < ANM_MAX_MEMBER_OPTIONS; i++)
    any = any || self->members[i] != NULL || self->flags[i];
  return any;
}

gboolean
anm_training_options_apply (const AnmTrainingOptions *self,
                            const AnmTargetShape *target,
                            AnmHyperparameters *hyperparameters,
                            GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!read_kinds (self, target, hyperparameters, error) ||
      !read_schedule (self->schedule, &hyperparameters->schedule, error) ||
      !read_batch_size (self->batch_size, &hyperparameters->batch_size, error) ||
      !read_class_weights (self->class_weights, hyperparameters, error) ||
      !read_members (self, hyperparameters, error) ||
      !read_truncation (self->truncation, hyperparameters, error) ||
      !anm_option_read_seed ("seed", self->seed, &hyperparameters->seed, error))
    return FALSE;
  if (self->class_weights == NULL && hyperparameters->balanced_classes)
    hyperparameters->n_class_weights = 0; /* the study's */
  if (anm_hyperparameters_validate (hyperparameters, &local_error))
    return TRUE;
  anm_usage_error (error, "%s", local_error->message);
  return FALSE;
}
