/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/live-figures.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-prediction.h"
#include "app/exhibits/training-curves.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/optimizer-choice.h"
#include "app/gui/time-cursor.h"
#include "app/gui/time-frame.h"
#include "widgets/figures/number.h"
#include "widgets/views/figure-view.h"

/* No figure is smaller. */
#define LEAST_WIDTH 180
#define LEAST_HEIGHT 120

struct _AnmLiveFigures
{
  GtkWidget           parent_instance;

  AnmTrainingControl *control;
  AnmViewState       *state;
  AnmLiveReading     *live;

  GtkWidget          *loss_view;
  GtkWidget          *norms_view;
  GtkWidget          *prediction_view;
  gboolean            curves_due;
  gboolean            prediction_due;
};

G_DEFINE_FINAL_TYPE (AnmLiveFigures, anm_live_figures, GTK_TYPE_WIDGET)

/* The arms of a race; else the run in the foreground. */
static guint
get_n_arms (AnmLiveFigures *self)
{
  AnmTraining *training = anm_view_state_get_training (self->state);
  AnmRun *run = anm_view_state_get_run (self->state);

  if (run == NULL)
    return 0;

  return training != NULL && anm_training_get_run (training, 0) == run ? anm_training_get_n_runs (training) : 1;
}

static AnmLossArm
get_arm (AnmLiveFigures *self,
         guint index,
         guint n_arms)
{
  AnmTraining *training = anm_view_state_get_training (self->state);
  AnmRun *run = n_arms > 1 ? anm_training_get_run (training, index) : anm_view_state_get_run (self->state);
  AnmLossArm arm = { .run = run, .live_epoch = NAN };
  guint epoch;
  double fraction;

  if (training != NULL && index < anm_training_get_n_runs (training) &&
      anm_training_get_run (training, index) == run &&
      anm_training_get_live (training, index, &epoch, &fraction, &arm.live_loss) &&
      epoch >= anm_run_get_n_epochs (run))
    arm.live_epoch = epoch - 1 + fraction;

  return arm;
}

/* "Adam"; two of a kind are told apart by their learning rates. */
static char *
label_arm (AnmLiveFigures *self,
           guint index,
           guint n_arms)
{
  AnmTraining *training = anm_view_state_get_training (self->state);
  const AnmHyperparameters *own = anm_run_get_hyperparameters (anm_training_get_run (training, index));
  const char *name = anm_optimizer_get_name (own);
  g_autofree char *rate = NULL;

  for (guint i = 0; i < n_arms; i++)
    {
      const AnmHyperparameters *other = anm_run_get_hyperparameters (anm_training_get_run (training, i));

      if (i != index && g_str_equal (name, anm_optimizer_get_name (other)))
        {
          rate = anm_number_format (own->learning_rate, 2);
          return g_strdup_printf ("%s %s", name, rate);
        }
    }

  return g_strdup (name);
}

static void
show_curves (AnmLiveFigures *self)
{
  const guint n_arms = get_n_arms (self);
  g_autofree AnmLossArm *arms = g_new0 (AnmLossArm, MAX (1, n_arms));
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AnmFigure) loss = NULL;
  g_autoptr (AnmFigure) norms = NULL;

  for (guint i = 0; i < n_arms; i++)
    {
      arms[i] = get_arm (self, i, n_arms);
      if (n_arms > 1)
        {
          char *label = label_arm (self, i, n_arms);

          g_ptr_array_add (labels, label);
          arms[i].label = label;
        }
    }

  loss = anm_loss_exhibit_new (arms, n_arms, anm_view_state_get_previous_run (self->state));
  norms = anm_gradient_norms_exhibit_new (anm_view_state_get_run (self->state));
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->loss_view), loss);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->norms_view), norms);
}

