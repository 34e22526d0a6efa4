/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/figures/label-layout.h"
#include "widgets/figures/line-path.h"
#include "widgets/figures/line-plot-private.h"
#include "widgets/figures/text.h"

#define LABEL_DISTANCE 13

static double
line_width (const AnmTheme *theme,
            const AnmPlottedLine *line)
{
  double width = line->style == ANM_LINE_THICK ? 2.2 : line->style == ANM_LINE_THIN ? 1.2 : 1.5;
  return width + (theme->high_contrast ? 0.5 : 0);
}

static void
set_dash (cairo_t *cr,
          const AnmTheme *theme,
          const AnmPlottedLine *line)
{
  const guint hue = line->colour > ANM_COLOUR_RUN_FIRST ? (guint) (line->colour - ANM_COLOUR_RUN_FIRST) : 0;
  static const double dashed[] = { 4, 3 };
  static const double patterns[3][4] = { { 7, 3, 7, 3 }, { 2.4, 2.6, 2.4, 2.6 }, { 8, 3, 2, 3 } };

  if (line->dash > 0)
    cairo_set_dash (cr, patterns[(line->dash - 1) % G_N_ELEMENTS (patterns)], 4, 0);
  else if (line->style == ANM_LINE_DASHED)
    cairo_set_dash (cr, dashed, 2, 0);
  else if (theme->dashes && hue > 0)
    cairo_set_dash (cr, patterns[(hue - 1) % G_N_ELEMENTS (patterns)], 4, 0);
  else
    cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_axes (const AnmLinePlotFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area,
           const AnmLinePlotLayout *layout)
{
  const AnmArea *plot = &layout->plot;
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double right = plot->x + plot->width, bottom = plot->y + plot->height;

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < layout->n_y_ticks; i++)
    {
      double y = anm_axis_project (&layout->y, layout->y_ticks[i].value);

      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, layout->y_ticks[i].label, plot->x - 6, y, 1, 0.5, 0);
      if (!layout->grid || y > bottom - 1)
        continue;
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_move_to (cr, plot->x, anm_sharp (y));
      cairo_line_to (cr, right, anm_sharp (y));
      cairo_stroke (cr);
    }

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_move_to (cr, plot->x, anm_sharp (bottom));
  cairo_line_to (cr, right, anm_sharp (bottom));
  for (guint i = 0; i < layout->n_x_ticks; i++)
    {
      double x = anm_axis_project (&layout->x, layout->x_ticks[i].value);
      cairo_move_to (cr, anm_sharp (x - 0.25), bottom);
      cairo_line_to (cr, anm_sharp (x - 0.25), bottom + 4);
    }
  cairo_stroke (cr);

  for (guint i = 0; i < layout->n_x_ticks; i++)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, layout->x_ticks[i].label,
                   anm_axis_project (&layout->x, layout->x_ticks[i].value), bottom + 13 * theme->text_scale, 0.5, 0.5, 0);
  if (layout->x_title)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->x_label, plot->x + plot->width / 2,
                   bottom + 27.5 * theme->text_scale, 0.5, 0.5, anm_room_around (area, plot->x + plot->width / 2));
  if (*self->y_label != '\0' && area->height >= 100 * theme->text_scale)
    {
      g_autofree char *text = g_strconcat ("↑ ", self->y_label, NULL);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, text, area->x, area->y + 7 * theme->text_scale, 0, 0.5, area->width);
    }
}

static void
draw_band (const AnmPlottedLine *line,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmLinePlotLayout *layout)
{
  if (line->low == NULL)
    return;
  anm_set_colour (cr, anm_colour_fade (anm_theme_get_colour (theme, line->colour), line->band_faint ? ANM_BAND_FAINT : ANM_BAND_SHARE));
  anm_band_fill (cr, &layout->x, &layout->y, line->x, line->low, line->high, line->n_points, line->x_rises,
                 line->low_extremes, line->high_extremes);
}

