/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/patient-prediction.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/time-words.h"
#include "widgets/figures/number.h"

/* Classes drawn at most, likeliest at the end first; the true one always. */
#define MOST_CLASSES 4

static const AnmTarget *
get_target (const AnmPatientReading *reading)
{
  return &reading->cohort->target;
}

static gboolean
is_probability (const AnmPatientReading *reading)
{
  const AnmTargetKind kind = get_target (reading)->shape.kind;

  return kind == ANM_TARGET_BINARY || kind == ANM_TARGET_CLASSES || kind == ANM_TARGET_LABELS;
}

/* The word of output @output, borrowed; NULL if there is none. */
static const char *
get_class_word (const AnmPatientReading *reading,
                guint output)
{
  const AnmTarget *target = get_target (reading);
  guint n = 0;

  /* One output says how likely the second of two classes is. */
  if (target->shape.kind == ANM_TARGET_BINARY)
    output = 1;
  while (target->classes != NULL && target->classes[n] != NULL)
    n++;

  return output < n ? anm_data_word (target->classes[output]) : NULL;
}

static char *
name_output (const AnmPatientReading *reading,
             guint output)
{
  const char *word = get_class_word (reading, output);

  return word != NULL ? g_strdup (word) : g_strdup_printf ("%u", output + 1);
}

static double
get_prediction (const AnmPatientReading *reading,
                guint step,
                guint output)
{
  return (double) reading->prediction[(gsize) step * reading->n_outputs + output];
}

static guint
find_likeliest (const AnmPatientReading *reading,
                guint step)
{
  guint likeliest = 0;

  for (guint i = 1; i < reading->n_outputs; i++)
    if (get_prediction (reading, step, i) > get_prediction (reading, step, likeliest))
      likeliest = i;

  return likeliest;
}

char *
anm_patient_prediction_format (const AnmPatientReading *reading,
                               guint step)
{
  const guint output = find_likeliest (reading, step);
  g_autofree char *value = NULL;
  g_autofree char *name = NULL;

  if (!is_probability (reading))
    return anm_number_format (get_prediction (reading, step, 0), 3);

  value = anm_number_format_fixed (get_prediction (reading, step, output), 2);
  if (reading->n_outputs == 1)
    return g_steal_pointer (&value);

  name = name_output (reading, output);
  /* Translators: a class and its probability: "normal, 0.83". */
  return g_strdup_printf (_("%s, %s"), name, value);
}

/* The band */

/* NULL if there is none to be drawn. */
static const AnmPatientBand *
get_band (const AnmPatientReading *reading,
          const AnmShownBand *shown)
{
  const AnmPatientBand *band = shown != NULL ? shown->band : NULL;

  return band != NULL && band->state == ANM_BAND_THERE && band->n_steps == reading->n_steps && band->n_outputs == reading->n_outputs ? band : NULL;
}

static char *
format_value (const AnmPatientReading *reading,
              double value)
{
  return is_probability (reading) ? anm_number_format_fixed (value, 2) : anm_number_format (value, 3);
}

/* "95 % of 100 passes" */
static char *
name_band (const AnmPatientBand *band)
{
  g_autofree char *share = anm_number_format_share (ANM_DROPOUT_BAND_SHARE);

  /* Translators: a share of so many answers of a network with dropout: "95 % of 100 passes". */
  return g_strdup_printf (ngettext ("%s of %u pass", "%s of %u passes", band->n_passes), share, band->n_passes);
}

char *
anm_patient_band_format (const AnmPatientReading *reading,
                         const AnmShownBand *shown,
                         guint step,
                         gboolean brief)
{
  const AnmPatientBand *band = get_band (reading, shown);
  const guint output = find_likeliest (reading, step);
  g_autofree char *low = NULL, *high = NULL, *name = NULL;
  gsize at;

  if (band == NULL)
    return NULL;

  at = (gsize) step * band->n_outputs + (is_probability (reading) ? output : 0);
  if (!isfinite (band->lower[at]))
    return NULL;
  low = format_value (reading, (double) band->lower[at]);
  high = format_value (reading, (double) band->upper[at]);
  if (brief)
    return g_strdup_printf ("%s–%s", low, high);
  name = name_band (band);
  /* Translators: "95 % of 100 passes between 0.33 and 0.52". */
  return g_strdup_printf (_("%s between %s and %s"), name, low, high);
}

