/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/sequences.h"

#include "engine/error.h"
#include "engine/kernels.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* The number of target rows: sequences, or steps. */
static gsize
get_n_target_rows (const AnmSequences *self)
{
  return self->target.per_step ? anm_sequences_get_n_steps (self) : self->n_sequences;
}

static guint
get_n_weighted_classes (const AnmTargetShape *target)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
      return 2;
    case ANM_TARGET_CLASSES:
      return target->n_outputs;
    case ANM_TARGET_NONE:
    case ANM_TARGET_LABELS:
    case ANM_TARGET_REGRESSION:
    case ANM_TARGET_SURVIVAL:
    default:
      return 0;
    }
}

/**
 * anm_sequences_new:
 * @n_sequences: how many sequences
 * @lengths: (array length=n_sequences): steps of each
 * @n_channels: channels measured at each step
 * @n_statics: numbers that a sequence has once
 * @target: (nullable): what there is to learn; %NULL for nothing
 *
 * Allocates the planes, all zero: values, statics if there are any, and
 * targets if there is a target. Everything nullable beside them is %NULL and
 * may be allocated with g_new() by the caller. The column plan is every
 * channel's value.
 *
 * Returns: (transfer full): new sequences
 */
AnmSequences *
anm_sequences_new (gsize n_sequences, const gsize *lengths, guint n_channels, guint n_statics, const AnmTargetShape *target)
{
  AnmSequences *self = g_new0 (AnmSequences, 1);
  gsize n_steps;

  g_return_val_if_fail (n_sequences == 0 || lengths != NULL, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_sequences = n_sequences;
  self->offsets = g_new0 (gsize, n_sequences + 1);
  for (gsize i = 0; i < n_sequences; i++)
    self->offsets[i + 1] = self->offsets[i] + lengths[i];
  n_steps = self->offsets[n_sequences];

  self->n_channels = n_channels;
  self->values = g_new0 (anm_real, MAX (n_steps * n_channels, 1));
  self->n_statics = n_statics;
  if (n_statics > 0)
    self->statics = g_new0 (anm_real, MAX (n_sequences * n_statics, 1));

  self->n_columns = n_channels;
  self->columns = g_new0 (AnmColumn, MAX (n_channels, 1));
  for (guint i = 0; i < n_channels; i++)
    self->columns[i] = (AnmColumn){ ANM_COLUMN_VALUE, i };

  if (target != NULL && target->kind != ANM_TARGET_NONE)
    {
      self->target = *target;
      self->targets = g_new0 (anm_real, MAX (get_n_target_rows (self) * anm_sequences_get_target_width (target), 1));
    }
  return self;
}

AnmSequences *
anm_sequences_ref (AnmSequences *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_sequences_unref (AnmSequences *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->offsets);
  g_free (self->values);
  g_free (self->observed);
  g_free (self->gaps);
  g_free (self->means);
  g_free (self->skip);
  g_free (self->token_offsets);
  g_free (self->tokens);
  g_free (self->statics);
  g_free (self->columns);
  g_free (self->targets);
  g_free (self->target_mask);
  g_free (self->weights);
  g_free (self->class_weights);
  g_free (self);
}

/**
 * anm_sequences_get_n_steps:
 *
 * Returns: the steps of all sequences together
 */
gsize
anm_sequences_get_n_steps (const AnmSequences *self)
{
  return self->offsets[self->n_sequences];
}

gsize
anm_sequences_get_length (const AnmSequences *self, gsize sequence)
{
  g_return_val_if_fail (sequence < self->n_sequences, 0);

  return self->offsets[sequence + 1] - self->offsets[sequence];
}

/**
 * anm_sequences_get_max_length:
 *
 * Returns: the longest sequence's steps, 0 if there is none
 */
gsize
anm_sequences_get_max_length (const AnmSequences *self)
{
  gsize longest = 0;

  for (gsize i = 0; i < self->n_sequences; i++)
    longest = MAX (longest, self->offsets[i + 1] - self->offsets[i]);
  return longest;
}

/**
 * anm_sequences_get_target_width:
 *
 * Returns: how many numbers are stored for one target row
 */
guint
anm_sequences_get_target_width (const AnmTargetShape *target)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_CLASSES:
      return 1;
    case ANM_TARGET_LABELS:
    case ANM_TARGET_REGRESSION:
      return target->n_outputs;
    case ANM_TARGET_SURVIVAL:
      return 2;
    case ANM_TARGET_NONE:
    default:
      return 0;
    }
}

