/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/network-edits.h"

static const AnmTargetShape binary = { .kind = ANM_TARGET_BINARY, .n_outputs = 1 };

static void
check (const char *before,
       AnmNetworkEdit edit,
       const char *after,
       guint next)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (before, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (anm_network_edit_apply (&edit, spec, &binary), ==, next);
  text = anm_network_spec_to_text (spec);
  g_assert_cmpstr (text, ==, after);
}

static void
test_layers_around_fit_again (void)
{
  const AnmLayerClass *gru = anm_layer_class_find ("gru");
  const AnmLayerClass *dense = anm_layer_class_find ("dense");

  check ("lstm(8) > dense(1)", (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_INSERT, .layer = 1, .klass = gru },
         "lstm(8, return_sequences) > gru(32) > dense(1)", 1);
  check ("lstm(8, return_sequences) > gru(4) > dense(1)", (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_REMOVE, .layer = 1 },
         "lstm(8) > dense(1)", 0);
  check ("lstm(8, return_sequences) > gru(4) > dense(1)",
         (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_MOVE, .layer = 0, .to = 1 },
         "gru(4, return_sequences) > lstm(8) > dense(1)", 1);
  check ("lstm(8) > dense(1)", (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_DUPLICATE, .layer = 0 },
         "lstm(8, return_sequences) > lstm(8) > dense(1)", 1);
  check ("lstm(8, return_sequences) > gru(4) > dense(1)",
         (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_CLASS, .layer = 1, .klass = dense },
         "lstm(8) > dense(4) > dense(1)", 1);
}

static void
test_argument_is_set_as_entered (void)
{
  const int units = anm_layer_class_find_argument (anm_layer_class_find ("dense"), "units");

  g_assert_cmpint (units, >=, 0);
  check ("lstm(8) > dense(1)",
         (AnmNetworkEdit){ .kind = ANM_NETWORK_EDIT_ARGUMENT, .layer = 1, .argument = (guint) units, .value = 3 },
         "lstm(8) > dense(3)", 1);
}

static void
test_add_goes_before_the_output (void)
{
  g_autoptr (AnmNetworkSpec) with_output = anm_network_spec_parse ("lstm(8) > dense(1)", NULL);
  g_autoptr (AnmNetworkSpec) without = anm_network_spec_parse ("lstm(8)", NULL);

  g_assert_cmpuint (anm_network_edit_get_place_to_add (with_output), ==, 1);
  g_assert_cmpuint (anm_network_edit_get_place_to_add (without), ==, 1);
}

static void
check_at_fault (const char *text,
                guint expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);
  g_autoptr (AnmNetwork) network = NULL;
  guint at_fault = G_MAXUINT;

  g_assert_nonnull (spec);
  network = anm_network_edit_lay_out (spec, 5, &binary, &at_fault, &error);
  g_assert_null (network);
  g_assert_nonnull (error);
  g_assert_cmpuint (at_fault, ==, expected);
}

static void
test_error_belongs_to_a_card (void)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("lstm(8) > dense(1)", NULL);
  g_autoptr (AnmNetwork) network = anm_network_edit_lay_out (spec, 5, &binary, NULL, NULL);

  g_assert_nonnull (network);
  check_at_fault ("lstm(8) > gru(4) > dense(1)", 1);
  check_at_fault ("lstm(8) > dense(7)", 1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/network-edits/layers-around-fit-again", test_layers_around_fit_again);
  g_test_add_func ("/network-edits/argument-is-set-as-entered", test_argument_is_set_as_entered);
  g_test_add_func ("/network-edits/add-goes-before-the-output", test_add_goes_before_the_output);
  g_test_add_func ("/network-edits/error-belongs-to-a-card", test_error_belongs_to_a_card);

  return g_test_run ();
}
