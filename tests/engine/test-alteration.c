/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Networks taken in hand: clamped gates against what the probe sees at every step, silenced units against
 * networks that never had them, and the text form there and back.
 */
#include "cases.h"

#include "engine/alteration.h"
#include "engine/probe.h"

#include <math.h>
#include <string.h>

static AnmAlteration
parse (AnmNetwork *network, const char *text)
{
  AnmAlteration alteration;
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_alteration_parse (&alteration, network, text, &error));
  g_assert_no_error (error);
  return alteration;
}

static void
apply (AnmNetwork *network, anm_real *parameters, const char *text)
{
  const AnmAlteration alteration = parse (network, text);
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_alteration_apply (&alteration, network, parameters, &error));
  g_assert_no_error (error);
}

/* Clamped gates */

typedef struct
{
  const char *network;
  const char *alteration;
  const char *symbol; /* the trace that must hold still */
  guint       unit;
  double      value;
} ClampCase;

static const ClampCase clamp_cases[] = {
  { "lstm(5) > dense(1)", "lstm_1[2].f = 1", "f", 1, 1.0 },
  { "lstm(5) > dense(1)", "lstm_1[5].i = 0", "i", 4, 0.0 },
  { "lstm(5) > dense(1)", "lstm_1[1].o = 0.25", "o", 0, 0.25 },
  { "lstm(5) > dense(1)", "lstm_1[3].g = -0.5", "g", 2, -0.5 },
  { "lstm(5) > dense(1)", "lstm_1[3].g = 1", "g", 2, 1.0 },
  { "lstm(4, layer_norm) > dense(1)", "lstm_1[2].f = 1", "f", 1, 1.0 },
  { "gru(4) > dense(1)", "gru_1[2].z = 0", "z", 1, 0.0 },
  { "gru(4) > dense(1)", "gru_1[2].h~ = 0.75", "h~", 1, 0.75 },
  { "gru(4, reset_after=false) > dense(1)", "gru_1[4].r = 1", "r", 3, 1.0 },
  { "gru(4, reset_after=false) > dense(1)", "gru_1[4].h~ = -0.125", "h~", 3, -0.125 },
  { "gru(4, layer_norm) > dense(1)", "gru_1[1].z = 0.5", "z", 0, 0.5 },
  { "gru_d(4) > dense(1)", "gru_d_1[3].z = 1", "z", 2, 1.0 },
  { "gru_d(4) > dense(1)", "gru_d_1[3].gamma_h = 1", "gamma_h", 2, 1.0 },
  { "simple_rnn(4) > dense(1)", "simple_rnn_1[2].h = 0.5", "h", 1, 0.5 },
  { "simple_rnn(4, activation=relu) > dense(1)", "simple_rnn_1[2].h = 3", "h", 1, 3.0 },
  { "lstm(3, bidirectional) > dense(1)", "%s[2].←f = 1", "←f", 1, 1.0 },
  { "lstm(3, bidirectional) > dense(1)", "%s[2].f = 0.5", "→f", 1, 0.5 },
};

static void
check_clamp (gconstpointer data)
{
  const ClampCase *self = data;
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 3);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (self->network, sequences, 4, &parameters);
  g_autofree anm_real *before = g_memdup2 (parameters, anm_network_get_n_parameters (network) * sizeof (anm_real));
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autoptr (GString) text = g_string_new (self->alteration);
  gsize n_changed = 0;

  g_string_replace (text, "%s", anm_network_get_layer_name (network, 0), 1);
  apply (network, parameters, text->str);
  for (gsize s = 0; s < sequences->n_sequences; s++)
    {
      AnmTrace trace;

      anm_probe_run (probe, parameters, sequences, s, FALSE);
      g_assert_true (anm_probe_get_trace (probe, 0, self->symbol, &trace));
      for (guint t = 0; t < trace.n_steps; t++)
        g_assert_cmpfloat_with_epsilon ((double) trace.values[t * trace.n_units + self->unit], self->value, 1e-6 * MAX (1.0, fabs (self->value)));
    }
  /* What leads to this unit's sum and nothing else. */
  for (gsize i = 0; i < anm_network_get_n_parameters (network); i++)
    n_changed += parameters[i] != before[i];
  g_assert_cmpuint (n_changed, >, 0);
  g_assert_cmpuint (n_changed, <=, 4 + CASE_N_CHANNELS + 5 + 3);
}

/* The gate holds, and the rest of the network follows its equations with it: c_t = f c_{t-1} + i_t g_t for the
 * f that was asked for, and other units' first step as it was. */
