/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-reading.h"

G_BEGIN_DECLS

/**
 * anm_cell_equation_new:
 *
 * How a unit of a recurrent layer came to its hidden state at a step, with its numbers filled in, as Pango markup in a
 * slanted face: "h = o · tanh(c) = 0.73 · tanh(0.78) = 0.48".
 *
 * Returns: (transfer full) (nullable): %NULL if the layer has no hidden state
 */
char *anm_cell_equation_new (const AnmPatientReading *reading,
                             guint layer,
                             guint unit,
                             guint step);

G_END_DECLS
