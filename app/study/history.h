/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/versions.h"

G_BEGIN_DECLS

/**
 * AnmEdit:
 *
 * One edit and the study as it was after it. Recipe, network and hyperparameters are texts; those of an edit of this
 * session are in memory, others are read by their hash when they are needed.
 */
typedef struct _AnmEdit AnmEdit;

struct _AnmEdit
{
  gint64            id;       /* microseconds since 1970; later ones are greater */
  AnmEdit          *parent;   /* what it changed; NULL: the study as it was made */
  char             *label;
  AnmCohortVersion *cohort;   /* nullable: see hashes */
  char             *recipe;
  char             *network;
  char             *hyperparameters;
  AnmHead           hashes;   /* of an edit that was read from the file */
  GArray           *runs;     /* of guint: the runs that it deleted or brought back */
  gboolean          deleted;  /* which of the two */
};

/**
 * AnmHistory:
 *
 * All edits of a study, as a tree: to undo is to move the head to what an edit changed, to redo to the newest edit of what the
 * head is at. Nothing is ever taken out. Main thread.
 */
typedef struct _AnmHistory AnmHistory;

AnmHistory *anm_history_load   (sqlite3 *db,
                                GError **error);
void        anm_history_free   (AnmHistory *self);
/* What the study is now; never NULL. */
AnmEdit    *anm_history_get_head (AnmHistory *self);
/* What is redone from here, NULL if there is nothing. */
AnmEdit    *anm_history_get_next (AnmHistory *self);
/* A new edit, which the head is at from now on; the caller fills it. */
AnmEdit    *anm_history_add    (AnmHistory *self,
                                const char *label);
void        anm_history_move   (AnmHistory *self,
                                AnmEdit *edit);
/* The versions that the file knows the edit by are read into memory. */
gboolean    anm_edit_load      (AnmEdit *self,
                                sqlite3 *db,
                                GError **error);
/* Within a transaction. The row of a new edit, and where the head is. */
gboolean    anm_edit_insert    (sqlite3 *db,
                                gint64 id,
                                gint64 parent,
                                const char *label,
                                const AnmHead *hashes,
                                const char *runs,
                                gboolean deleted,
                                GError **error);
gboolean    anm_edit_set_head  (sqlite3 *db,
                                gint64 id,
                                GError **error);
/* "3,4" */
char       *anm_edit_runs_to_text (const AnmEdit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmHistory, anm_history_free)

G_END_DECLS
