/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnmWorker:
 *
 * A thread of normal priority for what takes longer than a frame: one kind of job, at most one under way and one
 * waiting. A new job replaces the one that waits; its answer comes on the main thread and only if no newer
 * one has come before, so that a late result never replaces a newer one. The job gets plain data, and
 * touches no GObject that has listeners. anm_pool_enter_computing_thread() has been called.
 *
 * How to use it: make one in init, submit whenever what is shown has gone out of date, free it in dispose:
 *
 *   self->worker = anm_worker_new ("saturation", ANM_WORKER_CANCEL, compute_cb, answered_cb, self);
 *   anm_worker_set_slow_func (self->worker, slow_cb);
 *   anm_worker_submit (self->worker, request, request_free);
 *
 * compute_cb() looks at its AnmWork now and then, anm_work_is_cancelled() or anm_work_progress(), and gives up with
 * %NULL when told to; then nothing is answered.
 */
typedef struct _AnmWorker AnmWorker;
/* The job under way, as its thread sees it. */
typedef struct _AnmWork   AnmWork;

typedef enum
{
  /* What is under way is finished and shown, then the newest that waits begins: for scrubbing, where pictures shall keep coming. */
  ANM_WORKER_FINISH,
  /* What is under way is told to give up: for work of seconds. */
  ANM_WORKER_CANCEL,
} AnmWorkerWay;

/* On the worker's thread. @request: as submitted, may be changed. The result belongs to the worker, which frees it with
 * anm_work_set_free_result()'s function after it was answered. */
typedef gpointer (*AnmWorkFunc)     (AnmWork *work,
                                     gpointer request,
                                     GError **error);
/* On the main thread. @result, @error: borrowed, one of them %NULL (both if the work returned %NULL without an error). */
typedef void     (*AnmAnsweredFunc) (gpointer result,
                                     const GError *error,
                                     gpointer data);
/* On the main thread. @slow: an answer is more than 200 ms late: the old picture is to be dimmed to 60 %, until it comes with FALSE. */
typedef void     (*AnmSlowFunc)     (gboolean slow,
                                     gpointer data);

AnmWorker *anm_worker_new           (const char *name,
                                     AnmWorkerWay way,
                                     AnmWorkFunc work,
                                     AnmAnsweredFunc answered,
                                     gpointer data);
/* Cancels what is under way and waits for it; nothing is answered after that. */
void       anm_worker_free          (AnmWorker *self);
void       anm_worker_set_slow_func (AnmWorker *self,
                                     AnmSlowFunc slow);
/* Takes @request over. */
void       anm_worker_submit        (AnmWorker *self,
                                     gpointer request,
                                     GDestroyNotify free_request);
/* Nothing that was submitted before is answered any more. */
void       anm_worker_cancel        (AnmWorker *self);
/* Whether an answer is still to come. */
gboolean   anm_worker_is_busy       (AnmWorker *self);
/* How far the job under way is, 0 to 1, and for how many seconds answers have been awaited. */
double     anm_worker_get_progress  (AnmWorker *self,
                                     double *seconds);

/* For the job, on its thread. */
gboolean   anm_work_is_cancelled    (AnmWork *work);
/* Says how far it is, 0 to 1; FALSE: give up. */
gboolean   anm_work_progress        (AnmWork *work,
                                     double fraction);
/* Shows what there is so far, of a job that goes on: answered as its result will be, unless something newer was. @result is freed as
 * the whole one is. */
void       anm_work_answer_partly   (AnmWork *work,
                                     gpointer result);
/* %NULL: the result needn't be freed. */
void       anm_work_set_free_result (AnmWork *work,
                                     GDestroyNotify free_result);
/* For what takes a GCancellable. */
GCancellable *anm_work_get_cancellable (AnmWork *work);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmWorker, anm_worker_free)

G_END_DECLS
