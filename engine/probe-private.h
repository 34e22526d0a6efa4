/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/probe.h"
#include "engine/workspace.h"

G_BEGIN_DECLS

/* The prediction over time made the long way, for the sequence that was run last.
 * @workspace: of the probe's network; @prediction: [n_steps][n_outputs] */
void _anm_probe_predict_prefixes (AnmProbe *self, AnmWorkspace *workspace, anm_real *prediction);

G_END_DECLS
