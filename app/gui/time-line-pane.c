/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/time-line-pane.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-time-line.h"
#include "app/exhibits/patient-words.h"
#include "app/gui/pinned-foot.h"
#include "app/gui/template.h"
#include "widgets/views/figure-view.h"

/* A channel's row isn't drawn lower than this; then the pane scrolls. */
#define MIN_ROW_HEIGHT 44
#define AXIS_HEIGHT 40
#define ZOOM_STEP 0.8
/* No closer than so many time steps. */
#define MIN_STEPS 4

struct _AnmTimeLinePane
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  GBinding     *cursor_binding;
  GBinding     *pinned_binding;
  AnmCohort    *cohort;
  AnmCohortSummary *summary;

  double        begin, end;        /* shown span */
  double        pointer_x;         /* under the pointer, NaN outside of the plot */
  double        grabbed_x;         /* what a drag holds, NaN without one */
  gboolean      dragging;
  double        cursor_before;     /* the press under way */
  gboolean      pinned_before;
  guint         tick;              /* the figure is drawn anew with the next frame */

  GtkWidget    *head;
  GtkWidget    *title_label;
  GtkWidget    *caption_label;
  GtkWidget    *fit_button;
  GtkWidget    *own_button;
  GtkWidget    *z_button;
  GtkWidget    *scroller;
  GtkWidget    *figure_view;
  GtkWidget    *foot;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmTimeLinePane, anm_time_line_pane, GTK_TYPE_WIDGET)

static gboolean
has_patient (AnmTimeLinePane *self)
{
  return self->state != NULL && self->cohort != NULL &&
         anm_view_state_get_patient (self->state) < self->cohort->n_patients;
}

static AnmTimeLineScale
get_scale (AnmTimeLinePane *self)
{
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->own_button)))
    return ANM_TIME_LINE_OWN_RANGE;
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->z_button)))
    return ANM_TIME_LINE_Z_SCORE;

  return ANM_TIME_LINE_FIT;
}

/* Channels that this patient has no value of are left out only where there are more than can be seen at once. */
static gboolean
leave_out_unmeasured (AnmTimeLinePane *self)
{
  return self->cohort->n_channels * MIN_ROW_HEIGHT > 900;
}

static void
draw (AnmTimeLinePane *self)
{
  AnmPatientTimeLine options = { self->begin, self->end, get_scale (self), NAN, 1, self->summary, FALSE };
  g_autoptr (AnmFigure) figure = NULL;
  guint patient;

  if (!has_patient (self))
    {
      anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->figure_view), NULL);
      return;
    }

  patient = anm_view_state_get_patient (self->state);
  options.step = anm_view_state_get_time_step (self->state);
  options.measured_only = leave_out_unmeasured (self);
  figure = anm_patient_time_line (self->cohort, patient, &options);
  gtk_widget_set_size_request (self->figure_view, -1,
                               AXIS_HEIGHT + MIN_ROW_HEIGHT * anm_patient_time_line_count (self->cohort, patient, &options));
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->figure_view), figure);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  AnmTimeLinePane *self = ANM_TIME_LINE_PANE (widget);

  self->tick = 0;
  draw (self);
  return G_SOURCE_REMOVE;
}

static void
queue_draw (AnmTimeLinePane *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

/* Span */

static void
set_span (AnmTimeLinePane *self,
          double           begin,
          double           end)
{
  double first, last;

  anm_patient_get_span (self->cohort, anm_view_state_get_patient (self->state), &first, &last);

  const double longest = last - first;
  const double shortest = MIN (longest, MIN_STEPS * anm_view_state_get_time_step (self->state));
  const double length = CLAMP (end - begin, shortest, longest);

  /* Zooming keeps the middle of what was asked for; panning stops at the ends of the record. */
  begin = CLAMP ((begin + end - length) / 2, first, last - length);
  if (begin == self->begin && begin + length == self->end)
    return;

  self->begin = begin;
  self->end = begin + length;
  queue_draw (self);
}

void
anm_time_line_pane_zoom (AnmTimeLinePane *self,
                         double           factor,
                         double           x)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  if (!has_patient (self))
    return;

  if (factor == 0)
    {
      set_span (self, -INFINITY, INFINITY);
      return;
    }

  if (isnan (x))
    x = (self->begin + self->end) / 2;
  set_span (self, x - factor * (x - self->begin), x + factor * (self->end - x));
}

