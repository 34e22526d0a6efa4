/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A counter-based generator: (seed, stream, index) -> number. There is no
 * state to carry, so a run is the same whatever the threads and after a resume.
 */

guint64 anm_random_bits     (guint64 seed, guint64 stream, guint64 index);
/* @words[i] = anm_random_bits (seed, stream, first + i), faster. */
void    anm_random_fill     (guint64 seed, guint64 stream, guint64 first, guint64 *words, gsize n);
double  anm_random_uniform  (guint64 seed, guint64 stream, guint64 index); /* [0, 1), 53 bits */
double  anm_random_normal   (guint64 seed, guint64 stream, guint64 index); /* N(0, 1), Box-Muller */
guint64 anm_random_below    (guint64 seed, guint64 stream, guint64 index, guint64 bound); /* 0 .. bound - 1, unbiased enough: 64-bit multiply */
/* Fisher-Yates; @items overwritten with a permutation of 0 .. n - 1. */
void    anm_random_permutation (guint64 seed, guint64 stream, guint32 *items, gsize n);

G_END_DECLS
