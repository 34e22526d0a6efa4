/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/activation.h"
#include "engine/real.h"

G_BEGIN_DECLS

/* The kernels of one instruction set; what they do stands in the list. */
typedef struct
{
#define KERNEL(type, name, parameters, arguments) type (*name) parameters;
#include "engine/kernel-list.h"
#undef KERNEL
} AnmKernels;

/* Chosen at the start of the program. */
extern const AnmKernels *_anm_kernels;

extern const AnmKernels _anm_kernels_plain, _anm_kernels_avx2, _anm_kernels_avx512;

#define KERNEL(type, name, parameters, arguments) \
  static inline type _anm_##name parameters       \
  {                                               \
    return _anm_kernels->name arguments;          \
  }
#include "engine/kernel-list.h"
#undef KERNEL

G_END_DECLS
