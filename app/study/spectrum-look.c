/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/spectrum-look.h"

#include <math.h>
#include <string.h>

static const char *const arrows[] = { "→", "←" };

/* Of a gate's name, and what is left of it. */
static AnmDirection
read_direction (const char **gate)
{
  for (guint i = 0; *gate != NULL && i < G_N_ELEMENTS (arrows); i++)
    if (g_str_has_prefix (*gate, arrows[i]))
      {
        *gate += strlen (arrows[i]);
        return (AnmDirection) i;
      }
  return ANM_DIRECTION_FORWARDS;
}

char **
anm_recurrent_look_list_gates (AnmNetwork *network,
                               guint layer)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (AnmCell) forwards = anm_cell_new (network, layer, ANM_DIRECTION_FORWARDS, NULL);
  g_autoptr (AnmCell) backwards = anm_cell_new (network, layer, ANM_DIRECTION_BACKWARDS, NULL);

  if (forwards == NULL)
    return NULL;
  for (guint d = 0; d < 2; d++)
    {
      AnmCell *cell = d == 0 ? forwards : backwards;
      const char *const *gates = cell != NULL ? anm_cell_get_recurrent_gates (cell) : NULL;

      for (guint i = 0; gates != NULL && gates[i] != NULL; i++)
        {
          g_autofree char *name = backwards != NULL ? g_strconcat (arrows[d], gates[i], NULL) : g_strdup (gates[i]);
          g_strv_builder_add (names, name);
        }
    }
  return g_strv_builder_end (names);
}

/* What a cell takes for its new state, "g" or "h~", comes before its output gate: the one that is no gate. */
static const char *
find_candidate (const char *const *gates)
{
  static const char *const candidates[] = { "g", "h~", "h" };

  for (guint c = 0; c < G_N_ELEMENTS (candidates); c++)
    if (g_strv_contains (gates, candidates[c]))
      return candidates[c];
  return gates[0];
}

