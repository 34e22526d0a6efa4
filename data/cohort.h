/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "engine/sequences.h"

G_BEGIN_DECLS

/*
 * Cohort: a schema and its patients, as read, before any recipe.
 *
 * Measurements are stored as what was measured and nothing else: patient p's
 * measurements of channel c are times[k], values[k] for
 * k = starts[p * n_channels + c] .. starts[p * n_channels + c + 1] - 1,
 * sorted by time; equal times keep the order of the source. What is missing
 * isn't there. Times are in the cohort's time unit since the patient's time
 * zero.
 *
 * Names, units, categories and classes are stored as they are in the source or,
 * for built-in cohorts, in English, so that a network fitted under one language
 * fits under another: whoever shows a label, class, category or title passes it
 * through gettext.
 *
 * Plain, reference counted, read-only once a reader has handed it out, so that
 * any thread may read it.
 */

typedef enum
{
  ANM_FIELD_NUMERIC,
  ANM_FIELD_CATEGORICAL, /* value = index into categories */
} AnmFieldKind;

/* A channel (over time) or a static field (once a patient). */
typedef struct
{
  char         *name;           /* as in the source: "HR" */
  char         *label;          /* for people: "Heart rate"; equals name if unknown */
  char         *unit;           /* "bpm", "" if unknown */
  AnmFieldKind  kind;
  char        **categories;     /* NULL-terminated, categorical only */
  double        plausible_low;  /* NaN if unknown; a value outside is kept and flagged */
  double        plausible_high;
  double        normal_low;     /* NaN if unknown; the green band */
  double        normal_high;
} AnmField;

typedef struct
{
  AnmTargetShape  shape;        /* kind NONE if the cohort has no outcome */
  char           *name;         /* "In-hospital_death" */
  char           *label;        /* "died in hospital" */
  char          **classes;      /* NULL-terminated words for 0, 1, ...: "survived", "died"; NULL for regression */
} AnmTarget;

typedef struct
{
  gatomicrefcount ref_count;

  char       *title;            /* "PhysioNet 2012, set A" */
  char       *time_unit;        /* "h", "min", "s", "d", "step"; "" if unknown */
  gboolean    scaled;           /* values are on a network's scale already (pixels, markers):
                                 *   the default recipe leaves them as they are */

  guint       n_channels;
  AnmField   *channels;
  guint       n_statics;
  AnmField   *statics;
  AnmTarget   target;

  gsize       n_patients;
  char      **ids;              /* [n_patients + 1], NULL-terminated, unique */
  double     *begins;           /* [n_patients] first and last time of any row of the patient, */
  double     *ends;             /*   measured or not; NaN if the patient has no row */
  gsize      *starts;           /* [n_patients * n_channels + 1] */
  double     *times;
  float      *values;
  float      *static_values;    /* [n_patients][n_statics], NaN = missing */
  float      *targets;          /* [n_patients][target width], NaN = no outcome known; nullable */

  GPtrArray  *warnings;         /* char *: what was doubtful, in words, with place and count */
  GBytes     *storage;          /* nullable: what ids and arrays lie in, else each is its own */
} AnmCohort;

AnmCohort *anm_cohort_ref            (AnmCohort *self);
void       anm_cohort_unref          (AnmCohort *self);
/* k measurements of @channel of @patient: times, values borrowed. */
gsize      anm_cohort_get_series     (const AnmCohort *self,
                                      gsize patient,
                                      guint channel,
                                      const double **times,
                                      const float **values);
gboolean   anm_cohort_find_patient   (const AnmCohort *self,
                                      const char *id,
                                      gsize *patient);
gboolean   anm_cohort_find_channel   (const AnmCohort *self,
                                      const char *name,
                                      guint *channel);
gboolean   anm_cohort_has_target     (const AnmCohort *self,
                                      gsize patient);
/* What missing shares are made of: the patient's time steps of width @step, and those with a measurement. */
gsize      anm_cohort_count_steps    (const AnmCohort *self,
                                      gsize patient,
                                      double step);
gsize      anm_cohort_count_measured_steps (const AnmCohort *self,
                                      gsize patient,
                                      guint channel,
                                      double step);
/* Share of time steps of width @step, over all patients, in which @channel was not measured. */
double     anm_cohort_get_missing_share (const AnmCohort *self,
                                      guint channel,
                                      double step);
/* Width of the time step that suits the cohort: 1 for whole-number time axes, else from the median gap. */
double     anm_cohort_guess_step     (const AnmCohort *self);
/* Everything, as one block of bytes for the study's cache or file, and back. */
GBytes    *anm_cohort_serialize      (const AnmCohort *self);
AnmCohort *anm_cohort_deserialize    (GBytes *bytes,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCohort, anm_cohort_unref)

/**
 * AnmDataError:
 * @ANM_DATA_ERROR_READ: a file can't be opened or read
 * @ANM_DATA_ERROR_FORMAT: it isn't what it should be: message has file, line, column, offending text
 * @ANM_DATA_ERROR_ROLES: a role has no column, or names one that isn't there
 * @ANM_DATA_ERROR_RECIPE: the recipe can't be applied to this cohort
 */
typedef enum
{
  ANM_DATA_ERROR_READ,
  ANM_DATA_ERROR_FORMAT,
  ANM_DATA_ERROR_ROLES,
  ANM_DATA_ERROR_RECIPE,
} AnmDataError;

#define ANM_DATA_ERROR (anm_data_error_quark ())
GQuark anm_data_error_quark (void);

G_END_DECLS
