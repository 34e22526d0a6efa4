/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/occlusion.h"

#include "engine/metrics.h"

#include <math.h>
#include <string.h>

/* Steps of all variants that are computed at once. */
#define MAX_GROUP_STEPS 131072

/* A change of the answer below this share of it is none. */
#define NEGLIGIBLE 1e-6

/**
 * anm_occlusion_means:
 * @values: (out): [n_channels]
 * @gaps: (out) (nullable): [n_channels]
 */
void
anm_occlusion_means (const AnmSequences *sequences, anm_real *values, anm_real *gaps)
{
  gsize n_steps = anm_sequences_get_n_steps (sequences), n = 0;
  guint n_channels = sequences->n_channels;
  g_autofree double *sums = g_new0 (double, 2 * n_channels);

  for (gsize t = 0; t < n_steps; t++)
    {
      if (sequences->skip != NULL && sequences->skip[t])
        continue;
      n++;
      for (guint c = 0; c < n_channels; c++)
        {
          sums[c] += (double) sequences->values[t * n_channels + c];
          sums[n_channels + c] += sequences->gaps != NULL ? (double) sequences->gaps[t * n_channels + c] : 0.0;
        }
    }
  for (guint c = 0; c < n_channels; c++)
    {
      values[c] = (anm_real) (sums[c] / (double) MAX (n, 1));
      if (gaps != NULL && sequences->gaps != NULL)
        gaps[c] = (anm_real) (sums[n_channels + c] / (double) MAX (n, 1));
    }
}

guint *
anm_occlusion_lags (guint most, guint n, guint *n_lags)
{
  guint *lags = g_new (guint, MAX (n, 2));

  n = MAX (n, 2);
  lags[0] = 0;
  *n_lags = 1;
  for (guint i = 1; i < n; i++)
    {
      guint lag = most < n ? i : (guint) lround (pow ((double) most, n > 2 ? (double) (i - 1) / (n - 2) : 1.0));

      if (lag > lags[*n_lags - 1] && lag <= most)
        lags[(*n_lags)++] = lag;
    }
  return lags;
}

/* Variants of a sequence: as it is, and with the past or one step hidden */

typedef struct
{
  gsize    sequence;
  guint    lag;     /* index */
  gboolean hidden;  /* one step, else all before the last k */
  gboolean whole;   /* nothing hidden */
} Variant;

typedef struct
{
  const AnmSequences *from;
  const anm_real     *values; /* [n_channels], nullable = 0 */
  const anm_real     *gaps;
  GArray             *variants;
  gsize               n_steps;
} Group;

static void
add_variants (Group *group, gsize sequence, const guint *lags, guint n_lags)
{
  gsize length = anm_sequences_get_length (group->from, sequence);
  Variant variant = { sequence, 0, FALSE, TRUE };

  g_array_append_val (group->variants, variant);
  variant.whole = FALSE;
  for (variant.lag = 0; variant.lag < n_lags; variant.lag++)
    for (variant.hidden = FALSE; variant.hidden <= TRUE; variant.hidden++)
      if (lags[variant.lag] < length)
        g_array_append_val (group->variants, variant);
}

static void
copy_steps (const AnmSequences *from, gsize first, gsize n, AnmSequences *to, gsize at)
{
  guint n_channels = from->n_channels;

  memcpy (to->values + at * n_channels, from->values + first * n_channels, n * n_channels * sizeof *to->values);
  if (from->gaps != NULL)
    memcpy (to->gaps + at * n_channels, from->gaps + first * n_channels, n * n_channels * sizeof *to->gaps);
  if (from->skip != NULL)
    memcpy (to->skip + at, from->skip + first, n);
  for (gsize t = 0; t < n && from->observed != NULL; t++)
    for (guint c = 0; c < n_channels; c++)
      anm_sequences_set_observed (to, at + t, c, anm_sequences_is_observed (from, first + t, c));
}