char *
anm_patient_band_caption (const AnmPatientReading *reading,
                          const AnmShownBand *shown,
                          const char *caption)
{
  const char *before = caption != NULL ? caption : "";
  const char *reason = NULL;
  const AnmPatientBand *band = shown != NULL ? shown->band : NULL;
  g_autofree char *words = NULL;

  if (band == NULL)
    return g_strdup (before);
  switch (band->state)
    {
    case ANM_BAND_NO_DROPOUT:
      reason = _("no band: the network has no dropout");
      break;
    case ANM_BAND_TOO_LONG:
      reason = _("no band: the network looks ahead, and the record is too long for that");
      break;
    case ANM_BAND_THERE:
    default:
      break;
    }
  if (reason != NULL)
    return g_strdup_printf (*before != '\0' ? "%s; %s" : "%s%s", before, reason);

  if (shown->older != NULL)
    /* Translators: a number of answers of a network with dropout; whose weights: "after epoch 41". */
    words = g_strdup_printf (ngettext ("band: %u dropout pass, %s", "band: %u dropout passes, %s", band->n_passes), band->n_passes, shown->older);
  else
    words = g_strdup_printf (ngettext ("band: %u dropout pass", "band: %u dropout passes", band->n_passes), band->n_passes);
  return g_strdup_printf ("%s%s%s; %s", before, *before != '\0' ? "; " : "", words,
                          _("the network’s own doubt, not a confidence interval of what happens"));
}

/* Of the whole figure, as sentences: nothing if there is no word to say. */
static char *
describe_band (const AnmPatientReading *reading,
               const AnmShownBand *shown)
{
  const AnmPatientBand *band = shown != NULL ? shown->band : NULL;
  g_autofree char *words = NULL;

  if (band != NULL && band->state == ANM_BAND_NO_DROPOUT)
    return g_strdup (_(" There is no band: the network has no dropout, so that it always says the same."));
  words = anm_patient_band_format (reading, shown, reading->n_steps - 1, FALSE);
  if (words == NULL)
    return g_strdup ("");
  /* Translators: "95 % of 100 passes between 0.33 and 0.52". */
  return g_strdup_printf (_(" With dropout, at the end: %s; that is the network’s own doubt, not a confidence interval of what happens."), words);
}

char *
anm_patient_prediction_get_name (const AnmPatientReading *reading)
{
  const AnmTarget *target = get_target (reading);
  const char *label = target->label != NULL && target->label[0] != '\0' ? target->label : target->name;

  return g_strdup (label != NULL ? anm_data_word (label) : _("prediction"));
}

/* The outcome of step @step (any step, if there is one for the whole record); NaN if not known. */
static double
get_outcome (const AnmPatientReading *reading,
             guint step)
{
  const AnmSequences *sequences = reading->sequences;
  const guint width = anm_sequences_get_target_width (&sequences->target);
  const guint row = sequences->target.per_step ? step : 0;

  if (sequences->targets == NULL || width != 1 ||
      (sequences->target_mask != NULL && !sequences->target_mask[row]))
    return NAN;

  return (double) sequences->targets[row];
}

/* Which outputs are drawn, likeliest at the end first. Returns how many. */
static guint
choose_outputs (const AnmPatientReading *reading,
                guint outputs[MOST_CLASSES])
{
  const guint last = reading->n_steps - 1;
  const double outcome = get_outcome (reading, last);
  guint n = 0;

  while (n < MIN (MOST_CLASSES, reading->n_outputs))
    {
      guint best = G_MAXUINT;

      for (guint i = 0; i < reading->n_outputs; i++)
        {
          gboolean taken = FALSE;

          for (guint k = 0; k < n; k++)
            taken = taken || outputs[k] == i;
          if (!taken && (best == G_MAXUINT || get_prediction (reading, last, i) > get_prediction (reading, last, best)))
            best = i;
        }
      outputs[n++] = best;
    }

  if (get_target (reading)->shape.kind == ANM_TARGET_CLASSES && isfinite (outcome) && outcome < reading->n_outputs)
    {
      for (guint k = 0; k < n; k++)
        if (outputs[k] == (guint) outcome)
          return n;
      outputs[n - 1] = (guint) outcome;
    }

  return n;
}

