/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/instructions.h"

#include "engine/kernels.h"
#include "engine/products.h"

typedef struct
{
  const char        *name;
  const AnmKernels  *kernels;
  const AnmProducts *products; /* NULL: those of cblas */
} InstructionSet;

#ifdef ANM_REAL_IS_DOUBLE
#define PRODUCTS(name) NULL
#else
#define PRODUCTS(name) &_anm_products_##name
#endif

/* The best first. */
static const InstructionSet sets[] = {
#ifdef ANM_HAVE_AVX512
  { "avx512", &_anm_kernels_avx512, PRODUCTS (avx512) },
#endif
#ifdef ANM_HAVE_AVX2
  { "avx2", &_anm_kernels_avx2, PRODUCTS (avx2) },
#endif
  { "plain", &_anm_kernels_plain, PRODUCTS (plain) },
};

static const InstructionSet *chosen = &sets[G_N_ELEMENTS (sets) - 1];
const AnmKernels *_anm_kernels = &_anm_kernels_plain;
const AnmProducts *_anm_products = PRODUCTS (plain);

static gboolean
has_instructions (const InstructionSet *set)
{
#ifdef ANM_HAVE_AVX512
  if (set->kernels == &_anm_kernels_avx512)
    return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl")
           && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512dq")
           && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
#endif
#ifdef ANM_HAVE_AVX2
  if (set->kernels == &_anm_kernels_avx2)
    return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
#endif
  return TRUE;
}

/* Before main(), so that no thread can see the choice change. */
__attribute__ ((constructor)) static void
choose_instructions (void)
{
  const char *wanted = g_getenv ("ANAMNESIS_INSTRUCTIONS");
  guint first = 0;

#if defined(ANM_HAVE_AVX2) || defined(ANM_HAVE_AVX512)
  __builtin_cpu_init ();
#endif
  for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS (sets); i++)
    if (g_str_equal (sets[i].name, wanted))
      first = i;
  while (!has_instructions (&sets[first]))
    first++;
  chosen = &sets[first];
  _anm_kernels = chosen->kernels;
  _anm_products = chosen->products;
}

/**
 * anm_instructions_get_name:
 *
 * Returns: the name of the instruction set that the kernels use
 */
const char *
anm_instructions_get_name (void)
{
  return chosen->name;
}
