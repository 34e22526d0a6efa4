/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/alter-options.h"

#include <glib/gi18n-lib.h>

GOptionEntry *
anm_alter_options_entries (AnmAlterOptions *self)
{
  const GOptionEntry entries[] = {
    { "alter", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->texts,
      N_ ("Hold a gate (lstm_1[25].f = 1), silence a unit (lstm_1[25] = 0) or set a weight (lstm_1.kernel[3, 25] = 0.5); may be repeated"), N_ ("WHAT=VALUE") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_alter_options_clear (AnmAlterOptions *self)
{
  g_clear_pointer (&self->texts, g_strfreev);
}

/* Each in its canonical form from here on. */
gboolean
anm_alter_options_apply (AnmAlterOptions *self,
                         AnmNetwork *network,
                         anm_real *parameters,
                         GError **error)
{
  for (guint i = 0; self->texts != NULL && self->texts[i] != NULL; i++)
    {
      g_autoptr (GError) fault = NULL;
      AnmAlteration alteration;

      if (!anm_alteration_parse (&alteration, network, self->texts[i], &fault) || !anm_alteration_apply (&alteration, network, parameters, &fault))
        {
          anm_usage_error (error, "--alter: %s", fault->message);
          return FALSE;
        }
      g_free (self->texts[i]);
      self->texts[i] = anm_alteration_to_text (&alteration, network);
    }
  return TRUE;
}

char *
anm_alter_options_describe (const AnmAlterOptions *self,
                            char *weights)
{
  g_autofree char *learnt = weights;
  g_autofree char *altered = self->texts != NULL ? g_strjoinv ("; ", self->texts) : NULL;

  if (altered == NULL)
    return g_steal_pointer (&learnt);
  /* Translators: which weights ("best weights, epoch 12"), and what is held of them ("lstm_1[25].f = 1"). */
  return g_strdup_printf (_ ("%s, altered: %s"), learnt, altered);
}

void
anm_alter_options_report (const AnmAlterOptions *self,
                          JsonBuilder *builder)
{
  if (self->texts == NULL)
    return;
  json_builder_set_member_name (builder, "altered");
  json_builder_begin_array (builder);
  for (guint i = 0; self->texts[i] != NULL; i++)
    json_builder_add_string_value (builder, self->texts[i]);
  json_builder_end_array (builder);
}
