/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/inside-exhibits.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/gradient-flow.h"
#include "app/exhibits/saturation.h"
#include "app/exhibits/spectrum.h"
#include "app/exhibits/trajectories.h"

/* As many patients as the window looks at, and as many epochs. */
#define MOST_PATIENTS 400
#define MOST_EPOCHS 48

/* The layer asked for, or the first recurrent one; -1 if there is none or it isn't recurrent. */
static int
choose_recurrent (const AnmExhibitSource *source)
{
  const AnmNetwork *network = anm_run_get_network (source->run);

  if (source->layer < 0)
    return anm_network_find_recurrent (network);
  if ((guint) source->layer >= anm_network_get_n_layers (network))
    return -1;
  return anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, (guint) source->layer))) ? source->layer : -1;
}

static const char *
say (const GError *error,
     const char *otherwise)
{
  return error != NULL ? error->message : otherwise;
}

static const char *
get_unit (const AnmExhibitSource *source)
{
  return source->cohort != NULL ? source->cohort->time_unit : "step";
}

static AnmPool *
enter (void)
{
  anm_pool_enter_computing_thread ();
  return anm_pool_new (0);
}

AnmFigure *
anm_make_memory_horizon (const AnmExhibitSource *source)
{
  AnmFlowRun run = { source->run, NULL };

  return anm_memory_horizon_exhibit_new (&(AnmFlowLook){ .n_runs = 1, .runs = &run, .layer = source->layer, .time_unit = get_unit (source), .chosen = NAN });
}

AnmFigure *
anm_make_recurrent_matrix (const AnmExhibitSource *source)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  g_autoptr (GError) error = NULL;
  g_autofree anm_real *initial = anm_run_load_parameters (source->run, 0, NULL, NULL);
  int layer = choose_recurrent (source);
  g_autoptr (AnmRecurrentLook) look = NULL;
  g_autoptr (AnmPool) pool = enter ();

  if (layer >= 0)
    look = anm_recurrent_look_new (network, (guint) layer, source->of, source->parameters, initial, NULL, &error);
  return anm_recurrent_matrix_exhibit_new (network, look, source->epoch, say (error, anm_not_recurrent_words (network)));
}

static AnmInspection *
inspect (const AnmExhibitSource *source,
         GError **error)
{
  if (source->patient < 0)
    return NULL;
  return anm_inspection_new (anm_run_get_network (source->run), anm_run_get_recipe (source->run), anm_run_get_loss (source->run), source->parameters,
                             source->cohort, (guint32) source->patient, error);
}

/* NaN = the last one's. */
static double
find_time (const AnmExhibitSource *source,
           AnmInspection *inspection,
           guint layer)
{
  AnmLayerTraces traces;

  anm_inspection_get_traces (inspection, layer, &traces);
  return source->moment > 0 && source->moment <= traces.n_steps ? anm_inspection_get_time (inspection, layer, source->moment - 1) : NAN;
}

AnmFigure *
anm_make_jacobian (const AnmExhibitSource *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = enter ();
  g_autoptr (AnmInspection) inspection = inspect (source, &error);
  int layer = choose_recurrent (source);
  g_autoptr (AnmJacobianLook) look = NULL;

  if (inspection != NULL && layer >= 0)
    look = anm_jacobian_look_new (inspection, (guint) layer, ANM_DIRECTION_FORWARDS, find_time (source, inspection, (guint) layer), NULL, &error);
  return anm_jacobian_exhibit_new (anm_run_get_network (source->run), look, source->patient >= 0 ? source->cohort->ids[source->patient] : "",
                                   anm_fitted_recipe_get_step (anm_run_get_recipe (source->run)), get_unit (source), source->epoch,
                                   say (error, layer < 0 ? anm_not_recurrent_words (anm_run_get_network (source->run)) : _("No patient is chosen.")));
}

AnmFigure *
anm_make_reach (const AnmExhibitSource *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = enter ();
  g_autoptr (AnmInspection) inspection = inspect (source, &error);
  int layer = choose_recurrent (source);
  g_autoptr (AnmReachLook) look = NULL;

  if (inspection != NULL && layer >= 0)
    look = anm_reach_look_new (inspection, (guint) layer, ANM_DIRECTION_FORWARDS, NULL, NULL, NULL, &error);
  return anm_reach_exhibit_new (anm_run_get_network (source->run), look, source->patient >= 0 ? source->cohort->ids[source->patient] : "",
                                anm_fitted_recipe_get_step (anm_run_get_recipe (source->run)), get_unit (source), source->epoch,
                                say (error, layer < 0 ? anm_not_recurrent_words (anm_run_get_network (source->run)) : _("No patient is chosen.")));
}

