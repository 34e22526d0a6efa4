/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmChannelChoice:
 *
 * A channel in the list: whether it goes into the network, its name and unit, the chosen patient's line, the
 * value at the cursor, in grey if it was carried on from earlier. A channel that is rarely measured says so in
 * the line's place.
 *
 * Signals: `ticked` (guint channel, gboolean goes_in), after a person ticked it.
 */
#define ANM_TYPE_CHANNEL_CHOICE (anm_channel_choice_get_type ())
G_DECLARE_FINAL_TYPE (AnmChannelChoice, anm_channel_choice, ANM, CHANNEL_CHOICE, GtkWidget)

GtkWidget *anm_channel_choice_new         (void);
/* @cohort: NULL forgets the channel. @step: width of a time step. @missing: share of steps without a value, NaN = not
 * yet known. */
void       anm_channel_choice_set_channel (AnmChannelChoice *self,
                                        AnmCohort *cohort,
                                        guint channel,
                                        double step);
void       anm_channel_choice_set_missing (AnmChannelChoice *self,
                                        double missing);
void       anm_channel_choice_set_patient (AnmChannelChoice *self,
                                        guint patient);
/* NaN: the last value. */
void       anm_channel_choice_set_cursor  (AnmChannelChoice *self,
                                        double cursor);
void       anm_channel_choice_set_goes_in (AnmChannelChoice *self,
                                        gboolean goes_in);
/* As if its box were clicked. */
void       anm_channel_choice_tick        (AnmChannelChoice *self);
guint      anm_channel_choice_get_channel (AnmChannelChoice *self);

G_END_DECLS
