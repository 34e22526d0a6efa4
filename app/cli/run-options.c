/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-options.h"

#include <glib/gi18n-lib.h>

GOptionEntry *
anm_run_options_entries (AnmRunOptions *self,
                         gboolean with_epoch)
{
  const GOptionEntry entries[] = {
    { "study", 0, 0, G_OPTION_ARG_FILENAME, &self->study, N_ ("The study"), N_ ("FILE") },
    { "run", 0, 0, G_OPTION_ARG_STRING, &self->run, N_ ("Number of the run in its study, from 1"), N_ ("ID") },
    { "epoch", 0, with_epoch ? 0 : G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &self->epoch,
      N_ ("Weights of this epoch: best (unless said otherwise), last, or a number"), N_ ("EPOCH") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_run_options_clear (AnmRunOptions *self)
{
  g_clear_pointer (&self->study, g_free);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->epoch, g_free);
}

gboolean
anm_run_options_check_study (const char *path,
                             GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
               _ ("There is no study “%s”. Name one that there is, or make it with “anamnesis-cli import” or “train”."), path);
  return FALSE;
}

AnmStudy *
anm_run_options_open_study (const char *path,
                            GError **error)
{
  return anm_run_options_check_study (path, error) ? anm_study_open (path, error) : NULL;
}

static void
set_no_run_error (AnmStudy *study,
                  guint id,
                  GError **error)
{
  guint n_runs = g_list_model_get_n_items (anm_study_get_runs (study));
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (AnmRun) run = g_list_model_get_item (anm_study_get_runs (study), i);

      g_string_append_printf (known, "%s%u", i > 0 ? ", " : "", anm_run_get_id (run));
    }
  if (n_runs == 0)
    g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                 _ ("“%s” has no runs yet: train one with “anamnesis-cli train --study FILE”."), anm_study_get_path (study));
  else
    g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                 _ ("“%s” has no run %u. It has: %s."), anm_study_get_path (study), id, known->str);
}

AnmRun *
anm_run_options_find_run (AnmStudy *study,
                          const char *option,
                          const char *id,
                          GError **error)
{
  guint number = 0;
  AnmRun *run;

  if (!anm_option_read_count (option, id, 1, G_MAXINT, &number, error))
    return NULL;
  run = anm_study_find_run (study, number);
  if (run == NULL)
    set_no_run_error (study, number, error);
  return run;
}

gboolean
anm_run_options_open (const AnmRunOptions *self,
                      AnmStudy **study,
                      AnmRun **run,
                      GError **error)
{
  g_autoptr (AnmStudy) opened = NULL;
  guint id = 0;

  if (self->study == NULL || self->run == NULL)
    {
      anm_usage_error (error, _ ("--study FILE and --run ID are needed."));
      return FALSE;
    }
  if (!anm_option_read_count ("run", self->run, 1, G_MAXINT, &id, error))
    return FALSE;
  opened = anm_run_options_open_study (self->study, error);
  if (opened == NULL)
    return FALSE;
  *run = anm_study_find_run (opened, id);
  if (*run == NULL)
    {
      set_no_run_error (opened, id, error);
      return FALSE;
    }
  *study = g_steal_pointer (&opened);
  return TRUE;
}

gboolean
anm_run_options_read_epoch (const char *option,
                            const char *text,
                            int *epoch,
                            GError **error)
{
  guint number = 0;

  if (g_str_equal (text, "best"))
    *epoch = ANM_EPOCH_BEST;
  else if (g_str_equal (text, "last"))
    *epoch = ANM_EPOCH_LAST;
  else if (!g_ascii_isdigit (*text))
    {
      anm_usage_error (error, _ ("--%s: “%s” isn't best, last or a number."), option, text);
      return FALSE;
    }
  else if (!anm_option_read_count (option, text, 0, G_MAXINT, &number, error))
    return FALSE;
  else
    *epoch = (int) number;
  return TRUE;
}

anm_real *
anm_run_options_load (const AnmRunOptions *self,
                      AnmRun *run,
                      guint *found,
                      GError **error)
{
  int epoch = ANM_EPOCH_BEST;

  if (self->epoch != NULL && !anm_run_options_read_epoch ("epoch", self->epoch, &epoch, error))
    return NULL;
  return anm_run_load_parameters (run, epoch, found, error);
}

AnmModel *
anm_run_options_load_model (const AnmRunOptions *self,
                            AnmRun *run,
                            GError **error)
{
  int epoch = ANM_EPOCH_BEST;

  if (self->epoch != NULL && !anm_run_options_read_epoch ("epoch", self->epoch, &epoch, error))
    return NULL;
  return anm_model_new_of_run (run, epoch, error);
}

char *
anm_run_options_describe_weights (const AnmRunOptions *self,
                                  guint epoch)
{
  if (self->epoch == NULL || g_str_equal (self->epoch, "best"))
    return g_strdup_printf (_ ("best weights, epoch %u"), epoch);
  if (g_str_equal (self->epoch, "last"))
    return g_strdup_printf (_ ("last weights, epoch %u"), epoch);
  return g_strdup_printf (_ ("weights of epoch %u"), epoch);
}

gboolean
anm_run_options_read_direction (const char *text,
                                AnmDirection *direction,
                                GError **error)
{
  *direction = ANM_DIRECTION_FORWARDS;
  if (text == NULL || g_str_equal (text, "forwards"))
    return TRUE;
  *direction = ANM_DIRECTION_BACKWARDS;
  if (g_str_equal (text, "backwards"))
    return TRUE;
  anm_usage_error (error, _ ("--direction: “%s” isn't forwards or backwards."), text);
  return FALSE;
}
