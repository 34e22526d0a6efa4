/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-job.h"

#include <math.h>
#include <string.h>

#include "app/exhibits/saturation.h"

/* In microseconds: how long a picture that grows waits for its next part. */
#define SHOW_PART_AFTER (G_USEC_PER_SEC / 5)

struct _AnmInsideTools
{
  int                n_counted;    /* atomic: patients that were looked at, in all passes over them */
  int                n_to_count;   /* atomic: of so many, 0 = that isn't known */
  int                n_patients;   /* atomic: of the sample */
  AnmSnapshotReader *reader;
  AnmPool           *pool;
  AnmCohortSample   *sample;       /* of the last job that looked at patients */
  gsize              at_most;
  GBytes            *patients;
  AnmNetwork        *network;
  AnmPrincipalComponents *reference; /* of the last trajectories, so that they don't turn round */
  AnmNetwork        *reference_network;
  guint              reference_layer;
};

AnmInsideTools *
anm_inside_tools_new (void)
{
  AnmInsideTools *self = g_new0 (AnmInsideTools, 1);

  self->reader = anm_snapshot_reader_new (ANM_SNAPSHOT_READER_BUDGET);
  return self;
}

static void
forget_sample (AnmInsideTools *self)
{
  g_clear_pointer (&self->sample, anm_cohort_sample_unref);
  g_clear_pointer (&self->patients, g_bytes_unref);
  g_clear_pointer (&self->network, anm_network_unref);
}

static void
forget_reference (AnmInsideTools *self)
{
  g_clear_pointer (&self->reference, anm_principal_components_free);
  g_clear_pointer (&self->reference_network, anm_network_unref);
}

void
anm_inside_tools_free (AnmInsideTools *self)
{
  forget_sample (self);
  forget_reference (self);
  g_clear_pointer (&self->pool, anm_pool_unref);
  anm_snapshot_reader_free (self->reader);
  g_free (self);
}

/* What is ahead: @n_passes over the sample. */
static void
expect_passes (AnmInsideTools *tools,
               const AnmCohortSample *sample,
               guint n_passes)
{
  g_atomic_int_set (&tools->n_counted, 0);
  g_atomic_int_set (&tools->n_patients, (int) sample->n);
  g_atomic_int_set (&tools->n_to_count, (int) (sample->n * n_passes));
}

double
anm_inside_tools_get_progress (AnmInsideTools *self,
                               guint *n_done,
                               guint *n_patients)
{
  const int n_to_count = g_atomic_int_get (&self->n_to_count), n_counted = g_atomic_int_get (&self->n_counted);
  double fraction;

  *n_done = 0;
  *n_patients = (guint) g_atomic_int_get (&self->n_patients);
  if (n_to_count <= 0)
    return NAN;
  fraction = MIN ((double) n_counted / n_to_count, 1);
  *n_done = (guint) (fraction * *n_patients);
  return fraction;
}

void
anm_inside_request_free (gpointer request)
{
  AnmInsideRequest *self = request;

  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->patients, g_bytes_unref);
  g_free (self->of);
  g_free (self);
}

AnmInsideAnswer *
anm_inside_answer_ref (AnmInsideAnswer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_inside_answer_unref (AnmInsideAnswer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->recurrent, anm_recurrent_look_free);
  g_clear_pointer (&self->jacobian, anm_jacobian_look_free);
  g_clear_pointer (&self->reach, anm_reach_look_free);
  g_clear_pointer (&self->trajectories, anm_trajectory_look_free);
  g_clear_pointer (&self->saturations, anm_saturations_free);
  g_clear_pointer (&self->histogram, anm_histogram_look_free);
  g_free (self);
}

/* The engine looks at a number, the worker's jobs have a cancellable. */

typedef struct
{
  AnmInsideRequest *request;
  AnmInsideTools   *tools;
  AnmInsideAnswer  *answer;
  AnmWork          *work;
  const anm_real   *parameters;
  gint64            shown_at;  /* when a part was last shown */
  int               stop; /* atomic */
} Job;

static void
cancelled_cb (GCancellable *cancellable,
              int          *stop)
{
  g_atomic_int_set (stop, 1);
}

static AnmPool *
get_pool (AnmInsideTools *tools)
{
  if (tools->pool == NULL)
    {
      tools->pool = anm_pool_new (0);
      anm_pool_set_counter (tools->pool, &tools->n_counted);
    }
  return tools->pool;
}

