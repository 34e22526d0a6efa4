/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AnmTimeWindow:
 *
 * What stretch of the chosen patient's time is shown, and what span of it is marked: one of each for all figures over
 * that time, whatever page they are on. In the cohort's time; NaN: all is shown, nothing is marked.
 *
 * Properties: low, high, span-low, span-high (double). Both ends change together: whoever hears of one finds the other set.
 */
#define ANM_TYPE_TIME_WINDOW (anm_time_window_get_type ())
G_DECLARE_FINAL_TYPE (AnmTimeWindow, anm_time_window, ANM, TIME_WINDOW, GObject)

AnmTimeWindow *anm_time_window_new       (void);
void           anm_time_window_get       (AnmTimeWindow *self,
                                          double *low,
                                          double *high);
void           anm_time_window_set       (AnmTimeWindow *self,
                                          double low,
                                          double high);
void           anm_time_window_get_span  (AnmTimeWindow *self,
                                          double *low,
                                          double *high);
void           anm_time_window_set_span  (AnmTimeWindow *self,
                                          double low,
                                          double high);
/* All is shown, nothing is marked. */
void           anm_time_window_reset     (AnmTimeWindow *self);

G_END_DECLS
