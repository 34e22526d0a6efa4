/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/alteration.h"

#include "engine/network-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define BACKWARDS "←"
#define FORWARDS "→"

char *
anm_alteration_to_text (const AnmAlteration *self, const AnmNetwork *network)
{
  char value[G_ASCII_DTOSTR_BUF_SIZE];

  /* As few digits as tell the float from its neighbours. */
  g_ascii_formatd (value, sizeof value, "%.9g", self->value);
  if (g_ascii_strtod (g_ascii_formatd ((char[G_ASCII_DTOSTR_BUF_SIZE]){ 0 }, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", self->value), NULL) == self->value)
    g_ascii_formatd (value, sizeof value, "%.6g", self->value);
  switch (self->kind)
    {
    case ANM_ALTERATION_WEIGHT:
      return g_strdup_printf ("%s[%u, %u] = %s", network->parameters[self->parameter].name, self->row + 1, self->column + 1, value);
    case ANM_ALTERATION_GATE:
      return g_strdup_printf ("%s[%u].%s%s = %s", network->names[self->layer], self->unit + 1,
                              self->direction == ANM_DIRECTION_BACKWARDS ? BACKWARDS : "", self->symbol, value);
    case ANM_ALTERATION_UNIT:
    default:
      return g_strdup_printf ("%s[%u] = 0", network->names[self->layer], self->unit + 1);
    }
}

static gboolean
refuse (const char *text, GError **error)
{
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK,
               _("“%s” doesn't say what to alter. Write lstm_1[25] = 0 to silence a unit, lstm_1[25].f = 1 to hold a gate, or "
                 "lstm_1.kernel[3, 25] = 0.5 for a weight."), text);
  return FALSE;
}

/* Counted from 1 in the text, from 0 in @number. */
static gboolean
read_number (const char *text, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &value, NULL))
    return FALSE;
  *number = (guint) value - 1;
  return TRUE;
}

static gboolean
read_value (const char *text, double *value)
{
  char *end;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value);
}

static gboolean
find_layer (AnmAlteration *self, const AnmNetwork *network, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint l = 0; l < network->n_layers; l++)
    if (g_str_equal (network->names[l], name))
      {
        self->layer = l;
        return TRUE;
      }
  for (guint l = 0; l < network->n_layers; l++)
    g_string_append_printf (known, "%s%s", l == 0 ? "" : ", ", network->names[l]);
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("The network has no layer “%s”. Its layers are %s."), name, known->str);
  return FALSE;
}

static gboolean
find_parameter (AnmAlteration *self, const AnmNetwork *network, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint p = 0; p < network->n_parameters; p++)
    {
      if (g_str_equal (network->parameters[p].name, name))
        {
          self->parameter = p;
          self->layer = network->parameters[p].layer;
          return TRUE;
        }
      g_string_append_printf (known, "%s%s", p == 0 ? "" : ", ", network->parameters[p].name);
    }
  g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK, _("The network has no weights “%s”. It has %s."), name, known->str);
  return FALSE;
}

/* NAME[A] = 0, NAME[A].GATE = V or NAME[A, B] = V, without white space. */
static gboolean
parse_parts (AnmAlteration *self, AnmNetwork *network, char *place, const char *value, const char *text, GError **error)
{
  char *open = strchr (place, '['), *close = open != NULL ? strchr (open, ']') : NULL, *comma, *gate;

  if (close == NULL || !read_value (value, &self->value))
    return refuse (text, error);
  *open = *close = '\0';
  comma = strchr (open + 1, ',');
  gate = close + 1;
  if (comma != NULL)
    {
      *comma = '\0';
      self->kind = ANM_ALTERATION_WEIGHT;
      if (*gate != '\0' || !read_number (open + 1, &self->row) || !read_number (comma + 1, &self->column))
        return refuse (text, error);
      return find_parameter (self, network, place, error);
    }
  if (!read_number (open + 1, &self->unit))
    return refuse (text, error);
  if (*gate == '\0')
    {
      self->kind = ANM_ALTERATION_UNIT;
      if (self->value != 0.0)
        return refuse (text, error);
      return find_layer (self, network, place, error);
    }
  self->kind = ANM_ALTERATION_GATE;
  if (*gate != '.')
    return refuse (text, error);
  gate++;
  if (g_str_has_prefix (gate, BACKWARDS))
    {
      self->direction = ANM_DIRECTION_BACKWARDS;
      gate += strlen (BACKWARDS);
    }
  else if (g_str_has_prefix (gate, FORWARDS))
    gate += strlen (FORWARDS);
  if (*gate == '\0' || g_strlcpy (self->symbol, gate, sizeof self->symbol) >= sizeof self->symbol)
    return refuse (text, error);
  return find_layer (self, network, place, error);
}

gboolean
anm_alteration_parse (AnmAlteration *self, AnmNetwork *network, const char *text, GError **error)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autofree anm_real *parameters = NULL;
  char *equals;

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (plain, *c);
  memset (self, 0, sizeof *self);
  equals = strchr (plain->str, '=');
  if (equals == NULL)
    return refuse (text, error);
  *equals = '\0';
  if (!parse_parts (self, network, plain->str, equals + 1, text, error))
    return FALSE;
  /* Whether the network has such a place and can have this value there is only known by trying. */
  parameters = g_new0 (anm_real, anm_network_get_n_parameters (network));
  return anm_alteration_apply (self, network, parameters, error);
}
