/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/engine/trainer-cases.h"

#include <stdatomic.h>

/*
 * The same bits, whatever happens around a run: any number of threads, another
 * trainer on the same pool, interruptions, a restart from a saved state.
 */

#define N_EPOCHS 3

typedef struct
{
  const char *network;
  AnmOptimizerKind optimizer;
  guint batch_size;
  const char *schedule; /* nullable */
  void (*set) (AnmHyperparameters *hyperparameters); /* nullable */
} Arm;

static void
set_penalties (AnmHyperparameters *hyperparameters)
{
  hyperparameters->kernel_l1 = 1e-3;
  hyperparameters->recurrent_l2 = 1e-2;
  hyperparameters->bias_l2 = 1e-3;
  hyperparameters->balanced_classes = TRUE;
}

static void
set_focal (AnmHyperparameters *hyperparameters)
{
  hyperparameters->loss = ANM_LOSS_BINARY_FOCAL;
  hyperparameters->loss_options.focal_balanced = TRUE;
  hyperparameters->amsgrad = TRUE;
  hyperparameters->n_class_weights = 2;
  hyperparameters->class_weights[0] = 0.75;
  hyperparameters->class_weights[1] = 1.5;
}

static void
set_truncation (AnmHyperparameters *hyperparameters)
{
  hyperparameters->truncation_k1 = 2;
  hyperparameters->truncation_k2 = 5;
  hyperparameters->centered = TRUE;
}

static void
set_deep_supervision (AnmHyperparameters *hyperparameters)
{
  hyperparameters->deep_supervision = 0.5;
  hyperparameters->convergence = 1e-9;
  hyperparameters->convergence_epochs = 2;
}

static void
set_deep_truncation (AnmHyperparameters *hyperparameters)
{
  set_truncation (hyperparameters);
  set_deep_supervision (hyperparameters);
}

