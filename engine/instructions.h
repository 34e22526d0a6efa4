/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the kernels are compiled for. They are built once for each set of
 * instructions that a processor may have; at the start of the program the best
 * that this one has is chosen, for good. The environment variable
 * ANAMNESIS_INSTRUCTIONS chooses a lower one by its name, for tests and benches.
 *
 * Results are equal to the bit within one set and differ in the last bits
 * between two, so whoever keeps numbers keeps the name with them.
 */

/* "avx512" (F, VL, BW, DQ), "avx2" (with FMA) or "plain" (what the compiler makes of C). */
const char *anm_instructions_get_name (void);

G_END_DECLS
