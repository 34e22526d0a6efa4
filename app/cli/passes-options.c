/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/passes-options.h"

#include <glib/gi18n-lib.h>

#include "app/study/patient-band.h"

GOptionEntry *
anm_passes_options_entries (AnmPassesOptions *self,
                            const char *summary)
{
  const GOptionEntry entries[] = {
    { "passes", 0, 0, G_OPTION_ARG_STRING, &self->passes, summary, N_ ("N") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed_text, N_ ("Seed of what the passes drop (0)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_passes_options_clear (AnmPassesOptions *self)
{
  g_clear_pointer (&self->passes, g_free);
  g_clear_pointer (&self->seed_text, g_free);
}

gboolean
anm_passes_options_check (AnmPassesOptions *self,
                          guint fallback,
                          GError **error)
{
  self->n_passes = fallback;
  self->seed = ANM_BAND_SEED;
  if (!anm_option_read_count ("passes", self->passes, 0, ANM_MAX_DROPOUT_PASSES, &self->n_passes, error) ||
      !anm_option_read_seed ("seed", self->seed_text, &self->seed, error))
    return FALSE;
  if (self->n_passes > 0 && self->n_passes < ANM_MIN_DROPOUT_PASSES)
    {
      anm_usage_error (error, _ ("--passes: of %u passes no band of 95 %% can be told; %u or more are needed, or 0 for none."), self->n_passes, ANM_MIN_DROPOUT_PASSES);
      return FALSE;
    }
  if (self->seed_text == NULL || self->n_passes > 0)
    return TRUE;
  anm_usage_error (error, _ ("--seed is of the passes: say how many with --passes."));
  return FALSE;
}
