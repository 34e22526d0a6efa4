/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/pinned-foot.h"

#include "widgets/views/appearance.h"

struct _AnmPinnedFoot
{
  GtkWidget          parent_instance;

  GtkAdjustment     *adjustment;
  GtkWidget         *content;
  GdkPaintable      *picture;
  int                height;
};

G_DEFINE_FINAL_TYPE (AnmPinnedFoot, anm_pinned_foot, GTK_TYPE_WIDGET)

static void
update_visible (AnmPinnedFoot *self)
{
  const double hidden = gtk_adjustment_get_upper (self->adjustment) -
                        gtk_adjustment_get_page_size (self->adjustment) -
                        gtk_adjustment_get_value (self->adjustment);

  /* Not its visibility: adjustments change while a frame is laid out, when nothing may ask for another layout. */
  gtk_widget_set_opacity (GTK_WIDGET (self), hidden > 1 ? 1 : 0);
}

static void
detach (AnmPinnedFoot *self)
{
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_data (self->picture, self);
  g_clear_object (&self->adjustment);
  g_clear_object (&self->picture);
  self->content = NULL;
}

void
anm_pinned_foot_set_content (AnmPinnedFoot     *self,
                             GtkScrolledWindow *scroller,
                             GtkWidget         *content,
                             int                height)
{
  g_return_if_fail (ANM_IS_PINNED_FOOT (self));

  detach (self);
  self->content = content;
  self->height = height;
  self->adjustment = g_object_ref (gtk_scrolled_window_get_vadjustment (scroller));
  self->picture = gtk_widget_paintable_new (content);

  g_signal_connect_swapped (self->adjustment, "changed", G_CALLBACK (update_visible), self);
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (update_visible), self);
  g_signal_connect_swapped (self->picture, "invalidate-contents", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (self->picture, "invalidate-size", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  update_visible (self);
}

static void
anm_pinned_foot_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  AnmPinnedFoot *self = ANM_PINNED_FOOT (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_point_t origin;
  int content_height;

  if (self->content == NULL ||
      !gtk_widget_compute_point (self->content, widget, &GRAPHENE_POINT_INIT (0, 0), &origin))
    return;

  content_height = gtk_widget_get_height (self->content);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (origin.x, height - content_height));
  gdk_paintable_snapshot (self->picture, snapshot, gtk_widget_get_width (self->content), content_height);
  gtk_snapshot_pop (snapshot);
}

static void
anm_pinned_foot_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, widget, FALSE);
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? (int) (ANM_PINNED_FOOT (widget)->height * theme.text_scale) : 0;
}

static void
anm_pinned_foot_dispose (GObject *object)
{
  detach (ANM_PINNED_FOOT (object));

  G_OBJECT_CLASS (anm_pinned_foot_parent_class)->dispose (object);
}

static void
anm_pinned_foot_class_init (AnmPinnedFootClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_pinned_foot_dispose;
  widget_class->snapshot = anm_pinned_foot_snapshot;
  widget_class->measure = anm_pinned_foot_measure;

  gtk_widget_class_set_css_name (widget_class, "pinnedfoot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
anm_pinned_foot_init (AnmPinnedFoot *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_END);
}
