/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network-text.h"

#include "engine/layer-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static void
layer_spec_free (AnmLayerSpec *self)
{
  g_free (self->values);
  g_free (self);
}

static AnmLayerSpec *
layer_spec_new (const AnmLayerClass *klass)
{
  AnmLayerSpec *self = g_new0 (AnmLayerSpec, 1);

  self->klass = klass;
  self->values = g_new0 (double, klass->n_arguments);
  for (guint i = 0; i < klass->n_arguments; i++)
    self->values[i] = klass->arguments[i].fallback;
  return self;
}

static int
find_argument (const AnmLayerClass *klass, const char *name)
{
  for (guint i = 0; i < klass->n_arguments; i++)
    if (g_str_equal (klass->arguments[i].name, name))
      return (int) i;
  return -1;
}

static const AnmArgument *
get_positional (const AnmLayerClass *klass)
{
  for (guint i = 0; i < klass->n_arguments; i++)
    if (klass->arguments[i].positional)
      return &klass->arguments[i];
  return NULL;
}

/* How many letters must be added, taken away or changed (Levenshtein). */
static gsize
get_edit_distance (const char *a, const char *b)
{
  gsize length = strlen (b);
  g_autofree gsize *row = g_new (gsize, length + 1);

  for (gsize j = 0; j <= length; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      gsize diagonal = row[0];

      row[0] = i + 1;
      for (gsize j = 0; j < length; j++)
        {
          gsize above = row[j + 1];

          row[j + 1] = MIN (MIN (above, row[j]) + 1, diagonal + (a[i] != b[j]));
          diagonal = above;
        }
    }
  return row[length];
}

/* ", did you mean lstm?" if one of @words is nearly @found, else "". */
static char *
suggest (const char *found, const char *const *words)
{
  g_autofree char *lower = g_ascii_strdown (found, -1);
  const char *nearest = NULL;
  gsize smallest = 3;

  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize distance = get_edit_distance (lower, words[i]);

      if (distance < MIN (smallest, strlen (words[i])))
        {
          smallest = distance;
          nearest = words[i];
        }
    }
  return nearest == NULL ? g_strdup ("") : g_strdup_printf (_(" Did you mean %s?"), nearest);
}

/* In words, what an argument may be. */
static char *
describe_allowed (const AnmArgument *argument)
{
  g_autofree char *choices = NULL;

  switch (argument->kind)
    {
    case ANM_ARGUMENT_SIZE:
      return g_strdup_printf (_("a whole number from %.0f to %.0f"), argument->minimum, argument->maximum);
    case ANM_ARGUMENT_REAL:
      return g_strdup_printf (_("a number from %g to %g"), argument->minimum, argument->maximum);
    case ANM_ARGUMENT_CHOICE:
      choices = g_strjoinv (", ", (char **) argument->choices);
      return g_strdup_printf (_("one of %s"), choices);
    case ANM_ARGUMENT_FLAG:
    default:
      return g_strdup (_("true or false"));
    }
}

static gboolean
refuse_value (const AnmLayerClass *klass, const AnmArgument *argument, const char *found, GError **error)
{
  g_autofree char *allowed = describe_allowed (argument);

  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               /* Translators: "lstm: units can't be “0”, allowed is a whole number from 1 to 65536." */
               _("%s: %s can’t be “%s”, allowed is %s."), klass->type, argument->name, found, allowed);
  return FALSE;
}

static gboolean
refuse_argument (const AnmLayerClass *klass, const char *found, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *list = NULL;
  g_autofree char *suggestion = NULL;

  for (guint i = 0; i < klass->n_arguments; i++)
    g_ptr_array_add (names, (gpointer) klass->arguments[i].name);
  g_ptr_array_add (names, NULL);
  suggestion = suggest (found, (const char *const *) names->pdata);
  list = g_strjoinv (", ", (char **) names->pdata);
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("%s: there is no argument “%s”, allowed are %s.%s"), klass->type, found, list, suggestion);
  return FALSE;
}

/* Whether a word without a name can be the positional argument's value. */
static gboolean
may_be_positional (const AnmArgument *argument, const char *word)
{
  if (argument->kind == ANM_ARGUMENT_CHOICE)
    return g_ascii_isalpha (*word);
  return g_ascii_isdigit (*word) || strchr ("+-.", *word) != NULL;
}

