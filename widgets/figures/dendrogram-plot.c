/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/dendrogram-plot.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/axis.h"
#include "widgets/figures/figure-private.h"
#include "widgets/figures/label-layout.h"
#include "widgets/figures/number.h"
#include "widgets/figures/text.h"

typedef struct
{
  AnmFigure   base;
  char       *leaf_word, *height_label;
  guint       n;
  AnmBranch  *branches;
  guint      *order;
  char      **labels; /* nullable */
  int         selected;
} AnmDendrogramFigure;

/* The tree */

static double
find_greatest (const AnmBranch *branches,
               guint n_leaves)
{
  double greatest = 0;

  for (guint i = 0; i + 1 < n_leaves; i++)
    if (isfinite (branches[i].height))
      greatest = MAX (greatest, branches[i].height);
  return greatest;
}

int
anm_branches_find (const AnmBranch *branches,
                   guint n_leaves,
                   const guint *order,
                   double x,
                   double y,
                   double width,
                   double height,
                   double pixel_x,
                   double pixel_y)
{
  const double greatest = find_greatest (branches, n_leaves);
  guint node;
  int found = -1;

  if (n_leaves < 2 || !(height > 0))
    return -1;
  node = order[(guint) CLAMP ((pixel_y - y) / height * n_leaves, 0, n_leaves - 1)];
  /* A branch stands on lower ones: its own come later. */
  for (guint i = 0; i + 1 < n_leaves; i++)
    {
      const double share = isfinite (branches[i].height) && greatest > 0 ? branches[i].height / greatest : 1;

      if (branches[i].first != node && branches[i].second != node)
        continue;
      /* The line itself belongs to it. */
      if (x + width - share * (width - 4) < pixel_x - 3)
        break;
      found = (int) i;
      node = n_leaves + i;
    }
  return found;
}

GArray *
anm_branches_list (const AnmBranch *branches,
                   guint n_leaves,
                   guint branch)
{
  GArray *leaves = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (guint));
  guint node = n_leaves + branch;

  g_array_append_val (left, node);
  while (left->len > 0)
    {
      node = g_array_index (left, guint, left->len - 1);
      g_array_set_size (left, left->len - 1);
      if (node < n_leaves)
        g_array_append_val (leaves, node);
      else
        {
          g_array_append_val (left, branches[node - n_leaves].first);
          g_array_append_val (left, branches[node - n_leaves].second);
        }
    }
  return leaves;
}

/* Below 0.6 pixels a branch is a blot: it is left out, and what stands on it is drawn. */
#define LEAST_SPAN 0.6

