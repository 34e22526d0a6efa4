/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/equation.h"
#include "widgets/figures/waterfall.h"
#include "widgets/figures/worksheet.h"

#define UP(text) "<span style='normal'>" text "</span>"
#define BOLD(text) "<span style='normal'><b>" text "</b></span>"
#define SUM(gate) { { .symbol = BOLD ("W") "<sub>" gate "</sub> " BOLD ("x") }, { .joint = "+", .symbol = BOLD ("U") "<sub>" gate "</sub> " BOLD ("h") "′" }, \
                    { .joint = "+", .symbol = "b<sub>" gate "</sub>" } }

static void
fill_sum (AnmEquationTerm *terms,
          const char *const *values,
          const double *numbers)
{
  for (guint k = 0; k < 3; k++)
    {
      terms[k].value = values[k];
      terms[k].number = numbers[k];
      terms[k].key = (int) k;
    }
}

/* The step of the mock-up. */
AnmFigure *
figure_sample_equations (void)
{
  AnmEquationTerm input[] = SUM ("i"), candidate[] = SUM ("g");
  fill_sum (input, (const char *const[]){ "0.70", "−0.01", "−0.12" }, (const double[]){ 0.70, -0.01, -0.12 });
  fill_sum (candidate, (const char *const[]){ "0.85", "0.14", "0.00" }, (const double[]){ 0.85, 0.14, 0 });
  const AnmEquationTerm memory[] = {
    { ANM_EQUATION_GATE, NULL, "f", "0.85", 0.85, 4 }, { ANM_EQUATION_CHIP, "×", "c′", "0.35", 0.35, 5 }, { ANM_EQUATION_GATE, "+", "i", "0.64", 0.64, 3 },
    { ANM_EQUATION_CHIP, "×", "g", "0.76", 0.76, 6 },  { ANM_EQUATION_CHIP, "=", "c", "0.78", 0.78, 7 },
  };
  const AnmEquationRow rows[] = {
    { .name = "Input gate", .summary = "how much of the new goes in", .left = "i" UP (" = σ("), .n_terms = 3, .terms = input, .right = UP (")"), .total = "= 0.57",
      .curve = ANM_CURVE_SIGMOID, .at = 0.57, .value = 0.64, .slope = 0.23, .result = "i" UP (" = <b>0.64</b>"), .bar = ANM_EQUATION_GATE_BAR, .key = 3, .spoken = "Input gate" },
    { .name = "Candidate", .summary = "what the new would be", .left = "g" UP (" = tanh("), .n_terms = 3, .terms = candidate, .right = UP (")"), .total = "= 0.99",
      .curve = ANM_CURVE_TANH, .at = 0.99, .value = 0.76, .slope = 0.43, .result = "g" UP (" = <b>0.76</b>"), .bar = ANM_EQUATION_SIGNED_BAR, .key = 6 },
    { .name = "Cell state", .summary = "the memory itself", .left = "c" UP (" ="), .n_terms = G_N_ELEMENTS (memory), .terms = memory, .key = -1,
      .notes = { "0.30 kept", "0.48 added" } },
    { .name = "Gradient back", .summary = "one step to the past", .left = UP ("∂") "c" UP ("/∂") "c′" UP (" = ") "f" UP (" = <b>0.85</b>"), .key = -1,
      .line = "ten such hours in a row would leave 0.85¹⁰ = 0.20 of the gradient; 1/e is left after 6 h" },
  };
  AnmEquations equations = {
    .title = "The step, with its numbers", .caption = "LSTM, hour 39; ′ marks the hour before", .finding = "Unit 25 at hour 39 gives 0.48.",
    .n_rows = G_N_ELEMENTS (rows), .rows = rows, .chosen = 1, .range = 1, .bar_range = NAN,
  };
  return anm_equations_new (&equations);
}

/* Nothing that can be drawn, too much, and saturated. */
AnmFigure *
figure_sample_equations_odd (void)
{
  AnmEquationTerm huge[] = SUM ("f"), none[] = SUM ("o");
  fill_sum (huge, (const char *const[]){ "1 230 000", "−4.5×10⁻⁹", "∞" }, (const double[]){ 1.23e6, -4.5e-9, INFINITY });
  fill_sum (none, (const char *const[]){ "–", "–", "–" }, (const double[]){ NAN, NAN, NAN });
  const AnmEquationRow rows[] = {
    { .name = "Forget gate of a name that is long", .summary = "and of as many words as a language may need for that", .left = "f" UP (" = σ("), .n_terms = 3, .terms = huge,
      .right = UP (")"), .total = "= ∞", .curve = ANM_CURVE_SIGMOID, .at = 1.23e6, .value = 1, .slope = 0, .result = "f" UP (" = <b>1.00</b>"), .bar = ANM_EQUATION_GATE_BAR, .key = 3 },
    { .name = "Output gate", .left = "o" UP (" = σ("), .n_terms = 3, .terms = none, .right = UP (")"), .total = "= –", .curve = ANM_CURVE_SIGMOID, .at = NAN, .value = NAN, .slope = NAN,
      .result = "o" UP (" = <b>–</b>"), .bar = ANM_EQUATION_GATE_BAR, .key = 4 },
  };
  AnmEquations equations = { .title = "The step", .n_rows = G_N_ELEMENTS (rows), .rows = rows, .chosen = -1, .range = 0, .bar_range = NAN };
  return anm_equations_new (&equations);
}

AnmFigure *
figure_sample_equations_empty (void)
{
  AnmEquations equations = { .title = "The step, with its numbers", .empty_text = "Dense keeps nothing from step to step, so it has no cell to look into.", .chosen = -1 };

  return anm_equations_new (&equations);
}

