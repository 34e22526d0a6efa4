/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/cohort.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

/*
 * A cohort as bytes: an eight-byte name with the version in it, the SHA-256 of
 * what follows, then a GVariant in little-endian order. GVariant looks after
 * bounds and alignment, the sum after bit rot, and check_invariants() after
 * bytes that somebody made up: no sequence of bytes may crash a later reader.
 */

#define MAGIC "ANMCOH01"
#define DIGEST_SIZE 32
#define HEADER_SIZE (8 + DIGEST_SIZE)

#define FIELD_TYPE "(sssuasdddd)"
#define COHORT_TYPE "(ssba" FIELD_TYPE "a" FIELD_TYPE "(uubssasb)asadadatadauauauas)"

static GVariant *
words_to_variant (char **words)
{
  static const char *const none[] = { NULL };

  return g_variant_new_strv (words != NULL ? (const char *const *) words : none, -1);
}

static GVariant *
fields_to_variant (const AnmField *fields,
                   guint n_fields)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" FIELD_TYPE));
  for (guint i = 0; i < n_fields; i++)
    g_variant_builder_add (&builder, "(sssu@asdddd)",
                           fields[i].name, fields[i].label, fields[i].unit, (guint32) fields[i].kind,
                           words_to_variant (fields[i].kind == ANM_FIELD_CATEGORICAL ? fields[i].categories : NULL),
                           fields[i].plausible_low, fields[i].plausible_high,
                           fields[i].normal_low, fields[i].normal_high);
  return g_variant_builder_end (&builder);
}

static gsize
get_target_size (const AnmCohort *self)
{
  return self->targets != NULL ? self->n_patients * anm_sequences_get_target_width (&self->target.shape) : 0;
}

static GVariant *
array_to_variant (const char *element,
                  gconstpointer items,
                  gsize n_items,
                  gsize item_size)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE (element), items, n_items, item_size);
}

/* GVariant has no 32-bit float: floats travel as the 32-bit words that they are. */
static GVariant *
floats_to_variant (const float *items,
                   gsize n_items)
{
  G_STATIC_ASSERT (sizeof (float) == sizeof (guint32));

  return array_to_variant ("u", items, n_items, sizeof (float));
}

static GVariant *
starts_to_variant (const AnmCohort *self)
{
  gsize n_starts = self->n_patients * self->n_channels + 1;
  g_autofree guint64 *starts = g_new (guint64, n_starts);

  for (gsize i = 0; i < n_starts; i++)
    starts[i] = self->starts[i];
  return array_to_variant ("t", starts, n_starts, sizeof (guint64));
}

/**
 * anm_cohort_serialize:
 *
 * Everything as one block of bytes, the same on every machine.
 */
GBytes *
anm_cohort_serialize (const AnmCohort *self)
{
  gsize n = self->starts[self->n_patients * self->n_channels];
  g_auto (GStrv) warnings = g_new0 (char *, self->warnings->len + 1);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize digest_size = DIGEST_SIZE;
  gsize size;
  guint8 *bytes;

  for (guint i = 0; i < self->warnings->len; i++)
    warnings[i] = g_strdup (g_ptr_array_index (self->warnings, i));

  variant = g_variant_new ("(ssb@a" FIELD_TYPE "@a" FIELD_TYPE "(uubss@asb)@as@ad@ad@at@ad@au@au@au@as)",
                           self->title, self->time_unit, self->scaled,
                           fields_to_variant (self->channels, self->n_channels),
                           fields_to_variant (self->statics, self->n_statics),
                           (guint32) self->target.shape.kind, (guint32) self->target.shape.n_outputs, self->target.shape.per_step,
                           self->target.name, self->target.label, words_to_variant (self->target.classes), self->targets != NULL,
                           words_to_variant (self->ids),
                           array_to_variant ("d", self->begins, self->n_patients, sizeof (double)),
                           array_to_variant ("d", self->ends, self->n_patients, sizeof (double)),
                           starts_to_variant (self),
                           array_to_variant ("d", self->times, n, sizeof (double)),
                           floats_to_variant (self->values, n),
                           floats_to_variant (self->static_values, self->n_patients * self->n_statics),
                           floats_to_variant (self->targets, get_target_size (self)),
                           words_to_variant (warnings));
  g_variant_ref_sink (variant);
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    {
      GVariant *swapped = g_variant_byteswap (variant);

      g_variant_unref (variant);
      variant = swapped;
    }

  size = HEADER_SIZE + g_variant_get_size (variant);
  bytes = g_malloc (size);
  memcpy (bytes, MAGIC, 8);
  g_variant_store (variant, bytes + HEADER_SIZE);
  g_checksum_update (checksum, bytes + HEADER_SIZE, (gssize) (size - HEADER_SIZE));
  g_checksum_get_digest (checksum, bytes + 8, &digest_size);
  return g_bytes_new_take (bytes, size);
}

