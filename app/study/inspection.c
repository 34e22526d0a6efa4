/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/inspection.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/study/readable.h"
#include "engine/error.h"
#include "engine/workspace.h"

struct _AnmInspection
{
  AnmNetwork      *network;
  AnmFittedRecipe *recipe;
  AnmSequences    *sequences;
  AnmProbe        *probe;
  anm_real        *parameters;
};

AnmInspection *
anm_inspection_new (AnmNetwork *network,
                    AnmFittedRecipe *recipe,
                    AnmLossKind loss,
                    const anm_real *parameters,
                    AnmCohort *cohort,
                    guint32 patient,
                    GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AnmInspection) self = g_new0 (AnmInspection, 1);
  AnmLossKind resolved;

  self->network = anm_network_ref (network);
  self->recipe = anm_fitted_recipe_ref (recipe);
  self->parameters = g_memdup2 (parameters, anm_network_get_n_parameters (network) * sizeof *parameters);
  self->sequences = anm_fitted_recipe_apply (recipe, cohort, &patient, 1, warnings, error);
  if (self->sequences == NULL)
    return NULL;
  if (anm_sequences_get_length (self->sequences, 0) == 0)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_DATA, _ ("Patient “%s” has no measurements."), cohort->ids[patient]);
      return NULL;
    }
  if (!anm_check_readable (network, self->sequences, cohort, &patient, error) ||
      !anm_loss_resolve (loss, network, &self->sequences->target, &resolved, error))
    return NULL;
  self->probe = anm_probe_new (network, resolved);
  anm_probe_run (self->probe, parameters, self->sequences, 0, TRUE);
  return g_steal_pointer (&self);
}

void
anm_inspection_free (AnmInspection *self)
{
  g_clear_pointer (&self->probe, anm_probe_free);
  g_clear_pointer (&self->sequences, anm_sequences_unref);
  anm_fitted_recipe_unref (self->recipe);
  anm_network_unref (self->network);
  g_free (self->parameters);
  g_free (self);
}

void
anm_inspection_get_traces (AnmInspection *self,
                           guint layer,
                           AnmLayerTraces *traces)
{
  if (!anm_probe_get_layer_traces (self->probe, layer, traces))
    g_assert_not_reached ();
}

double
anm_inspection_get_time (AnmInspection *self,
                         guint layer,
                         guint step)
{
  AnmTrace input;

  if (!anm_probe_get_trace (self->probe, layer, "x", &input))
    g_assert_not_reached ();
  g_return_val_if_fail (step < input.n_steps, 0);
  return input.steps[step] * anm_fitted_recipe_get_step (self->recipe);
}

double
anm_inspection_get_step (const AnmInspection *self)
{
  return anm_fitted_recipe_get_step (self->recipe);
}

double
anm_inspection_get_loss (const AnmInspection *self)
{
  return anm_probe_get_loss (self->probe);
}

AnmCell *
anm_inspection_new_cell (AnmInspection *self,
                         guint layer,
                         AnmDirection direction,
                         GError **error)
{
  AnmCell *cell = anm_cell_new (self->network, layer, direction, error);

  if (cell != NULL)
    anm_cell_set_parameters (cell, self->parameters);
  return cell;
}

AnmJacobian *
anm_inspection_new_jacobian (AnmInspection *self,
                             guint layer,
                             AnmDirection direction,
                             GError **error)
{
  AnmJacobian *jacobian = anm_jacobian_new (self->network, layer, direction, error);

  if (jacobian != NULL)
    anm_jacobian_set_parameters (jacobian, self->parameters);
  return jacobian;
}

/* Numbers of what enters a layer; all others a cell multiplies are of its own units. */
static gboolean
is_of_inputs (const AnmInspection *self,
              guint layer,
              const char *operand)
{
  g_autofree char *of_half = g_strconcat ("→", operand, NULL);
  AnmTrace trace;

  if (strcmp (operand, "x") == 0)
    return TRUE;
  if (!anm_probe_get_trace (self->probe, layer, operand, &trace) && !anm_probe_get_trace (self->probe, layer, of_half, &trace))
    return FALSE;
  return trace.of_inputs;
}

char *
anm_inspection_name_input (const AnmInspection *self,
                           guint layer,
                           const char *operand,
                           guint index)
{
  if (operand == NULL)
    return g_strdup (_ ("bias"));
  if (!is_of_inputs (self, layer, operand))
    return g_strdup_printf (_ ("unit %u"), index + 1);
  if (layer == 0 && index < anm_fitted_recipe_get_n_columns (self->recipe))
    return anm_fitted_recipe_get_column_name (self->recipe, index);
  /* Translators: a number of what the layer below gives. */
  return g_strdup_printf (_ ("input %u"), index + 1);
}

int
anm_network_find_recurrent (const AnmNetwork *network)
{
  for (guint i = 0; i < anm_network_get_n_layers (network); i++)
    if (anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, i))))
      return (int) i;
  return -1;
}
