/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/gradient-flow.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/gradient-rows.h"
#include "app/exhibits/gradient-rules.h"
#include "app/exhibits/training-curves.h"
#include "app/study/inspection.h"
#include "widgets/figures/epoch-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/number.h"

/* The colours span at most this much below the largest norm: what is less is all of one colour. */
#define MOST_DECADES 10
/* The first step's gradient over the last one's: more is called exploding backwards. */
#define EXPLODING 1e4
#define MOST_NOTES 4
/* Beyond so many epochs a row stands for several. */
#define MOST_ROWS 1000
#define MOST_LINES 5

/* Words */

static char *
describe_vanishing (const AnmGradientRows *flow,
                    guint n_steps,
                    gboolean from_start,
                    const char *time_unit)
{
  if (!from_start)
    {
      g_autofree char *lag = anm_number_format_duration ((flow->n_steps - n_steps) * flow->step, time_unit);
      /* Translators: a span of time, "43 h". */
      return g_strdup_printf (_("vanishes: nothing is learnt %s before the end or earlier"), lag);
    }

  g_autofree char *when = anm_number_format_time (n_steps * flow->step, time_unit);
  return n_steps == 1 ? g_strdup_printf (C_("gradient", "vanishes: %s learns nothing"), when)
                      : g_strdup_printf (C_("gradient", "vanishes: nothing is learnt up to %s"), when);
}

