/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/table.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* Names in lower case without spaces and punctuation, the likeliest first. */
static const char *const patient_names[] = {
  "patientid", "patient", "patientno", "patientnumber", "pid", "ptid", "subjectid", "subject", "recordid", "stayid", "icustayid",
  "hadmid", "admissionid", "encounterid", "visitid", "caseid", "personid", "participantid", "participant", "studyid", "mrn", "id", "record", "case", "stay", "icustay", "admission", "encounter",
  "患者id", "患者编号", "患者号", "患者", "病人id", "病人编号", "病人", "病历号", "病案号", "住院号", "就诊号", NULL
};
static const char *const time_names[] = {
  "charttime", "datetime", "timestamp", "time", "date", "hours", "hour", "minutes", "minute", "mins", "min", "seconds", "second", "secs", "sec",
  "days", "day", "weeks", "week", "steps", "step", "t", "iculos", "offset", "observationoffset",
  "时间", "检查时间", "测量时间", "采集时间", "记录时间", "日期", "小时", "分钟", "天", NULL
};
static const char *const variable_names[] = {
  "variable", "variablename", "parameter", "parametername", "itemname", "itemid", "item", "testname", "test", "analyte", "measurement",
  "measure", "channel", "signal", "concept", "conceptname", "code", "loinc", "label", "name", "key",
  "变量", "变量名", "参数", "项目", "项目名称", "指标", "检查项目", NULL
};
static const char *const value_names[] = {
  "valuenum", "value", "resultvalue", "result", "reading", "valuenumeric", "numericvalue", "measurementvalue", "val",
  "数值", "值", "结果", "测量值", NULL
};
static const char *const target_names[] = {
  "outcome", "target", "label", "class", "y", "died", "dead", "death", "deceased", "mortality", "expired", "inhospitaldeath", "hospitalexpireflag",
  "event", "readmission", "readmitted", "sepsis", "sepsislabel", "survived", "diagnosis",
  "结局", "预后", "死亡", "是否死亡", "标签", "诊断", NULL
};
static const char *const static_names[] = {
  "age", "sex", "gender", "height", "weight", "bmi", "race", "ethnicity", "icutype", "unit", "ward", "admissiontype", "insurance", "smoker",
  "年龄", "性别", "身高", "体重", "科室", "民族", NULL
};
/* What is known only after the outcome, or is the outcome by another name, must not go in unasked. */
static const char *const leak_names[] = {
  "survival", "lengthofstay", "los", "dod", "deathtime", "dateofdeath", "deathdate", "dischtime", "dischargetime", "dischargedate", "outtime",
  "daystodeath", "住院天数", "死亡时间", "出院时间", NULL
};
static const char *const death_names[] = {
  "died", "dead", "death", "deceased", "mortality", "expired", "inhospitaldeath", "hospitaldeath", "inhospitalmortality", "hospitalexpireflag",
  "hospitalmortality", "icumortality", "icudeath", "死亡", "是否死亡", NULL
};

static char *
normalize (const char *name)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (plain, g_unichar_tolower (c));
    }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

/* Place in the list, or G_MAXUINT. */
static guint
rank (const char *plain,
      const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (plain, names[i]) == 0)
      return i;
  return G_MAXUINT;
}

gboolean
anm_is_death_name (const char *column_name)
{
  g_autofree char *plain = normalize (column_name);

  return rank (plain, death_names) != G_MAXUINT;
}

const char *
anm_guess_time_unit (const char *column_name)
{
  static const struct
  {
    const char *part;
    const char *unit;
  } parts[] = {
    { "hour", "h" }, { "hrs", "h" }, { "iculos", "h" }, { "小时", "h" }, { "minute", "min" }, { "mins", "min" }, { "分钟", "min" }, { "second", "s" },
    { "secs", "s" }, { "day", "d" }, { "天", "d" }, { "step", "step" }, { "index", "step" }, { "row", "step" },
  };
  static const struct
  {
    const char *suffix;
    const char *unit;
  } suffixes[] = { { "h", "h" }, { "hr", "h" }, { "min", "min" }, { "sec", "s" }, { "s", "s" }, { "d", "d" } };
  g_autofree char *lower = g_utf8_strdown (column_name, -1);
  g_autofree char *plain = normalize (column_name);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (plain, parts[i].part) != NULL)
      return parts[i].unit;
  /* "time_h", "t (min)", "time [s]", "min" */
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      gsize length = strlen (suffixes[i].suffix);
      const char *found = g_strrstr (lower, suffixes[i].suffix);

      if (found == NULL || g_ascii_isalnum (found[length]) || (found > lower && g_ascii_isalnum (found[-1])))
        continue;
      if (found[length] == '\0' || strchr (")]", found[length]) != NULL)
        return suffixes[i].unit;
    }
  return "";
}

