/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/training-curves.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "widgets/figures/number.h"

/* Times the median, to be called a burst. */
#define BURST 10
/* Epochs before a median says anything. */
#define LEAST_EPOCHS_FOR_BURST 5

const char *
anm_loss_get_words (AnmLossKind loss)
{
  switch (loss)
    {
    case ANM_LOSS_MEAN_SQUARED_ERROR:
      return _("mean squared error");
    case ANM_LOSS_BINARY_CROSS_ENTROPY:
      return _("binary cross-entropy");
    case ANM_LOSS_CATEGORICAL_CROSS_ENTROPY:
      return _("categorical cross-entropy");
    case ANM_LOSS_MEAN_ABSOLUTE_ERROR:
      return _("mean absolute error");
    case ANM_LOSS_HUBER:
      return _("Huber’s loss");
    case ANM_LOSS_LOG_COSH:
      return _("log-cosh");
    case ANM_LOSS_BINARY_FOCAL:
    case ANM_LOSS_CATEGORICAL_FOCAL:
      return _("focal loss");
    case ANM_LOSS_SURVIVAL:
      return _("negative log-likelihood");
    case ANM_LOSS_AUTO:
    default:
      return _("loss");
    }
}

char *
anm_layer_get_title (const AnmNetwork *network,
                     guint layer)
{
  const AnmLayerClass *klass = anm_layer_get_class (anm_network_get_layer (network, layer));
  guint n_same = 0, place = 0;

  for (guint i = 0; i < anm_network_get_n_layers (network); i++)
    if (anm_layer_get_class (anm_network_get_layer (network, i)) == klass)
      {
        n_same++;
        if (i <= layer)
          place++;
      }

  if (n_same == 1)
    return g_strdup (_(anm_layer_class_get_label (klass)));

  /* Translators: a kind of layer and which of several in a network: "LSTM 2". */
  return g_strdup_printf (_("%s %u"), _(anm_layer_class_get_label (klass)), place);
}

/* Lines as they are gathered: the arrays and words live as long as the list. */
typedef struct
{
  GArray    *lines;  /* AnmLine */
  GPtrArray *owned;
} Lines;

static void
lines_init (Lines *self)
{
  self->lines = g_array_new (FALSE, FALSE, sizeof (AnmLine));
  self->owned = g_ptr_array_new_with_free_func (g_free);
}

static void
lines_clear (Lines *self)
{
  g_array_unref (self->lines);
  g_ptr_array_unref (self->owned);
}

static gpointer
lines_own (Lines *self,
           gpointer memory)
{
  g_ptr_array_add (self->owned, memory);
  return memory;
}

/* Takes @label and @name over; a line without a single finite point is left out. */
static void
lines_add (Lines *self,
           const AnmLine *line,
           char *label,
           char *name)
{
  AnmLine added = *line;
  gboolean finite = FALSE;

  added.label = lines_own (self, label);
  added.name = lines_own (self, name);
  for (gsize i = 0; i < line->n_points; i++)
    finite = finite || isfinite (line->y[i]);
  if (finite)
    g_array_append_val (self->lines, added);
}

static double
last_finite (const double *y,
             gsize n)
{
  for (gsize i = n; i > 0; i--)
    if (isfinite (y[i - 1]))
      return y[i - 1];

  return NAN;
}

/* Loss */

typedef struct
{
  gsize   n;
  double *epochs;       /* [n + 1]: room for the live point */
  double *training;
  double *validation;
} Curves;

static Curves
make_curves (Lines *lines,
             AnmRun *run)
{
  Curves curves = { .n = anm_run_get_n_epochs (run) };

  curves.epochs = lines_own (lines, g_new (double, curves.n + 1));
  curves.training = lines_own (lines, g_new (double, curves.n + 1));
  curves.validation = lines_own (lines, g_new (double, curves.n + 1));
  for (gsize i = 0; i < curves.n; i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, (guint) i);

      curves.epochs[i] = epoch->epoch;
      curves.training[i] = epoch->training_loss;
      curves.validation[i] = epoch->validation.loss;
    }

  return curves;
}

