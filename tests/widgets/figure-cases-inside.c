/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-cases-private.h"
#include "widgets/figures/activation-curve.h"
#include "widgets/figures/complex-plane.h"
#include "widgets/figures/dendrogram-plot.h"
#include "widgets/figures/epoch-map.h"
#include "widgets/figures/equation.h"
#include "widgets/figures/number.h"
#include "widgets/figures/mirror-bars.h"
#include "widgets/figures/state-column.h"
#include "widgets/figures/trajectories.h"
#include "widgets/figures/waterfall.h"

AnmFigure *
figure_case_complex_plane (FigureCase which)
{
  const guint n = (guint) figure_case_count (which, 32, 20000);
  g_autofree double *real = figure_case_fill (which, n, 0), *imaginary = figure_case_fill (which, n, 5);
  AnmComplexSet sets[2] = {
    { .label = "epoch 24", .colour = ANM_COLOUR_RUN_FIRST, .n_points = n, .real = real, .imaginary = imaginary },
    { .label = "epoch 0", .colour = ANM_COLOUR_FAINT, .hollow = TRUE, .n_points = n, .real = imaginary, .imaginary = real },
  };
  AnmComplexPlane plane = { .title = "Eigenvalues of U", .caption = "LSTM, forget gate; after epoch 24", .n_sets = which == FIGURE_CASE_EMPTY ? 0 : 2, .sets = sets,
                            .ring = which == FIGURE_CASE_USUAL ? 1.12 : 0, .ring_label = "|J| = 1.12", .symbol = "λ", .note = "largest |λ| = 1.00",
                            .note_detail = "outside the circle: can explode" };
  return anm_complex_plane_new (&plane);
}

AnmFigure *
figure_case_trajectories (FigureCase which)
{
  const guint n_tracks = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 2000 : 12;
  const guint n = (guint) figure_case_count (which, 30, 20000);
  g_autofree AnmTrack *tracks = g_new0 (AnmTrack, MAX (n_tracks, 1));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  AnmTrackGroup groups[2] = { { "survived", ANM_COLOUR_NO_EVENT }, { "died", ANM_COLOUR_EVENT } };

  for (guint k = 0; k < n_tracks; k++)
    {
      float *x = g_new (float, MAX (n, 1)), *y = g_new (float, MAX (n, 1));

      for (guint i = 0; i < n; i++)
        {
          x[i] = figure_case_float (which, i, k);
          y[i] = figure_case_float (which, i, 3 * k + 1);
        }
      tracks[k] = (AnmTrack){ .name = figure_case_word (which, k), .group = (int) (k % 2), .value = NAN, .first_time = 1, .n_points = n, .x = x, .y = y };
      g_ptr_array_add (kept, x);
      g_ptr_array_add (kept, y);
    }
  AnmTrajectories trajectories = {
    .title = "Ways of the hidden state", .caption = "28 validation patients, two components", .x_label = "first component, 41 %", .y_label = "second, 17 %",
    .n_tracks = n_tracks, .tracks = tracks, .n_groups = 2, .groups = groups, .time_step = 1, .time_unit = "h", .chosen = n_tracks > 0 ? 0 : -1,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
  };
  return anm_trajectories_new (&trajectories);
}

AnmFigure *
figure_case_epoch_map (FigureCase which)
{
  const guint n_rows = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_ONE_POINT ? 1 : which == FIGURE_CASE_CROWDED ? 500 : 30;
  const guint n_columns = (guint) figure_case_count (which, 48, 10000);
  g_autofree float *cells = g_new (float, (gsize) MAX (n_rows, 1) * MAX (n_columns, 1));
  g_autofree double *epochs = g_new (double, MAX (n_rows, 1)), *horizon = g_new (double, MAX (n_rows, 1));
  AnmEpochPanel panels[4];
  AnmEpochNote note = { 20, 7, "explodes at epoch 7" };
  const guint n_panels = n_rows == 0 ? 0 : which == FIGURE_CASE_CROWDED ? 4 : 1;

  for (guint row = 0; row < n_rows; row++)
    {
      epochs[row] = row;
      horizon[row] = 40 * figure_case_value (which, row, 1);
      for (guint column = 0; column < n_columns; column++)
        cells[(gsize) row * n_columns + column] = figure_case_float (which, column, row);
    }
  for (guint i = 0; i < 4; i++)
    panels[i] = (AnmEpochPanel){ .label = figure_case_word (which, i), .n_rows = n_rows, .n_columns = n_columns, .cells = cells, .x_first = 1, .x_step = 1, .y_step = 1,
                                 .trace = horizon, .trace_label = "memory horizon", .n_notes = which == FIGURE_CASE_USUAL, .notes = &note };
  AnmEpochLine line = { .label = "LSTM", .colour = ANM_COLOUR_INK, .thick = TRUE, .n_points = n_rows, .epochs = epochs, .values = horizon };
  AnmEpochMap map = { .title = "Gradient flow", .caption = "root mean square over the training patients", .x_label = "hours since admission", .x_time_unit = "h",
                      .scale = ANM_HEAT_LOG, .range = NAN, .floor = 1e-6, .n_panels = n_panels, .panels = panels, .n_lines = n_rows > 0, .lines = &line,
                      .side_label = "memory horizon", .side_unit = "h", .chosen = 3, .value_name = "gradient norm" };
  return anm_epoch_map_new (&map);
}

