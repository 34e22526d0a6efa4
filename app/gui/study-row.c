/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/study-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/study/study-summary.h"
#include "widgets/figures/number.h"
#include "widgets/figures/theme.h"
#include "widgets/views/appearance.h"

#define SPARK_WIDTH 64
#define SPARK_HEIGHT 26

struct _AnmStudyRow
{
  GtkListBoxRow    parent_instance;

  char            *path;
  char            *title;
  guint            n_patients;
  gboolean         gone;
  AnmStudySummary *summary;      /* NULL until it is read */
  GCancellable    *reading;

  GtkWidget       *detail_label;
  GtkWidget       *date_label;
  GtkWidget       *spark;
};

enum
{
  SIGNAL_FORGET,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmStudyRow, anm_study_row, GTK_TYPE_LIST_BOX_ROW)

const char *
anm_study_row_get_path (AnmStudyRow *self)
{
  g_return_val_if_fail (ANM_IS_STUDY_ROW (self), NULL);

  return self->path;
}

gboolean
anm_study_row_is_there (AnmStudyRow *self)
{
  g_return_val_if_fail (ANM_IS_STUDY_ROW (self), FALSE);

  return !self->gone;
}

/* "3 runs, best AUROC 0.862" */
static char *
describe_runs (const AnmStudySummary *summary)
{
  g_autofree char *runs = g_strdup_printf (ngettext ("%u run", "%u runs", summary->n_runs), summary->n_runs);
  g_autofree char *score = NULL;

  if (summary->n_runs == 0)
    return g_strdup (_("no run yet"));
  if (summary->training && !summary->paused)
    /* Translators: how many runs, as in "3 runs, training". */
    return g_strdup_printf (_("%s, training"), runs);
  if (summary->paused)
    /* Translators: how many runs, as in "20 runs, training paused". */
    return g_strdup_printf (_("%s, training paused"), runs);
  if (summary->score_name == NULL)
    return g_strdup (runs);

  score = anm_number_format_fixed (summary->score, 3);
  if (g_str_equal (summary->score_name, "AUROC"))
    /* Translators: how many runs and a score, as in "3 runs, best AUROC 0.862". */
    return g_strdup_printf (_("%s, best AUROC %s"), runs, score);
  if (g_str_equal (summary->score_name, "accuracy"))
    /* Translators: how many runs and a share, as in "3 runs, best accuracy 0.94". */
    return g_strdup_printf (_("%s, best accuracy %s"), runs, score);
  /* Translators: how many runs and a loss, as in "3 runs, lowest loss 0.123". */
  return g_strdup_printf (_("%s, lowest loss %s"), runs, score);
}

static void
update (AnmStudyRow *self)
{
  g_autofree char *count = anm_number_format_count (self->n_patients);
  g_autofree char *patients = g_strdup_printf (ngettext ("%s patient", "%s patients", self->n_patients), count);
  g_autofree char *runs = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *name = NULL;

  if (self->gone)
    detail = g_strdup (_("not found"));
  else if (self->summary != NULL)
    {
      runs = describe_runs (self->summary);
      detail = g_strdup_printf ("%s · %s", patients, runs);
    }
  else
    detail = g_strdup (patients);

  gtk_label_set_label (GTK_LABEL (self->detail_label), detail);
  if (self->gone)
    gtk_widget_add_css_class (GTK_WIDGET (self), "gone");
  gtk_widget_queue_draw (self->spark);

  name = g_strdup_printf ("%s, %s, %s", self->title, detail, gtk_label_get_label (GTK_LABEL (self->date_label)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Reading */

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  AnmStudySummary *summary = anm_study_summary_read (data, &error);

  if (summary != NULL)
    g_task_return_pointer (task, summary, (GDestroyNotify) anm_study_summary_free);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  AnmStudyRow *self = ANM_STUDY_ROW (object);
  g_autoptr (GError) error = NULL;
  AnmStudySummary *summary = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->summary = summary;
  self->gone = summary == NULL;
  update (self);
}

static void
start_reading (AnmStudyRow *self)
{
  g_autoptr (GTask) task = NULL;

  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, read_cb, NULL);
  g_task_set_source_tag (task, start_reading);
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* The line */

static void
draw_spark (GtkDrawingArea *area,
            cairo_t        *cr,
            int             width,
            int             height,
            gpointer        data)
{
  AnmStudyRow *self = data;
  const AnmStudySummary *summary = self->summary;
  double low = INFINITY, high = -INFINITY;
  AnmColour colour;
  AnmTheme theme;

  if (summary == NULL || summary->n_losses < 2)
    return;

  for (gsize i = 0; i < summary->n_losses; i++)
    {
      low = MIN (low, summary->losses[i]);
      high = MAX (high, summary->losses[i]);
    }
  anm_theme_init_for_widget (&theme, GTK_WIDGET (area), TRUE);
  colour = anm_theme_get_colour (&theme, ANM_COLOUR_RUN_FIRST);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha);
  cairo_set_line_width (cr, theme.high_contrast ? 2 : 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (gsize i = 0; i < summary->n_losses; i++)
    {
      const double x = 2 + (width - 4.0) * (double) i / (double) (summary->n_losses - 1);
      const double y = high > low ? 3 + (height - 6.0) * (high - summary->losses[i]) / (high - low) : height / 2.0;

      cairo_line_to (cr, x, y);
    }
  cairo_stroke (cr);
}

/* Menu */

void
anm_show_in_files (GtkWindow  *parent,
                   const char *path)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *folder_uri = g_filename_to_uri (folder, NULL, NULL);
  const char *const uris[] = { uri, NULL };

  if (uri == NULL || folder_uri == NULL)
    return;
  /* Where no file manager answers, the folder is opened by whatever opens folders. */
  if (bus != NULL)
    g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1",
                            "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, 2000, NULL, NULL, NULL);
  else
    gtk_show_uri (parent, folder_uri, GDK_CURRENT_TIME);
}

static void
show_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  anm_show_in_files (GTK_WINDOW (gtk_widget_get_root (widget)), ANM_STUDY_ROW (widget)->path);
}

