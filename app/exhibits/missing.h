/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/**
 * anm_missing_exhibit_new:
 * @cohort: (nullable): no records yet
 * @step: width of a time step in the cohort's unit; 0 = the one that suits the cohort
 *
 * Share of time steps without a measurement, channel by channel, most first.
 */
AnmFigure *anm_missing_exhibit_new (const AnmCohort *cohort,
                                    double step);

G_END_DECLS
