/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/spectrum.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/cell-symbol.h"
#include "app/exhibits/time-words.h"
#include "app/exhibits/training-curves.h"
#include "widgets/figures/complex-plane.h"
#include "widgets/figures/line-plot.h"
#include "widgets/figures/number.h"

/* As near to the circle as the digits shown tell. */
#define ON_CIRCLE 0.005
/* Below what single precision holds. */
#define NOTHING 1e-38

const char *
anm_not_recurrent_words (const AnmNetwork *network)
{
  return anm_network_find_recurrent (network) >= 0 ? _("This layer isn't recurrent: choose one that is.")
                                                   : _("This network has no recurrent layer: it holds nothing from step to step.");
}

static AnmFigure *
make_empty_plane (const char *title,
                  const char *lack)
{
  return anm_complex_plane_new (&(AnmComplexPlane){ .title = title, .finding = lack, .empty_text = lack });
}

static double
get_radius (const double *real,
            const double *imaginary,
            guint n)
{
  return n > 0 ? hypot (real[0], imaginary[0]) : NAN;
}

static guint
count_outside (const double *real,
               const double *imaginary,
               guint n)
{
  guint outside = 0;

  for (guint i = 0; i < n; i++)
    outside += hypot (real[i], imaginary[i]) > 1 + ON_CIRCLE;
  return outside;
}

/* What a modulus means for what is multiplied by it again and again. */
static const char *
judge (double radius)
{
  if (radius > 1 + ON_CIRCLE)
    return _("outside the circle: can explode");
  if (radius < 1 - ON_CIRCLE)
    return _("inside the circle: fades");
  return _("on the circle: is kept");
}

AnmFigure *
anm_recurrent_matrix_exhibit_new (const AnmNetwork *network,
                                  const AnmRecurrentLook *look,
                                  guint epoch,
                                  const char *lack)
{
  if (look == NULL)
    return make_empty_plane (_("Recurrent matrix"), lack);

  double radius = get_radius (look->real, look->imaginary, look->n_units);
  guint n_outside = count_outside (look->real, look->imaginary, look->n_units);
  g_autofree char *layer = anm_layer_get_title (network, look->layer);
  g_autofree char *gate = anm_gate_name_to_text (look->gate);
  /* Translators: a gate ("g"); a layer. */
  g_autofree char *caption = g_strdup_printf (_("U of %s of %s: eigenvalues"), gate, layer);
  g_autofree char *now = g_strdup_printf (_("epoch %u"), epoch);
  g_autofree char *before = g_strdup_printf (_("epoch %u"), 0);
  g_autofree char *number = anm_number_format_fixed (radius, 2);
  g_autofree char *note = g_strdup_printf (_("largest |λ| = %s"), number);
  g_autofree char *judged = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u eigenvalue lies outside the unit circle",
                                                          "%u of %u eigenvalues lie outside the unit circle", look->n_units), n_outside, look->n_units);
  gboolean with_initial = look->initial_real != NULL && epoch > 0;
  g_autofree char *initial = with_initial ? anm_number_format_fixed (get_radius (look->initial_real, look->initial_imaginary, look->n_units), 2) : NULL;
  /* Translators: "3 of 32 eigenvalues lie outside the unit circle"; the largest modulus now; that of epoch 0. */
  g_autofree char *finding = with_initial ? g_strdup_printf (_("%s; the largest has modulus %s, at epoch 0 it was %s."), judged, number, initial)
                                          : g_strdup_printf (_("%s; the largest has modulus %s."), judged, number);
  const AnmComplexSet sets[] = {
    { .label = now, .colour = ANM_COLOUR_RUN_FIRST, .n_points = look->n_units, .real = look->real, .imaginary = look->imaginary },
    { .label = before, .colour = ANM_COLOUR_MUTED, .hollow = TRUE, .n_points = look->n_units, .real = look->initial_real, .imaginary = look->initial_imaginary },
  };

  return anm_complex_plane_new (&(AnmComplexPlane){
    .title = _("Recurrent matrix"),
    .caption = caption,
    .finding = finding,
    .n_sets = with_initial ? 2 : 1,
    .sets = sets,
    .symbol = "λ",
    .note = note,
    .note_detail = judge (radius),
    .empty_text = _("The weights aren't numbers."),
  });
}

/* One patient. A step stands at its end, as in the other figures. */