static void
check_consequences (void)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 5);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(5) > dense(1)", sequences, 6, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autofree anm_real *first = NULL;
  AnmTrace c, i, g;

  anm_probe_run (probe, parameters, sequences, 0, FALSE);
  g_assert_true (anm_probe_get_trace (probe, 0, "c", &c));
  first = g_memdup2 (c.values, c.n_steps * c.n_units * sizeof (anm_real));
  apply (network, parameters, "lstm_1[4].f = 1");
  anm_probe_run (probe, parameters, sequences, 0, FALSE);
  g_assert_true (anm_probe_get_trace (probe, 0, "c", &c));
  g_assert_true (anm_probe_get_trace (probe, 0, "i", &i));
  g_assert_true (anm_probe_get_trace (probe, 0, "g", &g));
  for (guint t = 1; t < c.n_steps; t++)
    g_assert_cmpfloat_with_epsilon ((double) c.values[t * 5 + 3],
                                    (double) c.values[(t - 1) * 5 + 3] + (double) (i.values[t * 5 + 3] * g.values[t * 5 + 3]), 1e-6);
  for (guint j = 0; j < 5; j++)
    g_assert_cmpfloat ((double) c.values[j], ==, (double) first[j]);
  g_assert_cmpfloat (fabs ((double) (c.values[5 * 5 + 3] - first[5 * 5 + 3])), >, 1e-4);
}

/* Silenced units */

/* Where the weights of all but unit @unit of layer 0 stand in the network that has it. @gates: blocks of columns; the
 * network is RECURRENT(n) > dense(1). */
static void
remove_unit (const AnmNetwork *from, const anm_real *parameters, const AnmNetwork *to, anm_real *fewer, guint n_units, guint unit)
{
  guint n_parameters;
  const AnmParameter *a = anm_network_get_parameters (from, &n_parameters), *b = anm_network_get_parameters (to, &n_parameters);

  for (guint p = 0; p < n_parameters; p++)
    {
      gboolean rows_are_units = a[p].n_rows == n_units && b[p].n_rows == n_units - 1;
      gboolean columns_are_units = a[p].n_columns != b[p].n_columns;
      anm_real *next = fewer + b[p].offset;

      for (guint row = 0; row < a[p].n_rows; row++)
        for (guint column = 0; column < a[p].n_columns; column++)
          if (!(rows_are_units && row == unit) && !(columns_are_units && column % n_units == unit))
            *next++ = parameters[a[p].offset + (gsize) row * a[p].n_columns + column];
      g_assert_true (next == fewer + b[p].offset + (gsize) b[p].n_rows * b[p].n_columns);
    }
}

static void
check_silence (gconstpointer data)
{
  const char *layer = data;
  const guint n_units = 6, unit = 2;
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 7);
  g_autofree char *larger = g_strdup_printf (layer, n_units), *smaller = g_strdup_printf (layer, n_units - 1);
  g_autofree anm_real *parameters = NULL, *fewer = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (larger, sequences, 8, &parameters);
  g_autoptr (AnmNetwork) without = make_case_network (smaller, sequences, 8, &fewer);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autoptr (AnmProbe) twin = anm_probe_new (without, ANM_LOSS_BINARY_CROSS_ENTROPY);
  g_autofree char *text = g_strdup_printf ("%s[%u]=0", anm_network_get_layer_name (network, 0), unit + 1);

  remove_unit (network, parameters, without, fewer, n_units, unit);
  apply (network, parameters, text);
  for (gsize s = 0; s < sequences->n_sequences; s++)
    {
      AnmTrace h;
      guint n_outputs;
      gsize n_steps;

      anm_probe_run (probe, parameters, sequences, s, FALSE);
      anm_probe_run (twin, fewer, sequences, s, FALSE);
      g_assert_true (anm_probe_get_trace (probe, 0, "h", &h) || anm_probe_get_trace (probe, 0, "y", &h));
      for (guint t = 0; t < h.n_steps; t++)
        g_assert_cmpfloat ((double) h.values[t * h.n_units + unit], ==, 0.0);
      n_steps = anm_probe_get_n_steps (probe);
      for (gsize t = 0; t < n_steps; t++)
        g_assert_cmpfloat_with_epsilon ((double) anm_probe_get_prediction (probe, &n_outputs)[t],
                                        (double) anm_probe_get_prediction (twin, &n_outputs)[t], 1e-6);
    }
}

static const char *const silenced[] = {
  "lstm(%u) > dense(1)", "gru(%u) > dense(1)", "gru(%u, reset_after=false) > dense(1)", "simple_rnn(%u) > dense(1)", "gru_d(%u) > dense(1)",
  "dense(%u, activation=tanh) > pooling(mean) > dense(1)",
};