static const Arm arms[] = {
  { "simple_rnn(9) > dense(1)", ANM_OPTIMIZER_SGD, 32 },
  { "lstm(7, return_sequences) > gru(5) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "gru(6) > dense(4, activation=relu) > dense(1)", ANM_OPTIMIZER_RMSPROP, 0 },
  { "lstm(5, bidirectional, return_sequences) > gru(4, bidirectional=mean) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "gru(5, dropout=0.3, recurrent_dropout=0.4, bidirectional, return_sequences) > lstm(4, recurrent_dropout=0.5) > dense(1)", ANM_OPTIMIZER_ADAM, 40 },
  { "conv1d(6, kernel=3, strides=2, activation=relu) > gru(5) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "lstm(5, layer_norm, return_sequences) > gru(4, layer_norm) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "gru_d(6, recurrent_dropout=0.2) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "embedding(3, tokens=5) > gru(5) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "layer_norm > lstm(5) > layer_norm > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "gru(5, return_sequences) > pooling(mean) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "pooling(max) > dense(1)", ANM_OPTIMIZER_SGD, 50 },
  { "lstm(5, return_sequences, frozen) > gru(4) > dense(1)", ANM_OPTIMIZER_ADAMW, 40, "plateau(patience=1, min_delta=0.5)", set_penalties },
  { "gru(6) > dense(1)", ANM_OPTIMIZER_NADAM, 50, "one_cycle", set_focal },
  { "lstm(6) > dense(1)", ANM_OPTIMIZER_RMSPROP, 50, "exponential(warmup=0.5)", set_truncation },
  { "gru(6, recurrent_dropout=0.2) > dense(1)", ANM_OPTIMIZER_ADAGRAD, 50, "step(every=1)", set_deep_supervision },
  { "lstm(5, return_sequences) > gru(4) > dense(1)", ANM_OPTIMIZER_ADADELTA, 100, "cosine(epochs=2)", set_deep_truncation },
  { "gru(5, return_sequences) > dropout(0.4) > gru(4) > dropout(0.2, noise=sequence) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "gru(5, return_sequences) > attention(additive, units=6, heads=2) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  { "attention(self, units=6, heads=3, causal) > gru(4, return_sequences) > attention(dot, units=4) > dense(1)", ANM_OPTIMIZER_ADAM, 50 },
  /* More than 65536 parameters: the update itself is shared. */
  { "lstm(130) > dense(1)", ANM_OPTIMIZER_ADAM, 64 },
};

static AnmSequences *training;
static AnmSequences *validation;

/* Every number that a run gives, in order. */
typedef struct
{
  GByteArray *bytes;
} Record;

static void
add_bytes (Record *record, gconstpointer bytes, gsize n)
{
  g_byte_array_append (record->bytes, bytes, (guint) n);
}

static void
add_event (Record *record, const AnmTrainer *trainer, AnmTrainerEvent event)
{
  gsize n_bytes = anm_network_get_n_parameters (anm_trainer_get_network (trainer)) * sizeof (anm_real);

  if (event == ANM_TRAINER_UPDATED)
    {
      const AnmUpdateFigures *figures = anm_trainer_get_update (trainer);

      add_bytes (record, &figures->update, sizeof figures->update);
      add_bytes (record, &figures->loss, sizeof figures->loss);
      add_bytes (record, &figures->gradient_norm, sizeof figures->gradient_norm);
      add_bytes (record, &figures->penalty, sizeof figures->penalty);
      add_bytes (record, &figures->learning_rate, sizeof figures->learning_rate);
      add_bytes (record, figures->layer_norms, figures->n_layers * sizeof (double));
    }
  else if (event == ANM_TRAINER_EPOCH_ENDED || event == ANM_TRAINER_DONE)
    {
      const AnmEpochFigures *figures = anm_trainer_get_epoch (trainer);

      add_bytes (record, &figures->training_loss, sizeof figures->training_loss);
      add_bytes (record, &figures->penalty, sizeof figures->penalty);
      add_bytes (record, &figures->learning_rate, sizeof figures->learning_rate);
      add_bytes (record, &figures->validation, sizeof figures->validation);
      add_bytes (record, figures->layer_norms, figures->n_layers * sizeof (double));
      for (guint layer = 0; layer < figures->n_layers; layer++)
        if (figures->gradient_by_step[layer] != NULL)
          {
            add_bytes (record, figures->gradient_by_step[layer], figures->n_steps * sizeof (double));
            add_bytes (record, figures->gradient_before_end[layer], figures->n_steps * sizeof (double));
          }
      add_bytes (record, anm_trainer_get_parameters (trainer), n_bytes);
      add_bytes (record, anm_trainer_get_best_parameters (trainer, NULL), n_bytes);
    }
}

static AnmTrainer *
make_arm (const Arm *arm, AnmPool *pool)
{
  g_autoptr (AnmNetwork) network = make_network (arm->network, training);
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, arm->optimizer);
  hyperparameters.batch_size = arm->batch_size;
  hyperparameters.epochs = N_EPOCHS;
  hyperparameters.clip_norm = 0.2;
  hyperparameters.momentum = 0.5;
  if (arm->schedule != NULL)
    g_assert_true (anm_schedule_parse (&hyperparameters.schedule, arm->schedule, NULL));
  if (arm->set != NULL)
    arm->set (&hyperparameters);
  return make_trainer (network, &hyperparameters, training, validation, pool);
}

static GBytes *
run_alone (const Arm *arm, guint n_threads)
{
  g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
  g_autoptr (AnmTrainer) trainer = make_arm (arm, pool);
  Record record = { g_byte_array_new () };
  AnmTrainerEvent event;

  do
    add_event (&record, trainer, event = make_step (trainer, NULL));
  while (event != ANM_TRAINER_DONE);
  return g_byte_array_free_to_bytes (record.bytes);
}

static void
assert_same (GBytes *record, GBytes *expected)
{
  gsize n_record, n_expected;
  gconstpointer record_data = g_bytes_get_data (record, &n_record);
  gconstpointer expected_data = g_bytes_get_data (expected, &n_expected);

  g_assert_cmpmem (record_data, n_record, expected_data, n_expected);
}

static void
test_threads (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (GBytes) one = run_alone (&arms[i], 1);
      g_autoptr (GBytes) two = run_alone (&arms[i], 2);
      g_autoptr (GBytes) seven = run_alone (&arms[i], 7);

      g_assert_cmpuint (g_bytes_get_size (one), >, 1000);
      assert_same (two, one);
      assert_same (seven, one);
    }
}

/* All arms on one pool, stepped in turn by one thread. */
static void
test_in_turn (void)
{
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  AnmTrainer *trainers[G_N_ELEMENTS (arms)];
  Record records[G_N_ELEMENTS (arms)];
  gboolean done[G_N_ELEMENTS (arms)] = { FALSE };
  guint n_done = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      trainers[i] = make_arm (&arms[i], pool);
      records[i].bytes = g_byte_array_new ();
    }
  for (guint turn = 0; n_done < G_N_ELEMENTS (arms); turn++)
    {
      guint i = turn % G_N_ELEMENTS (arms);
      AnmTrainerEvent event;

      if (done[i])
        continue;
      add_event (&records[i], trainers[i], event = make_step (trainers[i], NULL));
      done[i] = event == ANM_TRAINER_DONE;
      n_done += done[i];
    }
  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (GBytes) alone = run_alone (&arms[i], 2);
      g_autoptr (GBytes) record = g_byte_array_free_to_bytes (records[i].bytes);

      assert_same (record, alone);
      anm_trainer_free (trainers[i]);
    }
}

