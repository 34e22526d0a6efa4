/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/cli/alter-options.h"
#include "app/cli/interrupt.h"
#include "app/cli/passes-options.h"
#include "app/cli/report.h"
#include "app/cli/run-options.h"
#include "app/exhibits/exhibit.h"
#include "app/exhibits/inside-exhibits.h"

#define WIDTH 960
#define HEIGHT 560
#define MIN_SIZE 200
#define MAX_SIZE 10000

/* At 96 pixels an inch. */
static const struct
{
  const char *name;
  guint       width, height;
} papers[] = {
  { "a4", 794, 1123 },
  { "letter", 816, 1056 },
};

typedef struct
{
  AnmRunOptions run;
  AnmAlterOptions alter;
  AnmPassesOptions passes;
  char         *figure;
  char         *output;
  char         *patient;
  char         *layer;
  char         *unit;
  char         *direction;
  char         *of;
  char         *step;
  char         *paper;
  char         *width;
  char         *height;
  gboolean      dark;
  gboolean      named;
} PlotOptions;

static void
plot_options_clear (PlotOptions *self)
{
  anm_run_options_clear (&self->run);
  anm_alter_options_clear (&self->alter);
  anm_passes_options_clear (&self->passes);
  g_clear_pointer (&self->figure, g_free);
  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->patient, g_free);
  g_clear_pointer (&self->layer, g_free);
  g_clear_pointer (&self->unit, g_free);
  g_clear_pointer (&self->direction, g_free);
  g_clear_pointer (&self->of, g_free);
  g_clear_pointer (&self->step, g_free);
  g_clear_pointer (&self->paper, g_free);
  g_clear_pointer (&self->width, g_free);
  g_clear_pointer (&self->height, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlotOptions, plot_options_clear)

static gboolean
needs_weights (const AnmExhibit *exhibit)
{
  return exhibit->need == ANM_EXHIBIT_READING || exhibit->need == ANM_EXHIBIT_CELL || exhibit->need == ANM_EXHIBIT_WEIGHTS ||
         exhibit->need == ANM_EXHIBIT_PATIENT_WEIGHTS;
}

static gboolean
check_options (const PlotOptions *options,
               GError **error)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf", ".csv" };
  g_autofree char *names = anm_exhibit_names ();
  const AnmExhibit *exhibit;

  if (options->figure == NULL)
    {
      anm_usage_error (error, _ ("--figure NAME is needed: one of %s."), names);
      return FALSE;
    }
  exhibit = anm_exhibit_find (options->figure);
  if (exhibit == NULL)
    {
      anm_usage_error (error, _ ("--figure: “%s” isn't one of %s."), options->figure, names);
      return FALSE;
    }
  if (options->patient == NULL && (exhibit->need == ANM_EXHIBIT_RECORD || exhibit->need == ANM_EXHIBIT_READING || exhibit->need == ANM_EXHIBIT_CELL ||
                                   exhibit->need == ANM_EXHIBIT_PATIENT_WEIGHTS))
    {
      anm_usage_error (error, _ ("The figure %s is of one patient: --patient P is needed."), exhibit->name);
      return FALSE;
    }
  if (options->paper != NULL && !g_str_equal (options->paper, papers[0].name) && !g_str_equal (options->paper, papers[1].name))
    {
      anm_usage_error (error, _ ("--paper: “%s” isn't a4 or letter."), options->paper);
      return FALSE;
    }
  if ((options->passes.passes != NULL || options->passes.seed_text != NULL) && !exhibit->has_band)
    {
      anm_usage_error (error, _ ("--passes: the figure %s shows no prediction that a band could lie around."), exhibit->name);
      return FALSE;
    }
  if (options->alter.texts != NULL && !needs_weights (exhibit))
    {
      anm_usage_error (error, _ ("--alter: the figure %s isn't drawn from weights, so nothing of it would change."), exhibit->name);
      return FALSE;
    }
  for (guint i = 0; options->output != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (options->output, endings[i]))
      return TRUE;
  anm_usage_error (error, _ ("--output FILE is needed, ending in .png, .svg, .pdf or .csv."));
  return FALSE;
}

