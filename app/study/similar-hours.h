/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/study/patient-reading.h"
#include "app/study/weights.h"

G_BEGIN_DECLS

/* What is looked for: some units of a layer over a stretch of one patient's record. */
typedef struct
{
  guint        layer;
  const char  *symbol;     /* "h" */
  const guint *units;      /* [n_units] numbers in that trace; %NULL: all */
  guint        n_units;
  guint        first_step; /* of the reading */
  guint        n_steps;
} AnmSimilarQuery;

/* Where a patient's units behave most like it. */
typedef struct
{
  guint32 patient;
  double  begin, end;  /* in the cohort's time; as on a figure's axis */
  double  distance;    /* root mean square of the differences over how far these units spread in all records: 0 = the same */
} AnmSimilarHours;

/* @done, of @n_patients. FALSE: give up. */
typedef gboolean (*AnmSimilarProgressFunc) (guint done,
                                            guint n_patients,
                                            gpointer data);

/**
 * anm_similar_hours_find:
 * @weights: resolved
 * @reading: the patient's own under these weights; nowhere in it is what overlaps the stretch itself taken for a find
 * @progress: (nullable): called between batches of patients
 *
 * One place of each patient of the cohort, the likest first. Every place is looked at. For a thread that has called
 * anm_pool_enter_computing_thread().
 *
 * Returns: (transfer full) (nullable): GArray of AnmSimilarHours; %NULL with @error if the records can't be made ready, %NULL
 *   without if @progress gave up or the layer has no such thing
 */
GArray *anm_similar_hours_find (AnmWeights *weights,
                                const AnmPatientReading *reading,
                                const AnmSimilarQuery *query,
                                AnmSimilarProgressFunc progress,
                                gpointer data,
                                GError **error);

G_END_DECLS
