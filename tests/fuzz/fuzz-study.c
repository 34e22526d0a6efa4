/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Feeds the reader of studies, and what salvages them, with damaged files. Whatever comes, a study must be
 * refused with an error, or open and answer; the sanitizers watch the rest.
 *
 *   fuzz-study [--seconds S | --runs N] [--seed N]
 *
 * starts from a study that it makes.
 */
#include "app/study/salvage.h"
#include "tests/fuzz/fuzz.h"
#include "tests/study/fixture.h"

static const char *const morsels[] = {
  "\"", "{", "}", "[", "]", ",", ":", "0", "-1", "1e308", "null", "true", "lstm", "gru", "dense(1)", " > ", "return_sequences", "adam", "sgd",
  "learning_rate", "epochs", "recipe", "network", "hyperparameters", "finished", "stopped", "resumed", "SQLite format 3", "Anam",
  "\377\377\377\377", "\001", "\015", "\005", "\n", "ANMTRAIN", "65536"
};

static void
remove_study (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", ".damaged" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

static gboolean
try_damaged (const Start *start,
             const char *folder,
             guint64 seed,
             guint64 run)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *path = g_build_filename (folder, "damaged.anamnesis", NULL);
  g_autofree char *salvaged = g_build_filename (folder, "salvaged.anamnesis", NULL);
  g_autoptr (GError) error = NULL;
  AnmSalvage salvage;
  gboolean opened;

  g_byte_array_append (bytes, (const guint8 *) start->bytes, (guint) start->length);
  damage (bytes, morsels, G_N_ELEMENTS (morsels), seed, run);
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  if (anm_study_salvage (path, salvaged, &salvage, &error))
    g_assert_true (fixture_read_all (salvaged));
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  opened = fixture_read_all (path);
  remove_study (path);
  remove_study (salvaged);
  return opened;
}

/* Of a damaged file the program tells with warnings, which are no findings. */
static void
be_silent (const char *domain,
           GLogLevelFlags level,
           const char *message,
           gpointer data)
{
}

static void
make_start (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "start.anamnesis", NULL);
  Fixture fixture = { NULL, path };
  g_autoptr (AnmStudy) study = fixture_fill (&fixture, "sample:delayed-marker?delay=3&patients=12", "simple_rnn(2) > dense(1)");
  AnmHyperparameters hyperparameters;
  AnmRun *run;

  fixture_init_hyperparameters (&hyperparameters, 2);
  run = fixture_train (study, &hyperparameters);
  anm_run_set_note (run, "a note");
  anm_run_add_tag (run, "a tag");
  g_assert_true (anm_study_flush (study, NULL));
}

int
main (int argc,
      char *argv[])
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, be_silent, NULL);
  return fuzz_made (argc, argv, make_start, try_damaged);
}
