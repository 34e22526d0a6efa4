/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/gui/training-control.h"
#include "app/gui/view-state.h"

G_BEGIN_DECLS

/**
 * AnmWindow:
 *
 * One study: header with cohort, pages and training; the pages beneath.
 *
 * Actions: win.import, win.import-folder, win.open-study, win.open-sample (s), win.cancel-reading, win.page (s),
 * win.new-study, win.open-recent (s), win.open-example (s), win.rename-study, win.study-properties, win.close-study,
 * win.duplicate-study, win.move-study, win.export-study (b: with patients), win.compact-study, win.help, win.runs, win.fork-run (uu: run, epoch), win.resume-run (uu: run, epochs), win.train, win.step, win.step-epoch, win.stop, win.reset, win.new-weights, win.next-patient, win.previous-patient, win.move-epoch (i),
 * win.move-cursor (i), win.release-cursor, win.search, win.show-message (s), win.undo, win.redo.
 */
#define ANM_TYPE_WINDOW (anm_window_get_type ())
G_DECLARE_FINAL_TYPE (AnmWindow, anm_window, ANM, WINDOW, AdwApplicationWindow)

AnmWindow          *anm_window_new                  (GtkApplication *application);
AnmViewState       *anm_window_get_view_state       (AnmWindow *self);
AnmTrainingControl *anm_window_get_training_control (AnmWindow *self);
/* Opens what a user names: files, a folder, an archive, "sample:NAME", or a study. Reading goes on in the background;
 * what is open stays until it has succeeded. */
void                anm_window_open                 (AnmWindow *self,
                                                     const char *const *arguments);
/* Says something small that needs no answer. */
void                anm_window_toast                (AnmWindow *self,
                                                     const char *message);
/* Shows what went wrong over the pages until it is put away or a next try succeeds; %NULL hides it. */
void                anm_window_show_error           (AnmWindow *self,
                                                     const char *message);

G_END_DECLS