static gboolean
parse_options (AnmInvocation *invocation,
               PlotOptions *options,
               char **arguments,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "figure", 0, 0, G_OPTION_ARG_STRING, &options->figure, N_ ("Which figure"), N_ ("NAME") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("The picture, or the numbers behind it: .png, .svg, .pdf, .csv"), N_ ("FILE") },
    { "patient", 0, 0, G_OPTION_ARG_STRING, &options->patient, N_ ("Id of the patient"), N_ ("P") },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &options->layer, N_ ("Number of the layer, from 1 (the first recurrent one)"), N_ ("L") },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &options->unit, N_ ("Number of the unit, from 1"), N_ ("U") },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &options->direction, N_ ("Of a unit to which both halves of a layer add: forwards (unless said otherwise) or backwards"), N_ ("WAY") },
    { "of", 0, 0, G_OPTION_ARG_STRING, &options->of, N_ ("Gate of a recurrent matrix, equation of a step, tensor of a histogram, field that colours trajectories, threshold of saturation"), N_ ("NAME") },
    { "step", 0, 0, G_OPTION_ARG_STRING, &options->step, N_ ("Of a figure of one step: its number, from 1, or last (last)"), N_ ("S") },
    { "width", 0, 0, G_OPTION_ARG_STRING, &options->width, N_ ("Width in pixels (960)"), N_ ("N") },
    { "height", 0, 0, G_OPTION_ARG_STRING, &options->height, N_ ("Height in pixels (560, or what the figure needs)"), N_ ("N") },
    { "paper", 0, 0, G_OPTION_ARG_STRING, &options->paper, N_ ("Of a worksheet: a4 (unless said otherwise) or letter"), N_ ("SIZE") },
    { "name-patient", 0, 0, G_OPTION_ARG_NONE, &options->named, N_ ("Put the patient’s id on a worksheet"), NULL },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &options->dark, N_ ("Light on dark"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree GOptionEntry *run = anm_run_options_entries (&options->run, TRUE);
  g_autofree GOptionEntry *alter = anm_alter_options_entries (&options->alter);
  g_autofree GOptionEntry *passes =
    anm_passes_options_entries (&options->passes, N_ ("Around a prediction: answers with dropout that the band is made of (100); 0: no band"));
  const AnmOptionGroup groups[] = {
    { "run", N_ ("Which run and which of its weights:"), run },
    ANM_ALTER_GROUP (alter),
    ANM_PASSES_GROUP (passes),
    { NULL },
  };
  g_auto (GStrv) left = g_strdupv (arguments);

  return anm_options_parse (invocation, &left, entries, groups, 0, 0, NULL, error) &&
         anm_passes_options_check (&options->passes, ANM_BAND_PASSES, error) && check_options (options, error);
}

/* What the options name, as the exhibit wants it. */
static gboolean
fill_source (const PlotOptions *options,
             AnmExhibitSource *source,
             GError **error)
{
  guint n_layers = anm_network_get_n_layers (anm_run_get_network (source->run));
  guint layer = 0, unit = 0;
  gsize patient;

  if (!anm_option_read_count ("layer", options->layer, 1, n_layers, &layer, error) ||
      !anm_option_read_count ("unit", options->unit, 1, G_MAXINT, &unit, error))
    return FALSE;
  source->layer = (int) layer - 1;
  source->unit = (int) unit - 1;
  source->of = options->of;
  source->patient = -1;
  source->step = anm_fitted_recipe_get_step (anm_run_get_recipe (source->run));
  if (options->patient == NULL)
    return TRUE;
  if (!anm_cohort_find_patient (source->cohort, options->patient, &patient))
    {
      g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("There is no patient “%s” in %s; ids run from “%s” to “%s”."),
                   options->patient, source->cohort->title, source->cohort->ids[0], source->cohort->ids[source->cohort->n_patients - 1]);
      return FALSE;
    }
  source->patient = (gssize) patient;
  return TRUE;
}

/* What is read of a patient with the run's weights. */
typedef struct
{
  AnmPatientReading *reading;
  AnmPatientBand    *band;
  AnmInspection     *inspection;
  AnmCellLens       *lens;
} Reading;

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->lens, anm_cell_lens_unref);
  g_clear_pointer (&self->inspection, anm_inspection_free);
  g_clear_pointer (&self->band, anm_patient_band_unref);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static gboolean
