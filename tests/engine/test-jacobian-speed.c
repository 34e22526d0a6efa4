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
#include "engine/lapack.h"
#include "engine/pool.h"
#include "engine/spectrum.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
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

/* The whole of a reach */

/* In products of whole matrices of that size; without a look at how they are made it would be two. */
#define MOST_LAG 1.5

typedef struct
{
  AnmJacobian          *jacobian;
  const AnmLayerTraces *traces;
  double               *product;   /* the plain way: whole matrices */
  double               *matrix;
  double               *next;
  gboolean              compared;
} Plain;

static void
compare_reach (const AnmReach *reach, gpointer data)
{
  Plain *plain = data;
  gsize n = anm_jacobian_get_size (plain->jacobian), n_units = anm_jacobian_get_n_units (plain->jacobian);
  g_autofree double *corner = g_new (double, n_units * n_units);
  double *swapped = plain->product;

  if (!plain->compared)
    return;
  g_assert_true (anm_jacobian_compute (plain->jacobian, plain->traces, reach->step + 1, plain->matrix, NULL, NULL));
  if (reach->lag == 1)
    memcpy (plain->product, plain->matrix, n * n * sizeof (double));
  else
    {
      _anm_lapack_multiply (n, n, n, plain->product, FALSE, plain->matrix, FALSE, plain->next, NULL);
      plain->product = plain->next;
      plain->next = swapped;
    }
  for (gsize i = 0; i < n_units; i++)
    memcpy (corner + i * n_units, plain->product + i * n, n_units * sizeof (double));
  g_assert_cmpfloat_with_epsilon (exp (reach->log_norm) / anm_largest_singular_value (n, n, plain->product, NULL), 1.0, 2e-6);
  g_assert_cmpfloat_with_epsilon (exp (reach->log_hidden_norm) / anm_largest_singular_value (n_units, n_units, corner, NULL), 1.0, 2e-6);
}

static void
test_whole_reach (gconstpointer text)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network (text, sequences, 1, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_autoptr (AnmJacobian) jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  gsize n = anm_jacobian_get_size (jacobian);
  AnmLayerTraces traces;
  Plain plain = { .traces = &traces };
  double start, taken, one;

  anm_network_initialize (network, 1, parameters);
  anm_probe_run (probe, parameters, sequences, 1, FALSE);
  g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
  g_assert_cmpuint (traces.n_steps, ==, 7);
  anm_jacobian_set_parameters (jacobian, parameters);
  plain.product = g_new (double, n * n);
  plain.matrix = g_new (double, n * n);
  plain.next = g_new (double, n * n);
  plain.jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  anm_jacobian_set_parameters (plain.jacobian, parameters);
  start = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
  g_assert_true (anm_jacobian_reach (jacobian, &traces, 6, G_MAXUINT, compare_reach, &plain, NULL, NULL));
  taken = (get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - start) / 6;
  start = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
  memset (plain.product, 0, n * n * sizeof (double));
  memset (plain.matrix, 0, n * n * sizeof (double));
  _anm_lapack_multiply (n, n, n, plain.product, FALSE, plain.matrix, FALSE, plain.next, NULL);
  one = get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - start;
  g_test_message ("%s: %.0f ms for each lag; a product of whole matrices takes %.0f ms", (const char *) text, taken, one);
  if (n == 1024)
    g_assert_cmpfloat (taken, <, MOST_LAG * one);
  plain.compared = TRUE;
  g_assert_true (anm_jacobian_reach (jacobian, &traces, 6, G_MAXUINT, compare_reach, &plain, NULL, NULL));
  anm_jacobian_free (plain.jacobian);
  g_free (plain.product);
  g_free (plain.matrix);
  g_free (plain.next);
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

typedef struct
{
  AnmJacobian          *jacobian;
  const AnmLayerTraces *traces;
  int                   stop;
  double                ended;
  guint                 n;
} Reaching;

static void
count_lag (const AnmReach *reach, gpointer data)
{
  ((Reaching *) data)->n++;
}

static gpointer
reach_back (gpointer data)
{
  Reaching *self = data;

  anm_pool_enter_computing_thread ();
  g_assert_false (anm_jacobian_reach (self->jacobian, self->traces, 6, G_MAXUINT, count_lag, self, &self->stop, NULL));
  self->ended = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
  while (g_atomic_int_get (&self->stop) < 2)
    g_usleep (1000);
  return NULL;
}

/* Asked to stop at any time, a reach ends soon. */
static void
test_reach_stop (void)
{
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, FALSE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 1);
  g_autofree anm_real *parameters = NULL;
  g_autoptr (AnmNetwork) network = make_case_network ("lstm(512) > dense(1)", sequences, 1, &parameters);
  g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
  g_autoptr (AnmJacobian) jacobian = anm_jacobian_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
  AnmLayerTraces traces;
  double worst = 0.0;

  anm_network_initialize (network, 1, parameters);
  anm_probe_run (probe, parameters, sequences, 1, FALSE);
  g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
  anm_jacobian_set_parameters (jacobian, parameters);
  for (guint k = 1; k < 8; k++)
    {
      Reaching reaching = { jacobian, &traces };
      pthread_t thread;
      clockid_t clock;
      double asked;

      g_assert_cmpint (pthread_create (&thread, NULL, reach_back, &reaching), ==, 0);
      g_assert_cmpint (pthread_getcpuclockid (thread, &clock), ==, 0);
      while (get_milliseconds (clock) < 37.0 * k)
        g_usleep (1000);
      asked = get_milliseconds (clock);
      g_atomic_int_set (&reaching.stop, 1);
      while (g_atomic_int_get (&reaching.stop) == 1 && reaching.ended == 0.0)
        g_usleep (1000);
      g_atomic_int_set (&reaching.stop, 2);
      pthread_join (thread, NULL);
      worst = MAX (worst, reaching.ended - asked);
    }
  g_test_message ("a stop of a reach acts within %.0f ms", worst);
  g_assert_cmpfloat (worst, <, MOST_STOP);
}

