/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/layer-private.h"

G_BEGIN_DECLS

extern const char *const anm_bidirectional_names[];

/* Of every recurrent layer that can be read in both directions; _anm_layer_new() reads it. */
#define ANM_BIDIRECTIONAL_ARGUMENT                                                                \
  {                                                                                               \
    .name = "bidirectional", .kind = ANM_ARGUMENT_CHOICE, .switchable = TRUE, .maximum = 3,       \
    .choices = anm_bidirectional_names, .label = N_("Bidirectional"),                             \
    .summary = N_("A second layer of the same size reads each sequence from its end; the states of both stand side by side (concat), or their sum or mean is taken."), \
  }

const AnmLayerClass *_anm_bidirectional_class_for (const AnmLayerClass *half);

G_END_DECLS
