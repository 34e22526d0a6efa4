/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "app/study/study-error.h"

G_BEGIN_DECLS

/* SQLite statements that report through GError, in ANM_STUDY_ERROR. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* A study's file as it is, without what a store knows of it; others may have it open. */
sqlite3      *anm_statement_open      (const char *path,
                                       GError **error);
void          anm_statement_close     (sqlite3 *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, anm_statement_close)

gboolean      anm_statement_execute   (sqlite3 *db,
                                       const char *sql,
                                       GError **error);
sqlite3_stmt *anm_statement_prepare   (sqlite3 *db,
                                       const char *sql,
                                       GError **error);
/* One more row? @has_row is set; FALSE is an error. */
gboolean      anm_statement_step      (sqlite3_stmt *self,
                                       gboolean *has_row,
                                       GError **error);
/* Runs a statement that gives no rows. */
gboolean      anm_statement_run       (sqlite3_stmt *self,
                                       GError **error);
void          anm_statement_bind_text (sqlite3_stmt *self,
                                       int index,
                                       const char *text);   /* nullable */
void          anm_statement_bind_bytes (sqlite3_stmt *self,
                                       int index,
                                       GBytes *bytes);      /* nullable; kept alive by the caller */
char         *anm_statement_dup_text  (sqlite3_stmt *self,
                                       int column);         /* nullable */
GBytes       *anm_statement_dup_bytes (sqlite3_stmt *self,
                                       int column);         /* nullable */
/* The same, not copied: until the statement is stepped or freed. */
GBytes       *anm_statement_peek_bytes (sqlite3_stmt *self,
                                        int column);
/* SQL's NULL is NaN, here and in SQLite's own binding of NaN. */
double        anm_statement_get_double (sqlite3_stmt *self,
                                       int column);
void          anm_statement_set_error (sqlite3 *db,
                                       GError **error);

G_END_DECLS
