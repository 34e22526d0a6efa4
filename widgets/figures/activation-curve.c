/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/activation-curve-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

/* Below this share of its steepest a curve counts as flat. */
#define FLAT 0.05

#define FOOT 20
#define N_POINTS 96

typedef struct
{
  AnmFigure    base;
  AnmCurveKind kind;
  double       at, value, slope;
} Curve;

double
anm_curve_bend (AnmCurveKind kind,
                double z)
{
  switch (kind)
    {
    case ANM_CURVE_LINEAR:
      return z;
    case ANM_CURVE_SIGMOID:
      return 1 / (1 + exp (-z));
    case ANM_CURVE_TANH:
      return tanh (z);
    case ANM_CURVE_RELU:
      return fmax (z, 0);
    case ANM_CURVE_DECAY:
      return exp (-fmax (z, 0));
    case ANM_CURVE_NONE:
    default:
      return NAN;
    }
}

const char *
anm_curve_get_symbol (AnmCurveKind kind)
{
  switch (kind)
    {
    case ANM_CURVE_SIGMOID:
      return "σ";
    case ANM_CURVE_TANH:
      return "tanh";
    case ANM_CURVE_RELU:
      return "relu";
    case ANM_CURVE_DECAY:
      return "e⁻";
    case ANM_CURVE_LINEAR:
    case ANM_CURVE_NONE:
    default:
      return "";
    }
}

char *
anm_curve_describe_slope (AnmCurveKind kind,
                          double slope)
{
  const double steepest = kind == ANM_CURVE_SIGMOID ? 0.25 : 1;
  g_autofree char *number = anm_number_format_fixed (slope, 2);

  if (kind == ANM_CURVE_LINEAR || !(fabs (slope) < FLAT * steepest))
    return g_strdup_printf (_("slope %s"), number);
  if (kind == ANM_CURVE_RELU || kind == ANM_CURVE_DECAY)
    /* Translators: of a curve that is flat here, so that no gradient comes through. */
    return g_strdup_printf (_("slope %s, closed"), number);
  /* Translators: of a curve that is nearly flat here, so that hardly any gradient comes through. */
  return g_strdup_printf (_("slope %s, saturated"), number);
}

/* What is shown of the curve: wide enough for the point. */
static void
get_ranges (AnmCurveKind kind,
            double at,
            double *low,
            double *high,
            double *bottom,
            double *top)
{
  const double reach = isfinite (at) ? MIN (1.15 * fabs (at), 1e6) : 0;
  const double usual = kind == ANM_CURVE_SIGMOID ? 4.5 : kind == ANM_CURVE_TANH ? 2.6 : 2;

  *high = fmax (usual, reach);
  *low = -*high;
  *bottom = kind == ANM_CURVE_TANH ? -1 : kind == ANM_CURVE_LINEAR ? *low : 0;
  *top = kind == ANM_CURVE_LINEAR || kind == ANM_CURVE_RELU ? *high : 1;
}

static void
trace_curve (cairo_t *cr,
             AnmCurveKind kind,
             const AnmArea *plot,
             double low,
             double high,
             double bottom,
             double top)
{
  for (guint i = 0; i <= N_POINTS; i++)
    {
      const double share = (double) i / N_POINTS;
      const double y = anm_curve_bend (kind, low + share * (high - low));

      cairo_line_to (cr, plot->x + share * plot->width, plot->y + (top - y) / (top - bottom) * plot->height);
    }
}

void
_anm_activation_curve_draw (cairo_t *cr,
                            const AnmTheme *theme,
                            const AnmArea *area,
                            AnmCurveKind kind,
                            double at,
                            double value,
                            double slope)
{
  const double scale = theme->text_scale;
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const AnmArea plot = { area->x + 1, area->y + 4, MAX (area->width - 2, 1), MAX (area->height - FOOT * scale - 6, 1) };
  const double middle = anm_sharp (plot.x + plot.width / 2);
  g_autofree char *words = anm_curve_describe_slope (kind, slope);
  double low, high, bottom, top;

  get_ranges (kind, at, &low, &high, &bottom, &top);
  const double zero = anm_sharp (plot.y + top / (top - bottom) * plot.height);

  cairo_set_line_width (cr, 1);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
  cairo_move_to (cr, middle, plot.y);
  cairo_line_to (cr, middle, plot.y + plot.height);
  cairo_stroke (cr);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_move_to (cr, plot.x, zero);
  cairo_line_to (cr, plot.x + plot.width, zero);
  cairo_stroke (cr);

  trace_curve (cr, kind, &plot, low, high, bottom, top);
  anm_set_colour (cr, muted);
  cairo_set_line_width (cr, theme->high_contrast ? 1.8 : 1.3);
  cairo_stroke (cr);

  if (isfinite (at) && isfinite (value))
    {
      const double x = plot.x + (CLAMP (at, low, high) - low) / (high - low) * plot.width;
      const double y = plot.y + (top - CLAMP (value, bottom, top)) / (top - bottom) * plot.height;
      const double dashes[] = { 2, 2 };

      cairo_save (cr);
      cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_set_line_width (cr, 1);
      anm_set_colour (cr, ink);
      cairo_move_to (cr, anm_sharp (x), y);
      cairo_line_to (cr, anm_sharp (x), zero);
      cairo_move_to (cr, x, anm_sharp (y));
      cairo_line_to (cr, area->x + area->width, anm_sharp (y));
      cairo_stroke (cr);
      cairo_restore (cr);
      anm_draw_dot (cr, ink, anm_theme_get_ground (theme), x, y, 3.6);
    }

  /* The name lies where the curve doesn't: a decay falls from the left. */
  if (kind == ANM_CURVE_DECAY)
    anm_formula_draw (cr, theme, 13, muted, "<span style='normal'>e</span><sup>−z</sup>", plot.x + plot.width - 2, plot.y + 11 * scale, 1);
  else
    {
      g_autofree char *markup = g_strdup_printf ("<span style='normal'>%s</span>", anm_curve_get_symbol (kind));
      anm_formula_draw (cr, theme, 13, muted, markup, plot.x, plot.y + 11 * scale, 0);
    }
  anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, words, area->x + area->width / 2, area->y + area->height - 8 * scale, 0.5, 0.5, 0);
}

