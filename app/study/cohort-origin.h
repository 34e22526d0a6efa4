/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/source.h"

G_BEGIN_DECLS

/*
 * Where records came from, exactly enough to read them again: the source's arguments, what each of its tables and columns means, and
 * the files with size, time and SHA-256, as JSON.
 */

/* @with_sums: reads every file, for records that are kept by reference. */
char      *anm_cohort_origin_describe  (AnmSource *source,
                                        gboolean with_sums,
                                        GError **error);
/* Reads them again, and only if they are the same still: files that have changed and records whose serialised form isn't of @hash are errors.
 * @hash is nullable: whatever they are now. */
AnmCohort *anm_cohort_origin_read      (const char *origin,
                                        const char *hash,
                                        GCancellable *cancellable,
                                        GError **error);
/* The arguments, absolute where they are files; and the roles as text if the user gave any, else NULL. For a command line. */
char     **anm_cohort_origin_get_arguments (const char *origin,
                                        char **roles);

G_END_DECLS
