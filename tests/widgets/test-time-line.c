/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/measurements.h"
#include "widgets/figures/time-line.h"

static void
test_gaps (void)
{
  double times[] = { 0.1, 1.9, 2.2, 4.1, 4.5 };
  float values[] = { 1, 2, 3, NAN, 5 };
  AnmMeasurements measured;

  /* Steps 0, 1, 2 and 4 hold something: one gap, before the last. */
  anm_measurements_init (&measured, times, values, 5, 1);
  g_assert_cmpuint (measured.n_measured, ==, 4);
  g_assert_false (measured.sparse);
  g_assert_cmpuint (measured.n_points, ==, 5);
  g_assert_true (isnan (measured.y[3]));
  g_assert_cmpfloat (measured.least, ==, 1);
  g_assert_cmpfloat (measured.greatest, ==, 5);
  g_assert_cmpint (anm_measurements_find (&measured, 0), ==, -1);
  g_assert_cmpint (anm_measurements_find (&measured, 2), ==, 1);
  g_assert_cmpint (anm_measurements_find (&measured, 2.2), ==, 2);
  g_assert_cmpint (anm_measurements_find (&measured, 99), ==, 3);
  anm_measurements_clear (&measured);
}

static void
test_sparse (void)
{
  double times[] = { 0, 6, 12, 18 };
  float values[] = { 1, 2, 3, 4 };
  AnmMeasurements measured;

  anm_measurements_init (&measured, times, values, 4, 1);
  g_assert_true (measured.sparse);
  g_assert_cmpuint (measured.n_points, ==, 4);
  anm_measurements_clear (&measured);
  anm_measurements_init (&measured, times, values, 4, 6);
  g_assert_false (measured.sparse);
  g_assert_cmpuint (measured.n_points, ==, 4);
  anm_measurements_clear (&measured);
  anm_measurements_init (&measured, NULL, NULL, 0, 1);
  g_assert_cmpuint (measured.n_measured, ==, 0);
  anm_measurements_clear (&measured);
}

static AnmFigure *
make_line (double cursor)
{
  static const double times[] = { 0.5, 1.5, 7.25 };
  static const float values[] = { 80, 90, 100.5f }, rhythm[] = { 0, 1, 1 };
  static const char *const rhythms[] = { "sinus", "paced", NULL };
  AnmTimeLineChannel channels[] = {
    { .name = "HR", .unit = "bpm", .n_points = 3, .times = times, .values = values, .normal_low = 60, .normal_high = 100 },
    { .name = "Rhythm", .unit = "", .n_points = 3, .times = times, .values = rhythm, .normal_low = NAN, .normal_high = NAN, .categories = rhythms },
    { .name = "Lactate", .unit = "mmol/L", .normal_low = NAN, .normal_high = NAN },
  };
  AnmTimeLine line = { .title = "Patient 1", .x_label = "hours", .time_unit = "h", .x_min = 0, .x_max = 8, .step = 1,
                       .n_channels = 3, .channels = channels, .cursor = cursor };
  return anm_time_line_new (&line);
}

static void
test_table (void)
{
  g_autoptr (AnmFigure) figure = make_line (NAN);
  g_autofree char *csv = anm_figure_get_csv (figure);

  g_assert_cmpstr (csv, ==,
                   "channel,unit,hours,value\r\nHR,bpm,0.5,80\r\nHR,bpm,1.5,90\r\nHR,bpm,7.25,100.5\r\n"
                   "Rhythm,,0.5,sinus\r\nRhythm,,1.5,paced\r\nRhythm,,7.25,paced\r\n");
}

static void
test_places (void)
{
  g_autoptr (AnmFigure) figure = make_line (NAN);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (int x = 0; x <= 8; x++)
    for (int row = 0; row < 3; row++)
      {
        double pixel, top, bottom;
        AnmFigurePlace place;

        g_assert_true (anm_figure_project_x (figure, &theme, 500, 300, TRUE, x, &pixel, &top, &bottom));
        g_assert_true (anm_figure_locate (figure, &theme, 500, 300, TRUE, pixel, top + (row + 0.5) * (bottom - top) / 3, &place));
        g_assert_cmpfloat_with_epsilon (place.x, x, 1e-9);
        g_assert_cmpint (place.series, ==, row);
      }
  g_assert_cmpfloat (anm_figure_step_x (figure, 3, 1), ==, 4);
  g_assert_cmpfloat (anm_figure_step_x (figure, 0, -1), ==, 0);
  g_assert_cmpfloat (anm_figure_step_x (figure, NAN, 1), ==, 8);
}

