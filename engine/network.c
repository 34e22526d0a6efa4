/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* 1 GiB of weights; training holds about six times that. */
#define MAX_PARAMETERS (1u << 28)

/* Streams of random numbers: the layer's place in the middle, its tensors below. */
#define WEIGHTS_STREAM (G_GUINT64_CONSTANT (1) << 32)
#define STREAMS_OF_LAYER 256

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* The layer as text, "lstm(64)". */
static char *
layer_to_text (const AnmNetworkSpec *spec, guint index)
{
  AnmNetworkSpec one = { 1, &spec->layers[index] };

  return anm_network_spec_to_text (&one);
}

/* The layer as text with one argument changed: what to write instead. */
static char *
layer_to_text_with (const AnmNetworkSpec *spec, guint index, const char *argument, double value)
{
  g_autoptr (AnmNetworkSpec) copy = anm_network_spec_copy (spec);

  anm_layer_spec_set (copy->layers[index], argument, value, NULL);
  return layer_to_text (copy, index);
}

/* The layer below @index that made one vector of a sequence. */
static guint
find_reducing_layer (const AnmNetwork *self, guint index)
{
  while (!self->layers[index]->takes_sequences)
    index--;
  return index;
}

static gboolean
refuse_missing_sequence (const AnmNetwork *self, guint index, GError **error)
{
  guint reducing = find_reducing_layer (self, index - 1);
  g_autofree char *advice = layer_to_text_with (self->spec, reducing, "return_sequences", TRUE);

  return refuse (error,
                 _("Layer %u, %s, needs a sequence, but layer %u, %s, gives only its last output. Write %s there."),
                 index + 1, self->spec->layers[index]->klass->type, reducing + 1, self->spec->layers[reducing]->klass->type, advice);
}

