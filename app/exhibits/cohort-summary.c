/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/cohort-summary.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/density.h"
#include "app/exhibits/patient-words.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/number.h"

#define MAX_GROUPS 6
/* Percentiles and the kernel's width are taken from at most so many values, evenly spaced. */
#define MAX_SAMPLE 50000
/* A finding about missingness needs this much between patients, and so many on either side. */
#define FINDING_MIN_Z 4.0
#define FINDING_MIN_DIFFERENCE 0.02
#define FINDING_MIN_PATIENTS 20

/* Missing shares of one channel, patient by patient, of one group. */
typedef struct
{
  double measured, steps;      /* over all patients */
  double n, sum, sum_squares;  /* of the patients' own shares */
} Missingness;

static void
missingness_add (Missingness *self,
                 double       measured,
                 double       steps)
{
  if (steps <= 0)
    return;

  const double share = 1 - measured / steps;

  self->measured += measured;
  self->steps += steps;
  self->n++;
  self->sum += share;
  self->sum_squares += share * share;
}

static double
missingness_get_share (const Missingness *self)
{
  return self->steps > 0 ? 1 - self->measured / self->steps : NAN;
}

static double
missingness_get_variance_of_mean (const Missingness *self)
{
  const double mean = self->sum / self->n;

  return MAX (0, self->sum_squares / self->n - mean * mean) / (self->n - 1);
}

/* Welch's statistic of the patients' mean shares. */
static double
missingness_get_z (const Missingness *a,
                   const Missingness *b)
{
  if (a->n < FINDING_MIN_PATIENTS || b->n < FINDING_MIN_PATIENTS)
    return 0;

  const double variance = missingness_get_variance_of_mean (a) + missingness_get_variance_of_mean (b);

  return variance > 0 ? (a->sum / a->n - b->sum / b->n) / sqrt (variance) : 0;
}

AnmCohortSummary *
anm_cohort_summary_ref (AnmCohortSummary *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
anm_cohort_summary_unref (AnmCohortSummary *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint c = 0; c < self->cohort->n_channels; c++)
    {
      g_free (self->channels[c].missing_by_group);
      g_free (self->channels[c].density);
    }
  g_free (self->channels);
  g_free (self->group_sizes);
  g_free (self->severity);
  g_free (self->finding);
  anm_cohort_unref (self->cohort);
  g_free (self);
}

static guint
count_groups (const AnmCohort *cohort)
{
  const AnmTarget *target = &cohort->target;

  if (cohort->targets == NULL || target->classes == NULL || target->shape.per_step)
    return 0;
  if (target->shape.kind == ANM_TARGET_BINARY)
    return 2;
  if (target->shape.kind == ANM_TARGET_CLASSES && g_strv_length (target->classes) <= MAX_GROUPS)
    return g_strv_length (target->classes);

  return 0;
}

static void
count_group_sizes (AnmCohortSummary *self)
{
  self->group_sizes = g_new0 (gsize, self->n_groups + 2);
  for (gsize p = 0; p < self->cohort->n_patients; p++)
    {
      const int group = anm_patient_get_class (self->cohort, p);

      if (group >= 0 && self->n_groups > 0)
        self->group_sizes[group]++;
      if (!anm_cohort_has_target (self->cohort, p))
        self->n_unknown++;
    }
}

/* Missing */

static void
summarise_missing (const AnmCohortSummary *self,
                   guint                   channel,
                   Missingness            *groups)
{
  AnmChannelSummary *summary = &self->channels[channel];
  Missingness all = { 0 };

  memset (groups, 0, sizeof (Missingness) * MAX_GROUPS);
  for (gsize p = 0; p < self->cohort->n_patients; p++)
    {
      const int group = self->n_groups > 0 ? anm_patient_get_class (self->cohort, p) : -1;
      const double steps = anm_cohort_count_steps (self->cohort, p, self->step);
      const double measured = anm_cohort_count_measured_steps (self->cohort, p, channel, self->step);

      missingness_add (&all, measured, steps);
      if (group >= 0)
        missingness_add (&groups[group], measured, steps);
    }

  summary->missing = all.steps > 0 ? missingness_get_share (&all) : 1;
  if (self->n_groups == 0)
    return;

  summary->missing_by_group = g_new (double, self->n_groups);
  for (guint g = 0; g < self->n_groups; g++)
    summary->missing_by_group[g] = missingness_get_share (&groups[g]);
}

/* Distributions */

