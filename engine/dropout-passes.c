/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Monte Carlo dropout: pass p is the network with one draw of its masks, and
 * the passes are draws from an approximate posterior of what it says,
 *
 *   mean = 1/N sum_p y_p,   band = quantiles 0.025 and 0.975 of y_1 .. y_N
 *
 * Y. Gal, Z. Ghahramani (2016): Dropout as a Bayesian approximation:
 * representing model uncertainty in deep learning. ICML. In recurrent layers a
 * pass keeps its masks at all steps: Y. Gal, Z. Ghahramani (2016): A
 * theoretically grounded application of dropout in recurrent neural networks.
 * NIPS.
 *
 * Pass p has the masks that training with the same seed would give sequence p
 * at its first update, whatever the sequence: it is one thinned network, for
 * every patient and at every step of the record.
 */
#include "engine/dropout-passes-private.h"

#include "engine/lanes.h"
#include "engine/quantile.h"
#include "engine/workspace-private.h"

#include <math.h>
#include <string.h>

enum
{
  MEAN,
  MEDIAN,
  LOWER,
  UPPER,
  N_CURVES
};

struct _AnmDropoutPasses
{
  AnmNetwork      *network;
  AnmNetwork      *per_step;   /* answers at each step; NULL where that can't be had in one pass */
  AnmLossKind      loss;
  AnmPacked       *packed;     /* good for both networks */
  AnmDropoutRates *rates;      /* [n_layers] */
  guint            most_rows;  /* 0 = as suits the length */
  AnmWorkspace    *workspace;
  AnmNetwork      *workspace_of;
  gsize            max_steps;
  guint            max_rows;
  anm_real        *answers;    /* [n_passes][n_steps][n_outputs] */
  gsize            n_answers;
  anm_real        *outputs;    /* of one row */
  anm_real        *curves[N_CURVES];
  guint            n_steps;    /* of the last run */
};

/**
 * anm_network_has_dropout:
 *
 * Returns: whether any layer of @network drops anything in training
 */
gboolean
anm_network_has_dropout (const AnmNetwork *network)
{
  for (guint l = 0; l < network->n_layers; l++)
    if (network->layers[l]->rates.dropout > 0.0 || network->layers[l]->rates.recurrent_dropout > 0.0)
      return TRUE;
  return FALSE;
}

/**
 * anm_dropout_passes_new:
 * @loss: resolved, not AUTO
 *
 * Returns: (transfer full): new passes; they keep the network alive
 */
AnmDropoutPasses *
anm_dropout_passes_new (AnmNetwork *network, AnmLossKind loss)
{
  AnmDropoutPasses *self = g_new0 (AnmDropoutPasses, 1);

  self->network = anm_network_ref (network);
  self->loss = loss;
  if (anm_network_get_causal (network))
    self->per_step = _anm_network_new_per_step (network);
  self->packed = anm_packed_new (network);
  self->rates = g_new0 (AnmDropoutRates, network->n_layers);
  for (guint l = 0; l < network->n_layers; l++)
    self->rates[l] = network->layers[l]->rates;
  return self;
}

void
anm_dropout_passes_free (AnmDropoutPasses *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_CURVES; i++)
    g_free (self->curves[i]);
  g_free (self->answers);
  g_free (self->outputs);
  g_free (self->rates);
  anm_workspace_free (self->workspace);
  anm_packed_free (self->packed);
  g_clear_pointer (&self->per_step, anm_network_unref);
  anm_network_unref (self->network);
  g_free (self);
}

void
_anm_dropout_passes_set_rates (AnmDropoutPasses *self, const AnmDropoutRates *rates)
{
  memcpy (self->rates, rates, self->network->n_layers * sizeof *rates);
}

void
_anm_dropout_passes_set_chunk (AnmDropoutPasses *self, guint n_rows)
{
  self->most_rows = n_rows;
}

const anm_real *
_anm_dropout_passes_get_answers (const AnmDropoutPasses *self, guint pass)
{
  return self->answers + (gsize) pass * self->n_steps * anm_network_get_n_outputs (self->network);
}

