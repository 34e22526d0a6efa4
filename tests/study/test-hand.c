/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is held of a network: steps, gestures, undo, and networks of other shapes.
 */
#include "app/study/hand.h"

static AnmNetwork *
make_network (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmNetwork *network = anm_network_new (spec, 3, NULL, &error);

  g_assert_no_error (error);
  return network;
}

static void
count_cb (guint *n_changes)
{
  (*n_changes)++;
}

static void
set (AnmHand *hand, const char *text)
{
  AnmAlteration alteration;
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_alteration_parse (&alteration, anm_hand_get_network (hand), text, &error));
  g_assert_true (anm_hand_set (hand, &alteration, &error));
  g_assert_no_error (error);
}

static void
assert_held (AnmHand *hand, const char *expected)
{
  g_autoptr (GString) held = g_string_new (NULL);

  for (guint i = 0; i < anm_hand_get_n (hand); i++)
    {
      g_autofree char *text = anm_alteration_to_text (anm_hand_get (hand, i), anm_hand_get_network (hand));

      g_string_append_printf (held, "%s%s", i == 0 ? "" : "; ", text);
    }
  g_assert_cmpstr (held->str, ==, expected);
}

static void
test_steps (void)
{
  g_autoptr (AnmHand) hand = anm_hand_new ();
  g_autoptr (AnmNetwork) network = make_network ("lstm(4) > dense(1)");
  guint n_changes = 0;

  g_signal_connect_swapped (hand, "changed", G_CALLBACK (count_cb), &n_changes);
  anm_hand_set_network (hand, network);
  g_assert_false (anm_hand_undo (hand));
  set (hand, "lstm_1[2].f = 0.5");
  /* One gesture, one step; what changes nothing says nothing. */
  set (hand, "lstm_1[2].f = 0.75");
  set (hand, "lstm_1[2].f = 1");
  set (hand, "lstm_1[2].f = 1");
  g_assert_cmpuint (n_changes, ==, 3);
  set (hand, "lstm_1[3] = 0");
  set (hand, "lstm_1[2].f = 0");
  anm_hand_end_gesture (hand);
  set (hand, "lstm_1[2].f = 0.25");
  assert_held (hand, "lstm_1[2].f = 0.25; lstm_1[3] = 0");
  g_assert_true (anm_hand_undo (hand));
  assert_held (hand, "lstm_1[2].f = 0; lstm_1[3] = 0");
  g_assert_true (anm_hand_undo (hand));
  assert_held (hand, "lstm_1[2].f = 1; lstm_1[3] = 0");
  anm_hand_remove (hand, anm_hand_get (hand, 0));
  assert_held (hand, "lstm_1[3] = 0");
  anm_hand_clear (hand);
  assert_held (hand, "");
  g_assert_true (anm_hand_undo (hand));
  g_assert_true (anm_hand_undo (hand));
  g_assert_true (anm_hand_undo (hand));
  assert_held (hand, "lstm_1[2].f = 1");
  g_assert_true (anm_hand_undo (hand));
  assert_held (hand, "");
  g_assert_false (anm_hand_undo (hand));
}

static void
test_networks (void)
{
  g_autoptr (AnmHand) hand = anm_hand_new ();
  g_autoptr (AnmNetwork) network = make_network ("lstm(4) > dense(1)");
  g_autoptr (AnmNetwork) same = make_network ("lstm(4) > dense(1)");
  g_autoptr (AnmNetwork) other = make_network ("lstm(5) > dense(1)");
  AnmAlteration beyond = { .kind = ANM_ALTERATION_UNIT, .unit = 4 };
  g_autoptr (GError) error = NULL;

  anm_hand_set_network (hand, network);
  g_assert_null (anm_hand_copy (hand));
  set (hand, "dense_1.kernel[4, 1] = 2");
  anm_hand_set_network (hand, same);
  assert_held (hand, "dense_1.kernel[4, 1] = 2");
  g_assert_false (anm_hand_set (hand, &beyond, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
  assert_held (hand, "dense_1.kernel[4, 1] = 2");
  anm_hand_set_network (hand, other);
  assert_held (hand, "");
  g_assert_false (anm_hand_undo (hand));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hand/steps", test_steps);
  g_test_add_func ("/hand/networks", test_networks);
  return g_test_run ();
}
