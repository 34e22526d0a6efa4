/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/interrupt.h"
#include "app/cli/options.h"
#include "app/cli/progress-bar.h"
#include "app/cli/report.h"
#include "engine/benchmark.h"

#define MAX_THREADS 1024
#define MAX_WORKLOADS 32
#define SEGMENT_SECONDS 0.5
#define INTROSPECTION_SECONDS 3.0
#define BLAS_CORE_VARIABLE "OPENBLAS_CORETYPE"

/* The named workloads' training speed as a share of sgemm's, and what one patient takes. */

typedef struct
{
  char    *workloads;
  char    *threads;
  char    *seconds;
  char    *blas_core;
  gboolean phases;
  gboolean latency;
} BenchOptions;

static void
bench_options_clear (BenchOptions *self)
{
  g_clear_pointer (&self->workloads, g_free);
  g_clear_pointer (&self->threads, g_free);
  g_clear_pointer (&self->seconds, g_free);
  g_clear_pointer (&self->blas_core, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BenchOptions, bench_options_clear)

/* What is to be measured, and what came of it. */
typedef struct
{
  guint               n_workloads;
  const AnmWorkload  *workloads[MAX_WORKLOADS];
  guint               n_threads;
  double              seconds;
  gboolean            with_phases;
  gboolean            with_latency;
  AnmBenchmarkFigures figures[MAX_WORKLOADS];
  AnmBenchmarkPhases  phases[MAX_WORKLOADS];
  AnmLatency          latency[MAX_WORKLOADS];
  double              introspection[MAX_WORKLOADS];
} Bench;

static gboolean
parse_options (AnmInvocation *invocation,
               BenchOptions *options,
               char **arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "workload", 0, 0, G_OPTION_ARG_STRING, &options->workloads, N_ ("Workloads to measure (W1,W2,W3,W4,W5,W6)"), N_ ("A,B,…") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &options->threads, N_ ("Threads to compute with, sgemm too (1)"), N_ ("N") },
    { "seconds", 0, 0, G_OPTION_ARG_STRING, &options->seconds, N_ ("Seconds of training for each workload (5)"), N_ ("S") },
    { "latency", 0, 0, G_OPTION_ARG_NONE, &options->latency, N_ ("Measure what one patient takes and what introspection costs instead (W2)"), NULL },
    { "phases", 0, 0, G_OPTION_ARG_NONE, &options->phases, N_ ("Also tell the time of each phase of an update"), NULL },
    { "blas-core", 0, 0, G_OPTION_ARG_STRING, &options->blas_core,
      N_ ("What OpenBLAS is to take the processor for: SkylakeX, Haswell, …; “own” leaves it its own choice. Without this the program starts itself anew with one that suits the engine's instructions, unless OPENBLAS_CORETYPE is set"),
      N_ ("NAME") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = g_strdupv (arguments);

  return anm_options_parse (invocation, &left, entries, NULL, 0, 0, NULL, error);
}

static gboolean
read_workloads (const char *text,
                Bench *bench,
                GError **error)
{
  g_auto (GStrv) words = anm_option_read_words ("workload", text, error);

  if (words == NULL)
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    {
      const AnmWorkload *workload = anm_workload_find (words[i]);

      if (workload == NULL || bench->n_workloads == MAX_WORKLOADS)
        {
          anm_usage_error (error, _ ("--workload: there is no workload “%s”. There are W1, W2, W3, W4, W5 and W6."), words[i]);
          return FALSE;
        }
      bench->workloads[bench->n_workloads++] = workload;
    }
  return TRUE;
}

static gboolean
read_options (const BenchOptions *options,
              Bench *bench,
              GError **error)
{
  bench->n_threads = 1;
  bench->seconds = 5.0;
  bench->with_phases = options->phases;
  bench->with_latency = options->latency;
  if (!read_workloads (options->workloads != NULL ? options->workloads : options->latency ? "W2" : "W1,W2,W3,W4,W5,W6", bench, error) ||
      !anm_option_read_count ("threads", options->threads, 1, MAX_THREADS, &bench->n_threads, error) ||
      !anm_option_read_number ("seconds", options->seconds, &bench->seconds, error))
    return FALSE;
  if (bench->seconds <= 0.0 || bench->seconds > 86400.0)
    {
      anm_usage_error (error, _ ("--seconds: “%s” isn't between 0 and 86400."), options->seconds);
      return FALSE;
    }
  return TRUE;
}

/* OpenBLAS looks at its variable once, when the program is loaded, so another core type takes another start. Comes back
 * only if none is needed, or if it can't be. */
static void
start_with_fitting_core (const BenchOptions *options,
                         char **arguments)
{
  const char *set = g_getenv (BLAS_CORE_VARIABLE);
  const char *wanted = options->blas_core;
  g_autoptr (GPtrArray) argv = NULL;

  if (wanted == NULL && set == NULL)
    wanted = anm_blas_get_fitting_core ();
  if (wanted == NULL || g_ascii_strcasecmp (wanted, "own") == 0 || g_strcmp0 (wanted, set) == 0)
    return;
  argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (char *) "anamnesis-cli");
  g_ptr_array_add (argv, (char *) "bench");
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_setenv (BLAS_CORE_VARIABLE, wanted, TRUE);
  execv ("/proc/self/exe", (char **) argv->pdata);
}

