/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/line-plot-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/line-path.h"
#include "widgets/figures/number.h"

/* From here on a line is longer than any screen is wide, and its tooltip says how it is drawn. */
#define MANY_POINTS 8192

static void
line_plot_finalize (AnmFigure *figure)
{
  AnmLinePlotFigure *self = (AnmLinePlotFigure *) figure;

  for (guint i = 0; i < self->n_lines; i++)
    {
      AnmPlottedLine *line = &self->lines[i];

      g_free (line->label);
      g_free (line->name);
      g_free (line->value);
      g_free (line->x);
      g_free (line->y);
      g_free (line->low);
      g_free (line->high);
      g_free (line->band_name);
      anm_extremes_free (line->y_extremes);
      anm_extremes_free (line->low_extremes);
      anm_extremes_free (line->high_extremes);
    }
  for (guint i = 0; i < self->n_annotations; i++)
    g_free (self->annotations[i].text);
  for (guint i = 0; i < self->n_rules; i++)
    g_free (self->rules[i].label);
  g_free (self->lines);
  g_free (self->annotations);
  g_free (self->rules);
  g_free (self->x_label);
  g_free (self->y_label);
  g_free (self->x_time_unit);
}

static double *
copy_doubles (const double *values,
              gsize n_values)
{
  return values == NULL ? NULL : g_memdup2 (values, n_values * sizeof *values);
}

static void
copy_line (AnmPlottedLine *line,
           const AnmLine *given)
{
  gsize n_points = given->x != NULL && given->y != NULL ? given->n_points : 0;

  line->label = g_strdup (given->label);
  line->name = g_strdup (given->name != NULL ? given->name : given->label);
  line->value = g_strdup (given->value);
  line->colour = given->colour;
  line->style = given->style;
  line->dash = given->dash;
  line->end_dot = given->end_dot;
  line->label_inside = given->label_inside;
  line->n_points = n_points;
  line->x = copy_doubles (given->x, n_points);
  line->y = copy_doubles (given->y, n_points);
  if (given->low != NULL && given->high != NULL)
    {
      line->low = copy_doubles (given->low, n_points);
      line->high = copy_doubles (given->high, n_points);
      line->band_name = g_strdup (given->band_name);
      line->band_faint = given->band_faint;
    }

  line->x_rises = TRUE;
  for (gsize i = 0; i < n_points && line->x_rises; i++)
    line->x_rises = isfinite (line->x[i]) && (i == 0 || line->x[i] >= line->x[i - 1]);

  line->last = -1;
  for (gsize i = n_points; i > 0 && line->last < 0; i--)
    if (isfinite (line->y[i - 1]) && isfinite (line->x[i - 1]))
      line->last = (gssize) i - 1;

  if (line->x_rises && n_points > 512)
    {
      line->y_extremes = anm_extremes_new (line->y, n_points);
      if (line->low != NULL)
        {
          line->low_extremes = anm_extremes_new (line->low, n_points);
          line->high_extremes = anm_extremes_new (line->high, n_points);
        }
    }
}

static gboolean
has_anything (const AnmLinePlotFigure *self)
{
  for (guint i = 0; i < self->n_lines; i++)
    for (gsize k = 0; k < self->lines[i].n_points; k++)
      if (!isnan (self->lines[i].y[k]) && isfinite (self->lines[i].x[k]))
        return TRUE;
  return FALSE;
}

/* Words */

static char *
format_x (const AnmLinePlotFigure *self,
          double x)
{
  if (self->x_time_unit != NULL)
    return anm_number_format_time (x, self->x_time_unit);

  g_autofree char *number = anm_number_format (x, 4);
  /* Translators: the word on a horizontal axis and a number on it, as in "epoch 36". */
  return *self->x_label != '\0' ? g_strdup_printf (C_("axis", "%s %s"), self->x_label, number) : g_steal_pointer (&number);
}

static char *
format_y (const AnmLinePlotFigure *self,
          double y)
{
  if (self->y_axis.kind == ANM_AXIS_LOG && y == 0)
    return g_strdup (_("below 10⁻³⁸"));
  return anm_number_format_exact (y, 3);
}

