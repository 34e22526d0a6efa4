/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/equation-rows.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/views/appearance.h"

#define LEAST_WIDTH 300

struct _AnmEquationRows
{
  GtkWidget  parent_instance;

  GtkWidget *view;
  GPtrArray *rows;        /* of GtkWidget, unowned: children after the view */
  guint      n_rows;      /* shown */
  guint      n_choosable;
  int        chosen;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmEquationRows, anm_equation_rows, GTK_TYPE_WIDGET)

GtkWidget *
anm_equation_rows_new (void)
{
  return g_object_new (ANM_TYPE_EQUATION_ROWS, NULL);
}

AnmFigureView *
anm_equation_rows_get_view (AnmEquationRows *self)
{
  g_return_val_if_fail (ANM_IS_EQUATION_ROWS (self), NULL);

  return ANM_FIGURE_VIEW (self->view);
}

static void
choose (AnmEquationRows *self,
        guint row)
{
  if (row < self->n_choosable)
    g_signal_emit (self, signals[CHOSEN], 0, row);
}

static void
clicked_cb (AnmEquationRows *self,
            const AnmFigurePlace *place)
{
  /* What lights up follows the pointer; nothing is pinned. */
  g_object_set (self->view, "cursor-pinned", FALSE, NULL);
  if (place != NULL && place->series >= 0)
    choose (self, (guint) place->series);
}

static gboolean
row_key_cb (GtkEventControllerKey *controller,
            guint key,
            guint code,
            GdkModifierType state,
            AnmEquationRows *self)
{
  guint index;

  if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_space)
    return GDK_EVENT_PROPAGATE;
  if (!g_ptr_array_find (self->rows, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)), &index) || index >= self->n_choosable)
    return GDK_EVENT_PROPAGATE;
  choose (self, index);
  return GDK_EVENT_STOP;
}

/* From @top to @bottom into view, in what scrolls all rows. */
static void
scroll_to (AnmEquationRows *self,
           double top,
           double bottom)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);

  if (scroller != NULL)
    gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), top, bottom);
}

static void
row_focused_cb (GtkEventControllerFocus *controller,
                AnmEquationRows *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
    scroll_to (self, (double) bounds.origin.y, (double) (bounds.origin.y + bounds.size.height) + 12);
}

/* The figure's menu is at its top. */
static void
menu_focused_cb (AnmEquationRows *self)
{
  scroll_to (self, 0, 1);
}

static GtkWidget *
make_row (AnmEquationRows *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, "focusable", TRUE, "can-target", FALSE, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_add_css_class (row, "equation-row");
  g_signal_connect (keys, "key-pressed", G_CALLBACK (row_key_cb), self);
  gtk_widget_add_controller (row, keys);
  g_signal_connect (focus, "enter", G_CALLBACK (row_focused_cb), self);
  gtk_widget_add_controller (row, focus);
  gtk_widget_set_parent (row, GTK_WIDGET (self));
  return row;
}

void
anm_equation_rows_set_figure (AnmEquationRows *self,
                              AnmFigure *figure,
                              guint n_choosable,
                              int chosen)
{
  g_return_if_fail (ANM_IS_EQUATION_ROWS (self));
  g_return_if_fail (figure != NULL);

  const guint n_rows = anm_equations_get_n_rows (figure);
  const gboolean same_shape = n_rows == self->n_rows;

  self->n_rows = n_rows;
  self->n_choosable = MIN (n_choosable, n_rows);
  self->chosen = chosen;
  while (self->rows->len < n_rows)
    g_ptr_array_add (self->rows, make_row (self));
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      gtk_widget_set_visible (row, i < n_rows);
      if (i >= n_rows)
        continue;
      gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, anm_equations_get_row_name (figure, i),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, anm_equations_get_row_words (figure, i),
                                      -1);
      gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED, (int) i == chosen, -1);
    }
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->view), figure);
  if (same_shape)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Sizes */

