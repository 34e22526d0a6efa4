/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "data/source.h"

/* Tables of the corpus, opened and read as a test wants them, and what is asked of the records. */

static inline char *
get_corpus (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "corpus", name, NULL);
}

static inline AnmSource *
open_one (const char *name,
          GError **error)
{
  g_autofree char *path = get_corpus (name);
  const char *const arguments[] = { path, NULL };

  return anm_source_open (arguments, error);
}

static inline AnmSource *
open_well (const char *name)
{
  g_autoptr (GError) error = NULL;
  AnmSource *source = open_one (name, &error);

  g_assert_no_error (error);
  return source;
}

static inline AnmCohort *
read_well (AnmSource *source)
{
  g_autoptr (GError) error = NULL;
  AnmCohort *cohort;

  g_assert_true (anm_source_check (source, &error));
  g_assert_no_error (error);
  cohort = anm_source_read (source, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return cohort;
}

static inline AnmCohort *
read_corpus (const char *name)
{
  g_autoptr (AnmSource) source = open_well (name);

  return read_well (source);
}

/* What opening or reading says; NULL if both go well. */
static inline char *
get_complaint (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmSource) source = open_one (name, &error);
  g_autoptr (AnmCohort) cohort = source != NULL ? anm_source_read (source, NULL, NULL, NULL, &error) : NULL;

  g_assert_true ((cohort == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (error->domain == ANM_DATA_ERROR);
  return error != NULL ? g_strdup (error->message) : NULL;
}

static inline gboolean
has_warning (const AnmCohort *cohort,
             const char *part)
{
  for (guint i = 0; i < cohort->warnings->len; i++)
    if (strstr (g_ptr_array_index (cohort->warnings, i), part) != NULL)
      return TRUE;
  return FALSE;
}

static inline double
get_value (const AnmCohort *cohort,
           const char *patient_id,
           const char *channel_name,
           guint k,
           double *time)
{
  gsize patient;
  guint channel;
  const double *times;
  const float *values;

  g_assert_true (anm_cohort_find_patient (cohort, patient_id, &patient));
  g_assert_true (anm_cohort_find_channel (cohort, channel_name, &channel));
  g_assert_cmpuint (k, <, anm_cohort_get_series (cohort, patient, channel, &times, &values));
  if (time != NULL)
    *time = times[k];
  return (double) values[k];
}

static inline gsize
count_values (const AnmCohort *cohort,
              const char *patient_id,
              const char *channel_name)
{
  gsize patient;
  guint channel;

  g_assert_true (anm_cohort_find_patient (cohort, patient_id, &patient));
  g_assert_true (anm_cohort_find_channel (cohort, channel_name, &channel));
  return anm_cohort_get_series (cohort, patient, channel, NULL, NULL);
}

static inline void
assert_class (const AnmCohort *cohort,
              const char *patient_id,
              const char *word)
{
  gsize patient;

  g_assert_true (anm_cohort_find_patient (cohort, patient_id, &patient));
  g_assert_cmpstr (cohort->target.classes[(guint) cohort->targets[patient]], ==, word);
}
