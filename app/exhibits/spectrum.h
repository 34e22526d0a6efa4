/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/spectrum-look.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/*
 * What a recurrent layer's matrices do to its state. Each takes a look that was computed before, or %NULL with
 * @lack, which then stands in the figure's place.
 */

/* @epoch: whose weights they are; the hollow points are those of epoch 0. */
AnmFigure *anm_recurrent_matrix_exhibit_new (const AnmNetwork *network,
                                             const AnmRecurrentLook *look,
                                             guint epoch,
                                             const char *lack);
/* @patient: an id; @step: width of a time step. */
AnmFigure *anm_jacobian_exhibit_new         (const AnmNetwork *network,
                                             const AnmJacobianLook *look,
                                             const char *patient,
                                             double step,
                                             const char *time_unit,
                                             guint epoch,
                                             const char *lack);
AnmFigure *anm_reach_exhibit_new            (const AnmNetwork *network,
                                             const AnmReachLook *look,
                                             const char *patient,
                                             double step,
                                             const char *time_unit,
                                             guint epoch,
                                             const char *lack);

/* Why a layer that isn't recurrent, or a network without one, has none of these. */
const char *anm_not_recurrent_words         (const AnmNetwork *network);

G_END_DECLS