static int
find_height (AnmEquationRows *self,
             int width)
{
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->view));
  AnmTheme theme;

  if (figure == NULL)
    return 120;
  anm_theme_init_for_widget (&theme, self->view, FALSE);
  return (int) ceil (anm_equations_get_height (figure, &theme, MAX (width, LEAST_WIDTH), TRUE));
}

static GtkSizeRequestMode
anm_equation_rows_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
anm_equation_rows_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  AnmEquationRows *self = ANM_EQUATION_ROWS (widget);
  int ignored;

  gtk_widget_measure (self->view, orientation, -1, &ignored, NULL, NULL, NULL);
  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : find_height (self, for_size);
}

static void
anm_equation_rows_size_allocate (GtkWidget *widget,
                                 int width,
                                 int height,
                                 int baseline)
{
  AnmEquationRows *self = ANM_EQUATION_ROWS (widget);
  AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->view));
  g_autofree double *tops = g_new0 (double, self->n_rows + 1);
  AnmTheme theme;

  gtk_widget_size_allocate (self->view, &(GtkAllocation){ 0, 0, width, height }, -1);
  if (figure == NULL || self->n_rows == 0)
    return;
  anm_theme_init_for_widget (&theme, self->view, FALSE);
  anm_equations_get_rows (figure, &theme, width, height, TRUE, tops);
  for (guint i = 0; i < self->n_rows; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);
      int ignored;

      gtk_widget_measure (row, GTK_ORIENTATION_HORIZONTAL, -1, &ignored, NULL, NULL, NULL);
      gtk_widget_size_allocate (row, &(GtkAllocation){ 0, (int) tops[i] + 2, width, MAX ((int) (tops[i + 1] - tops[i]) - 4, 1) }, -1);
    }
}

/* The chosen row, or the first. */
static gboolean
anm_equation_rows_grab_focus (GtkWidget *widget)
{
  AnmEquationRows *self = ANM_EQUATION_ROWS (widget);

  if (self->n_rows == 0)
    return FALSE;
  return gtk_widget_grab_focus (g_ptr_array_index (self->rows, self->chosen >= 0 && (guint) self->chosen < self->n_rows ? self->chosen : 0));
}

static void
anm_equation_rows_dispose (GObject *object)
{
  AnmEquationRows *self = ANM_EQUATION_ROWS (object);
  GtkWidget *child;

  if (self->rows != NULL)
    g_ptr_array_set_size (self->rows, 0);
  self->n_rows = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->view = NULL;

  G_OBJECT_CLASS (anm_equation_rows_parent_class)->dispose (object);
}

static void
anm_equation_rows_finalize (GObject *object)
{
  g_clear_pointer (&ANM_EQUATION_ROWS (object)->rows, g_ptr_array_unref);

  G_OBJECT_CLASS (anm_equation_rows_parent_class)->finalize (object);
}

static void
anm_equation_rows_class_init (AnmEquationRowsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_equation_rows_dispose;
  object_class->finalize = anm_equation_rows_finalize;
  widget_class->get_request_mode = anm_equation_rows_get_request_mode;
  widget_class->measure = anm_equation_rows_measure;
  widget_class->size_allocate = anm_equation_rows_size_allocate;
  widget_class->grab_focus = anm_equation_rows_grab_focus;

  signals[CHOSEN] = g_signal_new ("chosen", ANM_TYPE_EQUATION_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
anm_equation_rows_init (AnmEquationRows *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->rows = g_ptr_array_new ();
  self->view = anm_figure_view_new ();
  /* Its rows and its menu take the focus. */
  gtk_widget_set_focusable (self->view, FALSE);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (menu_focused_cb), self);
  gtk_widget_add_controller (self->view, focus);
  gtk_widget_set_parent (self->view, GTK_WIDGET (self));
  g_object_set (self->view, "show-title", TRUE, "show-menu", TRUE, "interactive", TRUE, NULL);
  g_signal_connect_swapped (self->view, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Equations of the step"), -1);
}