/* The same patients as last time if they are asked for again. */
static AnmCohortSample *
get_sample (Job *job,
            GError **error)
{
  AnmInsideTools *tools = job->tools;
  AnmWeights *weights = job->request->weights;
  gsize size;
  const guint32 *patients = g_bytes_get_data (job->request->patients, &size);

  if (tools->sample != NULL && tools->network == weights->network && tools->at_most == job->request->at_most &&
      tools->sample->cohort == weights->cohort && tools->sample->recipe == weights->recipe && g_bytes_equal (tools->patients, job->request->patients))
    return tools->sample;

  forget_sample (tools);
  tools->sample = anm_cohort_sample_new (weights->network, weights->recipe, weights->cohort, patients, size / sizeof *patients, job->request->at_most, error);
  tools->at_most = job->request->at_most;
  tools->patients = g_bytes_ref (job->request->patients);
  tools->network = anm_network_ref (weights->network);
  return tools->sample;
}

static AnmInspection *
inspect (Job *job,
         GError **error)
{
  AnmWeights *weights = job->request->weights;

  return anm_inspection_new (weights->network, weights->recipe, weights->loss, job->parameters, weights->cohort, job->request->patient, error);
}

static AnmDirection
get_direction (const Job *job)
{
  return g_strcmp0 (job->request->of, "backwards") == 0 ? ANM_DIRECTION_BACKWARDS : ANM_DIRECTION_FORWARDS;
}

static gboolean
find_recurrent_matrix (Job *job,
                       GError **error)
{
  AnmInsideRequest *request = job->request;
  g_autoptr (AnmSnapshot) initial = NULL;
  const anm_real *before = NULL;
  gsize size;

  /* An epoch 0 that wasn't kept leaves the hollow points out. */
  if (request->addresses != NULL && request->addresses->len > 0)
    initial = anm_snapshot_reader_load (job->tools->reader, g_ptr_array_index (request->addresses, 0), NULL);
  if (initial != NULL)
    {
      before = g_bytes_get_data (initial->parameters, &size);
      if (size != anm_network_get_n_parameters (request->weights->network) * sizeof (anm_real))
        before = NULL;
    }
  job->answer->recurrent = anm_recurrent_look_new (request->weights->network, request->layer, request->of, job->parameters, before, &job->stop, error);
  return job->answer->recurrent != NULL;
}

static gboolean
find_jacobian (Job *job,
               GError **error)
{
  g_autoptr (AnmInspection) inspection = inspect (job, error);

  if (inspection == NULL)
    return FALSE;
  job->answer->jacobian = anm_jacobian_look_new (inspection, job->request->layer, get_direction (job), job->request->time, &job->stop, error);
  return job->answer->jacobian != NULL;
}

static AnmInsideAnswer *
answer_new (const Job *job)
{
  AnmInsideAnswer *answer = g_new0 (AnmInsideAnswer, 1);

  g_atomic_ref_count_init (&answer->ref_count);
  answer->figure = job->request->figure;
  answer->weights = anm_weights_ref (job->request->weights);
  answer->patient = job->request->patient;
  answer->layer = job->request->layer;
  answer->at_most = job->request->at_most;
  return answer;
}

/* What takes seconds for a large layer is shown as it grows. */
static void
reach_grown_cb (const AnmReachLook *look,
                gpointer data)
{
  Job *job = data;
  AnmInsideAnswer *part;

  anm_work_progress (job->work, (double) look->n_known / MAX (look->n_steps, 1));
  if (look->n_known == look->n_steps || g_get_monotonic_time () - job->shown_at < SHOW_PART_AFTER)
    return;
  job->shown_at = g_get_monotonic_time ();
  part = answer_new (job);
  part->reach = anm_reach_look_copy (look);
  anm_work_answer_partly (job->work, part);
}

static gboolean
find_reach (Job *job,
            GError **error)
{
  g_autoptr (AnmInspection) inspection = inspect (job, error);

  if (inspection == NULL)
    return FALSE;
  job->answer->reach = anm_reach_look_new (inspection, job->request->layer, get_direction (job), reach_grown_cb, job, &job->stop, error);
  return job->answer->reach != NULL;
}

static gboolean
copy_reference (AnmInsideTools *tools,
                const AnmInsideRequest *request,
                const AnmPrincipalComponents *components)
{
  gsize n = (gsize) components->n_components * components->n_units;

  forget_reference (tools);
  tools->reference = g_new0 (AnmPrincipalComponents, 1);
  *tools->reference = *components;
  tools->reference->mean = g_memdup2 (components->mean, components->n_units * sizeof (double));
  tools->reference->components = g_memdup2 (components->components, n * sizeof (double));
  tools->reference->variances = g_memdup2 (components->variances, components->n_components * sizeof (double));
  tools->reference_network = anm_network_ref (request->weights->network);
  tools->reference_layer = request->layer;
  return TRUE;
}

