/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/figures/number.h"
#include "widgets/views/figure-view-private.h"

static void
tell_place (AnmFigureView *self)
{
  AnmFigurePlace place = { self->cursor_x, NAN, self->cursor_series, -1 };
  g_autofree char *words = anm_figure_describe (anm_figure_view_get_shown (self), &place);

  anm_figure_view_tell (self, words != NULL ? words : "");
}

static void
release_cursor (AnmFigureView *self)
{
  self->cursor_series = -1;
  anm_figure_view_set_cursor_pinned (self, FALSE);
  anm_figure_view_set_cursor_x (self, self->hovering ? self->hovered.x : NAN);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  anm_figure_view_tell (self, self->figure != NULL ? anm_figure_get_finding (self->figure) : "");
}

static gboolean
escape (AnmFigureView *self)
{
  if (!isnan (self->row_anchor) && isnan (self->brush_low))
    {
      anm_figure_view_mark_rows (self, NAN, NAN);
      return GDK_EVENT_STOP;
    }
  if (!isnan (self->brush_low))
    {
      self->brush_anchor = NAN;
      anm_figure_view_brush (self, NAN, NAN, NAN, NAN);
      anm_figure_view_end_brush (self);
      return GDK_EVENT_STOP;
    }
  if (self->selection->len > 0)
    {
      g_array_set_size (self->selection, 0);
      anm_figure_view_emit_selection (self);
      return GDK_EVENT_STOP;
    }
  if (!self->cursor_pinned && isnan (self->cursor_x) && self->cursor_series < 0)
    return GDK_EVENT_PROPAGATE;
  release_cursor (self);
  return GDK_EVENT_STOP;
}

static char *
format_on_axis (const AnmAxis *axis,
                double value)
{
  return axis->kind == ANM_AXIS_TIME && axis->time_unit != NULL ? anm_number_format_time (value, axis->time_unit) : anm_number_format (value, 4);
}

/* From where the cursor was when Shift went down to where it is now. */
static void
brush_to_cursor (AnmFigureView *self,
                 double from)
{
  AnmAxis x, y;

  if (isnan (self->brush_anchor) || (self->brush_anchor != self->brush_low && self->brush_anchor != self->brush_high))
    self->brush_anchor = isnan (from) ? self->cursor_x : from;
  anm_figure_view_brush (self, self->brush_anchor, self->cursor_x, NAN, NAN);
  anm_figure_view_end_brush (self);
  if (!anm_figure_view_get_axes (self, FALSE, &x, &y))
    return;

  g_autofree char *low = format_on_axis (&x, self->brush_low);
  g_autofree char *high = format_on_axis (&x, self->brush_high);
  /* Translators: a marked span, read by a screen reader: its begin and its end, as in "hour 3 to hour 9". */
  g_autofree char *words = g_strdup_printf (_("marked: %s to %s"), low, high);
  anm_figure_view_tell (self, words);
}

static gboolean
move_cursor (AnmFigureView *self,
             int direction,
             gboolean marking)
{
  double before = self->cursor_x;
  double x = anm_figure_step_x (self->figure, before, direction);

  if (isnan (x))
    return GDK_EVENT_PROPAGATE;
  anm_figure_view_follow (self, x);
  anm_figure_view_set_cursor_pinned (self, TRUE);
  anm_figure_view_set_cursor_x (self, x);
  if (marking)
    brush_to_cursor (self, before);
  else
    tell_place (self);
  return GDK_EVENT_STOP;
}

/* Adds the point that was reached to those that are chosen. */
static void
choose_point (AnmFigureView *self)
{
  guint wanted = (guint) self->cursor_series, at = 0;

  while (at < self->selection->len && g_array_index (self->selection, guint, at) < wanted)
    at++;
  if (at < self->selection->len && g_array_index (self->selection, guint, at) == wanted)
    return;
  g_array_insert_val (self->selection, at, wanted);
  anm_figure_view_emit_selection (self);
}

/* The rows from where the cursor was when Shift went down to where it is now. */
static void
mark_to_row (AnmFigureView *self,
             double from)
{
  const double to = anm_figure_find_y (anm_figure_view_get_shown (self), self->cursor_series);
  AnmFigurePlace place = { self->cursor_x, NAN, self->cursor_series, -1 };
  g_autofree char *where = NULL;
  g_autofree char *marked = NULL;
  g_autofree char *words = NULL;
  guint n;

  if (isnan (to))
    return;
  if (isnan (self->row_anchor))
    self->row_anchor = isnan (from) ? to : from;
  n = anm_figure_view_mark_rows (self, MIN (self->row_anchor, to) - 0.49, MAX (self->row_anchor, to) + 0.49);
  where = anm_figure_describe (anm_figure_view_get_shown (self), &place);
  marked = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u row marked", "%u rows marked", n), n);
  /* Translators: a place in a picture, read by a screen reader; how many rows are marked. */
  words = g_strdup_printf (_("%s; %s"), where != NULL ? where : "", marked);
  anm_figure_view_tell (self, words);
}

