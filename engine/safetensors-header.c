/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header of a safetensors file. Its JSON has but one form, three objects
 * deep, so it is read by that form and nothing else: a general parser would
 * have to be kept from following a hostile file into any depth, and would drop
 * a name that stands twice, which must be refused.
 */
#include "engine/safetensors-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

typedef struct
{
  const char *begin;
  const char *cursor;
  const char *end;
} Reader;

static gboolean
refuse_here (const Reader *self, const char *expected, GError **error)
{
  if (self->cursor >= self->end)
    return _anm_refuse_file (error, _("The header ends where there should be %s."), expected);
  return _anm_refuse_file (error, _("At byte %zu of the header there should be %s."),
                           (gsize) (self->cursor - self->begin) + 1, expected);
}

static void
skip_space (Reader *self)
{
  while (self->cursor < self->end && strchr (" \t\n\r", *self->cursor) != NULL)
    self->cursor++;
}

static gboolean
take (Reader *self, char character)
{
  skip_space (self);
  if (self->cursor >= self->end || *self->cursor != character)
    return FALSE;
  self->cursor++;
  return TRUE;
}

static gboolean
expect (Reader *self, char character, GError **error)
{
  g_autofree char *quoted = NULL;

  if (take (self, character))
    return TRUE;
  quoted = g_strdup_printf ("“%c”", character);
  return refuse_here (self, quoted, error);
}

/* After an item: a comma and another item, or the end. */
static gboolean
expect_more_or (Reader *self, char closing, gboolean *more, GError **error)
{
  *more = take (self, ',');
  return *more || expect (self, closing, error);
}

static gboolean
take_hex (Reader *self, gunichar *code)
{
  *code = 0;
  for (guint i = 0; i < 4; i++)
    {
      int digit = self->cursor < self->end ? g_ascii_xdigit_value (*self->cursor) : -1;

      if (digit < 0)
        return FALSE;
      *code = *code * 16 + (gunichar) digit;
      self->cursor++;
    }
  return TRUE;
}

/* What follows "\u": one number, or two that make a character together. */
static gboolean
take_code (Reader *self, GString *text)
{
  gunichar code, low;

  if (!take_hex (self, &code))
    return FALSE;
  if (code >= 0xd800 && code < 0xdc00)
    {
      if (self->end - self->cursor < 2 || self->cursor[0] != '\\' || self->cursor[1] != 'u')
        return FALSE;
      self->cursor += 2;
      if (!take_hex (self, &low) || low < 0xdc00 || low > 0xdfff)
        return FALSE;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
  if (code == 0 || !g_unichar_validate (code))
    return FALSE;
  g_string_append_unichar (text, code);
  return TRUE;
}

static gboolean
take_escaped (Reader *self, GString *text)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char *found;

  if (self->cursor >= self->end)
    return FALSE;
  if (*self->cursor == 'u')
    {
      self->cursor++;
      return take_code (self, text);
    }
  found = strchr (letters, *self->cursor);
  if (found == NULL)
    return FALSE;
  g_string_append_c (text, meanings[found - letters]);
  self->cursor++;
  return TRUE;
}

/* Returns: (transfer full) (nullable): a string in quotes; the header is known to be UTF-8 without zeros */
static char *
read_string (Reader *self, const char *expected, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!take (self, '"'))
    {
      refuse_here (self, expected, error);
      return NULL;
    }
  while (self->cursor < self->end && *self->cursor != '"')
    {
      const char *special = self->cursor;

      while (special < self->end && *special != '"' && *special != '\\' && (guchar) *special >= ' ')
        special++;
      g_string_append_len (text, self->cursor, special - self->cursor);
      self->cursor = special;
      if (special >= self->end || *special == '"')
        continue;
      self->cursor++;
      if (*special != '\\' || !take_escaped (self, text))
        {
          self->cursor = special;
          refuse_here (self, _("a character that may stand in a text"), error);
          return NULL;
        }
    }
  if (self->cursor >= self->end)
    {
      refuse_here (self, _("the end of a text"), error);
      return NULL;
    }
  self->cursor++;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_size (Reader *self, guint64 *size, GError **error)
{
  const char *first;

  skip_space (self);
  first = self->cursor;
  *size = 0;
  while (self->cursor < self->end && g_ascii_isdigit (*self->cursor))
    {
      guint64 digit = (guint64) g_ascii_digit_value (*self->cursor);

      if (*size > ((guint64) G_MAXINT64 - digit) / 10)
        {
          self->cursor = first;
          return refuse_here (self, _("a smaller number"), error);
        }
      *size = *size * 10 + digit;
      self->cursor++;
    }
  /* As JSON has it: no sign, no zero in front, and neither fraction nor exponent behind. */
  if (self->cursor == first || (*first == '0' && self->cursor - first > 1) ||
      (self->cursor < self->end && strchr (".eE", *self->cursor) != NULL))
    {
      self->cursor = first;
      return refuse_here (self, _("a whole number from 0"), error);
    }
  return TRUE;
}

