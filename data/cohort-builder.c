/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/cohort-builder.h"

#include <math.h>
#include <string.h>

typedef struct
{
  guint32 patient;
  guint32 channel;
  double  time;
  float   value;
} Measurement;

typedef struct
{
  double time;
  float  value;
} Point;

struct _AnmCohortBuilder
{
  AnmCohort  *cohort;       /* what is known already: title, unit, target, warnings */
  GArray     *channels;     /* of AnmField */
  GArray     *statics;      /* of AnmField */
  GPtrArray  *static_values; /* of GArray of float, one a field, as long as the last patient set */
  GHashTable *patients;     /* id -> index */
  GPtrArray  *ids;
  GArray     *begins;       /* of double, NaN = no row yet */
  GArray     *ends;
  GArray     *zeros;        /* of double, NaN = not set, as long as the last patient set */
  GArray     *outcomes;     /* of float */
  GArray     *measurements; /* of Measurement */
  gboolean    zero_at_first_row;
  GCancellable *cancellable;
};

void
anm_field_set_text (char **field,
                    const char *text)
{
  char *copy = g_strdup (text);

  g_free (*field);
  *field = copy;
}

guint
anm_field_add_category (AnmField *field,
                        const char *category)
{
  guint n = 0;

  for (; field->categories != NULL && field->categories[n] != NULL; n++)
    if (strcmp (field->categories[n], category) == 0)
      return n;

  field->categories = g_renew (char *, field->categories, n + 2);
  field->categories[n] = g_strdup (category);
  field->categories[n + 1] = NULL;
  return n;
}

void
anm_field_clear (AnmField *field)
{
  g_clear_pointer (&field->name, g_free);
  g_clear_pointer (&field->label, g_free);
  g_clear_pointer (&field->unit, g_free);
  g_clear_pointer (&field->categories, g_strfreev);
}

static void
free_values (gpointer values)
{
  g_array_unref (values);
}

AnmCohortBuilder *
anm_cohort_builder_new (const char *title,
                        const char *time_unit)
{
  AnmCohortBuilder *self = g_new0 (AnmCohortBuilder, 1);

  self->cohort = g_new0 (AnmCohort, 1);
  g_atomic_ref_count_init (&self->cohort->ref_count);
  self->cohort->title = g_strdup (title);
  self->cohort->time_unit = g_strdup (time_unit);
  self->cohort->warnings = g_ptr_array_new_with_free_func (g_free);

  self->channels = g_array_new (FALSE, TRUE, sizeof (AnmField));
  self->statics = g_array_new (FALSE, TRUE, sizeof (AnmField));
  g_array_set_clear_func (self->channels, (GDestroyNotify) anm_field_clear);
  g_array_set_clear_func (self->statics, (GDestroyNotify) anm_field_clear);
  self->static_values = g_ptr_array_new_with_free_func (free_values);
  self->patients = g_hash_table_new (g_str_hash, g_str_equal);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->begins = g_array_new (FALSE, FALSE, sizeof (double));
  self->ends = g_array_new (FALSE, FALSE, sizeof (double));
  self->zeros = g_array_new (FALSE, FALSE, sizeof (double));
  self->outcomes = g_array_new (FALSE, FALSE, sizeof (float));
  self->measurements = g_array_new (FALSE, FALSE, sizeof (Measurement));
  return self;
}

