/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/live-reading.h"
#include "app/gui/view-memory.h"
#include "app/gui/window.h"

G_BEGIN_DECLS

struct _AnmWindow
{
  AdwApplicationWindow parent_instance;

  AnmViewState        *state;
  AnmTrainingControl  *control;
  AnmLiveReading      *live;       /* for all pages */
  AnmViewMemory       *memory;
  AnmStudy            *study;      /* the one whose signals we hear */
  GSettings           *settings;   /* NULL if the schema isn't installed */
  guint                refresh_timer;
  AnmRun              *foreign_run;  /* nullable: that another program trains */
  gboolean             inhibition_wanted; /* a training runs */
  guint                inhibition;   /* what the desktop knows it by; 0: it may suspend */
  GSignalGroup        *runs_signals;
  GSignalGroup        *study_signals;
  GSignalGroup        *undo_signals;
  GCancellable        *reading;    /* the reading under way */
  guint                reading_timer;
  gboolean             train_when_ready; /* an example that shall be seen to learn */

  GtkWidget           *header;
  AdwViewSwitcher     *switcher;
  AdwViewSwitcherBar  *switcher_bar;
  GtkStack            *title_stack;
  GtkStack            *root_stack;
  GtkWidget           *welcome_page;
  GtkWidget           *runs_revealer;
  GtkWidget           *runs_pane;
  GtkWidget           *runs_button;
  GtkWidget           *cohort_button;
  GtkWidget           *title_label;
  GtkWidget           *subtitle_label;
  GMenu               *recent_menu;
  GMenu               *samples_menu;
  GMenu               *undo_menu;
  guint               n_edits_since_hand; /* of the study, since the network in hand was last changed */
  gboolean            undoing;
  GtkWidget           *undo_box;
  GtkWidget           *undo_button;
  GtkWidget           *redo_button;
  GtkWidget           *training_bar;
  GtkWidget           *banner;
  GtkWidget           *banner_label;
  GtkWidget           *rescue_button;
  GtkWidget           *reading_revealer;
  GtkWidget           *reading_label;
  GtkWidget           *reading_progress;
  GtkWidget           *notice;
  AdwToastOverlay     *toasts;
  AdwViewStack        *stack;
  GtkWidget           *records_page;
  GtkWidget           *hand_bar;
};

/* window-open.c */
void _anm_window_install_open_actions (GtkWidgetClass *widget_class);
void _anm_window_init_open            (AnmWindow *self);
void _anm_window_cancel_reading       (AnmWindow *self);
/* Shows progress if it takes long; what cancels it, borrowed. */
GCancellable *_anm_window_begin_reading (AnmWindow *self,
                                       const char *what);
void _anm_window_end_reading          (AnmWindow *self,
                                       GCancellable *reading);
void _anm_window_show_reading         (double fraction,
                                       const char *message,
                                       gpointer data);

/* Reads and takes @path as a study. */
gboolean _anm_window_open_study       (AnmWindow *self,
                                       const char *path);

/* window-study.c */
void _anm_window_prepare_study        (AnmWindow *self,
                                       AnmStudy *study);
void _anm_window_install_study_actions (GtkWidgetClass *widget_class);
void _anm_window_init_study           (AnmWindow *self);

/* window-desktop.c */
void _anm_window_init_desktop         (AnmWindow *self);
void _anm_window_end_desktop          (AnmWindow *self);

/* window-files.c */
void _anm_window_install_files_actions (GtkWidgetClass *widget_class);
void _anm_window_init_files           (AnmWindow *self);

/* window-refresh.c */
void _anm_window_init_refresh         (AnmWindow *self);
void _anm_window_end_refresh          (AnmWindow *self);

/* window-runs.c */
void _anm_window_install_runs_actions (GtkWidgetClass *widget_class);
void _anm_window_init_runs            (AnmWindow *self);

/* window-undo.c */
void _anm_window_install_undo_actions (GtkWidgetClass *widget_class);
void _anm_window_init_undo            (AnmWindow *self);

/* window-hand.c */
void _anm_window_install_hand_actions (GtkWidgetClass *widget_class);
void _anm_window_init_hand            (AnmWindow *self);

G_END_DECLS
