/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/csv-reader.h"

#include <csv.h>
#include <string.h>

#include <glib/gi18n-lib.h>

/* Small enough that a cancel acts at once, large enough that calls don't count. */
#define CHUNK_SIZE (128 * 1024)
/* A field longer than this is a quotation mark that was never closed. */
#define MAX_FIELD (1024 * 1024)

typedef struct
{
  const char        *name;
  AnmCsvRowFunc      row_func;
  gpointer           row_data;
  struct csv_parser  parser;

  char              *texts;      /* of the current row's fields, each terminated */
  gsize              texts_length;
  gsize              texts_size;
  gsize             *offsets;    /* [n_fields] where each begins in texts */
  guint              n_fields;
  guint              fields_size;
  AnmCsvField       *fields;     /* [n_fields] made when the row is whole */
  guint64            line;       /* where the current row begins */
  guint64            inner;      /* line ends within its quoted fields */
  gboolean           after_cr;   /* the last thing seen was an unquoted carriage return */
  gboolean           stopped;
  GError            *error;
} Reader;

static void
reader_clear (Reader *self)
{
  csv_free (&self->parser);
  g_free (self->texts);
  g_free (self->offsets);
  g_free (self->fields);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* libcsv takes spaces off unquoted fields, but a tab may be the separator. */
static int
is_space (unsigned char c)
{
  return c == ' ';
}

static gboolean
reader_init (Reader *self,
             const char *name,
             char separator,
             AnmCsvRowFunc row_func,
             gpointer row_data,
             GError **error)
{
  memset (self, 0, sizeof (Reader));
  self->name = name;
  self->row_func = row_func;
  self->row_data = row_data;
  self->line = 1;
  if (csv_init (&self->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s: the CSV reader can’t be set up."), name);
      return FALSE;
    }
  csv_set_delim (&self->parser, (unsigned char) separator);
  csv_set_space_func (&self->parser, is_space);
  return TRUE;
}

static guint64
count_line_ends (const char *text,
                 gsize length)
{
  guint64 n = 0;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n')))
      n++;
  return n;
}

static void
make_room (Reader *self,
           gsize length)
{
  if (self->texts_length + length + 1 > self->texts_size)
    {
      self->texts_size = MAX (2 * self->texts_size, self->texts_length + length + 256);
      self->texts = g_realloc (self->texts, self->texts_size);
    }
  if (self->n_fields == self->fields_size)
    {
      self->fields_size = MAX (2 * self->fields_size, 64);
      self->offsets = g_renew (gsize, self->offsets, self->fields_size);
      self->fields = g_renew (AnmCsvField, self->fields, self->fields_size);
    }
}

/* One call for each field of a file, so it copies by hand. */
static void
take_field (void *text,
            size_t length,
            void *data)
{
  Reader *self = data;

  self->after_cr = FALSE;
  if (self->stopped)
    return;
  make_room (self, length);
  self->offsets[self->n_fields++] = self->texts_length;
  if (length > 0)
    memcpy (self->texts + self->texts_length, text, length);
  self->texts_length += length;
  self->texts[self->texts_length++] = '\0';
  if (G_UNLIKELY (length > 0 && (memchr (text, '\n', length) != NULL || memchr (text, '\r', length) != NULL)))
    self->inner += count_line_ends (text, length);
}

static gboolean
is_blank (const Reader *self)
{
  return self->texts_length == self->n_fields;
}

static void
hand_out_row (Reader *self)
{
  AnmCsvRow row = { self->name, self->line, self->n_fields, self->fields };

  for (guint i = 0; i < self->n_fields; i++)
    {
      gsize end = i + 1 < self->n_fields ? self->offsets[i + 1] : self->texts_length;

      self->fields[i] = (AnmCsvField){ self->texts + self->offsets[i], end - self->offsets[i] - 1 };
    }
  if (!self->row_func (&row, self->row_data, &self->error))
    self->stopped = TRUE;
}

/* With CSV_REPALL_NL called at every unquoted carriage return and line feed, and with -1 at the end of the file. */
static void
take_line_end (int terminator,
               void *data)
{
  Reader *self = data;

  if (terminator == '\n' && self->after_cr)
    {
      self->after_cr = FALSE;
      return;
    }
  if (!self->stopped && !is_blank (self))
    hand_out_row (self);

  self->line += 1 + self->inner;
  self->inner = 0;
  self->after_cr = terminator == '\r';
  self->texts_length = 0;
  self->n_fields = 0;
}

char *
anm_csv_quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, 200));
  g_autoptr (GString) quote = g_string_new (NULL);
  glong n = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p), n++)
    {
      gunichar c = g_utf8_get_char (p);

      if (n == 40)
        {
          g_string_append (quote, "…");
          break;
        }
      g_string_append_unichar (quote, g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_string_free (g_steal_pointer (&quote), FALSE);
}

static void
set_error_at (GError **error,
              const char *name,
              guint64 line,
              guint field,
              const char *column,
              const char *message)
{
  if (column != NULL && column[0] != '\0')
    /* Translators: file, line, column number, column name, message */
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s, line %zu, column %u (%s): %s"), name, (gsize) line, field + 1, column, message);
  else
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s, line %zu, column %u: %s"), name, (gsize) line, field + 1, message);
}

void
anm_csv_set_error (GError **error,
                   const AnmCsvRow *row,
                   guint field,
                   const char *column,
                   const char *format,
                   ...)
{
  guint64 line = row->line;
  g_autofree char *message = NULL;
  va_list arguments;

  for (guint i = 0; i < field && i < row->n_fields; i++)
    line += count_line_ends (row->fields[i].text, row->fields[i].length);
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  set_error_at (error, row->name, line, field, column, message);
}

/* libcsv stopped short within a field, or the file ended in one. */
static void
set_quote_error (Reader *self,
                 gboolean at_end,
                 GError **error)
{
  g_autofree char *partial = g_strndup ((const char *) self->parser.entry_buf, MIN (self->parser.entry_pos, 200));
  g_autofree char *quote = NULL;
  g_autofree char *message = NULL;

  /* Of a field that runs on to the end of the file its first line tells the place. */
  partial[strcspn (partial, "\r\n")] = '\0';
  if (!at_end && g_str_has_suffix (partial, "\""))
    partial[strlen (partial) - 1] = '\0';
  quote = anm_csv_quote (partial);
  if (at_end)
    message = g_strdup_printf (_("the quotation mark before “%s” is never closed. Close it, or take it away."), quote);
  else
    message = g_strdup_printf (_("a stray quotation mark after “%s”. Take it away, or put the whole field in quotation marks and write those within it twice."), quote);
  set_error_at (error, self->name, self->line + self->inner, self->n_fields, NULL, message);
}

static gboolean
parse_chunk (Reader *self,
             const char *bytes,
             gsize length,
             GError **error)
{
  if (csv_parse (&self->parser, bytes, length, take_field, take_line_end, self) != length)
    {
      if (csv_error (&self->parser) == CSV_EPARSE)
        set_quote_error (self, FALSE, error);
      else
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s: %s."), self->name, csv_strerror (csv_error (&self->parser)));
      return FALSE;
    }
  if (self->parser.entry_pos > MAX_FIELD)
    {
      set_quote_error (self, TRUE, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
starts_with (const char *bytes,
             gsize length,
             const char *magic,
             gsize magic_length)
{
  return length >= magic_length && memcmp (bytes, magic, magic_length) == 0;
}

/* Whether the first bytes are text at all; an error says what the file seems to be. */
static gboolean
check_is_text (const char *name,
               const char *bytes,
               gsize length,
               GError **error)
{
  const char *problem = NULL;

  if (length == 0)
    problem = _("the file is empty.");
  else if (starts_with (bytes, length, "PK\003\004", 4))
    problem = _("this is a workbook or a zip archive, not a table as text. In the spreadsheet choose “Save as” and “CSV UTF-8”.");
  else if (starts_with (bytes, length, "\320\317\021\340", 4))
    problem = _("this is an Excel workbook, not a table as text. In the spreadsheet choose “Save as” and “CSV UTF-8”.");
  else if (starts_with (bytes, length, "\377\376", 2) || starts_with (bytes, length, "\376\377", 2))
    problem = _("the text is encoded in UTF-16. Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”).");
  else if (starts_with (bytes, length, "SQLite format 3", 15))
    problem = _("this is a database, not a table as text. Export its tables as CSV.");
  else if (memchr (bytes, '\0', length) != NULL)
    problem = _("this is a binary file, not a table as text. Export the table as CSV.");
  if (problem == NULL)
    return TRUE;

  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, "%s: %s", name, problem);
  return FALSE;
}

static void
set_read_error (GError **error,
                const char *name,
                GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_error_copy (cause));
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s: the compressed file is cut off or damaged. Copy or download it again."), name);
  else
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s can’t be read: %s."), name, cause->message);
}

/* A stream of the file's bytes, unzipped; @base is where its position can be asked. */
static GInputStream *
open_file (const char *path,
           const char *name,
           GFileInputStream **base,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, &cause);
  g_autoptr (GInputStream) buffered = NULL;
  gssize n = -1;

  if (stream != NULL)
    {
      buffered = g_buffered_input_stream_new_sized (G_INPUT_STREAM (stream), CHUNK_SIZE);
      n = g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (buffered), 64, cancellable, &cause);
    }
  if (n < 0)
    {
      set_read_error (error, name, cause);
      return NULL;
    }

  *base = g_steal_pointer (&stream);
  if (starts_with (g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (buffered), NULL), (gsize) n, "\037\213", 2))
    {
      g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

      return g_converter_input_stream_new (buffered, G_CONVERTER (unzip));
    }
  return g_steal_pointer (&buffered);
}

