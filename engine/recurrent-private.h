/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"

#include <string.h>

G_BEGIN_DECLS

/*
 * What the recurrent layers share: the walk over the steps, where h goes and
 * what comes back. The equations of one step (the cell) are the layer's own.
 *
 * Forward, step by step: the row [x_t | h_{t-1} | 1] of each sequence that
 * still runs is multiplied by the weights, the cell bends the sums, and h_t is
 * written into the next step's row and to the layer's output. Backward walks
 * the other way and leaves dL/d(sums) where the gates were; the gradients of
 * the weights and of the input are then products over all steps at once.
 */

/*
 * Dropout (Y. Gal, Z. Ghahramani (2016): A theoretically grounded application of
 * dropout in recurrent neural networks. NIPS): while a network is trained, some
 * of x_t and of h_{t-1} is set to 0 where it is multiplied by the weights, and
 * the rest divided by the share that is kept. Which, is drawn once a sequence:
 * the same at all its steps. The state that a cell carries on is left whole.
 * Products then read a second plane of rows [x | h | 1] with the masks applied.
 */
#define ANM_DROPOUT_ARGUMENTS                                                                     \
  {                                                                                               \
    .name = "dropout", .kind = ANM_ARGUMENT_REAL, .common = TRUE, .maximum = ANM_MAX_DROPOUT, .label = N_("Dropout"), \
    .summary = N_("While training: the share of the inputs that is left out, drawn once for each sequence."), \
  },                                                                                              \
  {                                                                                               \
    .name = "recurrent_dropout", .kind = ANM_ARGUMENT_REAL, .maximum = ANM_MAX_DROPOUT, .label = N_("Recurrent dropout"), \
    .summary = N_("While training: the share of the state that is left out where it is multiplied by the recurrent weights, the same at all steps of a sequence."), \
  }

#define ANM_RETURN_SEQUENCES_ARGUMENT                                                             \
  {                                                                                               \
    .name = "return_sequences", .kind = ANM_ARGUMENT_FLAG, .common = TRUE, .maximum = 1, .label = N_("Return sequences"), \
    .summary = N_("Give the hidden state of every step to the next layer, not only the last one."), \
  }

/* Of layers with several gates. */
#define ANM_GATE_INITIALIZER_ARGUMENT                                                             \
  {                                                                                               \
    .name = "initializer", .kind = ANM_ARGUMENT_CHOICE, .maximum = 1, .choices = anm_initializer_names, .label = N_("Initial weights"), \
    .summary = N_("glorot_uniform draws the weights of all gates as one matrix, as Keras does; per_gate draws each gate's alone, which makes them larger."), \
  }

/* The class's choose() reads it: see normalized-private.h. */
#define ANM_LAYER_NORM_ARGUMENT                                                                   \
  {                                                                                               \
    .name = "layer_norm", .kind = ANM_ARGUMENT_FLAG, .maximum = 1, .label = N_("Layer norm"),     \
    .summary = N_("Bring the sums of each step to mean 0 and deviation 1 before they are bent, so that none drowns the others; slower."), \
  }

/**
 * AnmStep:
 * @number: of the walk, from 0 on
 * @first: packed row of row 0
 * @n_rows: rows that run at this step, 0 .. n_rows - 1
 * @previous, @n_begun: the step before in the walk, and how many rows came from it;
 *   rows from @n_begun on start here with a state of zeros
 * @next, @n_going: the step after, and how many rows go on to it; the others end here
 */
typedef struct
{
  guint number;
  gsize first;
  guint n_rows;
  gsize previous;
  guint n_begun;
  gsize next;
  guint n_going;
} AnmStep;

/**
 * AnmRun:
 * @first, @n_rows: rows of a step that are alike: none is skipped, all came from
 *   a step before or none did, and all go on or none does
 * @h_stride: from row to row of where h goes
 * @c_previous_stride: from row to row of the cells of the step before
 */