static void
hide_step (const Group *group, AnmSequences *to, gsize step)
{
  for (guint c = 0; c < to->n_channels; c++)
    {
      to->values[step * to->n_channels + c] = group->values != NULL ? group->values[c] : 0;
      if (to->gaps != NULL)
        to->gaps[step * to->n_channels + c] = group->gaps != NULL ? group->gaps[c] : 0;
      if (to->observed != NULL)
        anm_sequences_set_observed (to, step, c, FALSE);
    }
}

static void
hide (const Group *group, const Variant *variant, const guint *lags, AnmSequences *to, gsize first, gsize length)
{
  guint lag = lags[variant->lag];

  if (variant->whole)
    return;
  if (variant->hidden)
    hide_step (group, to, first + length - 1 - lag);
  else
    for (gsize t = 0; t + lag < length; t++)
      hide_step (group, to, first + t);
}

static AnmSequences *
make_sequences (const Group *group, const guint *lags)
{
  const AnmSequences *from = group->from;
  gsize n = group->variants->len, n_steps;
  g_autofree gsize *lengths = g_new (gsize, n);
  AnmSequences *to;

  for (gsize i = 0; i < n; i++)
    lengths[i] = anm_sequences_get_length (from, g_array_index (group->variants, Variant, i).sequence);
  to = anm_sequences_new (n, lengths, from->n_channels, from->n_statics, NULL);
  anm_sequences_set_columns (to, from->columns, from->n_columns);
  n_steps = anm_sequences_get_n_steps (to);
  if (from->means != NULL)
    to->means = g_memdup2 (from->means, from->n_channels * sizeof *from->means);
  if (from->gaps != NULL)
    to->gaps = g_new0 (anm_real, n_steps * from->n_channels);
  if (from->skip != NULL)
    to->skip = g_new0 (guint8, n_steps);
  if (from->observed != NULL)
    to->observed = g_new0 (guint8, (n_steps * from->n_channels + 7) / 8);
  for (gsize i = 0; i < n; i++)
    {
      const Variant *variant = &g_array_index (group->variants, Variant, i);

      copy_steps (from, from->offsets[variant->sequence], lengths[i], to, to->offsets[i]);
      if (from->n_statics > 0)
        memcpy (to->statics + i * from->n_statics, from->statics + variant->sequence * from->n_statics, from->n_statics * sizeof *to->statics);
      hide (group, variant, lags, to, to->offsets[i], lengths[i]);
    }
  return to;
}

/* Answers */

static double
get_distance (guint n, const anm_real *a, const anm_real *b)
{
  double sum = 0.0;

  for (guint k = 0; k < n; k++)
    sum += ((double) a[k] - (double) b[k]) * ((double) a[k] - (double) b[k]);
  return sqrt (sum);
}

/* Changes; and where the horizon will stand, how large each answer is: it is needed to find that. */
static void
take_answers (AnmOcclusion *self, const Group *group, gboolean per_step, const AnmSequences *sequences, const AnmPredictions *predictions)
{
  guint n = predictions->n_outputs;
  const anm_real *whole = NULL;

  for (gsize i = 0; i < group->variants->len; i++)
    {
      const Variant *variant = &g_array_index (group->variants, Variant, i);
      const anm_real *answer = predictions->outputs + (per_step ? sequences->offsets[i + 1] - 1 : i) * n;

      if (variant->whole)
        {
          whole = answer;
          self->horizons[variant->sequence] = 0.0;
          for (guint k = 0; k < n; k++)
            self->horizons[variant->sequence] += fabs ((double) answer[k]);
        }
      else
        (variant->hidden ? self->hidden : self->known)[variant->sequence * self->n_lags + variant->lag] = get_distance (n, answer, whole);
    }
}

/* @size: of the answer */
static double
find_horizon (const AnmOcclusion *self, gsize sequence, double size)
{
  const double *known = self->known + sequence * self->n_lags;
  double horizon = NAN;

  if (!(known[0] > NEGLIGIBLE * size))
    return NAN;
  for (guint k = self->n_lags; k-- > 0 && known[k] <= known[0] / G_E;)
    horizon = self->lags[k];
  return horizon;
}

