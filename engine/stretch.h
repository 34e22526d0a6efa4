/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/pool.h"
#include "engine/probe.h"

G_BEGIN_DECLS

/**
 * AnmStretch:
 * @symbol: what of the layer is looked at: "h", "→i"
 * @units: [n_units] numbers in that trace
 * @n_steps: how long it is, in steps of the record
 * @values: (n_steps, n_units) row-major, borrowed
 *
 * A stretch of what some of a layer's units did, to be looked for in other records.
 */
typedef struct
{
  guint           layer;
  const char     *symbol;
  guint           n_units;
  const guint    *units;
  guint           n_steps;
  const anm_real *values;
} AnmStretch;

/**
 * AnmStretchMatch:
 * @step: where in the record the likest stretch begins; ANM_STRETCH_NONE if the record is too short
 * @distance: root mean square of the differences over its units and steps
 */
typedef struct
{
  guint  step;
  double distance;
} AnmStretchMatch;

#define ANM_STRETCH_NONE G_MAXUINT

/* How far the units spread over all steps of all records: sums that may go on over several calls. */
typedef struct
{
  guint64 n_steps;
  double *sums;    /* [n_units] */
  double *squares; /* [n_units] */
} AnmStretchSpread;

/* The likest stretch of each record, exactly: FALSE if @stop was set. */
gboolean anm_stretch_find       (AnmNetwork *network,
                                 const anm_real *parameters,
                                 const AnmSequences *sequences,
                                 AnmPool *pool,
                                 const AnmStretch *stretch,
                                 gssize own_sequence,
                                 guint own_step,
                                 AnmStretchMatch *matches,
                                 AnmStretchSpread *spread,
                                 const int *stop);
/* Root mean square over the units of their standard deviations; 0 without steps. */
double   anm_stretch_get_spread (const AnmStretchSpread *spread,
                                 guint n_units);

G_END_DECLS