static AnmField *
variant_to_fields (GVariant *variant,
                   guint *n_fields)
{
  AnmField *fields;

  *n_fields = (guint) g_variant_n_children (variant);
  fields = g_new0 (AnmField, MAX (*n_fields, 1));
  for (guint i = 0; i < *n_fields; i++)
    {
      guint32 kind;

      g_variant_get_child (variant, i, "(sssu^asdddd)",
                           &fields[i].name, &fields[i].label, &fields[i].unit, &kind, &fields[i].categories,
                           &fields[i].plausible_low, &fields[i].plausible_high,
                           &fields[i].normal_low, &fields[i].normal_high);
      fields[i].kind = (AnmFieldKind) kind;
      if (fields[i].kind != ANM_FIELD_CATEGORICAL)
        g_clear_pointer (&fields[i].categories, g_strfreev);
    }
  return fields;
}

/* A copy of a fixed array, and its length. */
static gpointer
variant_to_array (GVariant *variant,
                  gsize item_size,
                  gsize *n_items)
{
  gconstpointer items = g_variant_get_fixed_array (variant, n_items, item_size);
  gpointer copy = g_malloc (MAX (*n_items, 1) * item_size);

  if (*n_items > 0)
    memcpy (copy, items, *n_items * item_size);
  return copy;
}

/* Categories are indices into the words. */
static gboolean
check_value (const AnmField *field,
             float value)
{
  if (field->kind == ANM_FIELD_NUMERIC)
    return isfinite (value);
  return value >= 0 && value < (float) g_strv_length (field->categories) && value == floorf (value);
}

static gboolean
check_series (const AnmCohort *self,
              gsize patient,
              guint channel)
{
  const double *times;
  const float *values;
  gsize n = anm_cohort_get_series (self, patient, channel, &times, &values);

  for (gsize k = 0; k < n; k++)
    if (!isfinite (times[k]) || (k > 0 && times[k] < times[k - 1]) || !check_value (&self->channels[channel], values[k]) || !(self->begins[patient] <= times[k] && times[k] <= self->ends[patient]))
      return FALSE;
  return TRUE;
}

