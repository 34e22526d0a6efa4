/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-page.h"

#include "app/gui/cell-lens-page.h"
#include "app/gui/inside-flow.h"
#include "app/gui/template.h"

struct _AnmInsidePage
{
  GtkWidget           parent_instance;

  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  GSignalGroup       *study_signals;

  GtkWidget          *stack;
  GtkWidget          *inside_stack;
  GtkWidget          *overview;
  GtkWidget          *paned;
  GtkWidget          *left_pane;
  GtkWidget          *right_pane;
  GtkWidget          *lens_box;
  GtkWidget          *flow;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  PROP_TRAINING_CONTROL,
  PROP_LIVE_READING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmInsidePage, anm_inside_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_inside_page_new (AnmViewState *state,
                     AnmTrainingControl *control,
                     AnmLiveReading *live)
{
  return g_object_new (ANM_TYPE_INSIDE_PAGE,
                       "view-state", state,
                       "training-control", control,
                       "live-reading", live,
                       NULL);
}

/* What there is to show */

static void
choose_page (AnmInsidePage *self)
{
  const char *name = "inside";

  if (anm_view_state_get_cohort (self->state) == NULL)
    name = "empty";
  else if (anm_view_state_get_run (self->state) == NULL)
    name = "untrained";
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static void
study_changed_cb (AnmInsidePage *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  choose_page (self);
}

static void
show_action (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (widget);

  gtk_stack_set_visible_child_name (GTK_STACK (self->inside_stack),
                                    g_str_equal (name, "inside.show-lens") ? "lens" : "overview");
}

static void
anm_inside_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_inside_page_parent_class)->map (widget);

  anm_live_reading_hold (ANM_INSIDE_PAGE (widget)->live);
}

static void
anm_inside_page_unmap (GtkWidget *widget)
{
  anm_live_reading_release (ANM_INSIDE_PAGE (widget)->live);

  GTK_WIDGET_CLASS (anm_inside_page_parent_class)->unmap (widget);
}

/* Making */

static void
fill (AnmInsidePage *self)
{
  GtkWidget *lens = anm_cell_lens_page_new (self->state, self->live);

  self->flow = anm_inside_flow_new (self->control, self->live);
  gtk_widget_set_hexpand (self->flow, TRUE);
  gtk_widget_set_vexpand (self->flow, TRUE);
  gtk_box_append (GTK_BOX (self->right_pane), self->flow);
  gtk_widget_set_hexpand (lens, TRUE);
  gtk_widget_set_vexpand (lens, TRUE);
  gtk_box_append (GTK_BOX (self->lens_box), lens);
}

static void
anm_inside_page_constructed (GObject *object)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  G_OBJECT_CLASS (anm_inside_page_parent_class)->constructed (object);

  fill (self);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (choose_page), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_inside_page_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    case PROP_TRAINING_CONTROL:
      self->control = g_value_dup_object (value);
      break;
    case PROP_LIVE_READING:
      self->live = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_inside_page_dispose (GObject *object)
{
  AnmInsidePage *self = ANM_INSIDE_PAGE (object);

  g_clear_object (&self->study_signals);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_INSIDE_PAGE);
  g_clear_object (&self->live);
  g_clear_object (&self->control);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_inside_page_parent_class)->dispose (object);
}

static void
anm_inside_page_class_init (AnmInsidePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = anm_inside_page_constructed;
  object_class->set_property = anm_inside_page_set_property;
  object_class->dispose = anm_inside_page_dispose;
  widget_class->map = anm_inside_page_map;
  widget_class->unmap = anm_inside_page_unmap;

  properties[PROP_VIEW_STATE] = g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE, flags);
  properties[PROP_TRAINING_CONTROL] = g_param_spec_object ("training-control", NULL, NULL,
                                                           ANM_TYPE_TRAINING_CONTROL, flags);
  properties[PROP_LIVE_READING] = g_param_spec_object ("live-reading", NULL, NULL, ANM_TYPE_LIVE_READING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "inside.show-lens", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "inside.show-overview", NULL, show_action);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/inside-page.ui");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, inside_stack);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, overview);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, paned);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, left_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, right_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmInsidePage, lens_box);
}

static void
anm_inside_page_init (AnmInsidePage *self)
{
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::cohort", G_CALLBACK (choose_page), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}