/* "[1, 2]" */
static gboolean
read_sizes (Reader *self, GArray *sizes, GError **error)
{
  gboolean more;

  if (!expect (self, '[', error))
    return FALSE;
  if (take (self, ']'))
    return TRUE;
  do
    {
      guint64 size;

      if (sizes->len >= ANM_SAFETENSORS_MAX_DIMENSIONS)
        return _anm_refuse_file (error, _("It has more than %d dimensions."), ANM_SAFETENSORS_MAX_DIMENSIONS);
      if (!read_size (self, &size, error))
        return FALSE;
      g_array_append_val (sizes, size);
      if (!expect_more_or (self, ']', &more, error))
        return FALSE;
    }
  while (more);
  return TRUE;
}

/* The fields of one tensor; each must be there once. */
typedef struct
{
  char   *type;
  GArray *shape;
  GArray *offsets;
} Fields;

static void
fields_clear (Fields *self)
{
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->shape, g_array_unref);
  g_clear_pointer (&self->offsets, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fields, fields_clear)

static gboolean
read_field (Reader *self, Fields *fields, GError **error)
{
  g_autofree char *name = read_string (self, _("the name of a field in quotes"), error);
  GArray **sizes;

  if (name == NULL || !expect (self, ':', error))
    return FALSE;
  if (g_str_equal (name, "dtype") && fields->type == NULL)
    {
      fields->type = read_string (self, _("a kind of number in quotes"), error);
      return fields->type != NULL;
    }
  sizes = g_str_equal (name, "shape") ? &fields->shape : g_str_equal (name, "data_offsets") ? &fields->offsets : NULL;
  if (sizes == NULL || *sizes != NULL)
    {
      g_autofree char *shown = _anm_shorten (name);

      return _anm_refuse_file (error, _("The field “%s” is unknown or stands twice; each tensor has dtype, shape and data_offsets."), shown);
    }
  *sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  return read_sizes (self, *sizes, error);
}

static gboolean
read_fields (Reader *self, Fields *fields, GError **error)
{
  gboolean more = TRUE;

  if (!expect (self, '{', error))
    return FALSE;
  while (more)
    if (!read_field (self, fields, error) || !expect_more_or (self, '}', &more, error))
      return FALSE;
  return (fields->type != NULL && fields->shape != NULL && fields->offsets != NULL && fields->offsets->len == 2) ||
         _anm_refuse_file (error, _("Its fields must be dtype, shape, and data_offsets of two numbers."));
}

/* The product of a shape times the bytes of one number, which must not overflow. */
static gboolean
get_n_values (const GArray *shape, gsize size, gsize *n_values)
{
  gsize n = 1;

  for (guint i = 0; i < shape->len; i++)
    if (g_array_index (shape, guint64, i) == 0)
      n = 0;
  for (guint i = 0; i < shape->len && n > 0; i++)
    if (!g_size_checked_mul (&n, n, g_array_index (shape, guint64, i)) || n > G_MAXSSIZE / size)
      return FALSE;
  *n_values = n;
  return TRUE;
}

static AnmTensorEntry *
make_entry (const Fields *fields, GError **error)
{
  gsize size, n_values;
  const char *type = _anm_tensor_find_type (fields->type, &size);
  guint64 begin = g_array_index (fields->offsets, guint64, 0);
  guint64 end = g_array_index (fields->offsets, guint64, 1);
  AnmTensorEntry *entry;

  if (type == NULL)
    {
      g_autofree char *shown = _anm_shorten (fields->type);

      _anm_refuse_file (error, _("There is no kind of number called “%s” here."), shown);
      return NULL;
    }
  if (!get_n_values (fields->shape, size, &n_values))
    {
      _anm_refuse_file (error, _("Its shape has more numbers than any memory holds."));
      return NULL;
    }
  if (begin > end || end - begin != n_values * size)
    {
      _anm_refuse_file (error, _("Its shape needs %zu bytes of %s, but its data_offsets are %" PRIu64 " and %" PRIu64 "."),
                        n_values * size, type, begin, end);
      return NULL;
    }
  entry = g_new0 (AnmTensorEntry, 1);
  entry->tensor.type = type;
  entry->tensor.n_dimensions = fields->shape->len;
  entry->tensor.shape = g_memdup2 (fields->shape->data, fields->shape->len * sizeof (guint64));
  entry->tensor.n_values = n_values;
  entry->begin = begin;
  entry->end = end;
  return entry;
}

