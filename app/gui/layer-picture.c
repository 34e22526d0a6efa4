/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/layer-picture.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/card-strips.h"
#include "app/exhibits/output-strips.h"
#include "app/exhibits/patient-prediction.h"
#include "app/gui/network-edits.h"
#include "widgets/figures/number.h"

/* Pango markup, in a face that has the signs. */
#define GRADIENT_NORM "<span face='STIX Two Text, Latin Modern Roman, DejaVu Serif, serif'>||∂<i>L</i>/∂<b>h</b>" \
                      "<span size='smaller' rise='-2500' style='italic'>t</span>||</span>"

void
anm_layer_picture_clear (AnmCardFrame *frame,
                         const char *text)
{
  g_autoptr (AnmFigure) empty = anm_empty_strip (text);

  anm_figure_view_set_figure (anm_card_frame_get_view (frame), empty);
  anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), NULL);
  anm_card_frame_set_caption (frame, "");
  anm_card_frame_show_lower_strip (frame, "");
}

static gboolean
is_last (const AnmPatientReading *reading,
         guint index)
{
  return index + 1 == reading->n_layers;
}

static gboolean
gives_sequences (const AnmPatientReading *reading,
                 guint index)
{
  return anm_layer_get_gives_sequences (anm_network_get_layer (reading->network, index));
}

/* Forward units stand above backward ones, each half in its order of similarity. */
static guint *
part_halves (const AnmPatientReading *reading,
             guint index,
             const guint *order)
{
  const AnmReadingTrace *h = anm_patient_reading_find_trace (reading, index, "h");
  const AnmReadingTrace *half = anm_patient_reading_find_trace (reading, index, "→h");
  guint *parted;
  guint n = 0;

  if (h == NULL || half == NULL || order == NULL || h->n_units != 2 * half->n_units)
    return NULL;

  parted = g_new (guint, h->n_units);
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < h->n_units; i++)
      if ((order[i] >= half->n_units) == (side == 1))
        parted[n++] = order[i];
  return parted;
}

static void
show_gradients (AnmCardFrame *frame,
                const AnmPatientReading *reading,
                guint index)
{
  g_autoptr (AnmFigure) gradients = NULL;
  g_autofree char *caption = NULL;
  double low = 1e-3, high = 1;

  if (anm_gradient_range (reading, &low, &high))
    {
      g_autofree char *from = anm_number_format_power ((int) lround (log10 (low)));
      g_autofree char *to = anm_number_format_power ((int) lround (log10 (high)));

      /* Translators: the norm of a gradient, then the two ends of its logarithmic scale. */
      caption = g_strdup_printf (_("%s %s to %s, log"), GRADIENT_NORM, from, to);
    }
  gradients = anm_gradient_strip (reading, index, low, high);
  anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), gradients);
  anm_card_frame_show_lower_strip (frame, caption != NULL ? caption : GRADIENT_NORM);
}

static void
show_recurrent (AnmCardFrame *frame,
                AnmLiveReading *live,
                guint index,
                int unit)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  const guint *order = anm_live_reading_get_order (live, index);
  g_autofree guint *parted = part_halves (reading, index, order);
  g_autoptr (AnmFigure) states = anm_hidden_state_strip (reading, index, parted != NULL ? parted : order,
                                                         anm_hidden_state_range (reading), unit);
  g_autofree char *caption = NULL;

  anm_figure_view_set_figure (anm_card_frame_get_view (frame), states);
  if (parted != NULL)
    /* Translators: of a bidirectional layer: number of units and of time steps. */
    caption = g_strdup_printf (_("h → above, ← below, %u × %u"), reading->layers[index].n_units, reading->n_steps);
  else
    /* Translators: number of units and of time steps. */
    caption = g_strdup_printf (_("Hidden state h, %u × %u"), reading->layers[index].n_units, reading->n_steps);
  anm_card_frame_set_caption (frame, caption);
  show_gradients (frame, reading, index);
}

