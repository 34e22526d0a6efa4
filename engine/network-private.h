/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"
#include "engine/network.h"

G_BEGIN_DECLS

struct _AnmNetwork
{
  gatomicrefcount ref_count;
  AnmNetworkSpec *spec;
  guint           n_inputs;
  guint           n_layers;
  AnmLayer      **layers;
  char          **names;    /* [n_layers] */
  gsize          *offsets;  /* [n_layers + 1], of the layers' parameters in the vector */
  guint           n_parameters;
  AnmParameter   *parameters;
};

/* Does the last layer give what the target needs? */
gboolean    _anm_network_check_target (const AnmNetwork *self, const AnmTargetShape *target, GError **error);
/* What enters layer @layer of a sequence of @n_steps steps, or leaves the network if it is n_layers;
 * 0 if the sequence is too short for a layer below. */
guint       _anm_network_get_length   (const AnmNetwork *self, guint layer, guint n_steps);
/* The same layers and parameters, but every layer gives its output at each step: what the
 * network answers to the record up to t. For causal stacks. */
AnmNetwork *_anm_network_new_per_step (const AnmNetwork *self);

G_END_DECLS
