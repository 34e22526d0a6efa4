/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define THIN_SPACE "\u202f"
#define MINUS "\u2212"

char *
anm_format_count (gsize count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GSIZE_FORMAT, count);
  const gsize n_digits = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_digits; i++)
    {
      if (i > 0 && (n_digits - i) % 3 == 0)
        g_string_append (text, THIN_SPACE);
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

char *
anm_format_share (double share)
{
  if (isnan (share))
    return g_strdup ("–");
  if (share > 0 && share < 0.005)
    /* Translators: a share below one in a hundred. */
    return g_strdup (_("< 1 %"));
  if (share < 1 && share > 0.995)
    /* Translators: a share above 99 in a hundred. */
    return g_strdup (_("> 99 %"));

  /* Translators: a share in a hundred. */
  return g_strdup_printf (_("%.0f %%"), 100 * share);
}

char *
anm_format_value (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  const double size = fabs (value);
  int decimals = 0;

  if (isnan (value))
    return g_strdup ("–");

  if (size >= 1e6 || (size > 0 && size < 1e-3))
    g_ascii_formatd (digits, sizeof digits, "%.2g", size);
  else
    {
      if (size < 1)
        decimals = 2;
      else if (size < 100 && size != floor (size))
        decimals = 1;
      if (size == 0)
        decimals = 0;
      g_snprintf (digits, sizeof digits, "%.*f", decimals, size);
    }

  return g_strconcat (value < 0 ? MINUS : "", digits, NULL);
}

const char *
anm_time_unit_to_words (const char *time_unit)
{
  static const struct
  {
    const char *unit;
    const char *words;
  } units[] = {
    { "h", N_("hours") },
    { "min", N_("minutes") },
    { "s", N_("seconds") },
    { "d", N_("days") },
    { "step", N_("steps") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_strcmp0 (units[i].unit, time_unit) == 0)
      return _(units[i].words);

  return time_unit;
}
