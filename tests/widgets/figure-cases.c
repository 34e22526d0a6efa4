/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/widgets/figure-cases-private.h"

#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/equation.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/share-bars.h"
#include "widgets/figures/small-multiples.h"
#include "widgets/figures/time-line.h"

const char *
figure_case_name (FigureCase which)
{
  static const char *const names[N_FIGURE_CASES] = {
    "usual", "empty", "missing", "one-point", "constant", "zero", "negative", "gaps", "infinite", "large", "small", "many", "crowded",
  };
  return names[which];
}

gsize
figure_case_count (FigureCase which,
       gsize usual,
       gsize many)
{
  return which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_ONE_POINT ? 1 : which == FIGURE_CASE_MANY ? many : usual;
}

double
figure_case_value (FigureCase which,
       gsize i,
       guint series)
{
  double usual = 0.5 + 0.3 * sin (0.3 * (double) i + series) + 0.1 * figure_samples_noise ((guint) (i + 977 * series));

  switch (which)
    {
    case FIGURE_CASE_MISSING:
      return NAN;
    case FIGURE_CASE_CONSTANT:
      return 0.25;
    case FIGURE_CASE_ZERO:
      return 0;
    case FIGURE_CASE_NEGATIVE:
      return -usual;
    case FIGURE_CASE_GAPS:
      return i % 5 == 2 || i % 7 == 3 ? NAN : usual;
    case FIGURE_CASE_INFINITE:
      return i % 9 == 4 ? INFINITY : i % 11 == 6 ? -INFINITY : i % 13 == 7 ? NAN : usual;
    case FIGURE_CASE_LARGE:
      return usual * 1e300 * (i % 2 ? 1 : -1);
    case FIGURE_CASE_SMALL:
      return usual * 1e-300;
    case FIGURE_CASE_USUAL:
    case FIGURE_CASE_EMPTY:
    case FIGURE_CASE_ONE_POINT:
    case FIGURE_CASE_MANY:
    case FIGURE_CASE_CROWDED:
    case N_FIGURE_CASES:
      break;
    }
  return usual;
}

float
figure_case_float (FigureCase which,
             gsize i,
             guint series)
{
  double wide = figure_case_value (which, i, series);

  return which == FIGURE_CASE_LARGE ? (float) (wide * 1e-263) : which == FIGURE_CASE_SMALL ? (float) (wide * 1e262) : (float) wide;
}

