/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where an axis has its ticks. */
typedef enum
{
  ANM_AXIS_LINEAR,
  ANM_AXIS_WHOLE,  /* epochs, steps: no ticks between whole numbers */
  ANM_AXIS_TIME,   /* ticks where clocks and calendars have them */
  ANM_AXIS_LOG,
} AnmAxisKind;

/**
 * AnmAxis:
 *
 * From numbers to pixels and back. @low lies at the pixel @start, @high at @end;
 * a vertical axis has its @start below its @end. On a log axis @low is above 0.
 */
typedef struct
{
  AnmAxisKind kind;
  const char *time_unit; /* TIME: "h", "min", "s", "d"; "date": seconds since 1970; any other: whole numbers */
  double      low, high;
  double      start, end;
} AnmAxis;

#define ANM_AXIS_MAX_TICKS 32

/* A mark on an axis and its number. */
typedef struct
{
  double value;
  char   label[40];
} AnmTick;

/* @low and @high as an axis can bear: finite, in order, apart; above 0 if @kind is LOG. */
void   anm_axis_set_range (AnmAxis *self,
                           double low,
                           double high);
double anm_axis_project   (const AnmAxis *self,
                           double value);
double anm_axis_invert    (const AnmAxis *self,
                           double pixel);
/* Ticks by the 1-2-5 rule, at most about @at_most. @ticks: [ANM_AXIS_MAX_TICKS]. Returns their number. */
guint  anm_axis_get_ticks (const AnmAxis *self,
                           guint at_most,
                           AnmTick *ticks);
/* The smallest 1, 2 or 5 times a power of ten that isn't less than @width. */
double anm_axis_nice_step (double width);

G_END_DECLS
