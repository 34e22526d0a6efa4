/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the text of a field means. */

/* Words for a missing number, in any case: nothing, NA, N/A, #N/A, NaN, null, none, nil, missing, unknown and . - -- ? */
gboolean anm_csv_is_missing_number   (const char *text,
                                      gsize length);
/* The same for words, where "none", "unknown" and "-" may be meant: nothing, NA, N/A, #N/A, NaN, null and . ? */
gboolean anm_csv_is_missing_word     (const char *text,
                                      gsize length);

/* [+-]digits[.digits][e[+-]digits], with a comma instead of the point if @decimal_comma; finite as a float. */
gboolean anm_csv_parse_number        (const char *text,
                                      gsize length,
                                      gboolean decimal_comma,
                                      double *number);

/* A number, or what was meant as one: with the other decimal sign, as a limit (<0.3), or too large. */
gboolean anm_csv_looks_like_number   (const char *text,
                                      gsize length);

typedef enum
{
  ANM_TIME_NUMBER,
  ANM_TIME_CLOCK,    /* hh:mm or hh:mm:ss, hours may pass 24; seconds */
  ANM_TIME_DATE,     /* ISO 8601 YYYY-MM-DD, or YYYY/M/D; seconds since 1970 */
  ANM_TIME_MOMENT,   /* such a date and a time; seconds since 1970, UTC if a zone is given */
  ANM_N_TIME_KINDS,
} AnmTimeKind;

gboolean anm_csv_parse_time          (const char *text,
                                      gsize length,
                                      gboolean decimal_comma,
                                      AnmTimeKind *kind,
                                      double *time);
/* 03/04/2021, 3.4.21 ...: a date, but who knows which. */
gboolean anm_csv_is_ambiguous_date   (const char *text);
/* 1,234: digits, a comma and just three digits, which may be 1.234 or 1234. */
gboolean anm_csv_is_ambiguous_comma  (const char *text,
                                      gsize length);

G_END_DECLS
