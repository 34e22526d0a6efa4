/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cell.h"

G_BEGIN_DECLS

#define ANM_ALTERATION_MAX_SYMBOL 16

typedef enum
{
  ANM_ALTERATION_WEIGHT, /* one weight is something else */
  ANM_ALTERATION_GATE,   /* a gate or candidate of one unit has the same value at every step */
  ANM_ALTERATION_UNIT,   /* one unit is silent: it gives 0 at every step */
} AnmAlterationKind;

/**
 * AnmAlteration:
 * @layer: its number in the network, from 0; of a weight that of its parameter
 * @unit: of a gate: unit of the layer, or of its half; of a unit: number of the layer's output; from 0
 * @direction, @symbol: of a gate: which half, and "f", "z", "h~", ...
 * @parameter, @row, @column: of a weight: place in the network's table of parameters and in its matrix, from 0
 * @value: of a weight or a gate
 *
 * A network taken in hand. Each alteration is another vector of parameters and nothing else, so whatever
 * reads a network (predictions, traces, gradients, Jacobians) shows the altered one without knowing of it:
 *
 *   gate s of unit j = v:  columns j of every matrix in the sum of s become 0, its bias f^-1 (v)
 *   unit j silent:         the same with v = 0 for what its state is made of: g of an LSTM, h~ of a GRU,
 *                          h of a simple RNN; the weights into unit j of a dense layer become 0
 *
 * so that f = 1 is a bias of 100 (the sigmoid of which is 1 to the last bit), and a silent unit is as good
 * as removed. A plain value; copy it freely.
 */
typedef struct
{
  AnmAlterationKind kind;
  guint             layer;
  guint             unit;
  AnmDirection      direction;
  char              symbol[ANM_ALTERATION_MAX_SYMBOL];
  guint             parameter;
  guint             row;
  guint             column;
  double            value;
} AnmAlteration;

/**
 * AnmWeightPlace:
 * @operand: (nullable): what the weight multiplies, the number @row of "x", of "h'", ...; %NULL of a bias
 */
typedef struct
{
  guint       parameter;
  guint       row;
  guint       column;
  const char *operand;
} AnmWeightPlace;

/* Changes the network's @parameters in place. %ANM_ENGINE_ERROR_NETWORK, and nothing changed, if the network has no such
 * place, the gate can't have this value, or the layer's outputs can't be silenced. */
gboolean anm_alteration_apply     (const AnmAlteration *self,
                                   AnmNetwork *network,
                                   anm_real *parameters,
                                   GError **error);
/* One after the other, in their order. On an error those before it have been applied. */
gboolean anm_alterations_apply    (const AnmAlteration *alterations,
                                   gsize n_alterations,
                                   AnmNetwork *network,
                                   anm_real *parameters,
                                   GError **error);
/* Whether both speak of the same weight, gate or unit, whatever its value. */
gboolean anm_alteration_is_of_same (const AnmAlteration *self,
                                   const AnmAlteration *other);
/* "lstm_1[25] = 0", "lstm_1[25].f = 1", "lstm_1.kernel[3, 25] = 0.5": units, rows and columns from 1; of the half of a
 * bidirectional layer that reads backwards "bidirectional_1[3].←f = 1". Newly allocated. */
char    *anm_alteration_to_text   (const AnmAlteration *self,
                                   const AnmNetwork *network);
/* The reverse; white space is free. %ANM_ENGINE_ERROR_NETWORK says what was found and what there is. */
gboolean anm_alteration_parse     (AnmAlteration *self,
                                   AnmNetwork *network,
                                   const char *text,
                                   GError **error);
/* Gates and candidates that can be clamped, "i", "f", "g", "o"; empty if the layer has none. %NULL-terminated, the
 * caller's own. */
char   **anm_alteration_list_gates (AnmNetwork *network,
                                   guint layer,
                                   AnmDirection direction);
/* What a gate's function can give; ±infinity where nothing ends it, NaN if there is no such gate. */
void     anm_alteration_get_range (AnmNetwork *network,
                                   guint layer,
                                   AnmDirection direction,
                                   const char *symbol,
                                   double *minimum,
                                   double *maximum);
/* Where the weights stand that make up the sum of gate @symbol of a unit; of a layer without gates (@symbol is %NULL then)
 * those that lead to its output @unit. Of AnmWeightPlace, in the order of the sum's terms; empty if there are none. */
GArray  *anm_alteration_list_weights (AnmNetwork *network,
                                   guint layer,
                                   AnmDirection direction,
                                   const char *symbol,
                                   guint unit);
/* N_(), "Forget gate"; %NULL if there is no such gate. */
const char *anm_alteration_get_gate_label (AnmNetwork *network,
                                   guint layer,
                                   AnmDirection direction,
                                   const char *symbol);

G_END_DECLS
