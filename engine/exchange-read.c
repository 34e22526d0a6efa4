/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/exchange-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_NAMED 5

/* A tensor of the file, its name taken apart. */
typedef struct
{
  const AnmTensor *tensor;
  char            *leaf;    /* "weight_hh", without what says which layer it is of */
} Piece;

/* The tensors of one module or layer of theirs. */
typedef struct
{
  char    *name;     /* "rnn l1", "sequential/lstm_1" */
  GArray  *pieces;   /* of Piece */
  gboolean used;
} Group;

typedef struct
{
  const AnmNetwork     *network;
  const AnmSafetensors *file;
  AnmLayout             layout;
  anm_real             *parameters;
  AnmLayerMap          *maps;       /* [layers], not for the layout anamnesis */
  GPtrArray            *groups;     /* of Group, by first appearance */
  GHashTable           *by_name;    /* of the same, borrowed */
  GHashTable           *used;       /* tensors that were read */
} Exchange;

static void
piece_clear (gpointer data)
{
  g_free (((Piece *) data)->leaf);
}

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->name);
  g_array_unref (group->pieces);
  g_free (group);
}

static void
exchange_clear (Exchange *self)
{
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->used);
  g_ptr_array_unref (self->groups);
  g_free (self->maps);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Exchange, exchange_clear)

static char *
describe_layer (const AnmNetwork *network, guint layer)
{
  AnmLayerSpec *spec = network->spec->layers[layer];
  const AnmNetworkSpec one = { 1, &spec };
  g_autofree char *text = anm_network_spec_to_text (&one);

  /* Translators: "layer 2 (lstm(32))" */
  return g_strdup_printf (_("layer %u (%s)"), layer + 1, text);
}

static Group *
find_group (Exchange *self, const char *name)
{
  Group *group = g_hash_table_lookup (self->by_name, name);

  if (group != NULL)
    return group;
  group = g_new0 (Group, 1);
  group->name = g_strdup (name);
  group->pieces = g_array_new (FALSE, TRUE, sizeof (Piece));
  g_array_set_clear_func (group->pieces, piece_clear);
  g_ptr_array_add (self->groups, group);
  g_hash_table_insert (self->by_name, group->name, group);
  return group;
}

static void
gather (Exchange *self)
{
  for (guint i = 0; i < anm_safetensors_get_n_tensors (self->file); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (self->file, i);
      g_autofree char *name = NULL;
      Piece piece = { tensor, NULL };

      _anm_exchange_split_name (self->layout, tensor->name, &name, &piece.leaf);
      g_array_append_val (find_group (self, name)->pieces, piece);
    }
}

static Piece *
find_piece (const Group *group, const char *leaf)
{
  for (guint i = 0; i < group->pieces->len; i++)
    {
      Piece *piece = &g_array_index (group->pieces, Piece, i);

      if (g_str_equal (piece->leaf, leaf))
        return piece;
    }
  return NULL;
}

static gboolean
has_leaf (const AnmLayerMap *map, const char *leaf)
{
  for (guint i = 0; i < map->n_tensors; i++)
    if (g_str_equal (map->tensors[i].leaf, leaf))
      return TRUE;
  return FALSE;
}

static guint
get_n_dimensions (AnmForm form)
{
  return form == ANM_FORM_VECTOR || form == ANM_FORM_ADDEND ? 1 : form == ANM_FORM_TAPS || form == ANM_FORM_TAPS_LAST ? 3 : 2;
}

/* The first tensor of a half tells by its dimensions and, of a recurrent layer, by its number of gates. */
static gboolean
half_looks_like (const Group *group, const AnmLayerMap *map, guint half)
{
  const AnmTensorRule *rule = &map->tensors[half * map->rule->n_tensors];
  const Piece *piece = find_piece (group, rule->leaf);
  const AnmGates *gates = map->rule->gates;
  const guint64 *shape;

  if (piece == NULL || piece->tensor->n_dimensions != get_n_dimensions (rule->form))
    return FALSE;
  if (gates == NULL)
    return TRUE;
  shape = piece->tensor->shape;
  return rule->form == ANM_FORM_TRANSPOSED ? shape[0] == gates->n * shape[1] : shape[1] == gates->n * shape[0];
}

/* Whether a group's tensors are those of this kind of layer, whatever their sizes. */
static gboolean
looks_like (const Group *group, const AnmLayerMap *map)
{
  if (group->used)
    return FALSE;
  for (guint half = 0; half < map->n_halves; half++)
    if (!half_looks_like (group, map, half))
      return FALSE;
  for (guint i = 0; i < group->pieces->len; i++)
    if (!has_leaf (map, g_array_index (group->pieces, Piece, i).leaf))
      return FALSE;
  return TRUE;
}

