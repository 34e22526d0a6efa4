/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shares of flat places and dead units against counts over the naive twin.
 */
#include "cases.h"
#include "naive.h"

#include "engine/saturation.h"

static const double *
get_plane (const NaiveLayer *layer, const char *symbol)
{
  if (g_str_has_prefix (symbol, "→"))
    return get_plane (&layer->halves[0], symbol + strlen ("→"));
  if (g_str_has_prefix (symbol, "←"))
    return get_plane (&layer->halves[1], symbol + strlen ("←"));
  return g_str_equal (symbol, "h") ? layer->h : g_str_equal (symbol, "i") ? layer->i : g_str_equal (symbol, "f") ? layer->f
         : g_str_equal (symbol, "g") ? layer->g : g_str_equal (symbol, "o") ? layer->o : g_str_equal (symbol, "z") ? layer->z
         : g_str_equal (symbol, "r") ? layer->r : g_str_equal (symbol, "h~") ? layer->candidate : g_str_equal (symbol, "y") ? layer->y
         : g_str_equal (symbol, "gamma_h") ? layer->gamma_h : g_str_equal (symbol, "tanh c^") ? layer->bent : layer->c;
}

static void
check (const char *text, const char *const *symbols, CaseShape shape, double scale)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (shape, &target, 9);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (text, sequences, 10, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autoptr (AnmSaturations) found = NULL;

  /* Large weights, so that there is something to count. */
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] *= (anm_real) scale;
  found = anm_saturations_new (network, parameters, sequences, ANM_SATURATION_MARGIN, pool, NULL);
  g_assert_cmpuint (found->n_sequences, ==, sequences->n_sequences);
  g_assert_cmpuint (found->n_items, ==, g_strv_length ((char **) symbols));
  for (guint k = 0; k < found->n_items; k++)
    {
      const AnmSaturation *item = &found->items[k];
      guint64 n_low_all = 0, n_high_all = 0, n_steps = 0;
      guint n_dead = 0;

      g_assert_cmpstr (item->symbol, ==, symbols[k]);
      for (guint j = 0; j < item->n_units; j++)
        {
          guint64 n_low = 0, n_high = 0;
          double sum = 0.0;

          n_steps = 0;
          for (gsize s = 0; s < sequences->n_sequences; s++)
            {
              g_autoptr (NaiveRun) run = naive_run (network, parameters, ANM_LOSS_BINARY_CROSS_ENTROPY, sequences, s, NULL);
              const NaiveLayer *layer = &run->layers[item->layer];
              const double *plane = get_plane (layer, item->symbol);
              gboolean of_output = g_str_equal (item->symbol, "y");
              const guint8 *skip = sequences->skip == NULL ? NULL : sequences->skip + sequences->offsets[s];

              if (of_output)
                skip = layer->output_skip;
              else if (item->layer > 0)
                skip = anm_layer_get_gives_sequences (anm_network_get_layer (network, item->layer - 1)) ? run->layers[item->layer - 1].output_skip : NULL;
              for (guint t = 0; t < (of_output ? layer->n_output_steps : layer->n_steps); t++)
                {
                  double value = plane[(gsize) t * item->n_units + j];

                  if (skip != NULL && skip[t])
                    continue;
                  if (g_str_has_suffix (item->symbol, "tanh c"))
                    value = tanh (value);
                  n_steps++;
                  sum += value;
                  if (item->kind == ANM_SATURATION_RELU)
                    n_low += value <= 0.0;
                  else if (item->kind == ANM_SATURATION_GATE)
                    {
                      n_low += value < 0.05;
                      n_high += value > 0.95;
                    }
                  else
                    {
                      n_low += value < -0.95;
                      n_high += value > 0.95;
                    }
                }
            }
          g_assert_cmpuint (item->n_steps, ==, n_steps);
          g_assert_cmpfloat_with_epsilon (item->low[j], (double) n_low / (double) n_steps, 1e-12);
          g_assert_cmpfloat_with_epsilon (item->high[j], (double) n_high / (double) n_steps, 1e-12);
          g_assert_cmpfloat_with_epsilon (item->mean[j], sum / (double) n_steps, 1e-5 * (1 + fabs (sum)));
          n_dead += item->kind == ANM_SATURATION_RELU && n_low == n_steps;
          n_low_all += n_low;
          n_high_all += n_high;
        }
      g_assert_cmpuint (item->n_dead, ==, n_dead);
      g_assert_cmpfloat_with_epsilon (item->low_share, (double) n_low_all / (double) (n_steps * item->n_units), 1e-12);
      g_assert_cmpfloat_with_epsilon (item->high_share, (double) n_high_all / (double) (n_steps * item->n_units), 1e-12);
    }
}

