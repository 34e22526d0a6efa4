/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/normalized-private.h"

#include "engine/kernels.h"
#include "engine/memory.h"

void
_anm_normalized_init (AnmNormalized *self, gsize max_packed, guint n_blocks, const gsize *ends, gboolean with_backward)
{
  self->n_blocks = n_blocks;
  memcpy (self->ends, ends, n_blocks * sizeof *ends);
  self->n_columns = ends[n_blocks - 1];
  self->values = _anm_allocate (max_packed * self->n_columns);
  self->inverses = _anm_allocate (max_packed * n_blocks);
  if (!with_backward)
    return;
  self->d_scale = _anm_allocate (self->n_columns);
  self->row = _anm_allocate (self->n_columns);
}

void
_anm_normalized_clear (AnmNormalized *self)
{
  _anm_release (self->values);
  _anm_release (self->inverses);
  _anm_release (self->d_scale);
  _anm_release (self->row);
}

static gsize
get_first (const AnmNormalized *self, guint block)
{
  return block > 0 ? self->ends[block - 1] : 0;
}

void
_anm_normalized_forward (AnmNormalized *self, gsize packed_row, guint block, const anm_real *scale, anm_real *sums)
{
  gsize first = get_first (self, block), n = self->ends[block] - first;
  anm_real *values = _anm_normalized_get (self, packed_row) + first;

  self->inverses[packed_row * self->n_blocks + block] = _anm_normalize (n, ANM_NORM_EPSILON, values);
  _anm_add_product_row (n, values, scale + first, sums + first);
}

void
_anm_normalized_backward (AnmNormalized *self, gsize packed_row, guint block, const anm_real *scale, const anm_real *d)
{
  gsize first = get_first (self, block), n = self->ends[block] - first;
  anm_real *values = _anm_normalized_get (self, packed_row) + first;

  _anm_add_product_row (n, d + first, values, self->d_scale + first);
  _anm_multiply_row (n, d + first, scale + first, self->row);
  _anm_normalize_backward (n, values, self->inverses[packed_row * self->n_blocks + block], self->row);
  memcpy (values, self->row, n * sizeof *values);
}

void
_anm_normalized_skip (AnmNormalized *self, gsize packed_row)
{
  memset (_anm_normalized_get (self, packed_row), 0, self->n_columns * sizeof (anm_real));
}

void
_anm_normalized_begin_backward (AnmNormalized *self)
{
  memset (self->d_scale, 0, self->n_columns * sizeof *self->d_scale);
}

void
_anm_normalized_initialize (const AnmLayer *layer, guint first, anm_real *parameters)
{
  for (guint i = first; i < layer->n_parameters; i++)
    {
      const AnmParameterSlice *slice = &layer->parameters[i];

      for (gsize j = 0; j < (gsize) slice->n_rows * slice->n_columns; j++)
        parameters[slice->offset + j] = slice->kind == ANM_PARAMETER_SCALE;
    }
}
