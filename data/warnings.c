/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/warnings.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#define MANY_CHANNELS 1000
/* Longer lists of examples are cut. */
#define N_EXAMPLES 6

void
anm_warn_about_one_class (AnmCohortBuilder *builder,
                          const char *target,
                          const char *only)
{
  anm_cohort_builder_take_warning (builder, g_strdup_printf (_("Every patient whose outcome is known has “%s” = “%s”: the records can be looked at, but a network needs patients with each outcome to learn the difference."), target, only));
}

void
anm_warn_about_outcomes (AnmCohortBuilder *builder,
                         gboolean has_outcomes)
{
  gsize n_patients = anm_cohort_builder_get_n_patients (builder);
  gsize n_unknown = 0, first = 0;

  if (!has_outcomes)
    {
      anm_cohort_builder_take_warning (builder, g_strdup (_("There is no outcome in these records: they can be looked at and predicted, but not be learnt from.")));
      return;
    }
  for (gsize p = n_patients; p-- > 0;)
    if (isnan (anm_cohort_builder_get_outcome (builder, p)))
      {
        n_unknown++;
        first = p;
      }
  if (n_unknown > 0)
    anm_cohort_builder_take_warning (builder,
                                     g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu of %zu patients has no outcome (“%s”): it can be predicted, but not be learnt from.", "%zu of %zu patients have no outcome (the first is “%s”): they can be predicted, but not be learnt from.", n_unknown),
                                                      n_unknown, n_patients, anm_cohort_builder_get_id (builder, first)));
}

void
anm_warn_about_duplicates (AnmCohort *cohort)
{
  gsize n_duplicates = 0, first_patient = 0;
  guint first_channel = 0;
  double first_time = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    for (guint c = 0; c < cohort->n_channels; c++)
      {
        const double *times;
        gsize n = anm_cohort_get_series (cohort, p, c, &times, NULL);

        for (gsize k = 1; k < n; k++)
          if (times[k] == times[k - 1] && n_duplicates++ == 0)
            {
              first_patient = p;
              first_channel = c;
              first_time = times[k];
            }
      }
  if (n_duplicates > 0)
    g_ptr_array_add (cohort->warnings,
                     g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu measurement shares patient, channel and time with another (patient “%s”, %s at %.6g%s%s): both are kept, and combined when records are brought to time steps.", "%zu measurements share patient, channel and time with another (the first: patient “%s”, %s at %.6g%s%s): all are kept, and combined when records are brought to time steps.", n_duplicates),
                                      n_duplicates, cohort->ids[first_patient], cohort->channels[first_channel].name, first_time, cohort->time_unit[0] != '\0' ? " " : "", cohort->time_unit));
}

void
anm_warn_about_channels (AnmCohort *cohort)
{
  g_autofree gboolean *measured = g_new0 (gboolean, cohort->n_channels + 1);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_never = 0;

  if (cohort->n_channels >= MANY_CHANNELS)
    g_ptr_array_add (cohort->warnings, g_strdup_printf (_("There are %u channels. A network learns faster, and often better, from those that matter: choose among them."), cohort->n_channels));
  for (gsize p = 0; p < cohort->n_patients; p++)
    for (guint c = 0; c < cohort->n_channels; c++)
      measured[c] |= anm_cohort_get_series (cohort, p, c, NULL, NULL) > 0;
  for (guint c = 0; c < cohort->n_channels; c++)
    if (!measured[c] && n_never++ < N_EXAMPLES)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", cohort->channels[c].name);
  if (n_never > 0)
    g_ptr_array_add (cohort->warnings,
                     g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u channel was never measured: %s%s.", "%u channels were never measured: %s%s.", n_never),
                                      n_never, names->str, n_never > N_EXAMPLES ? ", …" : ""));
}

/* What lies before the patient's start isn't given to a network. */
void
anm_warn_about_early_rows (AnmCohort *cohort)
{
  gsize n_early = 0, n_empty = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      n_early += cohort->begins[p] < 0;
      n_empty += cohort->ends[p] < 0;
    }
  if (n_early > 0)
    g_ptr_array_add (cohort->warnings,
                     g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu patient has rows before its start, %zu none after it: what is before the start isn’t given to a network.", "%zu patients have rows before their start, %zu none after it: what is before the start isn’t given to a network.", n_early),
                                      n_early, n_empty));
}

/* Kept, as they were measured or written down, but said. */
void
anm_warn_about_implausible (AnmCohort *cohort)
{
  g_autoptr (GString) list = g_string_new (NULL);
  gsize n_all = 0;
  guint n_listed = 0;

  for (guint c = 0; c < cohort->n_channels; c++)
    {
      const AnmField *field = &cohort->channels[c];
      gsize n_outside = 0;
      float furthest = 0;

      for (gsize p = 0; p < cohort->n_patients; p++)
        {
          const float *values;
          gsize n = anm_cohort_get_series (cohort, p, c, NULL, &values);

          for (gsize k = 0; k < n; k++)
            if ((double) values[k] < field->plausible_low || (double) values[k] > field->plausible_high)
              {
                n_outside++;
                if (n_outside == 1 || fabsf (values[k]) > fabsf (furthest))
                  furthest = values[k];
              }
        }
      n_all += n_outside;
      if (n_outside > 0 && n_listed++ < N_EXAMPLES)
        /* Translators: channel, count, an example: "pH 31 (such as 735)" */
        g_string_append_printf (list, _("%s%s %zu (such as %.6g)"), list->len > 0 ? ", " : "", field->name, n_outside, (double) furthest);
    }
  if (n_listed > N_EXAMPLES)
    g_string_append (list, ", …");
  if (n_all > 0)
    g_ptr_array_add (cohort->warnings, g_strdup_printf (_("Values outside of what is plausible, mostly slips of unit, are kept and flagged: %s. Clipping in the recipe keeps them from a network."), list->str));
}
