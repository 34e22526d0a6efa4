/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Outputs, loss, every gradient tensor and the parameters after 1, 10 and 100
 * updates, against every golden file in tests/engine/golden, which
 * tests/oracles/make_golden.py made with PyTorch and Keras. The double build must agree to 1e-8; the float build to
 * ten times PyTorch's own distance between float and double, or 1e-5, and its
 * first ten updates to 1e-4. After a hundred, RMSProp's division by vanishing
 * moments may have carried any rounding far; that is left to the double build.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/trainer.h"
#include "engine/workspace.h"

#ifdef ANM_REAL_IS_DOUBLE
#define IS_DOUBLE TRUE
#else
#define IS_DOUBLE FALSE
#endif

/* What is always allowed to the float build: its rounding differs with the
 * instruction set and the compiler, and updates carry it on. */
#define FLOAT_PASS_FLOOR 1e-5
#define FLOAT_UPDATES_FLOOR 1e-4
#define N_FLOAT_UPDATES 10

typedef struct
{
  JsonParser   *parser;
  JsonObject   *root;
  AnmSequences *sequences;
  AnmNetwork   *network;
  AnmLossKind   loss;
  anm_real     *parameters;
} Golden;

static double *
read_numbers (JsonObject *object,
              const char *member,
              gsize      *n)
{
  JsonArray *array = json_object_get_array_member (object, member);
  double *numbers;

  *n = json_array_get_length (array);
  numbers = g_new (double, *n);
  for (gsize i = 0; i < *n; i++)
    numbers[i] = json_array_get_double_element (array, i);
  return numbers;
}

#define PER_STEP "-per-step"

/* "classes", "binary-per-step" */
static AnmTargetShape
read_target_shape (JsonObject *root)
{
  static const struct
  {
    const char   *word;
    AnmTargetKind kind;
  } kinds[] = {
    { "binary", ANM_TARGET_BINARY },
    { "classes", ANM_TARGET_CLASSES },
    { "labels", ANM_TARGET_LABELS },
    { "regression", ANM_TARGET_REGRESSION },
    { "survival", ANM_TARGET_SURVIVAL },
  };
  g_autofree char *word = g_strdup (json_object_get_string_member (root, "target"));
  gsize n_lengths, n_rows = 0;
  g_autofree double *lengths = read_numbers (root, "lengths", &n_lengths);
  AnmTargetShape shape = { ANM_TARGET_NONE, 1, g_str_has_suffix (word, PER_STEP) };

  if (shape.per_step)
    word[strlen (word) - strlen (PER_STEP)] = '\0';
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    if (g_str_equal (kinds[k].word, word))
      shape.kind = kinds[k].kind;
  g_assert_cmpint (shape.kind, !=, ANM_TARGET_NONE);
  for (gsize i = 0; i < n_lengths; i++)
    n_rows += shape.per_step ? (gsize) lengths[i] : 1;
  shape.n_outputs = (guint) (json_array_get_length (json_object_get_array_member (root, "outputs")) / n_rows);
  return shape;
}

/* The loss that the file names, else that of the target. */
static AnmLossKind
read_loss (JsonObject *root)
{
  AnmLossKind loss = ANM_LOSS_AUTO;

  if (json_object_has_member (root, "loss_kind"))
    g_assert_true (anm_loss_kind_from_string (json_object_get_string_member (root, "loss_kind"), &loss));
  return loss;
}

/* What was measured, and when. */
static void
read_missing (JsonObject *root, AnmSequences *sequences)
{
  gsize n, n_gaps, n_means, n_cells = anm_sequences_get_n_steps (sequences) * sequences->n_channels;
  g_autofree double *observed = read_numbers (root, "observed", &n);
  g_autofree double *gaps = read_numbers (root, "gaps", &n_gaps);
  g_autofree double *means = read_numbers (root, "means", &n_means);

  g_assert_cmpuint (n, ==, n_cells);
  g_assert_cmpuint (n_gaps, ==, n_cells);
  g_assert_cmpuint (n_means, ==, sequences->n_channels);
  sequences->gaps = g_new (anm_real, n_cells);
  sequences->means = g_new (anm_real, n_means);
  for (gsize i = 0; i < n_cells; i++)
    {
      sequences->gaps[i] = (anm_real) gaps[i];
      anm_sequences_set_observed (sequences, i / sequences->n_channels, (guint) (i % sequences->n_channels), observed[i] != 0);
    }
  for (gsize i = 0; i < n_means; i++)
    sequences->means[i] = (anm_real) means[i];
}

