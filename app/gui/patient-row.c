/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/patient-row.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-time-line.h"
#include "app/exhibits/patient-words.h"
#include "app/gui/template.h"
#include "widgets/views/figure-view.h"

/* In letters. */
#define MAX_OUTCOME_WIDTH 10

struct _AnmPatientRow
{
  GtkWidget  parent_instance;

  GtkWidget *id_label;
  GtkWidget *brief_label;
  GtkWidget *lines;
  GtkWidget *line_0;
  GtkWidget *line_1;
  GtkWidget *outcome_label;
};

G_DEFINE_FINAL_TYPE (AnmPatientRow, anm_patient_row, GTK_TYPE_WIDGET)

GtkWidget *
anm_patient_row_new (void)
{
  return g_object_new (ANM_TYPE_PATIENT_ROW, NULL);
}

static void
show_line (GtkWidget              *view,
           AnmCohort              *cohort,
           guint                   patient,
           const AnmCohortSummary *summary,
           guint                   place)
{
  const int channel = summary != NULL ? summary->sparklines[place] : -1;
  g_autoptr (AnmFigure) figure = NULL;

  gtk_widget_set_visible (view, channel >= 0);
  if (channel >= 0)
    figure = anm_patient_sparkline (cohort, patient, channel, summary->step, FALSE);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (view), figure);
}

/* The same in all rows, so that the lines end at one place. */
static int
get_outcome_width (const AnmCohort *cohort)
{
  glong longest = cohort->target.shape.kind == ANM_TARGET_REGRESSION ? 5 : 0;

  for (char **words = cohort->target.classes; words != NULL && *words != NULL; words++)
    longest = MAX (longest, g_utf8_strlen (anm_data_word (*words), -1));

  return (int) MIN (longest, MAX_OUTCOME_WIDTH);
}

static void
show_outcome (AnmPatientRow *self,
              AnmCohort     *cohort,
              guint          patient)
{
  const int klass = anm_patient_get_class (cohort, patient);
  const gboolean binary = cohort->target.shape.kind == ANM_TARGET_BINARY;
  g_autofree char *outcome = anm_patient_get_outcome (cohort, patient);

  gtk_label_set_label (GTK_LABEL (self->outcome_label), outcome != NULL ? outcome : "");
  gtk_label_set_width_chars (GTK_LABEL (self->outcome_label), get_outcome_width (cohort));
  if (binary && klass == 1)
    gtk_widget_add_css_class (self->outcome_label, "event");
  else
    gtk_widget_remove_css_class (self->outcome_label, "event");
}

void
anm_patient_row_show (AnmPatientRow          *self,
                      AnmCohort              *cohort,
                      guint                   patient,
                      const AnmCohortSummary *summary)
{
  g_autofree char *brief = anm_patient_describe_briefly (cohort, patient);

  g_return_if_fail (ANM_IS_PATIENT_ROW (self));

  gtk_label_set_label (GTK_LABEL (self->id_label), cohort->ids[patient]);
  gtk_label_set_label (GTK_LABEL (self->brief_label), brief);
  gtk_widget_set_visible (self->brief_label, *brief != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), cohort->ids[patient]);
  show_line (self->line_0, cohort, patient, summary, 0);
  show_line (self->line_1, cohort, patient, summary, 1);
  show_outcome (self, cohort, patient);
}

char *
anm_patient_row_describe (AnmPatientRow *self)
{
  const char *id, *brief, *outcome;

  g_return_val_if_fail (ANM_IS_PATIENT_ROW (self), NULL);

  id = gtk_label_get_label (GTK_LABEL (self->id_label));
  brief = gtk_label_get_label (GTK_LABEL (self->brief_label));
  outcome = gtk_label_get_label (GTK_LABEL (self->outcome_label));

  /* Translators: how a screen reader reads a row: patient's id, a word about who it is, outcome. */
  return g_strdup_printf (_("Patient %s%s%s%s%s"), id,
                          *brief != '\0' ? ", " : "", brief,
                          *outcome != '\0' ? ", " : "", outcome);
}

static void
anm_patient_row_dispose (GObject *object)
{
  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_PATIENT_ROW);

  G_OBJECT_CLASS (anm_patient_row_parent_class)->dispose (object);
}

static void
anm_patient_row_class_init (AnmPatientRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_patient_row_dispose;

  g_type_ensure (ANM_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/patient-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, id_label);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, brief_label);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, lines);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, line_0);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, line_1);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientRow, outcome_label);
  gtk_widget_class_set_css_name (widget_class, "patientrow");
}

static void
anm_patient_row_init (AnmPatientRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
