/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * The rows of records, within the caller's transaction. Bytes of more than a chunk lie in rows of their own: SQLite's
 * blobs end at a gigabyte, and what is copied in chunks needs no room for the whole.
 */
#define ANM_COHORT_CHUNK ((gsize) 16 << 20)

/* What is said of the records without reading them. @size: bytes of the copy, 0: there is none, only an @origin. */
gboolean anm_cohort_rows_open (sqlite3 *db,
                               const char *hash,
                               char **title,
                               char **source,
                               char **origin,
                               gint64 *size,
                               GError **error);
GBytes  *anm_cohort_rows_load (sqlite3 *db,
                               const char *hash,
                               GError **error);
/* Whether there is a row that says as much as is wanted: a copy, or @by_reference. */
gboolean anm_cohort_rows_has  (sqlite3 *db,
                               const char *hash,
                               gboolean by_reference,
                               gboolean *there,
                               GError **error);
/* @origin and @bytes: nullable, not both. A row without a copy is given one. */
gboolean anm_cohort_rows_put  (sqlite3 *db,
                               const char *hash,
                               const char *title,
                               const char *source,
                               const char *origin,
                               GBytes *bytes,
                               GError **error);

G_END_DECLS
