/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/kernels.h"
#include "engine/vector.h"

#include <math.h>
#include <string.h>

G_BEGIN_DECLS

/*
 * What the kernels' files share; each is compiled once for each instruction
 * set. Where a loop bends numbers it is written with vectors, because compilers
 * make branches of the clamps and then don't vectorise; the rest are plain
 * loops. Names without a prefix: only kernels include this.
 */

#define UNCHECKED ANM_UNCHECKED
#define ALWAYS_INLINE ANM_ALWAYS_INLINE
#define LANES ANM_LANES
#define load _anm_load
#define store _anm_store
#define clamp _anm_clamp

typedef AnmVector Vector;
typedef AnmBits Bits;

/* The kernels by the names that they have in this instruction set. */
#define ANM_KERNEL(name) ANM_FOR_INSTRUCTIONS (_anm_##name##_)
#define KERNEL(type, name, parameters, arguments) type ANM_KERNEL (name) parameters;
#include "engine/kernel-list.h"
#undef KERNEL

#ifdef ANM_REAL_IS_DOUBLE

/* Lane by lane, by way of memory: what is changed within a register looks uninitialised to some compilers. */
#define EACH_LANE(x, bent)              \
  anm_real lanes[LANES];                \
                                        \
  memcpy (lanes, &x, sizeof lanes);     \
  for (gsize k = 0; k < LANES; k++)     \
    lanes[k] = bent;                    \
  memcpy (&x, lanes, sizeof lanes);     \
  return x;

ALWAYS_INLINE Vector
exponential (Vector x, double sign)
{
  EACH_LANE (x, exp (sign * lanes[k]));
}

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  EACH_LANE (x, 1.0 / (1.0 + exp (-lanes[k])));
}

ALWAYS_INLINE Vector
hyperbolic_tangent (Vector x)
{
  EACH_LANE (x, tanh (lanes[k]));
}

#else

/* a / b where b is neither 0 nor infinite, within a unit or two of the last place. */
ALWAYS_INLINE Vector
divide (Vector a, Vector b)
{
#ifdef __AVX512F__
  /* To 14 bits, then one step of Newton's: a division takes as long as ten of these. */
  Vector y = (Vector) _mm512_rcp14_ps ((__m512) b);

  y += y * (1.0f - b * y);
  return a * y;
#else
  return a / b;
#endif
}

#ifdef __AVX512F__

/* 2^(k / 32), less k where exponential() adds it. */
static const gint32 powers[32] = {
  0x3f800000, 0x3f7ecd87, 0x3f7daac3, 0x3f7c980f, 0x3f7b95c2, 0x3f7aa43a, 0x3f79c3d3, 0x3f78f4f0,
  0x3f7837f0, 0x3f778d3a, 0x3f76f532, 0x3f767043, 0x3f75fed7, 0x3f75a15b, 0x3f75583f, 0x3f7523f6,
  0x3f7504f3, 0x3f74fbaf, 0x3f7508a4, 0x3f752c4d, 0x3f75672a, 0x3f75b9be, 0x3f76248c, 0x3f76a81e,
  0x3f7744fd, 0x3f77fbb8, 0x3f78ccdf, 0x3f79b907, 0x3f7ac0c7, 0x3f7be4ba, 0x3f7d257d, 0x3f7e83b3,
};

/*
 * e^(sign x), @sign a constant 1 or -1; clamped where the number ends; NaN for NaN.
 * sign x = (n + f) ln 2 / 32: adding 1.5 x 2^23 rounds to the whole number n and
 * leaves it in the lowest bits. Five of them look 2^(n / 32) up, the others go
 * to the exponent; 2^(f / 32) is minimax of the second degree, relative error 6e-8.
 */
ALWAYS_INLINE Vector
exponential (Vector x, float sign)
{
  const float rounder = 12582912.0f;
  Vector clamped = clamp (x, sign > 0.0f ? -87.0f : -88.0f, sign > 0.0f ? 88.0f : 87.0f);
  Vector shifted = clamped * (sign * 46.16624069213867f) + rounder;
  Vector n = shifted - rounder;
  Vector f = (clamped * (sign * 46.16624069213867f) - n) + clamped * (sign * 6.163081565e-7f);
  Vector whole = (Vector) _mm512_permutex2var_ps (_mm512_loadu_ps (powers), (__m512i) shifted, _mm512_loadu_ps (powers + 16));

  whole = (Vector) ((Bits) whole + ((Bits) shifted << 18));
  return (whole * f) * (f * 2.34596189e-4f + 2.16611666e-2f) + whole;
}

