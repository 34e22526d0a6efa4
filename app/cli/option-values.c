/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/option-values.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/exhibits/exhibit.h"
#include "app/study/evaluation.h"
#include "app/study/glance.h"
#include "app/study/model.h"
#include "app/study/templates.h"
#include "engine/benchmark.h"

static void
word_free (gpointer data)
{
  AnmOptionWord *word = data;

  g_free (word->word);
  g_free (word->what);
  g_free (word);
}

static void
add (GPtrArray *words,
     const char *word,
     const char *what)
{
  AnmOptionWord *added = g_new (AnmOptionWord, 1);

  added->word = g_strdup (word);
  added->what = g_strdup (what);
  g_ptr_array_add (words, added);
}

/* "sgd, rmsprop, adam" */
static void
add_list (GPtrArray *words,
          const char *list)
{
  g_auto (GStrv) parts = g_strsplit_set (list, ", ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      add (words, parts[i], "");
}

static void
add_optimizers (GPtrArray *words,
                const char *study)
{
  add_list (words, anm_optimizer_kind_list ());
}

static void
add_losses (GPtrArray *words,
            const char *study)
{
  add_list (words, anm_loss_kind_list ());
}

static void
add_layouts (GPtrArray *words,
             const char *study)
{
  for (guint i = 0; i < ANM_N_LAYOUTS; i++)
    add (words, anm_layout_to_string (i), "");
}

/* Of a table of structs: the text at one offset, and at the other what it is. */
static void
add_table (GPtrArray *words,
           gconstpointer table,
           guint n,
           gsize size,
           gsize word,
           gsize what)
{
  for (guint i = 0; i < n; i++)
    {
      const char *row = (const char *) table + i * size;

      add (words, G_STRUCT_MEMBER (const char *, row, word), _ (G_STRUCT_MEMBER (const char *, row, what)));
    }
}

static void
add_figures (GPtrArray *words,
             const char *study)
{
  guint n;
  const AnmExhibit *exhibits = anm_exhibits (&n);

  add_table (words, exhibits, n, sizeof *exhibits, G_STRUCT_OFFSET (AnmExhibit, name), G_STRUCT_OFFSET (AnmExhibit, summary));
}

static void
add_scores (GPtrArray *words,
            const char *study)
{
  guint n;
  const AnmScore *scores = anm_scores (&n);

  add_table (words, scores, n, sizeof *scores, G_STRUCT_OFFSET (AnmScore, name), G_STRUCT_OFFSET (AnmScore, label));
}

static void
add_templates (GPtrArray *words,
               const char *study)
{
  guint n;
  const AnmTemplate *templates = anm_templates (&n);

  add_table (words, templates, n, sizeof *templates, G_STRUCT_OFFSET (AnmTemplate, name), G_STRUCT_OFFSET (AnmTemplate, label));
}

static void
add_workloads (GPtrArray *words,
               const char *study)
{
  guint n;
  const AnmWorkload *workloads = anm_workloads (&n);

  add_table (words, workloads, n, sizeof *workloads, G_STRUCT_OFFSET (AnmWorkload, name), G_STRUCT_OFFSET (AnmWorkload, network));
}

static void
add_glanced (GPtrArray *words,
             const char *study,
             gboolean deleted)
{
  g_autoptr (GPtrArray) runs = study != NULL ? anm_study_glance_at_runs (study) : NULL;

  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const AnmGlancedRun *run = g_ptr_array_index (runs, i);
      g_autofree char *id = g_strdup_printf ("%u", run->id);

      if (run->deleted == deleted)
        add (words, id, run->name);
    }
}

static void
add_runs (GPtrArray *words,
          const char *study)
{
  add_glanced (words, study, FALSE);
}

static void
add_deleted_runs (GPtrArray *words,
                  const char *study)
{
  add_glanced (words, study, TRUE);
}

/* An option means the same on every command that has it. */
static const struct
{
  const char     *option;
  AnmOptionChoice choice;
  void          (*add) (GPtrArray *words, const char *study);
  const char     *list; /* in place of @add */
} values[] = {
  { "optimizer", ANM_OPTION_ONE_OF, add_optimizers },
  { "loss", ANM_OPTION_ONE_OF, add_losses },
  { "schedule", ANM_OPTION_SUGGESTED, .list = "constant step exponential cosine one_cycle plateau" },
  { "network", ANM_OPTION_SUGGESTED, add_templates },
  { "batch-size", ANM_OPTION_SUGGESTED, .list = "all" },
  { "metrics", ANM_OPTION_SOME_OF, add_scores },
  { "columns", ANM_OPTION_SOME_OF, .list = "observed gaps statics none" },
  { "layout", ANM_OPTION_ONE_OF, add_layouts },
  { "code", ANM_OPTION_ONE_OF, .list = "keras pytorch cli" },
  { "part", ANM_OPTION_ONE_OF, .list = "training validation test" },
  { "figure", ANM_OPTION_ONE_OF, add_figures },
  { "paper", ANM_OPTION_ONE_OF, .list = "a4 letter" },
  { "direction", ANM_OPTION_ONE_OF, .list = "forwards backwards" },
  { "spectrum", ANM_OPTION_SUGGESTED, .list = "all" },
  { "jacobian", ANM_OPTION_SUGGESTED, .list = "last" },
  { "reach", ANM_OPTION_SUGGESTED, .list = "last" },
  { "histogram", ANM_OPTION_SUGGESTED, .list = "x h kernel recurrent_kernel bias" },
  { "epoch", ANM_OPTION_SUGGESTED, .list = "best last" },
  { "workload", ANM_OPTION_SOME_OF, add_workloads },
  { "blas-core", ANM_OPTION_SUGGESTED, .list = "own Haswell SkylakeX" },
  { "run", ANM_OPTION_ONE_OF, add_runs },
  { "fork", ANM_OPTION_SUGGESTED, add_runs },
  { "rename", ANM_OPTION_ONE_OF, add_runs },
  { "note", ANM_OPTION_ONE_OF, add_runs },
  { "command", ANM_OPTION_ONE_OF, add_runs },
  { "tag", ANM_OPTION_SOME_OF, add_runs },
  { "untag", ANM_OPTION_SOME_OF, add_runs },
  { "star", ANM_OPTION_SOME_OF, add_runs },
  { "unstar", ANM_OPTION_SOME_OF, add_runs },
  { "delete", ANM_OPTION_SOME_OF, add_runs },
  { "diff", ANM_OPTION_SOME_OF, add_runs },
  { "undelete", ANM_OPTION_SOME_OF, add_deleted_runs },
};

AnmOptionChoice
anm_option_values (const char *option,
                   const char *study,
                   GPtrArray **words)
{
  *words = g_ptr_array_new_with_free_func (word_free);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (strcmp (values[i].option, option) == 0)
      {
        if (values[i].add != NULL)
          values[i].add (*words, study);
        else
          add_list (*words, values[i].list);
        return values[i].choice;
      }
  return ANM_OPTION_ANYTHING;
}

gboolean
anm_option_is_of_runs (const char *option)
{
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (strcmp (values[i].option, option) == 0)
      return values[i].add == add_runs || values[i].add == add_deleted_runs;
  return FALSE;
}

GPtrArray *
anm_option_samples (void)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  guint n;
  const AnmSample *samples = anm_samples (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *word = g_strconcat ("sample:", samples[i].name, NULL);

      add (words, word, _ (samples[i].title));
    }
  return words;
}
