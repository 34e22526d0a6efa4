/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/waterfall.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/figure-private.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

#define LEAST_PITCH 28
#define MOST_PITCH 44

typedef struct
{
  char    *label;
  double   value;
  gboolean muted;
  guint    index; /* as given */
} Term;

typedef struct
{
  AnmFigure base;
  guint     n_terms;
  Term     *terms;    /* in the order from the top */
  double    sum;
  char     *sum_label, *result, *note;
  gboolean  expanded;
} Waterfall;

/* @n_shown: bars of their own; one more for the others if there are any */
typedef struct
{
  AnmArea bars;
  double  foot;
  double  pitch;
  guint   n_shown, n_rows;
  double  low, high;      /* of the running sum */
  double  numbers;        /* width of the column of numbers */
} Layout;

static void
waterfall_finalize (AnmFigure *figure)
{
  Waterfall *self = (Waterfall *) figure;

  for (guint i = 0; i < self->n_terms; i++)
    g_free (self->terms[i].label);
  g_free (self->terms);
  g_free (self->sum_label);
  g_free (self->result);
  g_free (self->note);
}

static char *
name_others (guint n)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u other", "%u others", n), n);
}

/* What the bar of the others adds: whatever is left to the sum. */
static double
sum_others (const Waterfall *self,
            guint n_shown)
{
  double rest = self->sum;

  for (guint k = 0; k < n_shown; k++)
    if (isfinite (self->terms[k].value))
      rest -= self->terms[k].value;
  return rest;
}

static double
measure (const AnmTheme *theme,
         const char *text)
{
  double width;

  anm_text_measure (theme, ANM_TEXT_CAPTION, text, 0, &width, NULL);
  return width;
}

static double
foot_height (const Waterfall *self,
             const AnmTheme *theme)
{
  return (self->result != NULL ? 56 : 32) * theme->text_scale;
}

static void
find_span (const Waterfall *self,
           Layout *layout)
{
  double at = 0;

  layout->low = layout->high = 0;
  for (guint k = 0; k < layout->n_shown; k++)
    {
      if (isfinite (self->terms[k].value))
        at += self->terms[k].value;
      layout->low = fmin (layout->low, at);
      layout->high = fmax (layout->high, at);
    }
  if (isfinite (self->sum))
    {
      layout->low = fmin (layout->low, self->sum);
      layout->high = fmax (layout->high, self->sum);
    }
  if (!(layout->high - layout->low > 0))
    layout->high = layout->low + 1;
}

static void
lay_out (const Waterfall *self,
         const AnmTheme *theme,
         const AnmArea *area,
         Layout *layout)
{
  const double scale = theme->text_scale;
  const double height = MAX (area->height - foot_height (self, theme), 1);
  const guint capacity = (guint) MAX (height / (LEAST_PITCH * scale), 1);
  double labels = 0;

  layout->n_shown = self->expanded || self->n_terms <= capacity ? self->n_terms : capacity - 1;
  layout->n_rows = layout->n_shown + (layout->n_shown < self->n_terms ? 1 : 0);
  layout->pitch = MIN (height / MAX (layout->n_rows, 1), MOST_PITCH * scale);
  layout->foot = area->y + layout->pitch * layout->n_rows;

  layout->numbers = 0;
  for (guint k = 0; k < layout->n_shown; k++)
    {
      g_autofree char *value = anm_number_format_term (self->terms[k].value);

      labels = MAX (labels, measure (theme, self->terms[k].label));
      layout->numbers = MAX (layout->numbers, measure (theme, value));
    }
  if (layout->n_shown < self->n_terms)
    {
      g_autofree char *others = name_others (self->n_terms - layout->n_shown);
      g_autofree char *rest = anm_number_format_term (sum_others (self, layout->n_shown));

      labels = MAX (labels, measure (theme, others));
      layout->numbers = MAX (layout->numbers, measure (theme, rest));
    }
  labels = MIN (labels + 18, 0.42 * area->width);
  layout->numbers += 10;
  layout->bars = (AnmArea){ floor (area->x + labels), area->y, MAX (floor (area->width - labels - layout->numbers), 1), layout->pitch * layout->n_rows };
  find_span (self, layout);
}

static double
project (const Layout *layout,
         double value)
{
  return layout->bars.x + 1 + (CLAMP (value, layout->low, layout->high) - layout->low) / (layout->high - layout->low) * MAX (layout->bars.width - 2, 1);
}

