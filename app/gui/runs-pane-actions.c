/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can be done with the chosen runs. */

#include "app/gui/runs-pane-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "app/gui/dialogs.h"
#include "app/study/run-command.h"
#include "app/study/run-difference.h"

/* The only one chosen, the caller's reference; else NULL. */
static AnmRun *
get_one (AnmRunsPane *self)
{
  g_autoptr (GPtrArray) chosen = _anm_runs_pane_get_chosen (self);

  return chosen->len == 1 ? g_object_ref (g_ptr_array_index (chosen, 0)) : NULL;
}

static GtkWindow *
get_window (AnmRunsPane *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
show_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (AnmRun) run = get_one (self);

  if (run == NULL)
    return;

  g_object_freeze_notify (G_OBJECT (self->state));
  if (g_str_equal (action_name, "runs.show-previous"))
    {
      if (anm_view_state_get_run (self->state) == run)
        anm_view_state_set_run (self->state, NULL);
      anm_view_state_set_previous_run (self->state, run);
    }
  else
    {
      if (anm_view_state_get_previous_run (self->state) == run)
        anm_view_state_set_previous_run (self->state, NULL);
      anm_view_state_set_run (self->state, run);
    }
  g_object_thaw_notify (G_OBJECT (self->state));
}

/* Words about a run */

static void
renamed_cb (GtkWindow  *window,
            const char *text,
            gpointer    data)
{
  if (text != NULL)
    anm_run_set_name (data, text);
}

static void
rename_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  AnmRun *run = get_one (self);

  if (run != NULL)
    anm_ask_text (get_window (self), _("Rename run"), _("An empty name names it by its number and optimiser again."), _("Name of the run"),
                  anm_run_get_name (run), _("_Rename"), renamed_cb, run, g_object_unref);
}

static void
noted_cb (GtkWindow  *window,
          const char *text,
          gpointer    data)
{
  if (text != NULL)
    anm_run_set_note (data, text);
}

static void
note_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  AnmRun *run = get_one (self);

  if (run != NULL)
    anm_ask_long_text (get_window (self), _("Note on this run"), anm_run_get_name (run), _("Note"),
                       anm_run_get_note (run), _("_Keep"), noted_cb, run, g_object_unref);
}

static void
tagged_cb (GtkWindow  *window,
           const char *text,
           gpointer    data)
{
  g_auto (GStrv) wanted = NULL;
  g_auto (GStrv) before = NULL;
  AnmRun *run = data;

  if (text == NULL)
    return;

  wanted = g_strsplit_set (text, ",;#", -1);
  for (char **tag = wanted; *tag != NULL; tag++)
    g_strstrip (*tag);
  before = g_strdupv ((char **) anm_run_get_tags (run));
  for (char **tag = before; *tag != NULL; tag++)
    if (!g_strv_contains ((const char *const *) wanted, *tag))
      anm_run_remove_tag (run, *tag);
  for (char **tag = wanted; *tag != NULL; tag++)
    if (**tag != '\0')
      anm_run_add_tag (run, *tag);
}

static void
tags_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  AnmRun *run = get_one (self);
  g_autofree char *tags = NULL;

  if (run == NULL)
    return;

  tags = g_strjoinv (", ", (char **) anm_run_get_tags (run));
  anm_ask_text (get_window (self), _("Tags of this run"), _("Words with commas between them."), _("Tags"),
                tags, _("_Keep"), tagged_cb, run, g_object_unref);
}

static void
copy_command_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (AnmRun) run = get_one (self);
  g_autofree char *command = NULL;

  if (run == NULL)
    return;

  command = anm_run_command (self->study, run);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), command);
  _anm_runs_pane_show_message (self, _("The command line is on the clipboard"));
}

/* Differences */

