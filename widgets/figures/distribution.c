/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/bar-strip.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"
#include "widgets/figures/figure-private.h"

typedef struct
{
  AnmFigure   base;
  guint       n_groups, n_bins;
  char      **labels;
  double     *density; /* [n_groups][n_bins] */
  double      low, high, highest;
  double      shown_low, shown_high;
} Distribution;

static void
distribution_finalize (AnmFigure *figure)
{
  Distribution *self = (Distribution *) figure;

  g_strfreev (self->labels);
  g_free (self->density);
}

/* Two groups are outcomes; any other number has the hues of runs. */
static AnmColourRole
group_colour (const Distribution *self,
              guint group)
{
  if (self->n_groups == 2)
    return group == 0 ? ANM_COLOUR_NO_EVENT : ANM_COLOUR_EVENT;
  if (self->n_groups == 1)
    return ANM_COLOUR_NO_EVENT;
  return ANM_COLOUR_RUN_FIRST + group % ANM_N_RUN_COLOURS;
}

static gboolean
stands_alone (const Distribution *self,
              const AnmTheme *theme,
              const AnmArea *area)
{
  return area->height >= 90 * theme->text_scale && area->width >= 150 * theme->text_scale;
}

static AnmArea
lay_out (const Distribution *self,
         const AnmTheme *theme,
         const AnmArea *area)
{
  double scale = theme->text_scale;
  gboolean alone = stands_alone (self, theme, area);
  double top = alone ? 20 * scale : 2, bottom = alone ? 21 * scale : 1;

  return (AnmArea){ area->x, area->y + top, area->width, MAX (area->height - top - bottom, 1) };
}

static AnmAxis
get_axis (const Distribution *self,
          const AnmArea *plot)
{
  return (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->shown_low, .high = self->shown_high, .start = plot->x, .end = plot->x + plot->width };
}

/* The outline of a group through the middles of its bins, down to the base at both ends. */
static void
trace_group (const Distribution *self,
             cairo_t *cr,
             const AnmArea *plot,
             const AnmAxis *axis,
             guint group)
{
  const double *density = self->density + (gsize) group * self->n_bins;
  double bottom = plot->y + plot->height;

  for (guint i = 0; i < self->n_bins; i++)
    {
      double x = anm_axis_project (axis, self->low + (i + 0.5) / self->n_bins * (self->high - self->low));
      double y = bottom - (isfinite (density[i]) ? MAX (density[i], 0) : 0) / self->highest * plot->height;

      if (i == 0)
        cairo_move_to (cr, anm_axis_project (axis, self->low), y);
      cairo_line_to (cr, x, y);
      if (i + 1 == self->n_bins)
        cairo_line_to (cr, anm_axis_project (axis, self->high), y);
    }
}

static void
draw_labels (const Distribution *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const AnmArea *area,
             const AnmArea *plot)
{
  AnmAxis axis = get_axis (self, plot);
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  guint n_ticks = anm_axis_get_ticks (&axis, (guint) CLAMP (plot->width / (64 * theme->text_scale), 2, 8), ticks);
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double x = area->x;

  for (guint i = 0; i < n_ticks; i++)
    {
      double at = anm_axis_project (&axis, ticks[i].value), width;
      anm_text_measure (theme, ANM_TEXT_AXIS, ticks[i].label, 0, &width, NULL);
      double centre = CLAMP (at, plot->x + width / 2, plot->x + plot->width - width / 2);
      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, anm_sharp (at), plot->y + plot->height);
      cairo_line_to (cr, anm_sharp (at), plot->y + plot->height + 4);
      cairo_stroke (cr);
      anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, ticks[i].label, centre, plot->y + plot->height + 13 * theme->text_scale, 0.5, 0.5, 0);
    }
  for (guint group = 0; group < self->n_groups && self->labels != NULL; group++)
    {
      double width, room = area->x + area->width - x;
      anm_text_measure (theme, ANM_TEXT_LABEL_BOLD, self->labels[group], 0, &width, NULL);
      if (room < MIN (width, 30 * theme->text_scale))
        break;
      anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, anm_theme_get_text_colour (theme, group_colour (self, group)), self->labels[group],
                     x, area->y + 8 * theme->text_scale, 0, 0.5, room);
      x += width + 12;
    }
}

