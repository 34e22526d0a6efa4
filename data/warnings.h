/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort-builder.h"

G_BEGIN_DECLS

/* What is doubtful, but no reason to refuse: said once, with a count and the first place. */

void anm_warn_about_outcomes    (AnmCohortBuilder *builder,
                                 gboolean has_outcomes);
void anm_warn_about_one_class   (AnmCohortBuilder *builder,
                                 const char *target,
                                 const char *only);
void anm_warn_about_duplicates  (AnmCohort *cohort);
void anm_warn_about_channels    (AnmCohort *cohort);
/* What lies before the patient's start isn't given to a network. */
void anm_warn_about_early_rows  (AnmCohort *cohort);
/* Values outside the plausible range are kept. */
void anm_warn_about_implausible (AnmCohort *cohort);

G_END_DECLS
