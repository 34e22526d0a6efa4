/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "data/csv-reader.h"
#include "data/csv-values.h"
#include "engine/random.h"

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    gboolean comma;
    double number; /* NaN = refused */
  } cases[] = {
    { "0", FALSE, 0 },
    { "-0", FALSE, -0.0 },
    { "+7", FALSE, 7 },
    { "36.9", FALSE, 36.9 },
    { ".5", FALSE, 0.5 },
    { "5.", FALSE, 5 },
    { "1e3", FALSE, 1000 },
    { "1.5E-3", FALSE, 0.0015 },
    { "36,9", TRUE, 36.9 },
    { "1,5e2", TRUE, 150 },
    { "123456789012345678901234567890", FALSE, 123456789012345678901234567890.0 },
    { "0.1000000000000000055511151231257827", FALSE, 0.1 },
    { "", FALSE, NAN },
    { ".", FALSE, NAN },
    { "-", FALSE, NAN },
    { "e5", FALSE, NAN },
    { "1e", FALSE, NAN },
    { "1e+", FALSE, NAN },
    { "0x10", FALSE, NAN },
    { "inf", FALSE, NAN },
    { "nan", FALSE, NAN },
    { "1 000", FALSE, NAN },
    { "36,9", FALSE, NAN },
    { "36.9", TRUE, NAN },
    { "1.2.3", FALSE, NAN },
    { "--1", FALSE, NAN },
    { "5x", FALSE, NAN },
    { "1e39", FALSE, NAN },
    { "1e999", FALSE, NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double number = NAN;
      gboolean parsed = anm_csv_parse_number (cases[i].text, strlen (cases[i].text), cases[i].comma, &number);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (parsed, ==, !isnan (cases[i].number));
      if (parsed)
        g_assert_cmpmem (&number, sizeof number, &cases[i].number, sizeof number);
    }
}

static void
test_numbers_equal_strtod (void)
{
  for (guint64 i = 0; i < 30000; i++)
    {
      char text[64];
      double number, expected;
      int digits = (int) anm_random_below (1, 1, i, 20);
      double value = anm_random_normal (1, 2, i) * pow (10, (double) anm_random_below (1, 3, i, 30) - 10);

      g_snprintf (text, sizeof text, i % 3 == 0 ? "%.*f" : i % 3 == 1 ? "%.*g"
                                                                      : "%.*e",
                  digits, value);
      expected = g_ascii_strtod (text, NULL);
      g_assert_true (anm_csv_parse_number (text, strlen (text), FALSE, &number));
      g_assert_cmpmem (&number, sizeof number, &expected, sizeof expected);
    }
}