/* A cross where a line leaves the numbers: it diverged. */
static void
draw_infinities (const AnmPlottedLine *line,
                 cairo_t *cr,
                 const AnmLinePlotLayout *layout)
{
  double last_x = -INFINITY;

  for (gsize i = 0; i < line->n_points; i++)
    {
      if (!isinf (line->y[i]) || !isfinite (line->x[i]) || line->x[i] < layout->x.low || line->x[i] > layout->x.high)
        continue;

      double x = anm_axis_project (&layout->x, line->x[i]);
      double y = line->y[i] > 0 ? layout->plot.y + 4 : layout->plot.y + layout->plot.height - 4;
      if (x < last_x + 9)
        continue;
      last_x = x;
      cairo_move_to (cr, x - 3, y - 3);
      cairo_line_to (cr, x + 3, y + 3);
      cairo_move_to (cr, x + 3, y - 3);
      cairo_line_to (cr, x - 3, y + 3);
    }
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
}

static void
draw_line (const AnmPlottedLine *line,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmLinePlotLayout *layout,
           AnmOccupancy *occupancy)
{
  AnmColour colour = anm_theme_get_colour (theme, line->colour);
  AnmLinePath path;

  if (line->style == ANM_LINE_THIN && line->colour >= ANM_COLOUR_RUN_FIRST)
    colour = anm_colour_fade (colour, 0.8);

  anm_line_path_init (&path, &layout->x, &layout->y, line->x, line->y, line->n_points, line->x_rises, line->y_extremes);
  anm_set_colour (cr, colour);
  cairo_set_line_width (cr, line_width (theme, line));
  set_dash (cr, theme, line);
  anm_line_path_stroke (&path, cr, MAX (line_width (theme, line), 2));
  draw_infinities (line, cr, layout);

  for (gsize i = 1; i < path.n_points; i++)
    anm_occupancy_mark_line (occupancy, path.x[i - 1], path.y[i - 1], path.x[i], path.y[i]);
  anm_line_path_clear (&path);
}

static void
draw_rules (const AnmLinePlotFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmLinePlotLayout *layout,
            AnmOccupancy *occupancy)
{
  static const double dashes[] = { 4, 3 };

  for (guint i = 0; i < self->n_rules; i++)
    {
      double y = anm_axis_project_clamped (&layout->y, self->rules[i].y);

      if (!(y >= layout->plot.y - 1) || !(y <= layout->plot.y + layout->plot.height + 1))
        continue;
      anm_set_colour (cr, anm_theme_get_colour (theme, self->rules[i].colour));
      cairo_set_line_width (cr, theme->high_contrast ? 1.6 : 1.1);
      cairo_set_dash (cr, dashes, 2, 0);
      cairo_move_to (cr, layout->plot.x, anm_sharp (y));
      cairo_line_to (cr, layout->plot.x + layout->plot.width, anm_sharp (y));
      cairo_stroke (cr);
      anm_occupancy_mark_line (occupancy, layout->plot.x, y, layout->plot.x + layout->plot.width, y);
    }
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_end_dots (const AnmLinePlotFigure *self,
               cairo_t *cr,
               const AnmTheme *theme,
               const AnmLinePlotLayout *layout)
{
  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      if (!line->end_dot || line->last < 0)
        continue;

      double x = anm_axis_project (&layout->x, line->x[line->last]);
      double y = anm_axis_project_clamped (&layout->y, line->y[line->last]);
      if (x < layout->plot.x - 1 || x > layout->plot.x + layout->plot.width + 1)
        continue;
      anm_draw_dot (cr, anm_theme_get_colour (theme, line->colour), anm_theme_get_ground (theme),
                    x, CLAMP (y, layout->plot.y, layout->plot.y + layout->plot.height),
                    line->style == ANM_LINE_THICK ? 3.3 : 2.3);
    }
}

/* End labels */

typedef struct
{
  const char   *text, *value;
  AnmColour     colour;
  AnmTextStyle  style;
  double        from_x, from_y; /* where its line ends */
} EndLabel;

