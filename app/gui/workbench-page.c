/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/workbench-page.h"

struct _AnmWorkbenchPage
{
  GtkWidget           parent_instance;

  AnmViewState       *state;
  AnmTrainingControl *control;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  PROP_TRAINING_CONTROL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmWorkbenchPage, anm_workbench_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_workbench_page_new (AnmViewState       *state,
                        AnmTrainingControl *control)
{
  return g_object_new (ANM_TYPE_WORKBENCH_PAGE,
                       "view-state", state,
                       "training-control", control,
                       NULL);
}

static void
anm_workbench_page_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    case PROP_TRAINING_CONTROL:
      self->control = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_workbench_page_dispose (GObject *object)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (object);

  g_clear_object (&self->control);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_workbench_page_parent_class)->dispose (object);
}

static void
anm_workbench_page_class_init (AnmWorkbenchPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = anm_workbench_page_set_property;
  object_class->dispose = anm_workbench_page_dispose;

  properties[PROP_VIEW_STATE] = g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE, flags);
  properties[PROP_TRAINING_CONTROL] = g_param_spec_object ("training-control", NULL, NULL,
                                                           ANM_TYPE_TRAINING_CONTROL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_workbench_page_init (AnmWorkbenchPage *self)
{
}
