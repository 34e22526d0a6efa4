/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/complex-plane.h"
#include "widgets/figures/epoch-map.h"
#include "widgets/figures/mirror-bars.h"
#include "widgets/figures/trajectories.h"

#define N_EPOCHS 42
#define N_STEPS 48

/* Vanishing at first, one explosion, then steady. */
static void
fill_flow (float *cells,
           double *horizon_x,
           double *horizon,
           guint n_epochs,
           guint seed)
{
  for (guint i = 0; i < n_epochs; i++)
    {
      double slope = i < 6 ? 0.085 - 0.008 * i : 0.03 + 0.004 * figure_samples_noise (seed + i);
      double burst = i == 6 ? 1.6 : 0;

      for (guint k = 0; k < N_STEPS; k++)
        cells[i * N_STEPS + k] = (float) pow (10, -0.8 - slope * (N_STEPS - 1 - k) + burst + 0.09 * figure_samples_noise (seed + 97 * i + k));
      horizon[i] = 1 / (slope * G_LN10);
      horizon_x[i] = N_STEPS - horizon[i];
    }
}

AnmFigure *
figure_sample_epoch_map (void)
{
  float cells[N_EPOCHS * N_STEPS];
  double x[N_EPOCHS], horizon[N_EPOCHS], other[N_EPOCHS], epochs[N_EPOCHS];

  fill_flow (cells, x, horizon, N_EPOCHS, 5);
  for (guint i = 0; i < N_EPOCHS; i++)
    {
      epochs[i] = i + 1;
      other[i] = 0.55 * horizon[i];
    }

  AnmEpochNote notes[] = { { 1, 3, "vanishes: hour 1 learns nothing" }, { 10, 7, "explodes at epoch 7" } };
  AnmEpochPanel panel = { .n_rows = N_EPOCHS, .n_columns = N_STEPS, .cells = cells, .x_first = 1, .x_step = 1, .y_first = 1, .y_step = 1,
                          .trace = x, .trace_label = "memory horizon", .n_notes = 2, .notes = notes };
  AnmEpochLine lines[] = {
    { .label = "LSTM", .colour = ANM_COLOUR_INK, .thick = TRUE, .n_points = N_EPOCHS, .epochs = epochs, .values = horizon },
    { .label = "GRU", .colour = ANM_COLOUR_FAINT, .n_points = N_EPOCHS, .epochs = epochs, .values = other },
  };
  return anm_epoch_map_new (&(AnmEpochMap){
    .title = "Gradient flow through time", .caption = "Norm of ∂L/∂h of LSTM, root mean square over the training patients",
    .finding = "It explodes at epoch 7.", .x_label = "hours since admission", .x_time_unit = "h", .scale = ANM_HEAT_LOG, .range = 10, .floor = 1e-5,
    .n_panels = 1, .panels = &panel, .n_lines = 2, .lines = lines, .side_label = "memory horizon", .side_unit = "h", .chosen = 24, .value_name = "norm" });
}

AnmFigure *
figure_sample_epoch_maps (void)
{
  float first[N_EPOCHS * N_STEPS], second[N_EPOCHS * N_STEPS];
  double x[2][N_EPOCHS], horizon[2][N_EPOCHS], epochs[N_EPOCHS];

  fill_flow (first, x[0], horizon[0], N_EPOCHS, 5);
  fill_flow (second, x[1], horizon[1], 20, 77);
  for (guint i = 0; i < N_EPOCHS; i++)
    epochs[i] = i + 1;

  AnmEpochPanel panels[] = {
    { .label = "Run 2, Adam 0.001", .n_rows = N_EPOCHS, .n_columns = N_STEPS, .cells = first, .x_first = 1, .x_step = 1, .y_first = 1, .y_step = 1, .trace = x[0] },
    { .label = "Run 1, SGD 0.1", .n_rows = 20, .n_columns = N_STEPS, .cells = second, .x_first = 1, .x_step = 1, .y_first = 1, .y_step = 1, .trace = x[1] },
  };
  AnmEpochLine lines[] = {
    { .label = "Run 2", .colour = ANM_COLOUR_INK, .thick = TRUE, .n_points = N_EPOCHS, .epochs = epochs, .values = horizon[0] },
    { .label = "Run 1", .colour = ANM_COLOUR_FAINT, .n_points = 20, .epochs = epochs, .values = horizon[1] },
  };
  return anm_epoch_map_new (&(AnmEpochMap){
    .title = "Gradient flow through time", .caption = "two runs, one colour scale", .x_label = "hours since admission", .x_time_unit = "h",
    .scale = ANM_HEAT_LOG, .range = 10, .floor = 1e-5, .n_panels = 2, .panels = panels, .n_lines = 2, .lines = lines,
    .side_label = "memory horizon", .side_unit = "h", .chosen = 30, .value_name = "norm" });
}

/* Epochs in which the shorter run ends. */
AnmFigure *
figure_sample_epoch_maps_rows (void)
{
  g_autoptr (AnmFigure) all = figure_sample_epoch_maps ();

  return figure_sample_reframe (all, NAN, NAN, 3.5, 24.5);
}

