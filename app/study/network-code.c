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

void
_anm_code_append_left_out (const AnmCode *self,
                           GString *text)
{
  if (self->left_out->len > 0)
    g_string_append (text, "#\n# Not carried over:\n");
  for (guint i = 0; i < self->left_out->len; i++)
    g_string_append_printf (text, "# - %s\n", (const char *) g_ptr_array_index (self->left_out, i));
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

/* What neither library is told here. */
static void
leave_out_settings (AnmCode *self)
{
  const AnmHyperparameters *settings = self->hyperparameters;
  g_autofree char *schedule = anm_schedule_to_text (&settings->schedule);

  if (settings->schedule.kind != ANM_SCHEDULE_CONSTANT || settings->schedule.warmup > 0)
    _anm_code_leave_out (self, "the learning rate's schedule %s", schedule);
  if (settings->balanced_classes || settings->n_class_weights > 0)
    _anm_code_leave_out (self, "weights of the classes");
  if (settings->truncation_k1 > 0)
    _anm_code_leave_out (self, "back-propagation truncated to %u steps", settings->truncation_k2);
  if (settings->deep_supervision > 0)
    _anm_code_leave_out (self, "the loss of all steps, a share of %g", settings->deep_supervision);
  if (settings->convergence > 0 || settings->gradient_tolerance > 0)
    _anm_code_leave_out (self, "stopping when training converges");
  if (self->loss == ANM_LOSS_SURVIVAL)
    _anm_code_leave_out (self, "the loss of survival times: the program builds the network and trains nothing");
}

char *
anm_network_code_new (AnmCodeKind kind,
                      const AnmNetwork *network,
                      const AnmHyperparameters *hyperparameters,
                      AnmLossKind loss)
{
  AnmCode self = {
    .network = network,
    .hyperparameters = hyperparameters,
    .loss = loss,
    .helpers = g_hash_table_new (g_str_hash, g_str_equal),
    .classes = g_string_new (NULL),
    .layers = g_string_new (NULL),
    .forward = g_string_new (NULL),
    .left_out = g_ptr_array_new_with_free_func (g_free),
  };
  char *code;

  leave_out_settings (&self);
  code = kind == ANM_CODE_KERAS ? _anm_code_write_keras (&self) : _anm_code_write_pytorch (&self);

  g_hash_table_unref (self.helpers);
  g_string_free (self.classes, TRUE);
  g_string_free (self.layers, TRUE);
  g_string_free (self.forward, TRUE);
  g_ptr_array_unref (self.left_out);
  return code;
}

char *
anm_network_code_new_for (AnmCodeKind kind,
                          const AnmNetwork *network,
                          const AnmHyperparameters *hyperparameters,
                          const AnmTargetShape *target,
                          GError **error)
{
  AnmLossKind loss;

  if (!anm_loss_resolve (hyperparameters->loss, network, target, &loss, error))
    return NULL;
  return anm_network_code_new (kind, network, hyperparameters, loss);
}