/* Thick lines first: when there isn't room for all, they stay. */
static guint
collect_end_labels (const AnmLinePlotFigure *self,
                    const AnmTheme *theme,
                    const AnmLinePlotLayout *layout,
                    guint at_most,
                    EndLabel *labels)
{
  guint n_labels = 0;
  double right = layout->plot.x + layout->plot.width, bottom = layout->plot.y + layout->plot.height;

  for (int thick = 1; thick >= 0; thick--)
    {
      for (guint i = 0; i < self->n_lines && n_labels < at_most; i++)
        {
          const AnmPlottedLine *line = &self->lines[i];
          gssize last = anm_plotted_line_last (line, &layout->x);
          if (line->label == NULL || line->label_inside || last < 0 || (line->style == ANM_LINE_THICK) != thick)
            continue;

          double y = anm_axis_project_clamped (&layout->y, line->y[last]);
          labels[n_labels++] = (EndLabel){
            .text = line->label,
            .value = line->value,
            .colour = anm_theme_get_text_colour (theme, line->colour),
            .style = thick ? ANM_TEXT_LABEL_BOLD : ANM_TEXT_LABEL,
            .from_x = MIN (anm_axis_project (&layout->x, line->x[last]), right),
            .from_y = CLAMP (y, layout->plot.y, bottom),
          };
        }
      for (guint i = 0; thick && i < self->n_rules && n_labels < at_most; i++)
        {
          double y = anm_axis_project_clamped (&layout->y, self->rules[i].y);
          if (self->rules[i].label == NULL || !(y >= layout->plot.y - 1) || !(y <= bottom + 1))
            continue;
          labels[n_labels++] = (EndLabel){
            .text = self->rules[i].label,
            .colour = anm_theme_get_text_colour (theme, self->rules[i].colour),
            .style = ANM_TEXT_LABEL,
            .from_x = right,
            .from_y = y,
          };
        }
    }
  return n_labels;
}

static void
draw_end_labels (const AnmLinePlotFigure *self,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmLinePlotLayout *layout)
{
  double gap = LABEL_DISTANCE * theme->text_scale;
  double top = layout->plot.y, bottom = layout->plot.y + layout->plot.height;
  guint at_most = (guint) (layout->plot.height / gap) + 1;
  g_autofree EndLabel *labels = g_new0 (EndLabel, self->n_lines + self->n_rules + 1);
  g_autofree double *positions = g_new (double, self->n_lines + self->n_rules + 1);
  guint n_labels = collect_end_labels (self, theme, layout, MIN (at_most, self->n_lines + self->n_rules), labels);
  double x = layout->plot.x + layout->plot.width + LABEL_GAP;

  for (guint i = 0; i < n_labels; i++)
    positions[i] = labels[i].from_y;
  anm_labels_spread (positions, n_labels, gap, top, bottom);

  for (guint i = 0; i < n_labels; i++)
    {
      /* A label far from its line is led to it. */
      if (fabs (positions[i] - labels[i].from_y) > 8 * theme->text_scale)
        {
          anm_set_colour (cr, anm_colour_fade (labels[i].colour, 0.45));
          cairo_set_line_width (cr, 0.8);
          cairo_move_to (cr, MAX (labels[i].from_x, layout->plot.x + layout->plot.width), labels[i].from_y);
          cairo_line_to (cr, x - 1.5, positions[i]);
          cairo_stroke (cr);
        }
      anm_text_draw (cr, theme, labels[i].style, labels[i].colour, labels[i].text, x, positions[i], 0, 0.5,
                     (labels[i].value != NULL ? layout->valued_label_width : layout->label_width) + 0.5);
      if (labels[i].value != NULL)
        anm_text_draw (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), labels[i].value,
                       x + layout->valued_label_width + VALUE_GAP + layout->value_width, positions[i], 1, 0.5, 0);
    }
}

/* Words inside the plot */

/* Slides @text along its line and takes the place that covers least, sooner in the first half. */
static void
draw_inside_label (const AnmPlottedLine *line,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmLinePlotLayout *layout,
                   AnmOccupancy *occupancy)
{
  AnmArea best = { 0 };
  double best_score = INFINITY;
  double width, height;

  anm_text_measure (theme, ANM_TEXT_AXIS, line->label, layout->plot.width * 0.6, &width, &height);
  for (guint step = 0; step <= 20; step++)
    {
      double at = layout->plot.x + layout->plot.width * (0.05 + 0.9 * step / 20);
      gssize index = anm_plotted_line_find (line, anm_axis_invert (&layout->x, at));
      if (index < 0)
        continue;

      double y = anm_axis_project_clamped (&layout->y, line->y[index]);
      for (int above = 1; above >= 0; above--)
        for (int align = 0; align <= 2; align++)
          {
            AnmArea box = { at - align * width / 2, above ? y - height - 2 : y + 3, width, height };
            guint taken = anm_occupancy_count (occupancy, &box);
            double score = 30.0 * taken + fabs (step - 6.0) + (above ? 0 : 4) + (align == 0 ? 0 : 1);

            if (taken != G_MAXUINT && score < best_score)
              {
                best_score = score;
                best = box;
              }
          }
    }
  if (isinf (best_score))
    return;

  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, anm_theme_get_text_colour (theme, line->colour), anm_theme_get_ground (theme),
                    line->label, best.x, best.y, 0, 0, width + 0.5);
  anm_occupancy_mark_box (occupancy, &best);
}

