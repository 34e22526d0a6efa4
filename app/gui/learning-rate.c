/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/learning-rate.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/number-entry.h"

#define LEAST_EXPONENT -5.0
#define MOST_EXPONENT 0.0
#define SLIDER_WIDTH 104

struct _AnmLearningRate
{
  GtkWidget      parent_instance;

  GtkWidget     *scale;
  GtkWidget     *entry;
  GtkAdjustment *exponent; /* owned by the scale */
  double         value;
  gboolean       showing;
};

enum
{
  PROP_0,
  PROP_VALUE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmLearningRate, anm_learning_rate, GTK_TYPE_WIDGET)

static void
show (AnmLearningRate *self)
{
  g_autofree char *text = g_strdup_printf ("%.3g", self->value);

  self->showing = TRUE;
  gtk_adjustment_set_value (self->exponent, log10 (self->value));
  anm_number_entry_set_value (ANM_NUMBER_ENTRY (self->entry), self->value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  self->showing = FALSE;
}

/* To two digits, so that a slide gives numbers that can be said. */
static double
round_to_two_digits (double value)
{
  const double unit = pow (10, floor (log10 (value)) - 1);

  return round (value / unit) * unit;
}

static void
slid_cb (AnmLearningRate *self)
{
  if (!self->showing)
    anm_learning_rate_set_value (self, round_to_two_digits (pow (10, gtk_adjustment_get_value (self->exponent))));
}

static void
entered_cb (AnmLearningRate *self)
{
  anm_learning_rate_set_value (self, anm_number_entry_get_value (ANM_NUMBER_ENTRY (self->entry)));
}

double
anm_learning_rate_get_value (AnmLearningRate *self)
{
  g_return_val_if_fail (ANM_IS_LEARNING_RATE (self), 0);

  return self->value;
}

void
anm_learning_rate_set_value (AnmLearningRate *self,
                             double value)
{
  g_return_if_fail (ANM_IS_LEARNING_RATE (self));
  g_return_if_fail (value > 0);

  if (fabs (value - self->value) <= 1e-12 * value)
    return;

  self->value = value;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

GtkWidget *
anm_learning_rate_new (void)
{
  return g_object_new (ANM_TYPE_LEARNING_RATE, NULL);
}

static void
anm_learning_rate_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  AnmLearningRate *self = ANM_LEARNING_RATE (object);

  switch (prop_id)
    {
    case PROP_VALUE:
      g_value_set_double (value, self->value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_learning_rate_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  AnmLearningRate *self = ANM_LEARNING_RATE (object);

  switch (prop_id)
    {
    case PROP_VALUE:
      anm_learning_rate_set_value (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_learning_rate_dispose (GObject *object)
{
  AnmLearningRate *self = ANM_LEARNING_RATE (object);

  g_clear_pointer (&self->scale, gtk_widget_unparent);
  g_clear_pointer (&self->entry, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_learning_rate_parent_class)->dispose (object);
}

static void
anm_learning_rate_class_init (AnmLearningRateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_learning_rate_get_property;
  object_class->set_property = anm_learning_rate_set_property;
  object_class->dispose = anm_learning_rate_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);

  properties[PROP_VALUE] =
    g_param_spec_double ("value", NULL, NULL, G_MINDOUBLE, G_MAXDOUBLE, 0.001,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_learning_rate_init (AnmLearningRate *self)
{
  const AnmNumberLimits limits = { 0, 1000, FALSE, TRUE };

  self->value = 0.001;

  self->exponent = gtk_adjustment_new (-3, LEAST_EXPONENT, MOST_EXPONENT, 0.1, 1, 0);
  self->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->exponent);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), -1);
  gtk_widget_set_size_request (self->scale, SLIDER_WIDTH, -1);
  gtk_widget_set_valign (self->scale, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Learning rate"), -1);
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));

  self->entry = anm_number_entry_new (_("Learning rate, as a number"), &limits, self->value);
  gtk_widget_set_valign (self->entry, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);
  g_signal_connect_swapped (self->exponent, "value-changed", G_CALLBACK (slid_cb), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (entered_cb), self);
  show (self);
}
