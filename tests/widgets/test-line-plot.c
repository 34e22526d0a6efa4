/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/line-plot.h"

static AnmFigure *
make_plot (gsize n_points,
           const double *x,
           const double *y,
           const double *other)
{
  AnmLine lines[] = {
    { .label = "validation", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK, .n_points = n_points, .x = x, .y = y },
    { .label = "training", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THIN, .n_points = n_points, .x = x, .y = other },
  };
  AnmLinePlot plot = {
    .title = "Loss", .caption = "cross-entropy", .finding = "It falls.", .x_label = "epoch", .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = other != NULL ? 2 : 1, .lines = lines,
    .empty_text = "Nothing trained yet",
  };
  return anm_line_plot_new (&plot);
}

static const double epochs[] = { 0, 1, 2, 3, 4, 5 };
static const double falling[] = { 0.7, 0.5, 0.4, 0.35, 0.33, 0.34 };
static const double gappy[] = { 0.69, NAN, 0.38, 0.3, 0.25, 0.2 };

static void
test_words (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, NULL);

  g_assert_cmpstr (anm_figure_get_title (figure), ==, "Loss");
  g_assert_cmpstr (anm_figure_get_caption (figure), ==, "cross-entropy");
  g_assert_cmpstr (anm_figure_get_finding (figure), ==, "It falls.");
}

static void
test_table_equals_data (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, gappy);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  g_autofree char *csv = anm_figure_get_csv (figure);

  g_assert_cmpuint (table->len, ==, 7);
  for (guint row = 0; row < table->len; row++)
    g_assert_cmpuint (g_strv_length (g_ptr_array_index (table, row)), ==, 3);
  for (guint i = 0; i < 6; i++)
    {
      char **row = g_ptr_array_index (table, i + 1);
      g_assert_cmpfloat (g_ascii_strtod (row[0], NULL), ==, epochs[i]);
      g_assert_cmpfloat (g_ascii_strtod (row[1], NULL), ==, falling[i]);
      if (isnan (gappy[i]))
        g_assert_cmpstr (row[2], ==, "");
      else
        g_assert_cmpfloat (g_ascii_strtod (row[2], NULL), ==, gappy[i]);
    }
  g_assert_true (g_str_has_prefix (csv, "epoch,validation,training\r\n0,0.7,0.69\r\n1,0.5,\r\n"));
}

/* Lines of unlike x share rows where they share x. */
static void
test_table_merges (void)
{
  double x1[] = { 1, 3 }, y1[] = { 10, 30 }, x2[] = { 2, 3, 4 }, y2[] = { 200, 300, 400 };
  AnmLine lines[] = {
    { .label = "a", .n_points = 2, .x = x1, .y = y1 },
    { .label = "b, c", .n_points = 3, .x = x2, .y = y2 },
  };
  AnmLinePlot plot = { .x_label = "x", .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN, .n_lines = 2, .lines = lines };
  g_autoptr (AnmFigure) figure = anm_line_plot_new (&plot);
  g_autofree char *csv = anm_figure_get_csv (figure);

  g_assert_cmpstr (csv, ==, "x,a,\"b, c\"\r\n1,10,\r\n2,,200\r\n3,30,300\r\n4,,400\r\n");
}

