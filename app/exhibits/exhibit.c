/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/exhibit.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/card-strips.h"
#include "app/exhibits/cell-step.h"
#include "app/exhibits/cell-worksheet.h"
#include "app/exhibits/gradient-flow.h"
#include "app/exhibits/inside-exhibits.h"
#include "app/exhibits/missing.h"
#include "app/exhibits/output-strips.h"
#include "app/exhibits/patient-column.h"
#include "app/exhibits/patient-prediction.h"
#include "app/exhibits/patient-states.h"
#include "app/exhibits/patient-time-line.h"
#include "app/exhibits/race.h"
#include "app/exhibits/training-curves.h"
#include "widgets/figures/line-plot.h"

static AnmFigure *
make_loss (const AnmExhibitSource *source)
{
  AnmLossArm arm = { .run = source->run, .live_epoch = NAN, .live_loss = NAN };

  return anm_loss_exhibit_new (&arm, source->run != NULL ? 1 : 0, source->previous);
}

static AnmFigure *
make_gradient_norms (const AnmExhibitSource *source)
{
  return anm_gradient_norms_exhibit_new (source->run);
}

static AnmFigure *
make_gradient_flow (const AnmExhibitSource *source)
{
  AnmFlowRun run = { source->run, NULL };

  return anm_gradient_flow_exhibit_new (&(AnmFlowLook){ .n_runs = 1, .runs = &run, .layer = source->layer,
                                                        .time_unit = source->cohort != NULL ? source->cohort->time_unit : "step", .chosen = NAN });
}

/* All runs of the run's race, or the run alone. */
static AnmFigure *
make_race (const AnmExhibitSource *source)
{
  g_autoptr (GArray) arms = g_array_new (FALSE, TRUE, sizeof (AnmRaceArm));
  GListModel *runs = source->study != NULL ? anm_study_get_runs (source->study) : NULL;
  gboolean begun = source->run != NULL && anm_run_get_n_epochs (source->run) > 0;
  guint race = source->run != NULL ? anm_run_get_race (source->run) : 0;

  for (guint i = 0; race > 0 && runs != NULL && i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (AnmRun) run = g_list_model_get_item (runs, i);
      /* The study keeps its runs. */
      AnmRaceArm arm = { run, anm_run_get_name (run) };
      if (anm_run_get_race (run) == race)
        g_array_append_val (arms, arm);
    }
  if (arms->len == 0 && source->run != NULL)
    {
      AnmRaceArm arm = { source->run, anm_run_get_name (source->run) };
      g_array_append_val (arms, arm);
    }
  return anm_race_exhibit_new ((const AnmRaceArm *) (gpointer) arms->data, arms->len,
                               begun ? anm_run_get_epoch (source->run, 0)->validation.n_rows : 0, source->cohort != NULL ? source->cohort->title : "", NULL);
}

static AnmFigure *
make_hidden_state (const AnmExhibitSource *source)
{
  return anm_hidden_state_exhibit_new (source->reading, source->layer, "h", NULL, source->unit, source->weights);
}

static AnmFigure *
make_inside (const AnmExhibitSource *source)
{
  g_autoptr (GArray) channels = anm_patient_column_choose_channels (source->reading, 2);

  return anm_patient_column_exhibit_new (&(AnmPatientColumn){
    .reading = source->reading,
    .weights = source->weights,
    .band = { .band = source->band },
    .layer = source->layer,
    .symbol = "h",
    .unit = source->unit,
    .n_channels = channels->len,
    .channels = (const guint *) (gpointer) channels->data,
  });
}

static AnmFigure *
make_unit_tree (const AnmExhibitSource *source)
{
  return anm_unit_tree_exhibit_new (source->reading, source->layer, source->unit, source->weights);
}

static AnmFigure *
make_gates (const AnmExhibitSource *source)
{
  return anm_gates_exhibit_new (source->reading, source->layer, source->unit, source->weights);
}

static AnmFigure *
make_gradient_by_step (const AnmExhibitSource *source)
{
  return anm_gradient_by_step_exhibit_new (source->reading, source->layer, source->weights);
}

static AnmFigure *
make_cell_step (const AnmExhibitSource *source)
{
  return anm_cell_step_exhibit_new (source->lens, ANM_CELL_STEP_NUMBERS, NULL, source->weights);
}

static AnmFigure *
make_cell_shapes (const AnmExhibitSource *source)
{
  return anm_cell_step_exhibit_new (source->lens, ANM_CELL_STEP_SHAPES, NULL, source->weights);
}

