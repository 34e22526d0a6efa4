/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtk/gtk.h>
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/figures/state-column.h"
#include "widgets/views/appearance.h"
#include "widgets/views/figure-view-private.h"
#include "widgets/views/table-view.h"

static void
count_cb (GObject *object,
          GParamSpec *pspec,
          guint *count)
{
  (*count)++;
}

static AnmFigure *
make_sample (const char *name)
{
  guint n_samples;
  const FigureSample *samples = figure_samples (&n_samples);

  for (guint i = 0; i < n_samples; i++)
    if (g_str_equal (samples[i].name, name))
      return samples[i].make ();
  g_assert_not_reached ();
}

static void
test_figure (void)
{
  AnmFigureView *view = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  g_autoptr (AnmFigure) first = make_sample ("loss");
  g_autoptr (AnmFigure) second = make_sample ("risk");
  AnmFigure *got = first;
  guint notified = 0;

  g_signal_connect (view, "notify::figure", G_CALLBACK (count_cb), &notified);
  g_object_get (view, "figure", &got, NULL);
  g_assert_null (got);
  anm_figure_view_set_figure (view, first);
  g_assert_true (anm_figure_view_get_figure (view) == first);
  g_assert_cmpuint (notified, ==, 1);
  anm_figure_view_set_figure (view, first);
  g_assert_cmpuint (notified, ==, 1);
  g_object_set (view, "figure", second, NULL);
  g_assert_true (anm_figure_view_get_figure (view) == second);
  g_assert_cmpuint (notified, ==, 2);
  anm_figure_view_set_figure (view, NULL);
  g_assert_null (anm_figure_view_get_figure (view));
  g_assert_cmpuint (notified, ==, 3);
  g_assert_finalize_object (view);
}

static void
test_cursor (void)
{
  AnmFigureView *view = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  guint notified = 0;
  double got = 0;

  g_signal_connect (view, "notify::cursor-x", G_CALLBACK (count_cb), &notified);
  g_object_get (view, "cursor-x", &got, NULL);
  g_assert_true (isnan (got));
  anm_figure_view_set_cursor_x (view, NAN);
  g_assert_cmpuint (notified, ==, 0);
  anm_figure_view_set_cursor_x (view, 12);
  g_assert_cmpfloat (anm_figure_view_get_cursor_x (view), ==, 12);
  anm_figure_view_set_cursor_x (view, 12);
  g_assert_cmpuint (notified, ==, 1);
  g_object_set (view, "cursor-x", NAN, NULL);
  g_assert_true (isnan (anm_figure_view_get_cursor_x (view)));
  g_assert_cmpuint (notified, ==, 2);
  g_assert_finalize_object (view);
}

/* Each flag: its default, one notification a change, and nothing else changes with it. */
static void
test_flags (void)
{
  static const struct
  {
    const char *name;
    gboolean    initially;
  } flags[] = { { "cursor-pinned", FALSE }, { "show-title", TRUE }, { "show-menu", TRUE }, { "interactive", TRUE }, { "on-card", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      AnmFigureView *view = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
      g_autofree char *signal = g_strconcat ("notify::", flags[i].name, NULL);
      guint notified = 0, all = 0;
      gboolean got;

      g_object_get (view, flags[i].name, &got, NULL);
      g_assert_cmpint (got, ==, flags[i].initially);
      g_signal_connect (view, signal, G_CALLBACK (count_cb), &notified);
      g_object_set (view, flags[i].name, flags[i].initially, NULL);
      g_assert_cmpuint (notified, ==, 0);
      g_object_set (view, flags[i].name, !flags[i].initially, NULL);
      g_assert_cmpuint (notified, ==, 1);
      for (guint k = 0; k < G_N_ELEMENTS (flags); k++)
        {
          g_object_get (view, flags[k].name, &got, NULL);
          g_assert_cmpint (got, ==, (k == i) != flags[k].initially);
          all++;
        }
      g_assert_cmpuint (all, ==, G_N_ELEMENTS (flags));
      g_assert_finalize_object (view);
    }
}

/* Two views that are bound follow one another, none included. */
static void
test_bound_cursors (void)
{
  AnmFigureView *a = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  AnmFigureView *b = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));

  g_object_bind_property (a, "cursor-x", b, "cursor-x", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  anm_figure_view_set_cursor_x (a, 7);
  g_assert_cmpfloat (anm_figure_view_get_cursor_x (b), ==, 7);
  anm_figure_view_set_cursor_x (b, NAN);
  g_assert_true (isnan (anm_figure_view_get_cursor_x (a)));
  g_assert_finalize_object (a);
  g_assert_finalize_object (b);
}

