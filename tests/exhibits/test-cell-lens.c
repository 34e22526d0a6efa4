/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <pango/pango.h>
#include <string.h>

#include "app/exhibits/cell-step.h"
#include "app/exhibits/cell-symbol.h"
#include "app/exhibits/cell-text.h"
#include "app/exhibits/cell-worksheet.h"
#include "app/study/training.h"
#include "data/samples.h"
#include "widgets/figures/equation.h"
#include "widgets/figures/number.h"

#define PATIENT 3
#define HOUR 17
#define UNIT 2

/* A small cohort, a network with its initial weights, and one patient run through it. */
typedef struct
{
  AnmCohort         *cohort;
  AnmDataset        *dataset;
  AnmNetwork        *network;
  AnmInspection     *inspection;
  AnmPatientReading *reading;
} Fixture;

static void
fixture_set_up (Fixture *fixture,
                gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, &error);
  AnmProbe *probe = NULL;

  g_assert_no_error (error);
  fixture->cohort = anm_sample_make ("sample:icu?patients=30", &error);
  g_assert_no_error (error);
  g_autoptr (AnmRecipe) recipe = anm_recipe_new_for (fixture->cohort);
  recipe->keep_missing = anm_network_spec_reads_missing (spec);
  fixture->dataset = anm_dataset_new (fixture->cohort, recipe, &error);
  g_assert_no_error (error);
  fixture->network = anm_network_new (spec, anm_fitted_recipe_get_n_columns (fixture->dataset->recipe), &fixture->cohort->target.shape, &error);
  g_assert_no_error (error);

  g_autofree anm_real *parameters = g_new (anm_real, anm_network_get_n_parameters (fixture->network));
  anm_network_initialize (fixture->network, 1, parameters);
  anm_pool_enter_computing_thread ();
  fixture->inspection = anm_inspection_new (fixture->network, fixture->dataset->recipe, ANM_LOSS_AUTO, parameters, fixture->cohort, PATIENT, &error);
  g_assert_no_error (error);
  fixture->reading = anm_patient_reading_new (fixture->network, fixture->dataset->recipe, ANM_LOSS_AUTO, parameters, fixture->cohort, PATIENT, &probe, TRUE, &error);
  g_assert_no_error (error);
  anm_probe_free (probe);
}

static void
fixture_tear_down (Fixture *fixture,
                   gconstpointer text)
{
  anm_patient_reading_unref (fixture->reading);
  anm_inspection_free (fixture->inspection);
  anm_network_unref (fixture->network);
  anm_dataset_unref (fixture->dataset);
  anm_cohort_unref (fixture->cohort);
}

static AnmCellLens *
look_at_half (Fixture *fixture,
              int layer,
              guint unit,
              AnmDirection half,
              double time)
{
  g_autoptr (GError) error = NULL;
  AnmCellLens *lens = anm_cell_lens_new (fixture->inspection, fixture->network, fixture->cohort, PATIENT, layer, unit, half, time, &error);

  g_assert_no_error (error);
  return lens;
}

static AnmCellLens *
look (Fixture *fixture,
      int layer,
      guint unit,
      double time)
{
  return look_at_half (fixture, layer, unit, ANM_DIRECTION_FORWARDS, time);
}

static const char *
find_cell (GPtrArray *table,
           const char *equation,
           const char *what,
           const char *name)
{
  for (guint i = 1; i < table->len; i++)
    {
      char **row = g_ptr_array_index (table, i);

      if (g_str_equal (row[0], equation) && g_str_equal (row[1], what) && (name == NULL || g_str_equal (row[2], name)))
        return row[3];
    }
  g_test_message ("no %s of %s", what, equation);
  g_assert_not_reached ();
}

