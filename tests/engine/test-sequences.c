/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/error.h"
#include "engine/sequences.h"

#include <math.h>
#include <string.h>

static const AnmTargetShape binary = { ANM_TARGET_BINARY, 1, FALSE };

static AnmSequences *
make_sequences (const AnmTargetShape *target)
{
  const gsize lengths[] = { 3, 1, 2 };

  return anm_sequences_new (3, lengths, 2, 1, target);
}

static void
test_shapes (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (&binary);
  g_autoptr (AnmSequences) empty = anm_sequences_new (0, NULL, 2, 0, NULL);

  g_assert_cmpuint (anm_sequences_get_n_steps (sequences), ==, 6);
  g_assert_cmpuint (anm_sequences_get_length (sequences, 0), ==, 3);
  g_assert_cmpuint (anm_sequences_get_length (sequences, 2), ==, 2);
  g_assert_cmpuint (anm_sequences_get_max_length (sequences), ==, 3);
  g_assert_cmpuint (sequences->n_columns, ==, 2);
  g_assert_true (anm_sequences_validate (sequences, NULL));
  g_assert_cmpuint (anm_sequences_get_max_length (empty), ==, 0);
  g_assert_true (anm_sequences_validate (empty, NULL));
}

static void
test_target_width (void)
{
  g_assert_cmpuint (anm_sequences_get_target_width (&(AnmTargetShape){ ANM_TARGET_NONE, 0, FALSE }), ==, 0);
  g_assert_cmpuint (anm_sequences_get_target_width (&binary), ==, 1);
  g_assert_cmpuint (anm_sequences_get_target_width (&(AnmTargetShape){ ANM_TARGET_CLASSES, 5, FALSE }), ==, 1);
  g_assert_cmpuint (anm_sequences_get_target_width (&(AnmTargetShape){ ANM_TARGET_LABELS, 5, FALSE }), ==, 5);
  g_assert_cmpuint (anm_sequences_get_target_width (&(AnmTargetShape){ ANM_TARGET_REGRESSION, 3, TRUE }), ==, 3);
}

static void
test_observed (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (NULL);

  g_assert_true (anm_sequences_is_observed (sequences, 4, 1));
  anm_sequences_set_observed (sequences, 4, 1, TRUE);
  g_assert_true (anm_sequences_is_observed (sequences, 4, 1));
  g_assert_false (anm_sequences_is_observed (sequences, 4, 0));
  g_assert_false (anm_sequences_is_observed (sequences, 5, 1));
  anm_sequences_set_observed (sequences, 5, 0, TRUE);
  anm_sequences_set_observed (sequences, 4, 1, FALSE);
  g_assert_false (anm_sequences_is_observed (sequences, 4, 1));
  g_assert_true (anm_sequences_is_observed (sequences, 5, 0));
}

static void
test_column_plan (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (NULL);
  const AnmColumn columns[] = {
    { ANM_COLUMN_STATIC, 0 }, { ANM_COLUMN_VALUE, 1 }, { ANM_COLUMN_OBSERVED, 1 }, { ANM_COLUMN_OBSERVED, 0 }, { ANM_COLUMN_GAP, 0 }
  };
  anm_real row[5];

  anm_sequences_set_columns (sequences, columns, 5);
  sequences->gaps = g_new0 (anm_real, 6 * 2);
  sequences->statics[2] = 7;
  sequences->values[5 * 2 + 1] = 11;
  sequences->gaps[5 * 2] = 13;
  anm_sequences_set_observed (sequences, 5, 1, TRUE);
  g_assert_true (anm_sequences_validate (sequences, NULL));
  anm_sequences_fill_row (sequences, 2, 1, row);
  g_assert_cmpfloat (row[0], ==, 7);
  g_assert_cmpfloat (row[1], ==, 11);
  g_assert_cmpfloat (row[2], ==, 1);
  g_assert_cmpfloat (row[3], ==, 0);
  g_assert_cmpfloat (row[4], ==, 13);
}

/* Weights n / (2 n_class), over the rows that count. */
static void
test_balance (void)
{
  g_autoptr (AnmSequences) sequences = make_sequences (&(AnmTargetShape){ ANM_TARGET_BINARY, 1, TRUE });
  const anm_real targets[] = { 1, 0, 0, 0, 1, 1 };

  for (int i = 0; i < 6; i++)
    sequences->targets[i] = targets[i];
  sequences->target_mask = g_malloc (6);
  memset (sequences->target_mask, 1, 6);
  sequences->target_mask[4] = 0;
  sequences->target_mask[5] = 0;
  anm_sequences_balance_classes (sequences);
  g_assert_cmpfloat_with_epsilon (sequences->class_weights[0], 4.0 / (2.0 * 3.0), 1e-15);
  g_assert_cmpfloat_with_epsilon (sequences->class_weights[1], 4.0 / (2.0 * 1.0), 1e-15);
}

static void
assert_refused (const AnmSequences *sequences, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (anm_sequences_validate (sequences, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” lacks “%s”", error->message, words);
}

static void
test_refusals (void)
{
  const gsize lengths[] = { 2, 0 };
  g_autoptr (AnmSequences) empty = anm_sequences_new (2, lengths, 1, 0, NULL);
  g_autoptr (AnmSequences) sequences = make_sequences (&binary);
  g_autoptr (AnmSequences) classes = make_sequences (&(AnmTargetShape){ ANM_TARGET_CLASSES, 3, FALSE });

  assert_refused (empty, "Sequence 2 has no steps");

  sequences->values[4 * 2 + 1] = NAN;
  assert_refused (sequences, "Sequence 3, step 1, channel 2");
  sequences->values[4 * 2 + 1] = 0;
  sequences->statics[1] = INFINITY;
  assert_refused (sequences, "Sequence 2, static field 1");
  sequences->statics[1] = 0;
  sequences->targets[1] = 2;
  assert_refused (sequences, "Target row 2 holds 2; allowed is 0 or 1");
  sequences->targets[1] = 1;
  sequences->weights = g_new0 (anm_real, 3);
  sequences->weights[2] = -1;
  assert_refused (sequences, "Sequence 3 has the weight -1");
  sequences->weights[2] = 1;
  anm_sequences_set_columns (sequences, &(AnmColumn){ ANM_COLUMN_GAP, 0 }, 1);
  assert_refused (sequences, "time since the last measurement");
  anm_sequences_set_columns (sequences, &(AnmColumn){ ANM_COLUMN_VALUE, 2 }, 1);
  assert_refused (sequences, "Input column 1 takes number 3, but there are only 2");
  anm_sequences_set_columns (sequences, NULL, 0);
  assert_refused (sequences, "at least one channel");

  classes->targets[0] = 2;
  g_assert_true (anm_sequences_validate (classes, NULL));
  classes->targets[0] = (anm_real) 1.5;
  assert_refused (classes, "a class from 0 to 2");
  classes->targets[0] = -1;
  assert_refused (classes, "a class from 0 to 2");
  classes->targets[0] = NAN;
  assert_refused (classes, "a class from 0 to 2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sequences/shapes", test_shapes);
  g_test_add_func ("/engine/sequences/target-width", test_target_width);
  g_test_add_func ("/engine/sequences/observed", test_observed);
  g_test_add_func ("/engine/sequences/column-plan", test_column_plan);
  g_test_add_func ("/engine/sequences/balance", test_balance);
  g_test_add_func ("/engine/sequences/refusals", test_refusals);
  return g_test_run ();
}
