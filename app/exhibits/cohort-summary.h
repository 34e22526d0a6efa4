/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/cohort.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Points at which a distribution is known, from low to high. */
#define ANM_SUMMARY_BINS 64

/**
 * AnmChannelSummary:
 * @n_values: measurements in the whole cohort
 * @low: @high: 0.5th and 99.5th percentile of all values: what the distributions span; NaN without values
 * @mean: @deviation: of all values; NaN without values
 * @missing: share of time steps without a measurement, over all patients
 * @missing_by_group: [n_groups] the same by outcome; %NULL without groups
 * @density: [n_groups or 1][ANM_SUMMARY_BINS], the values' density by outcome, Gaussian kernel
 *   of Silverman's width (1986, eq. 3.31), each integrating to 1 over the span; 0 for a group without values
 * @separation: 0 .. 1, |2 AUROC - 1| of the patients' mean value against the outcome; NaN if it can't be said
 */
typedef struct
{
  gsize   n_values;
  double  low, high;
  double  mean, deviation;
  double  missing;
  double *missing_by_group;
  double *density;
  double  separation;
} AnmChannelSummary;

/**
 * AnmCohortSummary:
 *
 * What the cohort's pane shows, computed once a cohort, on any thread. Groups are the classes of the outcome
 * if there is one class a patient and at most six; else there are none and all patients are drawn as one.
 * Immutable, reference counted.
 */
typedef struct
{
  gatomicrefcount    ref_count;
  AnmCohort         *cohort;
  double             step;          /* width of a time step, in the cohort's time unit */
  guint              n_groups;      /* 0, 2, ... */
  gsize             *group_sizes;   /* [n_groups] patients */
  gsize              n_unknown;     /* patients without a known outcome */
  AnmChannelSummary *channels;      /* [n_channels] */
  float             *severity;      /* [n_patients] share of values outside the normal range, NaN without any
                                     * value of a channel that has one; %NULL if no channel has one */
  int                sparklines[2]; /* channels that tell patients apart best, for rows of a list; -1 = none */
  char              *finding;       /* %NULL unless the data support one */
} AnmCohortSummary;

/* %NULL only when cancelled. */
AnmCohortSummary *anm_cohort_summary_new   (AnmCohort *cohort,
                                            GCancellable *cancellable);
AnmCohortSummary *anm_cohort_summary_ref   (AnmCohortSummary *self);
void              anm_cohort_summary_unref (AnmCohortSummary *self);

/* "4 000 patients, 12 channels, 473 died (12 %)" */
char             *anm_cohort_summary_describe (const AnmCohortSummary *self);
/* The distributions of one channel over each other, by outcome. */
AnmFigure        *anm_channel_distribution (const AnmCohortSummary *self,
                                            guint channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCohortSummary, anm_cohort_summary_unref)

G_END_DECLS
