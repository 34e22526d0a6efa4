/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/card-frame.h"
#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInputCard:
 *
 * The first card: how the records become the network's input, and what of the chosen patient enters it. Its
 * settings change the study's recipe.
 */
#define ANM_TYPE_INPUT_CARD (anm_input_card_get_type ())
G_DECLARE_FINAL_TYPE (AnmInputCard, anm_input_card, ANM, INPUT_CARD, GtkWidget)

GtkWidget    *anm_input_card_new         (AnmViewState *state);
AnmCardFrame *anm_input_card_get_frame   (AnmInputCard *self);
/* Shows the study's recipe; @wrong: why there is no data set, nullable. */
void          anm_input_card_show_recipe (AnmInputCard *self,
                                          const char *wrong);
void          anm_input_card_set_reading (AnmInputCard *self,
                                          AnmPatientReading *reading);
/* Boxes the row of a channel of the cohort; -1: of none. */
void          anm_input_card_point_channel (AnmInputCard *self,
                                            int channel);

G_END_DECLS