void
anm_cohort_builder_free (AnmCohortBuilder *self)
{
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_array_unref (self->channels);
  g_array_unref (self->statics);
  g_ptr_array_unref (self->static_values);
  g_hash_table_unref (self->patients);
  g_ptr_array_unref (self->ids);
  g_array_unref (self->begins);
  g_array_unref (self->ends);
  g_array_unref (self->zeros);
  g_array_unref (self->outcomes);
  g_array_unref (self->measurements);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static guint
add_field (GArray *fields,
           const char *name)
{
  AnmField field = {
    .name = g_strdup (name),
    .label = g_strdup (name),
    .unit = g_strdup (""),
    .kind = ANM_FIELD_NUMERIC,
    .plausible_low = NAN,
    .plausible_high = NAN,
    .normal_low = NAN,
    .normal_high = NAN,
  };

  g_array_append_val (fields, field);
  return fields->len - 1;
}

guint
anm_cohort_builder_add_channel (AnmCohortBuilder *self,
                                const char *name)
{
  return add_field (self->channels, name);
}

guint
anm_cohort_builder_add_static (AnmCohortBuilder *self,
                               const char *name)
{
  g_ptr_array_add (self->static_values, g_array_new (FALSE, FALSE, sizeof (float)));
  return add_field (self->statics, name);
}

AnmField *
anm_cohort_builder_get_channel (AnmCohortBuilder *self,
                                guint channel)
{
  g_assert (channel < self->channels->len);
  return &g_array_index (self->channels, AnmField, channel);
}

AnmField *
anm_cohort_builder_get_static (AnmCohortBuilder *self,
                               guint field)
{
  g_assert (field < self->statics->len);
  return &g_array_index (self->statics, AnmField, field);
}

guint
anm_cohort_builder_get_n_channels (const AnmCohortBuilder *self)
{
  return self->channels->len;
}

guint
anm_cohort_builder_get_n_statics (const AnmCohortBuilder *self)
{
  return self->statics->len;
}

gsize
anm_cohort_builder_add_patient (AnmCohortBuilder *self,
                                const char *id,
                                gsize length)
{
  g_autofree char *copy = g_strndup (id, length);
  double unknown = NAN;
  gsize patient;

  if (anm_cohort_builder_find_patient (self, copy, &patient))
    return patient;

  patient = self->ids->len;
  g_hash_table_insert (self->patients, copy, GSIZE_TO_POINTER (patient));
  g_ptr_array_add (self->ids, g_steal_pointer (&copy));
  g_array_append_val (self->begins, unknown);
  g_array_append_val (self->ends, unknown);
  return patient;
}

gboolean
anm_cohort_builder_find_patient (const AnmCohortBuilder *self,
                                 const char *id,
                                 gsize *patient)
{
  gpointer value;

  if (!g_hash_table_lookup_extended (self->patients, id, NULL, &value))
    return FALSE;

  *patient = GPOINTER_TO_SIZE (value);
  return TRUE;
}

gsize
anm_cohort_builder_get_n_patients (const AnmCohortBuilder *self)
{
  return self->ids->len;
}

const char *
anm_cohort_builder_get_id (const AnmCohortBuilder *self,
                           gsize patient)
{
  return g_ptr_array_index (self->ids, patient);
}

void
anm_cohort_builder_add_row (AnmCohortBuilder *self,
                            gsize patient,
                            double time)
{
  double *begin = &g_array_index (self->begins, double, patient);
  double *end = &g_array_index (self->ends, double, patient);

  if (!(*begin <= time))
    *begin = time;
  if (!(*end >= time))
    *end = time;
}

void
anm_cohort_builder_add_value (AnmCohortBuilder *self,
                              gsize patient,
                              guint channel,
                              double time,
                              float value)
{
  Measurement measurement = { (guint32) patient, channel, time, value };

  anm_cohort_builder_add_row (self, patient, time);
  g_array_append_val (self->measurements, measurement);
}

static void
set_float (GArray *values,
           gsize index,
           float value)
{
  float unknown = NAN;

  while (values->len <= index)
    g_array_append_val (values, unknown);
  g_array_index (values, float, index) = value;
}

static float
get_float (const GArray *values,
           gsize index)
{
  return index < values->len ? g_array_index (values, float, index) : NAN;
}

void
anm_cohort_builder_set_static (AnmCohortBuilder *self,
                               gsize patient,
                               guint field,
                               float value)
{
  set_float (g_ptr_array_index (self->static_values, field), patient, value);
}

float
anm_cohort_builder_get_static_value (const AnmCohortBuilder *self,
                                     gsize patient,
                                     guint field)
{
  return get_float (g_ptr_array_index (self->static_values, field), patient);
}

void
anm_cohort_builder_set_target (AnmCohortBuilder *self,
                               AnmTargetKind kind,
                               guint n_outputs,
                               const char *name,
                               const char *label,
                               char **classes)
{
  AnmTarget *target = &self->cohort->target;

  target->shape = (AnmTargetShape){ .kind = kind, .n_outputs = n_outputs, .per_step = FALSE };
  anm_field_set_text (&target->name, name);
  anm_field_set_text (&target->label, label);
  g_strfreev (target->classes);
  target->classes = classes;
}

void
anm_cohort_builder_set_outcome (AnmCohortBuilder *self,
                                gsize patient,
                                float value)
{
  set_float (self->outcomes, patient, value);
}

float
anm_cohort_builder_get_outcome (const AnmCohortBuilder *self,
                                gsize patient)
{
  return get_float (self->outcomes, patient);
}

void
anm_cohort_builder_set_scaled (AnmCohortBuilder *self,
                               gboolean scaled)
{
  self->cohort->scaled = scaled;
}

void
anm_cohort_builder_set_time_unit (AnmCohortBuilder *self,
                                  const char *time_unit)
{
  anm_field_set_text (&self->cohort->time_unit, time_unit);
}

void
anm_cohort_builder_take_warning (AnmCohortBuilder *self,
                                 char *warning)
{
  g_ptr_array_add (self->cohort->warnings, warning);
}

void
anm_cohort_builder_set_zero_at_first_row (AnmCohortBuilder *self)
{
  self->zero_at_first_row = TRUE;
}

void
anm_cohort_builder_set_zero (AnmCohortBuilder *self,
                             gsize patient,
                             double time)
{
  double unknown = NAN;

  while (self->zeros->len <= patient)
    g_array_append_val (self->zeros, unknown);
  g_array_index (self->zeros, double, patient) = time;
}

double
anm_cohort_builder_get_zero (const AnmCohortBuilder *self,
                             gsize patient)
{
  return patient < self->zeros->len ? g_array_index (self->zeros, double, patient) : NAN;
}

void
anm_cohort_builder_set_cancellable (AnmCohortBuilder *self,
                                    GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
}

/* Every patient's time zero, in the source's times. */
static double *
resolve_zeros (const AnmCohortBuilder *self)
{
  double *zeros = g_new (double, MAX (self->ids->len, 1));

  for (gsize p = 0; p < self->ids->len; p++)
    {
      zeros[p] = anm_cohort_builder_get_zero (self, p);
      if (isnan (zeros[p]) && self->zero_at_first_row)
        zeros[p] = g_array_index (self->begins, double, p);
      if (isnan (zeros[p]))
        zeros[p] = 0;
    }
  return zeros;
}

static int
compare_points (gconstpointer a,
                gconstpointer b,
                gpointer data)
{
  const Point *first = a;
  const Point *second = b;

  return (first->time > second->time) - (first->time < second->time);
}

/* Sources are mostly in order of time already, so most series are left alone. */
static void
sort_series (double *times,
             float *values,
             gsize n,
             GArray *scratch)
{
  gsize in_order = 1;

  while (in_order < n && times[in_order - 1] <= times[in_order])
    in_order++;
  if (in_order >= n)
    return;

  g_array_set_size (scratch, n);
  for (gsize k = 0; k < n; k++)
    g_array_index (scratch, Point, k) = (Point){ times[k], values[k] };
  g_qsort_with_data (scratch->data, (int) n, sizeof (Point), compare_points, NULL);
  for (gsize k = 0; k < n; k++)
    {
      times[k] = g_array_index (scratch, Point, k).time;
      values[k] = g_array_index (scratch, Point, k).value;
    }
}

/* Looked at now and then in loops that may take long. */
static inline gboolean
is_cancelled (const AnmCohortBuilder *self,
              gsize i)
{
  return i % 65536 == 0 && g_cancellable_is_cancelled (self->cancellable);
}

/* A counting sort by patient and channel, which keeps the source's order, then each series by time. */
static gboolean
pack_measurements (AnmCohortBuilder *self,
                   AnmCohort *cohort,
                   const double *zeros,
                   double time_divisor)
{
  gsize n = self->measurements->len;
  gsize n_series = cohort->n_patients * cohort->n_channels;
  g_autofree gsize *next = NULL;
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (Point));

  cohort->starts = g_new0 (gsize, n_series + 1);
  cohort->times = g_new (double, MAX (n, 1));
  cohort->values = g_new (float, MAX (n, 1));

  for (gsize k = 0; k < n; k++)
    {
      const Measurement *m = &g_array_index (self->measurements, Measurement, k);

      if (is_cancelled (self, k))
        return FALSE;
      cohort->starts[m->patient * (gsize) cohort->n_channels + m->channel + 1]++;
    }
  for (gsize s = 0; s < n_series; s++)
    cohort->starts[s + 1] += cohort->starts[s];

  next = g_new (gsize, n_series + 1);
  memcpy (next, cohort->starts, (n_series + 1) * sizeof (gsize));
  for (gsize k = 0; k < n; k++)
    {
      const Measurement *m = &g_array_index (self->measurements, Measurement, k);
      gsize place;

      if (is_cancelled (self, k))
        return FALSE;
      place = next[m->patient * (gsize) cohort->n_channels + m->channel]++;

      cohort->times[place] = (m->time - zeros[m->patient]) / time_divisor;
      cohort->values[place] = m->value;
    }

  for (gsize s = 0; s < n_series; s++)
    {
      if (is_cancelled (self, s * 64))
        return FALSE;
      sort_series (cohort->times + cohort->starts[s], cohort->values + cohort->starts[s], cohort->starts[s + 1] - cohort->starts[s], scratch);
    }
  return TRUE;
}

