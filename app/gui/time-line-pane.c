/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/time-line-pane.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-time-line.h"
#include "app/exhibits/patient-words.h"
#include "app/gui/pinned-foot.h"
#include "app/gui/template.h"
#include "app/gui/time-frame.h"
#include "app/gui/tooltip.h"
#include "widgets/views/figure-view.h"

/* A channel's row isn't drawn lower than this; then the pane scrolls. */
#define MIN_ROW_HEIGHT 44
#define AXIS_HEIGHT 40

struct _AnmTimeLinePane
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  GBinding     *cursor_binding;
  GBinding     *pinned_binding;
  AnmCohort    *cohort;
  AnmCohortSummary *summary;

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
  AnmPatientTimeLine options = { NAN, NAN, get_scale (self), NAN, 1, self->summary, FALSE };
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

static void
scale_toggled_cb (AnmTimeLinePane *self)
{
  queue_draw (self);
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
  anm_set_tooltip (self->caption_label, caption);
  queue_draw (self);
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
  anm_time_frame_detach (ANM_FIGURE_VIEW (self->figure_view));
  g_set_object (&self->state, state);

  if (state != NULL)
    {
      g_signal_connect_swapped (state, "notify::patient", G_CALLBACK (show_patient), self);
      g_signal_connect_swapped (state, "notify::time-step", G_CALLBACK (queue_draw), self);
      anm_time_frame_attach (ANM_FIGURE_VIEW (self->figure_view), state, FALSE);
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
  gtk_widget_class_bind_template_callback (widget_class, scale_toggled_cb);
}

static void
anm_time_line_pane_init (AnmTimeLinePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  anm_pinned_foot_set_content (ANM_PINNED_FOOT (self->foot), GTK_SCROLLED_WINDOW (self->scroller),
                               self->figure_view, AXIS_HEIGHT);
}