/* All that is shown is what the engine told: to the last digit in the table, to the digit shown in the words. */
static void
test_numbers (Fixture *fixture,
              gconstpointer text)
{
  g_autoptr (AnmCellLens) lens = look (fixture, -1, UNIT, HOUR);
  g_autoptr (AnmFigure) figure = anm_cell_step_exhibit_new (lens, ANM_CELL_STEP_NUMBERS, NULL, "initial weights");
  g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, lens->layer, "h");
  const AnmCellEquation *last = anm_cell_lens_find_equation (lens, "h");
  const char *symbol;

  g_assert_cmpfloat (lens->time, ==, HOUR);
  g_assert_cmpuint (lens->step, ==, HOUR - 1);
  g_assert_true (lens->reading->has_gradients);
  /* What the cell gives is what the network holds. */
  g_assert_cmpfloat_with_epsilon (last->value, h->values[(HOUR - 1) * h->n_units + UNIT], 1e-5);
  for (guint e = 0; e < lens->reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &lens->reading->equations[e];
      g_autofree char *name = anm_cell_symbol_to_text (equation->symbol);
      double parts = 0;

      for (guint k = 0; k < equation->n_terms; k++)
        for (guint i = 0; i < equation->terms[k].n_parts; i++)
          parts += equation->terms[k].parts[i].value;
      g_assert_cmpfloat_with_epsilon (parts, equation->sum, 1e-12);
      g_assert_cmpfloat (equation->gradient.relative_error, <, 1e-6);
      g_assert_cmpfloat (equation->sum_gradient.relative_error, <, 1e-6);
      g_assert_cmpfloat (g_ascii_strtod (find_cell (table, name, "gradient", NULL), NULL), ==, equation->gradient.value);
      g_assert_cmpfloat (g_ascii_strtod (find_cell (table, name, "finite difference", NULL), NULL), ==, equation->gradient.difference);
    }
  for (guint row = 0; (symbol = anm_cell_step_get_symbol (lens, row)) != NULL; row++)
    {
      const AnmCellEquation *equation = anm_cell_lens_find_equation (lens, symbol);
      g_autofree char *name = anm_cell_symbol_to_text (symbol);
      g_autofree char *value = anm_number_format_term (equation->value);
      const char *words = anm_equations_get_row_words (figure, row);

      g_assert_cmpfloat (g_ascii_strtod (find_cell (table, name, "value", NULL), NULL), ==, equation->value);
      g_assert_cmpstr (anm_equations_get_row_name (figure, row), ==, equation->label);
      g_assert_nonnull (strstr (words, value));
      for (guint k = 0; k < equation->n_terms; k++)
        {
          g_autofree char *term = anm_cell_symbol_to_text (equation->terms[k].symbol);
          g_autofree char *shown = anm_number_format_term (equation->terms[k].value);
          g_autofree char *both = g_strdup_printf ("%s %s", term, shown);

          g_assert_cmpfloat (g_ascii_strtod (find_cell (table, name, "term", term), NULL), ==, equation->terms[k].value);
          g_assert_nonnull (strstr (words, both));
        }
    }
  for (guint p = 0; p < lens->reading->n_previous; p++)
    g_assert_cmpfloat (lens->reading->previous[p].gradient.relative_error, <, 1e-6);
}

/* From 0 to z, for every equation. */
static void
test_waterfalls (Fixture *fixture,
                 gconstpointer text)
{
  g_autoptr (AnmCellLens) lens = look (fixture, -1, UNIT, HOUR);

  for (guint e = 0; e < lens->reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &lens->reading->equations[e];
      g_autoptr (AnmFigure) figure = anm_cell_terms_exhibit_new (lens, equation->symbol, e % 2 == 0, NULL);
      g_autoptr (AnmFigure) curve = anm_cell_curve_exhibit_new (lens, equation->symbol, NULL);
      g_autoptr (GPtrArray) table = anm_figure_get_table (figure);
      double sum = 0;

      for (guint i = 1; i + 1 < table->len; i++)
        sum += g_ascii_strtod (((char **) g_ptr_array_index (table, i))[1], NULL);
      g_assert_cmpfloat (g_ascii_strtod (((char **) g_ptr_array_index (table, table->len - 1))[1], NULL), ==, equation->sum);
      g_assert_cmpfloat_with_epsilon (sum, equation->sum, 1e-12 * MAX (1, fabs (sum)));
      g_assert_cmpstr (anm_figure_get_finding (curve), !=, "");
    }
}

