/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-pane-private.h"
#include "app/gui/kept-epochs.h"
#include "app/study/inspection.h"

#define MOST_EPOCHS 40
/* Work of seconds isn't worth waiting for once it is out of date. */
#define OUTDATED_SECONDS 1

/* What is looked at */

gboolean
anm_inside_figure_needs_work (AnmInsideFigure figure)
{
  return figure != ANM_INSIDE_GRADIENT_FLOW && figure != ANM_INSIDE_MEMORY_HORIZON;
}

/* Looks at many patients: as many as there is time for. */
gboolean
anm_inside_figure_looks_at_cohort (AnmInsideFigure figure)
{
  return figure == ANM_INSIDE_TRAJECTORIES || figure == ANM_INSIDE_SATURATION || figure == ANM_INSIDE_HISTOGRAM;
}

static gboolean
wants_recurrent (AnmInsideFigure figure)
{
  return figure != ANM_INSIDE_SATURATION && figure != ANM_INSIDE_HISTOGRAM;
}

/* While a study is being made ready they are still those of what was looked at before, whose records may have no such patient. */
AnmWeights *
anm_inside_pane_get_weights (AnmInsidePane *self)
{
  AnmWeights *weights = anm_live_reading_get_weights (self->live);

  return weights != NULL && anm_view_state_get_patient (self->state) < weights->cohort->n_patients ? weights : NULL;
}

int
anm_inside_pane_get_layer (AnmInsidePane *self)
{
  AnmWeights *weights = anm_inside_pane_get_weights (self);
  int layer = anm_view_state_get_layer (self->state);
  int first;

  if (weights == NULL)
    return -1;
  first = anm_network_find_recurrent (weights->network);
  if (layer < 0 || (guint) layer >= anm_network_get_n_layers (weights->network))
    return first >= 0 ? first : wants_recurrent (self->figure) ? -1 : 0;
  if (wants_recurrent (self->figure) && !anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (weights->network, (guint) layer))))
    return -1;
  return layer;
}

AnmFlowAxis
anm_inside_pane_get_axis (AnmInsidePane *self)
{
  const char *of = self->of[ANM_INSIDE_GRADIENT_FLOW];

  return g_strcmp0 (of, "from-start") == 0 ? ANM_FLOW_FROM_START : g_strcmp0 (of, "before-end") == 0 ? ANM_FLOW_BEFORE_END : ANM_FLOW_AS_SUITS;
}

gboolean
anm_inside_pane_is_training (AnmInsidePane *self)
{
  AnmTraining *training = anm_view_state_get_training (self->state);

  return training != NULL && anm_training_get_state (training) == ANM_TRAINING_RUNNING;
}

static AnmRun *
find_run (AnmInsidePane *self,
          const AnmWeights *weights)
{
  AnmStudy *study = anm_view_state_get_study (self->state);

  return study != NULL && weights->run > 0 ? anm_study_find_run (study, weights->run) : NULL;
}

/* Patients */

static guint32 *
load_validation (AnmInsidePane *self,
                 const AnmWeights *weights,
                 gsize *n)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmDataset *dataset = study != NULL ? anm_study_get_dataset (study) : NULL;
  AnmRun *run = find_run (self, weights);
  guint32 *patients;

  if (run != NULL)
    {
      patients = anm_study_load_run_patients (study, run, ANM_PART_VALIDATION, n, NULL);
      if (patients != NULL && *n > 0)
        return patients;
      g_free (patients);
    }
  if (dataset != NULL && dataset->parts[ANM_PART_VALIDATION] != NULL)
    {
      *n = dataset->parts[ANM_PART_VALIDATION]->n_sequences;
      return g_memdup2 (dataset->patients[ANM_PART_VALIDATION], *n * sizeof (guint32));
    }
  *n = weights->cohort->n_patients;
  patients = g_new (guint32, MAX (*n, 1));
  for (gsize i = 0; i < *n; i++)
    patients[i] = (guint32) i;
  return patients;
}

/* Those by whom the run was validated, looked up once for a run. */
static GBytes *
get_patients (AnmInsidePane *self,
              const AnmWeights *weights)
{
  guint32 *patients;
  gsize n, n_known = 0;

  if (self->patients != NULL && self->patients_recipe == weights->recipe && self->patients_cohort == weights->cohort)
    return self->patients;

  g_clear_pointer (&self->patients, g_bytes_unref);
  g_clear_pointer (&self->patients_recipe, anm_fitted_recipe_unref);
  g_clear_pointer (&self->patients_cohort, anm_cohort_unref);
  patients = load_validation (self, weights, &n);
  /* The run's cohort needn't be the one that is shown. */
  for (gsize i = 0; i < n; i++)
    if (patients[i] < weights->cohort->n_patients)
      patients[n_known++] = patients[i];
  self->patients = g_bytes_new_take (patients, n_known * sizeof *patients);
  self->patients_recipe = anm_fitted_recipe_ref (weights->recipe);
  self->patients_cohort = anm_cohort_ref (weights->cohort);
  return self->patients;
}

/* Requests */

static GPtrArray *
make_addresses (AnmInsidePane *self,
                const AnmWeights *weights)
{
  AnmRun *run = find_run (self, weights);
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_snapshot_address_free);
  guint n_kept;
  const guint *kept;

  if (run == NULL)
    return addresses;
  if (self->figure == ANM_INSIDE_RECURRENT_MATRIX)
    {
      g_ptr_array_add (addresses, anm_snapshot_address_new (run, 0));
      return addresses;
    }
  kept = anm_kept_epochs_get (run, &n_kept);
  for (guint i = 0, n = MIN (n_kept, MOST_EPOCHS); i < n; i++)
    g_ptr_array_add (addresses, anm_snapshot_address_new (run, (int) kept[n > 1 ? (guint64) i * (n_kept - 1) / (n - 1) : n_kept - 1]));
  return addresses;
}

void
anm_inside_pane_submit (AnmInsidePane *self,
                        gsize at_most)
{
  AnmWeights *weights = anm_inside_pane_get_weights (self);
  AnmInsideRequest *request = g_new0 (AnmInsideRequest, 1);

  request->tools = self->tools;
  request->figure = self->figure;
  request->weights = anm_weights_ref (weights);
  if (self->figure == ANM_INSIDE_RECURRENT_MATRIX || self->figure == ANM_INSIDE_HISTOGRAM)
    request->addresses = make_addresses (self, weights);
  request->patients = g_bytes_ref (get_patients (self, weights));
  request->at_most = at_most;
  request->patient = anm_view_state_get_patient (self->state);
  request->layer = (guint) anm_inside_pane_get_layer (self);
  request->of = anm_inside_pane_get_of (self);
  request->time = anm_view_state_get_cursor (self->state);
  if (anm_worker_is_busy (self->worker) && g_get_monotonic_time () - self->submitted_at > OUTDATED_SECONDS * G_USEC_PER_SEC)
    anm_worker_cancel (self->worker);
  self->submitted_at = g_get_monotonic_time ();
  self->submitted_fine = at_most > ANM_FEW_PATIENTS;
  anm_worker_submit (self->worker, request, anm_inside_request_free);
}
