/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/gradient-flow.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/training-curves.h"
#include "app/study/inspection.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/number.h"

/* The colours span at most this much below the largest norm: what is less is all of one colour. */
#define MOST_DECADES 10
/* The first step's gradient over the last one's: less is called vanishing, more exploding. */
#define VANISHING 1e-4
#define EXPLODING 1e4

typedef struct
{
  guint         layer;
  guint         n_epochs;    /* with gradients */
  guint         n_steps;
  guint         first_epoch;
  gboolean      from_start;  /* all sequences equally long */
  const double **by_step;    /* [n_epochs] */
  const double **before_end;
} Flow;

static void
flow_clear (Flow *flow)
{
  g_free (flow->by_step);
  g_free (flow->before_end);
}

/* Counted from the start or from the end, the same numbers: then no sequence is shorter than another. */
static gboolean
is_even (const Flow *flow)
{
  for (guint i = 0; i < flow->n_epochs; i++)
    for (guint k = 0; k < flow->n_steps; k++)
      {
        double forward = flow->by_step[i][k], backward = flow->before_end[i][flow->n_steps - 1 - k];
        if (!(fabs (forward - backward) <= 1e-6 * fabs (backward)) && !(isnan (forward) && isnan (backward)))
          return FALSE;
      }
  return TRUE;
}

static gboolean
flow_init (Flow *flow,
           AnmRun *run,
           int layer)
{
  guint n_entries = run != NULL ? anm_run_get_n_epochs (run) : 0;

  *flow = (Flow){ 0 };
  if (run != NULL && layer < 0)
    layer = anm_network_find_recurrent (anm_run_get_network (run));
  if (layer < 0)
    return FALSE;

  flow->layer = (guint) layer;
  flow->by_step = g_new0 (const double *, n_entries + 1);
  flow->before_end = g_new0 (const double *, n_entries + 1);
  for (guint i = 0; i < n_entries; i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, i);

      if (epoch->gradient_by_step == NULL || epoch->gradient_before_end == NULL || flow->layer >= epoch->n_layers
          || epoch->gradient_by_step[layer] == NULL || epoch->gradient_before_end[layer] == NULL || epoch->n_steps == 0)
        continue;
      if (flow->n_epochs == 0)
        {
          flow->first_epoch = epoch->epoch;
          flow->n_steps = epoch->n_steps;
        }
      flow->by_step[flow->n_epochs] = epoch->gradient_by_step[layer];
      flow->before_end[flow->n_epochs++] = epoch->gradient_before_end[layer];
    }
  flow->from_start = is_even (flow);
  return flow->n_epochs > 0;
}

/* Where a lag before the end stands on the horizontal axis. */
static double
lag_to_x (const Flow *flow,
          double step,
          double lag)
{
  return flow->from_start ? (flow->n_steps - lag) * step : -lag * step;
}

/* "In epoch 24 the gradient of the first step is 2.1×10⁻⁵ of the last one's: it vanishes. Memory horizon 13 h." */
static char *
describe_flow (const Flow *flow,
               double step,
               const char *time_unit)
{
  const double *before_end = flow->before_end[flow->n_epochs - 1];
  guint epoch = flow->first_epoch + flow->n_epochs - 1;
  double last = before_end[0], first = before_end[flow->n_steps - 1], ratio = first / last;
  double horizon = anm_gradient_horizon (before_end, flow->n_steps);
  GString *text = g_string_new (NULL);

  if (!(last > 0))
    {
      g_string_append_printf (text, _("In epoch %u no gradient reaches the last step."), epoch);
      return g_string_free (text, FALSE);
    }

  g_autofree char *share = ratio > 0 ? anm_number_format (ratio, 2) : g_strdup (_("less than 10⁻³⁸"));
  g_string_append_printf (text, _("In epoch %u the gradient at the first step is %s times that at the last"), epoch, share);
  if (ratio < VANISHING)
    g_string_append (text, _(": it vanishes, and the network learns nothing from the beginning of a record."));
  else if (ratio > EXPLODING)
    g_string_append (text, _(": it explodes backwards."));
  else
    g_string_append (text, ".");

  g_string_append_c (text, ' ');
  if (isnan (horizon))
    g_string_append (text, _("There is no memory horizon: the gradient rises backwards."));
  else
    {
      g_autofree char *words = anm_number_format_duration (horizon * step, time_unit);
      g_string_append_printf (text, _("Memory horizon %s."), words);
    }
  return g_string_free (text, FALSE);
}