static gboolean
is_free (const AnmTable *self,
         guint column)
{
  return self->table.columns[column].guessed;
}

static gboolean
always (const AnmTable *self,
        guint column)
{
  return TRUE;
}

/* Nearly all times, whether numbers or dates (an ambiguous date is one too: reading it gives a better error). */
static gboolean
holds_times (const AnmTable *self,
             guint column)
{
  const AnmColumnFacts *facts = &self->facts[column];
  guint n = facts->n_ambiguous_dates;

  for (guint k = 0; k < ANM_N_TIME_KINDS; k++)
    n += facts->n_times[k];
  return facts->n_present > 0 && n * 10 >= facts->n_present * 8;
}

static gboolean
holds_numbers (const AnmTable *self,
               guint column)
{
  return anm_column_holds_numbers (&self->facts[column]);
}

static gboolean
holds_dates (const AnmTable *self,
             guint column)
{
  return !holds_numbers (self, column) && holds_times (self, column);
}

static gboolean
can_be_target (const AnmTable *self,
               guint column)
{
  return !holds_dates (self, column) && (holds_numbers (self, column) || self->facts[column].n_distinct <= 50);
}

/* The user's column for @role, or the likeliest free one; it gets the role. */
static guint
settle (AnmTable *self,
        AnmRole role,
        const char *const *names,
        gboolean (*suits) (const AnmTable *, guint))
{
  guint best = G_MAXUINT, best_rank = G_MAXUINT;

  for (guint c = 0; c < self->table.n_columns; c++)
    if (!is_free (self, c) && self->table.columns[c].role == role)
      return c;

  for (guint c = 0; c < self->table.n_columns; c++)
    {
      g_autofree char *plain = normalize (self->table.columns[c].name);
      guint place = rank (plain, names);

      if (is_free (self, c) && self->table.columns[c].role == ANM_ROLE_IGNORE && place < best_rank && suits (self, c))
        {
          best = c;
          best_rank = place;
        }
    }
  if (best != G_MAXUINT)
    self->table.columns[best].role = role;
  return best;
}

/* "time_h", "hours since admission", "icu_charttime", where no whole name is known. */
static guint
settle_time (AnmTable *self)
{
  static const char *const sure_names[] = { "charttime", "datetime", "timestamp", "time", "时间", NULL };
  guint column = settle (self, ANM_ROLE_TIME, time_names, holds_times);

  for (guint c = 0; column == G_MAXUINT && c < self->table.n_columns; c++)
    {
      g_autofree char *plain = normalize (self->table.columns[c].name);

      if (is_free (self, c) && self->table.columns[c].role == ANM_ROLE_IGNORE && holds_times (self, c) && rank (plain, leak_names) == G_MAXUINT &&
          (g_str_has_prefix (plain, "time") || g_str_has_prefix (plain, "hour") || g_str_has_prefix (plain, "minute") || g_str_has_prefix (plain, "day") || g_str_has_suffix (plain, "time") || g_str_has_suffix (plain, "hours") || g_str_has_suffix (plain, "时间")))
        {
          self->table.columns[c].role = ANM_ROLE_TIME;
          column = c;
        }
    }
  /* By so plain a name even if it holds something else: then reading it says where. */
  return column != G_MAXUINT ? column : settle (self, ANM_ROLE_TIME, sure_names, always);
}

/* "unitstayid", "hosp_no", where no whole name is known. */
static guint
settle_patient (AnmTable *self)
{
  guint column = settle (self, ANM_ROLE_PATIENT, patient_names, always);

  for (guint c = 0; column == G_MAXUINT && c < self->table.n_columns; c++)
    {
      g_autofree char *plain = normalize (self->table.columns[c].name);

      if (is_free (self, c) && self->table.columns[c].role == ANM_ROLE_IGNORE && rank (plain, variable_names) == G_MAXUINT && (g_str_has_prefix (plain, "patient") || g_str_has_suffix (plain, "patientid") || g_str_has_suffix (plain, "stayid") || g_str_has_suffix (plain, "subjectid") || g_str_has_suffix (plain, "admissionid")))
        {
          self->table.columns[c].role = ANM_ROLE_PATIENT;
          column = c;
        }
    }
  return column;
}