/* A plane of slots, -1 where a step has fewer tokens. */
static void
read_tokens (JsonObject *root, AnmSequences *sequences)
{
  gsize n, n_steps = anm_sequences_get_n_steps (sequences), n_found = 0;
  gsize n_slots = (gsize) json_object_get_int_member (root, "token_slots");
  g_autofree double *ids = read_numbers (root, "token_ids", &n);

  g_assert_cmpuint (n, ==, n_steps * n_slots);
  sequences->n_tokens = (guint) json_object_get_int_member (root, "n_tokens");
  sequences->token_offsets = g_new0 (gsize, n_steps + 1);
  sequences->tokens = g_new (guint32, n);
  for (gsize i = 0; i < n; i++)
    {
      if (ids[i] >= 0)
        sequences->tokens[n_found++] = (guint32) ids[i];
      sequences->token_offsets[i / n_slots + 1] = n_found;
    }
  g_assert_cmpuint (n_found, >, n_steps / 2);
}

/* What only some files have. */
static void
read_planes (JsonObject *root, AnmSequences *sequences)
{
  if (json_object_has_member (root, "token_ids"))
    read_tokens (root, sequences);
  if (json_object_has_member (root, "observed"))
    read_missing (root, sequences);
  if (json_object_has_member (root, "skip"))
    {
      gsize n;
      g_autofree double *skip = read_numbers (root, "skip", &n);

      g_assert_cmpuint (n, ==, anm_sequences_get_n_steps (sequences));
      sequences->skip = g_new (guint8, n);
      for (gsize i = 0; i < n; i++)
        sequences->skip[i] = skip[i] != 0;
    }
}

static AnmSequences *
read_sequences (JsonObject           *root,
                const AnmTargetShape *shape)
{
  gsize n_sequences, n_inputs, n_targets, n_weights;
  g_autofree double *lengths = read_numbers (root, "lengths", &n_sequences);
  g_autofree double *inputs = read_numbers (root, "inputs", &n_inputs);
  g_autofree double *targets = read_numbers (root, "targets", &n_targets);
  g_autofree double *weights = read_numbers (root, "weights", &n_weights);
  g_autofree gsize *sizes = g_new (gsize, n_sequences);
  guint n_channels = json_object_get_int_member (root, "n_inputs");
  g_autofree AnmColumn *columns = g_new (AnmColumn, n_channels);
  AnmSequences *sequences;

  for (gsize i = 0; i < n_sequences; i++)
    sizes[i] = (gsize) lengths[i];
  sequences = anm_sequences_new (n_sequences, sizes, n_channels, 0, shape);
  for (guint i = 0; i < n_channels; i++)
    columns[i] = (AnmColumn) { ANM_COLUMN_VALUE, i };
  anm_sequences_set_columns (sequences, columns, n_channels);
  for (gsize i = 0; i < n_inputs; i++)
    sequences->values[i] = (anm_real) inputs[i];
  for (gsize i = 0; i < n_targets; i++)
    sequences->targets[i] = (anm_real) targets[i];
  sequences->weights = g_new (anm_real, n_sequences);
  for (gsize i = 0; i < n_sequences; i++)
    sequences->weights[i] = (anm_real) weights[i];
  read_planes (root, sequences);
  return sequences;
}

static void
golden_load (Golden     *golden,
             const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "golden", file, NULL);
  g_autoptr (AnmNetworkSpec) spec = NULL;
  AnmTargetShape shape;
  const AnmParameter *table;
  JsonObject *parameters;
  guint n_tensors;

  golden->parser = json_parser_new ();
  json_parser_load_from_file (golden->parser, path, &error);
  g_assert_no_error (error);
  golden->root = json_node_get_object (json_parser_get_root (golden->parser));
  shape = read_target_shape (golden->root);
  golden->sequences = read_sequences (golden->root, &shape);
  spec = anm_network_spec_parse (json_object_get_string_member (golden->root, "network"), &error);
  g_assert_no_error (error);
  golden->network = anm_network_new (spec, golden->sequences->n_columns, &shape, &error);
  g_assert_no_error (error);
  g_assert_true (anm_loss_resolve (read_loss (golden->root), golden->network, &shape, &golden->loss, &error));

  golden->parameters = g_new (anm_real, anm_network_get_n_parameters (golden->network));
  parameters = json_object_get_object_member (golden->root, "parameters");
  table = anm_network_get_parameters (golden->network, &n_tensors);
  g_assert_cmpuint (n_tensors, ==, json_object_get_size (parameters));
  for (guint k = 0; k < n_tensors; k++)
    {
      gsize n;
      g_autofree double *numbers = read_numbers (parameters, table[k].name, &n);

      g_assert_cmpuint (n, ==, (gsize) table[k].n_rows * table[k].n_columns);
      for (gsize i = 0; i < n; i++)
        golden->parameters[table[k].offset + i] = (anm_real) numbers[i];
    }
}

