/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tests/widgets/figure-cases.h"
#include "widgets/figures/text.h"

/*
 * Every kind of figure with every kind of odd data, light, dark and in high contrast, from the smallest size to a wall's,
 * at two sizes of text: something is drawn, and no text lies over another, beyond the edge or under a clip.
 */

/* Pixels that letters may share before it counts: shades at their edges. */
#define SLACK 1.0

static const double sizes[][2] = { { 180, 120 }, { 240, 150 }, { 326, 230 }, { 640, 300 }, { 900, 640 }, { 2000, 1500 } };
static const double strip_sizes[][2] = { { 0, 0 }, { 146, 90 }, { 600, 200 } };

static gboolean
overlap (const AnmTextBox *a,
         const AnmTextBox *b)
{
  return a->x + a->width > b->x + SLACK && b->x + b->width > a->x + SLACK
         && a->y + a->height > b->y + SLACK && b->y + b->height > a->y + SLACK;
}

/* NULL, or what is wrong with the texts of a figure of that size. */
static char *
find_fault (const GArray *boxes,
            double width,
            double height,
            gboolean strict)
{
  for (guint i = 0; i < boxes->len; i++)
    {
      const AnmTextBox *box = &g_array_index (boxes, AnmTextBox, i);

      if (box->x < -SLACK || box->y < -SLACK || box->x + box->width > width + SLACK || box->y + box->height > height + SLACK)
        return g_strdup_printf ("“%s” at %.0f, %.0f, %.0f wide, %.0f high, is cut off by the edge", box->text, box->x, box->y, box->width, box->height);
      if (box->shortened && (strict || box->width < 14))
        return g_strdup_printf ("“%s” at %.0f, %.0f is shortened", box->text, box->x, box->y);
      if (box->clipped)
        return g_strdup_printf ("“%s” at %.0f, %.0f is cut off by a clip", box->text, box->x, box->y);
      for (guint k = 0; k < i; k++)
        if (overlap (box, &g_array_index (boxes, AnmTextBox, k)))
          return g_strdup_printf ("“%s” at %.0f, %.0f lies over “%s” at %.0f, %.0f", box->text, box->x, box->y,
                                  g_array_index (boxes, AnmTextBox, k).text, g_array_index (boxes, AnmTextBox, k).x, g_array_index (boxes, AnmTextBox, k).y);
    }
  return NULL;
}

static GArray *
draw (const AnmFigure *figure,
      const AnmTheme *theme,
      double width,
      double height,
      gboolean with_title,
      gboolean *anything)
{
  GArray *boxes = g_array_new (FALSE, TRUE, sizeof (AnmTextBox));
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &(cairo_rectangle_t){ 0, 0, width, height });
  cairo_t *cr = cairo_create (surface);
  double x, y, ink_width, ink_height;

  anm_text_record (boxes);
  anm_figure_draw (figure, cr, theme, width, height, with_title);
  anm_text_record (NULL);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_recording_surface_ink_extents (surface, &x, &y, &ink_width, &ink_height);
  *anything = ink_width >= 1 && ink_height >= 1;
  cairo_surface_destroy (surface);
  return boxes;
}

typedef struct
{
  const FigureKind *kind;
  FigureCase        which;
} Case;

static void
test_case (gconstpointer data)
{
  const Case *given = data;
  const FigureKind *kind = given->kind;
  g_autoptr (AnmFigure) figure = kind->make (given->which);
  guint n_sizes = kind->strip ? G_N_ELEMENTS (strip_sizes) : G_N_ELEMENTS (sizes);
  guint n_faults = 0;

  for (guint i = 0; i < n_sizes; i++)
    for (guint look = 0; look < 4; look++)
      for (int large = 0; large <= 1; large++)
        {
          const double *size = kind->strip ? strip_sizes[i] : sizes[i];
          double scale = large ? 1.5 : 1;
          double width = MAX (size[0], kind->least_width * scale), height = MAX (size[1], kind->least_height * scale);
          gboolean anything;
          AnmTheme theme;

          /* Colours move nothing: other looks are drawn at few sizes. */
          if ((look > 0 && i != 2 % n_sizes) || (large && i % 2))
            continue;
          /* A million points cost their time once, and a wall is for what fills it. */
          if (given->which == FIGURE_CASE_MANY && (look > 0 || (i != 0 && i != 3 % n_sizes)))
            continue;
          if (size[0] > 1000 && given->which != FIGURE_CASE_USUAL && given->which != FIGURE_CASE_CROWDED && given->which != FIGURE_CASE_INFINITE)
            continue;
          anm_theme_init (&theme, look % 2);
          theme.high_contrast = look >= 2;
          theme.text_scale = scale;

          if (kind->get_height != NULL && given->which != FIGURE_CASE_EMPTY)
            height = MAX (height, kind->get_height (figure, &theme, width, TRUE));

          g_autoptr (GArray) boxes = draw (figure, &theme, width, height, !kind->strip, &anything);
          /* Nothing usual is shortened where there is room for it. */
          gboolean strict = given->which == FIGURE_CASE_USUAL && width >= 326 && height >= 230 && !large;
          g_autofree char *fault = anything || kind->strip ? find_fault (boxes, width, height, strict) : g_strdup ("nothing is drawn");
          if (fault == NULL)
            continue;
          g_test_message ("%s, %s, %.0f × %.0f, text × %.1f%s: %s", kind->name, figure_case_name (given->which), width, height, scale,
                          look == 0 ? "" : " (another look)", fault);
          n_faults++;
        }
  if (n_faults > 0)
    g_test_fail ();
}

