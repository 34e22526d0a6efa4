/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "widgets/figures/theme.h"

G_BEGIN_DECLS

/*
 * Words in figures: Pango with tabular figures, sizes in pixels times the
 * theme's text scale, raised exponents (⁻³) drawn as such in any font. May be used from any thread.
 */

typedef enum
{
  ANM_TEXT_TITLE,       /* 14.5 px bold */
  ANM_TEXT_BODY,        /* 14.5 px */
  ANM_TEXT_NAME,        /* 12.5 px bold: names of rows */
  ANM_TEXT_CAPTION,     /* 12 px */
  ANM_TEXT_LABEL,       /* 11.5 px: at a line's end */
  ANM_TEXT_LABEL_BOLD,
  ANM_TEXT_AXIS,        /* 11 px */
} AnmTextStyle;

/* @max_width: <= 0 is as wide as the text; else it is cut off with an ellipsis. */
void   anm_text_measure      (const AnmTheme *theme,
                              AnmTextStyle style,
                              const char *text,
                              double max_width,
                              double *width,
                              double *height);
/* The width alone; 0 of %NULL. */
double anm_text_get_width    (const AnmTheme *theme,
                              AnmTextStyle style,
                              const char *text);
/* @align_x: 0 = begins at @x, 0.5 = centred, 1 = ends at @x. @align_y: 0 = below @y, 0.5 = its digits
 * centred on @y, 1 = above @y. */
void   anm_text_draw         (cairo_t *cr,
                              const AnmTheme *theme,
                              AnmTextStyle style,
                              AnmColour colour,
                              const char *text,
                              double x,
                              double y,
                              double align_x,
                              double align_y,
                              double max_width);
/* The same with a rim of @ground around the letters, for words that lie over lines. */
void   anm_text_draw_on      (cairo_t *cr,
                              const AnmTheme *theme,
                              AnmTextStyle style,
                              AnmColour colour,
                              AnmColour ground,
                              const char *text,
                              double x,
                              double y,
                              double align_x,
                              double align_y,
                              double max_width);
/* In lines of at most @width, at most @max_height high; centred or not. Returns the height. Draws nothing if @cr is %NULL. */
double anm_text_draw_wrapped (cairo_t *cr,
                              const AnmTheme *theme,
                              AnmTextStyle style,
                              AnmColour colour,
                              const char *text,
                              double x,
                              double y,
                              double width,
                              double max_height,
                              gboolean centred);
/* Reads upwards, its middle at @y, its right edge (the letters' feet) at @x. */
void   anm_text_draw_upwards (cairo_t *cr,
                              const AnmTheme *theme,
                              AnmTextStyle style,
                              AnmColour colour,
                              const char *text,
                              double x,
                              double y,
                              double max_width);
/* A text as it was drawn: where its ink lies on the surface, clipped or not. */
typedef struct
{
  char     *text;        /* owned */
  double    x, y, width, height;
  gboolean  shortened;   /* ends with an ellipsis */
  gboolean  clipped;     /* the clip cuts some of its ink off */
} AnmTextBox;

/* For tests: notes every text that this thread draws from now on in an array of AnmTextBox, %NULL: no more. */
void   anm_text_record       (GArray *boxes);
/* A formula, as Pango markup in a slanted serif face, @size pixels high times the theme's text scale, its letters' feet on
 * @baseline. What is upright says so: <span style='normal'>. Returns its width; draws nothing if @cr is %NULL. */
double anm_formula_draw      (cairo_t *cr,
                              const AnmTheme *theme,
                              double size,
                              AnmColour colour,
                              const char *markup,
                              double x,
                              double baseline,
                              double align_x);
void   anm_set_colour        (cairo_t *cr,
                              AnmColour colour);
AnmColour anm_colour_fade    (AnmColour colour,
                              double alpha);

G_END_DECLS
