/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The study as a file: duplicate, move, export a copy, compact. */

#include "app/gui/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/dialogs.h"
#include "app/gui/file-chooser.h"
#include "app/gui/recent-studies.h"
#include "app/study/study-error.h"
#include "app/study/study-files.h"

#define ENDING ".anamnesis"

/* A study that was just closed may be looked at for a moment yet. */
#define MOVE_ATTEMPTS 10
#define MOVE_PATIENCE_MS 200

typedef enum
{
  TASK_DUPLICATE,
  TASK_MOVE,
  TASK_EXPORT_WITH_PATIENTS,
  TASK_EXPORT,
  TASK_EXPORT_BARE,
  TASK_COMPACT,
} Task;

typedef struct
{
  AnmWindow    *window;
  Task          task;
  char         *from;
  char         *to;           /* nullable: nothing is made */
  GCancellable *cancellable;
  guint         n_attempts;
} Errand;

static void
errand_free (Errand *errand)
{
  g_object_unref (errand->window);
  g_free (errand->from);
  g_free (errand->to);
  g_clear_object (&errand->cancellable);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void begin (Errand *errand);

static AnmStudyFileAction
get_action (Task task)
{
  static const AnmStudyFileAction actions[] = {
    [TASK_DUPLICATE] = ANM_STUDY_FILE_DUPLICATE,
    [TASK_MOVE] = ANM_STUDY_FILE_MOVE,
    [TASK_EXPORT_WITH_PATIENTS] = ANM_STUDY_FILE_DUPLICATE,
    [TASK_EXPORT] = ANM_STUDY_FILE_EXPORT,
    [TASK_EXPORT_BARE] = ANM_STUDY_FILE_EXPORT_BARE,
    [TASK_COMPACT] = ANM_STUDY_FILE_COMPACT,
  };

  return actions[task];
}

static const char *
get_words (Task task)
{
  switch (task)
    {
    case TASK_MOVE:
      return _("Moving the study…");
    case TASK_COMPACT:
      return _("Compacting the study…");
    case TASK_DUPLICATE:
    case TASK_EXPORT_WITH_PATIENTS:
    case TASK_EXPORT:
    case TASK_EXPORT_BARE:
    default:
      return _("Copying the study…");
    }
}

static char *
describe_end (const Errand            *errand,
              const AnmStudyFileSizes *sizes)
{
  g_autofree char *name = errand->to != NULL ? g_path_get_basename (errand->to) : NULL;
  g_autofree char *before = g_format_size ((guint64) sizes->before);
  g_autofree char *after = g_format_size ((guint64) sizes->after);

  switch (errand->task)
    {
    case TASK_COMPACT:
      /* Translators: sizes of a file before and after. */
      return g_strdup_printf (_("The study took %s and takes %s now"), before, after);
    case TASK_EXPORT:
    case TASK_EXPORT_BARE:
      /* Translators: a file's name and size. */
      return g_strdup_printf (_("“%s” has the runs but no patients (%s)"), name, after);
    case TASK_DUPLICATE:
    case TASK_MOVE:
    case TASK_EXPORT_WITH_PATIENTS:
    default:
      return g_strdup_printf (_("“%s” is made (%s)"), name, after);
    }
}

static gboolean
again_cb (gpointer data)
{
  begin (data);
  return G_SOURCE_REMOVE;
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (Errand) errand = data;
  AnmWindow *self = errand->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  AnmStudyFileSizes sizes;
  const gboolean done = anm_study_file_act_finish (result, &sizes, &error);

  if (!done && errand->task == TASK_MOVE && errand->n_attempts < MOVE_ATTEMPTS &&
      g_error_matches (error, ANM_STUDY_ERROR, ANM_STUDY_ERROR_BUSY))
    {
      errand->n_attempts++;
      g_timeout_add (MOVE_PATIENCE_MS, again_cb, g_steal_pointer (&errand));
      return;
    }

  _anm_window_end_reading (self, errand->cancellable);
  /* Wherever it is now, the person goes on with it. */
  if (errand->task == TASK_MOVE && anm_view_state_get_study (self->state) == NULL)
    {
      if (done)
        anm_recent_studies_forget (self->settings, errand->from);
      _anm_window_open_study (self, done ? errand->to : errand->from);
    }
  else if (done && errand->task == TASK_DUPLICATE)
    _anm_window_open_study (self, errand->to);

  if (done)
    {
      words = describe_end (errand, &sizes);
      anm_window_toast (self, words);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    anm_window_show_error (self, error->message);
}

static void
progress_cb (double   fraction,
             gpointer data)
{
  const Errand *errand = data;

  _anm_window_show_reading (fraction, NULL, errand->window);
}

/* Takes @errand. */
static void
begin (Errand *errand)
{
  anm_study_file_act_async (get_action (errand->task), errand->from, errand->to, progress_cb, errand, errand->cancellable, done_cb, errand);
}

/* Takes @errand. What was edited is in the file first. */
static void
start (Errand *errand)
{
  AnmWindow *self = errand->window;
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autoptr (GError) error = NULL;

  if (study == NULL || !anm_study_flush (study, &error))
    {
      if (error != NULL)
        anm_window_show_error (self, error->message);
      errand_free (errand);
      return;
    }
  errand->cancellable = g_object_ref (_anm_window_begin_reading (self, get_words (errand->task)));
  /* A file that is open can't change its place. */
  if (errand->task == TASK_MOVE)
    anm_view_state_set_study (self->state, NULL);
  begin (errand);
}

static Errand *
errand_new (AnmWindow *self,
            Task       task)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->window = g_object_ref (self);
  errand->task = task;
  errand->from = g_strdup (anm_study_get_path (anm_view_state_get_study (self->state)));
  return errand;
}

/* Choosing where */

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Errand) errand = data;
  g_autoptr (GListModel) files = anm_choose_files_finish (result, NULL);
  g_autoptr (GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path == NULL)
    return;

  errand->to = g_str_has_suffix (path, ENDING) ? g_steal_pointer (&path) : g_strconcat (path, ENDING, NULL);
  if (g_str_equal (errand->to, errand->from))
    return;
  start (g_steal_pointer (&errand));
}

