/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "widgets/views/appearance.h"
#include "widgets/views/figure-view-private.h"

static void
set_hovered (AnmFigureView *self,
             const AnmFigurePlace *place)
{
  gboolean was_hovering = self->hovering;

  self->hovering = place != NULL;
  if (place != NULL)
    self->hovered = *place;
  if (self->interactive && !self->cursor_pinned && (self->hovering || was_hovering))
    anm_figure_view_set_cursor_x (self, place != NULL ? place->x : NAN);
  if (self->hovering || was_hovering)
    anm_figure_view_emit_hovered (self, place);
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
}

static gboolean
locate (AnmFigureView *self,
        double x,
        double y,
        AnmFigurePlace *place)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AnmTheme theme;

  if (self->figure == NULL)
    return FALSE;
  anm_theme_init_for_widget (&theme, widget, self->on_card);
  return anm_figure_locate (anm_figure_view_get_shown (self), &theme, gtk_widget_get_width (widget), gtk_widget_get_height (widget), self->show_title, x, y, place);
}

static void
update_menu_opacity (AnmFigureView *self,
                     gboolean pointer_inside)
{
  gboolean focused = (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
  gtk_widget_set_opacity (self->menu_button, pointer_inside || focused ? 1 : ANM_FIGURE_MENU_OPACITY);
}

static void
motion_cb (GtkEventControllerMotion *controller,
           double x,
           double y,
           AnmFigureView *self)
{
  AnmFigurePlace place;

  update_menu_opacity (self, TRUE);
  self->pointer_x = x;
  self->pointer_y = y;
  /* What is dragged keeps its cursor. */
  if (self->drag > ANM_FIGURE_DRAG_WAITING)
    return;
  set_hovered (self, locate (self, x, y, &place) ? &place : NULL);
}

static void
leave_cb (GtkEventControllerMotion *controller,
          AnmFigureView *self)
{
  update_menu_opacity (self, FALSE);
  self->pointer_x = self->pointer_y = NAN;
  set_hovered (self, NULL);
}

/* Unless its button was scrolled away: a menu has to be on a screen. */
static void
popup_menu (AnmFigureView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  graphene_rect_t bounds;

  if (root == NULL || !gtk_widget_compute_bounds (self->menu_button, GTK_WIDGET (root), &bounds))
    return;
  if (bounds.origin.y >= 0 && bounds.origin.y < (float) gtk_widget_get_height (GTK_WIDGET (root)))
    gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int n_press,
            double x,
            double y,
            AnmFigureView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_SECONDARY && self->show_menu)
    popup_menu (self);
}

/* Not when pressed: what begins there may be a drag. */
static void
released_cb (GtkGestureClick *gesture,
             int n_press,
             double x,
             double y,
             AnmFigureView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  AnmFigurePlace place;

  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) != GDK_BUTTON_PRIMARY)
    return;
  if ((state & GDK_SHIFT_MASK) != 0 && !isnan (self->brush_low))
    {
      anm_figure_view_brush (self, NAN, NAN, NAN, NAN);
      anm_figure_view_end_brush (self);
      return;
    }

  gboolean found = locate (self, x, y, &place);
  if (found && self->interactive && !isnan (place.x))
    {
      self->cursor_series = -1;
      anm_figure_view_set_cursor_x (self, place.x);
      anm_figure_view_set_cursor_pinned (self, TRUE);
    }
  if (found)
    anm_figure_view_emit_clicked (self, &place, n_press);
  if (n_press == 2 && self->show_menu && self->zoomable && anm_figure_view_is_zoomed (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "figure.show-all", NULL);
  else if (n_press == 2 && self->show_menu)
    gtk_widget_activate_action (GTK_WIDGET (self), "figure.enlarge", NULL);
}

/* Drags */

static gboolean
lies_on_axis (const AnmAxis *x,
              const AnmAxis *y,
              AnmFigureView *self,
              double pixel_x,
              double pixel_y)
{
  AnmTheme theme;
  GtkWidget *widget = GTK_WIDGET (self);
  double bottom;

  if (pixel_x < x->start || pixel_x > x->end)
    return FALSE;
  anm_theme_init_for_widget (&theme, widget, self->on_card);
  return anm_figure_project_x (anm_figure_view_get_shown (self), &theme, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                               self->show_title, x->low + 0.5 * (x->high - x->low), NULL, NULL, &bottom)
         && pixel_y > bottom;
}

static void
drag_begin_cb (GtkGestureDrag *gesture,
               double x,
               double y,
               AnmFigureView *self)
{
  self->drag = ANM_FIGURE_DRAG_NONE;
  if (!anm_figure_view_get_axes (self, FALSE, &self->drag_x_axis, &self->drag_y_axis))
    return;
  self->drag = ANM_FIGURE_DRAG_WAITING;
  self->drag_x = x;
  self->drag_y = y;
}

/* What a drag that has gone far enough is. */
static AnmFigureDrag
choose_drag (AnmFigureView *self,
             GdkModifierType state)
{
  gboolean marks = (state & GDK_SHIFT_MASK) != 0
                   || lies_on_axis (&self->drag_x_axis, &self->drag_y_axis, self, self->drag_x, self->drag_y);

  if (marks && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_POINTS))
    return ANM_FIGURE_DRAG_POINTS;
  if ((state & GDK_SHIFT_MASK) != 0 && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_ROWS)
      && self->drag_y >= MIN (self->drag_y_axis.start, self->drag_y_axis.end) && self->drag_y <= MAX (self->drag_y_axis.start, self->drag_y_axis.end))
    return ANM_FIGURE_DRAG_ROWS;
  if (marks && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_SPAN))
    return ANM_FIGURE_DRAG_SPAN;
  if (self->zoomable && self->interactive && anm_figure_view_is_zoomed (self))
    return ANM_FIGURE_DRAG_PAN;
  return ANM_FIGURE_DRAG_NONE;
}

