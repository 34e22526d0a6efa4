/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-lens.h"
#include "app/study/patient-band.h"
#include "app/study/study.h"
#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* What an exhibit is made from. */
typedef enum
{
  ANM_EXHIBIT_COHORT,   /* the records */
  ANM_EXHIBIT_RECORD,   /* one patient's record */
  ANM_EXHIBIT_RUN,      /* one training's figures */
  ANM_EXHIBIT_READING,  /* one patient under the weights of a run */
  ANM_EXHIBIT_WEIGHTS,  /* the weights of a run, and patients it looks at with them */
  ANM_EXHIBIT_PATIENT_WEIGHTS, /* the same and one patient */
  ANM_EXHIBIT_CELL,     /* one step of one unit of it */
} AnmExhibitNeed;

/* All that any exhibit may be made from: what isn't there is %NULL, none is -1. All borrowed. */
typedef struct
{
  AnmStudy                *study;
  AnmCohort               *cohort;
  double                   step;        /* width of a time step in the cohort's unit, 0 = as suits the cohort */
  gssize                   patient;     /* in the cohort */
  AnmRun                  *run;
  AnmRun                  *previous;    /* the run before, in grey */
  const AnmPatientReading *reading;
  const AnmPatientBand    *band;        /* of the reading; %NULL = nobody asks */
  const AnmCellLens       *lens;        /* of the reading's layer and unit */
  gboolean                 named;       /* a sheet for others bears the patient's id */
  const char              *weights;     /* whose weights it was read with: "best epoch, 36" */
  const anm_real          *parameters;  /* those weights, [n_parameters], */
  guint                    epoch;       /* and the epoch they are of */
  int                      layer;       /* -1 = the first recurrent one */
  int                      unit;        /* -1 = none chosen */
  guint                    moment;      /* a step of the layer, from 1; 0 = the last */
  const char              *of;          /* a gate, an equation, a tensor or a field, as the figure has use for; %NULL = as suits */
} AnmExhibitSource;

/**
 * AnmExhibit:
 *
 * A named picture: the same for the window, the command line, exports and reports.
 */
typedef struct
{
  const char     *name;     /* "gradient-flow", as on the command line */
  const char     *summary;  /* N_(), one sentence */
  AnmExhibitNeed  need;
  AnmFigure    *(*make) (const AnmExhibitSource *source);
  gboolean        paper;    /* made for a sheet of A4 */
  gboolean        has_band; /* shows the source's band */
} AnmExhibit;

const AnmExhibit *anm_exhibits      (guint *n_exhibits);
/* %NULL if there is none of that name. */
const AnmExhibit *anm_exhibit_find  (const char *name);
/* All names with commas between them, for messages. Newly allocated. */
char             *anm_exhibit_names (void);
/* A new figure; one whose @source lacks what it needs says so in the picture's place. */
AnmFigure        *anm_exhibit_make  (const AnmExhibit *self,
                                     const AnmExhibitSource *source);

G_END_DECLS