static void
show_prediction (AnmLiveFigures *self)
{
  g_autofree char *weights = anm_live_reading_describe_weights (self->live);
  g_autofree char *older = NULL;
  const AnmPatientBand *band = anm_live_reading_get_band (self->live, &older);
  g_autoptr (AnmFigure) prediction =
    anm_patient_prediction_exhibit_new (anm_live_reading_get_reading (self->live), &(AnmShownBand){ band, older }, weights);

  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->prediction_view), prediction);
}

static void
update (AnmLiveFigures *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  if (self->curves_due)
    show_curves (self);
  if (self->prediction_due)
    show_prediction (self);
  self->curves_due = self->prediction_due = FALSE;
}

static void
curves_changed_cb (AnmLiveFigures *self)
{
  self->curves_due = TRUE;
  update (self);
}

/* The old picture is dimmed while a new one is late. */
static void
slow_cb (AnmLiveFigures *self)
{
  gtk_widget_set_opacity (self->prediction_view, anm_live_reading_get_slow (self->live) ? 0.6 : 1);
}

static void
reading_changed_cb (AnmLiveFigures *self)
{
  self->prediction_due = TRUE;
  update (self);
}

static void
anm_live_figures_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_live_figures_parent_class)->map (widget);

  update (ANM_LIVE_FIGURES (widget));
}

static GtkWidget *
add_view (AnmLiveFigures *self)
{
  GtkWidget *view = anm_figure_view_new ();

  if (gtk_widget_get_first_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_set_parent (gtk_separator_new (GTK_ORIENTATION_HORIZONTAL), GTK_WIDGET (self));
  gtk_widget_set_vexpand (view, TRUE);
  gtk_widget_set_size_request (view, LEAST_WIDTH, LEAST_HEIGHT);
  gtk_widget_add_css_class (view, "live-figure");
  gtk_widget_set_parent (view, GTK_WIDGET (self));
  return view;
}

GtkWidget *
anm_live_figures_new (AnmTrainingControl *control,
                      AnmLiveReading *live)
{
  AnmLiveFigures *self = g_object_new (ANM_TYPE_LIVE_FIGURES, NULL);

  self->control = g_object_ref (control);
  self->state = g_object_ref (anm_training_control_get_view_state (control));
  self->live = g_object_ref (live);
  anm_time_cursor_attach (ANM_FIGURE_VIEW (self->prediction_view), self->state);
  anm_time_frame_attach (ANM_FIGURE_VIEW (self->prediction_view), self->state, TRUE);
  anm_epoch_cursor_attach (ANM_FIGURE_VIEW (self->loss_view), self->state);
  anm_epoch_cursor_attach (ANM_FIGURE_VIEW (self->norms_view), self->state);

  g_signal_connect_object (control, "repaint", G_CALLBACK (curves_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (curves_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::previous-run", G_CALLBACK (curves_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "changed", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "band-changed", G_CALLBACK (reading_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "notify::slow", G_CALLBACK (slow_cb), self, G_CONNECT_SWAPPED);
  curves_changed_cb (self);
  reading_changed_cb (self);

  return GTK_WIDGET (self);
}

void
anm_live_figures_show_only (AnmLiveFigures *self,
                            int place)
{
  int n = 0;

  g_return_if_fail (ANM_IS_LIVE_FIGURES (self));

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (ANM_IS_FIGURE_VIEW (child))
      gtk_widget_set_visible (child, place < 0 || n++ == place);
    else
      gtk_widget_set_visible (child, place < 0);
}

static void
anm_live_figures_dispose (GObject *object)
{
  AnmLiveFigures *self = ANM_LIVE_FIGURES (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_live_figures_parent_class)->dispose (object);
}

static void
anm_live_figures_class_init (AnmLiveFiguresClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_live_figures_dispose;
  widget_class->map = anm_live_figures_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_live_figures_init (AnmLiveFigures *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Live figures"), -1);
  self->loss_view = add_view (self);
  self->norms_view = add_view (self);
  self->prediction_view = add_view (self);
}
