/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/cell-lens-page-private.h"

#include <math.h>

#include "app/gui/cell-lens-bar.h"
#include "app/gui/equation-rows.h"
#include "app/gui/settings.h"
#include "app/gui/time-cursor.h"
#include "app/gui/time-frame.h"
#include "widgets/figures/waterfall.h"
#include "widgets/views/appearance.h"

#define LEFT_WIDTH 288
#define RIGHT_WIDTH 300
#define LEAST_LEFT 220
#define LEAST_RIGHT 258

/* Below these the page goes without its left column, and without the right one. */
#define NARROW_WIDTH 1100
#define LEAST_WIDTH 640
#define LEAST_HEIGHT 420

G_DEFINE_FINAL_TYPE (AnmCellLensPage, anm_cell_lens_page, GTK_TYPE_WIDGET)

/* What is looked at */

int
_cell_lens_page_get_layer (AnmCellLensPage *self)
{
  const int layer = anm_view_state_get_layer (self->state);

  if (self->reading == NULL)
    return -1;
  if (layer >= 0 && (guint) layer < self->reading->n_layers)
    return layer;
  for (guint i = 0; i < self->reading->n_layers; i++)
    if (anm_layer_class_is_recurrent (self->reading->layers[i].klass))
      return (int) i;
  return 0;
}

guint
_cell_lens_page_get_n_units (AnmCellLensPage *self)
{
  const int layer = _cell_lens_page_get_layer (self);
  const AnmReadingTrace *trace = layer >= 0 ? anm_patient_reading_find_trace (self->reading, (guint) layer, "h") : NULL;

  /* What holds no state still gives numbers. */
  if (trace == NULL && layer >= 0)
    trace = anm_patient_reading_find_trace (self->reading, (guint) layer, "y");
  return trace != NULL ? trace->n_units : 0;
}

guint
_cell_lens_page_get_unit (AnmCellLensPage *self)
{
  const int unit = anm_view_state_get_unit (self->state);
  const guint n_units = _cell_lens_page_get_n_units (self);

  return unit >= 0 && (guint) unit < n_units ? (guint) unit : 0;
}

/* On the figures' axis, where a step stands at its end. */
static double
get_time (AnmCellLensPage *self)
{
  const double cursor = anm_view_state_get_cursor (self->state);
  const double step = anm_view_state_get_time_step (self->state);

  return isnan (cursor) ? NAN : (floor (cursor / step + 1e-6) + 1) * step;
}

/* Showing */

static void
show_terms (AnmCellLensPage *self)
{
  g_autoptr (AnmFigure) figure = NULL;

  if (self->lens != NULL && self->lens->why_not != NULL)
    figure = anm_attention_terms_exhibit_new (self->reading, _cell_lens_page_get_layer (self), _cell_lens_page_get_unit (self), self->expanded);
  if (figure == NULL)
    figure = anm_cell_terms_exhibit_new (self->lens, self->symbol, self->expanded, NULL);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->terms), figure);
}

static void
show_step (AnmCellLensPage *self)
{
  const AnmCellStepView view = anm_cell_lens_bar_get_shapes (ANM_CELL_LENS_BAR (self->bar)) ? ANM_CELL_STEP_SHAPES : ANM_CELL_STEP_NUMBERS;
  const char *symbol = anm_cell_lens_choose_equation (self->lens, self->symbol);
  g_autofree char *weights = anm_live_reading_describe_weights (self->live);
  g_autoptr (AnmFigure) figure = anm_cell_step_exhibit_new (self->lens, view, symbol, weights);
  guint n_rows = 0;
  int chosen = -1;

  while (self->lens != NULL && anm_cell_step_get_symbol (self->lens, n_rows) != NULL)
    {
      if (anm_cell_step_get_symbol (self->lens, n_rows) == symbol)
        chosen = (int) n_rows;
      n_rows++;
    }
  anm_equation_rows_set_figure (ANM_EQUATION_ROWS (self->rows), figure, n_rows, chosen);
}