static void
add_cell (AnmRunsPane *self,
          const char  *text,
          int          column,
          int          row,
          const char  *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "small");
  gtk_widget_add_css_class (label, "numeric");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_hexpand (label, column > 0);
  gtk_grid_attach (GTK_GRID (self->differences), label, column, row, 1, 1);
}

static void
differences_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (GPtrArray) chosen = _anm_runs_pane_get_chosen (self);
  g_autoptr (GPtrArray) differences = NULL;
  g_autofree char *caption = NULL;
  GtkWidget *child;
  AnmRun *older, *newer;

  if (chosen->len != 2)
    return;

  older = g_ptr_array_index (chosen, 1);
  newer = g_ptr_array_index (chosen, 0);
  differences = anm_run_differences (older, newer);
  while ((child = gtk_widget_get_first_child (self->differences)) != NULL)
    gtk_grid_remove (GTK_GRID (self->differences), child);
  add_cell (self, anm_run_get_name (older), 1, 0, "pane-title");
  add_cell (self, anm_run_get_name (newer), 2, 0, "pane-title");
  for (guint i = 0; i < differences->len; i++)
    {
      const AnmRunDifference *difference = g_ptr_array_index (differences, i);
      g_autofree char *name = anm_run_difference_name (difference->what);

      add_cell (self, name, 0, (int) i + 1, "dim-label");
      add_cell (self, difference->a, 1, (int) i + 1, NULL);
      add_cell (self, difference->b, 2, (int) i + 1, NULL);
    }

  self->showing_differences = TRUE;
  caption = g_strdup_printf (ngettext ("%u thing is not the same", "%u things are not the same", differences->len), differences->len);
  gtk_label_set_label (GTK_LABEL (self->title_label), _("Differences"));
  gtk_label_set_label (GTK_LABEL (self->caption_label), caption);
  _anm_runs_pane_update (self);
  gtk_widget_grab_focus (self->back_button);
}

/* Training on */

typedef struct
{
  AnmTrainingControl *control;
  AnmRun             *run;
  guint              *epochs;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->control);
  g_object_unref (question->run);
  g_free (question->epochs);
  g_free (question);
}

static Question *
question_new (AnmRunsPane *self,
              AnmRun      *run)
{
  Question *question = g_new0 (Question, 1);

  question->control = g_object_ref (self->control);
  question->run = g_object_ref (run);
  return question;
}

/* The window makes the run's records ready in the background first; where there is none, it is done at once. What goes wrong is told by the
 * control. */
static void
go_on (GtkWidget          *widget,
       AnmTrainingControl *control,
       AnmRun             *run,
       gboolean            fork,
       guint               number)
{
  if (gtk_widget_activate_action (widget, fork ? "win.fork-run" : "win.resume-run", "(uu)", anm_run_get_id (run), number))
    return;
  if (fork)
    anm_training_control_fork (control, run, (int) number, NULL);
  else
    anm_training_control_continue (control, run, number, NULL);
}

static void
forked_cb (GtkWindow *window,
           int        choice,
           gpointer   data)
{
  Question *question = data;

  if (choice >= 0)
    go_on (GTK_WIDGET (window), question->control, question->run, TRUE, question->epochs[choice]);
}

static void
fork_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (AnmRun) run = get_one (self);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  Question *question;
  guint n_epochs, chosen = 0;

  if (run == NULL)
    return;

  question = question_new (self, run);
  question->epochs = anm_run_get_kept_epochs (run, &n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    {
      const gboolean best = question->epochs[i] == anm_run_get_best_epoch (run);
      g_autofree char *name = best ? g_strdup_printf (_("Epoch %u, the best"), question->epochs[i])
                                   : g_strdup_printf (_("Epoch %u"), question->epochs[i]);

      if (best)
        chosen = i;
      gtk_string_list_append (names, name);
    }
  anm_ask_choice (get_window (self), _("Fork this run"),
                  _("A new run begins with its weights after that epoch, and is trained as the Workbench says now."), _("Epoch"),
                  G_LIST_MODEL (names), chosen, _("_Fork"), forked_cb, question, question_free);
}