/* "Adam: valid. 0.285"; without @arm "valid. 0.285". */
static char *
label_line (const char *arm,
            const char *what,
            double value)
{
  g_autofree char *number = anm_number_format_exact (value, 3);

  /* Translators: a line of a race: who, which loss, its last value: "Adam: valid. 0.285". */
  return arm != NULL ? g_strdup_printf (_("%s: %s %s"), arm, what, number) : g_strdup_printf ("%s %s", what, number);
}

static char *
name_line (const char *arm,
           const char *what)
{
  return arm != NULL ? g_strdup_printf ("%s, %s", arm, what) : g_strdup (what);
}

static void
add_arm (Lines *lines,
         const AnmLossArm *arm,
         guint index)
{
  const AnmColourRole colour = ANM_COLOUR_RUN_FIRST + index % ANM_N_RUN_COLOURS;
  Curves curves = make_curves (lines, arm->run);
  gsize n_training = curves.n;

  /* Translators: validation loss, short, at a line's end. */
  lines_add (lines,
             &(AnmLine){ .colour = colour, .style = ANM_LINE_THICK, .dash = index / ANM_N_RUN_COLOURS, .n_points = curves.n,
                         .x = curves.epochs, .y = curves.validation, .end_dot = TRUE },
             label_line (arm->label, _("valid."), last_finite (curves.validation, curves.n)),
             name_line (arm->label, _("validation")));

  if (!isnan (arm->live_epoch) && isfinite (arm->live_loss))
    {
      curves.epochs[n_training] = arm->live_epoch;
      curves.training[n_training++] = arm->live_loss;
    }
  lines_add (lines,
             &(AnmLine){ .colour = colour, .style = ANM_LINE_THIN, .dash = index / ANM_N_RUN_COLOURS, .n_points = n_training,
                         .x = curves.epochs, .y = curves.training, .end_dot = TRUE },
             label_line (arm->label, _("training"), last_finite (curves.training, n_training)),
             name_line (arm->label, _("training")));
}

static void
add_previous (Lines *lines,
              AnmRun *previous)
{
  Curves curves = make_curves (lines, previous);
  const gboolean validated = isfinite (last_finite (curves.validation, curves.n));

  lines_add (lines,
             &(AnmLine){ .colour = ANM_COLOUR_PREVIOUS_RUN, .style = ANM_LINE_THIN, .n_points = curves.n,
                         .x = curves.epochs, .y = validated ? curves.validation : curves.training, .label_inside = TRUE },
             g_strdup (anm_run_get_name (previous)), g_strdup (anm_run_get_name (previous)));
}

/* A number of epochs that an axis may end at and keep for a while. */
static double
round_up_epochs (guint epochs)
{
  double unit = 1;

  while (epochs > 10 * unit)
    unit *= 10;
  for (guint i = 1; i <= 10; i++)
    if (epochs <= i * unit)
      return MAX (i * unit, 5);

  return 10 * unit;
}

static guint
get_last_epoch (AnmRun *run)
{
  const guint n = anm_run_get_n_epochs (run);

  return n > 0 ? anm_run_get_epoch (run, n - 1)->epoch : 0;
}

/* NaN without a validation part. */
static double
get_validation_loss (AnmRun *run,
                     guint epoch)
{
  for (guint i = 0; i < anm_run_get_n_epochs (run); i++)
    if (anm_run_get_epoch (run, i)->epoch == epoch)
      return anm_run_get_epoch (run, i)->validation.loss;

  return NAN;
}

/* "Epoch 42: validation 0.285, best 0.276 at epoch 36; training 0.212." */
static void
append_finding (GString *finding,
                const AnmLossArm *arm)
{
  const guint n = anm_run_get_n_epochs (arm->run);
  const AnmRunEpoch *last = n > 0 ? anm_run_get_epoch (arm->run, n - 1) : NULL;
  const guint best = anm_run_get_best_epoch (arm->run);

  if (last == NULL)
    return;

  if (finding->len > 0)
    g_string_append_c (finding, ' ');
  if (arm->label != NULL)
    g_string_append_printf (finding, "%s: ", arm->label);

  g_string_append_printf (finding, _("Epoch %u"), last->epoch);
  if (isfinite (last->validation.loss))
    {
      g_autofree char *now = anm_number_format_exact (last->validation.loss, 3);
      g_string_append_printf (finding, _(": validation %s"), now);
    }
  if (isfinite (get_validation_loss (arm->run, best)))
    {
      g_autofree char *lowest = anm_number_format_exact (get_validation_loss (arm->run, best), 3);
      g_string_append_printf (finding, _(", best %s at epoch %u"), lowest, best);
    }
  if (isfinite (last->training_loss))
    {
      g_autofree char *training = anm_number_format_exact (last->training_loss, 3);
      g_string_append_printf (finding, _("; training %s"), training);
    }
  g_string_append_c (finding, '.');
}

