/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmCodePane:
 *
 * The network of the cards as a program of Keras or PyTorch and as a command line, to read along and to copy. It
 * is written anew whenever the network or how it is trained changes, while it is seen.
 */
#define ANM_TYPE_CODE_PANE (anm_code_pane_get_type ())
G_DECLARE_FINAL_TYPE (AnmCodePane, anm_code_pane, ANM, CODE_PANE, GtkWidget)

GtkWidget *anm_code_pane_new (AnmViewState *state,
                              AnmLiveReading *live);

G_END_DECLS
