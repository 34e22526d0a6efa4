/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/patient-column.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-prediction.h"
#include "app/exhibits/patient-states.h"
#include "app/exhibits/time-words.h"
#include "app/exhibits/training-curves.h"
#include "app/study/unit-order.h"
#include "widgets/figures/number.h"
#include "widgets/figures/state-column.h"

/* Gates that a layer may have, halves and all. */
#define MOST_GATES 8

static AnmFigure *
make_empty (const char *reason)
{
  return anm_state_column_new (&(AnmStateColumn){ .title = _("Hidden state"), .finding = reason, .empty_text = reason, .selected = -1 });
}

/* What is looked at */

const AnmReadingTrace *
anm_patient_reading_choose_trace (const AnmPatientReading *reading,
                                  guint layer,
                                  const char *symbol,
                                  int unit)
{
  const AnmReadingTrace *trace = anm_patient_reading_find_trace (reading, layer, symbol);
  const AnmReadingLayer *states = &reading->layers[layer];

  for (guint i = 0; trace == NULL && i < states->n_traces; i++)
    {
      const AnmReadingTrace *half = &states->traces[i];
      const int which = anm_reading_trace_get_half (half);

      if (which >= 0 && g_str_has_suffix (half->symbol, symbol) && strlen (half->symbol) == strlen (symbol) + strlen ("→") &&
          (unit < 0 ? which == 0 : anm_reading_trace_find_unit (half, states, (guint) unit) >= 0))
        trace = half;
    }
  return trace;
}

const AnmReadingTrace *
anm_patient_column_get_trace (const AnmPatientReading *reading,
                              guint layer,
                              const char *symbol,
                              int unit)
{
  const char *const wanted[] = { symbol != NULL ? symbol : "h", "h", "y", "alpha" };
  const AnmReadingLayer *states = &reading->layers[layer];

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      const AnmReadingTrace *trace = anm_patient_reading_choose_trace (reading, layer, wanted[i], unit);

      if (trace != NULL && trace->n_units > 0)
        return trace;
    }
  for (guint i = 0; i < states->n_traces; i++)
    if (states->traces[i].n_units > 0)
      return &states->traces[i];
  return NULL;
}

/* Which layer; -1 with the reason. A network without recurrence is seen by what its first layer gives. */
static int
choose_layer (const AnmPatientReading *reading,
              int layer,
              const char **reason)
{
  *reason = NULL;
  if (reading == NULL)
    *reason = _("No patient and no network yet.");
  else if (reading->n_steps == 0)
    *reason = _("This patient has no measurements.");
  if (*reason != NULL)
    return -1;
  if (layer >= 0 && (guint) layer < reading->n_layers)
    return layer;
  return MAX (anm_patient_reading_find_recurrent (reading), 0);
}

static AnmBranch *
copy_tree (const AnmMerge *merges,
           guint n_units)
{
  AnmBranch *branches = g_new (AnmBranch, MAX (n_units, 1));

  for (guint i = 0; i + 1 < n_units; i++)
    branches[i] = (AnmBranch){ merges[i].first, merges[i].second, merges[i].height };
  return branches;
}

/* Channels */

GArray *
anm_patient_column_choose_channels (const AnmPatientReading *reading,
                                    guint n_most)
{
  GArray *channels = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint channel = 0; channel < reading->cohort->n_channels && channels->len < n_most; channel++)
    for (guint column = 0; column < reading->n_columns; column++)
      {
        g_autofree char *name = anm_fitted_recipe_get_column_name (reading->recipe, column);
        guint found;

        if (!anm_cohort_find_channel (reading->cohort, name, &found) || found != channel)
          continue;
        g_array_append_val (channels, channel);
        break;
      }
  return channels;
}

typedef struct
{
  guint               n;
  AnmTimeLineChannel *channels;
  GPtrArray          *words;
} Channels;

