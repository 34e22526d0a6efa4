/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>

G_BEGIN_DECLS

/* A cache line, and the widest vector. */
#define ANM_ALIGNMENT 64

/* @n_reals rounded up to whole cache lines. */
static inline gsize
_anm_round_up (gsize n_reals)
{
  const gsize line = ANM_ALIGNMENT / sizeof (anm_real);

  return (n_reals + line - 1) / line * line;
}

/* Aligned and zero. Large blocks come from the system untouched, so what a pass
 * doesn't need costs no memory. Ends the program if there is none, as g_malloc() does. */
anm_real *_anm_allocate (gsize n_reals);
void      _anm_release  (anm_real *block);

G_END_DECLS
