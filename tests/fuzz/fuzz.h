/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What fuzzers share: where they start from, how they damage it, and the loop. A run is told by its
 * number and the seed, so that a failure comes again: --seed S --first N --runs 1. */

#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "engine/random.h"

typedef struct
{
  char   *name;
  char   *bytes;
  gsize   length;
} Start;

/* One run on a start; whether it was read. */
typedef gboolean (*FuzzRun) (const Start *start,
                             const char *folder,
                             guint64 seed,
                             guint64 run);

static void
free_start (gpointer data)
{
  Start *start = data;

  g_free (start->name);
  g_free (start->bytes);
  g_free (start);
}

static void
damage (GByteArray *bytes,
        const char *const *morsels,
        guint n_morsels,
        guint64 seed,
        guint64 run)
{
  guint64 index = 0;
#define BELOW(bound) anm_random_below (seed, run * 2 + 1, index++, (bound))
  guint most = 1 + (guint) BELOW (6);
  guint n = 1 + (guint) BELOW (most);

  for (guint i = 0; i < n; i++)
    {
      gsize place = bytes->len > 0 ? BELOW (bytes->len) : 0;
      gsize wanted = 1 + BELOW (40);
      gsize length = MIN (wanted, bytes->len - place);
      const char *morsel = morsels[BELOW (n_morsels)];

      switch (BELOW (7))
        {
        case 0:
          if (bytes->len > 0)
            bytes->data[place] ^= (guint8) (1 << BELOW (8));
          break;
        case 1:
          if (length > 0)
            g_byte_array_remove_range (bytes, (guint) place, (guint) length);
          break;
        case 2:
          g_byte_array_set_size (bytes, (guint) place);
          break;
        case 3:
          {
            /* A piece again, somewhere else. */
            g_autofree guint8 *piece = g_memdup2 (bytes->data + place, length);

            g_byte_array_append (bytes, piece, (guint) length);
            break;
          }
        case 4:
          if (bytes->len > 0)
            bytes->data[place] = (guint8) BELOW (256);
          break;
        default:
          {
            gsize added = strlen (morsel);
            gsize rest = bytes->len - place;

            g_byte_array_set_size (bytes, (guint) (bytes->len + added));
            memmove (bytes->data + place + added, bytes->data + place, rest);
            memcpy (bytes->data + place, morsel, added);
            break;
          }
        }
    }
#undef BELOW
}

static void
gather (GPtrArray *starts,
        const char *folder)
{
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      Start *start;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          gather (starts, path);
          continue;
        }
      if (g_str_has_suffix (name, ".error"))
        continue;
      start = g_new0 (Start, 1);
      start->name = g_strdup (name);
      if (g_file_get_contents (path, &start->bytes, &start->length, NULL) && start->length < 100000)
        g_ptr_array_add (starts, start);
      else
        free_start (start);
    }
}

static int
compare_starts (gconstpointer a,
                gconstpointer b)
{
  const Start *const *first = a;
  const Start *const *second = b;
  int order = strcmp ((*first)->name, (*second)->name);

  return order != 0 ? order : ((*first)->length > (*second)->length) - ((*first)->length < (*second)->length);
}

static int
fuzz (int argc,
      char *argv[],
      FuzzRun try_start)
{
  double seconds = 0;
  gint64 runs = 0, first = 0, seed = 1;
  GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long", "S" },
    { "runs", 0, 0, G_OPTION_ARG_INT64, &runs, "How often", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT64, &first, "Number of the first run", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed", "N" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER…");
  g_autoptr (GPtrArray) starts = g_ptr_array_new_with_free_func (free_start);
  g_autofree char *folder = g_dir_make_tmp ("anamnesis-fuzz-XXXXXX", NULL);
  gint64 began = g_get_monotonic_time ();
  gint64 run;
  guint n_read = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || argc < 2 || (seconds <= 0 && runs <= 0))
    {
      fprintf (stderr, "usage: %s FOLDER... [--seconds S | --runs N] [--seed N] [--first N]\n", argv[0]);
      return 2;
    }
  for (int i = 1; i < argc; i++)
    gather (starts, argv[i]);
  if (starts->len == 0)
    {
      fprintf (stderr, "no files to start from\n");
      return 2;
    }
  g_ptr_array_sort (starts, compare_starts);

  run = first;
  while (runs > 0 ? run < first + runs : g_get_monotonic_time () - began < (gint64) (seconds * G_USEC_PER_SEC))
    {
      const Start *start = g_ptr_array_index (starts, anm_random_below ((guint64) seed, (guint64) run * 2, 0, starts->len));

      if (g_getenv ("FUZZ_VERBOSE") != NULL)
        fprintf (stderr, "%" G_GINT64_FORMAT " %s\n", run, start->name);
      n_read += try_start (start, folder, (guint64) seed, (guint64) run);
      run++;
    }
  g_rmdir (folder);

  printf ("%" G_GINT64_FORMAT " runs, %u read, %" G_GINT64_FORMAT " refused\n", run - first, n_read, run - first - n_read);
  return 0;
}

static inline void
write_start (const char *folder,
             const char *name,
             const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The same from files that @fill writes into a folder, which goes at the end. */
static inline int
fuzz_made (int argc,
           char *argv[],
           void (*fill) (const char *folder),
           FuzzRun try_start)
{
  g_autofree char *folder = g_dir_make_tmp ("anamnesis-fuzz-XXXXXX", NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GDir) names = NULL;
  const char *name;
  int result;

  fill (folder);
  for (int i = 0; i < argc; i++)
    g_ptr_array_add (arguments, argv[i]);
  g_ptr_array_insert (arguments, 1, folder);
  g_ptr_array_add (arguments, NULL);
  result = fuzz (argc + 1, (char **) arguments->pdata, try_start);
  names = g_dir_open (folder, 0, NULL);
  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  return result;
}

/* A damaged copy that ends in a zero, for readers of texts. */
static inline char *
damage_text (const Start *start,
             const char *const *morsels,
             guint n_morsels,
             guint64 seed,
             guint64 run)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) start->bytes, (guint) start->length);
  damage (bytes, morsels, n_morsels, seed, run);
  /* A block of its own size, so that reading past its end is seen. */
  return g_strndup ((const char *) bytes->data, bytes->len);
}
