/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/axis.h"

#include <float.h>
#include <math.h>

#include "widgets/figures/date-ticks.h"
#include "widgets/figures/number.h"

double
anm_axis_nice_step (double width)
{
  if (!(width > 0) || !isfinite (width))
    return 1;

  double power = pow (10, floor (log10 (width)));
  double mantissa = width / power;
  const double tolerance = 1 + 1e-9;

  if (mantissa <= 1 * tolerance)
    return power;
  if (mantissa <= 2 * tolerance)
    return 2 * power;
  if (mantissa <= 5 * tolerance)
    return 5 * power;
  return 10 * power;
}

/* Where clocks and calendars have their marks, in each unit; beyond the last, its multiples by the 1-2-5 rule. */
static double
time_step (const char *unit,
           double width)
{
  static const double hours[] = { 1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 672, 0 };
  static const double sixties[] = { 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 0 };
  static const double days[] = { 1, 2, 7, 14, 28, 91, 182, 364, 0 };
  const double *ladder = NULL;

  if (g_strcmp0 (unit, "h") == 0)
    ladder = hours;
  else if (g_strcmp0 (unit, "min") == 0 || g_strcmp0 (unit, "s") == 0)
    ladder = sixties;
  else if (g_strcmp0 (unit, "d") == 0)
    ladder = days;
  else
    return MAX (anm_axis_nice_step (width), width >= 0.2 ? 1 : 0);

  if (width <= 0.5)
    return anm_axis_nice_step (width);
  for (; *ladder > 0; ladder++)
    if (width <= *ladder * (1 + 1e-9))
      return *ladder;
  return ladder[-1] * anm_axis_nice_step (width / ladder[-1]);
}

/**
 * anm_axis_set_range:
 * @self: an axis whose kind is set
 * @low: lower end, any number
 * @high: upper end, any number
 *
 * A range of one point is opened around it; ends that aren't finite, or not above 0 on a log axis, are replaced.
 */
void
anm_axis_set_range (AnmAxis *self,
                    double low,
                    double high)
{
  if (low > high)
    {
      double swap = low;
      low = high;
      high = swap;
    }
  if (!isfinite (low) || !isfinite (high))
    {
      low = isfinite (low) ? low : isfinite (high) ? high - 1 : 0;
      high = isfinite (high) ? high : low + 1;
    }

  if (self->kind == ANM_AXIS_LOG)
    {
      if (!(high > 0))
        high = 1;
      high = MAX (high, 1e3 * DBL_MIN);
      if (!(low > 0))
        low = high / 1000;
      low = MAX (low, DBL_MIN);
      if (!(high / low > 1 + 1e-9))
        {
          low = MAX (low / 10, DBL_MIN);
          high = MIN (high * 10, DBL_MAX);
        }
    }
  else if (!(high - low > 1e-12 * MAX (fabs (low), fabs (high))) || !(high - low > DBL_MIN))
    {
      double half = low == 0 ? 1 : self->kind == ANM_AXIS_LINEAR ? fabs (low) / 10 : MAX (0.5, fabs (low) / 1e6);
      /* A number so small that its tenth is nothing. */
      half = MAX (half, DBL_MIN);
      low -= half;
      high += half;
    }

  self->low = low;
  self->high = high;
}

double
anm_axis_project (const AnmAxis *self,
                  double value)
{
  double part;

  if (self->kind == ANM_AXIS_LOG)
    part = (log (value) - log (self->low)) / (log (self->high) - log (self->low));
  else
    part = (value - self->low) / (self->high - self->low);

  return self->start + part * (self->end - self->start);
}

double
anm_axis_invert (const AnmAxis *self,
                 double pixel)
{
  double part = self->end == self->start ? 0 : (pixel - self->start) / (self->end - self->start);

  if (self->kind == ANM_AXIS_LOG)
    return exp (log (self->low) + part * (log (self->high) - log (self->low)));
  return self->low + part * (self->high - self->low);
}

static void
add_tick (AnmTick *ticks,
          guint *n_ticks,
          double value,
          char *label)
{
  if (*n_ticks < ANM_AXIS_MAX_TICKS)
    {
      ticks[*n_ticks].value = value;
      g_strlcpy (ticks[*n_ticks].label, label, sizeof ticks[0].label);
      (*n_ticks)++;
    }
  g_free (label);
}

static guint
log_ticks (const AnmAxis *self,
           guint at_most,
           AnmTick *ticks)
{
  const double tolerance = 1e-9;
  int first = (int) ceil (log10 (self->low) - tolerance);
  int last = (int) floor (log10 (self->high) + tolerance);
  guint n_ticks = 0;

  if (last - first + 1 >= 2)
    {
      guint n_decades = (guint) (last - first + 1);
      int every = (int) ((n_decades + at_most - 1) / at_most);

      /* 1 stays among the ticks. */
      int phase = ((first % every) + every) % every;
      for (int exponent = first + (phase > 0 ? every - phase : 0); exponent <= last; exponent += every)
        add_tick (ticks, &n_ticks, pow (10, exponent), anm_number_format_power (exponent));
      return n_ticks;
    }

  /* Less than two whole decades: 1, 2, 5 and their tens. */
  for (int exponent = first - 1; exponent <= last + 1; exponent++)
    for (int digit = 1; digit <= 5; digit += digit == 1 ? 1 : 3)
      {
        double value = digit * pow (10, exponent);
        if (value >= self->low * (1 - tolerance) && value <= self->high * (1 + tolerance))
          add_tick (ticks, &n_ticks, value, anm_number_format (value, 3));
      }
  return n_ticks;
}

guint
anm_axis_get_ticks (const AnmAxis *self,
                    guint at_most,
                    AnmTick *ticks)
{
  at_most = CLAMP (at_most, 1, ANM_AXIS_MAX_TICKS - 2);

  if (self->kind == ANM_AXIS_LOG)
    return log_ticks (self, at_most, ticks);
  if (self->kind == ANM_AXIS_TIME && g_strcmp0 (self->time_unit, "date") == 0)
    return anm_date_get_ticks (self->low, self->high, at_most, ticks);

  double span = self->high - self->low;
  double step = self->kind == ANM_AXIS_TIME ? time_step (self->time_unit, span / at_most)
                                            : anm_axis_nice_step (span / at_most);
  if (self->kind == ANM_AXIS_WHOLE && span >= 1)
    step = MAX (step, 1);

  /* As many decimals as the step has, none more. */
  int decimals = MAX ((int) -floor (log10 (step) + 1e-9), 0);
  double tolerance = 1e-6 * MIN (step, span);
  double first = ceil ((self->low - tolerance) / step);
  double last = floor ((self->high + tolerance) / step);
  gboolean large = MAX (fabs (self->low), fabs (self->high)) >= 1e9 || decimals > 6;
  guint n_ticks = 0;

  /* A record begins at hour 1: say so where there is room before the first round hour. */
  if (self->kind == ANM_AXIS_TIME && first * step - self->low > 0.45 * step
      && fabs (self->low - round (self->low)) < tolerance)
    add_tick (ticks, &n_ticks, self->low, anm_number_format_fixed (self->low, 0));

  for (double k = first; k <= last && n_ticks < ANM_AXIS_MAX_TICKS; k++)
    {
      double value = k == 0 ? 0 : k * step;
      add_tick (ticks, &n_ticks, value,
                large ? anm_number_format (value, 4)
                : anm_number_format_fixed (value, fabs (value - round (value)) < tolerance ? 0 : decimals));
    }
  return n_ticks;
}
