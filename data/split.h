/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"

G_BEGIN_DECLS

/* Fills @parts (of guint32, ascending) with the patients of each part. */
gboolean anm_split_patients (const AnmCohort *cohort,
                             const AnmRecipe *recipe,
                             GArray *parts[ANM_N_PARTS],
                             GError **error);

G_END_DECLS
