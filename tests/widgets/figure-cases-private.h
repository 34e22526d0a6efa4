/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/widgets/figure-cases.h"

/* How many points a series of that case has. */
gsize       figure_case_count       (FigureCase which,
                                     gsize usual,
                                     gsize many);
/* The @i-th number of a series, about between 0 and 1 if there is nothing odd about it; as a float where those are smaller. */
double      figure_case_value       (FigureCase which,
                                     gsize i,
                                     guint series);
float       figure_case_float       (FigureCase which,
                                     gsize i,
                                     guint series);
double     *figure_case_fill        (FigureCase which,
                                     gsize n,
                                     guint series);
const char *figure_case_word        (FigureCase which,
                                     guint i);

/* Figures of what is inside a network, one of each kind. */
AnmFigure  *figure_case_complex_plane    (FigureCase which);
AnmFigure  *figure_case_trajectories     (FigureCase which);
AnmFigure  *figure_case_epoch_map        (FigureCase which);
AnmFigure  *figure_case_mirror_bars      (FigureCase which);
AnmFigure  *figure_case_waterfall        (FigureCase which);
AnmFigure  *figure_case_activation_curve (FigureCase which);
AnmFigure  *figure_case_dendrogram       (FigureCase which);
AnmFigure  *figure_case_state_column     (FigureCase which);
AnmFigure  *figure_case_equations        (FigureCase which);