AnmRecurrentLook *
anm_recurrent_look_new (AnmNetwork *network,
                        guint layer,
                        const char *gate,
                        const anm_real *parameters,
                        const anm_real *initial,
                        const int *stop,
                        GError **error)
{
  const char *own = gate;
  AnmDirection direction = read_direction (&own);
  g_autoptr (AnmCell) cell = anm_cell_new (network, layer, direction, error);
  g_autoptr (AnmRecurrentLook) self = NULL;

  if (cell == NULL)
    return NULL;
  if (own == NULL)
    own = find_candidate (anm_cell_get_recurrent_gates (cell));
  self = g_new0 (AnmRecurrentLook, 1);
  self->layer = layer;
  self->gate = g_strdup (gate != NULL ? gate : own);
  self->n_units = anm_cell_get_n_units (cell);
  self->real = g_new (double, MAX (self->n_units, 1));
  self->imaginary = g_new (double, MAX (self->n_units, 1));
  anm_cell_set_parameters (cell, parameters);
  if (!anm_recurrent_spectrum (cell, own, self->real, self->imaginary, &self->largest_singular_value, stop, error))
    return NULL;
  if (initial != NULL)
    {
      double largest;

      self->initial_real = g_new (double, MAX (self->n_units, 1));
      self->initial_imaginary = g_new (double, MAX (self->n_units, 1));
      anm_cell_set_parameters (cell, initial);
      if (!anm_recurrent_spectrum (cell, own, self->initial_real, self->initial_imaginary, &largest, stop, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
anm_recurrent_look_free (AnmRecurrentLook *self)
{
  g_free (self->gate);
  g_free (self->real);
  g_free (self->imaginary);
  g_free (self->initial_real);
  g_free (self->initial_imaginary);
  g_free (self);
}

/* Of one patient */

/* The layer's step that holds @time. */
static guint
find_step (AnmInspection *inspection,
           guint layer,
           guint n_steps,
           double time)
{
  guint step = n_steps - 1;

  if (isnan (time))
    return step;
  while (step > 0 && anm_inspection_get_time (inspection, layer, step) > time + 1e-9)
    step--;
  return step;
}

static void
take_spectrum (const AnmSpectrum *spectrum,
               gpointer data)
{
  AnmJacobianLook *self = data;

  self->frobenius_norm = spectrum->frobenius_norm;
  self->largest_singular_value = spectrum->largest_singular_value;
  if (spectrum->n_eigenvalues != self->size)
    return;
  memcpy (self->real, spectrum->real, self->size * sizeof *self->real);
  memcpy (self->imaginary, spectrum->imaginary, self->size * sizeof *self->imaginary);
}

AnmJacobianLook *
anm_jacobian_look_new (AnmInspection *inspection,
                       guint layer,
                       AnmDirection direction,
                       double time,
                       const int *stop,
                       GError **error)
{
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, layer, direction, error);
  g_autoptr (AnmJacobianLook) self = NULL;
  AnmLayerTraces traces;

  if (jacobian == NULL)
    return NULL;
  anm_inspection_get_traces (inspection, layer, &traces);
  self = g_new0 (AnmJacobianLook, 1);
  self->layer = layer;
  self->step = find_step (inspection, layer, traces.n_steps, time);
  self->n_steps = traces.n_steps;
  self->time = anm_inspection_get_time (inspection, layer, self->step);
  self->size = anm_jacobian_get_size (jacobian);
  self->n_units = anm_jacobian_get_n_units (jacobian);
  self->real = g_new0 (double, self->size);
  self->imaginary = g_new0 (double, self->size);
  if (!anm_jacobian_spectra (jacobian, &traces, self->step, 1, TRUE, take_spectrum, self, stop, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
anm_jacobian_look_free (AnmJacobianLook *self)
{
  g_free (self->real);
  g_free (self->imaginary);
  g_free (self);
}

typedef struct
{
  AnmReachLook     *look;
  AnmReachGrownFunc grown;
  gpointer          data;
} Growing;

static void
take_reach (const AnmReach *reach,
            gpointer data)
{
  Growing *growing = data;
  AnmReachLook *self = growing->look;

  self->log_norms[reach->step] = reach->log_norm;
  self->log_hidden_norms[reach->step] = reach->log_hidden_norm;
  self->n_known++;
  if (growing->grown != NULL)
    growing->grown (self, growing->data);
}

AnmReachLook *
anm_reach_look_new (AnmInspection *inspection,
                    guint layer,
                    AnmDirection direction,
                    AnmReachGrownFunc grown,
                    gpointer data,
                    const int *stop,
                    GError **error)
{
  g_autoptr (AnmJacobian) jacobian = anm_inspection_new_jacobian (inspection, layer, direction, error);
  g_autoptr (AnmReachLook) self = NULL;
  Growing growing = { .grown = grown, .data = data };
  AnmLayerTraces traces;
  guint last;

  if (jacobian == NULL)
    return NULL;
  anm_inspection_get_traces (inspection, layer, &traces);
  self = g_new0 (AnmReachLook, 1);
  self->layer = layer;
  self->n_steps = traces.n_steps;
  self->times = g_new (double, traces.n_steps);
  self->log_norms = g_new (double, traces.n_steps);
  self->log_hidden_norms = g_new (double, traces.n_steps);
  for (guint t = 0; t < traces.n_steps; t++)
    {
      self->times[t] = anm_inspection_get_time (inspection, layer, t);
      self->log_norms[t] = self->log_hidden_norms[t] = NAN;
    }
  last = direction == ANM_DIRECTION_BACKWARDS ? 0 : traces.n_steps - 1;
  self->log_norms[last] = self->log_hidden_norms[last] = 0; /* of itself */
  self->n_known = 1;
  growing.look = self;
  if (!anm_jacobian_reach (jacobian, &traces, last, G_MAXUINT, take_reach, &growing, stop, error))
    return NULL;
  return g_steal_pointer (&self);
}

AnmReachLook *
anm_reach_look_copy (const AnmReachLook *self)
{
  const gsize size = self->n_steps * sizeof (double);
  AnmReachLook *copy = g_memdup2 (self, sizeof *self);

  copy->times = g_memdup2 (self->times, size);
  copy->log_norms = g_memdup2 (self->log_norms, size);
  copy->log_hidden_norms = g_memdup2 (self->log_hidden_norms, size);
  return copy;
}

void
anm_reach_look_free (AnmReachLook *self)
{
  g_free (self->times);
  g_free (self->log_norms);
  g_free (self->log_hidden_norms);
  g_free (self);
}
