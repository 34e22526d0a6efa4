/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/bidirectional.h"

#include <string.h>

/* The registry: a new layer is one new file and one line here. */
static const AnmLayerClass *const layer_classes[] = {
  &_anm_simple_rnn_class,
  &_anm_lstm_class,
  &_anm_gru_class,
  &_anm_gru_d_class,
  &_anm_dense_class,
  &_anm_embedding_class,
  &_anm_layer_norm_class,
  &_anm_conv1d_class,
  &_anm_pooling_class,
  &_anm_dropout_class,
  &_anm_attention_class,
};

/**
 * anm_layer_classes:
 * @n_classes: (out): how many
 *
 * Returns: (array length=n_classes): every kind of layer, in the order in which they are offered
 */
const AnmLayerClass *const *
anm_layer_classes (guint *n_classes)
{
  *n_classes = G_N_ELEMENTS (layer_classes);
  return layer_classes;
}

/**
 * anm_layer_class_find:
 * @type: the word in a network's text, "lstm"
 *
 * Returns: (nullable): the class
 */
const AnmLayerClass *
anm_layer_class_find (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (layer_classes); i++)
    if (g_str_equal (layer_classes[i]->type, type))
      return layer_classes[i];
  return NULL;
}

const char *
anm_layer_class_get_type (const AnmLayerClass *self)
{
  return self->type;
}

const char *
anm_layer_class_get_label (const AnmLayerClass *self)
{
  return self->label;
}

const char *
anm_layer_class_get_summary (const AnmLayerClass *self)
{
  return self->summary;
}

const AnmArgument *
anm_layer_class_get_arguments (const AnmLayerClass *self, guint *n_arguments)
{
  *n_arguments = self->n_arguments;
  return self->arguments;
}

gboolean
anm_layer_class_is_recurrent (const AnmLayerClass *self)
{
  return self->is_recurrent;
}

const AnmLayerClass *
anm_layer_get_class (const AnmLayer *self)
{
  return self->written_as;
}

guint
anm_layer_get_n_inputs (const AnmLayer *self)
{
  return self->n_inputs;
}

guint
anm_layer_get_n_units (const AnmLayer *self)
{
  return self->n_units;
}

gboolean
anm_layer_get_takes_sequences (const AnmLayer *self)
{
  return self->takes_sequences;
}

gboolean
anm_layer_get_gives_sequences (const AnmLayer *self)
{
  return self->gives_sequences;
}

static gboolean
has_argument (const AnmLayerClass *klass, const char *argument)
{
  for (guint i = 0; i < klass->n_arguments; i++)
    if (g_str_equal (klass->arguments[i].name, argument))
      return TRUE;
  return FALSE;
}

/* Lays out a layer of @klass itself, whatever its argument bidirectional says. */
AnmLayer *
_anm_layer_new_one_way (const AnmLayerClass *klass, const double *values, guint n_inputs, gboolean takes_sequences, GError **error)
{
  AnmLayer *self;

  g_assert (klass->instance_size >= sizeof (AnmLayer));

  self = g_malloc0 (klass->instance_size);
  self->klass = klass;
  self->written_as = klass;
  self->n_inputs = n_inputs;
  self->takes_sequences = takes_sequences;
  self->causal = TRUE;
  self->frozen = has_argument (klass, "frozen") && _anm_layer_class_get_value (klass, values, "frozen") != 0.0;
  if (!klass->lay_out (self, values, error))
    g_clear_pointer (&self, _anm_layer_free);
  else
    self->product_rows = MAX (self->product_rows, (gsize) n_inputs + self->n_units + 1);
  return self;
}

/* Lays a layer out for its input. The error's message doesn't name the layer. */
AnmLayer *
_anm_layer_new (const AnmLayerClass *klass, const double *values, guint n_inputs, gboolean takes_sequences, GError **error)
{
  gboolean both_ways = has_argument (klass, "bidirectional") && _anm_layer_class_get_value (klass, values, "bidirectional") != 0.0;
  const AnmLayerClass *chosen = klass->choose != NULL ? klass->choose (values) : klass;
  AnmLayer *self = _anm_layer_new_one_way (both_ways ? _anm_bidirectional_class_for (chosen) : chosen, values, n_inputs, takes_sequences, error);

  if (self != NULL)
    self->written_as = klass;
  return self;
}

void
_anm_layer_free (AnmLayer *self)
{
  if (self->klass->finalize != NULL)
    self->klass->finalize (self);
  g_free (self);
}

/* Appends a slice to the layer's parameters. Absurd sizes may be laid out, to be counted and refused. */
void
_anm_layer_add_parameter (AnmLayer *self, const char *name, AnmParameterKind kind, gsize n_rows, gsize n_columns)
{
  g_assert (self->n_parameters < ANM_MAX_PARAMETERS_OF_LAYER);
  g_assert (n_rows < G_GUINT64_CONSTANT (1) << 40 && n_columns < G_GUINT64_CONSTANT (1) << 40);

  self->parameters[self->n_parameters++] = (AnmParameterSlice){ name, kind, (guint) n_rows, (guint) n_columns, self->n_reals };
  self->n_reals = n_rows > 0 && n_columns > (G_MAXSIZE / 2 - self->n_reals) / n_rows ? G_MAXSIZE / 2 : self->n_reals + n_rows * n_columns;
}

/* A sequence that was too short for a layer below has no steps above it either. */
guint
_anm_layer_output_length (const AnmLayer *self, guint input_length)
{
  if (input_length == 0)
    return 0;
  if (self->changes_lengths)
    return self->klass->output_length (self, input_length);
  return self->gives_sequences ? input_length : 1;
}

/* The step of the input that step @step of the output stands for. */
guint
_anm_layer_get_anchor (const AnmLayer *self, guint step, guint input_length)
{
  if (!self->gives_sequences)
    return input_length - 1;
  return self->changes_lengths ? self->klass->get_anchor (self, step, input_length) : step;
}

void
_anm_layer_read_output (const AnmLayer *self, const AnmLayerState *state, const AnmPass *pass, guint index, guint row, anm_real *values)
{
  for (guint k = 0; k < pass->output->lengths[row]; k++)
    memcpy (values + (gsize) k * self->n_units, state->output.values + (pass->output->start[k] + row) * state->output.stride,
            self->n_units * sizeof *values);
}

guint
_anm_layer_get_trace_width (const AnmLayer *self, guint index)
{
  if (self->klass->trace_width != NULL)
    return self->klass->trace_width (self, index);
  return self->klass->traces[index].of_inputs ? self->n_inputs : self->n_units;
}

double
_anm_layer_class_get_value (const AnmLayerClass *klass, const double *values, const char *argument)
{
  for (guint i = 0; i < klass->n_arguments; i++)
    if (g_str_equal (klass->arguments[i].name, argument))
      return values[i];
  g_assert_not_reached ();
}