static gboolean
has_shape (const AnmTensor *tensor, const AnmPlacement *placement)
{
  return tensor->n_dimensions == placement->n_dimensions &&
         memcmp (tensor->shape, placement->shape, placement->n_dimensions * sizeof *placement->shape) == 0;
}

/* Whether all of a group's shapes are the layer's. */
static gboolean
fits (const Exchange *self, const Group *group, guint layer)
{
  const AnmLayerMap *map = &self->maps[layer];

  for (guint i = 0; i < map->n_tensors; i++)
    {
      const Piece *piece = find_piece (group, map->tensors[i].leaf);
      AnmPlacement placement;

      _anm_exchange_place (self->network, _anm_exchange_find_parameter (self->network, layer, map->tensors[i].parameter), map->tensors[i].form, &placement);
      if (piece == NULL || !has_shape (piece->tensor, &placement))
        return FALSE;
    }
  return TRUE;
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const char *first = (*(const Group *const *) a)->name, *second = (*(const Group *const *) b)->name;
  int order = _anm_exchange_compare_numbers (first, second);

  return order != 0 ? order : strcmp (first, second);
}

/* Whether numbers alone tell the names apart, and so the order of their layers. */
static gboolean
are_numbered (GPtrArray *sorted)
{
  for (guint i = 1; i < sorted->len; i++)
    {
      const Group *before = g_ptr_array_index (sorted, i - 1), *group = g_ptr_array_index (sorted, i);
      g_autofree char *word_before = _anm_exchange_get_word (before->name);
      g_autofree char *word = _anm_exchange_get_word (group->name);

      if (!g_str_equal (word_before, word) || _anm_exchange_compare_numbers (before->name, group->name) == 0)
        return FALSE;
    }
  return TRUE;
}

static char *
list_groups (GPtrArray *groups)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < groups->len && i < MAX_NAMED; i++)
    {
      const Group *group = g_ptr_array_index (groups, i);
      g_autofree char *name = _anm_shorten (group->name);

      g_string_append_printf (list, "%s“%s”", i > 0 ? ", " : "", name);
    }
  if (groups->len > MAX_NAMED)
    g_string_append (list, ", …");
  return g_string_free (list, FALSE);
}

/* Puts the groups into the order of @layers by their shapes, if these leave no choice. */
static gboolean
order_by_shape (const Exchange *self, GPtrArray *groups, GArray *layers, GError **error)
{
  g_autoptr (GPtrArray) ordered = g_ptr_array_new ();

  for (guint i = 0; i < layers->len; i++)
    {
      guint layer = g_array_index (layers, guint, i);
      g_autoptr (GPtrArray) fitting = g_ptr_array_new ();
      g_autofree char *where = describe_layer (self->network, layer);
      g_autofree char *list = NULL;

      for (guint k = 0; k < groups->len; k++)
        if (fits (self, g_ptr_array_index (groups, k), layer))
          g_ptr_array_add (fitting, g_ptr_array_index (groups, k));
      list = list_groups (fitting->len == 0 ? groups : fitting);
      if (fitting->len == 0)
        return _anm_refuse_file (error, _("None of %s has the shapes of %s."), list, where);
      if (fitting->len > 1)
        return _anm_refuse_file (error, _("Each of %s could be %s: call the tensors after the network’s layers, such as “%s”."),
                                 list, where, self->network->names[layer]);
      g_ptr_array_add (ordered, fitting->pdata[0]);
    }
  for (guint i = 0; i < groups->len; i++)
    groups->pdata[i] = ordered->pdata[i];
  return TRUE;
}

static gboolean
refuse_shape (const AnmTensor *tensor, const AnmPlacement *placement, AnmForm form, const char *where, GError **error)
{
  g_autofree char *name = _anm_shorten (tensor->name);
  g_autofree char *found = anm_tensor_describe_shape (tensor);
  const AnmTensor wanted = { .n_dimensions = placement->n_dimensions, .shape = (guint64 *) placement->shape };
  g_autofree char *needed = anm_tensor_describe_shape (&wanted);

  if (form == ANM_FORM_FIRST_ROW && tensor->n_dimensions == 1)
    return _anm_refuse_file (error, _("Tensor “%s” has shape %s, but %s needs %s: a GRU with one row of biases resets before the product; write reset_after=false."),
                             name, found, where, needed);
  return _anm_refuse_file (error, _("Tensor “%s” has shape %s, but %s needs %s."), name, found, where, needed);
}

static gboolean
check_finite (const AnmTensor *tensor, const anm_real *values, GError **error)
{
  for (gsize i = 0; i < tensor->n_values; i++)
    if (!isfinite (values[i]))
      {
        g_autofree char *name = _anm_shorten (tensor->name);

        return _anm_refuse_file (error, _("Tensor “%s” holds a weight that isn’t a finite number, or too large, at place %zu."),
                                 name, i + 1);
      }
  return TRUE;
}

