/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/store.h"

G_BEGIN_DECLS

/*
 * One program trains in a study at a time; others may read it, edit it and see what comes. A training has a row that says who it
 * is and when it last wrote. That of a process that is gone counts for nothing, nor does that of another machine that has
 * been silent for an hour.
 */

/* Main thread. ANM_STUDY_ERROR_BUSY, with who it is, if another program trains. */
gboolean anm_training_lock_check   (AnmStore *store,
                                    GError **error);
/* A new row; its name is the caller's own. */
char    *anm_training_lock_take    (AnmStore *store);
/* Still here; from any thread. */
void     anm_training_lock_beat    (AnmStore *store,
                                    const char *name);
void     anm_training_lock_release (AnmStore *store,
                                    const char *name);

G_END_DECLS
