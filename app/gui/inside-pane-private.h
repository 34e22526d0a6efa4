/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/gradient-flow.h"
#include "app/gui/inside-pane.h"
#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

struct _AnmInsidePane
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  AnmLiveReading     *live;
  AnmWorker          *worker;
  AnmInsideTools     *tools;

  GtkWidget          *view;
  GtkWidget          *hover_view;    /* over it, the hovered track alone */
  GtkWidget          *chooser;
  GtkWidget          *chooser_label;
  GtkWidget          *spinner;       /* while an answer is late */
  GtkWidget          *late_box;      /* when it is later still: how far it is, and a stop */
  GtkWidget          *late_label;
  GtkWidget          *late_bar;
  GtkWidget          *stop_button;
  GtkWidget          *steps_box;     /* of a Jacobian: from step to step */
  GtkWidget          *steps_label;
  GtkWidget          *step_buttons[2];
  GSettings          *settings;      /* nullable */
  GSimpleActionGroup *actions;

  AnmInsideFigure     figure;
  char               *of[ANM_N_INSIDE_FIGURES];  /* what each is of, NULL = as suits */
  GHashTable         *beside;        /* numbers of the runs beside, as pointers */
  AnmRun             *beside_of;     /* the run that they were chosen for; not a reference */

  AnmInsideAnswer    *answer;        /* that is shown, nullable */
  char               *failure;       /* or why there is none */
  int                 hovered;       /* track, -1 = none */

  GBytes             *patients;      /* of the weights last looked at */
  AnmFittedRecipe    *patients_recipe;
  AnmCohort          *patients_cohort;

  gboolean            due;           /* while it isn't seen */
  gboolean            redraw_due;
  gboolean            submitted_fine;
  gint64              submitted_at;
  guint               later;         /* a request that waits for its time */
  guint               very_late;
  guint               late_timer;    /* while it is told how far it is */
  guint               quiet;         /* all patients, once nothing has changed for a while */
};

/* Names as on the command line, and for people. */
const char      *anm_inside_figure_get_name  (AnmInsideFigure figure);
const char      *anm_inside_figure_get_title (AnmInsideFigure figure);

/* The menu in the corner. */
void             anm_inside_pane_add_chooser    (AnmInsidePane *self);
void             anm_inside_pane_update_chooser (AnmInsidePane *self);
/* What the figure is of now, resolved: the first of what there is where nothing was chosen. Nullable, newly allocated. */
char            *anm_inside_pane_get_of         (AnmInsidePane *self);
/* After a choice. */
void             anm_inside_pane_update         (AnmInsidePane *self);

/* Patients that are looked at first, and at most. */
#define ANM_FEW_PATIENTS 60
#define ANM_MOST_PATIENTS 400

/* Whether weights are looked into; whether many patients are. */
gboolean         anm_inside_figure_needs_work      (AnmInsideFigure figure);
gboolean         anm_inside_figure_looks_at_cohort (AnmInsideFigure figure);
gboolean         anm_inside_pane_is_training    (AnmInsidePane *self);
/* Asks for the figure of at most so many patients. */
void             anm_inside_pane_submit         (AnmInsidePane *self,
                                                 gsize at_most);

/* What the figure is made from and how it is shown. */
AnmWeights      *anm_inside_pane_get_weights    (AnmInsidePane *self);
/* The layer that is looked into, -1 = none that fits. */
int              anm_inside_pane_get_layer      (AnmInsidePane *self);
AnmFlowAxis      anm_inside_pane_get_axis       (AnmInsidePane *self);
void             anm_inside_pane_show           (AnmInsidePane *self);
void             anm_inside_pane_connect_view   (AnmInsidePane *self);
/* Beside the figure: how far late work is; a Jacobian's step. */
void             anm_inside_pane_add_extras     (AnmInsidePane *self);
void             anm_inside_pane_show_late      (AnmInsidePane *self,
                                                 gboolean late);
void             anm_inside_pane_show_step      (AnmInsidePane *self);

G_END_DECLS
