/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/figure-private.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/text.h"

#define MARGIN 18
#define PIXELS_PER_POINT (96.0 / 72.0)

/* Collects what a cairo surface writes. */
static cairo_status_t
append_bytes (gpointer closure,
              const unsigned char *bytes,
              unsigned int length)
{
  g_byte_array_append (closure, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_alone (const AnmFigure *self,
            cairo_t *cr,
            const AnmTheme *theme,
            double width,
            double height)
{
  AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  double inner_width = width - 2 * MARGIN;
  double inner_height = height - 2 * MARGIN;
  double foot = 0;

  anm_set_colour (cr, anm_theme_get_colour (theme, ANM_COLOUR_VIEW));
  cairo_paint (cr);

  if (*self->finding != '\0')
    foot = anm_text_draw_wrapped (NULL, theme, ANM_TEXT_CAPTION, muted, self->finding, 0, 0, inner_width, inner_height / 3, FALSE);
  if (foot > 0)
    {
      anm_text_draw_wrapped (cr, theme, ANM_TEXT_CAPTION, muted, self->finding,
                             MARGIN, height - MARGIN - foot, inner_width, inner_height / 3, FALSE);
      foot += 12;
    }

  cairo_save (cr);
  cairo_translate (cr, MARGIN, MARGIN);
  anm_figure_draw (self, cr, theme, inner_width, inner_height - foot, TRUE);
  cairo_restore (cr);
}

static cairo_status_t
draw_and_finish (const AnmFigure *self,
                 cairo_surface_t *surface,
                 const AnmTheme *theme,
                 double scale,
                 double width,
                 double height,
                 GByteArray *png)
{
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_scale (cr, scale, scale);
  draw_alone (self, cr, theme, width, height);
  status = cairo_status (cr);
  cairo_destroy (cr);

  if (status == CAIRO_STATUS_SUCCESS && png != NULL)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, png);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

/**
 * anm_figure_export:
 * @self: a figure
 * @theme: how it looks
 * @width: pixels; a PNG has twice as many, for sharp print
 * @height: pixels
 * @path: where to; its ending decides: .png, .svg, .pdf, or .csv for the table
 * @error: %G_FILE_ERROR_INVAL for another ending, or why the file can't be written
 *
 * Writes the figure as a file that stands alone. A file already there is
 * replaced only when the new one is whole.
 */
gboolean
anm_figure_export (const AnmFigure *self,
                   const AnmTheme *theme,
                   double width,
                   double height,
                   const char *path,
                   GError **error)
{
  g_return_val_if_fail (self != NULL && theme != NULL && path != NULL, FALSE);

  g_autofree char *name = g_ascii_strdown (path, -1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status = CAIRO_STATUS_SUCCESS;

  width = CLAMP (width, 180, 8000);
  height = CLAMP (height, 120, 8000);

  if (g_str_has_suffix (name, ".png"))
    status = draw_and_finish (self, cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (2 * width), (int) (2 * height)),
                              theme, 2, width, height, bytes);
  else if (g_str_has_suffix (name, ".svg"))
    {
      cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, width, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      status = draw_and_finish (self, surface, theme, 1, width, height, NULL);
    }
  else if (g_str_has_suffix (name, ".pdf"))
    {
      cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes,
                                                                      width / PIXELS_PER_POINT, height / PIXELS_PER_POINT);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, self->finding);
      status = draw_and_finish (self, surface, theme, 1 / PIXELS_PER_POINT, width, height, NULL);
    }
  else if (g_str_has_suffix (name, ".csv"))
    {
      g_autofree char *csv = anm_figure_get_csv (self);
      g_byte_array_append (bytes, (const guint8 *) csv, (guint) strlen (csv));
    }
  else
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   _("“%s” doesn't end in .png, .svg, .pdf or .csv: choose one of these endings"), path);
      return FALSE;
    }

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, _("“%s” can't be drawn: %s"), path, cairo_status_to_string (status));
      return FALSE;
    }
  return g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
}