AnmFigure *
anm_jacobian_exhibit_new (const AnmNetwork *network,
                          const AnmJacobianLook *look,
                          const char *patient,
                          double step,
                          const char *time_unit,
                          guint epoch,
                          const char *lack)
{
  if (look == NULL)
    return make_empty_plane (_("Jacobian of a step"), lack);

  double radius = get_radius (look->real, look->imaginary, look->size);
  g_autofree char *layer = anm_layer_get_title (network, look->layer);
  g_autofree char *when = anm_number_format_time (look->time + step, time_unit);
  const char *what = look->size > look->n_units ? "∂(h, c)ₜ/∂(h, c)ₜ₋₁" : "∂hₜ/∂hₜ₋₁";
  /* Translators: a point in time; a patient's id; a derivative; a layer; an epoch. */
  g_autofree char *caption = g_strdup_printf (_("%s, patient %s: eigenvalues of %s of %s, epoch %u"), when, patient, what, layer, epoch);
  g_autofree char *number = anm_number_format_fixed (radius, 2);
  g_autofree char *norm = anm_number_format_fixed (look->largest_singular_value, 2);
  g_autofree char *ring = g_strdup_printf ("‖J‖ = %s", norm);
  g_autofree char *note = g_strdup_printf (_("largest |λ| = %s"), number);
  g_autofree char *detail = look->largest_singular_value > 1 + ON_CIRCLE ? g_strdup_printf (_("a change can grow to %s times in a step"), norm)
                                                                         : g_strdup_printf (_("a change is %s times or less after a step"), norm);
  /* Translators: a point in time; two numbers. */
  g_autofree char *finding = g_strdup_printf (_("At %s the largest eigenvalue has modulus %s and the largest singular value is %s."), when, number, norm);
  const AnmComplexSet set = { .label = when, .colour = ANM_COLOUR_RUN_FIRST, .n_points = look->size, .real = look->real, .imaginary = look->imaginary };

  return anm_complex_plane_new (&(AnmComplexPlane){
    .title = _("Jacobian of a step"),
    .caption = caption,
    .finding = finding,
    .n_sets = 1,
    .sets = &set,
    .ring = look->largest_singular_value,
    .ring_label = ring,
    .symbol = "λ",
    .note = note,
    .note_detail = detail,
    .empty_text = _("The derivatives aren't numbers."),
  });
}

AnmFigure *
anm_reach_exhibit_new (const AnmNetwork *network,
                       const AnmReachLook *look,
                       const char *patient,
                       double step,
                       const char *time_unit,
                       guint epoch,
                       const char *lack)
{
  if (look == NULL || look->n_steps == 0)
    return anm_line_plot_new (&(AnmLinePlot){ .title = _("Reach of a change"), .finding = lack, .empty_text = lack, .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });

  g_autofree double *x = g_new (double, look->n_steps);
  g_autofree double *norms = g_new (double, look->n_steps);
  g_autofree double *hidden = g_new (double, look->n_steps);
  gboolean has_cell = FALSE;
  guint earliest = look->n_steps - 1;

  for (guint t = look->n_steps; t-- > 0;)
    {
      earliest = isnan (look->log_norms[t]) ? earliest : t;
      x[t] = look->times[t] + step;
      norms[t] = exp (look->log_norms[t]);
      hidden[t] = exp (look->log_hidden_norms[t]);
      has_cell = has_cell || (!isnan (look->log_norms[t]) && look->log_norms[t] != look->log_hidden_norms[t]);
    }

  g_autofree char *layer = anm_layer_get_title (network, look->layer);
  /* Translators: a patient's id; a layer; an epoch. */
  g_autofree char *whole = g_strdup_printf (_("patient %s: how much of a change of the state of %s arrives at the end, epoch %u"), patient, layer, epoch);
  /* Translators: a caption; how many of how many steps are computed. */
  g_autofree char *caption = look->n_known < look->n_steps ? g_strdup_printf (_("%s; %u of %u steps so far"), whole, look->n_known, look->n_steps) : g_strdup (whole);
  g_autofree char *first = norms[earliest] > NOTHING ? anm_number_format (norms[earliest], 2) : NULL;
  g_autofree char *when = anm_number_format_time (x[earliest], time_unit);
  /* Translators: a point in time; a number. */
  g_autofree char *finding = first != NULL ? g_strdup_printf (_("Of a change at %s, %s times as much arrives at the end."), when, first)
                                           : g_strdup_printf (_("Of a change at %s nothing arrives at the end."), when);
  const AnmLine lines[] = {
    { .label = has_cell ? "‖∂(h, c)/∂(h, c)ₜ‖" : "‖∂h/∂hₜ‖", .colour = ANM_COLOUR_INK, .style = ANM_LINE_THICK, .n_points = look->n_steps, .x = x, .y = norms },
    { .label = "‖∂h/∂hₜ‖", .colour = ANM_COLOUR_MUTED, .style = ANM_LINE_THIN, .n_points = look->n_steps, .x = x, .y = hidden },
  };
  const AnmRule kept = { 1, _("kept"), ANM_COLOUR_FAINT };

  return anm_line_plot_new (&(AnmLinePlot){
    .title = _("Reach of a change"),
    .caption = caption,
    .finding = finding,
    .x_label = anm_time_axis_words (time_unit),
    .x_time_unit = time_unit,
    .y_log = TRUE,
    .x_min = x[0],
    .x_max = x[look->n_steps - 1],
    .y_min = NAN,
    .y_max = NAN,
    .n_lines = has_cell ? 2 : 1,
    .lines = lines,
    .n_rules = 1,
    .rules = &kept,
    .empty_text = _("The derivatives aren't numbers."),
  });
}
