/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network.h"

G_BEGIN_DECLS

/*
 * A network as a program of another library, to copy: it builds the same layers with the same shapes and as many
 * parameters, begins as they do here, reads the records that anamnesis-cli export --records writes, and is trained with
 * the same loss, optimiser, schedule, penalties and weights. Records of unlike lengths are padded and masked. Given a
 * file of weights it takes them over, where anamnesis-cli exports them for it. What the library hasn't is written
 * out (GRU-D, attention, cells that normalise); what can't be carried over is told in a comment.
 */
typedef enum
{
  ANM_CODE_KERAS,
  ANM_CODE_PYTORCH,
  ANM_N_CODES,
} AnmCodeKind;

const char *anm_code_kind_to_string   (AnmCodeKind self);  /* "keras" */
gboolean    anm_code_kind_from_string (const char *text,
                                       AnmCodeKind *self);
/**
 * anm_network_code_new:
 * @target: by which the loss is resolved
 *
 * Returns: (transfer full) (nullable): the program, which needs no more than the library, NumPy and Python 3;
 *   %NULL with @error if the loss doesn't fit the target
 */
char       *anm_network_code_new      (AnmCodeKind kind,
                                       const AnmNetwork *network,
                                       const AnmHyperparameters *hyperparameters,
                                       const AnmTargetShape *target,
                                       GError **error);

G_END_DECLS
