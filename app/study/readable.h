/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * anm_check_readable:
 * @patients: [n_sequences] the patient of @cohort that each sequence is of
 *
 * Whether the network can read every sequence.
 *
 * Returns: %TRUE, or %FALSE and @error names the patient, says what the network can't read and what to do
 */
gboolean anm_check_readable (const AnmNetwork *network,
                             const AnmSequences *sequences,
                             const AnmCohort *cohort,
                             const guint32 *patients,
                             GError **error);

/**
 * anm_lay_out_network:
 * @recipe: whose columns, tokens and target the network is for
 *
 * Lays @spec out, and where a layer leaves the number of tokens open, for as many as @recipe has.
 */
AnmNetwork *anm_lay_out_network (const AnmNetworkSpec *spec,
                                 const AnmFittedRecipe *recipe,
                                 GError **error);

G_END_DECLS