/* A step in the cell lens, whose checks compute it and the next a hundred times. */
#define MOST_CELL 40.0

static void
test_cell (void)
{
  const char *const texts[] = { "lstm(512, return_sequences) > dense(1)", "gru(512, return_sequences) > dense(1)", "gru(512, return_sequences, reset_after=false) > dense(1)" };
  const AnmTargetShape target = { ANM_TARGET_REGRESSION, 1, TRUE };
  g_autoptr (AnmSequences) sequences = make_batch (SHAPE_RAGGED, &target, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree anm_real *parameters = NULL;
      g_autoptr (AnmNetwork) network = make_case_network (texts[i], sequences, 1, &parameters);
      g_autoptr (AnmProbe) probe = anm_probe_new (network, ANM_LOSS_MEAN_SQUARED_ERROR);
      g_autoptr (AnmCell) cell = anm_cell_new (network, 0, ANM_DIRECTION_FORWARDS, NULL);
      g_autoptr (AnmCellReading) reading = NULL;
      AnmLayerTraces traces;
      double start;

      anm_network_initialize (network, 1, parameters);
      anm_probe_run (probe, parameters, sequences, 1, TRUE);
      g_assert_true (anm_probe_get_layer_traces (probe, 0, &traces));
      anm_cell_set_parameters (cell, parameters);
      start = get_milliseconds (CLOCK_THREAD_CPUTIME_ID);
      reading = anm_cell_read (cell, &traces, 3, 100, NULL);
      start = get_milliseconds (CLOCK_THREAD_CPUTIME_ID) - start;
      g_test_message ("%s: a step in full after %.0f ms", texts[i], start);
      g_assert_true (reading->has_gradients);
      for (guint e = 0; e < reading->n_equations; e++)
        g_assert_cmpfloat (reading->equations[e].gradient.relative_error, <, 1e-6);
      g_assert_cmpfloat (start, <, MOST_CELL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  anm_pool_enter_computing_thread ();
  g_test_add_func ("/engine/jacobian-speed/first-result", test_first_result);
  g_test_add_data_func ("/engine/jacobian-speed/whole-reach/lstm", "lstm(512) > dense(1)", test_whole_reach);
  g_test_add_data_func ("/engine/jacobian-speed/whole-reach/gru", "gru(512) > dense(1)", test_whole_reach);
  g_test_add_data_func ("/engine/jacobian-speed/whole-reach/simple-rnn", "simple_rnn(512) > dense(1)", test_whole_reach);
  g_test_add_func ("/engine/jacobian-speed/stop", test_stop);
  g_test_add_func ("/engine/jacobian-speed/cell", test_cell);
  g_test_add_func ("/engine/jacobian-speed/reach-stop", test_reach_stop);
  return g_test_run ();
}
