/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/cell.h"

G_BEGIN_DECLS

/**
 * AnmHalfChoice:
 *
 * "→ ←": which half of a layer that reads both ways.
 *
 * Signal: `chosen`, by a person.
 */
#define ANM_TYPE_HALF_CHOICE (anm_half_choice_get_type ())
G_DECLARE_FINAL_TYPE (AnmHalfChoice, anm_half_choice, ANM, HALF_CHOICE, GtkWidget)

GtkWidget   *anm_half_choice_new      (void);
void         anm_half_choice_set_half (AnmHalfChoice *self,
                                       AnmDirection half);
AnmDirection anm_half_choice_get_half (AnmHalfChoice *self);

G_END_DECLS
