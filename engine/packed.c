/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/memory.h"
#include "engine/workspace-private.h"

AnmPacked *
anm_packed_new (const AnmNetwork *network)
{
  AnmPacked *self = g_new0 (AnmPacked, 1);
  gsize size = 0;

  self->network = anm_network_ref ((AnmNetwork *) network);
  self->offsets = g_new0 (gsize, network->n_layers);
  for (guint i = 0; i < network->n_layers; i++)
    {
      self->offsets[i] = size;
      if (network->layers[i]->klass->packed_size != NULL)
        size += _anm_round_up (network->layers[i]->klass->packed_size (network->layers[i]));
    }
  self->values = _anm_allocate (size);
  return self;
}

void
anm_packed_free (AnmPacked *self)
{
  if (self == NULL)
    return;
  _anm_release (self->values);
  g_free (self->offsets);
  anm_network_unref (self->network);
  g_free (self);
}

/**
 * anm_packed_fill:
 * @parameters: [n_parameters] of the network that the copies were made for
 *
 * Repacks all weights. Not while a workspace computes with them.
 */
void
anm_packed_fill (AnmPacked *self, const anm_real *parameters)
{
  const AnmNetwork *network = self->network;

  for (guint i = 0; i < network->n_layers; i++)
    if (network->layers[i]->klass->pack != NULL)
      network->layers[i]->klass->pack (network->layers[i], parameters + network->offsets[i], self->values + self->offsets[i]);
}