typedef struct
{
  double *x;
  double *y[MOST_CLASSES];
  double *low[MOST_CLASSES];    /* NULL without a band */
  double *high[MOST_CLASSES];
  double *truth;
  char   *labels[MOST_CLASSES];
  char   *values[MOST_CLASSES];
  char   *spans[MOST_CLASSES];  /* of the band at the end, NULL without */
  char   *band_name;
  gboolean is_older;
  guint   outputs[MOST_CLASSES];
  guint   n;
} Series;

static double *
pick (const float *values,
      guint n_steps,
      guint n_outputs,
      guint output)
{
  double *picked = g_new (double, n_steps);

  for (guint k = 0; k < n_steps; k++)
    picked[k] = (double) values[(gsize) k * n_outputs + output];
  return picked;
}

static void
series_add_band (Series *series,
                 const AnmPatientReading *reading,
                 const AnmShownBand *shown)
{
  const AnmPatientBand *band = get_band (reading, shown);
  const guint last = reading->n_steps - 1;

  if (band == NULL)
    return;
  series->band_name = name_band (band);
  series->is_older = shown->older != NULL;
  for (guint i = 0; i < series->n; i++)
    {
      series->low[i] = pick (band->lower, band->n_steps, band->n_outputs, series->outputs[i]);
      series->high[i] = pick (band->upper, band->n_steps, band->n_outputs, series->outputs[i]);
      if (isfinite (series->low[i][last]))
        {
          g_autofree char *low = format_value (reading, series->low[i][last]), *high = format_value (reading, series->high[i][last]);

          series->spans[i] = g_strdup_printf ("%s–%s", low, high);
        }
    }
}

static void
series_init (Series *series,
             const AnmPatientReading *reading,
             const AnmShownBand *shown)
{
  *series = (Series){ .x = g_new (double, reading->n_steps), .truth = g_new (double, reading->n_steps) };
  series->n = choose_outputs (reading, series->outputs);
  for (guint k = 0; k < reading->n_steps; k++)
    {
      series->x[k] = anm_patient_reading_get_x (reading, k);
      series->truth[k] = reading->sequences->target.per_step ? get_outcome (reading, k) : NAN;
    }
  for (guint i = 0; i < series->n; i++)
    {
      const double last = get_prediction (reading, reading->n_steps - 1, series->outputs[i]);

      series->y[i] = pick (reading->prediction, reading->n_steps, reading->n_outputs, series->outputs[i]);
      series->values[i] = format_value (reading, last);
      series->labels[i] = reading->n_outputs > 1 ? name_output (reading, series->outputs[i]) : NULL;
    }
  series_add_band (series, reading, shown);
}

static void
series_clear (Series *series)
{
  for (guint i = 0; i < series->n; i++)
    {
      g_free (series->y[i]);
      g_free (series->low[i]);
      g_free (series->high[i]);
      g_free (series->spans[i]);
      g_free (series->labels[i]);
      g_free (series->values[i]);
    }
  g_free (series->x);
  g_free (series->truth);
  g_free (series->band_name);
}

