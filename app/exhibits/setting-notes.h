/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/hyperparameters.h"
#include "engine/layer.h"

G_BEGIN_DECLS

/*
 * Setting notes: what can be set of a network and of its training, each with its sentence and formula. The sentences of
 * layers and of their arguments stand in the engine's tables; this is what they come to in signs.
 *
 * Formulas are plain text as they are read aloud in a terminal: "_" lowers and "^" raises what follows, one sign or a
 * group in braces, and several lines may stand below one another.
 */

/* The equations of a layer; NULL if there is no such type. */
const char *anm_layer_formula     (const AnmLayerClass *klass);
/* What an argument does in them; NULL where the sentence says all. */
const char *anm_argument_formula  (const AnmLayerClass *klass,
                                   const AnmArgument *argument);

/* What is not one member of the hyperparameters is by its name. */
typedef enum
{
  ANM_SETTING_LOSS,
  ANM_SETTING_PENALTIES,
  ANM_SETTING_OPTIMIZER,
  ANM_SETTING_GRADIENT,
  ANM_SETTING_END,
  ANM_SETTING_RUN,
  ANM_N_SETTING_GROUPS,
} AnmSettingGroup;

typedef struct
{
  const char     *name;     /* the member's name in AnmHyperparameters, or "schedule", "loss", "class_weights", "optimizer", "split" */
  AnmSettingGroup group;
  const char     *label;    /* N_() */
  const char     *summary;  /* N_(), one sentence */
  const char     *formula;  /* nullable */
  const char     *zero;     /* N_(), nullable: what 0 means: "off", "never" */
  double          minimum;
  double          maximum;
  gboolean        in_flight;
} AnmSettingNote;

const AnmSettingNote *anm_setting_notes       (guint *n_notes);
const AnmSettingNote *anm_setting_note_find   (const char *name);
const char           *anm_setting_group_label (AnmSettingGroup group); /* translated */
/* The update that @optimizer makes. */
const char           *anm_optimizer_formula   (AnmOptimizerKind optimizer);
const char           *anm_optimizer_summary   (AnmOptimizerKind optimizer); /* N_() */
const char           *anm_loss_formula        (AnmLossKind loss);
const char           *anm_loss_label          (AnmLossKind loss);           /* translated */
const char           *anm_schedule_formula    (AnmScheduleKind kind);
const char           *anm_schedule_label      (AnmScheduleKind kind);       /* translated */
const char           *anm_schedule_summary    (AnmScheduleKind kind);       /* translated */

/* Pango markup in an upright line of @formula: letters italic, "_" and "^" as they stand in print. */
char                 *anm_formula_to_markup   (const char *formula);

G_END_DECLS