gssize
anm_plotted_line_last (const AnmPlottedLine *line,
                       const AnmAxis *x)
{
  gssize at = line->last;

  if (at < 0 || !line->x_rises)
    return at;
  if (line->x[at] > x->high)
    at = (gssize) anm_lower_bound (line->x, (gsize) at, nextafter (x->high, INFINITY)) - 1;
  while (at >= 0 && !isfinite (line->y[at]) && line->x[at] >= x->low)
    at--;
  return at >= 0 && line->x[at] >= x->low ? at : -1;
}

/* The point of @line at @x, -1 if the line doesn't reach there. */
gssize
anm_plotted_line_find (const AnmPlottedLine *line,
                       double x)
{
  gssize at = anm_nearest_index (line->x, line->n_points, line->x_rises, x);

  if (at < 0 || isnan (line->y[at]))
    return -1;
  if (line->x_rises)
    {
      double first = line->x[0], last = line->x[line->n_points - 1];
      double slack = line->n_points > 1 ? 0.5 * (last - first) / (line->n_points - 1) : 0;
      if (x < first - slack || x > last + slack)
        return -1;
    }
  return at;
}

static char *
line_plot_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  GString *text = g_string_new (NULL);
  g_autofree char *where = NULL;
  gsize n_most = 0;

  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      gboolean chosen = place->series == (int) i;
      gssize at = chosen && place->index >= 0 && (gsize) place->index < line->n_points ? place->index
                                                                                        : anm_plotted_line_find (line, place->x);

      if ((place->series >= 0 && !chosen) || at < 0)
        continue;

      g_autofree char *value = format_y (self, line->y[at]);
      if (where == NULL)
        {
          where = format_x (self, line->x[at]);
          g_string_append_printf (text, "%s: ", where);
        }
      else
        g_string_append (text, "; ");
      if (line->name != NULL && *line->name != '\0' && (self->n_lines > 1 || chosen))
        g_string_append_printf (text, "%s ", line->name);
      g_string_append (text, value);
      if (line->low != NULL && isfinite (line->low[at]) && isfinite (line->high[at]))
        {
          g_autofree char *low = format_y (self, line->low[at]);
          g_autofree char *high = format_y (self, line->high[at]);
          if (line->band_name != NULL)
            /* Translators: what lies in a band, and its edges: "0.41, 95 % of 100 passes between 0.33 and 0.52". */
            g_string_append_printf (text, _(", %s between %s and %s"), line->band_name, low, high);
          else
            g_string_append_printf (text, " (%s–%s)", low, high);
        }
      n_most = MAX (n_most, line->n_points);
    }

  if (n_most > MANY_POINTS)
    {
      g_autofree char *count = anm_number_format_count ((gint64) n_most);
      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("%s points, drawn by the lowest and highest in each pixel"), count);
    }
  return text->len > 0 ? g_string_free (text, FALSE) : (g_string_free (text, TRUE), NULL);
}

/* Table */

static gboolean
shares_x (const AnmLinePlotFigure *self)
{
  for (guint i = 1; i < self->n_lines; i++)
    if (self->lines[i].n_points != self->lines[0].n_points
        || (self->lines[0].n_points > 0 && memcmp (self->lines[i].x, self->lines[0].x, self->lines[0].n_points * sizeof (double)) != 0))
      return FALSE;
  return TRUE;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;
  return (first > second) - (first < second);
}

/* All x of all lines, each once, rising; or the one order that all lines share. */
static GArray *
collect_x (const AnmLinePlotFigure *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));

  if (self->n_lines == 0)
    return all;
  if (shares_x (self))
    {
      if (self->lines[0].n_points > 0)
        g_array_append_vals (all, self->lines[0].x, (guint) self->lines[0].n_points);
      return all;
    }

  for (guint i = 0; i < self->n_lines; i++)
    if (self->lines[i].n_points > 0)
      g_array_append_vals (all, self->lines[i].x, (guint) self->lines[i].n_points);
  g_array_sort (all, compare_doubles);

  guint n_kept = 0;
  for (guint i = 0; i < all->len; i++)
    if (n_kept == 0 || g_array_index (all, double, i) != g_array_index (all, double, n_kept - 1))
      g_array_index (all, double, n_kept++) = g_array_index (all, double, i);
  g_array_set_size (all, n_kept);
  return all;
}

static gssize
find_exactly (const AnmPlottedLine *line,
              double x,
              guint row,
              gboolean shared)
{
  if (shared)
    return row;

  gssize at = anm_nearest_index (line->x, line->n_points, line->x_rises, x);
  return at >= 0 && line->x[at] == x ? at : -1;
}

