/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/saturation.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/training-curves.h"
#include "widgets/figures/epoch-map.h"
#include "widgets/figures/mirror-bars.h"
#include "widgets/figures/number.h"

/* So many dead units are named; of more their number is told. */
#define MOST_NAMED 8

/* Saturation */

/* At every step on one flat side: nothing is ever learnt through it. */
static gboolean
is_dead (const AnmSaturation *item,
         guint unit)
{
  return item->n_steps > 0 && (item->low[unit] >= 1 || item->high[unit] >= 1);
}

static guint
count_dead (const AnmSaturation *item,
            guint8 *dead)
{
  guint n = 0;

  for (guint unit = 0; unit < item->n_units; unit++)
    n += dead[unit] = is_dead (item, unit);
  return n;
}

/* "Never moving: unit 6 of forget gate, ..." */
static char *
list_dead (const AnmSaturation *const *items,
           guint n_items)
{
  GString *text = g_string_new (NULL);
  guint n_named = 0, n_left = 0;

  for (guint i = 0; i < n_items; i++)
    for (guint unit = 0; unit < items[i]->n_units; unit++)
      if (is_dead (items[i], unit) && n_named++ < MOST_NAMED)
        {
          g_string_append (text, text->len > 0 ? ", " : "");
          /* Translators: number of a unit; a symbol ("f"). */
          g_string_append_printf (text, _("unit %u of %s"), unit + 1, items[i]->symbol);
        }
      else if (is_dead (items[i], unit))
        n_left++;
  if (n_left > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, " and %u more", " and %u more", n_left), n_left);
  return g_string_free (text, FALSE);
}

char **
anm_saturation_list_thresholds (void)
{
  static const char *const thresholds[] = { "0.9", "0.95", "0.99", NULL };

  return g_strdupv ((char **) thresholds);
}

double
anm_saturation_read_threshold (const char *text)
{
  const double threshold = text != NULL ? g_ascii_strtod (text, NULL) : 0;

  return threshold > 0.5 && threshold < 1 ? 1 - threshold : ANM_SATURATION_MARGIN;
}

/* "gates below 0.05, states below −0.95" */
static char *
describe_low_side (double margin)
{
  g_autofree char *gates = anm_number_format (margin, 2);
  g_autofree char *states = anm_number_format (margin - 1, 3);

  /* Translators: numbers; the second is negative. */
  return g_strdup_printf (_("gates below %s, states below %s"), gates, states);
}

static char *
describe_high_side (double margin)
{
  g_autofree char *number = anm_number_format (1 - margin, 3);

  return g_strdup_printf (_("above %s"), number);
}

static char *
describe_saturation (const AnmSaturation *const *items,
                     guint n_items,
                     double margin)
{
  const AnmSaturation *most = items[0];
  g_autofree char *dead = list_dead (items, n_items);
  GString *text = g_string_new (NULL);

  for (guint i = 1; i < n_items; i++)
    if (items[i]->low_share + items[i]->high_share > most->low_share + most->high_share)
      most = items[i];

  g_autofree char *share = anm_number_format_share (most->low_share + most->high_share);
  /* Translators: a gate or state, its symbol, a share. */
  g_string_append_printf (text, _("Most saturated: %s %s, in %s of steps."), _(most->label), most->symbol, share);
  if (most->kind != ANM_SATURATION_RELU)
    {
      g_autofree char *low = most->kind == ANM_SATURATION_GATE ? anm_number_format (margin, 2) : anm_number_format (margin - 1, 3);
      g_autofree char *high = anm_number_format (1 - margin, 3);

      g_string_append_c (text, ' ');
      /* Translators: two numbers. */
      g_string_append_printf (text, _("Saturated means below %s or above %s."), low, high);
    }
  g_string_append_c (text, ' ');
  if (*dead != '\0')
    /* Translators: a list of units. */
    g_string_append_printf (text, _("Saturated at every step: %s."), dead);
  else
    g_string_append (text, _("No unit is saturated at every step."));
  return g_string_free (text, FALSE);
}

AnmFigure *
anm_saturation_exhibit_new (const AnmNetwork *network,
                            const AnmSaturations *found,
                            guint layer,
                            guint epoch,
                            const char *lack)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; found != NULL && i < found->n_items; i++)
    if (found->items[i].layer == layer && found->items[i].n_steps > 0)
      g_ptr_array_add (items, &found->items[i]);
  if (items->len == 0)
    {
      const char *reason = found != NULL ? _("Nothing in this layer can saturate.") : lack;
      return anm_mirror_bars_new (&(AnmMirrorBars){ .title = _("Saturation"), .finding = reason, .empty_text = reason });
    }

  const AnmSaturation *const *all = (const AnmSaturation *const *) (gpointer) items->pdata;
  g_autofree AnmMirrorRow *rows = g_new0 (AnmMirrorRow, items->len);
  g_autofree char *finding = describe_saturation (all, items->len, found->margin);
  g_autofree char *up = describe_high_side (found->margin), *down = describe_low_side (found->margin);
  g_autofree char *title_of_layer = anm_layer_get_title (network, layer);
  g_autofree char *n_patients = anm_number_format_count ((gint64) found->n_sequences);
  /* Translators: how many; a layer; an epoch. */
  g_autofree char *caption = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s validation patient, share of steps by unit of %s, epoch %u",
                                                           "%s validation patients, share of steps by unit of %s, epoch %u", found->n_sequences),
                                              n_patients, title_of_layer, epoch);

  for (guint i = 0; i < items->len; i++)
    {
      const AnmSaturation *item = all[i];
      guint8 *dead = g_new (guint8, item->n_units);
      /* Translators: a gate or state and its symbol: "Forget gate f". */
      char *label = g_strdup_printf (_("%s %s"), _(item->label), item->symbol), *note = anm_number_format_share (item->low_share + item->high_share);

      g_ptr_array_add (owned, dead);
      g_ptr_array_add (owned, label);
      g_ptr_array_add (owned, note);
      count_dead (item, dead);
      rows[i] = (AnmMirrorRow){ .label = label, .note = note, .n_bars = item->n_units, .up = item->high, .down = item->low, .marked = dead };
    }
  return anm_mirror_bars_new (&(AnmMirrorBars){
    .title = _("Saturation"),
    .caption = caption,
    .finding = finding,
    .x_label = _("unit"),
    .up_label = up,
    .down_label = all[0]->kind == ANM_SATURATION_RELU ? _("at 0") : down,
    .mark_label = _("at every step"),
    .n_rows = items->len,
    .rows = rows,
  });
}

