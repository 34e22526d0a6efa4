/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort-builder.h"
#include "data/csv-reader.h"

G_BEGIN_DECLS

/*
 * A channel or static field while its table is read: numbers, or words that
 * become categories. Which of the two is known from the rows looked at before, or
 * decided by the first value.
 */
typedef struct
{
  char       *name;         /* of the column or variable */
  guint       index;        /* in the builder */
  gboolean    is_static;
  gboolean    decided;
  gboolean    words;
  guint64     n_values;
  guint64     n_numbers;    /* among words */
  GHashTable *categories;   /* text -> index + 1 */
  char       *first_word;   /* with its place, for the case that it was a slip among numbers */
} AnmTableField;

AnmTableField *anm_table_field_new   (AnmCohortBuilder *builder,
                                      const char *name,
                                      gboolean is_static);
void           anm_table_field_free  (AnmTableField *self);
/* TRUE with NaN if the field is empty or a word for missing. */
gboolean       anm_table_field_parse (AnmTableField *self,
                                      AnmCohortBuilder *builder,
                                      const AnmCsvRow *row,
                                      guint field,
                                      gboolean decimal_comma,
                                      float *value,
                                      GError **error);
/* Words that were numbers but for a few are refused after all. */
gboolean       anm_table_field_check (const AnmTableField *self,
                                      GError **error);

G_END_DECLS
