/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/network-code.h"

G_BEGIN_DECLS

/* A program while it is written. */
typedef struct
{
  const AnmNetwork         *network;        /* as it is trained: under deep supervision it answers at every step */
  const AnmNetworkSpec     *spec;           /* as it was asked for */
  const AnmHyperparameters *hyperparameters;
  const AnmTargetShape     *target;
  AnmLossKind               loss;
  gboolean                  deep;           /* the loss is held against every step */

  GHashTable *helpers;   /* names of those that are in @classes already */
  GString    *classes;   /* helpers in the order in which they are needed */
  GString    *layers;
  GString    *forward;   /* of PyTorch */
  GPtrArray  *left_out;  /* of char *: what can't be carried over */
  gboolean    written_out; /* a layer is the program's own: its weights aren't exported for it */
  GString    *own;         /* names of layers whose weights the library doesn't penalise by itself: "gru_d_1", */
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
/* Cells that are written out begin in one way. */
void         _anm_code_leave_out_initial_weights (AnmCode *self,
                                   guint index);
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

/* What the network takes: tokens of steps, numbers, or both. */
gboolean     _anm_code_has_tokens    (const AnmCode *self);
gboolean     _anm_code_has_numbers   (const AnmCode *self);
/* Numbers of a step; GRU-D has values, masks and gaps behind one another. */
guint        _anm_code_get_width     (const AnmCode *self);
gboolean     _anm_code_has_penalties (const AnmCode *self);
/* Records count unequally by their classes. */
gboolean     _anm_code_weighs_classes (const AnmCode *self);
/* The learning rate is asked for before every update; a plateau is the library's own affair. */
gboolean     _anm_code_has_schedule  (const AnmCode *self);
gboolean     _anm_code_has_plateau   (const AnmCode *self);
/* A class is a row with a 1 in it, as its loss wants it. */
gboolean     _anm_code_is_one_hot    (const AnmCode *self);

/* Parts of a program that are the same in both languages. */
void         _anm_code_append_head      (AnmCode *self,
                                         GString *text,
                                         const char *library,
                                         const char *layout);
void         _anm_code_append_constants (const AnmCode *self,
                                         GString *text);
void         _anm_code_append_schedule  (const AnmCode *self,
                                         GString *text);
void         _anm_code_append_read      (const AnmCode *self,
                                         GString *text,
                                         AnmCodeKind kind);
void         _anm_code_append_class_weights (const AnmCode *self,
                                         GString *text,
                                         AnmCodeKind kind);

void         _anm_code_write_keras_training   (AnmCode *self,
                                         GString *text);
void         _anm_code_write_pytorch_training (AnmCode *self,
                                         GString *text);
void         _anm_code_write_pytorch_optimizer (AnmCode *self,
                                         GString *text);

char        *_anm_code_write_keras   (AnmCode *self);
char        *_anm_code_write_pytorch (AnmCode *self);

G_END_DECLS
