/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/dendrogram-plot.h"
#include "widgets/figures/state-column.h"

/* Units of a layer: their tree, and what they hold over time. */

/* Neighbours joined in pairs, then the pairs, and so on: rising heights, no branches crossing. */
static guint
make_tree (guint n,
           AnmBranch *branches)
{
  guint nodes[64], n_nodes = n, n_branches = 0;

  for (guint i = 0; i < n; i++)
    nodes[i] = i;
  while (n_nodes > 1)
    {
      guint kept = 0;

      for (guint i = 0; i < n_nodes; i += 2)
        {
          if (i + 1 == n_nodes)
            {
              nodes[kept++] = nodes[i];
              continue;
            }
          branches[n_branches] = (AnmBranch){ nodes[i], nodes[i + 1], 0.1 + 0.05 * n_branches };
          nodes[kept++] = n + n_branches++;
        }
      n_nodes = kept;
    }
  return n_branches;
}

AnmFigure *
figure_sample_dendrogram (void)
{
  AnmBranch branches[15];
  guint order[16];

  for (guint i = 0; i < 16; i++)
    order[i] = i;
  make_tree (16, branches);
  return anm_dendrogram_plot_new (&(AnmDendrogramPlot){
    .title = "Units by similarity", .caption = "Patient 4127; LSTM, h over time; after epoch 24", .leaf_word = "unit", .height_label = "distance",
    .finding = "Most alike: units 1 and 2.", .n_leaves = 16, .branches = branches, .order = order, .selected = 10,
  });
}

#define N_UNITS 32
#define N_HOURS 48

static AnmFigure *
make_states (guint n_steps,
             gboolean by_number,
             gboolean whole,
             gboolean marked)
{
  g_autofree float *cells = g_new (float, N_UNITS * n_steps);
  g_autofree double *gates = g_new (double, 6 * n_steps);
  AnmBranch branches[N_UNITS - 1];
  guint order[N_UNITS];
  double times[N_HOURS];
  float pressure[N_HOURS], lactate[N_HOURS];
  guint8 marks[N_UNITS];

  for (guint i = 0; i < N_UNITS; i++)
    {
      order[i] = N_UNITS - 1 - i;
      marks[i] = i >= 20 && i < 26;
      for (guint k = 0; k < n_steps; k++)
        cells[i * n_steps + k] = (float) (sin (0.4 * i) * (1 - exp (-0.09 * k)) * (i % 5 == 0 && k > 36 ? -1 : 1) + 0.08 * figure_samples_noise (97 * i + k));
    }
  for (guint k = 0; k < N_HOURS; k++)
    {
      times[k] = k + 0.3;
      pressure[k] = k % 11 == 5 ? NAN : (float) (78 + 6 * sin (0.4 * k) - 0.2 * k + figure_samples_noise (k));
      lactate[k] = k % 6 == 2 ? (float) (1.2 + 0.06 * k) : NAN;
    }
  for (guint k = 0; k < n_steps; k++)
    {
      gates[k] = 0.7 + 0.1 * figure_samples_noise (500 + k / 3);
      gates[n_steps + k] = 0.75 + 0.08 * figure_samples_noise (700 + k / 2);
      gates[2 * n_steps + k] = 0.35 + 0.2 * k / n_steps + 0.1 * figure_samples_noise (900 + k / 2);
      gates[3 * n_steps + k] = 0.04 + 0.62 / (1 + exp (-0.25 * (k - 37.0)));
      gates[4 * n_steps + k] = MAX (gates[3 * n_steps + k] - 0.02 - 0.14 * gates[3 * n_steps + k], 0);
      gates[5 * n_steps + k] = gates[3 * n_steps + k] + 0.05 + 0.1 * gates[3 * n_steps + k];
    }
  make_tree (N_UNITS, branches);
  for (guint i = 0; i + 1 < N_UNITS; i++)
    {
      branches[i].first = branches[i].first < N_UNITS ? N_UNITS - 1 - branches[i].first : branches[i].first;
      branches[i].second = branches[i].second < N_UNITS ? N_UNITS - 1 - branches[i].second : branches[i].second;
    }

  const AnmTimeLineChannel channels[] = {
    { .name = "MAP", .unit = "mmHg", .n_points = N_HOURS, .times = times, .values = pressure, .normal_low = NAN, .normal_high = NAN },
    { .name = "Lactate", .unit = "mmol/L", .n_points = N_HOURS, .times = times, .values = lactate, .normal_low = NAN, .normal_high = NAN },
  };
  const AnmStateLine lines[] = {
    { .label = "forget", .name = "Forget gate", .colour = ANM_COLOUR_RUN_FIRST + 2, .y = gates },
    { .label = "output", .name = "Output gate", .colour = ANM_COLOUR_RUN_FIRST + 1, .y = gates + n_steps },
    { .label = "input", .name = "Input gate", .colour = ANM_COLOUR_RUN_FIRST + 4, .y = gates + 2 * n_steps },
    { .label = "0.67", .name = "died", .colour = ANM_COLOUR_RUN_FIRST, .thick = TRUE, .y = gates + 3 * n_steps,
      .low = whole ? gates + 4 * n_steps : NULL, .high = whole ? gates + 5 * n_steps : NULL, .band_name = "95 % of 100 passes" },
  };
  return anm_state_column_new (&(AnmStateColumn){
    .title = "Hidden state h", .caption = "LSTM, 32 units ordered by similarity; after epoch 24", .finding = "Farthest from 0: unit 25, +0.98 at hour 46.",
    .x_label = "hours since admission", .x_time_unit = "h", .n_steps = n_steps, .x_first = 1, .x_step = 1,
    .n_channels = whole ? 2 : 0, .channels = channels, .scale = ANM_HEAT_DIVERGING, .range = 1, .n_units = N_UNITS, .cells = cells,
    .order = by_number ? NULL : order, .branches = by_number ? NULL : branches, .selected = whole ? 24 : -1, .marked = marked ? marks : NULL, .unit_word = "unit", .symbol = "h",
    .panels = {
      { .label = "gates", .sublabel = "unit 25", .low = 0, .high = 1, .n_lines = whole ? 3 : 0, .lines = lines, .end_y = NAN },
      { .label = "risk", .low = 0, .high = 1, .n_lines = 1, .lines = lines + 3, .end_y = 1, .end_label = "died", .end_colour = ANM_COLOUR_EVENT },
    },
  });
}

AnmFigure *
figure_sample_state_column (void)
{
  return make_states (N_HOURS, FALSE, TRUE, FALSE);
}

AnmFigure *
figure_sample_state_column_bare (void)
{
  return make_states (N_HOURS, TRUE, FALSE, FALSE);
}

AnmFigure *
figure_sample_state_column_one_step (void)
{
  return make_states (1, FALSE, TRUE, FALSE);
}

/* Rows of the upper half in a stretch of time, some of them marked: the tree goes along. */
AnmFigure *
figure_sample_state_column_rows (void)
{
  g_autoptr (AnmFigure) all = make_states (N_HOURS, FALSE, TRUE, TRUE);

  return figure_sample_reframe (all, 12.5, 40.5, 3.6, 14.4);
}

AnmFigure *
figure_sample_state_column_rows_numbered (void)
{
  g_autoptr (AnmFigure) all = make_states (N_HOURS, TRUE, FALSE, TRUE);

  return figure_sample_reframe (all, NAN, NAN, 7.5, 19.5);
}
