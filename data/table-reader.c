/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/table-reader.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/cohort-builder.h"
#include "data/csv-reader.h"
#include "data/outcome.h"
#include "data/table-fields.h"
#include "data/warnings.h"

typedef struct
{
  AnmCohortBuilder *builder;
  GHashTable       *channels; /* name -> AnmTableField */
  GHashTable       *statics;
  AnmOutcome       *outcome;  /* NULL without a target column */
  double            divisor;  /* from the builder's times to the cohort's unit */

  /* The table being read. */
  AnmTable         *table;
  guint             patient_column, time_column, start_column, target_column, variable_column, value_column;
  AnmTableField   **columns;  /* [n_columns] of channels and statics, else NULL */
  AnmTimeKind       time_kind, start_kind;
  double            time_factor, start_factor; /* to the builder's times */
  gboolean          header_seen;
  char             *last_id;  /* rows of one patient mostly lie together */
  gsize             last_patient;
  double            last_time;
  guint64           n_unknown;
  char             *first_unknown;
  guint64           n_known;
  char             *clock_warning;
} Joint;

static void
joint_leave_table (Joint *self)
{
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->last_id, g_free);
  g_clear_pointer (&self->first_unknown, g_free);
  self->n_unknown = 0;
  self->n_known = 0;
  self->header_seen = FALSE;
}

static void
joint_clear (Joint *self)
{
  joint_leave_table (self);
  g_clear_pointer (&self->builder, anm_cohort_builder_free);
  g_clear_pointer (&self->channels, g_hash_table_unref);
  g_clear_pointer (&self->statics, g_hash_table_unref);
  g_clear_pointer (&self->outcome, anm_outcome_free);
  g_clear_pointer (&self->clock_warning, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Joint, joint_clear)

static double
get_seconds (const char *time_unit)
{
  return strcmp (time_unit, "s") == 0 ? 1 : strcmp (time_unit, "min") == 0 ? 60 : strcmp (time_unit, "h") == 0 ? 3600 : strcmp (time_unit, "d") == 0 ? 86400 : 0;
}

/* The unit of a column's times; "s" for all that isn't a plain number. */
static const char *
get_unit (const AnmTable *table,
          guint column)
{
  return anm_table_get_time_kind (table, column) == ANM_TIME_NUMBER ? anm_guess_time_unit (table->table.columns[column].name) : "s";
}

/*
 * The cohort's time unit. Plain numbers of one unit, or of none, stay what they
 * are; dates without times are counted in days; all else in hours.
 */
static gboolean
settle_time_unit (Joint *self,
                  GPtrArray *tables,
                  gboolean *in_seconds,
                  GError **error)
{
  const AnmTable *first = NULL;
  guint first_column = 0;
  gboolean alike = TRUE, only_dates = TRUE, only_numbers = TRUE;
  const char *unit = "";

  for (guint t = 0; t < tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (tables, t);
      guint column = anm_table_find_role (table, ANM_ROLE_TIME);
      AnmTimeKind kind;

      if (!anm_table_is_records (table))
        continue;
      kind = anm_table_get_time_kind (table, column);
      only_dates &= kind == ANM_TIME_DATE;
      only_numbers &= kind == ANM_TIME_NUMBER;
      if (first != NULL && strcmp (get_unit (table, column), unit) != 0)
        alike = FALSE;
      if (first != NULL && !alike && (get_seconds (unit) <= 0 || get_seconds (get_unit (table, column)) <= 0))
        {
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                       _("The times of %s (column %s) and %s (column %s) don’t say that they are counted in the same unit. Name the unit in both columns’ names, for example “time_h” or “minutes”."),
                       first->table.path, first->table.columns[first_column].name, table->table.path, table->table.columns[column].name);
          return FALSE;
        }
      if (first == NULL)
        {
          first = table;
          first_column = column;
          unit = get_unit (table, column);
        }
    }

  *in_seconds = !(only_numbers && alike);
  self->divisor = !*in_seconds ? 1 : only_dates ? 86400
                                                : 3600;
  anm_cohort_builder_set_time_unit (self->builder, !*in_seconds ? unit : only_dates ? "d"
                                                                                    : "h");
  return TRUE;
}

static AnmTableField *
find_or_add_field (Joint *self,
                   const char *name,
                   gboolean is_static)
{
  GHashTable *fields = is_static ? self->statics : self->channels;
  AnmTableField *field = g_hash_table_lookup (fields, name);

  if (field == NULL)
    {
      field = anm_table_field_new (self->builder, name, is_static);
      g_hash_table_insert (fields, field->name, field);
    }
  return field;
}

