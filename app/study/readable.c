/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/readable.h"

#include <glib/gi18n-lib.h>

gboolean
anm_check_readable (const AnmNetwork *network,
                    const AnmSequences *sequences,
                    const AnmCohort *cohort,
                    const guint32 *patients,
                    GError **error)
{
  for (gsize i = 0; i < sequences->n_sequences; i++)
    if (!anm_network_check_sequence (network, sequences, i, error))
      {
        /* Translators: the beginning of a message: a patient's id, then "5 steps are too few for …" */
        g_prefix_error (error, _ ("Patient %s: "), cohort->ids[patients[i]]);
        return FALSE;
      }
  return TRUE;
}

AnmNetwork *
anm_lay_out_network (const AnmNetworkSpec *spec,
                     const AnmFittedRecipe *recipe,
                     GError **error)
{
  g_autoptr (AnmNetworkSpec) fitting = anm_network_spec_copy (spec);

  anm_network_spec_fit_tokens (fitting, anm_fitted_recipe_get_n_tokens (recipe));
  return anm_network_new (fitting, anm_fitted_recipe_get_n_columns (recipe), &anm_fitted_recipe_get_target (recipe)->shape, error);
}
