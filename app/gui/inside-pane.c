/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-pane-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/settings.h"

/* No figure is smaller. */
#define LEAST_WIDTH 180
#define LEAST_HEIGHT 120
#define NATURAL_WIDTH 326
#define NATURAL_HEIGHT 300
#define MARGIN 12
#define MENU_WIDTH 34
/* Beneath title and caption. */
#define STEPS_TOP 46

/* While nothing has changed for so long, all patients are looked at. */
#define QUIET_MS 300
/* A look at all of them that is quicker than this is taken at once. */
#define QUICK_SECONDS 0.12
/* After the picture was dimmed: then the work can be stopped by hand. */
#define VERY_LATE_MS 1800
/* Between two pictures while training. */
#define TRAINING_MS 250
#define TRAINING_COHORT_MS 1000
#define TRAINING_HISTORY_MS 4000

enum
{
  PROP_0,
  PROP_FIGURE_TITLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmInsidePane, anm_inside_pane, GTK_TYPE_WIDGET)

static const struct
{
  const char *name;
  const char *title;
} figures[ANM_N_INSIDE_FIGURES] = {
  [ANM_INSIDE_GRADIENT_FLOW] = { "gradient-flow", N_("Gradient flow") },
  [ANM_INSIDE_MEMORY_HORIZON] = { "memory-horizon", N_("Memory horizon") },
  [ANM_INSIDE_RECURRENT_MATRIX] = { "recurrent-matrix", N_("Recurrent matrix") },
  [ANM_INSIDE_JACOBIAN] = { "jacobian", N_("Jacobian of a step") },
  [ANM_INSIDE_REACH] = { "reach", N_("Reach of a change") },
  [ANM_INSIDE_TRAJECTORIES] = { "trajectories", N_("Hidden trajectories") },
  [ANM_INSIDE_SATURATION] = { "saturation", N_("Saturation") },
  [ANM_INSIDE_HISTOGRAM] = { "weight-histogram", N_("Histogram") },
};

const char *
anm_inside_figure_get_name (AnmInsideFigure figure)
{
  return figures[figure].name;
}

const char *
anm_inside_figure_get_title (AnmInsideFigure figure)
{
  return _(figures[figure].title);
}

AnmInsideFigure
anm_inside_pane_get_figure (AnmInsidePane *self)
{
  g_return_val_if_fail (ANM_IS_INSIDE_PANE (self), ANM_INSIDE_GRADIENT_FLOW);

  return self->figure;
}

static guint
get_interval (AnmInsidePane *self)
{
  if (!anm_inside_pane_is_training (self))
    return 0;
  if (self->figure == ANM_INSIDE_HISTOGRAM)
    return TRAINING_HISTORY_MS;
  return anm_inside_figure_looks_at_cohort (self->figure) ? TRAINING_COHORT_MS : TRAINING_MS;
}

static gboolean
quiet_cb (gpointer data)
{
  AnmInsidePane *self = data;

  self->quiet = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && anm_inside_pane_get_weights (self) != NULL && anm_inside_pane_get_layer (self) >= 0)
    anm_inside_pane_submit (self, ANM_MOST_PATIENTS);
  return G_SOURCE_REMOVE;
}

static void
await_quiet (AnmInsidePane *self)
{
  g_clear_handle_id (&self->quiet, g_source_remove);
  if (!anm_inside_pane_is_training (self))
    self->quiet = g_timeout_add (QUIET_MS, quiet_cb, self);
}

/* A look at all patients at once, if the last one has shown that there is time for it. */
static gsize
choose_number (AnmInsidePane *self)
{
  const AnmInsideAnswer *answer = self->answer;

  if (!anm_inside_figure_looks_at_cohort (self->figure))
    return ANM_MOST_PATIENTS;
  if (answer == NULL || answer->figure != self->figure || answer->weights->network != anm_inside_pane_get_weights (self)->network)
    return ANM_FEW_PATIENTS;
  return answer->seconds < QUICK_SECONDS && answer->at_most > ANM_FEW_PATIENTS ? ANM_MOST_PATIENTS : ANM_FEW_PATIENTS;
}

static gboolean
later_cb (gpointer data)
{
  AnmInsidePane *self = data;

  self->later = 0;
  anm_inside_pane_update (self);
  return G_SOURCE_REMOVE;
}