static gboolean
move_series (AnmFigureView *self,
             int direction,
             gboolean choosing,
             gboolean marking)
{
  const double before = anm_figure_find_y (anm_figure_view_get_shown (self), self->cursor_series);
  int series = anm_figure_step_series (anm_figure_view_get_shown (self), self->cursor_series, direction);

  if (series < 0)
    return GDK_EVENT_PROPAGATE;
  self->cursor_series = series;
  anm_figure_view_follow_series (self, series);
  if (isnan (self->cursor_x))
    {
      double x = anm_figure_step_x (self->figure, NAN, G_MAXINT);
      if (!isnan (x))
        {
          anm_figure_view_set_cursor_pinned (self, TRUE);
          anm_figure_view_set_cursor_x (self, x);
        }
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (choosing)
    choose_point (self);
  if (marking)
    {
      mark_to_row (self, before);
      return GDK_EVENT_STOP;
    }
  self->row_anchor = NAN;
  tell_place (self);
  return GDK_EVENT_STOP;
}

/* Return is a click on the place that the arrows have reached. */
static gboolean
click (AnmFigureView *self)
{
  AnmFigurePlace place = { self->cursor_x, NAN, self->cursor_series, -1 };

  if (isnan (place.x) && place.series < 0)
    return GDK_EVENT_PROPAGATE;
  anm_figure_view_emit_clicked (self, &place, 1);
  return GDK_EVENT_STOP;
}

static gboolean
zoom (AnmFigureView *self,
      double factor,
      gboolean vertical)
{
  if (!anm_figure_view_can (self, (vertical ? ANM_FIGURE_ZOOMS_Y : ANM_FIGURE_ZOOMS_X) | ANM_FIGURE_ZOOMS_TOGETHER))
    return GDK_EVENT_PROPAGATE;
  anm_figure_view_zoom (self, factor, NAN, NAN, vertical);
  return GDK_EVENT_STOP;
}

static double
get_zoom_factor (guint key)
{
  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      return ANM_FIGURE_ZOOM_STEP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      return 1 / ANM_FIGURE_ZOOM_STEP;
    default:
      return NAN;
    }
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                AnmFigureView *self)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  double factor = get_zoom_factor (key);

  if (self->figure != NULL && self->interactive && !isnan (factor) && (state & (GDK_CONTROL_MASK | GDK_SUPER_MASK)) == 0)
    return zoom (self, factor, (state & GDK_ALT_MASK) != 0);
  if (self->figure == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Menu || (shift && key == GDK_KEY_F10))
    {
      if (!self->show_menu)
        return GDK_EVENT_PROPAGATE;
      gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
      return GDK_EVENT_STOP;
    }
  if (self->show_menu && key == GDK_KEY_F11)
    return gtk_widget_activate_action (GTK_WIDGET (self), "figure.enlarge", NULL);
  if (!self->interactive)
    return GDK_EVENT_PROPAGATE;

  gboolean marking = shift && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_SPAN);
  gboolean choosing = shift && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_POINTS);
  gboolean marking_rows = shift && anm_figure_view_can (self, ANM_FIGURE_BRUSHES_ROWS);
  switch (key)
    {
    case GDK_KEY_Escape:
      return escape (self);
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      if (!self->zoomable || !anm_figure_view_is_zoomed (self))
        return GDK_EVENT_PROPAGATE;
      gtk_widget_activate_action (GTK_WIDGET (self), "figure.show-all", NULL);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return click (self);
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return move_cursor (self, -1, marking);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return move_cursor (self, 1, marking);
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      return move_cursor (self, -G_MAXINT, marking);
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      return move_cursor (self, G_MAXINT, marking);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return shift && !choosing && !marking_rows ? GDK_EVENT_PROPAGATE : move_series (self, -1, choosing, marking_rows);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return shift && !choosing && !marking_rows ? GDK_EVENT_PROPAGATE : move_series (self, 1, choosing, marking_rows);
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

void
anm_figure_view_add_keys (AnmFigureView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
