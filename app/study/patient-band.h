/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/patient-reading.h"
#include "engine/dropout-passes.h"

G_BEGIN_DECLS

/* Passes and seed where nobody says otherwise: the window and the command line then show the same band. */
#define ANM_BAND_PASSES 100
#define ANM_BAND_SEED 0

typedef enum
{
  ANM_BAND_THERE,
  ANM_BAND_NO_DROPOUT, /* the network drops nothing: every pass is the prediction */
  ANM_BAND_TOO_LONG,   /* the network looks ahead, so that each step takes passes of its own, and the record has too many */
} AnmBandState;

/**
 * AnmPatientBand:
 *
 * How far a network's answers for one patient spread when it drops what it drops in training: the band around a reading's
 * prediction, or why there is none. Made from a reading, read-only after that, reference counted.
 */
typedef struct
{
  gatomicrefcount ref_count;
  AnmBandState    state;
  guint           n_passes;
  guint           n_steps;      /* as the reading's; 0 without a band */
  guint           n_outputs;
  float          *mean;         /* [n_steps][n_outputs], as the prediction */
  float          *median;
  float          *lower;        /* 95 % of the passes lie between these */
  float          *upper;
} AnmPatientBand;

/**
 * anm_patient_band_new:
 * @reading: with steps
 * @parameters: those it was read with
 * @passes: (inout) (nullable): kept between bands of the same network and loss to spare their memory; new ones are made when it
 *   is %NULL
 * @stop: (nullable): atomic, 1 = give up
 *
 * May be called from any thread that has called anm_pool_enter_computing_thread().
 *
 * Returns: (transfer full) (nullable): %NULL only if given up
 */
AnmPatientBand *anm_patient_band_new   (const AnmPatientReading *reading,
                                        const anm_real *parameters,
                                        guint n_passes,
                                        guint64 seed,
                                        AnmDropoutPasses **passes,
                                        const int *stop);
AnmPatientBand *anm_patient_band_ref   (AnmPatientBand *self);
void            anm_patient_band_unref (AnmPatientBand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmPatientBand, anm_patient_band_unref)

G_END_DECLS
