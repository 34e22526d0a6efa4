/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>
#include <string.h>

#include "data/cohort-builder.h"
#include "engine/random.h"

/* A cohort of random size and content, for properties that must hold for all: ragged, with series
 * that are never measured, patients without a row or an outcome, categorical fields. */
static inline AnmCohort *
random_cohort (guint64 seed,
               const char *id_prefix)
{
  static const char *const words[] = { "red", "green", "blue", "yellow" };
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Random", "h");
  guint64 index = 0;
#define BELOW(bound) ((guint) anm_random_below (seed, 77, index++, (bound)))
  guint n_patients = 12 + BELOW (40);
  guint n_channels = 1 + BELOW (5);
  guint n_statics = BELOW (4);

  for (guint c = 0; c < n_channels; c++)
    {
      char name[2] = { (char) ('A' + c), '\0' };
      AnmField *field = anm_cohort_builder_get_channel (builder, anm_cohort_builder_add_channel (builder, name));

      if (c == 3)
        {
          field->kind = ANM_FIELD_CATEGORICAL;
          for (guint i = 0; i < 3; i++)
            anm_field_add_category (field, words[i]);
        }
    }
  for (guint s = 0; s < n_statics; s++)
    {
      char name[2] = { (char) ('a' + s), '\0' };
      AnmField *field = anm_cohort_builder_get_static (builder, anm_cohort_builder_add_static (builder, name));

      if (s == 1)
        {
          field->kind = ANM_FIELD_CATEGORICAL;
          for (guint i = 0; i < 4; i++)
            anm_field_add_category (field, words[i]);
        }
    }
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "y", "y", g_strsplit ("no yes", " ", -1));

  for (guint p = 0; p < n_patients; p++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", id_prefix, p);
      gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));
      guint n = BELOW (8) == 0 ? 0 : BELOW (60);

      for (guint k = 0; k < n; k++)
        {
          guint channel = BELOW (n_channels);
          double time = BELOW (24 * 60) / 60.0;
          float value = channel == 3 ? (float) BELOW (3) : (float) anm_random_normal (seed, 78, index++) * 10 + 50;

          anm_cohort_builder_add_value (builder, patient, channel, time, value);
        }
      for (guint s = 0; s < n_statics; s++)
        if (BELOW (5) != 0)
          anm_cohort_builder_set_static (builder, patient, s, s == 1 ? (float) BELOW (4) : (float) BELOW (90));
      if (p < 6 || BELOW (6) != 0)
        anm_cohort_builder_set_outcome (builder, patient, p < 6 ? (float) (p % 2) : (float) BELOW (2));
    }
#undef BELOW
  return anm_cohort_builder_finish (builder, 1);
}