double *
figure_case_fill (FigureCase which,
      gsize n,
      guint series)
{
  double *values = g_new (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    values[i] = figure_case_value (which, i, series);
  return values;
}

static double *
count_up (gsize n)
{
  double *x = g_new (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    x[i] = (double) i;
  return x;
}

const char *
figure_case_word (FigureCase which,
         guint i)
{
  static const char *const usual[] = { "LSTM", "GRU", "Dense", "SGD 0.01" };
  static const char *const crowded[] = { "Arterial partial pressure of oxygen", "Glasgow coma scale, motor response", "Lactate", "Mean airway pressure" };

  return which == FIGURE_CASE_CROWDED ? crowded[i % 4] : usual[i % 4];
}

/* Lines */

static AnmFigure *
make_lines (FigureCase which,
            gboolean log_scale,
            gboolean band,
            const char *title)
{
  const guint n_lines = which == FIGURE_CASE_CROWDED ? 40 : 3;
  const gsize n = figure_case_count (which, 60, 1000000);
  g_autofree double *x = count_up (n);
  g_autofree AnmLine *lines = g_new0 (AnmLine, n_lines);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  AnmRule rule = { 0.34, "threshold .34", ANM_COLOUR_EVENT };
  AnmAnnotation note = { 36, 0.6, "best, epoch 36" };

  for (guint i = 0; i < n_lines; i++)
    {
      double *y = figure_case_fill (which, n, i), *low = g_memdup2 (y, MAX (n, 1) * sizeof *y), *high = g_memdup2 (y, MAX (n, 1) * sizeof *y);

      for (gsize k = 0; k < n; k++)
        {
          low[k] -= 0.2 * fabs (y[k]);
          high[k] += 0.2 * fabs (y[k]);
        }
      lines[i] = (AnmLine){ .label = figure_case_word (which, i), .value = i == 0 ? "0.285" : NULL, .colour = ANM_COLOUR_RUN_FIRST + i % ANM_N_RUN_COLOURS,
                            .style = i % 2 ? ANM_LINE_THIN : ANM_LINE_THICK, .dash = i / ANM_N_RUN_COLOURS, .n_points = n, .x = x, .y = y,
                            .low = band ? low : NULL, .high = band ? high : NULL, .end_dot = TRUE };
      g_ptr_array_add (kept, y);
      g_ptr_array_add (kept, low);
      g_ptr_array_add (kept, high);
    }
  AnmLinePlot plot = {
    .title = title, .caption = "binary cross-entropy over 4 000 patients", .x_label = "epoch", .y_label = "loss", .x_whole = TRUE, .y_log = log_scale,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN, .n_lines = n_lines, .lines = lines,
    .n_rules = which == FIGURE_CASE_USUAL, .rules = &rule, .n_annotations = which == FIGURE_CASE_USUAL, .annotations = &note,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_linear (FigureCase which)
{
  return make_lines (which, FALSE, FALSE, "Loss");
}

static AnmFigure *
make_log (FigureCase which)
{
  return make_lines (which, TRUE, FALSE, "Gradient norm by layer");
}

static AnmFigure *
make_band (FigureCase which)
{
  return make_lines (which, FALSE, TRUE, "Risk of death, patient 4127");
}

/* Heat maps */

static AnmFigure *
make_map (FigureCase which,
          AnmHeatScale scale,
          gboolean named,
          gboolean bare,
          double factor)
{
  const guint n_rows = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_ONE_POINT ? 1 : which == FIGURE_CASE_CROWDED ? 512 : 16;
  const guint n_columns = (guint) figure_case_count (which, 48, 10000);
  g_autofree float *cells = g_new (float, (gsize) MAX (n_rows, 1) * MAX (n_columns, 1));
  g_autofree const char **names = g_new0 (const char *, n_rows + 1);

  for (guint row = 0; row < n_rows; row++)
    {
      names[row] = figure_case_word (which, row);
      for (guint column = 0; column < n_columns; column++)
        cells[(gsize) row * n_columns + column] = (float) factor * figure_case_float (which, column, row);
    }
  AnmHeatMap map = {
    .title = "Hidden state h", .caption = "LSTM, units ordered by similarity", .x_label = "hours since admission", .y_label = named ? NULL : "unit",
    .x_time_unit = "h", .scale = scale, .range = NAN, .floor = 1e-4, .n_rows = n_rows, .n_columns = n_columns, .cells = cells,
    .row_labels = named ? names : NULL, .x_first = 1, .x_step = 1, .selected_row = which == FIGURE_CASE_USUAL ? 3 : -1, .bare = bare,
  };
  return anm_heat_map_new (&map);
}

static AnmFigure *
make_diverging (FigureCase which)
{
  return make_map (which, ANM_HEAT_DIVERGING, FALSE, FALSE, 1);
}

static AnmFigure *
make_sequential (FigureCase which)
{
  return make_map (which, ANM_HEAT_SEQUENTIAL, TRUE, FALSE, 1);
}

static AnmFigure *
make_log_map (FigureCase which)
{
  return make_map (which, ANM_HEAT_LOG, FALSE, FALSE, 1);
}

static AnmFigure *
make_strip (FigureCase which)
{
  return make_map (which, ANM_HEAT_DIVERGING, FALSE, TRUE, 1);
}

/* Bars */

static AnmFigure *
make_bars (FigureCase which,
           gboolean log_scale,
           gboolean axes)
{
  const gsize n = figure_case_count (which, 48, 1000000);
  g_autofree double *values = figure_case_fill (which, n, 0);
  AnmBarStrip strip = {
    .title = "Gradient by step", .caption = "mean over the training patients", .n_bars = (guint) n, .values = values, .log = log_scale,
    .x_first = 1, .x_step = 1, .x_label = "hours since admission", .y_label = "norm", .x_time_unit = "h", .axes = axes,
  };
  return anm_bar_strip_new (&strip);
}

static AnmFigure *
make_log_bars (FigureCase which)
{
  return make_bars (which, TRUE, TRUE);
}

static AnmFigure *
make_linear_bars (FigureCase which)
{
  return make_bars (which, FALSE, TRUE);
}

static AnmFigure *
make_bare_bars (FigureCase which)
{
  return make_bars (which, TRUE, FALSE);
}

static AnmFigure *
make_signed (FigureCase which)
{
  const guint n = which == FIGURE_CASE_CROWDED ? 512 : (guint) figure_case_count (which, 16, 100000);
  g_autofree double *values = figure_case_fill (which, n, 2);
  AnmSignedBars bars = { .title = "Weights", .caption = "of the dense layer", .n_bars = n, .values = values, .range = NAN, .low_label = "lowers risk", .high_label = "raises" };

  return anm_signed_bars_new (&bars);
}

static AnmFigure *
make_shares (FigureCase which)
{
  const guint n = which == FIGURE_CASE_CROWDED ? 300 : (guint) figure_case_count (which, 6, 3000);
  g_autofree double *shares = figure_case_fill (which, n, 3);
  g_autofree const char **labels = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    labels[i] = figure_case_word (which, i);
  AnmShareBars bars = { .title = "Missing", .caption = "share of hours without a value", .row_label = "channel", .value_label = "missing", .n_bars = n, .labels = labels, .shares = shares };
  return anm_share_bars_new (&bars);
}

static AnmFigure *
make_distribution (FigureCase which)
{
  static const char *const labels[] = { "survived", "died", "unknown", "transferred" };
  const guint n_groups = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 4 : 2;
  const guint n_bins = (guint) figure_case_count (which, 24, 20000);
  g_autofree double *density = g_new (double, (gsize) MAX (n_groups, 1) * MAX (n_bins, 1));

  for (guint i = 0; i < n_groups * n_bins; i++)
    density[i] = figure_case_value (which, i, i / MAX (n_bins, 1));
  AnmDistribution distribution = { .title = "Lactate", .caption = "mmol/L, by outcome", .n_groups = n_groups, .labels = labels, .n_bins = n_bins, .density = density,
                                   .low = which == FIGURE_CASE_LARGE ? -1e300 : 0, .high = which == FIGURE_CASE_LARGE ? 1e300 : which == FIGURE_CASE_CONSTANT ? 0 : 12.5 };
  return anm_distribution_new (&distribution);
}

/* Time lines */

static AnmFigure *
make_sparkline (FigureCase which)
{
  const gsize n = figure_case_count (which, 48, 1000000);
  g_autofree double *times = count_up (n);
  g_autofree float *values = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    values[i] = figure_case_float (which, i, 0);
  AnmSparkline line = { .finding = "Heart rate rises", .n_points = n, .times = times, .values = values, .x_min = 0, .x_max = n > 1 ? (double) n : 0,
                        .y_min = NAN, .y_max = NAN, .normal_low = 0.4, .normal_high = NAN, .step = 1 };
  return anm_sparkline_new (&line);
}

static AnmFigure *
make_time_line (FigureCase which)
{
  const guint n_channels = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 40 : 5;
  const gsize n = figure_case_count (which, 48, 200000);
  g_autofree double *times = count_up (n);
  g_autofree AnmTimeLineChannel *channels = g_new0 (AnmTimeLineChannel, MAX (n_channels, 1));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  for (guint c = 0; c < n_channels; c++)
    {
      float *values = g_new (float, MAX (n, 1));

      for (gsize i = 0; i < n; i++)
        values[i] = figure_case_float (which, i, c);
      channels[c] = (AnmTimeLineChannel){ .name = figure_case_word (which, c), .unit = "mmol/L", .n_points = n, .times = times, .values = values,
                                          .normal_low = c % 2 ? 0.4 : NAN, .normal_high = c % 3 ? 0.7 : NAN };
      g_ptr_array_add (kept, values);
    }
  AnmTimeLine line = { .title = "Patient 4127", .caption = "71 years, medical", .x_label = "hours since admission", .time_unit = "h", .step = 1,
                       .n_channels = n_channels, .channels = channels, .cursor = NAN };
  return anm_time_line_new (&line);
}

/* Many at once */

static AnmFigure *
make_multiples (FigureCase which)
{
  const guint n = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 60 : which == FIGURE_CASE_ONE_POINT ? 1 : 6;
  g_autoptr (GPtrArray) panels = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_figure_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (panels, which == FIGURE_CASE_MANY && i > 0 ? make_bars (FIGURE_CASE_USUAL, FALSE, TRUE)
                             : i % 2 ? make_bars (which == FIGURE_CASE_CROWDED ? FIGURE_CASE_USUAL : which, FALSE, TRUE)
                                     : make_lines (which == FIGURE_CASE_CROWDED ? FIGURE_CASE_USUAL : which, FALSE, FALSE, figure_case_word (which, i)));
  AnmSmallMultiples multiples = { .title = "Every layer", .caption = "activations by epoch", .n_panels = n, .panels = (AnmFigure *const *) panels->pdata,
                                  .common_y = TRUE };
  return anm_small_multiples_new (&multiples);
}

const FigureKind *
figure_kinds (guint *n_kinds)
{
  static const FigureKind kinds[] = {
    { "line-plot", make_linear, 180, 120, FALSE },
    { "line-plot-log", make_log, 180, 120, FALSE },
    { "band", make_band, 180, 120, FALSE },
    { "heat-map", make_diverging, 180, 120, FALSE },
    { "heat-map-named", make_sequential, 180, 120, FALSE },
    { "heat-map-log", make_log_map, 180, 120, FALSE },
    { "heat-strip", make_strip, 80, 40, TRUE },
    { "bars", make_linear_bars, 180, 120, FALSE },
    { "bars-log", make_log_bars, 180, 120, FALSE },
    { "bar-strip", make_bare_bars, 40, 12, TRUE },
    { "signed-bars", make_signed, 180, 120, FALSE },
    { "share-bars", make_shares, 180, 120, FALSE },
    { "distribution", make_distribution, 180, 120, FALSE },
    { "sparkline", make_sparkline, 24, 12, TRUE },
    { "time-line", make_time_line, 180, 120, FALSE },
    { "small-multiples", make_multiples, 180, 120, FALSE },
    { "complex-plane", figure_case_complex_plane, 180, 120, FALSE },
    { "trajectories", figure_case_trajectories, 180, 120, FALSE },
    { "epoch-map", figure_case_epoch_map, 180, 120, FALSE },
    { "mirror-bars", figure_case_mirror_bars, 180, 120, FALSE },
    { "waterfall", figure_case_waterfall, 180, 120, FALSE },
    { "activation-curve", figure_case_activation_curve, 180, 120, FALSE },
    { "dendrogram", figure_case_dendrogram, 180, 120, FALSE },
    { "state-column", figure_case_state_column, 180, 120, FALSE },
    { "equations", figure_case_equations, 326, 230, FALSE, anm_equations_get_height },
  };

  *n_kinds = G_N_ELEMENTS (kinds);
  return kinds;
}

cairo_surface_t *
figure_kind_sheet (const FigureKind *kind,
                   const AnmTheme *theme)
{
  const int n_across = 5, gap = 10;
  const int width = kind->strip ? (int) MAX (kind->least_width, 146) : 250, height = kind->strip ? (int) MAX (kind->least_height, 60) : 170;
  const int n_down = (N_FIGURE_CASES + n_across - 1) / n_across;
  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_RGB24, n_across * (width + gap) + gap, n_down * (height + gap) + gap);
  cairo_t *cr = cairo_create (sheet);
  AnmColour ground = anm_theme_get_ground (theme);

  cairo_set_source_rgb (cr, ground.red, ground.green, ground.blue);
  cairo_paint (cr);
  for (int i = 0; i < N_FIGURE_CASES; i++)
    {
      g_autoptr (AnmFigure) figure = kind->make ((FigureCase) i);

      cairo_save (cr);
      cairo_translate (cr, gap + i % n_across * (width + gap), gap + i / n_across * (height + gap));
      anm_figure_draw (figure, cr, theme, width, height, !kind->strip);
      cairo_restore (cr);
    }
  cairo_destroy (cr);
  return sheet;
}
