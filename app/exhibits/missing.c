/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/missing.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "app/exhibits/data-words.h"
#include "widgets/figures/number.h"
#include "widgets/figures/share-bars.h"

typedef struct
{
  guint  channel;
  double share;
} Missing;

static int
compare_missing (const void *a,
                 const void *b)
{
  const Missing *first = a, *second = b;

  if (first->share != second->share)
    return first->share > second->share ? -1 : 1;
  return first->channel < second->channel ? -1 : first->channel > second->channel;
}

static char *
write_finding (const AnmCohort *cohort,
               const Missing *missing)
{
  const char *most = anm_field_get_label (&cohort->channels[missing[0].channel]);
  g_autofree char *most_share = anm_number_format_share (missing[0].share);
  guint n_mostly = 0;

  while (n_mostly < cohort->n_channels && missing[n_mostly].share > 0.5)
    n_mostly++;
  if (n_mostly == 0)
    /* Translators: a channel and a share of time steps. */
    return g_strdup_printf (_("Every channel was measured in at least half of the time steps; %s is missing most often, in %s."), most, most_share);
  /* Translators: how many of how many channels; a channel and a share of time steps. */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%u of %u channels is missing in more than half of the time steps: %s in %s.",
                                       "%u of %u channels are missing in more than half of the time steps; most often %s, in %s.", n_mostly),
                          n_mostly, cohort->n_channels, most, most_share);
}

AnmFigure *
anm_missing_exhibit_new (const AnmCohort *cohort,
                         double step)
{
  AnmShareBars bars = { .title = _("Missing"), .row_label = _("channel"), .value_label = _("missing"),
                        .empty_text = _("No records yet") };

  if (cohort == NULL || cohort->n_channels == 0)
    return anm_share_bars_new (&bars);
  if (!(step > 0))
    step = anm_cohort_guess_step (cohort);

  g_autofree Missing *missing = g_new (Missing, cohort->n_channels);
  g_autofree const char **labels = g_new (const char *, cohort->n_channels);
  g_autofree double *shares = g_new (double, cohort->n_channels);

  for (guint i = 0; i < cohort->n_channels; i++)
    missing[i] = (Missing){ i, anm_cohort_get_missing_share (cohort, i, step) };
  qsort (missing, cohort->n_channels, sizeof *missing, compare_missing);
  for (guint i = 0; i < cohort->n_channels; i++)
    {
      labels[i] = anm_field_get_label (&cohort->channels[missing[i].channel]);
      shares[i] = missing[i].share;
    }

  g_autofree char *count = anm_number_format_count ((gint64) cohort->n_patients);
  g_autofree char *width = anm_number_format_duration (step, cohort->time_unit);
  /* Translators: the width of a time step ("1 h"), a number of patients. */
  g_autofree char *caption = g_strdup_printf (_("Share of time steps of %s without a measurement, %s patients"), width, count);
  g_autofree char *finding = write_finding (cohort, missing);
  bars.caption = caption;
  bars.finding = finding;
  bars.n_bars = cohort->n_channels;
  bars.labels = labels;
  bars.shares = shares;
  return anm_share_bars_new (&bars);
}
