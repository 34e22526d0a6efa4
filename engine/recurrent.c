/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/recurrent-private.h"

#include "engine/blas.h"
#include "engine/kernels.h"
#include "engine/memory.h"
#include "engine/random.h"

/* Rows of a multiple of so many numbers fall on few places of the first cache. */
#define CROWDED 256

/* The packed copies of a layer whose gates are one product of [x | h | 1]. */
typedef struct
{
  gsize weights;              /* [inputs + units + 1][gate columns] */
  gsize recurrent_transposed; /* [gate columns][units] */
  gsize kernel_transposed;    /* [gate columns][inputs] */
  gsize size;
} AnmRecurrentPacking;

/* Step number @k of the walk over @ragged, in either direction. */
static AnmStep
get_step (const AnmRagged *ragged, guint k, gboolean reverse)
{
  guint t = reverse ? ragged->n_steps - 1 - k : k;
  gboolean has_previous = k > 0;
  gboolean has_next = k + 1 < ragged->n_steps;
  guint previous = reverse ? t + 1 : t - 1;
  guint next = reverse ? t - 1 : t + 1;

  return (AnmStep){
    .number = k,
    .first = ragged->start[t],
    .n_rows = ragged->active[t],
    .previous = has_previous ? ragged->start[previous] : 0,
    .n_begun = has_previous ? MIN (ragged->active[previous], ragged->active[t]) : 0,
    .next = has_next ? ragged->start[next] : 0,
    .n_going = has_next ? MIN (ragged->active[next], ragged->active[t]) : 0,
  };
}

static gboolean
is_stopped (const AnmPass *pass)
{
  return pass->stop != NULL && g_atomic_int_get (pass->stop) != 0;
}

void
_anm_recurrent_read_arguments (AnmLayer *layer, const double *values)
{
  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  layer->gives_sequences = _anm_layer_class_get_value (layer->klass, values, "return_sequences") != 0.0;
  layer->rates.dropout = _anm_layer_class_get_value (layer->klass, values, "dropout");
  layer->rates.recurrent_dropout = _anm_layer_class_get_value (layer->klass, values, "recurrent_dropout");
}

/* What a block of rows [x | h | 1] begins with, so that h is aligned. */
static gsize
get_margin (const AnmRecurrentState *self)
{
  return _anm_round_up (self->n_inputs) - self->n_inputs;
}

static anm_real *
allocate_joined (const AnmRecurrentState *self, gsize n_rows)
{
  return _anm_allocate (n_rows * self->joined_stride) + get_margin (self);
}

static void
release_joined (const AnmRecurrentState *self, anm_real *rows)
{
  if (rows != NULL)
    _anm_release (rows - get_margin (self));
}

/* Whole cache lines, and rows not a power of two apart: those compete for the same places in the cache. */
static gsize
get_gate_stride (gsize n_columns)
{
  gsize stride = _anm_round_up (n_columns);

  return stride % CROWDED == 0 ? stride + ANM_ALIGNMENT / sizeof (anm_real) : stride;
}

static void
reserve_masks (AnmRecurrentState *self)
{
  if (self->masks != NULL)
    return;
  self->masks = allocate_joined (self, self->max_rows);
  self->masked = allocate_joined (self, self->max_packed);
  self->sent_back = _anm_allocate (self->max_rows * self->n_units);
}

void
_anm_recurrent_state_init (AnmRecurrentState *self, const AnmLayer *layer, const AnmCapacity *capacity,
                           guint n_inputs, guint n_gate_columns, gboolean has_cell)
{
  gsize max_packed = capacity->max_rows * capacity->max_steps;
  gsize n_units = layer->n_units;

  self->max_rows = capacity->max_rows;
  self->max_packed = max_packed;
  self->n_inputs = n_inputs;
  self->n_units = layer->n_units;
  self->gives_sequences = layer->gives_sequences;
  self->joined_stride = _anm_round_up (n_inputs) + _anm_round_up (n_units + 1);
  self->joined = allocate_joined (self, max_packed);
  self->gate_columns = n_gate_columns;
  self->gate_stride = get_gate_stride (n_gate_columns);
  self->gates = _anm_allocate (max_packed * self->gate_stride);
  self->zeros = _anm_allocate (n_units);
  if (has_cell)
    self->c = _anm_allocate (max_packed * n_units);
  if (capacity->with_backward)
    {
      self->dh = _anm_allocate (capacity->max_rows * n_units);
      self->carried = _anm_allocate (capacity->max_rows * n_units);
      self->base.squares = g_new0 (double, max_packed);
      if (capacity->with_traces)
        {
          self->dh_trace = _anm_allocate (max_packed * n_units);
          self->dc_trace = has_cell ? _anm_allocate (max_packed * n_units) : NULL;
        }
    }
  if (capacity->with_backward && (layer->rates.dropout > 0.0 || layer->rates.recurrent_dropout > 0.0))
    reserve_masks (self);
  self->base.input = (AnmPlane){ self->joined, self->joined_stride };
}