/**
 * anm_sequences_set_columns:
 * @columns: (array length=n_columns): copied
 *
 * Replaces the column plan.
 */
void
anm_sequences_set_columns (AnmSequences *self, const AnmColumn *columns, guint n_columns)
{
  AnmColumn *copy = g_new (AnmColumn, MAX (n_columns, 1));

  for (guint i = 0; i < n_columns; i++)
    copy[i] = columns[i];
  g_free (self->columns);
  self->columns = copy;
  self->n_columns = n_columns;
}

/**
 * anm_sequences_is_observed:
 *
 * Returns: whether a value was measured; everything was, where nothing is
 *   known of it (observed is %NULL)
 */
gboolean
anm_sequences_is_observed (const AnmSequences *self, gsize step, guint channel)
{
  gsize bit = step * self->n_channels + channel;

  return self->observed == NULL || (self->observed[bit / 8] >> (bit % 8) & 1) != 0;
}

/**
 * anm_sequences_set_observed:
 *
 * Marks whether a value was measured. The first call allocates the plane with
 * nothing observed, so whoever marks anything marks everything.
 */
void
anm_sequences_set_observed (AnmSequences *self, gsize step, guint channel, gboolean observed)
{
  gsize bit = step * self->n_channels + channel;

  g_return_if_fail (step < anm_sequences_get_n_steps (self) && channel < self->n_channels);

  if (self->observed == NULL)
    self->observed = g_new0 (guint8, anm_sequences_get_n_steps (self) * self->n_channels / 8 + 1);
  if (observed)
    self->observed[bit / 8] |= (guint8) (1u << (bit % 8));
  else
    self->observed[bit / 8] &= (guint8) ~(1u << (bit % 8));
}

static void
fill_observed (const AnmSequences *self, gsize place, guint channel, guint n, anm_real *row)
{
  for (guint k = 0; k < n; k++)
    row[k] = anm_sequences_is_observed (self, place, channel + k) ? 1 : 0;
}

/* @n columns from column @first on, which lie behind one another in the same plane. */
static void
fill_columns (const AnmSequences *self, gsize sequence, gsize place, gsize n_steps, guint first, guint n, anm_real *rows, gsize stride)
{
  guint index = self->columns[first].index;

  switch (self->columns[first].kind)
    {
    case ANM_COLUMN_VALUE:
      _anm_copy_block (n_steps, n, self->values + place * self->n_channels + index, self->n_channels, rows + first, stride);
      break;
    case ANM_COLUMN_OBSERVED:
      for (gsize k = 0; k < n_steps; k++)
        fill_observed (self, place + k, index, n, rows + k * stride + first);
      break;
    case ANM_COLUMN_GAP:
      _anm_copy_block (n_steps, n, self->gaps + place * self->n_channels + index, self->n_channels, rows + first, stride);
      break;
    case ANM_COLUMN_STATIC:
    default:
      _anm_copy_block (n_steps, n, self->statics + sequence * self->n_statics + index, 0, rows + first, stride);
      break;
    }
}

/**
 * anm_sequences_fill_rows:
 * @first: step within the sequence, from 0
 * @rows: (out caller-allocates): [n_steps][stride], n_columns of each row are written
 *
 * Assembles by the column plan what enters the first layer at @n_steps steps.
 */
void
anm_sequences_fill_rows (const AnmSequences *self, gsize sequence, gsize first, gsize n_steps, anm_real *rows, gsize stride)
{
  const AnmColumn *columns = self->columns;
  gsize place = self->offsets[sequence] + first;

  for (guint i = 0, n; i < self->n_columns; i += n)
    {
      for (n = 1; i + n < self->n_columns && columns[i + n].kind == columns[i].kind && columns[i + n].index == columns[i].index + n; n++)
        ;
      fill_columns (self, sequence, place, n_steps, i, n, rows, stride);
    }
}

/**
 * anm_sequences_fill_row:
 * @step: step within the sequence, from 0
 * @row: (out caller-allocates): [n_columns]
 *
 * The same for one step.
 */
void
anm_sequences_fill_row (const AnmSequences *self, gsize sequence, gsize step, anm_real *row)
{
  anm_sequences_fill_rows (self, sequence, step, 1, row, self->n_columns);
}