static gboolean
find_trajectories (Job *job,
                   GError **error)
{
  AnmInsideRequest *request = job->request;
  AnmInsideTools *tools = job->tools;
  AnmCohortSample *sample = get_sample (job, error);

  if (sample == NULL)
    return FALSE;
  if (tools->reference_network != request->weights->network || tools->reference_layer != request->layer)
    forget_reference (tools);
  expect_passes (tools, sample, 2);
  job->answer->trajectories = anm_trajectory_look_new (request->weights->network, job->parameters, sample, request->layer, request->patient, tools->reference,
                                                       get_pool (tools), &job->stop, error);
  return job->answer->trajectories != NULL && copy_reference (tools, request, job->answer->trajectories->components);
}

static gboolean
find_saturation (Job *job,
                 GError **error)
{
  AnmCohortSample *sample = get_sample (job, error);

  if (sample == NULL)
    return FALSE;
  expect_passes (job->tools, sample, 1);
  job->answer->saturations = anm_saturations_new (job->request->weights->network, job->parameters, sample->sequences,
                                                    anm_saturation_read_threshold (job->request->of), get_pool (job->tools), &job->stop);
  return job->answer->saturations != NULL;
}

static gboolean
find_histogram (Job *job,
                GError **error)
{
  AnmInsideRequest *request = job->request;
  AnmCohortSample *sample = get_sample (job, error);
  g_autoptr (GPtrArray) snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) anm_snapshot_unref);
  g_autofree AnmEpochWeights *weights = g_new0 (AnmEpochWeights, request->addresses->len + 1);
  gsize needed = anm_network_get_n_parameters (request->weights->network) * sizeof (anm_real), size;

  if (sample == NULL)
    return FALSE;
  for (guint i = 0; i < request->addresses->len && !g_atomic_int_get (&job->stop); i++)
    {
      AnmSnapshot *snapshot = anm_snapshot_reader_load (job->tools->reader, g_ptr_array_index (request->addresses, i), NULL);

      /* Thinned out since it was listed. */
      if (snapshot == NULL)
        continue;
      g_ptr_array_add (snapshots, snapshot);
      weights[snapshots->len - 1] = (AnmEpochWeights){ snapshot->epoch, g_bytes_get_data (snapshot->parameters, &size) };
      if (size != needed)
        g_ptr_array_set_size (snapshots, (int) snapshots->len - 1);
    }
  expect_passes (job->tools, sample, anm_histogram_look_count_passes (request->weights->network, request->layer, request->of, snapshots->len));
  job->answer->histogram = anm_histogram_look_new (request->weights->network, request->weights->loss, request->layer, request->of, weights, snapshots->len, sample,
                                                   get_pool (job->tools), &job->stop, error);
  return job->answer->histogram != NULL;
}

static gboolean
find (Job *job,
      GError **error)
{
  switch (job->request->figure)
    {
    case ANM_INSIDE_RECURRENT_MATRIX:
      return find_recurrent_matrix (job, error);
    case ANM_INSIDE_JACOBIAN:
      return find_jacobian (job, error);
    case ANM_INSIDE_REACH:
      return find_reach (job, error);
    case ANM_INSIDE_TRAJECTORIES:
      return find_trajectories (job, error);
    case ANM_INSIDE_SATURATION:
      return find_saturation (job, error);
    case ANM_INSIDE_HISTOGRAM:
      return find_histogram (job, error);
    case ANM_INSIDE_GRADIENT_FLOW:
    case ANM_INSIDE_MEMORY_HORIZON:
    case ANM_N_INSIDE_FIGURES:
    default:
      g_assert_not_reached ();
    }
}

gpointer
anm_inside_job_run (AnmWork *work,
                    gpointer request,
                    GError **error)
{
  Job job = { .request = request, .tools = ((AnmInsideRequest *) request)->tools, .work = work };
  gint64 begin = job.shown_at = g_get_monotonic_time ();
  gulong handler;
  gboolean found;

  anm_work_set_free_result (work, (GDestroyNotify) anm_inside_answer_unref);
  if (!anm_weights_resolve (job.request->weights, job.tools->reader, error))
    return NULL;
  job.parameters = anm_weights_get_parameters (job.request->weights);
  job.answer = answer_new (&job);
  handler = g_cancellable_connect (anm_work_get_cancellable (work), G_CALLBACK (cancelled_cb), &job.stop, NULL);
  g_atomic_int_set (&job.tools->n_to_count, 0);
  found = find (&job, error);
  g_atomic_int_set (&job.tools->n_to_count, 0);
  g_cancellable_disconnect (anm_work_get_cancellable (work), handler);
  job.answer->seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  if (!found)
    g_clear_pointer (&job.answer, anm_inside_answer_unref);
  return job.answer;
}
