/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network-text-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

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

gboolean
_anm_refuse_value (const AnmLayerClass *klass, const AnmArgument *argument, const char *found, GError **error)
{
  g_autofree char *allowed = describe_allowed (argument);

  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               /* Translators: "lstm: units can't be “0”, allowed is a whole number from 1 to 100000000." */
               _("%s: %s can’t be “%s”, allowed is %s."), klass->type, argument->name, found, allowed);
  return FALSE;
}

gboolean
_anm_refuse_argument (const AnmLayerClass *klass, const char *found, GError **error)
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

gboolean
_anm_value_fits (const AnmArgument *argument, double value)
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
      return end != text && *end == '\0' && _anm_value_fits (argument, *value);
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

/* Keras' word for what isn't frozen: trainable=false. */
#define TRAINABLE "trainable"

/* What is neither stays, to be refused as it was written. */
static void
turn_round (char **text)
{
  const gboolean yes = g_ascii_strcasecmp (*text, "true") == 0 || g_str_equal (*text, "1");
  const gboolean no = g_ascii_strcasecmp (*text, "false") == 0 || g_str_equal (*text, "0");

  if (!yes && !no)
    return;
  g_free (*text);
  *text = g_strdup (yes ? "false" : "true");
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
      const int frozen = g_str_equal (word, TRAINABLE) ? _anm_find_argument (layer->klass, "frozen") : -1;

      index = frozen >= 0 ? frozen : _anm_find_argument (layer->klass, word);
      if (index < 0)
        return _anm_refuse_argument (layer->klass, word, error);
      text = take_word (parser);
      if (*text == '\0')
        return refuse_rest (parser, _("a value"), error);
      if (frozen >= 0)
        turn_round (&text);
    }
  else
    {
      index = _anm_find_argument (layer->klass, word);
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
            return _anm_refuse_argument (layer->klass, word, error);
          index = (int) (positional - layer->klass->arguments);
          text = g_steal_pointer (&word);
        }
      else
        return _anm_refuse_argument (layer->klass, word, error);
    }

  argument = &layer->klass->arguments[index];
  if (given[index])
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("%s: %s is given twice."), layer->klass->type, argument->name);
      return FALSE;
    }
  given[index] = TRUE;
  return parse_value (argument, text, &layer->values[index]) || _anm_refuse_value (layer->klass, argument, text, error);
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
      g_autofree char *example = _anm_layer_spec_to_text (layer);

      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
                   /* Translators: "lstm: units is missing, allowed is a whole number from 1 to 100000000, as in lstm(32)." */
                   _("%s: %s is missing, allowed is %s, as in %s."), layer->klass->type, positional->name, allowed, example);
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
  layer = _anm_layer_spec_new (klass);
  if (!parse_arguments (parser, layer, error))
    g_clear_pointer (&layer, _anm_layer_spec_free);
  return layer;
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
        _anm_network_spec_append (self, layer, self->n_layers);
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
