/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/**
 * anm_real:
 *
 * The number the engine computes with. The library is built twice: with
 * `float` for use, and with `double` (`ANM_REAL_IS_DOUBLE`) as the oracle of
 * its own tests. The two builds are never linked into one program.
 */
#ifdef ANM_REAL_IS_DOUBLE
typedef double anm_real;
#else
typedef float anm_real;
#endif