/* A workspace of @network for records of @n_steps, with some to spare for the next ones. */
static void
reserve (AnmDropoutPasses *self, AnmNetwork *network, gsize n_steps)
{
  guint n_rows = self->most_rows > 0 ? self->most_rows : _anm_lanes_chunk_rows (n_steps);

  if (self->workspace_of == network && n_steps <= self->max_steps && n_rows <= self->max_rows)
    return;
  anm_workspace_free (self->workspace);
  self->workspace_of = network;
  self->max_steps = n_steps + n_steps / 4;
  self->max_rows = n_rows;
  self->workspace = anm_workspace_new (network, self->loss, n_rows, self->max_steps, FALSE);
  self->outputs = g_renew (anm_real, self->outputs, MAX (self->max_steps, 1) * anm_network_get_n_outputs (network));
}

static void
reserve_answers (AnmDropoutPasses *self, guint n_passes)
{
  gsize width = (gsize) self->n_steps * anm_network_get_n_outputs (self->network);

  if (n_passes * width > self->n_answers)
    {
      self->n_answers = n_passes * width;
      self->answers = g_renew (anm_real, self->answers, self->n_answers);
    }
  for (guint i = 0; i < N_CURVES; i++)
    self->curves[i] = g_renew (anm_real, self->curves[i], MAX (width, 1));
}

/* The answer at step @t of pass @pass: the last of @n_given, none if the record is too short for the network yet. */
static void
put_answer (AnmDropoutPasses *self, guint pass, guint t, guint n_given)
{
  guint n_outputs = anm_network_get_n_outputs (self->network);
  anm_real *answer = self->answers + ((gsize) pass * self->n_steps + t) * n_outputs;

  for (guint k = 0; k < n_outputs; k++)
    answer[k] = n_given > 0 ? self->outputs[(gsize) (n_given - 1) * n_outputs + k] : (anm_real) NAN;
}

static gboolean
run_rows (AnmDropoutPasses *self, const AnmSequences *sequences, guint32 sequence, guint first, guint n_rows, gsize limit, const int *stop)
{
  _anm_workspace_load_repeats (self->workspace, sequences, sequence, first, n_rows, limit);
  return anm_workspace_forward (self->workspace, self->packed, stop);
}

/* All answers of @n_rows passes in one: where layers shorten the sequence, an answer holds until the next one. */
static gboolean
run_at_once (AnmDropoutPasses *self, const AnmSequences *sequences, guint32 sequence, guint first, guint n_rows, const int *stop)
{
  const AnmNetwork *network = self->workspace_of;

  if (!run_rows (self, sequences, sequence, first, n_rows, G_MAXSIZE, stop))
    return FALSE;
  for (guint i = 0; i < n_rows; i++)
    {
      anm_workspace_get_outputs (self->workspace, i, self->outputs);
      for (guint t = 0; t < self->n_steps; t++)
        put_answer (self, first + i, t, network == self->per_step ? _anm_network_get_length (network, network->n_layers, t + 1) : t + 1);
    }
  return TRUE;
}

/* What the network itself says of the whole record. */
static gboolean
run_whole (AnmDropoutPasses *self, const AnmSequences *sequences, guint32 sequence, guint first, guint n_rows, const int *stop)
{
  if (!run_rows (self, sequences, sequence, first, n_rows, G_MAXSIZE, stop))
    return FALSE;
  for (guint i = 0; i < n_rows; i++)
    {
      anm_workspace_get_outputs (self->workspace, i, self->outputs);
      put_answer (self, first + i, 0, 1);
    }
  return TRUE;
}

/* One pass for each prefix of the record: what a network that looks ahead would have said at t. */
static gboolean
run_prefixes (AnmDropoutPasses *self, const AnmSequences *sequences, guint32 sequence, guint first, guint n_rows, const int *stop)
{
  for (guint t = 0; t < self->n_steps; t++)
    {
      guint n_given = _anm_network_get_length (self->network, self->network->n_layers, t + 1);

      if (!run_rows (self, sequences, sequence, first, n_rows, t + 1, stop))
        return FALSE;
      for (guint i = 0; i < n_rows; i++)
        {
          anm_workspace_get_outputs (self->workspace, i, self->outputs);
          put_answer (self, first + i, t, n_given);
        }
    }
  return TRUE;
}