static void
test_appearance (void)
{
  AnmAppearance *appearance = anm_appearance_get_default ();
  GtkWidget *label = g_object_ref_sink (gtk_label_new (""));
  guint notified = 0;
  AnmTheme theme;

  g_signal_connect (appearance, "notify::high-contrast", G_CALLBACK (count_cb), &notified);
  anm_theme_init_for_widget (&theme, label, TRUE);
  g_assert_false (theme.high_contrast);
  g_assert_true (theme.on_card);
  g_assert_nonnull (theme.font_family);
  g_assert_cmpfloat (theme.text_scale, >, 0.5);
  anm_appearance_set_high_contrast (appearance, TRUE);
  anm_appearance_set_high_contrast (appearance, TRUE);
  g_assert_cmpuint (notified, ==, 1);
  anm_theme_init_for_widget (&theme, label, FALSE);
  g_assert_true (theme.high_contrast);
  anm_appearance_set_high_contrast (appearance, FALSE);
  g_signal_handlers_disconnect_by_func (appearance, count_cb, &notified);
  g_assert_finalize_object (label);
}

static void
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

static void
spin (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add_once (milliseconds, set_true, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* On the screen: painted once, again only when something that is seen has changed. */
static void
test_on_screen (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = anm_figure_view_new ();
  g_autoptr (AnmFigure) figure = make_sample ("loss");
  gpointer gone = view;

  g_object_add_weak_pointer (G_OBJECT (view), &gone);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (view), figure);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 280);
  gtk_window_present (GTK_WINDOW (window));
  spin (300);
  g_assert_cmpint (gtk_widget_get_width (view), >=, 300);

  anm_figure_view_set_cursor_x (ANM_FIGURE_VIEW (view), 20);
  spin (60);
  g_object_set (view, "show-title", FALSE, "cursor-x", NAN, NULL);
  spin (60);
  gtk_widget_activate_action (view, "figure.show-table", NULL);
  gtk_widget_activate_action (view, "figure.enlarge", NULL);
  gtk_widget_activate_action (view, "figure.copy-data", NULL);
  spin (200);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (100);
  g_assert_null (gone);
}

static GtkEventController *
find_key_controller (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        return controller;
    }
  g_assert_not_reached ();
}

static void
test_keyboard (void)
{
  AnmFigureView *view = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  g_autoptr (AnmFigure) figure = make_sample ("loss");
  GtkEventController *keys = find_key_controller (GTK_WIDGET (view));
  static const struct
  {
    guint  key;
    double expected;
  } presses[] = { { GDK_KEY_Right, 45 }, { GDK_KEY_Left, 44 }, { GDK_KEY_Home, 0 }, { GDK_KEY_Left, 0 }, { GDK_KEY_Right, 1 }, { GDK_KEY_End, 45 } };
  gboolean handled, pinned;

  anm_figure_view_set_figure (view, figure);
  for (guint i = 0; i < G_N_ELEMENTS (presses); i++)
    {
      g_signal_emit_by_name (keys, "key-pressed", presses[i].key, 0, 0, &handled);
      g_assert_true (handled);
      g_assert_cmpfloat (anm_figure_view_get_cursor_x (view), ==, presses[i].expected);
    }
  g_object_get (view, "cursor-pinned", &pinned, NULL);
  g_assert_true (pinned);
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Escape, 0, 0, &handled);
  g_assert_true (handled);
  g_assert_true (isnan (anm_figure_view_get_cursor_x (view)));
  g_object_get (view, "cursor-pinned", &pinned, NULL);
  g_assert_false (pinned);
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Escape, 0, 0, &handled);
  g_assert_false (handled);
  g_signal_emit_by_name (keys, "key-pressed", GDK_KEY_Right, 0, GDK_CONTROL_MASK, &handled);
  g_assert_false (handled);
  g_assert_finalize_object (view);
}

/* A view of that size that is on no screen. */
static AnmFigureView *
make_view (const char *sample,
           int width,
           int height)
{
  AnmFigureView *view = g_object_ref_sink (ANM_FIGURE_VIEW (anm_figure_view_new ()));
  g_autoptr (AnmFigure) figure = make_sample (sample);

  anm_figure_view_set_figure (view, figure);
  gtk_widget_measure (GTK_WIDGET (view), GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_allocate (GTK_WIDGET (view), width, height, -1, NULL);
  return view;
}

static GtkEventController *
find_controller (AnmFigureView *view,
                 GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (view));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
        return controller;
    }
  g_assert_not_reached ();
}

