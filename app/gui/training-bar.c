/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/training-bar.h"

#include <glib/gi18n-lib.h>

#include "app/gui/template.h"
#include "app/gui/tooltip.h"

#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 4)
#define TIME_LEFT_INTERVAL G_USEC_PER_SEC

struct _AnmTrainingBar
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmTraining        *shown;          /* what progress belongs to */
  gint64              progress_at;
  gint64              time_left_at;
  char               *time_left;

  GtkWidget          *progress_box;
  GtkWidget          *progress_label;
  GtkWidget          *progress_bar;
  GtkWidget          *next_run_label;
  GtkWidget          *train_button;
  GtkWidget          *step_button;
  GtkWidget          *stop_button;
};

enum
{
  PROP_0,
  PROP_CONTROL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmTrainingBar, anm_training_bar, GTK_TYPE_WIDGET)

GtkWidget *
anm_training_bar_new (void)
{
  return g_object_new (ANM_TYPE_TRAINING_BAR, NULL);
}

/* "1 min left", in steps that a glance can take in. */
static char *
format_time_left (double seconds)
{
  if (seconds < 0)
    return g_strdup (_("estimating"));

  if (seconds < 60)
    {
      const guint shown = seconds < 10 ? MAX (1, (guint) (seconds + 0.5)) : (guint) (seconds / 5 + 0.5) * 5;
      return g_strdup_printf (ngettext ("%u s left", "%u s left", shown), shown);
    }

  if (seconds < 90 * 60)
    {
      const guint minutes = (guint) (seconds / 60 + 0.5);
      return g_strdup_printf (ngettext ("%u min left", "%u min left", minutes), minutes);
    }

  const guint hours = (guint) (seconds / 3600 + 0.5);
  return g_strdup_printf (ngettext ("%u h left", "%u h left", hours), hours);
}

static const char *
describe_end (AnmRun *run)
{
  switch (anm_run_get_status (run))
    {
    case ANM_RUN_STOPPED:
      return _("stopped");
    case ANM_RUN_FAILED:
      return _("failed");
    case ANM_RUN_CUT_OFF:
      return _("cut off");
    case ANM_RUN_FINISHED:
      {
        const guint last = anm_run_get_n_epochs (run) - 1;
        return last < anm_run_get_hyperparameters (run)->epochs ? _("stopped early") : _("done");
      }
    case ANM_RUN_RUNNING:
    case ANM_RUN_PAUSED:
    default:
      return "";
    }
}

static void
update_time_left (AnmTrainingBar *self,
                  AnmTraining    *training)
{
  const gint64 now = g_get_monotonic_time ();

  if (self->time_left != NULL && now - self->time_left_at < TIME_LEFT_INTERVAL)
    return;

  self->time_left_at = now;
  g_free (self->time_left);
  self->time_left = format_time_left (anm_training_get_seconds_left (training));
}

static void
show_progress (AnmTrainingBar *self,
               AnmTraining    *training)
{
  AnmRun *run = anm_training_get_run (training, 0);
  const guint n_runs = anm_training_get_n_runs (training);
  const guint n_epochs = anm_run_get_n_epochs (run);
  const AnmTrainingState state = anm_training_get_state (training);
  g_autofree char *epoch = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *markup = NULL;
  const char *note;

  if (state == ANM_TRAINING_PAUSED)
    note = _("paused");
  else if (state == ANM_TRAINING_ENDED)
    note = describe_end (run);
  else
    {
      update_time_left (self, training);
      note = self->time_left;
    }

  /* Translators: "Epoch 42" in bold, then "/ 120 · 1 min left". */
  epoch = g_strdup_printf (_("Epoch %u"), n_epochs > 0 ? n_epochs - 1 : 0);
  if (n_runs > 1)
    /* Translators: of how many epochs, how many runs race, and how it stands: "/ 120 · 2 runs · paused". */
    rest = g_strdup_printf (ngettext ("/ %u · %u run · %s", "/ %u · %u runs · %s", n_runs),
                            anm_run_get_hyperparameters (run)->epochs, n_runs, note);
  else
    /* Translators: of how many epochs, and how it stands: "/ 120 · 1 min left". */
    rest = g_strdup_printf (_("/ %u · %s"), anm_run_get_hyperparameters (run)->epochs, note);
  markup = g_markup_printf_escaped ("<b>%s</b> %s", epoch, rest);

  gtk_label_set_markup (GTK_LABEL (self->progress_label), markup);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress_bar), anm_training_get_fraction (training));
}

