/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/safetensors-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define LENGTH_SIZE 8
#define SHOWN_CHARACTERS 60

#ifdef ANM_REAL_IS_DOUBLE
#define REAL_TYPE "F64"
#else
#define REAL_TYPE "F32"
#endif

/* IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
static double
decode_f16 (const guint8 *data)
{
  guint bits = data[0] | (guint) data[1] << 8;
  double sign = bits >> 15 ? -1 : 1;
  int exponent = bits >> 10 & 31;
  int fraction = bits & 1023;

  if (exponent == 31)
    return fraction != 0 ? (double) NAN : sign * (double) INFINITY;
  return sign * (exponent == 0 ? ldexp (fraction, -24) : ldexp (1024 + fraction, exponent - 25));
}

static double
bits_to_float (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return (double) value;
}

/* The upper half of an F32. */
static double
decode_bf16 (const guint8 *data)
{
  return bits_to_float ((guint32) data[0] << 16 | (guint32) data[1] << 24);
}

static double
decode_f32 (const guint8 *data)
{
  guint32 bits;

  memcpy (&bits, data, sizeof bits);
  return bits_to_float (GUINT32_FROM_LE (bits));
}

static double
decode_f64 (const guint8 *data)
{
  guint64 bits;
  double value;

  memcpy (&bits, data, sizeof bits);
  bits = GUINT64_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

typedef struct
{
  const char *name;
  gsize       size;
  double    (*decode) (const guint8 *data); /* NULL: not for weights */
} TensorType;

static const TensorType types[] = {
  { "BOOL", 1, NULL },
  { "U8", 1, NULL },
  { "I8", 1, NULL },
  { "F8_E5M2", 1, NULL },
  { "F8_E4M3", 1, NULL },
  { "I16", 2, NULL },
  { "U16", 2, NULL },
  { "F16", 2, decode_f16 },
  { "BF16", 2, decode_bf16 },
  { "I32", 4, NULL },
  { "U32", 4, NULL },
  { "F32", 4, decode_f32 },
  { "I64", 8, NULL },
  { "U64", 8, NULL },
  { "F64", 8, decode_f64 },
};

static const TensorType *
find_type (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, name))
      return &types[i];
  return NULL;
}

gboolean
_anm_refuse_file (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE, format, arguments));
  va_end (arguments);
  return FALSE;
}

char *
_anm_shorten (const char *name)
{
  GString *text = g_string_new (NULL);
  guint n = 0;

  for (; *name != '\0' && n < SHOWN_CHARACTERS; name = g_utf8_next_char (name), n++)
    {
      gunichar character = g_utf8_get_char (name);

      g_string_append_unichar (text, g_unichar_isprint (character) ? character : '?');
    }
  if (*name != '\0')
    g_string_append (text, "…");
  return g_string_free (text, FALSE);
}

const char *
_anm_tensor_find_type (const char *name, gsize *size)
{
  const TensorType *type = find_type (name);

  if (type == NULL)
    return NULL;
  *size = type->size;
  return type->name;
}

void
_anm_tensor_entry_free (AnmTensorEntry *self)
{
  g_free (self->tensor.name);
  g_free (self->tensor.shape);
  g_free (self->own);
  g_free (self);
}

AnmSafetensors *
anm_safetensors_new (void)
{
  AnmSafetensors *self = g_new0 (AnmSafetensors, 1);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) _anm_tensor_entry_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return self;
}

void
anm_safetensors_free (AnmSafetensors *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->texts);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->keys);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
_anm_safetensors_take_entry (AnmSafetensors *self, AnmTensorEntry *entry)
{
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_name, entry->tensor.name, entry);
}

void
_anm_safetensors_take_text (AnmSafetensors *self, char *key, char *text)
{
  g_ptr_array_add (self->keys, key);
  g_hash_table_insert (self->texts, key, text);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const AnmTensorEntry *const *first = a;
  const AnmTensorEntry *const *second = b;

  if ((*first)->begin != (*second)->begin)
    return (*first)->begin < (*second)->begin ? -1 : 1;
  return ((*first)->end > (*second)->end) - ((*first)->end < (*second)->end);
}

