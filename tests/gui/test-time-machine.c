/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>
#include <string.h>

#include "app/gui/kept-epochs.h"
#include "app/gui/live-reading.h"
#include "app/gui/view-memory.h"
#include "app/gui/worker.h"
#include "data/samples.h"

#define PATIENCE_SECONDS 60
#define NETWORK "lstm(5, return_sequences) > gru(3) > dense(1)"

static void
iterate_until_answer (const guint *n_answers,
                      guint n)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (*n_answers < n && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (*n_answers, >=, n);
}

/* Worker */

typedef struct
{
  guint  n_answers;
  int    answer;
  guint  n_slow;
  guint  n_quick;
  gint   cancelled; /* atomic */
  gint   begun;     /* atomic */
} Seen;

typedef struct
{
  Seen    *seen;
  int      number;
  gboolean until_cancelled;
  guint    milliseconds;
} Job;

static gpointer
job_run (AnmWork *work,
         gpointer data,
         GError **error)
{
  const Job *job = data;

  g_atomic_int_inc (&job->seen->begun);
  while (job->until_cancelled && anm_work_progress (work, 0.5))
    g_usleep (1000);
  if (job->until_cancelled)
    {
      g_atomic_int_inc (&job->seen->cancelled);
      return NULL;
    }

  g_usleep (job->milliseconds * 1000);
  anm_work_set_free_result (work, g_free);
  return g_memdup2 (&job->number, sizeof job->number);
}

static void
job_answered (gpointer result,
              const GError *error,
              gpointer data)
{
  Seen *seen = data;

  seen->answer = result != NULL ? *(int *) result : -1;
  seen->n_answers++;
}

static void
job_slow (gboolean slow,
          gpointer data)
{
  Seen *seen = data;

  if (slow)
    seen->n_slow++;
  else
    seen->n_quick++;
}

static void
submit (AnmWorker *worker,
        Seen *seen,
        int number,
        gboolean until_cancelled,
        guint milliseconds)
{
  const Job job = { seen, number, until_cancelled, milliseconds };

  anm_worker_submit (worker, g_memdup2 (&job, sizeof job), g_free);
}

/* What waits is replaced, and the last answer is the last question's. */
static void
test_worker_coalesces (void)
{
  Seen seen = { 0 };
  g_autoptr (AnmWorker) worker = anm_worker_new ("test", ANM_WORKER_FINISH, job_run, job_answered, &seen);

  for (int i = 1; i <= 100; i++)
    submit (worker, &seen, i, FALSE, 5);
  while (seen.answer != 100)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&seen.begun), <=, 3);
  g_assert_false (anm_worker_is_busy (worker));
  g_assert_cmpuint (seen.n_slow, ==, 0);
}

static void
test_worker_cancels (void)
{
  Seen seen = { 0 };
  g_autoptr (AnmWorker) worker = anm_worker_new ("test", ANM_WORKER_CANCEL, job_run, job_answered, &seen);
  double seconds;

  submit (worker, &seen, 1, TRUE, 0);
  while (g_atomic_int_get (&seen.begun) == 0)
    g_usleep (1000);
  g_assert_true (anm_worker_is_busy (worker));
  g_usleep (20000);
  g_assert_cmpfloat (anm_worker_get_progress (worker, &seconds), ==, 0.5);
  g_assert_cmpfloat (seconds, >, 0.01);
  submit (worker, &seen, 2, FALSE, 0);
  iterate_until_answer (&seen.n_answers, 1);
  g_assert_cmpint (seen.answer, ==, 2);
  g_assert_cmpint (g_atomic_int_get (&seen.cancelled), ==, 1);

  /* Called off: nothing comes. */
  submit (worker, &seen, 3, TRUE, 0);
  anm_worker_cancel (worker);
  g_assert_false (anm_worker_is_busy (worker));
  submit (worker, &seen, 4, FALSE, 0);
  iterate_until_answer (&seen.n_answers, 2);
  g_assert_cmpint (seen.answer, ==, 4);
}

