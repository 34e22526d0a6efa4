/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "app/gui/patient-model.h"
#include "data/cohort-builder.h"

/* Ids "p0", "p1", ...; age 20 + p % 70; ICU medical or surgical by turns; every 10th died, every 100th unknown;
 * p % 5 hourly values. */
static AnmCohort *
make_cohort (gsize n_patients)
{
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new ("Made up", "h");
  const guint channel = anm_cohort_builder_add_channel (builder, "HR");
  const guint age = anm_cohort_builder_add_static (builder, "Age");
  const guint unit = anm_cohort_builder_add_static (builder, "ICU");
  char **classes = g_strdupv ((char *[]) { "survived", "died", NULL });

  anm_cohort_builder_get_static (builder, unit)->kind = ANM_FIELD_CATEGORICAL;
  anm_field_add_category (anm_cohort_builder_get_static (builder, unit), "medical");
  anm_field_add_category (anm_cohort_builder_get_static (builder, unit), "surgical");
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "death", "died in hospital", classes);

  for (gsize p = 0; p < n_patients; p++)
    {
      g_autofree char *id = g_strdup_printf ("p%" G_GSIZE_FORMAT, p);

      anm_cohort_builder_add_patient (builder, id, strlen (id));
      anm_cohort_builder_add_row (builder, p, 0);
      for (guint t = 0; t < p % 5; t++)
        anm_cohort_builder_add_value (builder, p, channel, t, 80 + t);
      anm_cohort_builder_set_static (builder, p, age, 20 + p % 70);
      anm_cohort_builder_set_static (builder, p, unit, p % 2);
      if (p % 100 != 99)
        anm_cohort_builder_set_outcome (builder, p, p % 10 == 0);
    }

  return anm_cohort_builder_finish (builder, 1);
}

static AnmPatientModel *
make_model (gsize n_patients)
{
  g_autoptr (AnmCohort) cohort = make_cohort (n_patients);
  AnmPatientModel *model = anm_patient_model_new ();

  anm_patient_model_set_cohort (model, cohort);
  return model;
}

