/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/inspect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/alter-options.h"
#include "app/cli/interrupt.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"

#define MAX_THREADS 1024
#define DEFAULT_PART "validation"

typedef struct
{
  AnmSourceOptions source;
  AnmRunOptions    run;
  AnmAlterOptions  alter;
  char            *patient;
  char            *layer;
  char            *direction;
  char            *part;
  char            *threads;
  char            *output;
  char            *cell;
  char            *jacobian;
  char            *spectrum;
  char            *reach;
  char            *recurrent_matrix;
  char            *histogram;
  gboolean         horizon;
  char            *threshold;
  gboolean         saturation;
  gboolean         components;
  gboolean         no_eigenvalues;
  gboolean         log;
} InspectOptions;

static void
inspect_options_clear (InspectOptions *self)
{
  char **texts[] = {
    &self->patient, &self->layer, &self->direction, &self->part, &self->threads, &self->output, &self->cell,
    &self->jacobian, &self->spectrum, &self->reach, &self->recurrent_matrix, &self->histogram, &self->threshold,
  };

  anm_source_options_clear (&self->source);
  anm_run_options_clear (&self->run);
  anm_alter_options_clear (&self->alter);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InspectOptions, inspect_options_clear)

/* What is looked at: one thing at a time. */
typedef enum
{
  LOOK_STATES,
  LOOK_CELL,
  LOOK_JACOBIAN,
  LOOK_SPECTRUM,
  LOOK_REACH,
  LOOK_RECURRENT_MATRIX,
  LOOK_HORIZON,
  LOOK_SATURATION,
  LOOK_COMPONENTS,
  LOOK_HISTOGRAM,
} Look;

static gboolean
is_of_many (Look look)
{
  return look >= LOOK_HORIZON;
}

