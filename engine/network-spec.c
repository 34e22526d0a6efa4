/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network as an editable list of layers, and its canonical text; network-text.c
 * reads what people write.
 */
#include "engine/network-text-private.h"

#include <math.h>
#include <string.h>

void
_anm_layer_spec_free (AnmLayerSpec *self)
{
  g_free (self->values);
  g_free (self);
}

AnmLayerSpec *
_anm_layer_spec_new (const AnmLayerClass *klass)
{
  AnmLayerSpec *self = g_new0 (AnmLayerSpec, 1);

  self->klass = klass;
  self->values = g_new0 (double, klass->n_arguments);
  for (guint i = 0; i < klass->n_arguments; i++)
    self->values[i] = klass->arguments[i].fallback;
  return self;
}

int
_anm_find_argument (const AnmLayerClass *klass, const char *name)
{
  for (guint i = 0; i < klass->n_arguments; i++)
    if (g_str_equal (klass->arguments[i].name, name))
      return (int) i;
  return -1;
}

void
_anm_network_spec_append (AnmNetworkSpec *self, AnmLayerSpec *layer, guint index)
{
  self->layers = g_renew (AnmLayerSpec *, self->layers, self->n_layers + 1);
  memmove (self->layers + index + 1, self->layers + index, (self->n_layers - index) * sizeof *self->layers);
  self->layers[index] = layer;
  self->n_layers++;
}

AnmNetworkSpec *
anm_network_spec_copy (const AnmNetworkSpec *self)
{
  AnmNetworkSpec *copy = g_new0 (AnmNetworkSpec, 1);

  for (guint i = 0; i < self->n_layers; i++)
    {
      AnmLayerSpec *layer = _anm_layer_spec_new (self->layers[i]->klass);

      memcpy (layer->values, self->layers[i]->values, layer->klass->n_arguments * sizeof *layer->values);
      _anm_network_spec_append (copy, layer, i);
    }
  return copy;
}

void
anm_network_spec_free (AnmNetworkSpec *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layers; i++)
    _anm_layer_spec_free (self->layers[i]);
  g_free (self->layers);
  g_free (self);
}

gboolean
anm_network_spec_equal (const AnmNetworkSpec *a, const AnmNetworkSpec *b)
{
  if (a->n_layers != b->n_layers)
    return FALSE;
  for (guint i = 0; i < a->n_layers; i++)
    {
      if (a->layers[i]->klass != b->layers[i]->klass)
        return FALSE;
      for (guint k = 0; k < a->layers[i]->klass->n_arguments; k++)
        if (a->layers[i]->values[k] != b->layers[i]->values[k])
          return FALSE;
    }
  return TRUE;
}

/* The shortest decimal that reads back as the same number. */
static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 1; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (text, buffer);
}

static void
append_argument (GString *text, const AnmArgument *argument, double value)
{
  if (argument->positional)
    {
      if (argument->kind == ANM_ARGUMENT_CHOICE)
        g_string_append (text, argument->choices[(guint) value]);
      else if (argument->kind == ANM_ARGUMENT_SIZE)
        g_string_append_printf (text, "%.0f", value);
      else
        append_number (text, value);
      return;
    }
  g_string_append (text, argument->name);
  switch (argument->kind)
    {
    case ANM_ARGUMENT_FLAG:
      if (value == 0.0)
        g_string_append (text, "=false");
      break;
    case ANM_ARGUMENT_CHOICE:
      if (!argument->switchable || value != 1.0)
        g_string_append_printf (text, "=%s", argument->choices[(guint) value]);
      break;
    case ANM_ARGUMENT_SIZE:
      g_string_append_printf (text, "=%.0f", value);
      break;
    case ANM_ARGUMENT_REAL:
    default:
      g_string_append_c (text, '=');
      append_number (text, value);
      break;
    }
}

static void
append_layer (GString *text, const AnmLayerSpec *layer)
{
  const AnmLayerClass *klass = layer->klass;
  const char *before = "(";

  g_string_append (text, klass->type);
  for (guint k = 0; k < klass->n_arguments; k++)
    if (klass->arguments[k].positional || layer->values[k] != klass->arguments[k].fallback)
      {
        g_string_append (text, before);
        append_argument (text, &klass->arguments[k], layer->values[k]);
        before = ", ";
      }
  if (*before == ',')
    g_string_append_c (text, ')');
}

/* "lstm(64)" */
char *
_anm_layer_spec_to_text (const AnmLayerSpec *self)
{
  GString *text = g_string_new (NULL);

  append_layer (text, self);
  return g_string_free (text, FALSE);
}

/**
 * anm_network_spec_to_text:
 *
 * Returns: (transfer full): the canonical text: sizes first, then what differs
 *   from the default in the order of the layer's arguments
 */
char *
anm_network_spec_to_text (const AnmNetworkSpec *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_layers; i++)
    {
      g_string_append (text, i > 0 ? " > " : "");
      append_layer (text, self->layers[i]);
    }
  return g_string_free (text, FALSE);
}

void
anm_network_spec_insert (AnmNetworkSpec *self, guint index, const AnmLayerClass *klass)
{
  g_return_if_fail (index <= self->n_layers);

  _anm_network_spec_append (self, _anm_layer_spec_new (klass), index);
}

