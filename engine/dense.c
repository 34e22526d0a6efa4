/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dense: y = f (W x + b), for one vector a sequence or, when the input is a
 * sequence, at every step with the same weights.
 *
 * Parameters: kernel [inputs][units], bias [units], as in Keras 3.
 */
#include "engine/activation.h"
#include "engine/layer-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  AnmLayer      layer;
  AnmActivation activation;
} AnmDense;

/* In the order of AnmActivation. */
static const char *const activation_names[] = { "linear", "relu", "tanh", "sigmoid", "softmax", NULL };

static const AnmArgument arguments[] = {
  {
      .name = "units",
      .kind = ANM_ARGUMENT_SIZE,
      .positional = TRUE,
      .common = TRUE,
      .minimum = 1,
      .maximum = ANM_MAX_UNITS,
      .fallback = 1,
      .label = N_("Units"),
      .summary = N_("How many numbers the layer gives; the last layer gives as many as the target has."),
  },
  {
      .name = "activation",
      .kind = ANM_ARGUMENT_CHOICE,
      .common = TRUE,
      .maximum = 4,
      .choices = activation_names,
      .label = N_("Activation"),
      .summary = N_("What bends the sums: nothing (linear), sigmoid for a probability, softmax for probabilities that add up to 1."),
  },
};

/* What the layer's text asks for, whoever applies it. */
AnmActivation
_anm_dense_get_activation (const AnmLayer *self)
{
  g_assert (self->klass == &_anm_dense_class);

  return ((const AnmDense *) self)->activation;
}

static gboolean
lay_out (AnmLayer *layer, const double *values, GError **error)
{
  AnmDense *self = (AnmDense *) layer;

  layer->n_units = (guint) _anm_layer_class_get_value (layer->klass, values, "units");
  layer->gives_sequences = layer->takes_sequences;
  self->activation = (AnmActivation) _anm_layer_class_get_value (layer->klass, values, "activation");
  _anm_layer_add_parameter (layer, "kernel", ANM_PARAMETER_KERNEL, layer->n_inputs, layer->n_units);
  _anm_layer_add_parameter (layer, "bias", ANM_PARAMETER_BIAS, 1, layer->n_units);
  return TRUE;
}

static void
initialize (const AnmLayer *layer, guint64 seed, guint64 stream, anm_real *parameters)
{
  _anm_initialize_glorot_uniform (seed, stream, layer->n_inputs, layer->n_units, parameters, layer->n_units);
  for (gsize j = layer->parameters[1].offset; j < layer->n_reals; j++)
    parameters[j] = 0;
}

const AnmLayerClass _anm_dense_class = {
  .type = "dense",
  .label = N_("Dense"),
  .summary = N_("Mixes all its inputs into each output, at the last step or, after return_sequences, at every step."),
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .instance_size = sizeof (AnmDense),
  .lay_out = lay_out,
  .initialize = initialize,
};