/* Sums are normalised over all units, so there is no smaller twin; but the state is 0. */
static void
check_silence_normalized (void)
{
  static const char *const texts[] = { "lstm(5, layer_norm) > dense(1)", "gru(5, layer_norm) > dense(1)", "simple_rnn(5, layer_norm) > dense(1)" };
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_SKIP, &target, 9);

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (texts[k], sequences, 10, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
      g_autofree char *text = g_strdup_printf ("%s[4] = 0", anm_network_get_layer_name (network, 0));
      AnmTrace h;

      apply (network, parameters, text);
      anm_probe_run (probe, parameters, sequences, 0, FALSE);
      g_assert_true (anm_probe_get_trace (probe, 0, "h", &h));
      for (guint t = 0; t < h.n_steps; t++)
        g_assert_cmpfloat ((double) h.values[t * h.n_units + 3], ==, 0.0);
    }
}

static void
check_bidirectional (void)
{
  static const char *const merges[] = { "concat", "sum", "mean" };
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 11);

  for (guint k = 0; k < G_N_ELEMENTS (merges); k++)
    {
      g_autofree char *spec = g_strdup_printf ("gru(4, bidirectional=%s) > dense(1)", merges[k]);
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (spec, sequences, 12, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_BINARY_CROSS_ENTROPY);
      guint unit = k == 0 ? 6 : 2;
      g_autofree char *text = g_strdup_printf ("%s[%u] = 0", anm_network_get_layer_name (network, 0), unit + 1);
      AnmTrace h;

      apply (network, parameters, text);
      anm_probe_run (probe, parameters, sequences, 1, FALSE);
      g_assert_true (anm_probe_get_trace (probe, 0, "h", &h));
      for (guint t = 0; t < h.n_steps; t++)
        {
          g_assert_cmpfloat ((double) h.values[t * h.n_units + unit], ==, 0.0);
          g_assert_cmpfloat (fabs ((double) h.values[t * h.n_units + (unit + 1) % h.n_units]), >, 0.0);
        }
    }
}

/* Weights and text */

static void
check_text (void)
{
  static const char *const texts[] = {
    "lstm_1[3] = 0", "lstm_1[3].f = 1", "lstm_1[5].g = -0.5", "lstm_1.kernel[3, 20] = 0.5", "lstm_1.bias[1, 6] = 0.100000001", "dense_1.kernel[5, 1] = -1e-05",
  };
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 13);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(5) > dense(1)", sequences, 14, &parameters);

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      const AnmAlteration alteration = parse (network, texts[k]);
      g_autofree char *text = anm_alteration_to_text (&alteration, network);
      const AnmAlteration again = parse (network, text);

      g_assert_cmpstr (text, ==, texts[k]);
      g_assert_true (anm_alteration_is_of_same (&alteration, &again));
    }
  g_assert_cmpstr (anm_alteration_get_gate_label (network, 0, ANM_DIRECTION_FORWARDS, "f"), ==, "Forget gate");
  g_assert_null (anm_alteration_get_gate_label (network, 0, ANM_DIRECTION_FORWARDS, "c"));
  g_assert_null (anm_alteration_get_gate_label (network, 1, ANM_DIRECTION_FORWARDS, "f"));
  apply (network, parameters, "dense_1.kernel[5,1]=-2");
  {
    guint n;
    const AnmParameter *table = anm_network_get_parameters (network, &n);

    for (guint p = 0; p < n; p++)
      if (g_str_equal (table[p].name, "dense_1.kernel"))
        g_assert_cmpfloat ((double) parameters[table[p].offset + 4], ==, -2.0);
  }
}

