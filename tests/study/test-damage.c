/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "app/study/salvage.h"
#include "app/study/study-error.h"
#include "tests/study/fixture.h"

#define SOURCE "sample:delayed-marker?delay=3&patients=20"
#define PAGE 4096

static void
remove_study (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

static void
fill_study (Fixture *fixture)
{
  g_autoptr (AnmStudy) study = fixture_fill (fixture, SOURCE, "simple_rnn(2) > dense(1)");
  AnmHyperparameters hyperparameters;

  fixture_init_hyperparameters (&hyperparameters, 4);
  fixture_train (study, &hyperparameters);
  anm_run_set_note (fixture_train (study, &hyperparameters), "second");
  g_assert_true (anm_study_flush (study, NULL));
}

typedef enum
{
  ZEROED,
  FLIPPED,
  N_DAMAGES,
} Damage;

static void
damage_page (char *bytes,
             gsize page,
             Damage damage)
{
  for (gsize i = page * PAGE; i < (page + 1) * PAGE; i++)
    bytes[i] = damage == ZEROED ? 0 : (char) (bytes[i] ^ 0xff);
}

/* Every page in turn. */
static void
test_every_page (Fixture *fixture,
                 gconstpointer data)
{
  const Damage damage = (Damage) GPOINTER_TO_INT (data);
  g_autofree char *sound = NULL, *damaged = g_build_filename (fixture->folder, "damaged.anamnesis", NULL);
  g_autofree char *salvaged = g_build_filename (fixture->folder, "salvaged.anamnesis", NULL);
  guint n_opened = 0, n_salvaged = 0, n_with_runs = 0, n_lost_nothing = 0;
  gsize size;

  fill_study (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &sound, &size, NULL));
  g_assert_cmpuint (size % PAGE, ==, 0);
  for (gsize page = 0; page < size / PAGE; page++)
    {
      g_autofree char *bytes = g_memdup2 (sound, size), *after = NULL;
      g_autoptr (GError) error = NULL;
      gsize size_after;
      AnmSalvage salvage;

      damage_page (bytes, page, damage);
      g_assert_true (g_file_set_contents (damaged, bytes, (gssize) size, NULL));
      if (anm_study_salvage (damaged, salvaged, &salvage, &error))
        {
          n_salvaged++;
          n_with_runs += salvage.n_runs > 0;
          n_lost_nothing += salvage.n_runs == 2 && salvage.n_epochs == 10 && salvage.n_snapshots == 10;
          g_assert_cmpint (fixture_ask (salvaged, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), ==, 0);
          g_assert_cmpint (fixture_ask (salvaged, "SELECT count (*) FROM pragma_foreign_key_check"), ==, 0);
          g_assert_true (fixture_read_all (salvaged));
        }
      else
        g_assert_nonnull (error);
      /* The damaged one is as it was. */
      g_assert_true (g_file_get_contents (damaged, &after, &size_after, NULL));
      g_assert_cmpmem (bytes, size, after, size_after);
      n_opened += fixture_read_all (damaged);
      remove_study (salvaged);
      remove_study (damaged);
    }
  g_test_message ("%u pages: %u opened all the same, %u salvaged, %u of them with runs, %u with all runs, epochs and weights",
                  (guint) (size / PAGE), n_opened, n_salvaged, n_with_runs, n_lost_nothing);
  g_assert_cmpuint (n_salvaged, ==, size / PAGE);
  g_assert_cmpuint (n_with_runs, >, size / PAGE / 2);
}

static void
test_sound (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *salvaged = g_build_filename (fixture->folder, "salvaged.anamnesis", NULL);
  AnmSalvage salvage;
  g_autoptr (AnmStudy) study = NULL;

  fill_study (fixture);
  g_assert_true (anm_study_salvage (fixture->path, salvaged, &salvage, &error));
  g_assert_no_error (error);
  g_assert_true (salvage.whole);
  g_assert_cmpuint (salvage.n_runs, ==, 2);
  study = anm_study_open (salvaged, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (anm_run_get_note (anm_study_find_run (study, 2)), ==, "second");
  g_assert_nonnull (anm_study_get_undo_label (study));
  /* Nothing is ever overwritten. */
  g_assert_false (anm_study_salvage (fixture->path, salvaged, &salvage, &error));
  g_assert_error (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_WRITE);
}

#define ADD(name, function, data) g_test_add ("/study/damage/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Figures that can't be read are an empty run and a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  ADD ("sound", test_sound, NULL);
  ADD ("zeroed", test_every_page, GINT_TO_POINTER (ZEROED));
  ADD ("flipped", test_every_page, GINT_TO_POINTER (FLIPPED));
  return g_test_run ();
}