static AnmFigure *
make_cell_terms (const AnmExhibitSource *source)
{
  return anm_cell_terms_exhibit_new (source->lens, source->of, FALSE, source->weights != NULL ? source->weights : "");
}

static AnmFigure *
make_cell_curve (const AnmExhibitSource *source)
{
  return anm_cell_curve_exhibit_new (source->lens, source->of, source->weights);
}

static AnmFigure *
make_worksheet (const AnmExhibitSource *source)
{
  return anm_cell_worksheet_exhibit_new (source->lens, source->of, FALSE, source->named, source->weights);
}

static AnmFigure *
make_worksheet_answers (const AnmExhibitSource *source)
{
  return anm_cell_worksheet_exhibit_new (source->lens, source->of, TRUE, source->named, source->weights);
}

static AnmFigure *
make_cell_unit (const AnmExhibitSource *source)
{
  return anm_cell_unit_exhibit_new (source->reading, source->layer, MAX (source->unit, 0));
}

static AnmFigure *
make_prediction (const AnmExhibitSource *source)
{
  return anm_patient_prediction_exhibit_new (source->reading, &(AnmShownBand){ .band = source->band }, source->weights);
}

static AnmFigure *
make_input (const AnmExhibitSource *source)
{
  return anm_input_exhibit_new (source->reading);
}

static AnmFigure *
make_output (const AnmExhibitSource *source)
{
  return anm_output_exhibit_new (source->reading, source->layer);
}

static AnmFigure *
make_attention (const AnmExhibitSource *source)
{
  return anm_attention_exhibit_new (source->reading, source->layer);
}

static AnmFigure *
make_time_line (const AnmExhibitSource *source)
{
  AnmPatientTimeLine options = { .x_min = NAN, .x_max = NAN, .scale = ANM_TIME_LINE_FIT, .cursor = NAN, .step = source->step, .measured_only = TRUE };

  if (!(options.step > 0))
    options.step = anm_cohort_guess_step (source->cohort);
  return anm_patient_time_line (source->cohort, (gsize) source->patient, &options);
}

static AnmFigure *
make_missing (const AnmExhibitSource *source)
{
  return anm_missing_exhibit_new (source->cohort, source->step);
}

static const AnmExhibit exhibits[] = {
  { "loss", N_("training and validation loss by epoch"), ANM_EXHIBIT_RUN, make_loss },
  { "gradient-norms", N_("norm of the gradient by layer and epoch"), ANM_EXHIBIT_RUN, make_gradient_norms },
  { "gradient-flow", N_("norm of the gradient by time and epoch, with the memory horizon"), ANM_EXHIBIT_RUN, make_gradient_flow },
  { "memory-horizon", N_("how far back the gradient reaches, by epoch"), ANM_EXHIBIT_RUN, anm_make_memory_horizon },
  { "race", N_("validation loss of all runs of a race"), ANM_EXHIBIT_RUN, make_race },
  { "hidden-state", N_("hidden state of each unit over one patient's time"), ANM_EXHIBIT_READING, make_hidden_state },
  { "inside", N_("inputs, states, gates and prediction over one patient's time"), ANM_EXHIBIT_READING, make_inside, .has_band = TRUE },
  { "unit-tree", N_("units by the similarity of what they hold over one patient's time"), ANM_EXHIBIT_READING, make_unit_tree },
  { "gates", N_("gates of one unit over one patient's time"), ANM_EXHIBIT_READING, make_gates },
  { "gradient-by-step", N_("norm of the gradient over one patient's time"), ANM_EXHIBIT_READING, make_gradient_by_step },
  { "cell-step", N_("one step of one unit: each equation with its numbers, forwards and backwards"), ANM_EXHIBIT_CELL, make_cell_step },
  { "cell-shapes", N_("the equations of one step with the sizes of matrices and vectors"), ANM_EXHIBIT_CELL, make_cell_shapes },
  { "cell-terms", N_("the terms of one equation's sum, from 0 to the sum"), ANM_EXHIBIT_CELL, make_cell_terms },
  { "cell-curve", N_("what bends one equation's sum, and how steep it is there"), ANM_EXHIBIT_CELL, make_cell_curve },
  { "worksheet", N_("one step of one unit on a sheet of A4, with blanks to fill in"), ANM_EXHIBIT_CELL, make_worksheet, .paper = TRUE },
  { "worksheet-answers", N_("the answer key of the worksheet"), ANM_EXHIBIT_CELL, make_worksheet_answers, .paper = TRUE },
  { "cell-unit", N_("memory and output of one unit over one patient's time"), ANM_EXHIBIT_READING, make_cell_unit },
  { "prediction", N_("what the network says of one patient over time"), ANM_EXHIBIT_READING, make_prediction, .has_band = TRUE },
  { "output", N_("output of a layer that has no state over one patient's time"), ANM_EXHIBIT_READING, make_output },
  { "attention", N_("what an attention layer looks at in one patient's record"), ANM_EXHIBIT_READING, make_attention },
  { "input", N_("what enters the network over one patient's time"), ANM_EXHIBIT_READING, make_input },
  { "recurrent-matrix", N_("eigenvalues of a gate's recurrent matrix, now and before training"), ANM_EXHIBIT_WEIGHTS, anm_make_recurrent_matrix },
  { "jacobian", N_("eigenvalues of one step's Jacobian of one patient"), ANM_EXHIBIT_PATIENT_WEIGHTS, anm_make_jacobian },
  { "reach", N_("how much of a change at each step arrives at the end of one patient's record"), ANM_EXHIBIT_PATIENT_WEIGHTS, anm_make_reach },
  { "trajectories", N_("hidden states of many patients in two principal components"), ANM_EXHIBIT_WEIGHTS, anm_make_trajectories },
  { "saturation", N_("share of steps at which gates and states are saturated"), ANM_EXHIBIT_WEIGHTS, anm_make_saturation },
  { "weight-histogram", N_("distribution of weights, gradients or states by epoch"), ANM_EXHIBIT_WEIGHTS, anm_make_weight_histogram },
  { "time-line", N_("all channels of one patient over time"), ANM_EXHIBIT_RECORD, make_time_line },
  { "missing", N_("share of missing measurements by channel"), ANM_EXHIBIT_COHORT, make_missing },
};

