/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cell-equation.h"

#include "widgets/figures/number.h"

#define UPRIGHT(text) "<span style='normal'>" text "</span>"
#define LOWERED(text) "<span size='small' rise='-4000'>" text "</span>"

typedef struct
{
  const AnmPatientReading *reading;
  guint                    layer;
  guint                    unit;
} Cell;

/* "0.73"; zero before the first step, as the state is. */
static char *
format (const Cell *cell,
        const char *symbol,
        int step)
{
  const AnmReadingTrace *trace = anm_patient_reading_find_trace (cell->reading, cell->layer, symbol);
  const double value = step < 0 ? 0 : (double) trace->values[(gsize) step * trace->n_units + cell->unit];

  return anm_number_format_fixed (value, 2);
}

static gboolean
has (const Cell *cell,
     const char *symbol)
{
  return anm_patient_reading_find_trace (cell->reading, cell->layer, symbol) != NULL;
}

static char *
make_lstm (const Cell *cell,
           int step)
{
  g_autofree char *o = format (cell, "o", step);
  g_autofree char *c = format (cell, "c", step);
  g_autofree char *h = format (cell, "h", step);

  return g_strdup_printf ("h " UPRIGHT ("=") " o " UPRIGHT ("· tanh(") "c" UPRIGHT (") = %s · tanh(%s) = <b>%s</b>"), o, c, h);
}

static char *
make_gru (const Cell *cell,
          int step)
{
  const AnmReadingTrace *z = anm_patient_reading_find_trace (cell->reading, cell->layer, "z");
  const double keep = 1 - (double) z->values[(gsize) step * z->n_units + cell->unit];
  g_autofree char *kept = anm_number_format_fixed (keep, 2);
  g_autofree char *taken = format (cell, "z", step);
  g_autofree char *before = format (cell, "h", step - 1);
  g_autofree char *candidate = format (cell, "h~", step);
  g_autofree char *h = format (cell, "h", step);

  /* Hair spaces around the points: the line is long. */
  return g_strdup_printf ("h " UPRIGHT ("= (1−") "z" UPRIGHT (")\u200a·\u200a") "h" LOWERED ("−1") UPRIGHT (" + ")
                          "z" UPRIGHT ("\u200a·\u200a") "h\u0303 "
                          UPRIGHT ("= %s\u200a·\u200a%s + %s\u200a·\u200a%s = <b>%s</b>"),
                          kept, before, taken, candidate, h);
}

char *
anm_cell_equation_new (const AnmPatientReading *reading,
                       guint layer,
                       guint unit,
                       guint step)
{
  const Cell cell = { reading, layer, unit };
  const AnmReadingTrace *state = anm_patient_reading_find_trace (reading, layer, "h");
  g_autofree char *h = NULL;

  if (state == NULL || unit >= state->n_units || step >= reading->n_steps)
    return NULL;

  if (has (&cell, "o") && has (&cell, "c"))
    return make_lstm (&cell, (int) step);
  if (has (&cell, "z") && has (&cell, "h~"))
    return make_gru (&cell, (int) step);

  h = format (&cell, "h", (int) step);
  return g_strdup_printf ("h " UPRIGHT ("=") " f " UPRIGHT ("(") "W" LOWERED ("x") " x " UPRIGHT ("+")
                          " W" LOWERED ("h") " h" LOWERED ("−1") " " UPRIGHT ("+") " b" UPRIGHT (") = <b>%s</b>"), h);
}
