/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/csv-values.h"
#include "data/source.h"

G_BEGIN_DECLS

/* What the first rows of a table show, and the guesses made from them. */

typedef struct
{
  guint    n_present;
  guint    n_numbers;              /* and what was meant as one */
  guint    n_times[ANM_N_TIME_KINDS];
  guint    n_ambiguous_dates;
  guint    n_distinct;
  gboolean varies_within_patient;  /* known once there is a patient column */
} AnmColumnFacts;

typedef struct
{
  AnmSourceTable  table;
  char           *file;            /* as to be opened */
  gboolean        decimal_comma;
  AnmColumnFacts *facts;           /* [n_columns] */
  GPtrArray      *rows;            /* of GStrv, as many as were looked at, padded to n_columns */
} AnmTable;

AnmTable    *anm_table_open           (const char *file,
                                       GError **error);
void         anm_table_free           (AnmTable *self);
/* The first column with the role; G_MAXUINT if there is none. */
guint        anm_table_find_role      (const AnmTable *self,
                                       AnmRole role);
guint        anm_table_count_role     (const AnmTable *self,
                                       AnmRole role);
guint        anm_table_find_column    (const AnmTable *self,
                                       const char *name);
/* How the column's times are written, by the rows looked at. */
AnmTimeKind  anm_table_get_time_kind  (const AnmTable *self,
                                       guint column);
/* "h", "min", "s", "d", "step" or "" from a column's name. */
const char  *anm_guess_time_unit      (const char *column_name);

/* Roles from names and contents, of everything that the user has not decided. */
void         anm_table_guess_roles    (AnmTable *self);
/* Leaves one target and one start in all. */
void         anm_tables_settle_roles  (GPtrArray *tables);
gboolean     anm_tables_check_roles   (GPtrArray *tables,
                                       GError **error);
/* What a column's name says of a target: whether 0 and 1 are "survived" and "died". */
gboolean     anm_is_death_name        (const char *column_name);

gboolean     anm_table_is_records     (const AnmTable *self);
/* Numbers, as far as looked at; words only if hardly any number is among them. */
gboolean     anm_column_holds_numbers (const AnmColumnFacts *facts);

G_END_DECLS
