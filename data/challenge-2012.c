/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/challenge-2012.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/challenge-files.h"
#include "data/challenge-variables.h"
#include "data/cohort-builder.h"
#include "data/csv-reader.h"
#include "data/csv-values.h"
#include "data/warnings.h"

/* Static fields, in the builder's order. */
enum
{
  STATIC_AGE,
  STATIC_GENDER,
  STATIC_HEIGHT,
  STATIC_ICU_TYPE,
  STATIC_WEIGHT,
  N_STATICS,
};

static const char *const descriptors[N_STATICS] = { "Age", "Gender", "Height", "ICUType", "Weight" };

typedef struct
{
  AnmCohortBuilder *builder;
  GHashTable       *channels;   /* parameter -> index + 1 */
  const char       *set;        /* title of the set, for messages */
  guint64           n_nameless; /* rows without a parameter */

  /* The stay being read. */
  gsize             patient;
  guint64           n_rows;
  gboolean          has_id;

  /* The outcome file being read. */
  guint             id_column, death_column;
  guint64           n_strangers;
} Challenge;

static void
add_channels (Challenge *self)
{
  guint n;
  const AnmChallengeVariable *variables = anm_challenge_variables (&n);

  for (guint i = 0; i < n; i++)
    {
      guint channel = anm_cohort_builder_add_channel (self->builder, variables[i].name);
      AnmField *field = anm_cohort_builder_get_channel (self->builder, channel);

      anm_field_set_text (&field->label, variables[i].label);
      anm_field_set_text (&field->unit, variables[i].unit);
      field->plausible_low = variables[i].plausible_low;
      field->plausible_high = variables[i].plausible_high;
      field->normal_low = variables[i].normal_low;
      field->normal_high = variables[i].normal_high;
      g_hash_table_insert (self->channels, g_strdup (variables[i].name), GUINT_TO_POINTER (channel + 1));
    }
}

static void
add_static (AnmCohortBuilder *builder,
            const char *name,
            const char *label,
            const char *unit,
            double low,
            double high,
            const char *const *categories)
{
  AnmField *field = anm_cohort_builder_get_static (builder, anm_cohort_builder_add_static (builder, name));

  anm_field_set_text (&field->label, label);
  anm_field_set_text (&field->unit, unit);
  field->plausible_low = low;
  field->plausible_high = high;
  for (guint i = 0; categories != NULL && categories[i] != NULL; i++)
    {
      field->kind = ANM_FIELD_CATEGORICAL;
      anm_field_add_category (field, categories[i]);
    }
}

static void
add_statics (AnmCohortBuilder *builder)
{
  static const char *const genders[] = { N_("female"), N_("male"), NULL };
  static const char *const units[] = { N_("coronary care"), N_("cardiac surgery recovery"), N_("medical"), N_("surgical"), NULL };

  add_static (builder, "Age", N_("Age"), N_("years"), 15, 120, NULL);
  add_static (builder, "Gender", N_("Sex"), "", NAN, NAN, genders);
  add_static (builder, "Height", N_("Height"), "cm", 100, 230, NULL);
  add_static (builder, "ICUType", N_("Intensive care unit"), "", NAN, NAN, units);
  add_static (builder, "AdmissionWeight", N_("Weight at admission"), "kg", 20, 400, NULL);
}

/* A general descriptor, -1 = missing. Gender counts from 0, ICUType from 1. */
static gboolean
take_descriptor (Challenge *self,
                 guint field,
                 const AnmCsvRow *row,
                 double value,
                 GError **error)
{
  static const double firsts[N_STATICS] = { [STATIC_ICU_TYPE] = 1 };
  const AnmField *described = anm_cohort_builder_get_static (self->builder, field);

  if (value == -1)
    return TRUE;
  if (described->kind == ANM_FIELD_CATEGORICAL)
    {
      value -= firsts[field];
      if (!(value >= 0 && value < g_strv_length (described->categories) && value == floor (value)))
        {
          anm_csv_set_error (error, row, 2, descriptors[field], _("“%s” is no value of %s. Allowed are whole numbers from %g to %g, and -1 for missing."), row->fields[2].text, descriptors[field], firsts[field], firsts[field] + g_strv_length (described->categories) - 1);
          return FALSE;
        }
    }
  anm_cohort_builder_set_static (self->builder, self->patient, field, (float) value);
  return TRUE;
}

