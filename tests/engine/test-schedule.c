/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Learning rates against closed forms, and against those of Keras' and
 * PyTorch's own schedules, which tests/oracles/make_schedules.py wrote down.
 */
#include "engine/schedule.h"

#include "engine/error.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define TOLERANCE 1e-13

static AnmSchedule
parse (const char *text)
{
  AnmSchedule schedule;
  g_autoptr (GError) error = NULL;

  g_assert_true (anm_schedule_parse (&schedule, text, &error));
  g_assert_no_error (error);
  g_assert_true (anm_schedule_validate (&schedule, NULL));
  return schedule;
}

static double
get_rate (const char *text, double learning_rate, guint64 update, guint n_updates_per_epoch, double n_epochs)
{
  AnmSchedule schedule = parse (text);
  AnmScheduleClock clock = { update, n_updates_per_epoch, n_epochs };
  AnmPlateau plateau;

  anm_plateau_init (&plateau);
  return anm_schedule_get_rate (&schedule, learning_rate, &clock, &plateau);
}

static void
assert_near (double value, double expected)
{
  if (!(fabs (value - expected) <= TOLERANCE * MAX (fabs (expected), 1e-3)))
    g_error ("%.17g instead of %.17g", value, expected);
}

static void
test_closed_forms (void)
{
  for (guint64 u = 0; u < 120; u++)
    {
      double t = (double) u;

      assert_near (get_rate ("constant", 0.3, u, 10, 12), 0.3);
      assert_near (get_rate ("step(every=2, factor=0.1)", 0.3, u, 10, 12), 0.3 * pow (0.1, floor (t / 20.0)));
      assert_near (get_rate ("step(every=0.5, factor=0.9)", 0.3, u, 10, 12), 0.3 * pow (0.9, floor (t / 5.0)));
      assert_near (get_rate ("step(every=2, factor=0.1, minimum=0.02)", 0.3, u, 10, 12), u < 20 ? 0.3 : u < 40 ? 0.03
                                                                                                             : 0.02);
      assert_near (get_rate ("exponential(factor=0.8)", 0.3, u, 10, 12), 0.3 * pow (0.8, t / 10.0));
      assert_near (get_rate ("cosine(minimum=0.1)", 0.3, u, 10, 12), 0.1 + 0.2 * (1.0 + cos (G_PI * t / 120.0)) / 2.0);
      assert_near (get_rate ("cosine(epochs=5)", 0.3, u, 10, 12), u < 50 ? 0.3 * (1.0 + cos (G_PI * t / 50.0)) / 2.0 : 0.0);
    }
}

/* The whole rate is reached by the warm-up's last update; what follows begins after it. */
static void
test_warmup (void)
{
  for (guint64 u = 0; u < 60; u++)
    {
      double t = (double) u;

      assert_near (get_rate ("constant(warmup=2)", 0.3, u, 10, 6), u < 20 ? 0.3 * (t + 1.0) / 20.0 : 0.3);
      assert_near (get_rate ("exponential(factor=0.5, warmup=1)", 0.3, u, 10, 6), u < 10 ? 0.3 * (t + 1.0) / 10.0 : 0.3 * pow (0.5, (t - 10.0) / 10.0));
      assert_near (get_rate ("cosine(warmup=2)", 0.3, u, 10, 6), u < 20 ? 0.3 * (t + 1.0) / 20.0 : 0.3 * (1.0 + cos (G_PI * (t - 20.0) / 40.0)) / 2.0);
      /* A quarter of an epoch is two updates and a half. */
      assert_near (get_rate ("constant(warmup=0.25)", 0.3, u, 10, 6), MIN (0.3 * (t + 1.0) / 2.5, 0.3));
    }
}

/* Up to the peak at the end of its share, and down to almost nothing at the last update. */
static void
test_one_cycle (void)
{
  assert_near (get_rate ("one_cycle", 0.5, 0, 10, 10), 0.5 / 25.0);
  assert_near (get_rate ("one_cycle", 0.5, 29, 10, 10), 0.5);
  assert_near (get_rate ("one_cycle", 0.5, 99, 10, 10), 0.5 / 25.0 / 1e4);
  assert_near (get_rate ("one_cycle", 0.5, 500, 10, 10), 0.5 / 25.0 / 1e4);
  assert_near (get_rate ("one_cycle(epochs=5, rise=0.5, start=2, end=3)", 0.6, 24, 10, 10), 0.6);
  assert_near (get_rate ("one_cycle(epochs=5, rise=0.5, start=2, end=3)", 0.6, 49, 10, 10), 0.1);
  assert_near (get_rate ("one_cycle(epochs=5, rise=0.5, start=2, end=3)", 0.6, 12, 10, 10), 0.45);
  /* Runs too short to go up and down. */
  for (guint64 u = 0; u < 4; u++)
    g_assert_true (isfinite (get_rate ("one_cycle", 0.5, u, 1, 1)) && isfinite (get_rate ("one_cycle", 0.5, u, 2, 1)));
}