static void
distribution_draw (const AnmFigure *figure,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area)
{
  const Distribution *self = (const Distribution *) figure;
  AnmArea plot = lay_out (self, theme, area);
  AnmAxis axis = get_axis (self, &plot);

  cairo_save (cr);
  cairo_rectangle (cr, plot.x - 2, plot.y - 4, plot.width + 4, plot.height + 8);
  cairo_clip (cr);
  for (guint group = 0; group < self->n_groups; group++)
    {
      AnmColour colour = anm_theme_get_colour (theme, group_colour (self, group));

      trace_group (self, cr, &plot, &axis, group);
      cairo_line_to (cr, anm_axis_project (&axis, self->high), plot.y + plot.height);
      cairo_line_to (cr, anm_axis_project (&axis, self->low), plot.y + plot.height);
      cairo_close_path (cr);
      anm_set_colour (cr, anm_colour_fade (colour, 0.28));
      cairo_fill (cr);
      trace_group (self, cr, &plot, &axis, group);
      anm_set_colour (cr, colour);
      cairo_set_line_width (cr, theme->high_contrast ? 1.8 : 1.2);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, plot.x, anm_sharp (plot.y + plot.height - 0.5));
  cairo_line_to (cr, plot.x + plot.width, anm_sharp (plot.y + plot.height - 0.5));
  cairo_stroke (cr);
  if (stands_alone (self, theme, area))
    draw_labels (self, cr, theme, area, &plot);
}

static int
bin_at (const Distribution *self,
        double x)
{
  double bin = floor ((x - self->low) / (self->high - self->low) * self->n_bins);

  if (x == self->high)
    bin = self->n_bins - 1;
  return bin >= 0 && bin < self->n_bins ? (int) bin : -1;
}

static gboolean
distribution_project_x (const AnmFigure *figure,
                        const AnmTheme *theme,
                        const AnmArea *area,
                        double x,
                        double *pixel_x,
                        double *top,
                        double *bottom)
{
  const Distribution *self = (const Distribution *) figure;
  AnmArea plot = lay_out (self, theme, area);

  if (bin_at (self, x) < 0 || x < self->shown_low || x > self->shown_high)
    return FALSE;

  AnmAxis axis = get_axis (self, &plot);
  *pixel_x = anm_axis_project (&axis, x);
  *top = plot.y;
  *bottom = plot.y + plot.height;
  return TRUE;
}

static gboolean
distribution_locate (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double pixel_x,
                     double pixel_y,
                     AnmFigurePlace *place)
{
  const Distribution *self = (const Distribution *) figure;
  AnmArea plot = lay_out (self, theme, area);

  if (pixel_x < plot.x || pixel_x > plot.x + plot.width || pixel_y < plot.y || pixel_y > plot.y + plot.height)
    return FALSE;

  AnmAxis axis = get_axis (self, &plot);
  place->x = CLAMP (anm_axis_invert (&axis, pixel_x), self->low, self->high);
  place->index = bin_at (self, place->x);
  return place->index >= 0;
}

static char *
distribution_describe (const AnmFigure *figure,
                       const AnmFigurePlace *place)
{
  const Distribution *self = (const Distribution *) figure;
  int bin = place->index >= 0 ? place->index : bin_at (self, place->x);

  if (bin < 0 || (guint) bin >= self->n_bins)
    return NULL;

  double width = (self->high - self->low) / self->n_bins;
  g_autofree char *low = anm_number_format (self->low + bin * width, 4);
  g_autofree char *high = anm_number_format (self->low + (bin + 1) * width, 4);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s–%s", low, high);
  for (guint group = 0; group < self->n_groups; group++)
    {
      double total = 0;
      for (guint i = 0; i < self->n_bins; i++)
        total += self->density[(gsize) group * self->n_bins + i];

      g_autofree char *share = anm_number_format_share (self->density[(gsize) group * self->n_bins + (guint) bin] / total);
      g_string_append (text, group == 0 ? ": " : "; ");
      if (self->labels != NULL)
        g_string_append_printf (text, "%s ", self->labels[group]);
      g_string_append (text, share);
    }
  return g_string_free (text, FALSE);
}

