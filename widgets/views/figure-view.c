/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/views/figure-view-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/views/appearance.h"

/* A new finding is told to screen readers at most this often. */
#define SECONDS_BETWEEN_FINDINGS 10

G_DEFINE_FINAL_TYPE (AnmFigureView, anm_figure_view, GTK_TYPE_WIDGET)
G_DEFINE_BOXED_TYPE (AnmFigure, anm_figure, anm_figure_ref, anm_figure_unref)

enum
{
  PROP_0,
  PROP_FIGURE,
  PROP_CURSOR_X,
  PROP_CURSOR_PINNED,
  PROP_SHOW_TITLE,
  PROP_SHOW_MENU,
  PROP_INTERACTIVE,
  PROP_ON_CARD,
  PROP_X_LOW,
  PROP_X_HIGH,
  PROP_Y_LOW,
  PROP_Y_HIGH,
  PROP_LOG_SCALE,
  PROP_BRUSH_LOW,
  PROP_BRUSH_HIGH,
  PROP_ZOOMABLE,
  PROP_BRUSHABLE,
  N_PROPS,
};

enum
{
  HOVERED,
  CLICKED,
  BRUSHED,
  SELECTION_CHANGED,
  ROWS_MARKED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static int
natural_height (AnmFigureView *self)
{
  AnmTheme theme;

  if (self->figure == NULL)
    return 0;
  anm_theme_init_for_widget (&theme, GTK_WIDGET (self), self->on_card);
  return (int) ceil (anm_figure_get_natural_height (self->figure, &theme, self->show_title));
}

static void
anm_figure_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (widget);
  int button_minimum, button_natural;

  gtk_widget_measure (self->menu_button, orientation, -1, &button_minimum, &button_natural, NULL, NULL);
  /* No figure with a title is smaller than 180 x 120; strips and sparklines are as small as they are put. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = self->show_title ? 180 : 24;
      *natural = self->show_title ? 326 : 120;
    }
  else
    {
      *minimum = self->show_title ? 120 : 12;
      *natural = self->measured_height = natural_height (self);
    }
  *minimum = MAX (*minimum, button_minimum);
  *natural = MAX (*natural, *minimum);
}

static void
anm_figure_view_size_allocate (GtkWidget *widget,
                               int width,
                               int height,
                               int baseline)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (widget);
  GtkRequisition size;

  if (!gtk_widget_should_layout (self->menu_button))
    return;
  gtk_widget_get_preferred_size (self->menu_button, &size, NULL);
  int x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? 0 : MAX (width - size.width, 0);
  gtk_widget_size_allocate (self->menu_button, &(GtkAllocation){ x, 0, size.width, size.height }, -1);
}

static void
anm_figure_view_css_changed (GtkWidget *widget,
                             GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (anm_figure_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

/* Words for screen readers */

void
anm_figure_view_tell (AnmFigureView *self,
      const char *description)
{
  const char *title = self->figure != NULL ? anm_figure_get_title (self->figure) : "";

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, *title != '\0' ? title : _("Figure"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  -1);
}

static gboolean
tell_finding (gpointer data)
{
  AnmFigureView *self = data;

  self->finding_source = 0;
  self->finding_told = g_get_monotonic_time ();
  anm_figure_view_tell (self, self->figure != NULL ? anm_figure_get_finding (self->figure) : "");
  return G_SOURCE_REMOVE;
}

/* At once if the last one is long ago, else when it will be. */
void
anm_figure_view_queue_finding (AnmFigureView *self)
{
  if (self->finding_source != 0)
    return;

  gint64 since = g_get_monotonic_time () - self->finding_told;
  gint64 wait = SECONDS_BETWEEN_FINDINGS * G_USEC_PER_SEC - since;
  if (self->finding_told == 0 || wait <= 0)
    tell_finding (self);
  else
    self->finding_source = g_timeout_add ((guint) (wait / 1000) + 1, tell_finding, self);
}

static gboolean
same_number (double a,
             double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* Object */

static void
anm_figure_view_dispose (GObject *object)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (object);

  g_clear_handle_id (&self->finding_source, g_source_remove);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_pointer (&self->shown, anm_figure_unref);
  g_clear_pointer (&self->figure, anm_figure_unref);
  g_clear_pointer (&self->selection, g_array_unref);
  g_clear_pointer (&self->menu_button, gtk_widget_unparent);
  G_OBJECT_CLASS (anm_figure_view_parent_class)->dispose (object);
}

static void
anm_figure_view_get_property (GObject *object,
                              guint id,
                              GValue *value,
                              GParamSpec *pspec)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (object);

