/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"

G_BEGIN_DECLS

/* The same hyperparameters give the same text, so that its hash names them. */
char    *anm_hyperparameters_to_json   (const AnmHyperparameters *self);
/* What isn't named keeps the optimiser's default; the result is valid. */
gboolean anm_hyperparameters_from_json (AnmHyperparameters *self,
                                        const char *json,
                                        GError **error);

G_END_DECLS
