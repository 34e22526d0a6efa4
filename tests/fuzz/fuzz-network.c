/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds the readers of networks and of schedules with damaged texts. Whatever comes, a text must be refused with an
 * error, or be what its canonical text says and lay out a network or say why not; the sanitizers watch the rest.
 *
 *   fuzz-network [--seconds S | --runs N] [--seed N]
 */
#include "engine/network.h"
#include "engine/schedule.h"
#include "tests/fuzz/fuzz.h"

static const char *const morsels[] = {
  ">", " > ", "(", ")", "((", "))", ",", ", ", "=", "==", " ", "\n", "\t", ".", "-", "+", "0", "1", "-1", "2", "64", "65536", "4294967296", "18446744073709551616",
  "1e9", "1e308", "1e400", "1e-400", "nan", "inf", "0x10", "0.5", "1.5", "\377", "\302", "\344\270\255", "\"", "'", "%s", "%n",
  "lstm(4)", "gru(4, reset_after=false)", "simple_rnn", "gru_d", "dense(1)", "embedding", "conv1d(4, kernel=3)", "attention", "pooling(mean)", "dropout(0.3)",
  "layer_norm", "return_sequences", "bidirectional", "activation=relu", "rate=", "kernel=", "heads=", "dilation=", "strides=", "padding=same", "tokens=", "units=",
  "forget_bias=1", "initializer=per_gate", "recurrent_dropout=0.2", "merge=sum", "step", "cosine(", "one_cycle(", "plateau(", "warmup=", "minimum=", "epochs=", "factor="
};

static const char *const networks[] = {
  "lstm(64, return_sequences) > dropout(0.3) > lstm(32) > dense(1)", "gru(16, bidirectional, reset_after=false) > dense(3, activation=softmax)",
  "simple_rnn(8, activation=relu, initializer=per_gate) > dense(1)", "gru_d(12) > dense(1, activation=sigmoid)", "embedding(16, tokens=100) > lstm(8) > dense(2)",
  "conv1d(8, kernel=3, strides=2, padding=same, activation=relu) > pooling(max) > dense(4)", "lstm(6, return_sequences) > attention(heads=2) > dense(1)",
  "gru(5, return_sequences, recurrent_dropout=0.2) > layer_norm > dense(1)", "dense(1)",
};

static const char *const schedules[] = {
  "constant", "step(every=10, factor=0.5)", "exponential(every=1, factor=0.9, minimum=1e-6)", "cosine(epochs=20, minimum=1e-5, warmup=2)",
  "one_cycle(epochs=20, rise=0.3, start=25, end=10000)", "plateau(patience=3, factor=0.5, min_delta=0.001, cooldown=1)",
};