static void
forget_answer (AnmInsidePane *self)
{
  g_clear_pointer (&self->answer, anm_inside_answer_unref);
  g_clear_pointer (&self->failure, g_free);
}

void
anm_inside_pane_update (AnmInsidePane *self)
{
  gint64 since = (g_get_monotonic_time () - self->submitted_at) / 1000;
  guint interval;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->due = TRUE;
      return;
    }
  self->due = FALSE;
  anm_inside_pane_update_chooser (self);
  if (!anm_inside_figure_needs_work (self->figure) || anm_inside_pane_get_weights (self) == NULL || anm_inside_pane_get_layer (self) < 0)
    {
      if (anm_inside_figure_needs_work (self->figure))
        forget_answer (self);
      anm_inside_pane_show (self);
      return;
    }

  interval = get_interval (self);
  if (since < interval)
    {
      if (self->later == 0)
        self->later = g_timeout_add (interval - (guint) since, later_cb, self);
      return;
    }
  g_clear_handle_id (&self->later, g_source_remove);
  g_clear_handle_id (&self->quiet, g_source_remove);
  anm_inside_pane_submit (self, choose_number (self));
}

static void
answered_cb (gpointer result,
             const GError *error,
             gpointer data)
{
  AnmInsidePane *self = data;
  AnmInsideAnswer *answer = result;

  if (answer == NULL && error == NULL)
    return;
  /* Another figure was chosen meanwhile. */
  if (answer != NULL && answer->figure != self->figure)
    return;

  forget_answer (self);
  if (answer != NULL)
    self->answer = anm_inside_answer_ref (answer);
  else
    self->failure = g_strdup (error->message);
  anm_inside_pane_show (self);
  /* A part of what is awaited is news. */
  gtk_widget_set_opacity (self->view, 1);
  /* Other patients may be about to be chosen. */
  if (answer != NULL && anm_inside_figure_looks_at_cohort (self->figure) && !self->submitted_fine &&
      self->patients != NULL && g_bytes_get_size (self->patients) / sizeof (guint32) > ANM_FEW_PATIENTS)
    await_quiet (self);
}

static gboolean
very_late_cb (gpointer data)
{
  AnmInsidePane *self = data;

  self->very_late = 0;
  anm_inside_pane_show_late (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
slow_cb (gboolean slow,
         gpointer data)
{
  AnmInsidePane *self = data;

  g_clear_handle_id (&self->very_late, g_source_remove);
  if (slow)
    self->very_late = g_timeout_add (VERY_LATE_MS, very_late_cb, self);
  else
    anm_inside_pane_show_late (self, FALSE);
  gtk_widget_set_opacity (self->view, slow ? 0.6 : 1);
  gtk_widget_set_visible (self->spinner, slow);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), slow);
}

void
anm_inside_pane_set_figure (AnmInsidePane *self,
                            AnmInsideFigure figure)
{
  g_return_if_fail (ANM_IS_INSIDE_PANE (self));
  g_return_if_fail (figure < ANM_N_INSIDE_FIGURES);

  if (self->figure == figure)
    return;

  self->figure = figure;
  self->submitted_at = 0;
  self->hovered = -1;
  anm_worker_cancel (self->worker);
  forget_answer (self);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->hover_view), NULL);
  anm_figure_view_set_frame (ANM_FIGURE_VIEW (self->view), &ANM_FIGURE_FRAME_ALL);
  anm_inside_pane_show (self);
  anm_inside_pane_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIGURE_TITLE]);
}

/* What changes */

static void
weights_changed_cb (AnmInsidePane *self)
{
  if (anm_inside_figure_needs_work (self->figure))
    anm_inside_pane_update (self);
}

static void
run_grew_cb (AnmInsidePane *self)
{
  if (!anm_inside_figure_needs_work (self->figure) || self->figure == ANM_INSIDE_HISTOGRAM)
    anm_inside_pane_update (self);
}

static void
cursor_moved_cb (AnmInsidePane *self)
{
  if (self->figure == ANM_INSIDE_JACOBIAN)
    anm_inside_pane_update (self);
}