static void
show_lens (AnmCellLensPage *self)
{
  static const char *const actions[] = { "lens.copy-text", "lens.copy-latex", "lens.worksheet", "lens.move-step", "lens.choose-half" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], self->lens != NULL && self->lens->reading != NULL);
  anm_cell_lens_bar_set_lens (ANM_CELL_LENS_BAR (self->bar), self->lens);
  show_step (self);
  show_terms (self);
  if (self->focus_due && self->lens != NULL && gtk_widget_grab_focus (self->rows))
    self->focus_due = FALSE;
}

/* The figures at the left are of the reading alone, and change with the unit. */
static void
show_sides (AnmCellLensPage *self)
{
  const int layer = _cell_lens_page_get_layer (self);
  const int unit = _cell_lens_page_get_n_units (self) > 0 ? (int) _cell_lens_page_get_unit (self) : -1;
  const guint *order = layer >= 0 && anm_live_reading_get_reading (self->live) == self->reading ? anm_live_reading_get_order (self->live, (guint) layer) : NULL;
  g_autoptr (AnmFigure) where = anm_cell_where_exhibit_new (self->reading, layer, unit, order);
  g_autoptr (AnmFigure) over_time = anm_cell_unit_exhibit_new (self->reading, layer, unit);

  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->where), where);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->unit), over_time);
}

static void
answered_cb (gpointer result,
             const GError *error,
             gpointer data)
{
  AnmCellLensPage *self = data;

  g_clear_pointer (&self->lens, anm_cell_lens_unref);
  if (result != NULL)
    self->lens = anm_cell_lens_ref (result);
  show_lens (self);
}

static void
slow_cb (gboolean slow,
         gpointer data)
{
  AnmCellLensPage *self = data;

  gtk_widget_set_opacity (self->rows, slow ? 0.6 : 1);
  gtk_widget_set_opacity (self->terms, slow ? 0.6 : 1);
}

void
_cell_lens_page_ask (AnmCellLensPage *self)
{
  AnmCellLensRequest *request;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->reading == NULL || self->reading->n_steps == 0 || self->parameters == NULL)
    {
      anm_worker_cancel (self->worker);
      answered_cb (NULL, NULL, self);
      return;
    }
  request = g_new0 (AnmCellLensRequest, 1);
  request->bench = self->bench;
  request->reading = anm_patient_reading_ref (self->reading);
  request->parameters = g_bytes_ref (self->parameters);
  request->layer = _cell_lens_page_get_layer (self);
  request->unit = _cell_lens_page_get_unit (self);
  request->half = self->half;
  request->time = get_time (self);
  anm_worker_submit (self->worker, request, (GDestroyNotify) anm_cell_lens_request_free);
}

/* Changes */

static void
take_reading (AnmCellLensPage *self)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const anm_real *parameters = anm_live_reading_get_parameters (self->live);

  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->parameters, g_bytes_unref);
  if (reading == NULL || parameters == NULL)
    return;
  self->reading = anm_patient_reading_ref (reading);
  self->parameters = g_bytes_new (parameters, anm_network_get_n_parameters (reading->network) * sizeof *parameters);
}

static void
reading_changed_cb (AnmCellLensPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  take_reading (self);
  show_sides (self);
  _cell_lens_page_ask (self);
}

static void
place_changed_cb (AnmCellLensPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      show_sides (self);
      _cell_lens_page_ask (self);
    }
}

static void
row_chosen_cb (AnmCellLensPage *self,
               guint row)
{
  const char *symbol = self->lens != NULL ? anm_cell_step_get_symbol (self->lens, row) : NULL;

  if (symbol == NULL)
    return;
  self->symbol = g_intern_string (symbol);
  self->expanded = FALSE;
  show_step (self);
  show_terms (self);
}

static void
where_clicked_cb (AnmCellLensPage *self,
                  const AnmFigurePlace *place)
{
  if (place == NULL || place->series < 0 || _cell_lens_page_get_n_units (self) == 0)
    return;
  anm_view_state_set_layer (self->state, _cell_lens_page_get_layer (self));
  anm_view_state_set_unit (self->state, place->series);
}

/* What was folded unfolds, and folds again with a click on any bar. */
static void
terms_clicked_cb (AnmCellLensPage *self,
                  const AnmFigurePlace *place)
{
  if (place == NULL || (place->series != ANM_WATERFALL_OTHERS && !self->expanded))
    return;
  self->expanded = !self->expanded;
  show_terms (self);
}

