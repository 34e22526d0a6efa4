/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/runs-pane-private.h"

#include <glib/gi18n-lib.h>

#include "app/gui/run-row.h"
#include "app/gui/template.h"
#include "widgets/figures/number.h"

enum
{
  SIGNAL_CLOSED,
  SIGNAL_DELETED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmRunsPane, anm_runs_pane, GTK_TYPE_WIDGET)

GPtrArray *
_anm_runs_pane_get_chosen (AnmRunsPane *self)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n_runs = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n_runs; i++)
    if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
      g_ptr_array_add (runs, g_list_model_get_item (G_LIST_MODEL (self->selection), i));
  return runs;
}

void
_anm_runs_pane_show_message (AnmRunsPane *self,
                             const char  *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", message);
}

void
_anm_runs_pane_update (AnmRunsPane *self)
{
  const guint n_runs = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  g_autofree char *count = anm_number_format_count (n_runs);
  g_autofree char *caption = NULL;

  if (n_runs == 0)
    self->showing_differences = FALSE;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    self->showing_differences ? "differences" : n_runs > 0 ? "runs" : "empty");
  gtk_widget_set_visible (self->back_button, self->showing_differences);
  gtk_widget_set_visible (self->foot, n_runs > 0 && !self->showing_differences);
  if (!self->showing_differences)
    {
      caption = g_strdup_printf (ngettext ("%s run, newest first", "%s runs, newest first", n_runs), count);
      gtk_label_set_label (GTK_LABEL (self->title_label), _("Runs"));
      gtk_label_set_label (GTK_LABEL (self->caption_label), n_runs > 0 ? caption : "");
    }
  _anm_runs_pane_update_actions (self);
}

/* Rows */

static void
setup_cb (AnmRunsPane        *self,
          GtkListItem        *item,
          GtkListItemFactory *factory)
{
  gtk_list_item_set_child (item, anm_run_row_new (self->state));
}

static void
bind_cb (AnmRunsPane        *self,
         GtkListItem        *item,
         GtkListItemFactory *factory)
{
  anm_run_row_set_run (ANM_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (AnmRunsPane        *self,
           GtkListItem        *item,
           GtkListItemFactory *factory)
{
  anm_run_row_set_run (ANM_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

static int
compare_runs (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const guint one = anm_run_get_id ((AnmRun *) a), other = anm_run_get_id ((AnmRun *) b);

  return (one < other) - (one > other);
}

static void
activated_cb (AnmRunsPane *self,
              guint        position)
{
  g_autoptr (AnmRun) run = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (run != NULL)
    anm_view_state_set_run (self->state, run);
}

static void
back_clicked_cb (AnmRunsPane *self)
{
  self->showing_differences = FALSE;
  _anm_runs_pane_update (self);
}

static void
close_clicked_cb (AnmRunsPane *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
verification_clicked_cb (AnmRunsPane *self)
{
  _anm_runs_pane_end_verification (self);
}

static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *arguments,
           gpointer   data)
{
  AnmRunsPane *self = ANM_RUNS_PANE (widget);

  if (self->showing_differences)
    back_clicked_cb (self);
  else
    close_clicked_cb (self);
  return TRUE;
}

/* The menu where it was asked for. */
static void
secondary_cb (GtkGestureClick *gesture,
              int              n_press,
              double           x,
              double           y,
              AnmRunsPane     *self)
{
  GtkWidget *row = gtk_widget_pick (self->list, x, y, GTK_PICK_DEFAULT);
  AnmRun *run = NULL;

  row = row != NULL ? (ANM_IS_RUN_ROW (row) ? row : gtk_widget_get_ancestor (row, ANM_TYPE_RUN_ROW)) : NULL;
  if (row == NULL)
    return;

  run = anm_run_row_get_run (ANM_RUN_ROW (row));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (AnmRun) other = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (other == run && !gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
        gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), i, TRUE);
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
}

/* The study */

static void
study_changed_cb (AnmRunsPane *self)
{
  GtkSortListModel *sorted;

  g_set_object (&self->study, anm_view_state_get_study (self->state));
  self->showing_differences = FALSE;
  _anm_runs_pane_end_verification (self);
  _anm_runs_pane_end_verification (self);

  sorted = GTK_SORT_LIST_MODEL (gtk_multi_selection_get_model (self->selection));
  gtk_sort_list_model_set_model (sorted, self->study != NULL ? anm_study_get_runs (self->study) : NULL);
  _anm_runs_pane_update (self);
}

void
anm_runs_pane_set_control (AnmRunsPane        *self,
                           AnmTrainingControl *control)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (ANM_IS_RUNS_PANE (self));
  g_return_if_fail (self->control == NULL);

  self->control = g_object_ref (control);
  self->state = g_object_ref (anm_training_control_get_view_state (control));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->control, "notify::status", G_CALLBACK (_anm_runs_pane_update_actions), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

void
anm_runs_pane_focus (AnmRunsPane *self)
{
  g_return_if_fail (ANM_IS_RUNS_PANE (self));

  gtk_widget_grab_focus (self->list);
}

static void
anm_runs_pane_dispose (GObject *object)
{
  AnmRunsPane *self = ANM_RUNS_PANE (object);

  if (self->verification != NULL)
    g_cancellable_cancel (self->verification);
  g_clear_handle_id (&self->timer, g_source_remove);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_RUNS_PANE);
  g_clear_object (&self->verification);
  g_clear_object (&self->verified);
  g_clear_object (&self->selection);
  g_clear_object (&self->study);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_runs_pane_parent_class)->dispose (object);
}

static void
anm_runs_pane_finalize (GObject *object)
{
  g_mutex_clear (&ANM_RUNS_PANE (object)->lock);

  G_OBJECT_CLASS (anm_runs_pane_parent_class)->finalize (object);
}

static void
anm_runs_pane_class_init (AnmRunsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_runs_pane_dispose;
  object_class->finalize = anm_runs_pane_finalize;

  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", ANM_TYPE_RUNS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DELETED] =
    g_signal_new ("deleted", ANM_TYPE_RUNS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/runs-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, title_label);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, caption_label);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, back_button);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, list);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, differences);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, foot);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, verification_box);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, verification_label);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, verification_progress);
  gtk_widget_class_bind_template_child (widget_class, AnmRunsPane, verification_button);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, verification_clicked_cb);

  _anm_runs_pane_install_actions (widget_class);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_runs_pane_init (AnmRunsPane *self)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_runs, NULL, NULL));
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_mutex_init (&self->lock);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (gtk_sort_list_model_new (NULL, sorter)));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (_anm_runs_pane_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (_anm_runs_pane_update), self, G_CONNECT_SWAPPED);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (secondary_cb), self);
  gtk_widget_add_controller (self->list, GTK_EVENT_CONTROLLER (gesture));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Runs of this study"), -1);
}