/* One parameter from its places in @theirs. */
static void
take_parameter (const AnmGates *gates, AnmForm form, const AnmParameter *parameter, const AnmPlacement *placement,
                const anm_real *theirs, anm_real *ours)
{
  guint n_gates = gates != NULL ? gates->n : 1;
  gsize n_units = parameter->n_columns / n_gates;

  for (gsize row = 0; row < parameter->n_rows; row++)
    for (guint gate = 0; gate < n_gates; gate++)
      {
        int order = gates != NULL ? gates->order[gate] : 0;
        gsize our_gate = (gsize) (order < 0 ? ANM_NEGATED (order) : order);
        anm_real *to = ours + row * parameter->n_columns + our_gate * n_units;
        const anm_real *from = theirs + _anm_exchange_get_row_offset (placement, row) + gate * n_units * placement->column_stride;

        for (gsize unit = 0; unit < n_units; unit++)
          {
            anm_real value = from[unit * placement->column_stride];

            if (order < 0)
              value = -value;
            if (form != ANM_FORM_ADDEND)
              to[unit] = value;
            else if (value != 0) /* so that a negative zero stays one */
              to[unit] = (anm_real) ((double) to[unit] + (double) value);
          }
      }
}

static gboolean
read_tensor (const Exchange *self, const AnmTensor *tensor, const AnmGates *gates, AnmForm form, const AnmParameter *parameter, GError **error)
{
  g_autofree anm_real *values = NULL;
  g_autofree char *where = describe_layer (self->network, parameter->layer);
  AnmPlacement placement;

  _anm_exchange_place (self->network, parameter, form, &placement);
  if (!has_shape (tensor, &placement))
    return refuse_shape (tensor, &placement, form, where, error);
  values = g_new (anm_real, MAX (tensor->n_values, 1));
  if (!anm_tensor_read (tensor, values, error) || !check_finite (tensor, values, error))
    return FALSE;
  take_parameter (gates, form, parameter, &placement, values, self->parameters + parameter->offset);
  g_hash_table_add (self->used, (gpointer) tensor);
  return TRUE;
}

static gboolean
refuse_missing (const Exchange *self, const Group *group, guint layer, guint index, GError **error)
{
  const AnmLayerMap *map = &self->maps[layer];
  guint n_in_half = map->rule->n_tensors;
  const char *known_leaf = map->tensors[index / n_in_half * n_in_half].leaf;
  g_autofree char *name = _anm_exchange_guess_name (find_piece (group, known_leaf)->tensor->name, known_leaf, map->tensors[index].leaf);
  g_autofree char *shown = _anm_shorten (name);
  g_autofree char *where = describe_layer (self->network, layer);

  return _anm_refuse_file (error, _("Tensor “%s” of %s is missing."), shown, where);
}

