/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/patient-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "widgets/figures/number.h"

#define MAX_BRIEF_STATICS 2
#define MAX_STATICS 6

static float
get_static (const AnmCohort *cohort,
            gsize            patient,
            guint            field)
{
  return cohort->static_values[patient * cohort->n_statics + field];
}

/* With its name, and its unit if it is a number: "Height 170 cm". */
static char *
format_named_static (const AnmField *field,
                     float           value)
{
  g_autofree char *text = anm_field_format_value (field, value);

  if (field->kind == ANM_FIELD_NUMERIC && field->unit[0] != '\0')
    return g_strdup_printf ("%s %s %s", anm_field_get_label (field), text, anm_field_get_unit (field));

  return g_strdup_printf ("%s %s", anm_field_get_label (field), text);
}

char *
anm_patient_describe_briefly (const AnmCohort *cohort,
                              gsize            patient)
{
  GString *text = g_string_new (NULL);
  guint n_said = 0;

  for (guint field = 0; field < cohort->n_statics && n_said < MAX_BRIEF_STATICS; field++)
    {
      const float value = get_static (cohort, patient, field);
      g_autofree char *word = NULL;

      if (isnan (value))
        continue;

      word = anm_field_format_value (&cohort->statics[field], value);
      g_string_append_printf (text, "%s%s", n_said > 0 ? ", " : "", word);
      n_said++;
    }

  return g_string_free (text, FALSE);
}

int
anm_patient_get_class (const AnmCohort *cohort,
                       gsize            patient)
{
  const AnmTarget *target = &cohort->target;

  if (cohort->targets == NULL || target->shape.per_step ||
      (target->shape.kind != ANM_TARGET_BINARY && target->shape.kind != ANM_TARGET_CLASSES) ||
      isnan (cohort->targets[patient]))
    return -1;

  return (int) cohort->targets[patient];
}

char *
anm_patient_get_outcome (const AnmCohort *cohort,
                         gsize            patient)
{
  const AnmTarget *target = &cohort->target;
  const int klass = anm_patient_get_class (cohort, patient);

  if (klass >= 0)
    return target->classes != NULL ? g_strdup (anm_data_word (target->classes[klass])) : g_strdup_printf ("%d", klass);

  if (target->shape.kind == ANM_TARGET_REGRESSION && target->shape.n_outputs == 1 &&
      !target->shape.per_step && cohort->targets != NULL && !isnan (cohort->targets[patient]))
    return anm_number_format (cohort->targets[patient], 3);

  return NULL;
}

/* "48 hours, 428 values" */
static char *
describe_extent (const AnmCohort *cohort,
                 gsize            patient)
{
  const gsize n_values = cohort->starts[(patient + 1) * cohort->n_channels] - cohort->starts[patient * cohort->n_channels];
  g_autofree char *count = anm_number_format_count (n_values);
  g_autofree char *values = g_strdup_printf (ngettext ("%s value", "%s values", n_values), count);
  g_autofree char *length = NULL;

  if (isnan (cohort->begins[patient]))
    return g_strdup (_("no measurements"));

  length = anm_number_format_duration (cohort->ends[patient] - cohort->begins[patient], cohort->time_unit);
  /* Translators: how long and how much: "48 h, 428 values". */
  return g_strdup_printf (_("%s, %s"), length, values);
}

char *
anm_patient_describe (const AnmCohort *cohort,
                      gsize            patient)
{
  GString *text = g_string_new (NULL);
  g_autofree char *outcome = anm_patient_get_outcome (cohort, patient);
  g_autofree char *extent = describe_extent (cohort, patient);
  guint n_said = 0;

  for (guint field = 0; field < cohort->n_statics && n_said < MAX_STATICS; field++)
    {
      const float value = get_static (cohort, patient, field);
      g_autofree char *words = NULL;

      if (isnan (value))
        continue;

      words = format_named_static (&cohort->statics[field], value);
      g_string_append_printf (text, "%s%s", n_said > 0 ? ", " : "", words);
      n_said++;
    }

  if (outcome != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", outcome);
  g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", extent);

  return g_string_free (text, FALSE);
}
