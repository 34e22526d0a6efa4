/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * Cohort builder: takes measurements in any order, as a reader meets them, and
 * packs them into a cohort once all are there. Only readers and samples see it.
 */

typedef struct _AnmCohortBuilder AnmCohortBuilder;

AnmCohortBuilder *anm_cohort_builder_new          (const char *title,
                                                   const char *time_unit);
void              anm_cohort_builder_free         (AnmCohortBuilder *self);

/* The index of the new field; the field is the builder's, to be filled in before the next one is added.
 * name is set, label equals it, unit is "", kind numeric, ranges unknown. */
guint             anm_cohort_builder_add_channel  (AnmCohortBuilder *self,
                                                   const char *name);
guint             anm_cohort_builder_add_static   (AnmCohortBuilder *self,
                                                   const char *name);
AnmField         *anm_cohort_builder_get_channel  (AnmCohortBuilder *self,
                                                   guint channel);
AnmField         *anm_cohort_builder_get_static   (AnmCohortBuilder *self,
                                                   guint field);
guint             anm_cohort_builder_get_n_channels (const AnmCohortBuilder *self);
guint             anm_cohort_builder_get_n_statics (const AnmCohortBuilder *self);

/* Finds or adds. @length in bytes; @id need not be terminated. */
gsize             anm_cohort_builder_add_patient  (AnmCohortBuilder *self,
                                                   const char *id,
                                                   gsize length);
gboolean          anm_cohort_builder_find_patient (const AnmCohortBuilder *self,
                                                   const char *id,
                                                   gsize *patient);
gsize             anm_cohort_builder_get_n_patients (const AnmCohortBuilder *self);
const char       *anm_cohort_builder_get_id       (const AnmCohortBuilder *self,
                                                   gsize patient);

/* The patient has a row at @time, whether or not anything was measured. */
void              anm_cohort_builder_add_row      (AnmCohortBuilder *self,
                                                   gsize patient,
                                                   double time);
void              anm_cohort_builder_add_value    (AnmCohortBuilder *self,
                                                   gsize patient,
                                                   guint channel,
                                                   double time,
                                                   float value);
void              anm_cohort_builder_set_static   (AnmCohortBuilder *self,
                                                   gsize patient,
                                                   guint field,
                                                   float value);
float             anm_cohort_builder_get_static_value (const AnmCohortBuilder *self,
                                                   gsize patient,
                                                   guint field);

/* Takes ownership of @classes (nullable). */
void              anm_cohort_builder_set_target   (AnmCohortBuilder *self,
                                                   AnmTargetKind kind,
                                                   guint n_outputs,
                                                   const char *name,
                                                   const char *label,
                                                   char **classes);
void              anm_cohort_builder_set_outcome  (AnmCohortBuilder *self,
                                                   gsize patient,
                                                   float value);
float             anm_cohort_builder_get_outcome  (const AnmCohortBuilder *self,
                                                   gsize patient);

void              anm_cohort_builder_set_scaled   (AnmCohortBuilder *self,
                                                   gboolean scaled);
void              anm_cohort_builder_set_time_unit (AnmCohortBuilder *self,
                                                   const char *time_unit);
/* Takes ownership of @warning. */
void              anm_cohort_builder_take_warning (AnmCohortBuilder *self,
                                                   char *warning);

/* Time zero: every patient's first row, or what set_zero() said; without either, 0. */
void              anm_cohort_builder_set_zero_at_first_row (AnmCohortBuilder *self);
void              anm_cohort_builder_set_zero     (AnmCohortBuilder *self,
                                                   gsize patient,
                                                   double time);
double            anm_cohort_builder_get_zero     (const AnmCohortBuilder *self,
                                                   gsize patient); /* NaN if not set */

/* Lets finish() be given up half way. */
void              anm_cohort_builder_set_cancellable (AnmCohortBuilder *self,
                                                   GCancellable *cancellable);
/* Sorts and packs; times become (time - zero) / @time_divisor. The builder is empty afterwards.
 * NULL only if cancelled. */
AnmCohort        *anm_cohort_builder_finish       (AnmCohortBuilder *self,
                                                   double time_divisor);

/* Shared by everything that fills in a field. */
void              anm_field_set_text              (char **field,
                                                   const char *text);
/* Index of @category, added if new. */
guint             anm_field_add_category          (AnmField *field,
                                                   const char *category);
void              anm_field_clear                 (AnmField *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmCohortBuilder, anm_cohort_builder_free)

G_END_DECLS