static void
golden_clear (Golden *golden)
{
  g_clear_object (&golden->parser);
  g_clear_pointer (&golden->sequences, anm_sequences_unref);
  g_clear_pointer (&golden->network, anm_network_unref);
  g_clear_pointer (&golden->parameters, g_free);
}

/* ||a - b|| / (||a|| + ||b||), 0 if both are zero. */
static double
distance (const anm_real *a,
          const double   *b,
          gsize           n)
{
  double difference = 0, norm_a = 0, norm_b = 0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      norm_a += (double) a[i] * (double) a[i];
      norm_b += b[i] * b[i];
    }
  if (norm_a == 0 && norm_b == 0)
    return 0;
  return sqrt (difference) / (sqrt (norm_a) + sqrt (norm_b));
}

static double
tolerance (double torch_float_distance, double floor)
{
  return IS_DOUBLE ? 1e-8 : MAX (10 * torch_float_distance, floor);
}

static void
compare_tensors (const Golden   *golden,
                 const anm_real *vector,
                 JsonObject     *expected,
                 JsonObject     *float_distance,
                 const char     *what,
                 double          floor)
{
  guint n_tensors;
  const AnmParameter *table = anm_network_get_parameters (golden->network, &n_tensors);

  for (guint k = 0; k < n_tensors; k++)
    {
      gsize n;
      g_autofree double *numbers = read_numbers (expected, table[k].name, &n);
      double found = distance (vector + table[k].offset, numbers, n);
      double allowed = tolerance (json_object_get_double_member (float_distance, table[k].name), floor);

      if (g_test_verbose ())
        g_test_message ("%s %s: %.3g (allowed %.3g)", what, table[k].name, found, allowed);
      if (!(found <= allowed))
        {
          g_test_message ("%s of %s is off by %.3g, allowed are %.3g", what, table[k].name, found, allowed);
          g_test_fail ();
        }
    }
}

static void
test_outputs_and_gradients (gconstpointer name)
{
  Golden golden = { 0 };
  gsize n_expected, n_targets;
  g_autofree double *expected = NULL;
  g_autofree anm_real *outputs = NULL, *gradient = NULL;
  JsonObject *float_distance;
  double weight, loss;
  guint row = 0;

  golden_load (&golden, name);
  {
    guint n_rows = golden.sequences->n_sequences;
    g_autoptr (AnmPacked) packed = anm_packed_new (golden.network);
    g_autoptr (AnmWorkspace) workspace = anm_workspace_new (golden.network, golden.loss, n_rows,
                                                            anm_sequences_get_max_length (golden.sequences), TRUE);
    g_autofree guint32 *rows = g_new (guint32, n_rows);
    guint n_outputs = golden.sequences->target.n_outputs;

    for (guint i = 0; i < n_rows; i++)
      rows[i] = i;
    anm_packed_fill (packed, golden.parameters);
    anm_workspace_load (workspace, golden.sequences, rows, n_rows);
    g_assert_true (anm_workspace_forward (workspace, packed, NULL));
    loss = anm_workspace_get_loss (workspace, &weight);
    g_assert_cmpfloat_with_epsilon (loss / weight, json_object_get_double_member (golden.root, "loss"),
                                    IS_DOUBLE ? 1e-10 : 1e-6);

    expected = read_numbers (golden.root, "outputs", &n_expected);
    outputs = g_new (anm_real, n_expected);
    for (guint i = 0; i < n_rows; i++)
      {
        n_targets = golden.sequences->target.per_step ? anm_sequences_get_length (golden.sequences, i) : 1;
        anm_workspace_get_outputs (workspace, i, outputs + (gsize) row * n_outputs);
        row += n_targets;
      }
    g_assert_cmpuint ((gsize) row * n_outputs, ==, n_expected);
    float_distance = json_object_get_object_member (golden.root, "float_distance");
    g_assert_cmpfloat (distance (outputs, expected, n_expected), <=,
                       tolerance (json_object_get_double_member (float_distance, "outputs"), FLOAT_PASS_FLOOR));

    gradient = g_new0 (anm_real, anm_network_get_n_parameters (golden.network));
    g_assert_true (anm_workspace_backward (workspace, packed, 1 / weight, gradient, NULL));
    compare_tensors (&golden, gradient, json_object_get_object_member (golden.root, "gradients"),
                     json_object_get_object_member (float_distance, "gradients"), "gradient", FLOAT_PASS_FLOOR);
  }
  golden_clear (&golden);
}

