/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"
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

G_END_DECLS
