/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/table.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/csv-reader.h"

/* As much as is looked at before reading. */
#define MAX_ROWS 2000
#define MAX_FIELDS 200000
#define N_PREVIEW 10
#define MAX_COLUMNS 100000

typedef struct
{
  AnmTable *table;
  guint     n_fields;
} Look;

void
anm_table_free (AnmTable *self)
{
  g_free (self->table.path);
  for (guint c = 0; self->table.columns != NULL && c < self->table.n_columns; c++)
    g_free (self->table.columns[c].name);
  g_free (self->table.columns);
  g_clear_pointer (&self->table.preview, g_ptr_array_unref);
  g_free (self->file);
  g_free (self->facts);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self);
}

/* A name for every column: numbers for those without, a number behind those that occur twice. */
static void
take_names (AnmTable *self,
            const AnmCsvRow *row)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  self->table.n_columns = row->n_fields;
  self->table.columns = g_new0 (AnmSourceColumn, row->n_fields);
  self->facts = g_new0 (AnmColumnFacts, row->n_fields);
  for (guint c = 0; c < row->n_fields; c++)
    {
      g_autofree char *trimmed = g_strstrip (g_utf8_make_valid (row->fields[c].text, (gssize) row->fields[c].length));
      char *name = trimmed[0] != '\0' ? g_strdup (trimmed) : g_strdup_printf ("column %u", c + 1);

      for (guint n = 2; g_hash_table_contains (taken, name); n++)
        {
          g_free (name);
          name = g_strdup_printf ("%s (%u)", trimmed[0] != '\0' ? trimmed : "column", n);
        }
      g_hash_table_add (taken, name);
      self->table.columns[c].name = name;
      self->table.columns[c].guessed = TRUE;
    }
}

/* A first row of numbers is no header. */
static gboolean
check_header (const AnmCsvRow *row,
              GError **error)
{
  guint n_numbers = 0, n_words = 0;

  for (guint c = 0; c < row->n_fields; c++)
    {
      AnmTimeKind kind;
      double number;

      if (anm_csv_parse_time (row->fields[c].text, row->fields[c].length, FALSE, &kind, &number))
        n_numbers++;
      else if (row->fields[c].length > 0)
        n_words++;
      if (!g_utf8_validate (row->fields[c].text, (gssize) row->fields[c].length, NULL))
        {
          anm_csv_set_error (error, row, c, NULL, _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
          return FALSE;
        }
    }
  if (row->n_fields > MAX_COLUMNS)
    {
      anm_csv_set_error (error, row, MAX_COLUMNS, NULL, _("there are %u columns; at most %u can be read."), row->n_fields, MAX_COLUMNS);
      return FALSE;
    }
  if (n_numbers > n_words)
    {
      g_autofree char *quote = anm_csv_quote (row->fields[0].text);

      anm_csv_set_error (error, row, 0, NULL, _("the first row must hold the columns’ names, but begins with “%s”. Put a row of names above the data."), quote);
      return FALSE;
    }
  return TRUE;
}

static gboolean
look_at_row (const AnmCsvRow *row,
             gpointer data,
             GError **error)
{
  Look *look = data;
  AnmTable *self = look->table;
  char **copy;

  if (self->table.columns == NULL)
    {
      if (!check_header (row, error))
        return FALSE;
      take_names (self, row);
      return TRUE;
    }

  copy = g_new0 (char *, self->table.n_columns + 1);
  for (guint c = 0; c < self->table.n_columns; c++)
    copy[c] = c < row->n_fields ? g_strndup (row->fields[c].text, row->fields[c].length) : g_strdup ("");
  g_ptr_array_add (self->rows, copy);
  look->n_fields += row->n_fields;
  return self->rows->len < MAX_ROWS && look->n_fields < MAX_FIELDS;
}

/* Decimal commas, where commas don't part fields: if some can be nothing else and no number has a point. */
static gboolean
has_decimal_commas (const AnmTable *self)
{
  guint n_commas = 0, n_points = 0;

  if (self->table.separator == ',')
    return FALSE;
  for (guint r = 0; r < self->rows->len; r++)
    {
      char **row = g_ptr_array_index (self->rows, r);

      for (guint c = 0; c < self->table.n_columns; c++)
        {
          gsize length = strlen (row[c]);
          double number;

          if (strchr (row[c], ',') != NULL && anm_csv_parse_number (row[c], length, TRUE, &number) && !anm_csv_is_ambiguous_comma (row[c], length))
            n_commas++;
          else if (strchr (row[c], '.') != NULL && anm_csv_parse_number (row[c], length, FALSE, &number))
            n_points++;
        }
    }
  return n_commas > 0 && n_points == 0;
}

gboolean
anm_column_holds_numbers (const AnmColumnFacts *facts)
{
  return facts->n_present > 0 && facts->n_numbers * 4 > facts->n_present;
}

static void
gather_facts (AnmTable *self,
              guint column)
{
  AnmColumnFacts *facts = &self->facts[column];
  AnmSourceColumn *shown = &self->table.columns[column];
  g_autoptr (GHashTable) distinct = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint r = 0; r < self->rows->len; r++)
    {
      char **row = g_ptr_array_index (self->rows, r);
      gsize length = strlen (row[column]);
      AnmTimeKind kind;
      double number;

      if (anm_csv_is_missing_number (row[column], length))
        continue;
      facts->n_present++;
      g_hash_table_add (distinct, row[column]);
      if (anm_csv_parse_time (row[column], length, self->decimal_comma, &kind, &number))
        {
          facts->n_times[kind]++;
          facts->n_numbers += kind == ANM_TIME_NUMBER;
        }
      else if (anm_csv_looks_like_number (row[column], length))
        facts->n_numbers++;
      else
        facts->n_ambiguous_dates += anm_csv_is_ambiguous_date (row[column]);
    }
  facts->n_distinct = g_hash_table_size (distinct);
  shown->numeric = anm_column_holds_numbers (facts);
  shown->missing = self->rows->len > 0 ? 1 - (double) facts->n_present / self->rows->len : 0;
}