static void
summarise (AnmDropoutPasses *self, guint n_passes)
{
  gsize width = (gsize) self->n_steps * anm_network_get_n_outputs (self->network);
  g_autofree double *values = g_new (double, n_passes);

  for (gsize i = 0; i < width; i++)
    {
      double sum = 0.0;
      gboolean is_known = TRUE;

      for (guint p = 0; p < n_passes; p++)
        {
          values[p] = (double) self->answers[p * width + i];
          is_known = is_known && !isnan (values[p]);
          sum += values[p];
        }
      if (!is_known)
        {
          for (guint k = 0; k < N_CURVES; k++)
            self->curves[k][i] = (anm_real) NAN;
          continue;
        }
      qsort (values, n_passes, sizeof *values, _anm_compare_numbers);
      self->curves[MEAN][i] = (anm_real) (sum / n_passes);
      self->curves[MEDIAN][i] = (anm_real) _anm_get_quantile (values, n_passes, 0.5);
      self->curves[LOWER][i] = (anm_real) _anm_get_quantile (values, n_passes, 0.5 - 0.5 * ANM_DROPOUT_BAND_SHARE);
      self->curves[UPPER][i] = (anm_real) _anm_get_quantile (values, n_passes, 0.5 + 0.5 * ANM_DROPOUT_BAND_SHARE);
    }
}

/**
 * anm_dropout_passes_run:
 * @parameters: [n_parameters]
 * @sequences: as the network was laid out for
 * @sequence: which one, of one step at least
 * @over_time: the answers to the record up to each step; else what the network itself gives
 * @n_passes: at least 1
 * @watch: (nullable)
 *
 * The same @seed and @n_passes give the same bits, whatever ran before and whatever else runs; the first passes of
 * more are those of fewer.
 *
 * Returns: %FALSE if cancelled
 */
gboolean
anm_dropout_passes_run (AnmDropoutPasses *self,
                        const anm_real *parameters,
                        const AnmSequences *sequences,
                        gsize sequence,
                        gboolean over_time,
                        guint n_passes,
                        guint64 seed,
                        const AnmWatch *watch,
                        AnmDropoutBand *band)
{
  gsize length = anm_sequences_get_length (sequences, sequence);
  gboolean at_once = over_time ? self->per_step != NULL : anm_network_get_per_step (self->network);
  AnmNetwork *network = over_time && at_once ? self->per_step : self->network;
  const int *stop = watch != NULL ? watch->cancel : NULL;
  guint n_chunks, done = 0;

  g_return_val_if_fail (n_passes > 0 && length > 0, FALSE);

  self->n_steps = over_time || at_once ? (guint) length : 1;
  reserve (self, network, length);
  reserve_answers (self, n_passes);
  anm_packed_fill (self->packed, parameters);
  _anm_workspace_set_dropout (self->workspace, self->rates, seed, 0);

  n_chunks = (n_passes + self->max_rows - 1) / self->max_rows;
  for (guint i = 0; i < n_chunks; i++)
    {
      guint n_rows = n_passes / n_chunks + (i < n_passes % n_chunks);
      gboolean finished;

      if (at_once)
        finished = run_at_once (self, sequences, (guint32) sequence, done, n_rows, stop);
      else if (over_time)
        finished = run_prefixes (self, sequences, (guint32) sequence, done, n_rows, stop);
      else
        finished = run_whole (self, sequences, (guint32) sequence, done, n_rows, stop);
      if (!finished)
        return FALSE;
      done += n_rows;
      if (watch != NULL && watch->progress != NULL)
        watch->progress ((double) done / n_passes, watch->data);
    }

  summarise (self, n_passes);
  *band = (AnmDropoutBand){
    .n_steps = self->n_steps,
    .n_outputs = anm_network_get_n_outputs (self->network),
    .n_passes = n_passes,
    .mean = self->curves[MEAN],
    .median = self->curves[MEDIAN],
    .lower = self->curves[LOWER],
    .upper = self->curves[UPPER],
  };
  return TRUE;
}

/* A whole set */

/* Sequences between two reports of progress. */
#define SEQUENCES_OF_WAVE 64