static void
show_dense (AnmCardFrame *frame,
            AnmLiveReading *live,
            guint index)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  const char *before = index > 0 ? _(anm_layer_class_get_label (reading->layers[index - 1].klass)) : NULL;
  const guint *order = index > 0 ? anm_live_reading_get_order (live, index - 1) : NULL;
  g_autofree guint *parted = index > 0 ? part_halves (reading, index - 1, order) : NULL;
  g_autoptr (AnmFigure) weights = NULL;
  g_autofree char *caption = NULL;

  if (reading->layers[index].weights != NULL)
    weights = anm_weights_strip (reading, index, parted != NULL ? parted : order);
  anm_figure_view_set_figure (anm_card_frame_get_view (frame), weights);

  if (weights == NULL)
    caption = g_strdup ("");
  else if (before != NULL && anm_layer_class_is_recurrent (reading->layers[index - 1].klass))
    /* Translators: a kind of layer: "Weight of each GRU unit". */
    caption = g_strdup_printf (_("Weight of each %s unit"), before);
  else
    caption = g_strdup (_("Weights"));
  anm_card_frame_set_caption (frame, caption);
}

/* A layer that passes its input on number by number keeps the rows of the recurrent layer beneath. */
static const guint *
find_order (AnmLiveReading *live,
            guint index)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);

  for (guint i = index; i > 0; i--)
    {
      const guint below = i - 1;

      if (reading->layers[below].n_units != reading->layers[index].n_units)
        return NULL;
      if (anm_layer_class_is_recurrent (reading->layers[below].klass))
        return anm_live_reading_get_order (live, below);
    }
  return NULL;
}

static char *
describe_output (const AnmPatientReading *reading,
                 guint index,
                 double range,
                 double shared)
{
  const guint n_units = reading->layers[index].n_units;
  g_autofree char *limit = anm_number_format (range, 2);

  if (!gives_sequences (reading, index))
    return g_strdup_printf (ngettext ("Output y, %u number", "Output y, %u numbers", n_units), n_units);
  if (range > shared)
    /* Translators: number of units and of time steps, and the ends of the colour scale: "y, 32 × 48, ±5". */
    return g_strdup_printf (_("Output y, %u × %u, ±%s"), n_units, reading->n_steps, limit);
  return g_strdup_printf (_("Output y, %u × %u"), n_units, reading->n_steps);
}

static void
show_output (AnmCardFrame *frame,
             AnmLiveReading *live,
             guint index)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  const double shared = anm_hidden_state_range (reading);
  const double range = anm_output_range (reading, index, shared);
  g_autoptr (AnmFigure) output = anm_output_strip (reading, index, find_order (live, index), range);
  g_autofree char *caption = describe_output (reading, index, range, shared);

  anm_figure_view_set_figure (anm_card_frame_get_view (frame), output);
  anm_card_frame_set_caption (frame, caption);
  if (gives_sequences (reading, index))
    {
      g_autoptr (AnmFigure) sizes = anm_output_size_strip (reading, index);

      anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), sizes);
      /* Translators: the mean size of a layer's output y at each step. */
      anm_card_frame_show_lower_strip (frame, _("mean |<i>y</i>| by step"));
    }
  else
    anm_card_frame_show_number (frame, "", "", "");
}

/* One vector by attention: what it looks at is the picture. */
static void
show_attention (AnmCardFrame *frame,
                AnmLiveReading *live,
                guint index)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  g_autoptr (AnmFigure) weights = NULL;

  if (gives_sequences (reading, index))
    {
      show_output (frame, live, index);
      weights = anm_attention_bars (reading, index);
      anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), weights);
      anm_card_frame_show_lower_strip (frame, _("attention <i>α</i> that each step gets"));
      return;
    }

  weights = anm_attention_strip (reading, index);
  anm_figure_view_set_figure (anm_card_frame_get_view (frame), weights);
  anm_card_frame_set_caption (frame, _("Attention α of each step"));

  double most = 0;
  const int step = anm_attention_find_most (reading, index, &most);

  if (step >= 0)
    {
      g_autofree char *share = anm_number_format_fixed (most, 2);
      g_autofree char *when = anm_number_format_time (anm_patient_reading_get_x (reading, (guint) step), reading->cohort->time_unit);
      /* Translators: a point in time: "at hour 39". */
      g_autofree char *note = g_strdup_printf (_("at %s"), when);

      anm_card_frame_show_number (frame, _("looks most"), share, note);
    }
}

