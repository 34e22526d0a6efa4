/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "data/cohort.h"

G_BEGIN_DECLS

/**
 * AnmInputChoice:
 *
 * Which channels a figure shows: a list to tick, with a search over it.
 *
 * Signal: `chosen` (GArray of guint), after each tick, in the cohort's order.
 */
#define ANM_TYPE_INPUT_CHOICE (anm_input_choice_get_type ())
G_DECLARE_FINAL_TYPE (AnmInputChoice, anm_input_choice, ANM, INPUT_CHOICE, GtkPopover)

GtkWidget *anm_input_choice_new (void);
/* @chosen: of guint. */
void       anm_input_choice_set (AnmInputChoice *self,
                                 AnmCohort *cohort,
                                 const GArray *chosen);

G_END_DECLS