static void
draw_row (const Waterfall *self,
          cairo_t *cr,
          const AnmTheme *theme,
          const AnmArea *area,
          const Layout *layout,
          guint k,
          double *at)
{
  const gboolean others = k == layout->n_shown;
  const double value = others ? sum_others (self, layout->n_shown) : self->terms[k].value;
  const double gap = layout->pitch >= 12 ? CLAMP (0.14 * layout->pitch, 2, 6) : 1;
  const double middle = area->y + (k + 0.5) * layout->pitch;
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *name = others ? name_others (self->n_terms - layout->n_shown) : NULL;
  g_autofree char *number = anm_number_format_term (value);

  if (layout->pitch >= 11)
    {
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, others || self->terms[k].muted ? muted : ink, others ? name : self->terms[k].label,
                     area->x, middle, 0, 0.5, MAX (layout->bars.x - area->x - 8, 8));
      anm_text_draw (cr, theme, ANM_TEXT_CAPTION, muted, number, area->x + area->width, middle, 1, 0.5, 0);
    }
  if (!isfinite (value))
    return;

  const double from = project (layout, *at), to = project (layout, *at + value);
  *at += value;
  anm_set_colour (cr, anm_theme_get_diverging (theme, value < 0 ? -0.6 : 0.6));
  cairo_rectangle (cr, MIN (from, to), area->y + k * layout->pitch + gap / 2, MAX (fabs (to - from), 1), layout->pitch - gap);
  cairo_fill (cr);

  /* To where the next one begins. */
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (to), area->y + (k + 1) * layout->pitch - gap / 2);
  cairo_line_to (cr, anm_sharp (to), area->y + (k + 1) * layout->pitch + (k + 1 < layout->n_rows ? gap / 2 : gap));
  cairo_stroke (cr);
}

static void
draw_foot (const Waterfall *self,
           cairo_t *cr,
           const AnmTheme *theme,
           const AnmArea *area,
           const Layout *layout)
{
  const double scale = theme->text_scale, right = area->x + area->width;
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK), muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *sum = anm_number_format_term (self->sum);
  double y = layout->foot + 4, width;

  cairo_set_line_width (cr, 1);
  anm_set_colour (cr, ink);
  cairo_move_to (cr, area->x, anm_sharp (y));
  cairo_line_to (cr, right, anm_sharp (y));
  cairo_stroke (cr);
  if (isfinite (self->sum))
    {
      cairo_set_line_width (cr, 2);
      cairo_move_to (cr, round (project (layout, self->sum)), y);
      cairo_line_to (cr, round (project (layout, self->sum)), y + 7);
      cairo_stroke (cr);
    }

  y += 17 * scale;
  anm_text_measure (theme, ANM_TEXT_NAME, sum, 0, &width, NULL);
  anm_text_draw (cr, theme, ANM_TEXT_NAME, ink, self->sum_label, area->x, y, 0, 0.5, MAX (area->width - width - 10, 1));
  anm_text_draw (cr, theme, ANM_TEXT_NAME, ink, sum, right, y, 1, 0.5, 0);
  if (self->result == NULL)
    return;
  y += 23 * scale;
  width = anm_formula_draw (cr, theme, 15, ink, self->result, area->x, y + 5 * scale, 0);
  if (self->note != NULL && measure (theme, self->note) <= area->width - width - 10)
    anm_text_draw (cr, theme, ANM_TEXT_CAPTION, muted, self->note, right, y, 1, 0.5, 0);
}

static void
waterfall_draw (const AnmFigure *figure,
                cairo_t *cr,
                const AnmTheme *theme,
                const AnmArea *area)
{
  const Waterfall *self = (const Waterfall *) figure;
  Layout layout;
  double at = 0;

  lay_out (self, theme, area, &layout);
  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_AXIS));
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, anm_sharp (project (&layout, 0)), area->y);
  cairo_line_to (cr, anm_sharp (project (&layout, 0)), layout.foot + 4);
  cairo_stroke (cr);
  for (guint k = 0; k < layout.n_rows; k++)
    draw_row (self, cr, theme, area, &layout, k, &at);
  draw_foot (self, cr, theme, area, &layout);
}

static gboolean
waterfall_locate (const AnmFigure *figure,
                  const AnmTheme *theme,
                  const AnmArea *area,
                  double pixel_x,
                  double pixel_y,
                  AnmFigurePlace *place)
{
  const Waterfall *self = (const Waterfall *) figure;
  Layout layout;

  lay_out (self, theme, area, &layout);
  if (pixel_x < area->x || pixel_x > area->x + area->width || pixel_y < area->y || pixel_y >= layout.foot)
    return FALSE;

  const guint k = MIN ((guint) ((pixel_y - area->y) / layout.pitch), layout.n_rows - 1);
  place->x = NAN;
  place->y = k < layout.n_shown ? self->terms[k].value : sum_others (self, layout.n_shown);
  place->series = k < layout.n_shown ? (int) self->terms[k].index : ANM_WATERFALL_OTHERS;
  place->index = (int) k;
  return TRUE;
}

