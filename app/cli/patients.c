/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/patients.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/readable.h"

static AnmPatients *
patients_new (AnmCohort *cohort)
{
  AnmPatients *self = g_new0 (AnmPatients, 1);

  self->cohort = anm_cohort_ref (cohort);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
anm_patients_free (AnmPatients *self)
{
  anm_cohort_unref (self->cohort);
  g_clear_pointer (&self->sequences, anm_sequences_unref);
  g_ptr_array_unref (self->warnings);
  g_free (self->indices);
  g_free (self->description);
  g_free (self);
}

static gboolean
make_ready (AnmPatients *self,
            const AnmNetwork *network,
            const AnmFittedRecipe *recipe,
            GError **error)
{
  self->sequences = anm_fitted_recipe_apply (recipe, self->cohort, self->indices, self->n, self->warnings, error);
  return self->sequences != NULL && anm_check_readable (network, self->sequences, self->cohort, self->indices, error);
}

static gboolean
find_part (const char *word,
           AnmPart *part,
           GError **error)
{
  static const char *const words[] = { "training", "validation", "test" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], word) == 0)
      {
        *part = i;
        return TRUE;
      }
  anm_usage_error (error, _ ("--part: “%s” isn't training, validation or test."), word);
  return FALSE;
}

static const char *
describe_part (AnmPart part)
{
  switch (part)
    {
    case ANM_PART_TRAINING:
      return _ ("the training part of %s, which the network has seen");
    case ANM_PART_VALIDATION:
      return _ ("the validation part of %s, by which the best weights were chosen");
    case ANM_PART_TEST:
      return _ ("the test part of %s");
    case ANM_N_PARTS:
    default:
      g_assert_not_reached ();
    }
}

static AnmPatients *
load_all (AnmStudy *study,
          AnmRun *run,
          GError **error)
{
  g_autoptr (AnmCohort) cohort = anm_study_load_run_cohort (study, run, error);
  g_autoptr (AnmPatients) self = NULL;

  if (cohort == NULL)
    return NULL;
  self = patients_new (cohort);
  self->n = cohort->n_patients;
  self->indices = g_new (guint32, MAX (self->n, 1));
  for (gsize i = 0; i < self->n; i++)
    self->indices[i] = (guint32) i;
  self->description = g_strdup_printf (_ ("all patients of %s"), cohort->title);
  return make_ready (self, anm_run_get_network (run), anm_run_get_recipe (run), error) ? g_steal_pointer (&self) : NULL;
}

AnmPatients *
anm_patients_load_part (AnmStudy *study,
                        AnmRun *run,
                        const char *word,
                        GError **error)
{
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmPatients) self = NULL;
  AnmPart part;

  if (strcmp (word, "all") == 0)
    return load_all (study, run, error);
  if (!find_part (word, &part, error))
    return NULL;
  cohort = anm_study_load_run_cohort (study, run, error);
  if (cohort == NULL)
    return NULL;
  self = patients_new (cohort);
  self->indices = anm_study_load_run_patients (study, run, part, &self->n, error);
  if (self->indices == NULL)
    return NULL;
  if (self->n == 0)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                   _ ("Run %u kept no patients for its %s part. Name a SOURCE of new patients, or another --part."), anm_run_get_id (run), word);
      return NULL;
    }
  self->description = g_strdup_printf (describe_part (part), cohort->title);
  return make_ready (self, anm_run_get_network (run), anm_run_get_recipe (run), error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
is_same_series (const AnmCohort *a,
                gsize patient_a,
                guint channel_a,
                const AnmCohort *b,
                gsize patient_b,
                guint channel_b)
{
  const double *times;
  const float *values_a, *values_b;
  gsize n_a = anm_cohort_get_series (a, patient_a, channel_a, &times, &values_a);
  gsize n_b = anm_cohort_get_series (b, patient_b, channel_b, &times, &values_b);

  return n_a == n_b && (n_a == 0 || memcmp (values_a, values_b, n_a * sizeof *values_a) == 0);
}

/* The id alone says little: two hospitals may both have a patient 1. */
static gboolean
is_same_patient (const AnmCohort *a,
                 gsize patient_a,
                 const AnmCohort *b,
                 gsize patient_b)
{
  guint channel_b;

  for (guint channel_a = 0; channel_a < a->n_channels; channel_a++)
    if (anm_cohort_find_channel (b, a->channels[channel_a].name, &channel_b) &&
        !is_same_series (a, patient_a, channel_a, b, patient_b, channel_b))
      return FALSE;
  return TRUE;
}

/* Patients whom the run has learnt from flatter it. */
static gboolean
warn_of_seen (AnmPatients *self,
              AnmStudy *study,
              AnmRun *run,
              GError **error)
{
  g_autoptr (AnmCohort) own = anm_study_load_run_cohort (study, run, error);
  g_autofree guint32 *seen = NULL;
  gsize n_seen, patient;
  guint n_again = 0;

  if (own == NULL)
    return FALSE;
  seen = anm_study_load_run_patients (study, run, ANM_PART_TRAINING, &n_seen, error);
  if (seen == NULL)
    return FALSE;
  for (gsize i = 0; i < n_seen; i++)
    n_again += anm_cohort_find_patient (self->cohort, own->ids[seen[i]], &patient) &&
               is_same_patient (own, seen[i], self->cohort, patient);
  if (n_again > 0)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (ngettext ("The network was trained on %u of these patients: that flatters it.",
                                                "The network was trained on %u of these patients: that flatters it.", n_again),
                                      n_again));
  return TRUE;
}

