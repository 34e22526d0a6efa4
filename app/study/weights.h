/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/snapshot-reader.h"
#include "data/cohort.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_WEIGHTS_INITIAL,
  ANM_WEIGHTS_TRAINING, /* after an epoch of the run under way, the newest */
  ANM_WEIGHTS_BEST,     /* of the run that has ended */
  ANM_WEIGHTS_KEPT,     /* after an epoch that was asked for */
} AnmWeightsOrigin;

/**
 * AnmWeights:
 *
 * One set of parameters with all that is needed to run a record through it. Put together on the main thread; where the parameters
 * have to be read or drawn first, the thread that wants them resolves them, before it lets anyone else see them. Immutable
 * after that, reference counted: safe to hand to any thread.
 */
typedef struct
{
  gatomicrefcount     ref_count;
  AnmNetwork         *network;
  AnmFittedRecipe    *recipe;
  AnmCohort          *cohort;
  AnmLossKind         loss;
  AnmWeightsOrigin    origin;
  guint               run;        /* its number, 0: no run's */
  guint               epoch;
  guint64             seed;       /* that the initial weights are drawn from */
  AnmSnapshotAddress *address;    /* nullable */
  GBytes             *parameters; /* anm_real [n_parameters]; %NULL until resolved */
} AnmWeights;

/* Refers to all three; origin INITIAL, without parameters. */
AnmWeights     *anm_weights_new             (AnmNetwork *network,
                                             AnmFittedRecipe *recipe,
                                             AnmCohort *cohort,
                                             AnmLossKind loss,
                                             guint64 seed);
AnmWeights     *anm_weights_ref             (AnmWeights *self);
void            anm_weights_unref           (AnmWeights *self);
/* Reads or draws the parameters if they aren't there. An epoch read from a file says which it was. */
gboolean        anm_weights_resolve         (AnmWeights *self,
                                             AnmSnapshotReader *reader,
                                             GError **error);
const anm_real *anm_weights_get_parameters  (const AnmWeights *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmWeights, anm_weights_unref)

G_END_DECLS
