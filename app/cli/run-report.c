/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-report.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
add_member (JsonBuilder *builder,
            const AnmHyperparameterMember *member,
            const AnmHyperparameters *hyperparameters)
{
  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      if (member->offset == offsetof (AnmHyperparameters, batch_size) && hyperparameters->batch_size == 0)
        anm_report_add_text (builder, member->name, "all");
      else
        anm_report_add_count (builder, member->name, G_STRUCT_MEMBER (guint, hyperparameters, member->offset));
      break;
    case ANM_HYPERPARAMETER_FLAG:
      anm_report_add_flag (builder, member->name, G_STRUCT_MEMBER (gboolean, hyperparameters, member->offset));
      break;
    case ANM_HYPERPARAMETER_REAL:
    default:
      anm_report_add_number (builder, member->name, G_STRUCT_MEMBER (double, hyperparameters, member->offset));
      break;
    }
}

static void
add_hyperparameters (JsonBuilder *builder,
                     const AnmHyperparameters *hyperparameters)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, hyperparameters->seed);
  g_autofree char *schedule = anm_schedule_to_text (&hyperparameters->schedule);
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  json_builder_set_member_name (builder, "hyperparameters");
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "optimizer", anm_optimizer_kind_to_string (hyperparameters->optimizer));
  anm_report_add_text (builder, "schedule", schedule);
  for (guint i = 0; i < n_members; i++)
    add_member (builder, &members[i], hyperparameters);
  if (hyperparameters->n_class_weights > 0)
    {
      json_builder_set_member_name (builder, "class_weights");
      json_builder_begin_array (builder);
      for (guint k = 0; k < hyperparameters->n_class_weights; k++)
        json_builder_add_double_value (builder, hyperparameters->class_weights[k]);
      json_builder_end_array (builder);
    }
  anm_report_add_text (builder, "seed", seed);
  json_builder_end_object (builder);
}

static void
add_notes (JsonBuilder *builder,
           AnmRun *run)
{
  const AnmMachine *machine = anm_run_get_machine (run);
  guint epoch, parent = anm_run_get_parent (run, &epoch);

  anm_report_add_text (builder, "note", anm_run_get_note (run));
  anm_report_add_flag (builder, "starred", anm_run_get_starred (run));
  anm_report_add_flag (builder, "deleted", anm_run_get_deleted (run));
  json_builder_set_member_name (builder, "tags");
  json_builder_begin_array (builder);
  for (const char *const *tag = anm_run_get_tags (run); *tag != NULL; tag++)
    json_builder_add_string_value (builder, *tag);
  json_builder_end_array (builder);
  if (parent > 0)
    {
      anm_report_add_count (builder, "parent", parent);
      anm_report_add_count (builder, "parent_epoch", epoch);
    }
  anm_report_add_text (builder, "machine", machine->name);
  anm_report_add_text (builder, "instructions", machine->instructions);
  anm_report_add_text (builder, "libraries", machine->libraries);
}

void
anm_run_report_add (JsonBuilder *builder,
                    AnmRun *run)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run)));
  guint n_epochs = anm_run_get_n_epochs (run);
  const AnmRunEpoch *last = n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1) : NULL;

  anm_report_add_count (builder, "run", anm_run_get_id (run));
  anm_report_add_text (builder, "name", anm_run_get_name (run));
  add_notes (builder, run);
  anm_report_add_text (builder, "status", anm_run_status_get_word (anm_run_get_status (run)));
  if (anm_run_get_message (run) != NULL)
    anm_report_add_text (builder, "message", anm_run_get_message (run));
  if (anm_run_get_end (run) != ANM_TRAINER_END_NONE)
    anm_report_add_text (builder, "ended_by", anm_trainer_end_to_string (anm_run_get_end (run)));
  if (anm_run_get_race (run) > 0)
    anm_report_add_count (builder, "race", anm_run_get_race (run));
  anm_report_add_text (builder, "network", network);
  anm_report_add_count (builder, "parameters", (gint64) anm_network_get_n_parameters (anm_run_get_network (run)));
  anm_report_add_text (builder, "loss", anm_loss_kind_to_string (anm_run_get_loss (run)));
  add_hyperparameters (builder, anm_run_get_hyperparameters (run));
  anm_report_add_count (builder, "epochs_done", last != NULL ? last->epoch : 0);
  anm_report_add_count (builder, "updates", (gint64) anm_run_get_n_updates (run));
  anm_report_add_number (builder, "seconds", last != NULL ? last->seconds : 0);
  anm_report_add_count (builder, "best_epoch", anm_run_get_best_epoch (run));
}