static void
set_hyperparameters (AnmHyperparameters *hyperparameters,
                     const char         *optimizer,
                     JsonObject         *values)
{
  AnmOptimizerKind kind = ANM_OPTIMIZER_SGD; /* momentum, nesterov */
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  anm_optimizer_kind_from_string (json_object_get_string_member_with_default (values, "optimizer", optimizer), &kind);
  anm_hyperparameters_init (hyperparameters, kind);
  hyperparameters->batch_size = 0;
  hyperparameters->epochs = 1000;
  for (guint k = 0; k < n_members; k++)
    {
      if (!json_object_has_member (values, members[k].name))
        continue;
      if (members[k].kind == ANM_HYPERPARAMETER_FLAG)
        G_STRUCT_MEMBER (gboolean, hyperparameters, members[k].offset) = json_object_get_boolean_member (values, members[k].name);
      else
        G_STRUCT_MEMBER (double, hyperparameters, members[k].offset) = json_object_get_double_member (values, members[k].name);
    }
}

static void
train_and_compare (const Golden *golden,
                   const char   *optimizer,
                   JsonObject   *updates)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmPool) pool = anm_pool_new (1);
  g_autoptr (AnmTrainer) trainer = NULL;
  JsonObject *after = json_object_get_object_member (updates, "after");
  AnmHyperparameters hyperparameters;

  set_hyperparameters (&hyperparameters, optimizer, json_object_get_object_member (updates, "hyperparameters"));
  hyperparameters.loss = golden->loss;
  trainer = anm_trainer_new (golden->network, &hyperparameters, golden->sequences, NULL, golden->parameters, pool, &error);
  g_assert_no_error (error);
  for (guint update = 1; update <= (IS_DOUBLE ? 100 : N_FLOAT_UPDATES); update++)
    {
      g_autofree char *key = g_strdup_printf ("%u", update);
      AnmTrainerEvent event = anm_trainer_step (trainer, NULL, &error);

      while (event != ANM_TRAINER_UPDATED)
        {
          g_assert_no_error (error);
          event = anm_trainer_step (trainer, NULL, &error);
        }
      g_assert_no_error (error);
      g_assert_cmpuint (anm_trainer_get_update (trainer)->update, ==, update);
      if (json_object_has_member (after, key))
        {
          JsonObject *expected = json_object_get_object_member (after, key);
          g_autofree char *what = g_strdup_printf ("%s, update %u:", optimizer, update);

          compare_tensors (golden, anm_trainer_get_parameters (trainer),
                           json_object_get_object_member (expected, "parameters"),
                           json_object_get_object_member (expected, "float_distance"), what, FLOAT_UPDATES_FLOOR);
        }
    }
}

static void
test_updates (gconstpointer name)
{
  Golden golden = { 0 };
  JsonObject *updates;
  g_autoptr (GList) optimizers = NULL;

  golden_load (&golden, name);
  updates = json_object_get_object_member (golden.root, "updates");
  optimizers = json_object_get_members (updates);
  g_assert_nonnull (optimizers);
  for (GList *l = optimizers; l != NULL; l = l->next)
    train_and_compare (&golden, l->data, json_object_get_object_member (updates, l->data));
  golden_clear (&golden);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names of the files, without ending, in a fixed order. */
static GPtrArray *
list_cases (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "engine", "golden", NULL);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  GPtrArray *cases = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  while (directory != NULL && (file = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (file, ".json"))
      g_ptr_array_add (cases, g_strndup (file, strlen (file) - strlen (".json")));
  g_ptr_array_sort (cases, compare_names);
  return cases;
}

static void
test_there_are_files (gconstpointer cases)
{
  g_assert_cmpuint (((const GPtrArray *) cases)->len, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) cases = NULL;

  g_test_init (&argc, &argv, NULL);
  cases = list_cases ();
  g_test_add_data_func ("/golden/there-are-files", cases, test_there_are_files);
  for (guint i = 0; i < cases->len; i++)
    {
      const char *name = g_ptr_array_index (cases, i);
      g_autofree char *gradients = g_strdup_printf ("/golden/%s/outputs-and-gradients", name);
      g_autofree char *updates = g_strdup_printf ("/golden/%s/updates", name);

      g_test_add_data_func (gradients, name, test_outputs_and_gradients);
      g_test_add_data_func (updates, name, test_updates);
    }
  return g_test_run ();
}
