/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-reading.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/*
 * Patient states: what the layers of a network hold over one patient's time, as figures that stand alone. All
 * share the time axis of the patient's other figures. @reading may be %NULL: then the figure says what is
 * missing. @weights says whose they are, for the caption: "LSTM, GRU after epoch 42".
 */

/* @symbol: "h", "c" or any that the layer lets be seen. @order: nullable, the unit in each row from the top;
 * found by similarity if not given. @selected_unit: boxed, -1 = none. */
AnmFigure *anm_hidden_state_exhibit_new     (const AnmPatientReading *reading,
                                             int layer,
                                             const char *symbol,
                                             const guint *order,
                                             int selected_unit,
                                             const char *weights);
/* All gates of one unit as lines between 0 and 1. @unit: -1 = the one whose gates move most. */
AnmFigure *anm_gates_exhibit_new            (const AnmPatientReading *reading,
                                             int layer,
                                             int unit,
                                             const char *weights);
/* g_t = ||dL/dh_t|| by step, logarithmic. */
AnmFigure *anm_gradient_by_step_exhibit_new (const AnmPatientReading *reading,
                                             int layer,
                                             const char *weights);

/* The scale's end for what @trace shows, whose value farthest from 0 is @most; NaN = that. */
double        anm_state_range          (const AnmReadingTrace *trace,
                                        double most);
/* A gate's hue, the same everywhere. */
AnmColourRole anm_gate_colour          (const AnmReadingTrace *trace);
/* The unit whose gates travel farthest, all steps and gates together; the first if there are no gates. */
guint         anm_find_liveliest_unit  (const AnmPatientReading *reading,
                                        const AnmReadingLayer *layer);
/* What @trace has, unit by unit: [n_units][n_steps], newly allocated, never %NULL. @most_unit, @most_step: (nullable): the number farthest
 * from 0. */
float        *anm_reading_trace_by_unit (const AnmReadingTrace *trace,
                                        guint n_steps,
                                        guint *most_unit,
                                        guint *most_step);
/* The first recurrent layer, -1 if there is none. */
int        anm_patient_reading_find_recurrent (const AnmPatientReading *reading);

G_END_DECLS