/* The source's patients, not yet made ready. */
static AnmPatients *
read_patients (AnmInvocation *invocation,
               const AnmSourceOptions *source,
               char **arguments,
               gboolean with_outcome_only,
               GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (AnmCohort) cohort = anm_source_options_read (source, invocation, arguments, &text, NULL, error);
  g_autoptr (AnmPatients) self = NULL;

  if (cohort == NULL)
    return NULL;
  self = patients_new (cohort);
  self->indices = g_new (guint32, MAX (cohort->n_patients, 1));
  for (gsize i = 0; i < cohort->n_patients; i++)
    if (!with_outcome_only || anm_cohort_has_target (cohort, i))
      self->indices[self->n++] = (guint32) i;
  for (guint i = 0; i < cohort->warnings->len; i++)
    g_ptr_array_add (self->warnings, g_strdup (g_ptr_array_index (cohort->warnings, i)));
  self->description = g_strdup_printf (_ ("%s as new patients"), text);
  if (with_outcome_only && self->n == 0)
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
                   _ ("None of the patients of %s has an outcome to score against. “anamnesis-cli predict” needs none."), text);
      return NULL;
    }
  return g_steal_pointer (&self);
}

static AnmPatients *
read_for_run (AnmInvocation *invocation,
              const AnmSourceOptions *source,
              char **arguments,
              AnmStudy *study,
              AnmRun *run,
              gboolean with_outcome_only,
              GError **error)
{
  g_autoptr (AnmPatients) self = read_patients (invocation, source, arguments, with_outcome_only, error);

  if (self == NULL || !warn_of_seen (self, study, run, error) || !make_ready (self, anm_run_get_network (run), anm_run_get_recipe (run), error))
    return NULL;
  return g_steal_pointer (&self);
}

AnmPatients *
anm_patients_read_new (AnmInvocation *invocation,
                       const AnmSourceOptions *source,
                       char **arguments,
                       AnmStudy *study,
                       AnmRun *run,
                       GError **error)
{
  return read_for_run (invocation, source, arguments, study, run, TRUE, error);
}

AnmPatients *
anm_patients_read_all (AnmInvocation *invocation,
                       const AnmSourceOptions *source,
                       char **arguments,
                       AnmStudy *study,
                       AnmRun *run,
                       GError **error)
{
  return read_for_run (invocation, source, arguments, study, run, FALSE, error);
}

AnmPatients *
anm_patients_read_for_model (AnmInvocation *invocation,
                             const AnmSourceOptions *source,
                             char **arguments,
                             const AnmModel *model,
                             GError **error)
{
  g_autoptr (AnmPatients) self = read_patients (invocation, source, arguments, FALSE, error);

  return self != NULL && make_ready (self, model->network, model->recipe, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
anm_patients_check_outcomes (const AnmPatients *self,
                             AnmRun *run,
                             GError **error)
{
  const AnmTarget *trained = anm_fitted_recipe_get_target (anm_run_get_recipe (run));
  const AnmTarget *here = &self->cohort->target;

  if (here->shape.kind == trained->shape.kind && here->shape.n_outputs == trained->shape.n_outputs)
    return TRUE;
  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED,
               _ ("These patients' outcome (“%s”) is of another kind than the one that the network was trained on (“%s”). Name records with such an outcome, or another run."),
               here->name != NULL ? here->name : "", trained->name);
  return FALSE;
}
