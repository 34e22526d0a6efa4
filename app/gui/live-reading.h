/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/training-control.h"
#include "app/study/patient-band.h"
#include "app/study/weights.h"
#include "engine/dendrogram.h"

G_BEGIN_DECLS

/**
 * AnmLiveReading:
 *
 * The chosen patient under the weights of the moment, for whatever shows it: the run's newest weights while it trains, its
 * best when it has ended, the initial weights before, and those again as soon as network or recipe are
 * edited away from what the run trained; or, the time machine, those of the epoch that the view state names. Read on a thread of its own; each request has a generation number and a late
 * result never replaces a newer one. One for all pages of a window; at rest while none of them holds it.
 *
 * It also lays the study's network out, so that shapes and what doesn't fit are known at once.
 *
 * Properties: training-control (construct only), slow (boolean, read only: an answer is more than 200 ms late, so what is shown
 * is to be dimmed).
 * Signals: `laid-out`, after network, recipe or target changed; `changed`, after a new reading; `band-changed`, after another
 * band around the same reading's prediction (a new reading may bring one along, too).
 */
#define ANM_TYPE_LIVE_READING (anm_live_reading_get_type ())
G_DECLARE_FINAL_TYPE (AnmLiveReading, anm_live_reading, ANM, LIVE_READING, GObject)

AnmLiveReading    *anm_live_reading_new          (AnmTrainingControl *control);
/* A page holds it while it is seen. */
void               anm_live_reading_hold         (AnmLiveReading *self);
void               anm_live_reading_release      (AnmLiveReading *self);
/* While a page is seen that is about what was trained: the run in the foreground is read even if the network has been edited since. */
void               anm_live_reading_set_of_run   (AnmLiveReading *self,
                                                  gboolean of_run);
/* The study's network laid out; NULL with the reason, and which layer is at fault (-1: none in particular). */
AnmNetwork        *anm_live_reading_get_network  (AnmLiveReading *self,
                                                  const GError **error,
                                                  int *at_fault);
/* The newest reading, nullable; may lag behind the network for a moment. */
AnmPatientReading *anm_live_reading_get_reading  (AnmLiveReading *self);
/* What it was read with, with all that is held in hand; of the reading's network. NULL without a reading. */
const anm_real    *anm_live_reading_get_parameters (AnmLiveReading *self);
/* The same as they were learnt, of anm_real; borrowed. */
GBytes            *anm_live_reading_get_learnt   (AnmLiveReading *self);
/* What it was read with, held in hand or not: for all else that is computed from the same weights. Nullable. */
AnmWeights        *anm_live_reading_get_weights  (AnmLiveReading *self);
gboolean           anm_live_reading_get_slow     (AnmLiveReading *self);
/* The band around its prediction, borrowed; NULL while there is none. @older: newly allocated: whose weights it is of, "after epoch
 * 41", if those aren't the reading's, else NULL. */
AnmPatientBand    *anm_live_reading_get_band     (AnmLiveReading *self,
                                                  char **older);
/* How many passes the band is made of; 0: none is shown. */
void               anm_live_reading_set_passes   (AnmLiveReading *self,
                                                  guint n_passes);
/* "after epoch 42", for captions; newly allocated. */
char              *anm_live_reading_describe_weights (AnmLiveReading *self);
AnmWeightsOrigin   anm_live_reading_get_origin   (AnmLiveReading *self,
                                                  guint *epoch,
                                                  guint64 *seed);
/* The unit in each row of @layer's strip, from the top; NULL if it isn't recurrent. Kept while training. */
const guint       *anm_live_reading_get_order    (AnmLiveReading *self,
                                                  guint layer);
/* Their tree, of one branch fewer; NULL as above, or if there is but one unit. */
const AnmMerge    *anm_live_reading_get_tree     (AnmLiveReading *self,
                                                  guint layer);
/* Puts the units in order of similarity anew. */
void               anm_live_reading_reorder      (AnmLiveReading *self);

G_END_DECLS