read_patient (const PlotOptions *options,
              AnmExhibitSource *source,
              Reading *reading,
              GError **error)
{
  AnmDropoutPasses *passes = NULL;
  AnmProbe *probe = NULL;

  anm_pool_enter_computing_thread ();
  reading->reading = anm_patient_reading_new (anm_run_get_network (source->run), anm_run_get_recipe (source->run), anm_run_get_loss (source->run),
                                              source->parameters, source->cohort, (guint32) source->patient, &probe, TRUE, error);
  g_clear_pointer (&probe, anm_probe_free);
  source->reading = reading->reading;
  if (reading->reading == NULL)
    return FALSE;
  if (options->passes.n_passes == 0 || reading->reading->n_steps == 0 || !anm_exhibit_find (options->figure)->has_band)
    return TRUE;
  reading->band = anm_patient_band_new (reading->reading, source->parameters, options->passes.n_passes, options->passes.seed, &passes,
                                        anm_interrupt_get_flag ());
  g_clear_pointer (&passes, anm_dropout_passes_free);
  source->band = reading->band;
  if (reading->band == NULL)
    g_set_error_literal (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("Stopped."));
  return reading->band != NULL;
}

/* One step of one unit: the first unit and the last step unless said otherwise. */
static gboolean
read_step (const PlotOptions *options,
           AnmExhibitSource *source,
           Reading *reading,
           GError **error)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  AnmDirection half;
  double time = NAN;
  guint step;

  if (!anm_run_options_read_direction (options->direction, &half, error))
    return FALSE;
  if (options->step != NULL && strcmp (options->step, "last") != 0)
    {
      if (!anm_option_read_count ("step", options->step, 1, MAX (reading->reading->n_steps, 1), &step, error))
        return FALSE;
      time = anm_patient_reading_get_x (reading->reading, step - 1);
    }
  reading->inspection = anm_inspection_new (network, anm_run_get_recipe (source->run), anm_run_get_loss (source->run), source->parameters,
                                            source->cohort, (guint32) source->patient, error);
  if (reading->inspection == NULL)
    return FALSE;
  reading->lens = anm_cell_lens_new (reading->inspection, network, source->cohort, (guint32) source->patient, source->layer,
                                     (guint) MAX (source->unit, 0), half, time, error);
  if (reading->lens == NULL)
    return FALSE;
  source->lens = reading->lens;
  if (options->of == NULL || anm_cell_lens_find_equation (reading->lens, options->of) != NULL)
    return TRUE;
  anm_usage_error (error, _ ("--of: %s has no equation “%s”."), reading->lens->layer_title, options->of);
  return FALSE;
}

/* The same of what is computed of a layer's own steps. */
static gboolean
read_moment (const PlotOptions *options,
             AnmExhibitSource *source,
             GError **error)
{
  AnmNetwork *network = anm_run_get_network (source->run);
  const int layer = source->layer >= 0 ? source->layer : anm_network_find_recurrent (network);
  g_autoptr (AnmInspection) inspection = NULL;
  AnmLayerTraces traces;

  if (options->step == NULL || strcmp (options->step, "last") == 0 || layer < 0)
    return TRUE;
  anm_pool_enter_computing_thread ();
  inspection = anm_inspection_new (network, anm_run_get_recipe (source->run), anm_run_get_loss (source->run), source->parameters, source->cohort,
                                   (guint32) source->patient, error);
  if (inspection == NULL)
    return FALSE;
  anm_inspection_get_traces (inspection, (guint) layer, &traces);
  return anm_option_read_count ("step", options->step, 1, MAX (traces.n_steps, 1), &source->moment, error);
}

/* A gate, a tensor, a field that isn't there. */
static gboolean
check_of (const PlotOptions *options,
          const AnmExhibitSource *source,
          GError **error)
{
  g_auto (GStrv) things = options->of != NULL ? anm_list_things_of (options->figure, source) : NULL;
  g_autofree char *names = NULL;

  if (things == NULL || g_strv_contains ((const char *const *) things, options->of))
    return TRUE;
  names = g_strjoinv (", ", things);
  anm_usage_error (error, _ ("--of: “%s” isn't one of %s."), options->of, names);
  return FALSE;
}

