/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/patient-prediction.h"
#include "engine/dendrogram.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* What of a patient's column is drawn, and how. All borrowed. */
typedef struct
{
  const AnmPatientReading *reading;    /* nullable */
  const char              *weights;    /* "after epoch 24" */
  AnmShownBand             band;       /* around the prediction */
  int                      layer;      /* -1 = the first recurrent one */
  const char              *symbol;     /* what the layer is looked at for; what it hasn't: its own state or output */
  gboolean                 by_number;  /* rows as numbered, not by similarity */
  const guint             *order;      /* nullable: the layer's units from the top, with */
  const AnmMerge          *tree;       /* their tree; found here if not given */
  int                      unit;       /* -1 = none: the gates are those of the liveliest */
  guint                    n_channels; /* of the cohort, above the states */
  const guint             *channels;
  guint                    n_marked;   /* units of what is shown, with a mark at their rows */
  const guint             *marked;
} AnmPatientColumn;

/* What was measured, what a layer held of it, the gates of one unit and the prediction: one column over one time axis. */
AnmFigure *anm_patient_column_exhibit_new (const AnmPatientColumn *column);
/* The tree of a layer's units by what they hold over the record. */
AnmFigure *anm_unit_tree_exhibit_new      (const AnmPatientReading *reading,
                                           int layer,
                                           int unit,
                                           const char *weights);
/* What @layer shows for @symbol: of a bidirectional layer the half that @unit is of; NULL if it has no such thing. */
const AnmReadingTrace *anm_patient_reading_choose_trace (const AnmPatientReading *reading,
                                                         guint layer,
                                                         const char *symbol,
                                                         int unit);
/* What the column shows of @layer: that, or its own state or output. NULL if it shows nothing. */
const AnmReadingTrace *anm_patient_column_get_trace (const AnmPatientReading *reading,
                                                     guint layer,
                                                     const char *symbol,
                                                     int unit);
/* Channels that go into the network, in the cohort's order, at most @n_most. Of guint. */
GArray    *anm_patient_column_choose_channels (const AnmPatientReading *reading,
                                               guint n_most);

G_END_DECLS
