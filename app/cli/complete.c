/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/complete.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/command-shape.h"
#include "app/cli/option-values.h"

/* The first sentence alone: lists of candidates are narrow. */
static void
offer (const char *prefix,
       const char *word,
       const char *what,
       const char *typed)
{
  g_autofree char *whole = g_strconcat (prefix, word, NULL);
  g_autofree char *line = g_strdelimit (g_strdup (what), "\t\n", ' ');

  if (g_str_has_prefix (whole, typed))
    g_print ("%s%s%s\n", whole, *line != '\0' ? "\t" : "", line);
}

static void
offer_words (const char *prefix,
             GPtrArray *words,
             const char *typed)
{
  for (guint i = 0; i < words->len; i++)
    {
      const AnmOptionWord *word = g_ptr_array_index (words, i);

      offer (prefix, word->word, word->what, typed);
    }
}

static void
offer_commands (const char *typed)
{
  guint n_commands;
  const AnmCommand *const *commands = anm_commands (&n_commands);

  for (guint i = 0; i < n_commands; i++)
    offer ("", commands[i]->name, _ (commands[i]->summary), typed);
  offer ("", "help", _ ("Explain a command"), typed);
  offer ("", "--help", _ ("List the commands"), typed);
  offer ("", "--version", _ ("Print the version"), typed);
}

static void
offer_options (const AnmCommandShape *shape,
               char **words,
               const char *typed)
{
  for (guint i = 0; i < shape->lists->len; i++)
    {
      const AnmOptionList *list = g_ptr_array_index (shape->lists, i);

      for (guint k = 0; k < list->n_entries; k++)
        {
          g_autofree char *option = g_strconcat ("--", list->entries[k].long_name, NULL);

          if (list->entries[k].arg == G_OPTION_ARG_STRING_ARRAY || !g_strv_contains ((const char *const *) words, option))
            offer ("", option, _ (list->entries[k].description), typed);
        }
    }
  offer ("", "--help", _ ("Explain the command"), typed);
}

/* "FILE.csv" wants files of that ending, of studies --study wants them. */
static void
offer_files (const GOptionEntry *entry)
{
  const char *ending = entry->arg_description != NULL ? strchr (entry->arg_description, '.') : NULL;

  if (g_strcmp0 (entry->arg_description, "FOLDER") == 0)
    g_print (":folders\n");
  else if (strcmp (entry->long_name, "study") == 0)
    g_print (":files .anamnesis\n");
  else
    g_print (":files%s%s\n", ending != NULL ? " " : "", ending != NULL ? ending : "");
}

/* @before: "--option=", of a value that stands in the same word. */
static void
offer_values (const GOptionEntry *entry,
              const char *study,
              const char *before,
              const char *typed)
{
  const char *value = typed + strlen (before);
  g_autoptr (GPtrArray) words = NULL;
  AnmOptionChoice choice = anm_option_values (entry->long_name, study, &words);
  const char *last = strrchr (value, ',');
  g_autofree char *prefix = g_strndup (typed, (gsize) (choice == ANM_OPTION_SOME_OF && last != NULL ? last + 1 - typed : value - typed));

  if (strcmp (entry->long_name, "table") == 0 && strchr (value, '=') != NULL)
    {
      static const char *const kinds[] = { "records", "statics", "outcomes", "ignored" };
      g_autofree char *assigned = g_strndup (typed, (gsize) (strchr (value, '=') + 1 - typed));

      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        offer (assigned, kinds[i], "", typed);
    }
  else if (choice != ANM_OPTION_ANYTHING)
    offer_words (prefix, words, typed);
  else if (entry->arg == G_OPTION_ARG_FILENAME || strcmp (entry->long_name, "table") == 0 || strcmp (entry->long_name, "split") == 0)
    offer_files (entry);
}

static void
offer_sources (const char *typed)
{
  g_autoptr (GPtrArray) samples = anm_option_samples ();

  offer_words ("", samples, typed);
  g_print (":files\n");
}

/* @n_before: arguments, not options, before the one that is typed. */
static void
offer_arguments (const AnmCommand *command,
                 const AnmCommandShape *shape,
                 guint n_before,
                 const char *typed)
{
  g_auto (GStrv) actions = g_strsplit (command->actions != NULL ? command->actions : "", " ", -1);

  if (shape->max_arguments == 0)
    return;
  for (guint i = 0; n_before == 0 && actions[i] != NULL; i++)
    offer ("", actions[i], "", typed);
  if (n_before > 0 && command->actions != NULL)
    g_print (":files .anamnesis\n");
  else if (anm_command_shape_has (shape, "source"))
    offer_sources (typed);
}

/* Where the words before the last one lead to. */
typedef struct
{
  const GOptionEntry *open;   /* waits for its value */
  char               *study;
  guint               n_arguments;
  gboolean            closed; /* behind "--" */
} Position;

static void
walk (const AnmCommandShape *shape,
      char **words,
      guint n_before,
      Position *position)
{
  for (guint i = 0; i < n_before; i++)
    {
      const char *equals = strchr (words[i], '=');
      g_autofree char *name = NULL;
      const GOptionEntry *entry;

      if (position->open != NULL)
        {
          if (strcmp (position->open->long_name, "study") == 0)
            position->study = words[i];
          position->open = NULL;
          continue;
        }
      if (position->closed || !g_str_has_prefix (words[i], "--"))
        {
          position->n_arguments++;
          continue;
        }
      position->closed = words[i][2] == '\0';
      name = equals != NULL ? g_strndup (words[i] + 2, (gsize) (equals - words[i] - 2)) : g_strdup (words[i] + 2);
      entry = anm_command_shape_find (shape, name);
      if (entry == NULL || entry->arg == G_OPTION_ARG_NONE)
        continue;
      if (equals == NULL)
        position->open = entry;
      else if (strcmp (name, "study") == 0)
        position->study = words[i] + 8;
    }
}

/* A shell hands over what was typed. */
static char *
expand_home (const char *path)
{
  if (path == NULL || !g_str_has_prefix (path, "~/"))
    return g_strdup (path);
  return g_build_filename (g_get_home_dir (), path + 2, NULL);
}

void
anm_complete (char **words)
{
  guint n = g_strv_length (words);
  const char *typed = n > 0 ? words[n - 1] : "", *equals = strchr (typed, '=');
  const AnmCommand *command = n > 1 ? anm_command_find (words[0]) : NULL;
  g_autoptr (AnmCommandShape) shape = NULL;
  g_autofree char *study = NULL;
  Position position = { 0 };

  if (n <= 1 || (n == 2 && strcmp (words[0], "help") == 0))
    {
      offer_commands (typed);
      return;
    }
  if (command == NULL)
    return;
  shape = anm_command_shape_new (command);
  walk (shape, words + 1, n - 2, &position);
  study = expand_home (position.study);
  if (position.open != NULL)
    offer_values (position.open, study, "", typed);
  else if (!position.closed && g_str_has_prefix (typed, "--") && equals != NULL)
    {
      g_autofree char *name = g_strndup (typed + 2, (gsize) (equals - typed - 2));
      g_autofree char *before = g_strndup (typed, (gsize) (equals - typed + 1));
      const GOptionEntry *entry = anm_command_shape_find (shape, name);

      if (entry != NULL && entry->arg != G_OPTION_ARG_NONE)
        offer_values (entry, study, before, typed);
    }
  else if (!position.closed && g_str_has_prefix (typed, "-"))
    offer_options (shape, words, typed);
  else
    offer_arguments (command, shape, position.n_arguments, typed);
}