  switch (id)
    {
    case PROP_FIGURE:
      g_value_set_boxed (value, self->figure);
      break;
    case PROP_CURSOR_X:
      g_value_set_double (value, self->cursor_x);
      break;
    case PROP_CURSOR_PINNED:
      g_value_set_boolean (value, self->cursor_pinned);
      break;
    case PROP_SHOW_TITLE:
      g_value_set_boolean (value, self->show_title);
      break;
    case PROP_SHOW_MENU:
      g_value_set_boolean (value, self->show_menu);
      break;
    case PROP_INTERACTIVE:
      g_value_set_boolean (value, self->interactive);
      break;
    case PROP_ON_CARD:
      g_value_set_boolean (value, self->on_card);
      break;
    case PROP_X_LOW:
      g_value_set_double (value, self->frame.x_low);
      break;
    case PROP_X_HIGH:
      g_value_set_double (value, self->frame.x_high);
      break;
    case PROP_Y_LOW:
      g_value_set_double (value, self->frame.y_low);
      break;
    case PROP_Y_HIGH:
      g_value_set_double (value, self->frame.y_high);
      break;
    case PROP_LOG_SCALE:
      g_value_set_boolean (value, self->figure != NULL && anm_figure_is_log (anm_figure_view_get_shown (self)));
      break;
    case PROP_BRUSH_LOW:
      g_value_set_double (value, self->brush_low);
      break;
    case PROP_BRUSH_HIGH:
      g_value_set_double (value, self->brush_high);
      break;
    case PROP_ZOOMABLE:
      g_value_set_boolean (value, self->zoomable);
      break;
    case PROP_BRUSHABLE:
      g_value_set_boolean (value, self->brushable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* TRUE if @flag changed. */
static gboolean
set_flag (AnmFigureView *self,
          gboolean *flag,
          gboolean wanted,
          guint id)
{
  wanted = !!wanted;
  if (*flag == wanted)
    return FALSE;
  *flag = wanted;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  return TRUE;
}

/* One end of a stretch: with the other end it may mean nothing until that has come, too. */
static void
set_number (AnmFigureView *self,
            double *number,
            double wanted,
            guint id)
{
  if (same_number (*number, wanted))
    return;
  *number = wanted;
  if (id <= PROP_Y_HIGH)
    anm_figure_view_queue_reframe (self);
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  anm_figure_view_update_actions (self);
}

static void
set_log_scale (AnmFigureView *self,
               gboolean log_scale)
{
  AnmFigureFrame frame = self->frame;

  if (self->figure == NULL || log_scale == anm_figure_is_log (anm_figure_view_get_shown (self)))
    return;
  frame.scale = log_scale ? ANM_FIGURE_SCALE_LOG : ANM_FIGURE_SCALE_LINEAR;
  /* A stretch of one scale may be nowhere on the other. */
  frame.y_low = frame.y_high = NAN;
  anm_figure_view_set_frame (self, &frame);
}

static void
anm_figure_view_set_property (GObject *object,
                              guint id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  AnmFigureView *self = ANM_FIGURE_VIEW (object);

  switch (id)
    {
    case PROP_FIGURE:
      anm_figure_view_set_figure (self, g_value_get_boxed (value));
      break;
    case PROP_CURSOR_X:
      anm_figure_view_set_cursor_x (self, g_value_get_double (value));
      break;
    case PROP_CURSOR_PINNED:
      anm_figure_view_set_cursor_pinned (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_TITLE:
      if (set_flag (self, &self->show_title, g_value_get_boolean (value), id))
        {
          anm_figure_view_drop_picture (self);
          gtk_widget_queue_resize (GTK_WIDGET (self));
        }
      break;
    case PROP_SHOW_MENU:
      if (set_flag (self, &self->show_menu, g_value_get_boolean (value), id))
        gtk_widget_set_visible (self->menu_button, self->show_menu && self->figure != NULL);
      break;
    case PROP_INTERACTIVE:
      if (set_flag (self, &self->interactive, g_value_get_boolean (value), id))
        gtk_widget_set_focusable (GTK_WIDGET (self), self->interactive);
      break;
    case PROP_ON_CARD:
      if (set_flag (self, &self->on_card, g_value_get_boolean (value), id))
        anm_figure_view_drop_picture (self);
      break;
    case PROP_X_LOW:
      set_number (self, &self->frame.x_low, g_value_get_double (value), id);
      break;
    case PROP_X_HIGH:
      set_number (self, &self->frame.x_high, g_value_get_double (value), id);
      break;
    case PROP_Y_LOW:
      set_number (self, &self->frame.y_low, g_value_get_double (value), id);
      break;
    case PROP_Y_HIGH:
      set_number (self, &self->frame.y_high, g_value_get_double (value), id);
      break;
    case PROP_LOG_SCALE:
      set_log_scale (self, g_value_get_boolean (value));
      break;
    case PROP_BRUSH_LOW:
      set_number (self, &self->brush_low, g_value_get_double (value), id);
      break;
    case PROP_BRUSH_HIGH:
      set_number (self, &self->brush_high, g_value_get_double (value), id);
      break;
    case PROP_ZOOMABLE:
      set_flag (self, &self->zoomable, g_value_get_boolean (value), id);
      break;
    case PROP_BRUSHABLE:
      set_flag (self, &self->brushable, g_value_get_boolean (value), id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
anm_figure_view_class_init (AnmFigureViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = anm_figure_view_dispose;
  object_class->get_property = anm_figure_view_get_property;
  object_class->set_property = anm_figure_view_set_property;
  widget_class->snapshot = anm_figure_view_snapshot;
  widget_class->measure = anm_figure_view_measure;
  widget_class->size_allocate = anm_figure_view_size_allocate;
  widget_class->css_changed = anm_figure_view_css_changed;
  widget_class->query_tooltip = anm_figure_view_query_tooltip;

  properties[PROP_FIGURE] = g_param_spec_boxed ("figure", NULL, NULL, ANM_TYPE_FIGURE, flags);
  /* NaN, the cursor at first, is outside of any range: it has to be let through, and no default that is declared can be it. */
  properties[PROP_CURSOR_X] = g_param_spec_double ("cursor-x", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_CURSOR_PINNED] = g_param_spec_boolean ("cursor-pinned", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_TITLE] = g_param_spec_boolean ("show-title", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_MENU] = g_param_spec_boolean ("show-menu", NULL, NULL, TRUE, flags);
  properties[PROP_INTERACTIVE] = g_param_spec_boolean ("interactive", NULL, NULL, TRUE, flags);
  properties[PROP_ON_CARD] = g_param_spec_boolean ("on-card", NULL, NULL, FALSE, flags);
  properties[PROP_X_LOW] = g_param_spec_double ("x-low", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_X_HIGH] = g_param_spec_double ("x-high", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_Y_LOW] = g_param_spec_double ("y-low", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_Y_HIGH] = g_param_spec_double ("y-high", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_LOG_SCALE] = g_param_spec_boolean ("log-scale", NULL, NULL, FALSE, flags);
  properties[PROP_BRUSH_LOW] = g_param_spec_double ("brush-low", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_BRUSH_HIGH] = g_param_spec_double ("brush-high", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_ZOOMABLE] = g_param_spec_boolean ("zoomable", NULL, NULL, TRUE, flags);
  properties[PROP_BRUSHABLE] = g_param_spec_boolean ("brushable", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[HOVERED] = g_signal_new ("hovered", ANM_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CLICKED] = g_signal_new ("clicked", ANM_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_INT);
  signals[BRUSHED] = g_signal_new ("brushed", ANM_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", ANM_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);

  signals[ROWS_MARKED] = g_signal_new ("rows-marked", ANM_TYPE_FIGURE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);

  anm_figure_view_install_actions (widget_class);
  gtk_widget_class_set_css_name (widget_class, "figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

void
anm_figure_view_set_title_end (AnmFigureView *self,
                               double title_end)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self));

  if (self->title_end == title_end)
    return;
  self->title_end = title_end;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
add_menu_button (AnmFigureView *self)
{
  g_autoptr (GMenuModel) menu = anm_figure_view_make_menu ();

  self->menu_button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu_button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button), menu);
  gtk_widget_add_css_class (self->menu_button, "flat");
  gtk_widget_add_css_class (self->menu_button, "figure-menu");
  gtk_widget_set_tooltip_text (self->menu_button, _("Figure menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figure menu"), -1);
  gtk_widget_set_opacity (self->menu_button, ANM_FIGURE_MENU_OPACITY);
  gtk_widget_set_visible (self->menu_button, FALSE);
  gtk_widget_set_parent (self->menu_button, GTK_WIDGET (self));
}

static void
anm_figure_view_init (AnmFigureView *self)
{
  self->cursor_x = NAN;
  self->cursor_series = -1;
  self->frame = ANM_FIGURE_FRAME_ALL;
  self->brush_low = self->brush_high = self->brush_y_low = self->brush_y_high = self->brush_anchor = self->row_anchor = NAN;
  self->pointer_x = self->pointer_y = NAN;
  self->selection = g_array_new (FALSE, FALSE, sizeof (guint));
  self->zoomable = TRUE;
  self->brushable = TRUE;
  self->show_title = TRUE;
  self->show_menu = TRUE;
  self->interactive = TRUE;
  add_menu_button (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);

  anm_figure_view_add_controllers (self);
  g_signal_connect_object (anm_appearance_get_default (), "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_appearance_get_default (), "notify::dashes", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

void
anm_figure_view_add_menu (AnmFigureView *self,
                          GMenuModel *items)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self));
  g_return_if_fail (G_IS_MENU_MODEL (items));

  g_menu_prepend_section (G_MENU (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (self->menu_button))), NULL, items);
}

GtkWidget *
anm_figure_view_new (void)
{
  return g_object_new (ANM_TYPE_FIGURE_VIEW, NULL);
}

/**
 * anm_figure_view_get_figure:
 * @self: a figure view
 *
 * Returns: (transfer none) (nullable): the figure
 */
AnmFigure *
anm_figure_view_get_figure (AnmFigureView *self)
{
  g_return_val_if_fail (ANM_IS_FIGURE_VIEW (self), NULL);
  return self->figure;
}

/**
 * anm_figure_view_set_figure:
 * @self: a figure view
 * @figure: (nullable): the figure, referenced
 */
void
anm_figure_view_set_figure (AnmFigureView *self,
                            AnmFigure *figure)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self));

  if (self->figure == figure)
    return;

  gboolean was_log = self->figure != NULL && anm_figure_is_log (anm_figure_view_get_shown (self));
  g_clear_pointer (&self->shown, anm_figure_unref);
  g_clear_pointer (&self->figure, anm_figure_unref);
  self->figure = figure != NULL ? anm_figure_ref (figure) : NULL;
  gtk_widget_set_visible (self->menu_button, self->show_menu && figure != NULL);
  anm_figure_view_drop_picture (self);
  /* A new epoch's figure has the size of the last one's: the window isn't laid out anew for it. */
  if (natural_height (self) != self->measured_height)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  anm_figure_view_queue_finding (self);
  anm_figure_view_update_actions (self);
  if (was_log != (figure != NULL && anm_figure_is_log (anm_figure_view_get_shown (self))))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOG_SCALE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIGURE]);
}

