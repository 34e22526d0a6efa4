/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Runs from the same initial weights and batches, each with its own optimiser, over each other: validation loss by epoch. */

typedef struct
{
  AnmRun     *run;
  const char *label;  /* "Adam 0.001" */
} AnmRaceArm;

/**
 * anm_race_exhibit_new:
 * @patients: how many patients the validation part has
 * @cohort: the cohort's title, for the caption
 * @note: (nullable): one more sentence for the finding, such as how a rate was chosen
 */
AnmFigure *anm_race_exhibit_new     (const AnmRaceArm *arms,
                                     guint n_arms,
                                     gsize patients,
                                     const char *cohort,
                                     const char *note);
/* What the figure shows in sentences, computed from the runs: how many epochs each arm took to a loss that all
 * reach, the lowest loss of each, and who diverged. */
char      *anm_race_exhibit_find    (const AnmRaceArm *arms,
                                     guint n_arms,
                                     const char *note);

G_END_DECLS
