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
  return anm_figure_locate (self->figure, &theme, gtk_widget_get_width (widget), gtk_widget_get_height (widget), self->show_title, x, y, place);
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
  set_hovered (self, locate (self, x, y, &place) ? &place : NULL);
}

static void
leave_cb (GtkEventControllerMotion *controller,
          AnmFigureView *self)
{
  update_menu_opacity (self, FALSE);
  set_hovered (self, NULL);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int n_press,
            double x,
            double y,
            AnmFigureView *self)
{
  AnmFigurePlace place;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_SECONDARY)
    {
      if (self->show_menu)
        gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
      return;
    }
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) != GDK_BUTTON_PRIMARY)
    return;

  gboolean found = locate (self, x, y, &place);
  if (found && self->interactive && !isnan (place.x))
    {
      anm_figure_view_set_cursor_x (self, place.x);
      anm_figure_view_set_cursor_pinned (self, TRUE);
    }
  if (found)
    anm_figure_view_emit_clicked (self, &place, n_press);
  if (n_press == 2 && self->show_menu)
    gtk_widget_activate_action (GTK_WIDGET (self), "figure.enlarge", NULL);
}

static void
release_cursor (AnmFigureView *self)
{
  anm_figure_view_set_cursor_pinned (self, FALSE);
  anm_figure_view_set_cursor_x (self, self->hovering ? self->hovered.x : NAN);
  anm_figure_view_tell (self, self->figure != NULL ? anm_figure_get_finding (self->figure) : "");
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                AnmFigureView *self)
{
  int direction = 0;

  if (self->figure == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (self->show_menu && (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0)))
    {
      gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
      return GDK_EVENT_STOP;
    }
  if (self->show_menu && key == GDK_KEY_F11)
    return gtk_widget_activate_action (GTK_WIDGET (self), "figure.enlarge", NULL);
  if (!self->interactive)
    return GDK_EVENT_PROPAGATE;

  if (key == GDK_KEY_Escape)
    {
      if (!self->cursor_pinned && isnan (self->cursor_x))
        return GDK_EVENT_PROPAGATE;
      release_cursor (self);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_Left || key == GDK_KEY_KP_Left)
    direction = -1;
  else if (key == GDK_KEY_Right || key == GDK_KEY_KP_Right)
    direction = 1;
  else if (key == GDK_KEY_Home || key == GDK_KEY_KP_Home)
    direction = -G_MAXINT;
  else if (key == GDK_KEY_End || key == GDK_KEY_KP_End)
    direction = G_MAXINT;
  else
    return GDK_EVENT_PROPAGATE;

  double x = anm_figure_step_x (self->figure, self->cursor_x, direction);
  if (isnan (x))
    return GDK_EVENT_PROPAGATE;

  AnmFigurePlace place = { x, NAN, -1, -1 };
  g_autofree char *words = anm_figure_describe (self->figure, &place);
  anm_figure_view_set_cursor_pinned (self, TRUE);
  anm_figure_view_set_cursor_x (self, x);
  anm_figure_view_tell (self, words != NULL ? words : "");
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
  AnmFigurePlace place = { self->cursor_x, NAN, -1, -1 };

  if (self->figure == NULL || !self->interactive || (!keyboard && !locate (self, x, y, &place)) || (keyboard && isnan (place.x)))
    return FALSE;

  g_autofree char *words = anm_figure_describe (self->figure, &place);
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
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