static gboolean
read_group (const Exchange *self, Group *group, guint layer, GError **error)
{
  const AnmLayerMap *map = &self->maps[layer];

  group->used = TRUE;
  for (guint i = 0; i < map->n_tensors; i++)
    {
      const AnmTensorRule *rule = &map->tensors[i];
      Piece *piece = find_piece (group, rule->leaf);

      if (piece == NULL)
        return refuse_missing (self, group, layer, i, error);
      if (!read_tensor (self, piece->tensor, map->rule->gates, rule->form,
                        _anm_exchange_find_parameter (self->network, layer, rule->parameter), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
refuse_number (const Exchange *self, GPtrArray *groups, GArray *layers, GError **error)
{
  guint first = g_array_index (layers, guint, 0);
  guint lacking = g_array_index (layers, guint, MIN (groups->len, layers->len - 1));
  const AnmLayerMap *map = &self->maps[lacking];
  g_autofree char *example = _anm_exchange_make_name (self->network, lacking, map, map->tensors[0].leaf);
  g_autofree char *where = describe_layer (self->network, lacking);
  g_autofree char *list = list_groups (groups);

  if (groups->len == 0)
    return _anm_refuse_file (error, _("The tensors of %s are missing: one called “%s”, or the like of it."), where, example);
  return _anm_refuse_file (error, _("The network has %u layers of the kind %s, but the file has tensors of %u: %s."),
                           layers->len, self->network->spec->layers[first]->klass->type, groups->len, list);
}

/* Layers whose tensors have the same names are told apart by the modules' names only. */
static gboolean
is_same_kind (const AnmLayerMap *a, const AnmLayerMap *b)
{
  return a->rule != NULL && b->rule != NULL && g_str_equal (a->rule->type, b->rule->type) && a->n_halves == b->n_halves;
}

/* All layers of one kind: from @first on, with which the kind begins. */
static gboolean
read_kind (const Exchange *self, guint first, GError **error)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();

  for (guint i = first; i < self->network->n_layers; i++)
    if (is_same_kind (&self->maps[first], &self->maps[i]))
      g_array_append_val (layers, i);
  for (guint i = 0; i < self->groups->len; i++)
    if (looks_like (g_ptr_array_index (self->groups, i), &self->maps[first]))
      g_ptr_array_add (groups, g_ptr_array_index (self->groups, i));
  if (groups->len != layers->len)
    return refuse_number (self, groups, layers, error);

  g_ptr_array_sort (groups, compare_groups);
  if (!are_numbered (groups) && !order_by_shape (self, groups, layers, error))
    return FALSE;
  for (guint i = 0; i < layers->len; i++)
    if (!read_group (self, g_ptr_array_index (groups, i), g_array_index (layers, guint, i), error))
      return FALSE;
  return TRUE;
}

/* A seed of Keras' dropout is no weight. */
static gboolean
is_no_weight (const char *name)
{
  return g_str_has_suffix (name, "seed_generator_state");
}

static gboolean
check_all_used (const Exchange *self, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < anm_safetensors_get_n_tensors (self->file); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (self->file, i);
      g_autofree char *name = _anm_shorten (tensor->name);

      if (g_hash_table_contains (self->used, tensor) || is_no_weight (tensor->name) || ++n > MAX_NAMED)
        continue;
      g_string_append_printf (list, "%s“%s”", n > 1 ? ", " : "", name);
    }
  if (n == 0)
    return TRUE;
  if (n > MAX_NAMED)
    g_string_append (list, ", …");
  return _anm_refuse_file (error, g_dngettext (GETTEXT_PACKAGE, "%u tensor of the file belongs to no layer of the network: %s.",
                                               "%u tensors of the file belong to no layer of the network: %s.", n),
                           n, list->str);
}

static gboolean
read_theirs (Exchange *self, GError **error)
{
  guint n_layers = self->network->n_layers;

  self->maps = g_new0 (AnmLayerMap, n_layers);
  for (guint i = 0; i < n_layers; i++)
    if (!_anm_exchange_map_layer (self->network, i, self->layout, &self->maps[i], error))
      return FALSE;
  gather (self);
  for (guint i = 0; i < n_layers; i++)
    {
      gboolean begun = self->maps[i].rule == NULL;

      for (guint k = 0; k < i; k++)
        begun |= is_same_kind (&self->maps[k], &self->maps[i]);
      if (!begun && !read_kind (self, i, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_own (const Exchange *self, GError **error)
{
  const AnmNetwork *network = self->network;

  for (guint i = 0; i < network->n_parameters; i++)
    {
      const AnmParameter *parameter = &network->parameters[i];
      const AnmTensor *tensor = anm_safetensors_find (self->file, parameter->name);

      if (tensor == NULL)
        {
          g_autofree char *where = describe_layer (network, parameter->layer);

          return _anm_refuse_file (error, _("Tensor “%s” of %s is missing."), parameter->name, where);
        }
      if (!read_tensor (self, tensor, NULL, _anm_exchange_own_form (parameter), parameter, error))
        return FALSE;
    }
  return TRUE;
}

/* What our own texts say of the gates must be what is meant here. */
static gboolean
check_text (const Exchange *self, guint layer, const char *what, const char *meant, GError **error)
{
  g_autofree char *key = g_strconcat (self->network->names[layer], ".", what, NULL);
  const char *text = anm_safetensors_get_text (self->file, key);
  g_autofree char *shown = text != NULL ? _anm_shorten (text) : NULL;

  if (text == NULL || meant == NULL || g_str_equal (text, meant))
    return TRUE;
  return _anm_refuse_file (error, _("The file says of %s “%s”, but in the layout %s that is “%s”."), key, shown,
                           anm_layout_to_string (self->layout), meant);
}

static gboolean
check_texts (const Exchange *self, GError **error)
{
  for (guint i = 0; i < self->network->n_layers; i++)
    {
      const AnmGates *gates = _anm_exchange_find_gates (self->network, i, self->layout);

      if (gates != NULL && (!check_text (self, i, "gates", gates->symbols, error) || !check_text (self, i, "equation", gates->equation, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
anm_exchange_read (const AnmNetwork *network, const AnmSafetensors *file, AnmLayout layout, anm_real *parameters, GError **error)
{
  g_auto (Exchange) self = {
    .network = network,
    .file = file,
    .layout = layout,
    .parameters = parameters,
    .groups = g_ptr_array_new_with_free_func (group_free),
    .by_name = g_hash_table_new (g_str_hash, g_str_equal),
    .used = g_hash_table_new (NULL, NULL),
  };

  return check_texts (&self, error) &&
         (layout == ANM_LAYOUT_ANAMNESIS ? read_own (&self, error) : read_theirs (&self, error)) &&
         check_all_used (&self, error);
}
