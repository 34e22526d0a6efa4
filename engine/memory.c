/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/memory.h"

/* The pointer that g_malloc0() gave stands right before the aligned block. Behind it is room for a vector: a product of
 * some columns reads whole ones, also at the end of the last row. */
anm_real *
_anm_allocate (gsize n_reals)
{
  guintptr begin, aligned;

  g_assert (n_reals < G_MAXSIZE / sizeof (anm_real) - 2 * ANM_ALIGNMENT);

  begin = (guintptr) g_malloc0 (n_reals * sizeof (anm_real) + 2 * ANM_ALIGNMENT + sizeof (gpointer));
  aligned = (begin + sizeof (gpointer) + ANM_ALIGNMENT - 1) / ANM_ALIGNMENT * ANM_ALIGNMENT;
  ((gpointer *) aligned)[-1] = (gpointer) begin;
  return (anm_real *) aligned;
}

void
_anm_release (anm_real *block)
{
  if (block != NULL)
    g_free (((gpointer *) block)[-1]);
}