/* An empty figure says so in words, wherever there is room for a word. */
static void
test_empty_says_so (void)
{
  guint n_kinds;
  const FigureKind *kinds = figure_kinds (&n_kinds);
  AnmTheme theme;

  anm_theme_init (&theme, FALSE);
  for (guint i = 0; i < n_kinds; i++)
    {
      g_autoptr (AnmFigure) figure = kinds[i].make (FIGURE_CASE_EMPTY);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      gboolean anything;
      g_autoptr (GArray) boxes = draw (figure, &theme, 300, 200, FALSE, &anything);

      g_assert_cmpuint (boxes->len, ==, 1);
      g_assert_cmpuint (table->len, ==, 1);
      g_assert_cmpuint (anm_figure_get_abilities (figure), ==, 0);
    }
}

/* Tables, words, steps and frames of odd data, too, and the same again zoomed in. */
static void
test_questions (gconstpointer data)
{
  const Case *given = data;
  g_autoptr (AnmFigure) whole = given->kind->make (given->which);
  AnmTheme theme;

  if (given->which == FIGURE_CASE_MANY)
    return;
  anm_theme_init (&theme, FALSE);
  for (int zoomed = 0; zoomed <= 2; zoomed++)
    {
      AnmFigureFrame frame = ANM_FIGURE_FRAME_ALL;
      AnmAxis x, y;

      if (anm_figure_get_axes (whole, &theme, 400, 300, TRUE, &x, &y))
        {
          g_assert_true (isfinite (x.low) && isfinite (x.high) && x.low < x.high);
          g_assert_true (isfinite (y.low) && isfinite (y.high) && y.low < y.high);
          if (zoomed > 0)
            {
              frame.x_low = anm_axis_invert (&x, x.start + 0.4 * (x.end - x.start));
              frame.x_high = anm_axis_invert (&x, x.start + 0.6 * (x.end - x.start));
              frame.scale = zoomed == 2 ? ANM_FIGURE_SCALE_LOG : ANM_FIGURE_SCALE_OWN;
            }
        }

      g_autoptr (AnmFigure) figure = anm_figure_reframe (whole, &frame);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      gboolean anything;
      double height = MAX (400, given->kind->get_height != NULL && given->which != FIGURE_CASE_EMPTY ? given->kind->get_height (figure, &theme, 640, TRUE) : 0);
      g_autoptr (GArray) boxes = draw (figure, &theme, 640, height, TRUE, &anything);
      g_autofree char *fault = find_fault (boxes, 640, height, FALSE);

      if (fault != NULL)
        {
          g_test_message ("%s, %s, zoomed %d: %s", given->kind->name, figure_case_name (given->which), zoomed, fault);
          g_test_fail ();
        }
      g_assert_cmpuint (table->len, >=, 1);
      for (guint i = 1; i < MIN (table->len, 10); i++)
        g_assert_cmpuint (g_strv_length (g_ptr_array_index (table, i)), ==, g_strv_length (g_ptr_array_index (table, 0)));
      for (double pixel = -10; pixel < 420; pixel += 21.5)
        {
          AnmFigurePlace place;

          if (!anm_figure_locate (figure, &theme, 400, 300, FALSE, pixel, 0.7 * pixel, &place))
            continue;
          g_autofree char *words = anm_figure_describe (figure, &place);
          g_assert_true (words == NULL || g_utf8_validate (words, -1, NULL));
          g_assert_true (words == NULL || (strstr (words, "nan") == NULL && strstr (words, "inf") == NULL));
        }
      for (int direction = -1; direction <= 1; direction += 2)
        anm_figure_step_x (figure, anm_figure_step_x (figure, NAN, direction), direction);
      anm_figure_step_series (figure, -1, 1);
    }
}

/* The check sees a text over another and one over the edge. */
static void
test_check_can_fail (void)
{
  g_autoptr (GArray) boxes = g_array_new (FALSE, TRUE, sizeof (AnmTextBox));
  AnmTextBox texts[] = { { NULL, 10, 10, 40, 10, FALSE, FALSE }, { NULL, 60, 10, 40, 10, FALSE, FALSE } };
  g_autofree char *none = NULL, *over = NULL, *beyond = NULL, *shortened = NULL;

  g_array_append_vals (boxes, texts, 2);
  none = find_fault (boxes, 110, 30, TRUE);
  g_assert_null (none);
  g_array_index (boxes, AnmTextBox, 1).x = 45;
  over = find_fault (boxes, 110, 30, TRUE);
  g_assert_nonnull (over);
  g_array_index (boxes, AnmTextBox, 1).x = 80;
  beyond = find_fault (boxes, 110, 30, TRUE);
  g_assert_nonnull (beyond);
  g_array_index (boxes, AnmTextBox, 1).x = 60;
  g_array_index (boxes, AnmTextBox, 1).shortened = TRUE;
  shortened = find_fault (boxes, 110, 30, TRUE);
  g_assert_nonnull (shortened);
}

int
main (int argc,
      char **argv)
{
  guint n_kinds;
  const FigureKind *kinds = figure_kinds (&n_kinds);
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cases/check-can-fail", test_check_can_fail);
  g_test_add_func ("/cases/empty-says-so", test_empty_says_so);
  for (guint i = 0; i < n_kinds; i++)
    for (guint which = 0; which < N_FIGURE_CASES; which++)
      {
        Case *given = g_new (Case, 1);
        g_autofree char *path = g_strdup_printf ("/cases/%s/%s", kinds[i].name, figure_case_name (which));
        g_autofree char *questions = g_strconcat (path, "/questions", NULL);

        *given = (Case){ &kinds[i], which };
        g_ptr_array_add (cases, given);
        g_test_add_data_func (path, given, test_case);
        g_test_add_data_func (questions, given, test_questions);
      }
  return g_test_run ();
}