static void
curve_finalize (AnmFigure *figure)
{
}

static void
curve_draw (const AnmFigure *figure,
            cairo_t *cr,
            const AnmTheme *theme,
            const AnmArea *area)
{
  const Curve *self = (const Curve *) figure;

  _anm_activation_curve_draw (cr, theme, area, self->kind, self->at, self->value, self->slope);
}

static gboolean
curve_locate (const AnmFigure *figure,
              const AnmTheme *theme,
              const AnmArea *area,
              double pixel_x,
              double pixel_y,
              AnmFigurePlace *place)
{
  const Curve *self = (const Curve *) figure;
  double low, high, bottom, top;

  if (pixel_x < area->x + 1 || pixel_x > area->x + area->width - 1 || pixel_y < area->y || pixel_y > area->y + area->height)
    return FALSE;
  get_ranges (self->kind, self->at, &low, &high, &bottom, &top);
  place->x = low + (pixel_x - area->x - 1) / MAX (area->width - 2, 1) * (high - low);
  place->y = anm_curve_bend (self->kind, place->x);
  return TRUE;
}

static gboolean
curve_project_x (const AnmFigure *figure,
                 const AnmTheme *theme,
                 const AnmArea *area,
                 double x,
                 double *pixel_x,
                 double *top,
                 double *bottom)
{
  const Curve *self = (const Curve *) figure;
  double low, high, least, most;

  get_ranges (self->kind, self->at, &low, &high, &least, &most);
  if (x < low || x > high)
    return FALSE;
  *pixel_x = area->x + 1 + (x - low) / (high - low) * MAX (area->width - 2, 1);
  *top = area->y + 4;
  *bottom = area->y + MAX (area->height - FOOT * theme->text_scale - 2, 1);
  return TRUE;
}

static char *
curve_describe (const AnmFigure *figure,
                const AnmFigurePlace *place)
{
  const Curve *self = (const Curve *) figure;

  if (isnan (place->x))
    return NULL;

  g_autofree char *z = anm_number_format_fixed (place->x, 2);
  g_autofree char *value = anm_number_format_fixed (anm_curve_bend (self->kind, place->x), 2);
  return g_strdup_printf ("%s(%s) = %s", anm_curve_get_symbol (self->kind), z, value);
}

static void
curve_fill_table (const AnmFigure *figure,
                  GPtrArray *table)
{
  const Curve *self = (const Curve *) figure;
  g_autofree char *at = anm_table_number (self->at);
  g_autofree char *value = anm_table_number (self->value);
  g_autofree char *slope = anm_table_number (self->slope);

  anm_table_add (table, _("sum, z"), _("value"), _("slope"), NULL);
  if (!self->base.empty)
    anm_table_add (table, at, value, slope, NULL);
}

static const AnmFigureClass curve_class = {
  .instance_size = sizeof (Curve),
  .finalize = curve_finalize,
  .draw = curve_draw,
  .locate = curve_locate,
  .project_x = curve_project_x,
  .describe = curve_describe,
  .fill_table = curve_fill_table,
};

AnmFigure *
anm_activation_curve_new (const AnmActivationCurve *curve)
{
  g_return_val_if_fail (curve != NULL, NULL);

  Curve *self = anm_figure_new (&curve_class, curve->title, curve->caption, curve->finding, curve->empty_text);

  self->kind = curve->kind;
  self->at = curve->at;
  self->value = curve->value;
  self->slope = curve->slope;
  self->base.empty = curve->kind == ANM_CURVE_NONE || isnan (curve->at);
  return (AnmFigure *) self;
}
