/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/reading-job.h"

#include "app/study/unit-order.h"

struct _AnmReadingTools
{
  AnmSnapshotReader *reader;
  AnmProbe          *probe;
  AnmNetwork        *probed;
  AnmLossKind        probed_loss;
};

AnmReadingTools *
anm_reading_tools_new (void)
{
  AnmReadingTools *self = g_new0 (AnmReadingTools, 1);

  self->reader = anm_snapshot_reader_new (ANM_SNAPSHOT_READER_BUDGET);
  return self;
}

static void
forget_probe (AnmReadingTools *self)
{
  g_clear_pointer (&self->probe, anm_probe_free);
  g_clear_pointer (&self->probed, anm_network_unref);
}

void
anm_reading_tools_free (AnmReadingTools *self)
{
  forget_probe (self);
  anm_snapshot_reader_free (self->reader);
  g_free (self);
}

void
anm_reading_request_free (gpointer data)
{
  AnmReadingRequest *self = data;

  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  g_clear_pointer (&self->trees, g_ptr_array_unref);
  g_clear_pointer (&self->alterations, g_array_unref);
  g_free (self);
}

static void
answer_free (gpointer data)
{
  AnmReadingAnswer *self = data;

  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->learnt, g_bytes_unref);
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  g_clear_pointer (&self->trees, g_ptr_array_unref);
  g_free (self);
}

static void
bytes_unref_nullable (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

/* Units by similarity, with their trees; what was kept stays where it fits. */
static void
make_orders (AnmReadingAnswer *answer,
             const AnmReadingRequest *request)
{
  const AnmPatientReading *reading = answer->reading;

  answer->orders = g_ptr_array_new_with_free_func (bytes_unref_nullable);
  answer->trees = g_ptr_array_new_with_free_func (bytes_unref_nullable);
  for (guint i = 0; i < reading->n_layers; i++)
    {
      const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, i, "h");
      GBytes *order = request->orders != NULL && i < request->orders->len ? g_ptr_array_index (request->orders, i) : NULL;
      const gsize size = h != NULL ? h->n_units * sizeof (guint) : 0;
      GBytes *tree = NULL;

      if (h == NULL)
        order = NULL;
      else if (order != NULL && g_bytes_get_size (order) == size)
        {
          g_bytes_ref (order);
          tree = g_bytes_ref (g_ptr_array_index (request->trees, i));
        }
      else
        {
          g_autoptr (AnmDendrogram) found = anm_unit_tree_new (h->values, reading->n_steps, h->n_units);

          order = g_bytes_new (found->order, size);
          tree = g_bytes_new (found->merges, (MAX (h->n_units, 1) - 1) * sizeof *found->merges);
        }
      g_ptr_array_add (answer->orders, order);
      g_ptr_array_add (answer->trees, tree);
    }
}

/* The weights as they are held. */
static AnmWeights *
alter (AnmWeights *learnt,
       const GArray *alterations)
{
  AnmWeights *held;
  gsize size;
  const void *parameters = g_bytes_get_data (learnt->parameters, &size);
  g_autofree anm_real *altered = NULL;
  g_autoptr (GError) error = NULL;

  if (alterations == NULL)
    return anm_weights_ref (learnt);

  altered = g_memdup2 (parameters, size);
  /* They were tried on a network of this shape. */
  if (!anm_alterations_apply ((const AnmAlteration *) (gpointer) alterations->data, alterations->len, learnt->network, altered, &error))
    g_warning ("%s", error->message);

  held = anm_weights_new (learnt->network, learnt->recipe, learnt->cohort, learnt->loss, learnt->seed);
  held->origin = learnt->origin;
  held->run = learnt->run;
  held->epoch = learnt->epoch;
  held->parameters = g_bytes_new_take (g_steal_pointer (&altered), size);
  return held;
}

gpointer
anm_reading_job_run (AnmWork *work,
                     gpointer data,
                     GError **error)
{
  AnmReadingRequest *request = data;
  AnmReadingTools *tools = request->tools;
  g_autoptr (AnmWeights) weights = NULL;
  g_autoptr (AnmPatientReading) reading = NULL;
  AnmReadingAnswer *answer;

  if (!anm_weights_resolve (request->weights, tools->reader, error))
    return NULL;
  weights = alter (request->weights, request->alterations);

  if (tools->probed != weights->network || tools->probed_loss != weights->loss)
    {
      forget_probe (tools);
      tools->probed = anm_network_ref (weights->network);
      tools->probed_loss = weights->loss;
    }
  reading = anm_patient_reading_new (weights->network, weights->recipe, weights->loss, anm_weights_get_parameters (weights),
                                     weights->cohort, request->patient, &tools->probe, TRUE, error);
  if (reading == NULL)
    return NULL;

  answer = g_new0 (AnmReadingAnswer, 1);
  answer->weights = g_steal_pointer (&weights);
  answer->learnt = g_bytes_ref (request->weights->parameters);
  answer->reading = g_steal_pointer (&reading);
  make_orders (answer, request);
  anm_work_set_free_result (work, answer_free);
  return answer;
}
