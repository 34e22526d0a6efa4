/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/csv-values.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_NUMBER_LENGTH 400

static gboolean
is_one_of (const char *text,
           gsize length,
           const char *const *words,
           gsize n_words)
{
  if (length == 0)
    return TRUE;
  if (length > 7)
    return FALSE;
  for (gsize i = 0; i < n_words; i++)
    if (strlen (words[i]) == length && g_ascii_strncasecmp (text, words[i], length) == 0)
      return TRUE;
  return FALSE;
}

gboolean
anm_csv_is_missing_number (const char *text,
                           gsize length)
{
  static const char *const words[] = { "NA", "N/A", "#N/A", "NaN", "null", "none", "nil", "missing", "unknown", ".", "-", "--", "?" };

  return is_one_of (text, length, words, G_N_ELEMENTS (words));
}

gboolean
anm_csv_is_missing_word (const char *text,
                         gsize length)
{
  static const char *const words[] = { "NA", "N/A", "#N/A", "NaN", "null", ".", "?" };

  return is_one_of (text, length, words, G_N_ELEMENTS (words));
}

static const char *
skip_digits (const char *p)
{
  while (g_ascii_isdigit (*p))
    p++;
  return p;
}

/* The end of a number written as it should be; NULL if it isn't one. */
static const char *
scan_number (const char *text,
             char point)
{
  const char *p = text;
  const char *digits, *fraction;

  if (*p == '+' || *p == '-')
    p++;
  digits = p;
  p = skip_digits (p);
  fraction = p;
  if (*p == point)
    {
      fraction = skip_digits (p + 1);
      if (fraction == p + 1 && p == digits)
        return NULL;
      p = fraction;
    }
  if (p == digits)
    return NULL;
  if (*p == 'e' || *p == 'E')
    {
      const char *exponent = p + 1;

      if (*exponent == '+' || *exponent == '-')
        exponent++;
      p = skip_digits (exponent);
      if (p == exponent)
        return NULL;
    }
  return p;
}

/*
 * Clinger (1990): a mantissa below 2^53 times or by a power of ten up to 10^22
 * is rounded but once, hence right. Nearly all numbers in tables are such, and
 * this is ten times as fast as strtod().
 */
static gboolean
parse_plain_number (const char *text,
                    const char *end,
                    char point,
                    double *number)
{
  static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  gboolean negative = *text == '-';
  const char *p = text + (*text == '-' || *text == '+');
  guint64 mantissa = 0;
  guint n_digits = 0, n_decimals = 0;
  gboolean after_point = FALSE;

  for (; p < end; p++)
    {
      if (*p == point)
        after_point = TRUE;
      else if (!g_ascii_isdigit (*p) || ++n_digits > 15)
        return FALSE;
      else
        {
          mantissa = mantissa * 10 + (guint64) (*p - '0');
          n_decimals += after_point;
        }
    }
  *number = (double) mantissa / powers[n_decimals];
  if (negative)
    *number = -*number;
  return TRUE;
}

gboolean
anm_csv_parse_number (const char *text,
                      gsize length,
                      gboolean decimal_comma,
                      double *number)
{
  char point = decimal_comma ? ',' : '.';
  const char *end;
  char copy[MAX_NUMBER_LENGTH + 1];
  char *comma;

  if (length == 0 || length > MAX_NUMBER_LENGTH)
    return FALSE;
  end = scan_number (text, point);
  if (end == NULL || end != text + length)
    return FALSE;
  if (parse_plain_number (text, end, point, number))
    return TRUE;

  memcpy (copy, text, length);
  copy[length] = '\0';
  comma = decimal_comma ? strchr (copy, ',') : NULL;
  if (comma != NULL)
    *comma = '.';
  *number = g_ascii_strtod (copy, NULL);
  return isfinite (*number) && fabs (*number) <= (double) FLT_MAX;
}

gboolean
anm_csv_looks_like_number (const char *text,
                           gsize length)
{
  static const char *const limits[] = { "<=", ">=", "≤", "≥", "<", ">", "~" };
  const char *point, *comma;

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    if (g_str_has_prefix (text, limits[i]))
      {
        text += strlen (limits[i]);
        length -= strlen (limits[i]);
        break;
      }
  while (*text == ' ')
    {
      text++;
      length--;
    }
  point = scan_number (text, '.');
  comma = scan_number (text, ',');
  return (point != NULL && point == text + length) || (comma != NULL && comma == text + length);
}

/* Exactly @n digits. */
static gboolean
take_digits (const char **p,
             guint n,
             guint *value)
{
  *value = 0;
  for (guint i = 0; i < n; i++, (*p)++)
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      *value = *value * 10 + (guint) (**p - '0');
    }
  return TRUE;
}

static gboolean
take_char (const char **p,
           char c)
{
  if (**p != c)
    return FALSE;
  (*p)++;
  return TRUE;
}

/* .123 or ,123 after the seconds. */
static double
take_fraction (const char **p)
{
  double scale = 0.1, fraction = 0;

  if ((**p != '.' && **p != ',') || !g_ascii_isdigit ((*p)[1]))
    return 0;
  for ((*p)++; g_ascii_isdigit (**p); (*p)++, scale /= 10)
    fraction += (**p - '0') * scale;
  return fraction;
}

