/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/exchange.h"
#include "engine/network-private.h"
#include "engine/safetensors-private.h"

G_BEGIN_DECLS

/* How a parameter of ours, [rows][gates x units], lies in a tensor of theirs. */
typedef enum
{
  ANM_FORM_MATRIX,     /* [rows, gates x units] */
  ANM_FORM_TRANSPOSED, /* [gates x units, rows] */
  ANM_FORM_VECTOR,     /* [gates x units], for one row */
  ANM_FORM_ADDEND,     /* the same, added to what another tensor holds: zeros when written */
  ANM_FORM_FIRST_ROW,  /* [2, gates x units] */
  ANM_FORM_SECOND_ROW,
  ANM_FORM_TAPS,       /* [taps, inputs, units], for rows that are taps x inputs */
  ANM_FORM_TAPS_LAST,  /* [units, inputs, taps] */
} AnmForm;

typedef struct
{
  const char *leaf;      /* the end of their tensor's name */
  const char *parameter; /* ours: "kernel" */
  AnmForm     form;
} AnmTensorRule;

#define ANM_MAX_GATES 4
#define ANM_NEGATED(gate) (~(gate))

/**
 * AnmGates:
 * @symbols: in their order, "r z n"
 * @equation: (nullable): what decides the sign of z
 * @order: [n], our gate for each of theirs; ANM_NEGATED () where the sign is turned
 */
typedef struct
{
  guint       n;
  const char *symbols;
  const char *equation;
  int         order[ANM_MAX_GATES];
} AnmGates;

/**
 * AnmLayerRule:
 * @argument, @value: (nullable): holds only for layers of which this is true, "reset_after", "false"
 * @refusal: (nullable): N_(), why there is no exact conversion; the rest is empty then
 * @cell: (nullable): what stands before the leaf in Keras' paths, "lstm_cell"
 * @gates: (nullable)
 * @tensors: those of one leaf behind one another; the first tells layers of this kind from others, and
 *   is square but for its gates, if there are any
 *
 * One kind of layer in one layout. The first that holds counts.
 */
typedef struct
{
  const char          *type;
  AnmLayout            layout;
  const char          *argument;
  const char          *value;
  const char          *refusal;
  const char          *cell;
  const AnmGates      *gates;
  const AnmTensorRule *tensors;
  guint                n_tensors;
} AnmLayerRule;

#define ANM_MAX_HALVES 2

/**
 * AnmLayerMap:
 * @rule: NULL for layers without parameters
 * @n_tensors: of all halves
 * @n_halves: 2 if the layer is bidirectional; the tensors of the second follow those of the first
 *
 * What a rule says of one layer of a network. Strings are interned.
 */
typedef struct
{
  const AnmLayerRule *rule;
  guint               n_halves;
  guint               n_tensors;
  AnmTensorRule       tensors[ANM_MAX_PARAMETERS_OF_LAYER + ANM_MAX_HALVES];
} AnmLayerMap;

/* Not for the layout anamnesis. FALSE with the reason if the layout can't take the layer. */
gboolean            _anm_exchange_map_layer  (const AnmNetwork *network, guint layer, AnmLayout layout, AnmLayerMap *map, GError **error);
/* For the texts; NULL if the layer has none. */
const AnmGates     *_anm_exchange_find_gates (const AnmNetwork *network, guint layer, AnmLayout layout);
const AnmParameter *_anm_exchange_find_parameter (const AnmNetwork *network, guint layer, const char *name);
/* "PyTorch" */
const char         *_anm_layout_get_label    (AnmLayout layout);

/**
 * AnmPlacement:
 *
 * Where a parameter lies in a tensor of theirs: element (row, column) at offset
 * + row / n_inner * outer_stride + row % n_inner * inner_stride + column * column_stride.
 */
typedef struct
{
  guint   n_dimensions;
  guint64 shape[3];
  gsize   n_values;
  gsize   offset;
  gsize   n_inner;
  gsize   outer_stride;
  gsize   inner_stride;
  gsize   column_stride;
} AnmPlacement;

void                _anm_exchange_place      (const AnmNetwork *network, const AnmParameter *parameter, AnmForm form, AnmPlacement *placement);
/* In the layout anamnesis biases and scales are vectors and all else matrices. */
AnmForm             _anm_exchange_own_form   (const AnmParameter *parameter);
/* "lstm_1.weight_ih_l0" */
char               *_anm_exchange_make_name  (const AnmNetwork *network, guint layer, const AnmLayerMap *map, const char *leaf);

/* exchange-names.c: the module a tensor is of, "rnn l1", and what it is there, "weight_hh". */
void                _anm_exchange_split_name (AnmLayout layout, const char *name, char **group, char **leaf);
/* A name without its numbers and what sets them off: "lstm" of "lstm_1" and of "lstm". */
char               *_anm_exchange_get_word   (const char *name);
/* By the numbers in the names, one after the other; a name without one comes first. */
int                 _anm_exchange_compare_numbers (const char *a, const char *b);
/* The name that @leaf would have where @known_leaf of the same half is called @known. */
char               *_anm_exchange_guess_name (const char *known, const char *known_leaf, const char *leaf);

static inline gsize
_anm_exchange_get_row_offset (const AnmPlacement *placement, gsize row)
{
  return placement->offset + row / placement->n_inner * placement->outer_stride + row % placement->n_inner * placement->inner_stride;
}

G_END_DECLS