typedef struct
{
  const Arm *arm;
  AnmPool *pool;
  GBytes *record;
} Runner;

static gpointer
run_beside_others (gpointer data)
{
  Runner *runner = data;
  g_autoptr (AnmTrainer) trainer = make_arm (runner->arm, runner->pool);
  Record record = { g_byte_array_new () };
  AnmTrainerEvent event;

  do
    add_event (&record, trainer, event = make_step (trainer, NULL));
  while (event != ANM_TRAINER_DONE);
  runner->record = g_byte_array_free_to_bytes (record.bytes);
  return NULL;
}

/* All arms on one pool, each stepped by a thread of its own. */
static void
test_at_once (void)
{
  g_autoptr (AnmPool) pool = anm_pool_new (3);
  Runner runners[G_N_ELEMENTS (arms)];
  GThread *threads[G_N_ELEMENTS (arms)];

  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      runners[i] = (Runner){ .arm = &arms[i], .pool = pool };
      threads[i] = g_thread_new ("runner", run_beside_others, &runners[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (GBytes) alone = run_alone (&arms[i], 1);

      g_thread_join (threads[i]);
      assert_same (runners[i].record, alone);
      g_bytes_unref (runners[i].record);
    }
}

typedef struct
{
  int stop;
  _Atomic gboolean quit;
} Interrupter;

static gpointer
interrupt_often (gpointer data)
{
  Interrupter *interrupter = data;

  for (guint64 i = 0; !atomic_load (&interrupter->quit); i++)
    {
      g_usleep (1 + anm_random_below (1, 0, i, 3000));
      g_atomic_int_set (&interrupter->stop, 1);
    }
  return NULL;
}

static void
test_interrupted (void)
{
  guint n_interrupted = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (GBytes) undisturbed = run_alone (&arms[i], 1);
      g_autoptr (AnmPool) pool = anm_pool_new (2);
      g_autoptr (AnmTrainer) trainer = make_arm (&arms[i], pool);
      g_autoptr (GBytes) disturbed = NULL;
      Record record = { g_byte_array_new () };
      Interrupter interrupter = { 0 };
      GThread *thread = g_thread_new ("interrupter", interrupt_often, &interrupter);
      guint n_in_a_row = 0;
      AnmTrainerEvent event;

      do
        {
          g_atomic_int_set (&interrupter.stop, 0);
          /* Should a step never get through (a slow machine), let it. */
          event = make_step (trainer, n_in_a_row < 10 ? &interrupter.stop : NULL);
          n_in_a_row = event == ANM_TRAINER_INTERRUPTED ? n_in_a_row + 1 : 0;
          n_interrupted += event == ANM_TRAINER_INTERRUPTED;
          add_event (&record, trainer, event);
        }
      while (event != ANM_TRAINER_DONE);
      atomic_store (&interrupter.quit, TRUE);
      g_thread_join (thread);
      disturbed = g_byte_array_free_to_bytes (record.bytes);
      assert_same (disturbed, undisturbed);
    }
  g_assert_cmpuint (n_interrupted, >, 0);
}

/* What a person does to a run: before its second step, when one epoch may be over, its fifth and its seventh. */
static void
change_at (AnmTrainer *trainer, guint n_steps)
{
  AnmHyperparameters changed = *anm_trainer_get_hyperparameters (trainer);
  guint n_layers;
  const AnmDropoutRates *rates = anm_trainer_get_dropout (trainer, &n_layers);
  g_autofree AnmDropoutRates *wanted = g_memdup2 (rates, n_layers * sizeof *rates);

  if (n_steps == 2)
    {
      changed.learning_rate *= 2.0;
      changed.clip_norm = 0.1;
    }
  else if (n_steps == 5)
    {
      changed.clip_value = 0.3;
      for (guint layer = 0; layer < n_layers; layer++)
        if (anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (anm_trainer_get_network (trainer), layer))))
          wanted[layer].recurrent_dropout = 0.35;
    }
  else if (n_steps == 7)
    g_assert_true (anm_schedule_parse (&changed.schedule, "plateau(patience=1, factor=0.7, min_delta=1)", NULL));
  g_assert_true (anm_trainer_change (trainer, &changed, NULL));
  g_assert_true (anm_trainer_change_dropout (trainer, wanted, NULL));
}

