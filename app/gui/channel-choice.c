/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/channel-choice.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-time-line.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"
#include "widgets/views/figure-view.h"

/* From here on the line of one patient would be all but empty. */
#define RARELY 0.9

struct _AnmChannelChoice
{
  GtkWidget  parent_instance;

  GtkWidget *check;
  GtkWidget *name_label;
  GtkWidget *unit_label;
  GtkWidget *stack;
  GtkWidget *line;
  GtkWidget *missing_label;
  GtkWidget *value_label;

  AnmCohort *cohort;
  guint      channel;
  guint      patient;
  double     step;
  double     cursor;
  double     missing;
  gboolean   showing;
};

enum
{
  SIGNAL_TICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmChannelChoice, anm_channel_choice, GTK_TYPE_WIDGET)

GtkWidget *
anm_channel_choice_new (void)
{
  return g_object_new (ANM_TYPE_CHANNEL_CHOICE, NULL);
}

/* The last measurement before the end of the cursor's step; -1 if none. */
static gssize
find_measurement (AnmChannelChoice *self,
                  const double **times,
                  const float **values)
{
  const gsize n = anm_cohort_get_series (self->cohort, self->patient, self->channel, times, values);
  gsize low = 0, high = n;
  double end;

  if (isnan (self->cursor))
    return (gssize) n - 1;

  end = (floor (self->cursor / self->step + 1e-6) + 1) * self->step;
  while (low < high)
    {
      const gsize middle = low + (high - low) / 2;

      if ((*times)[middle] < end)
        low = middle + 1;
      else
        high = middle;
    }

  return (gssize) low - 1;
}

static void
show_value (AnmChannelChoice *self)
{
  const double *times;
  const float *values;
  const gssize at = find_measurement (self, &times, &values);
  g_autofree char *text = NULL;
  gboolean carried_on;

  if (at < 0)
    {
      gtk_label_set_label (GTK_LABEL (self->value_label), "");
      return;
    }

  text = anm_field_format_value (&self->cohort->channels[self->channel], (double) values[at]);
  carried_on = isnan (self->cursor) || times[at] < floor (self->cursor / self->step + 1e-6) * self->step;
  gtk_label_set_label (GTK_LABEL (self->value_label), text);
  if (carried_on)
    gtk_widget_add_css_class (self->value_label, "dim-label");
  else
    gtk_widget_remove_css_class (self->value_label, "dim-label");
}

static void
show_line (AnmChannelChoice *self)
{
  const gboolean rarely = !isnan (self->missing) && self->missing >= RARELY;
  g_autoptr (AnmFigure) figure = NULL;

  gtk_stack_set_visible_child (GTK_STACK (self->stack), rarely ? self->missing_label : self->line);
  if (rarely)
    return;

  if (self->patient < self->cohort->n_patients)
    figure = anm_patient_sparkline (self->cohort, self->patient, self->channel, self->step, TRUE);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->line), figure);
}

/* "Lactate, mmol/L, 84 % missing" */
static void
describe (AnmChannelChoice *self)
{
  const AnmField *field = &self->cohort->channels[self->channel];
  const char *unit = anm_field_get_unit (field);
  g_autofree char *share = anm_number_format_share (self->missing);
  /* Translators: share of hours without a value: "84 % missing". */
  g_autofree char *missing = g_strdup_printf (_("%s missing"), share);
  g_autoptr (GString) sentence = g_string_new (anm_field_get_label (field));

  if (unit[0] != '\0')
    g_string_append_printf (sentence, ", %s", unit);
  if (!isnan (self->missing))
    g_string_append_printf (sentence, ", %s", missing);

  gtk_label_set_label (GTK_LABEL (self->missing_label), isnan (self->missing) ? "" : missing);
  anm_set_tooltip (GTK_WIDGET (self), sentence->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence->str, -1);
}

void
anm_channel_choice_set_channel (AnmChannelChoice *self,
                             AnmCohort *cohort,
                             guint channel,
                             double step)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));
  g_return_if_fail (cohort == NULL || channel < cohort->n_channels);

  if (cohort != NULL)
    anm_cohort_ref (cohort);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  self->cohort = cohort;
  self->channel = channel;
  self->step = step;
  self->missing = NAN;
  if (cohort == NULL)
    return;

  gtk_label_set_label (GTK_LABEL (self->name_label), anm_data_word (cohort->channels[channel].name));
  gtk_label_set_label (GTK_LABEL (self->unit_label), anm_field_get_unit (&cohort->channels[channel]));
  gtk_widget_set_visible (self->unit_label, cohort->channels[channel].unit[0] != '\0');
}

void
anm_channel_choice_set_missing (AnmChannelChoice *self,
                             double missing)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));

  self->missing = missing;
  describe (self);
  show_line (self);
}

void
anm_channel_choice_set_patient (AnmChannelChoice *self,
                             guint patient)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));

  self->patient = patient;
  show_line (self);
  show_value (self);
}

void
anm_channel_choice_set_cursor (AnmChannelChoice *self,
                            double cursor)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));

  self->cursor = cursor;
  show_value (self);
  anm_figure_view_set_cursor_x (ANM_FIGURE_VIEW (self->line), cursor);
}

void
anm_channel_choice_set_goes_in (AnmChannelChoice *self,
                             gboolean goes_in)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));

  self->showing = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), goes_in);
  self->showing = FALSE;
  if (goes_in)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "left-out");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "left-out");
}

void
anm_channel_choice_tick (AnmChannelChoice *self)
{
  g_return_if_fail (ANM_IS_CHANNEL_CHOICE (self));

  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check),
                               !gtk_check_button_get_active (GTK_CHECK_BUTTON (self->check)));
}

guint
anm_channel_choice_get_channel (AnmChannelChoice *self)
{
  g_return_val_if_fail (ANM_IS_CHANNEL_CHOICE (self), 0);

  return self->channel;
}

static void
toggled_cb (AnmChannelChoice *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_TICKED], 0, self->channel,
                   gtk_check_button_get_active (GTK_CHECK_BUTTON (self->check)));
}

static void
anm_channel_choice_dispose (GObject *object)
{
  AnmChannelChoice *self = ANM_CHANNEL_CHOICE (object);

  g_clear_pointer (&self->cohort, anm_cohort_unref);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_CHANNEL_CHOICE);

  G_OBJECT_CLASS (anm_channel_choice_parent_class)->dispose (object);
}

static void
anm_channel_choice_class_init (AnmChannelChoiceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_channel_choice_dispose;

  signals[SIGNAL_TICKED] =
    g_signal_new ("ticked", ANM_TYPE_CHANNEL_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);

  g_type_ensure (ANM_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/channel-choice.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, check);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, name_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, unit_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, line);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, missing_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelChoice, value_label);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
}

static void
anm_channel_choice_init (AnmChannelChoice *self)
{
  self->cursor = self->missing = NAN;
  self->step = 1;
  gtk_widget_init_template (GTK_WIDGET (self));
}
