/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/sample-makers.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/cohort-builder.h"

/*
 * Scans of test objects: 28 x 28 pixels, one row a time step, ten shapes.
 *
 * Each object is given by its signed distance d (negative inside), in units of
 * its own radius, after a random shift, turn and size. A scanner with a
 * Gaussian point spread of s pixels shows a straight edge as the edge spread
 * function
 *   I = a Phi(-d r / s),   Phi(x) = erfc(-x / sqrt 2) / 2
 * (a contrast, r radius in pixels). A magnitude image adds Gaussian noise to
 * the real and the imaginary part, which makes it Rician:
 *   M = sqrt((I + n_1)^2 + n_2^2),   n ~ N(0, noise^2)
 * Gudbjartsson and Patz, "The Rician distribution of noisy MRI data", Magnetic
 * Resonance in Medicine 34(6):910-914 (1995), equation 1.
 */

#define SIZE 28
#define N_SHAPES 10

typedef double (*Shape) (double x, double y);

static const char *const shape_names[N_SHAPES + 1] = {
  N_("disc"), N_("ring"), N_("square"), N_("triangle"), N_("bar"), N_("cross"), N_("crescent"), N_("two discs"), N_("four discs"), N_("half disc"), NULL
};

static double
disc_at (double x,
         double y,
         double radius)
{
  return hypot (x, y) - radius;
}

static double
box (double x,
     double y,
     double half_width,
     double half_height)
{
  double dx = fabs (x) - half_width;
  double dy = fabs (y) - half_height;

  return hypot (MAX (dx, 0), MAX (dy, 0)) + MIN (MAX (dx, dy), 0);
}

static double
disc (double x,
      double y)
{
  return disc_at (x, y, 1);
}

static double
ring (double x,
      double y)
{
  return fabs (hypot (x, y) - 0.8) - 0.2;
}

static double
square (double x,
        double y)
{
  return box (x, y, 0.85, 0.85);
}

static double
triangle (double x,
          double y)
{
  double distance = -INFINITY;

  for (int side = 0; side < 3; side++)
    {
      double angle = G_PI / 2 + side * 2 * G_PI / 3;

      distance = fmax (distance, x * cos (angle) + y * sin (angle) - 0.6);
    }
  return distance;
}

static double
bar (double x,
     double y)
{
  return box (x, y, 1.1, 0.28);
}

static double
cross (double x,
       double y)
{
  return fmin (box (x, y, 1, 0.28), box (x, y, 0.28, 1));
}

static double
crescent (double x,
          double y)
{
  return fmax (disc_at (x, y, 1), -disc_at (x - 0.5, y, 0.75));
}

static double
two_discs (double x,
           double y)
{
  return disc_at (fabs (x) - 0.65, y, 0.42);
}

static double
four_discs (double x,
            double y)
{
  return disc_at (fabs (x) - 0.62, fabs (y) - 0.62, 0.36);
}

static double
half_disc (double x,
           double y)
{
  return fmax (disc_at (x, y, 1), y);
}

static const Shape shapes[N_SHAPES] = { disc, ring, square, triangle, bar, cross, crescent, two_discs, four_discs, half_disc };

static void
add_scan (AnmCohortBuilder *builder,
          gsize number,
          guint64 seed,
          double noise)
{
  AnmDraws draws = { seed, number, 0 };
  guint shape = (guint) anm_random_below (seed, G_MAXUINT32 + (guint64) 1, number, N_SHAPES);
  g_autofree char *id = g_strdup_printf ("%zu", number + 1);
  gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));
  double centre_x = anm_draw_uniform (&draws, 10.5, 16.5);
  double centre_y = anm_draw_uniform (&draws, 10.5, 16.5);
  double turn = anm_draw_uniform (&draws, -0.4, 0.4);
  double radius = anm_draw_uniform (&draws, 6, 9.5);
  double contrast = anm_draw_uniform (&draws, 0.6, 1);
  double spread = anm_draw_uniform (&draws, 0.5, 1.2);

  for (int row = 0; row < SIZE; row++)
    for (guint column = 0; column < SIZE; column++)
      {
        double right = (column - centre_x) / radius;
        double up = (centre_y - row) / radius;
        double distance = shapes[shape](right * cos (turn) + up * sin (turn), up * cos (turn) - right * sin (turn));
        double intensity = contrast * erfc (distance * radius / (spread * G_SQRT2)) / 2;
        double real = anm_draw_normal (&draws, intensity, noise);
        double imaginary = anm_draw_normal (&draws, 0, noise);

        anm_cohort_builder_add_value (builder, patient, column, row, (float) hypot (real, imaginary));
      }
  anm_cohort_builder_set_outcome (builder, patient, (float) shape);
}

AnmCohort *
anm_sample_make_scan (const double *options)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new (N_("Simulated scans"), "step");
  gsize n_patients = (gsize) options[0];

  anm_cohort_builder_set_scaled (builder, TRUE);
  anm_cohort_builder_set_target (builder, ANM_TARGET_CLASSES, N_SHAPES, "shape", N_("shape"), g_strdupv ((char **) shape_names));
  for (guint column = 0; column < SIZE; column++)
    {
      g_autofree char *name = g_strdup_printf ("column %u", column + 1);

      anm_cohort_builder_add_channel (builder, name);
    }
  for (gsize p = 0; p < n_patients; p++)
    add_scan (builder, p, (guint64) options[1], options[2]);
  return anm_cohort_builder_finish (builder, 1);
}
