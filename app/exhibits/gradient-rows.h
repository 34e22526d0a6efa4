/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"

G_BEGIN_DECLS

/* Beyond so many steps a column stands for several. */
#define ANM_GRADIENT_MOST_COLUMNS 1000

/**
 * AnmGradientRows:
 * @even: all sequences are equally long: from the start or before the end, the numbers are the same
 * @horizons: in the cohort's time; NaN = none
 * @strengths: root mean square of an epoch over all steps
 * @vanished: steps from the beginning on that learn nothing
 * @first, @last: norm at the first and the last step of the longest record
 * @from_start, @to_end: [n_epochs][n_columns] root mean squares of the steps that share a column; the last column of @to_end is
 *   the last step
 *
 * What figures of the gradient's flow show of one layer of a run. Worked out once an epoch, however often it is drawn while the run
 * grows. Kept with the run; for the main thread.
 */
typedef struct
{
  guint    layer;
  double   step;         /* width of one, in the cohort's time */
  guint    n_epochs;     /* that have gradients, */
  guint   *epochs;       /* ascending */
  guint    n_steps;
  guint    per_column;
  guint    n_columns;
  gboolean even;
  double  *horizons;
  double  *strengths;
  guint   *vanished;
  double  *first;
  double  *last;
  float   *from_start;
  float   *to_end;
} AnmGradientRows;

/* Of @layer, or the first recurrent one where that isn't recurrent. Borrowed until the run grows; NULL if there is nothing yet. */
const AnmGradientRows *anm_gradient_rows_get (AnmRun *run,
                                              int layer);
/* The index of @epoch; of the last one if it isn't there. */
guint                  anm_gradient_rows_find (const AnmGradientRows *self,
                                              double epoch);

G_END_DECLS
