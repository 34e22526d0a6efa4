/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/time-window.h"

#include <math.h>

enum
{
  PROP_0,
  PROP_LOW,
  PROP_HIGH,
  PROP_SPAN_LOW,
  PROP_SPAN_HIGH,
  N_PROPS
};

struct _AnmTimeWindow
{
  GObject parent_instance;

  double  ends[N_PROPS]; /* by property */
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmTimeWindow, anm_time_window, G_TYPE_OBJECT)

AnmTimeWindow *
anm_time_window_new (void)
{
  return g_object_new (ANM_TYPE_TIME_WINDOW, NULL);
}

static gboolean
same_time (double a,
           double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* Half a stretch is none. */
static void
set_both (AnmTimeWindow *self,
          guint first,
          double low,
          double high)
{
  const double wanted[2] = { isnan (high) ? NAN : low, isnan (low) ? NAN : high };

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < 2; i++)
    if (!same_time (self->ends[first + i], wanted[i]))
      {
        self->ends[first + i] = wanted[i];
        g_object_notify_by_pspec (G_OBJECT (self), properties[first + i]);
      }
  g_object_thaw_notify (G_OBJECT (self));
}

void
anm_time_window_get (AnmTimeWindow *self,
                     double *low,
                     double *high)
{
  g_return_if_fail (ANM_IS_TIME_WINDOW (self) && low != NULL && high != NULL);

  *low = self->ends[PROP_LOW];
  *high = self->ends[PROP_HIGH];
}

void
anm_time_window_set (AnmTimeWindow *self,
                     double low,
                     double high)
{
  g_return_if_fail (ANM_IS_TIME_WINDOW (self));

  set_both (self, PROP_LOW, low, high);
}

void
anm_time_window_get_span (AnmTimeWindow *self,
                          double *low,
                          double *high)
{
  g_return_if_fail (ANM_IS_TIME_WINDOW (self) && low != NULL && high != NULL);

  *low = self->ends[PROP_SPAN_LOW];
  *high = self->ends[PROP_SPAN_HIGH];
}

void
anm_time_window_set_span (AnmTimeWindow *self,
                          double low,
                          double high)
{
  g_return_if_fail (ANM_IS_TIME_WINDOW (self));

  set_both (self, PROP_SPAN_LOW, low, high);
}

void
anm_time_window_reset (AnmTimeWindow *self)
{
  anm_time_window_set (self, NAN, NAN);
  anm_time_window_set_span (self, NAN, NAN);
}

static void
anm_time_window_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  if (prop_id > PROP_0 && prop_id < N_PROPS)
    g_value_set_double (value, ANM_TIME_WINDOW (object)->ends[prop_id]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
anm_time_window_class_init (AnmTimeWindowClass *klass)
{
  static const char *const names[N_PROPS] = { NULL, "low", "high", "span-low", "span-high" };

  G_OBJECT_CLASS (klass)->get_property = anm_time_window_get_property;
  for (guint i = PROP_LOW; i < N_PROPS; i++)
    properties[i] = g_param_spec_double (names[i], NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS | G_PARAM_LAX_VALIDATION);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
anm_time_window_init (AnmTimeWindow *self)
{
  for (guint i = 0; i < N_PROPS; i++)
    self->ends[i] = NAN;
}
