/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/inspection.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/**
 * AnmCellLens:
 * @when: the step in words, "hour 39"
 * @time: where it stands on the time axis of the patient's other figures
 * @unit, @n_units: of the layer as it is shown
 * @arrow: "→" or "←" in a layer that reads both ways, else ""
 * @reading: its equations; @reading->unit is the number in the half that is looked into
 * @n_cell_units: units of that half
 * @merge: "concat", "sum" or "mean": how both halves make up what the layer gives; %NULL in a layer that reads one way
 * @half: which of them this is
 * @halves: →h and ←h of that unit at this step; @merged: what the layer makes of them for its unit
 * @gives_last: the layer gives one answer a record, of what each half holds at its own end
 * @why_not: (nullable): in words, if the layer has no cell to look into; then @reading is %NULL
 *
 * One unit of one layer at one step, with all that its pictures and words need. Reference counted and read-only once
 * made, so that it can be made on one thread and shown from another.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  char            *patient;
  char            *layer_title;
  char            *when;
  char            *time_unit;
  double           time;
  double           time_step;
  guint            layer;
  guint            step, n_steps;
  guint            unit, n_units, n_cell_units;
  const char      *arrow;
  const char      *merge;
  AnmDirection     half;
  double           halves[2];
  double           merged;
  gboolean         gives_last;
  gboolean         normalized;
  AnmCellReading  *reading;
  GHashTable      *names;     /* operand, interned -> GStrv of what its numbers are called */
  char            *why_not;
} AnmCellLens;

/**
 * anm_cell_lens_new:
 * @layer: -1 = the first recurrent one
 * @unit: of the layer
 * @half: which half of a unit to which both halves of a layer add; others have one only
 * @time: as on the figures' time axis; NaN = the last step
 *
 * Called on the thread of @inspection.
 *
 * Returns: (transfer full) (nullable): %NULL with @error if there is no such layer or unit
 */
AnmCellLens *anm_cell_lens_new      (AnmInspection *inspection,
                                     AnmNetwork *network,
                                     AnmCohort *cohort,
                                     guint32 patient,
                                     int layer,
                                     guint unit,
                                     AnmDirection half,
                                     double time,
                                     GError **error);
/* The same number in the other half: another unit of a layer that sets its halves side by side. */
guint        anm_cell_lens_get_counterpart (const AnmCellLens *self);
/* "concat", "sum", "mean"; %NULL of a layer that reads one way. */
const char  *anm_layer_get_merge    (AnmNetwork *network,
                                     guint layer);
AnmCellLens *anm_cell_lens_ref      (AnmCellLens *self);
void         anm_cell_lens_unref    (AnmCellLens *self);
/* %NULL: no such equation. */
const AnmCellEquation *anm_cell_lens_find_equation (const AnmCellLens *self,
                                     const char *symbol);
/* Number @index of what @operand stands for: "HR", "unit 3". Borrowed. */
const char  *anm_cell_lens_name_input (const AnmCellLens *self,
                                     const char *operand,
                                     guint index);
/* Whether the equation is nothing but products, shown as chips: c = f c' + i g. */
gboolean     anm_cell_equation_is_product (const AnmCellEquation *equation);
/* Whether what it gives lies between 0 and 1. */
gboolean     anm_cell_equation_is_gate (const AnmCellEquation *equation);
/* Of the state before: what it is multiplied by on its way through the step, along the path that keeps it: c by f. NaN if there is
 * no such path. @path: (out): "f", "1-z", interned. */
double       anm_cell_lens_get_keep (const AnmCellLens *self,
                                     const char **path);

/* "LSTM, unit 25, hour 39; ′ marks the step before". Newly allocated. */
char        *anm_cell_lens_describe_place (const AnmCellLens *self);
/* What sums are called in words and formulas: "z", or "a" where an equation bears that name. */
const char  *anm_cell_lens_get_sum_symbol (const AnmCellLens *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCellLens, anm_cell_lens_unref)

G_END_DECLS
