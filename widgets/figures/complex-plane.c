/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/complex-plane.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

/* A pointer this near a point means it. */
#define REACH 9
#define FOOT_LINE 15

typedef struct
{
  char          *label;
  AnmColourRole  colour;
  gboolean       hollow;
  guint          n_points;
  double        *real, *imaginary;
} PlaneSet;

typedef struct
{
  AnmFigure  base;
  guint      n_sets;
  PlaneSet  *sets;
  double     ring;
  char      *ring_label, *symbol, *note, *note_detail;
  double     extent;      /* what the square reaches from its middle to each side */
  double     real, imaginary; /* its middle: 0 unless it was zoomed */
  gboolean   zoomed;
} PlaneFigure;

typedef struct
{
  double   x, y;          /* of 0 */
  double   unit;          /* pixels */
  double   half;          /* of the square */
  double   middle_x, middle_y;
  double   foot;          /* top of what stands beneath, NaN = no room */
} PlaneLayout;

static double
plane_radius (const AnmTheme *theme,
              const PlaneSet *set,
              double unit)
{
  return (set->hollow ? 2.7 : 3.6) * (set->n_points > 150 ? 0.75 : 1) * CLAMP (unit / 80, 0.5, 1) * MIN (theme->text_scale, 1.25);
}

static PlaneLayout
lay_out (const PlaneFigure *self,
         const AnmTheme *theme,
         const AnmArea *area)
{
  double line = FOOT_LINE * theme->text_scale;
  guint n_lines = MAX (self->n_sets, (self->note != NULL ? 1u : 0u) + (self->note_detail != NULL ? 1u : 0u));
  double foot = area->height >= 170 * theme->text_scale ? n_lines * line + 8 : 0;
  double height = area->height - foot;
  PlaneLayout layout;

  layout.half = MAX (MIN (area->width - 30 * theme->text_scale, height - 22 * theme->text_scale) / 2, 4);
  layout.unit = layout.half / self->extent;
  layout.x = floor (area->x + area->width / 2) + 0.5;
  layout.y = floor (area->y + 16 * theme->text_scale + (height - 18 * theme->text_scale) / 2) + 0.5;
  layout.middle_x = layout.x;
  layout.middle_y = layout.y;
  layout.x -= self->real * layout.unit;
  layout.y += self->imaginary * layout.unit;
  layout.foot = foot > 0 ? area->y + area->height - foot + 8 : NAN;
  return layout;
}

/* Drawing */

