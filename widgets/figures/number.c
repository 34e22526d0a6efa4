/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/number.h"
#include "widgets/figures/date-ticks.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MINUS "\xe2\x88\x92"      /* U+2212 */
#define THIN_SPACE "\xe2\x80\x89" /* U+2009 */

static int decimal_mark = '.'; /* atomic */

void
anm_number_set_decimal_mark (char mark)
{
  g_return_if_fail (mark == '.' || mark == ',');

  g_atomic_int_set (&decimal_mark, mark);
}

static char *
format_non_finite (double value)
{
  if (isnan (value))
    return g_strdup ("–");
  return g_strdup (value > 0 ? "∞" : MINUS "∞");
}

/* "-1234567.5" to "−1 234 567.5". */
static char *
typeset (const char *plain)
{
  GString *text = g_string_new (NULL);

  if (*plain == '-')
    {
      plain++;
      /* A zero that rounding left negative has no sign. */
      if (strspn (plain, "0.") != strlen (plain))
        g_string_append (text, MINUS);
    }

  gsize n_whole = strcspn (plain, ".");
  for (gsize i = 0; i < n_whole; i++)
    {
      if (i > 0 && (n_whole - i) % 3 == 0)
        g_string_append (text, THIN_SPACE);
      g_string_append_c (text, plain[i]);
    }
  if (plain[n_whole] == '.')
    {
      g_string_append_c (text, (char) g_atomic_int_get (&decimal_mark));
      n_whole++;
    }
  g_string_append (text, plain + n_whole);

  return g_string_free (text, FALSE);
}

static void
strip_trailing_zeros (char *plain)
{
  if (strchr (plain, '.') == NULL)
    return;

  gsize length = strlen (plain);
  while (plain[length - 1] == '0')
    plain[--length] = '\0';
  if (plain[length - 1] == '.')
    plain[--length] = '\0';
}

char *
anm_number_format_fixed (double value,
                         int decimals)
{
  if (!isfinite (value))
    return format_non_finite (value);

  char format[16], plain[G_ASCII_DTOSTR_BUF_SIZE + 340];
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 12));
  g_ascii_formatd (plain, sizeof plain, format, value);
  return typeset (plain);
}

char *
anm_number_format_power (int exponent)
{
  static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };

  if (exponent == 0)
    return g_strdup ("1");
  if (exponent == 1)
    return g_strdup ("10");

  GString *text = g_string_new ("10");
  char digits[16];
  g_snprintf (digits, sizeof digits, "%d", ABS (exponent));
  if (exponent < 0)
    g_string_append (text, "⁻");
  for (const char *digit = digits; *digit != '\0'; digit++)
    g_string_append (text, raised[*digit - '0']);
  return g_string_free (text, FALSE);
}

/* Significant digits; very small and very large numbers with a power of ten. */
static char *
format_significant (double value,
                    int digits,
                    gboolean keep_zeros)
{
  if (!isfinite (value))
    return format_non_finite (value);
  if (value == 0)
    return g_strdup ("0");

  digits = CLAMP (digits, 1, 9);

  /* The exponent after rounding: 9.996 at three digits is 10.0. */
  char scientific[G_ASCII_DTOSTR_BUF_SIZE], format[16];
  g_snprintf (format, sizeof format, "%%.%de", digits - 1);
  g_ascii_formatd (scientific, sizeof scientific, format, value);
  char *mark = strchr (scientific, 'e');
  int exponent = (int) g_ascii_strtoll (mark + 1, NULL, 10);

  if (exponent < -4 || exponent > 8)
    {
      *mark = '\0';
      if (!keep_zeros)
        strip_trailing_zeros (scientific);

      g_autofree char *mantissa = typeset (scientific);
      g_autofree char *power = anm_number_format_power (exponent);
      if (g_strcmp0 (scientific, "1") == 0)
        return g_steal_pointer (&power);
      return g_strdup_printf ("%s×%s", mantissa, power);
    }

  char plain[G_ASCII_DTOSTR_BUF_SIZE];
  g_snprintf (format, sizeof format, "%%.%df", MAX (digits - 1 - exponent, 0));
  g_ascii_formatd (plain, sizeof plain, format, value);
  if (!keep_zeros)
    strip_trailing_zeros (plain);
  return typeset (plain);
}

char *
anm_number_format (double value,
                   int digits)
{
  return format_significant (value, digits, FALSE);
}

char *
anm_number_format_exact (double value,
                         int digits)
{
  return format_significant (value, digits, TRUE);
}

char *
anm_number_format_term (double value)
{
  if (fabs (value) >= 9999.5)
    return anm_number_format (value, 3);
  if (value != 0 && fabs (value) < 0.005)
    return anm_number_format (value, 1);
  return anm_number_format_fixed (value, 2);
}

char *
anm_number_format_share (double share)
{
  if (isnan (share))
    return format_non_finite (share);
  /* Translators: a share, after rounding it to whole per cent would be 0. */
  if (share > 0 && share < 0.005)
    return g_strdup (_("< 1 %"));
  /* Translators: a share, after rounding it to whole per cent would be 100. */
  if (share < 1 && share >= 0.995)
    return g_strdup (_("> 99 %"));

  g_autofree char *number = fabs (share) <= 100 ? anm_number_format_fixed (100 * share, 0) : anm_number_format (100 * share, 3);
  /* Translators: a share in per cent; %s is a number. */
  return g_strdup_printf (_("%s %%"), number);
}

char *
anm_number_format_count (gint64 count)
{
  char plain[32];
  g_snprintf (plain, sizeof plain, "%" G_GINT64_FORMAT, count);
  return typeset (plain);
}

char *
anm_number_format_time (double value,
                        const char *time_unit)
{
  if (g_strcmp0 (time_unit, "date") == 0)
    return anm_date_format (value);

  g_autofree char *number = anm_number_format (value, 4);

  if (g_strcmp0 (time_unit, "h") == 0)
    return g_strdup_printf (_("hour %s"), number);
  if (g_strcmp0 (time_unit, "min") == 0)
    return g_strdup_printf (_("minute %s"), number);
  if (g_strcmp0 (time_unit, "s") == 0)
    return g_strdup_printf (_("second %s"), number);
  if (g_strcmp0 (time_unit, "d") == 0)
    return g_strdup_printf (_("day %s"), number);
  if (g_strcmp0 (time_unit, "step") == 0)
    return g_strdup_printf (_("step %s"), number);
  return time_unit != NULL && *time_unit != '\0' ? g_strdup_printf ("%s %s", number, time_unit)
                                                : g_steal_pointer (&number);
}

char *
anm_number_format_duration (double value,
                            const char *time_unit)
{
  if (g_strcmp0 (time_unit, "date") == 0)
    return anm_date_format (value);

  g_autofree char *number = anm_number_format (value, 3);

  if (g_strcmp0 (time_unit, "step") == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s step", "%s steps", value == 1 ? 1 : 2), number);
  return time_unit != NULL && *time_unit != '\0' ? g_strdup_printf ("%s %s", number, time_unit)
                                                : g_steal_pointer (&number);
}
