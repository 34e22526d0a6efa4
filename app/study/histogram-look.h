/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/cohort-sample.h"
#include "engine/histogram.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/* One epoch's weights. */
typedef struct
{
  guint           epoch;
  const anm_real *parameters;
} AnmEpochWeights;

/**
 * AnmHistogramLook:
 * @what: see anm_histogram_look_list()
 * @rows: [n_rows] all with the same bins; numbers outside them count in the first or the last
 *
 * What a tensor of a layer, its gradient, or what the layer holds takes on, epoch by epoch.
 */
typedef struct
{
  guint          layer;
  char          *what;
  gsize          n_patients;  /* that were run through; 0 for weights */
  guint          n_rows;
  guint         *epochs;      /* [n_rows] */
  guint          n_bins;
  double         low, high;
  AnmHistogram **rows;
} AnmHistogramLook;

/* What can be counted in a layer: its parameters ("kernel"), their gradients ("dL/dkernel"), and what it holds ("h", "f").
 * NULL-terminated; empty if there is nothing. */
char            **anm_histogram_look_list (AnmNetwork *network,
                                           guint layer);
/* How many times the patients are gone through for so many epochs; 0 of weights. */
guint             anm_histogram_look_count_passes (AnmNetwork *network,
                                           guint layer,
                                           const char *what,
                                           guint n_weights);
/* @weights: [n_weights] ascending epochs, borrowed. @sample: only its sequences are used; NULL will do for weights. @loss: as trained with.
 * On any computing thread; NULL if @stop was set, or with @error. */
AnmHistogramLook *anm_histogram_look_new  (AnmNetwork *network,
                                           AnmLossKind loss,
                                           guint layer,
                                           const char *what,
                                           const AnmEpochWeights *weights,
                                           guint n_weights,
                                           AnmCohortSample *sample,
                                           AnmPool *pool,
                                           const int *stop,
                                           GError **error);
void              anm_histogram_look_free (AnmHistogramLook *self);

/* @gradient: [n_parameters] of the mean loss over @sequences, without penalties. FALSE if @stop was set, or with @error. */
gboolean          anm_parameter_gradient  (AnmNetwork *network,
                                           const anm_real *parameters,
                                           AnmLossKind loss,
                                           const AnmSequences *sequences,
                                           anm_real *gradient,
                                           const int *stop,
                                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmHistogramLook, anm_histogram_look_free)

G_END_DECLS
