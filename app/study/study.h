/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"
#include "data/samples.h"
#include "data/source.h"

G_BEGIN_DECLS

/* Boxed, for properties. */
#define ANM_TYPE_COHORT (anm_cohort_get_type ())
#define ANM_TYPE_DATASET (anm_dataset_get_type ())
GType anm_cohort_get_type  (void);
GType anm_dataset_get_type (void);

/**
 * AnmStudy:
 *
 * The document: cohort, recipe, network, hyperparameters, runs, kept in one
 * SQLite file as things happen. There is nothing to save. Lives on the main
 * thread; all writing is done by the study's one writer thread.
 *
 * Properties, all notified: path, title, cohort, dataset (boxed; NULL while it is
 * being made), dataset-error (of the dataset that couldn't be made), network-text,
 * hyperparameters (pointer), recipe (pointer), preparing, loading, can-undo, can-redo, undo-label, redo-label.
 */
#define ANM_TYPE_STUDY (anm_study_get_type ())
G_DECLARE_FINAL_TYPE (AnmStudy, anm_study, ANM, STUDY, GObject)

/* NULL: a new untitled study in the user's data directory. A path that doesn't exist is made. */
AnmStudy         *anm_study_open               (const char *path,
                                                GError **error);
const char       *anm_study_get_path           (AnmStudy *self);
/* Its own, else its cohort's. */
const char       *anm_study_get_title          (AnmStudy *self);
void              anm_study_set_title          (AnmStudy *self,
                                                const char *title); /* nullable: the cohort's */
/* Takes over what another program has written since: runs that began there, and the figures, status and notes of those under way, each of
 * which emits `changed`. Cheap if there is nothing. Returns whether there was anything. To be called from a timer. */
gboolean          anm_study_refresh            (AnmStudy *self);
/* Which other program trains in it now, in a sentence; NULL: none. The caller's own. */
char             *anm_study_describe_trainer   (AnmStudy *self);
/* Waits until all that was handed to the writer is in the file; error if the disk refused. */
gboolean          anm_study_flush              (AnmStudy *self,
                                                GError **error);

/* NULL if there is none, and while a large one is being read: see `loading`. */
AnmCohort        *anm_study_get_cohort         (AnmStudy *self); /* nullable, borrowed */
/* The study has records, which are being read: on a worker thread, begun when the study is opened, with `preparing` set; `cohort` is notified
 * when they are there, or dataset-error says why not. The title is known at once. Small records, and most others that were read on
 * this machine before, are there at once. */
gboolean          anm_study_get_loading        (AnmStudy *self);
/* The same at once, for programs without a main loop; error also if there are none. */
AnmCohort        *anm_study_load_cohort        (AnmStudy *self,
                                                GError **error);  /* borrowed */
/* Takes a new cohort, with the recipe's defaults for it and a network whose last layer fits. */
void              anm_study_set_cohort         (AnmStudy *self,
                                                AnmCohort *cohort,
                                                const char *source);
/* The same, saying exactly where it came from (anm_cohort_origin_describe(), nullable), so that runs can be repeated from there. @by_reference:
 * the study keeps no copy, only where it came from, with sizes, times and sums: read from there again, or from this machine's cache. */
void              anm_study_set_cohort_from    (AnmStudy *self,
                                                AnmCohort *cohort,
                                                const char *source,
                                                const char *origin,
                                                gboolean by_reference);
gboolean          anm_study_get_by_reference   (AnmStudy *self);
const char       *anm_study_get_source         (AnmStudy *self);
const char       *anm_study_get_origin         (AnmStudy *self); /* nullable */

const AnmRecipe  *anm_study_get_recipe         (AnmStudy *self);
void              anm_study_set_recipe         (AnmStudy *self,
                                                const AnmRecipe *recipe);
/* The cohort made ready by the recipe; made on a worker thread when either changes. */
AnmDataset       *anm_study_get_dataset        (AnmStudy *self); /* nullable, borrowed */
gboolean          anm_study_get_preparing      (AnmStudy *self);
const GError     *anm_study_get_dataset_error  (AnmStudy *self);
/* The same at once, for programs without a main loop. */
AnmDataset       *anm_study_prepare            (AnmStudy *self,
                                                GError **error); /* borrowed */

