/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/study/history.h"
#include "app/study/study-private.h"

G_BEGIN_DECLS

/* Inside the study: what it is (study.c), how it is edited (study-edits.c), what it computes on (study-prepare.c), its runs
 * (study-runs.c) and where the window looks (study-view.c). */

struct _AnmStudy
{
  GObject            parent_instance;

  AnmStore          *store;
  AnmCohortVersion  *cohort;         /* nullable */
  AnmRecipe         *recipe;
  AnmNetworkSpec    *network;
  AnmHyperparameters hyperparameters;
  AnmHistory        *history;
  gint64             data_version;   /* of the file when it was last looked at */
  char              *gesture;        /* place of the edits that are one; NULL: the next is another */
  AnmEdit           *gesture_edit;   /* borrowed: what they are */
  gint64             gestured_at;    /* monotonic time */
  GPtrArray         *all_runs;       /* of AnmRun, oldest first */
  GListStore        *runs;           /* those of them that aren't deleted */

  AnmDataset        *dataset;        /* nullable */
  GError            *dataset_error;  /* nullable */
  GCancellable      *preparation;    /* of the dataset that is wanted now; NULL: none under way */
  guint              preparation_source;

  char              *title;          /* that a person gave it; NULL: the cohort's */
  JsonObject        *view;           /* where the window looks; NULL: not read yet */
  guint              view_source;    /* it waits to be written */
};

/* A new study's: nothing is told to listeners. */
void _anm_study_set_defaults  (AnmStudy *self);
/* The dataset under way isn't wanted any more. */
void _anm_study_drop_preparation (AnmStudy *self);
gboolean _anm_study_load_runs (AnmStudy *self,
                               GError **error);
/* Drops the dataset and begins a new one, if there is a cohort. */
void _anm_study_prepare_later (AnmStudy *self);
/* The study as it is now becomes what @edit left behind. */
void _anm_study_remember      (AnmStudy *self,
                               AnmEdit *edit);
/* What waits of the view is handed to the writer. */
void _anm_study_write_view    (AnmStudy *self);
/* It was just edited: writes the head, remembers the edit. */
void _anm_study_keep_edit     (AnmStudy *self,
                               const char *label);
/* The same of an edit at @place, a number that may be turned on and on; nullable. What _anm_study_go_on() said to go on becomes part
 * of the edit before. */
void _anm_study_keep_gesture  (AnmStudy *self,
                               const char *place,
                               const AnmEdit *before,
                               const char *label);
/* What the gesture that an edit at @place goes on with began from: without a rest of a second, or an edit elsewhere, it is one edit. NULL: it
 * begins with this edit. */
const AnmEdit *_anm_study_go_on (AnmStudy *self,
                               const char *place);

G_END_DECLS