const AnmExhibit *
anm_exhibits (guint *n_exhibits)
{
  *n_exhibits = G_N_ELEMENTS (exhibits);
  return exhibits;
}

const AnmExhibit *
anm_exhibit_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (exhibits); i++)
    if (g_strcmp0 (exhibits[i].name, name) == 0)
      return &exhibits[i];
  return NULL;
}

char *
anm_exhibit_names (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (exhibits); i++)
    g_strv_builder_add (names, exhibits[i].name);

  g_auto (GStrv) all = g_strv_builder_end (names);
  return g_strjoinv (", ", all);
}

/* What is missing in words; NULL if nothing is. */
static const char *
find_lack (AnmExhibitNeed need,
           const AnmExhibitSource *source)
{
  switch (need)
    {
    case ANM_EXHIBIT_COHORT:
      return source->cohort == NULL ? _("No records yet.") : NULL;
    case ANM_EXHIBIT_RECORD:
      if (source->cohort == NULL)
        return _("No records yet.");
      return source->patient < 0 || (gsize) source->patient >= source->cohort->n_patients ? _("No patient is chosen.") : NULL;
    case ANM_EXHIBIT_RUN:
      return source->run == NULL ? _("Nothing trained yet.") : NULL;
    case ANM_EXHIBIT_READING:
      return source->reading == NULL ? _("No patient is chosen, or no network.") : NULL;
    case ANM_EXHIBIT_WEIGHTS:
      return source->run == NULL || source->parameters == NULL ? _("Nothing trained yet.") : NULL;
    case ANM_EXHIBIT_PATIENT_WEIGHTS:
      if (source->run == NULL || source->parameters == NULL)
        return _("Nothing trained yet.");
      return source->cohort == NULL || source->patient < 0 ? _("No patient is chosen.") : NULL;
    case ANM_EXHIBIT_CELL:
      return source->lens == NULL ? _("No step is chosen, or no network.") : NULL;
    default:
      g_assert_not_reached ();
    }
}

AnmFigure *
anm_exhibit_make (const AnmExhibit *self,
                  const AnmExhibitSource *source)
{
  g_return_val_if_fail (self != NULL && source != NULL, NULL);

  const char *lack = find_lack (self->need, source);
  if (lack == NULL)
    return self->make (source);
  return anm_line_plot_new (&(AnmLinePlot){ .title = _(self->summary), .finding = lack, .empty_text = lack,
                                            .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });
}