void
anm_run_report_add_epochs (JsonBuilder *builder,
                           AnmRun *run)
{
  guint n_scores;
  const AnmScore *scores = anm_scores (&n_scores);
  const AnmTarget *target = anm_fitted_recipe_get_target (anm_run_get_recipe (run));

  json_builder_set_member_name (builder, "epochs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < anm_run_get_n_epochs (run); i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, i);

      json_builder_begin_object (builder);
      anm_report_add_count (builder, "epoch", epoch->epoch);
      anm_report_add_count (builder, "updates", (gint64) epoch->update);
      anm_report_add_number (builder, "seconds", epoch->seconds);
      anm_report_add_number (builder, "training_loss", epoch->training_loss);
      json_builder_set_member_name (builder, "validation");
      json_builder_begin_object (builder);
      for (guint k = 0; k < n_scores; k++)
        if (anm_score_suits (&scores[k], &target->shape))
          anm_report_add_number (builder, scores[k].name, anm_score_get (&scores[k], &epoch->validation));
      json_builder_end_object (builder);
      anm_report_add_flag (builder, "best", epoch->best);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
anm_run_report_describe_hyperparameters (const AnmHyperparameters *hyperparameters)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, hyperparameters->seed);

  g_string_append_printf (text, _ ("%s, learning rate %g"), anm_optimizer_kind_get_label (hyperparameters->optimizer), hyperparameters->learning_rate);
  if (hyperparameters->momentum > 0)
    g_string_append_printf (text, hyperparameters->nesterov ? _ (", Nesterov's momentum %g") : _ (", momentum %g"), hyperparameters->momentum);
  if (hyperparameters->batch_size > 0)
    g_string_append_printf (text, _ (", batches of %u"), hyperparameters->batch_size);
  else
    g_string_append (text, _ (", all patients at each update"));
  if (hyperparameters->clip_norm > 0)
    g_string_append_printf (text, _ (", clipped at norm %g"), hyperparameters->clip_norm);
  if (hyperparameters->clip_value > 0)
    g_string_append_printf (text, _ (", clipped at value %g"), hyperparameters->clip_value);
  if (hyperparameters->schedule.kind != ANM_SCHEDULE_CONSTANT || hyperparameters->schedule.warmup > 0)
    {
      g_autofree char *schedule = anm_schedule_to_text (&hyperparameters->schedule);

      g_string_append_printf (text, _ (", schedule %s"), schedule);
    }
  if (hyperparameters->weight_decay > 0)
    g_string_append_printf (text, _ (", weight decay %g"), hyperparameters->weight_decay);
  if (hyperparameters->balanced_classes)
    g_string_append (text, _ (", classes balanced"));
  for (guint k = 0; k < hyperparameters->n_class_weights; k++)
    g_string_append_printf (text, k == 0 ? _ (", classes weighed %g") : " : %g", hyperparameters->class_weights[k]);
  if (hyperparameters->truncation_k1 > 0)
    g_string_append_printf (text, _ (", gradients over the last %u steps at every %u"), hyperparameters->truncation_k2, hyperparameters->truncation_k1);
  if (hyperparameters->deep_supervision > 0)
    g_string_append_printf (text, _ (", deep supervision %g"), hyperparameters->deep_supervision);
  g_string_append_printf (text, _ (", seed %s"), seed);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
anm_run_report_describe_patients (const AnmEvaluation *evaluation,
                                  const AnmTarget *target)
{
  guint n = (guint) evaluation->n_sequences;
  g_autofree char *patients = g_strdup_printf (ngettext ("%u patient", "%u patients", n), n);

  if (target->shape.kind != ANM_TARGET_BINARY)
    return g_steal_pointer (&patients);
  /* Translators: patients, of whom so many had the outcome, as in "4000 patients, 568 with “died”". */
  return g_strdup_printf (_ ("%s, %u with “%s”"), patients, (guint) evaluation->metrics.n_positive,
                          target->classes != NULL ? _ (target->classes[1]) : target->name);
}

char *
anm_run_report_describe_end (AnmRun *run)
{
  const AnmHyperparameters *hyperparameters = anm_run_get_hyperparameters (run);

  switch (anm_run_get_end (run))
    {
    case ANM_TRAINER_END_PATIENCE:
      return g_strdup_printf (ngettext ("Ended early: no better for %u epoch", "Ended early: no better for %u epochs", hyperparameters->patience),
                              hyperparameters->patience);
    case ANM_TRAINER_END_LOSS:
      return g_strdup_printf (ngettext ("Converged: the training loss fell by less than %g %% in %u epoch",
                                        "Converged: the training loss fell by less than %g %% in %u epochs", hyperparameters->convergence_epochs),
                              100 * hyperparameters->convergence, hyperparameters->convergence_epochs);
    case ANM_TRAINER_END_GRADIENT:
      return g_strdup_printf (_ ("Converged: the gradient's norm fell below %g"), hyperparameters->gradient_tolerance);
    case ANM_TRAINER_END_NONE:
    case ANM_TRAINER_END_EPOCHS:
    default:
      return NULL;
    }
}