void
anm_branches_draw (cairo_t *cr,
                   const AnmTheme *theme,
                   const AnmBranch *branches,
                   guint n_leaves,
                   const guint *order,
                   int selected,
                   double x,
                   double y,
                   double width,
                   double height)
{
  const guint n_nodes = n_leaves > 0 ? 2 * n_leaves - 1 : 0;
  const double greatest = find_greatest (branches, n_leaves), right = x + width, pitch = height / MAX (n_leaves, 1);
  g_autofree double *at_x = g_new (double, MAX (n_nodes, 1));
  g_autofree double *at_y = g_new (double, MAX (n_nodes, 1));
  g_autofree gboolean *chosen = g_new0 (gboolean, MAX (n_nodes, 1));

  for (guint k = 0; k < n_leaves; k++)
    {
      at_x[order[k]] = right;
      at_y[order[k]] = y + (k + 0.5) * pitch;
      chosen[order[k]] = (int) order[k] == selected;
    }
  for (guint i = 0; i + 1 < n_leaves; i++)
    {
      const AnmBranch *branch = &branches[i];
      const double share = isfinite (branch->height) && greatest > 0 ? branch->height / greatest : 1;

      at_x[n_leaves + i] = right - share * (width - 4);
      at_y[n_leaves + i] = (at_y[branch->first] + at_y[branch->second]) / 2;
      chosen[n_leaves + i] = chosen[branch->first] || chosen[branch->second];
    }

  cairo_save (cr);
  cairo_set_line_width (cr, theme->high_contrast ? 1.5 : pitch < 4 ? 0.7 : 1);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  for (int in_ink = 0; in_ink <= 1; in_ink++)
    {
      anm_set_colour (cr, anm_theme_get_colour (theme, in_ink ? ANM_COLOUR_INK : ANM_COLOUR_FAINT));
      for (guint i = 0; i + 1 < n_leaves; i++)
        {
          const guint ends[] = { branches[i].first, branches[i].second };

          if (fabs (at_y[ends[0]] - at_y[ends[1]]) < LEAST_SPAN)
            continue;
          for (guint end = 0; end < 2; end++)
            {
              if (chosen[ends[end]] != in_ink)
                continue;
              cairo_move_to (cr, at_x[ends[end]], anm_sharp (at_y[ends[end]]));
              cairo_line_to (cr, anm_sharp (at_x[n_leaves + i]), anm_sharp (at_y[ends[end]]));
              cairo_line_to (cr, anm_sharp (at_x[n_leaves + i]), anm_sharp (at_y[n_leaves + i]));
            }
        }
      if (n_leaves > 1 && chosen[n_nodes - 1] == in_ink)
        {
          cairo_move_to (cr, x, anm_sharp (at_y[n_nodes - 1]));
          cairo_line_to (cr, at_x[n_nodes - 1], anm_sharp (at_y[n_nodes - 1]));
        }
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

/* The figure */

static void
dendrogram_finalize (AnmFigure *figure)
{
  AnmDendrogramFigure *self = (AnmDendrogramFigure *) figure;

  g_free (self->leaf_word);
  g_free (self->height_label);
  g_free (self->branches);
  g_free (self->order);
  g_strfreev (self->labels);
}

static char *
name_leaf (const AnmDendrogramFigure *self,
           guint leaf)
{
  if (self->labels != NULL)
    return g_strdup (self->labels[leaf]);
  return *self->leaf_word != '\0' ? g_strdup_printf (C_("axis", "%s %u"), self->leaf_word, leaf + 1) : g_strdup_printf ("%u", leaf + 1);
}

/* The axis of heights runs from the root at the left to 0 at the leaves. */
static void
lay_out (const AnmDendrogramFigure *self,
         const AnmTheme *theme,
         const AnmArea *area,
         AnmArea *plot,
         AnmAxis *heights)
{
  const double scale = theme->text_scale;
  const double foot = (*self->height_label != '\0' && area->height >= 100 * scale ? 36 : 22) * scale;
  const double greatest = find_greatest (self->branches, self->n);
  double names = 0;

  plot->height = MAX (area->height - foot - 4, 1);
  if (plot->height / self->n >= 10.5 * scale)
    for (guint i = 0; i < self->n; i++)
      {
        g_autofree char *name = name_leaf (self, i);
        double width;

        anm_text_measure (theme, ANM_TEXT_AXIS, name, 0, &width, NULL);
        names = MAX (names, width + 8);
      }
  plot->x = area->x + 8;
  plot->y = area->y + 4;
  plot->width = MAX (area->width - 8 - MIN (names, 0.4 * area->width) - 6, 1);
  *heights = (AnmAxis){ .kind = ANM_AXIS_LINEAR, .low = 0, .high = greatest > 0 ? greatest : 1, .start = plot->x + plot->width,
                        .end = plot->x + 4 };
}

static void
dendrogram_draw (const AnmFigure *figure,
                 cairo_t *cr,
                 const AnmTheme *theme,
                 const AnmArea *area)
{
  const AnmDendrogramFigure *self = (const AnmDendrogramFigure *) figure;
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const double scale = theme->text_scale;
  AnmTick ticks[ANM_AXIS_MAX_TICKS];
  AnmArea plot;
  AnmAxis heights;

  lay_out (self, theme, area, &plot, &heights);
  const double bottom = plot.y + plot.height;
  const guint n_ticks = anm_axis_get_ticks (&heights, (guint) CLAMP (plot.width / (60 * scale), 2, 6), ticks);
  double end = -INFINITY;
  /* Heights grow to the left. */
  for (guint i = n_ticks; i-- > 0;)
    {
      const double x = anm_axis_project (&heights, ticks[i].value);

      anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_GRID));
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, anm_sharp (x), plot.y);
      cairo_line_to (cr, anm_sharp (x), bottom);
      cairo_stroke (cr);
      anm_tick_number_draw (cr, theme, ticks[i].label, x, bottom + 12 * scale, area->x, area->x + area->width, &end);
    }
  if (*self->height_label != '\0' && area->height >= 100 * scale)
    anm_text_draw (cr, theme, ANM_TEXT_AXIS, muted, self->height_label, plot.x + plot.width / 2, bottom + 27 * scale, 0.5, 0.5, plot.width);

  anm_branches_draw (cr, theme, self->branches, self->n, self->order, self->selected, plot.x, plot.y, plot.width, plot.height);
  if (plot.height / self->n < 10.5 * scale)
    return;
  for (guint k = 0; k < self->n; k++)
    {
      g_autofree char *name = name_leaf (self, self->order[k]);

      anm_text_draw (cr, theme, ANM_TEXT_AXIS, (int) self->order[k] == self->selected ? anm_theme_get_colour (theme, ANM_COLOUR_INK) : muted, name,
                     plot.x + plot.width + 6, plot.y + (k + 0.5) * plot.height / self->n, 0, 0.5, area->x + area->width - plot.x - plot.width - 6);
    }
}

