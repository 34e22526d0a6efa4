/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/real.h"

#include <glib.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

G_BEGIN_DECLS

/*
 * A few numbers at once, as compilers know them (GCC's vector extension):
 * every machine can compute with them. Files that use them are compiled once
 * for each instruction set, with vectors as wide as it has.
 */

#if defined(__AVX512F__)
#define ANM_VECTOR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define ANM_VECTOR_BYTES 32
#else
#define ANM_VECTOR_BYTES 16
#endif

typedef anm_real AnmVector __attribute__ ((vector_size (ANM_VECTOR_BYTES)));
#ifdef ANM_REAL_IS_DOUBLE
typedef gint64 AnmBits __attribute__ ((vector_size (ANM_VECTOR_BYTES)));
#else
typedef gint32 AnmBits __attribute__ ((vector_size (ANM_VECTOR_BYTES)));
#endif

#define ANM_LANES (sizeof (AnmVector) / sizeof (anm_real))

/* What is compiled for one instruction set ends in its name. */
#define ANM_JOIN_NAMES(a, b) a##b
#define ANM_JOIN(a, b) ANM_JOIN_NAMES (a, b)
#define ANM_FOR_INSTRUCTIONS(name) ANM_JOIN (name, ANM_INSTRUCTIONS)

/* The checks for undefined behaviour would be unrolled with the loops, and take minutes to compile. */
#define ANM_UNCHECKED __attribute__ ((no_sanitize ("undefined")))

/* For what takes or gives vectors: then it doesn't matter how calls would hand them on. */
#define ANM_ALWAYS_INLINE ANM_UNCHECKED static inline __attribute__ ((always_inline))

#if !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
typedef __mmask16 AnmMask;

ANM_ALWAYS_INLINE AnmMask
_anm_mask (gsize n)
{
  return (AnmMask) ((1u << n) - 1);
}

ANM_ALWAYS_INLINE AnmVector
_anm_load_part (const anm_real *p, gsize n)
{
  return (AnmVector) _mm512_maskz_loadu_ps (_anm_mask (n), p);
}

ANM_ALWAYS_INLINE void
_anm_store_part (anm_real *p, gsize n, AnmVector v)
{
  _mm512_mask_storeu_ps (p, _anm_mask (n), (__m512) v);
}

#elif !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX2__) && defined(__FMA__)

ANM_ALWAYS_INLINE __m256i
_anm_mask (gsize n)
{
  return _mm256_cmpgt_epi32 (_mm256_set1_epi32 ((int) n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7));
}

ANM_ALWAYS_INLINE AnmVector
_anm_load_part (const anm_real *p, gsize n)
{
  return (AnmVector) _mm256_maskload_ps (p, _anm_mask (n));
}

ANM_ALWAYS_INLINE void
_anm_store_part (anm_real *p, gsize n, AnmVector v)
{
  _mm256_maskstore_ps (p, _anm_mask (n), (__m256) v);
}

#else

ANM_ALWAYS_INLINE AnmVector
_anm_load_part (const anm_real *p, gsize n)
{
  AnmVector v = { 0 };

  for (gsize k = 0; k < n; k++)
    v[k] = p[k];
  return v;
}

/* By way of memory: a register has no place to count in. */
ANM_ALWAYS_INLINE void
_anm_store_part (anm_real *p, gsize n, AnmVector v)
{
  anm_real all[ANM_LANES];

  memcpy (all, &v, sizeof v);
  for (gsize k = 0; k < n; k++)
    p[k] = all[k];
}

#endif

ANM_ALWAYS_INLINE AnmVector
_anm_load_whole (const anm_real *p)
{
  AnmVector v;

  memcpy (&v, p, sizeof v);
  return v;
}

ANM_ALWAYS_INLINE void
_anm_store_whole (anm_real *p, AnmVector v)
{
  memcpy (p, &v, sizeof v);
}

/* The first @n numbers from @p on, at most ANM_LANES; the rest is 0. */
ANM_ALWAYS_INLINE AnmVector
_anm_load (const anm_real *p, gsize n)
{
  return n >= ANM_LANES ? _anm_load_whole (p) : _anm_load_part (p, n);
}

ANM_ALWAYS_INLINE void
_anm_store (anm_real *p, gsize n, AnmVector v)
{
  if (n >= ANM_LANES)
    _anm_store_whole (p, v);
  else
    _anm_store_part (p, n, v);
}

/* a in all lanes */
ANM_ALWAYS_INLINE AnmVector
_anm_spread (anm_real a)
{
  const AnmVector zero = { 0 };

  return a - zero; /* the other way round -0 would become 0 */
}

/* a b + c, rounded once where the processor can: left to itself a compiler may
 * decide otherwise in each place that a function is inlined to. */
ANM_ALWAYS_INLINE AnmVector
_anm_multiply_add (AnmVector a, AnmVector b, AnmVector c)
{
#if defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
  return (AnmVector) _mm512_fmadd_pd ((__m512d) a, (__m512d) b, (__m512d) c);
#elif defined(ANM_REAL_IS_DOUBLE) && defined(__FMA__)
  return (AnmVector) _mm256_fmadd_pd ((__m256d) a, (__m256d) b, (__m256d) c);
#elif defined(__AVX512F__)
  return (AnmVector) _mm512_fmadd_ps ((__m512) a, (__m512) b, (__m512) c);
#elif defined(__FMA__)
  return (AnmVector) _mm256_fmadd_ps ((__m256) a, (__m256) b, (__m256) c);
#elif defined(__aarch64__) && !defined(ANM_REAL_IS_DOUBLE)
  return (AnmVector) vfmaq_f32 ((float32x4_t) c, (float32x4_t) a, (float32x4_t) b);
#else
  return a * b + c;
#endif
}

/* x between @low and @high, NaN if x is NaN */
ANM_ALWAYS_INLINE AnmVector
_anm_clamp (AnmVector x, anm_real low, anm_real high)
{
  const AnmVector zero = { 0 };
  const AnmVector lowest = zero + low, highest = zero + high;

  /* These give their second argument if either is NaN. */
#if !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX512F__)
  return (AnmVector) _mm512_max_ps ((__m512) lowest, _mm512_min_ps ((__m512) highest, (__m512) x));
#elif !defined(ANM_REAL_IS_DOUBLE) && defined(__AVX2__) && defined(__FMA__)
  return (AnmVector) _mm256_max_ps ((__m256) lowest, _mm256_min_ps ((__m256) highest, (__m256) x));
#elif !defined(ANM_REAL_IS_DOUBLE) && defined(__SSE2__)
  return (AnmVector) _mm_max_ps ((__m128) lowest, _mm_min_ps ((__m128) highest, (__m128) x));
#else
  AnmBits is_low = x < lowest, is_high = x > highest;

  x = (AnmVector) (((AnmBits) lowest & is_low) | ((AnmBits) x & ~is_low));
  return (AnmVector) (((AnmBits) highest & is_high) | ((AnmBits) x & ~is_high));
#endif
}

G_END_DECLS