/* A column of numbers, or of words, by the rows looked at; left open if they were empty. */
static AnmTableField *
prepare_column (Joint *self,
                guint column,
                gboolean is_static)
{
  const AnmColumnFacts *facts = &self->table->facts[column];
  AnmTableField *field = find_or_add_field (self, self->table->table.columns[column].name, is_static);

  if (!field->decided && facts->n_present > 0)
    {
      field->decided = TRUE;
      field->words = !anm_column_holds_numbers (facts);
    }
  return field;
}

static double
get_time_factor (Joint *self,
                 guint column,
                 gboolean in_seconds)
{
  double seconds;

  if (column == G_MAXUINT || !in_seconds)
    return 1;
  seconds = get_seconds (get_unit (self->table, column));
  /* A start whose unit isn't named is in that of the times. */
  return seconds > 0 ? seconds : self->time_factor;
}

static void
joint_enter_table (Joint *self,
                   AnmTable *table,
                   gboolean in_seconds)
{
  gboolean records = anm_table_is_records (table);
  gboolean is_long = table->table.kind == ANM_TABLE_RECORDS_LONG;

  joint_leave_table (self);
  self->table = table;
  self->patient_column = anm_table_find_role (table, ANM_ROLE_PATIENT);
  self->time_column = records ? anm_table_find_role (table, ANM_ROLE_TIME) : G_MAXUINT;
  self->start_column = anm_table_find_role (table, ANM_ROLE_START);
  self->target_column = anm_table_find_role (table, ANM_ROLE_TARGET);
  self->variable_column = is_long ? anm_table_find_role (table, ANM_ROLE_VARIABLE) : G_MAXUINT;
  self->value_column = is_long ? anm_table_find_role (table, ANM_ROLE_VALUE) : G_MAXUINT;
  if (self->time_column != G_MAXUINT)
    self->time_kind = anm_table_get_time_kind (table, self->time_column);
  if (self->start_column != G_MAXUINT)
    self->start_kind = anm_table_get_time_kind (table, self->start_column);
  self->time_factor = get_time_factor (self, self->time_column, in_seconds);
  self->start_factor = get_time_factor (self, self->start_column, in_seconds);
  if (self->target_column != G_MAXUINT)
    self->outcome = anm_outcome_new (table->table.columns[self->target_column].name, table->decimal_comma);

  self->columns = g_new0 (AnmTableField *, table->table.n_columns);
  for (guint c = 0; c < table->table.n_columns; c++)
    if (table->table.columns[c].role == ANM_ROLE_STATIC)
      self->columns[c] = prepare_column (self, c, TRUE);
    else if (table->table.columns[c].role == ANM_ROLE_CHANNEL && table->table.kind == ANM_TABLE_RECORDS_WIDE)
      self->columns[c] = prepare_column (self, c, FALSE);
}

static const char *
get_name (const Joint *self,
          guint column)
{
  return self->table->table.columns[column].name;
}

/* 132539.0 is what becomes of the id 132539 in some programs. */
static gsize
get_id_length (const AnmCsvField *id)
{
  gsize length = id->length;
  gsize point = strspn (id->text, "0123456789");

  if (point > 0 && id->text[point] == '.' && point + 1 < length && strspn (id->text + point + 1, "0") == length - point - 1)
    return point;
  return length;
}

