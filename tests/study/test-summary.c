/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>

#include "app/study/run-command.h"
#include "app/study/run-difference.h"
#include "app/study/study-error.h"
#include "app/study/study-summary.h"
#include "app/study/verification.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=6&patients=60"
#define NETWORK "gru(4) > dense(1)"

static AnmRun *
train (AnmStudy *study,
       double    learning_rate)
{
  AnmHyperparameters hyperparameters;

  fixture_init_hyperparameters (&hyperparameters, 3);
  hyperparameters.learning_rate = learning_rate;
  return fixture_train (study, &hyperparameters);
}

static AnmStudySummary *
summarise (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnmStudySummary *summary = anm_study_summary_read (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (summary);
  return summary;
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (folder) != NULL)
    n_files++;
  return n_files;
}

static void
test_a_peek_says_what_is_in_a_study (Fixture *fixture,
                                     gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autoptr (AnmStudySummary) before = NULL, open = NULL, closed = NULL;
  AnmRun *run;
  AnmRunBrief brief;

  g_assert_true (anm_study_flush (study, NULL));
  before = summarise (fixture);
  g_assert_cmpuint (before->n_runs, ==, 0);
  g_assert_null (before->score_name);
  g_assert_cmpuint (before->n_losses, ==, 0);

  run = train (study, 0.01);
  g_assert_true (anm_study_flush (study, NULL));
  open = summarise (fixture);
  g_assert_cmpuint (open->n_runs, ==, 1);
  g_assert_false (open->training);
  g_assert_cmpuint (open->n_losses, ==, anm_run_get_n_epochs (run));
  for (guint i = 0; i < open->n_losses; i++)
    g_assert_cmpfloat (open->losses[i], ==, anm_run_get_epoch (run, i)->validation.loss);
  anm_run_load_brief (run, &brief);
  g_assert_cmpstr (open->score_name, ==, brief.score_name);
  g_assert_cmpfloat (open->score, ==, brief.score);

  g_clear_object (&study);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  closed = summarise (fixture);
  g_assert_cmpuint (closed->n_runs, ==, 1);
  /* Nothing is left beside it. */
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_a_peek_passes_over_deleted_runs (Fixture *fixture,
                                      gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmRun *run = train (study, 0.01);
  g_autoptr (AnmStudySummary) summary = NULL;

  g_assert_true (anm_study_set_runs_deleted (study, &run, 1, TRUE, NULL));
  g_assert_true (anm_study_flush (study, NULL));
  summary = summarise (fixture);
  g_assert_cmpuint (summary->n_runs, ==, 0);
  g_assert_null (summary->score_name);
}

static void
test_a_peek_at_nothing_makes_nothing (Fixture *fixture,
                                      gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  const guint before = count_files (fixture);

  g_assert_null (anm_study_summary_read (fixture->path, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_READ);
  g_assert_cmpuint (count_files (fixture), ==, before);

  g_assert_true (g_file_set_contents (fixture->path, "not a study", -1, NULL));
  g_assert_null (anm_study_summary_read (fixture->path, &other));
  g_assert_nonnull (other);
}

static void
test_a_study_keeps_its_name (Fixture *fixture,
                             gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  g_autofree char *usual = g_strdup (anm_study_get_title (study));

  anm_study_set_title (study, "Ward sepsis");
  g_assert_cmpstr (anm_study_get_title (study), ==, "Ward sepsis");
  g_clear_object (&study);

  study = fixture_open (fixture);
  g_assert_cmpstr (anm_study_get_title (study), ==, "Ward sepsis");
  anm_study_set_title (study, "");
  g_assert_cmpstr (anm_study_get_title (study), ==, usual);
  g_clear_object (&study);

  study = fixture_open (fixture);
  g_assert_cmpstr (anm_study_get_title (study), ==, usual);
}

static void
test_a_brief_is_the_same_from_file_and_memory (Fixture *fixture,
                                               gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmRunBrief in_memory, in_file;

  anm_run_load_brief (train (study, 0.01), &in_memory);
  g_assert_cmpuint (in_memory.n_epochs, ==, 3);
  g_clear_object (&study);

  study = fixture_open (fixture);
  anm_run_load_brief (anm_study_find_run (study, 1), &in_file);
  g_assert_cmpuint (in_file.n_epochs, ==, in_memory.n_epochs);
  g_assert_cmpuint (in_file.best_epoch, ==, in_memory.best_epoch);
  g_assert_cmpstr (in_file.score_name, ==, in_memory.score_name);
  g_assert_cmpfloat (in_file.score, ==, in_memory.score);
}

static const AnmRunDifference *
find_difference (GPtrArray  *differences,
                 const char *what)
{
  for (guint i = 0; i < differences->len; i++)
    {
      const AnmRunDifference *difference = g_ptr_array_index (differences, i);

      if (g_str_equal (difference->what, what))
        return difference;
    }
  return NULL;
}

static void
test_differences_are_what_differs (Fixture *fixture,
                                   gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmRun *slow = train (study, 0.001), *quick = train (study, 0.01);
  g_autoptr (GPtrArray) differences = anm_run_differences (slow, quick);
  g_autoptr (GPtrArray) none = anm_run_differences (slow, slow);
  g_autofree char *name = NULL;
  const AnmRunDifference *rate;

  g_assert_cmpuint (none->len, ==, 0);
  rate = find_difference (differences, "learning_rate");
  g_assert_nonnull (rate);
  g_assert_cmpstr (rate->a, ==, "0.001");
  g_assert_cmpstr (rate->b, ==, "0.01");
  g_assert_null (find_difference (differences, "network"));
  g_assert_null (find_difference (differences, "seed"));
  name = anm_run_difference_name (rate->what);
  g_assert_cmpstr (name, ==, "learning rate");
}

static void
verified_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_a_run_is_verified_in_the_background (Fixture *fixture,
                                          gconstpointer data)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, NETWORK);
  AnmRun *run = train (study, 0.01);
  g_autoptr (GAsyncResult) result = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (AnmVerification) verification = { 0 };
  AnmVerification nothing = { 0 };

  anm_verification_make_async (study, run, ANM_VERIFICATION_TOLERANCE, 1, NULL, NULL, NULL, verified_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (anm_verification_make_finish (&verification, result, &error));
  g_assert_no_error (error);
  g_assert_true (verification.same);
  g_assert_true (verification.exact);
  g_assert_cmpuint (verification.n_epochs, ==, anm_run_get_n_epochs (run));
  g_assert_cmpuint (verification.n_updates, ==, anm_run_get_n_updates (run));

  g_cancellable_cancel (cancellable);
  anm_verification_make_async (study, run, ANM_VERIFICATION_TOLERANCE, 1, NULL, NULL, cancellable, verified_cb, &cancelled);
  while (cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (anm_verification_make_finish (&nothing, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/summary/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("peek", test_a_peek_says_what_is_in_a_study);
  ADD ("deleted", test_a_peek_passes_over_deleted_runs);
  ADD ("nothing", test_a_peek_at_nothing_makes_nothing);
  ADD ("title", test_a_study_keeps_its_name);
  ADD ("brief", test_a_brief_is_the_same_from_file_and_memory);
  ADD ("differences", test_differences_are_what_differs);
  ADD ("verification", test_a_run_is_verified_in_the_background);
  return g_test_run ();
}
