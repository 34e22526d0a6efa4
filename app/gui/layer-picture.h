/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/card-frame.h"
#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/*
 * Layer pictures: what a layer does with the chosen patient, in its card: by kind of layer, hidden state, output, weights or
 * attention, and a low strip or a number beneath.
 */

/* Nothing is known of the layer, not laid out or no patient: @text says so in the picture's place. */
void     anm_layer_picture_clear        (AnmCardFrame *frame,
                                         const char *text);
/* Layer @index of the reading; @unit: boxed, -1 = none. */
void     anm_layer_picture_show         (AnmCardFrame *frame,
                                         AnmLiveReading *live,
                                         guint index,
                                         int unit);
/* The number that goes with the cursor, of the last layer. */
void     anm_layer_picture_show_time    (AnmCardFrame *frame,
                                         AnmLiveReading *live,
                                         guint index,
                                         double time);
/* Whether the main picture has a time axis, which the cursor goes through. */
gboolean anm_layer_picture_is_over_time (AnmLiveReading *live,
                                         const AnmLayerClass *klass,
                                         guint index);

G_END_DECLS