static gboolean
run_group (AnmOcclusion *self, const Group *group, AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, AnmPool *pool, const int *stop)
{
  g_autoptr (AnmSequences) sequences = make_sequences (group, self->lags);
  AnmPredictions *predictions = anm_predict (network, parameters, loss, sequences, pool, stop);

  if (predictions == NULL)
    return FALSE;
  take_answers (self, group, anm_network_get_per_step (network), sequences, predictions);
  for (gsize i = 0; i < group->variants->len; i++)
    {
      const Variant *variant = &g_array_index (group->variants, Variant, i);

      if (variant->whole)
        self->horizons[variant->sequence] = find_horizon (self, variant->sequence, self->horizons[variant->sequence]);
    }
  anm_predictions_free (predictions);
  return TRUE;
}

/**
 * anm_occlusion_new:
 * @loss: resolved
 * @lags: [n_lags] rising, the first 0; copied
 * @values, @gaps: (nullable): [n_channels] what stands in place of what is hidden, as from
 *   anm_occlusion_means() of the training part; %NULL for zeros, the mean of standardised values
 * @progress: (nullable): called on the calling thread
 * @stop: (nullable): atomic; looked at between the time steps of a chunk
 *
 * Takes about 2 @n_lags forward passes of each sequence.
 *
 * Returns: (transfer full) (nullable): %NULL if stopped
 */
AnmOcclusion *
anm_occlusion_new (AnmNetwork *network, const anm_real *parameters, AnmLossKind loss, const AnmSequences *sequences,
                   const guint *lags, guint n_lags, const anm_real *values, const anm_real *gaps, AnmPool *pool,
                   AnmOcclusionProgressFunc progress, gpointer data, const int *stop)
{
  gsize n = sequences->n_sequences;
  g_autoptr (AnmOcclusion) self = g_new0 (AnmOcclusion, 1);
  g_autoptr (GArray) variants = g_array_new (FALSE, FALSE, sizeof (Variant));
  Group group = { sequences, values, gaps, variants };

  g_return_val_if_fail (n_lags > 0 && lags[0] == 0, NULL);

  self->n_sequences = n;
  self->n_lags = n_lags;
  self->lags = g_memdup2 (lags, n_lags * sizeof *lags);
  self->known = g_new0 (double, n * n_lags);
  self->hidden = g_new (double, n * n_lags);
  self->horizons = g_new (double, n);
  for (gsize i = 0; i < n * n_lags; i++)
    self->hidden[i] = NAN;
  for (gsize i = 0; i < n; i++)
    self->horizons[i] = NAN;

  for (gsize i = 0; i < n; i++)
    {
      gsize length = anm_sequences_get_length (sequences, i);

      if (length > 0)
        add_variants (&group, i, lags, n_lags);
      group.n_steps += length * (2 * n_lags + 1);
      if (i + 1 < n && group.n_steps < MAX_GROUP_STEPS)
        continue;
      if (variants->len > 0 && !run_group (self, &group, network, parameters, loss, pool, stop))
        return NULL;
      g_array_set_size (variants, 0);
      group.n_steps = 0;
      if (progress != NULL)
        progress (i + 1, n, data);
    }
  return g_steal_pointer (&self);
}

void
anm_occlusion_free (AnmOcclusion *self)
{
  g_free (self->lags);
  g_free (self->known);
  g_free (self->hidden);
  g_free (self->horizons);
  g_free (self);
}

/**
 * anm_occlusion_summarise:
 * @lag: its number in @lags
 */
void
anm_occlusion_summarise (const AnmOcclusion *self, gboolean hidden, guint lag, AnmHorizonSummary *summary)
{
  g_autofree double *changes = g_new (double, MAX (self->n_sequences, 1));

  g_return_if_fail (lag < self->n_lags);

  for (gsize i = 0; i < self->n_sequences; i++)
    changes[i] = (hidden ? self->hidden : self->known)[i * self->n_lags + lag];
  anm_horizon_summarise (changes, self->n_sequences, summary);
}