/* A dashed line over the whole height with its words at the top. */
static void
draw_vertical_mark (const AnmPlottedAnnotation *mark,
                    cairo_t *cr,
                    const AnmTheme *theme,
                    const AnmLinePlotLayout *layout)
{
  double x = anm_axis_project (&layout->x, mark->x);
  double right = layout->plot.x + layout->plot.width;
  double width;

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_MUTED));
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, (double[]){ 3, 3 }, 2, 0);
  cairo_move_to (cr, anm_sharp (x), layout->plot.y);
  cairo_line_to (cr, anm_sharp (x), layout->plot.y + layout->plot.height);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);

  anm_text_measure (theme, ANM_TEXT_AXIS, mark->text, 0, &width, NULL);
  gboolean leftwards = x + 6 + width > right && x - 6 - width > layout->plot.x;
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, anm_theme_get_colour (theme, ANM_COLOUR_MUTED), anm_theme_get_ground (theme), mark->text,
                    leftwards ? x - 6 : x + 6, layout->plot.y + 8 * theme->text_scale, leftwards ? 1 : 0, 0.5, 0);
}

static void
draw_annotation (const AnmPlottedAnnotation *annotation,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmLinePlotLayout *layout,
                 AnmOccupancy *occupancy)
{
  static const double distances[] = { 12, 20, 30, 42, 56, 72, 90 };
  double x = anm_axis_project (&layout->x, annotation->x);
  double y = CLAMP (anm_axis_project_clamped (&layout->y, annotation->y), layout->plot.y, layout->plot.y + layout->plot.height);
  double width, height, best_score = INFINITY;
  AnmArea best = { 0 };
  gboolean best_above = TRUE;
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);

  anm_text_measure (theme, ANM_TEXT_AXIS, annotation->text, 0, &width, &height);
  for (int above = 1; above >= 0; above--)
    for (guint k = 0; k < G_N_ELEMENTS (distances); k++)
      for (int align = 0; align <= 4; align++)
        {
          AnmArea box = { x - align * width / 4, above ? y - distances[k] - height : y + distances[k], width, height };
          guint taken = anm_occupancy_count (occupancy, &box);
          double score = 12.0 * taken + distances[k] + 6 * abs (align - 2) + (above ? 0 : 25);

          if (taken != G_MAXUINT && score < best_score)
            {
              best_score = score;
              best = box;
              best_above = above;
            }
        }
  if (isinf (best_score))
    return;

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (x), best_above ? best.y + best.height + 1 : best.y - 1);
  cairo_line_to (cr, anm_sharp (x), best_above ? y - 3 : y + 3);
  cairo_stroke (cr);
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, muted, anm_theme_get_ground (theme), annotation->text, best.x, best.y, 0, 0, 0);
  anm_occupancy_mark_box (occupancy, &best);
}

static void
draw_words_inside (const AnmLinePlotFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmLinePlotLayout *layout,
                   AnmOccupancy *occupancy)
{
  for (guint i = 0; i < self->n_annotations; i++)
    {
      const AnmPlottedAnnotation *annotation = &self->annotations[i];
      if (!(annotation->x >= layout->x.low) || !(annotation->x <= layout->x.high))
        continue;
      if (isnan (annotation->y))
        draw_vertical_mark (annotation, cr, theme, layout);
      else
        draw_annotation (annotation, cr, theme, layout, occupancy);
    }
  for (guint i = 0; i < self->n_lines; i++)
    if (self->lines[i].label_inside && self->lines[i].label != NULL && self->lines[i].last >= 0)
      draw_inside_label (&self->lines[i], cr, theme, layout, occupancy);
}