static void
line_plot_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  g_autoptr (GArray) all = collect_x (self);
  g_autoptr (GStrvBuilder) header = g_strv_builder_new ();
  gboolean shared = shares_x (self);

  g_strv_builder_add (header, *self->x_label != '\0' ? self->x_label : "x");
  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      const char *name = line->name != NULL && *line->name != '\0' ? line->name : *self->y_label != '\0' ? self->y_label : "y";

      g_strv_builder_add (header, name);
      if (line->low != NULL)
        {
          /* Translators: column headers; %s is a line's name, its band's lower and upper edge follow. */
          g_autofree char *low = g_strdup_printf (_("%s, low"), name);
          g_autofree char *high = g_strdup_printf (_("%s, high"), name);
          g_strv_builder_add_many (header, low, high, NULL);
        }
    }
  g_ptr_array_add (table, g_strv_builder_end (header));

  for (guint row = 0; row < all->len; row++)
    {
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      double x = g_array_index (all, double, row);
      g_autofree char *first = anm_table_number (x);

      g_strv_builder_add (words, first);
      for (guint i = 0; i < self->n_lines; i++)
        {
          const AnmPlottedLine *line = &self->lines[i];
          gssize at = find_exactly (line, x, row, shared);
          const double *columns[] = { line->y, line->low, line->high };

          for (guint k = 0; k < (line->low != NULL ? 3 : 1); k++)
            {
              g_autofree char *word = anm_table_number (at >= 0 ? columns[k][at] : NAN);
              g_strv_builder_add (words, word);
            }
        }
      g_ptr_array_add (table, g_strv_builder_end (words));
    }
}

/* Places */

static double
line_plot_step_x (const AnmFigure *figure,
                  double x,
                  int direction)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  double best = NAN;

  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];

      for (gsize k = 0; k < line->n_points; k++)
        {
          double at = line->x[k];

          if (!isfinite (at) || isnan (line->y[k]) || at < self->x_axis.low || at > self->x_axis.high)
            continue;
          if (ABS (direction) < G_MAXINT && !isnan (x) && (direction > 0 ? at <= x : at >= x))
            continue;
          gboolean want_least = direction == 1 || direction == -G_MAXINT;
          if (isnan (best) || (want_least ? at < best : at > best))
            best = at;
        }
    }
  return isnan (best) && ABS (direction) < G_MAXINT ? x : best;
}

static gboolean
line_plot_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  AnmLinePlotLayout layout;
  anm_line_plot_lay_out ((const AnmLinePlotFigure *) figure, theme, area, &layout);

  double slack = 1e-9 * (layout.x.high - layout.x.low);
  if (x < layout.x.low - slack || x > layout.x.high + slack)
    return FALSE;
  *pixel_x = anm_axis_project (&layout.x, x);
  *top = layout.plot.y;
  *bottom = layout.plot.y + layout.plot.height;
  return TRUE;
}

static gboolean
line_plot_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;
  const double reach = 24, edge = 4;
  AnmLinePlotLayout layout;

  anm_line_plot_lay_out (self, theme, area, &layout);
  if (pixel_x < layout.plot.x - edge || pixel_x > layout.plot.x + layout.plot.width + edge
      || pixel_y < layout.plot.y - edge || pixel_y > layout.plot.y + layout.plot.height + edge)
    return FALSE;

  double x = CLAMP (anm_axis_invert (&layout.x, pixel_x), layout.x.low, layout.x.high);
  double nearest_distance = reach, snapped = NAN;

  place->x = x;
  place->y = anm_axis_invert (&layout.y, pixel_y);
  for (guint i = 0; i < self->n_lines; i++)
    {
      const AnmPlottedLine *line = &self->lines[i];
      gssize at = anm_plotted_line_find (line, x);

      if (at < 0)
        continue;
      if (isnan (snapped) || fabs (line->x[at] - x) < fabs (snapped - x))
        snapped = line->x[at];

      double distance = hypot (line->x_rises ? 0 : anm_axis_project (&layout.x, line->x[at]) - pixel_x,
                               anm_axis_project_clamped (&layout.y, line->y[at]) - pixel_y);
      if (distance < nearest_distance)
        {
          nearest_distance = distance;
          place->series = (int) i;
          place->index = (int) MIN (at, G_MAXINT);
          place->x = line->x[at];
          place->y = line->y[at];
        }
    }
  if (place->series < 0 && !isnan (snapped))
    place->x = snapped;
  return TRUE;
}

