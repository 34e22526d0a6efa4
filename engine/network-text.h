/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sequences.h"

G_BEGIN_DECLS

/*
 * A network as text and as an editable list of layers:
 *
 *   lstm(64, return_sequences) > lstm(32) > dense(1)
 *
 * Layers from input to output; size first where the layer has one, then
 * key=value or flags. White space is free. The spec knows the words of
 * the registry (layer.h) and keeps only what differs from the default.
 */

typedef struct _AnmLayerClass AnmLayerClass;

/**
 * AnmLayerSpec:
 *
 * One layer as written: its class and one value per argument of the class's
 * table, in the table's order. A choice's value is its index in the table of
 * choices, a flag's 0 or 1.
 */
typedef struct
{
  const AnmLayerClass *klass;
  double              *values;
} AnmLayerSpec;

typedef struct
{
  guint          n_layers;
  AnmLayerSpec **layers;
} AnmNetworkSpec;

/* An error names the layer (by its place and type), the argument, what was
 * found and what is allowed. */
AnmNetworkSpec *anm_network_spec_parse     (const char *text,
                                            GError **error);
AnmNetworkSpec *anm_network_spec_copy      (const AnmNetworkSpec *self);
void            anm_network_spec_free      (AnmNetworkSpec *self);
gboolean        anm_network_spec_equal     (const AnmNetworkSpec *a,
                                            const AnmNetworkSpec *b);
/* The canonical text: parse (to_text (spec)) equals spec. */
char           *anm_network_spec_to_text   (const AnmNetworkSpec *self);
/* Edits for the cards. Indices from 0; insert may be at n_layers. */
void            anm_network_spec_insert    (AnmNetworkSpec *self,
                                            guint index,
                                            const AnmLayerClass *klass);
void            anm_network_spec_remove    (AnmNetworkSpec *self,
                                            guint index);
void            anm_network_spec_move      (AnmNetworkSpec *self,
                                            guint from,
                                            guint to);
/* Changes the type and keeps every argument of the same name and kind. */
void            anm_network_spec_set_class (AnmNetworkSpec *self,
                                            guint index,
                                            const AnmLayerClass *klass);
/* Whether a layer reads from the sequences what was measured and when: observed and gaps must be there then,
 * and no column need be made of them. */
gboolean        anm_network_spec_reads_missing (const AnmNetworkSpec *self);
/* Whether a layer reads tokens (words, codes) of the records. */
gboolean        anm_network_spec_reads_tokens (const AnmNetworkSpec *self);
/* Where a layer leaves the number of tokens open, sets it to @n_tokens. */
void            anm_network_spec_fit_tokens (AnmNetworkSpec *self,
                                            guint n_tokens);
double          anm_layer_spec_get         (const AnmLayerSpec *self,
                                            const char *argument);
gboolean        anm_layer_spec_set         (AnmLayerSpec *self,
                                            const char *argument,
                                            double value,
                                            GError **error);
/* A template's last layer takes the size of the target: sets the last dense
 * layer's units to @n_outputs and, where it is sigmoid or softmax and the
 * target asks for the other, its activation. */
void            anm_network_spec_fit_output (AnmNetworkSpec *self,
                                            const AnmTargetShape *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmNetworkSpec, anm_network_spec_free)

G_END_DECLS
