/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The safetensors format, against files that the safetensors library and a
 * script made (tests/oracles/make_safetensors.py): what must be read, what must
 * be refused and in which words, and that what is written is read back.
 */
#include "engine/random.h"
#include "engine/safetensors.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static char *
get_corpus (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "engine", "safetensors", name, NULL);
}

static AnmSafetensors *
load_well (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = get_corpus (name);
  AnmSafetensors *file = anm_safetensors_load (path, &error);

  g_assert_no_error (error);
  return file;
}

static void
assert_values (const AnmSafetensors *file, const char *name, const double *expected, gsize n, double tolerance)
{
  g_autoptr (GError) error = NULL;
  const AnmTensor *tensor = anm_safetensors_find (file, name);
  g_autofree anm_real *values = g_new (anm_real, n);

  g_assert_nonnull (tensor);
  g_assert_cmpuint (tensor->n_values, ==, n);
  g_assert_true (anm_tensor_read (tensor, values, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    {
      double distance = fabs ((double) values[i] - expected[i]);

      g_assert_true (distance <= tolerance * fabs (expected[i]));
      g_assert_true (!signbit (values[i]) == !signbit (expected[i]));
    }
}

/* Everything that is in a file is looked at, so that a sanitizer sees every byte. */
static guint
read_all (const AnmSafetensors *file)
{
  guint n_read = 0;

  for (guint i = 0; i < anm_safetensors_get_n_tensors (file); i++)
    {
      const AnmTensor *tensor = anm_safetensors_get_tensor (file, i);
      g_autofree anm_real *values = g_new (anm_real, MAX (tensor->n_values, 1));
      g_autofree char *shape = anm_tensor_describe_shape (tensor);

      g_assert_true (anm_safetensors_find (file, tensor->name) == tensor);
      n_read += anm_tensor_read (tensor, values, NULL);
    }
  return n_read;
}

/* y_ must be read, n_ must be refused in just these words, i_ may do either. */
static void
test_corpus (void)
{
  g_autofree char *folder = get_corpus (NULL);
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_read = 0, n_refused = 0;

  g_assert_nonnull (names);
  while ((name = g_dir_read_name (names)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *error_path = NULL, *expected = NULL, *found = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmSafetensors) file = NULL;

      if (!g_str_has_suffix (name, ".safetensors"))
        continue;
      file = anm_safetensors_load (path, &error);
      g_assert_true ((file == NULL) == (error != NULL));
      if (file != NULL)
        {
          read_all (file);
          n_read++;
        }
      if (*name == 'y')
        g_assert_no_error (error);
      if (*name != 'n')
        continue;
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
      g_assert_true (g_str_has_prefix (error->message + strlen ("“"), path));
      found = g_strconcat (error->message + strlen ("“") + strlen (path) + strlen ("” "), "\n", NULL);
      error_path = g_strconcat (path, ".error", NULL);
      g_file_get_contents (error_path, &expected, NULL, NULL);
      if (g_getenv ("ANM_WRITE_ERRORS") != NULL)
        g_assert_true (g_file_set_contents (error_path, found, -1, NULL));
      else
        g_assert_cmpstr (found, ==, expected);
      n_refused++;
    }
  g_assert_cmpuint (n_read, >=, 15);
  g_assert_cmpuint (n_refused, >=, 55);
}

static void
test_kinds_of_numbers (void)
{
  static const double a[] = { 0.0, -0.0, 1.0, -2.5, 65504.0, 6.103515625e-05, 5.9604644775390625e-08, 0.333251953125 };
  static const struct
  {
    const char *name;
    double      tolerance;
  } cases[] = {
    { "y_f64.safetensors", 0 },
    { "y_f32.safetensors", 0 },
    { "y_f16.safetensors", 0 },
    { "y_bf16.safetensors", 1.0 / 256 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnmSafetensors) file = load_well (cases[i].name);
      const AnmTensor *tensor = anm_safetensors_find (file, "a");
      g_autofree char *shape = anm_tensor_describe_shape (tensor);

      g_assert_cmpuint (anm_safetensors_get_n_tensors (file), ==, 2);
      g_assert_true (anm_safetensors_is_rounded (file) == (i == 0 && sizeof (anm_real) == sizeof (float)));
      g_assert_cmpstr (shape, ==, "[2, 4]");
      assert_values (file, "a", a, G_N_ELEMENTS (a), cases[i].tolerance);
      assert_values (file, "b", a, 4, cases[i].tolerance);
    }
}

static void
test_other_kinds_are_named (void)
{
  g_autoptr (AnmSafetensors) file = load_well ("y_mixed.safetensors");
  g_autoptr (GError) error = NULL;
  anm_real value;

  g_assert_cmpuint (read_all (file), ==, 2);
  g_assert_false (anm_tensor_read (anm_safetensors_find (file, "count"), &value, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_assert_cmpstr (error->message, ==, "Tensor “count” has numbers of the kind I64; weights may be F16, BF16, F32 or F64.");
}

static void
test_texts_and_names (void)
{
  g_autoptr (AnmSafetensors) texts = load_well ("y_only_texts.safetensors");
  g_autoptr (AnmSafetensors) escapes = load_well ("y_escapes.safetensors");
  static const double expected[] = { 1, 2 };

  g_assert_cmpuint (anm_safetensors_get_n_tensors (texts), ==, 0);
  g_assert_cmpstr (anm_safetensors_get_text (texts, "network"), ==, "lstm(3) > dense(1)");
  g_assert_cmpstr (anm_safetensors_get_text (texts, "name"), ==, "Ἀνάμνησις 回忆\n\t\"\\/");
  g_assert_null (anm_safetensors_get_text (texts, "nothing"));
  g_assert_cmpstr (anm_safetensors_get_text (escapes, "ka"), ==, "\"\\/\b\f\n\r\té🧠");
  assert_values (escapes, "café", expected, 2, 0);
}

static void
test_places (void)
{
  static const double one[] = { 1 }, two[] = { 2 }, both[] = { 1, 2 };
  g_autoptr (AnmSafetensors) turned = load_well ("y_not_in_order.safetensors");
  g_autoptr (AnmSafetensors) shifted = load_well ("y_not_aligned.safetensors");
  g_autoptr (AnmSafetensors) empty = load_well ("y_empty_tensors.safetensors");
  g_autoptr (AnmSafetensors) single = load_well ("y_single_number.safetensors");

  assert_values (turned, "a", one, 1, 0);
  assert_values (turned, "b", two, 1, 0);
  assert_values (shifted, "a", both, 2, 0);
  assert_values (empty, "b", both, 2, 0);
  g_assert_cmpuint (anm_safetensors_find (empty, "d")->n_values, ==, 0);
  g_assert_cmpuint (anm_safetensors_find (single, "a")->n_dimensions, ==, 0);
  assert_values (single, "a", one, 1, 0);
}

static anm_real
random_bits (guint64 seed, guint64 index)
{
  anm_real value;
  guint64 bits = anm_random_bits (seed, 1, index);

  memcpy (&value, &bits, sizeof value);
  return value;
}

static AnmSafetensors *
make_random (guint64 seed)
{
  AnmSafetensors *file = anm_safetensors_new ();
  guint n_tensors = (guint) anm_random_below (seed, 2, 0, 6);

  anm_safetensors_set_text (file, "first", "\"quotes\", \\, \001 and\nlines, 回忆");
  anm_safetensors_set_text (file, "second", "");
  for (guint i = 0; i < n_tensors; i++)
    {
      guint64 shape[3];
      guint n_dimensions = (guint) anm_random_below (seed, 3, i, 4);
      gsize n = 1;
      g_autofree char *name = g_strdup_printf ("layer_%u.\"%u\"\t", i, i);
      g_autofree anm_real *values = NULL;

      for (guint k = 0; k < n_dimensions; k++)
        n *= shape[k] = anm_random_below (seed, 4, i * 3 + k, 5);
      values = g_new (anm_real, MAX (n, 1));
      for (gsize k = 0; k < n; k++)
        values[k] = random_bits (seed, i * 1000 + k);
      anm_safetensors_add (file, name, n_dimensions, shape, values);
    }
  return file;
}

static void
assert_same (const AnmSafetensors *a, const AnmSafetensors *b)
{
  g_assert_cmpuint (anm_safetensors_get_n_tensors (a), ==, anm_safetensors_get_n_tensors (b));
  g_assert_cmpstr (anm_safetensors_get_text (a, "first"), ==, anm_safetensors_get_text (b, "first"));
  g_assert_cmpstr (anm_safetensors_get_text (a, "second"), ==, anm_safetensors_get_text (b, "second"));
  for (guint i = 0; i < anm_safetensors_get_n_tensors (a); i++)
    {
      const AnmTensor *first = anm_safetensors_get_tensor (a, i), *second = anm_safetensors_get_tensor (b, i);

      g_assert_cmpstr (first->name, ==, second->name);
      g_assert_cmpstr (first->type, ==, second->type);
      g_assert_cmpmem (first->shape, first->n_dimensions * sizeof (guint64), second->shape, second->n_dimensions * sizeof (guint64));
      g_assert_cmpmem (first->data, first->n_values * sizeof (anm_real), second->data, second->n_values * sizeof (anm_real));
    }
}

/* Any bits, not-a-numbers among them. */
static void
test_written_is_read (void)
{
  for (guint64 seed = 0; seed < 200; seed++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmSafetensors) file = make_random (seed);
      g_autoptr (GBytes) bytes = anm_safetensors_to_bytes (file);
      g_autoptr (AnmSafetensors) again = anm_safetensors_parse (bytes, &error);
      g_autoptr (GBytes) bytes_again = NULL;
      guint64 header;

      g_assert_no_error (error);
      assert_same (file, again);
      bytes_again = anm_safetensors_to_bytes (again);
      g_assert_true (g_bytes_equal (bytes, bytes_again));
      memcpy (&header, g_bytes_get_data (bytes, NULL), 8);
      g_assert_cmpuint (GUINT64_FROM_LE (header) % 8, ==, 0);
    }
}

/* Our header by the eyes of a parser that isn't ours. */
static void
test_header_is_json (void)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnmSafetensors) file = make_random (seed);
      g_autoptr (GBytes) bytes = anm_safetensors_to_bytes (file);
      const char *data = g_bytes_get_data (bytes, NULL);
      g_autoptr (JsonParser) parser = json_parser_new ();
      JsonObject *root;
      guint64 length;

      memcpy (&length, data, 8);
      json_parser_load_from_data (parser, data + 8, (gssize) GUINT64_FROM_LE (length), &error);
      g_assert_no_error (error);
      root = json_node_get_object (json_parser_get_root (parser));
      g_assert_cmpuint (json_object_get_size (root), ==, anm_safetensors_get_n_tensors (file) + 1);
      g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "__metadata__"), "first"), ==,
                       anm_safetensors_get_text (file, "first"));
      for (guint i = 0; i < anm_safetensors_get_n_tensors (file); i++)
        {
          const AnmTensor *tensor = anm_safetensors_get_tensor (file, i);
          JsonArray *shape = json_object_get_array_member (json_object_get_object_member (root, tensor->name), "shape");

          g_assert_cmpuint (json_array_get_length (shape), ==, tensor->n_dimensions);
        }
    }
}

