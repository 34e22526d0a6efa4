/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/patient-row.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-time-line.h"
#include "app/exhibits/patient-words.h"
#include "app/gui/row-picture.h"
#include "widgets/views/appearance.h"

#define SPACING 6
#define MIN_LINES_WIDTH 60
#define MIN_ID_LENGTH 7
#define MAX_ID_LENGTH 12

struct _AnmPatientRow
{
  GtkWidget         parent_instance;

  AnmCohort        *cohort;
  guint             patient;
  guint             id_length;
  AnmCohortSummary *summary;
  AnmFigure        *lines[2];  /* made when the row is seen */
};

G_DEFINE_FINAL_TYPE (AnmPatientRow, anm_patient_row, GTK_TYPE_WIDGET)

GtkWidget *
anm_patient_row_new (void)
{
  return g_object_new (ANM_TYPE_PATIENT_ROW, NULL);
}

static void
clear (AnmPatientRow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->lines); i++)
    g_clear_pointer (&self->lines[i], anm_figure_unref);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
}

void
anm_patient_row_show (AnmPatientRow    *self,
                      AnmCohort        *cohort,
                      guint             patient,
                      guint             id_length,
                      AnmCohortSummary *summary)
{
  g_return_if_fail (ANM_IS_PATIENT_ROW (self));

  clear (self);
  self->cohort = anm_cohort_ref (cohort);
  self->patient = patient;
  self->id_length = id_length;
  if (summary != NULL)
    self->summary = anm_cohort_summary_ref (summary);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

char *
anm_patient_row_describe (AnmPatientRow *self)
{
  g_autofree char *brief = NULL;
  g_autofree char *outcome = NULL;
  GString *text;

  g_return_val_if_fail (ANM_IS_PATIENT_ROW (self), NULL);

  brief = anm_patient_describe_briefly (self->cohort, self->patient);
  outcome = anm_patient_get_outcome (self->cohort, self->patient);
  text = g_string_new (NULL);
  g_string_append_printf (text, _("Patient %s"), self->cohort->ids[self->patient]);
  if (*brief != '\0')
    g_string_append_printf (text, ", %s", brief);
  if (outcome != NULL)
    g_string_append_printf (text, ", %s", outcome);

  return g_string_free (text, FALSE);
}

/* The same in all rows, so that the lines begin at one place. */
static int
get_id_width (AnmPatientRow *self)
{
  static const char digits[] = "000000000000";
  const guint length = CLAMP (self->id_length, MIN_ID_LENGTH, MAX_ID_LENGTH);
  int width;

  anm_row_text_measure (GTK_WIDGET (self), digits + MAX_ID_LENGTH - length, ANM_ROW_TEXT_BOLD, &width, NULL);
  return width;
}

/* The same in all rows, so that the lines end at one place. */
static int
get_outcome_width (AnmPatientRow *self)
{
  const AnmTarget *target = &self->cohort->target;
  int widest = 0, width;

  for (char **words = target->classes; words != NULL && *words != NULL; words++)
    {
      anm_row_text_measure (GTK_WIDGET (self), anm_data_word (*words), ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_TINY, &width, NULL);
      widest = MAX (widest, width);
    }
  if (target->classes == NULL && target->shape.kind != ANM_TARGET_NONE)
    anm_row_text_measure (GTK_WIDGET (self), "00000", ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_TINY, &widest, NULL);

  return MIN (widest, gtk_widget_get_width (GTK_WIDGET (self)) * 2 / 5);
}

static void
draw_outcome (AnmPatientRow  *self,
              GtkSnapshot    *snapshot,
              const AnmTheme *theme,
              int             width)
{
  const gboolean event = self->cohort->target.shape.kind == ANM_TARGET_BINARY &&
                         anm_patient_get_class (self->cohort, self->patient) == 1;
  const AnmColour colour = event ? anm_theme_get_text_colour (theme, ANM_COLOUR_EVENT)
                                 : anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  g_autofree char *outcome = anm_patient_get_outcome (self->cohort, self->patient);
  int height;

  if (outcome == NULL)
    return;

  anm_row_text_measure (GTK_WIDGET (self), outcome, ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_TINY, NULL, &height);
  anm_row_text_draw (GTK_WIDGET (self), snapshot, outcome,
                     ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_TINY | ANM_ROW_TEXT_END, &colour,
                     gtk_widget_get_width (GTK_WIDGET (self)) - width,
                     (gtk_widget_get_height (GTK_WIDGET (self)) - height) / 2, width);
}

static void
draw_lines (AnmPatientRow  *self,
            GtkSnapshot    *snapshot,
            const AnmTheme *theme,
            float           x,
            float           width)
{
  const float height = gtk_widget_get_height (GTK_WIDGET (self)) / 2;

  if (self->summary == NULL || width < MIN_LINES_WIDTH)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->lines); i++)
    {
      const int channel = self->summary->sparklines[i];

      if (channel < 0)
        continue;
      if (self->lines[i] == NULL)
        self->lines[i] = anm_patient_sparkline (self->cohort, self->patient, channel, self->summary->step, FALSE);
      anm_row_figure_draw (snapshot, self->lines[i], theme, x, i * height, width, height);
    }
}