/* Each byte of the numbers belongs to one tensor, so that nothing can be hidden between them. */
static gboolean
check_places (const AnmSafetensors *self, guint64 size, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  guint64 reached = 0;

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (self->entries, i));
  g_ptr_array_sort (sorted, compare_places);
  for (guint i = 0; i < sorted->len; i++)
    {
      const AnmTensorEntry *entry = g_ptr_array_index (sorted, i);
      g_autofree char *name = _anm_shorten (entry->tensor.name);

      if (entry->begin < reached)
        return _anm_refuse_file (error, _("Tensor “%s” begins at byte %" PRIu64 ", within another one."), name, entry->begin);
      if (entry->begin > reached)
        return _anm_refuse_file (error, _("The bytes from %" PRIu64 " to %" PRIu64 ", before tensor “%s”, belong to no tensor."),
                                 reached, entry->begin, name);
      if (entry->end > size)
        return _anm_refuse_file (error, _("Tensor “%s” ends at byte %" PRIu64 ", but there are only %" PRIu64 " bytes of numbers: the file was cut off."),
                                 name, entry->end, size);
      reached = entry->end;
    }
  return reached == size ||
         _anm_refuse_file (error, _("The last %" PRIu64 " bytes belong to no tensor."), size - reached);
}

static gboolean
read_length (const guint8 *data, gsize size, guint64 *length, GError **error)
{
  if (size < LENGTH_SIZE)
    return _anm_refuse_file (error, _("It has only %zu bytes: it is empty or was cut off."), size);
  memcpy (length, data, LENGTH_SIZE);
  *length = GUINT64_FROM_LE (*length);
  if (*length > ANM_SAFETENSORS_MAX_HEADER)
    return _anm_refuse_file (error, _("It isn’t a safetensors file: its header would have %" PRIu64 " bytes, and at most %d are allowed."),
                             *length, ANM_SAFETENSORS_MAX_HEADER);
  if (*length > size - LENGTH_SIZE)
    return _anm_refuse_file (error, _("Its header should have %" PRIu64 " bytes, but only %zu follow: the file was cut off, or isn’t a safetensors file."),
                             *length, size - LENGTH_SIZE);
  return TRUE;
}

AnmSafetensors *
anm_safetensors_parse (GBytes *bytes, GError **error)
{
  g_autoptr (AnmSafetensors) self = anm_safetensors_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 length = 0;

  if (!read_length (data, size, &length, error) ||
      !_anm_safetensors_read_header (self, (const char *) data + LENGTH_SIZE, length, error) ||
      !check_places (self, size - LENGTH_SIZE - length, error))
    return NULL;
  self->bytes = g_bytes_ref (bytes);
  for (guint i = 0; i < self->entries->len; i++)
    {
      AnmTensorEntry *entry = g_ptr_array_index (self->entries, i);

      entry->tensor.data = data + LENGTH_SIZE + length + entry->begin;
    }
  return g_steal_pointer (&self);
}

AnmSafetensors *
anm_safetensors_load (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  AnmSafetensors *self;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      _anm_refuse_file (error, _("“%s” is no file that could hold weights."), shown);
      return NULL;
    }
  file = g_mapped_file_new (path, FALSE, &cause);
  if (file == NULL)
    {
      _anm_refuse_file (error, _("“%s” can’t be read: %s"), shown, cause->message);
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (file);
  self = anm_safetensors_parse (bytes, error);
  if (self == NULL)
    /* Translators: the beginning of a message about a file of weights. */
    g_prefix_error (error, _("“%s” can’t be read. "), shown);
  return self;
}

guint
anm_safetensors_get_n_tensors (const AnmSafetensors *self)
{
  return self->entries->len;
}

const AnmTensor *
anm_safetensors_get_tensor (const AnmSafetensors *self, guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return &((const AnmTensorEntry *) g_ptr_array_index (self->entries, index))->tensor;
}

const AnmTensor *
anm_safetensors_find (const AnmSafetensors *self, const char *name)
{
  const AnmTensorEntry *entry = g_hash_table_lookup (self->by_name, name);

  return entry != NULL ? &entry->tensor : NULL;
}

