/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* The step of width @step that @time lies in: [k * step, (k + 1) * step). A time
 * that rounding left a hair before its step belongs to it (0.3 / 0.1 < 3). */
static inline double
anm_time_grid_index (double time,
                     double step)
{
  return floor (time / step + 1e-6);
}

/* Steps from time zero up to and with @end; 0 if @end is NaN or negative. */
static inline double
anm_time_grid_length (double end,
                      double step)
{
  return end >= 0 ? anm_time_grid_index (end, step) + 1 : 0;
}

G_END_DECLS
