/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/hand.h"

/* A hand that rests so long, in microseconds, has ended its gesture. */
#define REST G_USEC_PER_SEC

struct _AnmHand
{
  GObject        parent_instance;

  AnmNetwork    *network;
  anm_real      *trial;     /* room to try alterations out, [n_parameters] */
  GArray        *alterations;
  GPtrArray     *steps;     /* of GArray: what there was before each step */
  AnmAlteration  moved;     /* of the step under way */
  gboolean       is_moving;
  gint64         moved_at;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (AnmHand, anm_hand, G_TYPE_OBJECT)

AnmHand *
anm_hand_new (void)
{
  return g_object_new (ANM_TYPE_HAND, NULL);
}

static void
begin_step (AnmHand *self)
{
  g_ptr_array_add (self->steps, g_array_copy (self->alterations));
  self->is_moving = FALSE;
}

static void
emit_changed (AnmHand *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
has_same_shape (AnmNetwork *a,
                AnmNetwork *b)
{
  return a == b || (a != NULL && b != NULL && anm_network_get_n_inputs (a) == anm_network_get_n_inputs (b) &&
                    anm_network_spec_equal (anm_network_get_spec (a), anm_network_get_spec (b)));
}

void
anm_hand_set_network (AnmHand    *self,
                      AnmNetwork *network)
{
  const gboolean had_any = anm_hand_get_n (self) > 0;

  if (has_same_shape (self->network, network))
    return;

  g_clear_pointer (&self->network, anm_network_unref);
  g_clear_pointer (&self->trial, g_free);
  g_array_set_size (self->alterations, 0);
  g_ptr_array_set_size (self->steps, 0);
  self->is_moving = FALSE;
  if (network != NULL)
    self->network = anm_network_ref (network);
  if (had_any)
    emit_changed (self);
}

AnmNetwork *
anm_hand_get_network (AnmHand *self)
{
  g_return_val_if_fail (ANM_IS_HAND (self), NULL);

  return self->network;
}

guint
anm_hand_get_n (AnmHand *self)
{
  g_return_val_if_fail (ANM_IS_HAND (self), 0);

  return self->alterations->len;
}

const AnmAlteration *
anm_hand_get (AnmHand *self,
              guint    index)
{
  g_return_val_if_fail (ANM_IS_HAND (self), NULL);
  g_return_val_if_fail (index < self->alterations->len, NULL);

  return &g_array_index (self->alterations, AnmAlteration, index);
}

static int
find_index (AnmHand             *self,
            const AnmAlteration *place)
{
  for (guint i = 0; i < self->alterations->len; i++)
    if (anm_alteration_is_of_same (&g_array_index (self->alterations, AnmAlteration, i), place))
      return (int) i;

  return -1;
}

const AnmAlteration *
anm_hand_find (AnmHand             *self,
               const AnmAlteration *place)
{
  int index;

  g_return_val_if_fail (ANM_IS_HAND (self), NULL);

  index = find_index (self, place);
  return index < 0 ? NULL : &g_array_index (self->alterations, AnmAlteration, index);
}

GArray *
anm_hand_copy (AnmHand *self)
{
  g_return_val_if_fail (ANM_IS_HAND (self), NULL);

  return self->alterations->len > 0 ? g_array_copy (self->alterations) : NULL;
}

gboolean
anm_hand_set (AnmHand             *self,
              const AnmAlteration *alteration,
              GError             **error)
{
  int index;

  g_return_val_if_fail (ANM_IS_HAND (self), FALSE);
  g_return_val_if_fail (self->network != NULL, FALSE);

  if (self->trial == NULL)
    self->trial = g_new0 (anm_real, MAX (1, anm_network_get_n_parameters (self->network)));
  if (!anm_alteration_apply (alteration, self->network, self->trial, error))
    return FALSE;

  index = find_index (self, alteration);
  if (index >= 0 && g_array_index (self->alterations, AnmAlteration, index).value == alteration->value)
    return TRUE;
  if (!self->is_moving || g_get_monotonic_time () - self->moved_at > REST || index < 0 || !anm_alteration_is_of_same (&self->moved, alteration))
    begin_step (self);
  self->moved = *alteration;
  self->is_moving = TRUE;
  self->moved_at = g_get_monotonic_time ();
  if (index >= 0)
    g_array_index (self->alterations, AnmAlteration, index) = *alteration;
  else
    g_array_append_val (self->alterations, *alteration);
  emit_changed (self);
  return TRUE;
}

void
anm_hand_remove (AnmHand             *self,
                 const AnmAlteration *place)
{
  int index;

  g_return_if_fail (ANM_IS_HAND (self));

  index = find_index (self, place);
  if (index < 0)
    return;

  begin_step (self);
  g_array_remove_index (self->alterations, (guint) index);
  emit_changed (self);
}

void
anm_hand_end_gesture (AnmHand *self)
{
  g_return_if_fail (ANM_IS_HAND (self));

  self->is_moving = FALSE;
}

gboolean
anm_hand_can_undo (AnmHand *self)
{
  g_return_val_if_fail (ANM_IS_HAND (self), FALSE);

  return self->steps->len > 0;
}

gboolean
anm_hand_undo (AnmHand *self)
{
  g_return_val_if_fail (ANM_IS_HAND (self), FALSE);

  if (self->steps->len == 0)
    return FALSE;

  g_array_unref (self->alterations);
  self->alterations = g_ptr_array_steal_index (self->steps, self->steps->len - 1);
  self->is_moving = FALSE;
  emit_changed (self);
  return TRUE;
}

void
anm_hand_clear (AnmHand *self)
{
  g_return_if_fail (ANM_IS_HAND (self));

  if (self->alterations->len == 0)
    return;

  begin_step (self);
  g_array_set_size (self->alterations, 0);
  emit_changed (self);
}

static void
anm_hand_finalize (GObject *object)
{
  AnmHand *self = ANM_HAND (object);

  g_clear_pointer (&self->network, anm_network_unref);
  g_free (self->trial);
  g_array_unref (self->alterations);
  g_ptr_array_unref (self->steps);

  G_OBJECT_CLASS (anm_hand_parent_class)->finalize (object);
}

static void
anm_hand_class_init (AnmHandClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_hand_finalize;
  changed_signal = g_signal_new ("changed", ANM_TYPE_HAND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_hand_init (AnmHand *self)
{
  self->alterations = g_array_new (FALSE, FALSE, sizeof (AnmAlteration));
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
}
