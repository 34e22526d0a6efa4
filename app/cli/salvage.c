/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/salvage.h"

#include <glib/gi18n-lib.h>

#include "app/cli/interrupt.h"
#include "app/cli/options.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"

static void
report_json (const char *output,
             const AnmSalvage *salvage)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_report_add_text (builder, "study", output);
  anm_report_add_flag (builder, "whole", salvage->whole);
  anm_report_add_count (builder, "rows", salvage->n_rows);
  anm_report_add_count (builder, "dropped", salvage->n_dropped);
  anm_report_add_count (builder, "cohorts", salvage->n_cohorts);
  anm_report_add_count (builder, "runs", salvage->n_runs);
  anm_report_add_count (builder, "epochs", salvage->n_epochs);
  anm_report_add_count (builder, "snapshots", salvage->n_snapshots);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static gboolean
run_salvage (AnmInvocation *invocation,
             char **arguments,
             GError **error)
{
  g_autofree char *path = NULL, *output = NULL;
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &path, N_ ("The damaged study; it is left as it is"), N_ ("FILE") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, N_ ("The new study, which mustn't be there yet"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  AnmSalvage salvage;

  if (!anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error))
    return FALSE;
  if (path == NULL || output == NULL)
    {
      anm_usage_error (error, _ ("--study FILE and --output FILE are needed."));
      return FALSE;
    }
  if (!anm_run_options_check_study (path, error))
    return FALSE;
  /* A copy that isn't whole is none. */
  anm_interrupt_allow (_ ("Stopped; no copy was made."), g_file_test (output, G_FILE_TEST_EXISTS) ? NULL : output);
  if (!anm_study_salvage (path, output, &salvage, error))
    return FALSE;
  anm_interrupt_forbid ();
  if (invocation->json)
    report_json (output, &salvage);
  else
    g_print (_ ("%s: %u runs with %u epochs and weights of %u of them, %u cohorts.\n%s"), output, salvage.n_runs, salvage.n_epochs,
             salvage.n_snapshots, salvage.n_cohorts,
             salvage.whole ? _ ("All of it could be read.\n") : _ ("Some of it couldn't be read, and isn't in it.\n"));
  return TRUE;
}

const AnmCommand anm_salvage_command = {
  .name = "salvage",
  .arguments = N_ ("--study FILE --output FILE"),
  .summary = N_ ("Copy what can be read of a damaged study"),
  .run = run_salvage,
};
