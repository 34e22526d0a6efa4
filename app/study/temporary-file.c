/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/temporary-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/study/study-error.h"

#define N_RANDOM 6
/* Between being made and being locked. */
#define YOUNG_SECONDS 10

struct _AnmTemporaryFile
{
  char *target;
  char *path;
  int   file;    /* kept open and locked; closed last, for SQLite's own locks would go with it */
};

static void
remove_beside (const char *path)
{
  static const char *const endings[] = { "-journal", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (path, endings[i], NULL);

      g_unlink (name);
    }
}

AnmTemporaryFile *
anm_temporary_file_new (const char *path,
                        GError **error)
{
  g_autoptr (AnmTemporaryFile) self = g_new0 (AnmTemporaryFile, 1);

  anm_temporary_file_sweep (path);
  self->target = g_strdup (path);
  self->path = g_strconcat (path, ".XXXXXX", NULL);
  self->file = g_mkstemp_full (self->path, O_RDWR | O_CLOEXEC, 0644);
  if (self->file >= 0)
    {
      (void) flock (self->file, LOCK_EX | LOCK_NB);
      return g_steal_pointer (&self);
    }
  g_clear_pointer (&self->path, g_free);
  {
    const int code = errno;
    g_autofree char *folder = g_path_get_dirname (path);

    g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE,
                 _ ("No study can be made in “%s”: %s. Name a folder that exists and is yours to write in."), folder, g_strerror (code));
  }
  return NULL;
}

void
anm_temporary_file_free (AnmTemporaryFile *self)
{
  if (self->path != NULL)
    {
      g_unlink (self->path);
      remove_beside (self->path);
    }
  if (self->file >= 0)
    close (self->file);
  g_free (self->path);
  g_free (self->target);
  g_free (self);
}

const char *
anm_temporary_file_get_path (const AnmTemporaryFile *self)
{
  return self->path;
}

gboolean
anm_temporary_file_settle (AnmTemporaryFile *self,
                           gboolean *taken,
                           GError **error)
{
  *taken = FALSE;
  if (fsync (self->file) == 0)
    {
      if (link (self->path, self->target) == 0)
        return TRUE;
      *taken = errno == EEXIST;
      /* Some file systems know no links. */
      if (*taken || (!g_file_test (self->target, G_FILE_TEST_EXISTS) && g_rename (self->path, self->target) == 0))
        return TRUE;
    }
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be made: %s."), self->target, g_strerror (errno));
  return FALSE;
}

gboolean
anm_temporary_file_replace (AnmTemporaryFile *self,
                            GError **error)
{
  if (fsync (self->file) == 0 && g_rename (self->path, self->target) == 0)
    return TRUE;
  g_set_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE, _ ("“%s” can't be replaced: %s."), self->target, g_strerror (errno));
  return FALSE;
}

static gboolean
is_random (const char *text)
{
  for (guint i = 0; i < N_RANDOM; i++)
    if (!g_ascii_isalnum (text[i]))
      return FALSE;
  return text[N_RANDOM] == '\0';
}

/* Whoever makes it holds its lock. */
static void
sweep_one (const char *path)
{
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat status;

  if (file < 0)
    return;
  if (fstat (file, &status) == 0 && S_ISREG (status.st_mode) &&
      g_get_real_time () / G_USEC_PER_SEC - (gint64) status.st_mtim.tv_sec > YOUNG_SECONDS && flock (file, LOCK_EX | LOCK_NB) == 0)
    {
      g_unlink (path);
      remove_beside (path);
    }
  close (file);
}

void
anm_temporary_file_sweep (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path), *prefix = g_strconcat (name, ".", NULL);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (directory != NULL && (entry = g_dir_read_name (directory)) != NULL)
    if (g_str_has_prefix (entry, prefix) && is_random (entry + strlen (prefix)))
      {
        g_autofree char *leftover = g_build_filename (folder, entry, NULL);

        sweep_one (leftover);
      }
}
