/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/training-control.h"

G_BEGIN_DECLS

/**
 * AnmEpochScale:
 *
 * The time machine's slider: from the initial weights to the newest epoch, with a tick at each whose weights are kept. It
 * moves between those only, and so does the view state's epoch with it.
 */
#define ANM_TYPE_EPOCH_SCALE (anm_epoch_scale_get_type ())
G_DECLARE_FINAL_TYPE (AnmEpochScale, anm_epoch_scale, ANM, EPOCH_SCALE, GtkWidget)

GtkWidget *anm_epoch_scale_new (AnmTrainingControl *control);

G_END_DECLS