static void
run_changed_cb (AnmInsidePane *self)
{
  forget_answer (self);
  g_clear_pointer (&self->patients, g_bytes_unref);
  anm_inside_pane_update (self);
}

/* The chosen epoch and the selection are marks on what is there. */
static gboolean
redraw_cb (GtkWidget *widget,
           GdkFrameClock *clock,
           gpointer data)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (widget);

  self->redraw_due = FALSE;
  if (self->answer != NULL || !anm_inside_figure_needs_work (self->figure))
    anm_inside_pane_show (self);
  return G_SOURCE_REMOVE;
}

static void
marks_changed_cb (AnmInsidePane *self)
{
  if (self->redraw_due)
    return;
  self->redraw_due = TRUE;
  gtk_widget_add_tick_callback (GTK_WIDGET (self), redraw_cb, NULL, NULL);
}

static void
anm_inside_pane_map (GtkWidget *widget)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (widget);

  GTK_WIDGET_CLASS (anm_inside_pane_parent_class)->map (widget);

  if (self->due)
    anm_inside_pane_update (self);
}

static void
anm_inside_pane_unmap (GtkWidget *widget)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (widget);

  g_clear_handle_id (&self->later, g_source_remove);
  g_clear_handle_id (&self->quiet, g_source_remove);
  self->due = TRUE;

  GTK_WIDGET_CLASS (anm_inside_pane_parent_class)->unmap (widget);
}

/* Layout: the figure, and over its corner the menu, before the figure's own. */

static void
anm_inside_pane_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (widget);
  int view, chooser;

  gtk_widget_measure (self->view, orientation, -1, &view, NULL, NULL, NULL);
  gtk_widget_measure (self->chooser, orientation, -1, &chooser, NULL, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (MAX (view, LEAST_WIDTH), chooser + MENU_WIDTH) + 2 * MARGIN;
      *natural = MAX (*minimum, NATURAL_WIDTH + 2 * MARGIN);
    }
  else
    {
      *minimum = MAX (view, LEAST_HEIGHT) + 2 * MARGIN;
      *natural = MAX (*minimum, NATURAL_HEIGHT + 2 * MARGIN);
    }
}

static void
anm_inside_pane_size_allocate (GtkWidget *widget,
                               int width,
                               int height,
                               int baseline)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (widget);
  const GtkAllocation inner = { MARGIN, MARGIN, MAX (width - 2 * MARGIN, 1), MAX (height - MARGIN - MARGIN / 2, 1) };
  GtkRequisition least, chooser, spinner, stop, steps;
  int x;

  gtk_widget_get_preferred_size (self->chooser, &least, &chooser);
  /* Where words are large the title has its share, too. */
  chooser.width = MAX (MIN (chooser.width, inner.width * 2 / 5), least.width);
  gtk_widget_get_preferred_size (self->spinner, &spinner, NULL);
  anm_figure_view_set_title_end (ANM_FIGURE_VIEW (self->view), chooser.width + MENU_WIDTH + 9);
  gtk_widget_size_allocate (self->view, &inner, -1);
  gtk_widget_size_allocate (self->hover_view, &inner, -1);
  x = MAX (width - MARGIN - MENU_WIDTH - chooser.width, MARGIN);
  /* Beside the title and not the caption, which needs the whole width. */
  gtk_widget_size_allocate (self->chooser, &(GtkAllocation){ x, MARGIN - 4, chooser.width, chooser.height }, -1);
  x = width - MARGIN - spinner.width - 6;
  if (gtk_widget_should_layout (self->spinner))
    gtk_widget_size_allocate (self->spinner, &(GtkAllocation){ x, MARGIN + chooser.height + 12, spinner.width, spinner.height }, -1);
  if (gtk_widget_should_layout (self->steps_box))
    {
      gtk_widget_get_preferred_size (self->steps_box, &steps, NULL);
      gtk_widget_size_allocate (self->steps_box, &(GtkAllocation){ MARGIN - 6, MARGIN + STEPS_TOP, steps.width, steps.height }, -1);
    }
  if (!gtk_widget_should_layout (self->late_box))
    return;
  gtk_widget_get_preferred_size (self->late_box, NULL, &stop);
  stop.width = MIN (stop.width, MAX (x - 6, 1));
  gtk_widget_size_allocate (self->late_box, &(GtkAllocation){ MAX (x - stop.width - 6, 0), MARGIN + chooser.height + 6, stop.width, stop.height }, -1);
}

