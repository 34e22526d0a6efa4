/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/alter-options.h"
#include "app/cli/csv-text.h"
#include "app/cli/interrupt.h"
#include "app/cli/passes-options.h"
#include "app/cli/patients.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/cli/weights-options.h"
#include "engine/dropout-passes.h"

typedef struct
{
  AnmSourceOptions  source;
  AnmRunOptions     run;
  AnmWeightsOptions weights;
  AnmAlterOptions   alter;
  AnmPassesOptions  passes;
  char             *part;
  char             *output;
} PredictOptions;

static void
predict_options_clear (PredictOptions *self)
{
  anm_source_options_clear (&self->source);
  anm_run_options_clear (&self->run);
  anm_weights_options_clear (&self->weights);
  anm_alter_options_clear (&self->alter);
  anm_passes_options_clear (&self->passes);
  g_clear_pointer (&self->part, g_free);
  g_clear_pointer (&self->output, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PredictOptions, predict_options_clear)

/* A file of weights stands for a run, and has no patients of its own. */
static gboolean
check_options (const AnmInvocation *invocation,
               PredictOptions *options,
               char **arguments,
               GError **error)
{
  const char *superfluous = options->run.study != NULL ? "--study" : options->run.run != NULL ? "--run" : options->run.epoch != NULL ? "--epoch" : options->part != NULL ? "--part" : NULL;

  if (options->output == NULL)
    {
      anm_usage_error (error, _ ("--output FILE.csv is needed."));
      return FALSE;
    }
  if (invocation->json && strcmp (options->output, "-") == 0)
    {
      anm_usage_error (error, _ ("--json and --output - can't both write to standard output."));
      return FALSE;
    }
  if (options->weights.weights != NULL && superfluous != NULL)
    {
      anm_usage_error (error, _ ("--weights takes the place of a run: %s doesn't go with it."), superfluous);
      return FALSE;
    }
  if (options->weights.weights != NULL && arguments[0] == NULL)
    {
      anm_usage_error (error, _ ("SOURCE is missing: --weights needs patients to predict for."));
      return FALSE;
    }
  return anm_passes_options_check (&options->passes, 0, error) && anm_weights_options_check (&options->weights, error);
}

static gboolean
parse_options (AnmInvocation *invocation,
               PredictOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("The CSV file to write; - is standard output"), N_ ("FILE.csv") },
    { "part", 0, 0, G_OPTION_ARG_STRING, &options->part, N_ ("Without SOURCE: all (unless said otherwise), test, validation or training"), N_ ("PART") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  g_autofree GOptionEntry *weights = anm_weights_options_entries (&options->weights, N_ ("A run's exported file, instead of --study and --run"));
  g_autofree GOptionEntry *alter = anm_alter_options_entries (&options->alter);
  g_autofree GOptionEntry *passes =
    anm_passes_options_entries (&options->passes, N_ ("Answer so often with dropout: mean, and what 95 of 100 answers lie between"));
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    ANM_WEIGHTS_GROUP (weights),
    ANM_ALTER_GROUP (alter),
    ANM_PASSES_GROUP (passes),
    ANM_SOURCE_GROUP (source),
    { NULL },
  };

  return anm_options_parse (invocation, arguments, entries, groups, 0, G_MAXUINT, NULL, error) &&
         check_options (invocation, options, *arguments, error);
}

/* The columns of the passes, output by output. */
static void
append_band_header (GString *csv,
                    const AnmTarget *target)
{
  static const char *const columns[] = { "mean", "lower", "upper" };
  const AnmTargetShape *shape = &target->shape;

  for (guint i = 0; i < shape->n_outputs; i++)
    for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
      {
        const gboolean named = shape->kind != ANM_TARGET_BINARY && shape->kind != ANM_TARGET_REGRESSION && target->classes != NULL;
        g_autofree char *number = g_strdup_printf ("%u", i + 1);
        g_autofree char *name = shape->n_outputs == 1 ? g_strdup (columns[k]) : g_strdup_printf ("%s %s", columns[k], named ? target->classes[i] : number);

        anm_csv_append_field (csv, name);
      }
}

static void
append_band (GString *csv,
             const AnmDropoutPredictions *band,
             gsize row)
{
  for (guint i = 0; i < band->n_outputs; i++)
    {
      anm_csv_append_number (csv, (double) band->mean[row * band->n_outputs + i]);
      anm_csv_append_number (csv, (double) band->lower[row * band->n_outputs + i]);
      anm_csv_append_number (csv, (double) band->upper[row * band->n_outputs + i]);
    }
}

