/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "data/cohort.h"

G_BEGIN_DECLS

/**
 * AnmCohortVersion:
 *
 * A cohort and its row. Making the bytes of a large cohort takes a while, so it is done on the writer thread, once, when the row is
 * first needed; reading a large one takes a while too, so that it may be there before its cohort is. Reference counted.
 *
 * A row holds a copy of the records (in one piece, or in chunks), or says only where they came from.
 */
typedef struct _AnmCohortVersion AnmCohortVersion;

/* @origin: (nullable) what anm_cohort_origin_describe() says. @by_reference: it is all that is kept. */
AnmCohortVersion *anm_cohort_version_new   (AnmCohort *cohort,
                                            const char *source,
                                            const char *origin,
                                            gboolean by_reference);
/* @hash is kept in the file already. Its cohort is there at once if that takes no time. */
AnmCohortVersion *anm_cohort_version_open  (sqlite3 *db,
                                            const char *hash,
                                            GError **error);
AnmCohortVersion *anm_cohort_version_ref   (AnmCohortVersion *self);
void              anm_cohort_version_unref (AnmCohortVersion *self);
/* Reads the cohort if it isn't there: from the cache, the study, or its source. Any thread. */
gboolean          anm_cohort_version_load  (AnmCohortVersion *self,
                                            GCancellable *cancellable,
                                            GError **error);
/* %NULL until it is loaded. Any thread. */
AnmCohort        *anm_cohort_version_get_cohort (AnmCohortVersion *self);
const char       *anm_cohort_version_get_title (const AnmCohortVersion *self);
const char       *anm_cohort_version_get_source (const AnmCohortVersion *self);
const char       *anm_cohort_version_get_origin (const AnmCohortVersion *self); /* nullable */
gboolean          anm_cohort_version_get_by_reference (const AnmCohortVersion *self);
/* %NULL as long as it isn't in the file. Any thread. */
const char       *anm_cohort_version_get_hash (AnmCohortVersion *self);
/* Whether both hold the same records. */
gboolean          anm_cohort_version_equal (AnmCohortVersion *self,
                                            AnmCohortVersion *other);
gboolean          anm_cohort_version_put   (AnmCohortVersion *self,
                                            sqlite3 *db,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCohortVersion, anm_cohort_version_unref)

G_END_DECLS
