/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/complex-plane.h"
#include "widgets/figures/epoch-map.h"
#include "widgets/figures/mirror-bars.h"
#include "widgets/figures/trajectories.h"

#define WIDTH 400
#define HEIGHT 320

static AnmTheme theme;

/* The pixel where the figure says @series, @index is; FALSE if nowhere. */
static gboolean
find_pixel (AnmFigure *figure,
            int series,
            int index,
            double *x,
            double *y)
{
  AnmFigurePlace place;
  double n = 0;

  *x = *y = 0;
  for (guint i = 0; i < WIDTH; i++)
    for (guint k = 0; k < HEIGHT; k++)
      if (anm_figure_locate (figure, &theme, WIDTH, HEIGHT, TRUE, i, k, &place) && place.series == series && place.index == index)
        {
          *x += i;
          *y += k;
          n++;
        }
  *x /= n;
  *y /= n;
  return n > 0;
}

/* Both axes have one scale, and 1 is as far to the right as i is up. */
static void
test_equal_scales (void)
{
  static const double real[] = { 0, 1, 0 }, imaginary[] = { 0, 0, 1 };
  AnmComplexSet set = { .label = "now", .n_points = 3, .real = real, .imaginary = imaginary };
  g_autoptr (AnmFigure) figure = anm_complex_plane_new (&(AnmComplexPlane){ .title = "Plane", .n_sets = 1, .sets = &set });
  double x[3], y[3];

  for (int i = 0; i < 3; i++)
    g_assert_true (find_pixel (figure, 0, i, &x[i], &y[i]));
  g_assert_cmpfloat_with_epsilon (x[1] - x[0], y[0] - y[2], 1.5);
  g_assert_cmpfloat (x[1] - x[0], >, 60);
  g_assert_cmpfloat_with_epsilon (y[1], y[0], 0.6);
}

static void
test_complex_words (void)
{
  static const double real[] = { 0.6, 0.6, NAN }, imaginary[] = { 0.8, -0.8, 0 };
  AnmComplexSet set = { .label = "epoch 24", .n_points = 2, .real = real, .imaginary = imaginary };
  AnmComplexSet nothing = { .label = "epoch 24", .n_points = 1, .real = real + 2, .imaginary = imaginary + 2 };
  g_autoptr (AnmFigure) figure = anm_complex_plane_new (&(AnmComplexPlane){ .n_sets = 1, .sets = &set });
  g_autoptr (AnmFigure) empty = anm_complex_plane_new (&(AnmComplexPlane){ .n_sets = 1, .sets = &nothing, .empty_text = "no numbers" });
  g_autofree char *second = anm_figure_describe (figure, &(AnmFigurePlace){ 2, NAN, -1, -1 });
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  g_assert_cmpstr (second, ==, "epoch 24: λ = 0.600 − 0.800 i, |λ| = 1.000");
  g_assert_cmpuint (table->len, ==, 3);
  g_assert_cmpstr (((char **) g_ptr_array_index (table, 2))[3], ==, "-0.8");
  g_assert_cmpfloat (anm_figure_step_x (figure, 1, 1), ==, 2);
  g_assert_cmpfloat (anm_figure_step_x (figure, 2, 1), ==, 2);
  g_assert_null (anm_figure_describe (empty, &(AnmFigurePlace){ 1, NAN, 0, 0 }));
}