static void
draw_ground (const PlaneFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const PlaneLayout *layout)
{
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double radius = layout->unit, reach = MAX (layout->half, radius + 8);

  cairo_new_path (cr);
  cairo_arc (cr, layout->x, layout->y, radius, 0, 2 * G_PI);
  anm_set_colour (cr, anm_colour_fade (ink, 0.045));
  cairo_fill (cr);

  cairo_set_line_width (cr, 1);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
  cairo_move_to (cr, layout->x - reach, layout->y);
  cairo_line_to (cr, layout->x + reach, layout->y);
  cairo_move_to (cr, layout->x, layout->y - reach);
  cairo_line_to (cr, layout->x, layout->y + reach);
  cairo_stroke (cr);

  cairo_arc (cr, layout->x, layout->y, radius, 0, 2 * G_PI);
  anm_set_colour (cr, theme->high_contrast ? ink : muted);
  cairo_set_line_width (cr, theme->high_contrast ? 1.8 : 1.3);
  cairo_stroke (cr);

  if (self->ring > 0)
    {
      static const double dashes[] = { 4, 3 };

      cairo_arc (cr, layout->x, layout->y, self->ring * layout->unit, 0, 2 * G_PI);
      anm_set_colour (cr, ink);
      cairo_set_line_width (cr, 1);
      cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
}

/* 1 and i where the circle meets the axes; where it is small beside what lies outside, numbers farther out too. */
static void
draw_scale (const PlaneFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            const PlaneLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED), ground = anm_theme_get_ground (theme);
  double scale = theme->text_scale;

  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, muted, ground, "1", layout->x + layout->unit + 5, layout->y - 8 * scale, 0, 0.5, 0);
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, muted, ground, "i", layout->x + 4, layout->y - layout->unit - 8 * scale, 0, 0.5, 0);
  if (self->extent > 1.8)
    {
      AnmAxis axis = { .kind = ANM_AXIS_LINEAR, .low = 0, .high = self->extent, .start = layout->x, .end = layout->x + layout->half };
      AnmTick ticks[ANM_AXIS_MAX_TICKS];
      guint n_ticks = anm_axis_get_ticks (&axis, 3, ticks);
      double end = -INFINITY;

      for (guint i = 0; i < n_ticks; i++)
        {
          double x = anm_axis_project (&axis, ticks[i].value);
          if (ticks[i].value <= 1.01 || fabs (x - layout->x - layout->unit) < 22 * scale)
            continue;
          anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
          cairo_set_line_width (cr, 1);
          cairo_move_to (cr, anm_sharp (x), layout->y - 3);
          cairo_line_to (cr, anm_sharp (x), layout->y + 3);
          cairo_stroke (cr);
          anm_tick_number_draw (cr, theme, ticks[i].label, x, layout->y + 12 * scale, layout->x - layout->half, layout->x + layout->half, &end);
        }
    }
  if (self->ring > 0 && self->ring_label != NULL && fabs (self->ring - 1) * layout->unit > 3)
    {
      double at = self->ring * layout->unit * G_SQRT2 / 2;
      double width;

      anm_text_measure (theme, ANM_TEXT_LABEL, self->ring_label, 0, &width, NULL);
      anm_text_draw_on (cr, theme, ANM_TEXT_LABEL, anm_theme_get_colour (theme, ANM_COLOUR_INK), ground, self->ring_label,
                        MIN (layout->x + at + 4, layout->x + layout->half + 12 - width), layout->y - at - 6, 0, 0.5, 0);
    }
}

static void
draw_point (cairo_t *cr,
            const AnmTheme *theme,
            const PlaneSet *set,
            double x,
            double y,
            double radius)
{
  AnmColour colour = anm_theme_get_colour (theme, set->colour);

  if (!set->hollow)
    {
      anm_draw_dot (cr, colour, anm_colour_fade (anm_theme_get_ground (theme), set->n_points > 150 ? 0 : 1), x, y, radius);
      return;
    }
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  anm_set_colour (cr, colour);
  cairo_set_line_width (cr, theme->high_contrast ? 1.6 : 1.1);
  cairo_stroke (cr);
}

static void
draw_points (const PlaneFigure *self,
             cairo_t *cr,
             const AnmTheme *theme,
             const PlaneLayout *layout)
{
  for (guint s = self->n_sets; s-- > 0;)
    {
      const PlaneSet *set = &self->sets[s];
      double radius = plane_radius (theme, set, layout->unit);

      for (guint i = 0; i < set->n_points; i++)
        if (isfinite (set->real[i]) && isfinite (set->imaginary[i]))
          draw_point (cr, theme, set, layout->x + set->real[i] * layout->unit, layout->y - set->imaginary[i] * layout->unit, radius);
    }
}