/**
 * anm_figure_view_get_cursor_x:
 * @self: a figure view
 *
 * Returns: the cursor on the figure's horizontal axis, NaN = none
 */
double
anm_figure_view_get_cursor_x (AnmFigureView *self)
{
  g_return_val_if_fail (ANM_IS_FIGURE_VIEW (self), NAN);
  return self->cursor_x;
}

/**
 * anm_figure_view_set_cursor_x:
 * @self: a figure view
 * @cursor_x: the cursor on the figure's horizontal axis, NaN = none
 */
void
anm_figure_view_set_cursor_x (AnmFigureView *self,
                              double cursor_x)
{
  g_return_if_fail (ANM_IS_FIGURE_VIEW (self));

  if (same_number (self->cursor_x, cursor_x))
    return;
  self->cursor_x = cursor_x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_X]);
}

void
anm_figure_view_set_cursor_pinned (AnmFigureView *self,
                   gboolean pinned)
{
  pinned = !!pinned;
  if (self->cursor_pinned == pinned)
    return;
  self->cursor_pinned = pinned;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_PINNED]);
}

void
anm_figure_view_emit_hovered (AnmFigureView *self,
                              const AnmFigurePlace *place)
{
  g_signal_emit (self, signals[HOVERED], 0, place);
}

void
anm_figure_view_emit_clicked (AnmFigureView *self,
                              const AnmFigurePlace *place,
                              int n_press)
{
  g_signal_emit (self, signals[CLICKED], 0, place, n_press);
}

void
anm_figure_view_notify_frame (AnmFigureView *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint id = PROP_X_LOW; id <= PROP_LOG_SCALE; id++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  g_object_thaw_notify (G_OBJECT (self));
  anm_figure_view_update_actions (self);
}

void
anm_figure_view_notify_brush (AnmFigureView *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRUSH_LOW]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRUSH_HIGH]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
anm_figure_view_emit_brushed (AnmFigureView *self)
{
  g_signal_emit (self, signals[BRUSHED], 0, self->brush_low, self->brush_high);
}

void
anm_figure_view_emit_selection (AnmFigureView *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0, self->selection);
}

void
anm_figure_view_emit_rows (AnmFigureView *self,
                           GArray *rows)
{
  g_signal_emit (self, signals[ROWS_MARKED], 0, rows);
}