static void
distribution_fill_table (const AnmFigure *figure,
                         GPtrArray *table)
{
  const Distribution *self = (const Distribution *) figure;
  g_autoptr (GStrvBuilder) header = g_strv_builder_new ();

  g_strv_builder_add_many (header, _("from"), _("to"), NULL);
  for (guint group = 0; group < self->n_groups; group++)
    g_strv_builder_add (header, self->labels != NULL ? self->labels[group] : _("density"));
  g_ptr_array_add (table, g_strv_builder_end (header));

  for (guint bin = 0; bin < self->n_bins && self->density != NULL; bin++)
    {
      double width = (self->high - self->low) / self->n_bins;
      g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
      g_autofree char *low = anm_table_number (self->low + bin * width);
      g_autofree char *high = anm_table_number (self->low + (bin + 1) * width);

      g_strv_builder_add_many (words, low, high, NULL);
      for (guint group = 0; group < self->n_groups; group++)
        {
          g_autofree char *value = anm_table_number (self->density[(gsize) group * self->n_bins + bin]);
          g_strv_builder_add (words, value);
        }
      g_ptr_array_add (table, g_strv_builder_end (words));
    }
}

static double
distribution_natural_height (const AnmFigure *figure,
                             const AnmTheme *theme)
{
  return 46 * theme->text_scale;
}

static void
distribution_get_axes (const AnmFigure *figure,
                       const AnmTheme *theme,
                       const AnmArea *area,
                       AnmAxis *x,
                       AnmAxis *y)
{
  const Distribution *self = (const Distribution *) figure;
  AnmArea plot = lay_out (self, theme, area);

  *x = get_axis (self, &plot);
}

static void
distribution_set_frame (AnmFigure *copy,
                        const AnmFigureFrame *frame)
{
  Distribution *self = (Distribution *) copy;

  if (isnan (frame->x_low))
    return;
  self->shown_low = frame->x_low;
  self->shown_high = frame->x_high;
}

/* From the middle of one bin to that of the next. */
static double
distribution_step_x (const AnmFigure *figure,
                     double x,
                     int direction)
{
  const Distribution *self = (const Distribution *) figure;
  double width = (self->high - self->low) / self->n_bins;
  int bin = bin_at (self, x);

  if (direction == G_MAXINT || direction == -G_MAXINT || bin < 0)
    bin = direction == -G_MAXINT ? 0 : (int) self->n_bins - 1;
  else
    bin = CLAMP (bin + direction, 0, (int) self->n_bins - 1);
  return self->low + (bin + 0.5) * width;
}

static const AnmFigureClass distribution_class = {
  .instance_size = sizeof (Distribution),
  .finalize = distribution_finalize,
  .draw = distribution_draw,
  .locate = distribution_locate,
  .project_x = distribution_project_x,
  .describe = distribution_describe,
  .fill_table = distribution_fill_table,
  .natural_height = distribution_natural_height,
  .step_x = distribution_step_x,
  .abilities = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_BRUSHES_SPAN,
  .get_axes = distribution_get_axes,
  .set_frame = distribution_set_frame,
};

AnmFigure *
anm_distribution_new (const AnmDistribution *distribution)
{
  g_return_val_if_fail (distribution != NULL, NULL);

  Distribution *self = anm_figure_new (&distribution_class, distribution->title, distribution->caption, distribution->finding, _("not measured"));
  gsize n_values = (gsize) distribution->n_groups * distribution->n_bins;
  AnmAxis axis = { .kind = ANM_AXIS_LINEAR };

  self->n_groups = distribution->n_groups;
  self->n_bins = distribution->n_bins;
  self->density = distribution->density != NULL ? g_memdup2 (distribution->density, n_values * sizeof (double)) : NULL;
  if (distribution->labels != NULL)
    {
      self->labels = g_new0 (char *, self->n_groups + 1);
      for (guint i = 0; i < self->n_groups; i++)
        self->labels[i] = g_strdup (distribution->labels[i] != NULL ? distribution->labels[i] : "");
    }
  for (gsize i = 0; i < n_values && self->density != NULL; i++)
    if (isfinite (self->density[i]))
      self->highest = MAX (self->highest, self->density[i]);
  anm_axis_set_range (&axis, distribution->low, distribution->high);
  self->low = self->shown_low = axis.low;
  self->high = self->shown_high = axis.high;
  self->base.empty = !(self->highest > 0);
  return (AnmFigure *) self;
}
