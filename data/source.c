/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/source.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/challenge-2012.h"
#include "data/csv-reader.h"
#include "data/samples.h"
#include "data/source-private.h"
#include "data/table-reader.h"

static AnmSource *
source_new (const char *const *arguments)
{
  AnmSource *self = g_new0 (AnmSource, 1);

  self->arguments = g_strdupv ((char **) arguments);
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_table_free);
  self->sets = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
anm_source_free (AnmSource *self)
{
  g_strfreev (self->arguments);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->sets);
  g_free (self->outcomes);
  g_free (self);
}

static gboolean
is_table_name (const char *name)
{
  static const char *const suffixes[] = { ".csv", ".tsv", ".csv.gz", ".tsv.gz" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_table (AnmSource *self,
           const char *file,
           GError **error)
{
  AnmTable *table = anm_table_open (file, error);

  if (table == NULL)
    return FALSE;
  g_ptr_array_add (self->tables, table);
  return TRUE;
}

/* Every table of the folder. */
static gboolean
add_folder (AnmSource *self,
            const char *path,
            GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &cause);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (folder == NULL)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s can’t be read: %s."), path, cause->message);
      return FALSE;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    if (is_table_name (name))
      g_ptr_array_add (files, g_build_filename (path, name, NULL));
  if (files->len == 0)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The folder %s holds no tables (.csv, .tsv) and no stays of the PhysioNet Challenge 2012."), path);
      return FALSE;
    }

  g_ptr_array_sort (files, compare_names);
  for (guint i = 0; i < files->len; i++)
    if (!add_table (self, g_ptr_array_index (files, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
add_argument (AnmSource *self,
              const char *argument,
              GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (argument);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *set = NULL;
  AnmChallengePart part = ANM_CHALLENGE_NOT;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("There is no file or folder “%s”."), argument);
      return FALSE;
    }
  if (!anm_challenge_look (path, &part, &set, error))
    return FALSE;
  if (part == ANM_CHALLENGE_SET)
    {
      g_ptr_array_add (self->sets, g_steal_pointer (&set));
      return TRUE;
    }
  /* Beside stays it is their outcomes; alone it is a table like any other. */
  if (part == ANM_CHALLENGE_OUTCOMES && self->outcomes == NULL)
    {
      self->outcomes = g_strdup (path);
      return TRUE;
    }
  if (anm_challenge_is_archive_name (path))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The archive %s holds no stays of the PhysioNet Challenge 2012, or it is damaged. Unpack it, and open the tables in it."), argument);
      return FALSE;
    }
  return g_file_test (path, G_FILE_TEST_IS_DIR) ? add_folder (self, path, error) : add_table (self, path, error);
}

static gboolean
settle_challenge (AnmSource *self,
                  GError **error)
{
  g_autofree char *outcomes = NULL;

  if (self->sets->len > 0 && self->tables->len > 0)
    {
      const AnmTable *table = g_ptr_array_index (self->tables, 0);

      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("Stays of the PhysioNet Challenge 2012 can’t be joined with the table %s. Open them without it."), table->table.path);
      return FALSE;
    }
  if (self->sets->len > 0 || self->outcomes == NULL)
    return TRUE;
  outcomes = g_steal_pointer (&self->outcomes);
  return add_table (self, outcomes, error);
}

/**
 * anm_source_open:
 * @arguments: (array zero-terminated): files, folders, archives, or one "sample:NAME"
 *
 * Looks at what is there, without reading all of it, and guesses roles.
 *
 * Returns: (transfer full): the source, or %NULL with an %ANM_DATA_ERROR
 */
AnmSource *
anm_source_open (const char *const *arguments,
                 GError **error)
{
  g_autoptr (AnmSource) self = source_new (arguments);
  guint n = g_strv_length (self->arguments);

  if (n == 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("Name the records to open: files, a folder, or a simulated cohort such as sample:icu."));
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    if (anm_sample_is (arguments[i]) && n > 1)
      {
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("The simulated cohort %s can’t be joined with other records. Open it alone."), arguments[i]);
        return NULL;
      }
  if (anm_sample_is (arguments[0]))
    return g_steal_pointer (&self);

  for (guint i = 0; i < n; i++)
    if (!add_argument (self, arguments[i], error))
      return NULL;
  if (!settle_challenge (self, error))
    return NULL;
  g_ptr_array_add (self->sets, NULL);
  anm_tables_settle_roles (self->tables);
  return g_steal_pointer (&self);
}

guint
anm_source_get_n_tables (const AnmSource *self)
{
  return self->tables->len;
}

AnmSourceTable *
anm_source_get_table (AnmSource *self,
                      guint index)
{
  AnmTable *table = g_ptr_array_index (self->tables, index);

  g_assert (index < self->tables->len);
  return &table->table;
}

gboolean
anm_source_needs_roles (const AnmSource *self)
{
  return self->tables->len > 0;
}

gboolean
anm_source_check (const AnmSource *self,
                  GError **error)
{
  return self->tables->len == 0 || anm_tables_check_roles (self->tables, error);
}

/**
 * anm_source_read:
 * @progress: (nullable): told of progress, on this thread
 *
 * Reads everything.
 *
 * Returns: (transfer full): the whole cohort, never half of one; or %NULL with an
 *   %ANM_DATA_ERROR or %G_IO_ERROR_CANCELLED
 */
AnmCohort *
anm_source_read (AnmSource *self,
                 AnmProgressFunc progress,
                 gpointer data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnmCohort) cohort = NULL;

  if (!anm_source_check (self, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (anm_sample_is (self->arguments[0]))
    cohort = anm_sample_make (self->arguments[0], error);
  else if (self->tables->len > 0)
    cohort = anm_tables_read (self->tables, progress, data, cancellable, error);
  else
    cohort = anm_challenge_read ((const char *const *) self->sets->pdata, self->outcomes, progress, data, cancellable, error);

  if (cohort != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&cohort);
}

const char *const *
anm_source_get_arguments (const AnmSource *self)
{
  return (const char *const *) self->arguments;
}

char *
anm_source_to_string (const AnmSource *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; self->arguments[i] != NULL; i++)
    {
      const char *argument = self->arguments[i];
      g_autofree char *quoted = strpbrk (argument, " \t\n'\"\\") != NULL ? g_shell_quote (argument) : g_strdup (argument);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
