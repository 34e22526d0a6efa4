/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/gui/time-window.h"
#include "app/study/hand.h"
#include "app/study/training.h"

G_BEGIN_DECLS

/**
 * AnmViewState:
 *
 * What the window looks at: one object that every page binds to, so that a patient picked
 * on one page is the patient on all, and one cursor runs through all charts.
 *
 * Properties, all notified and writable: study (AnmStudy), training (AnmTraining, the current one or
 * NULL), run (AnmRun, the one in the foreground), previous-run (AnmRun), patient (uint, index in the
 * cohort), cursor (double, time in the cohort's unit, NaN = none), cursor-pinned (boolean),
 * time-step (double, the cohort's), layer (int), unit (int), epoch (int), quantity (string), selected-patients (GtkBitset),
 * next-run (boolean: edits wait for the next run), inputs (string), by-number (boolean: units lie as numbered, not by similarity).
 *
 * The epoch is the time machine: ANM_EPOCH_NEWEST follows the training, and shows the best weights of a run that has
 * ended; any other number is an epoch of the run whose parameters are kept. Another run begins at its newest.
 * All that is drawn from weights comes from AnmLiveReading, which obeys it.
 *
 * A new study starts afresh: training and runs are forgotten, patient 0, none selected, no cursor, no layer or unit.
 * Another patient's time is shown as a whole.
 */
#define ANM_TYPE_VIEW_STATE (anm_view_state_get_type ())
G_DECLARE_FINAL_TYPE (AnmViewState, anm_view_state, ANM, VIEW_STATE, GObject)

#define ANM_EPOCH_NEWEST (-1)

AnmViewState *anm_view_state_new          (void);
AnmStudy     *anm_view_state_get_study    (AnmViewState *self);
void          anm_view_state_set_study    (AnmViewState *self, AnmStudy *study);
/* The study's cohort, NULL without one. */
AnmCohort    *anm_view_state_get_cohort   (AnmViewState *self);
/* What the person holds of the network; always the same object, emptied when the network changes. */
AnmHand      *anm_view_state_get_hand     (AnmViewState *self);
/* What of the patient's time is shown and marked; always the same object. */
AnmTimeWindow *anm_view_state_get_window  (AnmViewState *self);
/* Channels drawn above the states, their names a line each; NULL = the first ones. */
const char   *anm_view_state_get_inputs   (AnmViewState *self);
void          anm_view_state_set_inputs   (AnmViewState *self, const char *inputs);
gboolean      anm_view_state_get_by_number (AnmViewState *self);
void          anm_view_state_set_by_number (AnmViewState *self, gboolean by_number);
AnmTraining  *anm_view_state_get_training (AnmViewState *self);
void          anm_view_state_set_training (AnmViewState *self, AnmTraining *training);
AnmRun       *anm_view_state_get_run      (AnmViewState *self);
void          anm_view_state_set_run      (AnmViewState *self, AnmRun *run);
AnmRun       *anm_view_state_get_previous_run (AnmViewState *self);
void          anm_view_state_set_previous_run (AnmViewState *self, AnmRun *run);
guint         anm_view_state_get_patient  (AnmViewState *self);
void          anm_view_state_set_patient  (AnmViewState *self, guint patient);
/* A pinned cursor stays where it is when the pointer moves: whoever follows the pointer looks first. */
double        anm_view_state_get_cursor   (AnmViewState *self);
void          anm_view_state_set_cursor   (AnmViewState *self, double cursor);
gboolean      anm_view_state_get_cursor_pinned (AnmViewState *self);
void          anm_view_state_set_cursor_pinned (AnmViewState *self, gboolean pinned);
/* A click: puts the cursor there and pins it. */
void          anm_view_state_pin_cursor   (AnmViewState *self, double cursor);
/* Moves it by @steps time steps within the patient's record, from its begin or end if there was none; pinned stays pinned. */
void          anm_view_state_move_cursor  (AnmViewState *self, int steps);
/* Unpins and hides it. */
void          anm_view_state_release_cursor (AnmViewState *self);
/* Width of the cohort's time step; 1 until it is known. */
double        anm_view_state_get_time_step (AnmViewState *self);
void          anm_view_state_set_time_step (AnmViewState *self, double time_step);
int           anm_view_state_get_layer    (AnmViewState *self);
void          anm_view_state_set_layer    (AnmViewState *self, int layer);
int           anm_view_state_get_unit     (AnmViewState *self);
void          anm_view_state_set_unit     (AnmViewState *self, int unit);
int           anm_view_state_get_epoch    (AnmViewState *self);
void          anm_view_state_set_epoch    (AnmViewState *self, int epoch);
/* The symbol of what the layer is looked at for: "h", "c", "i", "f", ...; never NULL, and kept when a layer has no such thing. */
const char   *anm_view_state_get_quantity (AnmViewState *self);
void          anm_view_state_set_quantity (AnmViewState *self, const char *quantity);
/* Patients brushed in a figure, by index in the cohort; empty without a selection. Borrowed, not to be changed. */
GtkBitset    *anm_view_state_get_selected_patients (AnmViewState *self);
/* %NULL: none. Copied. */
void          anm_view_state_select_patients (AnmViewState *self, const GtkBitset *patients);
gboolean      anm_view_state_get_next_run (AnmViewState *self);
void          anm_view_state_set_next_run (AnmViewState *self, gboolean next_run);

G_END_DECLS
