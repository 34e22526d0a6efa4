/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Double build: back-propagation against central differences, every tensor of
 * every layer, loss and shape. With --dump FILE it writes the gradients
 * instead, for the float build to be held against.
 */
#include "gradient-cases.h"

#include "engine/workspace-private.h"

#include <math.h>
#include <stdio.h>

#define TOLERANCE 1e-7

/* Which step each number of a pooled row was taken from. */
static guint
hash_taken (const AnmLayerState *state, const AnmPass *pass, guint n_units, guint hash)
{
  for (guint row = 0; row < pass->input->n_rows; row++)
    for (guint k = 0; k < pass->output->lengths[row]; k++)
      for (guint t = 0; t < pass->input->lengths[row]; t++)
        {
          const anm_real *y = state->output.values + (pass->output->start[k] + row) * state->output.stride;
          const anm_real *x = state->input.values + (pass->input->start[t] + row) * state->input.stride;

          for (guint i = 0; i < n_units; i++)
            hash = hash * 33 + (x[i] == y[i]);
        }
  return hash;
}

/* Which side of its kink each rectified unit, or decay, is on: the signs of all that can be seen. */
static guint
hash_rectified (const AnmWorkspace *workspace, const AnmPacked *packed)
{
  guint hash = 5381;

  for (guint l = 0; l < workspace->network->n_layers; l++)
    {
      const AnmLayer *layer = workspace->network->layers[l];
      AnmPass pass;

      _anm_workspace_get_pass (workspace, l, packed, NULL, &pass);
      if (layer->klass == &_anm_pooling_class)
        hash = hash_taken (workspace->states[l], &pass, layer->n_units, hash);
      for (guint k = 0; k < layer->klass->n_traces; k++)
        for (guint row = 0; row < pass.input->n_rows && !layer->klass->traces[k].is_gradient; row++)
          {
            anm_real values[1024];
            gboolean decays = strstr (layer->klass->traces[k].symbol, "gamma") != NULL;
            gsize n = (gsize) pass.input->lengths[row] * _anm_layer_get_trace_width (layer, k);

            g_assert_cmpuint (n, <=, G_N_ELEMENTS (values));
            layer->klass->read_trace (layer, workspace->states[l], &pass, k, row, values);
            for (gsize i = 0; i < n; i++)
              hash = hash * 33 + (decays ? values[i] < 1 : values[i] > 0);
          }
    }
  return hash;
}

/* Which side of the loss's kinks each output is on. */
static guint
hash_differences (const AnmWorkspace *workspace)
{
  const AnmSequences *sequences = workspace->sequences;
  const AnmRagged *shape = workspace->shapes[workspace->network->n_layers];
  guint n_outputs = anm_network_get_n_outputs (workspace->network);
  guint hash = 5381;

  for (guint t = 0; t < shape->n_steps; t++)
    for (guint r = 0; r < shape->active[t]; r++)
      for (guint k = 0; k < n_outputs; k++)
        {
          gsize row = sequences->target.per_step ? sequences->offsets[workspace->rows[r]] + t : workspace->rows[r];
          double difference = (double) (workspace->outputs[(shape->start[t] + r) * n_outputs + k] - sequences->targets[row * n_outputs + k]);

          hash = hash * 33 + (difference > 0) + 2 * (fabs (difference) > workspace->loss_options.huber_delta);
        }
  return hash;
}

static guint
hash_kinks (const AnmWorkspace *workspace, const AnmPacked *packed, gboolean rectified)
{
  guint hash = rectified ? hash_rectified (workspace, packed) : 0;

  return workspace->loss == ANM_LOSS_HUBER || workspace->loss == ANM_LOSS_MEAN_ABSOLUTE_ERROR ? hash * 33 + hash_differences (workspace) : hash;
}

/* Fourth-order central difference; the step shrinks until neither a unit nor the loss crosses a kink. Where small sums
 * are divided by their own deviation, curves are sharp. */
static double
differentiate (AnmWorkspace *workspace, AnmPacked *packed, anm_real *parameters, gsize i, gboolean rectified, gboolean sharp)
{
  const double offsets[] = { -2, -1, 1, 2 };
  anm_real middle = parameters[i];

  for (double step = sharp ? 5e-5 : 2.5e-4; step > 1e-7; step /= 8)
    {
      double losses[4];
      guint hashes[4];

      for (guint k = 0; k < 4; k++)
        {
          parameters[i] = middle + (anm_real) (offsets[k] * step);
          losses[k] = compute_gradient (workspace, packed, parameters, NULL);
          hashes[k] = hash_kinks (workspace, packed, rectified);
        }
      parameters[i] = middle;
      if (hashes[0] == hashes[1] && hashes[1] == hashes[2] && hashes[2] == hashes[3])
        return (8.0 * (losses[2] - losses[1]) - (losses[3] - losses[0])) / (12.0 * step);
    }
  g_error ("a unit, or a loss, stands on its kink");
}

static void
check_case (const char *name, AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences, anm_real *parameters, gpointer data)
{
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, loss, (guint) sequences->n_sequences, anm_sequences_get_max_length (sequences), TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  g_autofree anm_real *gradient = g_new0 (anm_real, anm_network_get_n_parameters (network));
  gboolean rectified = strstr (name, "relu") != NULL || strstr (name, "gru_d") != NULL || strstr (name, "pooling(max") != NULL;
  double *worst = data;
  guint n_slices;
  const AnmParameter *slices = anm_network_get_parameters (network, &n_slices);

  load_all (workspace, sequences);
  compute_gradient (workspace, packed, parameters, gradient);
  for (guint s = 0; s < n_slices; s++)
    {
      double difference = 0.0, analytic = 0.0, numeric = 0.0, error;

      for (gsize i = slices[s].offset; i < slices[s].offset + (gsize) slices[s].n_rows * slices[s].n_columns; i++)
        {
          double n = differentiate (workspace, packed, parameters, i, rectified, strstr (name, "layer_norm") != NULL);
          double a = (double) gradient[i];

          difference += (a - n) * (a - n);
          analytic += a * a;
          numeric += n * n;
        }
      if (analytic == 0.0 || numeric == 0.0)
        {
          /* What is left of sums that cancel is rounding. */
          if (!(sqrt (analytic + numeric) < 1e-11))
            g_error ("%s: %s: one gradient is zero, the other %g", name, slices[s].name, sqrt (analytic + numeric));
          continue;
        }
      error = sqrt (difference) / (sqrt (analytic) + sqrt (numeric));
      *worst = MAX (*worst, error);
      if (!(error <= TOLERANCE))
        g_error ("%s: %s: relative error %g", name, slices[s].name, error);
    }
}

static void
test_central_differences (void)
{
  double worst = 0.0;

  for_each_gradient_case (g_test_slow (), check_case, &worst);
  g_test_message ("worst relative error of a tensor: %g", worst);
}

static void
dump_case (const char *name, AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences, anm_real *parameters, gpointer data)
{
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, loss, (guint) sequences->n_sequences, anm_sequences_get_max_length (sequences), TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *gradient = g_new0 (anm_real, n);

  load_all (workspace, sequences);
  compute_gradient (workspace, packed, parameters, gradient);
  g_assert_cmpuint (fwrite (gradient, sizeof *gradient, n, data), ==, n);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--dump"))
    {
      FILE *file = fopen (argv[2], "wb");

      g_assert_nonnull (file);
      for_each_gradient_case (TRUE, dump_case, file);
      return fclose (file) == 0 ? 0 : 1;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gradients/central-differences", test_central_differences);
  return g_test_run ();
}