const AnmNetworkSpec *anm_study_get_network    (AnmStudy *self);
gboolean          anm_study_set_network        (AnmStudy *self,
                                                const AnmNetworkSpec *spec);
const AnmHyperparameters *anm_study_get_hyperparameters (AnmStudy *self);
void              anm_study_set_hyperparameters (AnmStudy *self,
                                                const AnmHyperparameters *hyperparameters);

char             *anm_study_dup_network_text   (AnmStudy *self);
GListModel       *anm_study_get_runs           (AnmStudy *self); /* of AnmRun, oldest first; borrowed */
AnmRun           *anm_study_find_run           (AnmStudy *self,
                                                guint id);       /* borrowed, nullable */
/* Of records, recipe, network, hyperparameters and deletions, without a limit, over the end of the program. What is undone or redone
 * next, as in "units 32 to 64"; NULL: nothing. A change in flight is an edit like any other, made here: see
 * anm_training_follow_study(). A number that is turned on and on, as by a slider, is one edit, until it rests for a second. */
const char       *anm_study_get_undo_label     (AnmStudy *self);
const char       *anm_study_get_redo_label     (AnmStudy *self);
/* What is turned next is another edit, rest or not. */
void              anm_study_end_gesture        (AnmStudy *self);
gboolean          anm_study_undo               (AnmStudy *self,
                                                GError **error);
gboolean          anm_study_redo               (AnmStudy *self,
                                                GError **error);
/* Runs that are deleted aren't in the list any more, but in the file; anm_study_find_run() finds them. Those being trained can't be. */
gboolean          anm_study_set_runs_deleted   (AnmStudy *self,
                                                AnmRun *const *runs,
                                                guint n_runs,
                                                gboolean deleted,
                                                GError **error);
/* All runs, deleted ones too, oldest first. */
guint             anm_study_get_n_all_runs     (AnmStudy *self);
AnmRun           *anm_study_get_any_run        (AnmStudy *self,
                                                guint index);      /* borrowed */
/* Bytes of parameters kept of all runs' epochs, and how many they may be (512 MB unless it is said otherwise); beyond it
 * they are thinned. */
gboolean          anm_study_get_snapshot_bytes (AnmStudy *self,
                                                gint64 *kept,
                                                gint64 *budget,
                                                GError **error);
void              anm_study_set_snapshot_budget (AnmStudy *self,
                                                gint64 budget);
/* What people write about the study as a whole. */
char             *anm_study_load_notes         (AnmStudy *self,
                                                GError **error); /* the caller's own; "" if there are none */
void              anm_study_set_notes          (AnmStudy *self,
                                                const char *notes);
/* Where the window looks, by names that it chooses (page, patient, epoch, layer, unit, cursor, zoom ...): texts and numbers, so that it
 * opens again where it was left. No edit and never undone; written within a second or two, when the study is flushed and when it goes.
 * A patient goes by id. A text of NULL, or a number that isn't finite, forgets what was there; a name holds either a text or a number. */
void              anm_study_set_view_text      (AnmStudy *self,
                                                const char *name,
                                                const char *text);    /* nullable */
const char       *anm_study_get_view_text      (AnmStudy *self,
                                                const char *name);    /* until it is set again; NULL: none */
void              anm_study_set_view_number    (AnmStudy *self,
                                                const char *name,
                                                double number);
double            anm_study_get_view_number    (AnmStudy *self,
                                                const char *name,
                                                double otherwise);
/* What a run was trained on, which needn't be the study's present cohort; from the file if need be. */
AnmCohort        *anm_study_load_run_cohort    (AnmStudy *self,
                                                AnmRun *run,
                                                GError **error); /* the caller's reference */
/* Where those records came from, as text; the caller's own. */
char             *anm_study_load_run_source    (AnmStudy *self,
                                                AnmRun *run,
                                                GError **error);
/* The same, exactly; NULL without an error if the study doesn't know. */
char             *anm_study_load_run_origin    (AnmStudy *self,
                                                AnmRun *run,
                                                GError **error);
/* The cohort's patients that were in @part of that run; the caller's own. */
guint32          *anm_study_load_run_patients  (AnmStudy *self,
                                                AnmRun *run,
                                                AnmPart part,
                                                gsize *n_patients,
                                                GError **error);

G_END_DECLS
