/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/axis.h"

G_BEGIN_DECLS

/* Ticks where the calendar has them, at most about @at_most, over seconds since 1970 in UTC. @ticks: [ANM_AXIS_MAX_TICKS].
 * Returns their number. */
guint anm_date_get_ticks (double low,
                          double high,
                          guint at_most,
                          AnmTick *ticks);
/* "26 Nov 2026", with its time unless that is midnight; "–" beyond the calendar. */
char *anm_date_format    (double seconds);

G_END_DECLS
