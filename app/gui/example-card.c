/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/example-card.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "widgets/figures/number.h"
#include "widgets/figures/theme.h"
#include "widgets/views/appearance.h"

#define PICTURE_WIDTH 160
#define PICTURE_HEIGHT 112
#define N_PATIENTS 24
#define MAX_COLUMNS 128
/* So many deviations from the mean have the scale's strongest colour. */
#define STRONGEST 2.5

/* What a card shows of a sample. */
typedef struct
{
  guint   n_rows;
  guint   n_columns;
  float  *cells;       /* [n_rows][n_columns], -1 .. 1; NaN: not measured yet */
  char   *contents;    /* "12 channels, 48 hours, 2 outcomes" */
} Preview;

struct _AnmExampleCard
{
  GtkButton        parent_instance;

  const AnmSample *sample;
  Preview         *preview;
  GCancellable    *making;

  GtkWidget       *picture;
  GtkWidget       *contents_label;
};

G_DEFINE_FINAL_TYPE (AnmExampleCard, anm_example_card, GTK_TYPE_BUTTON)

static void
preview_free (Preview *preview)
{
  g_free (preview->cells);
  g_free (preview->contents);
  g_free (preview);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Preview, preview_free)

/* Mean and deviation of a channel over all patients. */
static void
measure_channel (const AnmCohort *cohort,
                 guint            channel,
                 double          *mean,
                 double          *deviation)
{
  double sum = 0, squares = 0;
  gsize n = 0;

  for (gsize patient = 0; patient < cohort->n_patients; patient++)
    {
      const double *times;
      const float *values;
      const gsize n_values = anm_cohort_get_series (cohort, patient, channel, &times, &values);

      for (gsize k = 0; k < n_values; k++)
        {
          sum += (double) values[k];
          squares += (double) values[k] * (double) values[k];
        }
      n += n_values;
    }
  *mean = n > 0 ? sum / (double) n : 0;
  *deviation = n > 0 ? sqrt (MAX (0, squares / (double) n - *mean * *mean)) : 0;
}

/* One row: the last value before each column's time. */
static void
fill_row (const AnmCohort *cohort,
          gsize            patient,
          guint            channel,
          float           *row,
          guint            n_columns)
{
  const double *times;
  const float *values;
  const gsize n_values = anm_cohort_get_series (cohort, patient, channel, &times, &values);
  const double begin = cohort->begins[patient];
  const double width = (cohort->ends[patient] - begin) / MAX (n_columns - 1, 1);
  double mean, deviation;

  measure_channel (cohort, channel, &mean, &deviation);
  /* What is on a network's scale already is centred on 0. */
  if (cohort->scaled)
    {
      deviation = MAX (sqrt (mean * mean + deviation * deviation), 1 / STRONGEST);
      mean = 0;
    }
  for (guint column = 0; column < n_columns; column++)
    {
      row[column] = NAN;
      for (gsize k = 0; k < n_values && times[k] <= begin + (column + 0.5) * width; k++)
        row[column] = (float) CLAMP (((double) values[k] - mean) / MAX (deviation, 1e-9) / STRONGEST, -1, 1);
    }
}

/* The first patient who had the outcome, since most happens there. */
static gsize
choose_patient (const AnmCohort *cohort)
{
  for (gsize patient = 0; cohort->targets != NULL && patient < cohort->n_patients; patient++)
    if (cohort->targets[patient * MAX (cohort->target.shape.n_outputs, 1)] > 0.5f)
      return patient;
  return 0;
}

/* A line may end between "12 channels" and "2 outcomes" but not within them. */
static char *
hold_together (char *words)
{
  g_autofree char *taken = words;
  g_auto (GStrv) parts = g_strsplit (taken, " ", -1);

  return g_strjoinv ("\302\240", parts);
}

static char *
describe_contents (const AnmCohort *cohort,
                   guint            n_steps)
{
  g_autofree char *channels = hold_together (g_strdup_printf (ngettext ("%u channel", "%u channels", cohort->n_channels), cohort->n_channels));
  g_autofree char *steps = NULL;
  const guint n_classes = cohort->target.classes != NULL ? g_strv_length (cohort->target.classes) : 0;
  g_autofree char *outcomes = NULL;

  if (g_str_equal (cohort->time_unit, "h"))
    steps = hold_together (g_strdup_printf (ngettext ("%u hour", "%u hours", n_steps), n_steps));
  else
    steps = hold_together (g_strdup_printf (ngettext ("%u step", "%u steps", n_steps), n_steps));
  if (n_classes == 0)
    return g_strdup_printf ("%s · %s", channels, steps);

  outcomes = hold_together (g_strdup_printf (ngettext ("%u outcome", "%u outcomes", n_classes), n_classes));
  return g_strdup_printf ("%s · %s · %s", channels, steps, outcomes);
}

static Preview *
make_preview (const AnmCohort *cohort)
{
  Preview *preview = g_new0 (Preview, 1);
  const gsize patient = choose_patient (cohort);
  const double step = anm_cohort_guess_step (cohort);
  guint n_steps = 1;

  for (gsize i = 0; i < cohort->n_patients; i++)
    n_steps = MAX (n_steps, (guint) anm_cohort_count_steps (cohort, i, step));

  preview->n_columns = MIN (n_steps, MAX_COLUMNS);
  preview->n_rows = cohort->n_channels > 1 ? cohort->n_channels : (guint) MIN (cohort->n_patients, N_PATIENTS);
  preview->cells = g_new (float, (gsize) preview->n_rows * preview->n_columns);
  for (guint row = 0; row < preview->n_rows; row++)
    fill_row (cohort, cohort->n_channels > 1 ? patient : row, cohort->n_channels > 1 ? row : 0,
              preview->cells + (gsize) row * preview->n_columns, preview->n_columns);
  preview->contents = describe_contents (cohort, n_steps);

  return preview;
}