static void
check_refusals (void)
{
  static const char *const refusals[][2] = {
    { "", "*doesn't say what to alter*" },
    { "lstm_1[3]", "*doesn't say what to alter*" },
    { "lstm_1[0] = 0", "*doesn't say what to alter*" },
    { "lstm_1[3] = 1", "*doesn't say what to alter*" },
    { "lstm_1[3].f = x", "*doesn't say what to alter*" },
    { "lstm_1[3].f = nan", "*doesn't say what to alter*" },
    { "lstm_1[3].aveeeeeeeeeeerylongsymbol = 1", "*doesn't say what to alter*" },
    { "lstm_9[3] = 0", "*no layer “lstm_9”*lstm_1, dense_1*" },
    { "lstm_1[6] = 0", "*no unit 6: it has 5*" },
    { "lstm_1[6].f = 0", "*no unit 6: it has 5*" },
    { "lstm_1[3].z = 0", "*no “z” that can be held*i, f, g, o*" },
    { "lstm_1[3].c = 0", "*no “c” that can be held*" },
    { "lstm_1[3].←f = 0", "*reads forwards only*" },
    { "lstm_1[3].f = 1.5", "*can't be held at 1.5*from 0 to 1*" },
    { "lstm_1.kernel[9, 1] = 1", "*no weight [9, 1]*4 rows and 20 columns*" },
    { "lstm_1.kern[1, 1] = 1", "*no weights “lstm_1.kern”*lstm_1.kernel*" },
    { "dense_1[1] = 0", "*activation is never 0*" },
  };
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 15);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(5) > dense(1, activation=sigmoid)", sequences, 16, &parameters);

  for (guint k = 0; k < G_N_ELEMENTS (refusals); k++)
    {
      AnmAlteration alteration;
      g_autoptr (GError) error = NULL;

      g_assert_false (anm_alteration_parse (&alteration, network, refusals[k][0], &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NETWORK);
      if (!g_pattern_match_simple (refusals[k][1], error->message))
        g_error ("“%s” is refused with: %s", refusals[k][0], error->message);
    }
}

/* Every weight of a layer leads to one gate of one unit, and is listed there once. */
static void
check_weights (gconstpointer data)
{
  const AnmTargetShape target = { ANM_TARGET_BINARY, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_FULL, &target, 17);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (data, sequences, 18, &parameters);
  gsize n_reals = anm_network_get_n_parameters (network), n_listed = 0;
  g_autofree guint8 *listed = g_new0 (guint8, n_reals);
  guint n_table;
  const AnmParameter *table = anm_network_get_parameters (network, &n_table);

  for (guint layer = 0; layer < 2; layer++)
    for (guint direction = 0; direction < 2; direction++)
      {
        g_auto (GStrv) gates = anm_alteration_list_gates (network, layer, direction);
        guint n_gates = g_strv_length (gates);

        /* The dense layer has no gates and one direction. */
        for (guint k = 0; k < (n_gates > 0 ? n_gates : direction == 0 ? 1 : 0); k++)
          for (guint unit = 0; unit < 5; unit++)
            {
              g_autoptr (GArray) places = anm_alteration_list_weights (network, layer, direction, gates[k], unit);

              for (guint i = 0; i < places->len; i++)
                {
                  const AnmWeightPlace *place = &g_array_index (places, AnmWeightPlace, i);
                  const AnmParameter *parameter = &table[place->parameter];

                  g_assert_cmpuint (parameter->layer, ==, layer);
                  g_assert_cmpuint (place->row, <, parameter->n_rows);
                  g_assert_cmpuint (place->column, <, parameter->n_columns);
                  g_assert_true ((place->operand == NULL) ==
                                 (parameter->kind == ANM_PARAMETER_BIAS || parameter->kind == ANM_PARAMETER_RECURRENT_BIAS ||
                                  (parameter->n_rows == 1 && strstr (parameter->name, "bias") != NULL)));
                  listed[parameter->offset + (gsize) place->row * parameter->n_columns + place->column]++;
                  n_listed++;
                }
            }
      }
  g_assert_cmpuint (n_listed, ==, n_reals);
  for (gsize i = 0; i < n_reals; i++)
    g_assert_cmpuint (listed[i], ==, 1);
}

static const char *const listed_cases[] = {
  "lstm(5) > dense(1)", "gru(5) > dense(1)", "gru(5, reset_after=false) > dense(1)", "simple_rnn(5) > dense(1)", "lstm(5, bidirectional) > dense(1)",
  "lstm(5, layer_norm) > dense(1)",
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (clamp_cases); k++)
    {
      g_autofree char *path = g_strdup_printf ("/alteration/gate/%u", k);

      g_test_add_data_func (path, &clamp_cases[k], check_clamp);
    }
  g_test_add_func ("/alteration/gate/consequences", check_consequences);
  for (guint k = 0; k < G_N_ELEMENTS (silenced); k++)
    {
      g_autofree char *path = g_strdup_printf ("/alteration/unit/%u", k);

      g_test_add_data_func (path, silenced[k], check_silence);
    }
  g_test_add_func ("/alteration/unit/normalized", check_silence_normalized);
  g_test_add_func ("/alteration/unit/bidirectional", check_bidirectional);
  g_test_add_func ("/alteration/text", check_text);
  g_test_add_func ("/alteration/refusals", check_refusals);
  for (guint k = 0; k < G_N_ELEMENTS (listed_cases); k++)
    {
      g_autofree char *path = g_strdup_printf ("/alteration/weights/%u", k);

      g_test_add_data_func (path, listed_cases[k], check_weights);
    }
  return g_test_run ();
}
