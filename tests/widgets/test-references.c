/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

#include "tests/widgets/figure-cases.h"
#include "tests/widgets/figure-samples.h"

/*
 * Every sample figure is painted and held against its picture in reference/. Letters may differ by a shade between
 * versions of FreeType, so pixels are compared with a tolerance; what was painted and where it differs are
 * written into the build directory as NAME.out.png and NAME.diff.png. After a wanted change look at the pictures
 * and write them anew: ANM_UPDATE_REFERENCES=1 test-references.
 */

#define MUCH 48             /* of 255, in any colour */
#define SHARE_ALLOWED 0.002 /* of pixels that differ by much */
#define MEAN_ALLOWED 0.6    /* of 255 */

static gboolean
is_updating (void)
{
  return g_strcmp0 (g_getenv ("ANM_UPDATE_REFERENCES"), "1") == 0;
}

static void
write_png (cairo_surface_t *surface,
           const char *directory,
           const char *name,
           const char *ending)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);
  g_autofree char *path = g_build_filename (directory, file, NULL);

  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
}

/* The picture of differences: grey where alike, red where not. Returns the share of pixels that differ by much. */
static double
compare (cairo_surface_t *painted,
         cairo_surface_t *reference,
         cairo_surface_t *difference,
         double *mean)
{
  int width = cairo_image_surface_get_width (painted), height = cairo_image_surface_get_height (painted);
  gsize n_much = 0, sum = 0;

  cairo_surface_flush (painted);
  cairo_surface_flush (reference);
  for (int y = 0; y < height; y++)
    {
      const guint8 *a = cairo_image_surface_get_data (painted) + (gsize) y * (gsize) cairo_image_surface_get_stride (painted);
      const guint8 *b = cairo_image_surface_get_data (reference) + (gsize) y * (gsize) cairo_image_surface_get_stride (reference);
      guint8 *d = cairo_image_surface_get_data (difference) + (gsize) y * (gsize) cairo_image_surface_get_stride (difference);

      for (int x = 0; x < width; x++)
        {
          int most = 0;
          for (int k = 0; k < 3; k++)
            {
              int by = abs (a[4 * x + k] - b[4 * x + k]);
              most = MAX (most, by);
              sum += (gsize) by;
            }
          n_much += most > MUCH;
          for (int k = 0; k < 3; k++)
            d[4 * x + k] = most > MUCH ? (k == 2 ? 255 : 0) : (guint8) (255 - (255 - a[4 * x + k]) / 4);
        }
    }
  cairo_surface_mark_dirty (difference);
  *mean = (double) sum / (3.0 * width * height);
  return (double) n_much / ((double) width * height);
}

static gboolean
has_font (const char *family)
{
  PangoFontMap *map = pango_cairo_font_map_new ();
  g_autofree PangoFontFamily **families = NULL;
  int n_families;
  gboolean found = FALSE;

  pango_font_map_list_families (map, &families, &n_families);
  for (int i = 0; i < n_families && !found; i++)
    found = g_str_has_prefix (pango_font_family_get_name (families[i]), family);
  g_object_unref (map);
  return found;
}

typedef struct
{
  const FigureSample *sample;  /* or */
  const FigureKind   *kind;    /* all cases of it */
  gboolean            dark, high_contrast;
  double              cursor;
} Case;

static char *
name_case (const Case *given)
{
  g_autofree char *sheet = given->kind != NULL ? g_strconcat ("cases-", given->kind->name, NULL) : NULL;

  return g_strdup_printf ("%s%s%s%s", sheet != NULL ? sheet : given->sample->name, isnan (given->cursor) ? "" : "-cursor",
                          given->high_contrast ? "-contrast" : "", given->dark ? "-dark" : "");
}

static cairo_surface_t *
paint_case (const Case *given)
{
  AnmTheme theme;

  anm_theme_init (&theme, given->dark);
  theme.high_contrast = given->high_contrast;
  if (given->kind != NULL)
    return figure_kind_sheet (given->kind, &theme);

  g_autoptr (AnmFigure) figure = given->sample->make ();
  return figure_samples_paint (figure, &theme, given->sample->width, given->sample->height, given->sample->with_title, 1, given->cursor);
}