static void
channels_init (Channels *self,
               const AnmCohort *cohort,
               gsize patient,
               const guint *which,
               guint n)
{
  self->channels = g_new0 (AnmTimeLineChannel, MAX (n, 1));
  self->words = g_ptr_array_new_with_free_func (g_free);
  self->n = 0;
  for (guint i = 0; i < n; i++)
    {
      const AnmField *field = which[i] < cohort->n_channels ? &cohort->channels[which[i]] : NULL;
      AnmTimeLineChannel *channel = &self->channels[self->n];

      if (field == NULL)
        continue;
      channel->name = anm_field_get_short_label (field);
      channel->unit = anm_field_get_unit (field);
      channel->n_points = anm_cohort_get_series (cohort, patient, which[i], &channel->times, &channel->values);
      channel->normal_low = field->normal_low;
      channel->normal_high = field->normal_high;
      if (field->kind == ANM_FIELD_CATEGORICAL)
        {
          const char **categories = anm_data_words (field->categories);

          g_ptr_array_add (self->words, categories);
          channel->categories = categories;
        }
      self->n++;
    }
}

static void
channels_clear (Channels *self)
{
  g_free (self->channels);
  g_ptr_array_unref (self->words);
}

/* Gates */

typedef struct
{
  AnmStateLine lines[MOST_GATES];
  double      *values[MOST_GATES];
  char        *sublabel;
  guint        n;
} Gates;

static void
gates_init (Gates *self,
            const AnmPatientReading *reading,
            guint layer,
            int unit,
            AnmStatePanel *panel)
{
  const AnmReadingLayer *states = &reading->layers[layer];

  *self = (Gates){ 0 };
  if (unit < 0 || (guint) unit >= states->n_units)
    unit = (int) anm_find_liveliest_unit (reading, states);
  for (guint i = 0; i < states->n_traces && self->n < MOST_GATES; i++)
    {
      const AnmReadingTrace *trace = &states->traces[i];
      const int own = anm_reading_trace_find_unit (trace, states, (guint) unit);
      double *values;

      if (!trace->is_gate || own < 0)
        continue;
      values = self->values[self->n] = g_new (double, reading->n_steps);
      for (guint k = 0; k < reading->n_steps; k++)
        values[k] = (double) trace->values[(gsize) k * trace->n_units + (guint) own];
      self->lines[self->n++] = (AnmStateLine){ .label = trace->symbol, .name = _(trace->label), .colour = anm_gate_colour (trace),
                                               .dashed = anm_reading_trace_get_half (trace) == 1, .y = values };
    }
  if (self->n == 0)
    return;
  self->sublabel = g_strdup_printf (_("unit %d"), unit + 1);
  *panel = (AnmStatePanel){ .label = C_("panel", "gates"), .sublabel = self->sublabel, .low = 0, .high = 1, .n_lines = self->n,
                            .lines = self->lines, .end_y = NAN };
}

/* "forget", as in a drawing: what the gate does. */
static void
name_gates (Gates *self)
{
  static const struct
  {
    const char *symbol, *word;
  } words[] = {
    { "i", NC_("gate", "input") },
    { "f", NC_("gate", "forget") },
    { "o", NC_("gate", "output") },
    { "z", NC_("gate", "update") },
    { "r", NC_("gate", "reset") },
  };

  for (guint i = 0; i < self->n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (words); k++)
      if (g_str_equal (self->lines[i].label, words[k].symbol))
        {
          self->lines[i].label = g_dpgettext2 (GETTEXT_PACKAGE, "gate", words[k].word);
          break;
        }
}

static void
gates_clear (Gates *self)
{
  for (guint i = 0; i < self->n; i++)
    g_free (self->values[i]);
  g_free (self->sublabel);
}

/* All */

static char *
write_caption (const AnmPatientColumn *column,
               const char *layer_title,
               gboolean ordered,
               gboolean by_state)
{
  const char *weights = column->weights != NULL ? column->weights : "";

  /* One order for all that a layer shows, so that a row is a unit whatever is looked at. */
  if (ordered && by_state)
    /* Translators: "LSTM, 32 units"; which weights, "after epoch 24" (may be empty). */
    return g_strdup_printf (_("%s ordered by the similarity of h; %s"), layer_title, weights);
  if (ordered && *weights != '\0')
    /* Translators: "LSTM, 32 units"; which weights, "after epoch 24". */
    return g_strdup_printf (_("%s ordered by similarity; %s"), layer_title, weights);
  if (ordered)
    return g_strdup_printf (_("%s ordered by similarity"), layer_title);
  return *weights != '\0' ? g_strdup_printf (_("%s; %s"), layer_title, weights) : g_strdup (layer_title);
}

