/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * demo [--smoke]: every figure of widgets/ in a window of its own, with random data, usual and odd, and two that grow while one
 * looks, zoomed, marked and pointed at together. Needs nothing of Anamnesis but widgets/: what another program would write.
 * --smoke shows every page in every state and ends.
 */

#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/widgets/figure-cases.h"
#include "tests/widgets/figure-samples.h"
#include "widgets/figures/heat-map.h"
#include "widgets/figures/line-plot.h"
#include "widgets/views/appearance.h"
#include "widgets/views/figure-view.h"
#include "widgets/views/table-view.h"

#define N_UNITS 24
#define MOST_STEPS 400

/* A page with one kind of figure and a choice of what is wrong with its data. */

typedef struct
{
  const FigureKind *kind;
  GtkWidget        *view;
} Page;

static void
chosen_cb (GtkDropDown *choice,
           GParamSpec *pspec,
           Page *page)
{
  g_autoptr (AnmFigure) figure = page->kind->make ((FigureCase) gtk_drop_down_get_selected (choice));

  anm_figure_view_set_figure (ANM_FIGURE_VIEW (page->view), figure);
}

static void
show_place_cb (AnmFigureView *view,
               const AnmFigurePlace *place,
               GtkLabel *label)
{
  g_autofree char *words = place != NULL ? g_strdup_printf ("x %.4g, y %.4g, series %d, point %d", place->x, place->y, place->series, place->index) : NULL;

  gtk_label_set_label (label, words != NULL ? words : "");
}

static void
show_mark_cb (AnmFigureView *view,
              double low,
              double high,
              GtkLabel *label)
{
  g_autofree char *words = isnan (low) ? g_strdup ("") : g_strdup_printf ("marked: %.4g to %.4g", low, high);

  gtk_label_set_label (label, words);
}

static GtkWidget *
make_kind_page (const FigureKind *kind)
{
  const char *names[N_FIGURE_CASES + 1] = { NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *choice, *label = gtk_label_new ("");
  Page *page = g_new0 (Page, 1);

  for (guint i = 0; i < N_FIGURE_CASES; i++)
    names[i] = figure_case_name ((FigureCase) i);
  choice = gtk_drop_down_new_from_strings (names);
  page->kind = kind;
  page->view = anm_figure_view_new ();
  g_object_set (page->view, "show-title", !kind->strip, "vexpand", TRUE, "hexpand", TRUE, NULL);
  g_object_set_data_full (G_OBJECT (box), "page", page, g_free);
  g_object_set_data (G_OBJECT (box), "choice", choice);
  g_signal_connect (choice, "notify::selected", G_CALLBACK (chosen_cb), page);
  g_signal_connect (page->view, "hovered", G_CALLBACK (show_place_cb), label);
  g_signal_connect (page->view, "brushed", G_CALLBACK (show_mark_cb), label);
  chosen_cb (GTK_DROP_DOWN (choice), NULL, page);
  gtk_box_append (GTK_BOX (bar), choice);
  gtk_box_append (GTK_BOX (bar), label);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), page->view);
  return box;
}

/* The page that grows: a line and a map over one time axis, bound together. */

typedef struct
{
  GtkWidget *line_view, *map_view;
  guint      n_steps;
  double     steps[MOST_STEPS], loss[MOST_STEPS], low[MOST_STEPS], high[MOST_STEPS];
  float      states[N_UNITS][MOST_STEPS];
} Live;

static void
grow (Live *live)
{
  guint n = live->n_steps;

  if (n == MOST_STEPS)
    n = 0;
  live->steps[n] = n;
  live->loss[n] = 0.2 + 0.5 * exp (-0.02 * n) + 0.02 * figure_samples_noise (n);
  live->low[n] = live->loss[n] - 0.03;
  live->high[n] = live->loss[n] + 0.03;
  for (guint unit = 0; unit < N_UNITS; unit++)
    live->states[unit][n] = (float) tanh (sin (0.05 * n * (1 + 0.1 * unit)) + 0.4 * figure_samples_noise (n * N_UNITS + unit));
  live->n_steps = n + 1;
}

