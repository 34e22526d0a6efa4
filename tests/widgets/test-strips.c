/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/columns.h"
#include "widgets/figures/heat-map.h"

/* Heat maps, bar strips, signed bars and distributions: what shares columns or rows. */

static const guint order[] = { 2, 0, 1 };
static const float cells[] = { -1, -0.5f, 0, 0.5f, 1, NAN, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f };

static AnmFigure *
make_map (gboolean bare)
{
  AnmHeatMap map = {
    .title = "Hidden state", .x_label = "hour", .y_label = "unit", .x_time_unit = "h", .scale = ANM_HEAT_DIVERGING, .range = 1,
    .n_rows = 3, .n_columns = 4, .cells = cells, .row_order = order, .x_first = 2, .x_step = 2, .selected_row = -1, .bare = bare,
  };
  return anm_heat_map_new (&map);
}

static void
test_table (void)
{
  g_autoptr (AnmFigure) figure = make_map (FALSE);
  g_autofree char *csv = anm_figure_get_csv (figure);

  g_assert_cmpstr (csv, ==, "unit,2,4,6,8\r\n1,-1,-0.5,0,0.5\r\n2,1,,0.25,0.25\r\n3,0.25,0.25,0.25,0.25\r\n");
}

static void
test_locate_inverts_project (void)
{
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (int bare = 0; bare <= 1; bare++)
    {
      g_autoptr (AnmFigure) figure = make_map (bare);
      for (guint column = 0; column < 4; column++)
        for (guint place_in_figure = 0; place_in_figure < 3; place_in_figure++)
          {
            double x, top, bottom;
            AnmFigurePlace place;

            g_assert_true (anm_figure_project_x (figure, &theme, 300, 200, !bare, 2 + 2 * column, &x, &top, &bottom));
            double y = top + (place_in_figure + 0.5) * (bottom - top) / 3;
            g_assert_true (anm_figure_locate (figure, &theme, 300, 200, !bare, x, y, &place));
            g_assert_cmpint (place.index, ==, column);
            g_assert_cmpint (place.series, ==, order[place_in_figure]);
            g_assert_cmpfloat_with_epsilon (place.x, 2 + 2 * column, 1e-9);
          }
    }
}

/* Strips of one time axis and one width put the same hour at the same pixel. */
static void
test_strips_share_axis (void)
{
  double values[] = { 1, 2, 3, 4 };
  AnmBarStrip bars = { .n_bars = 4, .values = values, .x_first = 2, .x_step = 2 };
  g_autoptr (AnmFigure) strip = anm_bar_strip_new (&bars);
  g_autoptr (AnmFigure) map = make_map (TRUE);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (double x = 1.5; x < 9; x += 0.5)
    {
      double map_x, strip_x;
      g_assert_true (anm_figure_project_x (map, &theme, 208, 300, FALSE, x, &map_x, NULL, NULL));
      g_assert_true (anm_figure_project_x (strip, &theme, 208, 36, FALSE, x, &strip_x, NULL, NULL));
      g_assert_cmpfloat (map_x, ==, strip_x);
    }
  g_assert_false (anm_figure_project_x (map, &theme, 208, 300, FALSE, 0.9, NULL, NULL, NULL));
}

/* A row of a strip meets its weight beside it. */
static void
test_rows_meet (void)
{
  double weights[] = { 0.1, -0.2, 0.3 };
  AnmSignedBars bars = { .n_bars = 3, .values = weights, .row_order = order, .range = NAN };
  g_autoptr (AnmFigure) signed_bars = anm_signed_bars_new (&bars);
  g_autoptr (AnmFigure) map = make_map (TRUE);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (double y = 1; y < 300; y += 1)
    {
      AnmFigurePlace left, right;
      gboolean in_map = anm_figure_locate (map, &theme, 208, 300, FALSE, 100, y, &left);
      gboolean in_bars = anm_figure_locate (signed_bars, &theme, 150, 300, FALSE, 70, y, &right);
      g_assert_true (in_map == in_bars);
      g_assert_cmpint (left.series, ==, right.series);
    }
}

static void
test_describe (void)
{
  g_autoptr (AnmFigure) figure = make_map (FALSE);
  AnmFigurePlace cell = { 2, 0, 0, 0 }, missing = { 4, 0, 1, 1 }, column = { 4, NAN, -1, -1 };
  g_autofree char *cell_text = anm_figure_describe (figure, &cell);
  g_autofree char *missing_text = anm_figure_describe (figure, &missing);
  g_autofree char *column_text = anm_figure_describe (figure, &column);

  g_assert_cmpstr (cell_text, ==, "hour 2, unit 1: −1.00");
  g_assert_cmpstr (missing_text, ==, "hour 4, unit 2: missing");
  g_assert_cmpstr (column_text, ==, "hour 4");
  g_assert_cmpfloat (anm_figure_step_x (figure, 4, 1), ==, 6);
  g_assert_cmpfloat (anm_figure_step_x (figure, 5, -1), ==, 4);
  g_assert_cmpfloat (anm_figure_step_x (figure, 8, 1), ==, 8);
  g_assert_cmpfloat (anm_figure_step_x (figure, 8, -G_MAXINT), ==, 2);
}