AnmFigure *
anm_loss_exhibit_new (const AnmLossArm *arms,
                      guint n_arms,
                      AnmRun *previous)
{
  g_autoptr (GString) finding = g_string_new (NULL);
  g_autofree char *best_text = NULL;
  AnmRun *shown = n_arms > 0 ? arms[0].run : previous;
  AnmAnnotation best = { .y = NAN };
  AnmFigure *figure;
  guint last = 0;
  Lines lines;

  lines_init (&lines);
  if (previous != NULL)
    {
      add_previous (&lines, previous);
      last = get_last_epoch (previous);
    }
  for (guint i = 0; i < n_arms; i++)
    {
      add_arm (&lines, &arms[i], i);
      append_finding (finding, &arms[i]);
      last = MAX (last, get_last_epoch (arms[i].run));
    }

  if (n_arms == 1 && get_last_epoch (arms[0].run) > 0)
    {
      best.x = anm_run_get_best_epoch (arms[0].run);
      best.y = get_validation_loss (arms[0].run, (guint) best.x);
      best.text = best_text = g_strdup_printf (_("best, epoch %u"), (guint) best.x);
    }

  figure = anm_line_plot_new (&(AnmLinePlot){
    .title = _("Loss"),
    .caption = shown != NULL ? anm_loss_get_words (anm_run_get_loss (shown)) : NULL,
    .finding = finding->len > 0 ? finding->str : _("Nothing trained yet."),
    .x_label = _("epoch"),
    .x_min = 0,
    .x_max = round_up_epochs (last),
    .y_min = NAN,
    .y_max = NAN,
    .n_lines = lines.lines->len,
    .lines = (const AnmLine *) (gpointer) lines.lines->data,
    .n_annotations = best.text != NULL,
    .annotations = &best,
    .x_whole = TRUE,
    .empty_text = _("Nothing trained yet. Train draws the loss of each epoch here."),
  });
  lines_clear (&lines);
  return figure;
}

/* Gradient norms */

static int
compare_numbers (const void *a,
                 const void *b)
{
  const double difference = *(const double *) a - *(const double *) b;

  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

/* The first epoch whose norm is far above the layer's median; -1 if none. */
static gssize
find_burst (const double *norms,
            gsize n)
{
  g_autofree double *sorted = g_new (double, MAX (1, n));
  gsize n_finite = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (norms[i]))
      sorted[n_finite++] = norms[i];
  if (n_finite < LEAST_EPOCHS_FOR_BURST)
    return -1;

  qsort (sorted, n_finite, sizeof (double), compare_numbers);
  for (gsize i = 0; i < n; i++)
    if (isfinite (norms[i]) && norms[i] > BURST * sorted[n_finite / 2])
      return (gssize) i;

  return -1;
}

