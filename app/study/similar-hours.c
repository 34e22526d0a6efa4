/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/similar-hours.h"

#include <math.h>

#include "engine/stretch.h"

/* Few enough that giving up acts within a moment, enough that the threads are kept busy. */
#define BATCH 128

typedef struct
{
  AnmStretch       stretch;
  AnmStretchSpread spread;
  guint           *units;
  anm_real        *values;
} Search;

/* What the units did in the reading; FALSE if the layer has no such thing, or not that long. */
static gboolean
search_init (Search *self,
             const AnmPatientReading *reading,
             const AnmSimilarQuery *query)
{
  const AnmReadingTrace *trace = query->layer < reading->n_layers
                                   ? anm_patient_reading_find_trace (reading, query->layer, query->symbol) : NULL;
  guint n_units;

  if (trace == NULL || trace->n_units == 0 || query->n_steps == 0 || query->first_step + query->n_steps > reading->n_steps)
    return FALSE;

  n_units = query->units != NULL ? query->n_units : trace->n_units;
  self->units = g_new (guint, MAX (n_units, 1));
  self->values = g_new (anm_real, MAX ((gsize) query->n_steps * n_units, 1));
  for (guint j = 0; j < n_units; j++)
    self->units[j] = query->units != NULL ? query->units[j] : j;
  for (guint k = 0; k < query->n_steps; k++)
    for (guint j = 0; j < n_units; j++)
      self->values[(gsize) k * n_units + j] = trace->values[(gsize) (query->first_step + k) * trace->n_units + self->units[j]];

  self->stretch = (AnmStretch){ query->layer, query->symbol, n_units, self->units, query->n_steps, self->values };
  self->spread.sums = g_new0 (double, MAX (n_units, 1));
  self->spread.squares = g_new0 (double, MAX (n_units, 1));
  return n_units > 0;
}

static void
search_clear (Search *self)
{
  g_free (self->units);
  g_free (self->values);
  g_free (self->spread.sums);
  g_free (self->spread.squares);
}

static gboolean
search_batch (Search *self,
              AnmWeights *weights,
              const AnmPatientReading *reading,
              guint first_step,
              guint32 first,
              guint32 n,
              AnmPool *pool,
              GArray *found,
              GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint32 *patients = g_new (guint32, n);
  g_autofree AnmStretchMatch *matches = g_new (AnmStretchMatch, n);
  g_autoptr (AnmSequences) sequences = NULL;
  const gssize own = reading->patient >= first && reading->patient < first + n ? (gssize) (reading->patient - first) : -1;

  for (guint32 i = 0; i < n; i++)
    patients[i] = first + i;
  sequences = anm_fitted_recipe_apply (weights->recipe, weights->cohort, patients, n, warnings, error);
  if (sequences == NULL)
    return FALSE;

  anm_stretch_find (weights->network, anm_weights_get_parameters (weights), sequences, pool, &self->stretch, own, first_step, matches,
                    &self->spread, NULL);
  for (guint32 i = 0; i < n; i++)
    if (matches[i].step != ANM_STRETCH_NONE && isfinite (matches[i].distance))
      {
        const AnmSimilarHours hours = {
          .patient = patients[i],
          .begin = reading->first_time + (matches[i].step + 1) * reading->step,
          .end = reading->first_time + (matches[i].step + self->stretch.n_steps) * reading->step,
          .distance = matches[i].distance,
        };

        g_array_append_val (found, hours);
      }
  return TRUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const AnmSimilarHours *first = a, *second = b;

  if (first->distance != second->distance)
    return first->distance < second->distance ? -1 : 1;
  return (first->patient > second->patient) - (first->patient < second->patient);
}

GArray *
anm_similar_hours_find (AnmWeights *weights,
                        const AnmPatientReading *reading,
                        const AnmSimilarQuery *query,
                        AnmSimilarProgressFunc progress,
                        gpointer data,
                        GError **error)
{
  const guint32 n_patients = (guint32) weights->cohort->n_patients;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (AnmSimilarHours));
  g_autoptr (AnmPool) pool = NULL;
  Search search = { 0 };
  gboolean done = search_init (&search, reading, query);
  double spread;

  if (done)
    pool = anm_pool_new (0);
  for (guint32 first = 0; done && first < n_patients; first += BATCH)
    {
      const guint32 n = MIN (BATCH, n_patients - first);

      done = search_batch (&search, weights, reading, query->first_step, first, n, pool, found, error) &&
             (progress == NULL || progress (first + n, n_patients, data));
    }
  if (done)
    {
      spread = anm_stretch_get_spread (&search.spread, search.stretch.n_units);
      for (guint i = 0; spread > 0 && i < found->len; i++)
        g_array_index (found, AnmSimilarHours, i).distance /= spread;
      g_array_sort (found, compare);
    }
  search_clear (&search);
  return done ? g_steal_pointer (&found) : NULL;
}
