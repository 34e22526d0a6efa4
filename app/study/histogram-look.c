/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/histogram-look.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/error.h"
#include "engine/workspace.h"

#define N_BINS 60
#define CHUNK 16
#define GRADIENT_PREFIX "dL/d"

/* The layer's parameter of this name ("kernel"), or NULL. */
static const AnmParameter *
find_parameter (AnmNetwork *network,
                guint layer,
                const char *name)
{
  guint n;
  const AnmParameter *table = anm_network_get_parameters (network, &n);
  g_autofree char *full = g_strdup_printf ("%s.%s", anm_network_get_layer_name (network, layer), name);

  for (guint i = 0; i < n; i++)
    if (strcmp (table[i].name, full) == 0)
      return &table[i];
  return NULL;
}

static const AnmParameter *
find_gradient (AnmNetwork *network,
               guint layer,
               const char *what)
{
  return g_str_has_prefix (what, GRADIENT_PREFIX) ? find_parameter (network, layer, what + strlen (GRADIENT_PREFIX)) : NULL;
}

char **
anm_histogram_look_list (AnmNetwork *network,
                         guint layer)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  const char *const *symbols = anm_probe_get_symbols (probe, layer);
  guint n;
  const AnmParameter *table = anm_network_get_parameters (network, &n);

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++)
      if (table[i].layer == layer)
        {
          const char *name = table[i].name + strlen (anm_network_get_layer_name (network, layer)) + 1;
          g_autofree char *full = g_strconcat (pass == 1 ? GRADIENT_PREFIX : "", name, NULL);
          g_strv_builder_add (names, full);
        }
  for (guint i = 0; symbols != NULL && symbols[i] != NULL; i++)
    if (!g_str_has_prefix (symbols[i], GRADIENT_PREFIX))
      g_strv_builder_add (names, symbols[i]);
  return g_strv_builder_end (names);
}

static gboolean
is_stopped (const int *stop)
{
  return stop != NULL && g_atomic_int_get (stop) != 0;
}

static double
sum_weights (const AnmSequences *sequences)
{
  double sum = 0;

  for (gsize i = 0; i < sequences->n_sequences; i++)
    sum += sequences->weights != NULL ? (double) sequences->weights[i] : 1;
  return sum;
}

gboolean
anm_parameter_gradient (AnmNetwork *network,
                        const anm_real *parameters,
                        AnmLossKind loss,
                        const AnmSequences *sequences,
                        anm_real *gradient,
                        const int *stop,
                        GError **error)
{
  AnmLossKind resolved;
  g_autoptr (AnmPacked) packed = NULL;
  g_autoptr (AnmWorkspace) workspace = NULL;
  g_autofree guint32 *rows = g_new (guint32, MAX (sequences->n_sequences, 1));
  const double scale = 1 / MAX (sum_weights (sequences), 1e-30);
  gsize n_rows = 0;

  if (!anm_loss_resolve (loss, network, &sequences->target, &resolved, error))
    return FALSE;
  for (gsize i = 0; i < sequences->n_sequences; i++)
    if (anm_sequences_get_length (sequences, i) > 0)
      rows[n_rows++] = (guint32) i;
  packed = anm_packed_new (network);
  anm_packed_fill (packed, parameters);
  workspace = anm_workspace_new (network, resolved, CHUNK, MAX (anm_sequences_get_max_length (sequences), 1), TRUE);
  memset (gradient, 0, anm_network_get_n_parameters (network) * sizeof *gradient);
  for (gsize first = 0; first < n_rows; first += CHUNK)
    {
      anm_workspace_load (workspace, sequences, rows + first, (guint) MIN (CHUNK, n_rows - first));
      if (!anm_workspace_forward (workspace, packed, stop) ||
          !anm_workspace_backward (workspace, packed, scale, gradient, stop))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  AnmNetwork         *network;
  AnmLossKind         loss;
  guint               layer;
  const char         *what;
  const AnmParameter *parameter; /* of weights or of gradients */
  gboolean            of_gradient;
  const AnmSequences *sequences;
  AnmPool            *pool;
  const int          *stop;
} Counter;

typedef struct
{
  const Counter         *counter;
  const AnmEpochWeights *weights;
  anm_real             **kept;    /* [n_weights] the slices of the gradients */
  GError               **errors;  /* [n_weights] */
} Gradients;

static void
take_gradient (guint index,
               guint lane,
               gpointer data)
{
  const Gradients *self = data;
  const Counter *counter = self->counter;
  g_autofree anm_real *gradient = g_new (anm_real, anm_network_get_n_parameters (counter->network));

  if (anm_parameter_gradient (counter->network, self->weights[index].parameters, counter->loss, counter->sequences, gradient, counter->stop,
                              &self->errors[index]))
    self->kept[index] = g_memdup2 (gradient + counter->parameter->offset,
                                   (gsize) counter->parameter->n_rows * counter->parameter->n_columns * sizeof *gradient);
  anm_pool_count (counter->pool, (guint) counter->sequences->n_sequences);
}

/* The gradients of all epochs, each on a thread of its own. */
static gboolean
take_gradients (const Counter *self,
                const AnmEpochWeights *weights,
                guint n_weights,
                anm_real **kept,
                GError **error)
{
  g_autofree GError **errors = g_new0 (GError *, n_weights);
  Gradients gradients = { self, weights, kept, errors };
  gboolean done = TRUE;

  anm_pool_run (self->pool, n_weights, take_gradient, &gradients);
  for (guint i = 0; i < n_weights; i++)
    {
      done &= kept[i] != NULL;
      if (errors[i] != NULL && error != NULL && *error == NULL)
        *error = g_steal_pointer (&errors[i]);
      g_clear_error (&errors[i]);
    }
  return done;
}

/* Adds one epoch's numbers. @kept: (nullable): the slice of its gradient. */
static gboolean
count (const Counter *self,
       const anm_real *parameters,
       const anm_real *kept,
       AnmHistogram *histogram,
       GError **error)
{
  if (is_stopped (self->stop))
    return FALSE;
  if (self->parameter == NULL)
    return anm_histogram_add_trace (histogram, self->network, parameters, self->sequences, self->layer, self->what, self->pool, self->stop, error);
  anm_histogram_add (histogram, self->of_gradient ? kept : parameters + self->parameter->offset,
                     (gsize) self->parameter->n_rows * self->parameter->n_columns);
  return TRUE;
}

/* How far all rows span; of what is held, the first and the last stand for all. */
static gboolean
find_span (const Counter *counter,
           const AnmEpochWeights *weights,
           guint n_weights,
           anm_real **kept,
           double *low,
           double *high,
           GError **error)
{
  g_autoptr (AnmHistogram) span = anm_histogram_new (ANM_HISTOGRAM_LINEAR, 1, 0, 1, 0);

  for (guint i = 0; i < n_weights; i++)
    if ((counter->parameter != NULL || i == 0 || i + 1 == n_weights) && !count (counter, weights[i].parameters, kept[i], span, error))
      return FALSE;
  if (span->n_finite == 0)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE, _ ("%s has no finite number."), counter->what);
      return FALSE;
    }
  *low = span->minimum;
  *high = span->maximum;
  if (!(*high > *low))
    {
      double half = MAX (fabs (*low) * 0.5, 1e-6);
      *low -= half;
      *high += half;
    }
  return TRUE;
}

