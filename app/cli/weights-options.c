/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/weights-options.h"

#include <glib/gi18n-lib.h>

GOptionEntry *
anm_weights_options_entries (AnmWeightsOptions *self,
                             const char *summary)
{
  const GOptionEntry entries[] = {
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &self->weights, summary, N_ ("FILE.safetensors") },
    { "layout", 0, 0, G_OPTION_ARG_STRING, &self->layout, N_ ("Whose names and shapes the file has: anamnesis, pytorch or keras (as the file says)"), N_ ("LAYOUT") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_weights_options_clear (AnmWeightsOptions *self)
{
  g_clear_pointer (&self->weights, g_free);
  g_clear_pointer (&self->layout, g_free);
}

gboolean
anm_option_read_layout (const char *text,
                        AnmLayout *layout,
                        GError **error)
{
  if (text == NULL || anm_layout_from_string (text, layout))
    return TRUE;
  anm_usage_error (error, _ ("--layout: “%s” isn't anamnesis, pytorch or keras."), text);
  return FALSE;
}

gboolean
anm_weights_options_check (const AnmWeightsOptions *self,
                           GError **error)
{
  AnmLayout layout;

  if (self->layout != NULL && self->weights == NULL)
    {
      anm_usage_error (error, _ ("--layout says how a file of weights is to be read: name the file with --weights."));
      return FALSE;
    }
  return anm_option_read_layout (self->layout, &layout, error);
}

AnmModel *
anm_weights_options_load_model (const AnmWeightsOptions *self,
                                GError **error)
{
  AnmLayout layout;

  return anm_model_load (self->weights, anm_layout_from_string (self->layout, &layout) ? &layout : NULL, error);
}

AnmInitialWeights *
anm_weights_options_load_initial (const AnmWeightsOptions *self,
                                  GError **error)
{
  AnmLayout layout;

  return anm_initial_weights_load (self->weights, anm_layout_from_string (self->layout, &layout) ? &layout : NULL, error);
}
