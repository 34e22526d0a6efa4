/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"

G_BEGIN_DECLS

/* network-spec.c */
AnmLayerSpec *_anm_layer_spec_new      (const AnmLayerClass *klass);
void          _anm_layer_spec_free     (AnmLayerSpec *self);
char         *_anm_layer_spec_to_text  (const AnmLayerSpec *self);
/* Puts @layer, which is then the list's, in as layer @index. */
void          _anm_network_spec_append (AnmNetworkSpec *self, AnmLayerSpec *layer, guint index);
/* Its place in the class's table, or -1. */
int           _anm_find_argument       (const AnmLayerClass *klass, const char *name);

/* network-text.c: the messages say what is allowed; FALSE. */
gboolean      _anm_refuse_argument     (const AnmLayerClass *klass, const char *found, GError **error);
gboolean      _anm_refuse_value        (const AnmLayerClass *klass, const AnmArgument *argument, const char *found, GError **error);
gboolean      _anm_value_fits          (const AnmArgument *argument, double value);

G_END_DECLS
