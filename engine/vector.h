/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/*
 * A few numbers at once, as compilers know them (GCC's vector extension):
 * every machine can compute with them, some in one instruction. Functions
 * marked ANM_VECTORISED are compiled once for each instruction set that the
 * machine may have; the loader picks one.
 */

typedef anm_real AnmVector __attribute__ ((vector_size (32)));

#define ANM_LANES (sizeof (AnmVector) / sizeof (anm_real))

/* The checks for undefined behaviour would be unrolled with the loops, and take minutes to compile. */
#define ANM_UNCHECKED __attribute__ ((no_sanitize ("undefined")))

/* The choice is made before a thread sanitizer can run: it would crash there. */
#if defined(ANM_HAVE_TARGET_CLONES) && !defined(__SANITIZE_THREAD__)
#define ANM_CHOOSES_INSTRUCTIONS 1
#define ANM_VECTORISED ANM_UNCHECKED __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ANM_VECTORISED ANM_UNCHECKED
#endif

/* For what takes or gives vectors: then it doesn't matter how calls would hand them on. */
#define ANM_ALWAYS_INLINE ANM_UNCHECKED static inline __attribute__ ((always_inline))

/* The first @n numbers from @p on, at most ANM_LANES; the rest is 0. */
ANM_ALWAYS_INLINE AnmVector
_anm_load (const anm_real *p, gsize n)
{
  AnmVector v = { 0 };

  if (n >= ANM_LANES)
    memcpy (&v, p, sizeof v);
  else
    for (gsize k = 0; k < n; k++)
      v[k] = p[k];
  return v;
}

ANM_ALWAYS_INLINE void
_anm_store (anm_real *p, gsize n, AnmVector v)
{
  if (n >= ANM_LANES)
    memcpy (p, &v, sizeof v);
  else
    for (gsize k = 0; k < n; k++)
      p[k] = v[k];
}

G_END_DECLS
