/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-step.h"
#include "app/gui/worker.h"

G_BEGIN_DECLS

/*
 * Cell lens job: one step of one unit taken apart on a worker's thread. The patient is run through the network once for each
 * reading and kept, so that stepping through hours and units only reads a cell.
 */

/* What the worker keeps between jobs; freed after the worker. */
typedef struct _AnmCellLensBench AnmCellLensBench;

AnmCellLensBench *anm_cell_lens_bench_new  (void);
void              anm_cell_lens_bench_free (AnmCellLensBench *self);

/* All owned but @bench. @parameters: those of @reading, of anm_real. */
typedef struct
{
  AnmCellLensBench  *bench;
  AnmPatientReading *reading;
  GBytes            *parameters;
  int                layer;
  guint              unit;
  AnmDirection       half;       /* of a unit to which both halves of a layer add */
  double             time;       /* on the figures' axis; NaN = the last step */
} AnmCellLensRequest;

void     anm_cell_lens_request_free (AnmCellLensRequest *self);
/* An AnmWorkFunc: answers an AnmCellLens. */
gpointer anm_cell_lens_work         (AnmWork *work,
                                     gpointer request,
                                     GError **error);

G_END_DECLS