/**
 * anm_table_open:
 *
 * Looks at the first rows of a file and guesses what its columns are.
 */
AnmTable *
anm_table_open (const char *file,
                GError **error)
{
  AnmTable *self = g_new0 (AnmTable, 1);
  Look look = { self, 0 };

  self->file = g_strdup (file);
  self->table.path = g_path_get_basename (file);
  self->table.kind_guessed = TRUE;
  self->table.preview = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  if (!anm_csv_guess_separator (file, &self->table.separator, error) ||
      !anm_csv_read (file, self->table.separator, look_at_row, &look, NULL, NULL, NULL, error))
    {
      anm_table_free (self);
      return NULL;
    }
  if (self->table.columns == NULL || self->rows->len == 0)
    {
      if (self->table.columns == NULL)
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s: the file is empty."), self->table.path);
      else
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s: there are names of columns, but no rows beneath them."), self->table.path);
      anm_table_free (self);
      return NULL;
    }

  for (guint r = 0; r < MIN (self->rows->len, N_PREVIEW); r++)
    g_ptr_array_add (self->table.preview, g_strdupv (g_ptr_array_index (self->rows, r)));
  self->decimal_comma = has_decimal_commas (self);
  for (guint c = 0; c < self->table.n_columns; c++)
    gather_facts (self, c);
  anm_table_guess_roles (self);
  return self;
}

guint
anm_table_find_role (const AnmTable *self,
                     AnmRole role)
{
  for (guint c = 0; c < self->table.n_columns; c++)
    if (self->table.columns[c].role == role)
      return c;
  return G_MAXUINT;
}

guint
anm_table_count_role (const AnmTable *self,
                      AnmRole role)
{
  guint n = 0;

  for (guint c = 0; c < self->table.n_columns; c++)
    n += self->table.columns[c].role == role;
  return n;
}

guint
anm_table_find_column (const AnmTable *self,
                       const char *name)
{
  for (guint c = 0; c < self->table.n_columns; c++)
    if (strcmp (self->table.columns[c].name, name) == 0)
      return c;
  for (guint c = 0; c < self->table.n_columns; c++)
    if (g_ascii_strcasecmp (self->table.columns[c].name, name) == 0)
      return c;
  return G_MAXUINT;
}

AnmTimeKind
anm_table_get_time_kind (const AnmTable *self,
                         guint column)
{
  const AnmColumnFacts *facts = &self->facts[column];
  AnmTimeKind kind = ANM_TIME_NUMBER;

  for (guint k = 0; k < ANM_N_TIME_KINDS; k++)
    if (facts->n_times[k] > facts->n_times[kind])
      kind = (AnmTimeKind) k;
  /* A date among moments is a moment at midnight. */
  if (kind == ANM_TIME_DATE && facts->n_times[ANM_TIME_MOMENT] > 0)
    kind = ANM_TIME_MOMENT;
  return kind;
}

gboolean
anm_table_is_records (const AnmTable *self)
{
  return self->table.kind == ANM_TABLE_RECORDS_LONG || self->table.kind == ANM_TABLE_RECORDS_WIDE;
}