static gboolean
read_tensor (Reader *reader, AnmSafetensors *self, const char *name, GError **error)
{
  g_auto (Fields) fields = { 0 };
  g_autofree char *shown = NULL;
  AnmTensorEntry *entry = read_fields (reader, &fields, error) ? make_entry (&fields, error) : NULL;

  if (entry != NULL)
    {
      entry->tensor.name = g_strdup (name);
      _anm_safetensors_take_entry (self, entry);
      return TRUE;
    }
  shown = _anm_shorten (name);
  /* Translators: the beginning of a message. */
  g_prefix_error (error, _("Tensor “%s” is wrong. "), shown);
  return FALSE;
}

static gboolean
read_texts (Reader *reader, AnmSafetensors *self, GError **error)
{
  gboolean more = TRUE;

  if (!expect (reader, '{', error))
    return FALSE;
  if (take (reader, '}'))
    return TRUE;
  while (more)
    {
      g_autofree char *key = read_string (reader, _("a name in quotes"), error);
      g_autofree char *text = NULL;

      if (key == NULL || !expect (reader, ':', error))
        return FALSE;
      text = read_string (reader, _("a text in quotes"), error);
      if (text == NULL)
        return FALSE;
      if (anm_safetensors_get_text (self, key) != NULL)
        {
          g_autofree char *shown = _anm_shorten (key);

          return _anm_refuse_file (error, _("The text “%s” stands in the header twice."), shown);
        }
      _anm_safetensors_take_text (self, g_steal_pointer (&key), g_steal_pointer (&text));
      if (!expect_more_or (reader, '}', &more, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_member (Reader *reader, AnmSafetensors *self, gboolean *had_texts, GError **error)
{
  g_autofree char *name = read_string (reader, _("a name in quotes"), error);
  gboolean texts;

  if (name == NULL || !expect (reader, ':', error))
    return FALSE;
  texts = g_str_equal (name, ANM_SAFETENSORS_TEXTS);
  if (texts ? *had_texts : anm_safetensors_find (self, name) != NULL)
    {
      g_autofree char *shown = _anm_shorten (name);

      return _anm_refuse_file (error, _("“%s” stands in the header twice."), shown);
    }
  if (texts)
    {
      *had_texts = TRUE;
      return read_texts (reader, self, error);
    }
  if (self->entries->len >= ANM_SAFETENSORS_MAX_TENSORS)
    return _anm_refuse_file (error, _("It has more than %d tensors."), ANM_SAFETENSORS_MAX_TENSORS);
  return read_tensor (reader, self, name, error);
}

gboolean
_anm_safetensors_read_header (AnmSafetensors *self, const char *header, gsize length, GError **error)
{
  Reader reader = { header, header, header + length };
  gboolean more = TRUE, had_texts = FALSE;

  if (!g_utf8_validate_len (header, length, NULL))
    return _anm_refuse_file (error, _("The header isn’t valid UTF-8."));
  if (length == 0 || *header != '{')
    return refuse_here (&reader, "“{”", error);
  reader.cursor++;
  if (take (&reader, '}'))
    more = FALSE;
  while (more)
    if (!read_member (&reader, self, &had_texts, error) || !expect_more_or (&reader, '}', &more, error))
      return FALSE;
  skip_space (&reader);
  return reader.cursor == reader.end || refuse_here (&reader, _("nothing more"), error);
}

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (json, "\\%c", *text);
    else if ((guchar) *text < ' ')
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *text);
    else
      g_string_append_c (json, *text);
  g_string_append_c (json, '"');
}

static void
append_texts (GString *json, const AnmSafetensors *self)
{
  append_string (json, ANM_SAFETENSORS_TEXTS);
  g_string_append (json, ":{");
  for (guint i = 0; i < self->keys->len; i++)
    {
      const char *key = g_ptr_array_index (self->keys, i);

      if (i > 0)
        g_string_append_c (json, ',');
      append_string (json, key);
      g_string_append_c (json, ':');
      append_string (json, g_hash_table_lookup (self->texts, key));
    }
  g_string_append_c (json, '}');
}

/* Tensors lie in their order; the header is filled up so that their numbers are aligned. */
char *
_anm_safetensors_make_header (const AnmSafetensors *self)
{
  GString *json = g_string_new ("{");
  guint64 begin = 0;

  if (self->keys->len > 0)
    append_texts (json, self);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const AnmTensorEntry *entry = g_ptr_array_index (self->entries, i);
      g_autofree char *shape = anm_tensor_describe_shape (&entry->tensor);
      guint64 size = entry->end - entry->begin;

      if (json->len > 1)
        g_string_append_c (json, ',');
      append_string (json, entry->tensor.name);
      g_string_append_printf (json, ":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
                              entry->tensor.type, shape, begin, begin + size);
      begin += size;
    }
  g_string_append_c (json, '}');
  while (json->len % 8 != 0)
    g_string_append_c (json, ' ');
  return g_string_free (json, FALSE);
}
