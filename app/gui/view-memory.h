/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmViewMemory:
 *
 * Keeps in each study where the window looks (page, patient, pinned hour, layer, unit, quantity, run, epoch), and looks there again when
 * the study is opened. A study without any such memory is shown from the start, with its newest run.
 */
#define ANM_TYPE_VIEW_MEMORY (anm_view_memory_get_type ())
G_DECLARE_FINAL_TYPE (AnmViewMemory, anm_view_memory, ANM, VIEW_MEMORY, GObject)

/* @stack: the window's pages; a page that isn't there is left alone. */
AnmViewMemory *anm_view_memory_new (AnmViewState *state,
                                    AdwViewStack *stack);

G_END_DECLS
