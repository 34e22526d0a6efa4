/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/cohort-summary.h"

G_BEGIN_DECLS

/**
 * AnmChannelRow:
 *
 * A channel in the cohort's pane: name and range, distributions by outcome, share missing.
 */
#define ANM_TYPE_CHANNEL_ROW (anm_channel_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmChannelRow, anm_channel_row, ANM, CHANNEL_ROW, GtkWidget)

GtkWidget *anm_channel_row_new  (void);
void       anm_channel_row_show (AnmChannelRow *self,
                                 AnmCohortSummary *summary,
                                 guint channel);
/* Where distributions begin in a row on @widget: for the legend above them. */
int        anm_channel_row_get_name_width (GtkWidget *widget);
/* Newly allocated. */
char      *anm_channel_row_describe (AnmChannelRow *self);

G_END_DECLS