/* As the literature's forms have it. */
static void
test_rows (void)
{
  static const struct { const char *network; guint n_rows; const char *keep; } layers[] = {
    { "simple_rnn(4) > dense(1)", 1, NULL },
    { "gru(4) > dense(1)", 4, "1-z" },
    { "gru(4, reset_after=false) > dense(1)", 4, "1-z" },
    { "lstm(4) > dense(1)", 6, "f" },
    { "gru_d(4) > dense(1)", 6, "1-z" },
    { "lstm(4, layer_norm) > dense(1)", 7, "f" },
    { "gru(4, layer_norm) > dense(1)", 4, "1-z" },
    { "simple_rnn(4, layer_norm) > dense(1)", 1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      Fixture fixture;
      const char *path;
      guint n_rows = 0;
      double keep;

      fixture_set_up (&fixture, layers[i].network);
      {
        g_autoptr (AnmCellLens) lens = look (&fixture, -1, UNIT, HOUR);
        g_autoptr (AnmFigure) shapes = anm_cell_step_exhibit_new (lens, ANM_CELL_STEP_SHAPES, NULL, NULL);

        while (anm_cell_step_get_symbol (lens, n_rows) != NULL)
          n_rows++;
        g_assert_cmpuint (n_rows, ==, layers[i].n_rows);
        g_assert_cmpuint (anm_equations_get_n_rows (shapes), ==, n_rows);
        keep = anm_cell_lens_get_keep (lens, &path);
        g_assert_cmpstr (path, ==, layers[i].keep);
        g_assert_true (isnan (keep) == (layers[i].keep == NULL));
      }
      test_numbers (&fixture, layers[i].network);
      test_waterfalls (&fixture, layers[i].network);
      fixture_tear_down (&fixture, layers[i].network);
    }
}

static gboolean
has_number (const char *text,
            double value)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      char *end;

      if ((g_ascii_isdigit (*p) || *p == '-') && (p == text || !(g_ascii_isalnum (p[-1]) || p[-1] == '.' || p[-1] == '-')))
        {
          if (g_ascii_strtod (p, &end) == value)
            return TRUE;
        }
    }
  return FALSE;
}

/* Brackets are in pairs and nothing is left that LaTeX can't read. */
static void
assert_latex (const char *latex)
{
  int braces = 0;

  for (const char *p = latex; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (p[0] == '\\' && (p[1] == '{' || p[1] == '}'))
        p++;
      else if (*p == '{')
        braces++;
      else if (*p == '}')
        braces--;
      g_assert_cmpint (braces, >=, 0);
      g_assert_cmpint (g_utf8_get_char (p), <, 0x250);
    }
  g_assert_cmpint (braces, ==, 0);
  g_assert_true (g_str_has_suffix (latex, "\n\\end{align*}\n"));
  g_assert_null (strstr (latex, "\\\\\n\n"));
  g_assert_null (strstr (latex, "nan"));
}

