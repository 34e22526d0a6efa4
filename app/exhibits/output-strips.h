/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-reading.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/heat-map.h"

G_BEGIN_DECLS

/*
 * Output strips: what a layer that isn't recurrent makes of one patient, in its card: its output over time, or as bars
 * where it gives one vector; how large it is by step; and what an attention looks at.
 */

/* The range of the output: @shared where it lies within, else the next round number. */
double     anm_output_range        (const AnmPatientReading *reading,
                                    guint layer,
                                    double shared);
/* @order: nullable, the unit in each row from the top. */
AnmFigure *anm_output_strip        (const AnmPatientReading *reading,
                                    guint layer,
                                    const guint *order,
                                    double range);
/* Mean size of the output by step. */
AnmFigure *anm_output_size_strip   (const AnmPatientReading *reading,
                                    guint layer);
/* Whether the layer weighs steps. */
gboolean   anm_has_attention       (const AnmPatientReading *reading,
                                    guint layer);
/* Weights by step: bars of one head, a row for each of several. */
AnmFigure *anm_attention_strip     (const AnmPatientReading *reading,
                                    guint layer);
/* The same as low bars, the mean of all heads. */
AnmFigure *anm_attention_bars      (const AnmPatientReading *reading,
                                    guint layer);
/* The step that is weighed most, and its mean weight; -1: none. */
int        anm_attention_find_most (const AnmPatientReading *reading,
                                    guint layer,
                                    double *weight);

/* Figures that stand alone. @layer: -1 = the first that has such a thing; none has: a sentence says so. */
AnmFigure *anm_output_exhibit_new    (const AnmPatientReading *reading,
                                      int layer);
AnmFigure *anm_attention_exhibit_new (const AnmPatientReading *reading,
                                      int layer);

G_END_DECLS