static void
show (Live *live)
{
  guint n = live->n_steps;
  g_autofree float *cells = g_new (float, N_UNITS * n);
  g_autofree char *label = g_strdup_printf ("loss %.3f", live->loss[n - 1]);
  g_autofree char *finding = g_strdup_printf ("Step %u: loss %.3f.", n - 1, live->loss[n - 1]);
  AnmLine line = { .label = label, .name = "loss", .colour = ANM_COLOUR_RUN_FIRST, .style = ANM_LINE_THICK, .n_points = n, .x = live->steps, .y = live->loss,
                   .low = live->low, .high = live->high, .end_dot = TRUE };
  AnmLinePlot plot = { .title = "Loss", .caption = "a line that grows ten times a second", .finding = finding, .x_label = "step", .x_whole = TRUE,
                       .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN, .n_lines = 1, .lines = &line };
  AnmHeatMap map = { .title = "State", .caption = "zoom, mark or point at one: the other follows", .finding = "Waves of growing frequency.", .x_label = "step",
                     .y_label = "unit", .scale = ANM_HEAT_DIVERGING, .range = 1, .n_rows = N_UNITS, .n_columns = n, .cells = cells, .x_step = 1, .selected_row = -1 };

  for (guint unit = 0; unit < N_UNITS; unit++)
    memcpy (cells + unit * n, live->states[unit], n * sizeof (float));

  g_autoptr (AnmFigure) loss = anm_line_plot_new (&plot);
  g_autoptr (AnmFigure) state = anm_heat_map_new (&map);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (live->line_view), loss);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (live->map_view), state);
}

