/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/study/study.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_PATIENT_ORDER_SOURCE,   /* as in the file */
  ANM_PATIENT_ORDER_ID,
  ANM_PATIENT_ORDER_LENGTH,   /* longest first */
  ANM_PATIENT_ORDER_MISSING,  /* fewest values first */
  ANM_PATIENT_ORDER_OUTCOME,  /* highest target first, unknown last */
  ANM_PATIENT_ORDER_SEVERITY, /* largest share of values outside the normal range first */
} AnmPatientOrder;

/**
 * AnmPatientItem:
 *
 * One row, made when a list asks for it.
 */
#define ANM_TYPE_PATIENT_ITEM (anm_patient_item_get_type ())
G_DECLARE_FINAL_TYPE (AnmPatientItem, anm_patient_item, ANM, PATIENT_ITEM, GObject)

AnmCohort *anm_patient_item_get_cohort  (AnmPatientItem *self);
guint      anm_patient_item_get_patient (AnmPatientItem *self);

/**
 * AnmPatientModel:
 *
 * The patients of a cohort that a search finds, in an order. An array of patient indices over the cohort: a
 * list and a selection model in one, so that 100,000 patients are searched within a frame, the rows
 * that nobody sees are never made, and the selection is a patient and not a row.
 *
 * Words of a search are joined by "and". A word is found in the id, in a categorical static or the
 * outcome; a number is also equal to a numeric static; `age>50`, `weight<=80` compare one by name.
 *
 * Properties: selected (uint, patient index, notified), n-found (uint, notified with each change).
 */
#define ANM_TYPE_PATIENT_MODEL (anm_patient_model_get_type ())
G_DECLARE_FINAL_TYPE (AnmPatientModel, anm_patient_model, ANM, PATIENT_MODEL, GObject)

AnmPatientModel *anm_patient_model_new          (void);
void             anm_patient_model_set_cohort   (AnmPatientModel *self,
                                                 AnmCohort *cohort);
/* @severity: [n_patients], copied; nullable. */
void             anm_patient_model_set_severity (AnmPatientModel *self,
                                                 const float *severity);
void             anm_patient_model_set_search   (AnmPatientModel *self,
                                                 const char *search);
/* Of the patients in it alone; %NULL or empty: of all. Copied. */
void             anm_patient_model_set_within   (AnmPatientModel *self,
                                                 const GtkBitset *within);
void             anm_patient_model_set_order    (AnmPatientModel *self,
                                                 AnmPatientOrder order);
/* Has every row made anew. */
void             anm_patient_model_refresh      (AnmPatientModel *self);
guint            anm_patient_model_get_selected (AnmPatientModel *self);
void             anm_patient_model_set_selected (AnmPatientModel *self,
                                                 guint patient);
/* The row of @patient, GTK_INVALID_LIST_POSITION if the search doesn't find it. */
guint            anm_patient_model_find         (AnmPatientModel *self,
                                                 guint patient);
/* The patient @steps rows further on from the selected one, or the selected one at either end. */
guint            anm_patient_model_get_neighbour (AnmPatientModel *self,
                                                 int steps);

G_END_DECLS