static void
test_text (Fixture *fixture,
           gconstpointer text)
{
  g_autoptr (AnmCellLens) lens = look (fixture, -1, UNIT, HOUR);
  g_autofree char *plain = anm_cell_text_new (lens, ANM_CELL_PLAIN, "best weights, epoch 3 & 50 %");
  g_autofree char *latex = anm_cell_text_new (lens, ANM_CELL_LATEX, "best weights, epoch 3 & 50 %");

  for (guint e = 0; e < lens->reading->n_equations; e++)
    {
      const AnmCellEquation *equation = &lens->reading->equations[e];

      g_assert_true (has_number (plain, equation->value));
      g_assert_true (has_number (plain, equation->sum));
      g_assert_true (has_number (plain, equation->gradient.value));
      g_assert_true (has_number (plain, equation->gradient.difference));
      for (guint k = 0; k < equation->n_terms && !anm_cell_equation_is_product (equation); k++)
        g_assert_true (has_number (plain, equation->terms[k].value));
    }
  g_assert_nonnull (strstr (plain, "LSTM, unit 3, hour 17"));
  g_assert_null (strstr (plain, lens->patient));
  g_assert_null (strstr (latex, lens->patient));
  g_assert_nonnull (strstr (latex, "\\mathbf{W}_{f}"));
  g_assert_nonnull (strstr (latex, "epoch 3 \\& 50 \\%"));
  assert_latex (latex);
}

/* A number of a sheet, which has the signs of print. */
static double
read_number (const char *text)
{
  g_autoptr (GString) plain = g_string_new (text);

  g_string_replace (plain, "−", "-", 0);
  g_string_replace (plain, "\u2009", "", 0);
  return g_ascii_strtod (plain->str, NULL);
}

/* What is asked for and what is given add up; the key fills the sheet's blanks and changes nothing else. */
static void
test_worksheet (Fixture *fixture,
                gconstpointer text)
{
  g_autoptr (AnmCellLens) lens = look (fixture, -1, UNIT, HOUR);
  const AnmCellEquation *forget = anm_cell_lens_find_equation (lens, "f");
  g_autoptr (AnmFigure) sheet = anm_cell_worksheet_exhibit_new (lens, NULL, FALSE, FALSE, "best weights");
  g_autoptr (AnmFigure) key = anm_cell_worksheet_exhibit_new (lens, NULL, TRUE, TRUE, "best weights");
  g_autoptr (AnmFigure) none = anm_cell_worksheet_exhibit_new (NULL, NULL, TRUE, FALSE, NULL);
  g_autoptr (GPtrArray) blank = anm_figure_get_table (sheet);
  g_autoptr (GPtrArray) filled = anm_figure_get_table (key);
  g_autofree char *shown = anm_number_format_term (forget->value);
  g_autofree char *csv = anm_figure_get_csv (sheet);
  AnmTheme theme;
  double sum = 0, by_hand = 0, rest = 0, within = 0, key_sum = 0;
  guint n_asked = 0, n_blanks = 0;
  gboolean found = FALSE;

  anm_theme_init (&theme, FALSE);
  g_assert_cmpuint (blank->len, ==, filled->len);
  for (guint i = 1; i < blank->len; i++)
    {
      char **row = g_ptr_array_index (blank, i), **answer = g_ptr_array_index (filled, i);

      g_assert_cmpstr (row[1], ==, answer[1]);
      g_assert_cmpstr (row[2], ==, "");
      n_blanks += *answer[2] != '\0';
      found = found || g_str_equal (answer[2], shown);
      /* The table: name, weight, input, product. */
      if (*answer[2] != '\0' && n_asked < 6 && i > 4)
        {
          const double weight = read_number (((char **) g_ptr_array_index (blank, i - 2))[1]);
          const double input = read_number (((char **) g_ptr_array_index (blank, i - 1))[1]);

          g_assert_cmpfloat_with_epsilon (weight * input, read_number (answer[2]), 0.006 + 0.0005 * (fabs (weight) + fabs (input)));
          g_assert_cmpfloat (fabs (round (100 * weight * input) / 100 - read_number (answer[2])), <=, within + 1e-9);
          by_hand += round (100 * weight * input) / 100;
          sum += read_number (answer[2]);
          n_asked++;
        }
      if (g_str_has_suffix (row[1], "smaller terms, given"))
        {
          rest = read_number (((char **) g_ptr_array_index (blank, i + 3))[1]);
          sum += rest;
          key_sum = read_number (((char **) g_ptr_array_index (filled, i + 7))[2]);
        }
      if (strstr (row[1], "within ") != NULL)
        within = read_number (strstr (row[1], "within ") + strlen ("within "));
    }
  g_assert_cmpuint (n_asked, ==, 6);
  g_assert_cmpuint (n_blanks, >, 15);
  g_assert_true (found);
  g_assert_cmpfloat_with_epsilon (sum, forget->sum, 0.04);
  /* Whoever reckons with rounded numbers is as near to the key as the sheet says, at the sum and at what becomes of it. */
  g_assert_cmpfloat (within, >=, 0.01);
  g_assert_cmpfloat (within, <=, 0.05);
  by_hand = round (100 * (by_hand + rest)) / 100;
  g_assert_cmpfloat (fabs (by_hand - key_sum), <=, within + 1e-9);
  g_assert_cmpfloat (fabs (round (100 / (1 + exp (-by_hand))) / 100 - read_number (shown)), <=, within + 1e-9);
  g_assert_cmpstr (((char **) g_ptr_array_index (blank, 1))[1], ==, "Name");
  g_assert_null (strstr (csv, lens->patient));
  g_assert_null (strstr (anm_figure_get_caption (sheet), lens->patient));
  g_assert_nonnull (strstr (anm_figure_get_caption (key), lens->patient));
  g_assert_cmpfloat (anm_figure_get_natural_height (sheet, &theme, TRUE), <, 1123 - 80);
  g_assert_cmpfloat (anm_figure_get_natural_height (sheet, &theme, TRUE), ==, anm_figure_get_natural_height (key, &theme, TRUE));
  g_assert_cmpstr (anm_figure_get_finding (none), !=, "");
}

