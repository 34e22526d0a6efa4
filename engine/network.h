/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer.h"
#include "engine/network-text.h"
#include "engine/sequences.h"

G_BEGIN_DECLS

/**
 * AnmParameter:
 *
 * A named slice of the one canonical parameter vector. Stored unpadded and
 * row-major, [rows][columns] = (inputs, gates x units); a bias has one row.
 */
typedef struct
{
  char     *name;        /* "lstm_1.recurrent_kernel" */
  guint     layer;       /* index of the layer in the network, from 0 */
  AnmParameterKind kind; /* kernel, recurrent kernel, bias */
  gsize     offset;
  guint     n_rows;
  guint     n_columns;
} AnmParameter;

/**
 * AnmNetwork:
 *
 * A stack of layers laid out for a number of input columns and a target:
 * shapes and the table of parameters, but no numbers. Immutable and reference
 * counted; any number of parameter vectors (snapshots, two arms of a race) are
 * used with one network.
 */
typedef struct _AnmNetwork AnmNetwork;

/* Lays the network out, or says which layer and which argument is wrong and
 * what is allowed. @target may be %NULL (no check of the last layer). If the
 * spec's last layer is a dense layer whose size doesn't fit, that's an error:
 * see anm_network_spec_fit_output() for templates. */
AnmNetwork         *anm_network_new              (const AnmNetworkSpec *spec,
                                                  guint n_inputs,
                                                  const AnmTargetShape *target,
                                                  GError **error);
AnmNetwork         *anm_network_ref              (AnmNetwork *self);
void                anm_network_unref            (AnmNetwork *self);
const AnmNetworkSpec *anm_network_get_spec       (const AnmNetwork *self);
guint               anm_network_get_n_inputs     (const AnmNetwork *self);
guint               anm_network_get_n_outputs    (const AnmNetwork *self);
gboolean            anm_network_get_per_step     (const AnmNetwork *self);
gboolean            anm_network_get_causal       (const AnmNetwork *self);
guint               anm_network_get_n_layers     (const AnmNetwork *self);
const AnmLayer     *anm_network_get_layer        (const AnmNetwork *self,
                                                  guint index);
const char         *anm_network_get_layer_name   (const AnmNetwork *self,
                                                  guint index); /* "lstm_1", unique, as Keras names them */
gsize               anm_network_get_n_parameters (const AnmNetwork *self);
gsize               anm_network_get_layer_n_parameters (const AnmNetwork *self,
                                                  guint index);
/* Whether the network can read the sequences; else @error says which it can't, why and what to do. */
gboolean            anm_network_check_sequence   (const AnmNetwork *self,
                                                  const AnmSequences *sequences,
                                                  gsize sequence,
                                                  GError **error);
gboolean            anm_network_check_sequences  (const AnmNetwork *self,
                                                  const AnmSequences *sequences,
                                                  GError **error);
const AnmParameter *anm_network_get_parameters   (const AnmNetwork *self,
                                                  guint *n_parameters);
/* Draws initial weights by the layers' initialisers: the same seed gives the
 * same bits on every machine. @parameters: [n_parameters], overwritten. */
void                anm_network_initialize       (const AnmNetwork *self,
                                                  guint64 seed,
                                                  anm_real *parameters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmNetwork, anm_network_unref)

G_END_DECLS
