/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_ATTENTION_ADDITIVE,
  ANM_ATTENTION_DOT,
  ANM_ATTENTION_SELF,
} AnmAttentionKind;

/**
 * AnmAttention:
 * @n_units: of the projections: inputs are made n_blocks x n_units numbers
 * @n_blocks: 1 (sums), 2 (values, keys) or 3 (queries, values, keys)
 * @n_biased: the first blocks have a bias. A bias of the keys would add the same to all of a
 *   query's scores and change nothing
 * @head_width: numbers of a head's values
 */
typedef struct
{
  AnmLayer         layer;
  AnmAttentionKind kind;
  guint            n_units;
  guint            n_blocks;
  guint            n_biased;
  guint            n_heads;
  guint            head_width;
  gboolean         is_causal;
} AnmAttention;

/* The layer's parameters. */
enum
{
  ANM_ATTENTION_KERNEL,
  ANM_ATTENTION_BIAS,
  ANM_ATTENTION_SECOND,      /* score_kernel, query or output_kernel */
  ANM_ATTENTION_OUTPUT_BIAS, /* of self */
};

enum
{
  ANM_ATTENTION_TRACE_ALPHA,
  ANM_ATTENTION_TRACE_OUTPUT,
};

/**
 * AnmAttentionState:
 * @projected: [max_packed][n_blocks x n_units]
 * @projected_gradient: (nullable): the same of dL/d(projected)
 * @clear: frees the rest
 *
 * The beginning of each kind's own.
 */
typedef struct _AnmAttentionState AnmAttentionState;

struct _AnmAttentionState
{
  AnmLayerState base;
  void        (*clear) (AnmAttentionState *self);
  anm_real     *projected;
  anm_real     *projected_gradient;
};

/* Where the packed copies are: of the kernel and the second matrix, each with its transpose. */
typedef struct
{
  gsize kernel;
  gsize kernel_transposed;
  gsize second;
  gsize second_transposed;
  gsize query; /* of dot, as it is */
  gsize bias;
  gsize output_bias;
  gsize size;
} AnmAttentionPacking;

AnmAttentionPacking _anm_attention_get_packing (const AnmAttention *self);
void  _anm_attention_state_init   (AnmAttentionState *state, const AnmAttention *self, const AnmCapacity *capacity);
void  _anm_attention_state_clear  (AnmAttentionState *state);
/* projected = x W + b */
void  _anm_attention_project      (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass);
/* From projected_gradient: adds to the gradient of kernel and bias, and puts dL/dx in its place, or adds it to what is there. */
void  _anm_attention_project_back (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass, gboolean accumulate, anm_real *gradient);

static inline gsize
_anm_attention_get_columns (const AnmAttention *self)
{
  return (gsize) self->n_blocks * self->n_units;
}

/* attention-pooling.c and self-attention.c: what the layer's class does, for the kinds. */
AnmLayerState *_anm_attention_pooling_state_new    (const AnmAttention *self, const AnmCapacity *capacity);
gboolean       _anm_attention_pooling_forward      (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass);
gboolean       _anm_attention_pooling_backward     (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass, anm_real *gradient);
void           _anm_attention_pooling_read_alpha   (const AnmAttention *self, const AnmAttentionState *state, const AnmPass *pass,
                                                    guint row, anm_real *values);
void           _anm_attention_pooling_read_weights (const AnmAttention *self, const AnmAttentionState *state, const AnmPass *pass,
                                                    guint row, guint head, anm_real *weights);

AnmLayerState *_anm_self_attention_state_new       (const AnmAttention *self, const AnmCapacity *capacity);
gboolean       _anm_self_attention_forward         (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass);
gboolean       _anm_self_attention_backward        (const AnmAttention *self, AnmAttentionState *state, const AnmPass *pass, anm_real *gradient);
void           _anm_self_attention_read_alpha      (const AnmAttention *self, const AnmAttentionState *state, const AnmPass *pass,
                                                    guint row, anm_real *values);
void           _anm_self_attention_read_weights    (const AnmAttention *self, const AnmAttentionState *state, const AnmPass *pass,
                                                    guint row, guint head, anm_real *weights);

G_END_DECLS