static void
test_tracks (void)
{
  const float x[] = { 0, 0.5f, 1 }, y[] = { 0, 1, 0 }, far_x[] = { -1, NAN, -0.9f }, far_y[] = { 0.8f, NAN, 0.9f };
  static const AnmTrackGroup groups[] = { { "survived", ANM_COLOUR_NO_EVENT }, { "died", ANM_COLOUR_EVENT } };
  AnmTrack tracks[] = {
    { .name = "A", .group = 1, .first_time = 1, .n_points = 3, .x = x, .y = y },
    { .name = "B", .group = 0, .first_time = 4, .n_points = 3, .x = far_x, .y = far_y },
    { .name = "C", .group = -1, .n_points = 0 },
  };
  AnmTrajectories given = { .title = "Ways", .x_label = "PC 1", .y_label = "PC 2", .n_tracks = 3, .tracks = tracks, .n_groups = 2, .groups = groups,
                            .time_step = 1, .time_unit = "h", .chosen = 0, .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN };
  g_autoptr (AnmFigure) figure = anm_trajectories_new (&given);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  AnmFigurePlace place;
  double pixel_x, top, bottom, low, high, bottom_y, top_y;

  /* The cursor's hour is a point of the chosen track, and what lies there is that track. */
  g_assert_true (anm_figure_project_x (figure, &theme, WIDTH, HEIGHT, TRUE, 2, &pixel_x, &top, &bottom));
  g_assert_true (anm_figure_locate (figure, &theme, WIDTH, HEIGHT, TRUE, pixel_x, top, &place));
  g_assert_cmpint (place.series, ==, 0);
  g_assert_cmpfloat (place.x, ==, 2);
  g_autofree char *words = anm_figure_describe (figure, &place);
  g_assert_cmpstr (words, ==, "A, died; hour 2: 0.50, 1.00");
  g_assert_false (anm_figure_project_x (figure, &theme, WIDTH, HEIGHT, TRUE, 9, &pixel_x, &top, &bottom));

  /* Another one's hour is its own; hovering it doesn't move the cursor. */
  g_autofree char *other = anm_figure_describe (figure, &(AnmFigurePlace){ NAN, NAN, 1, 2 });
  g_assert_cmpstr (other, ==, "B, survived; hour 6: −0.90, 0.90");
  g_assert_true (find_pixel (figure, 1, 2, &pixel_x, &top));
  g_assert_true (anm_figure_locate (figure, &theme, WIDTH, HEIGHT, TRUE, pixel_x, top, &place));
  g_assert_true (isnan (place.x));

  g_assert_cmpuint (table->len, ==, 7);
  anm_trajectories_get_ranges (figure, &low, &high, &bottom_y, &top_y);
  g_assert_cmpfloat (low, ==, -1);
  g_assert_cmpfloat (high, ==, 1);
}

static void
test_epochs (void)
{
  g_autoptr (AnmFigure) one = figure_sample_epoch_map ();
  g_autoptr (AnmFigure) two = figure_sample_epoch_maps ();
  g_autoptr (GPtrArray) wide = anm_figure_get_table (one);
  g_autoptr (GPtrArray) tall = anm_figure_get_table (two);
  gboolean seen[2] = { FALSE, FALSE };
  AnmFigurePlace place;

  /* An epoch and a row each, times, and both horizons. */
  g_assert_cmpuint (wide->len, ==, 43);
  g_assert_cmpuint (g_strv_length (g_ptr_array_index (wide, 0)), ==, 1 + 48 + 2);
  g_assert_cmpuint (tall->len, ==, 1 + (42 + 20) * 48);

  /* The shorter run ends sooner: under its last row there is nothing. */
  for (guint y = 0; y < 380; y++)
    for (guint x = 0; x < 700; x += 3)
      if (anm_figure_locate (two, &theme, 700, 380, TRUE, x, y, &place) && place.series < 2)
        {
          seen[place.series] = TRUE;
          g_assert_cmpfloat (place.y, <=, place.series == 1 ? 20 : 42);
        }
  g_assert_true (seen[0] && seen[1]);

  g_autofree char *words = anm_figure_describe (one, &(AnmFigurePlace){ NAN, 24, 1, -1 });
  g_assert_cmpstr (words, ==, "epoch 24: LSTM 12.9 h, GRU 7.09 h");
  g_autofree char *cell = anm_figure_describe (two, &(AnmFigurePlace){ 48, 20, 1, 47 });
  g_assert_true (g_str_has_prefix (cell, "Run 1, SGD 0.1, epoch 20, hour 48: "));
  g_assert_null (anm_figure_describe (two, &(AnmFigurePlace){ 48, 21, 1, 47 }));
}

static void
test_mirror (void)
{
  g_autoptr (AnmFigure) figure = figure_sample_mirror_bars ();
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  g_autofree char *dead = anm_figure_describe (figure, &(AnmFigurePlace){ 6, NAN, 3, 5 });
  g_autofree char *all = anm_figure_describe (figure, &(AnmFigurePlace){ 1, NAN, -1, -1 });

  g_assert_cmpuint (table->len, ==, 1 + 4 * 32);
  g_assert_cmpstr (dead, ==, "unit 6\ntanh c: always the same");
  g_assert_nonnull (strstr (all, "forget gate: "));
  g_assert_nonnull (strstr (all, "above 0.95"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_theme_init (&theme, FALSE);
  g_test_add_func ("/inside-figures/equal-scales", test_equal_scales);
  g_test_add_func ("/inside-figures/complex-words", test_complex_words);
  g_test_add_func ("/inside-figures/tracks", test_tracks);
  g_test_add_func ("/inside-figures/epochs", test_epochs);
  g_test_add_func ("/inside-figures/mirror", test_mirror);
  return g_test_run ();
}