typedef struct
{
  const anm_real        *parameters;
  const AnmSequences    *sequences;
  gboolean               per_step;
  guint                  n_passes;
  guint64                seed;
  AnmWatch               watch; /* no progress */
  gsize                  first; /* of the wave at hand */
  AnmDropoutPasses     **lanes;
  AnmDropoutPredictions *predictions;
  _Atomic gboolean       stopped;
} Prediction;

static void
predict_sequence (guint index, guint lane, gpointer data)
{
  Prediction *self = data;
  AnmDropoutPredictions *predictions = self->predictions;
  gsize sequence = self->first + index;
  gsize row = self->per_step ? self->sequences->offsets[sequence] : sequence;
  AnmDropoutBand band;
  gsize n;

  if (!anm_dropout_passes_run (self->lanes[lane], self->parameters, self->sequences, sequence, FALSE, self->n_passes, self->seed, &self->watch, &band))
    {
      atomic_store (&self->stopped, TRUE);
      return;
    }
  row *= band.n_outputs;
  n = (gsize) band.n_steps * band.n_outputs;
  memcpy (predictions->mean + row, band.mean, n * sizeof *band.mean);
  memcpy (predictions->median + row, band.median, n * sizeof *band.median);
  memcpy (predictions->lower + row, band.lower, n * sizeof *band.lower);
  memcpy (predictions->upper + row, band.upper, n * sizeof *band.upper);
}

/**
 * anm_predict_with_dropout:
 * @loss: resolved, or auto where @sequences have a target
 * @sequences: none of them empty
 * @watch: (nullable)
 *
 * What the passes say of each sequence: the same bits whatever the threads, and whatever the other sequences.
 *
 * Returns: (transfer full) (nullable): %NULL if cancelled
 */
AnmDropoutPredictions *
anm_predict_with_dropout (AnmNetwork *network,
                          const anm_real *parameters,
                          AnmLossKind loss,
                          const AnmSequences *sequences,
                          guint n_passes,
                          guint64 seed,
                          AnmPool *pool,
                          const AnmWatch *watch)
{
  guint n_lanes = anm_pool_get_n_lanes (pool);
  gboolean per_step = anm_network_get_per_step (network);
  gsize n_rows = per_step ? sequences->offsets[sequences->n_sequences] : sequences->n_sequences;
  gsize n = MAX (n_rows * anm_network_get_n_outputs (network), 1);
  g_autoptr (AnmDropoutPredictions) predictions = g_new0 (AnmDropoutPredictions, 1);
  AnmLossKind resolved = loss;
  Prediction self = {
    .parameters = parameters,
    .sequences = sequences,
    .per_step = per_step,
    .n_passes = n_passes,
    .seed = seed,
    .watch = { .cancel = watch != NULL ? watch->cancel : NULL },
    .lanes = g_new0 (AnmDropoutPasses *, n_lanes),
    .predictions = predictions,
  };

  if (loss == ANM_LOSS_AUTO && !anm_loss_resolve (loss, network, &sequences->target, &resolved, NULL))
    g_error ("anm_predict_with_dropout() needs a resolved loss where sequences have no target");

  *predictions = (AnmDropoutPredictions){ n_rows, anm_network_get_n_outputs (network), g_new (anm_real, n), g_new (anm_real, n), g_new (anm_real, n),
                                          g_new (anm_real, n) };
  for (guint i = 0; i < n_lanes; i++)
    self.lanes[i] = anm_dropout_passes_new (network, resolved);
  for (; self.first < sequences->n_sequences && !atomic_load (&self.stopped); self.first += SEQUENCES_OF_WAVE)
    {
      guint n_tasks = (guint) MIN (SEQUENCES_OF_WAVE, sequences->n_sequences - self.first);

      anm_pool_run (pool, n_tasks, predict_sequence, &self);
      if (watch != NULL && watch->progress != NULL)
        watch->progress ((double) (self.first + n_tasks) / (double) sequences->n_sequences, watch->data);
    }
  for (guint i = 0; i < n_lanes; i++)
    anm_dropout_passes_free (self.lanes[i]);
  g_free (self.lanes);
  return atomic_load (&self.stopped) ? NULL : g_steal_pointer (&predictions);
}

void
anm_dropout_predictions_free (AnmDropoutPredictions *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->median);
  g_free (self->lower);
  g_free (self->upper);
  g_free (self);
}
