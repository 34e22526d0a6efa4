/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/probe.h"

G_BEGIN_DECLS

/**
 * AnmCell:
 *
 * The equations of one step of a recurrent layer, for onlookers: those at the
 * top of the layer's file, each a sum that is bent by a function. Everything is
 * computed anew in double precision, from the parameters and from what the
 * network held at the step before, and shares no code with the kernels. Not for
 * use from two threads at once.
 */
typedef struct _AnmCell AnmCell;

typedef enum
{
  ANM_CELL_LINEAR,
  ANM_CELL_SIGMOID,
  ANM_CELL_TANH,
  ANM_CELL_RELU,
  ANM_CELL_DECAY, /* exp (-max (0, z)) */
} AnmCellFunction;

/* Of a bidirectional layer: which of its halves. Another layer reads forwards. */
typedef enum
{
  ANM_DIRECTION_FORWARDS,
  ANM_DIRECTION_BACKWARDS,
} AnmDirection;

/**
 * AnmCellPart:
 * @input: x_k of a product W x, 1 of a bias
 * @weight: W_kj
 * @value: what it adds to the sum: factor x weight x input
 */
typedef struct
{
  double input;
  double weight;
  double value;
} AnmCellPart;

/**
 * AnmCellTerm:
 * @symbol: "W_f x", "U_f h'", "b_f", "f c'"; ' is the step before
 * @operand: (nullable): whose numbers are multiplied: "x", "h'"; %NULL of a bias
 * @times: (nullable): what the whole term is multiplied by, element by element: "r", "f", "1-z"
 * @factor: value of @times, 1 without
 * @value: what the term adds to the sum: that of its parts
 */
typedef struct
{
  char        *symbol;
  const char  *operand;
  const char  *times;
  double       factor;
  double       value;
  guint        n_parts;
  AnmCellPart *parts;
} AnmCellTerm;

/**
 * AnmCellShare:
 * @symbol: where the gradient comes from: an equation that uses this number: "h", "c next" for the
 *   one at the next step, "above" for the layers above
 * @slope: ∂(that)/∂(this); NaN where many numbers of it depend on this one: see @parts
 * @gradient: dL/d(that), NaN likewise
 * @value: what it adds: slope x gradient, or the sum of the parts (weight ∂z_k/∂(this), input dL/dz_k)
 */
typedef struct
{
  char        *symbol;
  double       slope;
  double       gradient;
  double       value;
  guint        n_parts;
  AnmCellPart *parts;
} AnmCellShare;

/**
 * AnmCellGradient:
 * @value: dL/d(this), the sum of the shares; NaN if gradients weren't asked for
 * @difference: the same as a central difference of fourth order: this number moved by @step and by twice
 *   @step up and down, and the layer's own step (and its next) computed anew
 * @relative_error: |value - difference| / (|value| + |difference|); 0 if both are 0
 * @step: 0.00074, the fifth root of the numbers' precision, times max (1, |this|); where a relu bends
 *   in between or sums are normalised, a tenth or a hundredth of that
 */
typedef struct
{
  double        value;
  double        difference;
  double        relative_error;
  double        step;
  guint         n_shares;
  AnmCellShare *shares;
} AnmCellGradient;

/**
 * AnmCellEquation:
 * @symbol: "f", "c", "tanh c"
 * @label, @summary: N_(), for people; @summary nullable
 * @sum: z, exactly the parts' values added one after the other, in their order
 * @value: function (z); @slope: its derivative at z
 * @traced: what the network itself computed; NaN if it doesn't let that be seen
 * @gradient: of @value
 * @sum_gradient: of @sum, one share: slope x dL/d(value)
 */
typedef struct
{
  const char      *symbol;
  const char      *label;
  const char      *summary;
  AnmCellFunction  function;
  double           sum;
  double           value;
  double           slope;
  double           traced;
  guint            n_terms;
  AnmCellTerm     *terms;
  AnmCellGradient  gradient;
  AnmCellGradient  sum_gradient;
} AnmCellEquation;

/* A part of the state before the step. */
typedef struct
{
  const char      *symbol; /* "h'", "c'" */
  double           value;
  AnmCellGradient  gradient; /* as far as it comes through this step */
} AnmCellPrevious;

/**
 * AnmCellReading:
 * @skipped: the step is passed over: the state is carried unchanged and there are no equations
 * @has_gradients: whether dL/d(...) are there
 * @n_previous: parts of the state
 *
 * One unit at one step. "Before" and "next" are meant in the layer's direction.
 */
typedef struct
{
  guint            layer;
  AnmDirection     direction;
  guint            unit;
  guint            step;
  gboolean         skipped;
  gboolean         has_gradients;
  guint            n_equations;
  AnmCellEquation *equations;
  guint            n_previous;
  AnmCellPrevious *previous;
} AnmCellReading;

/* NULL with ANM_ENGINE_ERROR_NETWORK if the layer isn't recurrent or doesn't read in this direction. */
AnmCell        *anm_cell_new             (AnmNetwork *network,
                                          guint layer,
                                          AnmDirection direction,
                                          GError **error);
void            anm_cell_free            (AnmCell *self);
/* @parameters: of the whole network, borrowed until others are set. */
void            anm_cell_set_parameters  (AnmCell *self,
                                          const anm_real *parameters);
guint           anm_cell_get_n_units     (const AnmCell *self);
/* Whether a gate says how much a unit keeps of what it held: see anm_gate_half_lives(). */
gboolean        anm_cell_has_keep        (const AnmCell *self);
AnmCellReading *anm_cell_read            (AnmCell *self,
                                          const AnmLayerTraces *traces,
                                          guint step,
                                          guint unit,
                                          GError **error);
void            anm_cell_reading_free    (AnmCellReading *self);
/* Equations with a recurrent matrix: "i", "f", "g", "o"; owned by the cell, NULL-terminated. */
const char *const *anm_cell_get_recurrent_gates (AnmCell *self);
/* U of the named gate, (units, units) row-major, from the state's unit (row) to the gate's (column). FALSE if there is none. */
gboolean        anm_cell_get_recurrent_matrix (AnmCell *self,
                                          const char *gate,
                                          double *matrix);
const char     *anm_cell_function_to_string (AnmCellFunction function); /* "sigmoid" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCell, anm_cell_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCellReading, anm_cell_reading_free)

G_END_DECLS
