/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"

G_BEGIN_DECLS

/**
 * AnmInsidePage:
 *
 * The network's mind over one patient's time and over training; one epoch slider, the time machine, and the
 * cell lens.
 *
 * Actions: inside.show-lens and inside.show-overview, for whatever is on the page.
 */
#define ANM_TYPE_INSIDE_PAGE (anm_inside_page_get_type ())
G_DECLARE_FINAL_TYPE (AnmInsidePage, anm_inside_page, ANM, INSIDE_PAGE, GtkWidget)

GtkWidget *anm_inside_page_new (AnmViewState *state,
                                AnmTrainingControl *control,
                                AnmLiveReading *live);

G_END_DECLS