static char *
write_finding (const AnmPatientReading *reading,
               const AnmShownBand *band,
               const AnmReadingTrace *trace,
               double most,
               guint unit,
               guint step)
{
  g_autofree char *when = anm_number_format_time (anm_patient_reading_get_x (reading, step), reading->cohort->time_unit);
  g_autofree char *value = anm_number_format_fixed (most, 2);
  g_autofree char *prediction = NULL, *spread = NULL;

  if (reading->n_outputs == 0)
    return g_strdup_printf (trace->of_inputs ? _("Farthest from 0: input %u, %s at %s.") : _("Farthest from 0: unit %u, %s at %s."), unit + 1, value, when);
  prediction = anm_patient_prediction_format (reading, reading->n_steps - 1);
  spread = anm_patient_band_format (reading, band, reading->n_steps - 1, FALSE);
  if (spread != NULL)
    {
      /* Translators: a prediction; "95 % of 100 passes between 0.33 and 0.52". */
      char *both = g_strdup_printf (_("%s, %s"), prediction, spread);

      g_free (prediction);
      prediction = both;
    }
  /* Translators: a unit's number, its value, when; the prediction at the end. */
  return g_strdup_printf (trace->of_inputs ? _("Farthest from 0: input %u, %s at %s. Prediction at the end: %s.")
                                           : _("Farthest from 0: unit %u, %s at %s. Prediction at the end: %s."),
                          unit + 1, value, when, prediction);
}

/* NULL if there are none, or they are all. */
static guint8 *
copy_marks (const AnmPatientColumn *column,
            guint n_units)
{
  guint8 *marked;

  if (column->n_marked == 0 || column->n_marked >= n_units)
    return NULL;
  marked = g_new0 (guint8, n_units);
  for (guint i = 0; i < column->n_marked; i++)
    if (column->marked[i] < n_units)
      marked[column->marked[i]] = 1;
  return marked;
}

