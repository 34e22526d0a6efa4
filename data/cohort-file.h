/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * A cohort as a file that is mapped and not parsed: the arrays lie in it as they lie in memory. For a cache on the machine that wrote
 * it; what travels is anm_cohort_serialize(). The whole file is under a check sum, which is looked at at the speed of memory whenever
 * it is mapped. @name: whatever tells the content apart, up to 64 bytes; a file of another name is refused.
 */

/* FALSE without an error on a machine whose arrays lie otherwise. @file: a descriptor, written from its beginning. */
gboolean   anm_cohort_write_file (const AnmCohort *self,
                                  const char *name,
                                  int file,
                                  GError **error);
/* The mapping lives as long as the cohort. ANM_DATA_ERROR_READ, or _FORMAT for anything that isn't exactly what was written. */
AnmCohort *anm_cohort_map_file   (const char *path,
                                  const char *name,
                                  GError **error);

G_END_DECLS
