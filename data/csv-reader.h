/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/source.h"

G_BEGIN_DECLS

/*
 * Rows of a table in a text file, by libcsv, with physical line numbers.
 *
 * UTF-8 with or without byte order mark, also gzipped. Line ends of any kind.
 * Rows in which every field is empty are passed over.
 */

typedef struct
{
  const char *text;   /* terminated; spaces around an unquoted field are gone */
  gsize       length;
} AnmCsvField;

typedef struct
{
  const char        *name;     /* of the file, for messages */
  guint64            line;     /* physical, from 1, where the row begins */
  guint              n_fields;
  const AnmCsvField *fields;
} AnmCsvRow;

/* Returns FALSE to stop: with @error set because of it, without because it has seen enough. */
typedef gboolean (*AnmCsvRowFunc) (const AnmCsvRow *row,
                                   gpointer data,
                                   GError **error);

gboolean anm_csv_read            (const char *path,
                                  char separator,
                                  AnmCsvRowFunc row_func,
                                  gpointer row_data,
                                  AnmProgressFunc progress,
                                  gpointer progress_data,
                                  GCancellable *cancellable,
                                  GError **error);
/* The same for a text in memory; @name is for messages. */
gboolean anm_csv_read_bytes      (const char *name,
                                  const char *bytes,
                                  gsize length,
                                  char separator,
                                  AnmCsvRowFunc row_func,
                                  gpointer row_data,
                                  GError **error);
/* The separator of the file's first rows: comma, semicolon, tab. Refuses what isn't a table in a text file. */
gboolean anm_csv_guess_separator (const char *path,
                                  char *separator,
                                  GError **error);

/* "vitals.csv, line 12, column 3 (HR): " and the rest; @field counts from 0, @column is its name, nullable. */
void     anm_csv_set_error       (GError **error,
                                  const AnmCsvRow *row,
                                  guint field,
                                  const char *column,
                                  const char *format,
                                  ...) G_GNUC_PRINTF (5, 6);
/* At most 40 characters of a field, for messages. */
char    *anm_csv_quote           (const char *text);

G_END_DECLS