static gsize
count_values (const AnmCohort *cohort,
              guint            channel)
{
  gsize n = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    n += anm_cohort_get_series (cohort, p, channel, NULL, NULL);

  return n;
}

static float *
take_sample (const AnmCohort *cohort,
             guint            channel,
             gsize            n_values,
             gsize           *n_sample)
{
  const gsize stride = n_values / MAX_SAMPLE + 1;
  float *sample = g_new (float, n_values / stride + 1);
  gsize k = 0, n = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, p, channel, NULL, &values);

      for (gsize i = 0; i < n_series; i++, k++)
        if (k % stride == 0)
          sample[n++] = values[i];
    }

  *n_sample = n;
  return sample;
}

static void
find_moments (const AnmCohort   *cohort,
              guint              channel,
              AnmChannelSummary *summary)
{
  double sum = 0, squares = 0;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, p, channel, NULL, &values);

      for (gsize i = 0; i < n_series; i++)
        sum += values[i];
    }
  summary->mean = sum / summary->n_values;

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, p, channel, NULL, &values);

      for (gsize i = 0; i < n_series; i++)
        squares += (values[i] - summary->mean) * (values[i] - summary->mean);
    }
  summary->deviation = sqrt (squares / summary->n_values);
}

static void
summarise_values (const AnmCohortSummary *self,
                  guint                   channel)
{
  const AnmCohort *cohort = self->cohort;
  AnmChannelSummary *summary = &self->channels[channel];
  const guint n_densities = MAX (1, self->n_groups);
  g_autofree float *sample = NULL;
  g_autoptr (AnmDensity) density = NULL;
  gsize n_sample;

  summary->n_values = count_values (cohort, channel);
  summary->low = summary->high = summary->mean = summary->deviation = NAN;
  summary->density = g_new0 (double, n_densities * ANM_SUMMARY_BINS);
  if (summary->n_values == 0)
    return;

  find_moments (cohort, channel, summary);
  sample = take_sample (cohort, channel, summary->n_values, &n_sample);
  density = anm_density_new (sample, n_sample, n_densities);
  anm_density_get_span (density, &summary->low, &summary->high);

  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const int group = self->n_groups > 0 ? anm_patient_get_class (cohort, p) : 0;
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, p, channel, NULL, &values);

      if (group >= 0)
        anm_density_add (density, group, values, n_series);
    }
  for (guint g = 0; g < n_densities; g++)
    anm_density_estimate (density, g, ANM_SUMMARY_BINS, summary->density + g * ANM_SUMMARY_BINS);
}

/* Separation: how well the patients' means alone would tell the outcome. */

typedef struct
{
  float mean;
  int   event;
} PatientMean;

static int
compare_means (gconstpointer a,
               gconstpointer b)
{
  const PatientMean *p = a, *q = b;

  return (p->mean > q->mean) - (p->mean < q->mean);
}

/* Area under the ROC curve by ranks, ties counted half (Mann and Whitney 1947). */
static double
get_auroc (PatientMean *means,
           gsize        n)
{
  double rank_sum = 0;
  gsize n_events = 0;

  qsort (means, n, sizeof *means, compare_means);
  for (gsize begin = 0, end; begin < n; begin = end)
    {
      for (end = begin; end < n && means[end].mean == means[begin].mean; end++)
        ;
      for (gsize i = begin; i < end; i++)
        if (means[i].event)
          {
            rank_sum += 0.5 * (begin + end + 1);
            n_events++;
          }
    }

  if (n_events == 0 || n_events == n)
    return NAN;

  return (rank_sum - 0.5 * n_events * (n_events + 1.0)) / ((double) n_events * (n - n_events));
}

static double
get_separation (const AnmCohort *cohort,
                guint            channel)
{
  g_autofree PatientMean *means = NULL;
  gsize n = 0;

  if (cohort->target.shape.kind != ANM_TARGET_BINARY)
    return NAN;

  means = g_new (PatientMean, cohort->n_patients);
  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      const int event = anm_patient_get_class (cohort, p);
      const float *values;
      const gsize n_series = anm_cohort_get_series (cohort, p, channel, NULL, &values);
      double sum = 0;

      if (event < 0 || n_series == 0)
        continue;
      for (gsize i = 0; i < n_series; i++)
        sum += values[i];
      means[n].mean = (float) (sum / n_series);
      means[n++].event = event;
    }

  return fabs (2 * get_auroc (means, n) - 1);
}

/* Severity */