guint
anm_histogram_look_count_passes (AnmNetwork *network,
                                 guint layer,
                                 const char *what,
                                 guint n_weights)
{
  if (find_parameter (network, layer, what) != NULL)
    return 0;
  /* What is held is gone through once more at either end, for the span. */
  return find_gradient (network, layer, what) != NULL ? n_weights : n_weights + MIN (n_weights, 2);
}

AnmHistogramLook *
anm_histogram_look_new (AnmNetwork *network,
                        AnmLossKind loss,
                        guint layer,
                        const char *what,
                        const AnmEpochWeights *weights,
                        guint n_weights,
                        AnmCohortSample *sample,
                        AnmPool *pool,
                        const int *stop,
                        GError **error)
{
  g_autoptr (AnmHistogramLook) self = g_new0 (AnmHistogramLook, 1);
  Counter counter = { network, loss, layer, what, find_parameter (network, layer, what), FALSE, sample != NULL ? sample->sequences : NULL, pool, stop };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  if (counter.parameter == NULL)
    {
      counter.parameter = find_gradient (network, layer, what);
      counter.of_gradient = counter.parameter != NULL;
    }
  if (n_weights == 0 || (counter.sequences == NULL && (counter.parameter == NULL || counter.of_gradient)))
    {
      g_set_error_literal (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, _ ("There is nothing to count yet."));
      return NULL;
    }
  g_ptr_array_set_size (kept, (int) n_weights);
  self->layer = layer;
  self->what = g_strdup (what);
  self->n_patients = counter.parameter == NULL || counter.of_gradient ? sample->n : 0;
  self->n_bins = N_BINS;
  if (counter.of_gradient && !take_gradients (&counter, weights, n_weights, (anm_real **) (gpointer) kept->pdata, error))
    return NULL;
  if (!find_span (&counter, weights, n_weights, (anm_real **) (gpointer) kept->pdata, &self->low, &self->high, error))
    return NULL;
  self->epochs = g_new (guint, n_weights);
  self->rows = g_new0 (AnmHistogram *, n_weights);
  for (guint i = 0; i < n_weights; i++)
    {
      AnmHistogram *row = anm_histogram_new (ANM_HISTOGRAM_LINEAR, N_BINS, self->low, self->high, 0);

      self->epochs[i] = weights[i].epoch;
      self->rows[self->n_rows++] = row;
      if (!count (&counter, weights[i].parameters, kept->pdata[i], row, error))
        return NULL;
      row->counts[0] += row->n_below;
      row->counts[N_BINS - 1] += row->n_above;
      row->n_below = row->n_above = 0;
    }
  return g_steal_pointer (&self);
}

void
anm_histogram_look_free (AnmHistogramLook *self)
{
  for (guint i = 0; i < self->n_rows; i++)
    anm_histogram_free (self->rows[i]);
  g_free (self->rows);
  g_free (self->epochs);
  g_free (self->what);
  g_free (self);
}
