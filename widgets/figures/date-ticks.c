/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/date-ticks.h"

/* Beyond the calendar. */
#define FIRST_SECOND -62135596800.0  /* year 1 */
#define LAST_SECOND 253402300799.0   /* year 9999 */

#define DAY 86400.0

/* What years and months have, and below them seconds. */
typedef struct
{
  double seconds;  /* about, of one step */
  int    months;   /* 0 = whole seconds */
} Step;

static const Step steps[] = {
  { 1, 0 }, { 2, 0 }, { 5, 0 }, { 10, 0 }, { 15, 0 }, { 30, 0 },
  { 60, 0 }, { 120, 0 }, { 300, 0 }, { 600, 0 }, { 900, 0 }, { 1800, 0 },
  { 3600, 0 }, { 7200, 0 }, { 10800, 0 }, { 21600, 0 }, { 43200, 0 },
  { DAY, 0 }, { 2 * DAY, 0 }, { 7 * DAY, 0 }, { 14 * DAY, 0 },
  { 30.4 * DAY, 1 }, { 61 * DAY, 2 }, { 91 * DAY, 3 }, { 182.6 * DAY, 6 },
  { 365.25 * DAY, 12 }, { 2 * 365.25 * DAY, 24 }, { 5 * 365.25 * DAY, 60 }, { 10 * 365.25 * DAY, 120 }, { 20 * 365.25 * DAY, 240 },
  { 50 * 365.25 * DAY, 600 }, { 100 * 365.25 * DAY, 1200 }, { 200 * 365.25 * DAY, 2400 }, { 500 * 365.25 * DAY, 6000 }, { 1000 * 365.25 * DAY, 12000 },
};

static GDateTime *
get_date (double seconds)
{
  return isfinite (seconds) && seconds >= FIRST_SECOND && seconds <= LAST_SECOND ? g_date_time_new_from_unix_utc ((gint64) floor (seconds + 0.5)) : NULL;
}

/* As short as what lies around says the rest: at midnight the day, in January the year. */
static char *
format_tick (double value,
             const Step *step)
{
  g_autoptr (GDateTime) date = get_date (value);

  if (date == NULL)
    return g_strdup ("");
  if (step->months >= 12 || (step->months > 0 && g_date_time_get_month (date) == 1))
    return g_date_time_format (date, "%Y");
  if (step->months > 0)
    /* Translators: a month on a time axis, as g_date_time_format() has it: "Nov". */
    return g_date_time_format (date, C_("month on an axis", "%b"));
  if (step->seconds >= DAY || (g_date_time_get_hour (date) == 0 && g_date_time_get_minute (date) == 0 && g_date_time_get_second (date) == 0))
    /* Translators: a day on a time axis, as g_date_time_format() has it: "26 Nov". */
    return g_date_time_format (date, C_("day on an axis", "%-d %b"));
  return g_date_time_format (date, step->seconds >= 60 ? "%H:%M" : "%H:%M:%S");
}

static void
add_tick (AnmTick *ticks,
          guint *n_ticks,
          double value,
          const Step *step)
{
  g_autofree char *label = format_tick (value, step);

  if (*n_ticks == ANM_AXIS_MAX_TICKS)
    return;
  ticks[*n_ticks].value = value;
  g_strlcpy (ticks[(*n_ticks)++].label, label, sizeof ticks[0].label);
}

/* Month by month from the first whole step. */
static guint
count_months (double low,
              double high,
              const Step *step,
              AnmTick *ticks)
{
  g_autoptr (GDateTime) first = get_date (MAX (low, FIRST_SECOND + 366 * DAY));
  guint n_ticks = 0;

  if (first == NULL)
    return 0;
  int month = g_date_time_get_year (first) * 12 + g_date_time_get_month (first) - 1;
  for (month -= month % step->months; n_ticks < ANM_AXIS_MAX_TICKS; month += step->months)
    {
      g_autoptr (GDateTime) date = month / 12 >= 1 && month / 12 <= 9999 ? g_date_time_new_utc (month / 12, month % 12 + 1, 1, 0, 0, 0) : NULL;
      double value = date != NULL ? (double) g_date_time_to_unix (date) : INFINITY;

      if (value > high)
        break;
      if (value >= low)
        add_tick (ticks, &n_ticks, value, step);
    }
  return n_ticks;
}

guint
anm_date_get_ticks (double low,
                    double high,
                    guint at_most,
                    AnmTick *ticks)
{
  double width = (high - low) / MAX (at_most, 1);
  const Step *step = steps;
  guint n_ticks = 0;

  while (step + 1 < steps + G_N_ELEMENTS (steps) && step->seconds < width * (1 - 1e-9))
    step++;
  if (step->months > 0)
    return count_months (low, high, step, ticks);

  /* Weeks begin on Monday; the first day of all was a Thursday. */
  double origin = step->seconds >= 7 * DAY ? 4 * DAY : 0;
  for (double k = ceil ((low - origin) / step->seconds - 1e-9); n_ticks < ANM_AXIS_MAX_TICKS && origin + k * step->seconds <= high; k++)
    add_tick (ticks, &n_ticks, origin + k * step->seconds, step);
  return n_ticks;
}

char *
anm_date_format (double seconds)
{
  g_autoptr (GDateTime) date = get_date (seconds);

  if (date == NULL)
    return g_strdup ("–");
  /* Translators: a day, and a day with its time, as g_date_time_format() has them: "26 Nov 2026, 14:05". */
  return g_date_time_format (date, fmod (floor (seconds + 0.5), DAY) == 0 ? C_("date", "%-d %b %Y") : C_("date", "%-d %b %Y, %H:%M"));
}
