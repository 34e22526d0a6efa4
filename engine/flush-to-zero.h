/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

G_BEGIN_DECLS

/*
 * Flush-to-zero: numbers too small for a full mantissa become 0. Vanishing
 * gradients are such numbers, and a processor computes with them up to a
 * hundred times slower. All code that computes runs between begin and end (or
 * in a thread that stays so), so that the bits don't depend on the thread.
 */

typedef guint64 AnmFloatingMode;

#if defined(__SSE2__)
#define ANM_FLUSH_TO_ZERO ((guint) _MM_FLUSH_ZERO_ON | 0x0040u /* denormals are zero */)
#elif defined(__aarch64__)
#define ANM_FLUSH_TO_ZERO (G_GUINT64_CONSTANT (1) << 24)
#endif

/* Switches flush-to-zero on in the calling thread; returns what was before. */
static inline AnmFloatingMode
anm_flush_to_zero_begin (void)
{
  AnmFloatingMode before = 0;

#if defined(__SSE2__)
  before = _mm_getcsr ();
  _mm_setcsr ((guint) before | ANM_FLUSH_TO_ZERO);
#elif defined(__aarch64__)
  __asm__ volatile ("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile ("msr fpcr, %0" : : "r"(before | ANM_FLUSH_TO_ZERO));
#endif
  return before;
}

static inline void
anm_flush_to_zero_end (AnmFloatingMode before)
{
#if defined(__SSE2__)
  _mm_setcsr ((guint) before);
#elif defined(__aarch64__)
  __asm__ volatile ("msr fpcr, %0" : : "r"(before));
#endif
}

G_END_DECLS