/* What lies in a band is said with its edges; and a band that is named nothing has them in brackets. */
static void
test_band_in_words (void)
{
  double x[] = { 1, 2 }, y[] = { 0.3, 0.41 }, low[] = { 0.2, 0.33 }, high[] = { 0.4, 0.52 };
  AnmLine line = { .label = "0.41", .name = "risk", .n_points = 2, .x = x, .y = y, .low = low, .high = high, .band_name = "95 % of 100 passes" };
  AnmLinePlot plot = { .x_time_unit = "h", .x_min = NAN, .x_max = NAN, .y_min = 0, .y_max = 1, .n_lines = 1, .lines = &line };
  g_autoptr (AnmFigure) named = anm_line_plot_new (&plot);
  AnmFigurePlace place = { 2, NAN, 0, 1 };
  g_autofree char *said = anm_figure_describe (named, &place);
  g_autofree char *csv = anm_figure_get_csv (named);

  g_assert_cmpstr (said, ==, "hour 2: risk 0.410, 95 % of 100 passes between 0.330 and 0.520");
  g_assert_cmpstr (csv, ==, "x,risk,\"risk, low\",\"risk, high\"\r\n1,0.3,0.2,0.4\r\n2,0.41,0.33,0.52\r\n");
  line.band_name = NULL;
  g_autoptr (AnmFigure) unnamed = anm_line_plot_new (&plot);
  g_autofree char *brief = anm_figure_describe (unnamed, &place);
  g_assert_cmpstr (brief, ==, "hour 2: risk 0.410 (0.330–0.520)");
}

static void
test_locate_inverts_project (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, gappy);
  static const int sizes[][2] = { { 180, 120 }, { 326, 240 }, { 1200, 700 } };
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int titled = 0; titled <= 1; titled++)
      for (guint i = 0; i < 6; i++)
        {
          double width = sizes[s][0], height = sizes[s][1], x, top, bottom;
          AnmFigurePlace place;

          g_assert_true (anm_figure_project_x (figure, &theme, width, height, titled, epochs[i], &x, &top, &bottom));
          g_assert_cmpfloat (top, <, bottom);
          g_assert_cmpfloat (bottom, <=, height);
          g_assert_cmpfloat (x, >=, 0);
          g_assert_cmpfloat (x, <=, width);
          g_assert_true (anm_figure_locate (figure, &theme, width, height, titled, x, (top + bottom) / 2, &place));
          g_assert_cmpfloat_with_epsilon (place.x, epochs[i], 1e-9);
        }
}

static void
test_locate_outside (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, gappy);
  AnmFigurePlace place;
  AnmTheme theme;
  double x;

  anm_theme_init (&theme, FALSE);
  g_assert_false (anm_figure_locate (figure, &theme, 326, 240, TRUE, 5, 5, &place));
  g_assert_false (anm_figure_locate (figure, &theme, 326, 240, TRUE, 320, 150, &place));
  g_assert_cmpint (place.series, ==, -1);
  g_assert_false (anm_figure_project_x (figure, &theme, 326, 240, TRUE, 5.5, &x, NULL, NULL));
  g_assert_false (anm_figure_project_x (figure, &theme, 326, 240, TRUE, NAN, &x, NULL, NULL));
}

static void
test_describe (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, gappy);
  AnmFigurePlace all = { 3, NAN, -1, -1 }, one = { 3, 0.3, 1, 3 }, gap = { 1, NAN, -1, -1 };
  g_autofree char *all_text = anm_figure_describe (figure, &all);
  g_autofree char *one_text = anm_figure_describe (figure, &one);
  g_autofree char *gap_text = anm_figure_describe (figure, &gap);

  g_assert_cmpstr (all_text, ==, "epoch 3: validation 0.350; training 0.300");
  g_assert_cmpstr (one_text, ==, "epoch 3: training 0.300");
  g_assert_cmpstr (gap_text, ==, "epoch 1: validation 0.500");
}

static void
test_step (void)
{
  g_autoptr (AnmFigure) figure = make_plot (6, epochs, falling, gappy);

  g_assert_cmpfloat (anm_figure_step_x (figure, NAN, 1), ==, 5);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2, 1), ==, 3);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2, -1), ==, 1);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2.4, -1), ==, 2);
  g_assert_cmpfloat (anm_figure_step_x (figure, 5, 1), ==, 5);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2, -G_MAXINT), ==, 0);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2, G_MAXINT), ==, 5);
}