/* What the numbers say on the left, what the dots are on the right. */
static void
draw_foot (const PlaneFigure *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area,
           const PlaneLayout *layout)
{
  AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  double line = FOOT_LINE * theme->text_scale, legend = 0, y;

  if (isnan (layout->foot))
    return;
  for (guint s = 0; s < self->n_sets; s++)
    {
      double width;
      anm_text_measure (theme, ANM_TEXT_LABEL, self->sets[s].label, 0, &width, NULL);
      legend = MAX (legend, width);
    }
  legend = MIN (legend, 0.45 * area->width);

  y = layout->foot + line / 2;
  for (guint s = 0; s < self->n_sets; s++, y += line)
    {
      double x = area->x + area->width - legend;
      draw_point (cr, theme, &self->sets[s], x - 10, y, plane_radius (theme, &self->sets[s], 80));
      anm_text_draw (cr, theme, ANM_TEXT_LABEL, muted, self->sets[s].label, x, y, 0, 0.5, legend);
    }

  double room = area->width - legend - 28;
  y = layout->foot + line / 2;
  if (self->note != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_LABEL_BOLD, ink, self->note, area->x, y, 0, 0.5, room);
  if (self->note_detail != NULL)
    anm_text_draw (cr, theme, ANM_TEXT_LABEL, muted, self->note_detail, area->x, y + (self->note != NULL ? line : 0), 0, 0.5, room);
}

static char *
format_complex (double real,
                double imaginary)
{
  g_autofree char *a = anm_number_format_fixed (real, 3);
  g_autofree char *b = anm_number_format_fixed (fabs (imaginary), 3);

  if (imaginary == 0)
    return g_steal_pointer (&a);
  return g_strdup_printf ("%s %s %s i", a, imaginary < 0 ? "−" : "+", b);
}

/* What part of the plane is seen: the numbers at two corners of the square. */
static void
draw_corners (const PlaneFigure *self,
              cairo_t *cr,
              const AnmTheme *theme,
              const PlaneLayout *layout)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED), ground = anm_theme_get_ground (theme);
  double left = layout->middle_x - layout->half, top = layout->middle_y - layout->half, size = 2 * layout->half;
  g_autofree char *low = format_complex (self->real - self->extent, self->imaginary - self->extent);
  g_autofree char *high = format_complex (self->real + self->extent, self->imaginary + self->extent);

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, anm_sharp (left), anm_sharp (top), floor (size), floor (size));
  cairo_stroke (cr);
  if (size < 90 * theme->text_scale)
    return;
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, muted, ground, low, left + 5, top + size - 9 * theme->text_scale, 0, 0.5, size - 10);
  anm_text_draw_on (cr, theme, ANM_TEXT_AXIS, muted, ground, high, left + size - 5, top + 9 * theme->text_scale, 1, 0.5, size - 10);
}

static void
plane_draw (const AnmFigure *figure,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmArea *area)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  PlaneLayout layout = lay_out (self, theme, area);

  cairo_save (cr);
  if (self->zoomed)
    {
      cairo_rectangle (cr, layout.middle_x - layout.half, layout.middle_y - layout.half, 2 * layout.half, 2 * layout.half);
      cairo_clip (cr);
    }
  draw_ground (self, cr, theme, &layout);
  draw_points (self, cr, theme, &layout);
  cairo_restore (cr);
  if (self->zoomed)
    draw_corners (self, cr, theme, &layout);
  else
    draw_scale (self, cr, theme, &layout);
  draw_foot (self, cr, theme, area, &layout);
}

/* Looking. The keyboard walks through the first set by size: x is a point's rank, from 1. */

static gboolean
plane_locate (const AnmFigure *figure,
              const AnmTheme *theme,
              const AnmArea *area,
              double pixel_x,
              double pixel_y,
              AnmFigurePlace *place)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  PlaneLayout layout = lay_out (self, theme, area);
  double nearest = REACH;

  for (guint s = 0; s < self->n_sets; s++)
    for (guint i = 0; i < self->sets[s].n_points; i++)
      {
        double distance = hypot (layout.x + self->sets[s].real[i] * layout.unit - pixel_x, layout.y - self->sets[s].imaginary[i] * layout.unit - pixel_y);
        if (!(distance < nearest))
          continue;
        nearest = distance;
        *place = (AnmFigurePlace){ s == 0 ? i + 1.0 : NAN, self->sets[s].imaginary[i], (int) s, (int) i };
      }
  return nearest < REACH;
}

