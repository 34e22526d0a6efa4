/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"

G_BEGIN_DECLS

/*
 * What initial weights are drawn from, by the names and with the numbers of
 * Keras 3. "Normal" with a fan is cut off at two standard deviations, and its
 * spread made up for that, as there.
 */
typedef enum
{
  ANM_KERNEL_GLOROT_UNIFORM,   /* U(-l, l), l = sqrt (6 / (fan in + fan out)) */
  ANM_KERNEL_GLOROT_NORMAL,    /* variance 2 / (fan in + fan out) */
  ANM_KERNEL_HE_UNIFORM,       /* l = sqrt (6 / fan in) */
  ANM_KERNEL_HE_NORMAL,        /* variance 2 / fan in */
  ANM_KERNEL_LECUN_UNIFORM,    /* l = sqrt (3 / fan in) */
  ANM_KERNEL_LECUN_NORMAL,     /* variance 1 / fan in */
  ANM_KERNEL_ORTHOGONAL,
  ANM_KERNEL_IDENTITY,
  ANM_KERNEL_RANDOM_UNIFORM,   /* U(-0.05, 0.05) */
  ANM_KERNEL_RANDOM_NORMAL,    /* N(0, 0.05^2) */
  ANM_KERNEL_TRUNCATED_NORMAL, /* the same within two standard deviations */
  ANM_KERNEL_ZEROS,
} AnmKernelInitializer;

extern const char *const anm_kernel_initializer_names[];

#define ANM_KERNEL_INITIALIZER_ARGUMENT                                                           \
  {                                                                                               \
    .name = "kernel_initializer", .kind = ANM_ARGUMENT_CHOICE, .maximum = ANM_KERNEL_ZEROS,       \
    .fallback = ANM_KERNEL_GLOROT_UNIFORM, .choices = anm_kernel_initializer_names, .label = N_("Kernel start"), \
    .summary = N_("What the weights of the inputs are drawn from: glorot suits tanh and sigmoid, he suits relu."), \
  }

#define ANM_RECURRENT_INITIALIZER_ARGUMENTS                                                       \
  {                                                                                               \
    .name = "recurrent_initializer", .kind = ANM_ARGUMENT_CHOICE, .maximum = ANM_KERNEL_ZEROS,    \
    .fallback = ANM_KERNEL_ORTHOGONAL, .choices = anm_kernel_initializer_names, .label = N_("Recurrent start"), \
    .summary = N_("What the weights from step to step are drawn from: orthogonal neither grows nor shrinks the state; identity, with relu, keeps it as it is."), \
  },                                                                                              \
  {                                                                                               \
    .name = "recurrent_gain", .kind = ANM_ARGUMENT_REAL, .maximum = 100, .fallback = 1, .label = N_("Recurrent gain"), \
    .summary = N_("The weights from step to step start as many times as large: below 1 the state fades."), \
  }

/* How a recurrent layer's two kernels start. */
typedef struct
{
  AnmKernelInitializer kernel;
  AnmKernelInitializer recurrent;
  double               gain;     /* of the recurrent kernel */
  gboolean             per_gate; /* each gate's block is drawn alone */
} AnmGateInitializers;

/* Draws [n_rows][n_columns] of a matrix [n_rows][stride] whose fans are its rows and columns. */
void     _anm_initialize_kernel (AnmKernelInitializer initializer, guint64 seed, guint64 stream, guint n_rows, guint n_columns,
                                 anm_real *kernel, gsize stride);
/* Reads the arguments above and, where the class has it, initializer. */
void     _anm_gate_initializers_read (AnmGateInitializers *self, const AnmLayerClass *klass, const double *values);
/* Draws the two kernels of a layer, [n_inputs] and [n_units] by (gates x units). */
void     _anm_gate_initializers_draw (const AnmGateInitializers *self, guint64 seed, guint64 stream, guint n_inputs, guint n_units,
                                      guint n_gates, anm_real *kernel, anm_real *recurrent_kernel);

G_END_DECLS