static void
test_symbols (void)
{
  static const struct { const char *symbol, *text, *latex; } symbols[] = {
    { "W_f x", "W_f x", "\\mathbf{W}_{f}\\,\\mathbf{x}" },
    { "U_h~ r h'", "U_h\u0303 (r h′)", "\\mathbf{U}_{\\tilde{h}}\\,(\\mathbf{r}\\,\\mathbf{h}')" },
    { "b'_h~", "b′_h\u0303", "b'_{\\tilde{h}}" },
    { "1-z h'", "(1−z) h′", "(1-z)\\,h'" },
    { "gamma_h", "γ_h", "\\gamma_{h}" },
    { "tanh c", "tanh c", "\\tanh \\,c" },
    { "LN (U_f h')", "LN(U_f h′)", "\\mathrm{LN}(\\mathbf{U}_{f}\\,\\mathbf{h}')" },
    { "LN (W x + U h')", "LN(W x + U h′)", "\\mathrm{LN}(\\mathbf{W}\\,\\mathbf{x} + \\mathbf{U}\\,\\mathbf{h}')" },
    { "b_tanh c^", "b_tanh c\u0302", "b_{\\tanh \\,\\hat{c}}" },
    { "→g", "→g", "{\\rightarrow}g" },
    { "←h~", "←h\u0303", "{\\leftarrow}\\tilde{h}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      g_autofree char *plain = anm_cell_symbol_to_text (symbols[i].symbol);
      g_autofree char *latex = anm_cell_symbol_to_latex (symbols[i].symbol, TRUE);
      g_autofree char *markup = anm_cell_symbol_to_markup (symbols[i].symbol, TRUE);

      g_assert_cmpstr (plain, ==, symbols[i].text);
      g_assert_cmpstr (latex, ==, symbols[i].latex);
      g_assert_true (pango_parse_markup (markup, -1, 0, NULL, NULL, NULL, NULL));
    }
}

/* What has no cell says so; a unit of a layer that reads both ways is looked at in its own half. */
static void
test_other_layers (Fixture *fixture,
                   gconstpointer text)
{
  g_autoptr (AnmCellLens) forwards = look (fixture, 0, 1, NAN);
  g_autoptr (AnmCellLens) backwards = look (fixture, 0, 5, HOUR);
  g_autoptr (AnmCellLens) attention = look (fixture, 1, 0, HOUR);
  g_autoptr (AnmCellLens) dense = look (fixture, 2, 0, HOUR);
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, 0, "h");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (forwards->arrow, ==, "→");
  g_assert_cmpuint (forwards->step, ==, forwards->n_steps - 1);
  g_assert_cmpstr (backwards->arrow, ==, "←");
  g_assert_cmpuint (backwards->reading->unit, ==, 1);
  g_assert_cmpstr (forwards->layer_title, ==, "GRU →");
  g_autofree char *where = anm_cell_lens_describe_place (backwards);
  g_assert_nonnull (strstr (where, "′ marks the step after"));
  g_assert_cmpfloat_with_epsilon (anm_cell_lens_find_equation (backwards, "h")->value, h->values[(HOUR - 1) * h->n_units + 5], 1e-5);
  for (guint i = 0; i < 2; i++)
    {
      const AnmCellLens *lens = i == 0 ? attention : dense;
      g_autoptr (AnmFigure) step = anm_cell_step_exhibit_new (lens, ANM_CELL_STEP_NUMBERS, NULL, NULL);
      g_autoptr (AnmFigure) terms = anm_cell_terms_exhibit_new (lens, NULL, FALSE, NULL);
      g_autofree char *copied = anm_cell_text_new (lens, ANM_CELL_PLAIN, NULL);

      g_assert_nonnull (lens->why_not);
      g_assert_cmpstr (anm_figure_get_finding (step), ==, lens->why_not);
      g_assert_cmpstr (anm_figure_get_finding (terms), ==, lens->why_not);
      g_assert_true (g_str_has_prefix (copied, lens->why_not));
    }
  g_autoptr (AnmFigure) weighed = anm_attention_terms_exhibit_new (fixture->reading, 1, 3, TRUE);
  g_autoptr (GPtrArray) table = anm_figure_get_table (weighed);
  const AnmReadingTrace *y = anm_patient_reading_find_trace (fixture->reading, 1, "y");
  double sum = 0;

  for (guint i = 1; i + 1 < table->len; i++)
    sum += g_ascii_strtod (((char **) g_ptr_array_index (table, i))[1], NULL);
  g_assert_cmpfloat_with_epsilon (sum, y->values[(fixture->reading->n_steps - 1) * y->n_units + 3], 1e-5);
  g_assert_null (anm_attention_terms_exhibit_new (fixture->reading, 0, 0, FALSE));
  g_assert_null (anm_attention_terms_exhibit_new (fixture->reading, 2, 0, FALSE));
  g_assert_null (anm_cell_lens_new (fixture->inspection, fixture->network, fixture->cohort, PATIENT, 0, 999, ANM_DIRECTION_FORWARDS, HOUR, &error));
  g_assert_nonnull (strstr (error->message, "8 units"));
}

