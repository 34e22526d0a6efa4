/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "widgets/views/appearance.h"
#include "widgets/views/figure-view-private.h"
#include "widgets/views/save-dialog.h"
#include "widgets/views/table-view.h"

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* In the window's own way if it has one. */
static void
show_message (GtkWidget *widget,
              const char *message)
{
  if (gtk_widget_activate_action (widget, "win.show-message", "s", message))
    return;

  GtkWidget *dialog = gtk_message_dialog_new (get_window (widget), GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE, "%s", message);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Paper is white, whatever the screen is. */
static void
init_paper_theme (AnmTheme *theme,
                  GtkWidget *widget)
{
  anm_theme_init_for_widget (theme, widget, FALSE);
  theme->dark = FALSE;
}

static void
get_paper_size (GtkWidget *widget,
                double *width,
                double *height)
{
  *width = MAX (gtk_widget_get_width (widget) + 36, 520);
  *height = MAX (gtk_widget_get_height (widget) + 80, 380);
}

static gboolean
close_on_key_cb (GtkEventControllerKey *controller,
                 guint key,
                 guint code,
                 GdkModifierType state,
                 gpointer data)
{
  if (key != GDK_KEY_Escape && key != GDK_KEY_F11)
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (GTK_WINDOW (data));
  return GDK_EVENT_STOP;
}

static GtkWidget *
make_window (GtkWidget *widget,
             const char *title,
             GtkWidget *child,
             int width,
             int height)
{
  GtkWidget *window = gtk_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_transient_for (GTK_WINDOW (window), get_window (widget));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_widget_add_css_class (window, "view");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (close_on_key_cb), window);
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* The same figure in a window of its own, kept up to date by bindings; what stretch is shown there is its own affair. */
static void
enlarge (GtkWidget *widget,
         const char *action,
         GVariant *parameter)
{
  GtkWidget *copy = anm_figure_view_new ();
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (widget));

  if (figure == NULL)
    return;
  gtk_widget_set_margin_start (copy, 18);
  gtk_widget_set_margin_end (copy, 18);
  gtk_widget_set_margin_top (copy, 18);
  gtk_widget_set_margin_bottom (copy, 18);
  g_object_set (copy, "show-title", TRUE, NULL);
  g_object_bind_property (widget, "figure", copy, "figure", G_BINDING_SYNC_CREATE);
  g_object_bind_property (widget, "cursor-x", copy, "cursor-x", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (widget, "cursor-pinned", copy, "cursor-pinned", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (widget, "brush-low", copy, "brush-low", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (widget, "brush-high", copy, "brush-high", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  AnmFigureFrame frame;
  anm_figure_view_get_frame (ANM_FIGURE_VIEW (widget), &frame);
  anm_figure_view_set_frame (ANM_FIGURE_VIEW (copy), &frame);
  make_window (widget, anm_figure_get_title (figure), copy, 1000, 640);
}

static void
copy_picture (GtkWidget *widget,
              const char *action,
              GVariant *parameter)
{
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (widget));
  const double scale = 2;
  double width, height;
  AnmTheme theme;

  if (figure == NULL)
    return;
  figure = anm_figure_view_get_shown (ANM_FIGURE_VIEW (widget));
  init_paper_theme (&theme, widget);
  get_paper_size (widget, &width, &height);

  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (scale * width), (int) (scale * height));
  cairo_t *cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, 18, 18);
  anm_figure_draw (figure, cr, &theme, width - 36, height - 36, TRUE);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                                         (gsize) stride * (gsize) cairo_image_surface_get_height (surface),
                                                         (GDestroyNotify) cairo_surface_destroy, surface);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (cairo_image_surface_get_width (surface), cairo_image_surface_get_height (surface),
                                                           GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  show_message (widget, _("Picture copied"));
}

/* Cells parted by tabs: what spreadsheets paste as cells. */
static void
copy_data (GtkWidget *widget,
           const char *action,
           GVariant *parameter)
{
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (widget));

  if (figure == NULL)
    return;

  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < table->len; i++)
    {
      g_autofree char *row = g_strjoinv ("\t", g_ptr_array_index (table, i));
      g_string_append_printf (text, "%s\n", row);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  show_message (widget, _("Data copied"));
}

static void
show_table (GtkWidget *widget,
            const char *action,
            GVariant *parameter)
{
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (widget));

  if (figure == NULL)
    return;

  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  make_window (widget, anm_figure_get_title (figure), anm_table_view_new (table), 640, 560);
}

/* Export: what is saved is the figure as it was when the menu was opened. */