static char *
suggest_name (AnmWindow *self,
              Task       task)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autofree char *title = g_strdelimit (g_strdup (anm_data_word (anm_study_get_title (study))), "/", '-');

  switch (task)
    {
    case TASK_DUPLICATE:
      /* Translators: suggested name of a copied study's file: its title. */
      return g_strdup_printf (_("%s, copy.anamnesis"), title);
    case TASK_EXPORT_BARE:
      /* Translators: suggested name of a copied study's file. */
      return g_strdup (_("Study without patients.anamnesis"));
    case TASK_EXPORT:
      /* Translators: suggested name of a copied study's file: its title. */
      return g_strdup_printf (_("%s, without patients.anamnesis"), title);
    case TASK_MOVE:
    case TASK_EXPORT_WITH_PATIENTS:
    case TASK_COMPACT:
    default:
      return g_strconcat (title, ENDING, NULL);
    }
}

static void
choose (AnmWindow  *self,
        Task        task,
        const char *title)
{
  g_autofree char *name = suggest_name (self, task);

  anm_choose_new_study_async (GTK_WINDOW (self), title, name, NULL, chosen_cb, errand_new (self, task));
}

/* Actions */

static void
duplicate_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  choose (ANM_WINDOW (widget), TASK_DUPLICATE, _("Duplicate the study"));
}

static void
move_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  choose (ANM_WINDOW (widget), TASK_MOVE, _("Move the study"));
}

static void
words_chosen_cb (GtkWindow *parent,
                 int        choice,
                 gpointer   data)
{
  if (choice >= 0)
    choose (ANM_WINDOW (parent), choice > 0 ? TASK_EXPORT_BARE : TASK_EXPORT, _("Export a copy without patients"));
}

static void
export_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  const char *const choices[] = { _("With notes, names, tags and title"), _("Without them"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (choices);

  if (g_variant_get_boolean (parameter))
    choose (ANM_WINDOW (widget), TASK_EXPORT_WITH_PATIENTS, _("Export a copy with patients"));
  else
    anm_ask_choice (GTK_WINDOW (widget), _("Export a copy without patients"),
                    _("It has the runs with their figures and weights, and what was learnt of all patients together: means, limits and categories. It has no ids, no values, no outcomes and nothing else of single patients. Notes, names, tags and the title are as people wrote them, who may have named a patient."),
                    _("What people wrote"), G_LIST_MODEL (names), 0, _("_Continue"), words_chosen_cb, NULL, NULL);
}

static void
compact_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  start (errand_new (ANM_WINDOW (widget), TASK_COMPACT));
}

static void
update_actions (AnmWindow *self)
{
  static const char *const names[] = { "win.duplicate-study", "win.move-study", "win.export-study", "win.compact-study" };
  const gboolean has_study = anm_view_state_get_study (self->state) != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], has_study);
}

void
_anm_window_install_files_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.duplicate-study", NULL, duplicate_action);
  gtk_widget_class_install_action (widget_class, "win.move-study", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "win.export-study", "b", export_action);
  gtk_widget_class_install_action (widget_class, "win.compact-study", NULL, compact_action);
}

void
_anm_window_init_files (AnmWindow *self)
{
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  update_actions (self);
}
