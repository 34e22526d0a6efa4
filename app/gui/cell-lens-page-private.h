/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/gui/cell-lens-job.h"
#include "app/gui/cell-lens-page.h"

G_BEGIN_DECLS

struct _AnmCellLensPage
{
  GtkWidget         parent_instance;

  AnmViewState     *state;
  AnmLiveReading   *live;
  GSettings        *settings;  /* nullable */
  AnmWorker        *worker;
  AnmCellLensBench *bench;

  GtkWidget        *box;
  GtkWidget        *bar;
  GtkWidget        *outer;
  GtkWidget        *inner;
  GtkWidget        *left;
  GtkWidget        *where;
  GtkWidget        *unit;
  GtkWidget        *rows;
  GtkWidget        *terms;
  GtkWidget        *terms_scroller;

  AnmPatientReading *reading;   /* that @parameters are of; nullable */
  GBytes           *parameters;
  AnmCellLens      *lens;       /* nullable */
  const char       *symbol;     /* interned: of the equation that was chosen; nullable */
  gboolean          expanded;
  gboolean          narrow;
  gboolean          shaped;
  gboolean          focus_due;  /* the keys are the lens's as soon as it shows something */
  gboolean          left_shown[2]; /* where there is room, and where there isn't: then in the terms' place */
  AnmDirection      half;       /* of a unit to which both halves of a layer add */
  guint             idle;
};

/* What is looked at: the layer, -1 without a reading; its units, and the one of them. */
int   _cell_lens_page_get_layer        (AnmCellLensPage *self);
guint _cell_lens_page_get_n_units      (AnmCellLensPage *self);
guint _cell_lens_page_get_unit         (AnmCellLensPage *self);
/* Has the step looked at anew. */
void  _cell_lens_page_ask              (AnmCellLensPage *self);
/* Shows and hides columns as there is room for them. */
void  _cell_lens_page_reshape          (AnmCellLensPage *self);
/* What the bar's buttons and the keys do. */
void  _cell_lens_page_install_commands (GtkWidgetClass *widget_class);

G_END_DECLS