AnmFigure *
figure_case_mirror_bars (FigureCase which)
{
  const guint n_rows = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 8 : 3;
  const guint n = which == FIGURE_CASE_CROWDED ? 512 : (guint) figure_case_count (which, 32, 50000);
  g_autofree double *up = figure_case_fill (which, n, 0), *down = figure_case_fill (which, n, 1);
  AnmMirrorRow rows[8];

  for (guint i = 0; i < 8; i++)
    rows[i] = (AnmMirrorRow){ .label = figure_case_word (which, i), .note = "12 %", .n_bars = n, .up = up, .down = down };
  AnmMirrorBars bars = { .title = "Saturated gates", .caption = "share of hours, validation patients", .x_label = "unit", .up_label = "above 0.95", .down_label = "below 0.05",
                         .mark_label = "always 0", .n_rows = n_rows, .rows = rows };
  return anm_mirror_bars_new (&bars);
}

AnmFigure *
figure_case_waterfall (FigureCase which)
{
  const guint n = which == FIGURE_CASE_CROWDED ? 300 : (guint) figure_case_count (which, 9, 20000);
  g_autofree AnmWaterfallTerm *terms = g_new0 (AnmWaterfallTerm, MAX (n, 1));
  double sum = 0;

  for (guint i = 0; i < n; i++)
    {
      double term = figure_case_value (which, i, 0) - (which == FIGURE_CASE_USUAL ? 0.4 : 0);
      terms[i] = (AnmWaterfallTerm){ .label = figure_case_word (which, i), .value = term, .muted = i % 2 };
      sum += isnan (term) ? 0 : term;
    }
  AnmWaterfall waterfall = { .title = "Forget gate", .caption = "unit 5 at hour 39", .n_terms = n, .terms = terms, .n_first = MIN (n, 1), .sum = sum, .sum_label = "z",
                             .result = "σ(1.73) = <b>0.85</b>", .note = "slope 0.13" };
  return anm_waterfall_new (&waterfall);
}

AnmFigure *
figure_case_activation_curve (FigureCase which)
{
  double at = 4 * (figure_case_value (which, 1, 0) - 0.5);
  AnmActivationCurve curve = { .title = "Logistic function", .caption = "forget gate of unit 5", .kind = which == FIGURE_CASE_EMPTY ? ANM_CURVE_NONE : ANM_CURVE_SIGMOID,
                               .at = at, .value = anm_curve_bend (ANM_CURVE_SIGMOID, at), .slope = 0.23 };
  return anm_activation_curve_new (&curve);
}

AnmFigure *
figure_case_dendrogram (FigureCase which)
{
  const guint n = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_ONE_POINT ? 1 : which == FIGURE_CASE_CROWDED || which == FIGURE_CASE_MANY ? 512 : 12;
  g_autofree AnmBranch *branches = g_new0 (AnmBranch, MAX (n, 1));
  g_autofree guint *order = g_new (guint, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = 0; i + 1 < n; i++)
    branches[i] = (AnmBranch){ i == 0 ? 0 : n + i - 1, i + 1, figure_case_value (which, i, 0) + (which == FIGURE_CASE_USUAL ? i : 0) };
  AnmDendrogramPlot plot = { .title = "Likeness of units", .caption = "by their states over all hours", .leaf_word = "unit", .height_label = "distance", .n_leaves = n,
                             .branches = branches, .order = order, .selected = n > 2 ? 2 : -1 };
  return anm_dendrogram_plot_new (&plot);
}