/* The row's patient; @known is FALSE if it is of a table beside the records and not among their patients. */
static gboolean
find_patient (Joint *self,
              const AnmCsvRow *row,
              gsize *patient,
              gboolean *known,
              GError **error)
{
  const AnmCsvField *field = &row->fields[self->patient_column];
  g_autofree char *id = NULL;
  gsize length = get_id_length (field);

  *known = TRUE;
  if (self->last_id != NULL && strncmp (self->last_id, field->text, length) == 0 && self->last_id[length] == '\0')
    {
      *patient = self->last_patient;
      return TRUE;
    }
  if (length == 0 || anm_csv_is_missing_word (field->text, length))
    {
      anm_csv_set_error (error, row, self->patient_column, get_name (self, self->patient_column), _("the row doesn’t say which patient it belongs to."));
      return FALSE;
    }
  if (!g_utf8_validate (field->text, (gssize) length, NULL))
    {
      anm_csv_set_error (error, row, self->patient_column, get_name (self, self->patient_column), _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
      return FALSE;
    }

  id = g_strndup (field->text, length);
  if (anm_table_is_records (self->table))
    *patient = anm_cohort_builder_add_patient (self->builder, id, length);
  else if (!anm_cohort_builder_find_patient (self->builder, id, patient))
    {
      *known = FALSE;
      self->n_unknown++;
      if (self->first_unknown == NULL)
        self->first_unknown = g_steal_pointer (&id);
      return TRUE;
    }
  self->n_known++;
  g_free (self->last_id);
  self->last_id = g_steal_pointer (&id);
  self->last_patient = *patient;
  self->last_time = -INFINITY;
  return TRUE;
}

static gboolean
parse_time (Joint *self,
            const AnmCsvRow *row,
            guint column,
            AnmTimeKind expected,
            double *time,
            GError **error)
{
  static const char *const examples[ANM_N_TIME_KINDS] = { "13.5", "13:30", "2021-04-03", "2021-04-03 13:30" };
  const AnmCsvField *field = &row->fields[column];
  g_autofree char *quote = NULL;
  AnmTimeKind kind;

  if (anm_csv_parse_time (field->text, field->length, self->table->decimal_comma, &kind, time))
    {
      if (kind == expected || (kind >= ANM_TIME_DATE && expected >= ANM_TIME_DATE))
        return TRUE;
    }
  quote = anm_csv_quote (field->text);
  if (anm_csv_is_missing_number (field->text, field->length))
    anm_csv_set_error (error, row, column, get_name (self, column), _("the row doesn’t say when. Give it a time, or take the row out."));
  else if (anm_csv_is_ambiguous_date (field->text))
    anm_csv_set_error (error, row, column, get_name (self, column), _("“%s” is a date that can be read in two ways. Write dates as year-month-day, for example 2021-04-03 13:30."), quote);
  else
    anm_csv_set_error (error, row, column, get_name (self, column), _("“%s” is not a time written like the others, for example %s. Correct it, or take the row out."), quote, examples[expected]);
  return FALSE;
}

/* hh:mm counts from some zero; if it were the time of day, midnight would be a leap back. */
static void
watch_clock (Joint *self,
             const AnmCsvRow *row,
             double time)
{
  if (self->clock_warning == NULL && self->time_kind == ANM_TIME_CLOCK && self->last_time < 86400 && time < self->last_time - 43200)
    self->clock_warning = g_strdup_printf (_("Times such as %02d:%02d are taken as hours and minutes since the patient’s start, not as the time of day. In %s, line %zu, they go back to %02d:%02d: if that is past midnight, write dates too."),
                                           (int) (self->last_time / 3600), (int) (self->last_time / 60) % 60, row->name, (gsize) row->line, (int) (time / 3600), (int) (time / 60) % 60);
  self->last_time = time;
}

static gboolean
take_static (Joint *self,
             const AnmCsvRow *row,
             guint column,
             gsize patient,
             GError **error)
{
  AnmTableField *field = self->columns[column];
  float value, before;

  if (!anm_table_field_parse (field, self->builder, row, column, self->table->decimal_comma, &value, error))
    return FALSE;
  if (isnan (value))
    return TRUE;
  before = anm_cohort_builder_get_static_value (self->builder, patient, field->index);
  if (isnan (before))
    anm_cohort_builder_set_static (self->builder, patient, field->index, value);
  else if (before != value)
    {
      g_autofree char *quote = anm_csv_quote (row->fields[column].text);

      anm_csv_set_error (error, row, column, get_name (self, column),
                         _("“%s” differs from what patient “%s” had before, so it isn’t the same for the whole stay. If it is a measurement make it a channel; otherwise correct it or leave the column out."),
                         quote, anm_cohort_builder_get_id (self->builder, patient));
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_start (Joint *self,
            const AnmCsvRow *row,
            gsize patient,
            GError **error)
{
  const AnmCsvField *field = &row->fields[self->start_column];
  double start, before;

  if (anm_csv_is_missing_number (field->text, field->length))
    return TRUE;
  if (!parse_time (self, row, self->start_column, self->start_kind, &start, error))
    return FALSE;
  start *= self->start_factor;
  before = anm_cohort_builder_get_zero (self->builder, patient);
  if (!isnan (before) && before != start)
    {
      g_autofree char *quote = anm_csv_quote (field->text);

      anm_csv_set_error (error, row, self->start_column, get_name (self, self->start_column), _("“%s” is another start than patient “%s” had before. A patient has one start."), quote, anm_cohort_builder_get_id (self->builder, patient));
      return FALSE;
    }
  anm_cohort_builder_set_zero (self->builder, patient, start);
  return TRUE;
}

static gboolean
take_long_value (Joint *self,
                 const AnmCsvRow *row,
                 gsize patient,
                 double time,
                 GError **error)
{
  const AnmCsvField *variable = &row->fields[self->variable_column];
  AnmTableField *field = g_hash_table_lookup (self->channels, variable->text);
  float value;

  if (field == NULL)
    {
      if (variable->length == 0)
        {
          anm_csv_set_error (error, row, self->variable_column, get_name (self, self->variable_column), _("the row doesn’t say what was measured. Name it, or take the row out."));
          return FALSE;
        }
      if (!g_utf8_validate (variable->text, (gssize) variable->length, NULL))
        {
          anm_csv_set_error (error, row, self->variable_column, get_name (self, self->variable_column), _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
          return FALSE;
        }
      field = find_or_add_field (self, variable->text, FALSE);
    }
  if (!anm_table_field_parse (field, self->builder, row, self->value_column, self->table->decimal_comma, &value, error))
    return FALSE;
  if (!isnan (value))
    anm_cohort_builder_add_value (self->builder, patient, field->index, time, value);
  return TRUE;
}

static gboolean
take_wide_values (Joint *self,
                  const AnmCsvRow *row,
                  gsize patient,
                  double time,
                  GError **error)
{
  for (guint c = 0; c < self->table->table.n_columns; c++)
    {
      float value;

      if (self->columns[c] == NULL || self->columns[c]->is_static)
        continue;
      if (!anm_table_field_parse (self->columns[c], self->builder, row, c, self->table->decimal_comma, &value, error))
        return FALSE;
      if (!isnan (value))
        anm_cohort_builder_add_value (self->builder, patient, self->columns[c]->index, time, value);
    }
  return TRUE;
}

static gboolean
check_length (const Joint *self,
              const AnmCsvRow *row,
              GError **error)
{
  guint n_columns = self->table->table.n_columns;
  guint n_fields = row->n_fields;

  /* Spreadsheets put separators behind the last field. */
  while (n_fields > n_columns && row->fields[n_fields - 1].length == 0)
    n_fields--;
  if (n_fields == n_columns)
    return TRUE;
  anm_csv_set_error (error, row, MIN (n_fields, n_columns), NULL, _("the row has %u fields where the header has %u. Look for a missing or stray separator “%c”, or for text that needs quotation marks."), n_fields, n_columns, self->table->table.separator);
  return FALSE;
}

static gboolean
take_row (const AnmCsvRow *row,
          gpointer data,
          GError **error)
{
  Joint *self = data;
  gsize patient;
  gboolean known;
  double time;

  if (!self->header_seen)
    {
      self->header_seen = TRUE;
      return TRUE;
    }
  if (!check_length (self, row, error) || !find_patient (self, row, &patient, &known, error))
    return FALSE;
  if (!known)
    return TRUE;

  if (self->start_column != G_MAXUINT && !take_start (self, row, patient, error))
    return FALSE;
  if (self->target_column != G_MAXUINT && !anm_outcome_add (self->outcome, self->builder, patient, row, self->target_column, error))
    return FALSE;
  for (guint c = 0; c < self->table->table.n_columns; c++)
    if (self->columns[c] != NULL && self->columns[c]->is_static && !take_static (self, row, c, patient, error))
      return FALSE;
  if (self->time_column == G_MAXUINT)
    return TRUE;

  if (!parse_time (self, row, self->time_column, self->time_kind, &time, error))
    return FALSE;
  watch_clock (self, row, time);
  time *= self->time_factor;
  anm_cohort_builder_add_row (self->builder, patient, time);
  return self->variable_column != G_MAXUINT ? take_long_value (self, row, patient, time, error) : take_wide_values (self, row, patient, time, error);
}

static gboolean
check_join (Joint *self,
            GError **error)
{
  if (anm_table_is_records (self->table) || self->n_unknown == 0)
    return TRUE;
  if (self->n_known == 0)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT,
                   _("%s: none of its patients (the first is “%s” in column %s) is among those of the records (the first is “%s”). The tables must use the same patient ids."),
                   self->table->table.path, self->first_unknown, get_name (self, self->patient_column), anm_cohort_builder_get_id (self->builder, 0));
      return FALSE;
    }
  anm_cohort_builder_take_warning (self->builder,
                                   g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %zu row is of a patient without records and left out (“%s”).", "%s: %zu rows are of patients without records and left out (the first is “%s”).", self->n_unknown),
                                                    self->table->table.path, (gsize) self->n_unknown, self->first_unknown));
  return TRUE;
}

typedef struct
{
  AnmProgressFunc func;
  gpointer        data;
  double          done;  /* share of the tables before */
  double          share; /* of this one */
} Progress;

static void
pass_progress (double fraction,
               const char *message,
               gpointer data)
{
  Progress *progress = data;

  progress->func (fraction < 0 ? fraction : progress->done + progress->share * fraction, message, progress->data);
}

static gboolean
read_table (Joint *self,
            AnmTable *table,
            gboolean in_seconds,
            Progress *progress,
            GCancellable *cancellable,
            GError **error)
{
  joint_enter_table (self, table, in_seconds);
  return anm_csv_read (table->file, table->table.separator, take_row, self, progress->func != NULL ? pass_progress : NULL, progress, cancellable, error) && check_join (self, error);
}

static goffset
get_size (const AnmTable *table)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (table->file);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);

  return info != NULL ? MAX (g_file_info_get_size (info), 1) : 1;
}

