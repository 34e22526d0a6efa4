/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/network-code.h"

G_BEGIN_DECLS

/* A program while it is written. */
typedef struct
{
  const AnmNetwork         *network;
  const AnmHyperparameters *hyperparameters;
  AnmLossKind               loss;

  GHashTable *helpers;   /* names of those that are in @classes already */
  GString    *classes;   /* helpers in the order in which they are needed */
  GString    *layers;
  GString    *forward;   /* of PyTorch */
  GPtrArray  *left_out;  /* of char *: what can't be carried over */
  gboolean    written_out; /* a layer is the program's own: its weights aren't exported for it */
} AnmCode;

/* A part of the program that is put in when it is needed first. */
typedef struct
{
  const char *name;
  const char *text;
  const char *needs; /* nullable: another helper's name */
} AnmCodeHelper;

extern const AnmCodeHelper _anm_code_keras_helpers[], _anm_code_pytorch_helpers[];
extern const guint         _anm_code_n_keras_helpers, _anm_code_n_pytorch_helpers;

void         _anm_code_help       (AnmCode *self,
                                   const AnmCodeHelper *helpers,
                                   guint n_helpers,
                                   const char *name);
void         _anm_code_leave_out  (AnmCode *self,
                                   const char *format,
                                   ...) G_GNUC_PRINTF (2, 3);
/* Values of layer @index; the layer has no such argument: 0. */
double       _anm_code_get        (const AnmCode *self,
                                   guint index,
                                   const char *argument);
const char  *_anm_code_get_choice (const AnmCode *self,
                                   guint index,
                                   const char *argument);
gboolean     _anm_code_is         (const AnmCode *self,
                                   guint index,
                                   const char *type);
/* ", name=0.2" if @value isn't @usual. */
void         _anm_code_add_number (GString *text,
                                   const char *name,
                                   double value,
                                   double usual);
/* As Python reads it. */
const char  *_anm_code_number     (char *buffer,
                                   double value);
/* The last layer gives logits, and the loss bends them. */
gboolean     _anm_code_gives_logits (const AnmCode *self);

char        *_anm_code_write_keras   (AnmCode *self);
char        *_anm_code_write_pytorch (AnmCode *self);
/* "# Not carried over:" and what, or nothing. */
void         _anm_code_append_left_out (const AnmCode *self,
                                   GString *text);

G_END_DECLS
