/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/error.h"
#include "engine/network-text.h"
#include "engine/real.h"

G_BEGIN_DECLS

/*
 * A layer is a small table of functions, and a new layer is one new file and
 * one line in the registry. The argument table is what the network text, the
 * error messages and the window's cards are made from.
 */

typedef enum
{
  ANM_ARGUMENT_SIZE,    /* whole number >= 1 */
  ANM_ARGUMENT_REAL,
  ANM_ARGUMENT_CHOICE,  /* value = index into choices */
  ANM_ARGUMENT_FLAG,    /* 0 or 1 */
} AnmArgumentKind;

typedef struct
{
  const char         *name;      /* "units", as in Keras */
  AnmArgumentKind     kind;
  gboolean            positional; /* written without its name, first */
  gboolean            switchable; /* of a choice: its name alone means choice 1, as if it were a flag */
  gboolean            common;    /* shown on the card itself, else behind "More" */
  double              minimum;
  double              maximum;
  double              fallback;  /* the default */
  const char *const  *choices;   /* %NULL-terminated */
  const char         *label;     /* N_("Units"), for people */
  const char         *summary;   /* N_(), one sentence */
} AnmArgument;

typedef enum
{
  ANM_PARAMETER_KERNEL,
  ANM_PARAMETER_RECURRENT_KERNEL,
  ANM_PARAMETER_BIAS,
  ANM_PARAMETER_RECURRENT_BIAS,  /* the second bias of gru(reset_after) */
  ANM_PARAMETER_SCALE,           /* what a normalised sum is multiplied by */
  ANM_PARAMETER_DECAY,           /* how fast inputs or state fade between measurements */
  ANM_PARAMETER_EMBEDDING,       /* a vector for each token */
} AnmParameterKind;

/**
 * AnmDropoutRates:
 *
 * What share of a layer's inputs (@dropout) and of the hidden state where it
 * enters the recurrent products (@recurrent_dropout) is dropped; each in [0, 1).
 */
typedef struct
{
  double dropout;
  double recurrent_dropout;
} AnmDropoutRates;

typedef struct _AnmLayer AnmLayer;

const AnmLayerClass *const *anm_layer_classes          (guint *n_classes);
const AnmLayerClass        *anm_layer_class_find       (const char *type);
const char                 *anm_layer_class_get_type   (const AnmLayerClass *self);  /* "lstm" */
const char                 *anm_layer_class_get_label  (const AnmLayerClass *self);  /* N_("LSTM") */
const char                 *anm_layer_class_get_summary (const AnmLayerClass *self); /* N_(), one sentence */
const AnmArgument          *anm_layer_class_get_arguments (const AnmLayerClass *self,
                                                        guint *n_arguments);
gboolean                    anm_layer_class_is_recurrent (const AnmLayerClass *self);

const AnmLayerClass        *anm_layer_get_class        (const AnmLayer *self);
guint                       anm_layer_get_n_inputs     (const AnmLayer *self);
guint                       anm_layer_get_n_units      (const AnmLayer *self);  /* output width */
gboolean                    anm_layer_get_takes_sequences (const AnmLayer *self);
gboolean                    anm_layer_get_gives_sequences (const AnmLayer *self);

G_END_DECLS