/* After every single step the state is saved, and another trainer, made anew
 * with other weights, goes on from it. Changes in flight go along. */
static void
test_restored (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      GBytes *results[2];

      for (int restores = 0; restores <= 1; restores++)
        {
          g_autoptr (AnmPool) pool = anm_pool_new (2);
          AnmTrainer *trainer = make_arm (&arms[i], pool);
          Record record = { g_byte_array_new () };
          guint n_steps = 0;
          AnmTrainerEvent event;

          do
            {
              change_at (trainer, ++n_steps);
              if (restores)
                {
                  g_autoptr (GBytes) state = anm_trainer_save (trainer);
                  g_autoptr (GBytes) again = NULL;
                  AnmTrainer *fresh = make_arm (&arms[i], pool);
                  g_autoptr (GError) error = NULL;
                  guint n_changes;

                  make_step (fresh, NULL); /* leaves traces that restoring must remove */
                  g_assert_true (anm_trainer_restore (fresh, state, &error));
                  g_assert_no_error (error);
                  again = anm_trainer_save (fresh);
                  assert_same (again, state);
                  anm_trainer_get_changes (fresh, &n_changes);
                  g_assert_cmpuint (n_changes, ==, (n_steps >= 2) + (n_steps >= 5) + (n_steps >= 7));
                  anm_trainer_free (trainer);
                  trainer = fresh;
                }
              add_event (&record, trainer, event = make_step (trainer, NULL));
            }
          while (event != ANM_TRAINER_DONE);
          anm_trainer_free (trainer);
          results[restores] = g_byte_array_free_to_bytes (record.bytes);
        }
      assert_same (results[1], results[0]);
      g_bytes_unref (results[0]);
      g_bytes_unref (results[1]);
    }
}

/* Before update @n_updates + 1: what the list says of it. */
static void
apply_changes (AnmTrainer *trainer, const AnmTrainerChange *changes, guint n_changes, guint64 n_updates)
{
  for (guint i = 0; i < n_changes; i++)
    if (changes[i].update == n_updates)
      {
        AnmHyperparameters changed = *anm_trainer_get_hyperparameters (trainer);

        changed.learning_rate = changes[i].learning_rate;
        changed.schedule = changes[i].schedule;
        changed.clip_norm = changes[i].clip_norm;
        changed.clip_value = changes[i].clip_value;
        g_assert_true (anm_trainer_change (trainer, &changed, NULL));
        g_assert_true (anm_trainer_change_dropout (trainer, changes[i].rates, NULL));
      }
}

/* The list of (update, change) makes the same run again, though it says nothing of evaluations. */
static void
test_replayed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (AnmPool) pool = anm_pool_new (2);
      g_autoptr (AnmTrainer) steered = make_arm (&arms[i], pool);
      g_autoptr (AnmTrainer) replayed = make_arm (&arms[i], pool);
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GBytes) second = NULL;
      Record record = { g_byte_array_new () }, again = { g_byte_array_new () };
      guint n_steps = 0, n_changes;
      const AnmTrainerChange *changes;
      guint64 n_updates = 0;
      AnmTrainerEvent event;

      do
        {
          change_at (steered, ++n_steps);
          add_event (&record, steered, event = make_step (steered, NULL));
        }
      while (event != ANM_TRAINER_DONE);
      changes = anm_trainer_get_changes (steered, &n_changes);
      g_assert_cmpuint (n_changes, >=, 2);
      do
        {
          apply_changes (replayed, changes, n_changes, n_updates);
          add_event (&again, replayed, event = make_step (replayed, NULL));
          n_updates += event == ANM_TRAINER_UPDATED;
        }
      while (event != ANM_TRAINER_DONE);
      first = g_byte_array_free_to_bytes (record.bytes);
      second = g_byte_array_free_to_bytes (again.bytes);
      assert_same (second, first);
    }
}

