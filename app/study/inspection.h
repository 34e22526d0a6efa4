/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"
#include "engine/dendrogram.h"
#include "engine/histogram.h"
#include "engine/jacobian.h"
#include "engine/occlusion.h"
#include "engine/principal-components.h"
#include "engine/saturation.h"
#include "engine/spectrum.h"

G_BEGIN_DECLS

/**
 * AnmInspection:
 *
 * One patient's record run through one set of weights, forwards and backwards, and kept as the engine's close looks
 * want it: a cell's step, Jacobians, spectra. A layer's steps are its own; where a layer below gave fewer, each stands for a
 * step of the record. Not for use from two threads at once; its thread must have called
 * anm_pool_enter_computing_thread().
 */
typedef struct _AnmInspection AnmInspection;

/* @parameters: [n_parameters], copied. NULL with @error if the recipe can't be applied, the loss doesn't fit, or the patient has no
 * measurements. */
AnmInspection *anm_inspection_new         (AnmNetwork *network,
                                           AnmFittedRecipe *recipe,
                                           AnmLossKind loss,
                                           const anm_real *parameters,
                                           AnmCohort *cohort,
                                           guint32 patient,
                                           GError **error);
void           anm_inspection_free        (AnmInspection *self);
/* All that @layer lets be seen, borrowed. */
void           anm_inspection_get_traces  (AnmInspection *self,
                                           guint layer,
                                           AnmLayerTraces *traces);
/* Where in the cohort's time @layer's step begins. */
double         anm_inspection_get_time    (AnmInspection *self,
                                           guint layer,
                                           guint step);
/* Width of the record's steps in the cohort's time. */
double         anm_inspection_get_step    (const AnmInspection *self);
double         anm_inspection_get_loss    (const AnmInspection *self); /* NaN without an outcome */
/* The cell of @layer with the weights set; its words belong to it. */
AnmCell       *anm_inspection_new_cell    (AnmInspection *self,
                                           guint layer,
                                           AnmDirection direction,
                                           GError **error);
AnmJacobian   *anm_inspection_new_jacobian (AnmInspection *self,
                                           guint layer,
                                           AnmDirection direction,
                                           GError **error);
/* For people: number @index of what a term of @layer's cell multiplies: "HR", "HR observed", "unit 3". */
char          *anm_inspection_name_input  (const AnmInspection *self,
                                           guint layer,
                                           const char *operand,
                                           guint index);

/* The first recurrent layer, or -1. */
int            anm_network_find_recurrent (const AnmNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmInspection, anm_inspection_free)

G_END_DECLS