void
_anm_recurrent_state_clear (AnmRecurrentState *self)
{
  release_joined (self, self->joined);
  _anm_release (self->gates);
  _anm_release (self->zeros);
  _anm_release (self->c);
  _anm_release (self->dh);
  _anm_release (self->carried);
  _anm_release (self->dh_trace);
  _anm_release (self->dc_trace);
  release_joined (self, self->masks);
  release_joined (self, self->masked);
  _anm_release (self->sent_back);
  g_free (self->base.squares);
}

/* 0 with probability @rate, else 1 / (1 - @rate); element k of sequence n from number n x width + k. */
static void
draw_mask (guint64 seed, guint64 stream, guint32 sequence, gsize width, double rate, anm_real *mask)
{
  for (gsize k = 0; k < width; k++)
    {
      gboolean is_kept = rate <= 0.0 || anm_random_uniform (seed, stream, sequence * (guint64) width + k) >= rate;

      mask[k] = is_kept ? (anm_real) (1.0 / (1.0 - rate)) : 0;
    }
}

static void
draw_masks (AnmRecurrentState *self, const AnmPass *pass)
{
  self->drops = pass->rates.dropout > 0.0 || pass->rates.recurrent_dropout > 0.0;
  if (!self->drops)
    return;
  reserve_masks (self);
  for (guint r = 0; r < pass->input->n_rows; r++)
    {
      anm_real *mask = self->masks + r * self->joined_stride;

      draw_mask (pass->seed, pass->stream, _anm_pass_get_mask (pass, r), self->n_inputs, pass->rates.dropout, mask);
      draw_mask (pass->seed, pass->stream + 1, _anm_pass_get_mask (pass, r), self->n_units, pass->rates.recurrent_dropout, mask + self->n_inputs);
      mask[self->n_inputs + self->n_units] = 1;
    }
}

/* Completes the rows [x | h | 1]: no state yet where a sequence starts. */
static void
prepare_rows (AnmRecurrentState *self, const AnmStep *step)
{
  for (guint r = 0; r < step->n_rows; r++)
    {
      anm_real *h = _anm_recurrent_get_h_previous (self, step->first + r);

      if (r >= step->n_begun)
        memset (h, 0, self->n_units * sizeof *h);
      h[self->n_units] = 1;
      if (self->drops)
        _anm_multiply_row (self->n_inputs + self->n_units + 1, _anm_recurrent_get_joined (self, step->first + r),
                           self->masks + r * self->joined_stride, _anm_recurrent_get_factors (self, step->first + r));
    }
}

/* Takes the step's h on to the next step's rows; without sequences the cell wrote it there. */
static void
hand_on (AnmRecurrentState *self, const AnmStep *step)
{
  if (self->gives_sequences)
    _anm_copy_block (step->n_going, self->n_units, _anm_recurrent_get_h (self, step, 0), self->base.output.stride,
                     _anm_recurrent_get_h_previous (self, step->next), self->joined_stride);
}

gboolean
_anm_recurrent_forward (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, AnmStepFunc forward_step)
{
  draw_masks (state, pass);
  for (guint k = 0; k < pass->input->n_steps; k++)
    {
      AnmStep step = get_step (pass->input, k, pass->reverse);

      if (is_stopped (pass))
        return FALSE;
      prepare_rows (state, &step);
      forward_step (layer, state, pass, &step);
      hand_on (state, &step);
    }
  return TRUE;
}

