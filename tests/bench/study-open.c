/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study-open make FILE [MEGABYTES]      a study with records of so many megabytes (1000), a run and some edits
 * study-open time FILE                  opens it three times: with the cache, and once without it
 *
 * How soon is a large study there? Times until the study is open (title, runs, history: what the window shows first), until its records are,
 * and how long the main loop was ever kept meanwhile. Each opening is a process of its own. The study's folder has the cache, too.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/study/training.h"
#include "data/cohort-builder.h"

#define VALUES 2000

static AnmCohort *
make_cohort (guint megabytes)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("A large cohort", "h");
  /* A time and a value take 12 bytes. */
  const guint n_patients = (guint) ((gsize) megabytes * 1000000 / (12 * VALUES));
  guint state = 1;

  anm_cohort_builder_add_channel (builder, "heart rate");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "died", "died", g_strsplit ("no yes", " ", -1));
  for (guint p = 0; p < n_patients; p++)
    {
      g_autofree char *id = g_strdup_printf ("patient-%u", p);
      gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));

      anm_cohort_builder_set_outcome (builder, patient, (float) (p % 2));
      for (guint k = 0; k < VALUES; k++)
        {
          state = state * 1664525 + 1013904223;
          anm_cohort_builder_add_value (builder, patient, 0, k, (float) (state >> 16));
        }
    }
  return anm_cohort_builder_finish (builder, 1);
}

/* The run is of a small cohort; the head is at the large one. */
static void
make (const char *path,
      guint megabytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);
  g_autoptr (AnmCohort) small = anm_sample_make ("sample:delayed-marker?delay=6&patients=60", &error), large = NULL;
  g_autoptr (AnmTraining) training = NULL;
  AnmHyperparameters hyperparameters;

  g_assert_no_error (error);
  anm_study_set_cohort (study, small, "sample:delayed-marker?delay=6&patients=60");
  anm_hyperparameters_init (&hyperparameters, ANM_OPTIMIZER_ADAM);
  hyperparameters.epochs = 50;
  training = anm_training_start (study, &hyperparameters, 1, FALSE, 1, &error);
  g_assert_no_error (error);
  anm_training_wait (training, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  large = make_cohort (megabytes);
  anm_study_set_cohort (study, large, "a large source");
  anm_study_flush (study, &error);
  g_assert_no_error (error);
}

static gboolean
tick_cb (gpointer data)
{
  gint64 *last = data, now = g_get_monotonic_time ();

  last[1] = MAX (last[1], now - last[0]);
  last[0] = now;
  return G_SOURCE_CONTINUE;
}

static void
open_once (const char *path)
{
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time (), opened, loaded;
  gint64 ticks[2] = { began, 0 };
  g_autoptr (AnmStudy) study = anm_study_open (path, &error);

  g_assert_no_error (error);
  opened = g_get_monotonic_time ();
  ticks[0] = opened;
  g_timeout_add (1, tick_cb, ticks);
  while (anm_study_get_loading (study))
    g_main_context_iteration (NULL, TRUE);
  tick_cb (ticks);
  loaded = g_get_monotonic_time ();
  g_assert_nonnull (anm_study_get_cohort (study));
  printf ("%s, %u run, %u patients: open after %.0f ms, records after %.0f ms, main loop kept at most %.0f ms\n", anm_study_get_title (study),
          anm_study_get_n_all_runs (study), (guint) anm_study_get_cohort (study)->n_patients, (double) (opened - began) / 1000,
          (double) (loaded - began) / 1000, (double) ticks[1] / 1000);
  fflush (stdout);
  _exit (0);
}

static void
time_opening (const char *program,
              const char *path,
              const char *cache)
{
  for (guint i = 0; i < 4; i++)
    {
      const char *const arguments[] = { program, "once", path, NULL };
      g_autoptr (GError) error = NULL;

      if (i == 3)
        {
          g_autofree char *records = g_build_filename (cache, "anamnesis", "records", NULL);
          g_autoptr (GDir) folder = g_dir_open (records, 0, NULL);
          const char *name;

          while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
            {
              g_autofree char *file = g_build_filename (records, name, NULL);

              g_unlink (file);
            }
          printf ("without the cache:\n");
          fflush (stdout);
        }
      g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
}

int
main (int argc,
      char **argv)
{
  g_autofree char *folder = argc > 2 ? g_path_get_dirname (argv[2]) : NULL;
  g_autofree char *absolute = folder != NULL ? g_canonicalize_filename (folder, NULL) : NULL;

  if (argc < 3)
    {
      fprintf (stderr, "study-open make|time FILE [MEGABYTES]\n");
      return 2;
    }
  g_setenv ("XDG_CACHE_HOME", absolute, TRUE);
  if (g_str_equal (argv[1], "make"))
    make (argv[2], argc > 3 ? (guint) atoi (argv[3]) : 1000);
  else if (g_str_equal (argv[1], "once"))
    open_once (argv[2]);
  else
    time_opening (argv[0], argv[2], absolute);
  return 0;
}
