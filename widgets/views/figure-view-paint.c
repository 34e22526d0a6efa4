/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/views/appearance.h"
#include "widgets/views/figure-view-private.h"

/* Width of the tiles that a moving cursor is painted in, in pixels. */
#define TILE 48

void
anm_figure_view_drop_picture (AnmFigureView *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
themes_equal (const AnmTheme *a,
              const AnmTheme *b)
{
  return a->dark == b->dark && a->high_contrast == b->high_contrast && a->font_family == b->font_family
         && a->text_scale == b->text_scale && a->on_card == b->on_card && a->title_end == b->title_end;
}

/* One pixel of the picture is one of the screen, so that nothing is smoothed. Not a texture: to paint one without OpenGL GTK
 * converts all its pixels to floats and back in every frame, however little of it changes. */
static GskRenderNode *
paint_node (AnmFigureView *self,
            const AnmTheme *theme,
            int width,
            int height,
            int scale)
{
  GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  anm_figure_draw_base (anm_figure_view_get_shown (self), cr, theme, width, height, self->show_title);
  cairo_destroy (cr);

  cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return node;
}

static void
snapshot_focus (AnmFigureView *self,
                GtkSnapshot *snapshot,
                const AnmTheme *theme,
                float width,
                float height)
{
  AnmColour accent = anm_theme_get_colour (theme, ANM_COLOUR_ACCENT);
  GdkRGBA rgba = { (float) accent.red, (float) accent.green, (float) accent.blue, 0.6f };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (-3, -3, width + 6, height + 6), 6);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ rgba, rgba, rgba, rgba });
}

/* What changes with every movement of the pointer, on the tightest rectangle, so that no more than that is painted anew. */
static void
snapshot_cursor (AnmFigureView *self,
                 GtkSnapshot *snapshot,
                 const AnmTheme *theme,
                 double width,
                 double height)
{
  AnmFigure *shown = anm_figure_view_get_shown (self);
  AnmFigurePlace place = { self->cursor_x, NAN, self->cursor_series, -1 };
  cairo_surface_t *recording;
  cairo_t *cr;
  double x, y, ink_width, ink_height;

  if (!anm_figure_shows_cursor (shown, self->cursor_x) && self->cursor_series < 0)
    return;

  recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &(cairo_rectangle_t){ 0, 0, width, height });
  cr = cairo_create (recording);
  if (anm_figure_shows_cursor (shown, self->cursor_x))
    anm_figure_draw_cursor (shown, cr, theme, width, height, self->show_title, self->cursor_x);
  if (self->cursor_series >= 0)
    anm_figure_draw_place (shown, cr, theme, width, height, self->show_title, &place);
  cairo_destroy (cr);

  cairo_recording_surface_ink_extents (recording, &x, &y, &ink_width, &ink_height);
  if (ink_width > 0 && ink_height > 0)
    {
      /* Where more than thirty rectangles change GTK gives up comparing and paints everything around them anew. In a page of
       * figures that share a cursor each must do with one: a tile holds the cursor before and after most steps. */
      double left = TILE * floor ((x - 1) / TILE), right = TILE * ceil ((x + ink_width + 1) / TILE);
      double top = floor (y) - 1, bottom = ceil (y + ink_height) + 1;

      left = MAX (left, -2);
      right = MIN (right, width + 2);
      cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) MAX (right - left, 1), (float) (bottom - top)));
      cairo_set_source_surface (cr, recording, 0, 0);
      cairo_paint (cr);
      cairo_destroy (cr);
    }
  cairo_surface_destroy (recording);
}

/* The marked span in the accent's colour, with edges. */
static void
snapshot_brush (AnmFigureView *self,
                GtkSnapshot *snapshot,
                const AnmTheme *theme,
                int width,
                int height)
{
  AnmFigure *shown = anm_figure_view_get_shown (self);
  AnmColour accent = anm_theme_get_colour (theme, ANM_COLOUR_ACCENT);
  AnmAxis x, y;
  double top = 0, bottom = 0;

  if (isnan (self->brush_low) || isnan (self->brush_high)
      || !anm_figure_get_axes (shown, theme, width, height, self->show_title, &x, &y) || x.start == x.end
      || self->brush_high < x.low || self->brush_low > x.high)
    return;
  if (isnan (self->brush_y_low) && !anm_figure_project_x (shown, theme, width, height, self->show_title, CLAMP (self->brush_low, x.low, x.high), NULL, &top, &bottom))
    return;
  if (!isnan (self->brush_y_low) && y.start != y.end)
    {
      double one = anm_axis_project (&y, CLAMP (self->brush_y_low, y.low, y.high)), other = anm_axis_project (&y, CLAMP (self->brush_y_high, y.low, y.high));
      top = MIN (one, other);
      bottom = MAX (one, other);
    }

  double left = anm_axis_project (&x, CLAMP (self->brush_low, x.low, x.high));
  double right = MAX (anm_axis_project (&x, CLAMP (self->brush_high, x.low, x.high)), left + 1);
  GdkRGBA fill = { (float) accent.red, (float) accent.green, (float) accent.blue, theme->high_contrast ? 0.2f : 0.1f };
  GdkRGBA edge = { (float) accent.red, (float) accent.green, (float) accent.blue, 0.9f };
  float x0 = (float) round (left), y0 = (float) round (top), w = (float) (round (right) - round (left)), h = (float) (round (bottom) - round (top));
  GskRoundedRect outline;

  gtk_snapshot_append_color (snapshot, &fill, &GRAPHENE_RECT_INIT (x0, y0, w, h));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x0, y0, w, h), 0);
  /* Thick above and below rather than filled: colours beneath must stay what they are. */
  float rim = isnan (self->brush_y_low) ? 3 : 1;
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ rim, 1, rim, 1 }, (GdkRGBA[4]){ edge, edge, edge, edge });
}

void
anm_figure_view_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  AnmTheme theme;

  if (self->figure != NULL && width > 0 && height > 0)
    {
      anm_theme_init_for_widget (&theme, widget, self->on_card);
      theme.title_end = self->title_end;
      if (self->node == NULL || !themes_equal (&theme, &self->node_theme) || width != self->node_width
          || height != self->node_height || scale != self->node_scale)
        {
          g_clear_pointer (&self->node, gsk_render_node_unref);
          self->node = paint_node (self, &theme, width, height, scale);
          self->node_theme = theme;
          self->node_width = width;
          self->node_height = height;
          self->node_scale = scale;
        }
      gtk_snapshot_append_node (snapshot, self->node);

      snapshot_brush (self, snapshot, &theme, width, height);
      snapshot_cursor (self, snapshot, &theme, width, height);
      if (gtk_widget_has_visible_focus (widget))
        snapshot_focus (self, snapshot, &theme, width, height);
    }
  gtk_widget_snapshot_child (widget, self->menu_button, snapshot);
}