gboolean
_anm_recurrent_next_run (const AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step, AnmRun *run)
{
  guint first = run->first + run->n_rows, end = step->n_rows;
  gboolean has_begun, goes_on;

  while (first < end && _anm_is_skipped (pass, step->first + first))
    first++;
  has_begun = first < step->n_begun;
  goes_on = first < step->n_going;
  if (has_begun)
    end = MIN (end, step->n_begun);
  if (goes_on)
    end = MIN (end, step->n_going);
  for (guint r = first; pass->skip != NULL && r < end; r++)
    if (pass->skip[step->first + r])
      end = r;

  *run = (AnmRun){
    .first = first,
    .n_rows = end - first,
    .h_stride = goes_on && !self->gives_sequences ? self->joined_stride : self->base.output.stride,
    .c_previous_stride = has_begun ? self->n_units : 0,
  };
  return run->n_rows > 0;
}

void
_anm_recurrent_skip_rows_forward (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  for (guint r = 0; pass->skip != NULL && r < step->n_rows; r++)
    if (pass->skip[step->first + r])
      _anm_recurrent_skip_forward (self, step, r);
}

void
_anm_recurrent_skip_rows_backward (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  for (guint r = 0; pass->skip != NULL && r < step->n_rows; r++)
    if (pass->skip[step->first + r])
      _anm_recurrent_skip_backward (self, step, r);
}

void
_anm_recurrent_skip_forward (AnmRecurrentState *self, const AnmStep *step, guint row)
{
  gsize size = self->n_units * sizeof (anm_real);

  memset (_anm_recurrent_get_gates (self, step->first + row), 0, self->gate_columns * sizeof (anm_real));
  memcpy (_anm_recurrent_get_h (self, step, row), _anm_recurrent_get_h_previous (self, step->first + row), size);
  if (self->c != NULL)
    memcpy (self->c + (step->first + row) * self->n_units, _anm_recurrent_get_c_previous (self, step, row), size);
}

void
_anm_recurrent_skip_backward (AnmRecurrentState *self, const AnmStep *step, guint row)
{
  memset (_anm_recurrent_get_gates (self, step->first + row), 0, self->gate_columns * sizeof (anm_real));
}

/* Rows of a run are equally long: a step has all of them or none. */
static void
take_squares (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  double *squares = self->base.squares + step->first;

  if (pass->runs == NULL)
    _anm_sums_of_squares (step->n_rows, self->n_units, self->dh, squares);
  for (guint run = 0; run < pass->n_runs && pass->runs[run] < step->n_rows; run++)
    {
      gsize first = pass->runs[run], n_rows = pass->runs[run + 1] - first;

      squares[first] = _anm_sum_of_squares (n_rows * self->n_units, self->dh + first * self->n_units);
    }
}

/* dL/dh_t: what comes from the next step, in the place where that left it, and what comes from above. */
static void
gather_dh (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  const AnmPlane *above = &self->base.output_gradient;
  const anm_real *of_step = above->values + (self->gives_sequences ? step->first * above->stride : 0);
  gsize n_units = self->n_units;
  anm_real *carried = self->carried;

  self->carried = self->dh;
  self->dh = carried;
  if (self->gives_sequences)
    _anm_add_block (step->n_going, n_units, of_step, above->stride, self->dh, n_units);
  _anm_copy_block (step->n_rows - step->n_going, n_units, of_step + step->n_going * above->stride, above->stride,
                   self->dh + step->n_going * n_units, n_units);

  if (self->base.squares != NULL)
    take_squares (self, pass, step);
  if (self->dh_trace != NULL)
    memcpy (self->dh_trace + step->first * n_units, self->dh, step->n_rows * n_units * sizeof (anm_real));
}

/* A skipped step hands on what it got; its own sums had no part in it. */
static void
carry_past_skipped (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  for (guint r = 0; pass->skip != NULL && r < step->n_begun; r++)
    if (pass->skip[step->first + r])
      memcpy (self->carried + (gsize) r * self->n_units, self->dh + (gsize) r * self->n_units, self->n_units * sizeof (anm_real));
}

/* Truncated back-propagation takes the state before some steps as given: nothing of it goes back. */
void
_anm_recurrent_cut_off (const AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step, anm_real *carried)
{
  for (guint r = 0; pass->cuts != NULL && r < step->n_begun; r++)
    if (pass->cuts[step->first + r])
      memset (carried + (gsize) r * self->n_units, 0, self->n_units * sizeof (anm_real));
}

