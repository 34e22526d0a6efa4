/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/trajectory-look.h"

#include <math.h>

#define N_COMPONENTS 2

/* @ways: of the sequences that are run through, in their order. */
typedef struct
{
  const AnmTrajectoryLook *look;
  AnmTrajectoryWay        *ways;
  double                  *time_steps; /* of each, 0 = one step doesn't tell */
  double                   step;       /* of the record */
} Walk;

static void
add_way (gsize sequence,
         guint n_steps,
         guint first_step,
         guint last_step,
         const double *places,
         gpointer data)
{
  const Walk *walk = data;
  AnmTrajectoryWay *way = &walk->ways[sequence];
  const guint n_components = walk->look->components->n_components;

  way->n_steps = n_steps;
  way->x = g_new0 (float, n_steps);
  way->y = g_new0 (float, n_steps);
  for (guint t = 0; t < n_steps; t++)
    {
      way->x[t] = (float) places[(gsize) t * n_components];
      way->y[t] = n_components > 1 ? (float) places[(gsize) t * n_components + 1] : 0;
    }
  way->first_time = first_step * walk->step;
  if (n_steps > 1)
    walk->time_steps[sequence] = (last_step - first_step) * walk->step / (n_steps - 1);
}

/* The ways of @sequences behind those that are there. */
static gboolean
add_ways (AnmTrajectoryLook *self,
          AnmNetwork *network,
          const anm_real *parameters,
          const AnmSequences *sequences,
          const guint32 *patients,
          AnmPool *pool,
          const int *stop)
{
  g_autofree double *time_steps = g_new0 (double, MAX (sequences->n_sequences, 1));
  Walk walk = { self, self->ways + self->n_ways, time_steps, anm_fitted_recipe_get_step (self->sample->recipe) };

  for (gsize i = 0; i < sequences->n_sequences; i++)
    self->ways[self->n_ways++] = (AnmTrajectoryWay){ .patient = patients[i] };
  if (!anm_principal_components_project_all (self->components, network, parameters, sequences, self->layer, "h", pool, add_way, &walk, stop))
    return FALSE;

  for (gsize i = 0; i < sequences->n_sequences; i++)
    if (time_steps[i] > 0)
      self->time_step = time_steps[i];
  return TRUE;
}

/* The one patient who isn't in the sample. */
static gboolean
add_extra (AnmTrajectoryLook *self,
           AnmNetwork *network,
           const anm_real *parameters,
           guint32 patient,
           AnmPool *pool,
           const int *stop,
           GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AnmSequences) alone = anm_fitted_recipe_apply (self->sample->recipe, self->sample->cohort, &patient, 1, warnings, error);

  return alone != NULL && add_ways (self, network, parameters, alone, &patient, pool, stop);
}

AnmTrajectoryLook *
anm_trajectory_look_new (AnmNetwork *network,
                         const anm_real *parameters,
                         AnmCohortSample *sample,
                         guint layer,
                         gssize patient,
                         const AnmPrincipalComponents *reference,
                         AnmPool *pool,
                         const int *stop,
                         GError **error)
{
  g_autoptr (AnmTrajectoryLook) self = g_new0 (AnmTrajectoryLook, 1);

  self->layer = layer;
  self->sample = anm_cohort_sample_ref (sample);
  self->components = anm_principal_components_new (network, parameters, sample->sequences, layer, "h", N_COMPONENTS, reference, pool, stop, error);
  if (self->components == NULL)
    return NULL;

  for (guint k = 0; k < MIN (self->components->n_components, N_COMPONENTS); k++)
    self->explained[k] = self->components->total_variance > 0 ? self->components->variances[k] / self->components->total_variance : NAN;
  self->time_step = anm_fitted_recipe_get_step (sample->recipe);
  self->ways = g_new0 (AnmTrajectoryWay, sample->n + 1);
  if (!add_ways (self, network, parameters, sample->sequences, sample->patients, pool, stop))
    return NULL;
  if (patient >= 0 && (gsize) patient < sample->cohort->n_patients && anm_cohort_sample_find (sample, (guint32) patient) < 0 &&
      !add_extra (self, network, parameters, (guint32) patient, pool, stop, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
anm_trajectory_look_free (AnmTrajectoryLook *self)
{
  for (gsize i = 0; i < self->n_ways; i++)
    {
      g_free (self->ways[i].x);
      g_free (self->ways[i].y);
    }
  g_free (self->ways);
  g_clear_pointer (&self->components, anm_principal_components_free);
  g_clear_pointer (&self->sample, anm_cohort_sample_unref);
  g_free (self);
}
