/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmChannelList:
 *
 * What goes into the network: the channels with the chosen patient's lines, what stands beside the time axis, and
 * how the patients are split. Ticks change the study's recipe.
 *
 * Properties: view-state (construct only).
 * Signals: `pointed` (int): the pointer is over a channel of the cohort, or over none (-1).
 */
#define ANM_TYPE_CHANNEL_LIST (anm_channel_list_get_type ())
G_DECLARE_FINAL_TYPE (AnmChannelList, anm_channel_list, ANM, CHANNEL_LIST, GtkWidget)

GtkWidget *anm_channel_list_new (AnmViewState *state);

G_END_DECLS