AnmFigure *
anm_make_trajectories (const AnmExhibitSource *source)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = enter ();
  g_autoptr (AnmCohortSample) sample = NULL;
  g_autoptr (AnmTrajectoryLook) look = NULL;
  int layer = choose_recurrent (source);

  if (layer >= 0)
    sample = anm_cohort_sample_new_for_run (source->study, source->run, MOST_PATIENTS, &error);
  if (sample != NULL)
    look = anm_trajectory_look_new (network, source->parameters, sample, (guint) layer, source->patient, NULL, pool, NULL, &error);
  return anm_trajectories_exhibit_new (network, look, source->of, source->patient, NULL, source->epoch,
                                       say (error, anm_not_recurrent_words (network)));
}

AnmFigure *
anm_make_saturation (const AnmExhibitSource *source)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = enter ();
  g_autoptr (AnmCohortSample) sample = anm_cohort_sample_new_for_run (source->study, source->run, MOST_PATIENTS, &error);
  g_autoptr (AnmSaturations) found = NULL;
  int layer = source->layer >= 0 ? source->layer : choose_recurrent (source);

  if (sample != NULL)
    found = anm_saturations_new (network, source->parameters, sample->sequences, anm_saturation_read_threshold (source->of), pool, NULL);
  return anm_saturation_exhibit_new (network, found, (guint) MAX (layer, 0), source->epoch, say (error, _("There is nothing to look at.")));
}

/* The recurrent weights, where there are some. */
static const char *
choose_tensor (char **things)
{
  for (guint i = 0; things[i] != NULL; i++)
    if (g_str_has_suffix (things[i], "recurrent_kernel"))
      return things[i];
  return things[0];
}

AnmFigure *
anm_make_weight_histogram (const AnmExhibitSource *source)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = enter ();
  g_autoptr (AnmCohortSample) sample = anm_cohort_sample_new_for_run (source->study, source->run, MOST_PATIENTS, &error);
  guint layer = (guint) MAX (source->layer >= 0 ? source->layer : choose_recurrent (source), 0), n_kept;
  g_autofree guint *kept = anm_run_get_kept_epochs (source->run, &n_kept);
  g_auto (GStrv) things = anm_histogram_look_list (network, layer);
  g_autoptr (AnmHistogramLook) look = NULL;
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autofree AnmEpochWeights *weights = g_new0 (AnmEpochWeights, MOST_EPOCHS);
  guint n = MIN (n_kept, MOST_EPOCHS);

  for (guint i = 0; i < n && error == NULL; i++)
    {
      anm_real *parameters = anm_run_load_parameters (source->run, (int) kept[n > 1 ? (guint64) i * (n_kept - 1) / (n - 1) : n_kept - 1], &weights[i].epoch, &error);

      if (parameters != NULL)
        g_ptr_array_add (owned, parameters);
      weights[i].parameters = parameters;
    }
  if (error == NULL && things[0] != NULL)
    look = anm_histogram_look_new (network, anm_run_get_loss (source->run), layer,
                                   source->of != NULL ? source->of : choose_tensor (things),
                                   weights, n, sample, pool, NULL, &error);
  return anm_weight_histogram_exhibit_new (network, look, NAN, say (error, _("This layer has no weights.")));
}

char **
anm_list_things_of (const char *name,
                    const AnmExhibitSource *source)
{
  int layer = choose_recurrent (source);

  if (g_str_equal (name, "recurrent-matrix"))
    return layer >= 0 ? anm_recurrent_look_list_gates (anm_run_get_network (source->run), (guint) layer) : NULL;
  if (g_str_equal (name, "weight-histogram"))
    return anm_histogram_look_list (anm_run_get_network (source->run), (guint) MAX (source->layer >= 0 ? source->layer : layer, 0));
  if (g_str_equal (name, "saturation"))
    return anm_saturation_list_thresholds ();
  return g_str_equal (name, "trajectories") ? anm_trajectories_list_fields (source->cohort) : NULL;
}