static gboolean
take_measurement (Challenge *self,
                  const char *parameter,
                  double time,
                  double value)
{
  guint channel = GPOINTER_TO_UINT (g_hash_table_lookup (self->channels, parameter));

  if (channel == 0)
    {
      channel = anm_cohort_builder_add_channel (self->builder, parameter) + 1;
      g_hash_table_insert (self->channels, g_strdup (parameter), GUINT_TO_POINTER (channel));
    }
  /* Weight is a descriptor and a series: -1 is missing there too. */
  if (value == -1 && strcmp (parameter, "Weight") == 0)
    return TRUE;
  anm_cohort_builder_add_value (self->builder, self->patient, channel - 1, time, (float) value);
  return TRUE;
}

static gboolean
check_stay_row (const AnmCsvRow *row,
                double *time,
                double *value,
                GError **error)
{
  AnmTimeKind kind;
  g_autofree char *quote = NULL;

  if (row->n_fields != 3)
    {
      anm_csv_set_error (error, row, MIN (row->n_fields, 3), NULL, _("a row of a stay has three fields, time, parameter and value; this has %u."), row->n_fields);
      return FALSE;
    }
  if (!anm_csv_parse_time (row->fields[0].text, row->fields[0].length, FALSE, &kind, time) || kind != ANM_TIME_CLOCK)
    {
      quote = anm_csv_quote (row->fields[0].text);
      anm_csv_set_error (error, row, 0, "Time", _("“%s” is not a time written as hours and minutes, for example 07:30."), quote);
      return FALSE;
    }
  if (!g_utf8_validate (row->fields[1].text, (gssize) row->fields[1].length, NULL))
    {
      anm_csv_set_error (error, row, 1, "Parameter", _("the text isn’t UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)."));
      return FALSE;
    }
  if (!anm_csv_parse_number (row->fields[2].text, row->fields[2].length, FALSE, value))
    {
      quote = anm_csv_quote (row->fields[2].text);
      anm_csv_set_error (error, row, 2, row->fields[1].text, _("“%s” is not a number."), quote);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_stay_row (const AnmCsvRow *row,
               gpointer data,
               GError **error)
{
  Challenge *self = data;
  const char *parameter;
  double time, value;

  if (self->n_rows++ == 0)
    {
      if (row->n_fields == 3 && strcmp (row->fields[0].text, "Time") == 0 && strcmp (row->fields[1].text, "Parameter") == 0 && strcmp (row->fields[2].text, "Value") == 0)
        return TRUE;
      anm_csv_set_error (error, row, 0, NULL, _("a stay begins with the header “Time,Parameter,Value”."));
      return FALSE;
    }
  if (!check_stay_row (row, &time, &value, error))
    return FALSE;

  parameter = row->fields[1].text;
  if (strcmp (parameter, "RecordID") == 0)
    {
      self->has_id = TRUE;
      self->patient = anm_cohort_builder_add_patient (self->builder, row->fields[2].text, row->fields[2].length);
      anm_cohort_builder_add_row (self->builder, self->patient, time);
      return TRUE;
    }
  if (!self->has_id)
    {
      anm_csv_set_error (error, row, 1, NULL, _("a stay’s first row must be its RecordID."));
      return FALSE;
    }
  if (parameter[0] == '\0')
    {
      self->n_nameless++;
      return TRUE;
    }

  anm_cohort_builder_add_row (self->builder, self->patient, time);
  for (guint s = 0; time == 0 && s < N_STATICS; s++)
    if (strcmp (parameter, descriptors[s]) == 0)
      {
        /* Rows of descriptors come first; a second weight at 00:00 is a measurement. */
        if (isnan (anm_cohort_builder_get_static_value (self->builder, self->patient, s)) && !take_descriptor (self, s, row, value, error))
          return FALSE;
        if (s != STATIC_WEIGHT)
          return TRUE;
      }
  return take_measurement (self, parameter, time, value);
}

static gboolean
take_stay (const char *name,
           const char *bytes,
           gsize length,
           gpointer data,
           GError **error)
{
  Challenge *self = data;

  self->n_rows = 0;
  self->has_id = FALSE;
  if (!anm_csv_read_bytes (name, bytes, length, ',', take_stay_row, self, error))
    return FALSE;
  if (!self->has_id)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s: the stay has no row with its RecordID."), name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_outcome_row (const AnmCsvRow *row,
                  gpointer data,
                  GError **error)
{
  Challenge *self = data;
  double outcome;
  gsize patient;

  if (self->n_rows++ == 0)
    {
      self->id_column = self->death_column = G_MAXUINT;
      for (guint c = 0; c < row->n_fields; c++)
        if (strcmp (row->fields[c].text, "RecordID") == 0)
          self->id_column = c;
        else if (strcmp (row->fields[c].text, "In-hospital_death") == 0)
          self->death_column = c;
      if (self->id_column != G_MAXUINT && self->death_column != G_MAXUINT)
        return TRUE;
      anm_csv_set_error (error, row, 0, NULL, _("a file of outcomes must have the columns RecordID and In-hospital_death."));
      return FALSE;
    }
  if (row->n_fields <= MAX (self->id_column, self->death_column) ||
      !anm_csv_parse_number (row->fields[self->death_column].text, row->fields[self->death_column].length, FALSE, &outcome) || (outcome != 0 && outcome != 1 && outcome != -1))
    {
      anm_csv_set_error (error, row, self->death_column, "In-hospital_death", _("“%s” is no outcome. Allowed are 0 (survived), 1 (died) and -1 (unknown)."),
                         self->death_column < row->n_fields ? row->fields[self->death_column].text : "");
      return FALSE;
    }
  if (!anm_cohort_builder_find_patient (self->builder, row->fields[self->id_column].text, &patient))
    self->n_strangers++;
  else if (outcome >= 0)
    anm_cohort_builder_set_outcome (self->builder, patient, (float) outcome);
  return TRUE;
}

static gboolean
take_outcomes (const char *name,
               const char *bytes,
               gsize length,
               gpointer data,
               GError **error)
{
  Challenge *self = data;

  self->n_rows = 0;
  return anm_csv_read_bytes (name, bytes, length, ',', take_outcome_row, self, error);
}

static void
warn_about_one_class (AnmCohortBuilder *builder)
{
  gsize n_known = 0, n_died = 0;

  for (gsize p = 0; p < anm_cohort_builder_get_n_patients (builder); p++)
    {
      n_known += !isnan (anm_cohort_builder_get_outcome (builder, p));
      n_died += anm_cohort_builder_get_outcome (builder, p) > 0;
    }
  if (n_known > 0 && (n_died == 0 || n_died == n_known))
    anm_warn_about_one_class (builder, "In-hospital_death", n_died == 0 ? "survived" : "died");
}

static char *
make_title (const char *const *sets)
{
  g_autoptr (GString) title = g_string_new ("PhysioNet 2012");

  for (guint i = 0; sets[i] != NULL; i++)
    {
      g_autofree char *name = anm_challenge_set_name (sets[i]);
      char letter = anm_challenge_set_letter (name);

      if (letter != '\0')
        g_string_append_printf (title, ", set %c", g_ascii_toupper (letter));
      else
        g_string_append_printf (title, ", %s", name);
    }
  return g_string_free (g_steal_pointer (&title), FALSE);
}

AnmCohort *
anm_challenge_read (const char *const *sets,
                    const char *outcomes,
                    AnmProgressFunc progress,
                    gpointer progress_data,
                    GCancellable *cancellable,
                    GError **error)
{
  static const char *const classes[] = { N_("survived"), N_("died"), NULL };
  g_autofree char *title = make_title (sets);
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new (title, "h");
  g_autoptr (GHashTable) channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Challenge challenge = { .builder = builder, .channels = channels };
  g_autoptr (AnmCohort) cohort = NULL;
  gboolean has_outcomes = outcomes != NULL;

  anm_cohort_builder_set_cancellable (builder, cancellable);
  add_channels (&challenge);
  add_statics (builder);
  for (guint i = 0; sets[i] != NULL; i++)
    if (!anm_challenge_read_set (sets[i], take_stay, &challenge, progress, progress_data, cancellable, error))
      return NULL;
  if (anm_cohort_builder_get_n_patients (builder) == 0)
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_FORMAT, _("%s holds no stays."), sets[0]);
      return NULL;
    }

  if (outcomes != NULL && !anm_challenge_read_file (outcomes, take_outcomes, &challenge, error))
    return NULL;
  for (guint i = 0; outcomes == NULL && sets[i] != NULL; i++)
    if (!anm_challenge_find_outcomes (sets[i], take_outcomes, &challenge, &has_outcomes, error))
      return NULL;
  if (has_outcomes)
    {
      anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "In-hospital_death", N_("died in hospital"), g_strdupv ((char **) classes));
      warn_about_one_class (builder);
    }
  anm_warn_about_outcomes (builder, has_outcomes);
  if (challenge.n_nameless > 0)
    anm_cohort_builder_take_warning (builder, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu row doesn’t say what was measured and is left out.", "%zu rows don’t say what was measured and are left out.", challenge.n_nameless), (gsize) challenge.n_nameless));

  cohort = anm_cohort_builder_finish (builder, 3600);
  if (cohort == NULL)
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  anm_warn_about_implausible (cohort);
  return g_steal_pointer (&cohort);
}