static AnmFigureAbilities
line_plot_get_abilities (const AnmFigure *figure)
{
  const AnmLinePlotFigure *self = (const AnmLinePlotFigure *) figure;

  return ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_BRUSHES_SPAN
         | (isfinite (self->y_least_positive) || self->y_axis.kind == ANM_AXIS_LOG ? ANM_FIGURE_HAS_LOG : 0);
}

static void
line_plot_get_axes (const AnmFigure *figure,
                    const AnmTheme *theme,
                    const AnmArea *area,
                    AnmAxis *x,
                    AnmAxis *y)
{
  AnmLinePlotLayout layout;

  anm_line_plot_lay_out ((const AnmLinePlotFigure *) figure, theme, area, &layout);
  *x = layout.x;
  *y = layout.y;
}

static gboolean
line_plot_is_log (const AnmFigure *figure)
{
  return ((const AnmLinePlotFigure *) figure)->y_axis.kind == ANM_AXIS_LOG;
}

static int
line_plot_step_series (const AnmFigure *figure,
                       int series,
                       int direction)
{
  return anm_step_row (series, direction, ((const AnmLinePlotFigure *) figure)->n_lines, NULL);
}

static const AnmFigureClass line_plot_class = {
  .instance_size = sizeof (AnmLinePlotFigure),
  .finalize = line_plot_finalize,
  .draw = anm_line_plot_draw,
  .locate = line_plot_locate,
  .project_x = line_plot_project_x,
  .draw_cursor = anm_line_plot_draw_cursor,
  .step_x = line_plot_step_x,
  .describe = line_plot_describe,
  .fill_table = line_plot_fill_table,
  .get_abilities = line_plot_get_abilities,
  .get_axes = line_plot_get_axes,
  .set_frame = anm_line_plot_set_frame,
  .is_log = line_plot_is_log,
  .step_series = line_plot_step_series,
};

char *
anm_line_plot_format_cursor (const AnmLinePlotFigure *self,
                             double x)
{
  return format_x (self, x);
}

char *
anm_line_plot_format_value (const AnmLinePlotFigure *self,
                            double y)
{
  return format_y (self, y);
}

AnmFigure *
anm_line_plot_new (const AnmLinePlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);

  AnmLinePlotFigure *self = anm_figure_new (&line_plot_class, plot->title, plot->caption, plot->finding, plot->empty_text);

  self->x_label = g_strdup (plot->x_label != NULL ? plot->x_label : "");
  self->y_label = g_strdup (plot->y_label != NULL ? plot->y_label : "");
  self->x_time_unit = g_strdup (plot->x_time_unit);
  self->x_axis.kind = plot->x_log ? ANM_AXIS_LOG : plot->x_whole ? ANM_AXIS_WHOLE : plot->x_time_unit != NULL ? ANM_AXIS_TIME : ANM_AXIS_LINEAR;
  self->x_axis.time_unit = self->x_time_unit;
  self->y_axis.kind = plot->y_log ? ANM_AXIS_LOG : ANM_AXIS_LINEAR;

  self->n_lines = plot->n_lines;
  self->lines = g_new0 (AnmPlottedLine, plot->n_lines);
  for (guint i = 0; i < plot->n_lines; i++)
    copy_line (&self->lines[i], &plot->lines[i]);

  self->n_rules = plot->n_rules;
  self->rules = g_new0 (AnmPlottedRule, plot->n_rules);
  for (guint i = 0; i < plot->n_rules; i++)
    self->rules[i] = (AnmPlottedRule){ plot->rules[i].y, g_strdup (plot->rules[i].label), plot->rules[i].colour };

  self->n_annotations = plot->n_annotations;
  self->annotations = g_new0 (AnmPlottedAnnotation, plot->n_annotations);
  for (guint i = 0; i < plot->n_annotations; i++)
    self->annotations[i] = (AnmPlottedAnnotation){ plot->annotations[i].x, plot->annotations[i].y, g_strdup (plot->annotations[i].text) };

  self->y_min = plot->y_min;
  self->y_max = plot->y_max;
  anm_line_plot_find_ranges (self, plot->x_min, plot->x_max);
  self->base.empty = !has_anything (self);
  return (AnmFigure *) self;
}
