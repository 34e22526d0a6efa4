/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/alteration-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/cell-lens.h"
#include "app/exhibits/training-curves.h"
#include "widgets/figures/number.h"

#define N_NAMED 2

static char *
describe_weight (const AnmAlteration *self,
                 AnmNetwork *network,
                 const anm_real *learnt)
{
  guint n_parameters;
  const AnmParameter *parameter = &anm_network_get_parameters (network, &n_parameters)[self->parameter];
  const gsize at = parameter->offset + (gsize) self->row * parameter->n_columns + self->column;
  g_autofree char *place = g_strdup_printf ("%s[%u, %u]", parameter->name, self->row + 1, self->column + 1);
  g_autofree char *value = anm_number_format (self->value, 3);
  g_autofree char *before = learnt != NULL ? anm_number_format ((double) learnt[at], 3) : NULL;

  /* Translators: a weight's place, its number now, its number as it was learnt. */
  return before != NULL ? g_strdup_printf (_("Weight %s is %s, learnt %s"), place, value, before)
                        : g_strdup_printf (_("Weight %s is %s"), place, value);
}

char *
anm_alteration_describe (const AnmAlteration *alteration,
                         AnmNetwork *network,
                         const anm_real *learnt)
{
  g_autofree char *title = anm_layer_get_title (network, alteration->layer);
  g_autofree char *value = NULL;
  g_autofree char *half = NULL;
  const char *gate;

  switch (alteration->kind)
    {
    case ANM_ALTERATION_WEIGHT:
      return describe_weight (alteration, network, learnt);
    case ANM_ALTERATION_GATE:
      gate = anm_alteration_get_gate_label (network, alteration->layer, alteration->direction, alteration->symbol);
      value = anm_number_format (alteration->value, 3);
      /* Of a layer that reads both ways: whose gate it is. */
      if (anm_layer_get_merge (network, alteration->layer) != NULL)
        half = g_strdup_printf ("%s %s", title, alteration->direction == ANM_DIRECTION_BACKWARDS ? "←" : "→");
      /* Translators: a gate ("Forget gate"), its layer ("LSTM 2"), its unit, the number it is held at. */
      return g_strdup_printf (_("%s of %s unit %u is held at %s"), gate != NULL ? _(gate) : alteration->symbol, half != NULL ? half : title,
                              alteration->unit + 1, value);
    case ANM_ALTERATION_UNIT:
    default:
      /* Translators: a layer and its unit. */
      return g_strdup_printf (_("%s unit %u is silent"), title, alteration->unit + 1);
    }
}

static char *
join (AnmHand *hand,
      const anm_real *learnt,
      guint n,
      const char *separator)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *one = anm_alteration_describe (anm_hand_get (hand, i), anm_hand_get_network (hand), learnt);

      g_string_append_printf (text, "%s%s", i == 0 ? "" : separator, one);
    }
  return g_string_free (text, FALSE);
}

char *
anm_hand_describe (AnmHand *hand,
                   const anm_real *learnt)
{
  const guint n = anm_hand_get_n (hand), n_named = MIN (n, N_NAMED);
  g_autofree char *named = NULL;

  if (n == 0)
    return NULL;
  named = join (hand, learnt, n_named, " · ");
  if (n == n_named)
    return g_steal_pointer (&named);
  return g_strdup_printf (ngettext ("%s · and %u more", "%s · and %u more", n - n_named), named, n - n_named);
}

char *
anm_hand_list (AnmHand *hand,
               const anm_real *learnt)
{
  return anm_hand_get_n (hand) > 0 ? join (hand, learnt, anm_hand_get_n (hand), "\n") : NULL;
}

char *
anm_hand_describe_effect (double before,
                          double after)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (!isfinite (before) || !isfinite (after))
    return NULL;
  from = anm_number_format_fixed (before, 4);
  to = anm_number_format_fixed (after, 4);
  /* Translators: the loss of the network as it was learnt, and as it is held. */
  return g_strdup_printf (_("Validation loss %s → %s"), from, to);
}