static void
assert_state_refused (AnmTrainer *trainer, GBytes *state, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = anm_trainer_save (trainer);
  g_autoptr (GBytes) after = NULL;

  g_assert_false (anm_trainer_restore (trainer, state, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, part);
  after = anm_trainer_save (trainer);
  assert_same (after, before);
}

static void
test_wrong_state (void)
{
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmTrainer) trainer = make_arm (&arms[0], pool);
  g_autoptr (AnmTrainer) other_network = make_arm (&arms[1], pool);
  g_autoptr (AnmTrainer) other_data = NULL;
  g_autoptr (AnmTrainer) other_seed = NULL;
  g_autoptr (GBytes) state = NULL;
  AnmHyperparameters hyperparameters = *anm_trainer_get_hyperparameters (trainer);
  AnmNetwork *network = anm_trainer_get_network (trainer);
  gsize n;
  const guint8 *data;

  make_step (trainer, NULL);
  state = anm_trainer_save (trainer);
  data = g_bytes_get_data (state, &n);

  assert_state_refused (other_network, state, "another network");
  other_data = make_trainer (network, &hyperparameters, training, training, pool);
  assert_state_refused (other_data, state, "other data");
  hyperparameters.seed++;
  other_seed = make_trainer (network, &hyperparameters, training, validation, pool);
  assert_state_refused (other_seed, state, "other hyperparameters");

  /* Every byte counts. */
  for (gsize i = 0; i < n; i += i < 200 ? 1 : 97)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n);
      g_autoptr (GBytes) damaged = NULL;

      copy[i] ^= 0x10;
      damaged = g_bytes_new (copy, n);
      assert_state_refused (trainer, damaged, i < 8 || (i >= 16 && i < 24) ? "not the saved state" : i < 16 ? "version" : "damaged");
    }
  for (gsize length = 0; length < n; length += length < 200 ? 1 : 97)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, length);

      assert_state_refused (trainer, cut, length < 32 ? "not the saved state" : "damaged");
    }
}

/* A failed run stays so when it is restored. */
static void
test_failed_state (void)
{
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmNetwork) network = make_network (arms[0].network, training);
  g_autoptr (AnmTrainer) trainer = NULL;
  g_autoptr (AnmTrainer) restored = NULL;
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  AnmHyperparameters hyperparameters;

  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_SGD);
  hyperparameters.learning_rate = 1e39;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);
  g_assert_cmpint (anm_trainer_step (trainer, NULL, &error), ==, ANM_TRAINER_FAILED);
  state = anm_trainer_save (trainer);
  restored = make_trainer (network, &hyperparameters, training, validation, pool);
  g_assert_true (anm_trainer_restore (restored, state, NULL));
  g_assert_cmpint (anm_trainer_step (restored, NULL, &again), ==, ANM_TRAINER_FAILED);
  g_assert_error (again, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE);
  g_assert_cmpstr (again->message, ==, error->message);
}

/* Predictions too. */
static void
test_predictions (void)
{
  const guint thread_counts[] = { 1, 2, 7, 20 };

  for (gsize i = 0; i < G_N_ELEMENTS (arms); i++)
    {
      g_autoptr (AnmNetwork) network = make_network (arms[i].network, training);
      g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (network));
      g_autoptr (AnmPredictions) first = NULL;

      anm_network_initialize (network, 1, parameters);
      for (gsize j = 0; j < G_N_ELEMENTS (thread_counts); j++)
        {
          g_autoptr (AnmPool) pool = anm_pool_new (thread_counts[j]);
          g_autoptr (AnmPredictions) predictions = anm_predict (network, parameters, ANM_LOSS_AUTO, training, pool, NULL);

          if (first == NULL)
            first = g_steal_pointer (&predictions);
          else
            {
              g_assert_cmpfloat (predictions->loss, ==, first->loss);
              g_assert_cmpmem (predictions->outputs, predictions->n_rows * sizeof (anm_real),
                               first->outputs, first->n_rows * sizeof (anm_real));
            }
        }
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  training = make_sequences (600, 1, 14, 1);
  validation = make_sequences (70, 1, 20, 2);
  mark_measured (training, 1);
  mark_measured (validation, 2);
  add_tokens (training, 1);
  add_tokens (validation, 2);
  g_test_add_func ("/trainer/bits/threads", test_threads);
  g_test_add_func ("/trainer/bits/in-turn", test_in_turn);
  g_test_add_func ("/trainer/bits/at-once", test_at_once);
  g_test_add_func ("/trainer/bits/interrupted", test_interrupted);
  g_test_add_func ("/trainer/bits/restored", test_restored);
  g_test_add_func ("/trainer/bits/replayed", test_replayed);
  g_test_add_func ("/trainer/bits/wrong-state", test_wrong_state);
  g_test_add_func ("/trainer/bits/failed-state", test_failed_state);
  g_test_add_func ("/trainer/bits/predictions", test_predictions);
  result = g_test_run ();
  anm_sequences_unref (training);
  anm_sequences_unref (validation);
  return result;
}