typedef struct
{
  guint first;
  guint n_rows;
  gsize h_stride;
  gsize c_previous_stride;
} AnmRun;

/**
 * AnmRecurrentState:
 * @joined: [max_packed][joined_stride] rows [x | h of the step before | 1], so placed that h is aligned
 * @gates: [max_packed][gate_stride], gate_columns of them used: sums, then activations, then dL/d(sums)
 * @c: (nullable): [max_packed][H] the second part of the state, of an LSTM
 * @zeros: [H] the state before the first step
 * @dh: [max_rows][H] dL/dh_t, total
 * @carried: [max_rows][H] dL/dh_t as far as it comes from the next step
 * @dh_trace, @dc_trace: (nullable): [max_packed][H] kept for an onlooker
 * @drops: in this pass something is dropped
 * @masks: (nullable): [max_rows][joined_stride] what a row [x | h | 1] is multiplied by
 * @masked: (nullable): [max_packed][joined_stride] the rows with their masks applied
 * @sent_back: (nullable): [max_rows][H] what a product sends back, before its mask
 */
typedef struct
{
  AnmLayerState base;
  guint     n_inputs;
  guint     n_units;
  gboolean  gives_sequences;
  gsize     joined_stride;
  anm_real *joined;
  gsize     gate_columns;
  gsize     gate_stride;
  anm_real *gates;
  anm_real *c;
  anm_real *zeros;
  anm_real *dh;
  anm_real *carried;
  anm_real *dh_trace;
  anm_real *dc_trace;
  gsize     max_rows;
  gsize     max_packed;
  gboolean  drops;
  anm_real *masks;
  anm_real *masked;
  anm_real *sent_back;
} AnmRecurrentState;

typedef void (*AnmStepFunc) (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, const AnmStep *step);

/* units, return_sequences and what is dropped */
void     _anm_recurrent_read_arguments (AnmLayer *layer, const double *values);
/* @n_inputs: numbers before h in the rows [x | h | 1] */
void     _anm_recurrent_state_init  (AnmRecurrentState *self, const AnmLayer *layer, const AnmCapacity *capacity,
                                     guint n_inputs, guint n_gate_columns, gboolean has_cell);
void     _anm_recurrent_state_clear (AnmRecurrentState *self);
gboolean _anm_recurrent_forward     (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass,
                                     AnmStepFunc forward_step);
gboolean _anm_recurrent_backward    (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass,
                                     AnmStepFunc backward_step);
/* Goes on to the next rows to compute, from { 0 }. Returns FALSE if there are no more. */
gboolean _anm_recurrent_next_run    (const AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step, AnmRun *run);
/* All rows that are skipped at the step, one by one as below. */
void     _anm_recurrent_skip_rows_forward  (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step);
void     _anm_recurrent_skip_rows_backward (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step);
/* The step's sums are skipped over for row r: state unchanged, gates 0; backward: no dL/d(sums). */
void     _anm_recurrent_skip_forward  (AnmRecurrentState *self, const AnmStep *step, guint row);
void     _anm_recurrent_skip_backward (AnmRecurrentState *self, const AnmStep *step, guint row);
/* Zeroes, of [rows][H] on its way back to the step before, the rows that truncated back-propagation cuts there. */
void     _anm_recurrent_cut_off       (const AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step, anm_real *carried);
/* For layers whose gates are one product of [x | h | 1] with [W; U; b]. */
void     _anm_recurrent_multiply      (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step);
void     _anm_recurrent_multiply_back (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step);
void     _anm_recurrent_add_gradients (AnmRecurrentState *self, const AnmPass *pass, anm_real *gradient);
/* For layers whose gates are several products: the gates of the step's rows start from a row of biases, */
void     _anm_recurrent_start_sums     (AnmRecurrentState *self, const AnmStep *step, const anm_real *bias);
/* and columns from @column on get left [rows][depth] times packed panels added. */
void     _anm_recurrent_add_product    (AnmRecurrentState *self, const AnmStep *step, gsize column, gsize n_columns,
                                        const anm_real *left, gsize left_stride, gsize depth, const anm_real *panels);