static void
append_header (GString *csv,
               const AnmTarget *target,
               gboolean with_band)
{
  const AnmTargetShape *shape = &target->shape;

  g_string_append (csv, "patient");
  if (shape->per_step)
    g_string_append (csv, ",time");
  switch (shape->kind)
    {
    case ANM_TARGET_BINARY:
      g_string_append (csv, ",probability,class");
      break;
    case ANM_TARGET_CLASSES:
      g_string_append (csv, ",class");
      /* fall through */
    case ANM_TARGET_LABELS:
      for (guint i = 0; i < shape->n_outputs; i++)
        {
          g_autofree char *name = g_strdup_printf ("probability %s", target->classes != NULL ? target->classes[i] : "");

          anm_csv_append_field (csv, name);
        }
      break;
    case ANM_TARGET_REGRESSION:
      for (guint i = 0; i < shape->n_outputs; i++)
        {
          g_autofree char *name = shape->n_outputs == 1 ? g_strdup ("value") : g_strdup_printf ("value %u", i + 1);

          anm_csv_append_field (csv, name);
        }
      break;
    case ANM_TARGET_SURVIVAL:
      for (guint i = 0; i < shape->n_outputs; i++)
        {
          g_autofree char *name = g_strdup_printf ("survival %u", i + 1);

          anm_csv_append_field (csv, name);
        }
      break;
    case ANM_TARGET_NONE:
    default:
      g_assert_not_reached ();
    }
  if (with_band)
    append_band_header (csv, target);
  g_string_append (csv, ",outcome\n");
}

static void
append_class (GString *csv,
              const AnmTarget *target,
              guint index)
{
  g_autofree char *number = g_strdup_printf ("%u", index);

  anm_csv_append_field (csv, target->classes != NULL ? target->classes[index] : number);
}

static guint
most_probable (const anm_real *outputs,
               guint n_outputs)
{
  guint best = 0;

  for (guint i = 1; i < n_outputs; i++)
    if (outputs[i] > outputs[best])
      best = i;
  return best;
}

static void
append_outputs (GString *csv,
                const AnmTarget *target,
                const anm_real *outputs)
{
  const AnmTargetShape *shape = &target->shape;

  if (shape->kind == ANM_TARGET_CLASSES)
    append_class (csv, target, most_probable (outputs, shape->n_outputs));
  for (guint i = 0; i < shape->n_outputs; i++)
    anm_csv_append_number (csv, (double) outputs[i]);
  if (shape->kind == ANM_TARGET_BINARY)
    append_class (csv, target, outputs[0] >= 0.5f);
}

/* Empty if the patient's outcome isn't known. */
static void
append_outcome (GString *csv,
                const AnmPatients *patients,
                const AnmTarget *target,
                guint32 patient)
{
  const AnmCohort *cohort = patients->cohort;
  gsize width = anm_sequences_get_target_width (&cohort->target.shape);
  const float *outcome;

  g_string_append_c (csv, ',');
  if (!anm_cohort_has_target (cohort, patient) || cohort->target.shape.kind != target->shape.kind)
    return;
  outcome = &cohort->targets[patient * width];
  if ((target->shape.kind == ANM_TARGET_BINARY || target->shape.kind == ANM_TARGET_CLASSES) && cohort->target.classes != NULL)
    {
      g_string_truncate (csv, csv->len - 1);
      anm_csv_append_field (csv, cohort->target.classes[(guint) outcome[0]]);
      return;
    }
  for (gsize i = 0; i < width; i++)
    g_string_append_printf (csv, "%s%.9g", i > 0 ? " " : "", (double) outcome[i]);
}

static char *
make_csv (const AnmModel *model,
          const AnmPatients *patients,
          const AnmPredictions *predictions,
          const AnmDropoutPredictions *band)
{
  const AnmTarget *target = anm_fitted_recipe_get_target (model->recipe);
  const AnmSequences *sequences = patients->sequences;
  double step_width = anm_fitted_recipe_get_step (model->recipe);
  GString *csv = g_string_new (NULL);
  gsize row = 0;

  append_header (csv, target, band != NULL);
  for (gsize i = 0; i < sequences->n_sequences; i++)
    {
      gsize n_rows = target->shape.per_step ? anm_sequences_get_length (sequences, i) : 1;

      for (gsize k = 0; k < n_rows; k++, row++)
        {
          anm_csv_append_first_field (csv, patients->cohort->ids[patients->indices[i]]);
          if (target->shape.per_step)
            anm_csv_append_number (csv, (double) k * step_width);
          append_outputs (csv, target, &predictions->outputs[row * predictions->n_outputs]);
          if (band != NULL)
            append_band (csv, band, row);
          append_outcome (csv, patients, target, patients->indices[i]);
          g_string_append_c (csv, '\n');
        }
    }
  return g_string_free (csv, FALSE);
}

static void
show_progress (double fraction,
               gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Predicting"));
}

static void
show_passes (double fraction,
             gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Passes with dropout"));
}