typedef struct
{
  AnmFigure *figure;
  GtkWidget *view;
} Export;

static void
export_free (Export *self)
{
  anm_figure_unref (self->figure);
  g_object_unref (self->view);
  g_free (self);
}

static void
saved_cb (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  Export *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = anm_save_file_finish (result, &error);

  if (file != NULL)
    {
      g_autofree char *path = g_file_get_path (file);
      double width, height;
      AnmTheme theme;

      init_paper_theme (&theme, self->view);
      get_paper_size (self->view, &width, &height);
      if (path == NULL)
        g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("Pictures can only be saved on this computer: choose a local folder"));
      else if (anm_figure_export (self->figure, &theme, width, height, path, &error))
        {
          g_autofree char *name = g_path_get_basename (path);
          g_autofree char *message = g_strdup_printf (_("Saved as “%s”"), name);
          show_message (self->view, message);
        }
    }
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_message (self->view, error->message);
  export_free (self);
}

/* "Gradient norm by layer" and "png" to "gradient-norm-by-layer.png". */
static char *
suggest_name (const char *title,
              const char *ending)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *lower = g_utf8_strdown (title, -1);

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_isalnum (c))
        g_string_append_unichar (name, c);
      else if (name->len > 0 && name->str[name->len - 1] != '-')
        g_string_append_c (name, '-');
    }
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);
  /* Translators: the name of a picture's file if the picture has no title. */
  return g_strdup_printf ("%s.%s", name->len > 0 ? name->str : _("figure"), ending);
}

static void
export_figure (GtkWidget *widget,
               const char *action,
               GVariant *parameter)
{
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (widget));

  if (figure == NULL)
    return;

  g_autofree char *name = suggest_name (anm_figure_get_title (figure), g_variant_get_string (parameter, NULL));
  Export *export = g_new0 (Export, 1);
  export->figure = anm_figure_ref (anm_figure_view_get_shown (ANM_FIGURE_VIEW (widget)));
  export->view = g_object_ref (widget);
  anm_save_file_async (get_window (widget), _("Export figure"), name, NULL, saved_cb, export);
}

static void
show_all (GtkWidget *widget,
          const char *action,
          GVariant *parameter)
{
  AnmFigureFrame frame = ANM_FIGURE_FRAME_ALL, now;

  anm_figure_view_get_frame (ANM_FIGURE_VIEW (widget), &now);
  frame.scale = now.scale;
  anm_figure_view_set_frame (ANM_FIGURE_VIEW (widget), &frame);
}

/* What can't be done is grey. */
void
anm_figure_view_update_actions (AnmFigureView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "figure.log-scale", self->figure != NULL && (anm_figure_get_abilities (self->figure) & ANM_FIGURE_HAS_LOG) != 0);
  gtk_widget_action_set_enabled (widget, "figure.show-all", anm_figure_view_is_zoomed (self));
}

void
anm_figure_view_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "figure.enlarge", NULL, enlarge);
  gtk_widget_class_install_action (klass, "figure.copy-picture", NULL, copy_picture);
  gtk_widget_class_install_action (klass, "figure.copy-data", NULL, copy_data);
  gtk_widget_class_install_action (klass, "figure.export", "s", export_figure);
  gtk_widget_class_install_action (klass, "figure.show-table", NULL, show_table);
  gtk_widget_class_install_action (klass, "figure.show-all", NULL, show_all);
  gtk_widget_class_install_property_action (klass, "figure.log-scale", "log-scale");
}

GMenuModel *
anm_figure_view_make_menu (void)
{
  static const char *const formats[][2] = { { "png", N_("PNG picture…") }, { "svg", N_("SVG drawing…") }, { "pdf", N_("PDF page…") }, { "csv", N_("CSV table…") } };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) view = g_menu_new ();
  g_autoptr (GMenu) copy = g_menu_new ();
  g_autoptr (GMenu) export = g_menu_new ();

  g_menu_append (view, _("Enlarge"), "figure.enlarge");
  g_menu_append (view, _("Show all"), "figure.show-all");
  g_menu_append (view, _("Log scale"), "figure.log-scale");
  g_menu_append (view, _("Show as table"), "figure.show-table");
  g_menu_append (copy, _("Copy picture"), "figure.copy-picture");
  g_menu_append (copy, _("Copy data"), "figure.copy-data");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(formats[i][1]), NULL);
      g_menu_item_set_action_and_target (item, "figure.export", "s", formats[i][0]);
      g_menu_append_item (export, item);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (copy));
  g_menu_append_section (menu, _("Export as"), G_MENU_MODEL (export));
  return G_MENU_MODEL (menu);
}