static gboolean
value_fits (const AnmArgument *argument, double value)
{
  if (!(value >= argument->minimum && value <= argument->maximum))
    return FALSE;
  return argument->kind == ANM_ARGUMENT_REAL || value == floor (value);
}

/* Reads @text as @argument's kind asks. */
static gboolean
parse_value (const AnmArgument *argument, const char *text, double *value)
{
  char *end = NULL;

  switch (argument->kind)
    {
    case ANM_ARGUMENT_CHOICE:
      for (guint i = 0; argument->choices[i] != NULL; i++)
        if (g_str_equal (argument->choices[i], text))
          {
            *value = i;
            return TRUE;
          }
      return FALSE;
    case ANM_ARGUMENT_FLAG:
      *value = g_ascii_strcasecmp (text, "true") == 0 || g_str_equal (text, "1");
      return *value != 0.0 || g_ascii_strcasecmp (text, "false") == 0 || g_str_equal (text, "0");
    case ANM_ARGUMENT_SIZE:
    case ANM_ARGUMENT_REAL:
    default:
      *value = g_ascii_strtod (text, &end);
      return end != text && *end == '\0' && value_fits (argument, *value);
    }
}

/* What the parser knows while it reads one layer. */
typedef struct
{
  const char *cursor;
  guint       place; /* of the layer, from 1 */
} Parser;

static void
skip_space (Parser *self)
{
  while (g_ascii_isspace (*self->cursor))
    self->cursor++;
}

/* Takes a word or number: everything up to white space or punctuation. */
static char *
take_word (Parser *self)
{
  const char *begin;

  skip_space (self);
  begin = self->cursor;
  while (*self->cursor != '\0' && strchr (" \t\n\r\f\v(),=>", *self->cursor) == NULL)
    self->cursor++;
  return g_strndup (begin, (gsize) (self->cursor - begin));
}

static gboolean
take (Parser *self, char character)
{
  skip_space (self);
  if (*self->cursor != character)
    return FALSE;
  self->cursor++;
  return TRUE;
}

/* The rest of the text, short enough for a message. */
static char *
quote_rest (const Parser *self)
{
  glong length = g_utf8_strlen (self->cursor, -1);

  return length > 20 ? g_strdup_printf ("%.*s…", (int) (g_utf8_offset_to_pointer (self->cursor, 20) - self->cursor), self->cursor)
                     : g_strdup (self->cursor);
}

static gboolean
refuse_rest (const Parser *self, const char *expected, GError **error)
{
  g_autofree char *rest = quote_rest (self);

  if (*rest == '\0')
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("the text ends where %s should follow."), expected);
  else
    g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("found “%s” where %s should follow."), rest, expected);
  return FALSE;
}

/* One argument: a size, a flag, or key=value. */
static gboolean
parse_argument (Parser *parser, AnmLayerSpec *layer, gboolean *given, GError **error)
{
  const AnmArgument *positional = get_positional (layer->klass);
  g_autofree char *word = take_word (parser);
  g_autofree char *text = NULL;
  const AnmArgument *argument;
  int index;

  if (*word == '\0')
    return refuse_rest (parser, _("an argument"), error);

  if (take (parser, '='))
    {
      index = find_argument (layer->klass, word);
      if (index < 0)
        return refuse_argument (layer->klass, word, error);
      text = take_word (parser);
      if (*text == '\0')
        return refuse_rest (parser, _("a value"), error);
    }
  else
    {
      index = find_argument (layer->klass, word);
      if (index >= 0 && layer->klass->arguments[index].kind == ANM_ARGUMENT_FLAG)
        text = g_strdup ("true");
      else if (index >= 0 && layer->klass->arguments[index].switchable)
        text = g_strdup (layer->klass->arguments[index].choices[1]);
      else if (index >= 0)
        {
          g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("%s: %s needs a value, as in %s=…"),
                       layer->klass->type, word, word);
          return FALSE;
        }
      else if (positional != NULL)
        {
          if (!may_be_positional (positional, word))
            return refuse_argument (layer->klass, word, error);
          index = (int) (positional - layer->klass->arguments);
          text = g_steal_pointer (&word);
        }
      else
        return refuse_argument (layer->klass, word, error);
    }

  argument = &layer->klass->arguments[index];
  if (given[index])
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("%s: %s is given twice."), layer->klass->type, argument->name);
      return FALSE;
    }
  given[index] = TRUE;
  return parse_value (argument, text, &layer->values[index]) || refuse_value (layer->klass, argument, text, error);
}

