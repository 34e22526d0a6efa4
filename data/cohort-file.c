/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/cohort-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A header, then parts that each begin at a multiple of PART bytes: the schema (a cohort of no patients, serialised), the ids with a
 * zero after each, and the arrays. What pads a part is zero.
 */
#define MAGIC "ANMMAP01"
#define PART 64
#define N_LANES 4

typedef enum
{
  PART_SCHEMA,
  PART_IDS,
  PART_BEGINS,
  PART_ENDS,
  PART_STARTS,
  PART_TIMES,
  PART_VALUES,
  PART_STATICS,
  PART_TARGETS,
  N_PARTS,
} Part;

typedef struct
{
  char    magic[8];
  guint64 order;       /* as the machine writes 1 */
  guint64 size;        /* of the file */
  guint64 n_patients;
  guint64 has_targets;
  guint64 sizes[N_PARTS];
  char    name[PART];
  guint64 sum[N_LANES];  /* of all that follows the header, and of the header with this zero */
} Header;

#define HEADER_SIZE ((gsize) (sizeof (Header) + PART - 1) / PART * PART)

static guint64
padded (guint64 size)
{
  return (size + PART - 1) / PART * PART;
}

/* Like FNV-1a, over words of 64 bits, in lanes that don't wait for each other. @n_bytes: a multiple of PART. */
static void
add_to_sum (guint64 sum[N_LANES],
            gconstpointer bytes,
            gsize n_bytes)
{
  const guint8 *place = bytes;
  guint64 lanes[N_LANES], words[N_LANES];

  memcpy (lanes, sum, sizeof lanes);
  for (const guint8 *end = place + n_bytes; place < end; place += sizeof words)
    {
      memcpy (words, place, sizeof words);
      for (guint i = 0; i < N_LANES; i++)
        {
          lanes[i] = (lanes[i] ^ words[i]) * G_GUINT64_CONSTANT (0x00000100000001b3);
          lanes[i] ^= lanes[i] >> 29;
        }
    }
  memcpy (sum, lanes, sizeof lanes);
}

static gboolean
write_all (int file,
           gconstpointer bytes,
           gsize n_bytes,
           GError **error)
{
  const guint8 *place = bytes;

  while (n_bytes > 0)
    {
      gssize n = write (file, place, MIN (n_bytes, (gsize) 1 << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, "%s", g_strerror (n < 0 ? errno : ENOSPC));
          return FALSE;
        }
      place += n;
      n_bytes -= (gsize) n;
    }
  return TRUE;
}

static gboolean
write_part (int file,
            gconstpointer bytes,
            gsize n_bytes,
            guint64 sum[N_LANES],
            GError **error)
{
  const gsize whole = n_bytes / PART * PART;
  guint8 rest[PART] = { 0 };

  if (n_bytes > whole)
    memcpy (rest, (const guint8 *) bytes + whole, n_bytes - whole);
  add_to_sum (sum, bytes, whole);
  if (!write_all (file, bytes, whole, error))
    return FALSE;
  if (n_bytes == whole)
    return TRUE;
  add_to_sum (sum, rest, PART);
  return write_all (file, rest, PART, error);
}

/* What is said of the cohort and not of its patients. */
static GBytes *
serialize_schema (const AnmCohort *self)
{
  AnmCohort schema = *self;
  gsize start = 0;
  char *none[] = { NULL };

  schema.n_patients = 0;
  schema.ids = none;
  schema.starts = &start;
  return anm_cohort_serialize (&schema);
}

static GString *
join_ids (const AnmCohort *self)
{
  GString *ids = g_string_new (NULL);

  for (gsize p = 0; p < self->n_patients; p++)
    g_string_append_len (ids, self->ids[p], (gssize) strlen (self->ids[p]) + 1);
  return ids;
}

static gboolean
is_mappable (void)
{
  return sizeof (gsize) == sizeof (guint64) && G_BYTE_ORDER == G_LITTLE_ENDIAN;
}

static gsize
get_target_size (const AnmCohort *self)
{
  return self->targets != NULL ? self->n_patients * anm_sequences_get_target_width (&self->target.shape) : 0;
}