static gboolean
refuse_size (const AnmNetwork *self, guint index, guint64 n_reals, GError **error)
{
  g_autofree char *text = layer_to_text (self->spec, index);
  g_autofree char *memory = g_format_size_full (n_reals * sizeof (float), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *allowed = g_format_size_full ((guint64) MAX_PARAMETERS * sizeof (float), G_FORMAT_SIZE_IEC_UNITS);

  return refuse (error,
                 /* Translators: "Layer 2, lstm(60000), brings the network to 14400000000 weights, which take 53.6 GiB …" */
                 _("Layer %u, %s, brings the network to %" PRIu64 " weights, which take %s, and training several times as much; at most %s of weights are allowed. Use fewer units."),
                 index + 1, text, n_reals, memory, allowed);
}

static gboolean
lay_out_layer (AnmNetwork *self, guint index, GError **error)
{
  const AnmLayerSpec *spec = self->spec->layers[index];
  guint n_inputs = index == 0 ? self->n_inputs : self->layers[index - 1]->n_units;
  gboolean takes_sequences = index == 0 || self->layers[index - 1]->gives_sequences;
  AnmLayer *layer;

  if (spec->klass->reads_missing && index > 0)
    return refuse (error,
                   _("Layer %u, %s, reads from the records themselves what was measured and when, so it must be the first layer. Move it there, or write %s in its place."),
                   index + 1, spec->klass->type, "gru");

  if (spec->klass->reads_tokens && index > 0)
    return refuse (error,
                   _("Layer %u, %s, reads words and codes from the records themselves, so it must be the first layer. Move it there."),
                   index + 1, spec->klass->type);

  if (spec->klass->needs_sequences && !takes_sequences)
    return refuse_missing_sequence (self, index, error);

  layer = _anm_layer_new (spec->klass, spec->values, n_inputs, takes_sequences, error);
  if (layer == NULL)
    {
      g_prefix_error (error, _("Layer %u, %s: "), index + 1, spec->klass->type);
      return FALSE;
    }
  self->layers[index] = layer;
  self->n_layers++;
  self->offsets[index + 1] = self->offsets[index] + layer->n_reals;
  return self->offsets[index + 1] <= MAX_PARAMETERS || refuse_size (self, index, self->offsets[index + 1], error);
}

/* "lstm_1", "lstm_2", "dense_1" */
static char *
make_name (const AnmNetwork *self, guint index)
{
  guint number = 1;

  for (guint i = 0; i < index; i++)
    number += self->layers[i]->written_as == self->layers[index]->written_as;
  return g_strdup_printf ("%s_%u", self->layers[index]->klass->type, number);
}

static void
name_parameters (AnmNetwork *self)
{
  guint i = 0;

  self->names = g_new0 (char *, self->n_layers);
  for (guint l = 0; l < self->n_layers; l++)
    {
      self->names[l] = make_name (self, l);
      self->n_parameters += self->layers[l]->n_parameters;
    }
  self->parameters = g_new0 (AnmParameter, self->n_parameters);
  for (guint l = 0; l < self->n_layers; l++)
    for (guint k = 0; k < self->layers[l]->n_parameters; k++)
      {
        const AnmParameterSlice *slice = &self->layers[l]->parameters[k];

        self->parameters[i++] = (AnmParameter){
          .name = g_strdup_printf ("%s.%s", self->names[l], slice->name),
          .layer = l,
          .kind = slice->kind,
          .offset = self->offsets[l] + slice->offset,
          .n_rows = slice->n_rows,
          .n_columns = slice->n_columns,
        };
      }
}

/* What the target needs, in words: "a target of 3 classes". */
static char *
describe_target (const AnmTargetShape *target)
{
  switch (target->kind)
    {
    case ANM_TARGET_BINARY:
      return g_strdup (_("a yes-or-no target"));
    case ANM_TARGET_CLASSES:
      return g_strdup_printf (_("a target of %u classes"), target->n_outputs);
    case ANM_TARGET_LABELS:
      return g_strdup_printf (_("a target of %u labels"), target->n_outputs);
    case ANM_TARGET_SURVIVAL:
      return g_strdup_printf (_("a time-to-event target of %u intervals"), target->n_outputs);
    case ANM_TARGET_REGRESSION:
    case ANM_TARGET_NONE:
    default:
      return target->n_outputs == 1 ? g_strdup (_("a target that is a number"))
                                    : g_strdup_printf (_("a target of %u numbers"), target->n_outputs);
    }
}

static gboolean
activation_fits (AnmActivation activation, AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_LABELS:
    case ANM_TARGET_SURVIVAL:
      return activation == ANM_ACTIVATION_LINEAR || activation == ANM_ACTIVATION_SIGMOID;
    case ANM_TARGET_CLASSES:
      return activation == ANM_ACTIVATION_LINEAR || activation == ANM_ACTIVATION_SOFTMAX;
    case ANM_TARGET_REGRESSION:
      return activation == ANM_ACTIVATION_LINEAR;
    case ANM_TARGET_NONE:
    default:
      return TRUE;
    }
}

static const char *
get_allowed_activations (AnmTargetKind kind)
{
  switch (kind)
    {
    case ANM_TARGET_BINARY:
    case ANM_TARGET_LABELS:
    case ANM_TARGET_SURVIVAL:
      return _("linear or sigmoid");
    case ANM_TARGET_CLASSES:
      return _("linear or softmax");
    case ANM_TARGET_REGRESSION:
    case ANM_TARGET_NONE:
    default:
      return _("linear");
    }
}

static gboolean
check_last_layer (const AnmNetwork *self, const AnmTargetShape *target, GError **error)
{
  guint index = self->n_layers - 1;
  const AnmLayer *last = self->layers[index];
  g_autofree char *text = layer_to_text (self->spec, index);
  g_autofree char *needed = describe_target (target);

  if (last->klass != &_anm_dense_class)
    return refuse (error,
                   _("The last layer is %s, but %s needs a dense layer there: add “> dense(%u)”."),
                   text, needed, target->n_outputs);
  if (last->n_units != target->n_outputs)
    {
      g_autofree char *advice = layer_to_text_with (self->spec, index, "units", target->n_outputs);

      return refuse (error,
                     /* Translators: "The last layer, dense(2), has size 2, but a yes-or-no target needs size 1: write dense(1)." */
                     _("The last layer, %s, has size %u, but %s needs size %u: write %s."),
                     text, last->n_units, needed, target->n_outputs, advice);
    }
  if (!activation_fits (_anm_dense_get_activation (last), target->kind))
    return refuse (error,
                   _("The last layer, %s, doesn’t fit %s: its activation may be %s."),
                   text, needed, get_allowed_activations (target->kind));
  return TRUE;
}