static gboolean
has_normal_range (const AnmField *field)
{
  return field->kind == ANM_FIELD_NUMERIC && (!isnan (field->normal_low) || !isnan (field->normal_high));
}

static void
summarise_severity (AnmCohortSummary *self)
{
  const AnmCohort *cohort = self->cohort;
  gboolean known = FALSE;

  for (guint c = 0; c < cohort->n_channels; c++)
    known = known || has_normal_range (&cohort->channels[c]);
  if (!known)
    return;

  self->severity = g_new (float, cohort->n_patients);
  for (gsize p = 0; p < cohort->n_patients; p++)
    {
      gsize n = 0, n_outside = 0;

      for (guint c = 0; c < cohort->n_channels; c++)
        {
          const AnmField *field = &cohort->channels[c];
          const float *values;
          gsize n_series;

          if (!has_normal_range (field))
            continue;
          n_series = anm_cohort_get_series (cohort, p, c, NULL, &values);
          for (gsize i = 0; i < n_series; i++)
            n_outside += values[i] < field->normal_low || values[i] > field->normal_high;
          n += n_series;
        }
      self->severity[p] = n > 0 ? (float) n_outside / n : NAN;
    }
}

/* Sparklines */

/* Twice the standard error that the separation would have by chance (Mann and Whitney's U without ties). */
static double
get_chance (const AnmCohortSummary *self)
{
  const double n_0 = MAX (1, self->group_sizes[0]), n_1 = MAX (1, self->group_sizes[1]);

  return 4 * sqrt ((n_0 + n_1 + 1) / (12 * n_0 * n_1));
}

/* What tells patients apart beyond chance and is there to be seen in most of them. */
static double
get_sparkline_score (const AnmCohortSummary *self,
                     guint                   channel)
{
  const AnmCohort *cohort = self->cohort;
  const double separation = self->channels[channel].separation;
  const double beyond_chance = isnan (separation) ? 0 : MAX (0, separation - get_chance (self));
  double share;
  gsize n_lines = 0;

  if (cohort->channels[channel].kind != ANM_FIELD_NUMERIC || self->channels[channel].deviation == 0)
    return 0;
  for (gsize p = 0; p < cohort->n_patients; p++)
    n_lines += anm_cohort_get_series (cohort, p, channel, NULL, NULL) >= 3;
  share = (double) n_lines / MAX (1, cohort->n_patients);

  return (0.05 + beyond_chance) * share * share;
}

static void
choose_sparklines (AnmCohortSummary *self)
{
  double best[2] = { 0, 0 };

  self->sparklines[0] = self->sparklines[1] = -1;
  for (guint c = 0; c < self->cohort->n_channels; c++)
    {
      const double score = get_sparkline_score (self, c);

      if (score > best[0])
        {
          best[1] = best[0];
          self->sparklines[1] = self->sparklines[0];
          best[0] = score;
          self->sparklines[0] = (int) c;
        }
      else if (score > best[1])
        {
          best[1] = score;
          self->sparklines[1] = (int) c;
        }
    }
}

/* Finding */

static char *
write_finding (const AnmCohortSummary *self,
               guint                   channel)
{
  const AnmCohort *cohort = self->cohort;
  const AnmChannelSummary *summary = &self->channels[channel];
  const guint less = summary->missing_by_group[1] < summary->missing_by_group[0] ? 1 : 0;
  g_autofree char *all = anm_number_format_share (summary->missing);
  g_autofree char *share_less = anm_number_format_share (summary->missing_by_group[less]);
  g_autofree char *share_more = anm_number_format_share (summary->missing_by_group[1 - less]);

  /* Translators: channel, share of time steps, then an outcome with its share, twice: "Lactate is missing in 84 % of
   * time steps, less often with “died” (79 %) than with “survived” (85 %): …" */
  return g_strdup_printf (_("%s is missing in %s of time steps, less often with “%s” (%s) than with “%s” (%s): "
                            "being measured is itself a sign. Observation masks let the network see it."),
                          anm_field_get_label (&cohort->channels[channel]), all,
                          anm_data_word (cohort->target.classes[less]), share_less,
                          anm_data_word (cohort->target.classes[1 - less]), share_more);
}

