/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/report.h"

/*
 * anamnesis-cli: the study without a screen. Exit status 0: done; 1: the work failed, one
 * line says why and what to do; 2: the command line is wrong.
 */

static const AnmCommand *const commands[] = {
  &anm_demo_command,
  &anm_samples_command,
  &anm_describe_command,
  &anm_import_command,
  &anm_train_command,
  &anm_resume_command,
  &anm_evaluate_command,
  &anm_predict_command,
  &anm_export_command,
  &anm_inspect_command,
  &anm_plot_command,
  &anm_runs_command,
  &anm_verify_command,
  &anm_salvage_command,
  &anm_bench_command,
};

static void
print_help (void)
{
  g_print (_ ("Usage: anamnesis-cli COMMAND …\n\n"
              "Recurrent networks on patient records, without a screen.\n\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-9s %s\n", commands[i]->name, _ (commands[i]->summary));
  g_print (_ ("\nA SOURCE is a file, several files, a folder, or sample:NAME.\n"
              "“anamnesis-cli COMMAND --help” explains a command.\n"
              "For research and teaching; not a medical device.\n"));
}

static const AnmCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static gboolean
is_usage_error (const GError *error)
{
  return error->domain == G_OPTION_ERROR || g_error_matches (error, ANM_CLI_ERROR, ANM_CLI_ERROR_USAGE);
}

static void
report_error (const AnmInvocation *invocation,
              const GError *error)
{
  const char *name = invocation->command->name;

  g_printerr ("anamnesis-cli %s: %s\n", name, error->message);
  if (is_usage_error (error))
    g_printerr (_ ("See: anamnesis-cli %s --help\n"), name);
  if (invocation->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "error", error->message);
      json_builder_end_object (builder);
      anm_report_json (builder);
    }
}

static int
run_command (const AnmCommand *command,
             char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  AnmInvocation invocation = { command, FALSE, cancellable };

  anm_interrupt_watch (cancellable);
  if (command->run (&invocation, arguments, &error))
    return 0;
  report_error (&invocation, error);
  return is_usage_error (error) ? 2 : 1;
}

int
main (int argc,
      char **argv)
{
  const char *locale_folder = g_getenv ("ANAMNESIS_LOCALE_DIR");
  const AnmCommand *command;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C"); /* what is printed is read by programs too */
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : ANM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  if (argc < 2)
    {
      g_printerr (_ ("anamnesis-cli: a command is missing. See: anamnesis-cli --help\n"));
      return 2;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return 0;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("anamnesis-cli " ANM_VERSION "\n");
      return 0;
    }
  command = find_command (argv[1]);
  if (command == NULL)
    {
      g_printerr (_ ("anamnesis-cli: there is no command “%s”. See: anamnesis-cli --help\n"), argv[1]);
      return 2;
    }
  return run_command (command, argv + 2);
}
