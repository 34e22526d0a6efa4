/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"

G_BEGIN_DECLS

/**
 * AnmColumns:
 *
 * Columns of equal width side by side, as strips and heat maps have them: column k
 * is centred on first + k * step. Strips under one another with the same columns and the same
 * width share one time axis.
 */
typedef struct
{
  guint   n_columns;
  double  first, step;
  double  low, high;  /* the stretch that is shown, NaN = all */
  char   *label;      /* owned */
  char   *time_unit;  /* owned, nullable */
} AnmColumns;

/* @n_columns columns from @first on, @step apart; copies the words. All of them are shown. */
void     anm_columns_init       (AnmColumns *self,
                                 guint n_columns,
                                 double first,
                                 double step,
                                 const char *label,
                                 const char *time_unit);
/* Frees what it holds. */
void     anm_columns_clear      (AnmColumns *self);
/* The axis under a plot: from the first column's left edge to the last one's right edge. */
AnmAxis  anm_columns_get_axis   (const AnmColumns *self,
                                 const AnmArea *plot);
gboolean anm_columns_project    (const AnmColumns *self,
                                 const AnmArea *plot,
                                 double x,
                                 double *pixel_x);
/* Shows the stretch @low .. @high, widened to a column; NaN = all. */
void     anm_columns_set_span   (AnmColumns *self,
                                 double low,
                                 double high);
/* The same as numbers: what of @low .. @high such columns would show. */
void     anm_stretch_of_columns (const AnmColumns *self,
                                 double low,
                                 double high,
                                 double *shown_low,
                                 double *shown_high);
/* The columns of which something is shown: @first .. @end - 1. */
void     anm_columns_get_shown  (const AnmColumns *self,
                                 guint *first,
                                 guint *end);
/* Column at a pixel or at an x, -1 outside. */
int      anm_columns_at_pixel   (const AnmColumns *self,
                                 const AnmArea *plot,
                                 double pixel_x);
int      anm_columns_find       (const AnmColumns *self,
                                 double x);
double   anm_columns_get_x      (const AnmColumns *self,
                                 guint column);
double   anm_columns_step_x     (const AnmColumns *self,
                                 double x,
                                 int direction);
char    *anm_columns_describe   (const AnmColumns *self,
                                 guint column);
/* First, middle and last column, the last with its unit: all that a strip has room for. */
void     anm_columns_draw_foot  (const AnmColumns *self,
                                 cairo_t *cr,
                                 const AnmTheme *theme,
                                 const AnmArea *plot);
/* Ticks of a figure that stands alone. */
void     anm_columns_draw_ticks (const AnmColumns *self,
                                 cairo_t *cr,
                                 const AnmTheme *theme,
                                 const AnmArea *plot);

/* Height of what stands under a strip, the same for all that meet row by row. */
#define ANM_STRIP_FOOT 21

G_END_DECLS