static void
test_reference (gconstpointer data)
{
  const Case *given = data;
  g_autofree char *name = name_case (given);
  g_autofree char *references = g_test_build_filename (G_TEST_DIST, "widgets", "reference", NULL);
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (references, file, NULL);

  if (!has_font ("Cantarell"))
    {
      g_test_skip ("The font Cantarell isn't installed (package fonts-cantarell)");
      return;
    }
  if (g_str_has_prefix (name, "chinese") && !has_font ("Noto Sans CJK"))
    {
      g_test_skip ("The font Noto Sans CJK isn't installed (package fonts-noto-cjk)");
      return;
    }

  cairo_surface_t *painted = paint_case (given);
  if (is_updating ())
    {
      write_png (painted, references, name, ".png");
      cairo_surface_destroy (painted);
      return;
    }

  cairo_surface_t *reference = cairo_image_surface_create_from_png (path);
  int width = cairo_image_surface_get_width (painted), height = cairo_image_surface_get_height (painted);
  g_assert_cmpint (cairo_surface_status (reference), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (reference), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (reference), ==, height);

  cairo_surface_t *difference = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  double mean, share = compare (painted, reference, difference, &mean);
  if (!(share <= SHARE_ALLOWED && mean <= MEAN_ALLOWED))
    {
      const char *build = g_getenv ("G_TEST_BUILDDIR") != NULL ? g_getenv ("G_TEST_BUILDDIR") : ".";
      write_png (painted, build, name, ".out.png");
      write_png (difference, build, name, ".diff.png");
      g_test_message ("%s: %.2f %% of pixels differ, mean %.2f: see %s/%s.{out,diff}.png", name, 100 * share, mean, build, name);
      g_test_fail ();
    }
  cairo_surface_destroy (difference);
  cairo_surface_destroy (reference);
  cairo_surface_destroy (painted);
}

/* The comparison itself can fail. */
static void
test_comparison (void)
{
  AnmTheme theme;
  guint n_samples;
  const FigureSample *samples = figure_samples (&n_samples);
  g_autoptr (AnmFigure) figure = samples[0].make ();
  double mean;

  anm_theme_init (&theme, FALSE);
  cairo_surface_t *a = figure_samples_paint (figure, &theme, 300, 200, TRUE, 1, NAN);
  cairo_surface_t *b = figure_samples_paint (figure, &theme, 300, 200, TRUE, 1, NAN);
  cairo_surface_t *other = figure_samples_paint (figure, &theme, 300, 200, TRUE, 1, 20);
  cairo_surface_t *difference = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 200);

  g_assert_cmpfloat (compare (a, b, difference, &mean), ==, 0);
  g_assert_cmpfloat (mean, ==, 0);
  g_assert_cmpfloat (compare (a, other, difference, &mean), >, SHARE_ALLOWED);
  cairo_surface_destroy (a);
  cairo_surface_destroy (b);
  cairo_surface_destroy (other);
  cairo_surface_destroy (difference);
}

static void
add_case (GPtrArray *cases,
          Case given)
{
  Case *kept = g_memdup2 (&given, sizeof given);
  g_autofree char *name = name_case (kept);
  g_autofree char *path = g_strconcat ("/references/", name, NULL);

  g_ptr_array_add (cases, kept);
  g_test_add_data_func (path, kept, test_reference);
}

int
main (int argc,
      char **argv)
{
  static const struct
  {
    const char *name;
    double      cursor;
  } with_cursor[] = { { "loss", 20 }, { "risk", 39 }, { "hidden-state", 39 }, { "time-line", 42 }, { "trajectories", 39 }, { "equations", 3 },
                    { "state-column", 39 } };
  static const char *const in_dark[] = { "loss", "gradient-norms", "input-strip", "gradient-flow", "time-line-odd", "distribution-alone", "empty",
                                         "epoch-map", "complex-plane", "trajectories", "mirror-bars", "equations", "waterfall", "curve",
                                         "state-column", "dendrogram" };
  static const char *const in_contrast[] = { "loss", "race", "hidden-state", "time-line" };
  guint n_samples, n_kinds;
  const FigureSample *samples = figure_samples (&n_samples);
  const FigureKind *kinds = figure_kinds (&n_kinds);
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/references/comparison", test_comparison);
  for (guint i = 0; i < n_samples; i++)
    {
      add_case (cases, (Case){ &samples[i], NULL, FALSE, FALSE, NAN });
      for (guint k = 0; k < G_N_ELEMENTS (in_dark); k++)
        if (g_str_equal (samples[i].name, in_dark[k]))
          add_case (cases, (Case){ &samples[i], NULL, TRUE, FALSE, NAN });
      for (guint k = 0; k < G_N_ELEMENTS (in_contrast); k++)
        for (int dark = 0; dark <= 1; dark++)
          if (g_str_equal (samples[i].name, in_contrast[k]))
            add_case (cases, (Case){ &samples[i], NULL, dark, TRUE, NAN });
      for (guint k = 0; k < G_N_ELEMENTS (with_cursor); k++)
        if (g_str_equal (samples[i].name, with_cursor[k].name))
          add_case (cases, (Case){ &samples[i], NULL, FALSE, FALSE, with_cursor[k].cursor });
    }
  for (guint i = 0; i < n_kinds; i++)
    /* What asks for its height has none that a sheet could give it. */
    if (kinds[i].get_height == NULL)
      add_case (cases, (Case){ NULL, &kinds[i], FALSE, FALSE, NAN });
  return g_test_run ();
}
