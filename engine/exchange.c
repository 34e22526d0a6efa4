/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/exchange-private.h"

#include <glib/gi18n-lib.h>

/* What is in the file beside the tensors. */
#define TEXT_LAYOUT "layout"
#define TEXT_NETWORK "network"
#define TEXT_INPUTS "inputs"

/* Moves one parameter into its places in @theirs. */
static void
put_parameter (const AnmGates *gates, const AnmParameter *parameter, const AnmPlacement *placement, const anm_real *ours, anm_real *theirs)
{
  guint n_gates = gates != NULL ? gates->n : 1;
  gsize n_units = parameter->n_columns / n_gates;

  for (gsize row = 0; row < parameter->n_rows; row++)
    for (guint gate = 0; gate < n_gates; gate++)
      {
        int order = gates != NULL ? gates->order[gate] : 0;
        gsize our_gate = (gsize) (order < 0 ? ANM_NEGATED (order) : order);
        const anm_real *from = ours + row * parameter->n_columns + our_gate * n_units;
        anm_real *to = theirs + _anm_exchange_get_row_offset (placement, row) + gate * n_units * placement->column_stride;

        for (gsize unit = 0; unit < n_units; unit++)
          to[unit * placement->column_stride] = order < 0 ? -from[unit] : from[unit];
      }
}

/* The tensor that begins with @first; returns where the next one does. */
static guint
write_tensor (const AnmNetwork *network, guint layer, const AnmLayerMap *map, guint first, const anm_real *parameters, AnmSafetensors *file)
{
  g_autofree char *name = _anm_exchange_make_name (network, layer, map, map->tensors[first].leaf);
  g_autofree anm_real *values = NULL;
  AnmPlacement placement;
  guint i;

  for (i = first; i < map->n_tensors && g_str_equal (map->tensors[i].leaf, map->tensors[first].leaf); i++)
    {
      const AnmParameter *parameter = _anm_exchange_find_parameter (network, layer, map->tensors[i].parameter);

      _anm_exchange_place (network, parameter, map->tensors[i].form, &placement);
      if (values == NULL)
        values = g_new0 (anm_real, MAX (placement.n_values, 1));
      if (map->tensors[i].form != ANM_FORM_ADDEND)
        put_parameter (map->rule->gates, parameter, &placement, parameters + parameter->offset, values);
    }
  anm_safetensors_add (file, name, placement.n_dimensions, placement.shape, values);
  return i;
}

static gboolean
write_theirs (const AnmNetwork *network, const anm_real *parameters, AnmLayout layout, AnmSafetensors *file, GError **error)
{
  g_autofree AnmLayerMap *maps = g_new (AnmLayerMap, network->n_layers);

  for (guint i = 0; i < network->n_layers; i++)
    if (!_anm_exchange_map_layer (network, i, layout, &maps[i], error))
      return FALSE;
  for (guint i = 0; i < network->n_layers; i++)
    for (guint k = 0; k < maps[i].n_tensors;)
      k = write_tensor (network, i, &maps[i], k, parameters, file);
  return TRUE;
}

static void
write_own (const AnmNetwork *network, const anm_real *parameters, AnmSafetensors *file)
{
  for (guint i = 0; i < network->n_parameters; i++)
    {
      const AnmParameter *parameter = &network->parameters[i];
      AnmPlacement placement;

      _anm_exchange_place (network, parameter, _anm_exchange_own_form (parameter), &placement);
      anm_safetensors_add (file, parameter->name, placement.n_dimensions, placement.shape, parameters + parameter->offset);
    }
}

static void
write_texts (const AnmNetwork *network, AnmLayout layout, AnmSafetensors *file)
{
  g_autofree char *text = anm_network_spec_to_text (network->spec);
  g_autofree char *inputs = g_strdup_printf ("%u", network->n_inputs);

  anm_safetensors_set_text (file, "anamnesis", ANM_VERSION);
  if (layout == ANM_LAYOUT_PYTORCH)
    anm_safetensors_set_text (file, "format", "pt"); /* what PyTorch's own tools ask for */
  anm_safetensors_set_text (file, TEXT_LAYOUT, anm_layout_to_string (layout));
  anm_safetensors_set_text (file, TEXT_NETWORK, text);
  anm_safetensors_set_text (file, TEXT_INPUTS, inputs);
  for (guint i = 0; i < network->n_layers; i++)
    {
      const AnmGates *gates = _anm_exchange_find_gates (network, i, layout);
      g_autofree char *gates_key = g_strconcat (network->names[i], ".gates", NULL);
      g_autofree char *equation_key = g_strconcat (network->names[i], ".equation", NULL);

      if (gates != NULL)
        anm_safetensors_set_text (file, gates_key, gates->symbols);
      if (gates != NULL && gates->equation != NULL)
        anm_safetensors_set_text (file, equation_key, gates->equation);
    }
}

gboolean
anm_exchange_write (const AnmNetwork *network, const anm_real *parameters, AnmLayout layout, AnmSafetensors *file, GError **error)
{
  if (layout == ANM_LAYOUT_ANAMNESIS)
    write_own (network, parameters, file);
  else if (!write_theirs (network, parameters, layout, file, error))
    return FALSE;
  write_texts (network, layout, file);
  return TRUE;
}

gboolean
anm_exchange_find_layout (const AnmSafetensors *file, AnmLayout *layout)
{
  return anm_layout_from_string (anm_safetensors_get_text (file, TEXT_LAYOUT), layout);
}

AnmNetwork *
anm_exchange_read_network (const AnmSafetensors *file, GError **error)
{
  const char *text = anm_safetensors_get_text (file, TEXT_NETWORK);
  const char *inputs = anm_safetensors_get_text (file, TEXT_INPUTS);
  g_autoptr (AnmNetworkSpec) spec = NULL;
  guint64 n_inputs;

  if (text == NULL || inputs == NULL || !g_ascii_string_to_unsigned (inputs, 10, 0, G_MAXINT, &n_inputs, NULL))
    {
      _anm_refuse_file (error, _("It doesn’t say which network its weights are of: give the network’s text."));
      return NULL;
    }
  spec = anm_network_spec_parse (text, error);
  return spec != NULL ? anm_network_new (spec, (guint) n_inputs, NULL, error) : NULL;
}
