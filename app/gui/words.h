/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/* Words and numbers as the pages write them. All return newly allocated text. */

/* "4 000", with a thin space between thousands. */
char *anm_format_count     (gsize count);
/* "12 %"; "< 1 %" and "> 99 %" rather than a rounded lie. */
char *anm_format_share     (double share);
/* As many digits as a clinician reads: 101, 37.8, 0.51; "–" for NaN; the real minus sign. */
char *anm_format_value     (double value);
/* "hours", "minutes", "steps", ... for a cohort's time unit. */
const char *anm_time_unit_to_words (const char *time_unit);

G_END_DECLS
