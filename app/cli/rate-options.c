/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/rate-options.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/cli/progress-bar.h"
#include "app/cli/report.h"

#define MIN_UPDATES 10
#define MAX_UPDATES 100000

/* Lines of the table for people; all points are in the JSON. */
#define TABLE_LINES 25

GOptionEntry *
anm_rate_options_entries (AnmRateOptions *self)
{
  const GOptionEntry entries[] = {
    { "find-learning-rate", 0, 0, G_OPTION_ARG_NONE, &self->find, N_ ("Don't train: try growing learning rates out and suggest one (no run is kept)"), NULL },
    { "rates", 0, 0, G_OPTION_ARG_STRING, &self->rates, N_ ("The lowest and the highest to try (1e-7,10)"), N_ ("X,Y") },
    { "rate-updates", 0, 0, G_OPTION_ARG_STRING, &self->updates, N_ ("In so many updates (100)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_rate_options_clear (AnmRateOptions *self)
{
  g_clear_pointer (&self->rates, g_free);
  g_clear_pointer (&self->updates, g_free);
}

static gboolean
read_rates (const char *text,
            AnmRateRange *range,
            GError **error)
{
  g_auto (GStrv) words = NULL;

  if (text == NULL)
    return TRUE;
  words = anm_option_read_words ("rates", text, error);
  if (words == NULL)
    return FALSE;
  if (g_strv_length (words) != 2)
    {
      anm_usage_error (error, _ ("--rates: “%s” isn't two learning rates such as 1e-5,1."), text);
      return FALSE;
    }
  if (!anm_option_read_number ("rates", words[0], &range->lowest, error) ||
      !anm_option_read_number ("rates", words[1], &range->highest, error))
    return FALSE;
  if (range->lowest > 0 && range->highest > range->lowest)
    return TRUE;
  anm_usage_error (error, _ ("--rates: %s; the first must be more than 0, and the second more than the first."), text);
  return FALSE;
}

gboolean
anm_rate_options_read (const AnmRateOptions *self,
                       AnmRateRange *range,
                       GError **error)
{
  *range = ANM_RATE_RANGE_DEFAULT;
  if (!self->find && (self->rates != NULL || self->updates != NULL))
    {
      anm_usage_error (error, _ ("--%s goes with --find-learning-rate only."), self->rates != NULL ? "rates" : "rate-updates");
      return FALSE;
    }
  return read_rates (self->rates, range, error) &&
         anm_option_read_count ("rate-updates", self->updates, MIN_UPDATES, MAX_UPDATES, &range->n_updates, error);
}

static void
report_json (const AnmRateTest *test)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  anm_report_add_number (builder, "suggestion", test->suggestion);
  anm_report_add_number (builder, "steepest", test->steepest);
  anm_report_add_flag (builder, "diverged", test->diverged);
  anm_report_add_numbers (builder, "learning_rates", test->rates, test->n_points);
  anm_report_add_numbers (builder, "losses", test->losses, test->n_points);
  anm_report_add_numbers (builder, "smoothed_losses", test->smoothed, test->n_points);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static void
report_table (const AnmRateTest *test)
{
  guint stride = (test->n_points + TABLE_LINES - 1) / TABLE_LINES;

  g_print ("%14s %12s %12s\n", _ ("learning rate"), _ ("loss"), _ ("smoothed"));
  for (guint i = 0; i < test->n_points; i += MAX (stride, 1))
    g_print ("%14.3g %12.5g %12.5g\n", test->rates[i], test->losses[i], test->smoothed[i]);
  if (test->diverged)
    g_print (_ ("There the loss exploded.\n"));
  if (isfinite (test->suggestion))
    g_print (_ ("Suggested: --learning-rate %.2g. The loss fell fastest at %.2g.\n"), test->suggestion, test->steepest);
  else
    g_print (_ ("The loss fell at none of these rates: try lower ones, or look at the data and the network.\n"));
}

static void
show_progress (guint n_done,
               guint n_updates,
               gpointer data)
{
  anm_progress_bar_update (data, (double) n_done / n_updates, -1, _ ("Trying learning rates"));
}

gboolean
anm_rate_options_run (AnmInvocation *invocation,
                      AnmStudy *study,
                      const AnmRateRange *range,
                      const AnmInitialWeights *weights,
                      guint n_threads,
                      GError **error)
{
  g_autoptr (AnmProgressBar) bar = anm_progress_bar_new ();
  g_autoptr (AnmRateTest) test = anm_learning_rate_test (study, anm_study_get_hyperparameters (study), range, weights, n_threads,
                                                         show_progress, bar, invocation->cancellable, error);

  g_clear_pointer (&bar, anm_progress_bar_free);
  if (test == NULL)
    return FALSE;
  if (invocation->json)
    report_json (test);
  else
    report_table (test);
  return TRUE;
}
