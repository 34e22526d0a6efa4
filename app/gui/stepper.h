/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmStepper:
 *
 * "‹ Unit 25 ›": what is shown, and the ways to what comes before and after it.
 */
#define ANM_TYPE_STEPPER (anm_stepper_get_type ())
G_DECLARE_FINAL_TYPE (AnmStepper, anm_stepper, ANM, STEPPER, GtkWidget)

/* @back, @on: names of the buttons. @width_chars: so that nothing moves while what is shown changes, -1: as wide as it is; longer
 * words are shortened in the middle. */
GtkWidget *anm_stepper_new         (const char *back,
                                    const char *on,
                                    int width_chars);
/* @amount: what the actions are given, −@amount and @amount; 0: nothing. */
void       anm_stepper_set_actions (AnmStepper *self,
                                    const char *back_action,
                                    const char *on_action,
                                    int amount);
void       anm_stepper_set_label   (AnmStepper *self,
                                    const char *label);

G_END_DECLS
