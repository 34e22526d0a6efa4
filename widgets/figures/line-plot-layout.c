/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/line-plot-private.h"
#include "widgets/figures/text.h"


/* End labels are the last thing but the numbers that a small figure drops. */
static double
measure_right_margin (const AnmLinePlotFigure *self,
                      const AnmTheme *theme,
                      const AnmArea *area,
                      AnmLinePlotLayout *layout)
{
  const double plain = 10 * theme->text_scale;
  double labels = 0, valued_labels = 0, values = 0;

  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      AnmTextStyle style = line->style == ANM_LINE_THICK ? ANM_TEXT_LABEL_BOLD : ANM_TEXT_LABEL;

      if (line->label == NULL || line->label_inside || line->last < 0)
        continue;
      double width = anm_text_get_width (theme, style, line->label);
      labels = MAX (labels, width);
      if (line->value == NULL)
        continue;
      valued_labels = MAX (valued_labels, width);
      values = MAX (values, anm_text_get_width (theme, ANM_TEXT_LABEL, line->value));
    }
  for (guint i = 0; i < self->n_rules; i++)
    if (self->rules[i].label != NULL)
      labels = MAX (labels, anm_text_get_width (theme, ANM_TEXT_LABEL, self->rules[i].label));

  layout->end_labels = labels > 0 && area->width >= 230 * theme->text_scale;
  if (!layout->end_labels)
    return plain;

  /* Names are cut, numbers aren't. */
  double allowed = MAX (0.42 * area->width - LABEL_GAP, 30);
  double value_room = values > 0 ? VALUE_GAP + values : 0;
  layout->label_width = MIN (labels, allowed);
  layout->valued_label_width = MIN (valued_labels, MAX (allowed - value_room, 30));
  layout->value_width = values;

  double wanted = LABEL_GAP + MAX (layout->label_width, layout->valued_label_width + value_room);
  /* Figures under one another end at the same place unless a label is long. */
  return MAX (wanted, MIN (98 * theme->text_scale, 0.3 * area->width));
}

static void
find_y_ticks (const AnmLinePlotFigure *self,
              const AnmTheme *theme,
              AnmLinePlotLayout *layout)
{
  double each = (layout->y.kind == ANM_AXIS_LOG ? 30 : 44) * theme->text_scale;
  guint at_most = (guint) CLAMP (floor (layout->plot.height / each) + 1, layout->plot.height >= each ? 3 : 2, 6);

  layout->n_y_ticks = anm_axis_get_ticks (&layout->y, at_most, layout->y_ticks);
  if (!self->has_below)
    return;

  /* The lowest decade is where 0 lies: it gets the one tick that says so. */
  guint n_kept = 0;
  for (guint i = 0; i < layout->n_y_ticks; i++)
    if (layout->y_ticks[i].value > layout->y.low * 3)
      layout->y_ticks[n_kept++] = layout->y_ticks[i];
  if (n_kept < ANM_AXIS_MAX_TICKS)
    {
      layout->y_ticks[n_kept].value = layout->y.low;
      g_strlcpy (layout->y_ticks[n_kept++].label, "<10⁻³⁸", sizeof layout->y_ticks[0].label);
    }
  layout->n_y_ticks = n_kept;
}

/* As many ticks as leave room between their numbers. */
static void
find_x_ticks (const AnmTheme *theme,
              AnmLinePlotLayout *layout)
{
  double width = layout->plot.width / theme->text_scale;
  guint at_most = (guint) CLAMP (MIN (width / 38, 3 + width / 90), 1, 12);

  for (;; at_most--)
    {
      gboolean crowded = FALSE;
      double last_end = -INFINITY;

      layout->n_x_ticks = anm_axis_get_ticks (&layout->x, at_most, layout->x_ticks);
      for (guint i = 0; i < layout->n_x_ticks; i++)
        {
          double at = anm_axis_project (&layout->x, layout->x_ticks[i].value);
          double half = anm_text_get_width (theme, ANM_TEXT_AXIS, layout->x_ticks[i].label) / 2;

          crowded |= at - half < last_end + 8;
          last_end = at + half;
        }
      if (!crowded || at_most == 1)
        return;
    }
}

void
anm_line_plot_lay_out (const AnmLinePlotFigure *self,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmLinePlotLayout *layout)
{
  const double scale = theme->text_scale;
  double top = 7 * scale + (*self->y_label != '\0' && area->height >= 100 * scale ? 16 * scale : 0);

  layout->x_title = *self->x_label != '\0' && area->height >= 100 * scale;
  layout->x = self->x_axis;
  layout->y = self->y_axis;

  double bottom = (layout->x_title ? 35 : 21) * scale;
  double right = measure_right_margin (self, theme, area, layout);

  layout->plot.y = area->y + top;
  layout->plot.height = MAX (area->height - top - bottom, 1);
  layout->y.start = layout->plot.y + layout->plot.height;
  layout->y.end = layout->plot.y;
  find_y_ticks (self, theme, layout);

  double left = area->width >= 230 * scale ? 34 * scale : 0;
  for (guint i = 0; i < layout->n_y_ticks; i++)
    left = MAX (left, anm_text_get_width (theme, ANM_TEXT_AXIS, layout->y_ticks[i].label) + 8);

  layout->plot.x = area->x + left;
  layout->plot.width = MAX (area->width - left - right, 1);
  layout->x.start = layout->plot.x;
  layout->x.end = layout->plot.x + layout->plot.width;
  find_x_ticks (theme, layout);

  layout->grid = layout->plot.height >= 70 * scale && !theme->high_contrast;
}
