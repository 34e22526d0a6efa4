/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * Records that are in a study, once more as files in the user's cache that are mapped and not parsed, so that a study opens at the speed of
 * memory whatever it holds. A file is named by the SHA-256 of the records as they are in the study, written beside and
 * renamed, and looked at whole when it is mapped; without it, or when it is damaged, the study itself is read. Any thread.
 *
 * Smaller records than ANM_COHORT_CACHE_MIN bytes are read as fast. What wasn't used for a season goes, and what was
 * used longest ago when all is more than ANM_COHORT_CACHE_MAX.
 */
#define ANM_COHORT_CACHE_MIN ((gsize) 1 << 20)
#define ANM_COHORT_CACHE_MAX ((gint64) 8 << 30)

/* NULL if it isn't there, or not whole. */
AnmCohort *anm_cohort_cache_load  (const char *hash);
/* A cache that can't be written is none: no error. */
void       anm_cohort_cache_store (const char *hash,
                                   const AnmCohort *cohort);
/* Where it is or would be; the caller's own. */
char      *anm_cohort_cache_get_path (const char *hash);

G_END_DECLS