static gboolean
choose_look (const InspectOptions *options,
             gboolean json,
             Look *look,
             GError **error)
{
  const struct
  {
    const char *name;
    gboolean    asked;
    Look        look;
  } looks[] = {
    { "--cell", options->cell != NULL, LOOK_CELL },
    { "--jacobian", options->jacobian != NULL, LOOK_JACOBIAN },
    { "--spectrum", options->spectrum != NULL, LOOK_SPECTRUM },
    { "--reach", options->reach != NULL, LOOK_REACH },
    { "--recurrent-matrix", options->recurrent_matrix != NULL, LOOK_RECURRENT_MATRIX },
    { "--horizon", options->horizon, LOOK_HORIZON },
    { "--saturation", options->saturation, LOOK_SATURATION },
    { "--components", options->components, LOOK_COMPONENTS },
    { "--histogram", options->histogram != NULL, LOOK_HISTOGRAM },
  };
  const char *chosen = NULL;

  *look = LOOK_STATES;
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (!looks[i].asked)
        continue;
      if (chosen != NULL)
        {
          anm_usage_error (error, _ ("%s and %s can't be asked for at once: leave one out."), chosen, looks[i].name);
          return FALSE;
        }
      chosen = looks[i].name;
      *look = looks[i].look;
    }
  if (json && options->output != NULL)
    {
      anm_usage_error (error, _ ("--output is for the CSV: leave it out with --json, which prints on standard output."));
      return FALSE;
    }
  if (is_of_many (*look) && options->patient != NULL)
    {
      anm_usage_error (error, _ ("%s is about many patients: leave --patient out, and choose them with --part or a SOURCE."), chosen);
      return FALSE;
    }
  if (!is_of_many (*look) && *look != LOOK_RECURRENT_MATRIX && options->patient == NULL)
    {
      anm_usage_error (error, _ ("--patient P is needed, the id of one; of many ask with --horizon, --saturation, --components or --histogram."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_options (AnmInvocation *invocation,
               InspectOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "patient", 0, 0, G_OPTION_ARG_STRING, &options->patient, N_ ("Id of the patient"), N_ ("P") },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &options->layer, N_ ("Only this layer: its number from 1, or its name (lstm_1)"), N_ ("L") },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &options->direction, N_ ("Of a bidirectional layer: forwards (unless said otherwise) or backwards"), N_ ("WAY") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("File for the CSV instead of standard output"), N_ ("FILE.csv") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry of_patient[] = {
    { "cell", 0, 0, G_OPTION_ARG_STRING, &options->cell, N_ ("The equations of a unit at a step with all their numbers, forwards and backwards"), N_ ("UNIT,STEP") },
    { "jacobian", 0, 0, G_OPTION_ARG_STRING, &options->jacobian, N_ ("How the state at a step hangs on the state before"), N_ ("STEP") },
    { "spectrum", 0, 0, G_OPTION_ARG_STRING, &options->spectrum, N_ ("Norms and eigenvalues of that: all steps, one, or from one to another"), N_ ("all|A|A-B") },
    { "no-eigenvalues", 0, 0, G_OPTION_ARG_NONE, &options->no_eigenvalues, N_ ("With --spectrum: norms only, which are quickly had"), NULL },
    { "reach", 0, 0, G_OPTION_ARG_STRING, &options->reach, N_ ("How much of a change of the state arrives at a step (last: the last one) from each step before"), N_ ("STEP") },
    { "recurrent-matrix", 0, 0, G_OPTION_ARG_STRING, &options->recurrent_matrix, N_ ("Eigenvalues of a gate's recurrent matrix; needs no patient"), N_ ("GATE") },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry of_many[] = {
    { "horizon", 0, 0, G_OPTION_ARG_NONE, &options->horizon, N_ ("How many steps back the network remembers: by gradient, by gates, by hiding the past"), NULL },
    { "saturation", 0, 0, G_OPTION_ARG_NONE, &options->saturation, N_ ("Shares of saturated gates and dead units"), NULL },
    { "threshold", 0, 0, G_OPTION_ARG_STRING, &options->threshold, N_ ("With --saturation: what gates and states are to exceed; gates may also be below 1 minus it (0.95)"), N_ ("X") },
    { "components", 0, 0, G_OPTION_ARG_NONE, &options->components, N_ ("Principal components of the hidden states"), NULL },
    { "histogram", 0, 0, G_OPTION_ARG_STRING, &options->histogram, N_ ("Of what a layer shows (h, f, x) or of its weights (kernel)"), N_ ("WHAT") },
    { "log", 0, 0, G_OPTION_ARG_NONE, &options->log, N_ ("With --histogram: bins on a symmetric logarithmic scale"), NULL },
    { "part", 0, 0, G_OPTION_ARG_STRING, &options->part, N_ ("Without SOURCE: validation (unless said otherwise), test or training"), N_ ("PART") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options->threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *source = anm_source_options_entries (&options->source);
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  g_autofree GOptionEntry *alter = anm_alter_options_entries (&options->alter);
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    ANM_ALTER_GROUP (alter),
    { "closely", N_ ("Looking closely at one patient’s record:"), of_patient },
    { "many", N_ ("Looking at many patients:"), of_many },
    ANM_SOURCE_GROUP (source),
    { NULL },
  };

  return anm_options_parse (invocation, arguments, entries, groups, 0, G_MAXUINT, NULL, error);
}

/* Where to look */

/* All layers: G_MAXUINT. */
static gboolean
find_layer (const AnmNetwork *network,
            const char *text,
            guint *layer,
            GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  *layer = G_MAXUINT;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < anm_network_get_n_layers (network); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      if (strcmp (text, number) == 0 || strcmp (text, anm_network_get_layer_name (network, i)) == 0)
        *layer = i;
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", anm_network_get_layer_name (network, i));
    }
  if (*layer != G_MAXUINT)
    return TRUE;
  anm_usage_error (error, _ ("--layer: “%s” isn't one of %s, nor the number of one."), text, known->str);
  return FALSE;
}

gboolean
anm_inspect_read_place (const char *option,
                        const char *text,
                        guint most,
                        guint *value,
                        GError **error)
{
  guint number = most;

  if (strcmp (text, "last") != 0 && !anm_option_read_count (option, text, 1, most, &number, error))
    return FALSE;
  *value = number - 1;
  return TRUE;
}

gboolean
anm_inspect_choose_layer (AnmInspectJob *job,
                          GError **error)
{
  int first = anm_network_find_recurrent (anm_run_get_network (job->run));

  if (job->layer != G_MAXUINT)
    return TRUE;
  if (first < 0)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("The network of run %u has no recurrent layer: it holds nothing over time. Choose another run."),
                   anm_run_get_id (job->run));
      return FALSE;
    }
  job->layer = (guint) first;
  return TRUE;
}

