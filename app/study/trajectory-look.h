/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/cohort-sample.h"
#include "engine/pool.h"
#include "engine/principal-components.h"

G_BEGIN_DECLS

/* One patient's way through the plane, a point a step of the layer. */
typedef struct
{
  guint32  patient;
  double   first_time;    /* where step 0 begins, in the cohort's time */
  guint    n_steps;
  float   *x;             /* [n_steps] */
  float   *y;             /* 0 throughout if the layer has one unit */
} AnmTrajectoryWay;

/**
 * AnmTrajectoryLook:
 * @explained: [2] shares of the variance
 * @time_step: from one step of the layer to the next
 * @extra: (nullable): the patient asked for who isn't in the sample; the components know nothing of him
 *
 * The hidden states of a sample's patients in a layer's two principal components.
 */
typedef struct
{
  guint                   layer;
  AnmCohortSample        *sample;
  AnmPrincipalComponents *components;
  double                  explained[2];
  double                  time_step;
  gsize                   n_ways;
  AnmTrajectoryWay       *ways;    /* the sample's, in its order, then the extra one */
} AnmTrajectoryLook;

/* @patient: shown in any case, -1 = none. @reference: (nullable): whose signs are taken, so that a picture doesn't flip from epoch to epoch.
 * On any computing thread; NULL if @stop was set, or with @error. */
AnmTrajectoryLook *anm_trajectory_look_new  (AnmNetwork *network,
                                             const anm_real *parameters,
                                             AnmCohortSample *sample,
                                             guint layer,
                                             gssize patient,
                                             const AnmPrincipalComponents *reference,
                                             AnmPool *pool,
                                             const int *stop,
                                             GError **error);
void               anm_trajectory_look_free (AnmTrajectoryLook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmTrajectoryLook, anm_trajectory_look_free)

G_END_DECLS
