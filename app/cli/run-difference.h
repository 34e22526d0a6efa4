/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/report.h"

G_BEGIN_DECLS

/* Prints what differs between two runs: what they were made of and what came of them. */
void anm_run_difference_report (AnmInvocation *invocation,
                                AnmRun *a,
                                AnmRun *b);

G_END_DECLS
