/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/hand.h"
#include "app/study/patient-reading.h"

G_BEGIN_DECLS

/**
 * AnmReadingThread:
 *
 * A thread of normal priority that makes readings. A new request replaces one that hasn't begun; the answer
 * comes on the main thread, and none comes after anm_reading_thread_free().
 */
typedef struct _AnmReadingThread AnmReadingThread;

typedef struct
{
  guint64          generation;
  AnmNetwork      *network;
  AnmFittedRecipe *recipe;
  AnmCohort       *cohort;
  guint32          patient;
  AnmLossKind      loss;
  anm_real        *parameters;  /* NULL: drawn from seed */
  guint64          seed;
  GArray          *alterations; /* of AnmAlteration, nullable: what is held at something else */
  GPtrArray       *orders;      /* per layer: GBytes of guint, kept where the size fits; NULL = all anew */
} AnmReadingRequest;

void              anm_reading_request_free  (AnmReadingRequest *self);

/* What was read of a patient: @parameters with all alterations, @learnt without, both of anm_real; @orders: per layer GBytes of
 * guint, NULL where not recurrent. */
typedef struct
{
  AnmPatientReading *reading;
  GBytes            *parameters;
  GBytes            *learnt;
  GPtrArray         *orders;
} AnmReadingAnswer;

/* @answer: borrowed; NULL with @error. */
typedef void    (*AnmReadingFunc)           (guint64 generation,
                                             const AnmReadingAnswer *answer,
                                             const GError *error,
                                             gpointer data);

AnmReadingThread *anm_reading_thread_new    (AnmReadingFunc func,
                                             gpointer data);
/* Takes @request over. */
void              anm_reading_thread_submit (AnmReadingThread *self,
                                             AnmReadingRequest *request);
/* Waits for the reading under way, which takes a few milliseconds. */
void              anm_reading_thread_free   (AnmReadingThread *self);

G_END_DECLS