/* Why sgemm is no yardstick here, or NULL. */
static char *
describe_misfit (void)
{
  const char *fitting = anm_blas_get_fitting_core ();

  if (fitting == NULL)
    return NULL;
  return g_strdup_printf (_ ("OpenBLAS computes as for “%s”, but the engine with %s: sgemm is slower here than the machine allows, "
                             "and ratios to it are too high. Set %s=%s to compare like with like."),
                          anm_blas_get_core (), anm_instructions_get_name (), BLAS_CORE_VARIABLE, fitting);
}

static void
show_progress (AnmProgressBar *bar,
               const Bench *bench,
               guint index,
               double done)
{
  double all = bench->n_workloads * bench->seconds;
  double so_far = MIN (index * bench->seconds + done, all);

  anm_progress_bar_update (bar, so_far / all, all - so_far, bench->workloads[index]->name);
}

/* Segments until their time is up. */
static gboolean
measure_speed (Bench *bench,
               guint index,
               AnmProgressBar *bar,
               const int *stop)
{
  g_autoptr (AnmBenchmark) benchmark = anm_benchmark_new (bench->workloads[index], bench->n_threads);
  double done = 0.0;

  do
    {
      show_progress (bar, bench, index, done);
      if (!anm_benchmark_run_segment (benchmark, SEGMENT_SECONDS, stop))
        return FALSE;
      done += SEGMENT_SECONDS;
    }
  while (done < bench->seconds);
  if (bench->with_phases)
    anm_benchmark_measure_phases (bench->workloads[index], &bench->phases[index]);
  return anm_benchmark_get_figures (benchmark, &bench->figures[index]);
}

static gboolean
measure_latency (Bench *bench,
                 guint index,
                 AnmProgressBar *bar,
                 const int *stop)
{
  show_progress (bar, bench, index, 0.0);
  anm_benchmark_measure_latency (bench->workloads[index], &bench->latency[index]);
  bench->introspection[index] = anm_benchmark_measure_introspection (bench->workloads[index], bench->n_threads,
                                                                     MAX (bench->seconds, INTROSPECTION_SECONDS), stop);
  return !isnan (bench->introspection[index]);
}

static void
print_head (const Bench *bench,
            const char *misfit)
{
  g_print (ngettext ("%u thread, instructions %s, OpenBLAS %s\n", "%u threads, instructions %s, OpenBLAS %s\n", bench->n_threads),
           bench->n_threads, anm_instructions_get_name (), anm_blas_get_core ());
  if (misfit != NULL)
    g_print ("%s\n", misfit);
}

static void
print_figures (const Bench *bench,
               guint index)
{
  const AnmWorkload *workload = bench->workloads[index];
  const AnmBenchmarkFigures *figures = &bench->figures[index];

  g_print (ngettext ("%s  %.3f of sgemm (%.3f to %.3f in %u segment)  %.0f sequences/s, update %.3f ms, %.1f of %.1f GFLOP/s  %s\n",
                     "%s  %.3f of sgemm (%.3f to %.3f in %u segments)  %.0f sequences/s, update %.3f ms, %.1f of %.1f GFLOP/s  %s\n",
                     figures->n_segments),
           workload->name, figures->ratio, figures->lowest_ratio, figures->highest_ratio, figures->n_segments,
           figures->samples_per_second, figures->best_update * 1e3, figures->speed * 1e-9, figures->sgemm_speed * 1e-9,
           workload->network);
  if (bench->with_phases)
    g_print (_ ("    a minibatch as one chunk, one thread: load %.3f, forward %.3f, backward %.3f, update and repack %.3f ms\n"),
             bench->phases[index].load * 1e3, bench->phases[index].forward * 1e3, bench->phases[index].backward * 1e3,
             bench->phases[index].update * 1e3);
}