const guint32 *
anm_sequences_get_tokens (const AnmSequences *self, gsize step, gsize *n_tokens)
{
  g_assert (self->token_offsets != NULL);

  *n_tokens = self->token_offsets[step + 1] - self->token_offsets[step];
  return self->tokens + self->token_offsets[step];
}

/**
 * anm_sequences_balance_classes:
 *
 * Weighs each class by inverse frequency, n / (classes x n_class) over the
 * target rows where the loss counts, so that the mean weight is 1. A class
 * that doesn't occur gets 1. For binary and class targets; others are left.
 */
void
anm_sequences_balance_classes (AnmSequences *self)
{
  guint n_classes = get_n_weighted_classes (&self->target);
  gsize n_rows = get_n_target_rows (self);
  gsize n_counted = 0;
  g_autofree gsize *counts = g_new0 (gsize, n_classes + 1);

  if (n_classes == 0)
    return;

  for (gsize i = 0; i < n_rows; i++)
    if (self->target_mask == NULL || self->target_mask[i])
      {
        guint class_index = (guint) self->targets[i];

        g_return_if_fail (class_index < n_classes);
        counts[class_index]++;
        n_counted++;
      }

  g_free (self->class_weights);
  self->class_weights = g_new (double, n_classes);
  for (guint k = 0; k < n_classes; k++)
    self->class_weights[k] = counts[k] == 0 ? 1.0 : (double) n_counted / ((double) n_classes * (double) counts[k]);
}

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
validate_columns (const AnmSequences *self, GError **error)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      guint limit = self->columns[i].kind == ANM_COLUMN_STATIC ? self->n_statics : self->n_channels;

      if (self->columns[i].index >= limit)
        return refuse (error,
                       _("Input column %u takes number %u, but there are only %u."),
                       i + 1, self->columns[i].index + 1, limit);
      if (self->columns[i].kind == ANM_COLUMN_GAP && self->gaps == NULL)
        return refuse (error, _("Input column %u takes the time since the last measurement, which these sequences don't have."), i + 1);
    }
  if (self->n_columns == 0 && self->token_offsets == NULL)
    return refuse (error, _("Nothing enters the network: choose at least one channel."));
  return TRUE;
}

static gboolean
validate_plane (const AnmSequences *self, const anm_real *plane, const char *name, GError **error)
{
  if (plane == NULL)
    return TRUE;
  for (gsize n = 0; n < self->n_sequences; n++)
    for (gsize i = self->offsets[n] * self->n_channels; i < self->offsets[n + 1] * self->n_channels; i++)
      if (!isfinite (plane[i]))
        return refuse (error,
                       /* Translators: %s is "values" or "gaps" */
                       _("Sequence %zu, step %zu, channel %u: the %s hold %g, which is not a finite number."),
                       n + 1, i / self->n_channels - self->offsets[n] + 1, (guint) (i % self->n_channels) + 1, name, (double) plane[i]);
  return TRUE;
}

/* @place: within the row */
static gboolean
validate_tokens (const AnmSequences *self, GError **error)
{
  if (self->token_offsets == NULL)
    return TRUE;
  if (self->token_offsets[0] != 0)
    return refuse (error, _("The tokens of the first step don’t begin at the first token."));
  for (gsize n = 0; n < self->n_sequences; n++)
    for (gsize step = self->offsets[n]; step < self->offsets[n + 1]; step++)
      {
        if (self->token_offsets[step + 1] < self->token_offsets[step])
          return refuse (error, _("Sequence %zu, step %zu: its tokens end before they begin."), n + 1, step - self->offsets[n] + 1);
        for (gsize i = self->token_offsets[step]; i < self->token_offsets[step + 1]; i++)
          if (self->tokens[i] >= self->n_tokens)
            return refuse (error,
                           _("Sequence %zu, step %zu has the token %u, but there are only %u (numbered from 0)."),
                           n + 1, step - self->offsets[n] + 1, self->tokens[i], self->n_tokens);
      }
  return TRUE;
}

static gboolean
target_fits (const AnmTargetShape *target, guint place, anm_real value)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
      return value == 0 || value == 1;
    case ANM_TARGET_LABELS:
      return value == 0 || value == 1 || isnan (value);
    case ANM_TARGET_SURVIVAL:
      if (place == 1)
        return value == 0 || value == 1;
      G_GNUC_FALLTHROUGH;
    case ANM_TARGET_CLASSES:
      return value >= 0 && value < (anm_real) target->n_outputs && value == (anm_real) (guint) value;
    case ANM_TARGET_REGRESSION:
      return isfinite (value);
    case ANM_TARGET_NONE:
    default:
      return TRUE;
    }
}

