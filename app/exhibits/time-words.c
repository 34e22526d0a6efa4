/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/time-words.h"

#include <glib/gi18n-lib.h>

const char *
anm_time_axis_words (const char *time_unit)
{
  static const struct
  {
    const char *unit;
    const char *words;
  } axes[] = {
    { "h", N_("hours since time zero") },
    { "min", N_("minutes since time zero") },
    { "s", N_("seconds since time zero") },
    { "d", N_("days since time zero") },
    { "step", N_("time steps") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (axes); i++)
    if (g_strcmp0 (axes[i].unit, time_unit) == 0)
      return _(axes[i].words);
  return time_unit != NULL ? time_unit : "";
}
