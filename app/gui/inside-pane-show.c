/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/saturation.h"
#include "app/exhibits/spectrum.h"
#include "app/exhibits/trajectories.h"
#include "app/gui/inside-pane-private.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/time-cursor.h"
#include "app/gui/time-frame.h"

/* The one in the foreground, and those chosen beside it, newest last. */
static AnmFlowRun *
list_runs (AnmInsidePane *self,
           guint *n_runs)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmRun *foreground = anm_view_state_get_run (self->state);
  guint n = study != NULL ? g_list_model_get_n_items (anm_study_get_runs (study)) : 0;
  AnmFlowRun *runs = g_new0 (AnmFlowRun, n + 1);

  *n_runs = 0;
  if (foreground == NULL)
    return runs;
  if (self->beside_of != foreground)
    {
      g_hash_table_remove_all (self->beside);
      self->beside_of = foreground;
    }
  runs[(*n_runs)++].run = foreground;
  for (guint i = 0; i < n; i++)
    {
      /* The study keeps it. */
      g_autoptr (AnmRun) run = g_list_model_get_item (anm_study_get_runs (study), i);

      if (run != foreground && g_hash_table_contains (self->beside, GUINT_TO_POINTER (anm_run_get_id (run))))
        runs[(*n_runs)++].run = run;
    }
  return runs;
}

static AnmFigure *
make_flow (AnmInsidePane *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const int shown = anm_view_state_get_shown_epoch (self->state);
  guint n_runs;
  g_autofree AnmFlowRun *runs = list_runs (self, &n_runs);
  const AnmFlowLook look = {
    .n_runs = n_runs,
    .runs = runs,
    .layer = anm_view_state_get_layer (self->state),
    .time_unit = cohort != NULL ? cohort->time_unit : "step",
    .axis = anm_inside_pane_get_axis (self),
    .chosen = shown >= 0 ? shown : NAN,
  };

  return self->figure == ANM_INSIDE_GRADIENT_FLOW ? anm_gradient_flow_exhibit_new (&look) : anm_memory_horizon_exhibit_new (&look);
}

/* Why there is no picture, in words; "" while it is computed for the first time. */
static const char *
find_lack (AnmInsidePane *self)
{
  AnmWeights *weights = anm_inside_pane_get_weights (self);

  if (weights == NULL)
    return _("No patient is chosen, or no network.");
  if (anm_inside_pane_get_layer (self) < 0)
    return anm_not_recurrent_words (weights->network);
  return self->failure != NULL ? self->failure : _("Looking inside…");
}

static guint8 *
copy_selection (AnmInsidePane *self,
                const AnmCohort *cohort)
{
  GtkBitset *selected = anm_view_state_get_selected_patients (self->state);
  GtkBitsetIter iter;
  guint8 *marks;
  guint patient;

  if (gtk_bitset_is_empty (selected))
    return NULL;
  marks = g_new0 (guint8, MAX (cohort->n_patients, 1));
  for (gboolean valid = gtk_bitset_iter_init_first (&iter, selected, &patient); valid; valid = gtk_bitset_iter_next (&iter, &patient))
    if (patient < cohort->n_patients)
      marks[patient] = 1;
  return marks;
}

static AnmFigure *
make_trajectories (AnmInsidePane *self,
                   const AnmWeights *weights,
                   const char *lack)
{
  const AnmTrajectoryLook *look = self->answer != NULL ? self->answer->trajectories : NULL;
  g_autofree guint8 *selected = look != NULL ? copy_selection (self, look->sample->cohort) : NULL;
  g_autofree char *of = anm_inside_pane_get_of (self);

  return anm_trajectories_exhibit_new (weights != NULL ? weights->network : NULL, look, of, self->answer != NULL ? (gssize) self->answer->patient : -1, selected,
                                       weights != NULL ? weights->epoch : 0, lack);
}

static AnmFigure *
make_figure (AnmInsidePane *self)
{
  const AnmInsideAnswer *answer = self->answer;
  const AnmWeights *weights = answer != NULL ? answer->weights : anm_inside_pane_get_weights (self);
  const AnmNetwork *network = weights != NULL ? weights->network : NULL;
  const guint epoch = weights != NULL ? weights->epoch : 0;
  const char *lack = find_lack (self);
  const char *patient = answer != NULL ? weights->cohort->ids[answer->patient] : "";
  const char *time_unit = weights != NULL ? weights->cohort->time_unit : "step";
  const double step = weights != NULL ? anm_fitted_recipe_get_step (weights->recipe) : 1;
  const int shown = anm_view_state_get_shown_epoch (self->state);

  switch (self->figure)
    {
    case ANM_INSIDE_GRADIENT_FLOW:
    case ANM_INSIDE_MEMORY_HORIZON:
      return make_flow (self);
    case ANM_INSIDE_RECURRENT_MATRIX:
      return anm_recurrent_matrix_exhibit_new (network, answer != NULL ? answer->recurrent : NULL, epoch, lack);
    case ANM_INSIDE_JACOBIAN:
      return anm_jacobian_exhibit_new (network, answer != NULL ? answer->jacobian : NULL, patient, step, time_unit, epoch, lack);
    case ANM_INSIDE_REACH:
      return anm_reach_exhibit_new (network, answer != NULL ? answer->reach : NULL, patient, step, time_unit, epoch, lack);
    case ANM_INSIDE_TRAJECTORIES:
      return make_trajectories (self, weights, lack);
    case ANM_INSIDE_SATURATION:
      return anm_saturation_exhibit_new (network, answer != NULL ? answer->saturations : NULL, answer != NULL ? answer->layer : 0, epoch, lack);
    case ANM_INSIDE_HISTOGRAM:
      return anm_weight_histogram_exhibit_new (network, answer != NULL ? answer->histogram : NULL, shown >= 0 ? shown : NAN, lack);
    case ANM_N_INSIDE_FIGURES:
    default:
      g_assert_not_reached ();
    }
}

