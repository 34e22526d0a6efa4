/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/schedule.h"

G_BEGIN_DECLS

/**
 * AnmScheduleChoice:
 *
 * A button that names the schedule of the learning rate; its popover has the kinds and what each can be told.
 *
 * Signals: `changed`, after a person changed something.
 */
#define ANM_TYPE_SCHEDULE_CHOICE (anm_schedule_choice_get_type ())
G_DECLARE_FINAL_TYPE (AnmScheduleChoice, anm_schedule_choice, ANM, SCHEDULE_CHOICE, GtkWidget)

GtkWidget         *anm_schedule_choice_new (void);
const AnmSchedule *anm_schedule_choice_get (AnmScheduleChoice *self);
/* Without `changed`. */
void               anm_schedule_choice_set (AnmScheduleChoice *self,
                                            const AnmSchedule *schedule);

G_END_DECLS