AnmCohortSummary *
anm_cohort_summary_new (AnmCohort    *cohort,
                        GCancellable *cancellable)
{
  g_autoptr (AnmCohortSummary) self = g_new0 (AnmCohortSummary, 1);
  Missingness groups[MAX_GROUPS];
  double strongest = FINDING_MIN_Z;
  int found = -1;

  g_atomic_ref_count_init (&self->ref_count);
  self->cohort = anm_cohort_ref (cohort);
  self->step = anm_cohort_guess_step (cohort);
  self->n_groups = count_groups (cohort);
  self->channels = g_new0 (AnmChannelSummary, cohort->n_channels);
  count_group_sizes (self);

  for (guint c = 0; c < cohort->n_channels; c++)
    {
      if (g_cancellable_is_cancelled (cancellable))
        return NULL;

      summarise_missing (self, c, groups);
      summarise_values (self, c);
      self->channels[c].separation = get_separation (cohort, c);

      if (cohort->target.shape.kind == ANM_TARGET_BINARY && self->n_groups == 2)
        {
          const double z = fabs (missingness_get_z (&groups[0], &groups[1]));
          const double difference = self->channels[c].missing_by_group[0] - self->channels[c].missing_by_group[1];

          if (z > strongest && fabs (difference) >= FINDING_MIN_DIFFERENCE)
            {
              strongest = z;
              found = (int) c;
            }
        }
    }

  summarise_severity (self);
  choose_sparklines (self);
  if (found >= 0)
    self->finding = write_finding (self, found);

  return g_steal_pointer (&self);
}

char *
anm_cohort_summary_describe (const AnmCohortSummary *self)
{
  const AnmCohort *cohort = self->cohort;
  g_autofree char *n_patients = anm_number_format_count (cohort->n_patients);
  g_autofree char *patients = g_strdup_printf (ngettext ("%s patient", "%s patients", cohort->n_patients), n_patients);
  g_autofree char *n_channels = anm_number_format_count (cohort->n_channels);
  g_autofree char *channels = g_strdup_printf (ngettext ("%s channel", "%s channels", cohort->n_channels), n_channels);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s, %s", patients, channels);
  if (self->n_groups == 2)
    {
      g_autofree char *n_events = anm_number_format_count (self->group_sizes[1]);
      const gsize n_known = self->group_sizes[0] + self->group_sizes[1];
      g_autofree char *share = anm_number_format_share (n_known > 0 ? (double) self->group_sizes[1] / n_known : NAN);

      /* Translators: how many, the outcome's word, and their share: "473 died (12 %)". */
      g_string_append (text, ", ");
      g_string_append_printf (text, _("%s %s (%s)"), n_events, anm_data_word (cohort->target.classes[1]), share);
    }
  else if (self->n_groups > 2)
    g_string_append_printf (text, ngettext (", %u class", ", %u classes", self->n_groups), self->n_groups);

  if (self->n_unknown > 0 && cohort->target.shape.kind != ANM_TARGET_NONE)
    {
      g_autofree char *n_unknown = anm_number_format_count (self->n_unknown);

      g_string_append_printf (text, ngettext (", %s without outcome", ", %s without outcome", self->n_unknown), n_unknown);
    }

  return g_string_free (text, FALSE);
}

AnmFigure *
anm_channel_distribution (const AnmCohortSummary *self,
                          guint                   channel)
{
  const AnmField *field = &self->cohort->channels[channel];
  const AnmChannelSummary *summary = &self->channels[channel];
  const char *const everyone[] = { NULL };
  g_autofree const char **labels = anm_data_words (self->n_groups > 0 ? self->cohort->target.classes : NULL);
  g_autofree char *low = anm_number_format (summary->low, 3);
  g_autofree char *high = anm_number_format (summary->high, 3);
  g_autofree char *missing = anm_number_format_share (summary->missing);
  g_autofree char *finding = NULL;
  AnmDistribution distribution = { 0 };

  if (summary->n_values == 0)
    finding = g_strdup_printf (_("%s was never measured."), anm_field_get_label (field));
  else
    finding = g_strdup_printf (_("%s: most values from %s to %s %s, missing in %s of time steps."),
                               anm_field_get_label (field), low, high, anm_field_get_unit (field), missing);

  distribution.title = anm_field_get_label (field);
  distribution.caption = anm_field_get_unit (field);
  distribution.finding = finding;
  distribution.n_groups = MAX (1, self->n_groups);
  distribution.labels = self->n_groups > 0 ? labels : everyone;
  distribution.n_bins = ANM_SUMMARY_BINS;
  distribution.density = summary->density;
  distribution.low = summary->low;
  distribution.high = summary->high;

  return anm_distribution_new (&distribution);
}