#else

/*
 * e^(sign x), @sign a constant 1 or -1; clamped where the number ends; NaN for NaN.
 * sign x = n ln 2 + r; e^r by the polynomial of Cephes's expf (S. Moshier, public
 * domain), relative error 2e-7; adding 1.5 x 2^23 rounds to a whole number and
 * leaves that number in the lowest bits, from where it goes to the exponent.
 */
ALWAYS_INLINE Vector
exponential (Vector x, float sign)
{
  const float rounder = 12582912.0f;
  Vector clamped = clamp (x, sign > 0.0f ? -87.0f : -88.0f, sign > 0.0f ? 88.0f : 87.0f);
  Vector shifted = clamped * (sign * 1.44269504088896341f) + rounder;
  Vector n = shifted - rounder;
  Vector r = (clamped * sign - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;

  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return (Vector) ((Bits) p + ((Bits) shifted << 23));
}

#endif

ALWAYS_INLINE Vector
sigmoid (Vector x)
{
  const Vector zero = { 0 };

  return divide (zero + 1.0f, 1.0f + exponential (x, -1.0f));
}

/*
 * The rational minimax approximation of Eigen's ptanh (Eigen, MPL-2.0):
 * x P(x^2) / Q(x^2), clamped where tanh is 1 in single precision; a few units
 * in the last place, also for small x.
 */
ALWAYS_INLINE Vector
hyperbolic_tangent (Vector x)
{
  Vector clamped = clamp (x, -7.90531110763549805f, 7.90531110763549805f);
  Vector s = clamped * clamped;
  Vector p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
  Vector q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;

  p = p * s - 8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return divide (clamped * p, q);
}

#endif

/*
 * Runs the block for each vector of n numbers: j is where it begins, left how
 * many of its lanes count, a constant for all but the last.
 */
#define EACH_VECTOR(n, ...)                         \
  do                                                \
    {                                               \
      gsize j = 0;                                  \
                                                    \
      for (; j + LANES <= (n); j += LANES)          \
        {                                           \
          const gsize left = LANES;                 \
          __VA_ARGS__                               \
        }                                           \
      if (j < (n))                                  \
        {                                           \
          const gsize left = (n) - j;               \
          __VA_ARGS__                               \
        }                                           \
    }                                               \
  while (0)

/*
 * The same for rows r of m. The last vectors come when all whole ones are done:
 * what they load lies beside what was just stored, and would wait for it.
 */
#define EACH_VECTOR_OF_ROWS(m, n, ...)              \
  do                                                \
    {                                               \
      gsize n_whole = (n) - (n) % LANES;            \
                                                    \
      for (gsize r = 0; r < (m); r++)               \
        for (gsize j = 0; j < n_whole; j += LANES)  \
          {                                         \
            const gsize left = LANES;               \
            __VA_ARGS__                             \
          }                                         \
      for (gsize r = 0; r < (m) && n_whole < (n); r++) \
        {                                           \
          const gsize j = n_whole;                  \
          const gsize left = (n) - n_whole;         \
          __VA_ARGS__                               \
        }                                           \
    }                                               \
  while (0)

/* y where x > 0, else 0 */
ALWAYS_INLINE Vector
where_positive (Vector x, Vector y)
{
  return (Vector) ((Bits) y & (x > 0));
}

/* NaN stays NaN. */
ALWAYS_INLINE Vector
rectify (Vector x)
{
  return (Vector) ((Bits) x & ~(Bits) (x < 0));
}

/* dL/d(sum) of y = f (sum) */
ALWAYS_INLINE Vector
bend_back (AnmActivation activation, Vector y, Vector dy)
{
  switch (activation)
    {
    case ANM_ACTIVATION_RELU:
      return where_positive (y, dy);
    case ANM_ACTIVATION_TANH:
      return dy * (1 - y * y);
    case ANM_ACTIVATION_SIGMOID:
      return dy * y * (1 - y);
    case ANM_ACTIVATION_SOFTMAX:
    case ANM_ACTIVATION_LINEAR:
    default:
      return dy;
    }
}

G_END_DECLS