/* The first layer that gives a sequence of another length than it takes, or -1. */
static int
find_shortening_layer (const AnmNetwork *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->gives_sequences && self->layers[i]->changes_lengths)
      return (int) i;
  return -1;
}

static gboolean
refuse_shortening (const AnmNetwork *self, guint index, GError **error)
{
  g_autofree char *text = layer_to_text (self->spec, index);
  g_autoptr (AnmNetworkSpec) advised = anm_network_spec_copy (self->spec);
  g_autofree char *advice = NULL;

  /* Both are 1 or "same" where every step is kept. */
  anm_layer_spec_set (advised->layers[index], "strides", 1, NULL);
  anm_layer_spec_set (advised->layers[index], "padding", 0, NULL);
  advice = layer_to_text (advised, index);
  return refuse (error,
                 _("The target has a value at every step, but layer %u, %s, gives fewer steps than it takes. Write %s there."),
                 index + 1, text, advice);
}

/* The last layer that can be told to give its last output only, or -1. */
static int
find_last_returning_sequences (const AnmNetwork *self)
{
  for (guint i = self->n_layers; i-- > 0;)
    if (anm_layer_spec_get (self->spec->layers[i], "return_sequences") == 1.0)
      return (int) i;
  return -1;
}

gboolean
_anm_network_check_target (const AnmNetwork *self, const AnmTargetShape *target, GError **error)
{
  if (target->kind == ANM_TARGET_NONE)
    return TRUE;
  if (target->per_step && !anm_network_get_per_step (self))
    {
      guint reducing = find_reducing_layer (self, self->n_layers - 1);
      g_autofree char *advice = layer_to_text_with (self->spec, reducing, "return_sequences", TRUE);

      return refuse (error,
                     _("The target has a value at every step, but layer %u, %s, gives only its last output. Write %s there."),
                     reducing + 1, self->spec->layers[reducing]->klass->type, advice);
    }
  if (target->per_step && find_shortening_layer (self) >= 0)
    return refuse_shortening (self, (guint) find_shortening_layer (self), error);
  if (!target->per_step && anm_network_get_per_step (self))
    {
      int last = find_last_returning_sequences (self);

      if (last < 0)
        return refuse (error,
                       _("The target is one value for the whole sequence, but the network answers at every step. Put a recurrent layer such as %s before the last layer."),
                       "lstm(32)");
      else
        {
          g_autofree char *advice = layer_to_text_with (self->spec, (guint) last, "return_sequences", FALSE);

          return refuse (error,
                         _("The target is one value for the whole sequence, but the network answers at every step. Write %s as layer %d, without return_sequences."),
                         advice, last + 1);
        }
    }
  return check_last_layer (self, target, error);
}

AnmNetwork *
anm_network_new (const AnmNetworkSpec *spec, guint n_inputs, const AnmTargetShape *target, GError **error)
{
  g_autoptr (AnmNetwork) self = g_new0 (AnmNetwork, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->spec = anm_network_spec_copy (spec);
  self->n_inputs = n_inputs;
  self->layers = g_new0 (AnmLayer *, spec->n_layers + 1);
  self->offsets = g_new0 (gsize, spec->n_layers + 1);

  if (spec->n_layers == 0)
    {
      refuse (error, _("The network has no layers. Add a recurrent layer such as %s and a dense layer."), "lstm(32)");
      return NULL;
    }
  if (n_inputs == 0 && !spec->layers[0]->klass->reads_tokens)
    {
      refuse (error, _("Nothing enters the network: choose at least one channel."));
      return NULL;
    }
  for (guint i = 0; i < spec->n_layers; i++)
    if (!lay_out_layer (self, i, error))
      return NULL;
  if (target != NULL && !_anm_network_check_target (self, target, error))
    return NULL;
  name_parameters (self);
  return g_steal_pointer (&self);
}

AnmNetwork *
_anm_network_new_per_step (const AnmNetwork *self)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_copy (self->spec);
  AnmNetwork *per_step;

  for (guint i = 0; i < spec->n_layers; i++)
    {
      anm_layer_spec_set (spec->layers[i], "return_sequences", TRUE, NULL);
      /* What drops of one vector a sequence goes on to drop the same. */
      if (!self->layers[i]->takes_sequences)
        anm_layer_spec_set (spec->layers[i], "noise", ANM_NOISE_SEQUENCE, NULL);
    }
  per_step = anm_network_new (spec, self->n_inputs, NULL, NULL);
  g_assert (per_step != NULL && anm_network_get_n_parameters (per_step) == anm_network_get_n_parameters (self));
  return per_step;
}