#define SYMBOLS(...) (const char *const[]) { __VA_ARGS__, NULL }

static void
test_counts (void)
{
  const CaseShape shapes[] = { SHAPE_RAGGED, SHAPE_SKIP };

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    {
      check ("simple_rnn(5) > dense(1)", SYMBOLS ("h"), shapes[s], 2.0);
      check ("simple_rnn(5, activation=sigmoid) > dense(1, activation=sigmoid)", SYMBOLS ("h", "y"), shapes[s], 4.0);
      check ("simple_rnn(7, activation=relu) > dense(5, activation=relu) > dense(1)", SYMBOLS ("h", "y"), shapes[s], 0.7);
      check ("dense(4, activation=tanh) > lstm(4) > dense(1)", SYMBOLS ("y", "i", "f", "g", "o", "tanh c", "h"), shapes[s], 4.0);
      check ("lstm(4, layer_norm) > dense(1)", SYMBOLS ("i", "f", "g", "o", "tanh c^", "h"), shapes[s], 2.0);
      check ("gru_d(5) > dense(1)", SYMBOLS ("gamma_h", "z", "r", "h~", "h"), shapes[s], 4.0);
      check ("conv1d(4, kernel=3, activation=relu, strides=2, padding=same) > gru(3) > dense(1)", SYMBOLS ("y", "z", "r", "h~", "h"), shapes[s], 2.0);
      check ("gru(5) > dense(1)", SYMBOLS ("z", "r", "h~", "h"), shapes[s], 4.0);
      check ("gru(5, reset_after=false, return_sequences) > gru(3) > dense(1)", SYMBOLS ("z", "r", "h~", "h", "z", "r", "h~", "h"), shapes[s], 4.0);
      check ("lstm(3, bidirectional) > dense(1)",
             SYMBOLS ("→i", "→f", "→g", "→o", "→tanh c", "→h", "←i", "←f", "←g", "←o", "←tanh c", "←h"), shapes[s], 4.0);
    }
}

/* A unit that never opens, and the factors by which a unit keeps what it held. */
static void
test_dead (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 9);
  g_autofree anm_real *parameters = NULL;
  g_autofree anm_real *gated = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("simple_rnn(3, activation=relu) > dense(1)", sequences, 10, &parameters);
  g_autoptr (AnmNetwork) lstm = make_case_network ("lstm(2, return_sequences) > gru(2) > dense(1)", sequences, 10, &gated);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmSaturations) found = NULL;
  g_autoptr (AnmSaturations) keeping = NULL;

  memset (parameters, 0, anm_network_get_n_parameters (network) * sizeof *parameters);
  parameters[4 * 3 + 9] = -1; /* the biases */
  parameters[4 * 3 + 10] = 1;
  parameters[4 * 3 + 11] = (anm_real) -0.5;
  found = anm_saturations_new (network, parameters, sequences, ANM_SATURATION_MARGIN, pool, NULL);
  g_assert_cmpuint (found->items[0].n_dead, ==, 2);
  g_assert_cmpfloat (found->items[0].low[0], ==, 1.0);
  g_assert_cmpfloat (found->items[0].low[1], ==, 0.0);
  g_assert_cmpfloat (found->items[0].mean[1], ==, 1.0);

  keeping = anm_saturations_new (lstm, gated, sequences, ANM_SATURATION_MARGIN, pool, NULL);
  for (guint k = 0; k < keeping->n_items; k++)
    g_assert_cmpint (keeping->items[k].keeps, ==, g_str_equal (keeping->items[k].symbol, "f") ? 1 : g_str_equal (keeping->items[k].symbol, "z") ? -1 : 0);
}