static void
check_case (JsonObject *file, JsonObject *entry)
{
  AnmSchedule schedule = parse (json_object_get_string_member (entry, "schedule"));
  double learning_rate = json_object_get_double_member (file, "learning_rate");
  guint per_epoch = (guint) json_object_get_int_member (file, "updates_per_epoch");
  guint n_epochs = (guint) json_object_get_int_member (file, "epochs");
  JsonArray *rates = json_object_get_array_member (entry, "rates");
  JsonArray *losses = json_object_has_member (entry, "losses") ? json_object_get_array_member (entry, "losses") : NULL;
  AnmPlateau plateau;

  g_assert_cmpuint (json_array_get_length (rates), ==, per_epoch * n_epochs);
  anm_plateau_init (&plateau);
  for (guint u = 0; u < per_epoch * n_epochs; u++)
    {
      AnmScheduleClock clock = { u, per_epoch, n_epochs };
      double expected = json_array_get_double_element (rates, u);
      double found = anm_schedule_get_rate (&schedule, learning_rate, &clock, &plateau);

      if (!(fabs (found - expected) <= 1e-12 * learning_rate))
        g_error ("%s, update %u: %.17g instead of %.17g", json_object_get_string_member (entry, "schedule"), u, found, expected);
      if (losses != NULL && (u + 1) % per_epoch == 0)
        anm_plateau_observe (&plateau, &schedule, found, json_array_get_double_element (losses, u / per_epoch));
    }
}

static void
test_peers (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "engine", "golden-schedules.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *file;
  JsonArray *cases;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  file = json_node_get_object (json_parser_get_root (parser));
  cases = json_object_get_array_member (file, "cases");
  g_assert_cmpuint (json_array_get_length (cases), >=, 8);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (file, json_array_get_object_element (cases, i));
}

/* Other schedules don't look at losses. */
static void
test_only_plateau_looks (void)
{
  AnmSchedule schedule = parse ("step(every=1)");
  AnmPlateau plateau, before;

  anm_plateau_init (&plateau);
  before = plateau;
  anm_plateau_observe (&plateau, &schedule, 0.1, 3.0);
  g_assert_cmpfloat (plateau.best, ==, before.best);
  g_assert_cmpuint (plateau.wait, ==, 0);
}

static void
test_text (void)
{
  const struct
  {
    const char *given;
    const char *written;
  } texts[] = {
    { "constant", "constant" },
    { "  Cosine ( epochs = 20 ,minimum=1e-5 )  ", "cosine(epochs=20, minimum=1e-05)" },
    { "step()", "step" },
    { "step(every=10, factor=0.1)", "step" },
    { "step(factor=0.3333333333333333)", "step(factor=0.3333333333333333)" },
    { "exponential(warmup=0.5, every=2)", "exponential(every=2, warmup=0.5)" },
    { "one_cycle(rise=0.4)", "one_cycle(rise=0.4)" },
    { "plateau(cooldown=3, patience=5, min_delta=0)", "plateau(patience=5, min_delta=0, cooldown=3)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      AnmSchedule schedule = parse (texts[i].given), again;
      g_autofree char *written = anm_schedule_to_text (&schedule);

      g_assert_cmpstr (written, ==, texts[i].written);
      again = parse (written);
      g_assert_true (anm_schedule_equal (&schedule, &again));
    }
}

static void
test_equal (void)
{
  AnmSchedule a = parse ("step(factor=0.5)"), b = parse ("step(factor=0.25)"), c = parse ("exponential(factor=0.5)");

  g_assert_false (anm_schedule_equal (&a, &b));
  g_assert_false (anm_schedule_equal (&a, &c));
  b.factor = 0.5;
  b.rise = 0.9; /* not looked at */
  g_assert_true (anm_schedule_equal (&a, &b));
}

static void
test_refusals (void)
{
  const struct
  {
    const char *text;
    const char *says;
  } wrong[] = {
    { "", "isn't a schedule; choose constant, step" },
    { "linear", "“linear” isn't a schedule" },
    { "cosine(epochs=20", "closing bracket" },
    { "cosine(epochs=20) x", "closing bracket" },
    { "cosine(20)", "“20” isn't name=value" },
    { "cosine(epochs=20,)", "isn't name=value" },
    { "cosine(epochs=many)", "epochs is “many”, which isn't a number" },
    { "cosine(epochs=)", "epochs is “”, which isn't a number" },
    { "cosine(epochs=nan)", "epochs is “nan”, which isn't a number" },
    { "cosine(factor=0.5)", "cosine has no argument “factor”; it has: epochs, minimum, warmup" },
    { "cosine(epochs=-1)", "epochs is -1; it must be from 0 to" },
    { "step(factor=1)", "factor is 1; it must be more than 0 and less than 1" },
    { "step(every=0)", "every is 0; it must be more than 0" },
    { "plateau(patience=2.5)", "patience is 2.5; it must be a whole number from 1" },
    { "plateau(patience=0)", "patience is 0; it must be a whole number from 1" },
    { "one_cycle(warmup=2)", "one_cycle has no argument “warmup”" },
    { "one_cycle(start=0.5)", "start is 0.5; it must be from 1" },
  };
  const AnmSchedule untouched = parse ("step(every=7)");
  AnmSchedule schedule = untouched;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (anm_schedule_parse (&schedule, wrong[i].text, &error));
      g_assert_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER);
      if (strstr (error->message, wrong[i].says) == NULL)
        g_error ("\"%s\" lacks \"%s\"", error->message, wrong[i].says);
      g_assert_true (anm_schedule_equal (&schedule, &untouched));
    }
  schedule.kind = (AnmScheduleKind) 99;
  g_assert_false (anm_schedule_validate (&schedule, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/closed-forms", test_closed_forms);
  g_test_add_func ("/schedule/warmup", test_warmup);
  g_test_add_func ("/schedule/one-cycle", test_one_cycle);
  g_test_add_func ("/schedule/peers", test_peers);
  g_test_add_func ("/schedule/only-plateau-looks", test_only_plateau_looks);
  g_test_add_func ("/schedule/text", test_text);
  g_test_add_func ("/schedule/equal", test_equal);
  g_test_add_func ("/schedule/refusals", test_refusals);
  return g_test_run ();
}
