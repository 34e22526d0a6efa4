/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/race.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/training-curves.h"
#include "widgets/figures/line-plot.h"

/* As near to the lowest loss as makes no difference to a reader of the figure. */
#define LEVEL_WITH 1.02

/* One arm that came to its end, and where it was when. */
typedef struct
{
  const AnmRaceArm *arm;
  double            lowest;        /* validation loss */
  guint             lowest_epoch;
  guint             target_epoch;  /* the first at or below the target */
} Standing;

static gboolean
find_lowest (const AnmRaceArm *arm,
             Standing *standing)
{
  *standing = (Standing) { arm, INFINITY, 0, 0 };
  for (guint i = 0; i < anm_run_get_n_epochs (arm->run); i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (arm->run, i);

      if (epoch->validation.loss < standing->lowest)
        {
          standing->lowest = epoch->validation.loss;
          standing->lowest_epoch = epoch->epoch;
        }
    }
  return anm_run_get_status (arm->run) != ANM_RUN_FAILED && isfinite (standing->lowest);
}

static guint
find_epoch_at (AnmRun *run,
               double loss)
{
  guint i = 0;

  while (!(anm_run_get_epoch (run, i)->validation.loss <= loss))
    i++;
  return anm_run_get_epoch (run, i)->epoch;
}

static int
compare_standings (gconstpointer a,
                   gconstpointer b)
{
  const Standing *x = a, *y = b;

  if (x->target_epoch != y->target_epoch)
    return x->target_epoch < y->target_epoch ? -1 : 1;
  return (x->lowest > y->lowest) - (x->lowest < y->lowest);
}

static void
append_standings (GString *text,
                  GArray *standings,
                  double target)
{
  /* Translators: continued by "SGD 0.1 after 2 epochs, Adam 0.001 after 4 epochs". */
  g_string_append_printf (text, _ ("A validation loss of %.3f, within 2 %% of the lowest that every arm reaches, was reached by "), target);
  for (guint i = 0; i < standings->len; i++)
    {
      const Standing *standing = &g_array_index (standings, Standing, i);

      g_string_append_printf (text, ngettext ("%s%s after %u epoch", "%s%s after %u epochs", standing->target_epoch), i > 0 ? ", " : "",
                              standing->arm->label, standing->target_epoch);
    }
  g_string_append (text, _ (". Lowest: "));
  for (guint i = 0; i < standings->len; i++)
    {
      const Standing *standing = &g_array_index (standings, Standing, i);

      g_string_append_printf (text, _ ("%s%s: %.4f at epoch %u"), i > 0 ? "; " : "", standing->arm->label, standing->lowest, standing->lowest_epoch);
    }
  g_string_append_c (text, '.');
}

/* Of Standing, quickest first; the arms that diverged left out. @target: the loss that all of them reach. */
static GArray *
make_standings (const AnmRaceArm *arms,
                guint n_arms,
                double *target)
{
  GArray *standings = g_array_new (FALSE, FALSE, sizeof (Standing));

  *target = 0;
  for (guint i = 0; i < n_arms; i++)
    {
      Standing standing;

      if (!find_lowest (&arms[i], &standing))
        continue;
      g_array_append_val (standings, standing);
      *target = fmax (*target, standing.lowest * LEVEL_WITH);
    }
  for (guint i = 0; i < standings->len; i++)
    {
      Standing *standing = &g_array_index (standings, Standing, i);

      standing->target_epoch = find_epoch_at (standing->arm->run, *target);
    }
  g_array_sort (standings, compare_standings);
  return standings;
}

char *
anm_race_exhibit_find (const AnmRaceArm *arms,
                       guint n_arms,
                       const char *note)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) standings = NULL;
  double target;

  standings = make_standings (arms, n_arms, &target);
  if (standings->len > 0)
    append_standings (text, standings, target);
  else
    g_string_append (text, _ ("No validation loss yet."));
  for (guint i = 0; i < n_arms; i++)
    if (anm_run_get_status (arms[i].run) == ANM_RUN_FAILED)
      g_string_append_printf (text, _ (" %s diverged and isn't counted."), arms[i].label);
  if (note != NULL)
    g_string_append_printf (text, " %s", note);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

typedef struct
{
  double *epochs;
  double *losses;
  gsize   n;
} Curve;

static Curve
make_curve (AnmRun *run)
{
  Curve curve = { NULL, NULL, anm_run_get_n_epochs (run) };

  curve.epochs = g_new (double, MAX (curve.n, 1));
  curve.losses = g_new (double, MAX (curve.n, 1));
  for (guint i = 0; i < curve.n; i++)
    {
      curve.epochs[i] = anm_run_get_epoch (run, i)->epoch;
      curve.losses[i] = anm_run_get_epoch (run, i)->validation.loss;
    }
  return curve;
}

static const char *
loss_axis_label (AnmLossKind loss)
{
  switch (loss)
    {
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return _ ("binary cross-entropy");
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return _ ("cross-entropy");
    case ANM_LOSS_MEAN_SQUARED_ERROR:
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
    case ANM_LOSS_HUBER:
    case ANM_LOSS_LOG_COSH:
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
    case ANM_LOSS_SURVIVAL:
      return anm_loss_get_words (loss);
    case ANM_LOSS_AUTO:
    default:
      return _ ("loss");
    }
}

AnmFigure *
anm_race_exhibit_new (const AnmRaceArm *arms,
                      guint n_arms,
                      gsize patients,
                      const char *cohort,
                      const char *note)
{
  g_autofree char *finding = anm_race_exhibit_find (arms, n_arms, note);
  g_autofree char *caption = NULL;
  g_autofree AnmLine *lines = g_new0 (AnmLine, n_arms);
  g_autofree Curve *curves = g_new0 (Curve, n_arms);
  g_autoptr (GArray) standings = NULL;
  g_autofree char *target_label = NULL;
  double target;
  AnmFigure *figure;

  standings = make_standings (arms, n_arms, &target);
  target_label = g_strdup_printf (_ ("target %.3f"), target);
  caption = g_strdup_printf (ngettext ("%s: same initial weights, same batches; mean over %u validation patient",
                                       "%s: same initial weights, same batches; mean over %u validation patients", (gulong) patients),
                             cohort, (guint) patients);
  for (guint i = 0; i < n_arms; i++)
    {
      curves[i] = make_curve (arms[i].run);
      lines[i] = (AnmLine) {
        .label = arms[i].label,
        .colour = ANM_COLOUR_RUN_FIRST + i % ANM_N_RUN_COLOURS,
        .style = ANM_LINE_THICK,
        .dash = i / ANM_N_RUN_COLOURS,
        .n_points = curves[i].n,
        .x = curves[i].epochs,
        .y = curves[i].losses,
        .end_dot = TRUE,
      };
    }
  figure = anm_line_plot_new (&(AnmLinePlot) {
      .title = _ ("Validation loss"),
      .caption = caption,
      .finding = finding,
      .x_label = _ ("epoch"),
      .y_label = loss_axis_label (anm_run_get_loss (arms[0].run)),
      .x_min = NAN,
      .x_max = NAN,
      .y_min = NAN,
      .y_max = NAN,
      .n_lines = n_arms,
      .lines = lines,
      .n_rules = standings->len > 1 ? 1 : 0,
      .rules = &(AnmRule) { target, target_label, ANM_COLOUR_MUTED },
      .x_whole = TRUE,
      .empty_text = _ ("No epoch yet"),
  });
  for (guint i = 0; i < n_arms; i++)
    {
      g_free (curves[i].epochs);
      g_free (curves[i].losses);
    }
  return figure;
}