static guint
settle_target (AnmTable *self)
{
  guint column = settle (self, ANM_ROLE_TARGET, target_names, can_be_target);

  for (guint c = 0; column == G_MAXUINT && c < self->table.n_columns; c++)
    {
      g_autofree char *plain = normalize (self->table.columns[c].name);

      if (is_free (self, c) && self->table.columns[c].role == ANM_ROLE_IGNORE && can_be_target (self, c) && rank (plain, leak_names) == G_MAXUINT &&
          (strstr (plain, "mortality") != NULL || strstr (plain, "death") != NULL || strstr (plain, "died") != NULL || strstr (plain, "outcome") != NULL || strstr (plain, "死亡") != NULL || strstr (plain, "结局") != NULL))
        {
          self->table.columns[c].role = ANM_ROLE_TARGET;
          column = c;
        }
    }
  return column;
}

/* Whether a column ever changes within a patient, and how many patients have two rows to show it. */
static guint
look_within_patients (AnmTable *self,
                      guint patient)
{
  g_autoptr (GHashTable) first_rows = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) repeated = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint c = 0; c < self->table.n_columns; c++)
    self->facts[c].varies_within_patient = FALSE;
  for (guint r = 0; r < self->rows->len; r++)
    {
      char **row = g_ptr_array_index (self->rows, r);
      char **first = g_hash_table_lookup (first_rows, row[patient]);

      if (first == NULL)
        {
          g_hash_table_insert (first_rows, row[patient], row);
          continue;
        }
      g_hash_table_add (repeated, row[patient]);
      for (guint c = 0; c < self->table.n_columns; c++)
        if (strcmp (first[c], row[c]) != 0)
          self->facts[c].varies_within_patient = TRUE;
    }
  return g_hash_table_size (repeated);
}

static AnmTableKind
guess_kind (AnmTable *self,
            guint patient,
            guint time,
            guint target,
            gboolean is_long,
            guint n_repeated)
{
  g_autofree char *name = g_utf8_strdown (self->table.path, -1);
  guint n_static_names = 0;

  if (is_long && time != G_MAXUINT)
    return ANM_TABLE_RECORDS_LONG;
  /* One row a patient, or hardly more (several stays), is no record over time. */
  if (time != G_MAXUINT && (patient == G_MAXUINT || self->rows->len < 3 || (n_repeated > 0 && self->rows->len * 2 >= self->facts[patient].n_distinct * 3)))
    return ANM_TABLE_RECORDS_WIDE;

  for (guint c = 0; c < self->table.n_columns; c++)
    {
      g_autofree char *plain = normalize (self->table.columns[c].name);

      n_static_names += rank (plain, static_names) != G_MAXUINT;
    }
  if (strstr (name, "outcome") != NULL || strstr (name, "label") != NULL || strstr (name, "target") != NULL || strstr (name, "结局") != NULL)
    return ANM_TABLE_OUTCOMES;
  return target != G_MAXUINT && n_static_names == 0 ? ANM_TABLE_OUTCOMES : ANM_TABLE_STATICS;
}

/* What remains once patient, time, variable, value and target are settled. */
static AnmRole
guess_rest (const AnmTable *self,
            guint column,
            guint n_repeated)
{
  const AnmColumnFacts *facts = &self->facts[column];
  g_autofree char *plain = normalize (self->table.columns[column].name);
  gboolean is_words = !holds_numbers (self, column) && facts->n_present > 0;
  gboolean too_many_words = is_words && facts->n_distinct > 20 && facts->n_distinct * 4 > facts->n_present;

  if (rank (plain, leak_names) != G_MAXUINT || rank (plain, patient_names) != G_MAXUINT || holds_dates (self, column) || too_many_words || g_str_has_prefix (plain, "rowid"))
    return ANM_ROLE_IGNORE;

  switch (self->table.kind)
    {
    case ANM_TABLE_STATICS:
      return ANM_ROLE_STATIC;
    case ANM_TABLE_RECORDS_WIDE:
      if (facts->varies_within_patient || n_repeated == 0)
        return rank (plain, static_names) != G_MAXUINT && !facts->varies_within_patient ? ANM_ROLE_STATIC : ANM_ROLE_CHANNEL;
      /* The same in each row of a patient: by its name, or because many patients show it. */
      return facts->n_present > 0 && (rank (plain, static_names) != G_MAXUINT || is_words || n_repeated >= 5) ? ANM_ROLE_STATIC : ANM_ROLE_CHANNEL;
    case ANM_TABLE_RECORDS_LONG:
      return rank (plain, static_names) != G_MAXUINT && n_repeated > 0 && !facts->varies_within_patient ? ANM_ROLE_STATIC : ANM_ROLE_IGNORE;
    case ANM_TABLE_OUTCOMES:
    case ANM_TABLE_IGNORED:
    default:
      return ANM_ROLE_IGNORE;
    }
}