/* @who: "Run 1, Adam 0.001", or the file of weights. */
static gboolean
predict (AnmInvocation *invocation,
         const PredictOptions *options,
         const AnmModel *model,
         const char *who,
         const AnmPatients *patients,
         GError **error)
{
  g_autofree char *csv = NULL, *weights = NULL;
  g_autoptr (AnmPool) pool = anm_pool_new (0);
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
  const AnmWatch watch = { anm_interrupt_get_flag (), show_progress, bar };
  const AnmLossOptions loss_options = ANM_LOSS_OPTIONS_DEFAULT;
  const AnmWatch passes_watch = { anm_interrupt_get_flag (), show_passes, bar };
  const guint n_passes = options->passes.n_passes;
  g_autoptr (AnmPredictions) predictions = NULL;
  g_autoptr (AnmDropoutPredictions) band = NULL;

  if (n_passes > 0 && !anm_network_has_dropout (model->network))
    {
      g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                           _ ("The network has no dropout, so that it always says the same: there is no band. Leave out --passes, or train one with dropout."));
      return FALSE;
    }
  predictions = anm_predict_watched (model->network, model->parameters, model->loss, &loss_options, patients->sequences, pool, &watch);
  if (predictions != NULL && n_passes > 0)
    band = anm_predict_with_dropout (model->network, model->parameters, model->loss, patients->sequences, n_passes, options->passes.seed, pool,
                                     &passes_watch);
  g_clear_pointer (&bar, anm_progress_bar_free);
  if (predictions == NULL || (band == NULL && n_passes > 0))
    {
      g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped."));
      return FALSE;
    }
  csv = make_csv (model, patients, predictions, band);
  if (!anm_csv_write (csv, options->output, error))
    return FALSE;
  if (strcmp (options->output, "-") == 0)
    return TRUE;
  weights = anm_alter_options_describe (&options->alter, anm_run_options_describe_weights (&options->run, model->epoch));
  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "output", options->output);
      anm_report_add_text (builder, "weights", options->weights.weights);
      anm_alter_options_report (&options->alter, builder);
      anm_report_add_count (builder, "run", model->run);
      anm_report_add_count (builder, "epoch", model->epoch);
      if (n_passes > 0)
        {
          g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, options->passes.seed);

          anm_report_add_count (builder, "passes", n_passes);
          anm_report_add_text (builder, "seed", seed);
        }
      anm_report_add_count (builder, "patients", (gint64) patients->n);
      anm_report_add_text (builder, "on", patients->description);
      anm_report_add_warnings (builder, patients->warnings);
      json_builder_end_object (builder);
      anm_report_json (builder);
    }
  else if (options->weights.weights != NULL)
    g_print (ngettext ("%s: %u patient of %s (%s)\n", "%s: %u patients of %s (%s)\n", (gulong) patients->n),
             options->output, (guint) patients->n, patients->description, who);
  else
    g_print (ngettext ("%s: %u patient of %s (%s, %s)\n", "%s: %u patients of %s (%s, %s)\n", (gulong) patients->n),
             options->output, (guint) patients->n, patients->description, who, weights);
  return TRUE;
}

static gboolean
predict_by_file (AnmInvocation *invocation,
                 PredictOptions *options,
                 char **arguments,
                 GError **error)
{
  g_autoptr (AnmModel) model = anm_weights_options_load_model (&options->weights, error);
  g_autoptr (AnmPatients) patients = NULL;
  g_autofree char *who = NULL;

  if (model == NULL || !anm_alter_options_apply (&options->alter, model->network, model->parameters, error))
    return FALSE;
  who = anm_alter_options_describe (&options->alter, g_strdup (options->weights.weights));
  patients = anm_patients_read_for_model (invocation, &options->source, arguments, model, error);
  if (patients == NULL)
    return FALSE;
  if (model->rounded)
    g_ptr_array_add (patients->warnings, g_strdup (_ ("The weights have double precision and were rounded to single.")));
  if (!invocation->json)
    anm_report_print_warnings (patients->warnings);
  return predict (invocation, options, model, who, patients, error);
}

static gboolean
predict_by_run (AnmInvocation *invocation,
                PredictOptions *options,
                char **arguments,
                GError **error)
{
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmPatients) patients = NULL;
  g_autoptr (AnmModel) model = NULL;
  AnmRun *run;

  if (!anm_run_options_open (&options->run, &study, &run, error))
    return FALSE;
  patients = arguments[0] != NULL ? anm_patients_read_all (invocation, &options->source, arguments, study, run, error)
                                  : anm_patients_load_part (study, run, options->part != NULL ? options->part : "all", error);
  if (patients == NULL)
    return FALSE;
  if (!invocation->json)
    anm_report_print_warnings (patients->warnings);
  model = anm_run_options_load_model (&options->run, run, error);
  return model != NULL && anm_alter_options_apply (&options->alter, model->network, model->parameters, error) &&
         predict (invocation, options, model, anm_run_get_name (run), patients, error);
}

static gboolean
run_predict (AnmInvocation *invocation,
             char **arguments,
             GError **error)
{
  g_auto (PredictOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);

  if (!parse_options (invocation, &options, &left, error))
    return FALSE;
  return options.weights.weights != NULL ? predict_by_file (invocation, &options, left, error)
                                         : predict_by_run (invocation, &options, left, error);
}

const AnmCommand anm_predict_command = {
  .name = "predict",
  .arguments = N_ ("--study FILE --run ID --output FILE.csv [SOURCE…] | --weights FILE --output FILE.csv SOURCE…"),
  .summary = N_ ("Write a run's answers for patients, with or without known outcome, as CSV"),
  .only_asks = TRUE,
  .run = run_predict,
};
