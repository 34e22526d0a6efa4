/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-band.h"
#include "app/study/weights.h"

G_BEGIN_DECLS

/**
 * AnmLiveBand:
 *
 * The band around the prediction of a live reading, computed on a thread of its own after the reading has been shown: at once
 * while nothing trains, and while something does so seldom that training isn't kept by it. Of a live reading.
 */
typedef struct _AnmLiveBand AnmLiveBand;

/* @changed: there is another band to show, or none, and no reading is about to come that would take it along. */
AnmLiveBand    *anm_live_band_new        (void (*changed) (gpointer data),
                                          gpointer data);
void            anm_live_band_free       (AnmLiveBand *self);
/* How many passes; 0: there is no band. The next reading begins with it. */
void            anm_live_band_set_passes (AnmLiveBand *self,
                                          guint n_passes);
/* There is a new reading, or none: a band for it is to be found. @training: the next one will come soon. */
void            anm_live_band_follow     (AnmLiveBand *self,
                                          AnmPatientReading *reading,
                                          AnmWeights *weights,
                                          gboolean training);
/* The band to show around the reading that is followed; nullable. @older: the weights it is of if those aren't the
 * reading's, else %NULL; borrowed. */
AnmPatientBand *anm_live_band_get        (AnmLiveBand *self,
                                          AnmWeights **older);

G_END_DECLS