static void
anm_inside_pane_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  if (prop_id == PROP_FIGURE_TITLE)
    g_value_set_string (value, anm_inside_figure_get_title (ANM_INSIDE_PANE (object)->figure));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
anm_inside_pane_dispose (GObject *object)
{
  AnmInsidePane *self = ANM_INSIDE_PANE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->later, g_source_remove);
  g_clear_handle_id (&self->quiet, g_source_remove);
  g_clear_handle_id (&self->very_late, g_source_remove);
  g_clear_handle_id (&self->late_timer, g_source_remove);
  g_clear_pointer (&self->worker, anm_worker_free);
  g_clear_pointer (&self->tools, anm_inside_tools_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  forget_answer (self);
  g_clear_pointer (&self->patients, g_bytes_unref);
  g_clear_pointer (&self->patients_recipe, anm_fitted_recipe_unref);
  g_clear_pointer (&self->patients_cohort, anm_cohort_unref);
  g_clear_pointer (&self->beside, g_hash_table_unref);
  for (guint i = 0; i < ANM_N_INSIDE_FIGURES; i++)
    g_clear_pointer (&self->of[i], g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->actions);
  g_clear_object (&self->live);
  g_clear_object (&self->state);
  g_clear_object (&self->control);

  G_OBJECT_CLASS (anm_inside_pane_parent_class)->dispose (object);
}

GtkWidget *
anm_inside_pane_new (AnmTrainingControl *control,
                     AnmLiveReading *live,
                     AnmInsideFigure figure)
{
  AnmInsidePane *self = g_object_new (ANM_TYPE_INSIDE_PANE, NULL);

  self->control = g_object_ref (control);
  self->state = g_object_ref (anm_training_control_get_view_state (control));
  self->live = g_object_ref (live);
  self->figure = figure;

  g_signal_connect_object (live, "changed", G_CALLBACK (weights_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (control, "repaint", G_CALLBACK (run_grew_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (run_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::layer", G_CALLBACK (anm_inside_pane_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::cursor", G_CALLBACK (cursor_moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::epoch", G_CALLBACK (marks_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::selected-patients", G_CALLBACK (marks_changed_cb), self, G_CONNECT_SWAPPED);
  anm_inside_pane_connect_view (self);
  anm_inside_pane_update_chooser (self);
  self->due = TRUE;

  return GTK_WIDGET (self);
}

static void
anm_inside_pane_class_init (AnmInsidePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_inside_pane_get_property;
  object_class->dispose = anm_inside_pane_dispose;
  widget_class->map = anm_inside_pane_map;
  widget_class->unmap = anm_inside_pane_unmap;
  widget_class->measure = anm_inside_pane_measure;
  widget_class->size_allocate = anm_inside_pane_size_allocate;

  properties[PROP_FIGURE_TITLE] = g_param_spec_string ("figure-title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_inside_pane_init (AnmInsidePane *self)
{
  self->hovered = -1;
  self->beside = g_hash_table_new (NULL, NULL);
  self->tools = anm_inside_tools_new ();
  self->worker = anm_worker_new ("inside", ANM_WORKER_FINISH, anm_inside_job_run, answered_cb, self);
  anm_worker_set_slow_func (self->worker, slow_cb);

  self->view = anm_figure_view_new ();
  gtk_widget_set_parent (self->view, GTK_WIDGET (self));
  self->hover_view = anm_figure_view_new ();
  g_object_set (self->hover_view, "interactive", FALSE, "show-menu", FALSE, "can-target", FALSE, "focusable", FALSE, NULL);
  gtk_widget_set_visible (self->hover_view, FALSE);
  gtk_widget_set_parent (self->hover_view, GTK_WIDGET (self));
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_can_target (self->spinner, FALSE);
  anm_inside_pane_add_chooser (self);
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
  anm_inside_pane_add_extras (self);
  self->settings = anm_settings_new ();
  self->of[ANM_INSIDE_SATURATION] = anm_settings_get_string (self->settings, "saturation-threshold", "0.95");
}