static void
fill (const char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *name = g_strdup_printf ("network-%u", i);

      write_start (folder, name, networks[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (schedules); i++)
    {
      g_autofree char *name = g_strdup_printf ("schedule-%u", i);

      write_start (folder, name, schedules[i]);
    }
}

static void
check_error (gboolean done,
             const GError *error)
{
  g_assert_true (done == (error == NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == ANM_ENGINE_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
lay_out (const AnmNetworkSpec *spec,
         const AnmTargetShape *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetwork) network = anm_network_new (spec, 3, target, &error);

  check_error (network != NULL, error);
  if (network != NULL)
    g_assert_cmpuint (anm_network_get_n_layers (network), ==, spec->n_layers);
}

static gboolean
try_network (const char *text)
{
  static const AnmTargetShape targets[] = {
    { .kind = ANM_TARGET_BINARY, .n_outputs = 1 }, { .kind = ANM_TARGET_CLASSES, .n_outputs = 3, .per_step = TRUE },
    { .kind = ANM_TARGET_REGRESSION, .n_outputs = 2 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  g_autoptr (AnmNetworkSpec) again = NULL;
  g_autofree char *canonical = NULL, *canonical_again = NULL;

  check_error (spec != NULL, error);
  if (spec == NULL)
    return FALSE;
  canonical = anm_network_spec_to_text (spec);
  again = anm_network_spec_parse (canonical, &error);
  g_assert_no_error (error);
  g_assert_true (anm_network_spec_equal (spec, again));
  canonical_again = anm_network_spec_to_text (again);
  g_assert_cmpstr (canonical, ==, canonical_again);
  lay_out (spec, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (AnmNetworkSpec) fitted = anm_network_spec_copy (spec);

      lay_out (spec, &targets[i]);
      anm_network_spec_fit_tokens (fitted, 7);
      anm_network_spec_fit_output (fitted, &targets[i]);
      lay_out (fitted, &targets[i]);
    }
  return TRUE;
}

static gboolean
try_schedule (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *canonical = NULL;
  AnmSchedule schedule, again;
  gboolean read = anm_schedule_parse (&schedule, text, &error);

  check_error (read, error);
  if (!read)
    return FALSE;
  canonical = anm_schedule_to_text (&schedule);
  anm_schedule_parse (&again, canonical, &error);
  g_assert_no_error (error);
  g_assert_true (anm_schedule_equal (&schedule, &again));
  return TRUE;
}

/* Mostly sound, since of damaged texts few are read. */
static char *
compose (guint64 seed,
         guint64 run)
{
  static const struct
  {
    const char *name;
    const char *arguments[10];
  } layers[] = {
    { "lstm", { "4", "return_sequences", "bidirectional", "dropout=0.1", "recurrent_dropout=0.9", "forget_bias=0", "initializer=per_gate", "layer_norm", "65536", "0" } },
    { "gru", { "3", "return_sequences", "reset_after=false", "bidirectional", "return_sequences=false", "dropout=1", "initializer=per_gate", "layer_norm", "units=7", "-1" } },
    { "simple_rnn", { "2", "return_sequences", "activation=relu", "activation=sigmoid", "bidirectional", "initializer=per_gate", "dropout=0.5", "return_sequences=true", "1.5", "activation=x" } },
    { "gru_d", { "5", "return_sequences", "dropout=0.1", "recurrent_dropout=0.1", "initializer=per_gate", "return_sequences=false", "bidirectional", "units=2", "7", "" } },
    { "dense", { "1", "3", "activation=softmax", "activation=sigmoid", "activation=linear", "2", "65537", "units=4", "activation=relu", "0" } },
    { "embedding", { "8", "combine=mean", "combine=sum", "tokens=9", "tokens=0", "4294967296", "units=3", "1", "tokens=100", "x" } },
    { "conv1d", { "4", "kernel=3", "strides=2", "dilation=4", "padding=same", "padding=causal", "padding=valid", "activation=relu", "kernel=0", "strides=2" } },
    { "attention", { "additive", "dot", "self", "heads=2", "units=6", "heads=3", "return_sequences", "0", "kind=self", "4" } },
    { "pooling", { "mean", "max", "last", "kind=max", "mean", "0", "max", "last", "mean", "none" } },
    { "dropout", { "0.3", "rate=0.2", "noise=sequence", "noise=element", "0", "1", "rate=1", "0.999", "-0.1", "nan" } },
    { "layer_norm", { "epsilon=0.001", "epsilon=0", "epsilon=1", "center=false", "scale=false", "1", "", "epsilon=1e-30", "epsilon=-1", "epsilon=x" } },
  };
  GString *text = g_string_new (NULL);
  guint64 index = 0;
#define BELOW(bound) ((guint) anm_random_below (seed, run * 2 + 1, index++, (bound)))
  guint n_layers = 1 + BELOW (5);

  for (guint i = 0; i < n_layers; i++)
    {
      guint layer = i + 1 == n_layers && BELOW (2) == 0 ? 4 : BELOW (G_N_ELEMENTS (layers));
      guint n_arguments = BELOW (4);

      g_string_append_printf (text, "%s%s(", i > 0 ? " > " : "", layers[layer].name);
      for (guint k = 0; k < n_arguments; k++)
        g_string_append_printf (text, "%s%s", k > 0 ? ", " : "", layers[layer].arguments[k == 0 ? 0 : BELOW (10)]);
      g_string_append_c (text, ')');
    }
#undef BELOW
  return g_string_free (text, FALSE);
}

static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  gboolean network = g_str_has_prefix (start->name, "network");
  g_autofree char *text = network && run % 2 == 0 ? compose (seed, run) : damage_text (start, morsels, G_N_ELEMENTS (morsels), seed, run);

  return network ? try_network (text) : try_schedule (text);
}

int
main (int argc,
      char *argv[])
{
  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  return fuzz_made (argc, argv, fill, try_damaged);
}
