/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/dropout-passes.h"

G_BEGIN_DECLS

/* Each pass by itself, [n_steps][n_outputs] of the last run. */
const anm_real *_anm_dropout_passes_get_answers (const AnmDropoutPasses *self, guint pass);
/* What is dropped instead of what the network's text says: [n_layers], copied. */
void            _anm_dropout_passes_set_rates   (AnmDropoutPasses *self, const AnmDropoutRates *rates);
/* How many passes are computed together at most; doesn't change what they say. */
void            _anm_dropout_passes_set_chunk   (AnmDropoutPasses *self, guint n_rows);

G_END_DECLS