static goffset
get_size (GFileInputStream *stream)
{
  g_autoptr (GFileInfo) info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);

  return info != NULL ? g_file_info_get_size (info) : 0;
}

static gboolean
finish (Reader *self,
        GError **error)
{
  if (!self->stopped && csv_fini (&self->parser, take_field, take_line_end, self) != 0)
    {
      set_quote_error (self, TRUE, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_rows (Reader *reader,
           GInputStream *stream,
           GFileInputStream *base,
           AnmProgressFunc progress,
           gpointer progress_data,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *chunk = g_malloc (CHUNK_SIZE);
  g_autofree char *message = g_strdup_printf (_("Reading %s"), reader->name);
  goffset size = get_size (base);
  gboolean first = TRUE;

  while (!reader->stopped)
    {
      g_autoptr (GError) cause = NULL;
      gsize length, skip = 0;

      if (!g_input_stream_read_all (stream, chunk, CHUNK_SIZE, &length, cancellable, &cause))
        {
          set_read_error (error, reader->name, cause);
          return FALSE;
        }
      if (first)
        {
          skip = starts_with (chunk, length, "\357\273\277", 3) ? 3 : 0;
          if (!check_is_text (reader->name, chunk + skip, length - skip, error))
            return FALSE;
        }
      first = FALSE;
      if (length == 0)
        break;
      if (!parse_chunk (reader, chunk + skip, length - skip, error))
        return FALSE;
      if (progress != NULL)
        progress (size > 0 ? (double) g_seekable_tell (G_SEEKABLE (base)) / (double) size : -1, message, progress_data);
      if (length < CHUNK_SIZE)
        break;
    }

  return finish (reader, error);
}

/* An error that a row's function gave came before any other. */
static gboolean
reader_settle (Reader *self,
               gboolean read,
               GError **error)
{
  if (self->error == NULL)
    return read;
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

/**
 * anm_csv_read:
 * @path: a path or URI
 * @separator: between fields
 * @progress: (nullable): told the share of bytes read
 *
 * Calls @row_func for each row, the header's too.
 *
 * Returns: %TRUE when all rows were read or @row_func had enough; %FALSE with
 *   %ANM_DATA_ERROR_READ, %ANM_DATA_ERROR_FORMAT, %G_IO_ERROR_CANCELLED or the
 *   error of @row_func
 */
gboolean
anm_csv_read (const char *path,
              char separator,
              AnmCsvRowFunc row_func,
              gpointer row_data,
              AnmProgressFunc progress,
              gpointer progress_data,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_auto (Reader) reader = { 0 };
  g_autoptr (GFileInputStream) base = NULL;
  g_autoptr (GInputStream) stream = NULL;
  gboolean read;

  if (!reader_init (&reader, name, separator, row_func, row_data, error))
    return FALSE;
  stream = open_file (path, name, &base, cancellable, error);
  if (stream == NULL)
    return FALSE;

  read = read_rows (&reader, stream, base, progress, progress_data, cancellable, error);
  return reader_settle (&reader, read, error);
}

gboolean
anm_csv_read_bytes (const char *name,
                    const char *bytes,
                    gsize length,
                    char separator,
                    AnmCsvRowFunc row_func,
                    gpointer row_data,
                    GError **error)
{
  g_auto (Reader) reader = { 0 };
  gsize skip = starts_with (bytes, length, "\357\273\277", 3) ? 3 : 0;
  gboolean read;

  if (!check_is_text (name, bytes + skip, length - skip, error) || !reader_init (&reader, name, separator, row_func, row_data, error))
    return FALSE;
  read = parse_chunk (&reader, bytes + skip, length - skip, error) && finish (&reader, error);
  return reader_settle (&reader, read, error);
}

typedef struct
{
  guint n_rows;
  guint n_fields; /* of the first row */
  guint n_alike;  /* rows with as many */
} Shape;

static gboolean
measure_row (const AnmCsvRow *row,
             gpointer data,
             GError **error)
{
  Shape *shape = data;

  if (shape->n_rows == 0)
    shape->n_fields = row->n_fields;
  if (row->n_fields == shape->n_fields)
    shape->n_alike++;
  return ++shape->n_rows < 200;
}

/**
 * anm_csv_guess_separator:
 *
 * The one that parts the first rows into the most fields, the same number in
 * nearly each. A comma if there is but one column.
 */
gboolean
anm_csv_guess_separator (const char *path,
                         char *separator,
                         GError **error)
{
  static const char candidates[] = { ',', ';', '\t' };
  g_autoptr (GError) first_error = NULL;
  double best = -1;

  *separator = ',';
  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      g_autoptr (GError) cause = NULL;
      Shape shape = { 0 };
      double score;

      if (!anm_csv_read (path, candidates[i], measure_row, &shape, NULL, NULL, NULL, &cause) && (shape.n_rows < 1 || g_error_matches (cause, ANM_DATA_ERROR, ANM_DATA_ERROR_READ)))
        {
          if (first_error == NULL)
            first_error = g_steal_pointer (&cause);
          continue;
        }
      /* Rows that agree count more than fields: "a,b;c,d" may be either. */
      score = shape.n_rows > 0 && shape.n_fields > 1 ? (double) shape.n_alike / shape.n_rows * 1000 + shape.n_fields : 0;
      if (score > best)
        {
          best = score;
          *separator = candidates[i];
        }
    }
  if (best < 0)
    {
      g_propagate_error (error, g_steal_pointer (&first_error));
      return FALSE;
    }
  return TRUE;
}
