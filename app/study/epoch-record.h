/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"

G_BEGIN_DECLS

/**
 * AnmEpochRecord:
 *
 * One whole epoch on its way from the scheduler to the writer and to the run, and as the run
 * keeps it. Immutable once it is filled, reference counted.
 */
typedef struct
{
  gatomicrefcount ref_count;
  AnmRunEpoch     figures;
} AnmEpochRecord;

/* An empty record for a network of @n_layers layers. */
AnmEpochRecord *anm_epoch_record_new      (guint n_layers);
/* Copies the trainer's figures. @seconds: computing since the run began. */
AnmEpochRecord *anm_epoch_record_new_from_trainer (const AnmEpochFigures *figures,
                                                   double seconds);
AnmEpochRecord *anm_epoch_record_ref      (AnmEpochRecord *self);
void            anm_epoch_record_unref    (AnmEpochRecord *self);

/**
 * AnmSnapshot:
 *
 * A run's parameters at one moment. Reference counted, immutable.
 */
typedef enum
{
  ANM_SNAPSHOT_INITIAL,
  ANM_SNAPSHOT_BEST,
  ANM_SNAPSHOT_LAST,
  ANM_N_SNAPSHOTS,
} AnmSnapshotKind;

typedef struct
{
  gatomicrefcount ref_count;
  guint           epoch;      /* whole epochs done */
  guint64         updates;
  GBytes         *parameters; /* anm_real [n_parameters], in the machine's byte order */
  GBytes         *optimizer;  /* nullable: see anm_trainer_save_optimizer() */
} AnmSnapshot;

AnmSnapshot *anm_snapshot_new   (guint epoch,
                                 guint64 updates,
                                 const anm_real *parameters,
                                 gsize n_parameters,
                                 GBytes *optimizer);
/* @parameters: taken. */
AnmSnapshot *anm_snapshot_new_take (guint epoch,
                                    guint64 updates,
                                    anm_real *parameters,
                                    gsize n_parameters);
AnmSnapshot *anm_snapshot_ref   (AnmSnapshot *self);
void         anm_snapshot_unref (AnmSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmEpochRecord, anm_epoch_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSnapshot, anm_snapshot_unref)

G_END_DECLS