static guint
make_lines (const AnmPatientReading *reading,
            const Series *series,
            const char *name,
            AnmLine lines[MOST_CLASSES + 1])
{
  const gboolean several = reading->n_outputs > 1;
  const gboolean classes = get_target (reading)->shape.kind == ANM_TARGET_CLASSES;
  const double outcome = get_outcome (reading, reading->n_steps - 1);
  guint n = 0;

  if (reading->sequences->target.per_step)
    lines[n++] = (AnmLine){ .label = _("in truth"), .colour = ANM_COLOUR_MUTED, .style = ANM_LINE_THIN,
                            .n_points = reading->n_steps, .x = series->x, .y = series->truth };

  for (guint i = 0; i < series->n; i++)
    {
      const gboolean true_class = classes && isfinite (outcome) && series->outputs[i] == (guint) outcome;

      lines[n++] = (AnmLine){
        .label = several ? series->labels[i] : series->values[i],
        .name = several ? NULL : name,
        .value = several ? series->values[i] : series->spans[i],
        .colour = !several || true_class ? ANM_COLOUR_RUN_FIRST : i == 0 ? ANM_COLOUR_INK : ANM_COLOUR_FAINT,
        .style = !several || true_class ? ANM_LINE_THICK : ANM_LINE_THIN,
        .n_points = reading->n_steps,
        .x = series->x,
        .y = series->y[i],
        .low = series->low[i],
        .high = series->high[i],
        .band_name = series->band_name,
        .band_faint = series->is_older,
        .end_dot = TRUE,
      };
    }

  return n;
}

/* The word of what came true, newly allocated; NULL if it isn't known or isn't one word for the record. */
static char *
get_outcome_word (const AnmPatientReading *reading)
{
  const AnmTarget *target = get_target (reading);
  const double outcome = get_outcome (reading, 0);

  if (target->shape.per_step || !isfinite (outcome) || target->classes == NULL)
    return NULL;

  for (guint i = 0; target->classes[i] != NULL; i++)
    if (i == (guint) outcome)
      return g_strdup (anm_data_word (target->classes[i]));

  return NULL;
}

/* "0.67 at hour 48, highest 0.71 at hour 46. Outcome: died." */
static char *
describe (const AnmPatientReading *reading,
          const Series *series,
          const AnmShownBand *band,
          const char *outcome)
{
  const guint last = reading->n_steps - 1;
  g_autofree char *value = anm_patient_prediction_format (reading, last);
  g_autofree char *time = anm_number_format_time (series->x[last], reading->cohort->time_unit);
  g_autofree char *doubt = describe_band (reading, band);
  GString *finding = g_string_new (NULL);

  /* Translators: what the network says and when: "0.67 at hour 48". */
  g_string_append_printf (finding, _("%s at %s"), value, time);
  if (reading->n_outputs == 1)
    {
      guint highest = 0;
      g_autofree char *most = NULL;
      g_autofree char *then = NULL;

      for (guint k = 1; k <= last; k++)
        if (series->y[0][k] > series->y[0][highest])
          highest = k;
      most = anm_patient_prediction_format (reading, highest);
      then = anm_number_format_time (series->x[highest], reading->cohort->time_unit);
      g_string_append_printf (finding, _(", highest %s at %s"), most, then);
    }
  g_string_append_c (finding, '.');
  if (outcome != NULL)
    g_string_append_printf (finding, _(" Outcome: %s."), outcome);
  g_string_append (finding, doubt);

  return g_string_free (finding, FALSE);
}

static AnmFigure *
make_empty (void)
{
  return anm_line_plot_new (&(AnmLinePlot){
    .title = _("Prediction over time"),
    .finding = _("Nothing to read yet."),
    .x_min = NAN,
    .x_max = NAN,
    .y_min = NAN,
    .y_max = NAN,
    .empty_text = _("What the network says of the chosen patient, hour by hour, is drawn here."),
  });
}

/* With a large first letter, where there is one. */
static char *
make_title (const AnmPatientReading *reading,
            const char *name)
{
  const char *rest = g_utf8_next_char (name);
  char first[7] = "";

  if (name[0] == '\0')
    rest = name;
  else
    first[g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (name)), first)] = '\0';

  /* Translators: what is predicted (its first letter, its rest), of whom: "Died in hospital, patient 4127". */
  return g_strdup_printf (_("%s%s, patient %s"), first, rest, reading->cohort->ids[reading->patient]);
}

