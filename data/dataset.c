/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/fitted-recipe.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "data/split.h"

AnmDataset *
anm_dataset_ref (AnmDataset *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_dataset_unref (AnmDataset *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_clear_pointer (&self->recipe, anm_fitted_recipe_unref);
  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      g_clear_pointer (&self->parts[part], anm_sequences_unref);
      g_free (self->patients[part]);
    }
  g_free (self);
}

static gboolean
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error,
        const char *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (ANM_DATA_ERROR, ANM_DATA_ERROR_RECIPE, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* A network can't learn to tell apart what never differs. */
static gboolean
check_outcomes (const AnmCohort *cohort,
                GError **error)
{
  const AnmTarget *target = &cohort->target;
  guint width = anm_sequences_get_target_width (&target->shape);
  gsize n_known = 0;
  float first = NAN;
  gboolean differs = FALSE;

  if (target->shape.kind == ANM_TARGET_NONE)
    return refuse (error, _("These records hold no outcome, so there is nothing to learn. Name the column that holds it, or add a table of outcomes."));

  for (gsize p = 0; p < cohort->n_patients; p++)
    if (anm_cohort_has_target (cohort, p))
      {
        float value = cohort->targets[p * width];

        differs |= n_known > 0 && value != first;
        first = value;
        n_known++;
      }
  if (n_known == 0)
    return refuse (error, _("The outcome “%s” is known of no patient, so there is nothing to learn."), target->label);
  if (!differs && (target->shape.kind == ANM_TARGET_BINARY || target->shape.kind == ANM_TARGET_CLASSES))
    return refuse (error,
                   _("Every patient whose outcome is known has “%s” = “%s” (%zu of them). A network needs patients with each outcome to learn the difference."),
                   target->label, target->classes[(guint) first], n_known);
  return TRUE;
}

/**
 * anm_dataset_new:
 * @recipe: copied
 *
 * Splits by patient, fits on the training part alone, applies to all parts.
 * The time step, if the recipe leaves it open, is chosen from the times of all
 * records; nothing is learnt from anybody's values but the training part's.
 *
 * Returns: (transfer full): the dataset, or %NULL with an %ANM_DATA_ERROR or
 *   %ANM_ENGINE_ERROR that says why these records can't be learnt from
 */
AnmDataset *
anm_dataset_new (AnmCohort *cohort,
                 const AnmRecipe *recipe,
                 GError **error)
{
  g_autoptr (AnmDataset) self = NULL;
  g_autoptr (GArray) training = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) validation = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) test = g_array_new (FALSE, FALSE, sizeof (guint32));
  GArray *parts[ANM_N_PARTS] = { training, validation, test };

  if (!anm_recipe_validate (recipe, error) || !check_outcomes (cohort, error) || !anm_split_patients (cohort, recipe, parts, error))
    return NULL;
  if (training->len == 0)
    {
      refuse (error, _("The split leaves no patient with an outcome to train on."));
      return NULL;
    }

  self = g_new0 (AnmDataset, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->cohort = anm_cohort_ref (cohort);
  self->recipe = anm_fitted_recipe_new (recipe, cohort, (const guint32 *) training->data, training->len, error);
  if (self->recipe == NULL)
    return NULL;

  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      if (parts[part]->len == 0)
        continue;
      self->patients[part] = g_memdup2 (parts[part]->data, parts[part]->len * sizeof (guint32));
      self->parts[part] = anm_fitted_recipe_apply (self->recipe, cohort, self->patients[part], parts[part]->len, NULL, error);
      if (self->parts[part] == NULL || !anm_sequences_validate (self->parts[part], error))
        return NULL;
    }
  return g_steal_pointer (&self);
}