static gboolean
live_cb (gpointer data)
{
  Live *live = data;

  if (gtk_widget_get_mapped (live->line_view))
    {
      grow (live);
      show (live);
    }
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
make_live_page (void)
{
  static const char *const shared[] = { "cursor-x", "cursor-pinned", "x-low", "x-high", "brush-low", "brush-high" };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  Live *live = g_new0 (Live, 1);

  live->line_view = anm_figure_view_new ();
  live->map_view = anm_figure_view_new ();
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    g_object_bind_property (live->line_view, shared[i], live->map_view, shared[i], G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  for (guint i = 0; i < 120; i++)
    grow (live);
  show (live);
  gtk_widget_set_vexpand (live->line_view, TRUE);
  gtk_widget_set_vexpand (live->map_view, TRUE);
  gtk_box_append (GTK_BOX (box), live->line_view);
  gtk_box_append (GTK_BOX (box), live->map_view);
  g_object_set_data_full (G_OBJECT (box), "live", live, g_free);
  g_object_set_data_full (G_OBJECT (box), "source", GUINT_TO_POINTER (g_timeout_add (100, live_cb, live)), (GDestroyNotify) NULL);
  return box;
}

static GtkWidget *
make_table_page (void)
{
  guint n_kinds;
  g_autoptr (AnmFigure) figure = figure_kinds (&n_kinds)[0].make (FIGURE_CASE_GAPS);
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);

  return anm_table_view_new (table);
}

/* The window */

static void
add_switch (GtkWidget *bar,
            const char *words,
            GObject *object,
            const char *property)
{
  GtkWidget *button = gtk_check_button_new_with_label (words);

  g_object_bind_property (button, "active", object, property, G_BINDING_DEFAULT);
  gtk_box_append (GTK_BOX (bar), button);
}

static GtkWidget *
make_window (GtkStack *stack)
{
  GtkWidget *window = gtk_window_new (), *across = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *sidebar = gtk_stack_sidebar_new ();
  guint n_kinds;
  const FigureKind *kinds = figure_kinds (&n_kinds);

  gtk_stack_add_titled (stack, make_live_page (), "live", "Growing, linked");
  for (guint i = 0; i < n_kinds; i++)
    gtk_stack_add_titled (stack, make_kind_page (&kinds[i]), kinds[i].name, kinds[i].name);
  gtk_stack_add_titled (stack, make_table_page (), "table", "table");
  gtk_stack_sidebar_set_stack (GTK_STACK_SIDEBAR (sidebar), stack);
  gtk_widget_set_vexpand (sidebar, TRUE);
  gtk_box_append (GTK_BOX (left), sidebar);
  add_switch (left, "Dark", G_OBJECT (gtk_settings_get_default ()), "gtk-application-prefer-dark-theme");
  add_switch (left, "High contrast", G_OBJECT (anm_appearance_get_default ()), "high-contrast");

  gtk_widget_set_hexpand (GTK_WIDGET (stack), TRUE);
  gtk_widget_set_margin_start (GTK_WIDGET (stack), 18);
  gtk_widget_set_margin_end (GTK_WIDGET (stack), 18);
  gtk_widget_set_margin_top (GTK_WIDGET (stack), 12);
  gtk_widget_set_margin_bottom (GTK_WIDGET (stack), 12);
  gtk_box_append (GTK_BOX (across), left);
  gtk_box_append (GTK_BOX (across), GTK_WIDGET (stack));
  gtk_window_set_title (GTK_WINDOW (window), "Figures");
  gtk_window_set_default_size (GTK_WINDOW (window), 1100, 720);
  gtk_window_set_child (GTK_WINDOW (window), across);
  return window;
}

/* Smoke */

typedef struct
{
  GtkStack *stack;
  guint     page;
  guint     state;
  guint     n_shown;
  gboolean  over;
} Tour;

/* Every page in every state, one a turn; the last in dark and in high contrast. */
static gboolean
tour_cb (gpointer data)
{
  Tour *tour = data;
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (tour->stack);
  guint n_pages = g_list_model_get_n_items (G_LIST_MODEL (pages));

  if (tour->page == n_pages)
    {
      tour->over = TRUE;
      return G_SOURCE_REMOVE;
    }

  g_autoptr (GObject) page = g_list_model_get_item (G_LIST_MODEL (pages), tour->page);
  GtkWidget *child = gtk_stack_page_get_child (GTK_STACK_PAGE (page));
  GtkDropDown *choice = g_object_get_data (G_OBJECT (child), "choice");

  gtk_stack_set_visible_child (tour->stack, child);
  if (choice != NULL)
    gtk_drop_down_set_selected (choice, tour->state);
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", tour->state % 2 == 1, NULL);
  anm_appearance_set_high_contrast (anm_appearance_get_default (), tour->state % 4 >= 2);
  tour->n_shown++;
  if (++tour->state >= (choice != NULL ? N_FIGURE_CASES : 4))
    {
      tour->state = 0;
      tour->page++;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
closed_cb (GtkWindow *window,
           gboolean *over)
{
  *over = TRUE;
  return FALSE;
}

int
main (int argc,
      char **argv)
{
  gboolean smoke = argc > 1 && g_str_equal (argv[1], "--smoke"), over = FALSE;

  gtk_init ();
  GtkStack *stack = GTK_STACK (gtk_stack_new ());
  GtkWidget *window = make_window (stack);
  Tour tour = { .stack = stack };
  gpointer gone = window;

  g_object_add_weak_pointer (G_OBJECT (window), &gone);
  g_signal_connect (window, "close-request", G_CALLBACK (closed_cb), &over);
  gtk_window_present (GTK_WINDOW (window));
  if (smoke)
    g_timeout_add (20, tour_cb, &tour);
  while (!over && !tour.over)
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (gtk_stack_get_child_by_name (stack, "live")), "source")));
  if (smoke)
    {
      g_print ("1..1\nok 1 - %u states of figures shown\n", tour.n_shown);
      gtk_window_destroy (GTK_WINDOW (window));
      for (guint i = 0; i < 50 && gone != NULL; i++)
        g_main_context_iteration (NULL, FALSE);
      return gone == NULL ? 0 : 1;
    }
  return 0;
}