/* There is no axis that a cursor could share. */
static gboolean
waterfall_project_x (const AnmFigure *figure,
                     const AnmTheme *theme,
                     const AnmArea *area,
                     double x,
                     double *pixel_x,
                     double *top,
                     double *bottom)
{
  return FALSE;
}

static char *
waterfall_describe (const AnmFigure *figure,
                    const AnmFigurePlace *place)
{
  const Waterfall *self = (const Waterfall *) figure;

  if (place->series < 0 || place->index < 0 || (guint) place->index >= self->n_terms)
    return NULL;

  const gboolean others = place->series == ANM_WATERFALL_OTHERS;
  const double value = others ? sum_others (self, (guint) place->index) : self->terms[place->index].value;
  g_autofree char *name = others ? name_others (self->n_terms - (guint) place->index) : g_strdup (self->terms[place->index].label);
  g_autofree char *number = anm_number_format (value, 4);
  return g_strdup_printf (_("%s: %s%s"), name, value > 0 ? "+" : "", number);
}

static void
waterfall_fill_table (const AnmFigure *figure,
                      GPtrArray *table)
{
  const Waterfall *self = (const Waterfall *) figure;
  g_autofree char *sum = anm_table_number (self->sum);

  anm_table_add (table, _("term"), _("value"), NULL);
  if (self->base.empty)
    return;
  for (guint k = 0; k < self->n_terms; k++)
    {
      g_autofree char *value = anm_table_number (self->terms[k].value);
      anm_table_add (table, self->terms[k].label, value, NULL);
    }
  anm_table_add (table, self->sum_label, sum, NULL);
}

static double
waterfall_natural_height (const AnmFigure *figure,
                          const AnmTheme *theme)
{
  const Waterfall *self = (const Waterfall *) figure;
  const guint n = self->expanded ? self->n_terms : MIN (self->n_terms, 9);

  return self->base.empty ? 180 * theme->text_scale : (MAX (n, 1) * LEAST_PITCH + 4) * theme->text_scale + foot_height (self, theme);
}

static const AnmFigureClass waterfall_class = {
  .instance_size = sizeof (Waterfall),
  .finalize = waterfall_finalize,
  .draw = waterfall_draw,
  .locate = waterfall_locate,
  .project_x = waterfall_project_x,
  .describe = waterfall_describe,
  .fill_table = waterfall_fill_table,
  .natural_height = waterfall_natural_height,
};

/* Largest first, as given where alike; what isn't known last. */
static int
compare_terms (gconstpointer first,
               gconstpointer second)
{
  const Term *a = first, *b = second;
  const double size_a = isnan (a->value) ? -1 : fabs (a->value), size_b = isnan (b->value) ? -1 : fabs (b->value);

  if (size_a != size_b)
    return size_a > size_b ? -1 : 1;
  return a->index < b->index ? -1 : a->index > b->index;
}

AnmFigure *
anm_waterfall_new (const AnmWaterfall *waterfall)
{
  g_return_val_if_fail (waterfall != NULL && waterfall->n_first <= waterfall->n_terms, NULL);

  Waterfall *self = anm_figure_new (&waterfall_class, waterfall->title, waterfall->caption, waterfall->finding, waterfall->empty_text);

  self->n_terms = waterfall->n_terms;
  self->terms = g_new0 (Term, waterfall->n_terms);
  for (guint i = 0; i < waterfall->n_terms; i++)
    self->terms[i] = (Term){ g_strdup (waterfall->terms[i].label), waterfall->terms[i].value, waterfall->terms[i].muted, i };
  if (self->n_terms > waterfall->n_first)
    qsort (self->terms + waterfall->n_first, self->n_terms - waterfall->n_first, sizeof *self->terms, compare_terms);
  self->sum = waterfall->sum;
  self->sum_label = g_strdup (waterfall->sum_label != NULL ? waterfall->sum_label : _("sum"));
  self->result = g_strdup (waterfall->result);
  self->note = g_strdup (waterfall->note);
  self->expanded = waterfall->expanded;
  self->base.empty = waterfall->n_terms == 0;
  return (AnmFigure *) self;
}

guint
anm_waterfall_count_shown (const AnmFigure *figure,
                           const AnmTheme *theme,
                           double width,
                           double height,
                           gboolean with_title)
{
  g_return_val_if_fail (figure != NULL && figure->klass == &waterfall_class, 0);

  const AnmArea body = anm_figure_get_body (figure, theme, width, height, with_title);
  Layout layout;

  if (figure->empty)
    return 0;
  lay_out ((const Waterfall *) figure, theme, &body, &layout);
  return layout.n_shown;
}

guint
anm_waterfall_get_term (const AnmFigure *figure,
                        guint k)
{
  g_return_val_if_fail (figure != NULL && figure->klass == &waterfall_class && k < ((const Waterfall *) figure)->n_terms, 0);

  return ((const Waterfall *) figure)->terms[k].index;
}