AnmNetwork *
anm_network_ref (AnmNetwork *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_network_unref (AnmNetwork *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->n_layers; i++)
    {
      if (self->names != NULL)
        g_free (self->names[i]);
      _anm_layer_free (self->layers[i]);
    }
  for (guint i = 0; i < self->n_parameters; i++)
    g_free (self->parameters[i].name);
  g_free (self->parameters);
  g_free (self->names);
  g_free (self->layers);
  g_free (self->offsets);
  anm_network_spec_free (self->spec);
  g_free (self);
}

const AnmNetworkSpec *
anm_network_get_spec (const AnmNetwork *self)
{
  return self->spec;
}

guint
anm_network_get_n_inputs (const AnmNetwork *self)
{
  return self->n_inputs;
}

guint
anm_network_get_n_outputs (const AnmNetwork *self)
{
  return self->layers[self->n_layers - 1]->n_units;
}

/**
 * anm_network_get_per_step:
 *
 * Returns: whether the network answers at every step, else once a sequence
 */
gboolean
anm_network_get_per_step (const AnmNetwork *self)
{
  return self->layers[self->n_layers - 1]->gives_sequences;
}

/**
 * anm_network_get_causal:
 *
 * Returns: whether no layer looks ahead: what it gives for the first steps of a record is how it
 *   begins for the whole record
 */
gboolean
anm_network_get_causal (const AnmNetwork *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (!self->layers[i]->causal)
      return FALSE;
  return TRUE;
}

guint
_anm_network_get_length (const AnmNetwork *self, guint layer, guint n_steps)
{
  for (guint i = 0; i < layer; i++)
    n_steps = _anm_layer_output_length (self->layers[i], n_steps);
  return n_steps;
}

/* The fewest steps that layer @index can read. */
static guint
find_shortest_input (const AnmNetwork *self, guint index)
{
  guint n_steps = 1;

  while (_anm_layer_output_length (self->layers[index], n_steps) == 0)
    n_steps++;
  return n_steps;
}

static gboolean
check_length (const AnmNetwork *self, guint n_steps, GError **error)
{
  guint index = 0, left = n_steps;
  g_autofree char *text = NULL;
  g_autoptr (GString) message = g_string_new (NULL);

  if (_anm_network_get_length (self, self->n_layers, n_steps) > 0)
    return TRUE;
  while (_anm_layer_output_length (self->layers[index], left) > 0)
    left = _anm_layer_output_length (self->layers[index++], left);
  text = layer_to_text (self->spec, index);
  if (index == 0)
    g_string_append_printf (message, _("%u steps are too few for layer 1, %s, which needs %u at least."),
                            n_steps, text, find_shortest_input (self, index));
  else
    g_string_append_printf (message, _("of %u steps only %u reach layer %u, %s, which needs %u at least."),
                            n_steps, left, index + 1, text, find_shortest_input (self, index));
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
               /* Translators: "5 steps are too few for layer 1, …, which needs 8 at least. Write …" */
               _("%s Write padding=same there, take a smaller kernel, or leave out records that are so short."), message->str);
  return FALSE;
}

/**
 * anm_network_check_sequence:
 * @sequences: valid ones
 *
 * Whether the network can read sequence @sequence: whether there are enough
 * steps for each layer. Where a
 * sequence that wasn't checked is too short, the answer is not a number.
 *
 * Returns: %TRUE, or %FALSE and @error (%ANM_ENGINE_ERROR_DATA) says which
 *   layer and what to do, but not which sequence: the caller has a name for it
 */
gboolean
anm_network_check_sequence (const AnmNetwork *self, const AnmSequences *sequences, gsize sequence, GError **error)
{
  g_return_val_if_fail (sequence < sequences->n_sequences, FALSE);

  return check_length (self, (guint) anm_sequences_get_length (sequences, sequence), error);
}

