/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-equation.h"

#include "app/exhibits/cell-lens.h"
#include "widgets/figures/number.h"

#define UPRIGHT(text) "<span style='normal'>" text "</span>"
#define LOWERED(text) "<span size='small' rise='-4000'>" text "</span>"
/* Hair spaces around the points: some lines are long. */
#define TIMES "\u200a·\u200a"

/* @arrow: before the symbols of one half of a bidirectional layer, else "" */
typedef struct
{
  const AnmPatientReading *reading;
  guint                    layer;
  guint                    unit;
  const char              *arrow;
} Cell;

static const AnmReadingTrace *
find (const Cell *cell,
      const char *symbol)
{
  g_autofree char *full = g_strconcat (cell->arrow, symbol, NULL);

  return anm_patient_reading_find_trace (cell->reading, cell->layer, full);
}

/* Zero before the first step, as the state is. */
static double
get_value (const Cell *cell,
           const char *symbol,
           int step)
{
  const AnmReadingTrace *trace = find (cell, symbol);

  if (step < 0 || (guint) step >= cell->reading->n_steps)
    return 0;
  return (double) trace->values[(gsize) step * trace->n_units + cell->unit];
}

/* "0.73" */
static char *
format (const Cell *cell,
        const char *symbol,
        int step)
{
  return anm_number_format_fixed (get_value (cell, symbol, step), 2);
}

static char *
make_lstm (const Cell *cell,
           int step)
{
  g_autofree char *o = format (cell, "o", step);
  g_autofree char *c = format (cell, "c", step);
  g_autofree char *h = format (cell, "h", step);

  /* c is normalised before it is bent: no number of its own says how that came out. */
  if (find (cell, "tanh c^") != NULL)
    {
      g_autofree char *bent = format (cell, "tanh c^", step);

      return g_strdup_printf ("h " UPRIGHT ("=") " o " UPRIGHT ("· tanh(LN(") "c" UPRIGHT (")) = %s · %s = <b>%s</b>"), o, bent, h);
    }
  return g_strdup_printf ("h " UPRIGHT ("=") " o " UPRIGHT ("· tanh(") "c" UPRIGHT (") = %s · tanh(%s) = <b>%s</b>"), o, c, h);
}

/* What is kept of the state before, which a gru_d lets fade first. */
static char *
make_gru (const Cell *cell,
          int step)
{
  const gboolean fades = find (cell, "gamma_h") != NULL;
  const int previous = g_str_equal (cell->arrow, "←") ? step + 1 : step - 1;
  const char *after = g_str_equal (cell->arrow, "←") ? LOWERED ("+1") : LOWERED ("−1");
  g_autofree char *kept = anm_number_format_fixed (1 - get_value (cell, "z", step), 2);
  g_autofree char *taken = format (cell, "z", step);
  g_autofree char *faded = fades ? format (cell, "gamma_h", step) : NULL;
  g_autofree char *before = format (cell, "h", previous);
  g_autofree char *candidate = format (cell, "h~", step);
  g_autofree char *h = format (cell, "h", step);

  return g_strdup_printf ("h " UPRIGHT ("= (1−") "z" UPRIGHT (")" TIMES) "%sh%s" UPRIGHT (" + ") "z" UPRIGHT (TIMES) "h\u0303 "
                          UPRIGHT ("= %s" TIMES "%s%s%s + %s" TIMES "%s = <b>%s</b>"),
                          fades ? "γ" UPRIGHT (TIMES) : "", after,
                          kept, fades ? faded : "", fades ? TIMES : "", before, taken, candidate, h);
}

static char *
make_simple (const Cell *cell,
             int step)
{
  const char *after = g_str_equal (cell->arrow, "←") ? LOWERED ("+1") : LOWERED ("−1");
  g_autofree char *h = format (cell, "h", step);

  return g_strdup_printf ("h " UPRIGHT ("=") " f " UPRIGHT ("(") "W" LOWERED ("x") " x " UPRIGHT ("+")
                          " W" LOWERED ("h") " h%s " UPRIGHT ("+") " b" UPRIGHT (") = <b>%s</b>"), after, h);
}

static char *
make_one_way (const Cell *cell,
              int step)
{
  if (find (cell, "o") != NULL && find (cell, "c") != NULL)
    return make_lstm (cell, step);
  if (find (cell, "z") != NULL && find (cell, "h~") != NULL)
    return make_gru (cell, step);
  return make_simple (cell, step);
}

/* Where the halves of a bidirectional layer are added: "h = →h + ←h", or the half of that. */
static char *
make_merged (const Cell *cell,
             int step)
{
  const Cell halves[] = { { cell->reading, cell->layer, cell->unit, "→" }, { cell->reading, cell->layer, cell->unit, "←" } };
  const char *share = g_strcmp0 (anm_layer_get_merge (cell->reading->network, cell->layer), "mean") == 0 ? "½\u200a" : "";
  g_autofree char *forwards = format (&halves[0], "h", step);
  g_autofree char *backwards = format (&halves[1], "h", step);
  g_autofree char *h = format (cell, "h", step);

  return g_strdup_printf ("h " UPRIGHT ("= %s(→") "h" UPRIGHT (" + ←") "h" UPRIGHT (") = %s(%s + %s) = <b>%s</b>"),
                          share, share, forwards, backwards, h);
}

char *
anm_cell_equation_new (const AnmPatientReading *reading,
                       guint layer,
                       guint unit,
                       guint step)
{
  Cell cell = { reading, layer, unit, "" };
  const AnmReadingTrace *state = anm_patient_reading_find_trace (reading, layer, "h");
  const AnmReadingTrace *half = anm_patient_reading_find_trace (reading, layer, "→h");
  g_autofree char *equation = NULL;

  if (state == NULL || unit >= state->n_units || step >= reading->n_steps)
    return NULL;
  if (half == NULL)
    return make_one_way (&cell, (int) step);
  if (half->n_units == state->n_units)
    return make_merged (&cell, (int) step);

  cell.arrow = unit < half->n_units ? "→" : "←";
  cell.unit = unit % half->n_units;
  equation = make_one_way (&cell, (int) step);
  return g_strconcat (cell.arrow, equation, NULL);
}
