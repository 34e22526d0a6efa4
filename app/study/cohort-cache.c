/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/cohort-cache.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/cohort-file.h"

#define SUFFIX ".records"
#define SEASON_SECONDS ((gint64) 90 * 24 * 60 * 60)
/* What is still being written is younger. */
#define LEFTOVER_SECONDS ((gint64) 60 * 60)

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "anamnesis", "records", NULL);
}

char *
anm_cohort_cache_get_path (const char *hash)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *name = g_strconcat (hash, SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

AnmCohort *
anm_cohort_cache_load (const char *hash)
{
  g_autofree char *path = anm_cohort_cache_get_path (hash);
  g_autoptr (GError) error = NULL;
  AnmCohort *cohort;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  cohort = anm_cohort_map_file (path, hash, &error);
  if (cohort != NULL)
    utimensat (AT_FDCWD, path, NULL, 0); /* used now */
  else if (g_error_matches (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT))
    g_unlink (path);
  return cohort;
}

typedef struct
{
  char  *path;
  gint64 used;
  gint64 size;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *first = *(const Entry *const *) a, *second = *(const Entry *const *) b;

  return (first->used > second->used) - (first->used < second->used);
}

static GPtrArray *
list_entries (const char *folder)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf status;
      Entry *entry;

      if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode))
        continue;
      entry = g_new (Entry, 1);
      *entry = (Entry) { g_steal_pointer (&path), (gint64) status.st_mtime, (gint64) status.st_size };
      g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

/* All but @kept may go. */
static void
prune (const char *folder,
       const char *kept)
{
  g_autoptr (GPtrArray) entries = list_entries (folder);
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 size = 0;

  for (guint i = 0; i < entries->len; i++)
    size += ((Entry *) g_ptr_array_index (entries, i))->size;
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (entries, i);
      const gboolean leftover = !g_str_has_suffix (entry->path, SUFFIX) && now - entry->used > LEFTOVER_SECONDS;

      if (g_str_equal (entry->path, kept) || !(leftover || now - entry->used > SEASON_SECONDS || size > ANM_COHORT_CACHE_MAX))
        continue;
      if (g_unlink (entry->path) == 0)
        size -= entry->size;
    }
}

void
anm_cohort_cache_store (const char *hash,
                        const AnmCohort *cohort)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *path = anm_cohort_cache_get_path (hash), *temporary = NULL;
  gboolean written;
  int file;

  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_mkdir_with_parents (folder, 0700) != 0)
    return;
  temporary = g_strconcat (path, ".XXXXXX", NULL);
  file = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (file < 0)
    return;
  /* Not brought to the disk: what a power cut left of it isn't whole and is passed over. */
  written = anm_cohort_write_file (cohort, hash, file, NULL);
  close (file);
  if (!written || g_rename (temporary, path) != 0)
    g_unlink (temporary);
  prune (folder, path);
}
