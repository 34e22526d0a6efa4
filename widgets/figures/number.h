/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Numbers as people read them: a real minus sign (U+2212), a thin space
 * (U+2009) between groups of three digits, powers of ten with raised
 * exponents. A point divides the decimals in every language, as in the
 * literature, unless a person wants a comma. Missing is "–", never "nan".
 */

/* '.' (usual) or ',' before the decimals of all that is formatted from now on, on any thread. */
void  anm_number_set_decimal_mark (char mark);
/* At most @digits significant digits (1 .. 9), trailing zeros kept off: "0.285", "6 528", "1.2×10⁻⁵". */
char *anm_number_format          (double value,
                                  int digits);
/* Always @decimals decimals: "0.30". */
char *anm_number_format_fixed    (double value,
                                  int decimals);
/* A term of a sum: two decimals, "0.30"; of a very large or very small one, significant digits: "0.003", "2×10⁻⁵". */
char *anm_number_format_term     (double value);
/* Always @digits significant digits, as in a column of losses: "0.300", "12.0". */
char *anm_number_format_exact    (double value,
                                  int digits);
/* 10 to a whole power: "10⁻³", "1" for 0, "10". */
char *anm_number_format_power    (int exponent);
/* A share, 0 .. 1: "84 %"; "< 1 %" and "> 99 %" where rounding would say none or all. */
char *anm_number_format_share    (double share);
/* A count: "4 000". */
char *anm_number_format_count    (gint64 count);
/* A point in time in one of the units "h", "min", "s", "d", "step": "hour 39"; @value in that unit. "date": a day and time,
 * @value in seconds since 1970. */
char *anm_number_format_time     (double value,
                                  const char *time_unit);
/* A span: "2 h". */
char *anm_number_format_duration (double value,
                                  const char *time_unit);

G_END_DECLS