static void
resumed_cb (GtkWindow  *window,
            const char *text,
            gpointer    data)
{
  Question *question = data;

  if (text != NULL)
    go_on (GTK_WIDGET (window), question->control, question->run, FALSE, (guint) CLAMP (atol (text), 0, 1000000));
}

static void
resume_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (AnmRun) run = get_one (self);
  g_autofree char *epochs = NULL;

  if (run == NULL)
    return;

  if (anm_run_get_status (run) != ANM_RUN_FINISHED)
    {
      go_on (widget, self->control, run, FALSE, 0);
      return;
    }
  epochs = g_strdup_printf ("%u", anm_run_get_hyperparameters (run)->epochs * 2);
  anm_ask_text (get_window (self), _("Train this run on"), _("It has finished. How many epochs shall it have in all?"), _("Epochs"),
                epochs, _("_Train"), resumed_cb, question_new (self, run), question_free);
}

static void
verify_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (AnmRun) run = get_one (self);

  if (run != NULL)
    _anm_runs_pane_verify (self, run);
}

static void
delete_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);
  g_autoptr (GPtrArray) chosen = _anm_runs_pane_get_chosen (self);
  g_autoptr (GError) error = NULL;

  if (chosen->len == 0)
    return;

  if (anm_study_set_runs_deleted (self->study, (AnmRun *const *) chosen->pdata, chosen->len, TRUE, &error))
    g_signal_emit_by_name (self, "deleted", chosen->len);
  else
    _anm_runs_pane_show_message (self, error->message);
}

void
_anm_runs_pane_update_actions (AnmRunsPane *self)
{
  g_autoptr (GPtrArray) chosen = _anm_runs_pane_get_chosen (self);
  AnmRun *run = chosen->len == 1 ? g_ptr_array_index (chosen, 0) : NULL;
  const AnmRunStatus status = run != NULL ? anm_run_get_status (run) : ANM_RUN_FAILED;
  const gboolean trained = run != NULL && (status == ANM_RUN_RUNNING || status == ANM_RUN_PAUSED);
  const gboolean ready = self->control != NULL && anm_training_control_get_status (self->control) != ANM_TRAINING_STATUS_UNREADY;
  static const char *const of_one[] = { "runs.show", "runs.show-previous", "runs.rename", "runs.tags", "runs.note", "runs.copy-command" };
  GtkWidget *widget = GTK_WIDGET (self);

  for (gsize i = 0; i < G_N_ELEMENTS (of_one); i++)
    gtk_widget_action_set_enabled (widget, of_one[i], run != NULL);
  gtk_widget_action_set_enabled (widget, "runs.fork", run != NULL && ready);
  gtk_widget_action_set_enabled (widget, "runs.resume", run != NULL && ready && !trained && status != ANM_RUN_FAILED);
  gtk_widget_action_set_enabled (widget, "runs.verify", run != NULL && !trained && self->verification == NULL);
  gtk_widget_action_set_enabled (widget, "runs.differences", chosen->len == 2);
  gtk_widget_action_set_enabled (widget, "runs.delete", chosen->len > 0);
}

void
_anm_runs_pane_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "runs.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "runs.show-previous", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "runs.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "runs.tags", NULL, tags_action);
  gtk_widget_class_install_action (widget_class, "runs.note", NULL, note_action);
  gtk_widget_class_install_action (widget_class, "runs.copy-command", NULL, copy_command_action);
  gtk_widget_class_install_action (widget_class, "runs.differences", NULL, differences_action);
  gtk_widget_class_install_action (widget_class, "runs.fork", NULL, fork_action);
  gtk_widget_class_install_action (widget_class, "runs.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "runs.verify", NULL, verify_action);
  gtk_widget_class_install_action (widget_class, "runs.delete", NULL, delete_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "runs.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "runs.delete", NULL);
}