void
anm_line_plot_draw (const AnmFigure *figure,
                    cairo_t *cr,
                    const AnmTheme *theme,
                    const AnmArea *area)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  AnmLinePlotLayout layout;
  AnmOccupancy occupancy;

  anm_line_plot_lay_out (self, theme, area, &layout);
  anm_occupancy_init (&occupancy, &layout.plot);
  draw_axes (self, cr, theme, area, &layout);

  cairo_save (cr);
  cairo_rectangle (cr, layout.plot.x - 2, layout.plot.y - 2, layout.plot.width + 4, layout.plot.height + 4);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < self->n_lines; i++)
    draw_band (&self->lines[i], cr, theme, &layout);
  draw_rules (self, cr, theme, &layout, &occupancy);
  /* Thin beneath thick: what matters most is on top, and so is the line that was given first. */
  for (int thick = 0; thick <= 1; thick++)
    for (guint i = self->n_lines; i > 0; i--)
      if ((self->lines[i - 1].style == ANM_LINE_THICK) == thick)
        draw_line (&self->lines[i - 1], cr, theme, &layout, &occupancy);
  cairo_restore (cr);

  draw_end_dots (self, cr, theme, &layout);
  /* The smallest figures keep axes and lines alone. */
  if (layout.plot.width >= 150 * theme->text_scale && layout.plot.height >= 60 * theme->text_scale)
    draw_words_inside (self, cr, theme, &layout, &occupancy);
  if (layout.end_labels)
    draw_end_labels (self, cr, theme, &layout);
  anm_occupancy_clear (&occupancy);
}

/* "epoch 36", and the value if there is one main line. */
static void
draw_cursor_words (const AnmLinePlotFigure *self,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmLinePlotLayout *layout,
                   double x,
                   const AnmPlottedLine *main_line,
                   gssize at)
{
  g_autofree char *where = anm_line_plot_format_cursor (self, x);
  g_autofree char *value = main_line != NULL ? anm_line_plot_format_value (self, main_line->y[at]) : NULL;
  g_autofree char *lead = value != NULL ? g_strconcat (where, ": ", NULL) : g_steal_pointer (&where);
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), ground = anm_theme_get_ground (theme);
  double pixel = anm_axis_project (&layout->x, x);
  double y = layout->plot.y + 8 * theme->text_scale;
  double lead_width, value_width = 0;

  anm_text_measure (theme, ANM_TEXT_AXIS, lead, 0, &lead_width, NULL);
  if (value != NULL)
    anm_text_measure (theme, ANM_TEXT_LABEL_BOLD, value, 0, &value_width, NULL);

  double width = lead_width + value_width;
  gboolean leftwards = pixel - 6 - width >= layout->plot.x && pixel > layout->plot.x + 0.5 * layout->plot.width;
  double begin = leftwards ? pixel - 6 - width : pixel + 6;

  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, ink, ground, lead, begin, y, 0, 0.5, 0);
  if (value != NULL)
    anm_text_draw_on (cr, theme, ANM_TEXT_LABEL_BOLD, ink, ground, value, begin + lead_width, y, 0, 0.5, 0);
}

void
anm_line_plot_draw_cursor (const AnmFigure *figure,
                           cairo_t *cr,
                           const AnmTheme *theme,
                           const AnmArea *area,
                           double x)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  const AnmPlottedLine *main_line = NULL;
  gssize main_at = -1;
  guint n_thick = 0;
  AnmLinePlotLayout layout;

  anm_line_plot_lay_out (self, theme, area, &layout);

  double pixel = anm_axis_project (&layout.x, x);
  anm_draw_cursor_line (cr, theme, pixel, layout.plot.y, layout.plot.y + layout.plot.height);

  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      gssize at = anm_plotted_line_find (line, x);
      if (at < 0)
        continue;

      double dot_x = anm_axis_project (&layout.x, line->x[at]);
      double dot_y = anm_axis_project_clamped (&layout.y, line->y[at]);
      gboolean inside = dot_y >= layout.plot.y - 1 && dot_y <= layout.plot.y + layout.plot.height + 1;
      /* Between far points the cursor meets no value. */
      if (fabs (dot_x - pixel) < 4 && inside)
        anm_draw_dot (cr, anm_theme_get_colour (theme, line->colour), anm_theme_get_ground (theme), dot_x, dot_y,
                      line->style == ANM_LINE_THICK ? 3.2 : 2.2);
      if (line->style == ANM_LINE_THICK)
        {
          n_thick++;
          main_line = line;
          main_at = at;
        }
    }
  if (layout.plot.width >= 110 * theme->text_scale)
    draw_cursor_words (self, cr, theme, &layout, x, n_thick == 1 ? main_line : NULL, main_at);
}