static void
pack_patients (AnmCohortBuilder *self,
               AnmCohort *cohort,
               const double *zeros,
               double time_divisor)
{
  gsize n = cohort->n_patients;

  cohort->begins = g_new (double, MAX (n, 1));
  cohort->ends = g_new (double, MAX (n, 1));
  cohort->static_values = g_new (float, MAX (n * cohort->n_statics, 1));
  if (cohort->target.shape.kind != ANM_TARGET_NONE)
    cohort->targets = g_new (float, MAX (n, 1));

  for (gsize p = 0; p < n; p++)
    {
      cohort->begins[p] = (g_array_index (self->begins, double, p) - zeros[p]) / time_divisor;
      cohort->ends[p] = (g_array_index (self->ends, double, p) - zeros[p]) / time_divisor;
      for (guint s = 0; s < cohort->n_statics; s++)
        cohort->static_values[p * cohort->n_statics + s] = anm_cohort_builder_get_static_value (self, p, s);
      if (cohort->targets != NULL)
        cohort->targets[p] = anm_cohort_builder_get_outcome (self, p);
    }
}

/* The fields' texts move over; the array is left empty. */
static AnmField *
steal_fields (GArray *fields)
{
  AnmField *stolen = g_new0 (AnmField, MAX (fields->len, 1));

  if (fields->len > 0)
    memcpy (stolen, fields->data, fields->len * sizeof (AnmField));
  g_array_set_clear_func (fields, NULL);
  g_array_set_size (fields, 0);
  return stolen;
}

AnmCohort *
anm_cohort_builder_finish (AnmCohortBuilder *self,
                           double time_divisor)
{
  g_autoptr (AnmCohort) cohort = g_steal_pointer (&self->cohort);
  g_autofree double *zeros = resolve_zeros (self);

  g_assert (cohort != NULL);
  cohort->n_patients = self->ids->len;
  cohort->n_channels = self->channels->len;
  cohort->n_statics = self->statics->len;
  cohort->channels = steal_fields (self->channels);
  cohort->statics = steal_fields (self->statics);
  if (cohort->target.name == NULL)
    {
      cohort->target.name = g_strdup ("");
      cohort->target.label = g_strdup ("");
    }

  if (!pack_measurements (self, cohort, zeros, time_divisor))
    return NULL;
  g_array_set_size (self->measurements, 0);
  pack_patients (self, cohort, zeros, time_divisor);

  g_hash_table_remove_all (self->patients);
  g_ptr_array_add (self->ids, NULL);
  g_ptr_array_set_free_func (self->ids, NULL);
  cohort->ids = (char **) g_ptr_array_steal (self->ids, NULL);
  return g_steal_pointer (&cohort);
}
