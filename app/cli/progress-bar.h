/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/command.h"

G_BEGIN_DECLS

/**
 * AnmProgressBar:
 *
 * One line on standard error that is written over and over, if that is a terminal; nothing at all if it isn't.
 */
typedef struct _AnmProgressBar AnmProgressBar;

AnmProgressBar *anm_progress_bar_new    (void);
/* Wipes the line. */
void            anm_progress_bar_free   (AnmProgressBar *self);
/* @fraction 0 .. 1, < 0 if it isn't known; @seconds_left < 0: as it went so far. At most ten times a second. */
void            anm_progress_bar_update (AnmProgressBar *self,
                                         double fraction,
                                         double seconds_left,
                                         const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmProgressBar, anm_progress_bar_free)

G_END_DECLS