gboolean
_anm_recurrent_backward (const AnmLayer *layer, AnmRecurrentState *state, const AnmPass *pass, AnmStepFunc backward_step)
{
  for (guint k = pass->input->n_steps; k-- > 0;)
    {
      AnmStep step = get_step (pass->input, k, pass->reverse);

      if (is_stopped (pass))
        return FALSE;
      gather_dh (state, pass, &step);
      backward_step (layer, state, pass, &step);
      carry_past_skipped (state, pass, &step);
      _anm_recurrent_cut_off (state, pass, &step, state->carried);
    }
  return TRUE;
}

static AnmRecurrentPacking
get_packing (gsize n_inputs, gsize n_units, gsize n_gate_columns)
{
  AnmRecurrentPacking packing = { .weights = 0 };

  packing.recurrent_transposed = _anm_round_up (_anm_panels_size (n_gate_columns, n_inputs + n_units + 1));
  packing.kernel_transposed = packing.recurrent_transposed + _anm_round_up (_anm_panels_size (n_units, n_gate_columns));
  packing.size = packing.kernel_transposed + _anm_round_up (_anm_panels_size (n_inputs, n_gate_columns));
  return packing;
}

gsize
_anm_recurrent_packed_size (const AnmLayer *layer, gsize n_gate_columns)
{
  return get_packing (layer->n_inputs, layer->n_units, n_gate_columns).size;
}

void
_anm_recurrent_pack (const AnmLayer *layer, gsize n_gate_columns, const anm_real *parameters, anm_real *packed)
{
  AnmRecurrentPacking packing = get_packing (layer->n_inputs, layer->n_units, n_gate_columns);

  /* Kernel, recurrent kernel and bias lie behind one another. */
  _anm_panels_fill (n_gate_columns, layer->n_inputs + layer->n_units + 1, parameters, n_gate_columns, packed + packing.weights);
  _anm_panels_fill_transposed (layer->n_units, n_gate_columns, parameters + layer->parameters[1].offset, n_gate_columns,
                               packed + packing.recurrent_transposed);
  _anm_panels_fill_transposed (layer->n_inputs, n_gate_columns, parameters, n_gate_columns, packed + packing.kernel_transposed);
}

/* Sums of all gates, [x | h | 1] [W; U; b], for the step's rows. */
void
_anm_recurrent_multiply (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  AnmRecurrentPacking packing = get_packing (self->n_inputs, self->n_units, self->gate_columns);

  _anm_multiply_panels_at (step->number, step->n_rows, self->gate_columns, self->n_inputs + self->n_units + 1,
                           _anm_recurrent_get_factors (self, step->first), self->joined_stride,
                           pass->packed + packing.weights, FALSE,
                           _anm_recurrent_get_gates (self, step->first), self->gate_stride);
}

void
_anm_recurrent_start_sums (AnmRecurrentState *self, const AnmStep *step, const anm_real *bias)
{
  for (guint r = 0; r < step->n_rows; r++)
    memcpy (_anm_recurrent_get_gates (self, step->first + r), bias, self->gate_columns * sizeof *bias);
}

void
_anm_recurrent_add_product (AnmRecurrentState *self, const AnmStep *step, gsize column, gsize n_columns,
                            const anm_real *left, gsize left_stride, gsize depth, const anm_real *panels)
{
  _anm_multiply_panels_at (step->number, step->n_rows, n_columns, depth, left, left_stride, panels, TRUE,
                           _anm_recurrent_get_gates (self, step->first) + column, self->gate_stride);
}

void
_anm_recurrent_mask_rows (AnmRecurrentState *self, guint n_rows, anm_real *rows)
{
  for (guint r = 0; self->drops && r < n_rows; r++)
    _anm_multiply_row (self->n_units, rows + (gsize) r * self->n_units, _anm_recurrent_get_mask (self, r), rows + (gsize) r * self->n_units);
}

