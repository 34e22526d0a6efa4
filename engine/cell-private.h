/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"
#include "engine/layer-private.h"

G_BEGIN_DECLS

/*
 * How a layer tells the equations of its cell, in the order in which they are
 * computed:
 *
 *   _anm_cell_add_state (cell, "h");
 *   _anm_cell_begin (cell, "h", N_("Hidden state"), NULL, ANM_CELL_TANH);   h = tanh (
 *   _anm_cell_add_matrix (cell, 0, 0, "x");                                   W x
 *   _anm_cell_add_matrix (cell, 1, 0, "h'");                                  + U h'
 *   _anm_cell_add_bias (cell, 2, 0);                                          + b)
 *
 * A symbol is "x", a part of the state before the step ("h'"), an input that the
 * layer shows as a trace, or an equation that was told before. Factors may be
 * written "1-z".
 */

void _anm_cell_add_state   (AnmCell *self, const char *symbol);
/* Another input: the trace of this name, @width numbers a step. */
void _anm_cell_add_input   (AnmCell *self, const char *symbol, guint width);
void _anm_cell_begin       (AnmCell *self, const char *symbol, const char *label, const char *summary, AnmCellFunction function);
/* Terms of the equation that was begun last. @block: columns from @block x width of the layer's
 * parameter number @parameter, where width is that of the equation. */
void _anm_cell_add_matrix  (AnmCell *self, guint parameter, guint block, const char *operand);
void _anm_cell_add_bias    (AnmCell *self, guint parameter, guint block);
/* An equation that no reading tells but is within others' terms: the sum, @width numbers, brought to mean 0 and deviation 1. */
void _anm_cell_begin_normalized (AnmCell *self, const char *symbol, guint width);
/* A block of a normalised equation times a block of a parameter, element by element. */
void _anm_cell_add_scaled  (AnmCell *self, guint parameter, guint block, const char *operand, guint operand_block);
/* @times nullable: the operand alone */
void _anm_cell_add_product (AnmCell *self, const char *times, const char *operand);
/* Multiplies the term that was added last. */
void _anm_cell_times       (AnmCell *self, const char *symbol);
/* The factor by which a unit keeps what it held: "f", "1-z". */
void _anm_cell_set_keep    (AnmCell *self, const char *symbol);
AnmCellFunction _anm_cell_function (AnmActivation activation);
/* That of the layer's trace. */
const char     *_anm_cell_get_label (const AnmLayer *layer, const char *symbol);

typedef enum
{
  CELL_TERM_MATRIX,
  CELL_TERM_BIAS,
  CELL_TERM_PRODUCT,
  CELL_TERM_SCALED,
} CellTermKind;

#define CELL_NOTHING G_MAXUINT

typedef struct
{
  CellTermKind kind;
  guint        parameter;
  gsize        column;     /* of the parameter's matrix */
  guint        operand;    /* symbol, CELL_NOTHING of a bias */
  gsize        operand_offset; /* of a scaled term */
  guint        times;      /* symbol, CELL_NOTHING without */
  gboolean     complement; /* 1 - times */
  const char  *times_text; /* as it was told */
} CellTerm;

typedef struct
{
  guint            symbol;
  const char      *label;
  const char      *summary;
  AnmCellFunction  function;
  gboolean         normalizes; /* within other equations' terms */
  guint            first_term;
  guint            n_terms;
} CellEquation;

typedef enum
{
  CELL_INPUT,    /* a trace at this step */
  CELL_PREVIOUS, /* a trace at the step before */
  CELL_EQUATION,
} CellSymbolKind;

typedef struct
{
  char           *name;
  CellSymbolKind  kind;
  guint           width;
  guint           index; /* of the part of the state or of the equation */
} CellSymbol;

/**
 * AnmCell:
 * @states: symbols of the state after the step
 * @previous: symbols of the state before it
 * @keep: symbol, CELL_NOTHING if there is no such factor
 * @parameters: of the layer
 */