static void
test_times (void)
{
  static const struct
  {
    const char *text;
    int kind; /* -1 = refused */
    double time;
  } cases[] = {
    { "13.5", ANM_TIME_NUMBER, 13.5 },
    { "07:30", ANM_TIME_CLOCK, 27000 },
    { "7:05", ANM_TIME_CLOCK, 25500 },
    { "48:00", ANM_TIME_CLOCK, 172800 },
    { "100:00:30.25", ANM_TIME_CLOCK, 360030.25 },
    { "1970-01-01", ANM_TIME_DATE, 0 },
    { "1970-01-02", ANM_TIME_DATE, 86400 },
    { "1969-12-31", ANM_TIME_DATE, -86400 },
    { "2000-03-01", ANM_TIME_DATE, 951868800 },
    { "2021/4/3", ANM_TIME_DATE, 1617408000 },
    { "2021-04-03 14:00", ANM_TIME_MOMENT, 1617458400 },
    { "2021-04-03T14:00:00Z", ANM_TIME_MOMENT, 1617458400 },
    { "2021-04-03T16:00:00+02:00", ANM_TIME_MOMENT, 1617458400 },
    { "2021-04-03T09:30:00-0430", ANM_TIME_MOMENT, 1617458400 },
    { "2021-04-03 14:00:00.5", ANM_TIME_MOMENT, 1617458400.5 },
    { "2021-04-03 14:00:00,5", ANM_TIME_MOMENT, 1617458400.5 },
    { "2196-02-29 00:00", ANM_TIME_MOMENT, 7136985600 },
    { "2021-02-29", -1, 0 },
    { "2021-13-01", -1, 0 },
    { "2021-04-31", -1, 0 },
    { "0000-01-01", -1, 0 },
    { "2021-04-03 25:00", -1, 0 },
    { "2021-04-03 14", -1, 0 },
    { "2021-04-03 14:00 pm", -1, 0 },
    { "2021-04/03", -1, 0 },
    { "03/04/2021", -1, 0 },
    { "7:5", -1, 0 },
    { "7:60", -1, 0 },
    { ":30", -1, 0 },
    { "noon", -1, 0 },
    { "", -1, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnmTimeKind kind;
      double time;
      gboolean parsed = anm_csv_parse_time (cases[i].text, strlen (cases[i].text), FALSE, &kind, &time);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (parsed, ==, cases[i].kind >= 0);
      if (parsed)
        {
          g_assert_cmpint ((int) kind, ==, cases[i].kind);
          g_assert_cmpfloat (time, ==, cases[i].time);
        }
    }
}

static void
test_times_equal_glib (void)
{
  for (guint64 i = 0; i < 8000; i++)
    {
      gint64 seconds = (gint64) anm_random_below (1, 1, i, 20000000000u) - 10000000000;
      g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (seconds);
      g_autofree char *text = g_date_time_format (moment, "%Y-%m-%d %H:%M:%S");
      AnmTimeKind kind;
      double time;

      g_assert_true (anm_csv_parse_time (text, strlen (text), FALSE, &kind, &time));
      g_assert_cmpfloat (time, ==, (double) seconds);
    }
}

static void
test_words (void)
{
  static const char *const missing[] = { "", "NA", "na", "N/A", "#N/A", "NaN", "nan", "NULL", "." };
  static const char *const missing_numbers[] = { "none", "Unknown", "-", "--", "missing", "nil" };
  static const char *const ambiguous[] = { "03/04/2021", "3.4.21", "03-04-2021 14:00", "1/2/03" };
  static const char *const not_ambiguous[] = { "2021-04-03", "1.2", "a/b/c", "1/2", "1/2-3", "12345/1/1", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_assert_true (anm_csv_is_missing_number (missing[i], strlen (missing[i])));
      g_assert_true (anm_csv_is_missing_word (missing[i], strlen (missing[i])));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (missing_numbers); i++)
    {
      g_assert_true (anm_csv_is_missing_number (missing_numbers[i], strlen (missing_numbers[i])));
      g_assert_false (anm_csv_is_missing_word (missing_numbers[i], strlen (missing_numbers[i])));
    }
  g_assert_false (anm_csv_is_missing_number ("0", 1));
  g_assert_false (anm_csv_is_missing_number ("NAN1", 4));
  for (gsize i = 0; i < G_N_ELEMENTS (ambiguous); i++)
    g_assert_true (anm_csv_is_ambiguous_date (ambiguous[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (not_ambiguous); i++)
    g_assert_false (anm_csv_is_ambiguous_date (not_ambiguous[i]));
  g_assert_true (anm_csv_is_ambiguous_comma ("1,234", 5));
  g_assert_false (anm_csv_is_ambiguous_comma ("0,234", 5));
  g_assert_false (anm_csv_is_ambiguous_comma ("1,23", 4));
  g_assert_false (anm_csv_is_ambiguous_comma ("1234,567", 8));
  g_assert_true (anm_csv_looks_like_number ("<0.3", 4));
  g_assert_true (anm_csv_looks_like_number ("≥ 12,5", strlen ("≥ 12,5")));
  g_assert_false (anm_csv_looks_like_number ("<low", 4));
}

typedef struct
{
  GString   *written;     /* fields joined by |, rows by the line and a newline */
  guint      n_rows;
  guint      stop_after;  /* 0 = never */
  guint      fail_at;     /* row, from 1; 0 = never */
  guint      fail_field;
} Rows;

static gboolean
take_row (const AnmCsvRow *row,
          gpointer data,
          GError **error)
{
  Rows *rows = data;

  g_string_append_printf (rows->written, "%" G_GUINT64_FORMAT ":", row->line);
  for (guint i = 0; i < row->n_fields; i++)
    {
      g_assert_cmpuint (row->fields[i].text[row->fields[i].length], ==, '\0');
      g_string_append_printf (rows->written, "%s%s", i > 0 ? "|" : "", row->fields[i].text);
    }
  g_string_append_c (rows->written, '\n');
  rows->n_rows++;
  if (rows->n_rows == rows->fail_at)
    {
      anm_csv_set_error (error, row, rows->fail_field, NULL, "here");
      return FALSE;
    }
  return rows->n_rows != rows->stop_after;
}

static void
test_rows (void)
{
  static const char *const cases[][2] = {
    { "a,b\n1,2\n", "1:a|b\n2:1|2\n" },
    { "a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n" },
    { "a,b\r1,2\r", "1:a|b\n2:1|2\n" },
    { "a,b\n1,2", "1:a|b\n2:1|2\n" },
    { "\n\na,b\n\n\n1,2\n", "3:a|b\n6:1|2\n" },
    { "\r\n\r\na,b\r\n\r\n1,2", "3:a|b\n5:1|2\n" },
    { "a,b\n\"x\ny\",2\n3,4\n", "1:a|b\n2:x\ny|2\n4:3|4\n" },
    { "a,b\r\n\"x\r\ny\",2\r\n3,4\r\n", "1:a|b\n2:x\r\ny|2\n4:3|4\n" },
    { "\"a\"\"b\", c \n", "1:a\"b|c\n" },
    { "a,,\n,,\n,x,\n", "1:a||\n3:|x|\n" },
    { "\357\273\277a,b\n", "1:a|b\n" },
    { " a , b \n", "1:a|b\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) written = g_string_new (NULL);
      Rows rows = { .written = written };
      g_autoptr (GError) error = NULL;

      g_assert_true (anm_csv_read_bytes ("x.csv", cases[i][0], strlen (cases[i][0]), ',', take_row, &rows, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (written->str, ==, cases[i][1]);
    }
}

static void
test_stop (void)
{
  g_autoptr (GString) written = g_string_new (NULL);
  Rows rows = { .written = written, .stop_after = 2 };

  g_assert_true (anm_csv_read_bytes ("x.csv", "a\nb\n\"c", 6, ',', take_row, &rows, NULL));
  g_assert_cmpuint (rows.n_rows, ==, 2);
}

/* A table with quoted line ends and blank lines at random, and where its row @wanted lies. */
static char *
make_messy_table (guint64 seed,
                  guint wanted,
                  guint field,
                  guint *line)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *ends[] = { "\n", "\r\n", "\r" };
  const char *end = ends[seed % 3];
  guint64 index = 0;
  guint now = 1;

#define BELOW(bound) anm_random_below (seed, 5, index++, (bound))
  for (guint row = 1; row <= wanted; row++)
    {
      for (guint n = (guint) BELOW (3); n > 0; n--, now++)
        g_string_append_printf (text, "%s%s", BELOW (2) ? "" : " , ,", end);
      for (guint column = 0; column < 4; column++)
        {
          if (row == wanted && column == field)
            *line = now;
          g_string_append (text, column > 0 ? "," : "");
          if (BELOW (3) == 0)
            {
              guint n = (guint) BELOW (3);

              g_string_append (text, "\"x");
              for (; n > 0; n--, now++)
                g_string_append_printf (text, "%sy", end);
              g_string_append (text, "\"");
            }
          else
            g_string_append (text, "z");
        }
      g_string_append (text, end);
      now++;
    }
#undef BELOW
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_line_numbers (void)
{
  g_test_summary ("An error names the physical line of its field, whatever blank lines and quoted line ends came before.");
  for (guint64 seed = 0; seed < 200; seed++)
    {
      guint wanted = 1 + (guint) anm_random_below (seed, 6, 0, 12);
      guint field = (guint) anm_random_below (seed, 6, 1, 4);
      guint line = 0;
      g_autofree char *text = make_messy_table (seed, wanted, field, &line);
      g_autofree char *expected = g_strdup_printf ("x.csv, line %u, column %u: here", line, field + 1);
      g_autoptr (GString) written = g_string_new (NULL);
      Rows rows = { .written = written, .fail_at = wanted, .fail_field = field };
      g_autoptr (GError) error = NULL;

      g_assert_false (anm_csv_read_bytes ("x.csv", text, strlen (text), ',', take_row, &rows, &error));
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Larger than a chunk, so that rows, quotes and line ends fall on the seam. */
static void
test_chunks (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-chunks-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  for (guint64 seed = 0; seed < 3; seed++)
    {
      guint line;
      g_autofree char *text = make_messy_table (seed, 12000, 0, &line);
      g_autoptr (GString) from_file = g_string_new (NULL);
      g_autoptr (GString) from_memory = g_string_new (NULL);
      Rows file_rows = { .written = from_file };
      Rows memory_rows = { .written = from_memory };
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (strlen (text), >, 128 * 1024);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_true (anm_csv_read (path, ',', take_row, &file_rows, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (anm_csv_read_bytes ("x", text, strlen (text), ',', take_row, &memory_rows, NULL));
      g_assert_cmpuint (file_rows.n_rows, ==, 12000);
      g_assert_true (g_string_equal (from_file, from_memory));
    }
  g_unlink (path);
}

static void
test_separators (void)
{
  static const struct
  {
    const char *text;
    char separator;
  } cases[] = {
    { "a,b,c\n1,2,3\n", ',' },
    { "a;b;c\n1;2;3\n", ';' },
    { "a\tb\tc\n1\t2\t3\n", '\t' },
    { "a;b;c\n1;2,5;3,5\n2;3;4\n", ';' },
    { "a,b;c,d\n1,2,3\n", ',' },
    { "a\n1\n", ',' },
    { "time;value, in mmol\n1;2\n3;4\n", ';' },
    { "a,b\n\"x;y;z\",2\n\"u;v;w\",3\n", ',' },
  };
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anamnesis-separators-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      char separator;

      g_test_message ("%s", cases[i].text);
      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      g_assert_true (anm_csv_guess_separator (path, &separator, &error));
      g_assert_no_error (error);
      g_assert_cmpint (separator, ==, cases[i].separator);
    }
  g_unlink (path);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/numbers", test_numbers);
  g_test_add_func ("/csv/numbers/equal-strtod", test_numbers_equal_strtod);
  g_test_add_func ("/csv/times", test_times);
  g_test_add_func ("/csv/times/equal-glib", test_times_equal_glib);
  g_test_add_func ("/csv/words", test_words);
  g_test_add_func ("/csv/rows", test_rows);
  g_test_add_func ("/csv/stop", test_stop);
  g_test_add_func ("/csv/line-numbers", test_line_numbers);
  g_test_add_func ("/csv/chunks", test_chunks);
  g_test_add_func ("/csv/separators", test_separators);
  return g_test_run ();
}
