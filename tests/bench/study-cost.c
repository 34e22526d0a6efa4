/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study-cost [--network TEXT] [--patients N] [--epochs N] [--pairs N] [--threads N] [--folder DIR]
 *
 * What does keeping a run cost? Trains the same run in turn without a study (the engine's trainer alone) and with one (scheduler, writer,
 * file and all, until the disk has it), and prints the ratios of both times of each pair: by the clock, and of the processor's time of the
 * whole process, which a busy machine disturbs less. The folder should be on the disk that studies lie on.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "app/study/readable.h"
#include "app/study/training.h"

typedef struct
{
  const char *network;
  guint       n_patients;
  guint       epochs;
  guint       n_pairs;
  guint       n_threads;
  const char *folder;
} Options;

typedef struct
{
  double wall;
  double processor;
} Times;

typedef struct
{
  AnmDataset        *dataset;
  AnmNetwork        *network;
  AnmHyperparameters hyperparameters;
  guint              n_threads;
  anm_real           last;      /* of the parameters, to see that both did the same */
} Bare;

static double
processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static Times
begin (void)
{
  return (Times) { (double) g_get_monotonic_time () * 1e-6, processor_seconds () };
}

static Times
since (Times began)
{
  const Times now = begin ();

  return (Times) { now.wall - began.wall, now.processor - began.processor };
}

static gpointer
train_bare (gpointer data)
{
  Bare *bare = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = anm_pool_new (bare->n_threads);
  g_autofree anm_real *weights = g_new (anm_real, anm_network_get_n_parameters (bare->network));
  g_autoptr (AnmTrainer) trainer = NULL;
  AnmTrainerEvent event;

  anm_pool_enter_computing_thread ();
  anm_pool_lower_priority ();
  anm_network_initialize (bare->network, bare->hyperparameters.seed, weights);
  trainer = anm_trainer_new (bare->network, &bare->hyperparameters, bare->dataset->parts[ANM_PART_TRAINING],
                             bare->dataset->parts[ANM_PART_VALIDATION], weights, pool, &error);
  g_assert_no_error (error);
  anm_trainer_evaluate_initial (trainer, NULL, &error);
  do
    event = anm_trainer_step (trainer, NULL, &error);
  while (event == ANM_TRAINER_UPDATED || event == ANM_TRAINER_EPOCH_ENDED);
  g_assert_cmpint (event, ==, ANM_TRAINER_DONE);
  bare->last = anm_trainer_get_parameters (trainer)[anm_network_get_n_parameters (bare->network) - 1];
  return NULL;
}

static Times
time_bare (Bare *bare)
{
  Times began = begin ();

  g_thread_join (g_thread_new ("bare", train_bare, bare));
  return since (began);
}

static Times
time_kept (AnmStudy *study,
           const Bare *bare)
{
  g_autoptr (GError) error = NULL;
  Times began = begin (), times;
  g_autoptr (AnmTraining) training = anm_training_start (study, &bare->hyperparameters, 1, FALSE, bare->n_threads, &error);
  g_autofree anm_real *weights = NULL;

  g_assert_no_error (error);
  anm_training_wait (training, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  times = since (began);
  weights = anm_run_load_parameters (anm_training_get_run (training, 0), ANM_EPOCH_LAST, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat ((double) weights[anm_network_get_n_parameters (bare->network) - 1], ==, (double) bare->last);
  return times;
}

static AnmStudy *
make_study (const Options *options,
            const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = g_strdup_printf ("sample:icu?patients=%u", options->n_patients);
  AnmStudy *study = anm_study_open (path, &error);
  g_autoptr (AnmCohort) cohort = anm_sample_make (source, &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (options->network, &error);

  g_assert_no_error (error);
  anm_study_set_cohort (study, cohort, source);
  anm_study_set_network (study, spec);
  anm_study_prepare (study, &error);
  g_assert_no_error (error);
  return study;
}

static void
remove_study (const char *path)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      g_unlink (file);
    }
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  const double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static void
print_ratios (const char *name,
              GArray *ratios)
{
  g_array_sort (ratios, compare_doubles);
  printf ("%s: median %+.2f %%, quartiles %+.2f and %+.2f %%\n", name,
          100 * (g_array_index (ratios, double, ratios->len / 2) - 1), 100 * (g_array_index (ratios, double, ratios->len / 4) - 1),
          100 * (g_array_index (ratios, double, ratios->len - 1 - ratios->len / 4) - 1));
}

static void
run (const Options *options)
{
  g_autofree char *folder = g_strconcat (options->folder, "/study-cost-XXXXXX", NULL);
  g_autoptr (GArray) walls = g_array_new (FALSE, FALSE, sizeof (double)), processors = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (g_mkdtemp (folder));
  for (guint pair = 0; pair < options->n_pairs; pair++)
    {
      g_autofree char *path = g_build_filename (folder, "cost.anamnesis", NULL);
      AnmStudy *study = make_study (options, path);
      Bare bare = { anm_study_get_dataset (study), NULL, { 0 }, options->n_threads, 0 };
      Times without, with;
      double wall, processor;

      bare.network = anm_lay_out_network (anm_study_get_network (study), bare.dataset->recipe, &error);
      g_assert_no_error (error);
      anm_hyperparameters_init (&bare.hyperparameters, ANM_OPTIMIZER_ADAM);
      bare.hyperparameters.epochs = options->epochs;
      bare.hyperparameters.seed = 1;
      anm_study_flush (study, NULL);
      if (pair == 0)
        time_bare (&bare); /* for the first time: memory, caches, clock speed */
      without = time_bare (&bare);
      with = time_kept (study, &bare);
      wall = with.wall / without.wall;
      processor = with.processor / without.processor;
      g_array_append_val (walls, wall);
      g_array_append_val (processors, processor);
      printf ("%2u: %.2f epochs a second, %u parameters; clock %.3f s and %.3f s, processor %.3f s and %.3f s\n", pair + 1,
              options->epochs / without.wall, (guint) anm_network_get_n_parameters (bare.network), without.wall, with.wall, without.processor,
              with.processor);
      fflush (stdout);
      anm_network_unref (bare.network);
      g_object_unref (study);
      remove_study (path);
    }
  g_rmdir (folder);
  print_ratios ("by the clock", walls);
  print_ratios ("processor time", processors);
}

int
main (int argc,
      char **argv)
{
  Options options = { "lstm(32, return_sequences) > gru(16) > dense(1)", 1000, 20, 9, 2, "." };

  for (int i = 1; i + 1 < argc; i += 2)
    {
      const struct
      {
        const char *name;
        guint      *number;
      } numbers[] = { { "--patients", &options.n_patients }, { "--epochs", &options.epochs }, { "--pairs", &options.n_pairs }, { "--threads", &options.n_threads } };

      if (g_str_equal (argv[i], "--network"))
        options.network = argv[i + 1];
      else if (g_str_equal (argv[i], "--folder"))
        options.folder = argv[i + 1];
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        if (g_str_equal (argv[i], numbers[k].name))
          *numbers[k].number = (guint) atoi (argv[i + 1]);
    }
  run (&options);
  return 0;
}
