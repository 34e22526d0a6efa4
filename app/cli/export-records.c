/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/export-records.h"

#include "app/cli/csv-text.h"
#include "app/study/run-dataset.h"

static const char *const part_words[] = { "training", "validation", "test" };

/* The network's first layer looks at masks and gaps itself. */
static gboolean
reads_missing (AnmRun *run)
{
  return anm_fitted_recipe_get_recipe (anm_run_get_recipe (run))->keep_missing;
}

static void
append_header (GString *csv,
               AnmRun *run,
               const AnmSequences *sequences)
{
  static const char *const endings[] = { "", " observed", " gap" };
  AnmFittedRecipe *recipe = anm_run_get_recipe (run);
  const guint n_planes = reads_missing (run) ? G_N_ELEMENTS (endings) : 1;
  const guint width = anm_sequences_get_target_width (&sequences->target);

  g_string_append (csv, "patient,part,step");
  for (guint k = 0; k < width; k++)
    g_string_append_printf (csv, width == 1 ? ",outcome" : ",outcome %u", k + 1);
  if (sequences->token_offsets != NULL)
    g_string_append (csv, ",tokens");
  for (guint plane = 0; plane < n_planes; plane++)
    for (guint column = 0; column < sequences->n_columns; column++)
      {
        g_autofree char *name = anm_fitted_recipe_get_column_name (recipe, column);
        g_autofree char *whole = g_strconcat (name, endings[plane], NULL);

        anm_csv_append_field (csv, whole);
      }
  g_string_append_c (csv, '\n');
}

static void
append_tokens (GString *csv,
               const AnmSequences *sequences,
               gsize place)
{
  gsize n_tokens;
  const guint32 *tokens = anm_sequences_get_tokens (sequences, place, &n_tokens);

  g_string_append_c (csv, ',');
  for (gsize i = 0; i < n_tokens; i++)
    g_string_append_printf (csv, i > 0 ? " %u" : "%u", tokens[i]);
}

/* Whether column @column was measured, and the time since, 0 of what is always known. */
static void
append_missing (GString *csv,
                const AnmSequences *sequences,
                gsize place)
{
  for (guint column = 0; column < sequences->n_columns; column++)
    anm_csv_append_number (csv, sequences->columns[column].kind == ANM_COLUMN_VALUE &&
                                  anm_sequences_is_observed (sequences, place, sequences->columns[column].index));
  for (guint column = 0; column < sequences->n_columns; column++)
    {
      const gboolean has_gap = sequences->columns[column].kind == ANM_COLUMN_VALUE && sequences->gaps != NULL;

      anm_csv_append_number (csv, has_gap ? (double) sequences->gaps[place * sequences->n_channels + sequences->columns[column].index] : 0);
    }
}

/* GRU-D carries on what was measured last, whatever stands where nothing was. */
static void
carry_on (const AnmSequences *sequences,
          gsize place,
          gsize step,
          const anm_real *row,
          anm_real *last)
{
  for (guint column = 0; column < sequences->n_columns; column++)
    if (step == 0 || sequences->columns[column].kind != ANM_COLUMN_VALUE ||
        anm_sequences_is_observed (sequences, place, sequences->columns[column].index))
      last[column] = row[column];
}

static void
append_sequence (GString *csv,
                 const AnmSequences *sequences,
                 gsize sequence,
                 const char *patient,
                 const char *part,
                 gboolean missing)
{
  const guint width = anm_sequences_get_target_width (&sequences->target);
  g_autofree anm_real *row = g_new0 (anm_real, MAX (sequences->n_columns, 1));
  g_autofree anm_real *last = g_new0 (anm_real, MAX (sequences->n_columns, 1));

  for (gsize step = 0; step < anm_sequences_get_length (sequences, sequence); step++)
    {
      const gsize place = sequences->offsets[sequence] + step;

      anm_csv_append_first_field (csv, patient);
      g_string_append_printf (csv, ",%s,%" G_GSIZE_FORMAT, part, step);
      for (guint k = 0; k < width; k++)
        anm_csv_append_number (csv, (double) sequences->targets[sequence * width + k]);
      if (sequences->token_offsets != NULL)
        append_tokens (csv, sequences, place);
      anm_sequences_fill_row (sequences, sequence, step, row);
      if (missing)
        carry_on (sequences, place, step, row, last);
      for (guint column = 0; column < sequences->n_columns; column++)
        anm_csv_append_number (csv, (double) (missing ? last : row)[column]);
      if (missing)
        append_missing (csv, sequences, place);
      g_string_append_c (csv, '\n');
    }
}

gboolean
anm_export_records (AnmStudy *study,
                    AnmRun *run,
                    const char *path,
                    AnmRecordsWritten *written,
                    GError **error)
{
  g_autoptr (AnmDataset) dataset = anm_run_prepare_dataset (study, run, error);
  g_autoptr (GString) csv = g_string_new (NULL);

  if (dataset == NULL)
    return FALSE;
  *written = (AnmRecordsWritten){ .n_columns = dataset->parts[ANM_PART_TRAINING]->n_columns * (reads_missing (run) ? 3 : 1) };
  append_header (csv, run, dataset->parts[ANM_PART_TRAINING]);
  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      const AnmSequences *sequences = dataset->parts[part];

      for (gsize i = 0; sequences != NULL && i < sequences->n_sequences; i++)
        append_sequence (csv, sequences, i, dataset->cohort->ids[dataset->patients[part][i]], part_words[part], reads_missing (run));
      written->n_patients += sequences != NULL ? sequences->n_sequences : 0;
    }
  return anm_csv_write (csv->str, path, error);
}
