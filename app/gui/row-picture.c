/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/row-picture.h"

static PangoLayout *
make_layout (GtkWidget  *widget,
             const char *text,
             AnmRowText  style)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  if ((style & ANM_ROW_TEXT_BOLD) != 0)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if ((style & ANM_ROW_TEXT_SMALL) != 0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (0.86));
  if ((style & ANM_ROW_TEXT_TINY) != 0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (0.8));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);

  return layout;
}

void
anm_row_text_measure (GtkWidget  *widget,
                      const char *text,
                      AnmRowText  style,
                      int        *width,
                      int        *height)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text, style);

  pango_layout_get_pixel_size (layout, width, height);
}

void
anm_row_text_draw (GtkWidget       *widget,
                   GtkSnapshot     *snapshot,
                   const char      *text,
                   AnmRowText       style,
                   const AnmColour *colour,
                   float            x,
                   float            y,
                   int              width)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text, style);
  const GdkRGBA rgba = { (float) colour->red, (float) colour->green, (float) colour->blue, (float) colour->alpha };

  pango_layout_set_width (layout, MAX (0, width) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  if ((style & ANM_ROW_TEXT_END) != 0)
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &rgba);
  gtk_snapshot_restore (snapshot);
}

void
anm_row_figure_draw (GtkSnapshot     *snapshot,
                     const AnmFigure *figure,
                     const AnmTheme  *theme,
                     float            x,
                     float            y,
                     float            width,
                     float            height)
{
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (x, y, width, height));
  cairo_translate (cr, x, y);
  anm_figure_draw (figure, cr, theme, width, height, FALSE);
  cairo_destroy (cr);
}
