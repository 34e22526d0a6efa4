/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/widgets/figure-samples.h"

static AnmFigure *
make_race (void)
{
  guint n_samples;
  const FigureSample *samples = figure_samples (&n_samples);

  for (guint i = 0; i < n_samples; i++)
    if (g_str_equal (samples[i].name, "race"))
      return samples[i].make ();
  g_assert_not_reached ();
}

/* Each kind of file is what its ending says. */
static void
test_formats (void)
{
  static const char *const endings[][2] = { { "png", "\x89PNG" }, { "svg", "<?xml" }, { "pdf", "%PDF" }, { "csv", "epoch,SGD 0.01,\"SGD 0.01, low\"" }, { "PNG", "\x89PNG" } };
  g_autoptr (AnmFigure) figure = make_race ();
  g_autofree char *directory = g_dir_make_tmp ("anamnesis-XXXXXX", NULL);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/race.%s", directory, endings[i][0]);
      g_autofree char *contents = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_true (anm_figure_export (figure, &theme, 600, 420, path, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &contents, &length, &error));
      g_assert_cmpuint (length, >, 500);
      g_assert_cmpmem (contents, strlen (endings[i][1]), endings[i][1], strlen (endings[i][1]));
      g_unlink (path);
    }
  g_rmdir (directory);
}

static void
test_refused (void)
{
  g_autoptr (AnmFigure) figure = make_race ();
  g_autoptr (GError) ending = NULL, folder = NULL;
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  g_assert_false (anm_figure_export (figure, &theme, 600, 420, "race.jpg", &ending));
  g_assert_error (ending, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_nonnull (strstr (ending->message, "race.jpg"));
  g_assert_nonnull (strstr (ending->message, ".svg"));
  g_assert_false (anm_figure_export (figure, &theme, 600, 420, "/nowhere/at/all/race.png", &folder));
  g_assert_error (folder, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* The finding stands beneath the picture. */
static void
test_finding (void)
{
  g_autoptr (AnmFigure) figure = make_race ();
  g_autofree char *directory = g_dir_make_tmp ("anamnesis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "race.png", NULL);
  AnmTheme theme;
  gboolean ink = FALSE;

  anm_theme_init (&theme, FALSE);
  g_assert_true (anm_figure_export (figure, &theme, 600, 420, path, NULL));
  cairo_surface_t *picture = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (picture), ==, 1200);
  g_assert_cmpint (cairo_image_surface_get_height (picture), ==, 840);
  for (int y = 840 - 2 * 34; y < 840 - 2 * 18; y++)
    for (int x = 36; x < 600; x++)
      ink |= cairo_image_surface_get_data (picture)[(gsize) y * (gsize) cairo_image_surface_get_stride (picture) + 4 * (gsize) x] < 100;
  g_assert_true (ink);
  cairo_surface_destroy (picture);
  g_unlink (path);
  g_rmdir (directory);
}

/* Figures are drawn from any thread. */
static gpointer
draw_often (gpointer data)
{
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (guint i = 0; i < 10; i++)
    {
      cairo_surface_t *surface = figure_samples_paint (data, &theme, 400, 300, TRUE, 1, 20);
      g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
      cairo_surface_destroy (surface);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (AnmFigure) figure = make_race ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("drawing", draw_often, figure);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/formats", test_formats);
  g_test_add_func ("/export/refused", test_refused);
  g_test_add_func ("/export/finding", test_finding);
  g_test_add_func ("/export/threads", test_threads);
  return g_test_run ();
}
