/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/options.h"
#include "app/study/learning-rate.h"

G_BEGIN_DECLS

/* The learning-rate range test in place of a training. */
typedef struct
{
  gboolean find;
  char    *rates;
  char    *updates;
} AnmRateOptions;

GOptionEntry *anm_rate_options_entries (AnmRateOptions *self);
void          anm_rate_options_clear   (AnmRateOptions *self);
/* Asked for, @range is what was given, or its default. */
gboolean      anm_rate_options_read    (const AnmRateOptions *self,
                                        AnmRateRange *range,
                                        GError **error);
/* Makes the test with the study's hyperparameters and says what came of it. */
gboolean      anm_rate_options_run     (AnmInvocation *invocation,
                                        AnmStudy *study,
                                        const AnmRateRange *range,
                                        const AnmInitialWeights *weights,
                                        guint n_threads,
                                        GError **error);

#define ANM_RATE_GROUP(entries) { "learning-rate", N_ ("Finding a learning rate:"), entries }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmRateOptions, anm_rate_options_clear)

G_END_DECLS