const char *
anm_inspect_get_layer_name (const AnmInspectJob *job,
                            guint layer)
{
  return anm_network_get_layer_name (anm_run_get_network (job->run), layer);
}

gboolean
anm_inspect_fail (AnmInspectJob *job,
                  GError **error)
{
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped."));
  return FALSE;
}

/* JSON */

JsonBuilder *
anm_inspect_begin_json (const AnmInspectJob *job)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_report_add_count (builder, "run", anm_run_get_id (job->run));
  anm_report_add_count (builder, "epoch", job->epoch);
  anm_report_add_text (builder, "weights", job->weights);
  anm_alter_options_report (job->alter, builder);
  return builder;
}

JsonBuilder *
anm_inspect_begin_json_of_many (const AnmInspectJob *job,
                                const AnmPatients *patients)
{
  JsonBuilder *builder = anm_inspect_begin_json (job);

  anm_report_add_text (builder, "on", patients->description);
  anm_report_add_count (builder, "patients", (gint64) patients->n);
  return builder;
}

void
anm_inspect_add_where (const AnmInspectJob *job,
                       JsonBuilder *builder,
                       const char *patient)
{
  if (patient != NULL)
    anm_report_add_text (builder, "patient", patient);
  anm_report_add_text (builder, "layer", anm_inspect_get_layer_name (job, job->layer));
  anm_report_add_text (builder, "direction", job->direction == ANM_DIRECTION_BACKWARDS ? "backwards" : "forwards");
}

void
anm_inspect_end_json (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  anm_report_json (builder);
}

/* Looking */

static gboolean
look_at_patient (AnmInspectJob *job,
                 const InspectOptions *options,
                 Look look,
                 AnmCohort *cohort,
                 GError **error)
{
  g_autoptr (AnmInspection) inspection = NULL;
  const char *id = options->patient;
  gsize patient;

  if (!anm_cohort_find_patient (cohort, id, &patient))
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("There is no patient “%s” in %s; ids run from “%s” to “%s”."),
                   id, cohort->title, cohort->ids[0], cohort->ids[cohort->n_patients - 1]);
      return FALSE;
    }
  anm_pool_enter_computing_thread ();
  if (look == LOOK_STATES)
    return anm_inspect_states (job, cohort, (guint32) patient, error);

  inspection = anm_inspection_new (anm_run_get_network (job->run), anm_run_get_recipe (job->run), anm_run_get_loss (job->run),
                                   job->parameters, cohort, (guint32) patient, error);
  if (inspection == NULL || !anm_inspect_choose_layer (job, error))
    return FALSE;
  if (look == LOOK_CELL)
    return anm_inspect_cell (job, inspection, id, options->cell, error);
  if (look == LOOK_JACOBIAN)
    return anm_inspect_jacobian (job, inspection, id, options->jacobian, error);
  if (look == LOOK_SPECTRUM)
    return anm_inspect_spectrum (job, inspection, id, options->spectrum, !options->no_eigenvalues, error);
  return anm_inspect_reach (job, inspection, id, options->reach, error);
}

static gboolean
read_threshold (const InspectOptions *options,
                Look look,
                double *threshold,
                GError **error)
{
  *threshold = 1 - ANM_SATURATION_MARGIN;
  if (options->threshold == NULL)
    return TRUE;
  if (look != LOOK_SATURATION)
    {
      anm_usage_error (error, _ ("--threshold goes with --saturation."));
      return FALSE;
    }
  if (!anm_option_read_number ("threshold", options->threshold, threshold, error))
    return FALSE;
  if (*threshold > 0.5 && *threshold < 1)
    return TRUE;
  anm_usage_error (error, _ ("--threshold: above 0.5 and below 1, not %s."), options->threshold);
  return FALSE;
}

