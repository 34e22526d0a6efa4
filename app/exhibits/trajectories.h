/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/trajectory-look.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* By what tracks are coloured. */
#define ANM_TRAJECTORIES_BY_OUTCOME "outcome"

/**
 * anm_trajectories_exhibit_new:
 * @look: (nullable): %NULL with @lack, which then stands in the figure's place
 * @by: ANM_TRAJECTORIES_BY_OUTCOME or the name of a static field; %NULL = by outcome; one that isn't there = by nothing
 * @patient: in ink, -1 = none
 * @selected: (nullable): [n_patients of the cohort] the others are pale
 * @epoch: whose weights they are
 *
 * The hidden states of many patients as ways through the plane of a layer's two principal components.
 */
AnmFigure *anm_trajectories_exhibit_new (const AnmNetwork *network,
                                         const AnmTrajectoryLook *look,
                                         const char *by,
                                         gssize patient,
                                         const guint8 *selected,
                                         guint epoch,
                                         const char *lack);
/* One of them and its name alone, to be laid over @figure. @way: in the look. */
AnmFigure *anm_trajectory_overlay_new   (const AnmTrajectoryLook *look,
                                         const AnmFigure *figure,
                                         guint way);
/* What they can be coloured by: "outcome" and static fields; NULL-terminated. */
char     **anm_trajectories_list_fields (const AnmCohort *cohort);

G_END_DECLS
