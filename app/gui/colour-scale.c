/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/colour-scale.h"

#include <glib/gi18n-lib.h>

#include "widgets/figures/number.h"
#include "widgets/views/appearance.h"

#define N_STOPS 11
#define BAR_WIDTH 108
#define BAR_HEIGHT 9
#define SPACING 6

struct _AnmColourScale
{
  GtkWidget  parent_instance;

  GtkWidget *low_label;
  GtkWidget *high_label;
};

G_DEFINE_FINAL_TYPE (AnmColourScale, anm_colour_scale, GTK_TYPE_WIDGET)

GtkWidget *
anm_colour_scale_new (void)
{
  return g_object_new (ANM_TYPE_COLOUR_SCALE, NULL);
}

void
anm_colour_scale_set_range (AnmColourScale *self,
                            double range)
{
  g_autofree char *number = anm_number_format (range, 3);
  g_autofree char *low = g_strconcat ("−", number, NULL);
  g_autofree char *high = g_strconcat ("+", number, NULL);
  g_autofree char *description = NULL;

  g_return_if_fail (ANM_IS_COLOUR_SCALE (self));

  gtk_label_set_label (GTK_LABEL (self->low_label), low);
  gtk_label_set_label (GTK_LABEL (self->high_label), high);
  description = g_strdup_printf (_("From %s, blue, to %s, orange"), low, high);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
anm_colour_scale_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  AnmColourScale *self = ANM_COLOUR_SCALE (widget);
  int low, high;

  gtk_widget_measure (self->low_label, orientation, -1, NULL, &low, NULL, NULL);
  gtk_widget_measure (self->high_label, orientation, -1, NULL, &high, NULL, NULL);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? low + high + BAR_WIDTH + 2 * SPACING
                                                                  : MAX (BAR_HEIGHT, MAX (low, high));
  *minimum_baseline = *natural_baseline = -1;
}

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static void
anm_colour_scale_size_allocate (GtkWidget *widget,
                                int width,
                                int height,
                                int baseline)
{
  AnmColourScale *self = ANM_COLOUR_SCALE (widget);
  const int low = natural_width (self->low_label);
  const int high = natural_width (self->high_label);

  gtk_widget_size_allocate (self->low_label, &(GtkAllocation){ 0, 0, low, height }, -1);
  gtk_widget_size_allocate (self->high_label, &(GtkAllocation){ width - high, 0, high, height }, -1);
}

static void
anm_colour_scale_snapshot (GtkWidget *widget,
                           GtkSnapshot *snapshot)
{
  AnmColourScale *self = ANM_COLOUR_SCALE (widget);
  const float left = (float) (gtk_widget_get_width (self->low_label) + SPACING);
  const float top = (float) (gtk_widget_get_height (widget) - BAR_HEIGHT) / 2;
  GskColorStop stops[N_STOPS];
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, widget, FALSE);
  for (guint i = 0; i < N_STOPS; i++)
    {
      const AnmColour colour = anm_theme_get_diverging (&theme, 2.0 * i / (N_STOPS - 1) - 1);

      stops[i].offset = (float) i / (N_STOPS - 1);
      stops[i].color = (GdkRGBA){ (float) colour.red, (float) colour.green, (float) colour.blue, 1 };
    }
  gtk_snapshot_append_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (left, top, BAR_WIDTH, BAR_HEIGHT),
                                       &GRAPHENE_POINT_INIT (left, top), &GRAPHENE_POINT_INIT (left + BAR_WIDTH, top),
                                       stops, N_STOPS);
  gtk_widget_snapshot_child (widget, self->low_label, snapshot);
  gtk_widget_snapshot_child (widget, self->high_label, snapshot);
}

static void
anm_colour_scale_dispose (GObject *object)
{
  AnmColourScale *self = ANM_COLOUR_SCALE (object);

  g_clear_pointer (&self->low_label, gtk_widget_unparent);
  g_clear_pointer (&self->high_label, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_colour_scale_parent_class)->dispose (object);
}

static void
anm_colour_scale_class_init (AnmColourScaleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_colour_scale_dispose;
  widget_class->measure = anm_colour_scale_measure;
  widget_class->size_allocate = anm_colour_scale_size_allocate;
  widget_class->snapshot = anm_colour_scale_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
make_label (AnmColourScale *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "small");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
anm_colour_scale_init (AnmColourScale *self)
{
  self->low_label = make_label (self);
  self->high_label = make_label (self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _("Hidden state: orange above 0, blue below"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Colours of the hidden state"), -1);
  anm_colour_scale_set_range (self, 1);
}
