/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/exhibit.h"

G_BEGIN_DECLS

/* Pictures of what is inside a network, computed on the spot from a source's weights: for programs without a window. */
AnmFigure *anm_make_memory_horizon   (const AnmExhibitSource *source);
AnmFigure *anm_make_recurrent_matrix (const AnmExhibitSource *source);
AnmFigure *anm_make_jacobian         (const AnmExhibitSource *source);
AnmFigure *anm_make_reach            (const AnmExhibitSource *source);
AnmFigure *anm_make_trajectories     (const AnmExhibitSource *source);
AnmFigure *anm_make_saturation       (const AnmExhibitSource *source);
AnmFigure *anm_make_weight_histogram (const AnmExhibitSource *source);

/* What @source's `of` can be for @name, one of these figures: gates, tensors, fields; NULL-terminated. NULL if it has no use for it. */
char     **anm_list_things_of        (const char *name,
                                      const AnmExhibitSource *source);

G_END_DECLS