/* Steps before and after the record's own are held within it, and no lens still makes a picture. */
static void
test_edges (Fixture *fixture,
            gconstpointer text)
{
  g_autoptr (AnmCellLens) first = look (fixture, -1, 0, -5);
  g_autoptr (AnmCellLens) last = look (fixture, -1, 0, 1e9);
  g_autoptr (AnmFigure) none = anm_cell_step_exhibit_new (NULL, ANM_CELL_STEP_NUMBERS, NULL, NULL);
  g_autoptr (AnmFigure) no_unit = anm_cell_unit_exhibit_new (fixture->reading, -1, 99);
  g_autoptr (AnmFigure) where = anm_cell_where_exhibit_new (NULL, 0, 0, NULL);
  g_autoptr (AnmFigure) unit = anm_cell_unit_exhibit_new (fixture->reading, -1, UNIT);
  g_autoptr (GPtrArray) table = anm_figure_get_table (unit);
  const AnmReadingTrace *c = anm_patient_reading_find_trace (fixture->reading, 0, "c");

  g_assert_cmpuint (first->step, ==, 0);
  g_assert_cmpuint (last->step, ==, last->n_steps - 1);
  g_assert_cmpfloat (anm_cell_lens_find_equation (first, "c")->terms[0].parts[0].input, ==, 0);
  g_assert_cmpstr (anm_figure_get_finding (none), !=, "");
  g_assert_cmpstr (anm_figure_get_finding (no_unit), !=, "");
  g_assert_cmpstr (anm_figure_get_finding (where), !=, "");
  for (guint k = 0; k < fixture->reading->n_steps; k++)
    g_assert_cmpfloat_with_epsilon (g_ascii_strtod (((char **) g_ptr_array_index (table, k + 1))[1], NULL), c->values[k * c->n_units + UNIT], 1e-6);
}