/* Words for an axis that begins at the start or ends at the end. */
static const char *
axis_words (gboolean from_start,
            const char *time_unit)
{
  if (g_strcmp0 (time_unit, "h") == 0)
    return from_start ? _("hours from the start") : _("hours before the end");
  if (g_strcmp0 (time_unit, "min") == 0)
    return from_start ? _("minutes from the start") : _("minutes before the end");
  if (g_strcmp0 (time_unit, "s") == 0)
    return from_start ? _("seconds from the start") : _("seconds before the end");
  if (g_strcmp0 (time_unit, "d") == 0)
    return from_start ? _("days from the start") : _("days before the end");
  return from_start ? _("steps from the start") : _("steps before the end");
}

static AnmFigure *
make_empty (const char *reason)
{
  AnmHeatMap map = { .title = _("Gradient flow through time"), .selected_row = -1, .finding = reason, .empty_text = reason };

  return anm_heat_map_new (&map);
}

AnmFigure *
anm_gradient_flow_exhibit_new (AnmRun *run,
                               int layer,
                               const char *time_unit)
{
  Flow flow;

  if (!flow_init (&flow, run, layer))
    {
      flow_clear (&flow);
      if (run != NULL && layer < 0 && anm_network_find_recurrent (anm_run_get_network (run)) < 0)
        return make_empty (_("This network has no recurrent layer: nothing flows back through time."));
      return make_empty (_("Nothing trained yet. The gradient of each epoch appears here."));
    }

  double step = anm_fitted_recipe_get_step (anm_run_get_recipe (run));
  g_autofree float *cells = g_new (float, (gsize) flow.n_epochs * flow.n_steps);
  g_autofree double *horizons = g_new (double, flow.n_epochs);
  double least = INFINITY, greatest = 0;

  for (guint i = 0; i < flow.n_epochs; i++)
    {
      double horizon = anm_gradient_horizon (flow.before_end[i], flow.n_steps);

      horizons[i] = isnan (horizon) ? NAN : lag_to_x (&flow, step, horizon);
      for (guint k = 0; k < flow.n_steps; k++)
        {
          double norm = flow.before_end[i][flow.n_steps - 1 - k];

          cells[(gsize) i * flow.n_steps + k] = (float) norm;
          if (!(norm > 0) || !isfinite (norm))
            continue;
          least = MIN (least, norm);
          greatest = MAX (greatest, norm);
        }
    }

  double top = greatest > 0 ? pow (10, ceil (log10 (greatest) - 1e-9)) : 1;
  double bottom = isfinite (least) ? pow (10, floor (log10 (least) + 1e-9)) : top / 10;
  g_autofree char *title_of_layer = anm_layer_get_title (anm_run_get_network (run), flow.layer);
  /* Translators: %s is a layer. */
  g_autofree char *caption = g_strdup_printf (_("Norm of ∂L/∂h of %s, root mean square over the training patients"), title_of_layer);
  g_autofree char *finding = describe_flow (&flow, step, time_unit);
  AnmFigure *figure = anm_heat_map_new (&(AnmHeatMap){
    .title = _("Gradient flow through time"),
    .caption = caption,
    .finding = finding,
    .x_label = axis_words (flow.from_start, time_unit),
    .y_label = _("epoch"),
    .x_time_unit = flow.from_start ? time_unit : NULL,
    .scale = ANM_HEAT_LOG,
    .range = top,
    .floor = CLAMP (bottom, top * pow (10, -MOST_DECADES), top / 10),
    .n_rows = flow.n_epochs,
    .n_columns = flow.n_steps,
    .cells = cells,
    .x_first = lag_to_x (&flow, step, flow.n_steps - 1),
    .x_step = step,
    .y_first = flow.first_epoch,
    .y_step = 1,
    .trace = horizons,
    .trace_label = _("memory horizon"),
    .selected_row = -1,
  });
  flow_clear (&flow);
  return figure;
}