void
anm_time_line_pane_get_span (AnmTimeLinePane *self,
                             double          *begin,
                             double          *end)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  *begin = self->begin;
  *end = self->end;
}

static void
fit (AnmTimeLinePane *self)
{
  if (has_patient (self))
    anm_patient_get_span (self->cohort, anm_view_state_get_patient (self->state), &self->begin, &self->end);
  queue_draw (self);
}

/* Pointer */

static void
hovered_cb (AnmTimeLinePane      *self,
            const AnmFigurePlace *place)
{
  self->pointer_x = place != NULL ? place->x : NAN;

  /* What was grabbed stays under the pointer. */
  if (self->dragging && place != NULL && place->x != self->grabbed_x)
    {
      const double shift = self->grabbed_x - place->x;

      set_span (self, self->begin + shift, self->end + shift);
    }
}

static void
put_cursor_back (AnmTimeLinePane *self)
{
  anm_view_state_set_cursor_pinned (self->state, self->pinned_before);
  anm_view_state_set_cursor (self->state, self->cursor_before);
}

/* Sees a press before the figure does, which pins the cursor: a press that turns out to be a drag or half of a double
 * click puts it back. */
static void
pressed_cb (AnmTimeLinePane *self,
            int              n_press,
            double           x,
            double           y,
            GtkGesture      *gesture)
{
  if (self->state == NULL)
    return;

  if (n_press == 1)
    {
      self->cursor_before = anm_view_state_get_cursor (self->state);
      self->pinned_before = anm_view_state_get_cursor_pinned (self->state);
    }
  else if (n_press == 2)
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
      put_cursor_back (self);
      fit (self);
    }
}

static void
drag_begin_cb (AnmTimeLinePane *self)
{
  self->grabbed_x = self->pointer_x;
}

static void
drag_update_cb (AnmTimeLinePane *self,
                double           dx,
                double           dy)
{
  if (self->dragging || isnan (self->grabbed_x) ||
      !gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
    return;

  self->dragging = TRUE;
  if (self->state != NULL)
    put_cursor_back (self);
  gtk_widget_set_cursor_from_name (self->figure_view, "grabbing");
}

static void
drag_end_cb (AnmTimeLinePane *self)
{
  self->grabbed_x = NAN;
  self->dragging = FALSE;
  gtk_widget_set_cursor (self->figure_view, NULL);
}

static gboolean
can_scroll (AnmTimeLinePane *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) > 1;
}

static gboolean
scroll_cb (AnmTimeLinePane          *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *controller)
{
  const GdkModifierType modifiers =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  const double length = self->end - self->begin;

  if (dx != 0 || (modifiers & GDK_SHIFT_MASK) != 0)
    {
      const double shift = (dx != 0 ? dx : dy) * length * 0.1;

      if (has_patient (self))
        set_span (self, self->begin + shift, self->end + shift);
      return GDK_EVENT_STOP;
    }

  if ((modifiers & GDK_CONTROL_MASK) == 0 && can_scroll (self))
    return GDK_EVENT_PROPAGATE;

  anm_time_line_pane_zoom (self, pow (ZOOM_STEP, -dy), self->pointer_x);
  return GDK_EVENT_STOP;
}

static void
scale_toggled_cb (AnmTimeLinePane *self)
{
  queue_draw (self);
}

/* Keys: + and - zoom, 0 fits, as in every viewer of pictures. */
static void
zoom_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  anm_time_line_pane_zoom (ANM_TIME_LINE_PANE (widget), g_variant_get_double (parameter), NAN);
}

/* What is shown */

static void
show_patient (AnmTimeLinePane *self)
{
  g_autofree char *title = NULL;
  g_autofree char *caption = NULL;

  if (has_patient (self))
    {
      const guint patient = anm_view_state_get_patient (self->state);

      title = g_strdup_printf (_("Patient %s"), self->cohort->ids[patient]);
      caption = anm_patient_describe (self->cohort, patient);
    }

  gtk_label_set_label (GTK_LABEL (self->title_label), title != NULL ? title : "");
  gtk_label_set_label (GTK_LABEL (self->caption_label), caption != NULL ? caption : "");
  gtk_widget_set_tooltip_text (self->caption_label, caption);
  fit (self);
}