static void
test_worker_tells_when_it_is_slow (void)
{
  Seen seen = { 0 };
  g_autoptr (AnmWorker) worker = anm_worker_new ("test", ANM_WORKER_FINISH, job_run, job_answered, &seen);

  anm_worker_set_slow_func (worker, job_slow);
  submit (worker, &seen, 1, FALSE, 400);
  iterate_until_answer (&seen.n_answers, 1);
  g_assert_cmpuint (seen.n_slow, ==, 1);
  g_assert_cmpuint (seen.n_quick, ==, 1);
}

/* Parts come in their order before the whole, and none of a job that was called off. */
static gpointer
part_run (AnmWork *work,
          gpointer data,
          GError **error)
{
  const Job *job = data;

  anm_work_set_free_result (work, g_free);
  for (int part = 1; part <= 3; part++)
    {
      const int number = 10 * job->number + part;

      anm_work_answer_partly (work, g_memdup2 (&number, sizeof number));
    }
  g_atomic_int_inc (&job->seen->begun);
  while (job->until_cancelled && anm_work_progress (work, 0.5))
    g_usleep (1000);
  return job->until_cancelled ? NULL : g_memdup2 (&job->number, sizeof job->number);
}

static void
part_answered (gpointer result,
               const GError *error,
               gpointer data)
{
  Seen *seen = data;
  const int number = *(int *) result;

  g_assert_cmpint (number, ==, seen->n_answers < 3 ? 11 + (int) seen->n_answers : 1);
  job_answered (result, error, data);
}

