/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/*
 * Saturation: how often a bent sum lies where its function is nearly flat, so
 * that no gradient passes.
 *
 *   a gate (sigmoid)   below the margin (left) or above 1 - margin (right); of 0.05: slope under 0.0475
 *   tanh, and any h    below margin - 1 or above 1 - margin; of 0.05: slope of tanh under 0.0975
 *   relu               0: slope 0. A unit that is 0 at every step is dead.
 *
 * A. Karpathy, J. Johnson, L. Fei-Fei (2016): Visualizing and understanding
 * recurrent networks. ICLR workshop, section 4.2 (their thresholds of gates are 0.1 and 0.9).
 */
#define ANM_SATURATION_MARGIN 0.05

typedef enum
{
  ANM_SATURATION_GATE,
  ANM_SATURATION_TANH,
  ANM_SATURATION_RELU,
} AnmSaturationKind;

/**
 * AnmSaturation:
 * @symbol: the trace's, with an arrow in a bidirectional layer: "f", "→f", "tanh c"
 * @keeps: 1 if the number is the factor by which a unit keeps what it held ("f"), -1 if 1 minus it
 *   is ("z"), else 0
 * @n_steps: steps looked at, over all sequences; skipped ones don't count
 * @low, @high: [n_units] share of the steps on either flat side; of a relu: share at 0, and 0
 * @mean: [n_units] over these steps
 * @low_share, @high_share: over all units; NaN without steps
 * @n_dead: relu units that are 0 at every step
 */
typedef struct
{
  guint             layer;
  char             *symbol;
  const char       *label;
  AnmSaturationKind kind;
  int               keeps;
  guint             n_units;
  guint64           n_steps;
  double           *low;
  double           *high;
  double           *mean;
  double            low_share;
  double            high_share;
  guint             n_dead;
} AnmSaturation;

typedef struct
{
  gsize          n_sequences;
  double         margin;
  guint          n_items;
  AnmSaturation *items;
} AnmSaturations;

/* Over all @sequences; @margin: above 0, below 0.5. NULL if @stop was set. */
AnmSaturations *anm_saturations_new  (AnmNetwork *network,
                                      const anm_real *parameters,
                                      const AnmSequences *sequences,
                                      double margin,
                                      AnmPool *pool,
                                      const int *stop);
void            anm_saturations_free (AnmSaturations *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSaturations, anm_saturations_free)

G_END_DECLS