/* Sizes */

/* Larger words need more room. */
static gboolean
is_narrow (AnmCellLensPage *self,
           int width)
{
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, self->terms, FALSE);
  return width < NARROW_WIDTH * MIN (theme.text_scale, 1.3);
}

static gboolean
reshape_cb (gpointer data)
{
  AnmCellLensPage *self = data;
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, self->terms, FALSE);
  self->idle = 0;
  self->shaped = TRUE;
  self->narrow = is_narrow (self, gtk_widget_get_width (GTK_WIDGET (self)));
  gtk_widget_set_visible (self->left, self->left_shown[self->narrow]);
  gtk_widget_set_visible (self->terms_scroller, !self->narrow || !self->left_shown[TRUE]);
  gtk_widget_set_size_request (self->terms_scroller, (int) ((self->narrow ? LEAST_RIGHT : RIGHT_WIDTH) * MIN (theme.text_scale, 1.3)), -1);
  return G_SOURCE_REMOVE;
}

/* Children can't come and go while sizes are being given out. */
void
_cell_lens_page_reshape (AnmCellLensPage *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (GTK_PRIORITY_RESIZE - 1, reshape_cb, self, NULL);
}

static void
anm_cell_lens_page_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  const int least = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;

  gtk_widget_measure (ANM_CELL_LENS_PAGE (widget)->box, orientation, -1, minimum, natural, NULL, NULL);
  *minimum = MIN (*minimum, least);
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_cell_lens_page_size_allocate (GtkWidget *widget,
                                  int width,
                                  int height,
                                  int baseline)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  int least_width, least_height;

  gtk_widget_measure (self->box, GTK_ORIENTATION_HORIZONTAL, -1, &least_width, NULL, NULL, NULL);
  gtk_widget_measure (self->box, GTK_ORIENTATION_VERTICAL, MAX (width, least_width), &least_height, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->box, &(GtkAllocation){ 0, 0, MAX (width, least_width), MAX (height, least_height) }, -1);
  if (!self->shaped || self->narrow != is_narrow (self, width))
    _cell_lens_page_reshape (self);
}

/* Making */

static GtkWidget *
make_view (AnmCellLensPage *self,
           gboolean follows_time)
{
  GtkWidget *view = anm_figure_view_new ();

  g_object_set (view, "show-title", TRUE, "show-menu", TRUE, "interactive", TRUE, "vexpand", TRUE,
                "margin-start", 12, "margin-end", 12, "margin-top", 9, "margin-bottom", 6, NULL);
  if (follows_time)
    {
      anm_time_cursor_attach (ANM_FIGURE_VIEW (view), self->state);
      anm_time_frame_attach (ANM_FIGURE_VIEW (view), self->state, TRUE);
    }
  return view;
}

static GtkWidget *
make_scroller (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  /* A figure that is higher than the window takes the focus without moving. */
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), FALSE);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), child);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), viewport);
  return scroller;
}

static GtkWidget *
make_left (AnmCellLensPage *self)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);

  self->where = make_view (self, TRUE);
  self->unit = make_view (self, TRUE);
  gtk_widget_set_size_request (self->where, LEAST_LEFT - 24, 180);
  gtk_widget_set_size_request (self->unit, LEAST_LEFT - 24, 150);
  g_signal_connect_swapped (self->where, "clicked", G_CALLBACK (where_clicked_cb), self);
  gtk_paned_set_start_child (GTK_PANED (paned), self->where);
  gtk_paned_set_end_child (GTK_PANED (paned), self->unit);
  gtk_paned_set_resize_start_child (GTK_PANED (paned), TRUE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_add_css_class (paned, "view");
  return paned;
}