static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_autofree char *argument = g_strdup_printf ("sample:%s?patients=%d", (const char *) data, N_PATIENTS);
  g_autoptr (AnmCohort) cohort = NULL;
  GError *error = NULL;

  cohort = anm_sample_make (argument, &error);
  if (cohort != NULL)
    g_task_return_pointer (task, make_preview (cohort), (GDestroyNotify) preview_free);
  else
    g_task_return_error (task, error);
}

static void
made_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  AnmExampleCard *self = ANM_EXAMPLE_CARD (object);
  Preview *preview = g_task_propagate_pointer (G_TASK (result), NULL);

  if (preview == NULL)
    return;

  self->preview = preview;
  gtk_label_set_label (GTK_LABEL (self->contents_label), preview->contents);
  gtk_widget_queue_draw (self->picture);
}

static void
draw_picture (GtkDrawingArea *area,
              cairo_t        *cr,
              int             width,
              int             height,
              gpointer        data)
{
  const Preview *preview = ANM_EXAMPLE_CARD (data)->preview;
  cairo_surface_t *surface;
  AnmTheme theme;
  guint32 *pixels;
  int stride;

  if (preview == NULL)
    return;

  anm_theme_init_for_widget (&theme, GTK_WIDGET (area), TRUE);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) preview->n_columns, (int) preview->n_rows);
  pixels = (guint32 *) (gpointer) cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface) / 4;
  for (guint row = 0; row < preview->n_rows; row++)
    for (guint column = 0; column < preview->n_columns; column++)
      {
        const float cell = preview->cells[(gsize) row * preview->n_columns + column];
        const AnmColour colour = anm_theme_get_diverging (&theme, isnan (cell) ? 0 : (double) cell);

        pixels[row * (guint) stride + column] = 0xff000000u | (guint32) (colour.red * 255 + 0.5) << 16 |
                                                (guint32) (colour.green * 255 + 0.5) << 8 | (guint32) (colour.blue * 255 + 0.5);
      }
  cairo_surface_mark_dirty (surface);
  cairo_scale (cr, (double) width / preview->n_columns, (double) height / preview->n_rows);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_surface_destroy (surface);
}

/* "2 000 simulated patients" */
static char *
describe_size (const AnmSample *sample)
{
  const char *patients = strstr (sample->options, "patients=");
  g_autofree char *count = NULL;
  int n;

  if (patients == NULL)
    return g_strdup (_("simulated patients"));
  n = atoi (patients + strlen ("patients="));
  count = anm_number_format_count (n);
  return g_strdup_printf (ngettext ("%s simulated patient", "%s simulated patients", (gulong) n), count);
}

static GtkWidget *
make_label (const char *text,
            gboolean    wrap)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), wrap);
  if (wrap)
    {
      gtk_label_set_lines (GTK_LABEL (label), 2);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
    }
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

GtkWidget *
anm_example_card_new (const AnmSample *sample)
{
  AnmExampleCard *self = g_object_new (ANM_TYPE_EXAMPLE_CARD, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *title = make_label (_(sample->title), TRUE);
  g_autofree char *size = describe_size (sample);
  GtkWidget *size_label = make_label (size, FALSE);
  g_autofree char *name = g_strdup_printf (_("Open %s"), _(sample->title));
  g_autoptr (GTask) task = NULL;

  self->sample = sample;
  self->picture = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->picture), PICTURE_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->picture), PICTURE_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->picture), draw_picture, self, NULL);
  gtk_box_append (GTK_BOX (box), self->picture);

  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (words), title);
  self->contents_label = make_label ("", TRUE);
  gtk_widget_add_css_class (self->contents_label, "small");
  gtk_widget_add_css_class (self->contents_label, "dim-label");
  gtk_label_set_yalign (GTK_LABEL (self->contents_label), 0);
  gtk_widget_set_vexpand (self->contents_label, TRUE);
  gtk_box_append (GTK_BOX (words), self->contents_label);
  gtk_widget_add_css_class (size_label, "small");
  gtk_widget_add_css_class (size_label, "numeric");
  gtk_box_append (GTK_BOX (words), size_label);
  gtk_widget_add_css_class (words, "example-words");
  gtk_widget_set_vexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);

  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "example-card");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _(sample->summary));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(sample->summary),
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.open-example");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", sample->name);

  self->making = g_cancellable_new ();
  task = g_task_new (self, self->making, made_cb, NULL);
  g_task_set_source_tag (task, anm_example_card_new);
  g_task_set_task_data (task, g_strdup (sample->name), g_free);
  g_task_run_in_thread (task, make_in_thread);

  return GTK_WIDGET (self);
}

static void
anm_example_card_dispose (GObject *object)
{
  AnmExampleCard *self = ANM_EXAMPLE_CARD (object);

  if (self->making != NULL)
    g_cancellable_cancel (self->making);
  g_clear_object (&self->making);

  G_OBJECT_CLASS (anm_example_card_parent_class)->dispose (object);
}

static void
anm_example_card_finalize (GObject *object)
{
  AnmExampleCard *self = ANM_EXAMPLE_CARD (object);

  g_clear_pointer (&self->preview, preview_free);

  G_OBJECT_CLASS (anm_example_card_parent_class)->finalize (object);
}

static void
anm_example_card_class_init (AnmExampleCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = anm_example_card_dispose;
  object_class->finalize = anm_example_card_finalize;
}

static void
anm_example_card_init (AnmExampleCard *self)
{
}
