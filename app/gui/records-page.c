/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/records-page.h"

struct _AnmRecordsPage
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  GtkWidget    *stack;
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

  gtk_widget_dispose_template (GTK_WIDGET (self), ANM_TYPE_RECORDS_PAGE);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_records_page_parent_class)->dispose (object);
}

static void
anm_records_page_class_init (AnmRecordsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = anm_records_page_set_property;
  object_class->dispose = anm_records_page_dispose;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/records-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmRecordsPage, stack);
}

static void
anm_records_page_init (AnmRecordsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