struct _AnmCell
{
  AnmNetwork     *network;
  guint           index;
  const AnmLayer *layer;      /* or the half of it that is looked into */
  AnmDirection    direction;
  const char     *arrow;      /* what stands before the symbols of the half's traces */
  gsize           offset;     /* of the layer's parameters in the network's */
  GArray         *symbols;    /* CellSymbol */
  GArray         *equations;  /* CellEquation */
  GArray         *terms;      /* CellTerm */
  guint           n_states;
  char           *state_names[2];
  guint           states[2];
  guint           previous[2];
  guint           keep;
  gboolean        keep_complement;
  GPtrArray      *gates;      /* of char *, NULL-terminated: equations with a recurrent matrix */
  const anm_real *parameters;
};

/**
 * CellStep:
 * @values: [symbol][width]
 * @terms: [term][width of its equation] what each adds to the sum
 * @sums: [equation][width]
 * @gradients: [symbol][width] dL/d(value)
 * @sum_gradients: [equation][width]
 *
 * One step computed.
 */
typedef struct
{
  gboolean  skipped;
  gsize     n_block;
  double   *block;
  double  **values;
  double  **terms;
  double  **sums;
  double  **gradients;
  double  **sum_gradients;
} CellStep;

/* One number moved: of a symbol's values, or of an equation's sums. */
typedef struct
{
  guint    symbol;
  guint    unit;
  gboolean sum;
  double   amount;
} CellNudge;

static inline CellSymbol *
_cell_symbol (const AnmCell *self, guint index)
{
  return &g_array_index (self->symbols, CellSymbol, index);
}

static inline CellEquation *
_cell_equation (const AnmCell *self, guint index)
{
  return &g_array_index (self->equations, CellEquation, index);
}

static inline CellTerm *
_cell_term (const AnmCell *self, guint index)
{
  return &g_array_index (self->terms, CellTerm, index);
}

/* Row @k of the term's matrix, from its first column on. */
static inline const anm_real *
_cell_weights (const AnmCell *self, const CellTerm *term, gsize k)
{
  const AnmParameterSlice *slice = &self->layer->parameters[term->parameter];

  return self->parameters + slice->offset + k * slice->n_columns + term->column;
}

static inline double
_cell_factor (const CellTerm *term, double times)
{
  return term->times == CELL_NOTHING ? 1.0 : term->complement ? 1.0 - times : times;
}

guint     _cell_find_symbol      (const AnmCell *self, const char *name);
/* The equation that a scaled term's operand is. */
const CellEquation *_cell_get_normalized (const AnmCell *self, const CellTerm *term);
/* 1 / deviation of an equation's sums. */
double    _cell_get_inverse      (const AnmCell *self, const CellStep *step, const CellEquation *equation);
double    _cell_bend             (AnmCellFunction function, double sum);
double    _cell_slope            (AnmCellFunction function, double sum);

CellStep *_cell_step_new         (const AnmCell *self);
void      _cell_step_free        (CellStep *self);
void      _cell_step_copy        (CellStep *self, const CellStep *from);
/* The inputs and the state before step @t; FALSE with the reason if a trace that is needed isn't there. */
gboolean  _cell_step_load        (const AnmCell *self, CellStep *step, const AnmLayerTraces *traces, guint t, GError **error);
void      _cell_step_forward     (const AnmCell *self, CellStep *step);
/* Computes a step that was computed anew from the state that @before ended with. */
void      _cell_step_forward_after (const AnmCell *self, CellStep *step, const CellStep *before);
/* Computes anew what follows from @nudge. */
void      _cell_step_forward_nudged (const AnmCell *self, CellStep *step, const CellNudge *nudge);
/* @totals [part]: all of dL/d(state), %NULL where that isn't known; then @outside [part] is what doesn't come through
 * later equations of this step. Where the total is known, @outside is overwritten with that part of it. */
void      _cell_step_backward    (const AnmCell *self, CellStep *step, const double *const *totals, double *const *outside);
/* The values of a part of the state after the step. */
const double *_cell_step_get_state (const AnmCell *self, const CellStep *step, guint part);
/* @prefix: "dL/d" or "" */
const AnmTrace *_cell_find_trace (const AnmCell *self, const AnmLayerTraces *traces, const char *prefix, const char *symbol);
/* The step after @t in the walk, or CELL_NOTHING. */
guint     _cell_get_next         (const AnmCell *self, const AnmLayerTraces *traces, guint t);
guint     _cell_get_previous     (const AnmCell *self, const AnmLayerTraces *traces, guint t);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CellStep, _cell_step_free)

G_END_DECLS
