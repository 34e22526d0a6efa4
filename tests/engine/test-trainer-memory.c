/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/engine/trainer-cases.h"

#include <stdatomic.h>
#include <string.h>

/*
 * Nothing is allocated within an epoch: this program's own malloc counts.
 */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define CANNOT_COUNT
#else
static _Atomic gsize n_allocations;

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *block, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *block, size_t size)
{
  n_allocations++;
  return __libc_realloc (block, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  n_allocations++;
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **block, size_t alignment, size_t size)
{
  n_allocations++;
  *block = __libc_memalign (alignment, size);
  return *block == NULL ? 12 : 0; /* ENOMEM */
}
#endif

#ifndef CANNOT_COUNT
/* Both threads at once: a worker that starts late allocates for itself. */
static void
meet_task (guint index, guint lane, gpointer data)
{
  _Atomic guint *arrived = data;

  atomic_fetch_add (arrived, 1);
  while (atomic_load (arrived) < 2)
    g_usleep (100);
}
#endif

/* Each layer type is in one of them: see test_every_layer_is_counted(). */
static const char *const networks[] = {
  "simple_rnn(9) > dense(1)",
  "lstm(7, return_sequences) > gru(5) > dense(1)",
  "gru(200) > dense(1)",
  "conv1d(6, kernel=3, strides=2, activation=relu) > gru(5) > dense(1)",
  "lstm(5, layer_norm, return_sequences) > gru(4, layer_norm, reset_after=false, return_sequences) > simple_rnn(3, layer_norm) > dense(1)",
  "gru_d(6, dropout=0.1, recurrent_dropout=0.2, bidirectional, return_sequences) > lstm(4, dropout=0.2, bidirectional=mean) > dense(1)",
  "gru(5, return_sequences) > pooling(mean) > dense(1)",
  "pooling(max) > dense(1)",
  "gru(5, return_sequences) > attention(additive, units=6, heads=2) > dense(1)",
  "attention(self, units=6, heads=3, causal) > gru(4, return_sequences) > attention(dot, units=4) > dense(1)",
  "embedding(4, tokens=5) > gru(5) > dense(1)",
  "gru(5, return_sequences) > dropout(0.4) > gru(4) > dropout(0.2, noise=sequence) > dense(1)",
  "gru(5) > layer_norm(epsilon=0.01) > dense(1)",
};

static void
check_run (const char *text, AnmOptimizerKind optimizer, guint batch_size, guint n_threads)
{
#ifndef CANNOT_COUNT
  g_autoptr (AnmPool) pool = anm_pool_new (n_threads);
  g_autoptr (AnmSequences) training = make_sequences (700, 1, 14, 1);
  g_autoptr (AnmSequences) validation = make_sequences (70, 1, 20, 2);
  g_autoptr (AnmNetwork) network = make_network (text, training);
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmHyperparameters hyperparameters;
  _Atomic guint arrived = 2 - n_threads;
  gsize before;
  AnmTrainerEvent event;

  mark_measured (training, 1);
  mark_measured (validation, 2);
  add_tokens (training, 1);
  add_tokens (validation, 2);
  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.batch_size = batch_size;
  hyperparameters.epochs = 2;
  hyperparameters.clip_norm = 0.1;
  hyperparameters.clip_value = 0.01;
  hyperparameters.balanced_classes = TRUE;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);

  anm_pool_run (pool, n_threads, meet_task, &arrived);
  before = n_allocations;
  g_free (g_malloc (10));
  g_assert_cmpuint (n_allocations, ==, before + 1);

  before = n_allocations;
  do
    event = make_step (trainer, NULL);
  while (event != ANM_TRAINER_DONE);
  if (n_allocations != before)
    g_test_message ("%zu allocations in two epochs of %s, %s, batch %u, %u threads", n_allocations - before, text,
                    anm_optimizer_kind_to_string (optimizer), batch_size, n_threads);
  g_assert_cmpuint (n_allocations - before, ==, 0);
#endif
}

/* Whole epochs with their evaluation: minibatches, a last one that is smaller, and all at once. */
static void
test_no_allocation (void)
{
  static const guint batch_sizes[] = { 32, 100, 0 };

#ifdef CANNOT_COUNT
  g_test_skip ("Allocations can't be counted beside a sanitizer");
#endif
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    for (guint n_threads = 1; n_threads <= 2; n_threads++)
      check_run (networks[i], ANM_OPTIMIZER_ADAM, batch_sizes[i % G_N_ELEMENTS (batch_sizes)], n_threads);
}

static void
test_no_optimizer_allocates (void)
{
#ifdef CANNOT_COUNT
  g_test_skip ("Allocations can't be counted beside a sanitizer");
#endif
  for (guint kind = 0; anm_optimizer_kind_to_string (kind) != NULL; kind++)
    check_run (networks[0], kind, 32, 2);
}

static gboolean
occurs (const char *type)
{
  g_autofree char *start = g_strconcat (type, "(", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    if (strstr (networks[i], start) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_every_layer_is_counted (void)
{
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    if (!occurs (anm_layer_class_get_type (classes[i])))
      g_error ("No network here has a layer of type %s", anm_layer_class_get_type (classes[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/memory/no-allocation", test_no_allocation);
  g_test_add_func ("/trainer/memory/no-optimizer-allocates", test_no_optimizer_allocates);
  g_test_add_func ("/trainer/memory/every-layer-is-counted", test_every_layer_is_counted);
  return g_test_run ();
}