/* Both halves of a layer that adds or averages them can be looked at, and the last row is what the layer gives. */
static void
test_merges (Fixture *fixture,
             gconstpointer text)
{
  const char *merge = strstr (text, "concat") != NULL ? "concat" : strstr (text, "mean") != NULL ? "mean" : "sum";
  const gboolean beside = g_str_equal (merge, "concat");
  const AnmReadingTrace *h = anm_patient_reading_find_trace (fixture->reading, 0, "h");
  double values[2], expected;

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (AnmCellLens) lens = look_at_half (fixture, 0, beside ? UNIT + k * h->n_units / 2 : UNIT, (AnmDirection) k, HOUR);
      g_autoptr (AnmFigure) figure = anm_cell_step_exhibit_new (lens, ANM_CELL_STEP_NUMBERS, NULL, NULL);
      g_autofree char *told = anm_cell_text_new (lens, ANM_CELL_PLAIN, NULL);
      g_autofree char *latex = anm_cell_text_new (lens, ANM_CELL_LATEX, NULL);
      g_autofree char *number = NULL;
      guint row = 0;

      g_assert_cmpstr (lens->merge, ==, merge);
      g_assert_cmpint (lens->half, ==, k);
      g_assert_cmpint (lens->reading->direction, ==, k);
      g_assert_cmpuint (lens->reading->unit, ==, UNIT);
      g_assert_cmpuint (anm_cell_lens_get_counterpart (lens), ==, beside ? UNIT + (1 - k) * h->n_units / 2 : UNIT);
      values[k] = anm_cell_lens_find_equation (lens, "h")->value;
      g_assert_cmpfloat_with_epsilon (lens->halves[k], values[k], 1e-5);
      g_assert_true (isfinite (lens->halves[1 - k]));
      g_assert_cmpfloat_with_epsilon (lens->merged, h->values[(HOUR - 1) * h->n_units + lens->unit], 1e-6);
      while (row < anm_equations_get_n_rows (figure) && !g_str_equal (anm_equations_get_row_name (figure, row), "Both halves"))
        row++;
      g_assert_cmpuint (row, <, anm_equations_get_n_rows (figure));
      number = anm_number_format_term (lens->halves[1]);
      g_assert_nonnull (strstr (anm_equations_get_row_words (figure, row), number));
      g_assert_nonnull (strstr (told, beside ? "[->h, <-h]" : "->h + <-h"));
      g_assert_nonnull (strstr (latex, "\\overleftarrow{h}"));
      for (guint e = 0; e < lens->reading->n_equations; e++)
        g_assert_cmpfloat (lens->reading->equations[e].gradient.relative_error, <, 1e-6);
      expected = beside ? values[k] : lens->halves[0] + lens->halves[1];
      g_assert_cmpfloat_with_epsilon (lens->merged, g_str_equal (merge, "mean") ? expected / 2 : expected, 1e-5);
    }
  g_assert_cmpfloat (fabs (values[0] - values[1]), >, 1e-4);
}