void
anm_time_line_pane_set_view_state (AnmTimeLinePane *self,
                                   AnmViewState    *state)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  if (self->state == state)
    return;

  if (self->state != NULL)
    g_signal_handlers_disconnect_by_data (self->state, self);
  g_clear_object (&self->cursor_binding);
  g_clear_object (&self->pinned_binding);
  g_set_object (&self->state, state);

  if (state != NULL)
    {
      g_signal_connect_swapped (state, "notify::patient", G_CALLBACK (show_patient), self);
      g_signal_connect_swapped (state, "notify::time-step", G_CALLBACK (queue_draw), self);
      self->cursor_binding = g_object_ref (g_object_bind_property (state, "cursor", self->figure_view, "cursor-x",
                                                                   G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE));
      self->pinned_binding = g_object_ref (g_object_bind_property (state, "cursor-pinned",
                                                                   self->figure_view, "cursor-pinned",
                                                                   G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE));
    }

  show_patient (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW_STATE]);
}

void
anm_time_line_pane_set_cohort (AnmTimeLinePane *self,
                               AnmCohort       *cohort)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  if (cohort != NULL)
    anm_cohort_ref (cohort);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  self->cohort = cohort;
  show_patient (self);
}

void
anm_time_line_pane_set_summary (AnmTimeLinePane  *self,
                                AnmCohortSummary *summary)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  if (summary != NULL)
    self->summary = anm_cohort_summary_ref (summary);
  queue_draw (self);
}

void
anm_time_line_pane_set_narrow (AnmTimeLinePane *self,
                               gboolean         narrow)
{
  g_return_if_fail (ANM_IS_TIME_LINE_PANE (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->head),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
anm_time_line_pane_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  AnmTimeLinePane *self = ANM_TIME_LINE_PANE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      g_value_set_object (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_time_line_pane_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  AnmTimeLinePane *self = ANM_TIME_LINE_PANE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      anm_time_line_pane_set_view_state (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_time_line_pane_dispose (GObject *object)
{
  AnmTimeLinePane *self = ANM_TIME_LINE_PANE (object);

  if (self->state != NULL)
    g_signal_handlers_disconnect_by_data (self->state, self);
  g_clear_object (&self->cursor_binding);
  g_clear_object (&self->pinned_binding);
  g_clear_object (&self->state);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_TIME_LINE_PANE);

  G_OBJECT_CLASS (anm_time_line_pane_parent_class)->dispose (object);
}

static void
anm_time_line_pane_class_init (AnmTimeLinePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_time_line_pane_get_property;
  object_class->set_property = anm_time_line_pane_set_property;
  object_class->dispose = anm_time_line_pane_dispose;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (ANM_TYPE_FIGURE_VIEW);
  g_type_ensure (ANM_TYPE_PINNED_FOOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/time-line-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, head);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, title_label);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, caption_label);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, fit_button);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, own_button);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, z_button);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, scroller);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, figure_view);
  gtk_widget_class_bind_template_child (widget_class, AnmTimeLinePane, foot);
  gtk_widget_class_bind_template_callback (widget_class, hovered_cb);
  gtk_widget_class_bind_template_callback (widget_class, scale_toggled_cb);

  gtk_widget_class_install_action (widget_class, "time-line.zoom", "d", zoom_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, 0, "time-line.zoom", "d", ZOOM_STEP);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_equal, 0, "time-line.zoom", "d", ZOOM_STEP);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Add, 0, "time-line.zoom", "d", ZOOM_STEP);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, 0, "time-line.zoom", "d", 1 / ZOOM_STEP);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Subtract, 0, "time-line.zoom", "d", 1 / ZOOM_STEP);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_0, 0, "time-line.zoom", "d", 0.0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_0, 0, "time-line.zoom", "d", 0.0);
}

static void
anm_time_line_pane_init (AnmTimeLinePane *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->end = 1;
  self->pointer_x = NAN;
  self->grabbed_x = NAN;
  gtk_widget_init_template (GTK_WIDGET (self));
  anm_pinned_foot_set_content (ANM_PINNED_FOOT (self->foot), GTK_SCROLLED_WINDOW (self->scroller),
                               self->figure_view, AXIS_HEIGHT);

  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (self->scroller, scroll);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (self->scroller, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (self->figure_view, GTK_EVENT_CONTROLLER (drag));
}