static gboolean
is_long_by_names (AnmTable *self)
{
  guint variable = settle (self, ANM_ROLE_VARIABLE, variable_names, always);
  guint value = settle (self, ANM_ROLE_VALUE, value_names, always);
  gboolean both = variable != G_MAXUINT && value != G_MAXUINT;

  if (both && (self->table.kind_guessed || self->table.kind == ANM_TABLE_RECORDS_LONG))
    return TRUE;
  /* Who names both means a long table. */
  if (both && self->table.kind == ANM_TABLE_RECORDS_WIDE && !is_free (self, variable) && !is_free (self, value))
    {
      self->table.kind = ANM_TABLE_RECORDS_LONG;
      return TRUE;
    }
  if (self->table.kind == ANM_TABLE_RECORDS_LONG && !self->table.kind_guessed)
    return TRUE;
  if (variable != G_MAXUINT && is_free (self, variable))
    self->table.columns[variable].role = ANM_ROLE_IGNORE;
  if (value != G_MAXUINT && is_free (self, value))
    self->table.columns[value].role = ANM_ROLE_IGNORE;
  return FALSE;
}

void
anm_table_guess_roles (AnmTable *self)
{
  guint patient, time, target, n_repeated = 0;
  gboolean is_long;

  for (guint c = 0; c < self->table.n_columns; c++)
    if (is_free (self, c))
      self->table.columns[c].role = ANM_ROLE_IGNORE;
  if (self->table.kind == ANM_TABLE_IGNORED && !self->table.kind_guessed)
    return;

  patient = settle_patient (self);
  if (patient != G_MAXUINT)
    n_repeated = look_within_patients (self, patient);
  is_long = is_long_by_names (self);
  time = self->table.kind_guessed || anm_table_is_records (self) ? settle_time (self) : G_MAXUINT;
  target = settle_target (self);

  if (self->table.kind_guessed)
    self->table.kind = guess_kind (self, patient, time, target, is_long, n_repeated);
  if (!anm_table_is_records (self) && time != G_MAXUINT && is_free (self, time))
    self->table.columns[time].role = ANM_ROLE_IGNORE;
  /* An outcome that changes from row to row is a measurement, unless the user says otherwise. */
  if (anm_table_is_records (self) && target != G_MAXUINT && is_free (self, target) && self->facts[target].varies_within_patient)
    self->table.columns[target].role = ANM_ROLE_IGNORE;

  for (guint c = 0; c < self->table.n_columns; c++)
    if (is_free (self, c) && self->table.columns[c].role == ANM_ROLE_IGNORE)
      self->table.columns[c].role = guess_rest (self, c, n_repeated);
}

/* Of several guessed targets in all tables the first of a table of outcomes stays, else the first. */
void
anm_tables_settle_roles (GPtrArray *tables)
{
  AnmSourceColumn *kept = NULL;
  int kept_worth = -1;

  for (guint t = 0; t < tables->len; t++)
    {
      AnmTable *table = g_ptr_array_index (tables, t);
      guint column = anm_table_find_role (table, ANM_ROLE_TARGET);
      int worth;

      if (column == G_MAXUINT)
        continue;
      worth = !table->table.columns[column].guessed ? 2 : table->table.kind == ANM_TABLE_OUTCOMES;
      if (worth > kept_worth)
        {
          kept = &table->table.columns[column];
          kept_worth = worth;
        }
    }
  for (guint t = 0; t < tables->len; t++)
    {
      AnmTable *table = g_ptr_array_index (tables, t);

      for (guint c = 0; c < table->table.n_columns; c++)
        {
          AnmSourceColumn *column = &table->table.columns[c];

          if (column->role == ANM_ROLE_TARGET && column->guessed && column != kept)
            column->role = ANM_ROLE_IGNORE;
        }
    }
}

static char *
list_columns (const AnmTable *self)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint c = 0; c < self->table.n_columns && c < 12; c++)
    g_string_append_printf (names, "%s%s", c > 0 ? ", " : "", self->table.columns[c].name);
  if (self->table.n_columns > 12)
    g_string_append (names, ", …");
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Exactly one column with the role. */
static gboolean
check_one (const AnmTable *self,
           AnmRole role,
           const char *none,
           const char *several,
           GError **error)
{
  guint n = anm_table_count_role (self, role);
  g_autofree char *names = list_columns (self);

  if (n == 1)
    return TRUE;
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, "%s: %s %s %s.", self->table.path, n == 0 ? none : several, _("Its columns are:"), names);
  return FALSE;
}