static gboolean
press (AnmFigureView *view,
       guint key,
       GdkModifierType state)
{
  gboolean handled;

  g_signal_emit_by_name (find_key_controller (GTK_WIDGET (view)), "key-pressed", key, 0, state, &handled);
  return handled;
}

static gboolean
scroll (AnmFigureView *view,
        double dy)
{
  gboolean handled;

  g_signal_emit_by_name (find_controller (view, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, dy, &handled);
  return handled;
}

/* What lies under the pointer stays there; zooming out ends at the whole. */
static void
test_wheel (void)
{
  AnmFigureView *view = make_view ("loss", 400, 280);
  GtkEventController *motion = find_controller (view, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  AnmFigureFrame frame;
  double before, after;
  gboolean log_scale;

  g_signal_emit_by_name (motion, "motion", 150.0, 140.0);
  before = anm_figure_view_get_cursor_x (view);
  g_assert_true (scroll (view, -4));
  g_signal_emit_by_name (motion, "motion", 150.0, 140.0);
  after = anm_figure_view_get_cursor_x (view);
  g_assert_cmpfloat_with_epsilon (before, after, 0.51);
  anm_figure_view_get_frame (view, &frame);
  g_assert_cmpfloat (frame.x_high - frame.x_low, <, 25);
  g_assert_cmpfloat (frame.x_high - frame.x_low, >, 10);
  g_assert_true (frame.x_low > 0 && frame.x_high < 45);
  g_assert_true (isnan (frame.y_low));

  for (int i = 0; i < 20; i++)
    g_assert_true (scroll (view, 1));
  anm_figure_view_get_frame (view, &frame);
  g_assert_true (isnan (frame.x_low) && isnan (frame.x_high));
  for (int i = 0; i < 100; i++)
    scroll (view, -1);
  anm_figure_view_get_frame (view, &frame);
  g_assert_cmpfloat (frame.x_high - frame.x_low, >=, 2 - 1e-9);

  gtk_widget_activate_action (GTK_WIDGET (view), "figure.show-all", NULL);
  anm_figure_view_get_frame (view, &frame);
  g_assert_true (isnan (frame.x_low));
  g_object_get (view, "log-scale", &log_scale, NULL);
  g_assert_false (log_scale);
  g_object_set (view, "log-scale", TRUE, NULL);
  g_object_get (view, "log-scale", &log_scale, NULL);
  g_assert_true (log_scale);

  g_object_set (view, "zoomable", FALSE, NULL);
  g_assert_false (scroll (view, -1));
  g_assert_finalize_object (view);
}

static void
drag (AnmFigureView *view,
      double x,
      double y,
      double dx)
{
  GtkEventController *gesture = find_controller (view, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (gesture, "drag-begin", x, y);
  g_signal_emit_by_name (gesture, "drag-update", dx / 2, 0.0);
  g_signal_emit_by_name (gesture, "drag-update", dx, 0.0);
  g_signal_emit_by_name (gesture, "drag-end", dx, 0.0);
}

static void
take_span (AnmFigureView *view,
           double low,
           double high,
           double *span)
{
  span[0] = low;
  span[1] = high;
  span[2]++;
}

static void
test_drag (void)
{
  AnmFigureView *view = make_view ("loss", 400, 280);
  AnmFigureFrame before, after;
  double span[3] = { 0 }, low, high;

  g_signal_connect (view, "brushed", G_CALLBACK (take_span), span);
  /* Nothing to move while all is shown. */
  drag (view, 150, 140, 60);
  anm_figure_view_get_frame (view, &after);
  g_assert_true (isnan (after.x_low));

  anm_figure_view_set_frame (view, &(AnmFigureFrame){ 10, 20, NAN, NAN, ANM_FIGURE_SCALE_OWN });
  drag (view, 150, 140, 30);
  anm_figure_view_get_frame (view, &before);
  g_assert_cmpfloat (before.x_low, <, 10);
  g_assert_cmpfloat_with_epsilon (before.x_high - before.x_low, 10, 1e-6);
  drag (view, 150, 140, 4000);
  anm_figure_view_get_frame (view, &after);
  g_assert_cmpfloat_with_epsilon (after.x_low, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (after.x_high, 10, 1e-6);
  g_assert_cmpfloat (span[2], ==, 0);

  /* Along the axis beneath the plot: a span. */
  drag (view, 150, 258, 60);
  g_assert_cmpfloat (span[2], ==, 1);
  g_assert_true (span[0] > 0 && span[1] > span[0] && span[1] < 10);
  anm_figure_view_get_brush (view, &low, &high);
  g_assert_cmpfloat (low, ==, span[0]);
  g_assert_cmpfloat (high, ==, span[1]);

  g_assert_true (press (view, GDK_KEY_Escape, 0));
  g_assert_true (isnan (span[0]));
  anm_figure_view_get_brush (view, &low, &high);
  g_assert_true (isnan (low));

  g_object_set (view, "brushable", FALSE, NULL);
  drag (view, 150, 258, 60);
  g_assert_cmpfloat (span[2], ==, 2);
  g_assert_finalize_object (view);
}

static void
test_keyboard_marks (void)
{
  AnmFigureView *view = make_view ("hidden-state", 500, 400);
  AnmFigureFrame frame;
  double span[3] = { 0 };

  g_signal_connect (view, "brushed", G_CALLBACK (take_span), span);
  g_assert_true (press (view, GDK_KEY_Home, 0));
  g_assert_true (press (view, GDK_KEY_Right, 0));
  g_assert_true (press (view, GDK_KEY_Right, GDK_SHIFT_MASK));
  g_assert_true (press (view, GDK_KEY_Right, GDK_SHIFT_MASK));
  g_assert_cmpfloat (span[0], ==, 2);
  g_assert_cmpfloat (span[1], ==, 4);
  g_assert_true (press (view, GDK_KEY_Left, GDK_SHIFT_MASK));
  g_assert_cmpfloat (span[1], ==, 3);
  g_assert_cmpfloat (anm_figure_view_get_cursor_x (view), ==, 3);

  /* Zoomed in, the cursor takes along what is shown. */
  for (int i = 0; i < 8; i++)
    g_assert_true (press (view, GDK_KEY_plus, 0));
  anm_figure_view_get_frame (view, &frame);
  g_assert_cmpfloat (frame.x_high - frame.x_low, <, 10);
  g_assert_true (press (view, GDK_KEY_End, 0));
  anm_figure_view_get_frame (view, &frame);
  g_assert_true (frame.x_low <= 48 && frame.x_high >= 48);
  g_assert_true (press (view, GDK_KEY_0, 0));
  anm_figure_view_get_frame (view, &frame);
  g_assert_true (isnan (frame.x_low));
  g_assert_false (press (view, GDK_KEY_0, 0));
  g_assert_finalize_object (view);
}

static void
take_place (AnmFigureView *view,
            const AnmFigurePlace *place,
            int n_press,
            AnmFigurePlace *taken)
{
  *taken = *place;
}

/* Rows and bars are reached without a mouse, and chosen. */
static void
test_rows (void)
{
  AnmFigureView *map = make_view ("hidden-state", 500, 400), *bars = make_view ("weights", 200, 300);
  AnmFigurePlace place = { 0 };

  g_signal_connect (map, "clicked", G_CALLBACK (take_place), &place);
  g_signal_connect (bars, "clicked", G_CALLBACK (take_place), &place);
  g_assert_false (press (map, GDK_KEY_Return, 0));
  for (int i = 0; i < 3; i++)
    g_assert_true (press (map, GDK_KEY_Down, 0));
  g_assert_true (press (map, GDK_KEY_Return, 0));
  g_assert_cmpint (place.series, ==, 2);
  g_assert_cmpfloat (place.x, ==, 48);

  g_assert_true (press (bars, GDK_KEY_Down, 0));
  g_assert_true (press (bars, GDK_KEY_Return, 0));
  g_assert_cmpint (place.series, >=, 0);
  g_assert_true (isnan (place.x));
  g_assert_finalize_object (map);
  g_assert_finalize_object (bars);
}

static void
take_rows (AnmFigureView *view,
           GArray *rows,
           GArray *taken)
{
  g_array_set_size (taken, 0);
  g_array_append_vals (taken, rows->data, rows->len);
}

/* Rows are zoomed into, and what the keyboard reaches comes into view. */
static void
test_zoom_rows (void)
{
  static const char *const samples[] = { "hidden-state", "state-column", "epoch-map" };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      AnmFigureView *view = make_view (samples[i], 700, 700);
      AnmFigureFrame frame;
      const double all = i == 2 ? 42 : 32;

      for (int k = 0; k < 4; k++)
        g_assert_true (press (view, GDK_KEY_plus, GDK_ALT_MASK));
      anm_figure_view_get_frame (view, &frame);
      g_assert_true (isnan (frame.x_low));
      g_assert_cmpfloat_with_epsilon (frame.y_high - frame.y_low, all * pow (0.8, 4), 1e-6);
      if (i < 2)
        {
          /* The last row, then the first. */
          for (int k = 0; k < 40; k++)
            press (view, GDK_KEY_Down, 0);
          anm_figure_view_get_frame (view, &frame);
          g_assert_cmpfloat (frame.y_high, >=, 31.5 - 1e-6);
          for (int k = 0; k < 40; k++)
            press (view, GDK_KEY_Up, 0);
          anm_figure_view_get_frame (view, &frame);
          g_assert_cmpfloat (frame.y_low, <=, -0.5 + 1e-6);
          g_assert_cmpfloat_with_epsilon (frame.y_high - frame.y_low, all * pow (0.8, 4), 1e-6);
        }
      g_assert_true (press (view, GDK_KEY_minus, GDK_ALT_MASK));
      g_assert_true (press (view, GDK_KEY_0, 0));
      anm_figure_view_get_frame (view, &frame);
      g_assert_true (isnan (frame.y_low));
      g_assert_finalize_object (view);
    }

  /* Rows of a strip meet those of the one beside it. */
  AnmFigureView *strip = make_view ("strip", 186, 384);
  g_assert_false (press (strip, GDK_KEY_plus, GDK_ALT_MASK));
  g_assert_true (press (strip, GDK_KEY_plus, 0));
  g_assert_finalize_object (strip);
}

/* Rows are marked by a drag with Shift, by keyboard, and on a branch of the tree. */
static void
test_mark_rows (void)
{
  AnmFigureView *view = make_view ("state-column", 620, 780);
  AnmFigure *figure = anm_figure_view_get_figure (view);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));
  double span[3] = { 0 };
  AnmFigurePlace place;
  AnmTheme theme;
  AnmAxis x, y;

  g_signal_connect (view, "rows-marked", G_CALLBACK (take_rows), rows);
  g_signal_connect (view, "brushed", G_CALLBACK (take_span), span);
  g_assert_true (anm_figure_view_get_axes (view, FALSE, &x, &y));
  anm_figure_view_brush (view, 5, 9, -0.49, 2.49);
  anm_figure_view_end_brush (view);
  /* From above: the last numbers. */
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpuint (g_array_index (rows, guint, 0), ==, 29);
  g_assert_cmpfloat (span[0], ==, 5);
  g_assert_true (press (view, GDK_KEY_Escape, 0));
  g_assert_cmpuint (rows->len, ==, 0);

  g_assert_true (press (view, GDK_KEY_Down, 0));
  for (int k = 0; k < 3; k++)
    g_assert_true (press (view, GDK_KEY_Down, GDK_SHIFT_MASK));
  g_assert_cmpuint (rows->len, ==, 4);
  g_assert_true (press (view, GDK_KEY_Up, GDK_SHIFT_MASK));
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_true (press (view, GDK_KEY_Escape, 0));
  g_assert_cmpuint (rows->len, ==, 0);

  /* A tree that is cut far from its leaves gives many of them, near them few. */
  anm_theme_init (&theme, FALSE);
  guint many = 0, few = 0;
  for (double pixel = x.start - 60; pixel < x.start; pixel += 2)
    if (anm_figure_locate (figure, &theme, 620, 780, TRUE, pixel, (y.start + y.end) / 2 + 5, &place))
      {
        g_autoptr (GArray) branch = anm_state_column_get_branch (figure, place.series);
        g_autofree char *words = anm_figure_describe (figure, &place);

        if (branch == NULL)
          continue;
        g_assert_true (isnan (place.x));
        g_assert_true (g_str_has_prefix (words, "Branch of "));
        many = MAX (many, branch->len);
        few = branch->len;
      }
  g_assert_cmpuint (many, ==, 32);
  g_assert_cmpuint (few, <, 8);
  g_assert_null (anm_state_column_get_branch (figure, 3));
  g_assert_finalize_object (view);
}

static void
count_points (AnmFigureView *view,
              GArray *points,
              guint *n_points)
{
  *n_points = points->len;
}

/* Points of a plane: by a rectangle, by keyboard; both axes are zoomed together. */
static void
test_points (void)
{
  AnmFigureView *view = make_view ("trajectories", 400, 400);
  GtkEventController *gesture = find_controller (view, GTK_TYPE_GESTURE_DRAG);
  AnmFigureFrame frame;
  guint n_points = 0;
  double low, high;

  g_signal_connect (view, "selection-changed", G_CALLBACK (count_points), &n_points);
  anm_figure_view_brush (view, -1e6, 1e6, -1e6, 1e6);
  g_assert_cmpuint (n_points, >, 5);
  g_assert_cmpuint (anm_figure_view_get_selection (view)->len, ==, n_points);
  g_assert_true (press (view, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_points, ==, 0);

  for (guint i = 0; i < 3; i++)
    g_assert_true (press (view, GDK_KEY_Down, GDK_SHIFT_MASK));
  g_assert_cmpuint (n_points, ==, 3);
  g_assert_true (press (view, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_points, ==, 0);

  g_assert_true (press (view, GDK_KEY_plus, 0));
  anm_figure_view_get_frame (view, &frame);
  g_assert_true (frame.x_low < frame.x_high && frame.y_low < frame.y_high);
  g_signal_emit_by_name (gesture, "drag-begin", 200.0, 200.0);
  g_signal_emit_by_name (gesture, "drag-update", 30.0, 20.0);
  g_signal_emit_by_name (gesture, "drag-end", 30.0, 20.0);
  low = frame.x_low;
  high = frame.y_high;
  anm_figure_view_get_frame (view, &frame);
  g_assert_cmpfloat (frame.x_low, <, low);
  g_assert_cmpfloat (frame.y_high, >, high);
  g_assert_finalize_object (view);
}

/* Figures that are bound show the same stretch, and it stays when a figure grows. */
static void
test_linked (void)
{
  AnmFigureView *one = make_view ("hidden-state", 500, 400), *other = make_view ("gradient-bars", 400, 200);
  static const char *const names[] = { "x-low", "x-high", "brush-low", "brush-high" };
  g_autoptr (AnmFigure) figure = make_sample ("hidden-state");
  AnmFigureFrame frame, copied;
  double low, high;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_bind_property (one, names[i], other, names[i], G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  press (other, GDK_KEY_plus, 0);
  press (one, GDK_KEY_Home, GDK_SHIFT_MASK);
  anm_figure_view_get_frame (one, &frame);
  anm_figure_view_get_frame (other, &copied);
  g_assert_false (isnan (frame.x_low));
  g_assert_cmpfloat (frame.x_low, ==, copied.x_low);
  g_assert_cmpfloat (frame.x_high, ==, copied.x_high);
  anm_figure_view_get_brush (other, &low, &high);
  g_assert_cmpfloat (low, ==, 1);

  anm_figure_view_set_figure (one, figure);
  anm_figure_view_get_frame (one, &copied);
  g_assert_cmpfloat (frame.x_low, ==, copied.x_low);
  g_assert_finalize_object (one);
  g_assert_finalize_object (other);
}

static void
test_table (void)
{
  g_autoptr (AnmFigure) figure = make_sample ("loss");
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  GtkWidget *scroller = g_object_ref_sink (anm_table_view_new (table));
  GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scroller));

  g_assert_true (GTK_IS_COLUMN_VIEW (view));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view))), ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)))), ==, table->len - 1);
  g_assert_finalize_object (scroller);
}

int
main (int argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure-view/figure", test_figure);
  g_test_add_func ("/figure-view/cursor", test_cursor);
  g_test_add_func ("/figure-view/flags", test_flags);
  g_test_add_func ("/figure-view/bound-cursors", test_bound_cursors);
  g_test_add_func ("/figure-view/appearance", test_appearance);
  g_test_add_func ("/figure-view/on-screen", test_on_screen);
  g_test_add_func ("/figure-view/keyboard", test_keyboard);
  g_test_add_func ("/figure-view/wheel", test_wheel);
  g_test_add_func ("/figure-view/drag", test_drag);
  g_test_add_func ("/figure-view/keyboard-marks", test_keyboard_marks);
  g_test_add_func ("/figure-view/rows", test_rows);
  g_test_add_func ("/figure-view/zoom-rows", test_zoom_rows);
  g_test_add_func ("/figure-view/mark-rows", test_mark_rows);
  g_test_add_func ("/figure-view/points", test_points);
  g_test_add_func ("/figure-view/linked", test_linked);
  g_test_add_func ("/figure-view/table", test_table);
  return g_test_run ();
}
