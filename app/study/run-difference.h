/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"

G_BEGIN_DECLS

/* One thing that isn't the same in two runs: what they were made of, or what came of them. */
typedef struct
{
  char *what;   /* "learning_rate", "validation auroc"; for people, see anm_run_difference_name() */
  char *a;      /* in the one; "–": it has no such thing */
  char *b;
} AnmRunDifference;

/* Of AnmRunDifference, the caller's own; empty if the runs are alike. */
GPtrArray *anm_run_differences     (AnmRun *a,
                                    AnmRun *b);
/* "learning rate", the caller's own. */
char      *anm_run_difference_name (const char *what);

G_END_DECLS
