/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/options.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/command-shape.h"

G_DEFINE_QUARK (anm-cli-error-quark, anm_cli_error)

void
anm_usage_error (GError **error,
                 const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_CLI_ERROR, ANM_CLI_ERROR_USAGE, format, arguments));
  va_end (arguments);
}

static void
add_group (GOptionContext *context,
           const AnmOptionGroup *group)
{
  GOptionGroup *added = g_option_group_new (group->name, _ (group->title), _ (group->title), NULL, NULL);

  g_option_group_add_entries (added, group->entries);
  g_option_group_set_translation_domain (added, GETTEXT_PACKAGE);
  g_option_context_add_group (context, added);
}

static void
fill_shape (AnmCommandShape *shape,
            const GOptionEntry *entries,
            const GOptionEntry *common,
            const AnmOptionGroup *groups,
            guint max)
{
  shape->max_arguments = max;
  anm_command_shape_add (shape, "", NULL, entries);
  for (; groups != NULL && groups->name != NULL; groups++)
    anm_command_shape_add (shape, groups->name, groups->title, groups->entries);
  anm_command_shape_add (shape, "common", NULL, common);
}

/* GOption takes "--json=anything" for "--json". */
static gboolean
check_flags (char **arguments,
             const AnmCommandShape *shape,
             GError **error)
{
  for (; *arguments != NULL && !g_str_equal (*arguments, "--"); arguments++)
    {
      const char *equals = strchr (*arguments, '=');
      g_autofree char *name = equals != NULL && g_str_has_prefix (*arguments, "--") ? g_strndup (*arguments + 2, (gsize) (equals - *arguments - 2)) : NULL;
      const GOptionEntry *entry = name != NULL ? anm_command_shape_find (shape, name) : NULL;

      if (entry != NULL && entry->arg == G_OPTION_ARG_NONE)
        {
          anm_usage_error (error, _ ("--%s takes no value: leave “%s” out."), name, equals);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
anm_options_parse (AnmInvocation *invocation,
                   char ***arguments,
                   const GOptionEntry *entries,
                   const AnmOptionGroup *groups,
                   guint min,
                   guint max,
                   const char *what,
                   GError **error)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &invocation->json, N_ ("Print one JSON object and nothing else"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (AnmCommandShape) own_shape = invocation->shape == NULL ? anm_command_shape_new_empty () : NULL;
  AnmCommandShape *shape = invocation->shape != NULL ? invocation->shape : own_shape;
  g_autoptr (GOptionContext) context = g_option_context_new (_ (invocation->command->arguments));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) strv = NULL;
  gboolean json = invocation->json;
  g_autofree char *program = g_strdup_printf ("anamnesis-cli %s", invocation->command->name);
  gboolean parsed;
  guint n;

  fill_shape (shape, entries, common, groups, max);
  if (invocation->shape != NULL)
    {
      anm_usage_error (error, "%s", invocation->command->name);
      return FALSE;
    }
  if (!check_flags (*arguments, shape, error))
    return FALSE;
  g_set_prgname (program);
  g_option_context_set_summary (context, _ (invocation->command->summary));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  for (; groups != NULL && groups->name != NULL; groups++)
    add_group (context, groups);

  /* GOption wants a program name in front. */
  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) *arguments);
  strv = g_strv_builder_end (builder);
  parsed = g_option_context_parse_strv (context, &strv, error);
  invocation->json = invocation->json || json; /* GOption takes it back if something else is wrong */
  if (!parsed)
    return FALSE;
  n = g_strv_length (strv) - 1;
  if (n < min || n > max)
    {
      if (n < min)
        anm_usage_error (error, _ ("%s is missing."), what);
      else
        anm_usage_error (error, _ ("“%s” is one argument too many."), strv[1 + max]);
      return FALSE;
    }
  g_strfreev (*arguments);
  *arguments = g_strdupv (strv + 1);
  return TRUE;
}

gboolean
anm_option_read_count (const char *option,
                       const char *text,
                       guint minimum,
                       guint maximum,
                       guint *value,
                       GError **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, minimum, maximum, &number, NULL))
    {
      anm_usage_error (error, _ ("--%s: “%s” isn't a whole number from %u to %u."), option, text, minimum, maximum);
      return FALSE;
    }
  *value = (guint) number;
  return TRUE;
}

gboolean
anm_option_read_seed (const char *option,
                      const char *text,
                      guint64 *value,
                      GError **error)
{
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL))
    return TRUE;
  anm_usage_error (error, _ ("--%s: “%s” isn't a whole number of 0 or more."), option, text);
  return FALSE;
}

gboolean
anm_option_read_number (const char *option,
                        const char *text,
                        double *value,
                        GError **error)
{
  double number;
  char *end;

  if (text == NULL)
    return TRUE;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (number))
    {
      anm_usage_error (error, _ ("--%s: “%s” isn't a number. Write it as 0.001 or 1e-3."), option, text);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

char **
anm_option_read_words (const char *option,
                       const char *text,
                       GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) == '\0')
      {
        anm_usage_error (error, _ ("--%s: “%s” has an empty name. Write names with commas between them: a,b,c."), option, text);
        return NULL;
      }
  if (words[0] == NULL)
    {
      anm_usage_error (error, _ ("--%s needs at least one name."), option);
      return NULL;
    }
  return g_steal_pointer (&words);
}
