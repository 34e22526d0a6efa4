/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-report.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
add_hyperparameters (JsonBuilder *builder,
                     const AnmHyperparameters *hyperparameters)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, hyperparameters->seed);

  json_builder_set_member_name (builder, "hyperparameters");
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "optimizer", anm_optimizer_kind_to_string (hyperparameters->optimizer));
  anm_report_add_number (builder, "learning_rate", hyperparameters->learning_rate);
  anm_report_add_number (builder, "momentum", hyperparameters->momentum);
  anm_report_add_flag (builder, "nesterov", hyperparameters->nesterov);
  if (hyperparameters->batch_size > 0)
    anm_report_add_count (builder, "batch_size", hyperparameters->batch_size);
  else
    anm_report_add_text (builder, "batch_size", "all");
  anm_report_add_count (builder, "epochs", hyperparameters->epochs);
  anm_report_add_count (builder, "patience", hyperparameters->patience);
  anm_report_add_number (builder, "clip_norm", hyperparameters->clip_norm);
  anm_report_add_number (builder, "clip_value", hyperparameters->clip_value);
  anm_report_add_flag (builder, "balanced_classes", hyperparameters->balanced_classes);
  anm_report_add_text (builder, "seed", seed);
  json_builder_end_object (builder);
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
  anm_report_add_text (builder, "status", anm_report_status_word (anm_run_get_status (run)));
  if (anm_run_get_message (run) != NULL)
    anm_report_add_text (builder, "message", anm_run_get_message (run));
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

static const char *
optimizer_label (AnmOptimizerKind kind)
{
  static const char *const labels[] = { "SGD", "RMSProp", "Adam" };

  g_assert ((guint) kind < G_N_ELEMENTS (labels));
  return labels[kind];
}

char *
anm_run_report_describe_hyperparameters (const AnmHyperparameters *hyperparameters)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, hyperparameters->seed);

  g_string_append_printf (text, _ ("%s, learning rate %g"), optimizer_label (hyperparameters->optimizer), hyperparameters->learning_rate);
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
  if (hyperparameters->balanced_classes)
    g_string_append (text, _ (", classes balanced"));
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
