/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "app/study/cohort-version.h"

G_BEGIN_DECLS

/*
 * What never changes once it is in a study: rows named by the SHA-256 of their
 * content, so that putting the same thing twice keeps it once. Everything here is
 * done inside the caller's transaction.
 */

/* Hash, the caller's own; %NULL on error. @kind: recipe, fitted-recipe, network, hyperparameters. */
char     *anm_versions_put_text    (sqlite3 *db,
                                    const char *kind,
                                    const char *text,
                                    GError **error);
char     *anm_versions_load_text   (sqlite3 *db,
                                    const char *hash,
                                    GError **error);
char     *anm_versions_put_split   (sqlite3 *db,
                                    GBytes *parts,
                                    GError **error);
GBytes   *anm_versions_load_split  (sqlite3 *db,
                                    const char *hash,
                                    GError **error);

/* The current versions; each nullable. */
typedef struct
{
  char *cohort;
  char *recipe;
  char *network;
  char *hyperparameters;
} AnmHead;

gboolean anm_head_load  (AnmHead *self,
                         sqlite3 *db,
                         GError **error);
gboolean anm_head_store (const AnmHead *self,
                         sqlite3 *db,
                         GError **error);
void     anm_head_clear (AnmHead *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmHead, anm_head_clear)

G_END_DECLS
