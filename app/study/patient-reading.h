/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"
#include "engine/probe.h"

G_BEGIN_DECLS

/**
 * AnmPatientReading:
 *
 * One patient under one set of parameters, as plain arrays: all that figures of one patient show. Reference
 * counted and read-only once made, so that it can be made on one thread and shown from another. All arrays of
 * steps are row-major, [step][...]. Step k is what happened from first_time + k * step up to, not including,
 * first_time + (k + 1) * step, in the cohort's unit; figures set it at its end, when the network knows it: the first
 * hour is hour 1.
 */

/* One thing that a layer lets be seen: see AnmTrace. What stands for several steps of the record is held until the
 * next one, and what isn't there yet is NaN: before the last step for what a layer gives once a record. */
typedef struct
{
  const char *symbol;
  const char *label;
  gboolean    is_gate;
  gboolean    of_inputs;        /* of the layer's inputs, not of its units */
  guint       n_units;
  float      *values;           /* [n_steps][n_units] */
} AnmReadingTrace;

typedef struct
{
  const AnmLayerClass *klass;
  guint            n_inputs;
  guint            n_units;
  guint            n_traces;
  AnmReadingTrace *traces;
  double          *gradient_norms; /* g_t = ||dL/dh_t||_2 [n_steps]; NULL if not recurrent, not asked for, or no outcome */
  float           *weights;     /* [n_inputs][n_units], NULL if recurrent */
} AnmReadingLayer;

typedef struct
{
  gatomicrefcount  ref_count;

  AnmCohort       *cohort;
  AnmFittedRecipe *recipe;
  AnmNetwork      *network;
  guint32          patient;

  guint            n_steps;     /* 0 if the patient has no row */
  double           first_time;
  double           step;

  AnmSequences    *sequences;   /* this patient alone, sequence 0 */
  float           *input;       /* [n_steps][n_columns]: what enters the first layer */
  guint            n_columns;

  guint            n_layers;
  AnmReadingLayer *layers;

  guint            n_outputs;
  float           *prediction;  /* [n_steps][n_outputs]: the answer to the record up to and with that step */
  double           loss;        /* NaN without an outcome */
  AnmLossKind      loss_kind;   /* as it was asked for */
} AnmPatientReading;

/**
 * anm_patient_reading_new:
 * @loss: as trained with; AUTO is resolved by the target
 * @parameters: [n_parameters], borrowed
 * @probe: (inout) (nullable): kept between readings of the same network to spare its memory; a new one is
 *   made when it is %NULL. To be freed with anm_probe_free() and made anew for another network or loss.
 * @gradients: gradient norms too
 *
 * May be called from any thread that has called anm_pool_enter_computing_thread().
 *
 * Returns: (transfer full) (nullable): %NULL with @error if the recipe can't be applied to the patient, or the loss
 *   doesn't fit the network
 */
AnmPatientReading *anm_patient_reading_new       (AnmNetwork *network,
                                                  AnmFittedRecipe *recipe,
                                                  AnmLossKind loss,
                                                  const anm_real *parameters,
                                                  AnmCohort *cohort,
                                                  guint32 patient,
                                                  AnmProbe **probe,
                                                  gboolean gradients,
                                                  GError **error);
AnmPatientReading *anm_patient_reading_ref       (AnmPatientReading *self);
void               anm_patient_reading_unref     (AnmPatientReading *self);
/* Borrowed; NULL if the layer has no such thing. */
const AnmReadingTrace *anm_patient_reading_find_trace (const AnmPatientReading *self,
                                                  guint layer,
                                                  const char *symbol);
/* Which number of @trace is that of the layer's unit @unit; -1 if none is: a trace of inputs, or of the half of a
 * bidirectional layer that has other units. */
int                anm_reading_trace_find_unit   (const AnmReadingTrace *self,
                                                  const AnmReadingLayer *layer,
                                                  guint unit);
/* Of a bidirectional layer: 0 if @trace is of the half that reads forwards, 1 if of the other; else -1. */
int                anm_reading_trace_get_half    (const AnmReadingTrace *self);
/* Where step @k stands on a figure's time axis. */
double             anm_patient_reading_get_x     (const AnmPatientReading *self,
                                                  guint k);
/* The step that @time lies in, held within the record; -1 if it has no steps or @time is NaN. */
int                anm_patient_reading_get_step  (const AnmPatientReading *self,
                                                  double time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPatientReading, anm_patient_reading_unref)

G_END_DECLS
