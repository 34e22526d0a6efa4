/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/worksheet-window.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/cell-worksheet.h"
#include "widgets/views/figure-view.h"
#include "widgets/views/save-dialog.h"

/* At 96 pixels an inch. */
static const struct
{
  const char *name;
  double      width, height;
} papers[] = {
  { N_("A4"), 794, 1123 },
  { N_("Letter"), 816, 1056 },
};

struct _AnmWorksheetWindow
{
  AdwWindow    parent_instance;

  AnmCellLens *lens;
  char        *symbol;
  char        *weights;

  GtkWidget   *view;
  GtkWidget   *answers;
  GtkWidget   *named;
  GtkWidget   *with_key;
  GtkWidget   *paper;
  GtkWidget   *message;
};

G_DEFINE_FINAL_TYPE (AnmWorksheetWindow, anm_worksheet_window, ADW_TYPE_WINDOW)

static AnmFigure *
make_sheet (AnmWorksheetWindow *self,
            gboolean answers)
{
  return anm_cell_worksheet_exhibit_new (self->lens, self->symbol, answers, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->named)), self->weights);
}

static void
show (AnmWorksheetWindow *self)
{
  g_autoptr (AnmFigure) figure = make_sheet (self, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->answers)));

  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->view), figure);
}

/* Saving */

typedef struct
{
  AnmFigure *sheet;
  AnmFigure *key; /* nullable */
  char      *path;
  char      *key_path;
  guint      paper;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->sheet, anm_figure_unref);
  g_clear_pointer (&job->key, anm_figure_unref);
  g_free (job->path);
  g_free (job->key_path);
  g_free (job);
}

static void
save_thread (GTask *task,
             gpointer source,
             gpointer data,
             GCancellable *cancellable)
{
  const Job *job = data;
  g_autoptr (GError) error = NULL;
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  if (!anm_figure_export (job->sheet, &theme, papers[job->paper].width, papers[job->paper].height, job->path, &error) ||
      (job->key != NULL && !anm_figure_export (job->key, &theme, papers[job->paper].width, papers[job->paper].height, job->key_path, &error)))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
saved_cb (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  AnmWorksheetWindow *self = ANM_WORKSHEET_WINDOW (source);
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_filename_display_basename (job->path);
  g_autofree char *key = job->key_path != NULL ? g_filename_display_basename (job->key_path) : NULL;
  g_autofree char *text = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup (error->message);
  else if (job->key != NULL)
    /* Translators: two file names. */
    text = g_strdup_printf (_("Saved as %s, with the answers in %s"), name, key);
  else
    text = g_strdup_printf (_("Saved as %s"), name);
  gtk_label_set_label (GTK_LABEL (self->message), text);
  gtk_widget_set_visible (self->message, TRUE);
}

/* "sheet.pdf" → "sheet-answers.pdf" */
static char *
name_key (const char *path)
{
  const char *dot = strrchr (path, '.');
  g_autofree char *stem = dot != NULL && strchr (dot, G_DIR_SEPARATOR) == NULL ? g_strndup (path, (gsize) (dot - path)) : g_strdup (path);

  return g_strdup_printf ("%s-answers%s", stem, dot != NULL ? path + strlen (stem) : ".pdf");
}

static void
chosen_cb (GObject *source,
           GAsyncResult *result,
           gpointer data)
{
  g_autoptr (AnmWorksheetWindow) self = ANM_WORKSHEET_WINDOW (data);
  g_autoptr (GFile) file = anm_save_file_finish (result, NULL);
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (file == NULL || self->lens == NULL)
    return;
  job = g_new0 (Job, 1);
  job->sheet = make_sheet (self, FALSE);
  job->path = g_file_get_path (file);
  job->paper = MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->paper)), G_N_ELEMENTS (papers) - 1);
  if (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->with_key)))
    {
      job->key = make_sheet (self, TRUE);
      job->key_path = name_key (job->path);
    }
  task = g_task_new (self, NULL, saved_cb, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, save_thread);
}

static void
save_cb (AnmWorksheetWindow *self)
{
  /* Translators: the name of a file. */
  anm_save_file_async (GTK_WINDOW (self), _("Save the worksheet"), _("worksheet.pdf"), NULL, chosen_cb, g_object_ref (self));
}

