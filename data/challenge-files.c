/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/challenge-files.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#define STAY_HEADER "Time,Parameter,Value"
#define OUTCOMES_HEADER "RecordID,"
/* A stay of 48 hours has some ten thousand bytes; this is a mistake or an attack. */
#define MAX_FILE (64 * 1024 * 1024)

typedef struct archive Archive;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

/* "132539.txt" */
static gboolean
is_stay_name (const char *name)
{
  gsize digits = strspn (name, "0123456789");

  return digits > 0 && strcmp (name + digits, ".txt") == 0;
}

gboolean
anm_challenge_is_archive_name (const char *path)
{
  static const char *const suffixes[] = { ".tar.gz", ".tgz", ".tar", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (path, suffixes[i]))
      return TRUE;
  return FALSE;
}

char *
anm_challenge_set_name (const char *path)
{
  char *name = g_path_get_basename (path);
  char *point = strchr (name, '.');

  if (point != NULL && point > name)
    *point = '\0';
  return name;
}

char
anm_challenge_set_letter (const char *set_name)
{
  return g_ascii_strncasecmp (set_name, "set-", 4) == 0 && g_ascii_isalpha (set_name[4]) && set_name[5] == '\0' ? g_ascii_tolower (set_name[4]) : '\0';
}

/* Whether a file of outcomes belongs to the set. */
static gboolean
is_outcomes_name (const char *name,
                  const char *set_name)
{
  char letter = anm_challenge_set_letter (set_name);
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *lower_set = g_ascii_strdown (set_name, -1);
  g_autofree char *by_letter = g_strdup_printf ("outcomes-%c.txt", letter);
  g_autofree char *by_name = g_strdup_printf ("%s-outcomes.txt", lower_set);
  g_autofree char *by_set = g_strdup_printf ("outcomes-%s.txt", lower_set);

  return (letter != '\0' && strcmp (lower, by_letter) == 0) || strcmp (lower, by_name) == 0 || strcmp (lower, by_set) == 0;
}

static void
set_read_error (GError **error,
                const char *path,
                const char *message)
{
  g_autofree char *name = g_path_get_basename (path);

  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s can’t be read: %s."), name, message);
}

gboolean
anm_challenge_read_file (const char *path,
                         AnmChallengeFileFunc func,
                         gpointer data,
                         GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) cause = NULL;
  gsize length;

  if (!g_file_get_contents (path, &bytes, &length, &cause))
    {
      set_read_error (error, path, cause->message);
      return FALSE;
    }
  return func (name, bytes, length, data, error);
}

/* The first bytes of a file, as a string; NULL if it can't be read. */
static char *
read_beginning (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char *bytes = g_malloc0 (65);
  gsize length;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, 64, &length, NULL, NULL))
    g_clear_pointer (&bytes, g_free);
  return bytes;
}