gboolean
anm_cohort_write_file (const AnmCohort *self,
                       const char *name,
                       int file,
                       GError **error)
{
  const gsize n_starts = self->n_patients * self->n_channels + 1, n = self->starts[n_starts - 1];
  g_autoptr (GBytes) schema = NULL;
  GString *ids;
  guint8 head[HEADER_SIZE] = { 0 };
  Header header = { .magic = MAGIC, .order = 1, .n_patients = self->n_patients, .has_targets = self->targets != NULL };
  guint64 sum[N_LANES] = { 0 };
  gboolean written;

  g_return_val_if_fail (strlen (name) <= sizeof header.name, FALSE);

  if (!is_mappable ())
    return FALSE;
  schema = serialize_schema (self);
  ids = join_ids (self);
  {
    const struct
    {
      gconstpointer bytes;
      gsize         size;
    } parts[N_PARTS] = {
      [PART_SCHEMA] = { g_bytes_get_data (schema, NULL), g_bytes_get_size (schema) },
      [PART_IDS] = { ids->str, ids->len },
      [PART_BEGINS] = { self->begins, self->n_patients * sizeof *self->begins },
      [PART_ENDS] = { self->ends, self->n_patients * sizeof *self->ends },
      [PART_STARTS] = { self->starts, n_starts * sizeof *self->starts },
      [PART_TIMES] = { self->times, n * sizeof *self->times },
      [PART_VALUES] = { self->values, n * sizeof *self->values },
      [PART_STATICS] = { self->static_values, self->n_patients * self->n_statics * sizeof *self->static_values },
      [PART_TARGETS] = { self->targets, get_target_size (self) * sizeof *self->targets },
    };

    memcpy (header.name, name, strlen (name));
    header.size = HEADER_SIZE;
    written = write_all (file, head, sizeof head, error);
    for (guint i = 0; i < N_PARTS && written; i++)
      {
        header.sizes[i] = parts[i].size;
        header.size += padded (parts[i].size);
        written = write_part (file, parts[i].bytes, parts[i].size, sum, error);
      }
  }
  g_string_free (ids, TRUE);
  if (!written)
    return FALSE;
  /* Last, so that what was cut short isn't taken for whole. */
  memcpy (head, &header, sizeof header);
  add_to_sum (sum, head, sizeof head);
  memcpy (header.sum, sum, sizeof sum);
  memcpy (head, &header, sizeof header);
  if (lseek (file, 0, SEEK_SET) == 0)
    return write_all (file, head, sizeof head, error);
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, "%s", g_strerror (errno));
  return FALSE;
}

typedef struct
{
  gpointer bytes;
  gsize    size;
} Mapping;

static void
mapping_free (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->bytes, mapping->size);
  g_free (mapping);
}

/* A file that is cut short while it is mapped would kill the program: ours are only ever replaced or removed. */
static GBytes *
map (const char *path,
     GError **error)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  Mapping *mapping;
  gpointer bytes = MAP_FAILED;

  if (file >= 0 && fstat (file, &status) == 0 && status.st_size > 0)
    bytes = mmap (NULL, (gsize) status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED)
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, "%s: %s", path, g_strerror (errno));
  if (file >= 0)
    close (file);
  if (bytes == MAP_FAILED)
    return NULL;
  mapping = g_new (Mapping, 1);
  *mapping = (Mapping) { bytes, (gsize) status.st_size };
  return g_bytes_new_with_free_func (bytes, mapping->size, mapping_free, mapping);
}

static gboolean
check_sum (const guint8 *data,
           gsize size)
{
  guint8 head[HEADER_SIZE];
  guint64 sum[N_LANES] = { 0 };
  Header header;

  memcpy (&header, data, sizeof header);
  add_to_sum (sum, data + HEADER_SIZE, size - HEADER_SIZE);
  memcpy (head, data, sizeof head);
  memset (head + G_STRUCT_OFFSET (Header, sum), 0, sizeof header.sum);
  add_to_sum (sum, head, sizeof head);
  return memcmp (sum, header.sum, sizeof sum) == 0;
}

/* Where each part begins. */
static gboolean
find_parts (const Header *header,
            const guint8 *data,
            const guint8 *parts[N_PARTS])
{
  guint64 offset = HEADER_SIZE;

  for (guint i = 0; i < N_PARTS; i++)
    {
      if (header->sizes[i] > header->size || offset + padded (header->sizes[i]) > header->size)
        return FALSE;
      parts[i] = data + offset;
      offset += padded (header->sizes[i]);
    }
  return offset == header->size;
}