static void
assert_save_refused (const AnmSafetensors *file, const char *path, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (anm_safetensors_save (file, path, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_save_and_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("anamnesis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "wéights.safetensors", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", "w.safetensors", NULL);
  g_autoptr (AnmSafetensors) first = make_random (3);
  g_autoptr (AnmSafetensors) second = make_random (4);

  g_assert_true (anm_safetensors_save (first, path, &error));
  g_assert_no_error (error);
  {
    g_autoptr (AnmSafetensors) mapped = anm_safetensors_load (path, &error);

    g_assert_no_error (error);
    assert_same (first, mapped);
    /* What is mapped stays as it was when another file takes its name. */
    g_assert_true (anm_safetensors_save (second, path, &error));
    assert_same (first, mapped);
  }
  {
    g_autoptr (AnmSafetensors) mapped = anm_safetensors_load (path, &error);

    assert_same (second, mapped);
  }
  assert_save_refused (first, folder, "no ordinary file");
  assert_save_refused (first, nowhere, "No such file");
  g_assert_null (anm_safetensors_load (folder, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (anm_safetensors_load (nowhere, &error));
  g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "No such file"));
  /* Nothing but the file is left. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Every beginning of a sound file is refused. */
static void
test_cut_off_anywhere (void)
{
  g_autofree char *path = get_corpus ("y_mixed.safetensors");
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = g_bytes_new (contents, i);

      g_assert_null (anm_safetensors_parse (bytes, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_FILE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/corpus", test_corpus);
  g_test_add_func ("/safetensors/kinds-of-numbers", test_kinds_of_numbers);
  g_test_add_func ("/safetensors/other-kinds-are-named", test_other_kinds_are_named);
  g_test_add_func ("/safetensors/texts-and-names", test_texts_and_names);
  g_test_add_func ("/safetensors/places", test_places);
  g_test_add_func ("/safetensors/written-is-read", test_written_is_read);
  g_test_add_func ("/safetensors/header-is-json", test_header_is_json);
  g_test_add_func ("/safetensors/save-and-load", test_save_and_load);
  g_test_add_func ("/safetensors/cut-off-anywhere", test_cut_off_anywhere);
  return g_test_run ();
}
