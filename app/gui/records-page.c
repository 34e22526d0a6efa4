/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/records-page.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/cohort-summary.h"
#include "app/gui/cohort-pane.h"
#include "app/gui/figure-tabs.h"
#include "app/gui/patient-list.h"
#include "app/gui/settings.h"
#include "app/gui/template.h"
#include "app/gui/text-scale.h"
#include "app/gui/time-line-pane.h"

#define COHORT_PANE_WIDTH 424
/* Below these the panes have to be narrow, then the time line and the cohort take turns. */
#define NARROW_WIDTH 1100
#define TABBED_WIDTH 820

struct _AnmRecordsPage
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  AnmStudy     *study;
  AnmCohort    *cohort;
  GCancellable *summarising;
  GSettings    *settings;  /* NULL if the schema isn't installed */
  gboolean      narrow;
  gboolean      tabbed;
  guint         narrowing; /* idle: these are put into effect */

  GtkWidget    *stack;
  GtkWidget    *outer_paned;
  GtkWidget    *inner_paned;
  GtkWidget    *patient_list;
  GtkWidget    *time_line_pane;
  GtkWidget    *cohort_pane;
  GtkWidget    *end_box;
  GtkWidget    *tabs;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmRecordsPage, anm_records_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_records_page_new (AnmViewState *state)
{
  return g_object_new (ANM_TYPE_RECORDS_PAGE, "view-state", state, NULL);
}

/* Summary: computed off the main thread; one that is overtaken by another cohort is cancelled. */

static void
summary_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  AnmCohortSummary *summary = anm_cohort_summary_new (task_data, cancellable);

  if (summary != NULL)
    g_task_return_pointer (task, summary, (GDestroyNotify) anm_cohort_summary_unref);
  else
    g_task_return_error_if_cancelled (task);
}

static void
summary_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (object);
  g_autoptr (AnmCohortSummary) summary = g_task_propagate_pointer (G_TASK (result), NULL);

  if (summary == NULL || summary->cohort != self->cohort)
    return;

  anm_view_state_set_time_step (self->state, summary->step);
  anm_time_line_pane_set_summary (ANM_TIME_LINE_PANE (self->time_line_pane), summary);
  anm_patient_list_set_summary (ANM_PATIENT_LIST (self->patient_list), summary);
  anm_cohort_pane_set_summary (ANM_COHORT_PANE (self->cohort_pane), summary);
}

static void
summarise (AnmRecordsPage *self)
{
  g_autoptr (GTask) task = NULL;

  g_cancellable_cancel (self->summarising);
  g_clear_object (&self->summarising);
  if (self->cohort == NULL)
    return;

  self->summarising = g_cancellable_new ();
  task = g_task_new (self, self->summarising, summary_cb, NULL);
  g_task_set_source_tag (task, summarise);
  g_task_set_task_data (task, anm_cohort_ref (self->cohort), (GDestroyNotify) anm_cohort_unref);
  g_task_run_in_thread (task, summary_thread);
}

/* Study */

static void
cohort_changed_cb (AnmRecordsPage *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);

  if (self->cohort == cohort)
    return;

  g_clear_pointer (&self->cohort, anm_cohort_unref);
  if (cohort != NULL)
    self->cohort = anm_cohort_ref (cohort);

  anm_patient_list_set_cohort (ANM_PATIENT_LIST (self->patient_list), cohort);
  anm_time_line_pane_set_cohort (ANM_TIME_LINE_PANE (self->time_line_pane), cohort);
  anm_cohort_pane_set_cohort (ANM_COHORT_PANE (self->cohort_pane), cohort);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), cohort != NULL ? "cohort" : "empty");
  summarise (self);
}

static void
follow_study (AnmRecordsPage *self,
              AnmStudy       *study)
{
  if (self->study != NULL)
    g_signal_handlers_disconnect_by_data (self->study, self);
  g_set_object (&self->study, study);
  if (study != NULL)
    g_signal_connect_swapped (study, "notify::cohort", G_CALLBACK (cohort_changed_cb), self);
}

static void
study_changed_cb (AnmRecordsPage *self)
{
  follow_study (self, anm_view_state_get_study (self->state));
  cohort_changed_cb (self);
}

void
anm_records_page_move (AnmRecordsPage *self,
                       int             steps)
{
  g_return_if_fail (ANM_IS_RECORDS_PAGE (self));

  anm_patient_list_move (ANM_PATIENT_LIST (self->patient_list), steps);
}

void
anm_records_page_focus_patients (AnmRecordsPage *self)
{
  g_return_if_fail (ANM_IS_RECORDS_PAGE (self));

  if (self->cohort != NULL)
    anm_patient_list_focus_rows (ANM_PATIENT_LIST (self->patient_list));
}

void
anm_records_page_focus_search (AnmRecordsPage *self)
{
  g_return_if_fail (ANM_IS_RECORDS_PAGE (self));

  if (self->cohort != NULL)
    anm_patient_list_focus_search (ANM_PATIENT_LIST (self->patient_list));
}

