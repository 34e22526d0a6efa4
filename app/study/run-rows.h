/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/epoch-record.h"
#include "app/study/machine.h"
#include "app/study/store.h"
#include "app/study/versions.h"

G_BEGIN_DECLS

/**
 * AnmRunKey:
 *
 * A run's number in its study, from 1. The main thread proposes one; the writer settles it when
 * it makes the row, since another program may have taken the number meanwhile. Reference counted,
 * for any thread.
 */
typedef struct _AnmRunKey AnmRunKey;

AnmRunKey *anm_run_key_new   (guint id);
AnmRunKey *anm_run_key_ref   (AnmRunKey *self);
void       anm_run_key_unref (AnmRunKey *self);
guint      anm_run_key_get   (AnmRunKey *self);

/* What a run's row is made of; all owned. */
typedef struct
{
  AnmRunKey        *key;
  AnmRunKey        *race;            /* nullable: the key of the race's first run */
  AnmCohortVersion *cohort;
  GBytes           *split;
  char             *recipe;          /* as fitted, JSON */
  char             *network;         /* text */
  char             *hyperparameters; /* JSON */
  AnmMachine        machine;
  AnmRunKey        *parent;          /* nullable: the run that it was forked from, */
  guint             parent_epoch;    /* at this epoch */
} AnmRunRow;

void      anm_run_row_free        (AnmRunRow *self);

/* Handing in, from any thread; the writer does the rest. */
void      anm_run_rows_add        (AnmStore *store,
                                   AnmRunRow *row);         /* taken */
void      anm_run_rows_add_epoch  (AnmStore *store,
                                   AnmRunKey *key,
                                   AnmEpochRecord *record); /* a new reference is taken */
/* @updates consecutive, of one epoch; copied. */
void      anm_run_rows_add_updates (AnmStore *store,
                                   AnmRunKey *key,
                                   guint epoch,
                                   const AnmRunUpdate *updates,
                                   gsize n_updates);
void      anm_run_rows_add_event  (AnmStore *store,
                                   AnmRunKey *key,
                                   guint64 updates,
                                   const char *kind,
                                   const char *detail);     /* nullable */

/* This process trains the run from now on. */
void      anm_run_rows_take_over  (AnmStore *store,
                                   AnmRunKey *key);
/* Takes back what is beyond @epoch and @updates (all of it, if @begun is FALSE). */
void      anm_run_rows_rewind     (AnmStore *store,
                                   AnmRunKey *key,
                                   gboolean begun,
                                   guint epoch,
                                   guint64 updates);

/* Reading, on the main thread. */
typedef struct
{
  guint        id;
  guint        race;
  char        *cohort;          /* hashes */
  char        *split;
  char        *recipe;
  char        *network;
  char        *hyperparameters;
  AnmRunStatus status;
  char        *message;
  char        *process;         /* who trained it last */
  char        *name;            /* nullable */
  char        *note;
  gboolean     starred;
  gboolean     deleted;
  char       **tags;            /* in alphabetical order */
  guint        parent;          /* 0: none */
  guint        parent_epoch;
  guint        epochs;          /* 0, or what the run was extended to */
  guint        n_changes;       /* in flight */
  char        *weights;         /* nullable: the file whose weights it began with, without its folder, */
  char        *weights_path;    /* nullable: with it, */
  char        *weights_layout;  /* nullable: and how it was read */
  gint64       began;           /* microseconds since 1970 */
  AnmMachine   machine;
} AnmStoredRun;

void        anm_stored_run_free   (AnmStoredRun *self);
/* Of AnmStoredRun, oldest first, of the runs from number @first on; deleted ones too. */
GPtrArray  *anm_run_rows_load     (sqlite3 *db,
                                   guint first,
                                   GError **error);
/* Of AnmEpochRecord. */
GPtrArray  *anm_run_rows_load_epochs (sqlite3 *db,
                                   guint id,
                                   GError **error);
/* Of AnmRunUpdate. */
GArray     *anm_run_rows_load_updates (sqlite3 *db,
                                   guint id,
                                   GError **error);
guint       anm_run_rows_get_last_id (sqlite3 *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmRunKey, anm_run_key_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmRunRow, anm_run_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmStoredRun, anm_stored_run_free)

G_END_DECLS
