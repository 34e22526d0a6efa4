/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/* The command line that makes a run such as @run, from its source into a study of its own; of a fork, into the same study. */
char *anm_run_command (AnmStudy *study,
                       AnmRun *run);

G_END_DECLS