static void
forget_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_FORGET], 0);
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            GtkMenuButton   *button)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_menu_button_popup (button);
}

static GtkWidget *
make_menu_button (AnmStudyRow *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *name = NULL;

  g_menu_append (menu, _("_Show in files"), "study.show-in-files");
  g_menu_append (menu, _("_Forget"), "study.forget");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "row-menu");
  /* Translators: a study's title. */
  name = g_strdup_printf (_("Menu of %s"), self->title);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  return button;
}

static GtkWidget *
make_label (const char *text,
            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

GtkWidget *
anm_study_row_new (const AnmRecentStudy *study)
{
  AnmStudyRow *self = g_object_new (ANM_TYPE_STUDY_ROW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkGesture *gesture = gtk_gesture_click_new ();
  g_autofree char *date = anm_recent_date_describe (study->opened);
  GtkWidget *button;

  self->path = g_strdup (study->path);
  self->title = g_strdup (anm_data_word (study->title));
  self->n_patients = study->n_patients;

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), make_label (self->title, NULL));
  self->detail_label = make_label ("", "dim-label");
  gtk_widget_add_css_class (self->detail_label, "small");
  gtk_widget_add_css_class (self->detail_label, "numeric");
  gtk_box_append (GTK_BOX (words), self->detail_label);
  gtk_box_append (GTK_BOX (box), words);

  self->spark = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->spark), SPARK_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->spark), SPARK_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->spark), draw_spark, self, NULL);
  gtk_widget_set_valign (self->spark, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), self->spark);

  self->date_label = make_label (date, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (self->date_label), 1);
  gtk_label_set_width_chars (GTK_LABEL (self->date_label), 10);
  gtk_widget_add_css_class (self->date_label, "small");
  gtk_box_append (GTK_BOX (box), self->date_label);

  button = make_menu_button (self);
  gtk_box_append (GTK_BOX (box), button);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (pressed_cb), button);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->path);
  update (self);
  start_reading (self);

  return GTK_WIDGET (self);
}

static void
anm_study_row_dispose (GObject *object)
{
  AnmStudyRow *self = ANM_STUDY_ROW (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);

  G_OBJECT_CLASS (anm_study_row_parent_class)->dispose (object);
}

static void
anm_study_row_finalize (GObject *object)
{
  AnmStudyRow *self = ANM_STUDY_ROW (object);

  g_clear_pointer (&self->summary, anm_study_summary_free);
  g_free (self->path);
  g_free (self->title);

  G_OBJECT_CLASS (anm_study_row_parent_class)->finalize (object);
}

static void
anm_study_row_class_init (AnmStudyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_study_row_dispose;
  object_class->finalize = anm_study_row_finalize;

  signals[SIGNAL_FORGET] =
    g_signal_new ("forget", ANM_TYPE_STUDY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "study.show-in-files", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "study.forget", NULL, forget_action);
}

static void
anm_study_row_init (AnmStudyRow *self)
{
}