static void
fill (AnmCellLensPage *self)
{
  GtkWidget *scroller;

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->bar = anm_cell_lens_bar_new (self->state, self->live);
  self->outer = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  self->inner = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  self->left = make_left (self);
  self->rows = anm_equation_rows_new ();
  g_object_set (self->rows, "margin-start", 18, "margin-end", 18, "margin-top", 9, "margin-bottom", 9, NULL);
  scroller = make_scroller (self->rows);
  gtk_widget_add_css_class (scroller, "view");
  self->terms = make_view (self, FALSE);
  self->terms_scroller = make_scroller (self->terms);
  gtk_widget_set_size_request (self->terms_scroller, RIGHT_WIDTH, -1);
  gtk_widget_add_css_class (self->terms_scroller, "view");

  gtk_paned_set_start_child (GTK_PANED (self->inner), scroller);
  gtk_paned_set_end_child (GTK_PANED (self->inner), self->terms_scroller);
  gtk_paned_set_resize_end_child (GTK_PANED (self->inner), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->inner), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->inner), FALSE);
  gtk_paned_set_start_child (GTK_PANED (self->outer), self->left);
  gtk_paned_set_end_child (GTK_PANED (self->outer), self->inner);
  gtk_paned_set_resize_start_child (GTK_PANED (self->outer), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->outer), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->outer), FALSE);
  gtk_paned_set_position (GTK_PANED (self->outer), anm_settings_get_int (self->settings, "lens-where-position", LEFT_WIDTH));
  gtk_widget_set_vexpand (self->outer, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->bar);
  gtk_box_append (GTK_BOX (self->box), self->outer);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  g_signal_connect_swapped (self->bar, "notify::shapes", G_CALLBACK (show_step), self);
  g_signal_connect_swapped (self->rows, "chosen", G_CALLBACK (row_chosen_cb), self);
  g_signal_connect_swapped (self->terms, "clicked", G_CALLBACK (terms_clicked_cb), self);
}

GtkWidget *
anm_cell_lens_page_new (AnmViewState *state,
                        AnmLiveReading *live)
{
  AnmCellLensPage *self = g_object_new (ANM_TYPE_CELL_LENS_PAGE, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  fill (self);
  g_signal_connect_object (live, "changed", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (place_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::unit", G_CALLBACK (place_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::cursor", G_CALLBACK (_cell_lens_page_ask), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

static void
anm_cell_lens_page_map (GtkWidget *widget)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);

  GTK_WIDGET_CLASS (anm_cell_lens_page_parent_class)->map (widget);

  anm_live_reading_hold (self->live);
  self->focus_due = TRUE;
  reading_changed_cb (self);
}

static void
anm_cell_lens_page_unmap (GtkWidget *widget)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);

  anm_live_reading_release (self->live);
  anm_worker_cancel (self->worker);
  anm_settings_set_int (self->settings, "lens-where-position", gtk_paned_get_position (GTK_PANED (self->outer)));

  GTK_WIDGET_CLASS (anm_cell_lens_page_parent_class)->unmap (widget);
}

static gboolean
anm_cell_lens_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (ANM_CELL_LENS_PAGE (widget)->rows);
}

static void
anm_cell_lens_page_dispose (GObject *object)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (object);

  g_clear_pointer (&self->worker, anm_worker_free);
  g_clear_pointer (&self->bench, anm_cell_lens_bench_free);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->lens, anm_cell_lens_unref);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->parameters, g_bytes_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_cell_lens_page_parent_class)->dispose (object);
}

static void
anm_cell_lens_page_class_init (AnmCellLensPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_cell_lens_page_dispose;
  widget_class->map = anm_cell_lens_page_map;
  widget_class->unmap = anm_cell_lens_page_unmap;
  widget_class->measure = anm_cell_lens_page_measure;
  widget_class->size_allocate = anm_cell_lens_page_size_allocate;
  widget_class->grab_focus = anm_cell_lens_page_grab_focus;

  _cell_lens_page_install_commands (widget_class);
  gtk_widget_class_set_css_name (widget_class, "celllens");
}

static void
anm_cell_lens_page_init (AnmCellLensPage *self)
{
  self->settings = anm_settings_new ();
  self->left_shown[FALSE] = TRUE;
  self->bench = anm_cell_lens_bench_new ();
  self->worker = anm_worker_new ("cell-lens", ANM_WORKER_FINISH, anm_cell_lens_work, answered_cb, self);
  anm_worker_set_slow_func (self->worker, slow_cb);
}