static void
test_worker_answers_partly (void)
{
  Seen seen = { 0 };
  g_autoptr (AnmWorker) worker = anm_worker_new ("test", ANM_WORKER_CANCEL, part_run, part_answered, &seen);

  submit (worker, &seen, 1, FALSE, 0);
  iterate_until_answer (&seen.n_answers, 1);
  iterate_until_answer (&seen.n_answers, 4);
  g_assert_false (anm_worker_is_busy (worker));

  submit (worker, &seen, 2, TRUE, 0);
  while (g_atomic_int_get (&seen.begun) < 2)
    g_usleep (1000);
  anm_worker_cancel (worker);
  g_usleep (20000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (seen.n_answers, ==, 4);
}

/* Time machine */

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  AnmRun             *run;
  guint               n_changed;
} Fixture;

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (NETWORK, NULL);
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("time-machine-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
  anm_study_set_network (fixture->study, spec);
  while (anm_study_get_dataset (fixture->study) == NULL)
    g_main_context_iteration (NULL, TRUE);

  hyperparameters = *anm_study_get_hyperparameters (fixture->study);
  hyperparameters.epochs = 4;
  hyperparameters.learning_rate = 0.01;
  training = anm_training_start (fixture->study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  g_assert_true (anm_training_wait (training, NULL, NULL, NULL, &error));
  fixture->run = g_object_ref (anm_training_get_run (training, 0));

  fixture->state = anm_view_state_new ();
  fixture->control = anm_training_control_new (fixture->state);
  fixture->live = anm_live_reading_new (fixture->control);
  anm_view_state_set_study (fixture->state, fixture->study);
  anm_view_state_set_run (fixture->state, fixture->run);
  anm_live_reading_hold (fixture->live);
  g_signal_connect_swapped (fixture->live, "changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  g_clear_object (&fixture->live);
  anm_view_state_set_study (fixture->state, NULL);
  g_clear_object (&fixture->control);
  g_clear_object (&fixture->state);
  g_clear_object (&fixture->run);
  g_clear_object (&fixture->study);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static void
await_epoch (Fixture *fixture,
             guint epoch)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while ((anm_live_reading_get_weights (fixture->live) == NULL ||
          anm_live_reading_get_weights (fixture->live)->origin != ANM_WEIGHTS_KEPT ||
          anm_live_reading_get_weights (fixture->live)->epoch != epoch) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (anm_live_reading_get_weights (fixture->live)->epoch, ==, epoch);
}

/* Bit for bit what the kept parameters give. */
static void
assert_is_reading_of (Fixture *fixture,
                      guint epoch)
{
  g_autoptr (GError) error = NULL;
  g_autofree anm_real *parameters = anm_run_load_parameters (fixture->run, (int) epoch, NULL, &error);
  AnmPatientReading *shown = anm_live_reading_get_reading (fixture->live);
  AnmProbe *probe = NULL;
  g_autoptr (AnmPatientReading) own = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (shown);
  g_assert_cmpmem (anm_weights_get_parameters (anm_live_reading_get_weights (fixture->live)),
                   anm_network_get_n_parameters (shown->network) * sizeof (anm_real),
                   parameters, anm_network_get_n_parameters (shown->network) * sizeof (anm_real));
  own = anm_patient_reading_new (anm_run_get_network (fixture->run), anm_run_get_recipe (fixture->run), anm_run_get_loss (fixture->run),
                                 parameters, anm_study_get_cohort (fixture->study), anm_view_state_get_patient (fixture->state),
                                 &probe, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (own->n_steps, ==, shown->n_steps);
  for (guint layer = 0; layer < own->n_layers; layer++)
    for (guint i = 0; i < own->layers[layer].n_traces; i++)
      {
        const AnmReadingTrace *mine = &own->layers[layer].traces[i], *theirs = &shown->layers[layer].traces[i];

        g_assert_cmpmem (mine->values, own->n_steps * mine->n_units * sizeof (float),
                         theirs->values, own->n_steps * theirs->n_units * sizeof (float));
      }
  g_assert_cmpmem (own->prediction, own->n_steps * sizeof (float), shown->prediction, own->n_steps * sizeof (float));
  anm_probe_free (probe);
}

static void
test_every_kept_epoch (Fixture *fixture,
                       gconstpointer data)
{
  guint n_epochs;
  const guint *epochs = anm_kept_epochs_get (fixture->run, &n_epochs);

  g_assert_cmpuint (n_epochs, ==, 5);
  for (guint i = 0; i < n_epochs; i++)
    {
      anm_view_state_set_patient (fixture->state, i);
      anm_view_state_set_epoch (fixture->state, (int) epochs[i]);
      await_epoch (fixture, epochs[i]);
      while (anm_live_reading_get_reading (fixture->live)->patient != i)
        g_main_context_iteration (NULL, TRUE);
      assert_is_reading_of (fixture, epochs[i]);
    }

  anm_view_state_set_epoch (fixture->state, ANM_EPOCH_NEWEST);
  while (anm_live_reading_get_origin (fixture->live, NULL, NULL) != ANM_WEIGHTS_BEST)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (anm_live_reading_get_weights (fixture->live)->epoch, ==, anm_run_get_best_epoch (fixture->run));
}

/* The slider dragged to and fro: few readings, and the last is the last that was asked for. */
static void
test_scrubbing (Fixture *fixture,
                gconstpointer data)
{
  for (guint i = 0; i < 200; i++)
    anm_view_state_set_epoch (fixture->state, (int) (i % 5));
  anm_view_state_set_epoch (fixture->state, 3);
  await_epoch (fixture, 3);
  assert_is_reading_of (fixture, 3);
  g_assert_cmpuint (fixture->n_changed, <, 10);
}

static void
test_steps_between_kept_epochs (Fixture *fixture,
                                gconstpointer data)
{
  anm_view_state_set_epoch (fixture->state, 2);
  anm_view_state_step_epoch (fixture->state, -1);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, 1);
  anm_view_state_step_epoch (fixture->state, -1);
  anm_view_state_step_epoch (fixture->state, -1);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, 0);
  for (guint i = 0; i < 5; i++)
    anm_view_state_step_epoch (fixture->state, 1);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, ANM_EPOCH_NEWEST);
  g_assert_cmpint (anm_kept_epochs_find_nearest (fixture->run, 2.4), ==, 2);
  g_assert_cmpint (anm_kept_epochs_find_nearest (NULL, 2), ==, -1);
}

/* Another run, and an edited network, are looked at as they are now. */
static void
test_edits_return_to_the_present (Fixture *fixture,
                                  gconstpointer data)
{
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse ("gru(4) > dense(1)", NULL);

  anm_view_state_set_epoch (fixture->state, 1);
  await_epoch (fixture, 1);
  anm_study_set_network (fixture->study, spec);
  while (anm_live_reading_get_origin (fixture->live, NULL, NULL) != ANM_WEIGHTS_INITIAL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, ANM_EPOCH_NEWEST);
  g_assert_cmpuint (anm_live_reading_get_reading (fixture->live)->n_layers, ==, 2);

  /* And the run's own past is there all the same. */
  anm_view_state_set_epoch (fixture->state, 2);
  await_epoch (fixture, 2);
  assert_is_reading_of (fixture, 2);
}

static void
test_fork (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnmRun *fork;
  guint epoch;

  anm_view_state_set_epoch (fixture->state, 2);
  g_assert_true (anm_training_control_fork (fixture->control, fixture->run, 2, &error));
  g_assert_no_error (error);
  fork = anm_view_state_get_run (fixture->state);
  g_assert_true (fork != fixture->run);
  g_assert_true (anm_view_state_get_previous_run (fixture->state) == fixture->run);
  g_assert_cmpuint (anm_run_get_parent (fork, &epoch), ==, anm_run_get_id (fixture->run));
  g_assert_cmpuint (epoch, ==, 2);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, ANM_EPOCH_NEWEST);
  anm_training_control_stop (fixture->control);
  while (anm_training_control_get_status (fixture->control) != ANM_TRAINING_STATUS_READY)
    g_main_context_iteration (NULL, TRUE);
}

