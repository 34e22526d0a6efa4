/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/equation.h"
#include "widgets/figures/waterfall.h"

static double
table_number (GPtrArray *table,
              guint row)
{
  return g_ascii_strtod (((char **) g_ptr_array_index (table, row))[1], NULL);
}

/* Largest first after the bias; what is folded is what the shown ones lack. */
static void
test_waterfall (void)
{
  g_autoptr (AnmFigure) figure = figure_sample_waterfall ();
  g_autoptr (AnmFigure) expanded = figure_sample_waterfall_expanded ();
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  AnmFigurePlace place;
  AnmTheme theme;
  double sum = 0, shown = 0;
  guint n_shown;

  anm_theme_init (&theme, FALSE);
  g_assert_cmpuint (table->len, ==, 42);
  g_assert_cmpstr (((char **) g_ptr_array_index (table, 1))[0], ==, "bias");
  for (guint k = 1; k <= 40; k++)
    {
      if (k > 2)
        g_assert_cmpfloat (fabs (table_number (table, k)), <=, fabs (table_number (table, k - 1)));
      sum += table_number (table, k);
    }
  g_assert_cmpfloat_with_epsilon (sum, table_number (table, 41), 1e-12);

  n_shown = anm_waterfall_count_shown (figure, &theme, 300, 400, TRUE);
  g_assert_cmpuint (n_shown, >, 5);
  g_assert_cmpuint (n_shown, <, 20);
  g_assert_cmpuint (anm_waterfall_count_shown (expanded, &theme, 300, 1200, TRUE), ==, 40);
  for (guint k = 0; k < n_shown; k++)
    shown += table_number (table, k + 1);
  for (double y = 50; y < 400; y++)
    if (anm_figure_locate (figure, &theme, 300, 400, TRUE, 150, y, &place) && place.series == ANM_WATERFALL_OTHERS)
      break;
  g_assert_cmpint (place.series, ==, ANM_WATERFALL_OTHERS);
  g_assert_cmpfloat_with_epsilon (place.y, sum - shown, 1e-12);

  g_autofree char *words = anm_figure_describe (figure, &place);
  g_autofree char *expected = g_strdup_printf ("%u others", 40 - n_shown);
  g_assert_true (g_str_has_prefix (words, expected));
  g_assert_cmpfloat (anm_figure_get_natural_height (expanded, &theme, TRUE), >, 40 * 24);
}

/* The same number lights up wherever it occurs, and a row can be found by its place. */
static void
test_equations (void)
{
  g_autoptr (AnmFigure) figure = figure_sample_equations ();
  AnmTheme theme;
  double tops[5];
  guint n_found[8] = { 0 };

  anm_theme_init (&theme, FALSE);
  g_assert_cmpuint (anm_equations_get_n_rows (figure), ==, 4);
  g_assert_cmpstr (anm_equations_get_row_name (figure, 2), ==, "Cell state");
  g_assert_cmpstr (anm_equations_get_row_words (figure, 0), ==, "Input gate");
  for (double width = 320; width <= 900; width += 290)
    {
      const double height = anm_equations_get_height (figure, &theme, width, TRUE);
      AnmFigurePlace place;

      anm_equations_get_rows (figure, &theme, width, height, TRUE, tops);
      for (guint r = 0; r < 4; r++)
        {
          g_assert_cmpfloat (tops[r + 1], >, tops[r] + 30);
          g_assert_true (anm_figure_locate (figure, &theme, width, height, TRUE, 3, (tops[r] + tops[r + 1]) / 2, &place));
          g_assert_cmpint (place.series, ==, (int) r);
        }
      g_assert_cmpfloat (tops[4], <=, height);
      for (double y = tops[0]; y < tops[4]; y += 6)
        for (double x = 0; x < width; x += 6)
          if (anm_figure_locate (figure, &theme, width, height, TRUE, x, y, &place) && !isnan (place.x))
            n_found[(guint) place.x]++;
    }
  for (guint key = 0; key < G_N_ELEMENTS (n_found); key++)
    g_assert_cmpuint (n_found[key], >, 0);
  g_assert_true (anm_figure_project_x (figure, &theme, 700, 600, TRUE, 4, NULL, NULL, NULL));
  g_assert_false (anm_figure_project_x (figure, &theme, 700, 600, TRUE, 99, NULL, NULL, NULL));
}

static void
test_slopes (void)
{
  g_autofree char *steep = anm_curve_describe_slope (ANM_CURVE_SIGMOID, 0.23);
  g_autofree char *flat = anm_curve_describe_slope (ANM_CURVE_SIGMOID, 0.004);
  g_autofree char *closed = anm_curve_describe_slope (ANM_CURVE_RELU, 0);
  g_autofree char *straight = anm_curve_describe_slope (ANM_CURVE_LINEAR, 0.01);

  g_assert_cmpstr (steep, ==, "slope 0.23");
  g_assert_cmpstr (flat, ==, "slope 0.00, saturated");
  g_assert_cmpstr (closed, ==, "slope 0.00, closed");
  g_assert_cmpstr (straight, ==, "slope 0.01");
  for (double z = -3; z <= 3; z += 0.25)
    {
      g_assert_cmpfloat_with_epsilon (anm_curve_bend (ANM_CURVE_TANH, z), 2 * anm_curve_bend (ANM_CURVE_SIGMOID, 2 * z) - 1, 1e-12);
      g_assert_cmpfloat (anm_curve_bend (ANM_CURVE_DECAY, z), <=, 1);
    }
}

/* Any size, and none, without a fault. */
static void
test_sizes (void)
{
  AnmFigure *(*const make[]) (void) = { figure_sample_equations, figure_sample_equations_odd, figure_sample_equations_empty, figure_sample_waterfall,
                                        figure_sample_waterfall_odd, figure_sample_waterfall_empty, figure_sample_curve, figure_sample_curve_empty };
  AnmTheme theme;

  anm_theme_init (&theme, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (make); i++)
    for (int size = 0; size < 500; size += 45)
      {
        g_autoptr (AnmFigure) figure = make[i]();
        g_autofree char *csv = anm_figure_get_csv (figure);
        AnmFigurePlace place;

        cairo_surface_destroy (figure_samples_paint (figure, &theme, MAX (size, 1), MAX (500 - size, 1), size % 2 == 0, 1, 2));
        anm_figure_locate (figure, &theme, size, 500 - size, TRUE, size / 2.0, 100, &place);
        g_assert_nonnull (csv);
      }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cell-figures/waterfall", test_waterfall);
  g_test_add_func ("/cell-figures/equations", test_equations);
  g_test_add_func ("/cell-figures/slopes", test_slopes);
  g_test_add_func ("/cell-figures/sizes", test_sizes);

  return g_test_run ();
}