/* "In epoch 24 the gradient at the first step is 2.1×10⁻⁵ times that at the last: it vanishes. Memory horizon 13 h." */
static char *
describe_flow (const AnmGradientRows *flow,
               double chosen,
               const char *time_unit)
{
  guint i = anm_gradient_rows_find (flow, chosen), bursts[MOST_NOTES], n_bursts;
  double last = flow->last[i], first = flow->first[i], ratio = first / last;
  GString *text = g_string_new (NULL);

  if (!(last > 0))
    {
      g_string_append_printf (text, _("In epoch %u no gradient reaches the last step."), flow->epochs[i]);
      return g_string_free (text, FALSE);
    }

  g_autofree char *share = ratio > 0 ? anm_number_format (ratio, 2) : g_strdup (_("less than 10⁻³⁸"));
  g_string_append_printf (text, _("In epoch %u the gradient at the first step is %s times that at the last"), flow->epochs[i], share);
  if (ratio < ANM_GRADIENT_VANISHING)
    g_string_append (text, _(": it vanishes, and the network learns nothing from the beginning of a record."));
  else if (ratio > EXPLODING)
    g_string_append (text, _(": it explodes backwards."));
  else
    g_string_append (text, ".");

  g_string_append_c (text, ' ');
  if (isnan (flow->horizons[i]))
    g_string_append (text, _("There is no memory horizon: the gradient rises backwards."));
  else
    {
      g_autofree char *words = anm_number_format_duration (flow->horizons[i], time_unit);
      g_string_append_printf (text, _("Memory horizon %s."), words);
    }
  n_bursts = anm_gradient_find_bursts (flow->strengths, flow->n_epochs, bursts, MOST_NOTES);
  if (n_bursts > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text, _("The gradient explodes at epoch %u."), flow->epochs[bursts[0]]);
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

/* The map */

/* One run's panel, with all that it points to. */
typedef struct
{
  AnmRun      *run;
  const AnmGradientRows *flow;
  char        *label;
  char        *line_label;
  gboolean     from_start;
  guint        per_row;
  guint        n_rows, n_columns;
  float       *cells;
  double      *trace;
  double      *line_epochs;
  AnmEpochNote notes[MOST_NOTES + 1];
  guint        n_notes;
} Panel;

static void
panel_clear (Panel *panel)
{
  g_free (panel->label);
  g_free (panel->line_label);
  g_free (panel->cells);
  g_free (panel->trace);
  g_free (panel->line_epochs);
  for (guint i = 0; i < panel->n_notes; i++)
    g_free ((char *) panel->notes[i].text);
}

/* The greatest of the epochs that share a row. */
static void
fill_cells (Panel *panel)
{
  const AnmGradientRows *flow = panel->flow;
  const float *rows = panel->from_start ? flow->from_start : flow->to_end;
  guint first = flow->epochs[0];

  panel->per_row = 1 + (flow->epochs[flow->n_epochs - 1] - first) / MOST_ROWS;
  panel->n_columns = flow->n_columns;
  panel->n_rows = (flow->epochs[flow->n_epochs - 1] - first) / panel->per_row + 1;
  panel->cells = g_new (float, (gsize) panel->n_rows * panel->n_columns);
  panel->trace = g_new (double, panel->n_rows);
  for (gsize i = 0; i < (gsize) panel->n_rows * panel->n_columns; i++)
    panel->cells[i] = NAN;
  for (guint i = 0; i < panel->n_rows; i++)
    panel->trace[i] = NAN;

  for (guint i = 0; i < flow->n_epochs; i++)
    {
      guint row = (flow->epochs[i] - first) / panel->per_row;
      float *cells = panel->cells + (gsize) row * panel->n_columns;
      const float *norms = rows + (gsize) i * flow->n_columns;

      for (guint column = 0; column < panel->n_columns; column++)
        if (isnan (cells[column]) || norms[column] > cells[column])
          cells[column] = norms[column];
      /* Where lengths differ a lag before the end is at no one time from the start. */
      if (!panel->from_start)
        panel->trace[row] = -flow->horizons[i];
      else if (flow->even)
        panel->trace[row] = flow->n_steps * flow->step - flow->horizons[i];
    }
}

static double
column_to_x (const Panel *panel,
             double column)
{
  double middle = (column + 0.5) * panel->flow->per_column - 0.5;

  return panel->from_start ? (middle + 1) * panel->flow->step : (middle - (panel->flow->n_steps - 1)) * panel->flow->step;
}

static void
add_notes (Panel *panel,
           const char *time_unit)
{
  const AnmGradientRows *flow = panel->flow;
  guint first, n_steps, bursts[MOST_NOTES];
  guint n_vanishing = anm_gradient_find_vanishing (flow->vanished, flow->n_epochs, &first, &n_steps);
  guint n_bursts = anm_gradient_find_bursts (flow->strengths, flow->n_epochs, bursts, MOST_NOTES);

  if (n_vanishing > 0)
    panel->notes[panel->n_notes++] = (AnmEpochNote){ column_to_x (panel, 0), flow->epochs[first + n_vanishing / 2],
                                                     describe_vanishing (flow, n_steps, panel->from_start, time_unit) };
  for (guint i = 0; i < n_bursts; i++)
    panel->notes[panel->n_notes++] = (AnmEpochNote){ column_to_x (panel, panel->n_columns * 0.2), flow->epochs[bursts[i]],
                                                     g_strdup_printf (C_("gradient", "explodes at epoch %u"), flow->epochs[bursts[i]]) };
}

static void
find_range (const GPtrArray *panels,
            double *top,
            double *bottom)
{
  double least = INFINITY, greatest = 0;

  for (guint i = 0; i < panels->len; i++)
    {
      const Panel *panel = g_ptr_array_index (panels, i);

      for (gsize k = 0; k < (gsize) panel->n_rows * panel->n_columns; k++)
        if (panel->cells[k] > 0 && isfinite (panel->cells[k]))
          {
            least = MIN (least, (double) panel->cells[k]);
            greatest = MAX (greatest, (double) panel->cells[k]);
          }
    }
  *top = greatest > 0 ? pow (10, ceil (log10 (greatest) - 1e-9)) : 1;
  *bottom = isfinite (least) ? pow (10, floor (log10 (least) + 1e-9)) : *top / 10;
  *bottom = CLAMP (*bottom, *top * pow (10, -MOST_DECADES), *top / 10);
}

static void
panel_free (gpointer data)
{
  panel_clear (data);
  g_free (data);
}

static double *
copy_epochs (const AnmGradientRows *flow)
{
  double *epochs = g_new (double, flow->n_epochs + 1);

  for (guint i = 0; i < flow->n_epochs; i++)
    epochs[i] = flow->epochs[i];
  return epochs;
}

static GPtrArray *
make_panels (const AnmFlowLook *look)
{
  GPtrArray *panels = g_ptr_array_new_with_free_func (panel_free);

  for (guint i = 0; i < look->n_runs; i++)
    {
      Panel *panel = g_new0 (Panel, 1);
      const char *label = look->runs[i].label != NULL ? look->runs[i].label : anm_run_get_name (look->runs[i].run);

      panel->run = look->runs[i].run;
      panel->flow = anm_gradient_rows_get (panel->run, look->layer);
      if (panel->flow == NULL)
        {
          panel_free (panel);
          continue;
        }
      panel->label = g_strdup (label);
      panel->line_label = look->n_runs > 1 ? g_strdup (label) : anm_layer_get_title (anm_run_get_network (look->runs[i].run), panel->flow->layer);
      panel->from_start = look->axis == ANM_FLOW_FROM_START || (look->axis == ANM_FLOW_AS_SUITS && panel->flow->even);
      /* All maps have one axis. */
      if (panels->len > 0 && look->axis == ANM_FLOW_AS_SUITS)
        panel->from_start = ((const Panel *) g_ptr_array_index (panels, 0))->from_start;
      panel->line_epochs = copy_epochs (panel->flow);
      fill_cells (panel);
      add_notes (panel, look->time_unit);
      g_ptr_array_add (panels, panel);
    }
  return panels;
}

/* The horizons of the other recurrent layers of the only run. */
static GPtrArray *
make_others (const AnmFlowLook *look,
             const GPtrArray *panels)
{
  GPtrArray *others = g_ptr_array_new_with_free_func (panel_free);

  if (panels->len != 1)
    return others;

  const Panel *own = g_ptr_array_index (panels, 0);
  const AnmNetwork *network = anm_run_get_network (own->run);
  for (guint layer = 0; layer < anm_network_get_n_layers (network) && others->len < MOST_LINES; layer++)
    {
      Panel *panel;

      if (layer == own->flow->layer || !anm_layer_class_is_recurrent (anm_layer_get_class (anm_network_get_layer (network, layer))))
        continue;
      panel = g_new0 (Panel, 1);
      panel->run = own->run;
      panel->flow = anm_gradient_rows_get (own->run, (int) layer);
      if (panel->flow == NULL)
        {
          panel_free (panel);
          continue;
        }
      panel->line_label = anm_layer_get_title (network, layer);
      panel->line_epochs = copy_epochs (panel->flow);
      g_ptr_array_add (others, panel);
    }
  return others;
}

static AnmEpochLine
make_line (const Panel *panel,
           gboolean thick)
{
  return (AnmEpochLine){ .label = panel->line_label, .colour = thick ? ANM_COLOUR_INK : ANM_COLOUR_FAINT, .thick = thick, .n_points = panel->flow->n_epochs,
                         .epochs = panel->line_epochs, .values = panel->flow->horizons };
}

/* What is missing in words. */
static const char *
find_lack (const AnmFlowLook *look)
{
  for (guint i = 0; i < look->n_runs; i++)
    if (anm_network_find_recurrent (anm_run_get_network (look->runs[i].run)) >= 0)
      return _("Nothing trained yet. The gradient of each epoch appears here.");
  return look->n_runs > 0 ? _("This network has no recurrent layer: nothing flows back through time.")
                          : _("Nothing trained yet. The gradient of each epoch appears here.");
}

static char *
write_caption (const AnmFlowLook *look,
               const GPtrArray *panels)
{
  const Panel *own = g_ptr_array_index (panels, 0);
  g_autofree char *layer = anm_layer_get_title (anm_run_get_network (own->run), own->flow->layer);

  if (panels->len > 1)
    /* Translators: %s is a layer. */
    return g_strdup_printf (_("Norm of ∂L/∂h of %s, root mean square over the training patients; all runs in one colour scale"), layer);
  if (own->flow->per_column > 1)
    /* Translators: a layer; how many steps a cell stands for. */
    return g_strdup_printf (_("Norm of ∂L/∂h of %s, root mean square over the training patients and spans of %u steps"), layer, own->flow->per_column);
  return g_strdup_printf (_("Norm of ∂L/∂h of %s, root mean square over the training patients"), layer);
}

AnmFigure *
anm_gradient_flow_exhibit_new (const AnmFlowLook *look)
{
  g_autoptr (GPtrArray) panels = make_panels (look);
  g_autoptr (GPtrArray) others = make_others (look, panels);

  if (panels->len == 0)
    {
      const char *lack = find_lack (look);
      return anm_epoch_map_new (&(AnmEpochMap){ .title = _("Gradient flow through time"), .finding = lack, .empty_text = lack, .chosen = NAN });
    }

  const Panel *own = g_ptr_array_index (panels, 0);
  g_autofree AnmEpochPanel *maps = g_new0 (AnmEpochPanel, panels->len);
  g_autofree AnmEpochLine *lines = g_new0 (AnmEpochLine, panels->len + others->len);
  g_autofree char *caption = write_caption (look, panels);
  g_autofree char *finding = describe_flow (own->flow, look->chosen, look->time_unit);
  double top, bottom;

  find_range (panels, &top, &bottom);
  for (guint i = 0; i < panels->len; i++)
    {
      const Panel *panel = g_ptr_array_index (panels, i);

      maps[i] = (AnmEpochPanel){
        .label = panel->label,
        .n_rows = panel->n_rows,
        .n_columns = panel->n_columns,
        .cells = panel->cells,
        .x_first = column_to_x (panel, 0),
        .x_step = panel->flow->per_column * panel->flow->step,
        .y_first = panel->flow->epochs[0] + (panel->per_row - 1) / 2.0,
        .y_step = panel->per_row,
        .trace = panel->trace,
        .trace_label = i == 0 ? _("memory horizon") : NULL,
        .n_notes = panel->n_notes,
        .notes = panel->notes,
      };
      lines[i] = make_line (panel, i == 0);
    }
  for (guint i = 0; i < others->len; i++)
    lines[panels->len + i] = make_line (g_ptr_array_index (others, i), FALSE);
  /* The only line needs no name. */
  if (panels->len + others->len == 1)
    lines[0].label = NULL;

  return anm_epoch_map_new (&(AnmEpochMap){
    .title = _("Gradient flow through time"),
    .caption = caption,
    .finding = finding,
    .x_label = axis_words (own->from_start, look->time_unit),
    .x_time_unit = own->from_start ? look->time_unit : NULL,
    .scale = ANM_HEAT_LOG,
    .range = top,
    .floor = bottom,
    .n_panels = panels->len,
    .panels = maps,
    .n_lines = panels->len + others->len,
    .lines = lines,
    .side_label = _("memory horizon"),
    .side_unit = look->time_unit,
    .chosen = look->chosen,
    .value_name = _("gradient norm"),
  });
}

/* The horizon alone */

static char *
describe_horizon (const AnmGradientRows *flow,
                  const char *name,
                  double chosen,
                  const char *time_unit)
{
  guint i = anm_gradient_rows_find (flow, chosen);
  g_autofree char *first = isnan (flow->horizons[0]) ? g_strdup (_("none")) : anm_number_format_duration (flow->horizons[0], time_unit);
  g_autofree char *now = isnan (flow->horizons[i]) ? g_strdup (_("none")) : anm_number_format_duration (flow->horizons[i], time_unit);

  /* Translators: a layer or run; an epoch and its horizon; the first epoch and its horizon: "LSTM: 13 h in epoch 24, 4 h in epoch 1." */
  return g_strdup_printf (_("%s: %s in epoch %u, %s in epoch %u."), name, now, flow->epochs[i], first, flow->epochs[0]);
}

AnmFigure *
anm_memory_horizon_exhibit_new (const AnmFlowLook *look)
{
  g_autoptr (GPtrArray) panels = make_panels (look);
  g_autoptr (GPtrArray) others = make_others (look, panels);

  if (panels->len == 0)
    {
      const char *lack = find_lack (look);
      return anm_line_plot_new (&(AnmLinePlot){ .title = _("Memory horizon"), .finding = lack, .empty_text = lack, .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });
    }

  const Panel *own = g_ptr_array_index (panels, 0);
  g_autofree AnmLine *lines = g_new0 (AnmLine, panels->len + others->len);
  g_autofree char *finding = describe_horizon (own->flow, own->line_label, look->chosen, look->time_unit);
  g_autofree char *y_label = look->time_unit != NULL && *look->time_unit != '\0' ? g_strdup (look->time_unit) : g_strdup (_("steps"));

  for (guint i = 0; i < panels->len + others->len; i++)
    {
      const Panel *panel = i < panels->len ? g_ptr_array_index (panels, i) : g_ptr_array_index (others, i - panels->len);

      lines[i] = (AnmLine){ .label = panel->line_label, .colour = i == 0 ? ANM_COLOUR_INK : ANM_COLOUR_FAINT, .style = i == 0 ? ANM_LINE_THICK : ANM_LINE_THIN,
                            .dash = i > 1 ? i - 1 : 0, .n_points = panel->flow->n_epochs, .x = panel->line_epochs, .y = panel->flow->horizons, .end_dot = TRUE };
    }
  return anm_line_plot_new (&(AnmLinePlot){
    .title = _("Memory horizon"),
    .caption = _("How far back the gradient keeps a part of 1/e, by epoch"),
    .finding = finding,
    .x_label = _("epoch"),
    .y_label = y_label,
    .x_whole = TRUE,
    .x_min = NAN,
    .x_max = NAN,
    .y_min = 0,
    .y_max = NAN,
    .n_lines = panels->len + others->len,
    .lines = lines,
    .empty_text = _("No epoch has a memory horizon: the gradient rises backwards."),
  });
}