static gboolean
plane_project_x (const AnmFigure *figure,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 double x,
                 double *pixel_x,
                 double *top,
                 double *bottom)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  PlaneLayout layout = lay_out (self, theme, area);
  int index = (int) round (x) - 1;

  if (self->n_sets == 0 || index < 0 || (guint) index >= self->sets[0].n_points)
    return FALSE;
  *pixel_x = layout.x + self->sets[0].real[index] * layout.unit;
  *top = *bottom = layout.y - self->sets[0].imaginary[index] * layout.unit;
  return TRUE;
}

static void
plane_draw_cursor (const AnmFigure *figure,
                   cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmArea *area,
                   double x)
{
  double pixel_x, top, bottom;

  if (!plane_project_x (figure, theme, area, x, &pixel_x, &top, &bottom))
    return;
  cairo_new_path (cr);
  cairo_arc (cr, pixel_x, top, 7, 0, 2 * G_PI);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_INK));
  cairo_set_line_width (cr, theme->high_contrast ? 2 : 1.5);
  cairo_stroke (cr);
}

static double
plane_step_x (const AnmFigure *figure,
              double x,
              int direction)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  double last = self->n_sets > 0 ? self->sets[0].n_points : 0;

  if (last == 0)
    return NAN;
  if (direction == -G_MAXINT || isnan (x))
    return 1;
  if (direction == G_MAXINT)
    return last;
  return CLAMP (round (x) + direction, 1, last);
}

static char *
plane_describe (const AnmFigure *figure,
                const AnmFigurePlace *place)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  int set = place->series >= 0 ? place->series : 0;
  int index = place->index >= 0 ? place->index : isnan (place->x) ? -1 : (int) round (place->x) - 1;

  if ((guint) set >= self->n_sets || index < 0 || (guint) index >= self->sets[set].n_points)
    return NULL;

  double real = self->sets[set].real[index], imaginary = self->sets[set].imaginary[index];
  g_autofree char *number = format_complex (real, imaginary);
  g_autofree char *modulus = anm_number_format_fixed (hypot (real, imaginary), 3);
  /* Translators: which points (an epoch), a symbol such as λ, a complex number, the symbol again, how large it is. */
  return g_strdup_printf (_("%s: %s = %s, |%s| = %s"), self->sets[set].label, self->symbol, number, self->symbol, modulus);
}

static void
plane_fill_table (const AnmFigure *figure,
                  GPtrArray *table)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;

  anm_table_add (table, _("of"), _("number"), _("real part"), _("imaginary part"), _("modulus"), NULL);
  for (guint s = 0; s < self->n_sets; s++)
    for (guint i = 0; i < self->sets[s].n_points; i++)
      {
        g_autofree char *number = g_strdup_printf ("%u", i + 1);
        g_autofree char *real = anm_table_number (self->sets[s].real[i]);
        g_autofree char *imaginary = anm_table_number (self->sets[s].imaginary[i]);
        g_autofree char *modulus = anm_table_number (hypot (self->sets[s].real[i], self->sets[s].imaginary[i]));

        anm_table_add (table, self->sets[s].label, number, real, imaginary, modulus, NULL);
      }
}

static double
plane_natural_height (const AnmFigure *figure,
                      const AnmTheme *theme)
{
  return 300 * theme->text_scale;
}

static void
plane_finalize (AnmFigure *figure)
{
  PlaneFigure *self = (PlaneFigure *) figure;

  for (guint s = 0; s < self->n_sets; s++)
    {
      g_free (self->sets[s].label);
      g_free (self->sets[s].real);
      g_free (self->sets[s].imaginary);
    }
  g_free (self->sets);
  g_free (self->ring_label);
  g_free (self->symbol);
  g_free (self->note);
  g_free (self->note_detail);
}