/* What is copied as LaTeX is a document's: set by pdflatex, where that is. */
static void
test_latex_is_set (Fixture *fixture,
                   gconstpointer text)
{
  g_autofree char *program = g_find_program_in_path ("pdflatex");
  g_autofree char *folder = NULL;
  g_autoptr (GString) document = g_string_new ("\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}\n\\begin{document}\n");
  g_autofree char *path = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (program == NULL)
    {
      g_test_skip ("there is no pdflatex, so what is copied as LaTeX is NOT set");
      return;
    }
  for (guint unit = 0; unit < 2; unit++)
    for (int half = 0; half < 2; half++)
      {
        g_autoptr (AnmCellLens) lens = look_at_half (fixture, 0, unit, (AnmDirection) half, HOUR);
        g_autofree char *latex = anm_cell_text_new (lens, ANM_CELL_LATEX, "best weights, epoch 3 & 50 %_#");

        g_string_append_printf (document, "%s\n", latex);
      }
  g_string_append (document, "\\end{document}\n");
  folder = g_dir_make_tmp ("anamnesis-latex-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "step.tex", NULL);
  g_assert_true (g_file_set_contents (path, document->str, -1, &error));
  const char *const arguments[] = { program, "-interaction=nonstopmode", "-halt-on-error", "step.tex", NULL };
  g_assert_true (g_spawn_sync (folder, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_test_message ("%s", output);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  for (guint i = 0; i < 4; i++)
    {
      static const char *const endings[] = { "tex", "log", "aux", "pdf" };
      g_autofree char *name = g_strdup_printf ("%s/step.%s", folder, endings[i]);

      g_remove (name);
    }
  g_rmdir (folder);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cell-lens/symbols", test_symbols);
  g_test_add_func ("/cell-lens/rows", test_rows);
  g_test_add ("/cell-lens/text", Fixture, "lstm(4) > dense(1)", fixture_set_up, test_text, fixture_tear_down);
  g_test_add ("/cell-lens/worksheet", Fixture, "lstm(4) > dense(1)", fixture_set_up, test_worksheet, fixture_tear_down);
  g_test_add ("/cell-lens/other-layers", Fixture, "gru(4, bidirectional, return_sequences) > attention(additive) > dense(1)", fixture_set_up, test_other_layers, fixture_tear_down);
  g_test_add ("/cell-lens/edges", Fixture, "lstm(4) > dense(1)", fixture_set_up, test_edges, fixture_tear_down);

  g_test_add ("/cell-lens/merges/concat", Fixture, "lstm(5, bidirectional=concat, return_sequences) > gru(3) > dense(1)", fixture_set_up, test_merges, fixture_tear_down);
  g_test_add ("/cell-lens/merges/sum", Fixture, "lstm(5, bidirectional=sum, return_sequences) > gru(3) > dense(1)", fixture_set_up, test_merges, fixture_tear_down);
  g_test_add ("/cell-lens/merges/mean", Fixture, "gru(5, bidirectional=mean) > dense(1)", fixture_set_up, test_merges, fixture_tear_down);
  g_test_add ("/cell-lens/latex-is-set/0", Fixture, "simple_rnn(4) > dense(1)", fixture_set_up, test_latex_is_set, fixture_tear_down);
  g_test_add ("/cell-lens/latex-is-set/1", Fixture, "lstm(4, layer_norm=true, bidirectional=sum) > dense(1)", fixture_set_up, test_latex_is_set, fixture_tear_down);
  g_test_add ("/cell-lens/latex-is-set/2", Fixture, "gru(4, reset_after=false, bidirectional=mean) > dense(1)", fixture_set_up, test_latex_is_set, fixture_tear_down);
  g_test_add ("/cell-lens/latex-is-set/3", Fixture, "gru(4, layer_norm=true) > dense(1)", fixture_set_up, test_latex_is_set, fixture_tear_down);
  g_test_add ("/cell-lens/latex-is-set/4", Fixture, "gru_d(4, bidirectional=concat) > dense(1)", fixture_set_up, test_latex_is_set, fixture_tear_down);
  return g_test_run ();
}
