/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/engine/trainer-cases.h"

#include <stdatomic.h>

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

static void
check_run (const char *text, AnmOptimizerKind optimizer, guint batch_size)
{
#ifndef CANNOT_COUNT
  g_autoptr (AnmPool) pool = anm_pool_new (2);
  g_autoptr (AnmSequences) training = make_sequences (700, 1, 14, 1);
  g_autoptr (AnmSequences) validation = make_sequences (70, 1, 20, 2);
  g_autoptr (AnmNetwork) network = make_network (text, training);
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmHyperparameters hyperparameters;
  _Atomic guint arrived = 0;
  gsize before;
  AnmTrainerEvent event;

  anm_hyperparameters_init (&hyperparameters, optimizer);
  hyperparameters.batch_size = batch_size;
  hyperparameters.epochs = 2;
  hyperparameters.clip_norm = 0.1;
  hyperparameters.clip_value = 0.01;
  hyperparameters.balanced_classes = TRUE;
  trainer = make_trainer (network, &hyperparameters, training, validation, pool);

  anm_pool_run (pool, 2, meet_task, &arrived);
  before = n_allocations;
  g_free (g_malloc (10));
  g_assert_cmpuint (n_allocations, ==, before + 1);

  before = n_allocations;
  do
    event = make_step (trainer, NULL);
  while (event != ANM_TRAINER_DONE);
  g_assert_cmpuint (n_allocations - before, ==, 0);
#endif
}

static void
test_no_allocation (void)
{
#ifdef CANNOT_COUNT
  g_test_skip ("Allocations can't be counted beside a sanitizer");
#endif
  check_run ("simple_rnn(9) > dense(1)", ANM_OPTIMIZER_SGD, 32);
  check_run ("lstm(7, return_sequences) > gru(5) > dense(1)", ANM_OPTIMIZER_ADAM, 0);
  check_run ("gru(200) > dense(1)", ANM_OPTIMIZER_RMSPROP, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/memory/no-allocation", test_no_allocation);
  return g_test_run ();
}
