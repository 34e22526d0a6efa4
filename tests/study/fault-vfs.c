/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/study/fault-vfs.h"

#include <string.h>

typedef struct
{
  sqlite3_file  base;
  char         *name;  /* nullable */
  sqlite3_file *real;  /* behind this struct */
} FaultFile;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs fault_vfs;

static GMutex mutex; /* guards what follows */
static guint countdown; /* 0: disarmed */
static int fault_code;
static gboolean fault_for_good;
static const char *fault_suffix;
static gboolean struck;

void
fault_vfs_arm (guint k,
               int code,
               gboolean for_good,
               const char *suffix)
{
  g_mutex_lock (&mutex);
  countdown = k;
  fault_code = code;
  fault_for_good = for_good;
  fault_suffix = suffix;
  struck = FALSE;
  g_mutex_unlock (&mutex);
}

gboolean
fault_vfs_struck (void)
{
  gboolean result;

  g_mutex_lock (&mutex);
  result = struck;
  g_mutex_unlock (&mutex);
  return result;
}

/* What the next writing to the file of that name gives: SQLITE_OK or the fault. */
static int
next_writing (const char *name)
{
  int code = SQLITE_OK;

  g_mutex_lock (&mutex);
  if (countdown > 0 && (fault_suffix == NULL || (name != NULL && g_str_has_suffix (name, fault_suffix))))
    {
      if (countdown == 1)
        {
          code = fault_code;
          struck = TRUE;
        }
      if (countdown > 1 || !fault_for_good)
        countdown--;
    }
  g_mutex_unlock (&mutex);
  return code;
}

#define REAL(file) (((FaultFile *) (file))->real)
#define FORWARD(file, method, ...) REAL (file)->pMethods->method (REAL (file) __VA_OPT__ (, ) __VA_ARGS__)

static int
fault_close (sqlite3_file *file)
{
  int result = FORWARD (file, xClose);

  g_free (((FaultFile *) file)->name);
  return result;
}

static int
fault_read (sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
  return FORWARD (file, xRead, bytes, n, offset);
}

static int
fault_write (sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
  int code = next_writing (((FaultFile *) file)->name);

  return code != SQLITE_OK ? code : FORWARD (file, xWrite, bytes, n, offset);
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  int code = next_writing (((FaultFile *) file)->name);

  return code != SQLITE_OK ? code : FORWARD (file, xTruncate, size);
}

static int
fault_sync (sqlite3_file *file, int flags)
{
  int code = next_writing (((FaultFile *) file)->name);

  return code != SQLITE_OK ? code : FORWARD (file, xSync, flags);
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return FORWARD (file, xFileSize, size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return FORWARD (file, xLock, level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return FORWARD (file, xUnlock, level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *result)
{
  return FORWARD (file, xCheckReservedLock, result);
}

static int
fault_file_control (sqlite3_file *file, int operation, void *argument)
{
  return FORWARD (file, xFileControl, operation, argument);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return FORWARD (file, xSectorSize);
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return FORWARD (file, xDeviceCharacteristics);
}

/* The log's index, which is a file too. */
static int
fault_shm_map (sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
  int code = extend ? next_writing (((FaultFile *) file)->name) : SQLITE_OK;

  return code != SQLITE_OK ? code : FORWARD (file, xShmMap, region, size, extend, memory);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return FORWARD (file, xShmLock, offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  FORWARD (file, xShmBarrier);
}

static int
fault_shm_unmap (sqlite3_file *file, int remove)
{
  return FORWARD (file, xShmUnmap, remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
};

static int
fault_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultFile *self = (FaultFile *) file;
  int result;

  memset (self, 0, sizeof *self);
  self->real = (sqlite3_file *) (self + 1);
  result = flags & SQLITE_OPEN_CREATE && name != NULL && !g_file_test (name, G_FILE_TEST_EXISTS) ? next_writing (name) : SQLITE_OK;
  if (result != SQLITE_OK)
    return SQLITE_CANTOPEN;
  result = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  if (result != SQLITE_OK)
    return result;
  self->name = g_strdup (name);
  self->base.pMethods = &methods;
  return SQLITE_OK;
}

void
fault_vfs_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  fault_vfs = *real_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.szOsFile = (int) sizeof (FaultFile) + real_vfs->szOsFile;
  fault_vfs.xOpen = fault_open;
  sqlite3_vfs_register (&fault_vfs, 1);
}
