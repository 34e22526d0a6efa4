/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/sample-makers.h"

#include <glib/gi18n-lib.h>

#include "data/cohort-builder.h"

/*
 * Delayed marker: can a network carry one bit over a long time?
 *
 *   x_0(0) = m,  m = +1 or -1 with equal chance;  x_0(t) = 0 for t = 1 .. delay
 *   x_k(0) = 0,  x_k(t) ~ N(0, noise^2) for t = 1 .. delay, k = 1, 2, 3
 *   y = 1 if m = +1, else 0
 *
 * so the only step that tells anything lies `delay` steps before the end. The
 * latching problem of Bengio, Simard and Frasconi, "Learning long-term
 * dependencies with gradient descent is difficult", IEEE Transactions on Neural
 * Networks 5(2):157-166 (1994), section II, with noise as in the 2-sequence
 * problem of Hochreiter and Schmidhuber, Neural Computation 9(8):1735-1780
 * (1997), section 5.3.
 */

#define N_DISTRACTORS 3

static void
add_channels (AnmCohortBuilder *builder)
{
  anm_cohort_builder_add_channel (builder, "marker");
  for (guint k = 1; k <= N_DISTRACTORS; k++)
    {
      g_autofree char *name = g_strdup_printf ("noise %u", k);

      anm_cohort_builder_add_channel (builder, name);
    }
}

static void
add_patient (AnmCohortBuilder *builder,
             gsize number,
             guint64 seed,
             guint delay,
             double noise)
{
  AnmDraws draws = { seed, number, 0 };
  g_autofree char *id = g_strdup_printf ("%zu", number + 1);
  gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));
  gboolean up = anm_draw_chance (&draws, 0.5);

  for (guint t = 0; t <= delay; t++)
    {
      anm_cohort_builder_add_value (builder, patient, 0, t, t > 0 ? 0.0f : up ? 1.0f : -1.0f);
      for (guint k = 1; k <= N_DISTRACTORS; k++)
        anm_cohort_builder_add_value (builder, patient, k, t, t > 0 ? (float) anm_draw_normal (&draws, 0, noise) : 0.0f);
    }
  anm_cohort_builder_set_outcome (builder, patient, up ? 1 : 0);
}

AnmCohort *
anm_sample_make_delayed_marker (const double *options)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new (N_("Delayed marker"), "step");
  gsize n_patients = (gsize) options[0];

  anm_cohort_builder_set_scaled (builder, TRUE);
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "marker_sign", N_("sign of the marker"), g_strsplit ("minus plus", " ", -1));
  add_channels (builder);
  for (gsize p = 0; p < n_patients; p++)
    add_patient (builder, p, (guint64) options[1], (guint) options[2], options[3]);
  return anm_cohort_builder_finish (builder, 1);
}
