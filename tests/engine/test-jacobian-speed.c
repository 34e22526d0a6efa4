/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How soon the first result of a close look is there, and how soon one that is
 * no longer wanted ends, for layers of 512 units. Measured in the thread's own
 * computing time, so that a busy machine does not count:
 *
 *   test-engine-jacobian-speed --verbose
 */
#include "cases.h"

#include "engine/jacobian.h"
#include "engine/pool.h"
#include "engine/spectrum.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

/* What is allowed, in milliseconds. Looks are some tens of milliseconds apart; twice that still feels prompt. */
#define MOST_FIRST 200.0
#define MOST_STOP 100.0

static double
get_milliseconds (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return 1e3 * (double) time.tv_sec + 1e-6 * (double) time.tv_nsec;
}

/* First results */

typedef struct
{
  double start;
  double first;
  guint  n;
} Waiting;

static void
note_spectrum (const AnmSpectrum *spectrum, gpointer data)
{
  Waiting *waiting = data;

  g_assert_cmpfloat (spectrum->largest_singular_value, >, 0);
  if (waiting->n++ == 0)
    waiting->first = get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - waiting->start;
}

static void
note_reach (const AnmReach *reach, gpointer data)
{
  Waiting *waiting = data;

  g_assert_true (isfinite (reach->log_norm));
  if (waiting->n++ == 0)
    waiting->first = get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - waiting->start;
}

static void
test_first_result (void)
{
  const char *const texts[] = { "simple_rnn(512) > dense(1)", "lstm(512) > dense(1)", "gru(512) > dense(1)", "gru(512, reset_after=false) > dense(1)", "gru_d(512) > dense(1)" };
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (texts[i], sequences, 1, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
      Waiting waiting[2] = { { 0 } };
      AnmLayerTraces traces;

      anm_network_initialize (network, 1, parameters);
      anm_probe_run (probe, parameters, sequences, 1, FALSE);
      g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (AnmJacobian) jacobian = NULL;

          waiting[k].start = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
          jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
          anm_jacobian_set_parameters (jacobian, parameters);
          if (k == 0)
            g_assert_true (anm_jacobian_spectra (jacobian, &traces, 6, 1, FALSE, note_spectrum, &waiting[k], NULL, NULL));
          else
            g_assert_true (anm_jacobian_reach (jacobian, &traces, 6, 1, note_reach, &waiting[k], NULL, NULL));
          g_assert_cmpfloat (waiting[k].first, <, MOST_FIRST);
        }
      g_test_message ("%s: norms of the first step after %.0f ms, reach of the first lag after %.0f ms", texts[i], waiting[0].first, waiting[1].first);
    }
}

/* Stopping */

typedef struct
{
  const double *matrix;
  gsize         n;
  int           stop;
  double        ended; /* on the thread's own clock */
} Work;

static gpointer
seek_eigenvalues (gpointer data)
{
  Work *work = data;
  g_autofree double *real = g_new (double, work->n);
  g_autofree double *imaginary = g_new (double, work->n);

  anm_pool_enter_computing_thread ();
  anm_eigenvalues (work->n, work->matrix, real, imaginary, &work->stop, NULL);
  work->ended = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
  /* So that its clock can still be read. */
  while (g_atomic_int_get (&work->stop) == 0)
    g_usleep (1000);
  return NULL;
}

/* The state of an LSTM of 512 units has 1024 numbers. */
static void
test_stop (void)
{
  const gsize n = 1024;
  g_autofree double *matrix = g_new (double, n * n);
  double worst = 0.0, whole;

  for (gsize i = 0; i < n * n; i++)
    matrix[i] = anm_random_normal (1, 1, i) / 32;
  {
    g_autofree double *real = g_new (double, n);
    g_autofree double *imaginary = g_new (double, n);

    whole = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
    g_assert_true (anm_eigenvalues (n, matrix, real, imaginary, NULL, NULL));
    whole = get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - whole;
  }
  for (guint k = 1; k < 8; k++)
    {
      Work work = { matrix, n };
      pthread_t thread;
      clockid_t clock;
      double asked;

      g_assert_cmpint (pthread_create (&thread, NULL, seek_eigenvalues, &work), ==, 0);
      g_assert_cmpint (pthread_getcpuclockid (thread, &clock), ==, 0);
      while (get_milliseconds (clock) < whole * k / 8)
        g_usleep (1000);
      asked = get_milliseconds (clock);
      g_atomic_int_set (&work.stop, 1);
      pthread_join (thread, NULL);
      worst = MAX (worst, work.ended - asked);
    }
  g_test_message ("eigenvalues of 1024 x 1024 take %.0f ms; a stop acts within %.0f ms", whole, worst);
  g_assert_cmpfloat (worst, <, MOST_STOP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  g_test_add_func ("/engine/jacobian-speed/first-result", test_first_result);
  g_test_add_func ("/engine/jacobian-speed/stop", test_stop);
  return g_test_run ();
}