static void
print_latency (const Bench *bench,
               guint index)
{
  const AnmWorkload *workload = bench->workloads[index];
  const AnmLatency *latency = &bench->latency[index];

  g_print (_ ("%s  one sequence of %u steps: forward %.4f ms; with states and gates %.4f ms; with gradients and their norms too %.4f ms; "
              "introspection while training %+.2f %%  %s\n"),
           workload->name, workload->n_steps, latency->forward * 1e3, latency->seen * 1e3, latency->seen_with_gradients * 1e3,
           bench->introspection[index] * 100.0, workload->network);
}

static void
add_workload (JsonBuilder *builder,
              const Bench *bench,
              guint index)
{
  const AnmWorkload *workload = bench->workloads[index];
  const AnmBenchmarkFigures *figures = &bench->figures[index];

  json_builder_begin_object (builder);
  anm_report_add_text (builder, "workload", workload->name);
  anm_report_add_text (builder, "network", workload->network);
  anm_report_add_count (builder, "steps", workload->n_steps);
  anm_report_add_count (builder, "inputs", workload->n_inputs);
  anm_report_add_count (builder, "batch_size", workload->n_rows);
  if (bench->with_latency)
    {
      anm_report_add_number (builder, "forward_seconds", bench->latency[index].forward);
      anm_report_add_number (builder, "states_seconds", bench->latency[index].seen);
      anm_report_add_number (builder, "gradients_seconds", bench->latency[index].seen_with_gradients);
      anm_report_add_number (builder, "introspection", bench->introspection[index]);
    }
  else
    {
      anm_report_add_count (builder, "segments", figures->n_segments);
      anm_report_add_number (builder, "ratio", figures->ratio);
      anm_report_add_number (builder, "lowest_ratio", figures->lowest_ratio);
      anm_report_add_number (builder, "highest_ratio", figures->highest_ratio);
      anm_report_add_number (builder, "samples_per_second", figures->samples_per_second);
      anm_report_add_number (builder, "update_seconds", figures->best_update);
      anm_report_add_number (builder, "update_operations", figures->operations);
      anm_report_add_number (builder, "operations_per_second", figures->speed);
      anm_report_add_number (builder, "sgemm_operations_per_second", figures->sgemm_speed);
    }
  if (bench->with_phases && !bench->with_latency)
    {
      anm_report_add_number (builder, "phase_load_seconds", bench->phases[index].load);
      anm_report_add_number (builder, "phase_forward_seconds", bench->phases[index].forward);
      anm_report_add_number (builder, "phase_backward_seconds", bench->phases[index].backward);
      anm_report_add_number (builder, "phase_update_seconds", bench->phases[index].update);
    }
  json_builder_end_object (builder);
}

static void
report_json (const Bench *bench,
             const char *misfit)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) warnings = g_ptr_array_new ();

  if (misfit != NULL)
    g_ptr_array_add (warnings, (char *) misfit);
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "threads", bench->n_threads);
  anm_report_add_text (builder, "instructions", anm_instructions_get_name ());
  anm_report_add_text (builder, "openblas_core", anm_blas_get_core ());
  anm_report_add_warnings (builder, warnings);
  json_builder_set_member_name (builder, "workloads");
  json_builder_begin_array (builder);
  for (guint i = 0; i < bench->n_workloads; i++)
    add_workload (builder, bench, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static gboolean
measure (AnmInvocation *invocation,
         Bench *bench,
         const char *misfit,
         const int *stop,
         GError **error)
{
  if (!invocation->json)
    print_head (bench, misfit);
  for (guint i = 0; i < bench->n_workloads; i++)
    {
      g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
      gboolean measured = bench->with_latency ? measure_latency (bench, i, bar, stop) : measure_speed (bench, i, bar, stop);

      g_clear_pointer (&bar, anm_progress_bar_free);
      if (!measured)
        {
          g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped."));
          return FALSE;
        }
      if (!invocation->json && bench->with_latency)
        print_latency (bench, i);
      else if (!invocation->json)
        print_figures (bench, i);
    }
  if (invocation->json)
    report_json (bench, misfit);
  return TRUE;
}

static gboolean
run_bench (AnmInvocation *invocation,
           char **arguments,
           GError **error)
{
  g_auto (BenchOptions) options = { 0 };
  g_autofree Bench *bench = g_new0 (Bench, 1);
  g_autofree char *misfit = NULL;

  if (!parse_options (invocation, &options, arguments, error) || !read_options (&options, bench, error))
    return FALSE;
  start_with_fitting_core (&options, arguments);
  misfit = describe_misfit ();
  return measure (invocation, bench, misfit, anm_interrupt_get_flag (), error);
}

const AnmCommand anm_bench_command = {
  .name = "bench",
  .arguments = "",
  .summary = N_ ("Measure training speed of named workloads, as a share of sgemm's"),
  .only_asks = TRUE,
  .run = run_bench,
};
