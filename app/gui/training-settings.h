/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmTrainingSettings:
 *
 * Every setting of training that is seldom touched, in groups, each with its sentence and formula: the loss and its
 * options, weights of classes, penalties, clipping, truncated back-propagation, when training ends, the split.
 * What isn't allowed is said above them and changes nothing.
 */
#define ANM_TYPE_TRAINING_SETTINGS (anm_training_settings_get_type ())
G_DECLARE_FINAL_TYPE (AnmTrainingSettings, anm_training_settings, ANM, TRAINING_SETTINGS, GtkWidget)

GtkWidget *anm_training_settings_new (AnmViewState *state);

G_END_DECLS