/* Whether its horizontal axis is the patient's time. */
static gboolean
has_time_axis (AnmInsidePane *self,
               const AnmFigure *figure)
{
  switch (self->figure)
    {
    case ANM_INSIDE_GRADIENT_FLOW:
      return anm_figure_step_x (figure, NAN, -G_MAXINT) > 0;
    case ANM_INSIDE_REACH:
    case ANM_INSIDE_TRAJECTORIES:
      return TRUE;
    case ANM_INSIDE_MEMORY_HORIZON:
    case ANM_INSIDE_RECURRENT_MATRIX:
    case ANM_INSIDE_JACOBIAN:
    case ANM_INSIDE_SATURATION:
    case ANM_INSIDE_HISTOGRAM:
    case ANM_N_INSIDE_FIGURES:
    default:
      return FALSE;
    }
}

static void
show_hovered (AnmInsidePane *self,
              int track)
{
  AnmFigure *shown = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->view));
  const AnmTrajectoryLook *look = self->answer != NULL ? self->answer->trajectories : NULL;
  g_autoptr (AnmFigure) overlay = NULL;

  self->hovered = track;
  if (look != NULL && track >= 0 && (gsize) track < look->n_ways && look->ways[track].patient != self->answer->patient && look->ways[track].n_steps > 0)
    overlay = anm_trajectory_overlay_new (look, shown, (guint) track);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->hover_view), overlay);
  gtk_widget_set_visible (self->hover_view, overlay != NULL);
}

void
anm_inside_pane_show (AnmInsidePane *self)
{
  g_autoptr (AnmFigure) figure = make_figure (self);

  if (has_time_axis (self, figure))
    anm_time_cursor_attach (ANM_FIGURE_VIEW (self->view), self->state);
  else
    anm_time_cursor_detach (ANM_FIGURE_VIEW (self->view));
  if (self->figure == ANM_INSIDE_REACH)
    anm_time_frame_attach (ANM_FIGURE_VIEW (self->view), self->state, TRUE);
  else
    anm_time_frame_detach (ANM_FIGURE_VIEW (self->view));
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->view), figure);
  if (self->hovered >= 0)
    show_hovered (self, self->hovered);
  anm_inside_pane_show_step (self);
}

/* The user's hand */

static void
hovered_cb (AnmInsidePane *self,
            AnmFigurePlace *place)
{
  int track = place != NULL && self->figure == ANM_INSIDE_TRAJECTORIES ? place->series : -1;

  if (track != self->hovered)
    show_hovered (self, track);
}

/* On an axis of steps before the end the click is a step of the patient's own record; on one from the start it was pinned as in
 * any figure over time. */
static void
pin_step_before_end (AnmInsidePane *self,
                     double x)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const AnmFigure *figure = anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->view));

  if (has_time_axis (self, figure) || reading == NULL || reading->n_steps * reading->step + x <= 0)
    return;
  anm_view_state_pin_cursor (self->state, (reading->n_steps - 0.5) * reading->step + x);
}

static void
clicked_cb (AnmInsidePane *self,
            AnmFigurePlace *place,
            int n_press)
{
  const AnmInsideAnswer *answer = self->answer;

  if (n_press != 1)
    return;
  if (self->figure == ANM_INSIDE_TRAJECTORIES && answer != NULL && answer->trajectories != NULL && place->series >= 0 &&
      (gsize) place->series < answer->trajectories->n_ways && answer->weights->cohort == anm_view_state_get_cohort (self->state))
    anm_view_state_set_patient (self->state, answer->trajectories->ways[place->series].patient);
  if ((self->figure == ANM_INSIDE_GRADIENT_FLOW || self->figure == ANM_INSIDE_HISTOGRAM) && !isnan (place->y))
    {
      const int epoch = anm_kept_epochs_find_nearest (anm_view_state_get_run (self->state), place->y);

      if (epoch >= 0)
        anm_view_state_set_epoch (self->state, epoch);
    }
  if (self->figure == ANM_INSIDE_GRADIENT_FLOW && !isnan (place->x))
    pin_step_before_end (self, place->x);
  if (self->figure == ANM_INSIDE_SATURATION && place->index >= 0)
    anm_view_state_set_unit (self->state, place->index);
}

/* Tracks with a point in the rectangle, as patients of the cohort. */
static void
selection_changed_cb (AnmInsidePane *self,
                      GArray *tracks)
{
  const AnmTrajectoryLook *look = self->answer != NULL ? self->answer->trajectories : NULL;
  g_autoptr (GtkBitset) patients = gtk_bitset_new_empty ();

  if (self->figure != ANM_INSIDE_TRAJECTORIES || look == NULL || look->sample->cohort != anm_view_state_get_cohort (self->state))
    return;
  for (guint i = 0; i < tracks->len; i++)
    {
      guint track = g_array_index (tracks, guint, i);

      if (track < look->n_ways)
        gtk_bitset_add (patients, look->ways[track].patient);
    }
  anm_view_state_select_patients (self->state, patients);
}

void
anm_inside_pane_connect_view (AnmInsidePane *self)
{
  static const char *const stretches[] = { "x-low", "x-high", "y-low", "y-high" };

  g_signal_connect_object (self->view, "hovered", G_CALLBACK (hovered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "selection-changed", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (stretches); i++)
    g_object_bind_property (self->view, stretches[i], self->hover_view, stretches[i], G_BINDING_SYNC_CREATE);
}
