/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/network-text.h"

G_BEGIN_DECLS

/**
 * AnmTemplate:
 *
 * A network to begin with, and what it is trained with. Its last layer takes the size of the target.
 */
typedef struct
{
  const char      *name;      /* as on the command line: "stacked-lstm" */
  const char      *label;     /* N_(), for people */
  const char      *summary;   /* N_(), one sentence */
  const char      *text;      /* the network */
  AnmLossKind      loss;
  AnmOptimizerKind optimizer;
  guint            batch_size;
} AnmTemplate;

const AnmTemplate *anm_templates      (guint *n_templates);
const AnmTemplate *anm_template_find  (const char *name); /* nullable */
/* The network for a target. */
AnmNetworkSpec    *anm_template_make_network (const AnmTemplate *self,
                                       const AnmTargetShape *target);
/* Sets loss, optimiser (with its defaults) and batch size; the rest stays. The loss stays AUTO
 * where the template's doesn't fit @target. */
void               anm_template_set_hyperparameters (const AnmTemplate *self,
                                       const AnmTargetShape *target,
                                       AnmHyperparameters *hyperparameters);

G_END_DECLS
