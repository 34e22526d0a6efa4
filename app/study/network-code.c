/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/network-code-private.h"

#include <string.h>

#include "engine/workspace.h"

static const char *const names[] = { "keras", "pytorch" };

const char *
anm_code_kind_to_string (AnmCodeKind self)
{
  g_return_val_if_fail ((guint) self < ANM_N_CODES, NULL);

  return names[self];
}

gboolean
anm_code_kind_from_string (const char *text,
                           AnmCodeKind *self)
{
  for (guint i = 0; i < ANM_N_CODES; i++)
    if (g_strcmp0 (names[i], text) == 0)
      {
        *self = (AnmCodeKind) i;
        return TRUE;
      }
  return FALSE;
}

void
_anm_code_help (AnmCode *self,
                const AnmCodeHelper *helpers,
                guint n_helpers,
                const char *name)
{
  for (guint i = 0; i < n_helpers; i++)
    if (strcmp (helpers[i].name, name) == 0)
      {
        if (!g_hash_table_add (self->helpers, (gpointer) helpers[i].name))
          return;
        if (helpers[i].needs != NULL)
          _anm_code_help (self, helpers, n_helpers, helpers[i].needs);
        g_string_append_printf (self->classes, "\n\n%s", helpers[i].text);
        return;
      }
  g_assert_not_reached ();
}

void
_anm_code_leave_out (AnmCode *self,
                     const char *format,
                     ...)
{
  va_list arguments;
  char *line;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (g_ptr_array_find_with_equal_func (self->left_out, line, g_str_equal, NULL))
    g_free (line);
  else
    g_ptr_array_add (self->left_out, line);
}

static int
find_argument (const AnmCode *self,
               guint index,
               const char *argument)
{
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (anm_network_get_spec (self->network)->layers[index]->klass, &n_arguments);

  for (guint i = 0; i < n_arguments; i++)
    if (strcmp (arguments[i].name, argument) == 0)
      return (int) i;
  return -1;
}

double
_anm_code_get (const AnmCode *self,
               guint index,
               const char *argument)
{
  const int place = find_argument (self, index, argument);

  return place >= 0 ? anm_network_get_spec (self->network)->layers[index]->values[place] : 0;
}

const char *
_anm_code_get_choice (const AnmCode *self,
                      guint index,
                      const char *argument)
{
  const AnmLayerSpec *layer = anm_network_get_spec (self->network)->layers[index];
  const int place = find_argument (self, index, argument);
  guint n_arguments;

  return place >= 0 ? anm_layer_class_get_arguments (layer->klass, &n_arguments)[place].choices[(guint) layer->values[place]] : NULL;
}

gboolean
_anm_code_is (const AnmCode *self,
              guint index,
              const char *type)
{
  return strcmp (anm_layer_class_get_type (anm_network_get_spec (self->network)->layers[index]->klass), type) == 0;
}

const char *
_anm_code_number (char *buffer,
                  double value)
{
  for (int digits = 6; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  return buffer;
}

void
_anm_code_add_number (GString *text,
                      const char *name,
                      double value,
                      double usual)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (value != usual)
    g_string_append_printf (text, ", %s=%s", name, _anm_code_number (buffer, value));
}

gboolean
_anm_code_gives_logits (const AnmCode *self)
{
  const guint last = anm_network_get_n_layers (self->network) - 1;

  return !_anm_code_is (self, last, "dense") || g_str_equal (_anm_code_get_choice (self, last, "activation"), "linear");
}

gboolean
_anm_code_has_tokens (const AnmCode *self)
{
  return _anm_code_is (self, 0, "embedding");
}

gboolean
_anm_code_has_numbers (const AnmCode *self)
{
  return anm_network_get_n_inputs (self->network) > 0;
}

guint
_anm_code_get_width (const AnmCode *self)
{
  return (_anm_code_is (self, 0, "gru_d") ? 3 : 1) * anm_network_get_n_inputs (self->network);
}

gboolean
_anm_code_has_penalties (const AnmCode *self)
{
  const AnmHyperparameters *settings = self->hyperparameters;

  return settings->kernel_l1 > 0 || settings->kernel_l2 > 0 || settings->recurrent_l1 > 0 || settings->recurrent_l2 > 0 ||
         settings->bias_l1 > 0 || settings->bias_l2 > 0;
}

gboolean
_anm_code_weighs_classes (const AnmCode *self)
{
  return (self->hyperparameters->balanced_classes || self->hyperparameters->n_class_weights > 0) &&
         (self->target->kind == ANM_TARGET_BINARY || self->target->kind == ANM_TARGET_CLASSES);
}

gboolean
_anm_code_has_plateau (const AnmCode *self)
{
  return self->hyperparameters->schedule.kind == ANM_SCHEDULE_PLATEAU;
}

gboolean
_anm_code_has_schedule (const AnmCode *self)
{
  const AnmSchedule *schedule = &self->hyperparameters->schedule;

  return !_anm_code_has_plateau (self) && (schedule->kind != ANM_SCHEDULE_CONSTANT || schedule->warmup > 0);
}