/* Drops of @rows [n_rows][H] what is dropped of the state: what is dropped of h is dropped of r * h too. */
void     _anm_recurrent_mask_rows      (AnmRecurrentState *self, guint n_rows, anm_real *rows);
/* carried = (accumulate ? carried : 0) + what dL/d(sums), @n_columns of the gates from the first on, sends to the
 * state before through @panels. */
void     _anm_recurrent_send_back      (AnmRecurrentState *self, const AnmStep *step, gsize n_columns, const anm_real *panels,
                                        gboolean accumulate);
/* The same from rows of @sums, row 0 that of the step's first. */
void     _anm_recurrent_send_sums_back (AnmRecurrentState *self, const AnmStep *step, const anm_real *sums, gsize stride,
                                        gsize n_columns, const anm_real *panels, gboolean accumulate);
/* In the place of dL/d(x masked): dL/dx. */
void     _anm_recurrent_mask_input_gradient (AnmRecurrentState *self, const AnmPass *pass);
gsize    _anm_recurrent_packed_size   (const AnmLayer *layer, gsize n_gate_columns);
void     _anm_recurrent_pack          (const AnmLayer *layer, gsize n_gate_columns, const anm_real *parameters, anm_real *packed);
/* Copies column block [column, column + H) of the gates, of one row over all its steps. */
void     _anm_recurrent_read_gates  (const AnmRecurrentState *self, const AnmPass *pass, gsize column, guint row, anm_real *values);
void     _anm_recurrent_read_hidden (const AnmRecurrentState *self, const AnmPass *pass, guint row, anm_real *values);
/* Copies a [packed][H] plane. */
void     _anm_recurrent_read_plane  (const AnmRecurrentState *self, const AnmPass *pass, const anm_real *plane, guint row, anm_real *values);

/* [x | h | 1] of row r at a step. */
static inline anm_real *
_anm_recurrent_get_joined (const AnmRecurrentState *self, gsize packed_row)
{
  return self->joined + packed_row * self->joined_stride;
}

static inline anm_real *
_anm_recurrent_get_h_previous (const AnmRecurrentState *self, gsize packed_row)
{
  return _anm_recurrent_get_joined (self, packed_row) + self->n_inputs;
}

/* The same as the products see it. */
static inline anm_real *
_anm_recurrent_get_factors (const AnmRecurrentState *self, gsize packed_row)
{
  return (self->drops ? self->masked : self->joined) + packed_row * self->joined_stride;
}

/* [H] of row r: what its state is multiplied by where it enters products; only while something is dropped */
static inline const anm_real *
_anm_recurrent_get_mask (const AnmRecurrentState *self, guint row)
{
  return self->masks + row * self->joined_stride + self->n_inputs;
}

static inline anm_real *
_anm_recurrent_get_gates (const AnmRecurrentState *self, gsize packed_row)
{
  return self->gates + packed_row * self->gate_stride;
}

/* Where the cell writes h_t: the output if the layer gives every step (it is copied on from
 * there), else the next step's row, or at the row's last step the output. */
static inline anm_real *
_anm_recurrent_get_h (const AnmRecurrentState *self, const AnmStep *step, guint row)
{
  const AnmPlane *output = &self->base.output;

  if (self->gives_sequences)
    return output->values + (step->first + row) * output->stride;
  if (row < step->n_going)
    return _anm_recurrent_get_h_previous (self, step->next + row);
  return output->values + row * output->stride;
}

static inline const anm_real *
_anm_recurrent_get_c_previous (const AnmRecurrentState *self, const AnmStep *step, guint row)
{
  return row < step->n_begun ? self->c + (step->previous + row) * self->n_units : self->zeros;
}

G_END_DECLS