void
anm_layer_picture_show (AnmCardFrame *frame,
                        AnmLiveReading *live,
                        guint index,
                        int unit)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  const AnmLayerClass *klass = reading->layers[index].klass;

  if (anm_layer_class_is_recurrent (klass))
    show_recurrent (frame, live, index, unit);
  else if (anm_has_attention (reading, index))
    show_attention (frame, live, index);
  else if (g_str_equal (anm_layer_class_get_type (klass), "dense"))
    show_dense (frame, live, index);
  else
    show_output (frame, live, index);
}

gboolean
anm_layer_picture_is_over_time (AnmLiveReading *live,
                                const AnmLayerClass *klass,
                                guint index)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);

  if (anm_layer_class_is_recurrent (klass))
    return TRUE;
  if (reading == NULL || index >= reading->n_layers || reading->layers[index].klass != klass ||
      g_str_equal (anm_layer_class_get_type (klass), "dense"))
    return FALSE;
  return gives_sequences (reading, index) || anm_has_attention (reading, index);
}

/* How large an inner dense layer's output is at that step. */
static void
show_size (AnmCardFrame *frame,
           const AnmPatientReading *reading,
           guint index,
           guint step,
           const char *note)
{
  const AnmReadingTrace *y = anm_patient_reading_find_trace (reading, index, "y");
  g_autofree char *number = NULL;
  double sum = 0;

  for (guint unit = 0; y != NULL && unit < y->n_units; unit++)
    sum += fabs ((double) y->values[(gsize) step * y->n_units + unit]) / y->n_units;
  if (y == NULL || !isfinite (sum))
    {
      anm_card_frame_show_number (frame, "", "", "");
      return;
    }
  number = anm_number_format (sum, 2);
  anm_card_frame_show_number (frame, _("mean |y|"), number, note);
}

void
anm_layer_picture_show_time (AnmCardFrame *frame,
                             AnmLiveReading *live,
                             guint index,
                             double time)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (live);
  g_autofree char *name = NULL, *number = NULL, *when = NULL, *note = NULL, *older = NULL, *spread = NULL;
  AnmShownBand shown;
  gboolean is_dense;
  int step;

  if (reading == NULL || index >= reading->n_layers || reading->n_steps == 0)
    return;

  is_dense = g_str_equal (anm_layer_class_get_type (reading->layers[index].klass), "dense");
  if (!is_dense && (anm_has_attention (reading, index) || gives_sequences (reading, index) ||
                    anm_layer_class_is_recurrent (reading->layers[index].klass)))
    return;

  step = isnan (time) ? (int) reading->n_steps - 1 : anm_patient_reading_get_step (reading, time);
  when = anm_number_format_time (anm_patient_reading_get_x (reading, (guint) step), reading->cohort->time_unit);
  /* Translators: a point in time: "at hour 39". */
  note = g_strdup_printf (_("at %s"), when);
  if (!is_last (reading, index))
    {
      show_size (frame, reading, index, is_dense ? (guint) step : reading->n_steps - 1, is_dense ? note : "");
      return;
    }
  name = anm_patient_prediction_get_name (reading);
  number = anm_patient_prediction_format (reading, (guint) step);
  shown.band = anm_live_reading_get_band (live, &older);
  shown.older = older;
  spread = anm_patient_band_format (reading, &shown, (guint) step, TRUE);
  if (spread != NULL)
    {
      g_autofree char *words = anm_patient_band_format (reading, &shown, (guint) step, FALSE);
      g_autofree char *both = g_strdup_printf ("%s\n%s", note, spread);

      anm_card_frame_show_number (frame, name, number, both);
      anm_card_frame_set_number_words (frame, words);
      return;
    }
  anm_card_frame_show_number (frame, name, number, note);
}
