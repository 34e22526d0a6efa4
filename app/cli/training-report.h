/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/command.h"
#include "app/study/model.h"
#include "app/study/training.h"

G_BEGIN_DECLS

/* Waits for a training with a progress bar, then tells what came of its first run. What was reached is kept and told,
 * however it ends. @initial: nullable, what it began with; @metrics: nullable for all that suit. */
gboolean anm_training_report_finish (AnmInvocation *invocation,
                                     AnmStudy *study,
                                     AnmTraining *training,
                                     const AnmInitialWeights *initial,
                                     char **metrics,
                                     GError **error);

G_END_DECLS
