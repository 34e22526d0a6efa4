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
 * @prefix: between the layer's name and the leaf
 * @suffix: behind the leaf
 * @rules: tensors, those of one leaf behind one another; the first tells layers of this kind from others
 *   and is square but for its gates, if there are any
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
  const char          *prefix;
  const char          *suffix;
  const AnmGates      *gates;   /* nullable */
  const AnmTensorRule *rules;
  guint                n_rules;
} AnmLayerRule;

/* NULL for layers without parameters and for the layout anamnesis; with @error set if the layout can't take the layer. */
const AnmLayerRule *_anm_exchange_find_rule  (const AnmNetwork *network, guint layer, AnmLayout layout, GError **error);
/* Our own gates, for the texts; NULL if the layer has none. */
const AnmGates     *_anm_exchange_find_gates (const AnmNetwork *network, guint layer, AnmLayout layout);
const AnmParameter *_anm_exchange_find_parameter (const AnmNetwork *network, guint layer, const char *name);
/* "PyTorch" */
const char         *_anm_layout_get_label    (AnmLayout layout);

/**
 * AnmPlacement:
 *
 * Where a parameter lies in a tensor of theirs: element (row, column) at
 * offset + row * row_stride + column * column_stride.
 */
typedef struct
{
  guint   n_dimensions;
  guint64 shape[3];
  gsize   n_values;
  gsize   offset;
  gsize   row_stride;
  gsize   column_stride;
} AnmPlacement;

void                _anm_exchange_place      (AnmForm form, const AnmParameter *parameter, AnmPlacement *placement);
/* In the layout anamnesis a bias is a vector and all else a matrix. */
AnmForm             _anm_exchange_own_form   (const AnmParameter *parameter);
/* "lstm_1.weight_ih_l0" */
char               *_anm_exchange_make_name  (const AnmNetwork *network, guint layer, const AnmLayerRule *rule, const char *leaf);

G_END_DECLS
