/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/trajectory-look.h"

#include <math.h>

#include "engine/workspace.h"

#define N_COMPONENTS 2

typedef struct
{
  AnmTrajectoryLook *look;
  AnmProbe          *probe;
  const anm_real    *parameters;
  double            *places;
  gsize              n_places;
  double             step;       /* of the record */
} Walk;

static void
add_way (Walk *walk,
         const AnmSequences *sequences,
         gsize sequence,
         guint32 patient)
{
  AnmTrajectoryLook *look = walk->look;
  AnmTrajectoryWay *way = &look->ways[look->n_ways++];
  guint n_components = look->components->n_components;
  AnmTrace h;

  *way = (AnmTrajectoryWay){ .patient = patient };
  if (anm_sequences_get_length (sequences, sequence) == 0)
    return;
  anm_probe_run (walk->probe, walk->parameters, sequences, sequence, FALSE);
  if (!anm_probe_get_trace (walk->probe, look->layer, "h", &h) || h.n_steps == 0)
    return;

  if (h.n_steps > walk->n_places)
    {
      walk->n_places = h.n_steps;
      walk->places = g_renew (double, walk->places, walk->n_places * MAX (n_components, 1));
    }
  anm_principal_components_project (look->components, h.values, h.n_steps, walk->places);
  way->n_steps = h.n_steps;
  way->x = g_new0 (float, h.n_steps);
  way->y = g_new0 (float, h.n_steps);
  for (guint t = 0; t < h.n_steps; t++)
    {
      way->x[t] = (float) walk->places[(gsize) t * n_components];
      way->y[t] = n_components > 1 ? (float) walk->places[(gsize) t * n_components + 1] : 0;
    }
  way->first_time = h.steps[0] * walk->step;
  if (h.n_steps > 1)
    look->time_step = (h.steps[h.n_steps - 1] - h.steps[0]) * walk->step / (h.n_steps - 1);
}

static gboolean
is_stopped (const int *stop)
{
  return stop != NULL && g_atomic_int_get (stop) != 0;
}

/* The one patient who isn't in the sample. */
static gboolean
add_extra (Walk *walk,
           guint32 patient,
           GError **error)
{
  const AnmCohortSample *sample = walk->look->sample;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AnmSequences) alone = anm_fitted_recipe_apply (sample->recipe, sample->cohort, &patient, 1, warnings, error);

  if (alone == NULL)
    return FALSE;
  add_way (walk, alone, 0, patient);
  return TRUE;
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
  g_autoptr (AnmProbe) probe = NULL;
  g_autofree double *places = NULL;
  AnmLossKind loss;
  Walk walk;
  gboolean done = TRUE;

  self->layer = layer;
  self->sample = anm_cohort_sample_ref (sample);
  self->components = anm_principal_components_new (network, parameters, sample->sequences, layer, "h", N_COMPONENTS, reference, pool, stop, error);
  if (self->components == NULL || !anm_loss_resolve (ANM_LOSS_AUTO, network, &sample->sequences->target, &loss, error))
    return NULL;
  for (guint k = 0; k < MIN (self->components->n_components, N_COMPONENTS); k++)
    self->explained[k] = self->components->total_variance > 0 ? self->components->variances[k] / self->components->total_variance : NAN;
  self->time_step = anm_fitted_recipe_get_step (sample->recipe);
  self->ways = g_new0 (AnmTrajectoryWay, sample->n + 1);
  probe = anm_probe_new (network, loss);
  walk = (Walk){ self, probe, parameters, NULL, 0, anm_fitted_recipe_get_step (sample->recipe) };
  for (gsize i = 0; i < sample->n && done; i++)
    {
      done = !is_stopped (stop);
      if (done)
        add_way (&walk, sample->sequences, i, sample->patients[i]);
    }
  if (done && patient >= 0 && (gsize) patient < sample->cohort->n_patients && anm_cohort_sample_find (sample, (guint32) patient) < 0)
    done = add_extra (&walk, (guint32) patient, error);
  places = walk.places;
  return done ? g_steal_pointer (&self) : NULL;
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
