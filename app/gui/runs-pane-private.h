/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/runs-pane.h"

G_BEGIN_DECLS

struct _AnmRunsPane
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  AnmStudy           *study;          /* nullable: the one whose runs are listed */
  GtkMultiSelection  *selection;
  gboolean            showing_differences;

  GCancellable       *verification;   /* of the one under way */
  AnmRun             *verified;
  double              fraction;       /* done of it, written by its thread */
  GMutex              lock;           /* of fraction */
  guint               timer;

  GtkWidget          *title_label;
  GtkWidget          *caption_label;
  GtkWidget          *back_button;
  GtkWidget          *stack;
  GtkWidget          *list;
  GtkWidget          *differences;
  GtkWidget          *foot;
  GtkWidget          *menu_button;
  GtkWidget          *verification_box;
  GtkWidget          *verification_label;
  GtkWidget          *verification_progress;
  GtkWidget          *verification_button;
};

/* Of AnmRun, in the order of the list; the caller's own. */
GPtrArray *_anm_runs_pane_get_chosen      (AnmRunsPane *self);
/* "list", "differences": whichever fits what is there. */
void       _anm_runs_pane_update          (AnmRunsPane *self);
void       _anm_runs_pane_show_message    (AnmRunsPane *self,
                                           const char *message);

/* runs-pane-actions.c */
void       _anm_runs_pane_install_actions (GtkWidgetClass *widget_class);
void       _anm_runs_pane_update_actions  (AnmRunsPane *self);

/* runs-pane-verification.c */
void       _anm_runs_pane_verify          (AnmRunsPane *self,
                                           AnmRun *run);
/* Cancels what is under way, or puts the result away. */
void       _anm_runs_pane_end_verification (AnmRunsPane *self);

G_END_DECLS