void
_anm_recurrent_send_sums_back (AnmRecurrentState *self, const AnmStep *step, const anm_real *sums, gsize stride, gsize n_columns,
                               const anm_real *panels, gboolean accumulate)
{
  if (!self->drops)
    {
      _anm_multiply_panels_at (step->number, step->n_begun, self->n_units, n_columns, sums, stride, panels, accumulate, self->carried, self->n_units);
      return;
    }
  _anm_multiply_panels_at (step->number, step->n_begun, self->n_units, n_columns, sums, stride, panels, FALSE, self->sent_back, self->n_units);
  for (guint r = 0; r < step->n_begun; r++)
    {
      anm_real *carried = self->carried + (gsize) r * self->n_units;
      anm_real *sent_back = self->sent_back + (gsize) r * self->n_units;

      _anm_multiply_row (self->n_units, sent_back, _anm_recurrent_get_mask (self, r), accumulate ? sent_back : carried);
      if (accumulate)
        _anm_add_row (self->n_units, sent_back, carried);
    }
}

void
_anm_recurrent_send_back (AnmRecurrentState *self, const AnmStep *step, gsize n_columns, const anm_real *panels, gboolean accumulate)
{
  _anm_recurrent_send_sums_back (self, step, _anm_recurrent_get_gates (self, step->first), self->gate_stride, n_columns, panels, accumulate);
}

/* What goes back to the step before: dL/d(sums) U^T. */
void
_anm_recurrent_multiply_back (AnmRecurrentState *self, const AnmPass *pass, const AnmStep *step)
{
  AnmRecurrentPacking packing = get_packing (self->n_inputs, self->n_units, self->gate_columns);

  _anm_recurrent_send_back (self, step, self->gate_columns, pass->packed + packing.recurrent_transposed, FALSE);
}

void
_anm_recurrent_mask_input_gradient (AnmRecurrentState *self, const AnmPass *pass)
{
  const AnmPlane *gradient = &self->base.input_gradient;

  for (guint t = 0; self->drops && t < pass->input->n_steps; t++)
    for (guint r = 0; r < pass->input->active[t]; r++)
      {
        anm_real *row = gradient->values + (pass->input->start[t] + r) * gradient->stride;

        _anm_multiply_row (self->n_inputs, row, self->masks + r * self->joined_stride, row);
      }
}

/* After the walk back: the gradients of kernel, recurrent kernel and bias, unless nobody asks, and of the input. */
void
_anm_recurrent_add_gradients (AnmRecurrentState *self, const AnmPass *pass, anm_real *gradient)
{
  AnmRecurrentPacking packing = get_packing (self->n_inputs, self->n_units, self->gate_columns);

  if (!pass->is_looked_at)
    _anm_multiply_transposed (self->n_inputs + self->n_units + 1, self->gate_columns, pass->input->n_packed,
                              _anm_recurrent_get_factors (self, 0), self->joined_stride, self->gates, self->gate_stride,
                              gradient, self->gate_columns, pass->scratch);
  if (self->base.input_gradient.values == NULL)
    return;
  _anm_multiply_panels (pass->input->n_packed, self->n_inputs, self->gate_columns,
                        self->gates, self->gate_stride, pass->packed + packing.kernel_transposed, FALSE,
                        self->base.input_gradient.values, self->base.input_gradient.stride);
  _anm_recurrent_mask_input_gradient (self, pass);
}

void
_anm_recurrent_read_plane (const AnmRecurrentState *self, const AnmPass *pass, const anm_real *plane, guint row, anm_real *values)
{
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    memcpy (values + (gsize) t * self->n_units, plane + (pass->input->start[t] + row) * self->n_units, self->n_units * sizeof *values);
}

void
_anm_recurrent_read_gates (const AnmRecurrentState *self, const AnmPass *pass, gsize column, guint row, anm_real *values)
{
  for (guint t = 0; t < pass->input->lengths[row]; t++)
    memcpy (values + (gsize) t * self->n_units,
            _anm_recurrent_get_gates (self, pass->input->start[t] + row) + column, self->n_units * sizeof *values);
}

void
_anm_recurrent_read_hidden (const AnmRecurrentState *self, const AnmPass *pass, guint row, anm_real *values)
{
  for (guint k = 0; k < pass->input->n_steps; k++)
    {
      AnmStep step = get_step (pass->input, k, pass->reverse);
      guint t = pass->reverse ? pass->input->n_steps - 1 - k : k;

      if (row < step.n_rows)
        memcpy (values + (gsize) t * self->n_units, _anm_recurrent_get_h (self, &step, row), self->n_units * sizeof *values);
    }
}
