/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/complete.h"
#include "app/cli/interrupt.h"
#include "app/cli/manual.h"
#include "app/cli/report.h"

/*
 * anamnesis-cli: the study without a screen. Exit status 0: done; 1: the work failed, one
 * line says why and what to do; 2: the command line is wrong.
 */

static void
print_help (void)
{
  guint n_commands;
  const AnmCommand *const *commands = anm_commands (&n_commands);

  g_print (_ ("Usage: anamnesis-cli COMMAND …\n\n"
              "Recurrent networks on patient records, without a screen.\n\n"));
  for (guint i = 0; i < n_commands; i++)
    g_print ("  %-9s %s\n", commands[i]->name, _ (commands[i]->summary));
  g_print (_ ("\nA SOURCE is a file, several files, a folder, or sample:NAME.\n"
              "“anamnesis-cli help COMMAND” explains a command.\n"
              "For research and teaching; not a medical device.\n"));
}

static gboolean
is_usage_error (const GError *error)
{
  return error->domain == G_OPTION_ERROR || g_error_matches (error, ANM_CLI_ERROR, ANM_CLI_ERROR_USAGE);
}

/* Before anything is read, so that a wrong command line is answered as it asks. */
static gboolean
asks_for_json (char **arguments)
{
  for (; *arguments != NULL && strcmp (*arguments, "--") != 0; arguments++)
    if (strcmp (*arguments, "--json") == 0)
      return TRUE;
  return FALSE;
}

static int
run_command (const AnmCommand *command,
             char **arguments)
{
  g_autoptr (GError) error = NULL;
  static AnmInvocation invocation; /* a signal may come until the very end */
  gboolean done;

  invocation = (AnmInvocation) { .command = command, .json = asks_for_json (arguments), .cancellable = g_cancellable_new () };
  anm_interrupt_watch (&invocation);
  if (command->only_asks)
    anm_interrupt_allow (_ ("Stopped."), NULL);
  done = command->run (&invocation, arguments, &error);
  anm_interrupt_forbid ();
  if (done)
    return 0;
  anm_report_error (&invocation, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("Stopped.") : error->message);
  if (!is_usage_error (error))
    return 1;
  g_printerr (_ ("See: anamnesis-cli %s --help\n"), command->name);
  return 2;
}

/* No command at all, or one that there isn't. */
static int
refuse (char **arguments,
        const char *message)
{
  const AnmInvocation invocation = { .json = asks_for_json (arguments) };

  anm_report_error (&invocation, message);
  return 2;
}

static int
print_manual (const char *template)
{
  g_autoptr (GError) error = NULL;

  if (anm_manual_print (template, &error))
    return 0;
  g_printerr ("anamnesis-cli --manual: %s\n", error->message);
  return 1;
}

static int
help (char **arguments)
{
  char *ask[] = { (char *) "--help", NULL };

  if (arguments[0] == NULL)
    print_help ();
  else if (anm_command_find (arguments[0]) != NULL)
    return run_command (anm_command_find (arguments[0]), ask);
  else
    {
      g_autofree char *message = g_strdup_printf (_ ("there is no command “%s”. See: anamnesis-cli --help"), arguments[0]);

      return refuse (arguments, message);
    }
  return 0;
}

int
main (int argc,
      char **argv)
{
  const char *locale_folder = g_getenv ("ANAMNESIS_LOCALE_DIR");
  const char *word = argc > 1 ? argv[1] : NULL;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C"); /* what is printed is read by programs too */
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : ANM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  if (word == NULL || strcmp (word, "--json") == 0)
    return refuse (argv, _ ("a command is missing. See: anamnesis-cli --help"));
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0)
    return help (argv + argc);
  if (strcmp (word, "help") == 0)
    return help (argv + 2);
  if (strcmp (word, "--version") == 0)
    {
      g_print ("anamnesis-cli " ANM_VERSION "\n");
      return 0;
    }
  /* For the shells and for the build; not for people. */
  if (strcmp (word, "--complete") == 0)
    {
      anm_complete (argv + 2);
      return 0;
    }
  if (strcmp (word, "--manual") == 0 && argc > 2)
    return print_manual (argv[2]);
  return anm_command_find (word) != NULL ? run_command (anm_command_find (word), argv + 2) : help (argv + 1);
}