static char **
point_at_ids (const char *ids,
              gsize size,
              gsize n_patients)
{
  const char *end = ids + size;
  g_autofree char **pointers = NULL;

  if (n_patients > size || (size > 0 && end[-1] != '\0'))
    return NULL;
  pointers = g_new (char *, n_patients + 1);
  for (gsize p = 0; p < n_patients; p++)
    {
      if (ids == end)
        return NULL;
      pointers[p] = (char *) ids;
      ids += strlen (ids) + 1;
    }
  pointers[n_patients] = NULL;
  return ids == end ? g_steal_pointer (&pointers) : NULL;
}

static gboolean
point_at_arrays (AnmCohort *self,
                 const Header *header,
                 const guint8 *const parts[N_PARTS])
{
  const gsize n_starts = header->n_patients * self->n_channels + 1;
  gsize n;

  g_free (self->ids);
  self->ids = point_at_ids ((const char *) parts[PART_IDS], header->sizes[PART_IDS], header->n_patients);
  self->n_patients = header->n_patients;
  self->begins = (double *) parts[PART_BEGINS];
  self->ends = (double *) parts[PART_ENDS];
  self->starts = (gsize *) parts[PART_STARTS];
  self->times = (double *) parts[PART_TIMES];
  self->values = (float *) parts[PART_VALUES];
  self->static_values = (float *) parts[PART_STATICS];
  self->targets = header->has_targets ? (float *) parts[PART_TARGETS] : NULL;
  if (self->ids == NULL || header->sizes[PART_STARTS] != n_starts * sizeof (gsize))
    return FALSE;
  n = self->starts[n_starts - 1];
  return header->sizes[PART_BEGINS] == self->n_patients * sizeof (double) && header->sizes[PART_ENDS] == self->n_patients * sizeof (double) &&
         header->sizes[PART_TIMES] == n * sizeof (double) && header->sizes[PART_VALUES] == n * sizeof (float) &&
         header->sizes[PART_STATICS] == self->n_patients * self->n_statics * sizeof (float) &&
         header->sizes[PART_TARGETS] == get_target_size (self) * sizeof (float);
}

static AnmCohort *
cohort_from_parts (GBytes *storage,
                   const Header *header,
                   const guint8 *const parts[N_PARTS])
{
  g_autoptr (GBytes) schema = g_bytes_new_static (parts[PART_SCHEMA], header->sizes[PART_SCHEMA]);
  g_autoptr (AnmCohort) self = anm_cohort_deserialize (schema, NULL);

  if (self == NULL || self->n_patients != 0)
    return NULL;
  /* The arrays of no patients. */
  g_free (self->begins);
  g_free (self->ends);
  g_free (self->starts);
  g_free (self->times);
  g_free (self->values);
  g_free (self->static_values);
  g_free (self->targets);
  self->storage = g_bytes_ref (storage);
  return point_at_arrays (self, header, parts) ? g_steal_pointer (&self) : NULL;
}

AnmCohort *
anm_cohort_map_file (const char *path,
                     const char *name,
                     GError **error)
{
  g_autoptr (GBytes) storage = is_mappable () ? map (path, error) : NULL;
  const guint8 *parts[N_PARTS];
  const guint8 *data;
  AnmCohort *self = NULL;
  char wanted[PART] = { 0 };
  Header header;
  gsize size;

  if (storage == NULL)
    {
      if (!is_mappable ())
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, "%s: %s", path, g_strerror (ENOTSUP));
      return NULL;
    }
  memcpy (wanted, name, MIN (strlen (name), sizeof wanted));
  data = g_bytes_get_data (storage, &size);
  if (size >= HEADER_SIZE && size % PART == 0)
    {
      memcpy (&header, data, sizeof header);
      if (memcmp (header.magic, MAGIC, sizeof header.magic) == 0 && header.order == 1 && header.size == size &&
          memcmp (header.name, wanted, sizeof wanted) == 0 && find_parts (&header, data, parts) && check_sum (data, size))
        self = cohort_from_parts (storage, &header, parts);
    }
  if (self == NULL)
    g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("“%s” isn’t a copy of these records."), path);
  return self;
}
