/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/gradient-flow.h"

#include <math.h>

static gboolean
is_recurrent (const AnmNetwork *network, guint layer)
{
  return anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, layer)));
}

/**
 * _anm_gradient_flow_new:
 * @n_steps: of the longest sequence
 *
 * Returns: (transfer full): sums that are all zero
 */
AnmGradientFlow *
_anm_gradient_flow_new (const AnmNetwork *network, guint n_steps)
{
  AnmGradientFlow *self = g_new0 (AnmGradientFlow, 1);
  gsize place = 0;

  self->n_layers = anm_network_get_n_layers (network);
  self->n_steps = n_steps;
  for (guint layer = 0; layer < self->n_layers; layer++)
    self->n_cells += is_recurrent (network, layer) ? 2 * (gsize) n_steps : 0;
  self->sums = g_new0 (double, MAX (self->n_cells, 1));
  self->counts = g_new0 (guint64, MAX (self->n_cells, 1));
  self->by_step = g_new0 (double *, self->n_layers);
  self->before_end = g_new0 (double *, self->n_layers);
  self->by_step_count = g_new0 (guint64 *, self->n_layers);
  self->before_end_count = g_new0 (guint64 *, self->n_layers);

  for (guint layer = 0; layer < self->n_layers; layer++)
    if (is_recurrent (network, layer))
      {
        self->by_step[layer] = self->sums + place;
        self->by_step_count[layer] = self->counts + place;
        place += n_steps;
        self->before_end[layer] = self->sums + place;
        self->before_end_count[layer] = self->counts + place;
        place += n_steps;
      }
  return self;
}

void
_anm_gradient_flow_free (AnmGradientFlow *self)
{
  g_free (self->sums);
  g_free (self->counts);
  g_free (self->by_step);
  g_free (self->before_end);
  g_free (self->by_step_count);
  g_free (self->before_end_count);
  g_free (self);
}

void
_anm_gradient_flow_clear (AnmGradientFlow *self)
{
  memset (self->sums, 0, self->n_cells * sizeof *self->sums);
  memset (self->counts, 0, self->n_cells * sizeof *self->counts);
}

void
_anm_gradient_flow_add (AnmGradientFlow *self, const AnmGradientFlow *other)
{
  for (gsize i = 0; i < self->n_cells; i++)
    {
      self->sums[i] += other->sums[i];
      self->counts[i] += other->counts[i];
    }
}

/**
 * _anm_gradient_flow_take_square_roots:
 *
 * Fills @self with root mean squares in place of sums; NaN where nothing was
 * added.
 */
void
_anm_gradient_flow_take_square_roots (AnmGradientFlow *self, const AnmGradientFlow *sums)
{
  for (gsize i = 0; i < self->n_cells; i++)
    {
      self->counts[i] = sums->counts[i];
      self->sums[i] = sums->counts[i] > 0 ? sqrt (sums->sums[i] / (double) sums->counts[i]) : (double) NAN;
    }
}
