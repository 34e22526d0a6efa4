/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnmPool:
 *
 * Worker threads shared by any number of trainers. A batch of tasks belongs to
 * its caller; the caller works on it too and waits for *tasks*, never for
 * workers. Workers run at nice 10, flush denormals to zero and spin briefly
 * before they sleep.
 */
typedef struct _AnmPool AnmPool;

/* Runs task @index; @lane is 0 .. anm_pool_get_n_lanes() - 1 and no two tasks of one
 * anm_pool_run() run in the same lane at once. */
typedef void (*AnmTaskFunc) (guint index,
                             guint lane,
                             gpointer data);

AnmPool *anm_pool_new         (guint n_threads); /* 0 = one for each processor */
AnmPool *anm_pool_ref         (AnmPool *self);
void     anm_pool_unref       (AnmPool *self);
guint    anm_pool_get_n_lanes (const AnmPool *self);
void     anm_pool_run         (AnmPool *self,
                               guint n_tasks,
                               AnmTaskFunc func,
                               gpointer data);
/* What runs on it from now on adds the sequences that it has been through to @counter, so that somebody can tell how far it is.
 * Atomic, nullable; set while nothing runs, and kept alive until it is set anew. */
void     anm_pool_set_counter (AnmPool *self,
                               int *counter);
/* From any thread: @n more. */
void     anm_pool_count       (AnmPool *self,
                               guint n);
/* Sets flush-to-zero on the calling thread and one thread for BLAS. */
void     anm_pool_enter_computing_thread (void);
/* Nice 10 for the calling thread, as the workers: for a thread that steps trainers. */
void     anm_pool_lower_priority (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPool, anm_pool_unref)

G_END_DECLS
