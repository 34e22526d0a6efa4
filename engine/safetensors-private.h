/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/safetensors.h"

G_BEGIN_DECLS

/* As in the reference implementation. */
#define ANM_SAFETENSORS_MAX_HEADER 100000000
#define ANM_SAFETENSORS_MAX_TENSORS 100000
#define ANM_SAFETENSORS_MAX_DIMENSIONS 32

#define ANM_SAFETENSORS_TEXTS "__metadata__"

/* What the header says of a tensor; its size is checked, its place isn't yet. */
typedef struct
{
  AnmTensor tensor;
  guint64   begin;   /* in bytes from the header's end */
  guint64   end;
  guint8   *own;     /* nullable: numbers that were added, else they lie in the file */
} AnmTensorEntry;

struct _AnmSafetensors
{
  GPtrArray  *entries;  /* of AnmTensorEntry, in the file's order */
  GHashTable *by_name;  /* name -> entry, both borrowed */
  GPtrArray  *keys;     /* of char *, in the file's order */
  GHashTable *texts;    /* key (borrowed) -> text */
  GBytes     *bytes;    /* nullable: the file */
};

gboolean    _anm_safetensors_read_header (AnmSafetensors *self, const char *header, gsize length, GError **error);
char       *_anm_safetensors_make_header (const AnmSafetensors *self);
void        _anm_tensor_entry_free       (AnmTensorEntry *self);
void        _anm_safetensors_take_entry  (AnmSafetensors *self, AnmTensorEntry *entry);
void        _anm_safetensors_take_text   (AnmSafetensors *self, char *key, char *text);
/* The format's name of a kind of number and how many bytes one takes; 0 if there is no such kind. */
const char *_anm_tensor_find_type        (const char *name, gsize *size);
/* A name that came from a file, for a message: short, and on one line. */
char       *_anm_shorten                 (const char *name);
gboolean    _anm_refuse_file             (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
