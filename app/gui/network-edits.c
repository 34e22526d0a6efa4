/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/network-edits.h"

#include <string.h>

int
anm_layer_class_find_argument (const AnmLayerClass *klass,
                               const char *name)
{
  guint n_arguments;
  const AnmArgument *arguments = anm_layer_class_get_arguments (klass, &n_arguments);

  for (guint i = 0; i < n_arguments; i++)
    if (g_str_equal (arguments[i].name, name))
      return (int) i;

  return -1;
}

static gboolean
is_output (const AnmLayerSpec *layer)
{
  return g_str_equal (anm_layer_class_get_type (layer->klass), "dense");
}

static void
fit_sequences (AnmNetworkSpec *spec,
               const AnmTargetShape *target)
{
  gboolean sequences_wanted = target != NULL && target->per_step;

  for (guint i = spec->n_layers; i > 0; i--)
    {
      AnmLayerSpec *layer = spec->layers[i - 1];
      const int argument = anm_layer_class_find_argument (layer->klass, "return_sequences");

      if (argument >= 0)
        layer->values[argument] = sequences_wanted;
      if (anm_layer_class_is_recurrent (layer->klass))
        sequences_wanted = TRUE;
    }
}

static void
fit (AnmNetworkSpec *spec,
     const AnmTargetShape *target)
{
  fit_sequences (spec, target);

  if (target != NULL && target->kind != ANM_TARGET_NONE &&
      spec->n_layers > 0 && is_output (spec->layers[spec->n_layers - 1]))
    anm_network_spec_fit_output (spec, target);
}

static void
duplicate (AnmNetworkSpec *spec,
           guint index)
{
  guint n_arguments;

  anm_layer_class_get_arguments (spec->layers[index]->klass, &n_arguments);
  anm_network_spec_insert (spec, index + 1, spec->layers[index]->klass);
  memcpy (spec->layers[index + 1]->values, spec->layers[index]->values, n_arguments * sizeof (double));
}

guint
anm_network_edit_apply (const AnmNetworkEdit *edit,
                        AnmNetworkSpec *spec,
                        const AnmTargetShape *target)
{
  guint next = edit->layer;

  switch (edit->kind)
    {
    case ANM_NETWORK_EDIT_ARGUMENT:
      spec->layers[edit->layer]->values[edit->argument] = edit->value;
      return next;
    case ANM_NETWORK_EDIT_CLASS:
      anm_network_spec_set_class (spec, edit->layer, edit->klass);
      break;
    case ANM_NETWORK_EDIT_INSERT:
      anm_network_spec_insert (spec, edit->layer, edit->klass);
      break;
    case ANM_NETWORK_EDIT_DUPLICATE:
      duplicate (spec, edit->layer);
      next = edit->layer + 1;
      break;
    case ANM_NETWORK_EDIT_REMOVE:
      anm_network_spec_remove (spec, edit->layer);
      next = edit->layer > 0 ? edit->layer - 1 : 0;
      break;
    case ANM_NETWORK_EDIT_MOVE:
      anm_network_spec_move (spec, edit->layer, edit->to);
      next = edit->to;
      break;
    default:
      g_assert_not_reached ();
    }

  fit (spec, target);
  return next;
}

guint
anm_network_edit_get_place_to_add (const AnmNetworkSpec *spec)
{
  if (spec->n_layers > 0 && is_output (spec->layers[spec->n_layers - 1]))
    return spec->n_layers - 1;

  return spec->n_layers;
}

/* The first layer with which the network can't be laid out: the target is the last one's business. */
static guint
find_at_fault (const AnmNetworkSpec *spec,
               guint n_inputs)
{
  g_autoptr (AnmNetworkSpec) prefix = anm_network_spec_copy (spec);
  guint at_fault = spec->n_layers > 0 ? spec->n_layers - 1 : 0;

  while (prefix->n_layers > 0)
    {
      g_autoptr (AnmNetwork) network = anm_network_new (prefix, n_inputs, NULL, NULL);

      if (network != NULL)
        break;

      at_fault = prefix->n_layers - 1;
      anm_network_spec_remove (prefix, prefix->n_layers - 1);
    }

  return at_fault;
}

AnmNetwork *
anm_network_edit_lay_out (const AnmNetworkSpec *spec,
                          guint n_inputs,
                          const AnmTargetShape *target,
                          guint *at_fault,
                          GError **error)
{
  AnmNetwork *network = anm_network_new (spec, n_inputs, target, error);

  if (network == NULL && at_fault != NULL)
    *at_fault = find_at_fault (spec, n_inputs);

  return network;
}
