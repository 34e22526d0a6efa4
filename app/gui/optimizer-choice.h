/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/study/training.h"

G_BEGIN_DECLS

/**
 * AnmOptimizerChoice:
 *
 * An optimiser with its own options in a popover. SGD stands there by its three
 * textbook names: plain, with momentum, with Nesterov's momentum. Each optimiser keeps what was
 * entered for it while another is chosen.
 *
 * Signals: `changed`, after a person chose or entered something.
 */
#define ANM_TYPE_OPTIMIZER_CHOICE (anm_optimizer_choice_get_type ())
G_DECLARE_FINAL_TYPE (AnmOptimizerChoice, anm_optimizer_choice, ANM, OPTIMIZER_CHOICE, GtkWidget)

/* @name: what a screen reader says. @with_rate: the learning rate is among the options. */
GtkWidget  *anm_optimizer_choice_new   (const char *name,
                                        gboolean with_rate);
/* Shows @hyperparameters' optimiser; without `changed`. */
void        anm_optimizer_choice_set   (AnmOptimizerChoice *self,
                                        const AnmHyperparameters *hyperparameters);
/* Puts the chosen optimiser, its learning rate and options into @hyperparameters and leaves the rest. */
void        anm_optimizer_choice_apply (AnmOptimizerChoice *self,
                                        AnmHyperparameters *hyperparameters);
/* "SGD", "Momentum", "Nesterov", "RMSProp", "Adam". */
const char *anm_optimizer_get_name     (const AnmHyperparameters *hyperparameters);

G_END_DECLS