static AnmFigure *
make_waterfall (gboolean expanded)
{
  static const AnmWaterfallTerm first[] = {
    { "bias", 0.50, FALSE }, { "Lactate seen", -0.25, FALSE }, { "RR", 0.70, FALSE },  { "Urine", 0.67, FALSE },   { "MAP", 0.66, FALSE },
    { "HR", -0.29, FALSE },  { "GCS", -0.15, FALSE },          { "SpO₂", -0.09, FALSE }, { "Lactate", 0.09, FALSE }, { "unit 31", -0.07, TRUE },
  };
  AnmWaterfallTerm terms[40];
  double sum = 0;

  for (guint k = 0; k < G_N_ELEMENTS (terms); k++)
    {
      terms[k] = k < G_N_ELEMENTS (first) ? first[k] : (AnmWaterfallTerm){ "unit", 0.02 * figure_samples_noise (k), TRUE };
      sum += terms[k].value;
    }
  AnmWaterfall waterfall = {
    .title = "What opens the forget gate", .caption = "each term of its sum, largest first", .finding = "The largest is RR, 0.70.",
    .n_terms = G_N_ELEMENTS (terms), .terms = terms, .n_first = 1, .sum = sum, .sum_label = "sum, z", .result = UP ("σ(1.73) = <b>0.85</b>"), .note = "opens the gate",
    .expanded = expanded,
  };
  return anm_waterfall_new (&waterfall);
}

AnmFigure *
figure_sample_waterfall (void)
{
  return make_waterfall (FALSE);
}

AnmFigure *
figure_sample_waterfall_expanded (void)
{
  return make_waterfall (TRUE);
}

AnmFigure *
figure_sample_waterfall_odd (void)
{
  static const AnmWaterfallTerm terms[] = { { "not known", NAN, FALSE }, { "huge", 4e7, FALSE }, { "tiny", -2e-6, FALSE }, { "without end", INFINITY, FALSE }, { "a name with far more letters than there is room for", -1e7, FALSE } };
  AnmWaterfall waterfall = { .title = "Odd terms", .n_terms = G_N_ELEMENTS (terms), .terms = terms, .sum = NAN };

  return anm_waterfall_new (&waterfall);
}

AnmFigure *
figure_sample_waterfall_empty (void)
{
  AnmWaterfall waterfall = { .title = "Terms of the sum", .empty_text = "No step is chosen, or no network." };

  return anm_waterfall_new (&waterfall);
}

static AnmFigure *
make_curve (AnmCurveKind kind,
            double at,
            double slope)
{
  AnmActivationCurve curve = { .title = "Forget gate", .caption = "what bends its sum", .kind = kind, .at = at, .value = anm_curve_bend (kind, at), .slope = slope };

  return anm_activation_curve_new (&curve);
}

AnmFigure *
figure_sample_curve (void)
{
  return make_curve (ANM_CURVE_SIGMOID, 1.73, 0.1275);
}

AnmFigure *
figure_sample_curve_saturated (void)
{
  return make_curve (ANM_CURVE_TANH, -37, 0);
}

AnmFigure *
figure_sample_curve_decay (void)
{
  return make_curve (ANM_CURVE_DECAY, 0.59, -0.55);
}

AnmFigure *
figure_sample_curve_empty (void)
{
  return make_curve (ANM_CURVE_SIGMOID, NAN, NAN);
}

static AnmFigure *
make_worksheet (gboolean answers)
{
  const AnmWorksheetPiece heading[] = { { "1. Forget gate: its sum, and what it becomes", FALSE } };
  const AnmWorksheetPiece fields[] = { { "Name", FALSE }, { "Date", FALSE } };
  const AnmWorksheetPiece words[] = { { "Numbers that are given have three decimals; two are enough for yours.", FALSE } };
  const AnmWorksheetPiece head[] = { { "term", FALSE }, { "weight", FALSE }, { "input", FALSE }, { "weight × input", FALSE } };
  const AnmWorksheetPiece row[] = { { "RR", FALSE }, { "0.412", FALSE }, { "1.700", FALSE }, { "0.70", TRUE } };
  const AnmWorksheetPiece formula[] = { { "f " UP ("= σ(") "z" UP (") ="), FALSE }, { UP ("0.85"), TRUE }, { UP ("its slope") " f " UP ("(1 −") " f" UP (") ="), FALSE }, { UP ("0.13"), TRUE } };
  const AnmWorksheetLine lines[] = {
    { ANM_WORKSHEET_FIELDS, 2, fields },  { ANM_WORKSHEET_TEXT, 1, words },
    { ANM_WORKSHEET_HEADING, 1, heading },   { ANM_WORKSHEET_TABLE_HEAD, 4, head },
    { ANM_WORKSHEET_TABLE_ROW, 4, row },  { ANM_WORKSHEET_FORMULA, 4, formula },
  };
  AnmWorksheet worksheet = { .title = "Worksheet", .caption = "LSTM, unit 25, hour 39", .n_lines = G_N_ELEMENTS (lines), .lines = lines, .answers = answers, .foot = "page 1 of 1" };

  return anm_worksheet_new (&worksheet);
}

AnmFigure *
figure_sample_worksheet (void)
{
  return make_worksheet (FALSE);
}

AnmFigure *
figure_sample_worksheet_answers (void)
{
  return make_worksheet (TRUE);
}

AnmFigure *
figure_sample_worksheet_empty (void)
{
  AnmWorksheet worksheet = { .title = "Worksheet", .empty_text = "No step is chosen, or no network." };

  return anm_worksheet_new (&worksheet);
}