/* Once the panes have a width: a position says where a pane ends, and the cohort is to have its width from the start. */
static void
place_cohort_pane (AnmRecordsPage *self)
{
  const int kept = anm_settings_get_int (self->settings, "records-cohort-position", 0);
  const int width = gtk_widget_get_width (self->inner_paned);
  int least, most;

  if (width == 0)
    return;

  g_signal_handlers_disconnect_by_func (self->inner_paned, place_cohort_pane, self);
  /* In the midst of an allocation the panes don't see to it themselves that both have room. */
  g_object_get (self->inner_paned, "min-position", &least, "max-position", &most, NULL);
  gtk_paned_set_position (GTK_PANED (self->inner_paned),
                          CLAMP (kept > 0 ? kept : MAX (width - COHORT_PANE_WIDTH, width / 2), least, MAX (least, most)));
}

static void
place_panes (AnmRecordsPage *self)
{
  gtk_paned_set_position (GTK_PANED (self->outer_paned),
                          anm_settings_get_int (self->settings, "records-patients-position", 300));
  g_signal_connect_swapped (self->inner_paned, "notify::max-position", G_CALLBACK (place_cohort_pane), self);
}

static void
keep_panes (AnmRecordsPage *self)
{
  anm_settings_set_int (self->settings, "records-patients-position",
                        gtk_paned_get_position (GTK_PANED (self->outer_paned)));
}

static void
show_chosen_pane (AnmRecordsPage *self)
{
  const int chosen = anm_figure_tabs_get_chosen (ANM_FIGURE_TABS (self->tabs));

  gtk_widget_set_visible (self->tabs, self->tabbed);
  gtk_widget_set_visible (self->time_line_pane, !self->tabbed || chosen != 1);
  gtk_widget_set_visible (self->cohort_pane, !self->tabbed || chosen == 1);
}

static void
make_tabs (AnmRecordsPage *self)
{
  const char *const names[] = { _("Patient"), _("Cohort"), NULL };

  self->tabs = anm_figure_tabs_new (names);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tabs), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Records"), -1);
  g_signal_connect_swapped (self->tabs, "chosen", G_CALLBACK (show_chosen_pane), self);
  gtk_box_append (GTK_BOX (self->end_box), self->tabs);
}

/* What the width asks for is done after the allocation that told it. */
static gboolean
narrowing_cb (gpointer data)
{
  AnmRecordsPage *self = data;

  self->narrowing = 0;
  anm_time_line_pane_set_narrow (ANM_TIME_LINE_PANE (self->time_line_pane), self->narrow);
  show_chosen_pane (self);
  return G_SOURCE_REMOVE;
}

static void
anm_records_page_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (widget);
  const int letters_width = anm_in_usual_letters (widget, width);
  const gboolean narrow = letters_width < NARROW_WIDTH, tabbed = letters_width < TABBED_WIDTH;

  gtk_widget_allocate (self->stack, width, height, baseline, NULL);

  if (narrow == self->narrow && tabbed == self->tabbed)
    return;
  self->narrow = narrow;
  self->tabbed = tabbed;
  if (self->narrowing == 0)
    self->narrowing = g_idle_add_full (G_PRIORITY_HIGH_IDLE, narrowing_cb, self, NULL);
}

static void
anm_records_page_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  gtk_widget_measure (ANM_RECORDS_PAGE (widget)->stack, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
anm_records_page_constructed (GObject *object)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (object);

  G_OBJECT_CLASS (anm_records_page_parent_class)->constructed (object);

  anm_patient_list_set_view_state (ANM_PATIENT_LIST (self->patient_list), self->state);
  anm_time_line_pane_set_view_state (ANM_TIME_LINE_PANE (self->time_line_pane), self->state);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_records_page_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (object);

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
anm_records_page_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_records_page_dispose (GObject *object)
{
  AnmRecordsPage *self = ANM_RECORDS_PAGE (object);

  if (self->outer_paned != NULL && self->cohort != NULL)
    keep_panes (self);
  g_clear_handle_id (&self->narrowing, g_source_remove);
  g_cancellable_cancel (self->summarising);
  g_clear_object (&self->summarising);
  follow_study (self, NULL);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_RECORDS_PAGE);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_records_page_parent_class)->dispose (object);
}

static void
anm_records_page_class_init (AnmRecordsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = anm_records_page_constructed;
  object_class->get_property = anm_records_page_get_property;
  object_class->set_property = anm_records_page_set_property;
  object_class->dispose = anm_records_page_dispose;
  widget_class->size_allocate = anm_records_page_size_allocate;
  widget_class->measure = anm_records_page_measure;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (ANM_TYPE_COHORT_PANE);
  g_type_ensure (ANM_TYPE_PATIENT_LIST);
  g_type_ensure (ANM_TYPE_TIME_LINE_PANE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/records-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, outer_paned);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, inner_paned);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, patient_list);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, time_line_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, cohort_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, end_box);
}

static void
anm_records_page_init (AnmRecordsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = anm_settings_new ();
  make_tabs (self);
  /* The window can't be made narrower than its pages are to begin with. */
  self->narrow = self->tabbed = TRUE;
  narrowing_cb (self);
  place_panes (self);
}
