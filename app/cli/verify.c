/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "app/cli/progress-bar.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/study/verification.h"

#define MAX_THREADS 1024

static void
show_progress (double fraction,
               gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, _ ("Repeating the run"));
}

static void
report_json (AnmRun *run,
             const AnmVerification *verification)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (AnmMachine) here = { 0 };

  anm_machine_read (&here);
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "run", anm_run_get_id (run));
  anm_report_add_flag (builder, "same", verification->same);
  anm_report_add_flag (builder, "to_the_bit", verification->exact);
  anm_report_add_text (builder, "instructions_then", anm_run_get_machine (run)->instructions);
  anm_report_add_text (builder, "instructions_now", here.instructions);
  if (!verification->exact)
    anm_report_add_number (builder, "tolerance", verification->tolerance);
  anm_report_add_count (builder, "epochs", verification->n_epochs);
  anm_report_add_count (builder, "updates", (gint64) verification->n_updates);
  anm_report_add_count (builder, "snapshots", verification->n_snapshots);
  anm_report_add_number (builder, "largest_difference", verification->largest);
  if (!verification->same)
    {
      json_builder_set_member_name (builder, "first_difference");
      json_builder_begin_object (builder);
      anm_report_add_count (builder, "epoch", verification->epoch);
      anm_report_add_text (builder, "what", verification->what);
      anm_report_add_number (builder, "kept", verification->kept);
      anm_report_add_number (builder, "repeated", verification->repeated);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static void
report (AnmRun *run,
        const AnmVerification *verification)
{
  const char *instructions = anm_run_get_machine (run)->instructions;

  if (verification->exact)
    g_print (_ ("Run %u repeats to the bit: %u epochs, %" PRIu64 " updates, weights of %u epochs.\n"),
             anm_run_get_id (run), verification->n_epochs, verification->n_updates, verification->n_snapshots);
  else
    g_print (_ ("Run %u repeats within %g (largest difference %.2g): %u epochs, %" PRIu64 " updates, weights of %u epochs.\n"
                "It was trained with other instructions (%s), so bits can't be compared.\n"),
             anm_run_get_id (run), verification->tolerance, verification->largest, verification->n_epochs, verification->n_updates,
             verification->n_snapshots, *instructions != '\0' ? instructions : _ ("not known"));
}

static void
set_difference_error (AnmRun *run,
                      const AnmVerification *verification,
                      GError **error)
{
  g_autofree char *allowed = verification->exact ? g_strdup (_ ("the bits should be the same"))
                                                 : g_strdup_printf (_ ("more than the tolerance of %g"), verification->tolerance);

  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
               _ ("Run %u doesn't repeat: first in epoch %u, %s, which was %.9g and is %.9g now (%s)."),
               anm_run_get_id (run), verification->epoch, verification->what, verification->kept, verification->repeated, allowed);
}

static gboolean
run_verify (AnmInvocation *invocation,
            char **arguments,
            GError **error)
{
  g_auto (AnmRunOptions) options = { 0 };
  g_autofree char *tolerance_text = NULL, *threads = NULL;
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &options.study, N_ ("The study"), N_ ("FILE") },
    { "run", 0, 0, G_OPTION_ARG_STRING, &options.run, N_ ("Number of the run in its study, from 1"), N_ ("ID") },
    { "tolerance", 0, 0, G_OPTION_ARG_STRING, &tolerance_text, N_ ("How far numbers may differ on other instructions, relative to the larger of 1 and the number (0.001)"), N_ ("X") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &threads, N_ ("Threads to compute with (one for each processor)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (AnmVerification) verification = { 0 };
  g_autoptr (AnmProgressBar) bar = NULL;
  g_autoptr (AnmStudy) study = NULL;
  double tolerance = ANM_VERIFICATION_TOLERANCE;
  guint n_threads = 0;
  AnmRun *run;

  if (!anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error) ||
      !anm_option_read_count ("threads", threads, 1, MAX_THREADS, &n_threads, error) ||
      !anm_option_read_number ("tolerance", tolerance_text, &tolerance, error))
    return FALSE;
  if (!(tolerance >= 0))
    {
      anm_usage_error (error, _ ("--tolerance: “%s” isn't 0 or more."), tolerance_text);
      return FALSE;
    }
  if (!anm_run_options_open (&options, &study, &run, error))
    return FALSE;
  bar = anm_progress_bar_new ();
  if (!anm_verification_make (&verification, study, run, tolerance, n_threads, show_progress, bar, invocation->cancellable, error))
    return FALSE;
  g_clear_pointer (&bar, anm_progress_bar_free);
  if (invocation->json)
    report_json (run, &verification);
  else if (verification.same)
    report (run, &verification);
  if (!verification.same)
    {
      set_difference_error (run, &verification, error);
      invocation->told = TRUE;
    }
  return verification.same;
}

const AnmCommand anm_verify_command = {
  .name = "verify",
  .arguments = N_ ("--study FILE --run ID"),
  .summary = N_ ("Repeat a run and hold every number against what was kept of it"),
  .only_asks = TRUE,
  .run = run_verify,
};