AnmFigure *
anm_patient_prediction_exhibit_new (const AnmPatientReading *reading,
                                    const AnmShownBand *band,
                                    const char *weights)
{
  g_autofree char *caption = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  g_autofree char *outcome = NULL;
  g_autofree char *finding = NULL;
  AnmLine lines[MOST_CLASSES + 2];
  double outcome_y;
  AnmFigure *figure;
  Series series;
  guint n_lines;

  if (reading == NULL || reading->n_steps == 0 || reading->n_outputs == 0)
    return make_empty ();

  name = anm_patient_prediction_get_name (reading);
  title = make_title (reading, name);
  outcome = get_outcome_word (reading);
  caption = anm_patient_band_caption (reading, band, weights);
  series_init (&series, reading, band);
  n_lines = make_lines (reading, &series, name, lines);
  finding = describe (reading, &series, band, outcome);

  /* What came true is a dot where the prediction should end. */
  outcome_y = get_outcome (reading, 0) >= 0.5 ? 1 : 0;
  if (outcome != NULL && reading->n_outputs == 1)
    lines[n_lines++] = (AnmLine){ .label = outcome, .name = _("in truth"), .style = ANM_LINE_THIN, .n_points = 1,
                                  .colour = outcome_y > 0 ? ANM_COLOUR_EVENT : ANM_COLOUR_NO_EVENT,
                                  .x = &series.x[reading->n_steps - 1], .y = &outcome_y, .end_dot = TRUE };

  figure = anm_line_plot_new (&(AnmLinePlot){
    .title = title,
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_min = series.x[0],
    .x_max = reading->n_steps > 1 ? series.x[reading->n_steps - 1] : NAN,
    .y_min = is_probability (reading) ? 0 : NAN,
    .y_max = is_probability (reading) ? 1 : NAN,
    .n_lines = n_lines,
    .lines = lines,
    .x_time_unit = reading->cohort->time_unit,
  });
  series_clear (&series);
  return figure;
}

/* As a panel of a state column */

struct _AnmPredictionPanel
{
  Series       series;
  AnmStateLine lines[MOST_CLASSES];
  char        *name;
  char        *outcome;
};

AnmPredictionPanel *
anm_prediction_panel_new (const AnmPatientReading *reading,
                          const AnmShownBand *band,
                          AnmStatePanel *panel)
{
  AnmPredictionPanel *self = g_new0 (AnmPredictionPanel, 1);
  const gboolean several = reading->n_outputs > 1;

  series_init (&self->series, reading, band);
  self->name = anm_patient_prediction_get_name (reading);
  self->outcome = several ? NULL : get_outcome_word (reading);
  for (guint i = 0; i < self->series.n; i++)
    self->lines[i] = (AnmStateLine){
      .label = several ? self->series.labels[i] : self->series.values[i],
      .name = several ? self->series.labels[i] : self->name,
      .colour = i == 0 ? ANM_COLOUR_RUN_FIRST : ANM_COLOUR_FAINT,
      .thick = i == 0,
      .y = self->series.y[i],
      .low = self->series.low[i],
      .high = self->series.high[i],
      .band_name = self->series.band_name,
      .band_faint = self->series.is_older,
    };
  *panel = (AnmStatePanel){
    /* Translators: what the network says of a patient, over time: a probability; a number. */
    .label = is_probability (reading) ? several ? C_("panel", "chances") : C_("panel", "risk") : C_("panel", "prediction"),
    .low = is_probability (reading) ? 0 : NAN,
    .high = is_probability (reading) ? 1 : NAN,
    .n_lines = self->series.n,
    .lines = self->lines,
    .end_label = self->outcome,
    .end_y = self->outcome != NULL ? get_outcome (reading, 0) >= 0.5 ? 1 : 0 : NAN,
    .end_colour = self->outcome != NULL && get_outcome (reading, 0) >= 0.5 ? ANM_COLOUR_EVENT : ANM_COLOUR_NO_EVENT,
  };
  return self;
}

void
anm_prediction_panel_free (AnmPredictionPanel *self)
{
  series_clear (&self->series);
  g_free (self->name);
  g_free (self->outcome);
  g_free (self);
}
