/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/cli/alter-options.h"
#include "app/cli/command.h"
#include "app/cli/patients.h"
#include "app/study/inspection.h"

G_BEGIN_DECLS

/* What inspect is asked for, read from its options; each kind of look has a file of its own. */
typedef struct
{
  AnmInvocation *invocation;
  AnmRun        *run;
  AnmStudy      *study;
  anm_real      *parameters;
  guint          epoch;
  char          *weights;     /* "best weights, epoch 12" */
  const AnmAlterOptions *alter;
  guint          layer;       /* G_MAXUINT: all */
  AnmDirection   direction;
  const char    *output;      /* NULL or "-": standard output */
  const int     *cancel;      /* atomic */
} AnmInspectJob;

/* All of these print JSON, or CSV, what they were asked for. */
gboolean anm_inspect_states      (AnmInspectJob *job,
                                  AnmCohort *cohort,
                                  guint32 patient,
                                  GError **error);
gboolean anm_inspect_cell        (AnmInspectJob *job,
                                  AnmInspection *inspection,
                                  const char *patient,
                                  const char *unit_and_step,
                                  GError **error);
gboolean anm_inspect_jacobian    (AnmInspectJob *job,
                                  AnmInspection *inspection,
                                  const char *patient,
                                  const char *step,
                                  GError **error);
gboolean anm_inspect_spectrum    (AnmInspectJob *job,
                                  AnmInspection *inspection,
                                  const char *patient,
                                  const char *steps,
                                  gboolean eigenvalues,
                                  GError **error);
gboolean anm_inspect_reach       (AnmInspectJob *job,
                                  AnmInspection *inspection,
                                  const char *patient,
                                  const char *step,
                                  GError **error);
gboolean anm_inspect_recurrent_matrix (AnmInspectJob *job,
                                  const char *gate,
                                  GError **error);
gboolean anm_inspect_horizon     (AnmInspectJob *job,
                                  const AnmPatients *patients,
                                  AnmPool *pool,
                                  GError **error);
gboolean anm_inspect_saturation  (AnmInspectJob *job,
                                  const AnmPatients *patients,
                                  double threshold,
                                  AnmPool *pool,
                                  GError **error);
gboolean anm_inspect_components  (AnmInspectJob *job,
                                  const AnmPatients *patients,
                                  AnmPool *pool,
                                  GError **error);
gboolean anm_inspect_histogram   (AnmInspectJob *job,
                                  const AnmPatients *patients,
                                  const char *what,
                                  gboolean log,
                                  AnmPool *pool,
                                  GError **error);

/* "3", from 1 to @most, into *@value, from 0; "last" is @most. */
gboolean     anm_inspect_read_place (const char *option,
                                  const char *text,
                                  guint most,
                                  guint *value,
                                  GError **error);
/* FALSE with "Stopped." if that is why there is no error yet. */
gboolean     anm_inspect_fail      (AnmInspectJob *job,
                                  GError **error);
/* The layer that is looked into: the one asked for, or the first recurrent one. */
gboolean     anm_inspect_choose_layer (AnmInspectJob *job,
                                  GError **error);
const char  *anm_inspect_get_layer_name (const AnmInspectJob *job,
                                  guint layer);
/* run, epoch, weights; and, where it is one patient's, patient, layer, direction and the loss. */
JsonBuilder *anm_inspect_begin_json (const AnmInspectJob *job);
/* The same of patients: on, patients. */
JsonBuilder *anm_inspect_begin_json_of_many (const AnmInspectJob *job,
                                  const AnmPatients *patients);
void         anm_inspect_add_where (const AnmInspectJob *job,
                                  JsonBuilder *builder,
                                  const char *patient);
void         anm_inspect_end_json  (JsonBuilder *builder);

G_END_DECLS