gboolean
_anm_code_is_one_hot (const AnmCode *self)
{
  return self->target->kind == ANM_TARGET_CLASSES && self->loss != ANM_LOSS_CATEGORICAL_CROSS_ENTROPY;
}

void
_anm_code_leave_out_initial_weights (AnmCode *self,
                                     guint index)
{
  static const char *const usual[][2] = {
    { "initializer", "glorot_uniform" },
    { "kernel_initializer", "glorot_uniform" },
    { "recurrent_initializer", "orthogonal" },
  };
  gboolean differ = _anm_code_get (self, index, "recurrent_gain") != 1;

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    {
      const char *chosen = _anm_code_get_choice (self, index, usual[i][0]);

      differ |= chosen != NULL && strcmp (chosen, usual[i][1]) != 0;
    }
  if (differ)
    _anm_code_leave_out (self, "%s: weights that begin otherwise than Glorot uniform and orthogonal", anm_network_get_layer_name (self->network, index));
}

/* Whether a step of what the network gives is a step of the record. */
static gboolean
keeps_steps (const AnmCode *self)
{
  for (guint i = 0; i < self->spec->n_layers; i++)
    if (_anm_code_is (self, i, "conv1d") &&
        (_anm_code_get (self, i, "strides") != 1 || g_str_equal (_anm_code_get_choice (self, i, "padding"), "valid")))
      return FALSE;
  return TRUE;
}

/* What neither library is told here. */
static void
leave_out_settings (AnmCode *self)
{
  const AnmHyperparameters *settings = self->hyperparameters;

  if (_anm_code_has_plateau (self) && settings->schedule.warmup > 0)
    _anm_code_leave_out (self, "the warm-up of the learning rate, of %g epochs, before the plateau's schedule", settings->schedule.warmup);
  if (settings->truncation_k1 > 0)
    _anm_code_leave_out (self, "back-propagation through time from every %uth step over %u steps; here it goes back to the first step",
                         settings->truncation_k1, settings->truncation_k2);
  if (settings->deep_supervision > 0 && !self->deep)
    _anm_code_leave_out (self, "the loss of all steps, a share of %g, as a convolution changes how many there are", settings->deep_supervision);
  if (self->target->kind == ANM_TARGET_LABELS && self->loss != ANM_LOSS_BINARY_CROSS_ENTROPY)
    _anm_code_leave_out (self, "labels that aren't known: leave such records out");
  for (guint i = 0; i < self->spec->n_layers; i++)
    if (_anm_code_is (self, i, "conv1d") && _anm_code_get (self, i, "strides") > 1 &&
        g_str_equal (_anm_code_get_choice (self, i, "padding"), "same"))
      _anm_code_leave_out (self, "%s: the place of patterns in records that are shorter than the longest of their batch",
                           anm_network_get_layer_name (self->network, i));
    else if (_anm_code_is (self, i, "gru_d") && _anm_code_get (self, i, "bidirectional") != 0)
      _anm_code_leave_out (self, "%s: read from the end, the time until a value is measured next; here it is the time since",
                           anm_network_get_layer_name (self->network, i));
}

/* The same network with an answer at every step. */
static AnmNetwork *
make_deep (const AnmNetwork *network)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_copy (anm_network_get_spec (network));

  for (guint i = 0; i < spec->n_layers; i++)
    anm_layer_spec_set (spec->layers[i], "return_sequences", TRUE, NULL);
  return anm_network_new (spec, anm_network_get_n_inputs (network), NULL, NULL);
}

char *
anm_network_code_new (AnmCodeKind kind,
                      const AnmNetwork *network,
                      const AnmHyperparameters *hyperparameters,
                      const AnmTargetShape *target,
                      GError **error)
{
  g_autoptr (AnmNetwork) deep = NULL;
  AnmLossKind loss;
  AnmCode self;
  char *code;

  if (!anm_loss_resolve (hyperparameters->loss, network, target, &loss, error))
    return NULL;
  self = (AnmCode){
    .network = network,
    .spec = anm_network_get_spec (network),
    .hyperparameters = hyperparameters,
    .target = target,
    .loss = loss,
    .helpers = g_hash_table_new (g_str_hash, g_str_equal),
    .classes = g_string_new (NULL),
    .layers = g_string_new (NULL),
    .forward = g_string_new (NULL),
    .own = g_string_new (NULL),
    .left_out = g_ptr_array_new_with_free_func (g_free),
  };
  if (hyperparameters->deep_supervision > 0 && keeps_steps (&self))
    deep = make_deep (network);
  if (deep != NULL)
    {
      self.network = deep;
      self.deep = TRUE;
    }
  leave_out_settings (&self);
  code = kind == ANM_CODE_KERAS ? _anm_code_write_keras (&self) : _anm_code_write_pytorch (&self);

  g_hash_table_unref (self.helpers);
  g_string_free (self.classes, TRUE);
  g_string_free (self.layers, TRUE);
  g_string_free (self.forward, TRUE);
  g_string_free (self.own, TRUE);
  g_ptr_array_unref (self.left_out);
  return code;
}
