/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-band.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/state-column.h"

G_BEGIN_DECLS

/* The band around a prediction, as it is to be shown. Borrowed. */
typedef struct
{
  const AnmPatientBand *band;   /* nullable: nobody asks, or it isn't there yet */
  const char           *older;  /* nullable: whose weights it is of, where the reading's are newer: "after epoch 41" */
} AnmShownBand;

/**
 * anm_patient_prediction_exhibit_new:
 * @reading: (nullable): no patient yet
 * @band: (nullable): of the reading
 * @weights: which weights it was read with, for the caption: "LSTM-GRU after epoch 42"
 *
 * What the network says of the patient, by time: the answer to the record up to each step. For an outcome of yes
 * or no its probability; for classes the likeliest ones and the true one; for numbers the numbers. What came true is
 * drawn with it where it is known.
 */
AnmFigure *anm_patient_prediction_exhibit_new (const AnmPatientReading *reading,
                                               const AnmShownBand *band,
                                               const char *weights);
/* The answer at one step in words: "0.30"; the likeliest class with its probability. Newly allocated. */
char      *anm_patient_prediction_format      (const AnmPatientReading *reading,
                                               guint step);
/* The band at that step in words: "95 % of 100 passes between 0.21 and 0.40"; @brief: "0.21–0.40". NULL if there is none. Newly
 * allocated. */
char      *anm_patient_band_format            (const AnmPatientReading *reading,
                                               const AnmShownBand *band,
                                               guint step,
                                               gboolean brief);
/* @caption with what is said of the band there, or why there is none. Newly allocated. */
char      *anm_patient_band_caption           (const AnmPatientReading *reading,
                                               const AnmShownBand *band,
                                               const char *caption);
/* What the prediction is of: "died in hospital", "risk". Newly allocated. */
char      *anm_patient_prediction_get_name    (const AnmPatientReading *reading);

/* The same as a panel under a layer's states. @panel points into what is returned, and lives as long. @reading has steps. */
typedef struct _AnmPredictionPanel AnmPredictionPanel;
AnmPredictionPanel *anm_prediction_panel_new  (const AnmPatientReading *reading,
                                               const AnmShownBand *band,
                                               AnmStatePanel *panel);
void       anm_prediction_panel_free          (AnmPredictionPanel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPredictionPanel, anm_prediction_panel_free)

G_END_DECLS