static void
update_progress (AnmTrainingBar *self)
{
  AnmTraining *training = anm_view_state_get_training (anm_training_control_get_view_state (self->control));
  const gint64 now = g_get_monotonic_time ();

  if (training == self->shown && now - self->progress_at < PROGRESS_INTERVAL)
    return;

  if (training != self->shown)
    g_clear_pointer (&self->time_left, g_free);

  self->shown = training;
  self->progress_at = now;
  gtk_widget_set_visible (self->progress_box, training != NULL);
  if (training != NULL)
    show_progress (self, training);
}

static void
progressed_cb (AnmTrainingBar *self)
{
  update_progress (self);
}

static void
update_buttons (AnmTrainingBar *self)
{
  const AnmTrainingStatus status = anm_training_control_get_status (self->control);
  const gboolean running = status == ANM_TRAINING_STATUS_RUNNING;
  const char *name = running ? _("Pause training") : _("Train");
  g_autofree char *tooltip = NULL;

  /* Translators: a button's name and its key. */
  tooltip = g_strdup_printf (_("%s (%s)"), name, "Ctrl+Return");
  gtk_button_set_icon_name (GTK_BUTTON (self->train_button),
                            running ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  anm_set_tooltip (self->train_button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->train_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  /* Blue only when it can be pressed and nothing runs. */
  if (status == ANM_TRAINING_STATUS_READY || status == ANM_TRAINING_STATUS_PAUSED)
    gtk_widget_add_css_class (self->train_button, "suggested-action");
  else
    gtk_widget_remove_css_class (self->train_button, "suggested-action");

  self->progress_at = 0;
  update_progress (self);
}

static void
detach (AnmTrainingBar *self)
{
  if (self->control == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->control, self);
  g_clear_object (&self->control);
}

void
anm_training_bar_set_control (AnmTrainingBar     *self,
                              AnmTrainingControl *control)
{
  g_return_if_fail (ANM_IS_TRAINING_BAR (self));
  g_return_if_fail (ANM_IS_TRAINING_CONTROL (control));

  if (self->control == control)
    return;

  detach (self);
  self->control = g_object_ref (control);
  g_signal_connect_swapped (control, "progressed", G_CALLBACK (progressed_cb), self);
  g_signal_connect_swapped (control, "notify::status", G_CALLBACK (update_buttons), self);
  g_object_bind_property (anm_training_control_get_view_state (control), "next-run",
                          self->next_run_label, "visible",
                          G_BINDING_SYNC_CREATE);
  update_buttons (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTROL]);
}

static void
anm_training_bar_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AnmTrainingBar *self = ANM_TRAINING_BAR (object);

  switch (prop_id)
    {
    case PROP_CONTROL:
      g_value_set_object (value, self->control);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_training_bar_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  AnmTrainingBar *self = ANM_TRAINING_BAR (object);

  switch (prop_id)
    {
    case PROP_CONTROL:
      anm_training_bar_set_control (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_training_bar_dispose (GObject *object)
{
  AnmTrainingBar *self = ANM_TRAINING_BAR (object);

  detach (self);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_TRAINING_BAR);

  G_OBJECT_CLASS (anm_training_bar_parent_class)->dispose (object);
}

static void
anm_training_bar_finalize (GObject *object)
{
  AnmTrainingBar *self = ANM_TRAINING_BAR (object);

  g_free (self->time_left);

  G_OBJECT_CLASS (anm_training_bar_parent_class)->finalize (object);
}

static void
anm_training_bar_class_init (AnmTrainingBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_training_bar_get_property;
  object_class->set_property = anm_training_bar_set_property;
  object_class->dispose = anm_training_bar_dispose;
  object_class->finalize = anm_training_bar_finalize;

  properties[PROP_CONTROL] =
    g_param_spec_object ("control", NULL, NULL, ANM_TYPE_TRAINING_CONTROL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/training-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, progress_box);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, progress_label);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, next_run_label);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, train_button);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, step_button);
  gtk_widget_class_bind_template_child (widget_class, AnmTrainingBar, stop_button);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_training_bar_init (AnmTrainingBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
