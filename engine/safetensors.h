/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/error.h"
#include "engine/real.h"

G_BEGIN_DECLS

/*
 * Safetensors, the format in which weights are passed between programs:
 *
 *   8 bytes: length of the header, little-endian
 *   header:  a JSON object that names each tensor's kind of number, shape and
 *            place, and may hold texts under "__metadata__"
 *   the rest: the tensors' numbers, little-endian, row-major, without gaps
 *
 * N. Patry et al. (2022): safetensors, "Format", huggingface/safetensors.
 */

/**
 * AnmTensor:
 * @name: unique within its file
 * @type: kind of number, as the format writes it: "F32"
 * @shape: [n_dimensions]; none for a single number
 * @n_values: product of @shape, 0 if one of it is
 * @data: n_values numbers, little-endian, aligned to nothing
 *
 * Owned by its file.
 */
typedef struct
{
  char         *name;
  const char   *type;
  guint         n_dimensions;
  guint64      *shape;
  gsize         n_values;
  const guint8 *data;
} AnmTensor;

/* The numbers as the engine computes with them; F16, BF16, F32 and F64 can be read, others are an
 * error that says so. What is written more finely than that is rounded to the nearest.
 * @values: [n_values], overwritten. */
gboolean        anm_tensor_read              (const AnmTensor *self,
                                              anm_real *values,
                                              GError **error);
/* "[64, 32]" */
char           *anm_tensor_describe_shape    (const AnmTensor *self);

/**
 * AnmSafetensors:
 *
 * A file's tensors and texts, in the file's order.
 */
typedef struct _AnmSafetensors AnmSafetensors;

AnmSafetensors *anm_safetensors_new          (void);
/* Maps the file; a tensor's numbers are read when they are asked for. All of the header is checked
 * first: a file is read wholly or not at all. Errors: ANM_ENGINE_ERROR_FILE, naming the file, what
 * is wrong and where. */
AnmSafetensors *anm_safetensors_load         (const char *path,
                                              GError **error);
/* The same for bytes that are in memory; they are kept. Errors name no file. */
AnmSafetensors *anm_safetensors_parse        (GBytes *bytes,
                                              GError **error);
void            anm_safetensors_free         (AnmSafetensors *self);

guint           anm_safetensors_get_n_tensors (const AnmSafetensors *self);
const AnmTensor *anm_safetensors_get_tensor  (const AnmSafetensors *self,
                                              guint index);
const AnmTensor *anm_safetensors_find        (const AnmSafetensors *self,
                                              const char *name); /* nullable */
/* Whether reading rounds: the file has numbers of more digits than the engine computes with. */
gboolean        anm_safetensors_is_rounded   (const AnmSafetensors *self);
const char     *anm_safetensors_get_text     (const AnmSafetensors *self,
                                              const char *key);  /* nullable */
void            anm_safetensors_set_text     (AnmSafetensors *self,
                                              const char *key,
                                              const char *text);
/* Adds a tensor that isn't there yet, as F32 (F64 in the double build). @values are copied. */
void            anm_safetensors_add          (AnmSafetensors *self,
                                              const char *name,
                                              guint n_dimensions,
                                              const guint64 *shape,
                                              const anm_real *values);
/* The same tensors and texts in the same order give the same bytes. */
GBytes         *anm_safetensors_to_bytes     (const AnmSafetensors *self);
/* Written beside @path, brought to the disk, then put in its place: whatever happens, there is the old
 * file or the new one. What is there and no ordinary file is left alone. */
gboolean        anm_safetensors_save         (const AnmSafetensors *self,
                                              const char *path,
                                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSafetensors, anm_safetensors_free)

G_END_DECLS