/* Histograms */

char *
anm_histogram_describe (const char *what)
{
  static const struct
  {
    const char *name;
    const char *words;
  } known[] = {
    { "kernel", N_ ("weights W of the inputs") },
    { "recurrent_kernel", N_ ("weights U of the state") },
    { "bias", N_ ("biases b") },
    { "recurrent_bias", N_ ("biases of the state") },
    { "h", N_ ("hidden state h") },
    { "c", N_ ("cell state c") },
    { "x", N_ ("inputs x") },
    { "y", N_ ("outputs y") },
  };

  if (g_str_has_prefix (what, "dL/d"))
    {
      g_autofree char *of = anm_histogram_describe (what + 4);
      /* Translators: what a gradient is of: "weights U of the state". */
      return g_strdup_printf (_("gradient of %s"), of);
    }
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].name, what))
      return g_strdup (_(known[i].words));
  return g_strdup (what);
}

/* Rows as far apart as the epochs mostly are; one that wasn't kept shows the one kept before it. */
static guint
choose_row_step (const AnmHistogramLook *look)
{
  guint step = 1;

  for (guint i = 1; i < look->n_rows; i++)
    step = MAX (step, look->epochs[i] - look->epochs[i - 1]);
  return MIN (step, MAX (1, (look->epochs[look->n_rows - 1] - look->epochs[0]) / 2 + 1));
}

static char *
describe_change (const AnmHistogramLook *look)
{
  const AnmHistogram *first = look->rows[0], *last = look->rows[look->n_rows - 1];
  g_autofree char *before = anm_number_format (anm_histogram_get_deviation (first), 2);
  g_autofree char *after = anm_number_format (anm_histogram_get_deviation (last), 2);
  g_autofree char *least = anm_number_format (last->minimum, 2), *most = anm_number_format (last->maximum, 2);

  /* Translators: an epoch, lowest and highest number, standard deviation; another epoch and its standard deviation. */
  return g_strdup_printf (_("In epoch %u from %s to %s, standard deviation %s; in epoch %u it was %s."), look->epochs[look->n_rows - 1], least, most, after,
                          look->epochs[0], before);
}

AnmFigure *
anm_weight_histogram_exhibit_new (const AnmNetwork *network,
                                  const AnmHistogramLook *look,
                                  double chosen,
                                  const char *lack)
{
  if (look == NULL || look->n_rows == 0)
    return anm_epoch_map_new (&(AnmEpochMap){ .title = _("Histogram"), .finding = lack, .empty_text = lack, .chosen = NAN });

  guint step = choose_row_step (look), first = look->epochs[0], n_rows = (look->epochs[look->n_rows - 1] - first) / step + 1;
  g_autofree float *cells = g_new (float, (gsize) n_rows * look->n_bins);
  g_autofree char *layer = anm_layer_get_title (network, look->layer);
  g_autofree char *what = anm_histogram_describe (look->what);
  g_autofree char *finding = describe_change (look);
  g_autofree char *caption = NULL;
  double least = 1;
  guint kept = 0;

  for (guint row = 0; row < n_rows; row++)
    {
      const AnmHistogram *histogram;

      while (kept + 1 < look->n_rows && look->epochs[kept + 1] <= first + row * step)
        kept++;
      /* The last row is the last epoch. */
      histogram = look->rows[row + 1 == n_rows ? look->n_rows - 1 : kept];
      for (guint bin = 0; bin < look->n_bins; bin++)
        {
          double share = histogram->n_finite > 0 ? (double) histogram->counts[bin] / (double) histogram->n_finite : NAN;

          cells[(gsize) row * look->n_bins + bin] = (float) share;
          if (share > 0)
            least = MIN (least, share);
        }
    }
  if (look->n_patients > 0)
    {
      g_autofree char *n = anm_number_format_count ((gint64) look->n_patients);
      /* Translators: what is counted; a layer; how many patients. */
      caption = g_strdup_printf (_("%s of %s, share of all numbers; %s validation patients"), what, layer, n);
    }
  else
    caption = g_strdup_printf (_("%s of %s, share of all numbers"), what, layer);

  return anm_epoch_map_new (&(AnmEpochMap){
    .title = _("Histogram"),
    .caption = caption,
    .finding = finding,
    .x_label = _("value"),
    .scale = ANM_HEAT_LOG,
    .range = 1,
    .floor = CLAMP (pow (10, floor (log10 (least) + 1e-9)), 1e-6, 0.1),
    .n_panels = 1,
    .panels = &(AnmEpochPanel){ .n_rows = n_rows, .n_columns = look->n_bins, .cells = cells,
                                .x_first = look->low + (look->high - look->low) * 0.5 / look->n_bins, .x_step = (look->high - look->low) / look->n_bins,
                                .y_first = first, .y_step = step },
    .chosen = chosen,
    .value_name = _("share"),
  });
}