static char *
describe_target (const AnmTargetShape *target, guint place)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
      return g_strdup (_("0 or 1"));
    case ANM_TARGET_LABELS:
      return g_strdup (_("0 or 1, or NaN for a label that isn’t known"));
    case ANM_TARGET_SURVIVAL:
      return place == 1 ? g_strdup (_("0 (survived the interval) or 1 (the event happened in it)"))
                        : g_strdup_printf (_("a time interval from 0 to %u"), target->n_outputs - 1);
    case ANM_TARGET_CLASSES:
      return g_strdup_printf (_("a class from 0 to %u"), target->n_outputs - 1);
    case ANM_TARGET_REGRESSION:
    case ANM_TARGET_NONE:
    default:
      return g_strdup (_("a finite number"));
    }
}

static gboolean
validate_targets (const AnmSequences *self, GError **error)
{
  guint width = anm_sequences_get_target_width (&self->target);
  gsize n_rows = get_n_target_rows (self);

  if (width == 0)
    return TRUE;
  if (self->targets == NULL)
    return refuse (error, _("The sequences have no targets, though a target is declared."));
  for (gsize row = 0; row < n_rows; row++)
    {
      if (self->target_mask != NULL && !self->target_mask[row])
        continue;
      for (guint k = 0; k < width; k++)
        if (!target_fits (&self->target, k, self->targets[row * width + k]))
          {
            g_autofree char *allowed = describe_target (&self->target, k);

            return refuse (error,
                           _("Target row %zu holds %g; allowed is %s."),
                           row + 1, (double) self->targets[row * width + k], allowed);
          }
    }
  return TRUE;
}

static gboolean
validate_weights (const AnmSequences *self, GError **error)
{
  guint n_classes = get_n_weighted_classes (&self->target);

  for (gsize n = 0; self->weights != NULL && n < self->n_sequences; n++)
    if (!(self->weights[n] >= 0) || !isfinite (self->weights[n]))
      return refuse (error,
                     _("Sequence %zu has the weight %g; allowed are finite numbers from 0."),
                     n + 1, (double) self->weights[n]);
  for (guint k = 0; self->class_weights != NULL && k < n_classes; k++)
    if (!(self->class_weights[k] >= 0) || !isfinite (self->class_weights[k]))
      return refuse (error, _("Class %u has the weight %g; allowed are finite numbers from 0."), k, self->class_weights[k]);
  return TRUE;
}

/**
 * anm_sequences_validate:
 *
 * Checks everything that the engine relies on: each sequence has a step, the
 * column plan points at what is there, values and statics are finite, targets
 * that count are of their kind, weights are finite and not negative.
 *
 * Returns: %TRUE, or %FALSE and @error says where and what
 */
gboolean
anm_sequences_validate (const AnmSequences *self, GError **error)
{
  for (gsize n = 0; n < self->n_sequences; n++)
    {
      if (self->offsets[n + 1] <= self->offsets[n])
        return refuse (error, _("Sequence %zu has no steps."), n + 1);
      if (self->offsets[n + 1] - self->offsets[n] > G_MAXINT32)
        return refuse (error, _("Sequence %zu has more steps than the %d that are allowed."), n + 1, G_MAXINT32);
    }
  for (gsize i = 0; self->statics != NULL && i < self->n_sequences * self->n_statics; i++)
    if (!isfinite (self->statics[i]))
      return refuse (error,
                     _("Sequence %zu, static field %u holds %g, which is not a finite number."),
                     i / self->n_statics + 1, (guint) (i % self->n_statics) + 1, (double) self->statics[i]);

  for (guint c = 0; self->means != NULL && c < self->n_channels; c++)
    if (!isfinite (self->means[c]))
      return refuse (error, _("The mean of channel %u is %g, which is not a finite number."), c + 1, (double) self->means[c]);

  return validate_columns (self, error) &&
         validate_plane (self, self->values, _("values"), error) &&
         validate_plane (self, self->gaps, _("gaps"), error) &&
         validate_tokens (self, error) &&
         validate_targets (self, error) &&
         validate_weights (self, error);
}