/* Every odd series has a drawn answer: no crash, no cairo error, and ink on the paper. */
static void
test_odd_series (void)
{
  double zero[] = { 0, 0, 0 }, nan[] = { NAN, NAN, NAN }, inf[] = { INFINITY, -INFINITY, INFINITY }, huge[] = { 1e308, -1e308, 0 },
         tiny[] = { 1e-320, 0, 2e-320 }, x[] = { 0, 1, 2 }, same_x[] = { 4, 4, 4 }, backwards[] = { 3, 1, 2 };
  const double *ys[] = { zero, nan, inf, huge, tiny };
  const double *xs[] = { x, same_x, backwards, nan, inf };
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (gsize n_points = 0; n_points <= 3; n_points++)
    for (guint i = 0; i < G_N_ELEMENTS (ys); i++)
      for (guint k = 0; k < G_N_ELEMENTS (xs); k++)
        for (int log_axis = 0; log_axis <= 1; log_axis++)
          {
            AnmLine line = { .label = "line", .style = ANM_LINE_THICK, .n_points = n_points, .x = xs[k], .y = ys[i], .low = ys[i], .high = ys[i], .end_dot = TRUE };
            AnmLinePlot plot = { .x_label = "x", .y_log = log_axis, .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
                                 .n_lines = 1, .lines = &line, .empty_text = "No numbers" };
            g_autoptr (AnmFigure) figure = anm_line_plot_new (&plot);
            cairo_surface_t *surface = figure_samples_paint (figure, &theme, 200, 140, TRUE, 1, 1);
            const guint8 *pixels = cairo_image_surface_get_data (surface);
            gboolean ink = FALSE;

            g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
            for (gsize p = 0; p < 140 * (gsize) cairo_image_surface_get_stride (surface) && !ink; p++)
              ink = p % 4 < 3 && pixels[p] < 128;
            g_assert_true (ink);
            cairo_surface_destroy (surface);
          }
}

static double
seconds_to_draw (AnmFigure *figure)
{
  AnmTheme theme;
  double best = INFINITY;

  anm_theme_init (&theme, FALSE);
  for (guint round = 0; round < 5; round++)
    {
      gint64 start = g_get_monotonic_time ();
      cairo_surface_destroy (figure_samples_paint (figure, &theme, 600, 260, TRUE, 1, NAN));
      best = MIN (best, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
    }
  return best;
}

/* A million points cost what the width in pixels costs. */
static void
test_million_points (void)
{
  gsize n_points = 1000000;
  g_autofree double *x = g_new (double, n_points), *y = g_new (double, n_points);

  for (gsize i = 0; i < n_points; i++)
    {
      x[i] = (double) i;
      y[i] = figure_samples_noise ((guint) i);
    }
  g_autoptr (AnmFigure) million = make_plot (n_points, x, y, NULL);
  g_autoptr (AnmFigure) width = make_plot (4000, x, y, NULL);
  double long_seconds = seconds_to_draw (million), short_seconds = seconds_to_draw (width);

  g_test_message ("1000000 points: %.1f ms, 4000 points: %.1f ms", 1e3 * long_seconds, 1e3 * short_seconds);
  g_assert_cmpfloat (long_seconds, <, 3 * short_seconds + 0.005);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-plot/band-in-words", test_band_in_words);
  g_test_add_func ("/line-plot/words", test_words);
  g_test_add_func ("/line-plot/table-equals-data", test_table_equals_data);
  g_test_add_func ("/line-plot/table-merges", test_table_merges);
  g_test_add_func ("/line-plot/locate-inverts-project", test_locate_inverts_project);
  g_test_add_func ("/line-plot/locate-outside", test_locate_outside);
  g_test_add_func ("/line-plot/describe", test_describe);
  g_test_add_func ("/line-plot/step", test_step);
  g_test_add_func ("/line-plot/odd-series", test_odd_series);
  g_test_add_func ("/line-plot/million-points", test_million_points);
  return g_test_run ();
}