/* Up or down less far than this a drag over rows marks a span alone. */
#define LEAST_ROWS_DRAG 12

static double
value_at (const AnmAxis *axis,
          double pixel)
{
  return anm_axis_invert (axis, CLAMP (pixel, MIN (axis->start, axis->end), MAX (axis->start, axis->end)));
}

static void
drag_update_cb (GtkGestureDrag *gesture,
                double dx,
                double dy,
                AnmFigureView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  const AnmAxis *x = &self->drag_x_axis, *y = &self->drag_y_axis;

  if (self->drag == ANM_FIGURE_DRAG_WAITING)
    {
      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
        return;
      self->drag = choose_drag (self, state);
      if (self->drag == ANM_FIGURE_DRAG_NONE)
        return;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      gtk_widget_set_cursor_from_name (GTK_WIDGET (self), self->drag == ANM_FIGURE_DRAG_PAN ? "grabbing" : "crosshair");
    }
  switch ((AnmFigureDrag) self->drag)
    {
    case ANM_FIGURE_DRAG_PAN:
      anm_figure_view_pan (self, x, y, dx, dy);
      break;
    case ANM_FIGURE_DRAG_SPAN:
      anm_figure_view_brush (self, value_at (x, self->drag_x), value_at (x, self->drag_x + dx), NAN, NAN);
      break;
    case ANM_FIGURE_DRAG_ROWS:
      if (fabs (dy) < LEAST_ROWS_DRAG)
        anm_figure_view_brush (self, value_at (x, self->drag_x), value_at (x, self->drag_x + dx), NAN, NAN);
      else
        {
          const double one = value_at (y, self->drag_y), other = value_at (y, self->drag_y + dy);

          /* Whole rows. */
          anm_figure_view_brush (self, value_at (x, self->drag_x), value_at (x, self->drag_x + dx),
                                 round (MIN (one, other)) - 0.49, round (MAX (one, other)) + 0.49);
        }
      break;
    case ANM_FIGURE_DRAG_POINTS:
      anm_figure_view_brush (self, value_at (x, self->drag_x), value_at (x, self->drag_x + dx),
                             value_at (y, self->drag_y), value_at (y, self->drag_y + dy));
      break;
    case ANM_FIGURE_DRAG_NONE:
    case ANM_FIGURE_DRAG_WAITING:
      break;
    }
}

static void
drag_end_cb (GtkGestureDrag *gesture,
             double dx,
             double dy,
             AnmFigureView *self)
{
  if (self->drag > ANM_FIGURE_DRAG_PAN)
    anm_figure_view_end_brush (self);
  if (self->drag > ANM_FIGURE_DRAG_WAITING)
    gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  self->drag = ANM_FIGURE_DRAG_NONE;
}

/* Wheel */

/* Whether something around the figure moves up and down with the wheel. */
static gboolean
lies_in_scroller (GtkWidget *widget)
{
  GtkWidget *around = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);

  while (around != NULL)
    {
      GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (around));
      if (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_lower (adjustment) - gtk_adjustment_get_page_size (adjustment) > 1)
        return TRUE;
      GtkWidget *parent = gtk_widget_get_parent (around);
      around = parent != NULL ? gtk_widget_get_ancestor (parent, GTK_TYPE_SCROLLED_WINDOW) : NULL;
    }
  return FALSE;
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           AnmFigureView *self)
{
  const AnmFigureAbilities zooms = ANM_FIGURE_ZOOMS_X | ANM_FIGURE_ZOOMS_Y | ANM_FIGURE_ZOOMS_TOGETHER;
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  AnmAxis x, y;

  if (!anm_figure_view_can (self, zooms) || !anm_figure_view_get_axes (self, FALSE, &x, &y))
    return GDK_EVENT_PROPAGATE;

  if (dx != 0 || (state & GDK_SHIFT_MASK) != 0)
    {
      if (!anm_figure_view_is_zoomed (self))
        return GDK_EVENT_PROPAGATE;
      if (dx == 0 && (state & GDK_ALT_MASK) != 0)
        {
          anm_figure_view_pan (self, &x, &y, 0, -dy * 0.1 * (y.end - y.start));
          return GDK_EVENT_STOP;
        }
      anm_figure_view_pan (self, &x, &y, -(dx != 0 ? dx : dy) * 0.1 * (x.end - x.start), 0);
      return GDK_EVENT_STOP;
    }
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0 && lies_in_scroller (GTK_WIDGET (self)))
    return GDK_EVENT_PROPAGATE;
  anm_figure_view_zoom (self, pow (ANM_FIGURE_ZOOM_STEP, -dy), self->pointer_x, self->pointer_y, (state & GDK_ALT_MASK) != 0);
  return GDK_EVENT_STOP;
}

static void
focus_cb (GtkEventControllerFocus *controller,
          AnmFigureView *self)
{
  update_menu_opacity (self, self->hovering);
  anm_figure_view_queue_finding (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
anm_figure_view_query_tooltip (GtkWidget *widget,
                               int x,
                               int y,
                               gboolean keyboard,
                               GtkTooltip *tooltip)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (widget);
  AnmFigurePlace place = { self->cursor_x, NAN, self->cursor_series, -1 };

  if (self->figure == NULL || !self->interactive || (!keyboard && !locate (self, x, y, &place)) || (keyboard && isnan (place.x) && place.series < 0))
    return FALSE;

  g_autofree char *words = anm_figure_describe (anm_figure_view_get_shown (self), &place);
  if (words == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

void
anm_figure_view_add_controllers (AnmFigureView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  anm_figure_view_add_keys (self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