static void
anm_patient_row_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  AnmPatientRow *self = ANM_PATIENT_ROW (widget);
  AnmTheme theme;
  AnmColour ink, muted;
  g_autofree char *brief = NULL;
  int id_width, id_height, outcome_width;

  if (self->cohort == NULL)
    return;

  anm_theme_init_for_widget (&theme, widget, FALSE);
  ink = anm_theme_get_colour (&theme, ANM_COLOUR_INK);
  muted = anm_theme_get_colour (&theme, ANM_COLOUR_MUTED);
  brief = anm_patient_describe_briefly (self->cohort, self->patient);

  id_width = get_id_width (self);
  anm_row_text_measure (widget, "0", ANM_ROW_TEXT_BOLD, NULL, &id_height);
  anm_row_text_draw (widget, snapshot, self->cohort->ids[self->patient], ANM_ROW_TEXT_BOLD, &ink, 0, 0, id_width);
  anm_row_text_draw (widget, snapshot, brief, ANM_ROW_TEXT_SMALL, &muted, 0, id_height, id_width);

  outcome_width = get_outcome_width (self);
  draw_outcome (self, snapshot, &theme, outcome_width);
  draw_lines (self, snapshot, &theme, id_width + SPACING,
              gtk_widget_get_width (widget) - id_width - outcome_width - 3 * SPACING);
}

static void
anm_patient_row_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  const int id_width = get_id_width (ANM_PATIENT_ROW (widget));
  int id_height, brief_height;

  anm_row_text_measure (widget, "0", ANM_ROW_TEXT_BOLD, NULL, &id_height);
  anm_row_text_measure (widget, "0", ANM_ROW_TEXT_SMALL, NULL, &brief_height);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = id_height + brief_height;
  else
    {
      *minimum = 2 * id_width;
      *natural = 4 * id_width;
    }
}

static gboolean
anm_patient_row_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    keyboard,
                               GtkTooltip *tooltip)
{
  AnmPatientRow *self = ANM_PATIENT_ROW (widget);
  g_autofree char *title = NULL;
  g_autofree char *words = NULL;
  g_autofree char *text = NULL;

  if (self->cohort == NULL)
    return FALSE;

  title = g_strdup_printf (_("Patient %s"), self->cohort->ids[self->patient]);
  words = anm_patient_describe (self->cohort, self->patient);
  text = g_strconcat (title, "\n", words, NULL);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
anm_patient_row_finalize (GObject *object)
{
  clear (ANM_PATIENT_ROW (object));

  G_OBJECT_CLASS (anm_patient_row_parent_class)->finalize (object);
}

static void
anm_patient_row_class_init (AnmPatientRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = anm_patient_row_finalize;
  widget_class->snapshot = anm_patient_row_snapshot;
  widget_class->measure = anm_patient_row_measure;
  widget_class->query_tooltip = anm_patient_row_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "patientrow");
  /* The list's own row has the name. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
anm_patient_row_init (AnmPatientRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
