/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/worker.h"
#include "app/study/hand.h"
#include "app/study/patient-reading.h"
#include "app/study/weights.h"

G_BEGIN_DECLS

/*
 * One patient under one set of weights, as work for an AnmWorker.
 */

/* What the worker's thread keeps from one job to the next. */
typedef struct _AnmReadingTools AnmReadingTools;

AnmReadingTools  *anm_reading_tools_new   (void);
/* After the worker has ended. */
void              anm_reading_tools_free  (AnmReadingTools *self);

typedef struct
{
  AnmReadingTools *tools;    /* borrowed */
  AnmWeights      *weights;
  guint32          patient;
  GArray          *alterations; /* of AnmAlteration, nullable: what is held at something else */
  GPtrArray       *orders;   /* per layer: GBytes of guint, kept where the size fits; NULL = all anew */
  GPtrArray       *trees;    /* theirs; both or none */
} AnmReadingRequest;

typedef struct
{
  AnmWeights        *weights; /* resolved, with all alterations */
  GBytes            *learnt;  /* their parameters without */
  AnmPatientReading *reading;
  GPtrArray         *orders;  /* per layer GBytes of guint, NULL where not recurrent */
  GPtrArray         *trees;   /* per layer GBytes of AnmMerge [n - 1], of those orders */
} AnmReadingAnswer;

void              anm_reading_request_free (gpointer request);
/* AnmWorkFunc, from AnmReadingRequest to AnmReadingAnswer. */
gpointer          anm_reading_job_run      (AnmWork *work,
                                            gpointer request,
                                            GError **error);

G_END_DECLS