AnmFigure *
figure_sample_complex_plane (void)
{
  double now[2][32], before[2][32];

  for (guint i = 0; i < 32; i++)
    {
      double angle = (i / 2 + 0.5) / 16 * G_PI * (i % 2 == 0 ? 1 : -1), radius = 0.35 + 0.65 * fabs (figure_samples_noise (40 + i / 2));

      now[0][i] = radius * cos (angle);
      now[1][i] = radius * sin (angle);
      before[0][i] = cos (angle * 0.97);
      before[1][i] = sin (angle * 0.97);
    }
  AnmComplexSet sets[] = {
    { .label = "epoch 24", .colour = ANM_COLOUR_RUN_FIRST, .n_points = 32, .real = now[0], .imaginary = now[1] },
    { .label = "epoch 0", .colour = ANM_COLOUR_FAINT, .hollow = TRUE, .n_points = 32, .real = before[0], .imaginary = before[1] },
  };
  return anm_complex_plane_new (&(AnmComplexPlane){
    .title = "Recurrent matrix", .caption = "eigenvalues against the unit circle", .n_sets = 2, .sets = sets,
    .symbol = "λ", .note = "largest |λ| = 1.00", .note_detail = "outside the circle: can explode" });
}

/* Some lie far outside the circle, and there is a ring. */
AnmFigure *
figure_sample_complex_plane_wide (void)
{
  static const double real[] = { 2.3, -0.4, -0.4, 0.1 }, imaginary[] = { 0, 0.9, -0.9, 0 };
  AnmComplexSet set = { .label = "hour 39", .colour = ANM_COLOUR_RUN_FIRST, .n_points = 4, .real = real, .imaginary = imaginary };

  return anm_complex_plane_new (&(AnmComplexPlane){ .title = "Jacobian", .caption = "eigenvalues of one step", .n_sets = 1, .sets = &set, .ring = 3,
                                                    .ring_label = "‖J‖ = 3.00", .note = "largest |λ| = 2.30" });
}

static AnmFigure *
make_trajectories_with (guint n_tracks,
                        guint n_steps,
                        int chosen)
{
  g_autofree AnmTrack *tracks = g_new0 (AnmTrack, n_tracks);
  g_autofree float *places = g_new (float, 2 * (gsize) n_tracks * n_steps);
  static const AnmTrackGroup groups[] = { { "survived", ANM_COLOUR_NO_EVENT }, { "died", ANM_COLOUR_EVENT } };

  for (guint i = 0; i < n_tracks; i++)
    {
      float *x = places + 2 * (gsize) i * n_steps, *y = x + n_steps;
      guint n = n_steps - (i % 4 == 0 ? n_steps / 3 : 0);
      double turn = 0.12 * figure_samples_noise (i), end = i % 3 == 0 ? 1.4 : -0.6 + 0.3 * figure_samples_noise (900 + i);

      for (guint k = 0; k < n; k++)
        {
          double t = n > 1 ? k / (n - 1.0) : 0;
          x[k] = (float) (end * t + 0.06 * figure_samples_noise (i * 131 + k) + 0.2 * turn);
          y[k] = (float) (sin (2.6 * t + turn) * (0.9 + turn) + 0.05 * figure_samples_noise (7000 + i * 131 + k));
        }
      tracks[i] = (AnmTrack){ .name = i == 3 ? "132541" : "another", .group = i % 3 == 0, .value = NAN, .first_time = 1, .n_points = n, .x = x, .y = y };
    }
  return anm_trajectories_new (&(AnmTrajectories){
    .title = "Hidden trajectories", .caption = "60 validation patients, hour 1 to 48, two components", .x_label = "PC 1, 77 % of variance", .y_label = "PC 2, 7 %",
    .n_tracks = n_tracks, .tracks = tracks, .n_groups = 2, .groups = groups, .time_step = 1, .time_unit = "h", .chosen = chosen,
    .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });
}

AnmFigure *
figure_sample_trajectories (void)
{
  return make_trajectories_with (60, 48, 3);
}

AnmFigure *
figure_sample_trajectories_huge (void)
{
  return make_trajectories_with (400, 600, 3);
}

AnmFigure *
figure_sample_trajectories_one (void)
{
  return make_trajectories_with (1, 1, 0);
}

AnmFigure *
figure_sample_mirror_bars (void)
{
  double up[4][32], down[4][32];
  guint8 marked[32] = { 0 };
  static const char *const labels[] = { "input gate", "forget gate", "output gate", "tanh c" }, *const notes[] = { "6 %", "31 %", "12 %", "4 %" };
  AnmMirrorRow rows[4];

  for (guint r = 0; r < 4; r++)
    {
      for (guint i = 0; i < 32; i++)
        {
          up[r][i] = CLAMP (0.2 + 0.5 * figure_samples_noise (100 * r + i), 0, 1);
          down[r][i] = CLAMP (0.1 + 0.4 * figure_samples_noise (3000 + 100 * r + i), 0, 1 - up[r][i]);
        }
      rows[r] = (AnmMirrorRow){ .label = labels[r], .note = notes[r], .n_bars = 32, .up = up[r], .down = down[r], .marked = r == 3 ? marked : NULL };
    }
  up[3][5] = down[3][5] = 0;
  marked[5] = 1;
  return anm_mirror_bars_new (&(AnmMirrorBars){ .title = "Saturation", .caption = "share of steps, by unit of LSTM; 400 validation patients", .x_label = "unit",
                                                .up_label = "above 0.95", .down_label = "below 0.05", .mark_label = "always the same", .n_rows = 4, .rows = rows });
}