/* Figures of a step are as high as their rows need, those for print as large as paper. */
static void
choose_size (const PlotOptions *options,
             const AnmFigure *figure,
             const AnmTheme *theme,
             const AnmExhibit *exhibit,
             guint *width,
             guint *height)
{
  if (exhibit->paper)
    {
      const guint paper = g_strcmp0 (options->paper, papers[1].name) == 0 ? 1 : 0;

      *width = options->width != NULL ? *width : papers[paper].width;
      *height = options->height != NULL ? *height : papers[paper].height;
    }
  else if (exhibit->need == ANM_EXHIBIT_CELL && options->height == NULL)
    *height = CLAMP ((guint) ceil (anm_figure_get_natural_height (figure, theme, TRUE)) + 96, HEIGHT, MAX_SIZE);
}

static void
report (AnmInvocation *invocation,
        const PlotOptions *options,
        const AnmFigure *figure)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!invocation->json)
    {
      g_print ("%s\n%s\n", options->output, anm_figure_get_finding (figure));
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  anm_report_add_text (builder, "output", options->output);
  anm_report_add_text (builder, "figure", options->figure);
  anm_alter_options_report (&options->alter, builder);
  anm_report_add_text (builder, "title", anm_figure_get_title (figure));
  anm_report_add_text (builder, "caption", anm_figure_get_caption (figure));
  anm_report_add_text (builder, "finding", anm_figure_get_finding (figure));
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static gboolean
run_plot (AnmInvocation *invocation,
          char **arguments,
          GError **error)
{
  g_auto (PlotOptions) options = { 0 };
  g_autoptr (AnmStudy) study = NULL;
  g_autoptr (AnmCohort) cohort = NULL;
  g_autoptr (AnmFigure) figure = NULL;
  g_autofree char *weights = NULL;
  g_autofree anm_real *parameters = NULL;
  g_auto (Reading) reading = { 0 };
  AnmExhibitSource source = { 0 };
  const AnmExhibit *exhibit;
  guint width = WIDTH, height = HEIGHT;
  AnmTheme theme;

  if (!parse_options (invocation, &options, arguments, error) ||
      !anm_option_read_count ("width", options.width, MIN_SIZE, MAX_SIZE, &width, error) ||
      !anm_option_read_count ("height", options.height, MIN_SIZE, MAX_SIZE, &height, error) ||
      !anm_run_options_open (&options.run, &study, &source.run, error))
    return FALSE;
  cohort = anm_study_load_run_cohort (study, source.run, error);
  if (cohort == NULL)
    return FALSE;
  source.study = study;
  source.named = options.named;
  source.cohort = cohort;
  if (!fill_source (&options, &source, error) || !check_of (&options, &source, error))
    return FALSE;
  exhibit = anm_exhibit_find (options.figure);
  if (needs_weights (exhibit))
    {
      parameters = anm_run_options_load (&options.run, source.run, &source.epoch, error);
      if (parameters == NULL || !anm_alter_options_apply (&options.alter, anm_run_get_network (source.run), parameters, error))
        return FALSE;
      weights = anm_alter_options_describe (&options.alter, anm_run_options_describe_weights (&options.run, source.epoch));
      source.parameters = parameters;
      source.weights = weights;
    }
  if ((exhibit->need == ANM_EXHIBIT_READING || exhibit->need == ANM_EXHIBIT_CELL) && !read_patient (&options, &source, &reading, error))
    return FALSE;
  if (exhibit->need == ANM_EXHIBIT_CELL && !read_step (&options, &source, &reading, error))
    return FALSE;
  if (exhibit->need == ANM_EXHIBIT_PATIENT_WEIGHTS && !read_moment (&options, &source, error))
    return FALSE;
  figure = anm_exhibit_make (exhibit, &source);
  anm_theme_init (&theme, options.dark);
  choose_size (&options, figure, &theme, exhibit, &width, &height);
  anm_interrupt_forbid ();
  if (!anm_figure_export (figure, &theme, width, height, options.output, error))
    return FALSE;
  report (invocation, &options, figure);
  return TRUE;
}

const AnmCommand anm_plot_command = {
  .name = "plot",
  .arguments = N_ ("--study FILE --run ID --figure NAME --output FILE"),
  .summary = N_ ("Draw a figure of a run or of one patient into a file"),
  .only_asks = TRUE,
  .run = run_plot,
};