static void
plane_get_axes (const AnmFigure *figure,
                const AnmTheme *theme,
                const AnmArea *area,
                AnmAxis *x,
                AnmAxis *y)
{
  const PlaneFigure *self = (const PlaneFigure *) figure;
  PlaneLayout layout = lay_out (self, theme, area);

  *x = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->real - self->extent, .high = self->real + self->extent,
                  .start = layout.middle_x - layout.half, .end = layout.middle_x + layout.half };
  *y = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = self->imaginary - self->extent, .high = self->imaginary + self->extent,
                  .start = layout.middle_y + layout.half, .end = layout.middle_y - layout.half };
}

/* Both axes keep one scale: that of the wider stretch. */
static void
plane_set_frame (AnmFigure *copy,
                 const AnmFigureFrame *frame)
{
  PlaneFigure *self = (PlaneFigure *) copy;
  double width = isnan (frame->x_low) ? 0 : frame->x_high - frame->x_low, height = isnan (frame->y_low) ? 0 : frame->y_high - frame->y_low;

  if (!(MAX (width, height) > 0))
    return;
  self->extent = MAX (width, height) / 2;
  self->real = isnan (frame->x_low) ? 0 : (frame->x_low + frame->x_high) / 2;
  self->imaginary = isnan (frame->y_low) ? 0 : (frame->y_low + frame->y_high) / 2;
  self->zoomed = TRUE;
}

static const AnmFigureClass plane_class = {
  .instance_size = sizeof (PlaneFigure),
  .finalize = plane_finalize,
  .draw = plane_draw,
  .locate = plane_locate,
  .project_x = plane_project_x,
  .draw_cursor = plane_draw_cursor,
  .step_x = plane_step_x,
  .describe = plane_describe,
  .fill_table = plane_fill_table,
  .natural_height = plane_natural_height,
  .abilities = ANM_FIGURE_ZOOMS_TOGETHER,
  .get_axes = plane_get_axes,
  .set_frame = plane_set_frame,
};

/**
 * anm_complex_plane_new:
 * @plane: what is to be drawn; everything is copied
 *
 * Complex numbers against the unit circle, both axes on one scale. The circle fills the square
 * unless something lies outside it.
 */
AnmFigure *
anm_complex_plane_new (const AnmComplexPlane *plane)
{
  g_return_val_if_fail (plane != NULL, NULL);

  PlaneFigure *self = anm_figure_new (&plane_class, plane->title, plane->caption, plane->finding, plane->empty_text);
  double farthest = 1;
  gboolean any = FALSE;

  self->n_sets = plane->n_sets;
  self->sets = g_new0 (PlaneSet, MAX (plane->n_sets, 1));
  for (guint s = 0; s < plane->n_sets; s++)
    {
      const AnmComplexSet *set = &plane->sets[s];

      self->sets[s] = (PlaneSet){
        .label = g_strdup (set->label != NULL ? set->label : ""),
        .colour = set->colour,
        .hollow = set->hollow,
        .n_points = set->n_points,
        .real = g_memdup2 (set->real, set->n_points * sizeof *set->real),
        .imaginary = g_memdup2 (set->imaginary, set->n_points * sizeof *set->imaginary),
      };
      for (guint i = 0; i < set->n_points; i++)
        if (isfinite (set->real[i]) && isfinite (set->imaginary[i]))
          {
            any = TRUE;
            farthest = MAX (farthest, hypot (set->real[i], set->imaginary[i]));
          }
    }
  self->ring = plane->ring > 0 && isfinite (plane->ring) ? plane->ring : 0;
  self->extent = MAX (farthest, self->ring) * 1.06;
  self->ring_label = g_strdup (plane->ring_label);
  self->symbol = g_strdup (plane->symbol != NULL ? plane->symbol : "λ");
  self->note = g_strdup (plane->note);
  self->note_detail = g_strdup (plane->note_detail);
  self->base.empty = !any;
  return (AnmFigure *) self;
}
