/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/recurrent-private.h"

G_BEGIN_DECLS

/*
 * Layer normalisation inside recurrent cells:
 *
 *   LN (a; s) = s * (a - mean (a)) / sqrt (variance (a) + epsilon),   over the elements of a
 *
 * Each of these classes computes what its plain class is told to compute with
 * layer_norm; all else (arguments, names, gates) is the plain class's. What
 * would be one product there is two here, normalised before they are added, so
 * this takes longer.
 *
 * J. L. Ba, J. R. Kiros, G. E. Hinton (2016): Layer normalization.
 * arXiv:1607.06450, equation 4 and those of the supplement.
 */

/* As Keras 3. */
#define ANM_NORM_EPSILON 1e-3

#define ANM_MAX_NORM_BLOCKS 2

/**
 * AnmNormalized:
 * @n_columns: sums of a row; blocks of them are normalised each for itself
 * @ends: [n_blocks] column after a block's last
 * @values: [packed][n_columns] sums, then normalised, then dL/d(sums)
 * @inverses: [packed][n_blocks] 1 / deviation
 * @d_scale: (nullable): [n_columns] dL/d(scale), summed over the rows that went back
 */
typedef struct
{
  gsize     n_columns;
  guint     n_blocks;
  gsize     ends[ANM_MAX_NORM_BLOCKS];
  anm_real *values;
  anm_real *inverses;
  anm_real *d_scale;
  anm_real *row;
} AnmNormalized;

void      _anm_normalized_init     (AnmNormalized *self, gsize max_packed, guint n_blocks, const gsize *ends, gboolean with_backward);
void      _anm_normalized_clear    (AnmNormalized *self);
/* Normalises @block of a row and adds it, times its part of @scale [n_columns], to its part of @sums [n_columns]. */
void      _anm_normalized_forward  (AnmNormalized *self, gsize packed_row, guint block, const anm_real *scale, anm_real *sums);
/* @d: [n_columns] dL/d(what forward added to) */
void      _anm_normalized_backward (AnmNormalized *self, gsize packed_row, guint block, const anm_real *scale, const anm_real *d);
/* A row that had no part in anything. */
void      _anm_normalized_skip     (AnmNormalized *self, gsize packed_row);
void      _anm_normalized_begin_backward (AnmNormalized *self);

static inline anm_real *
_anm_normalized_get (const AnmNormalized *self, gsize packed_row)
{
  return self->values + packed_row * self->n_columns;
}

/* All parameters from number @first on start as they do: scales at 1, all else at 0. */
void      _anm_normalized_initialize (const AnmLayer *layer, guint first, anm_real *parameters);

/* Within a function: @klass becomes the class @plain with the functions of the file that this stands in, of these names. */
#define ANM_NORMALIZE_CLASS(klass, plain) \
  G_STMT_START                            \
  {                                       \
    klass = plain;                        \
    klass.lay_out = lay_out;              \
    klass.initialize = initialize;        \
    klass.packed_size = packed_size;      \
    klass.pack = pack;                    \
    klass.state_new = state_new;          \
    klass.state_free = state_free;        \
    klass.forward = forward;              \
    klass.backward = backward;            \
    klass.describe_cell = describe_cell;  \
  }                                       \
  G_STMT_END

/* simple-rnn.c, gru.c: what the layer was told. */
AnmActivation        _anm_simple_rnn_get_activation   (const AnmLayer *layer);
gboolean             _anm_gru_get_reset_after         (const AnmLayer *layer);

const AnmLayerClass *_anm_normalized_simple_rnn_class (void);
const AnmLayerClass *_anm_normalized_lstm_class       (void);
const AnmLayerClass *_anm_normalized_gru_class        (void);

G_END_DECLS