/* Many sequences: the same bits whatever the threads. */
static void
test_bits (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autofree gsize *lengths = g_new (gsize, 1500);
  g_autoptr (AnmSequences) columns = make_batch (SHAPE_FULL, &target, 9);
  g_autoptr (AnmSequences) sequences = NULL;
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(4) > dense(1)", columns, 10, &parameters);
  const guint threads[] = { 1, 2, 7 };
  g_autoptr (AnmSaturations) first = NULL;
  int stop = 1;

  for (gsize i = 0; i < 1500; i++)
    lengths[i] = 1 + anm_random_below (1, 1, i, 9);
  sequences = anm_sequences_new (1500, lengths, 4, 0, NULL);
  for (gsize i = 0; i < anm_sequences_get_n_steps (sequences) * 4; i++)
    sequences->values[i] = (anm_real) (3 * anm_random_normal (1, 2, i));
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (AnmPool) pool = anm_pool_new (threads[i]);
      AnmSaturations *found = anm_saturations_new (network, parameters, sequences, ANM_SATURATION_MARGIN, pool, NULL);

      g_assert_null (anm_saturations_new (network, parameters, sequences, ANM_SATURATION_MARGIN, pool, &stop));
      if (first == NULL)
        {
          first = found;
          continue;
        }
      for (guint k = 0; k < found->n_items; k++)
        {
          gsize size = found->items[k].n_units * sizeof (double);

          g_assert_cmpmem (found->items[k].mean, size, first->items[k].mean, size);
          g_assert_cmpmem (found->items[k].low, size, first->items[k].low, size);
          g_assert_cmpmem (found->items[k].high, size, first->items[k].high, size);
        }
      anm_saturations_free (found);
    }
}

/* Weights that aren't numbers, and layers of which nothing can be said. */
/* A wider margin holds at least as much, and the counter comes to all sequences. */
static void
test_margin (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 9);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(4) > dense(1)", sequences, 10, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  static const double margins[] = { 0.01, 0.05, 0.4 };
  double before = -1;

  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] *= 4;
  for (guint i = 0; i < G_N_ELEMENTS (margins); i++)
    {
      int counted = 0;
      gsize n_with_steps = 0;
      double share = 0;

      anm_pool_set_counter (pool, &counted);
      g_autoptr (AnmSaturations) found = anm_saturations_new (network, parameters, sequences, margins[i], pool, NULL);
      anm_pool_set_counter (pool, NULL);
      for (gsize s = 0; s < sequences->n_sequences; s++)
        n_with_steps += anm_sequences_get_length (sequences, s) > 0;
      g_assert_cmpuint ((guint) counted, ==, n_with_steps);
      g_assert_cmpfloat (found->margin, ==, margins[i]);
      for (guint k = 0; k < found->n_items; k++)
        share += found->items[k].low_share + found->items[k].high_share;
      g_assert_cmpfloat (share, >, before);
      before = share;
    }
}

static void
test_nothing (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 9);
  g_autoptr (AnmSequences) empty = anm_sequences_new (0, NULL, 4, 0, NULL);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("gru(2) > dense(1)", sequences, 10, &parameters);
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmSaturations) of_none = anm_saturations_new (network, parameters, empty, ANM_SATURATION_MARGIN, pool, NULL);
  g_autoptr (AnmSaturations) found = NULL;

  g_assert_cmpuint (of_none->items[0].n_steps, ==, 0);
  g_assert_true (isnan (of_none->items[0].low_share) && isnan (of_none->items[0].mean[1]));
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    parameters[i] = (anm_real) NAN;
  found = anm_saturations_new (network, parameters, sequences, ANM_SATURATION_MARGIN, pool, NULL);
  g_assert_cmpuint (found->items[0].n_steps, ==, 30);
  g_assert_cmpfloat (found->items[0].low_share, ==, 0.0);
  g_assert_cmpfloat (found->items[0].high_share, ==, 0.0);
  g_assert_true (isnan (found->items[0].mean[0]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/saturation/counts", test_counts);
  g_test_add_func ("/engine/saturation/dead", test_dead);
  g_test_add_func ("/engine/saturation/bits", test_bits);
  g_test_add_func ("/engine/saturation/margin", test_margin);
  g_test_add_func ("/engine/saturation/nothing", test_nothing);
  return g_test_run ();
}