static gboolean
check_time (const AnmTable *self,
            GError **error)
{
  return check_one (self, ANM_ROLE_TIME,
                    _("no column says when something was measured. Name it (Time in the window, --time on the command line), or add one."),
                    _("several columns are said to tell the time. Keep one (Time in the window, --time on the command line)."), error);
}

static gboolean
check_table (const AnmTable *self,
             GError **error)
{
  if (self->table.kind == ANM_TABLE_IGNORED)
    return TRUE;
  if (!check_one (self, ANM_ROLE_PATIENT,
                  _("no column says which patient a row belongs to. Name it (Patient in the window, --id on the command line), or add one."),
                  _("several columns are said to tell the patient. Keep one (Patient in the window, --id on the command line)."), error))
    return FALSE;
  if (!anm_table_is_records (self))
    return TRUE;
  if (!check_time (self, error))
    return FALSE;
  if (self->table.kind == ANM_TABLE_RECORDS_LONG)
    return check_one (self, ANM_ROLE_VARIABLE,
                      _("no column says what was measured. Name it (Variable in the window, --variable on the command line)."),
                      _("several columns are said to tell what was measured. Keep one (Variable in the window, --variable on the command line)."), error) &&
           check_one (self, ANM_ROLE_VALUE,
                      _("no column holds the measured value. Name it (Value in the window, --value on the command line)."),
                      _("several columns are said to hold the measured value. Keep one (Value in the window, --value on the command line)."), error);
  if (anm_table_count_role (self, ANM_ROLE_CHANNEL) == 0)
    {
      g_autofree char *names = list_columns (self);

      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("%s: no column holds measurements over time. Its columns are: %s."), self->table.path, names);
      return FALSE;
    }
  return TRUE;
}

/* Times since some zero, and dates, can't be put on one axis. */
static gboolean
check_times (GPtrArray *tables,
             GError **error)
{
  const AnmTable *first = NULL;
  gboolean first_is_date = FALSE;

  for (guint t = 0; t < tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (tables, t);

      for (guint c = 0; table->table.kind != ANM_TABLE_IGNORED && c < table->table.n_columns; c++)
        {
          AnmRole role = table->table.columns[c].role;
          gboolean is_date;

          if ((role != ANM_ROLE_TIME || !anm_table_is_records (table)) && role != ANM_ROLE_START)
            continue;
          is_date = anm_table_get_time_kind (table, c) >= ANM_TIME_DATE;
          if (first != NULL && is_date != first_is_date)
            {
              g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                           first_is_date ? _("%s tells dates, %s (column %s) tells times without a date: they can’t be put on one time axis.") : _("%s tells times without a date, %s (column %s) tells dates: they can’t be put on one time axis."),
                           first->table.path, table->table.path, table->table.columns[c].name);
              return FALSE;
            }
          first = table;
          first_is_date = is_date;
        }
    }
  return TRUE;
}

gboolean
anm_tables_check_roles (GPtrArray *tables,
                        GError **error)
{
  guint n_records = 0, n_targets = 0, n_starts = 0;

  for (guint t = 0; t < tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (tables, t);

      if (!check_table (table, error))
        return FALSE;
      if (table->table.kind == ANM_TABLE_IGNORED)
        continue;
      n_records += anm_table_is_records (table);
      n_targets += anm_table_count_role (table, ANM_ROLE_TARGET);
      n_starts += anm_table_count_role (table, ANM_ROLE_START);
    }
  /* A table that is alone was surely meant to hold records. */
  if (n_records == 0 && tables->len == 1 && !check_time (g_ptr_array_index (tables, 0), error))
    return FALSE;
  if (n_records == 0)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                           _("None of the tables holds measurements over time: a table of records needs a patient and a time in each row. If one does, say so (Records in the window, --table FILE=records and --time COLUMN on the command line)."));
      return FALSE;
    }
  if (n_targets > 1 || n_starts > 1)
    {
      g_set_error_literal (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                           n_targets > 1 ? _("Several columns are said to hold the outcome. Keep one.") : _("Several columns are said to hold the patient’s start. Keep one."));
      return FALSE;
    }
  return check_times (tables, error);
}
