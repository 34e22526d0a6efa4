/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network.h"

G_BEGIN_DECLS

/*
 * A network as a program of another library, to copy: it builds the same layers with the same shapes and as many
 * parameters, begins as they do here, and is trained with the same loss and optimiser. Given a file of weights on
 * the command line it takes them over, where anamnesis-cli exports them for it. What the library hasn't is
 * written out (GRU-D, attention, cells that normalise); what can't be carried over is told in a comment.
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
 * @loss: resolved by the target
 *
 * Returns: (transfer full): the program, which needs no more than the library and Python 3
 */
char       *anm_network_code_new      (AnmCodeKind kind,
                                       const AnmNetwork *network,
                                       const AnmHyperparameters *hyperparameters,
                                       AnmLossKind loss);
/* The same with the hyperparameters' loss, resolved by @target; NULL with @error if it doesn't fit. */
char       *anm_network_code_new_for  (AnmCodeKind kind,
                                       const AnmNetwork *network,
                                       const AnmHyperparameters *hyperparameters,
                                       const AnmTargetShape *target,
                                       GError **error);

G_END_DECLS