static void
test_describe (void)
{
  g_autoptr (AnmFigure) figure = make_line (NAN);
  AnmFigurePlace all = { 2, NAN, -1, -1 }, one = { 2, NAN, 0, 2 }, none = { 2, NAN, 2, -1 }, gap = { 4, NAN, 0, -1 };
  g_autofree char *all_text = anm_figure_describe (figure, &all);
  g_autofree char *one_text = anm_figure_describe (figure, &one);
  g_autofree char *none_text = anm_figure_describe (figure, &none);
  g_autofree char *gap_text = anm_figure_describe (figure, &gap);

  g_assert_cmpstr (all_text, ==, "hour 1.5, HR: 90 bpm\nhour 1.5, Rhythm: paced");
  g_assert_cmpstr (one_text, ==, "hour 7.25, HR: 100.5 bpm");
  g_assert_cmpstr (none_text, ==, "hour 2, Lactate: not measured yet");
  g_assert_cmpstr (gap_text, ==, "hour 4, HR: no measurement here\nlast: hour 1.5, HR: 90 bpm");
}

static gboolean
pictures_equal (cairo_surface_t *a,
                cairo_surface_t *b)
{
  gsize n_bytes = (gsize) cairo_image_surface_get_stride (a) * (gsize) cairo_image_surface_get_height (a);
  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), n_bytes) == 0;
}

/* A figure's own cursor and a view's look alike; a view's goes before it. */
static void
test_cursor (void)
{
  g_autoptr (AnmFigure) own = make_line (3), plain = make_line (NAN), other = make_line (6);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  cairo_surface_t *a = figure_samples_paint (own, &theme, 500, 300, FALSE, 1, NAN);
  cairo_surface_t *b = figure_samples_paint (plain, &theme, 500, 300, FALSE, 1, 3);
  cairo_surface_t *c = figure_samples_paint (other, &theme, 500, 300, FALSE, 1, 3);
  cairo_surface_t *d = figure_samples_paint (plain, &theme, 500, 300, FALSE, 1, NAN);

  g_assert_true (pictures_equal (a, b));
  g_assert_true (pictures_equal (a, c));
  g_assert_false (pictures_equal (a, d));
  cairo_surface_destroy (a);
  cairo_surface_destroy (b);
  cairo_surface_destroy (c);
  cairo_surface_destroy (d);
}

static void
test_odd (void)
{
  double times[] = { 1, 1, 1, NAN, 2 };
  float values[] = { 1, 1e30f, -1e30f, 3, INFINITY };
  AnmTheme theme;

  anm_theme_init (&theme, TRUE);
  for (guint n_points = 0; n_points <= 5; n_points++)
    for (guint n_channels = 0; n_channels <= 40; n_channels += 20)
      for (int scale = ANM_TIME_LINE_FIT; scale <= ANM_TIME_LINE_Z_SCORE; scale++)
        {
          g_autofree AnmTimeLineChannel *channels = g_new0 (AnmTimeLineChannel, n_channels + 1);
          for (guint i = 0; i < n_channels; i++)
            channels[i] = (AnmTimeLineChannel){ .name = "X", .n_points = n_points, .times = times, .values = values,
                                                .normal_low = i % 2 ? NAN : -1, .normal_high = i % 3 ? NAN : 1, .deviation = NAN };
          AnmTimeLine line = { .x_min = NAN, .x_max = NAN, .step = n_points % 2, .scale = (AnmTimeLineScale) scale, .n_channels = n_channels, .channels = channels, .cursor = 1 };
          g_autoptr (AnmFigure) figure = anm_time_line_new (&line);
          cairo_surface_t *surface = figure_samples_paint (figure, &theme, 200, 150, TRUE, 1, 1.5);
          g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
          cairo_surface_destroy (surface);
        }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time-line/gaps", test_gaps);
  g_test_add_func ("/time-line/sparse", test_sparse);
  g_test_add_func ("/time-line/table", test_table);
  g_test_add_func ("/time-line/places", test_places);
  g_test_add_func ("/time-line/describe", test_describe);
  g_test_add_func ("/time-line/cursor", test_cursor);
  g_test_add_func ("/time-line/odd", test_odd);
  return g_test_run ();
}
