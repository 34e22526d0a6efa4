/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/export-records.h"
#include "app/cli/interrupt.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/cli/weights-options.h"
#include "app/study/network-code.h"
#include "app/study/run-command.h"

typedef struct
{
  AnmRunOptions run;
  char         *layout;
  char         *code;
  gboolean      records;
  char         *output;
} ExportOptions;

static void
export_options_clear (ExportOptions *self)
{
  anm_run_options_clear (&self->run);
  g_clear_pointer (&self->layout, g_free);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->output, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ExportOptions, export_options_clear)

static gboolean
parse_options (AnmInvocation *invocation,
               ExportOptions *options,
               char ***arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "layout", 0, 0, G_OPTION_ARG_STRING, &options->layout, N_ ("Names, shapes and order of gates: anamnesis (unless said otherwise), pytorch or keras"), N_ ("LAYOUT") },
    { "code", 0, 0, G_OPTION_ARG_STRING, &options->code, N_ ("Write no weights but what builds and trains the network: keras, pytorch or cli"), N_ ("LANGUAGE") },
    { "records", 0, 0, G_OPTION_ARG_NONE, &options->records, N_ ("Write no weights but the records as the network sees them, as CSV, for those programs"), NULL },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("The file to write; code is printed without it"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    { NULL },
  };

  if (!anm_options_parse (invocation, arguments, entries, groups, 0, 0, NULL, error))
    return FALSE;
  if (options->code != NULL && options->layout != NULL)
    {
      anm_usage_error (error, _ ("--layout is of weights and --code of programs: leave one out."));
      return FALSE;
    }
  if (options->records && (options->code != NULL || options->layout != NULL || options->run.epoch != NULL))
    {
      anm_usage_error (error, _ ("--records writes records: %s doesn't go with it."),
                       options->code != NULL ? "--code" : options->layout != NULL ? "--layout" : "--epoch");
      return FALSE;
    }
  if (options->records && invocation->json && g_strcmp0 (options->output, "-") == 0)
    {
      anm_usage_error (error, _ ("--json and --output - can't both write to standard output."));
      return FALSE;
    }
  if (options->output != NULL || options->code != NULL)
    return TRUE;
  anm_usage_error (error, options->records ? _ ("--output FILE.csv is needed.") : _ ("--output FILE.safetensors is needed."));
  return FALSE;
}

static void
report (AnmInvocation *invocation,
        const ExportOptions *options,
        AnmRun *run,
        const AnmModel *model,
        AnmLayout layout)
{
  g_autofree char *network = anm_network_spec_to_text (anm_network_get_spec (model->network));
  g_autofree char *weights = anm_run_options_describe_weights (&options->run, model->epoch);
  guint n_parameters = (guint) anm_network_get_n_parameters (model->network);

  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "output", options->output);
      anm_report_add_text (builder, "layout", anm_layout_to_string (layout));
      anm_report_add_count (builder, "run", model->run);
      anm_report_add_count (builder, "epoch", model->epoch);
      anm_report_add_text (builder, "network", network);
      anm_report_add_count (builder, "parameters", n_parameters);
      json_builder_end_object (builder);
      anm_report_json (builder);
    }
  else
    g_print (ngettext ("%s: %u parameter of %s in the layout %s (%s, %s)\n", "%s: %u parameters of %s in the layout %s (%s, %s)\n", n_parameters),
             options->output, n_parameters, network, anm_layout_to_string (layout), anm_run_get_name (run), weights);
}

static char *
make_code (const ExportOptions *options,
           AnmStudy *study,
           AnmRun *run,
           GError **error)
{
  AnmCodeKind kind;

  if (g_str_equal (options->code, "cli"))
    {
      g_autofree char *command = anm_run_command (study, run);

      return g_strconcat (command, "\n", NULL);
    }
  if (anm_code_kind_from_string (options->code, &kind))
    return anm_network_code_new (kind, anm_run_get_network (run), anm_run_get_hyperparameters (run),
                                 &anm_fitted_recipe_get_target (anm_run_get_recipe (run))->shape, error);
  anm_usage_error (error, _ ("--code: “%s” isn't keras, pytorch or cli."), options->code);
  return NULL;
}

static gboolean
export_code (AnmInvocation *invocation,
             const ExportOptions *options,
             AnmStudy *study,
             AnmRun *run,
             GError **error)
{
  g_autofree char *code = make_code (options, study, run, error);

  anm_interrupt_forbid ();
  if (code == NULL || (options->output != NULL && !g_file_set_contents (options->output, code, -1, error)))
    return FALSE;
  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_count (builder, "run", anm_run_get_id (run));
      anm_report_add_text (builder, "language", options->code);
      anm_report_add_text (builder, "code", code);
      json_builder_end_object (builder);
      anm_report_json (builder);
    }
  else if (options->output == NULL)
    g_print ("%s", code);
  else
    /* Translators: a file, and a run's name. */
    g_print (_("%s: a program that builds the network of %s\n"), options->output, anm_run_get_name (run));
  return TRUE;
}

static gboolean
export_records (AnmInvocation *invocation,
                const ExportOptions *options,
                AnmStudy *study,
                AnmRun *run,
                GError **error)
{
  AnmRecordsWritten written;

  anm_interrupt_forbid ();
  if (!anm_export_records (study, run, options->output, &written, error))
    return FALSE;
  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "output", options->output);
      anm_report_add_count (builder, "run", anm_run_get_id (run));
      anm_report_add_count (builder, "patients", (gint64) written.n_patients);
      anm_report_add_count (builder, "columns", written.n_columns);
      json_builder_end_object (builder);
      anm_report_json (builder);
    }
  else if (strcmp (options->output, "-") != 0)
    g_print (ngettext ("%s: %u patient as the network of %s sees it\n", "%s: %u patients as the network of %s sees them\n", (gulong) written.n_patients),
             options->output, (guint) written.n_patients, anm_run_get_name (run));
  return TRUE;
}

static gboolean
run_export (AnmInvocation *invocation,
            char **arguments,
            GError **error)
{
  g_auto (ExportOptions) options = { 0 };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmModel) model = NULL;
  AnmLayout layout = ANM_LAYOUT_ANAMNESIS;
  AnmRun *run;

  if (!parse_options (invocation, &options, &left, error) ||
      !anm_option_read_layout (options.layout, &layout, error) ||
      !anm_run_options_open (&options.run, &study, &run, error))
    return FALSE;
  if (options.code != NULL)
    return export_code (invocation, &options, study, run, error);
  if (options.records)
    return export_records (invocation, &options, study, run, error);
  model = anm_run_options_load_model (&options.run, run, error);
  anm_interrupt_forbid ();
  if (model == NULL || !anm_model_save (model, options.output, layout, error))
    return FALSE;
  report (invocation, &options, run, model, layout);
  return TRUE;
}

const AnmCommand anm_export_command = {
  .name = "export",
  .arguments = N_ ("--study FILE --run ID --output FILE.safetensors | --code LANGUAGE | --records --output FILE.csv"),
  .summary = N_ ("Write a run's network, weights and scaling as safetensors, also as PyTorch or Keras has them, its network as a program, or the records that it learnt from"),
  .only_asks = TRUE,
  .run = run_export,
};
