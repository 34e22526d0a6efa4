/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtk/gtk.h>
#include <math.h>

#include "tests/widgets/figure-samples.h"
#include "widgets/views/appearance.h"
#include "widgets/views/figure-view.h"
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
  g_test_add_func ("/figure-view/table", test_table);
  return g_test_run ();
}
