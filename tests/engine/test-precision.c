/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The float build against the double build, whose gradients are checked
 * against central differences: the twin program, named by the environment
 * variable ANM_DOUBLE_GRADIENTS, writes them to a file. A tensor whose
 * gradient is zero in one build is exactly zero in the other.
 */
#include "gradient-cases.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#define TOLERANCE 1e-4

typedef struct
{
  FILE  *expected;
  double worst;
  guint  n_tensors;
} Comparison;

static void
compare_case (const char *name, AnmNetwork *network, AnmLossKind loss, const AnmSequences *sequences, anm_real *parameters, gpointer data)
{
  Comparison *self = data;
  g_autoptr (AnmWorkspace) workspace = anm_workspace_new (network, loss, (guint) sequences->n_sequences, anm_sequences_get_max_length (sequences), TRUE);
  g_autoptr (AnmPacked) packed = anm_packed_new (network);
  gsize n = anm_network_get_n_parameters (network);
  g_autofree anm_real *gradient = g_new0 (anm_real, n);
  g_autofree double *expected = g_new (double, n);
  guint n_slices;
  const AnmParameter *slices = anm_network_get_parameters (network, &n_slices);

  g_assert_cmpuint (fread (expected, sizeof *expected, n, self->expected), ==, n);
  load_all (workspace, sequences);
  compute_gradient (workspace, packed, parameters, gradient);
  for (guint s = 0; s < n_slices; s++)
    {
      double difference = 0.0, ours = 0.0, theirs = 0.0, error;

      for (gsize i = slices[s].offset; i < slices[s].offset + (gsize) slices[s].n_rows * slices[s].n_columns; i++)
        {
          double a = (double) gradient[i];

          difference += (a - expected[i]) * (a - expected[i]);
          ours += a * a;
          theirs += expected[i] * expected[i];
        }
      self->n_tensors++;
      if (ours == 0.0 || theirs == 0.0)
        {
          if (ours != theirs)
            g_error ("%s: %s: one gradient is zero, the other %g", name, slices[s].name, sqrt (ours + theirs));
          continue;
        }
      error = sqrt (difference) / (sqrt (ours) + sqrt (theirs));
      self->worst = MAX (self->worst, error);
      if (!(error <= TOLERANCE))
        g_error ("%s: %s: relative error %g", name, slices[s].name, error);
    }
}

static void
test_float_against_double (void)
{
  const char *twin = g_getenv ("ANM_DOUBLE_GRADIENTS");
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int status, descriptor = g_file_open_tmp ("anm-gradients-XXXXXX", &path, &error);
  const char *command[] = { twin, "--dump", path, NULL };
  Comparison comparison = { 0 };

  g_assert_no_error (error);
  g_assert_nonnull (twin);
  g_assert_true (g_close (descriptor, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  comparison.expected = fopen (path, "rb");
  g_assert_nonnull (comparison.expected);
  for_each_gradient_case (TRUE, compare_case, &comparison);
  g_assert_cmpint (fgetc (comparison.expected), ==, EOF);
  fclose (comparison.expected);
  g_unlink (path);
  g_test_message ("worst relative error of %u tensors: %g", comparison.n_tensors, comparison.worst);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/precision/float-against-double", test_float_against_double);
  return g_test_run ();
}