static gboolean
look_at_many (AnmInspectJob *job,
              const InspectOptions *options,
              Look look,
              char **source,
              GError **error)
{
  g_autoptr (AnmPatients) patients = NULL;
  g_autoptr (AnmPool) pool = NULL;
  guint n_threads = 0;
  double threshold;

  if (!anm_option_read_count ("threads", options->threads, 1, MAX_THREADS, &n_threads, error) ||
      !read_threshold (options, look, &threshold, error))
    return FALSE;
  patients = source[0] != NULL ? anm_patients_read_all (job->invocation, &options->source, source, job->study, job->run, error)
                               : anm_patients_load_part (job->study, job->run, options->part != NULL ? options->part : DEFAULT_PART, error);
  if (patients == NULL)
    return FALSE;
  anm_report_print_warnings (patients->warnings);
  pool = anm_pool_new (n_threads);
  anm_pool_enter_computing_thread ();
  if (look == LOOK_HORIZON)
    return anm_inspect_horizon (job, patients, pool, error);
  if (look == LOOK_SATURATION)
    return anm_inspect_saturation (job, patients, threshold, pool, error);
  if (look == LOOK_COMPONENTS)
    return anm_inspect_components (job, patients, pool, error);
  return anm_inspect_histogram (job, patients, options->histogram, options->log, pool, error);
}

static gboolean
look (AnmInspectJob *job,
      const InspectOptions *options,
      Look what,
      char **source,
      GError **error)
{
  g_autoptr (AnmCohort) cohort = NULL;

  if (what == LOOK_RECURRENT_MATRIX)
    {
      anm_pool_enter_computing_thread ();
      return anm_inspect_choose_layer (job, error) && anm_inspect_recurrent_matrix (job, options->recurrent_matrix, error);
    }
  if (is_of_many (what))
    return look_at_many (job, options, what, source, error);
  cohort = source[0] != NULL ? anm_source_options_read (&options->source, job->invocation, source, NULL, NULL, error)
                             : anm_study_load_run_cohort (job->study, job->run, error);
  return cohort != NULL && look_at_patient (job, options, what, cohort, error);
}

static gboolean
run_inspect (AnmInvocation *invocation,
             char **arguments,
             GError **error)
{
  g_auto (InspectOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  AnmInspectJob job = { .invocation = invocation, .cancel = anm_interrupt_get_flag () };
  Look what;
  gboolean done;

  if (!parse_options (invocation, &options, &left, error) || !choose_look (&options, invocation->json, &what, error) ||
      !anm_run_options_read_direction (options.direction, &job.direction, error) || !anm_run_options_open (&options.run, &study, &job.run, error) ||
      !find_layer (anm_run_get_network (job.run), options.layer, &job.layer, error))
    return FALSE;
  job.study = study;
  job.alter = &options.alter;
  job.output = options.output != NULL ? options.output : "-";
  job.parameters = anm_run_options_load (&options.run, job.run, &job.epoch, error);
  if (job.parameters == NULL)
    return FALSE;
  done = anm_alter_options_apply (&options.alter, anm_run_get_network (job.run), job.parameters, error);
  job.weights = anm_alter_options_describe (&options.alter, anm_run_options_describe_weights (&options.run, job.epoch));
  done = done && look (&job, &options, what, left, error);
  g_free (job.parameters);
  g_free (job.weights);
  return done;
}

const AnmCommand anm_inspect_command = {
  .name = "inspect",
  .arguments = N_ ("--study FILE --run ID --patient P [SOURCE…]"),
  .summary = N_ ("What a network holds of one patient, or of many: states, gates, gradients, Jacobians, memory, as CSV or JSON"),
  .only_asks = TRUE,
  .run = run_inspect,
};