void
anm_network_spec_remove (AnmNetworkSpec *self, guint index)
{
  g_return_if_fail (index < self->n_layers);

  _anm_layer_spec_free (self->layers[index]);
  self->n_layers--;
  memmove (self->layers + index, self->layers + index + 1, (self->n_layers - index) * sizeof *self->layers);
}

/**
 * anm_network_spec_move:
 *
 * Takes layer @from out and puts it in so that it is then layer @to.
 */
void
anm_network_spec_move (AnmNetworkSpec *self, guint from, guint to)
{
  AnmLayerSpec *layer;

  g_return_if_fail (from < self->n_layers && to < self->n_layers);

  layer = self->layers[from];
  memmove (self->layers + from, self->layers + from + 1, (self->n_layers - from - 1) * sizeof *self->layers);
  memmove (self->layers + to + 1, self->layers + to, (self->n_layers - to - 1) * sizeof *self->layers);
  self->layers[to] = layer;
}

/* The same word among another argument's choices, or -1. */
static int
find_choice (const AnmArgument *argument, const char *choice)
{
  for (int i = 0; argument->choices[i] != NULL; i++)
    if (g_str_equal (argument->choices[i], choice))
      return i;
  return -1;
}

void
anm_network_spec_set_class (AnmNetworkSpec *self, guint index, const AnmLayerClass *klass)
{
  AnmLayerSpec *before, *after;

  g_return_if_fail (index < self->n_layers);

  before = self->layers[index];
  after = _anm_layer_spec_new (klass);
  for (guint i = 0; i < before->klass->n_arguments; i++)
    {
      const AnmArgument *old = &before->klass->arguments[i];
      int k = _anm_find_argument (klass, old->name);

      if (k < 0 || klass->arguments[k].kind != old->kind)
        continue;
      if (old->kind == ANM_ARGUMENT_CHOICE)
        {
          int choice = find_choice (&klass->arguments[k], old->choices[(guint) before->values[i]]);

          /* What was never chosen follows the new layer's own default. */
          if (choice >= 0 && before->values[i] != old->fallback)
            after->values[k] = choice;
        }
      else if (_anm_value_fits (&klass->arguments[k], before->values[i]))
        after->values[k] = before->values[i];
    }
  _anm_layer_spec_free (before);
  self->layers[index] = after;
}

gboolean
anm_network_spec_reads_missing (const AnmNetworkSpec *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reads_missing)
      return TRUE;
  return FALSE;
}

gboolean
anm_network_spec_reads_tokens (const AnmNetworkSpec *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reads_tokens)
      return TRUE;
  return FALSE;
}

void
anm_network_spec_fit_tokens (AnmNetworkSpec *self, guint n_tokens)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reads_tokens && anm_layer_spec_get (self->layers[i], "tokens") == 0.0)
      anm_layer_spec_set (self->layers[i], "tokens", n_tokens, NULL);
}

/**
 * anm_layer_spec_get:
 * @argument: a name of the class's table
 *
 * Returns: its value; NaN if the layer has no such argument
 */
double
anm_layer_spec_get (const AnmLayerSpec *self, const char *argument)
{
  int index = _anm_find_argument (self->klass, argument);

  return index < 0 ? (double) NAN : self->values[index];
}

/**
 * anm_layer_spec_set:
 *
 * Sets one argument, or leaves it and says what is allowed.
 */
gboolean
anm_layer_spec_set (AnmLayerSpec *self, const char *argument, double value, GError **error)
{
  int index = _anm_find_argument (self->klass, argument);

  if (index < 0)
    return _anm_refuse_argument (self->klass, argument, error);
  if (!_anm_value_fits (&self->klass->arguments[index], value))
    {
      g_autofree char *found = g_strdup_printf ("%g", value);

      return _anm_refuse_value (self->klass, &self->klass->arguments[index], found, error);
    }
  self->values[index] = value;
  return TRUE;
}

/* The activation that a target asks of a last layer which has one at all. */
static const char *
get_fitting_activation (AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_LABELS:
      return "sigmoid";
    case ANM_TARGET_CLASSES:
      return "softmax";
    case ANM_TARGET_NONE:
    case ANM_TARGET_REGRESSION:
    case ANM_TARGET_SURVIVAL:
    default:
      return "linear";
    }
}

void
anm_network_spec_fit_output (AnmNetworkSpec *self, const AnmTargetShape *target)
{
  AnmLayerSpec *last = self->n_layers > 0 ? self->layers[self->n_layers - 1] : NULL;
  int units, activation;
  const AnmArgument *choice;
  const char *current;

  if (last == NULL || last->klass != &_anm_dense_class || target->kind == ANM_TARGET_NONE)
    return;

  units = _anm_find_argument (last->klass, "units");
  activation = _anm_find_argument (last->klass, "activation");
  choice = &last->klass->arguments[activation];
  current = choice->choices[(guint) last->values[activation]];
  last->values[units] = target->n_outputs;
  if (g_str_equal (current, "sigmoid") || g_str_equal (current, "softmax"))
    last->values[activation] = find_choice (choice, get_fitting_activation (target->kind));
}
