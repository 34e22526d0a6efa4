/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-reading.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/heat-map.h"

G_BEGIN_DECLS

/*
 * Card strips: one patient under the weights of the moment, in the cards of the network. All share top, bottom
 * and time axis: step k stands at anm_patient_reading_get_x(). Heat maps are signed, centred on 0.
 */

/* Standardised channels are drawn from -3 to 3 standard deviations; others to this. */
#define ANM_INPUT_RANGE 3.0

/* A sentence in a strip's place. */
AnmFigure *anm_empty_strip        (const char *text);

/* What enters the first layer: a row a channel, thin where it was carried on. */
AnmFigure *anm_input_strip        (const AnmPatientReading *reading,
                                   int selected_channel);
/* The same as a figure that stands alone. */
AnmFigure *anm_input_exhibit_new  (const AnmPatientReading *reading);
/* Share of the channels that were measured, by step. */
AnmFigure *anm_observed_strip     (const AnmPatientReading *reading);

/* The one range of all hidden states: 1, or the next round number above what occurs. */
double     anm_hidden_state_range (const AnmPatientReading *reading);
/* @order: nullable, the unit in each row from the top. @selected_unit: boxed, -1 = none. */
AnmFigure *anm_hidden_state_strip (const AnmPatientReading *reading,
                                   guint layer,
                                   const guint *order,
                                   double range,
                                   int selected_unit);

/* One logarithmic scale for the gradients of all layers, whole powers of ten; FALSE without gradients. */
gboolean   anm_gradient_range     (const AnmPatientReading *reading,
                                   double *low,
                                   double *high);
/* g_t = ||dL/dh_t|| by step. */
AnmFigure *anm_gradient_strip     (const AnmPatientReading *reading,
                                   guint layer,
                                   double low,
                                   double high);

/* Weights of a dense layer: signed bars by the unit that they come from for one output, a heat map for more.
 * @order: nullable, of the units of the layer before. */
AnmFigure *anm_weights_strip      (const AnmPatientReading *reading,
                                   guint layer,
                                   const guint *order);

G_END_DECLS