static gboolean
parse_arguments (Parser *parser, AnmLayerSpec *layer, GError **error)
{
  const AnmArgument *positional = get_positional (layer->klass);
  g_autofree gboolean *given = g_new0 (gboolean, layer->klass->n_arguments + 1);

  if (take (parser, '('))
    {
      gboolean first = TRUE;

      while (!take (parser, ')'))
        {
          if (!first && !take (parser, ','))
            return refuse_rest (parser, _("a comma or a closing parenthesis"), error);
          if (!parse_argument (parser, layer, given, error))
            return FALSE;
          first = FALSE;
        }
    }

  if (positional != NULL && !given[positional - layer->klass->arguments])
    {
      g_autofree char *allowed = describe_allowed (positional);

      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   /* Translators: "lstm: units is missing, allowed is a whole number from 1 to 65536, as in lstm(32)." */
                   _("%s: %s is missing, allowed is %s, as in %s(%g)."),
                   layer->klass->type, positional->name, allowed, layer->klass->type, positional->fallback);
      return FALSE;
    }
  return TRUE;
}

static gboolean
refuse_type (const char *found, GError **error)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  g_autofree char *list = NULL;
  g_autofree char *suggestion = NULL;
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    g_ptr_array_add (types, (gpointer) classes[i]->type);
  g_ptr_array_add (types, NULL);
  suggestion = suggest (found, (const char *const *) types->pdata);
  list = g_strjoinv (", ", (char **) types->pdata);
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("there is no kind of layer called “%s”, allowed are %s.%s"), found, list, suggestion);
  return FALSE;
}

static AnmLayerSpec *
parse_layer (Parser *parser, GError **error)
{
  g_autofree char *type = take_word (parser);
  const AnmLayerClass *klass = anm_layer_class_find (type);
  AnmLayerSpec *layer;

  if (*type == '\0')
    {
      refuse_rest (parser, _("a layer"), error);
      return NULL;
    }
  if (klass == NULL)
    {
      refuse_type (type, error);
      return NULL;
    }
  layer = layer_spec_new (klass);
  if (!parse_arguments (parser, layer, error))
    g_clear_pointer (&layer, layer_spec_free);
  return layer;
}

static void
append_layer (AnmNetworkSpec *self, AnmLayerSpec *layer, guint index)
{
  self->layers = g_renew (AnmLayerSpec *, self->layers, self->n_layers + 1);
  memmove (self->layers + index + 1, self->layers + index, (self->n_layers - index) * sizeof *self->layers);
  self->layers[index] = layer;
  self->n_layers++;
}

/**
 * anm_network_spec_parse:
 * @text: "lstm(64, return_sequences) > lstm(32) > dense(1)"
 *
 * Reads a network's text. Only the words are checked here; whether the layers
 * fit one another is checked by anm_network_new().
 *
 * Returns: (transfer full) (nullable): the spec, or %NULL and @error names the
 *   layer, the argument, what was found and what is allowed
 */
AnmNetworkSpec *
anm_network_spec_parse (const char *text, GError **error)
{
  g_autoptr (AnmNetworkSpec) self = g_new0 (AnmNetworkSpec, 1);
  Parser parser = { text, 0 };

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("The network’s text isn’t valid UTF-8."));
      return NULL;
    }
  skip_space (&parser);
  if (*parser.cursor == '\0')
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   _("The network has no layers. Write them from input to output, such as %s."), "lstm(32) > dense(1)");
      return NULL;
    }

  do
    {
      AnmLayerSpec *layer;

      parser.place++;
      if (parser.place > ANM_MAX_LAYERS)
        {
          g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("The network has more than %d layers."), ANM_MAX_LAYERS);
          return NULL;
        }
      layer = parse_layer (&parser, error);
      if (layer != NULL)
        append_layer (self, layer, self->n_layers);
      skip_space (&parser);
      if (layer != NULL && *parser.cursor != '\0' && *parser.cursor != '>')
        {
          refuse_rest (&parser, _("“>” and the next layer"), error);
          layer = NULL;
        }
      if (layer == NULL)
        {
          /* Translators: the beginning of a message: "Layer 2, lstm: units …" */
          g_prefix_error (error, _("Layer %u, "), parser.place);
          return NULL;
        }
    }
  while (take (&parser, '>'));

  return g_steal_pointer (&self);
}