static gboolean
check_target (const AnmCohort *self)
{
  const AnmTargetShape *shape = &self->target.shape;
  gsize size = get_target_size (self);
  guint n_classes = self->target.classes != NULL ? g_strv_length (self->target.classes) : 0;

  if (shape->kind > ANM_TARGET_REGRESSION || shape->per_step || (shape->kind == ANM_TARGET_NONE) != (self->targets == NULL))
    return FALSE;
  if (shape->kind == ANM_TARGET_NONE)
    return TRUE;
  if (shape->n_outputs == 0 || (shape->kind == ANM_TARGET_BINARY && (shape->n_outputs != 1 || n_classes != 2)))
    return FALSE;
  if ((shape->kind == ANM_TARGET_CLASSES || shape->kind == ANM_TARGET_LABELS) && n_classes != shape->n_outputs)
    return FALSE;

  for (gsize i = 0; i < size; i++)
    {
      float target = self->targets[i];
      float classes = shape->kind == ANM_TARGET_CLASSES ? (float) shape->n_outputs : 2;

      if (isnan (target))
        continue;
      if (shape->kind == ANM_TARGET_REGRESSION ? !isfinite (target) : !(target >= 0 && target < classes && target == floorf (target)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_patients (const AnmCohort *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize p = 0; p < self->n_patients; p++)
    {
      if (!g_hash_table_add (seen, self->ids[p]) || isnan (self->begins[p]) != isnan (self->ends[p]) || isinf (self->begins[p]) || isinf (self->ends[p]))
        return FALSE;
      for (guint c = 0; c < self->n_channels; c++)
        if (!check_series (self, p, c))
          return FALSE;
      for (guint s = 0; s < self->n_statics; s++)
        {
          float value = self->static_values[p * self->n_statics + s];

          if (!isnan (value) && !check_value (&self->statics[s], value))
            return FALSE;
        }
    }
  return TRUE;
}

/* Everything that code may rely on when it is handed a cohort. Array lengths have been compared already. */
static gboolean
check_invariants (const AnmCohort *self,
                  gsize n_measurements)
{
  gsize n_series = self->n_patients * self->n_channels;

  for (guint c = 0; c < self->n_channels; c++)
    if (self->channels[c].kind > ANM_FIELD_CATEGORICAL)
      return FALSE;
  for (guint s = 0; s < self->n_statics; s++)
    if (self->statics[s].kind > ANM_FIELD_CATEGORICAL)
      return FALSE;

  if (self->starts[0] != 0 || self->starts[n_series] != n_measurements)
    return FALSE;
  for (gsize s = 0; s < n_series; s++)
    if (self->starts[s] > self->starts[s + 1])
      return FALSE;
  return check_target (self) && check_patients (self);
}

static gsize *
copy_starts (GVariant *variant,
             gsize *n_starts)
{
  const guint64 *items = g_variant_get_fixed_array (variant, n_starts, sizeof (guint64));
  gsize *starts = g_new (gsize, MAX (*n_starts, 1));

  for (gsize i = 0; i < *n_starts; i++)
    starts[i] = (gsize) items[i];
  return starts;
}

/* The parts of @variant; %NULL if their lengths disagree or a rule of cohorts is broken. */
static AnmCohort *
variant_to_cohort (GVariant *variant)
{
  g_autoptr (AnmCohort) self = g_new0 (AnmCohort, 1);
  g_autoptr (GVariant) channels = NULL, statics = NULL, ids = NULL, begins = NULL, ends = NULL, starts = NULL;
  g_autoptr (GVariant) times = NULL, values = NULL, static_values = NULL, targets = NULL;
  g_auto (GStrv) warnings = NULL;
  guint32 target_kind, n_outputs;
  gboolean has_targets;
  gsize n_begins, n_ends, n_starts, n_times, n_values, n_static_values, n_targets;

  g_atomic_ref_count_init (&self->ref_count);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_variant_get (variant, "(ssb@a" FIELD_TYPE "@a" FIELD_TYPE "(uubss^asb)@as@ad@ad@at@ad@au@au@au^as)",
                 &self->title, &self->time_unit, &self->scaled, &channels, &statics,
                 &target_kind, &n_outputs, &self->target.shape.per_step,
                 &self->target.name, &self->target.label, &self->target.classes, &has_targets,
                 &ids, &begins, &ends, &starts, &times, &values, &static_values, &targets, &warnings);

  for (guint i = 0; warnings[i] != NULL; i++)
    g_ptr_array_add (self->warnings, g_strdup (warnings[i]));
  self->channels = variant_to_fields (channels, &self->n_channels);
  self->statics = variant_to_fields (statics, &self->n_statics);
  self->ids = g_variant_dup_strv (ids, &self->n_patients);
  self->begins = variant_to_array (begins, sizeof (double), &n_begins);
  self->ends = variant_to_array (ends, sizeof (double), &n_ends);
  self->starts = copy_starts (starts, &n_starts);
  self->times = variant_to_array (times, sizeof (double), &n_times);
  self->values = variant_to_array (values, sizeof (float), &n_values);
  self->static_values = variant_to_array (static_values, sizeof (float), &n_static_values);
  self->target.shape.kind = (AnmTargetKind) target_kind;
  self->target.shape.n_outputs = n_outputs;
  if (has_targets && target_kind <= ANM_TARGET_REGRESSION)
    self->targets = variant_to_array (targets, sizeof (float), &n_targets);
  else
    n_targets = 0;
  if (self->target.classes != NULL && self->target.classes[0] == NULL)
    g_clear_pointer (&self->target.classes, g_strfreev);

  if (n_begins != self->n_patients || n_ends != self->n_patients || n_starts != self->n_patients * self->n_channels + 1 || n_times != n_values || n_static_values != self->n_patients * self->n_statics || n_targets != get_target_size (self))
    return NULL;
  return check_invariants (self, n_times) ? g_steal_pointer (&self) : NULL;
}

static gboolean
check_header (const guint8 *data,
              gsize size,
              GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[DIGEST_SIZE];
  gsize digest_size = DIGEST_SIZE;

  if (size < HEADER_SIZE || memcmp (data, MAGIC, 6) != 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The stored records aren’t records of this program. Read them from their source again."));
      return FALSE;
    }
  if (memcmp (data, MAGIC, 8) != 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The stored records were written by another version of this program. Read them from their source again."));
      return FALSE;
    }

  g_checksum_update (checksum, data + HEADER_SIZE, (gssize) (size - HEADER_SIZE));
  g_checksum_get_digest (checksum, digest, &digest_size);
  if (memcmp (data + 8, digest, DIGEST_SIZE) != 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The stored records are damaged: their check sum is wrong. Read them from their source again."));
      return FALSE;
    }
  return TRUE;
}

/**
 * anm_cohort_deserialize:
 *
 * What anm_cohort_serialize() wrote.
 *
 * Returns: (transfer full): the cohort, or %NULL with %ANM_DATA_ERROR_FORMAT if
 *   the bytes are damaged or something else
 */
AnmCohort *
anm_cohort_deserialize (GBytes *bytes,
                        GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (AnmCohort) self = NULL;

  if (!check_header (data, size, error))
    return NULL;

  body = g_bytes_new_from_bytes (bytes, HEADER_SIZE, size - HEADER_SIZE);
  variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (COHORT_TYPE), body, FALSE));
  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    {
      GVariant *swapped = g_variant_byteswap (variant);

      g_variant_unref (variant);
      variant = swapped;
    }

  if (g_variant_is_normal_form (variant))
    self = variant_to_cohort (variant);
  if (self == NULL)
    g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("The stored records contradict themselves. Read them from their source again."));
  return g_steal_pointer (&self);
}