AnmFigure *
figure_case_state_column (FigureCase which)
{
  const guint n_units = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_CROWDED ? 512 : 16;
  const guint n = (guint) figure_case_count (which, 48, 10000), n_channels = which == FIGURE_CASE_CROWDED ? 12 : 3;
  g_autofree float *cells = g_new (float, (gsize) MAX (n_units, 1) * MAX (n, 1)), *measured = g_new (float, MAX (n, 1));
  g_autofree double *times = g_new (double, MAX (n, 1)), *gate = figure_case_fill (which, n, 1), *risk = figure_case_fill (which, n, 2);
  AnmTimeLineChannel channels[12];
  AnmStateLine gates[2] = { { .label = "f", .colour = ANM_COLOUR_RUN_FIRST, .thick = TRUE, .y = gate }, { .label = "i", .colour = ANM_COLOUR_RUN_FIRST + 1, .y = risk } };
  AnmStateLine prediction = { .label = "risk", .colour = ANM_COLOUR_RUN_FIRST, .thick = TRUE, .y = risk, .low = gate, .high = risk };

  for (guint i = 0; i < n; i++)
    {
      times[i] = i + 1;
      measured[i] = figure_case_float (which, i, 3);
      for (guint unit = 0; unit < n_units; unit++)
        cells[(gsize) unit * n + i] = figure_case_float (which, i, unit);
    }
  for (guint i = 0; i < n_channels; i++)
    channels[i] = (AnmTimeLineChannel){ .name = figure_case_word (which, i), .unit = "mmol/L", .n_points = n, .times = times, .values = measured, .normal_low = 0.4, .normal_high = 0.7 };
  AnmStateColumn column = {
    .title = "Hidden state h", .caption = "LSTM, units ordered by similarity", .x_label = "hours since admission", .x_time_unit = "h", .n_steps = n, .x_first = 1, .x_step = 1,
    .n_channels = n_units > 0 ? n_channels : 0, .channels = channels, .scale = ANM_HEAT_DIVERGING, .range = NAN, .n_units = n_units, .cells = cells, .selected = n_units > 3 ? 3 : -1,
    .unit_word = "unit", .symbol = "h",
    .panels = { { .label = "gates", .sublabel = "unit 4", .low = 0, .high = 1, .n_lines = n_units > 0 ? 2 : 0, .lines = gates, .end_y = NAN },
                { .label = "risk", .low = 0, .high = 1, .n_lines = n_units > 0, .lines = &prediction, .end_y = 1, .end_label = "died", .end_colour = ANM_COLOUR_EVENT } },
  };
  return anm_state_column_new (&column);
}

AnmFigure *
figure_case_equations (FigureCase which)
{
  const guint n_rows = which == FIGURE_CASE_EMPTY ? 0 : which == FIGURE_CASE_ONE_POINT ? 1 : 2;
  const guint n_terms = which == FIGURE_CASE_CROWDED ? 12 : which == FIGURE_CASE_MANY ? 40 : 3;
  g_autofree AnmEquationTerm *terms = g_new0 (AnmEquationTerm, n_terms);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  AnmEquationRow rows[2];

  for (guint i = 0; i < n_terms; i++)
    {
      double term = figure_case_value (which, i, 0);
      char *words = anm_number_format (term, 3);

      g_ptr_array_add (kept, words);
      terms[i] = (AnmEquationTerm){ .kind = ANM_EQUATION_PLAIN, .joint = i > 0 ? "+" : NULL, .symbol = "<i>W x</i>", .value = words, .number = term, .key = -1 };
    }
  for (guint i = 0; i < 2; i++)
    rows[i] = (AnmEquationRow){ .name = "Forget gate", .summary = "what is kept", .left = "<i>f</i> = σ(", .right = ")", .total = "= 0.57", .n_terms = n_terms, .terms = terms,
                                .curve = ANM_CURVE_SIGMOID, .at = 0.57, .value = 0.64, .slope = 0.23, .result = "<i>f</i> = <b>0.64</b>", .bar = ANM_EQUATION_GATE_BAR,
                                .key = -1, .spoken = "forget gate 0.64" };
  AnmEquations equations = { .title = "LSTM, unit 5", .caption = "at hour 39", .n_rows = n_rows, .rows = rows, .chosen = -1, .range = 1, .bar_range = NAN };

  return anm_equations_new (&equations);
}