/* Records first, so that the other tables know who is who. */
static gboolean
read_tables (Joint *self,
             GPtrArray *tables,
             AnmProgressFunc progress_func,
             gpointer progress_data,
             GCancellable *cancellable,
             GError **error)
{
  Progress progress = { progress_func, progress_data, 0, 0 };
  double all = 0;
  gboolean in_seconds;

  if (!settle_time_unit (self, tables, &in_seconds, error))
    return FALSE;
  for (guint t = 0; t < tables->len; t++)
    all += (double) get_size (g_ptr_array_index (tables, t));

  for (int records = 1; records >= 0; records--)
    for (guint t = 0; t < tables->len; t++)
      {
        AnmTable *table = g_ptr_array_index (tables, t);

        if (table->table.kind == ANM_TABLE_IGNORED || anm_table_is_records (table) != records)
          continue;
        progress.share = (double) get_size (table) / all;
        if (!read_table (self, table, in_seconds, &progress, cancellable, error))
          return FALSE;
        progress.done += progress.share;
      }
  return TRUE;
}

static gboolean
check_fields (GHashTable *fields,
              GError **error)
{
  GHashTableIter iter;
  gpointer field;

  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, NULL, &field))
    if (!anm_table_field_check (field, error))
      return FALSE;
  return TRUE;
}

