/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/layer.h"

G_BEGIN_DECLS

/* The same hyperparameters give the same text, so that its hash names them. */
char    *anm_hyperparameters_to_json   (const AnmHyperparameters *self);
/* What isn't named keeps the optimiser's default; the result is valid. */
gboolean anm_hyperparameters_from_json (AnmHyperparameters *self,
                                        const char *json,
                                        GError **error);
/* A change in flight: the same, with what each layer drops, which anm_hyperparameters_from_json() passes over. */
char    *anm_change_to_json            (const AnmHyperparameters *self,
                                        const AnmDropoutRates *rates,
                                        guint n_layers);
/* NULL if it says nothing of rates, or of another number of layers. */
AnmDropoutRates *anm_change_rates_from_json (const char *json,
                                        guint n_layers);

G_END_DECLS
