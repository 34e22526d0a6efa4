/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cohort-summary.h"
#include "data/cohort.h"
#include "widgets/figures/time-line.h"

G_BEGIN_DECLS

/* What of a patient's time line is to be drawn, and how. */
typedef struct
{
  double           x_min, x_max;   /* shown span; NaN = all of the patient's record */
  AnmTimeLineScale scale;
  double           cursor;         /* NaN = none */
  double           step;           /* of the cohort; gaps longer than this break a line */
  const AnmCohortSummary *summary; /* nullable: z-scores are then against this patient's own values */
  gboolean         measured_only;  /* leave out channels this patient has no value of */
} AnmPatientTimeLine;

/* The record's span: from time zero to the last row; FALSE and 0 .. 1 without any. */
gboolean   anm_patient_get_span   (const AnmCohort *cohort,
                                   gsize patient,
                                   double *begin,
                                   double *end);
/* How many channels the time line would have. */
guint      anm_patient_time_line_count (const AnmCohort *cohort,
                                   gsize patient,
                                   const AnmPatientTimeLine *options);
/* All channels of one patient over time. On any thread. */
AnmFigure *anm_patient_time_line  (const AnmCohort *cohort,
                                   gsize patient,
                                   const AnmPatientTimeLine *options);
/* One channel as a line for a row; the span is the patient's. @normal_range: on the green band of what is normal. */
AnmFigure *anm_patient_sparkline  (const AnmCohort *cohort,
                                   gsize patient,
                                   guint channel,
                                   double step,
                                   gboolean normal_range);

G_END_DECLS