static char *
make_title (GPtrArray *tables)
{
  g_autoptr (GString) title = g_string_new (NULL);

  for (guint t = 0; t < tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (tables, t);
      const char *point = strchr (table->table.path, '.');
      gsize length = point != NULL && point > table->table.path ? (gsize) (point - table->table.path) : strlen (table->table.path);

      if (table->table.kind != ANM_TABLE_IGNORED)
        g_string_append_printf (title, "%s%.*s", title->len > 0 ? ", " : "", (int) length, table->table.path);
    }
  return g_string_free (g_steal_pointer (&title), FALSE);
}

AnmCohort *
anm_tables_read (GPtrArray *tables,
                 AnmProgressFunc progress,
                 gpointer progress_data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *title = make_title (tables);
  g_auto (Joint) joint = { 0 };
  g_autoptr (AnmCohort) cohort = NULL;

  joint.builder = anm_cohort_builder_new (title, "");
  joint.channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) anm_table_field_free);
  joint.statics = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) anm_table_field_free);
  anm_cohort_builder_set_zero_at_first_row (joint.builder);
  anm_cohort_builder_set_cancellable (joint.builder, cancellable);
  if (!read_tables (&joint, tables, progress, progress_data, cancellable, error) || !check_fields (joint.channels, error) || !check_fields (joint.statics, error))
    return NULL;
  if (joint.outcome != NULL && !anm_outcome_finish (joint.outcome, joint.builder, error))
    return NULL;

  anm_warn_about_outcomes (joint.builder, joint.outcome != NULL);
  if (joint.clock_warning != NULL)
    anm_cohort_builder_take_warning (joint.builder, g_steal_pointer (&joint.clock_warning));
  cohort = anm_cohort_builder_finish (joint.builder, joint.divisor);
  if (cohort == NULL)
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  anm_warn_about_duplicates (cohort);
  anm_warn_about_channels (cohort);
  anm_warn_about_early_rows (cohort);
  return g_steal_pointer (&cohort);
}