/* More cells than pixels: the one that stands out is still seen. */
static void
test_spike_is_kept (void)
{
  guint n_columns = 40000, n_rows = 3;
  g_autofree float *many = g_new0 (float, n_columns * n_rows);
  AnmHeatMap map = { .scale = ANM_HEAT_DIVERGING, .range = 1, .n_rows = n_rows, .n_columns = n_columns, .cells = many,
                     .x_first = 1, .x_step = 1, .selected_row = -1, .bare = TRUE };
  AnmTheme theme;
  gboolean seen = FALSE;

  many[n_columns + 12345] = -1;
  g_autoptr (AnmFigure) figure = anm_heat_map_new (&map);
  anm_theme_init (&theme, FALSE);
  cairo_surface_t *surface = figure_samples_paint (figure, &theme, 200, 60, FALSE, 2, NAN);
  const guint32 *pixels = (const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface);
  AnmColour colour = anm_theme_get_diverging (&theme, -1);
  guint32 expected = (guint32) lround (255 * colour.red) << 16 | (guint32) lround (255 * colour.green) << 8 | (guint32) lround (255 * colour.blue);

  for (guint i = 0; i < 400 * 120 && !seen; i++)
    seen = (pixels[i] & 0xffffff) == expected;
  g_assert_true (seen);
  cairo_surface_destroy (surface);
}

/* Whatever comes, something is drawn and nothing breaks. */
static void
test_odd (void)
{
  static const float odd[] = { NAN, INFINITY, -INFINITY, 0, 1e38f, -1e-38f };
  static const guint8 thin[] = { 0, 1, 0, 1, 0, 1 };
  double odd_doubles[] = { NAN, INFINITY, 0, 1e-300, 1e300, -3 };
  AnmTheme theme;

  anm_theme_init (&theme, TRUE);
  for (int scale = ANM_HEAT_DIVERGING; scale <= ANM_HEAT_LOG; scale++)
    for (guint rows = 0; rows <= 6; rows++)
      for (int variant = 0; variant < 8; variant++)
        {
          guint n_rows = MIN (rows, 3), n_columns = rows > 3 ? 1 : 2;
          double trace[3] = { NAN, 1, 500 };
          AnmHeatMap map = { .title = "Odd", .caption = "numbers", .scale = (AnmHeatScale) scale, .range = variant & 1 ? NAN : 0, .floor = NAN, .n_rows = n_rows, .n_columns = n_columns, .cells = odd,
                             .thin = variant & 2 ? thin : NULL, .x_first = NAN, .x_step = 0, .selected_row = 7 - variant, .bare = variant & 4, .trace = trace, .trace_label = "trace" };
          g_autoptr (AnmFigure) figure = anm_heat_map_new (&map);
          static const int sizes[][2] = { { 1, 1 }, { 5, 5 }, { 180, 120 } };
          for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
            {
              cairo_surface_t *surface = figure_samples_paint (figure, &theme, sizes[i][0], sizes[i][1], TRUE, 1, 1);
              g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
              cairo_surface_destroy (surface);
            }
        }

  for (guint n_bars = 0; n_bars <= 6; n_bars++)
    for (int log_scale = 0; log_scale <= 1; log_scale++)
      {
        AnmBarStrip strip = { .n_bars = n_bars, .values = odd_doubles, .log = log_scale, .axes = n_bars % 2, .x_first = 1, .x_step = 1 };
        AnmSignedBars bars = { .n_bars = n_bars, .values = odd_doubles, .range = NAN };
        AnmDistribution distribution = { .n_groups = MIN (n_bars, 1), .n_bins = n_bars, .density = odd_doubles, .low = 3, .high = 3 };
        AnmFigure *figures[] = { anm_bar_strip_new (&strip), anm_signed_bars_new (&bars), anm_distribution_new (&distribution) };
        for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
          {
            cairo_surface_t *surface = figure_samples_paint (figures[i], &theme, 120, 100, FALSE, 1, 1);
            g_autoptr (GPtrArray) table = anm_figure_get_table (figures[i]);
            g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
            g_assert_cmpuint (table->len, >=, 1);
            cairo_surface_destroy (surface);
            anm_figure_unref (figures[i]);
          }
      }
}

static void
test_bar_table (void)
{
  double values[] = { 0.001, 0, NAN };
  AnmBarStrip strip = { .n_bars = 3, .values = values, .log = TRUE, .x_first = 1, .x_step = 1, .x_label = "hour", .y_label = "norm", .x_time_unit = "h" };
  g_autoptr (AnmFigure) figure = anm_bar_strip_new (&strip);
  g_autofree char *csv = anm_figure_get_csv (figure);
  AnmFigurePlace zero = { 2, NAN, -1, -1 };
  g_autofree char *words = anm_figure_describe (figure, &zero);

  g_assert_cmpstr (csv, ==, "hour,norm\r\n1,0.001\r\n2,0\r\n3,\r\n");
  g_assert_cmpstr (words, ==, "hour 2: below 10⁻³⁸");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strips/table", test_table);
  g_test_add_func ("/strips/locate-inverts-project", test_locate_inverts_project);
  g_test_add_func ("/strips/share-axis", test_strips_share_axis);
  g_test_add_func ("/strips/rows-meet", test_rows_meet);
  g_test_add_func ("/strips/describe", test_describe);
  g_test_add_func ("/strips/spike-is-kept", test_spike_is_kept);
  g_test_add_func ("/strips/odd", test_odd);
  g_test_add_func ("/strips/bar-table", test_bar_table);
  return g_test_run ();
}