/* Rows can be pointed at; there is no shared axis. */
static gboolean
dendrogram_locate (const AnmFigure *figure,
                   const AnmTheme *theme,
                   const AnmArea *area,
                   double pixel_x,
                   double pixel_y,
                   AnmFigurePlace *place)
{
  const AnmDendrogramFigure *self = (const AnmDendrogramFigure *) figure;
  AnmArea plot;
  AnmAxis heights;

  lay_out (self, theme, area, &plot, &heights);
  if (pixel_x < plot.x || pixel_y < plot.y || pixel_y > plot.y + plot.height)
    return FALSE;
  place->x = NAN;
  place->series = (int) self->order[(guint) MIN ((pixel_y - plot.y) / plot.height * self->n, self->n - 1)];
  place->index = 0;
  return TRUE;
}

static char *
dendrogram_describe (const AnmFigure *figure,
                     const AnmFigurePlace *place)
{
  const AnmDendrogramFigure *self = (const AnmDendrogramFigure *) figure;

  if (place->series < 0 || (guint) place->series >= self->n)
    return NULL;
  for (guint i = 0; i + 1 < self->n; i++)
    if (self->branches[i].first == (guint) place->series || self->branches[i].second == (guint) place->series)
      {
        g_autofree char *name = name_leaf (self, (guint) place->series);
        g_autofree char *height = anm_number_format (self->branches[i].height, 3);

        /* Translators: a unit of a network, and how far it is from the nearest others. */
        return g_strdup_printf (_("%s: joined at distance %s"), name, height);
      }
  return NULL;
}

static void
dendrogram_fill_table (const AnmFigure *figure,
                       GPtrArray *table)
{
  const AnmDendrogramFigure *self = (const AnmDendrogramFigure *) figure;

  anm_table_add (table, _("join"), _("first"), _("second"), _("distance"), NULL);
  for (guint i = 0; i + 1 < self->n; i++)
    {
      const guint ends[] = { self->branches[i].first, self->branches[i].second };
      g_autofree char *number = g_strdup_printf ("%u", i + 1);
      g_autofree char *height = anm_table_number (self->branches[i].height);
      char *names[2];

      for (guint end = 0; end < 2; end++)
        /* Translators: a join of a tree, by its number. */
        names[end] = ends[end] < self->n ? name_leaf (self, ends[end]) : g_strdup_printf (_("join %u"), ends[end] - self->n + 1);
      anm_table_add (table, number, names[0], names[1], height, NULL);
      g_free (names[0]);
      g_free (names[1]);
    }
}

static double
dendrogram_natural_height (const AnmFigure *figure,
                           const AnmTheme *theme)
{
  return CLAMP (((const AnmDendrogramFigure *) figure)->n * 12.0, 120, 480) * theme->text_scale;
}

static int
dendrogram_step_series (const AnmFigure *figure,
                        int series,
                        int direction)
{
  const AnmDendrogramFigure *self = (const AnmDendrogramFigure *) figure;

  return anm_step_row (series, direction, self->n, self->order);
}

static const AnmFigureClass dendrogram_class = {
  .instance_size = sizeof (AnmDendrogramFigure),
  .finalize = dendrogram_finalize,
  .draw = dendrogram_draw,
  .locate = dendrogram_locate,
  .describe = dendrogram_describe,
  .fill_table = dendrogram_fill_table,
  .natural_height = dendrogram_natural_height,
  .step_series = dendrogram_step_series,
};

AnmFigure *
anm_dendrogram_plot_new (const AnmDendrogramPlot *plot)
{
  g_return_val_if_fail (plot != NULL, NULL);

  AnmDendrogramFigure *self = anm_figure_new (&dendrogram_class, plot->title, plot->caption, plot->finding, plot->empty_text);

  self->leaf_word = g_strdup (plot->leaf_word != NULL ? plot->leaf_word : "");
  self->height_label = g_strdup (plot->height_label != NULL ? plot->height_label : "");
  self->n = plot->n_leaves;
  self->selected = plot->selected;
  self->base.empty = plot->n_leaves < 2 || plot->branches == NULL || plot->order == NULL;
  if (self->base.empty)
    return (AnmFigure *) self;

  self->branches = g_memdup2 (plot->branches, (plot->n_leaves - 1) * sizeof *plot->branches);
  self->order = g_memdup2 (plot->order, plot->n_leaves * sizeof *plot->order);
  if (plot->labels != NULL)
    {
      self->labels = g_new0 (char *, plot->n_leaves + 1);
      for (guint i = 0; i < plot->n_leaves; i++)
        self->labels[i] = g_strdup (plot->labels[i]);
    }
  return (AnmFigure *) self;
}