/* Closed and opened again, a study is looked at where it was left. */
static void
test_memory (Fixture *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmViewMemory) memory = anm_view_memory_new (fixture->state, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  g_autofree char *patient = g_strdup (anm_study_get_cohort (fixture->study)->ids[7]);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  anm_view_state_set_patient (fixture->state, 7);
  anm_view_state_set_epoch (fixture->state, 2);
  anm_view_state_set_layer (fixture->state, 1);
  anm_view_state_set_unit (fixture->state, 2);
  anm_view_state_set_quantity (fixture->state, "z");
  anm_view_state_pin_cursor (fixture->state, 17.5);
  anm_view_state_set_inputs (fixture->state, "HR\nLactate");
  anm_view_state_set_by_number (fixture->state, TRUE);

  anm_view_state_set_study (fixture->state, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->run);
  g_object_add_weak_pointer (G_OBJECT (fixture->study), (gpointer *) &fixture->study);
  g_object_unref (fixture->study);
  while (fixture->study != NULL)
    g_main_context_iteration (NULL, FALSE);

  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_view_state_set_study (fixture->state, fixture->study);
  while (anm_view_state_get_run (fixture->state) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (anm_view_state_get_cohort (fixture->state)->ids[anm_view_state_get_patient (fixture->state)], ==, patient);
  g_assert_cmpint (anm_view_state_get_epoch (fixture->state), ==, 2);
  g_assert_cmpint (anm_view_state_get_layer (fixture->state), ==, 1);
  g_assert_cmpint (anm_view_state_get_unit (fixture->state), ==, 2);
  g_assert_cmpstr (anm_view_state_get_quantity (fixture->state), ==, "z");
  g_assert_cmpfloat (anm_view_state_get_cursor (fixture->state), ==, 17.5);
  g_assert_true (anm_view_state_get_cursor_pinned (fixture->state));
  g_assert_cmpstr (anm_view_state_get_inputs (fixture->state), ==, "HR\nLactate");
  g_assert_true (anm_view_state_get_by_number (fixture->state));
  fixture->run = g_object_ref (anm_view_state_get_run (fixture->state));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/worker/coalesces", test_worker_coalesces);
  g_test_add_func ("/worker/cancels", test_worker_cancels);
  g_test_add_func ("/worker/answers-partly", test_worker_answers_partly);
  g_test_add_func ("/worker/tells-when-it-is-slow", test_worker_tells_when_it_is_slow);
  g_test_add ("/time-machine/every-kept-epoch", Fixture, NULL, set_up, test_every_kept_epoch, tear_down);
  g_test_add ("/time-machine/scrubbing", Fixture, NULL, set_up, test_scrubbing, tear_down);
  g_test_add ("/time-machine/steps-between-kept-epochs", Fixture, NULL, set_up, test_steps_between_kept_epochs, tear_down);
  g_test_add ("/time-machine/edits-return-to-the-present", Fixture, NULL, set_up, test_edits_return_to_the_present, tear_down);
  g_test_add ("/time-machine/memory", Fixture, NULL, set_up, test_memory, tear_down);
  g_test_add ("/time-machine/fork", Fixture, NULL, set_up, test_fork, tear_down);

  return g_test_run ();
}
