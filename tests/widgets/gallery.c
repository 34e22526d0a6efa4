/* SPDX-License-Identifier: GPL-3.0-or-later */

/* gallery DIRECTORY [SCALE [CURSOR]]: all sample figures, light and dark, to look at. */

#include <math.h>
#include <stdlib.h>

#include "tests/widgets/figure-samples.h"

int
main (int argc,
      char **argv)
{
  guint n_samples;
  const FigureSample *samples = figure_samples (&n_samples);
  double scale = argc > 2 ? g_ascii_strtod (argv[2], NULL) : 1;
  double cursor = argc > 3 ? g_ascii_strtod (argv[3], NULL) : NAN;

  if (argc < 2)
    {
      g_printerr ("Usage: gallery DIRECTORY [SCALE [CURSOR]]\n");
      return 2;
    }
  g_mkdir_with_parents (argv[1], 0755);
  for (guint i = 0; i < n_samples; i++)
    for (int dark = 0; dark <= 1; dark++)
      {
        g_autoptr (AnmFigure) figure = samples[i].make ();
        g_autofree char *path = g_strdup_printf ("%s/%s%s.png", argv[1], samples[i].name, dark ? "-dark" : "");
        AnmTheme theme;

        anm_theme_init (&theme, dark);
        cairo_surface_t *surface = figure_samples_paint (figure, &theme, samples[i].width, samples[i].height, samples[i].with_title, scale, cursor);
        gint64 start = g_get_monotonic_time ();
        cairo_surface_destroy (figure_samples_paint (figure, &theme, samples[i].width, samples[i].height, samples[i].with_title, scale, cursor));
        g_print ("%-24s %6.2f ms\n", samples[i].name, (double) (g_get_monotonic_time () - start) / 1000);
        if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
          return 1;
        cairo_surface_destroy (surface);
      }
  return EXIT_SUCCESS;
}
