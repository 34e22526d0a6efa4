/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/connector.h"

#include <glib/gi18n-lib.h>

#include "app/gui/layer-menu.h"

#define WIDTH 22
#define BUTTON_TOP 9
#define HEAD_LENGTH 6
#define HEAD_WIDTH 4

struct _AnmConnector
{
  GtkWidget  parent_instance;

  GtkWidget *button;
};

enum
{
  SIGNAL_INSERT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmConnector, anm_connector, GTK_TYPE_WIDGET)

GtkWidget *
anm_connector_new (void)
{
  return g_object_new (ANM_TYPE_CONNECTOR, NULL);
}

void
anm_connector_set_before (AnmConnector *self,
                          const char *name)
{
  g_autofree char *label = NULL;

  g_return_if_fail (ANM_IS_CONNECTOR (self));

  /* Translators: a kind of layer, or the input. */
  label = g_strdup_printf (_("Insert layer after %s"), name);
  gtk_widget_set_tooltip_text (self->button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
chosen_cb (AnmConnector *self,
           gpointer klass)
{
  g_signal_emit (self, signals[SIGNAL_INSERT], 0, klass);
}

static void
anm_connector_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  gtk_widget_measure (ANM_CONNECTOR (widget)->button, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MAX (WIDTH, *minimum);
  else
    *minimum = *natural = *minimum + BUTTON_TOP;
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_connector_size_allocate (GtkWidget *widget,
                             int width,
                             int height,
                             int baseline)
{
  AnmConnector *self = ANM_CONNECTOR (widget);
  GtkRequisition size;

  gtk_widget_get_preferred_size (self->button, &size, NULL);
  gtk_widget_size_allocate (self->button,
                            &(GtkAllocation){ (width - size.width) / 2, BUTTON_TOP, size.width, size.height }, -1);
}

static void
anm_connector_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  AnmConnector *self = ANM_CONNECTOR (widget);
  const double width = gtk_widget_get_width (widget);
  const double y = gtk_widget_get_height (widget) / 2 + 0.5;
  const gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA ink;
  cairo_t *cr;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  ink.alpha *= 0.45f;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, (float) y - HEAD_WIDTH - 1, (float) width,
                                                                 2 * HEAD_WIDTH + 2));
  if (right_to_left)
    {
      cairo_translate (cr, width, 0);
      cairo_scale (cr, -1, 1);
    }
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 1, y);
  cairo_line_to (cr, width - HEAD_LENGTH, y);
  cairo_stroke (cr);
  cairo_move_to (cr, width - 1, y);
  cairo_line_to (cr, width - 1 - HEAD_LENGTH, y - HEAD_WIDTH);
  cairo_line_to (cr, width - 1 - HEAD_LENGTH, y + HEAD_WIDTH);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_destroy (cr);

  gtk_widget_snapshot_child (widget, self->button, snapshot);
}

static void
anm_connector_dispose (GObject *object)
{
  AnmConnector *self = ANM_CONNECTOR (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_connector_parent_class)->dispose (object);
}

static void
anm_connector_class_init (AnmConnectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_connector_dispose;
  widget_class->measure = anm_connector_measure;
  widget_class->size_allocate = anm_connector_size_allocate;
  widget_class->snapshot = anm_connector_snapshot;
  gtk_widget_class_set_css_name (widget_class, "connector");

  signals[SIGNAL_INSERT] =
    g_signal_new ("insert", ANM_TYPE_CONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
anm_connector_init (AnmConnector *self)
{
  GtkWidget *menu = anm_layer_menu_new ();

  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "list-add-symbolic");
  gtk_widget_add_css_class (self->button, "circular");
  gtk_widget_add_css_class (self->button, "insert-button");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), menu);
  g_signal_connect_swapped (menu, "chosen", G_CALLBACK (chosen_cb), self);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}
