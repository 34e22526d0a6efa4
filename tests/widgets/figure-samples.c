/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/widgets/figure-samples.h"

#include <math.h>

#include "widgets/figures/bar-strip.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/share-bars.h"
#include "widgets/figures/text.h"
#include "widgets/figures/time-line.h"

#define N_EPOCHS 43

double
figure_samples_noise (guint k)
{
  guint32 bits = k * 2654435761u;

  bits ^= bits >> 15;
  bits *= 2246822519u;
  bits ^= bits >> 13;
  return bits / 2147483648.0 - 1;
}

static void
count_up (double *x,
          guint n,
          double first)
{
  for (guint i = 0; i < n; i++)
    x[i] = first + i;
}

static AnmFigure *
make_loss (void)
{
  double x[N_EPOCHS + 3], validation[N_EPOCHS], training[N_EPOCHS], previous[N_EPOCHS + 3];

  count_up (x, N_EPOCHS + 3, 0);
  for (guint i = 0; i < N_EPOCHS + 3; i++)
    {
      previous[i] = 0.31 + 0.39 * exp (-0.08 * i) + 0.006 * figure_samples_noise (300 + i);
      if (i >= N_EPOCHS)
        continue;
      validation[i] = 0.283 + 0.4 * exp (-0.16 * i) + 0.008 * figure_samples_noise (i);
      training[i] = 0.205 + 0.47 * exp (-0.13 * i) + 0.006 * figure_samples_noise (100 + i);
    }
  validation[36] = 0.276;

  AnmLine lines[] = {
    { .label = "valid. 0.285", .name = "validation", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK,
      .n_points = N_EPOCHS, .x = x, .y = validation, .end_dot = TRUE },
    { .label = "training 0.212", .name = "training", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THIN,
      .n_points = N_EPOCHS, .x = x, .y = training, .end_dot = TRUE },
    { .label = "previous run", .colour = ANM_COLOUR_PREVIOUS_RUN, .style = ANM_LINE_THIN, .n_points = N_EPOCHS + 3,
      .x = x, .y = previous, .label_inside = TRUE },
  };
  AnmAnnotation best = { 36, 0.276, "best, epoch 36" };
  AnmLinePlot plot = {
    .title = "Loss",
    .caption = "binary cross-entropy",
    .finding = "Epoch 42: validation 0.285, best 0.276 at epoch 36; training 0.212.",
    .x_label = "epoch",
    .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = G_N_ELEMENTS (lines), .lines = lines,
    .n_annotations = 1, .annotations = &best,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_gradient_norms (void)
{
  double x[N_EPOCHS], norms[3][N_EPOCHS];

  count_up (x, N_EPOCHS, 0);
  for (guint i = 0; i < N_EPOCHS; i++)
    {
      double burst = i >= 6 && i <= 8 ? (i == 7 ? 1.3 : 0.5) : 0;
      norms[0][i] = pow (10, -1.85 + 0.55 * (1 - exp (-0.1 * i)) + 0.1 * figure_samples_noise (i) + 1.4 * burst);
      norms[1][i] = pow (10, -0.85 + 0.13 * figure_samples_noise (50 + i) + 0.9 * burst);
      norms[2][i] = pow (10, -0.05 - 0.45 * (1 - exp (-0.1 * i)) + 0.1 * figure_samples_noise (90 + i) + 0.3 * burst);
    }

  AnmLine lines[] = {
    { .label = "LSTM", .colour = ANM_COLOUR_INK, .style = ANM_LINE_THICK, .n_points = N_EPOCHS, .x = x, .y = norms[0] },
    { .label = "GRU", .colour = ANM_COLOUR_MUTED, .style = ANM_LINE_THIN, .n_points = N_EPOCHS, .x = x, .y = norms[1] },
    { .label = "Dense", .colour = ANM_COLOUR_FAINT, .style = ANM_LINE_THIN, .n_points = N_EPOCHS, .x = x, .y = norms[2] },
  };
  AnmRule clip = { 1, "clipped at 1", ANM_COLOUR_EVENT };
  AnmAnnotation burst = { 7, norms[1][7], "burst, epoch 7" };
  AnmLinePlot plot = {
    .title = "Gradient norm by layer",
    .caption = "mean of a minibatch, before clipping",
    .x_label = "epoch",
    .x_whole = TRUE,
    .y_log = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = G_N_ELEMENTS (lines), .lines = lines,
    .n_rules = 1, .rules = &clip,
    .n_annotations = 1, .annotations = &burst,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_risk (void)
{
  double x[48], risk[48], low[48], high[48], outcome_x = 48, outcome_y = 1;

  count_up (x, 48, 1);
  for (guint i = 0; i < 48; i++)
    {
      risk[i] = 0.08 + 0.6 / (1 + exp (-0.42 * (i - 38.5))) + 0.015 * figure_samples_noise (i);
      low[i] = MAX (risk[i] - 0.03 - 0.12 * risk[i], 0);
      high[i] = risk[i] + 0.04 + 0.1 * risk[i];
    }

  AnmLine lines[] = {
    { .label = "0.67", .name = "risk", .value = "±.15", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK, .n_points = 48,
      .x = x, .y = risk, .low = low, .high = high, .band_name = "95 % of 100 passes" },
    { .label = "died", .colour = ANM_COLOUR_EVENT, .style = ANM_LINE_THIN, .n_points = 1, .x = &outcome_x, .y = &outcome_y, .end_dot = TRUE },
  };
  AnmRule threshold = { 0.34, "threshold .34", ANM_COLOUR_MUTED };
  AnmLinePlot plot = {
    .title = "Risk of death, patient 4127",
    .caption = "LSTM–GRU after epoch 42; band: 100 dropout passes",
    .x_label = "hours since admission",
    .x_time_unit = "h",
    .x_min = NAN, .x_max = NAN, .y_min = 0, .y_max = 1,
    .n_lines = G_N_ELEMENTS (lines), .lines = lines,
    .n_rules = 1, .rules = &threshold,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_race (void)
{
  static const char *const names[] = { "SGD 0.01", "SGD 0.3", "RMSProp", "Adam" };
  static const double rates[] = { 0.05, 0.08, 0.13, 0.18 };
  double x[61], y[4][61], low[4][61], high[4][61];
  AnmLine lines[4] = { 0 };
  char values[4][16];

  count_up (x, 61, 0);
  for (guint k = 0; k < 4; k++)
    {
      for (guint i = 0; i < 61; i++)
        {
          double noise = i == 0 ? 0 : 0.004 * figure_samples_noise (61 * k + i);
          double floor_loss = 0.33 - 0.016 * k;
          y[k][i] = floor_loss + (0.69 - floor_loss) * exp (-rates[k] * i) + noise;
          low[k][i] = y[k][i] - (i == 0 ? 0 : 0.01 + 0.004 * figure_samples_noise (7 * i + k));
          high[k][i] = y[k][i] + (i == 0 ? 0 : 0.012 + 0.004 * figure_samples_noise (9 * i + k));
        }
      g_snprintf (values[k], sizeof values[k], "%.3f", y[k][60]);
      lines[k] = (AnmLine){ .label = names[k], .value = values[k], .colour = ANM_COLOUR_RUN_FIRST + k, .style = ANM_LINE_THICK,
                            .n_points = 61, .x = x, .y = y[k], .low = low[k], .high = high[k] };
    }
  AnmLinePlot plot = {
    .title = "Race",
    .caption = "validation loss, median and range of five seeds",
    .finding = "Adam reached 0.30 after 22 epochs and RMSProp after 29; SGD at 0.01 did not reach it within 60.",
    .x_label = "epoch",
    .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = 4, .lines = lines,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_odd (void)
{
  double x[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  double gaps[] = { 1, 2, NAN, 2.5, NAN, 2, 1.5, NAN, NAN };
  double diverges[] = { 1, 1.2, 1.7, 2.6, 4, INFINITY, NAN, NAN, NAN };
  double constant[] = { 3, 3, 3, 3, 3, 3, 3, 3, 3 };

  AnmLine lines[] = {
    { .label = "with gaps", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK, .n_points = 9, .x = x, .y = gaps },
    { .label = "diverges", .colour = ANM_COLOUR_RUN_FIRST + 1, .style = ANM_LINE_THICK, .n_points = 9, .x = x, .y = diverges },
    { .label = "constant", .colour = ANM_COLOUR_RUN_FIRST + 2, .style = ANM_LINE_DASHED, .n_points = 9, .x = x, .y = constant },
  };
  AnmLinePlot plot = {
    .title = "Odd numbers",
    .caption = "gaps, infinity, a constant",
    .x_label = "epoch",
    .y_label = "loss",
    .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = G_N_ELEMENTS (lines), .lines = lines,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_zero (void)
{
  double x[48], y[48];

  count_up (x, 48, 1);
  for (guint i = 0; i < 48; i++)
    y[i] = i < 14 ? 0 : pow (10, -6 + 6.0 * (i - 14) / 33);

  AnmLine line = { .colour = ANM_COLOUR_INK, .style = ANM_LINE_THICK, .n_points = 48, .x = x, .y = y };
  AnmLinePlot plot = {
    .title = "Gradient by step",
    .caption = "a vanishing one",
    .x_label = "step", .x_whole = TRUE, .y_log = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = 1, .lines = &line,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_million (void)
{
  gsize n = 1000000;
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      x[i] = (double) i;
      y[i] = sin ((double) i / 9e4) + 0.25 * figure_samples_noise ((guint) i);
    }
  y[654321] = 2.5;

  AnmLine line = { .label = "loss", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THIN, .n_points = n, .x = x, .y = y };
  AnmLinePlot plot = {
    .title = "Every update",
    .caption = "a million points and one spike",
    .x_label = "update", .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = 1, .lines = &line,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_empty (void)
{
  AnmLinePlot plot = {
    .title = "Loss",
    .caption = "binary cross-entropy",
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .empty_text = "Nothing trained yet: press Train, and training and validation loss appear here after the first epoch.",
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_chinese (void)
{
  double x[N_EPOCHS], y[N_EPOCHS];

  count_up (x, N_EPOCHS, 0);
  for (guint i = 0; i < N_EPOCHS; i++)
    y[i] = 0.283 + 0.4 * exp (-0.16 * i) + 0.008 * figure_samples_noise (i);

  AnmLine line = { .label = "验证 0.285", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK, .n_points = N_EPOCHS, .x = x, .y = y, .end_dot = TRUE };
  AnmAnnotation best = { 36, y[36], "最佳，第 36 轮" };
  AnmLinePlot plot = {
    .title = "损失",
    .caption = "二元交叉熵，200 名验证患者",
    .x_label = "轮次", .x_whole = TRUE,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN,
    .n_lines = 1, .lines = &line,
    .n_annotations = 1, .annotations = &best,
  };
  return anm_line_plot_new (&plot);
}

static AnmFigure *
make_sparkline (void)
{
  double times[48];
  float values[48];
  gsize n = 0;

  for (guint i = 0; i < 48; i++)
    if (i % 11 != 4 && i != 27 && i != 28)
      {
        times[n] = 1 + i;
        values[n++] = (float) (80 + 30 / (1 + exp (-0.3 * (i - 38.0))) + 4 * figure_samples_noise (i));
      }

  AnmSparkline sparkline = {
    .n_points = n, .times = times, .values = values, .x_min = 0, .x_max = 48, .y_min = NAN, .y_max = NAN,
    .normal_low = 60, .normal_high = 100, .step = 1,
  };
  return anm_sparkline_new (&sparkline);
}

static AnmFigure *
make_sparse_sparkline (void)
{
  double times[] = { 3, 10, 16, 22, 28, 34, 40, 46 };
  float values[] = { 1.2f, 1.6f, 1.6f, 1.9f, 1.7f, 1.8f, 2.5f, 4.1f };
  AnmSparkline sparkline = {
    .n_points = 8, .times = times, .values = values, .x_min = 0, .x_max = 48, .y_min = NAN, .y_max = NAN,
    .normal_low = 0.5, .normal_high = 2, .step = 1,
  };
  return anm_sparkline_new (&sparkline);
}

/* 32 units over 48 hours that look like hidden states. */
static void
fill_states (float *cells,
             guint n_rows,
             guint n_columns)
{
  for (guint row = 0; row < n_rows; row++)
    for (guint column = 0; column < n_columns; column++)
      {
        double late = 1 / (1 + exp (-0.4 * (column - 38.0)));
        double slow = sin (0.07 * column + 1.9 * row) * 0.35 * figure_samples_noise (row);
        double value = 0.5 * figure_samples_noise (77 + row) + slow + 0.12 * figure_samples_noise (1000 + row * n_columns + column)
                       + 0.9 * late * figure_samples_noise (555 + 3 * row);
        if (row == 4)
          value = -0.95 + 1.4 * late;
        cells[row * n_columns + column] = (float) tanh (value);
      }
}

static AnmFigure *
make_hidden_state (void)
{
  float cells[32 * 48];

  fill_states (cells, 32, 48);
  AnmHeatMap map = {
    .title = "Hidden state h", .caption = "LSTM, 32 units ordered by similarity; after epoch 24", .finding = "",
    .x_label = "hours since admission", .y_label = "unit", .x_time_unit = "h",
    .scale = ANM_HEAT_DIVERGING, .range = 1,
    .n_rows = 32, .n_columns = 48, .cells = cells, .x_first = 1, .x_step = 1, .selected_row = 5,
  };
  return anm_heat_map_new (&map);
}

/* Some of its rows. */
static AnmFigure *
make_hidden_state_rows (void)
{
  g_autoptr (AnmFigure) all = make_hidden_state ();

  return figure_sample_reframe (all, NAN, NAN, 2.7, 9.2);
}

static AnmFigure *
make_strip (void)
{
  float cells[16 * 48];

  fill_states (cells, 16, 48);
  AnmHeatMap map = {
    .title = "Hidden state h", .x_time_unit = "h", .scale = ANM_HEAT_DIVERGING, .range = 1,
    .n_rows = 16, .n_columns = 48, .cells = cells, .x_first = 1, .x_step = 1, .selected_row = 5, .bare = TRUE,
  };
  return anm_heat_map_new (&map);
}

static AnmFigure *
make_input_strip (void)
{
  float cells[9 * 48];
  guint8 thin[9 * 48];

  for (guint row = 0; row < 9; row++)
    {
      float carried = NAN;
      for (guint column = 0; column < 48; column++)
        {
          gboolean measured = row < 4 || row == 8 ? figure_samples_noise (row * 48 + column) > -0.8 && (column < 27 || column > 29)
                                                  : (column + 3 * row) % (4 + row) == 2;
          if (measured)
            carried = (float) (0.6 * figure_samples_noise (row * 131 + column) + (row % 2 ? -2.0 : 2.2) / (1 + exp (-0.3 * (column - 40.0))));
          cells[row * 48 + column] = carried;
          thin[row * 48 + column] = !measured;
        }
    }
  AnmHeatMap map = {
    .title = "Input x", .x_time_unit = "h", .scale = ANM_HEAT_DIVERGING, .range = 2.5,
    .n_rows = 9, .n_columns = 48, .cells = cells, .x_first = 1, .x_step = 1, .selected_row = -1, .bare = TRUE, .thin = thin,
  };
  return anm_heat_map_new (&map);
}

static AnmFigure *
make_gradient_flow (void)
{
  float cells[N_EPOCHS * 48];
  double trace[N_EPOCHS];

  for (guint epoch = 0; epoch < N_EPOCHS; epoch++)
    {
      double decay = epoch < 6 ? 0.3 - 0.03 * epoch : epoch == 7 ? 0.0 : 0.1 - 0.03 * (epoch - 6) / 36.0;
      for (guint step = 0; step < 48; step++)
        cells[epoch * 48 + step] = (float) (exp (-decay * (47 - (double) step)) * (epoch == 7 ? 1 : 0.25)
                                            * pow (10, 0.08 * figure_samples_noise (epoch * 48 + step)));
      trace[epoch] = epoch == 7 ? 23 : 48 - 1 / decay;
    }
  AnmHeatMap map = {
    .title = "Gradient flow through time", .caption = "norm of ∂L/∂h, LSTM, root mean square over 3 200 training patients",
    .finding = "", .x_label = "hours since admission", .y_label = "epoch", .x_time_unit = "h",
    .scale = ANM_HEAT_LOG, .range = 1, .floor = 1e-4,
    .n_rows = N_EPOCHS, .n_columns = 48, .cells = cells, .x_first = 1, .x_step = 1, .selected_row = -1,
    .y_first = 0, .y_step = 1, .trace = trace, .trace_label = "memory horizon",
  };
  return anm_heat_map_new (&map);
}

static AnmFigure *
make_missing_cells (void)
{
  static const char *const names[] = { "heart rate", "lactate", "creatinine" };
  float cells[3 * 20];

  for (guint i = 0; i < 60; i++)
    cells[i] = i % 20 > 6 && i % 20 < 11 ? NAN : (float) figure_samples_noise (i);
  AnmHeatMap map = {
    .title = "Missing cells", .caption = "hatched: nothing measured", .x_label = "step",
    .scale = ANM_HEAT_DIVERGING, .range = NAN,
    .n_rows = 3, .n_columns = 20, .cells = cells, .row_labels = names, .x_first = 1, .x_step = 1, .selected_row = -1,
  };
  return anm_heat_map_new (&map);
}

static AnmFigure *
make_gradient_strip (void)
{
  double values[48];

  for (guint i = 0; i < 48; i++)
    values[i] = pow (10, -2.9 + 2.8 * i / 47.0 + 0.1 * figure_samples_noise (i));
  AnmBarStrip strip = { .title = "Gradient by hour", .n_bars = 48, .values = values, .log = TRUE, .low = 1e-3, .high = 1,
                        .x_first = 1, .x_step = 1, .x_time_unit = "h" };
  return anm_bar_strip_new (&strip);
}

static AnmFigure *
make_gradient_bars (void)
{
  double values[48];

  for (guint i = 0; i < 48; i++)
    values[i] = i < 5 ? 0 : pow (10, -2.9 + 2.8 * i / 47.0 + 0.1 * figure_samples_noise (i));
  AnmBarStrip strip = { .title = "Gradient by hour", .caption = "norm of ∂L/∂h, LSTM, patient 4127", .n_bars = 48, .values = values, .log = TRUE,
                        .x_first = 1, .x_step = 1, .x_time_unit = "h", .x_label = "hours since admission", .axes = TRUE };
  return anm_bar_strip_new (&strip);
}

static AnmFigure *
make_weights (void)
{
  double values[16];

  for (guint i = 0; i < 16; i++)
    values[i] = figure_samples_noise (i + 5);
  AnmSignedBars bars = { .title = "Weight of each GRU unit", .n_bars = 16, .values = values, .range = NAN,
                         .low_label = "lowers risk", .high_label = "raises" };
  return anm_signed_bars_new (&bars);
}

static AnmFigure *
make_distribution (void)
{
  static const char *const labels[] = { "survived", "died" };
  double density[2 * 48];

  for (guint i = 0; i < 48; i++)
    {
      density[i] = exp (-0.5 * pow ((i - 18.0) / 5.5, 2));
      density[48 + i] = 0.85 * exp (-0.5 * pow ((i - 24.0) / 6.5, 2));
    }
  AnmDistribution distribution = { .title = "Heart rate", .caption = "mean of each stay, by outcome", .n_groups = 2, .labels = labels, .n_bins = 48,
                                   .density = density, .low = 40, .high = 160 };
  return anm_distribution_new (&distribution);
}

#define N_CHANNELS 9

/* Nine channels over 48 hours: five at each hour with an outage, four now and then. */
static AnmFigure *
make_time_line (void)
{
  static const struct
  {
    const char *name, *unit;
    double      low, high, level, noise, late;
    guint       every;
  } channels[N_CHANNELS] = {
    { "HR", "bpm", 60, 100, 86, 4, 22, 1 },       { "MAP", "mmHg", 70, 105, 78, 4, -20, 1 },
    { "RR", "/min", 12, 20, 17, 1.3, 9, 1 },      { "SpO₂", "%", 94, 100, 97, 1.2, -3.5, 1 },
    { "Temp", "°C", 36.1, 37.8, 36.9, 0.2, 1, 4 }, { "Lactate", "mmol/L", 0.5, 2, 1.6, 0.2, 2.5, 6 },
    { "Creat", "µmol/L", 60, 110, 90, 8, 30, 12 }, { "GCS", "points", 15, 15, 14.5, 0.5, -2.5, 4 },
    { "Urine", "mL/h", 35, 120, 60, 16, -36, 1 },
  };
  static double times[N_CHANNELS][48];
  static float values[N_CHANNELS][48];
  AnmTimeLineChannel given[N_CHANNELS] = { 0 };

  for (guint c = 0; c < N_CHANNELS; c++)
    {
      gsize n = 0;
      for (guint hour = 1; hour <= 48; hour++)
        {
          gboolean outage = c < 4 && hour > 26 && hour < 30;
          gboolean skipped = channels[c].every == 1 ? figure_samples_noise (c * 50 + hour) > 0.75 : hour % channels[c].every != 2;
          if (outage || skipped)
            continue;
          times[c][n] = hour;
          values[c][n++] = (float) (channels[c].level + channels[c].noise * figure_samples_noise (c * 77 + hour)
                                    + channels[c].late / (1 + exp (-0.35 * (hour - 40.0))));
        }
      given[c] = (AnmTimeLineChannel){ .name = channels[c].name, .unit = channels[c].unit, .n_points = n, .times = times[c], .values = values[c],
                                       .normal_low = channels[c].low, .normal_high = channels[c].high };
    }
  AnmTimeLine line = {
    .title = "Patient 4127", .caption = "71-year-old woman, medical ICU; died at hour 61",
    .x_label = "hours since admission", .time_unit = "h", .x_min = 0.5, .x_max = 48.5, .step = 1,
    .n_channels = N_CHANNELS, .channels = given, .cursor = NAN,
  };
  return anm_time_line_new (&line);
}

static AnmFigure *
make_odd_time_line (void)
{
  static const char *const rhythms[] = { "sinus", "atrial fibrillation", "paced", NULL };
  double times[] = { 0.2, 3.7, 9.1, 20, 21.5 }, one_time = 7.5;
  float rhythm[] = { 0, 1, 1, 2, 0 }, one_value = 3, constant[] = { 5, 5, 5, 5, 5 };
  AnmTimeLineChannel channels[] = {
    { .name = "Rhythm", .unit = "", .n_points = 5, .times = times, .values = rhythm, .normal_low = NAN, .normal_high = NAN, .categories = rhythms },
    { .name = "Measured once", .unit = "mmol/L", .n_points = 1, .times = &one_time, .values = &one_value, .normal_low = NAN, .normal_high = NAN },
    { .name = "Constant", .unit = "points", .n_points = 5, .times = times, .values = constant, .normal_low = NAN, .normal_high = 4 },
    { .name = "Bilirubin", .unit = "µmol/L", .normal_low = 3, .normal_high = 20 },
  };
  AnmTimeLine line = {
    .title = "Patient 12", .caption = "odd channels", .x_label = "hours since admission", .time_unit = "h", .x_min = 0, .x_max = 24, .step = 1,
    .n_channels = G_N_ELEMENTS (channels), .channels = channels, .cursor = NAN,
  };
  return anm_time_line_new (&line);
}

static AnmFigure *
make_missing_shares (void)
{
  static const char *const names[] = { "HR", "MAP", "Temperature", "Lactate", "Creatinine", "Glasgow coma scale", "Troponin I", "Age" };
  static const double shares[] = { 0.06, 0.07, 0.76, 0.84, 0.91, 0.76, 1, 0 };
  AnmShareBars bars = { .title = "Missing", .caption = "share of hours without a measurement, 4 000 patients", .row_label = "channel", .value_label = "missing",
                        .n_bars = G_N_ELEMENTS (names), .labels = names, .shares = shares };
  return anm_share_bars_new (&bars);
}

static const FigureSample samples[] = {
  { "loss", 326, 250, TRUE, make_loss },
  { "loss-small", 180, 120, TRUE, make_loss },
  { "gradient-norms", 326, 240, TRUE, make_gradient_norms },
  { "risk", 326, 236, TRUE, make_risk },
  { "race", 480, 360, TRUE, make_race },
  { "odd", 326, 240, TRUE, make_odd },
  { "zero", 326, 220, TRUE, make_zero },
  { "million", 400, 220, TRUE, make_million },
  { "empty", 326, 240, TRUE, make_empty },
  { "chinese", 326, 240, TRUE, make_chinese },
  { "hidden-state", 420, 360, TRUE, make_hidden_state },
  { "hidden-state-rows", 420, 360, TRUE, make_hidden_state_rows },
  { "strip", 186, 384, FALSE, make_strip },
  { "input-strip", 130, 384, FALSE, make_input_strip },
  { "gradient-flow", 420, 300, TRUE, make_gradient_flow },
  { "missing-cells", 326, 200, TRUE, make_missing_cells },
  { "gradient-strip", 208, 36, FALSE, make_gradient_strip },
  { "gradient-bars", 326, 220, TRUE, make_gradient_bars },
  { "weights", 152, 384, FALSE, make_weights },
  { "distribution", 210, 46, FALSE, make_distribution },
  { "distribution-alone", 326, 180, TRUE, make_distribution },
  { "missing-shares", 326, 220, TRUE, make_missing_shares },
  { "dendrogram", 300, 300, TRUE, figure_sample_dendrogram },
  { "state-column", 620, 780, TRUE, figure_sample_state_column },
  { "state-column-small", 360, 330, TRUE, figure_sample_state_column },
  { "state-column-bare", 420, 320, TRUE, figure_sample_state_column_bare },
  { "state-column-one-step", 420, 420, TRUE, figure_sample_state_column_one_step },
  { "state-column-rows", 620, 560, TRUE, figure_sample_state_column_rows },
  { "state-column-rows-numbered", 420, 320, TRUE, figure_sample_state_column_rows_numbered },
  { "time-line", 560, 520, TRUE, make_time_line },
  { "time-line-small", 340, 260, TRUE, make_time_line },
  { "time-line-odd", 520, 300, TRUE, make_odd_time_line },
  { "sparkline", 96, 24, FALSE, make_sparkline },
  { "sparkline-sparse", 96, 24, FALSE, make_sparse_sparkline },
  { "epoch-map", 700, 380, TRUE, figure_sample_epoch_map },
  { "epoch-map-narrow", 330, 260, TRUE, figure_sample_epoch_map },
  { "epoch-maps", 700, 380, TRUE, figure_sample_epoch_maps },
  { "epoch-maps-rows", 700, 380, TRUE, figure_sample_epoch_maps_rows },
  { "complex-plane", 330, 340, TRUE, figure_sample_complex_plane },
  { "complex-plane-wide", 330, 340, TRUE, figure_sample_complex_plane_wide },
  { "complex-plane-small", 180, 120, TRUE, figure_sample_complex_plane },
  { "trajectories", 420, 340, TRUE, figure_sample_trajectories },
  { "trajectories-huge", 420, 340, TRUE, figure_sample_trajectories_huge },
  { "trajectories-one", 330, 260, TRUE, figure_sample_trajectories_one },
  { "mirror-bars", 420, 300, TRUE, figure_sample_mirror_bars },
  { "equations", 760, 440, TRUE, figure_sample_equations },
  { "equations-narrow", 420, 600, TRUE, figure_sample_equations },
  { "equations-odd", 640, 300, TRUE, figure_sample_equations_odd },
  { "equations-empty", 420, 200, TRUE, figure_sample_equations_empty },
  { "waterfall", 300, 480, TRUE, figure_sample_waterfall },
  { "waterfall-expanded", 300, 1080, TRUE, figure_sample_waterfall_expanded },
  { "waterfall-odd", 300, 260, TRUE, figure_sample_waterfall_odd },
  { "waterfall-empty", 300, 200, TRUE, figure_sample_waterfall_empty },
  { "curve", 240, 200, TRUE, figure_sample_curve },
  { "curve-saturated", 180, 120, FALSE, figure_sample_curve_saturated },
  { "curve-decay", 180, 120, FALSE, figure_sample_curve_decay },
  { "worksheet", 560, 310, TRUE, figure_sample_worksheet },
  { "worksheet-answers", 560, 310, TRUE, figure_sample_worksheet_answers },
  { "worksheet-empty", 300, 160, TRUE, figure_sample_worksheet_empty },
  { "curve-empty", 180, 120, TRUE, figure_sample_curve_empty },
};

AnmFigure *
figure_sample_reframe (AnmFigure *figure,
                       double x_low,
                       double x_high,
                       double y_low,
                       double y_high)
{
  return anm_figure_reframe (figure, &(AnmFigureFrame){ x_low, x_high, y_low, y_high, ANM_FIGURE_SCALE_OWN });
}

const FigureSample *
figure_samples (guint *n_samples)
{
  *n_samples = G_N_ELEMENTS (samples);
  return samples;
}

cairo_surface_t *
figure_samples_paint (AnmFigure *figure,
                      const AnmTheme *theme,
                      int width,
                      int height,
                      gboolean with_title,
                      double scale,
                      double cursor)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (scale * width), (int) (scale * height));
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  anm_set_colour (cr, anm_theme_get_ground (theme));
  cairo_paint (cr);
  anm_figure_draw_base (figure, cr, theme, width, height, with_title);
  anm_figure_draw_cursor (figure, cr, theme, width, height, with_title, cursor);
  cairo_destroy (cr);
  return surface;
}
