/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn TASK [--seeds 1,2,3,4,5] [--network TEXT] [--optimizer O] [--learning-rate X] ...
 *
 * Does the engine learn what networks of its kind are known to learn? Trains
 * once a seed and prints each score and their median; exits 1 if the median
 * misses the task's bar. Options replace the task's own settings. Without a
 * task it lists them. Real data is read where it lies, from --data FOLDER.
 */
#include "tests/bench/learn.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const LearnTask *const tables[] = { learn_mnist_tasks, learn_memory_tasks, learn_small_tasks, learn_splice_tasks, learn_challenge_tasks };

static char *network, *optimizer, *seeds = "1,2,3,4,5", *data, *columns;
static double learning_rate, clip_norm = -1.0, step, deep_supervision;
static int batch_size, epochs, n_threads = 1, patience = -1, members;
static gboolean verbose, no_carry_forward;

static const GOptionEntry entries[] = {
  { "seeds", 0, 0, G_OPTION_ARG_STRING, &seeds, "One run for each (1,2,3,4,5)", "A,B,..." },
  { "network", 0, 0, G_OPTION_ARG_STRING, &network, "In place of the task's own", "TEXT" },
  { "optimizer", 0, 0, G_OPTION_ARG_STRING, &optimizer, "sgd, rmsprop, adam, ...", "NAME" },
  { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &learning_rate, NULL, "X" },
  { "batch-size", 0, 0, G_OPTION_ARG_INT, &batch_size, NULL, "N" },
  { "epochs", 0, 0, G_OPTION_ARG_INT, &epochs, NULL, "N" },
  { "patience", 0, 0, G_OPTION_ARG_INT, &patience, NULL, "N" },
  { "clip-norm", 0, 0, G_OPTION_ARG_DOUBLE, &clip_norm, "0 = off", "X" },
  { "members", 0, 0, G_OPTION_ARG_INT, &members, "Networks whose answers are averaged (Challenge)", "N" },
  { "columns", 0, 0, G_OPTION_ARG_STRING, &columns, "values,observed,gaps,statics (Challenge)", "A,B,..." },
  { "step", 0, 0, G_OPTION_ARG_DOUBLE, &step, "Hours (Challenge)", "X" },
  { "no-carry-forward", 0, 0, G_OPTION_ARG_NONE, &no_carry_forward, "Missing values are the mean (Challenge)", NULL },
  { "deep-supervision", 0, 0, G_OPTION_ARG_DOUBLE, &deep_supervision, "Share of the loss that all steps have together", "X" },
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "Folder of data sets (../shared/datasets beside the checkout)", "FOLDER" },
  { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Threads to compute with (1)", "N" },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "Say on standard error how each epoch went", NULL },
  G_OPTION_ENTRY_NULL,
};

static const LearnTask *
find_task (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const LearnTask *task = tables[i]; task->name != NULL; task++)
      if (g_str_equal (task->name, name))
        return task;
  return NULL;
}

static void
list_tasks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const LearnTask *task = tables[i]; task->name != NULL; task++)
      printf ("%-20s %s\n", task->name, task->summary);
}

static void
set_up (LearnSetting *setting, const LearnTask *task)
{
  AnmOptimizerKind kind = task->optimizer;
  AnmHyperparameters *chosen = &setting->hyperparameters;

  if (optimizer != NULL && !anm_optimizer_kind_from_string (optimizer, &kind))
    g_error ("There is no optimizer %s", optimizer);
  anm_hyperparameters_init (chosen, kind);
  setting->network = network != NULL ? network : task->network;
  setting->data = data;
  setting->verbose = verbose;
  if (optimizer == NULL && task->learning_rate > 0.0)
    chosen->learning_rate = task->learning_rate;
  if (learning_rate > 0.0)
    chosen->learning_rate = learning_rate;
  chosen->batch_size = batch_size > 0 ? (guint) batch_size : task->batch_size;
  chosen->epochs = epochs > 0 ? (guint) epochs : task->epochs;
  chosen->clip_norm = clip_norm >= 0.0 ? clip_norm : task->clip_norm;
  chosen->patience = patience >= 0 ? (guint) patience : task->patience;
  chosen->deep_supervision = deep_supervision;
  setting->n_members = members > 0 ? (guint) members : MAX (task->members, 1);
  setting->columns = columns != NULL ? columns : task->columns;
  setting->step = step;
  setting->no_carry_forward = no_carry_forward;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
judge (const LearnTask *task, GArray *scores)
{
  double median;

  g_array_sort (scores, compare_doubles);
  median = g_array_index (scores, double, scores->len / 2);
  if (scores->len % 2 == 0)
    median = (median + g_array_index (scores, double, scores->len / 2 - 1)) / 2.0;
  printf ("%s: median %s of %u seeds %.6g", task->name, task->score, scores->len, median);
  if (task->bar_kind == LEARN_NO_BAR)
    {
      printf ("\n");
      return TRUE;
    }
  printf ("; wanted %.6g or %s\n", task->bar, task->bar_kind == LEARN_AT_LEAST ? "more" : "less");
  return task->bar_kind == LEARN_AT_LEAST ? median >= task->bar : median <= task->bar;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("TASK");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) seed_words = NULL;
  g_autoptr (AnmPool) pool = NULL;
  const LearnTask *task;
  LearnSetting setting;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (argc < 2)
    {
      list_tasks ();
      return 2;
    }
  task = find_task (argv[1]);
  if (task == NULL)
    g_error ("There is no task %s", argv[1]);
  if (data == NULL)
    data = g_build_filename (LEARN_SOURCE_ROOT, "..", "shared", "datasets", NULL);

  set_up (&setting, task);
  setting.pool = pool = anm_pool_new ((guint) n_threads);
  anm_pool_enter_computing_thread ();
  printf ("%s: %s; %s %g, batch %u, %u epochs, clip norm %g\n", task->name, setting.network,
          anm_optimizer_kind_to_string (setting.hyperparameters.optimizer), setting.hyperparameters.learning_rate,
          setting.hyperparameters.batch_size, setting.hyperparameters.epochs, setting.hyperparameters.clip_norm);
  seed_words = g_strsplit (seeds, ",", -1);
  for (guint i = 0; seed_words[i] != NULL; i++)
    {
      double score, start = (double) g_get_monotonic_time ();

      setting.hyperparameters.seed = g_ascii_strtoull (seed_words[i], NULL, 10);
      printf ("seed %s: ", seed_words[i]);
      fflush (stdout);
      score = task->run (task, &setting);
      printf ("%s %.6g (%.0f s)\n", task->score, score, ((double) g_get_monotonic_time () - start) / G_USEC_PER_SEC);
      fflush (stdout);
      g_array_append_val (scores, score);
    }
  return judge (task, scores) ? 0 : 1;
}
