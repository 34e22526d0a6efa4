/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/manual.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/cli/command-shape.h"
#include "app/cli/option-values.h"

/* As troff wants it: a hyphen that is to be typed, a backslash, a point or a quotation mark that begins a line. */
static void
append_text (GString *page,
             const char *text)
{
  if (*text == '.' || *text == '\'')
    g_string_append (page, "\\&");
  for (; *text != '\0'; text++)
    if (*text == '\\')
      g_string_append (page, "\\e");
    else if (*text == '-')
      g_string_append (page, "\\-");
    else
      g_string_append_c (page, *text);
}

static void
append_line (GString *page,
             const char *before,
             const char *text,
             const char *behind)
{
  g_string_append (page, before);
  append_text (page, text);
  g_string_append_printf (page, "%s\n", behind);
}

/* What its summary doesn't say already. */
static void
append_values (GString *page,
               const GOptionEntry *entry)
{
  g_autoptr (GPtrArray) words = NULL;
  AnmOptionChoice choice = anm_option_values (entry->long_name, NULL, &words);
  g_autoptr (GString) list = g_string_new (NULL);
  gboolean said = TRUE;

  if (choice == ANM_OPTION_ANYTHING || words->len == 0)
    return;
  for (guint i = 0; i < words->len; i++)
    {
      const AnmOptionWord *word = g_ptr_array_index (words, i);

      said = said && strstr (entry->description, word->word) != NULL;
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", word->word);
    }
  if (said)
    return;
  g_string_append_c (list, '.');
  g_string_append (page, ".br\n");
  append_line (page, choice == ANM_OPTION_SUGGESTED ? "Such as " : choice == ANM_OPTION_SOME_OF ? "Of " : "One of ", list->str, "");
}

static void
append_option (GString *page,
               const GOptionEntry *entry)
{
  g_string_append (page, ".TP\n.B ");
  append_text (page, "--");
  append_text (page, entry->long_name);
  if (entry->arg_description != NULL)
    append_line (page, " \\fI", _ (entry->arg_description), "\\fR");
  else
    g_string_append_c (page, '\n');
  append_line (page, "", _ (entry->description), ".");
  append_values (page, entry);
}

static gboolean
is_same (const AnmOptionList *a,
         const AnmOptionList *b)
{
  if (a->n_entries != b->n_entries || strcmp (a->name, b->name) != 0)
    return FALSE;
  for (guint i = 0; i < a->n_entries; i++)
    if (strcmp (a->entries[i].long_name, b->entries[i].long_name) != 0 || strcmp (a->entries[i].description, b->entries[i].description) != 0)
      return FALSE;
  return TRUE;
}

/* The same options on several commands are told once, behind the commands. */
static gboolean
is_shared (const AnmOptionList *list,
           GPtrArray *shapes)
{
  guint n = 0;

  for (guint i = 0; *list->name != '\0' && i < shapes->len; i++)
    {
      const AnmCommandShape *shape = g_ptr_array_index (shapes, i);

      for (guint k = 0; k < shape->lists->len; k++)
        n += is_same (list, g_ptr_array_index (shape->lists, k));
    }
  return n > 1;
}

static const char *
get_title (const AnmOptionList *list)
{
  return list->title != NULL ? list->title : N_ ("Options of every command:");
}

static void
append_list (GString *page,
             const AnmOptionList *list)
{
  for (guint i = 0; i < list->n_entries; i++)
    append_option (page, &list->entries[i]);
}

static void
append_references (GString *page,
                   const AnmCommandShape *shape,
                   GPtrArray *shapes)
{
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < shape->lists->len; i++)
    {
      const AnmOptionList *list = g_ptr_array_index (shape->lists, i);

      if (list->title != NULL && is_shared (list, shapes))
        {
          g_string_append_printf (titles, "%s“%s", titles->len > 0 ? ", " : "", _ (list->title));
          g_string_truncate (titles, titles->len - 1); /* its colon */
          g_string_append (titles, "”");
        }
    }
  if (titles->len > 0)
    append_line (page, ".PP\nAlso the options under ", titles->str, ", below.");
}

static void
append_command (GString *page,
                const AnmCommand *command,
                const AnmCommandShape *shape,
                GPtrArray *shapes)
{
  append_line (page, ".SS ", command->name, "");
  g_string_append (page, ".B ");
  append_text (page, "anamnesis-cli ");
  append_line (page, "", command->name, "");
  append_line (page, "", *command->arguments != '\0' ? _ (command->arguments) : "[OPTION…]", "");
  append_line (page, ".PP\n", _ (command->summary), ".");
  for (guint i = 0; i < shape->lists->len; i++)
    {
      const AnmOptionList *list = g_ptr_array_index (shape->lists, i);

      if (list->n_entries == 0 || is_shared (list, shapes))
        continue;
      if (list->title != NULL)
        append_line (page, ".PP\n", _ (list->title), "");
      append_list (page, list);
    }
  append_references (page, shape, shapes);
}

static void
append_shared (GString *page,
               GPtrArray *shapes)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new ();

  for (guint i = 0; i < shapes->len; i++)
    {
      const AnmCommandShape *shape = g_ptr_array_index (shapes, i);

      for (guint k = 0; k < shape->lists->len; k++)
        {
          const AnmOptionList *list = g_ptr_array_index (shape->lists, k);
          gboolean known = !is_shared (list, shapes);

          for (guint t = 0; t < told->len; t++)
            known = known || is_same (list, g_ptr_array_index (told, t));
          if (known)
            continue;
          g_ptr_array_add (told, (gpointer) list);
          append_line (page, ".SS ", _ (get_title (list)), "");
          append_list (page, list);
        }
    }
}

static char *
describe_commands (void)
{
  GString *page = g_string_new (NULL);
  g_autoptr (GPtrArray) shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_command_shape_free);
  guint n_commands;
  const AnmCommand *const *commands = anm_commands (&n_commands);

  for (guint i = 0; i < n_commands; i++)
    g_ptr_array_add (shapes, anm_command_shape_new (commands[i]));
  for (guint i = 0; i < n_commands; i++)
    append_command (page, commands[i], g_ptr_array_index (shapes, i), shapes);
  append_shared (page, shapes);
  return g_string_free (page, FALSE);
}

gboolean
anm_manual_print (const char *path,
                  GError **error)
{
  g_autofree char *text = NULL, *commands = NULL;
  g_autoptr (GString) page = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  page = g_string_new (text);
  commands = describe_commands ();
  g_string_replace (page, "@COMMANDS@\n", commands, 1);
  g_string_replace (page, "@VERSION@", ANM_VERSION, 0);
  g_print ("%s", page->str);
  return TRUE;
}
