/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_FLOW_AS_SUITS,    /* from the start where all sequences are equally long, else before the end, where the loss is */
  ANM_FLOW_FROM_START,
  ANM_FLOW_BEFORE_END,
} AnmFlowAxis;

typedef struct
{
  AnmRun     *run;
  const char *label;          /* NULL: its name */
} AnmFlowRun;

/* What is looked at. Several runs stand side by side in one colour scale; of one, its other recurrent layers' horizons stand beside in grey. */
typedef struct
{
  guint             n_runs;
  const AnmFlowRun *runs;     /* the one in the foreground first; 0: nothing trained yet */
  int               layer;    /* -1 = the first recurrent one; of a run that has no such layer its first one */
  const char       *time_unit; /* of the cohort, "h" */
  AnmFlowAxis       axis;
  double            chosen;   /* epoch, NaN = none */
} AnmFlowLook;

/**
 * anm_gradient_flow_exhibit_new:
 *
 * g_t of one layer, time by epoch, on a logarithmic scale, so that vanishing and exploding are seen to happen; the
 * memory horizon as a line, and beside it as a number by epoch. An epoch over ten times the median is said to explode; where the first
 * step's gradient is under 1e-4 of the last one's it is said to vanish.
 */
AnmFigure *anm_gradient_flow_exhibit_new  (const AnmFlowLook *look);
/* The memory horizon of every recurrent layer by epoch. */
AnmFigure *anm_memory_horizon_exhibit_new (const AnmFlowLook *look);

G_END_DECLS