AnmFigure *
anm_patient_column_exhibit_new (const AnmPatientColumn *column)
{
  const AnmPatientReading *reading = column->reading;
  const char *reason;
  const int layer = choose_layer (reading, column->layer, &reason);
  const AnmReadingTrace *trace = layer >= 0 ? anm_patient_column_get_trace (reading, (guint) layer, column->symbol, column->unit) : NULL;

  if (layer >= 0 && trace == NULL)
    reason = _("This layer shows nothing of what it does.");
  if (trace == NULL)
    return make_empty (reason);

  const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, (guint) layer, "h");
  const gboolean given = column->order != NULL && h != NULL && h->n_units == trace->n_units;
  g_autoptr (AnmDendrogram) tree = NULL;
  guint unit, step;
  g_autofree float *cells = anm_reading_trace_by_unit (trace, reading->n_steps, &unit, &step);
  const double most = (double) cells[(gsize) unit * reading->n_steps + step];
  g_autofree AnmBranch *branches = NULL;
  const int own = column->unit >= 0 && !trace->of_inputs
                    ? anm_reading_trace_find_unit (trace, &reading->layers[layer], (guint) column->unit) : -1;

  if (!column->by_number && !given && trace->n_units > 1)
    tree = anm_unit_tree_new (trace->values, reading->n_steps, trace->n_units);
  if (!column->by_number && trace->n_units > 1 && (tree != NULL || column->tree != NULL))
    branches = copy_tree (tree != NULL ? tree->merges : column->tree, trace->n_units);

  g_autofree char *layer_title = anm_layer_get_title (reading->network, (guint) layer);
  g_autofree char *layer_words = g_strdup_printf (trace->of_inputs ? g_dngettext (GETTEXT_PACKAGE, "%s, %u input", "%s, %u inputs", trace->n_units)
                                                                   : g_dngettext (GETTEXT_PACKAGE, "%s, %u unit", "%s, %u units", trace->n_units),
                                                  layer_title, trace->n_units);
  g_autofree char *title = g_strdup_printf (_("%s %s"), _(trace->label), trace->symbol);
  g_autofree char *words = write_caption (column, layer_words, !column->by_number && trace->n_units > 1, given && trace != h);
  g_autofree char *caption = anm_patient_band_caption (reading, &column->band, words);
  g_autofree char *finding = write_finding (reading, &column->band, trace, most, unit, step);
  g_autofree guint8 *marked = copy_marks (column, trace->n_units);
  AnmStateColumn drawn = {
    .title = title,
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (reading->cohort->time_unit),
    .x_time_unit = reading->cohort->time_unit,
    .n_steps = reading->n_steps,
    .x_first = anm_patient_reading_get_x (reading, 0),
    .x_step = reading->step,
    .scale = trace->is_gate ? ANM_HEAT_SEQUENTIAL : ANM_HEAT_DIVERGING,
    .range = anm_state_range (trace, fabs (most)),
    .n_units = trace->n_units,
    .cells = cells,
    .order = column->by_number ? NULL : tree != NULL ? tree->order : given ? column->order : NULL,
    .branches = branches,
    .selected = own,
    .marked = marked,
    .unit_word = trace->of_inputs ? _("input") : C_("axis", "unit"),
    .symbol = trace->symbol,
  };
  g_autoptr (AnmPredictionPanel) prediction = reading->n_outputs > 0 ? anm_prediction_panel_new (reading, &column->band, &drawn.panels[1]) : NULL;
  AnmFigure *figure;
  Channels channels;
  Gates gates;

  gates_init (&gates, reading, (guint) layer, column->unit, &drawn.panels[0]);
  name_gates (&gates);
  channels_init (&channels, reading->cohort, reading->patient, column->channels, column->n_channels);
  drawn.n_channels = channels.n;
  drawn.channels = channels.channels;
  figure = anm_state_column_new (&drawn);
  channels_clear (&channels);
  gates_clear (&gates);
  return figure;
}

/* The tree alone */

AnmFigure *
anm_unit_tree_exhibit_new (const AnmPatientReading *reading,
                           int layer,
                           int unit,
                           const char *weights)
{
  const char *reason;
  const int chosen = choose_layer (reading, layer, &reason);
  const AnmReadingTrace *trace = chosen >= 0 ? anm_patient_column_get_trace (reading, (guint) chosen, "h", -1) : NULL;

  if (trace == NULL || trace->n_units < 2)
    {
      if (reason == NULL)
        reason = _("This layer has fewer than two units: there is nothing to compare.");
      return anm_dendrogram_plot_new (&(AnmDendrogramPlot){ .title = _("Units by similarity"), .finding = reason, .empty_text = reason, .selected = -1 });
    }

  g_autoptr (AnmDendrogram) tree = anm_unit_tree_new (trace->values, reading->n_steps, trace->n_units);
  g_autofree AnmBranch *branches = copy_tree (tree->merges, trace->n_units);
  g_autofree char *layer_title = anm_layer_get_title (reading->network, (guint) chosen);
  g_autofree char *caption = NULL;
  g_autofree char *finding = NULL;
  g_autofree char *height = anm_number_format (branches[0].height, 2);

  /* Translators: a patient's id, a layer, a symbol; which weights. */
  caption = g_strdup_printf (_("Patient %s; %s, %s over time; %s"), reading->cohort->ids[reading->patient], layer_title, trace->symbol,
                             weights != NULL ? weights : "");
  finding = g_strdup_printf (_("Most alike: units %u and %u, at distance %s."), branches[0].first + 1, branches[0].second + 1, height);
  return anm_dendrogram_plot_new (&(AnmDendrogramPlot){
    .title = _("Units by similarity"),
    .caption = caption,
    .finding = finding,
    .leaf_word = C_("axis", "unit"),
    .height_label = _("distance"),
    .n_leaves = trace->n_units,
    .branches = branches,
    .order = tree->order,
    .selected = unit,
  });
}