static void
add_layer (Lines *lines,
           AnmRun *run,
           guint layer,
           const double *epochs,
           AnmAnnotation *burst)
{
  /* From ink, the first layer, to faint; the farther back, the heavier. */
  static const AnmColourRole colours[] = { ANM_COLOUR_INK, ANM_COLOUR_MUTED, ANM_COLOUR_FAINT };
  const guint n = anm_run_get_n_epochs (run);
  double *norms = lines_own (lines, g_new (double, MAX (1, n)));
  char *title = anm_layer_get_title (anm_run_get_network (run), layer);
  gssize at;

  for (guint i = 0; i < n; i++)
    {
      const AnmRunEpoch *epoch = anm_run_get_epoch (run, i);
      norms[i] = epoch->layer_norms != NULL && layer < epoch->n_layers ? epoch->layer_norms[layer] : NAN;
    }

  at = find_burst (norms, n);
  if (at >= 0 && burst->text == NULL)
    *burst = (AnmAnnotation){ epochs[at], norms[at],
                              lines_own (lines, g_strdup_printf (_("burst, epoch %u"), (guint) epochs[at])) };

  lines_add (lines,
             &(AnmLine){ .colour = colours[layer % G_N_ELEMENTS (colours)], .dash = layer / G_N_ELEMENTS (colours),
                         .style = layer == 0 ? ANM_LINE_THICK : ANM_LINE_THIN, .n_points = n, .x = epochs, .y = norms },
             title, g_strdup (title));
}

static char *
describe_norms (AnmRun *run)
{
  const guint n = anm_run_get_n_epochs (run);
  const AnmRunEpoch *last = n > 0 ? anm_run_get_epoch (run, n - 1) : NULL;
  GString *finding;

  if (last == NULL || last->layer_norms == NULL || last->epoch == 0)
    return NULL;

  finding = g_string_new (NULL);
  g_string_append_printf (finding, _("Epoch %u"), last->epoch);
  for (guint i = 0; i < last->n_layers; i++)
    if (isfinite (last->layer_norms[i]) && anm_network_get_layer_n_parameters (anm_run_get_network (run), i) > 0)
      {
        g_autofree char *title = anm_layer_get_title (anm_run_get_network (run), i);
        g_autofree char *norm = anm_number_format (last->layer_norms[i], 2);

        g_string_append_printf (finding, "%s %s %s", finding->str[finding->len - 1] == '.' ? "" : ",", title, norm);
      }
  g_string_append_c (finding, '.');
  return g_string_free (finding, FALSE);
}

AnmFigure *
anm_gradient_norms_exhibit_new (AnmRun *run)
{
  const double clip_norm = run != NULL ? anm_run_get_hyperparameters (run)->clip_norm : 0;
  g_autofree char *finding = run != NULL ? describe_norms (run) : NULL;
  g_autofree char *limit = NULL;
  AnmAnnotation burst = { .text = NULL };
  AnmRule rule = { .y = clip_norm, .colour = ANM_COLOUR_EVENT };
  AnmFigure *figure;
  Lines lines;

  lines_init (&lines);
  if (run != NULL)
    {
      const guint n = anm_run_get_n_epochs (run);
      double *epochs = lines_own (&lines, g_new (double, MAX (1, n)));

      for (guint i = 0; i < n; i++)
        epochs[i] = anm_run_get_epoch (run, i)->epoch;
      for (guint i = 0; i < anm_network_get_n_layers (anm_run_get_network (run)); i++)
        if (anm_network_get_layer_n_parameters (anm_run_get_network (run), i) > 0)
          add_layer (&lines, run, i, epochs, &burst);
    }

  if (clip_norm > 0)
    {
      g_autofree char *number = anm_number_format (clip_norm, 3);
      /* Translators: longer gradients are shortened to this norm. */
      rule.label = limit = g_strdup_printf (_("clipped at %s"), number);
    }

  figure = anm_line_plot_new (&(AnmLinePlot){
    .title = _("Gradient norm by layer"),
    .caption = _("mean of an epoch's minibatches, before clipping"),
    .finding = finding != NULL ? finding : _("Nothing trained yet."),
    .x_label = _("epoch"),
    .x_min = 0,
    .x_max = round_up_epochs (run != NULL ? get_last_epoch (run) : 0),
    .y_log = TRUE,
    .y_min = NAN,
    .y_max = NAN,
    .n_lines = lines.lines->len,
    .lines = (const AnmLine *) (gpointer) lines.lines->data,
    .n_annotations = burst.text != NULL,
    .annotations = &burst,
    .n_rules = clip_norm > 0 && lines.lines->len > 0,
    .rules = &rule,
    .x_whole = TRUE,
    .empty_text = _("Nothing trained yet. Each layer's gradient is drawn here after the first epoch."),
  });
  lines_clear (&lines);
  return figure;
}
