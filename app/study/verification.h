/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmVerification:
 *
 * A run repeated from its first weights, with its changes in flight, and held against what is kept of it: every update's and
 * epoch's figures and every kept epoch's parameters. To the bit where the set of instructions is the same, else each number a
 * within @tolerance of the kept b: |a - b| <= tolerance max (1, |b|).
 */
typedef struct
{
  gboolean exact;        /* compared to the bit */
  double   tolerance;    /* otherwise */
  guint    n_epochs;     /* compared, the initial weights among them */
  guint64  n_updates;
  guint    n_snapshots;
  double   largest;      /* |a - b| / max (1, |b|) of all that was compared */
  gboolean same;
  /* The first that isn't, if there is one. */
  char    *what;         /* owned: "validation loss", or a parameter's name */
  guint    epoch;
  double   kept;
  double   repeated;
} AnmVerification;

#define ANM_VERIFICATION_TOLERANCE 1e-3

/* @progress, nullable: called now and then with the fraction done. @error: the study's, or G_IO_ERROR_CANCELLED. Takes as long as the
 * run took. Stops at the first difference. */
gboolean anm_verification_make  (AnmVerification *self,
                                 AnmStudy *study,
                                 AnmRun *run,
                                 double tolerance,
                                 guint n_threads,
                                 void (*progress) (double fraction, gpointer data),
                                 gpointer data,
                                 GCancellable *cancellable,
                                 GError **error);
/* The same without holding up the main loop; @progress is called on another thread. The run mustn't be trained meanwhile. */
void     anm_verification_make_async (AnmStudy *study,
                                 AnmRun *run,
                                 double tolerance,
                                 guint n_threads,
                                 void (*progress) (double fraction, gpointer data),
                                 gpointer data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer callback_data);
gboolean anm_verification_make_finish (AnmVerification *self,
                                 GAsyncResult *result,
                                 GError **error);
void     anm_verification_clear (AnmVerification *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmVerification, anm_verification_clear)

G_END_DECLS