static guint
count_found (AnmPatientModel *model,
             const char      *search)
{
  anm_patient_model_set_search (model, search);
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

static guint
patient_at (AnmPatientModel *model,
            guint            row)
{
  g_autoptr (AnmPatientItem) item = g_list_model_get_item (G_LIST_MODEL (model), row);

  return anm_patient_item_get_patient (item);
}

static void
test_search (void)
{
  AnmPatientModel *model = make_model (1000);

  g_assert_cmpuint (count_found (model, ""), ==, 1000);
  g_assert_cmpuint (count_found (model, "P77"), ==, 11); /* p77, p770 .. p779 */
  g_assert_cmpuint (count_found (model, "medical"), ==, 500);
  g_assert_cmpuint (count_found (model, "Medical died"), ==, 100);
  g_assert_cmpuint (count_found (model, "surgical died"), ==, 0);
  g_assert_cmpuint (count_found (model, "survived"), ==, 890);
  g_assert_cmpuint (count_found (model, "nobody"), ==, 0);
  g_assert_cmpuint (count_found (model, "  p999  "), ==, 1);
  g_assert_cmpuint (patient_at (model, 0), ==, 999);

  g_assert_finalize_object (model);
}

static void
test_comparisons (void)
{
  AnmPatientModel *model = make_model (700);

  g_assert_cmpuint (count_found (model, "age>84"), ==, 50);
  g_assert_cmpuint (count_found (model, "age>=84"), ==, 60);
  g_assert_cmpuint (count_found (model, "AGE<22"), ==, 20);
  g_assert_cmpuint (count_found (model, "age≤22"), ==, 30);
  g_assert_cmpuint (count_found (model, "age=20"), ==, 10);
  g_assert_cmpuint (count_found (model, "age>=84 age<86"), ==, 20);
  /* Half-typed: text, which nobody has. */
  g_assert_cmpuint (count_found (model, "age>"), ==, 0);
  g_assert_cmpuint (count_found (model, "height>3"), ==, 0);

  g_assert_finalize_object (model);
}

static void
test_orders (void)
{
  AnmPatientModel *model = make_model (200);
  float severity[200];

  anm_patient_model_set_order (model, ANM_PATIENT_ORDER_ID);
  g_assert_cmpuint (patient_at (model, 2), ==, 2);
  g_assert_cmpuint (patient_at (model, 10), ==, 10);

  anm_patient_model_set_order (model, ANM_PATIENT_ORDER_LENGTH);
  g_assert_cmpuint (patient_at (model, 0), ==, 4);
  g_assert_cmpuint (patient_at (model, 1), ==, 9);

  anm_patient_model_set_order (model, ANM_PATIENT_ORDER_MISSING);
  g_assert_cmpuint (patient_at (model, 0), ==, 0);
  g_assert_cmpuint (patient_at (model, 199), ==, 199);

  anm_patient_model_set_order (model, ANM_PATIENT_ORDER_OUTCOME);
  g_assert_cmpuint (patient_at (model, 0), ==, 0);
  g_assert_cmpuint (patient_at (model, 1), ==, 10);
  g_assert_cmpuint (patient_at (model, 20), ==, 1);
  g_assert_cmpuint (patient_at (model, 198), ==, 99);
  g_assert_cmpuint (patient_at (model, 199), ==, 199);

  for (guint p = 0; p < 200; p++)
    severity[p] = p == 5 ? NAN : p;
  anm_patient_model_set_severity (model, severity);
  anm_patient_model_set_order (model, ANM_PATIENT_ORDER_SEVERITY);
  g_assert_cmpuint (patient_at (model, 0), ==, 199);
  g_assert_cmpuint (patient_at (model, 199), ==, 5);

  /* An order holds for what is found. */
  g_assert_cmpuint (count_found (model, "p19"), ==, 11);
  g_assert_cmpuint (patient_at (model, 0), ==, 199);
  g_assert_cmpuint (patient_at (model, 10), ==, 19);

  g_assert_finalize_object (model);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_selection_is_a_patient (void)
{
  AnmPatientModel *model = make_model (100);
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (model);
  guint n_changes = 0, n_notified = 0, n_items_changed = 0;

  g_signal_connect_swapped (model, "selection-changed", G_CALLBACK (count_cb), &n_changes);
  g_signal_connect_swapped (model, "notify::selected", G_CALLBACK (count_cb), &n_notified);
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (count_cb), &n_items_changed);

  g_assert_true (gtk_selection_model_select_item (selection, 42, TRUE));
  g_assert_cmpuint (anm_patient_model_get_selected (model), ==, 42);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
  g_assert_true (gtk_selection_model_is_selected (selection, 42));

  anm_patient_model_set_search (model, "p4");
  g_assert_cmpuint (n_items_changed, ==, 1);
  g_assert_cmpuint (anm_patient_model_find (model, 42), ==, 3);
  g_assert_true (gtk_selection_model_is_selected (selection, 3));

  {
    g_autoptr (GtkBitset) rows = gtk_selection_model_get_selection (selection);

    g_assert_cmpuint (gtk_bitset_get_size (rows), ==, 1);
    g_assert_cmpuint (gtk_bitset_get_nth (rows, 0), ==, 3);
  }

  /* A patient that the search doesn't find stays the chosen one. */
  anm_patient_model_set_search (model, "p7");
  g_assert_cmpuint (anm_patient_model_get_selected (model), ==, 42);
  g_assert_cmpuint (anm_patient_model_find (model, 42), ==, GTK_INVALID_LIST_POSITION);
  g_assert_cmpuint (anm_patient_model_get_neighbour (model, 1), ==, 7);
  g_assert_false (gtk_selection_model_select_item (selection, 4711, TRUE));

  anm_patient_model_set_search (model, NULL);
  g_assert_cmpuint (anm_patient_model_get_neighbour (model, 1), ==, 43);
  g_assert_cmpuint (anm_patient_model_get_neighbour (model, -50), ==, 0);
  g_assert_cmpuint (anm_patient_model_get_neighbour (model, 100), ==, 99);
  g_assert_cmpuint (n_notified, ==, 1);

  g_assert_finalize_object (model);
}

static void
test_cohort_goes (void)
{
  AnmPatientModel *model = make_model (10);
  g_autoptr (AnmPatientItem) item = g_list_model_get_item (G_LIST_MODEL (model), 3);

  anm_patient_model_set_cohort (model, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 0));
  g_assert_cmpstr (anm_patient_item_get_cohort (item)->ids[3], ==, "p3");

  g_assert_finalize_object (model);
}

static void
test_many_patients (void)
{
  static const char *const keys[] = { "p", "p1", "p12", "medical", "medical died", "age>50 medical", "p99999", "" };
  AnmPatientModel *model = make_model (100000);
  double slowest = 0;

  g_test_summary ("A keystroke among 100,000 patients; the time is told, not asserted.");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const gint64 begin = g_get_monotonic_time ();
      const guint n_found = count_found (model, keys[i]);
      const double milliseconds = (g_get_monotonic_time () - begin) / 1000.0;

      g_test_message ("\"%s\": %u found in %.1f ms", keys[i], n_found, milliseconds);
      slowest = MAX (slowest, milliseconds);
    }
  g_test_minimized_result (slowest, "slowest search: %.1f ms", slowest);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 100000);

  g_assert_finalize_object (model);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/gui/patient-model/search", test_search);
  g_test_add_func ("/gui/patient-model/comparisons", test_comparisons);
  g_test_add_func ("/gui/patient-model/orders", test_orders);
  g_test_add_func ("/gui/patient-model/selection-is-a-patient", test_selection_is_a_patient);
  g_test_add_func ("/gui/patient-model/cohort-goes", test_cohort_goes);
  g_test_add_func ("/gui/patient-model/many-patients", test_many_patients);

  return g_test_run ();
}
