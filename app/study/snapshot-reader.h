/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/epoch-record.h"

G_BEGIN_DECLS

/**
 * AnmSnapshotAddress:
 *
 * Where a run's kept parameters are, said on the main thread for a thread that reads them. Immutable.
 */
typedef struct _AnmSnapshotAddress AnmSnapshotAddress;

/* @epoch: as in anm_run_load_parameters(). Main thread; reads nothing. */
AnmSnapshotAddress *anm_snapshot_address_new   (AnmRun *run,
                                                int epoch);
void                anm_snapshot_address_free  (AnmSnapshotAddress *self);

/**
 * AnmSnapshotReader:
 *
 * Reads parameters from studies' files on a thread of its own choice, and keeps the last ones decoded, up to a budget of bytes, so
 * that going to and fro through a run reads each but once. Holds no file open between two readings. For one thread at a time.
 */
typedef struct _AnmSnapshotReader AnmSnapshotReader;

#define ANM_SNAPSHOT_READER_BUDGET ((gsize) 64 << 20)

AnmSnapshotReader  *anm_snapshot_reader_new    (gsize budget);
void                anm_snapshot_reader_free   (AnmSnapshotReader *self);
/* %NULL with ANM_STUDY_ERROR_NOT_KEPT if there are none of that epoch. */
AnmSnapshot        *anm_snapshot_reader_load   (AnmSnapshotReader *self,
                                                const AnmSnapshotAddress *address,
                                                GError **error);
/* How many are kept decoded. */
guint               anm_snapshot_reader_get_n_kept (const AnmSnapshotReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSnapshotAddress, anm_snapshot_address_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSnapshotReader, anm_snapshot_reader_free)

G_END_DECLS