gboolean
anm_safetensors_is_rounded (const AnmSafetensors *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_str_equal (anm_safetensors_get_tensor (self, i)->type, "F64"))
      return sizeof (anm_real) < sizeof (double);
  return FALSE;
}

const char *
anm_safetensors_get_text (const AnmSafetensors *self, const char *key)
{
  return g_hash_table_lookup (self->texts, key);
}

void
anm_safetensors_set_text (AnmSafetensors *self, const char *key, const char *text)
{
  gpointer known;

  g_return_if_fail (g_utf8_validate (key, -1, NULL) && g_utf8_validate (text, -1, NULL));

  if (g_hash_table_lookup_extended (self->texts, key, &known, NULL))
    g_hash_table_insert (self->texts, known, g_strdup (text));
  else
    _anm_safetensors_take_text (self, g_strdup (key), g_strdup (text));
}

/* The bits of a number as the file has them. */
static void
put_real (anm_real value, guint8 *data)
{
#ifdef ANM_REAL_IS_DOUBLE
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
#else
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
#endif
  memcpy (data, &bits, sizeof bits);
}

void
anm_safetensors_add (AnmSafetensors *self, const char *name, guint n_dimensions, const guint64 *shape, const anm_real *values)
{
  AnmTensorEntry *entry;
  gsize n_values = 1;

  g_return_if_fail (anm_safetensors_find (self, name) == NULL && !g_str_equal (name, ANM_SAFETENSORS_TEXTS));

  for (guint i = 0; i < n_dimensions; i++)
    n_values *= shape[i];
  entry = g_new0 (AnmTensorEntry, 1);
  entry->own = g_malloc (MAX (n_values, 1) * sizeof *values);
  for (gsize i = 0; i < n_values; i++)
    put_real (values[i], entry->own + i * sizeof *values);
  entry->end = n_values * sizeof *values;
  entry->tensor = (AnmTensor){
    .name = g_strdup (name),
    .type = REAL_TYPE,
    .n_dimensions = n_dimensions,
    .shape = g_memdup2 (shape, n_dimensions * sizeof *shape),
    .n_values = n_values,
    .data = entry->own,
  };
  _anm_safetensors_take_entry (self, entry);
}

GBytes *
anm_safetensors_to_bytes (const AnmSafetensors *self)
{
  g_autofree char *header = _anm_safetensors_make_header (self);
  guint64 length = strlen (header);
  guint64 length_in_file = GUINT64_TO_LE (length);
  gsize size = LENGTH_SIZE + length, place = size;
  guint8 *data;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const AnmTensorEntry *entry = g_ptr_array_index (self->entries, i);

      size += entry->end - entry->begin;
    }
  data = g_malloc (size);
  memcpy (data, &length_in_file, LENGTH_SIZE);
  memcpy (data + LENGTH_SIZE, header, length);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const AnmTensorEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->end > entry->begin)
        memcpy (data + place, entry->tensor.data, entry->end - entry->begin);
      place += entry->end - entry->begin;
    }
  return g_bytes_new_take (data, size);
}

gboolean
anm_safetensors_save (const AnmSafetensors *self, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  gsize size;
  const char *data;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return _anm_refuse_file (error, _("“%s” can’t be written: it is there and no ordinary file."), shown);
  bytes = anm_safetensors_to_bytes (self);
  data = g_bytes_get_data (bytes, &size);
  if (!g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &cause))
    return _anm_refuse_file (error, _("“%s” can’t be written: %s"), shown, cause->message);
  return TRUE;
}

char *
anm_tensor_describe_shape (const AnmTensor *self)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < self->n_dimensions; i++)
    g_string_append_printf (text, "%s%" PRIu64, i > 0 ? ", " : "", self->shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

gboolean
anm_tensor_read (const AnmTensor *self, anm_real *values, GError **error)
{
  const TensorType *type = find_type (self->type);

  if (type->decode == NULL)
    {
      g_autofree char *name = _anm_shorten (self->name);

      return _anm_refuse_file (error, _("Tensor “%s” has numbers of the kind %s; weights may be F16, BF16, F32 or F64."), name, self->type);
    }
  for (gsize i = 0; i < self->n_values; i++)
    values[i] = (anm_real) type->decode (self->data + i * type->size);
  return TRUE;
}
