/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/training-control.h"

G_BEGIN_DECLS

/**
 * AnmTrainingBar:
 *
 * The header's training control: progress with time left, and the buttons Train or Pause, Step, Stop. The buttons
 * call the window's actions `win.train`, `win.step`, `win.stop`.
 *
 * Properties: control (AnmTrainingControl).
 */
#define ANM_TYPE_TRAINING_BAR (anm_training_bar_get_type ())
G_DECLARE_FINAL_TYPE (AnmTrainingBar, anm_training_bar, ANM, TRAINING_BAR, GtkWidget)

GtkWidget *anm_training_bar_new         (void);
void       anm_training_bar_set_control (AnmTrainingBar *self,
                                         AnmTrainingControl *control);

G_END_DECLS