/* Making */

static GtkWidget *
make_ways (AnmWorksheetWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *sheet = gtk_toggle_button_new_with_label (C_("worksheet", "Blanks"));

  gtk_widget_add_css_class (box, "linked");
  self->answers = gtk_toggle_button_new_with_label (C_("worksheet", "Answers"));
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->answers), GTK_TOGGLE_BUTTON (sheet));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (sheet), TRUE);
  g_signal_connect_swapped (self->answers, "toggled", G_CALLBACK (show), self);
  gtk_box_append (GTK_BOX (box), sheet);
  gtk_box_append (GTK_BOX (box), self->answers);
  return box;
}

static GtkWidget *
make_paper (AnmWorksheetWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *const names[] = { _(papers[0].name), _(papers[1].name), NULL };

  self->paper = gtk_drop_down_new_from_strings (names);
  /* What the country prints on. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->paper), g_str_equal (gtk_paper_size_get_default (), GTK_PAPER_NAME_LETTER) ? 1 : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->paper), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Paper"), -1);
  gtk_box_append (GTK_BOX (box), gtk_label_new (_("Paper")));
  gtk_box_append (GTK_BOX (box), self->paper);
  return box;
}

static void
fill (AnmWorksheetWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *save = gtk_button_new_with_mnemonic (_("_Save…"));
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_add_css_class (save, "suggested-action");
  g_signal_connect_swapped (save, "clicked", G_CALLBACK (save_cb), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), make_ways (self));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), save);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new (_("Worksheet"), ""));

  self->view = anm_figure_view_new ();
  g_object_set (self->view, "show-title", TRUE, "show-menu", FALSE, "interactive", FALSE, "hexpand", TRUE, "vexpand", TRUE,
                "margin-start", 18, "margin-end", 18, "margin-top", 18, "margin-bottom", 18, NULL);
  gtk_widget_set_size_request (self->view, 700, -1);
  gtk_widget_add_css_class (scroller, "view");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);

  self->with_key = gtk_check_button_new_with_mnemonic (_("The _answers too, in a file beside it"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->with_key), TRUE);
  self->named = gtk_check_button_new_with_mnemonic (_("With the _patient’s id"));
  g_signal_connect_swapped (self->named, "toggled", G_CALLBACK (show), self);
  self->message = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_set_visible (self->message, FALSE);
  g_object_set (foot, "margin-start", 18, "margin-end", 18, "margin-top", 9, "margin-bottom", 12, NULL);
  gtk_box_append (GTK_BOX (foot), make_paper (self));
  gtk_box_append (GTK_BOX (foot), self->with_key);
  gtk_box_append (GTK_BOX (foot), self->named);
  gtk_box_append (GTK_BOX (foot), self->message);

  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), foot);
  adw_window_set_content (ADW_WINDOW (self), box);
}

GtkWidget *
anm_worksheet_window_new (GtkWindow *parent,
                          AnmCellLens *lens,
                          const char *symbol,
                          const char *weights)
{
  AnmWorksheetWindow *self;

  g_return_val_if_fail (lens != NULL, NULL);

  self = g_object_new (ANM_TYPE_WORKSHEET_WINDOW, "transient-for", parent, "title", _("Worksheet"), "default-width", 780, "default-height", 760,
                       "destroy-with-parent", TRUE, NULL);
  self->lens = anm_cell_lens_ref (lens);
  self->symbol = g_strdup (symbol);
  self->weights = g_strdup (weights);
  fill (self);
  show (self);

  return GTK_WIDGET (self);
}

static void
anm_worksheet_window_finalize (GObject *object)
{
  AnmWorksheetWindow *self = ANM_WORKSHEET_WINDOW (object);

  g_clear_pointer (&self->lens, anm_cell_lens_unref);
  g_free (self->symbol);
  g_free (self->weights);

  G_OBJECT_CLASS (anm_worksheet_window_parent_class)->finalize (object);
}

static void
anm_worksheet_window_class_init (AnmWorksheetWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_worksheet_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
anm_worksheet_window_init (AnmWorksheetWindow *self)
{
}
