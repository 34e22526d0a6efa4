/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

/* Figures with invented numbers that never change: what the reference pictures show. */
typedef struct
{
  const char *name;
  int         width, height;
  gboolean    with_title;
  AnmFigure *(*make) (void);
} FigureSample;

const FigureSample *figure_samples (guint *n_samples);
/* A number between -1 and 1 that looks drawn and is always the same. */
double              figure_samples_noise (guint k);
cairo_surface_t    *figure_samples_paint (AnmFigure *figure,
                                          const AnmTheme *theme,
                                          int width,
                                          int height,
                                          gboolean with_title,
                                          double scale,
                                          double cursor);

/* Stretches of a figure's axes alone. */
AnmFigure          *figure_sample_reframe (AnmFigure *figure,
                                          double x_low,
                                          double x_high,
                                          double y_low,
                                          double y_high);

/* In unit-samples.c. */
AnmFigure *figure_sample_dendrogram (void);
AnmFigure *figure_sample_state_column (void);
AnmFigure *figure_sample_state_column_bare (void);
AnmFigure *figure_sample_state_column_one_step (void);
AnmFigure *figure_sample_state_column_rows (void);
AnmFigure *figure_sample_state_column_rows_numbered (void);

/* In inside-samples.c. */
AnmFigure *figure_sample_epoch_map (void);
AnmFigure *figure_sample_epoch_maps (void);
AnmFigure *figure_sample_epoch_maps_rows (void);
AnmFigure *figure_sample_complex_plane (void);
AnmFigure *figure_sample_complex_plane_wide (void);
AnmFigure *figure_sample_trajectories (void);
AnmFigure *figure_sample_trajectories_huge (void);
AnmFigure *figure_sample_trajectories_one (void);
AnmFigure *figure_sample_mirror_bars (void);

/* In cell-samples.c. */
AnmFigure *figure_sample_equations (void);
AnmFigure *figure_sample_equations_odd (void);
AnmFigure *figure_sample_equations_empty (void);
AnmFigure *figure_sample_waterfall (void);
AnmFigure *figure_sample_waterfall_expanded (void);
AnmFigure *figure_sample_waterfall_odd (void);
AnmFigure *figure_sample_waterfall_empty (void);
AnmFigure *figure_sample_curve (void);
AnmFigure *figure_sample_curve_saturated (void);
AnmFigure *figure_sample_curve_decay (void);
AnmFigure *figure_sample_curve_empty (void);
AnmFigure *figure_sample_worksheet (void);
AnmFigure *figure_sample_worksheet_answers (void);
AnmFigure *figure_sample_worksheet_empty (void);
