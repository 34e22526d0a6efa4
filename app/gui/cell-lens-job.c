/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/cell-lens-job.h"

struct _AnmCellLensBench
{
  AnmInspection     *inspection;
  AnmPatientReading *reading;
  GBytes            *parameters;
};

AnmCellLensBench *
anm_cell_lens_bench_new (void)
{
  return g_new0 (AnmCellLensBench, 1);
}

static void
clear (AnmCellLensBench *self)
{
  g_clear_pointer (&self->inspection, anm_inspection_free);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->parameters, g_bytes_unref);
}

void
anm_cell_lens_bench_free (AnmCellLensBench *self)
{
  clear (self);
  g_free (self);
}

void
anm_cell_lens_request_free (AnmCellLensRequest *self)
{
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->parameters, g_bytes_unref);
  g_free (self);
}

static gboolean
prepare (AnmCellLensBench *self,
         const AnmCellLensRequest *request,
         GError **error)
{
  const AnmPatientReading *reading = request->reading;

  if (self->inspection != NULL && self->reading == request->reading && self->parameters == request->parameters)
    return TRUE;
  clear (self);
  self->inspection = anm_inspection_new (reading->network, reading->recipe, reading->loss_kind, g_bytes_get_data (request->parameters, NULL),
                                         reading->cohort, reading->patient, error);
  if (self->inspection == NULL)
    return FALSE;
  self->reading = anm_patient_reading_ref (request->reading);
  self->parameters = g_bytes_ref (request->parameters);
  return TRUE;
}

static void
lens_unref (gpointer lens)
{
  anm_cell_lens_unref (lens);
}

gpointer
anm_cell_lens_work (AnmWork *work,
                    gpointer data,
                    GError **error)
{
  AnmCellLensRequest *request = data;

  anm_work_set_free_result (work, lens_unref);
  if (!prepare (request->bench, request, error))
    return NULL;
  return anm_cell_lens_new (request->bench->inspection, request->reading->network, request->reading->cohort, request->reading->patient,
                            request->layer, request->unit, request->half, request->time, error);
}