AnmNetworkSpec *
anm_network_spec_copy (const AnmNetworkSpec *self)
{
  AnmNetworkSpec *copy = g_new0 (AnmNetworkSpec, 1);

  for (guint i = 0; i < self->n_layers; i++)
    {
      AnmLayerSpec *layer = layer_spec_new (self->layers[i]->klass);

      memcpy (layer->values, self->layers[i]->values, layer->klass->n_arguments * sizeof *layer->values);
      append_layer (copy, layer, i);
    }
  return copy;
}

void
anm_network_spec_free (AnmNetworkSpec *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layers; i++)
    layer_spec_free (self->layers[i]);
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
      const AnmLayerClass *klass = self->layers[i]->klass;
      const char *before = "(";

      g_string_append_printf (text, "%s%s", i > 0 ? " > " : "", klass->type);
      for (guint k = 0; k < klass->n_arguments; k++)
        if (klass->arguments[k].positional || self->layers[i]->values[k] != klass->arguments[k].fallback)
          {
            g_string_append (text, before);
            append_argument (text, &klass->arguments[k], self->layers[i]->values[k]);
            before = ", ";
          }
      if (*before == ',')
        g_string_append_c (text, ')');
    }
  return g_string_free (text, FALSE);
}

void
anm_network_spec_insert (AnmNetworkSpec *self, guint index, const AnmLayerClass *klass)
{
  g_return_if_fail (index <= self->n_layers);

  append_layer (self, layer_spec_new (klass), index);
}

void
anm_network_spec_remove (AnmNetworkSpec *self, guint index)
{
  g_return_if_fail (index < self->n_layers);

  layer_spec_free (self->layers[index]);
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
  after = layer_spec_new (klass);
  for (guint i = 0; i < before->klass->n_arguments; i++)
    {
      const AnmArgument *old = &before->klass->arguments[i];
      int k = find_argument (klass, old->name);

      if (k < 0 || klass->arguments[k].kind != old->kind)
        continue;
      if (old->kind == ANM_ARGUMENT_CHOICE)
        {
          int choice = find_choice (&klass->arguments[k], old->choices[(guint) before->values[i]]);

          /* What was never chosen follows the new layer's own default. */
          if (choice >= 0 && before->values[i] != old->fallback)
            after->values[k] = choice;
        }
      else if (value_fits (&klass->arguments[k], before->values[i]))
        after->values[k] = before->values[i];
    }
  layer_spec_free (before);
  self->layers[index] = after;
}

/**
 * anm_layer_spec_get:
 * @argument: a name of the class's table
 *
 * Returns: its value; NaN if the layer has no such argument
 */
gboolean
anm_network_spec_reads_missing (const AnmNetworkSpec *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reads_missing)
      return TRUE;
  return FALSE;
}

double
anm_layer_spec_get (const AnmLayerSpec *self, const char *argument)
{
  int index = find_argument (self->klass, argument);

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
  int index = find_argument (self->klass, argument);

  if (index < 0)
    return refuse_argument (self->klass, argument, error);
  if (!value_fits (&self->klass->arguments[index], value))
    {
      g_autofree char *found = g_strdup_printf ("%g", value);

      return refuse_value (self->klass, &self->klass->arguments[index], found, error);
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

  units = find_argument (last->klass, "units");
  activation = find_argument (last->klass, "activation");
  choice = &last->klass->arguments[activation];
  current = choice->choices[(guint) last->values[activation]];
  last->values[units] = target->n_outputs;
  if (g_str_equal (current, "sigmoid") || g_str_equal (current, "softmax"))
    last->values[activation] = find_choice (choice, get_fitting_activation (target->kind));
}