/* A layer that reads what was measured and when needs to be told. */
static gboolean
check_missing (const AnmNetwork *self, const AnmSequences *sequences, GError **error)
{
  const char *type = self->spec->layers[0]->klass->type;

  if (!anm_network_spec_reads_missing (self->spec))
    return TRUE;
  if (sequences->observed == NULL)
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                 /* Translators: a kind of layer, then another: gru_d and gru. */
                 _("Layer 1, %s, needs to know which values were measured, but these sequences don’t say (observed is missing). Mark the measured values, or use %s."),
                 type, "gru");
  else if (sequences->gaps == NULL)
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                 _("Layer 1, %s, needs the time since each channel’s last measurement, but these sequences don’t have it (gaps are missing). Let the recipe keep gaps, or use %s."),
                 type, "gru");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_tokens (const AnmNetwork *self, const AnmSequences *sequences, GError **error)
{
  const char *type = self->spec->layers[0]->klass->type;

  if (!anm_network_spec_reads_tokens (self->spec))
    return TRUE;
  if (sequences->token_offsets == NULL)
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                 _("Layer 1, %s, reads words or codes, but these sequences have none. Remove the layer, or let the recipe give tokens."), type);
  else if (sequences->n_tokens > _anm_embedding_get_n_tokens (self->layers[0]))
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                 _("Layer 1, %s, was made for %u different tokens, but these sequences have %u. Write tokens=%u."),
                 type, _anm_embedding_get_n_tokens (self->layers[0]), sequences->n_tokens, sequences->n_tokens);
  else
    return TRUE;
  return FALSE;
}

/**
 * anm_network_check_sequences:
 * @sequences: valid ones
 *
 * The same of all sequences, and whether they have all that a layer reads.
 *
 * Returns: %TRUE, or %FALSE and @error (%ANM_ENGINE_ERROR_DATA) says which
 *   sequence, which layer and what to do
 */
gboolean
anm_network_check_sequences (const AnmNetwork *self, const AnmSequences *sequences, GError **error)
{
  if (sequences->n_columns != self->n_inputs)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA,
                   _("The network takes %u input columns, but the data have %u. Use the recipe that the network was made for."),
                   self->n_inputs, sequences->n_columns);
      return FALSE;
    }
  if (!check_missing (self, sequences, error) || !check_tokens (self, sequences, error))
    return FALSE;
  for (gsize n = 0; n < sequences->n_sequences; n++)
    if (!anm_network_check_sequence (self, sequences, n, error))
      {
        g_prefix_error (error, _("Sequence %zu: "), n + 1);
        return FALSE;
      }
  return TRUE;
}

guint
anm_network_get_n_layers (const AnmNetwork *self)
{
  return self->n_layers;
}

const AnmLayer *
anm_network_get_layer (const AnmNetwork *self, guint index)
{
  g_return_val_if_fail (index < self->n_layers, NULL);

  return self->layers[index];
}

const char *
anm_network_get_layer_name (const AnmNetwork *self, guint index)
{
  g_return_val_if_fail (index < self->n_layers, NULL);

  return self->names[index];
}

gsize
anm_network_get_n_parameters (const AnmNetwork *self)
{
  return self->offsets[self->n_layers];
}

gsize
anm_network_get_layer_n_parameters (const AnmNetwork *self, guint index)
{
  g_return_val_if_fail (index < self->n_layers, 0);

  return self->layers[index]->n_reals;
}

/**
 * anm_network_get_parameters:
 * @n_parameters: (out): how many slices
 *
 * Returns: (array length=n_parameters): the named slices, which follow one another without gaps
 */
const AnmParameter *
anm_network_get_parameters (const AnmNetwork *self, guint *n_parameters)
{
  *n_parameters = self->n_parameters;
  return self->parameters;
}

void
anm_network_initialize (const AnmNetwork *self, guint64 seed, anm_real *parameters)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->initialize != NULL)
      self->layers[i]->klass->initialize (self->layers[i], seed, WEIGHTS_STREAM + i * STREAMS_OF_LAYER, parameters + self->offsets[i]);
}