/* hh:mm[:ss[.fraction]] with up to @max_hour_digits digits of hours. */
static gboolean
take_clock (const char **p,
            guint max_hour_digits,
            double *seconds)
{
  guint hours = 0, minutes, whole = 0, n_digits = 0;
  double fraction = 0;

  while (g_ascii_isdigit (**p) && n_digits < max_hour_digits)
    {
      hours = hours * 10 + (guint) (**p - '0');
      (*p)++;
      n_digits++;
    }
  if (n_digits == 0 || !take_char (p, ':') || !take_digits (p, 2, &minutes) || minutes > 59)
    return FALSE;
  if (**p == ':')
    {
      (*p)++;
      if (!take_digits (p, 2, &whole) || whole > 60)
        return FALSE;
      fraction = take_fraction (p);
    }
  *seconds = hours * 3600.0 + minutes * 60.0 + whole + fraction;
  return TRUE;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static gint64
count_days (gint64 year,
            guint month,
            guint day)
{
  gint64 era, year_of_era, day_of_year;

  year -= month <= 2;
  era = year / 400;
  year_of_era = year - era * 400;
  day_of_year = (153 * ((gint64) month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* Z, +hh, +hhmm or +hh:mm; seconds to be subtracted. */
static gboolean
take_zone (const char **p,
           double *seconds)
{
  guint hours, minutes = 0;
  double sign = **p == '-' ? -1 : 1;

  *seconds = 0;
  if (take_char (p, 'Z') || **p == '\0')
    return TRUE;
  if (!take_char (p, '+') && !take_char (p, '-'))
    return FALSE;
  if (!take_digits (p, 2, &hours) || hours > 15)
    return FALSE;
  take_char (p, ':');
  if (**p != '\0' && (!take_digits (p, 2, &minutes) || minutes > 59))
    return FALSE;
  *seconds = sign * (hours * 3600.0 + minutes * 60.0);
  return TRUE;
}

/* One or two digits. */
static gboolean
take_short_number (const char **p,
                   guint *value)
{
  return take_digits (p, g_ascii_isdigit (**p) && g_ascii_isdigit ((*p)[1]) ? 2 : 1, value);
}

/* Year first can't be misread: 2021-04-03, and 2021/4/3 too. */
static gboolean
parse_date (const char *text,
            AnmTimeKind *kind,
            double *time)
{
  const char *p = text;
  guint year, month, day;
  double seconds = 0, zone = 0;
  char mark = 0;

  if (!take_digits (&p, 4, &year) || (*p != '-' && *p != '/' && *p != '.'))
    return FALSE;
  mark = *p++;
  if (!take_short_number (&p, &month) || !take_char (&p, mark) || !take_short_number (&p, &day))
    return FALSE;
  if (year < 1 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;

  *kind = ANM_TIME_DATE;
  if (*p != '\0')
    {
      if (*p != 'T' && *p != 't' && *p != ' ')
        return FALSE;
      p++;
      if (!take_clock (&p, 2, &seconds) || seconds > 86400 || !take_zone (&p, &zone) || *p != '\0')
        return FALSE;
      *kind = ANM_TIME_MOMENT;
    }
  *time = (double) count_days (year, month, day) * 86400.0 + seconds - zone;
  return TRUE;
}

/**
 * anm_csv_parse_time:
 * @kind: (out): how the time is written
 * @time: (out): the number, or seconds since midnight or 1970
 *
 * Returns: whether @text is a time at all
 */
gboolean
anm_csv_parse_time (const char *text,
                    gsize length,
                    gboolean decimal_comma,
                    AnmTimeKind *kind,
                    double *time)
{
  const char *p = text;

  if (anm_csv_parse_number (text, length, decimal_comma, time))
    {
      *kind = ANM_TIME_NUMBER;
      return TRUE;
    }
  if (take_clock (&p, 5, time) && *p == '\0')
    {
      *kind = ANM_TIME_CLOCK;
      return TRUE;
    }
  return parse_date (text, kind, time);
}

gboolean
anm_csv_is_ambiguous_date (const char *text)
{
  const char *p = text;
  char mark = 0;

  for (guint part = 0; part < 3; part++)
    {
      const char *digits = p;

      p = skip_digits (p);
      if (p == digits || p - digits > (part < 2 ? 2 : 4))
        return FALSE;
      if (part == 0)
        mark = *p;
      if (part < 2 && (*p != mark || (mark != '/' && mark != '.' && mark != '-')))
        return FALSE;
      p += part < 2;
    }
  return *p == '\0' || *p == ' ' || *p == ',' || *p == 'T';
}

gboolean
anm_csv_is_ambiguous_comma (const char *text,
                            gsize length)
{
  const char *p = text + (*text == '-' || *text == '+');
  const char *comma = skip_digits (p);

  return comma > p && comma - p <= 3 && *comma == ',' && skip_digits (comma + 1) == comma + 4 && comma + 4 == text + length && *p != '0';
}