static gboolean
begins_with (const char *path,
             const char *header)
{
  g_autofree char *beginning = read_beginning (path);
  const char *text = beginning != NULL && g_str_has_prefix (beginning, "\357\273\277") ? beginning + 3 : beginning;

  return text != NULL && g_str_has_prefix (text, header);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_folder (const char *path,
             GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &cause);
  GPtrArray *names;
  const char *name;

  if (folder == NULL)
    {
      set_read_error (error, path, cause->message);
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static Archive *
open_archive (const char *path,
              GError **error)
{
  g_autoptr (Archive) archive = archive_read_new ();

  archive_read_support_filter_all (archive);
  archive_read_support_format_tar (archive);
  archive_read_support_format_zip (archive);
  if (archive_read_open_filename (archive, path, 128 * 1024) != ARCHIVE_OK)
    {
      set_read_error (error, path, archive_error_string (archive) != NULL ? archive_error_string (archive) : _("it is no archive"));
      return NULL;
    }
  return g_steal_pointer (&archive);
}

/* The base name of the next file; NULL at the end or with an error. */
static char *
next_entry (Archive *archive,
            const char *path,
            GError **error)
{
  struct archive_entry *entry;
  int status;

  while ((status = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN)
    {
      const char *name = archive_entry_pathname_utf8 (entry);

      if (archive_entry_filetype (entry) == AE_IFREG && name != NULL)
        return g_path_get_basename (name);
    }
  if (status != ARCHIVE_EOF)
    set_read_error (error, path, archive_error_string (archive));
  return NULL;
}

static gboolean
read_entry (Archive *archive,
            const char *path,
            GByteArray *bytes,
            GError **error)
{
  gsize length = 0;
  gssize n;

  do
    {
      g_byte_array_set_size (bytes, (guint) length + 65536);
      n = archive_read_data (archive, bytes->data + length, 65536);
      length += n > 0 ? (gsize) n : 0;
    }
  while (n > 0 && length < MAX_FILE);
  g_byte_array_set_size (bytes, (guint) length);
  if (n == 0)
    return TRUE;
  set_read_error (error, path, n < 0 ? archive_error_string (archive) : _("a file in it is too large for a stay"));
  return FALSE;
}

static gboolean
check_cancelled (GCancellable *cancellable,
                 GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
read_folder (const char *path,
             AnmChallengeFileFunc func,
             gpointer data,
             AnmProgressFunc progress,
             gpointer progress_data,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GPtrArray) names = list_folder (path, error);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *message = g_strdup_printf (_("Reading %s"), name);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, g_ptr_array_index (names, i), NULL);

      if (!is_stay_name (g_ptr_array_index (names, i)))
        continue;
      if (!check_cancelled (cancellable, error) || !anm_challenge_read_file (file, func, data, error))
        return FALSE;
      if (progress != NULL && i % 64 == 0)
        progress ((double) i / names->len, message, progress_data);
    }
  return names != NULL;
}

static gboolean
read_archive (const char *path,
              AnmChallengeFileFunc func,
              gpointer data,
              AnmProgressFunc progress,
              gpointer progress_data,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (Archive) archive = open_archive (path, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *message = g_strdup_printf (_("Reading %s"), base);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  double size = info != NULL ? (double) g_file_info_get_size (info) : 0;
  guint n_files = 0;

  if (archive == NULL)
    return FALSE;
  while (TRUE)
    {
      g_autoptr (GError) cause = NULL;
      g_autofree char *name = next_entry (archive, path, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (name == NULL)
        return TRUE;
      if (!check_cancelled (cancellable, error))
        return FALSE;
      if (!is_stay_name (name))
        continue;
      if (!read_entry (archive, path, bytes, error) || !func (name, (const char *) bytes->data, bytes->len, data, error))
        return FALSE;
      if (progress != NULL && n_files++ % 64 == 0)
        progress (size > 0 ? (double) archive_filter_bytes (archive, -1) / size : -1, message, progress_data);
    }
}

gboolean
anm_challenge_read_set (const char *path,
                        AnmChallengeFileFunc func,
                        gpointer data,
                        AnmProgressFunc progress,
                        gpointer progress_data,
                        GCancellable *cancellable,
                        GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return read_folder (path, func, data, progress, progress_data, cancellable, error);
  if (anm_challenge_is_archive_name (path))
    return read_archive (path, func, data, progress, progress_data, cancellable, error);
  return anm_challenge_read_file (path, func, data, error);
}

/* Outcomes among the files of @folder. */
static gboolean
find_in_folder (const char *folder,
                const char *set_name,
                AnmChallengeFileFunc func,
                gpointer data,
                gboolean *found,
                GError **error)
{
  g_autoptr (GPtrArray) names = list_folder (folder, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (is_outcomes_name (g_ptr_array_index (names, i), set_name))
      {
        g_autofree char *file = g_build_filename (folder, g_ptr_array_index (names, i), NULL);

        *found = TRUE;
        return anm_challenge_read_file (file, func, data, error);
      }
  return TRUE;
}

static gboolean
find_in_archive (const char *path,
                 const char *set_name,
                 AnmChallengeFileFunc func,
                 gpointer data,
                 gboolean *found,
                 GError **error)
{
  g_autoptr (Archive) archive = open_archive (path, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  while (archive != NULL)
    {
      g_autofree char *name = next_entry (archive, path, NULL);

      if (name == NULL)
        return TRUE;
      if (is_outcomes_name (name, set_name))
        {
          *found = TRUE;
          return read_entry (archive, path, bytes, error) && func (name, (const char *) bytes->data, bytes->len, data, error);
        }
    }
  return FALSE;
}

gboolean
anm_challenge_find_outcomes (const char *set,
                             AnmChallengeFileFunc func,
                             gpointer data,
                             gboolean *found,
                             GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (set);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *set_name = anm_challenge_set_name (path);
  g_autofree char *parent = g_path_get_dirname (path);
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  gboolean here = FALSE;

  /* A single stay belongs to the set that is its folder. */
  if (!is_folder && !anm_challenge_is_archive_name (path))
    {
      g_autofree char *folder = g_steal_pointer (&parent);

      g_free (set_name);
      set_name = anm_challenge_set_name (folder);
      parent = g_path_get_dirname (folder);
    }
  if (!find_in_folder (parent, set_name, func, data, &here, error))
    return FALSE;
  if (!here && is_folder && !find_in_folder (path, set_name, func, data, &here, error))
    return FALSE;
  if (!here && !is_folder && anm_challenge_is_archive_name (path) && !find_in_archive (path, set_name, func, data, &here, error))
    return FALSE;
  *found |= here;
  return TRUE;
}

/* Whether the folder itself holds stays. */
static gboolean
is_set_folder (const char *path)
{
  g_autoptr (GPtrArray) names = list_folder (path, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (is_stay_name (g_ptr_array_index (names, i)))
      {
        g_autofree char *file = g_build_filename (path, g_ptr_array_index (names, i), NULL);

        return begins_with (file, STAY_HEADER);
      }
  return FALSE;
}

/* Whether the archive's first stay-like file is one. */
static gboolean
is_set_archive (const char *path)
{
  g_autoptr (Archive) archive = open_archive (path, NULL);

  while (archive != NULL)
    {
      g_autofree char *name = next_entry (archive, path, NULL);
      char beginning[sizeof STAY_HEADER] = { 0 };

      if (name == NULL)
        return FALSE;
      if (is_stay_name (name))
        return archive_read_data (archive, beginning, sizeof STAY_HEADER - 1) > 0 && strcmp (beginning, STAY_HEADER) == 0;
    }
  return FALSE;
}

static gboolean
is_set (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return is_set_folder (path);
  return anm_challenge_is_archive_name (path) && is_set_archive (path);
}

/* Sets that lie in a folder. */
static GPtrArray *
list_sets (const char *folder)
{
  g_autoptr (GPtrArray) names = list_folder (folder, NULL);
  GPtrArray *sets = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);

      if (is_set (path))
        g_ptr_array_add (sets, g_steal_pointer (&path));
    }
  return sets;
}

gboolean
anm_challenge_look (const char *path,
                    AnmChallengePart *part,
                    char **set,
                    GError **error)
{
  g_autoptr (GPtrArray) sets = NULL;

  *part = ANM_CHALLENGE_NOT;
  *set = NULL;
  if (is_set (path) || (!g_file_test (path, G_FILE_TEST_IS_DIR) && begins_with (path, STAY_HEADER)))
    {
      *part = ANM_CHALLENGE_SET;
      *set = g_strdup (path);
      return TRUE;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *beginning = read_beginning (path);

      if (beginning != NULL && g_str_has_prefix (beginning, OUTCOMES_HEADER) && strstr (beginning, "In-hospital_death") != NULL)
        *part = ANM_CHALLENGE_OUTCOMES;
      return TRUE;
    }

  sets = list_sets (path);
  if (sets->len > 1)
    {
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint i = 0; i < sets->len; i++)
        {
          g_autofree char *name = g_path_get_basename (g_ptr_array_index (sets, i));

          g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
        }
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("The folder %s holds several sets of stays: %s. Open one of them."), path, names->str);
      return FALSE;
    }
  if (sets->len == 1)
    {
      *part = ANM_CHALLENGE_SET;
      *set = g_strdup (g_ptr_array_index (sets, 0));
    }
  return TRUE;
}
