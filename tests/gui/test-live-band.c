/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <adwaita.h>

#include "app/gui/live-reading.h"
#include "data/samples.h"

/*
 * The band around what a live reading says: of the reading that is shown, for as long as it is shown, and seldom while training.
 */

#define PATIENCE_SECONDS 60
#define DROPS "gru(6, dropout=0.3, recurrent_dropout=0.2) > dense(1)"

typedef struct
{
  char               *folder;
  AnmStudy           *study;
  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  guint               n_changed;
  guint               n_band_changed;
} Fixture;

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
band_changed_cb (Fixture *fixture)
{
  fixture->n_band_changed++;
}

static void
set_up (Fixture *fixture,
        gconstpointer text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_sample_make ("sample:icu?patients=60", &error);
  g_autoptr (AnmNetworkSpec) spec = anm_network_spec_parse (text, NULL);
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("live-band-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "test.anamnesis", NULL);
  fixture->study = anm_study_open (path, &error);
  g_assert_no_error (error);
  anm_study_set_cohort (fixture->study, cohort, "sample:icu?patients=60");
  anm_study_set_network (fixture->study, spec);
  while (anm_study_get_dataset (fixture->study) == NULL)
    g_main_context_iteration (NULL, TRUE);

  fixture->state = anm_view_state_new ();
  fixture->control = anm_training_control_new (fixture->state);
  fixture->live = anm_live_reading_new (fixture->control);
  fixture->n_changed = fixture->n_band_changed = 0;
  g_signal_connect_swapped (fixture->live, "changed", G_CALLBACK (changed_cb), fixture);
  g_signal_connect_swapped (fixture->live, "band-changed", G_CALLBACK (band_changed_cb), fixture);
  anm_view_state_set_study (fixture->state, fixture->study);
  anm_live_reading_hold (fixture->live);
}

static void
tear_down (Fixture *fixture,
           gconstpointer text)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  g_clear_object (&fixture->live);
  anm_view_state_set_study (fixture->state, NULL);
  g_clear_object (&fixture->control);
  g_clear_object (&fixture->state);
  g_clear_object (&fixture->study);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

/* The band of the reading that is shown, or NULL. */
static AnmPatientBand *
get_own_band (Fixture *fixture)
{
  g_autofree char *older = NULL;
  AnmPatientBand *band = anm_live_reading_get_band (fixture->live, &older);

  return older == NULL ? band : NULL;
}

static AnmPatientBand *
await_band (Fixture *fixture)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (get_own_band (fixture) == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (get_own_band (fixture));
  return get_own_band (fixture);
}

static void
assert_is_of_reading (Fixture *fixture,
                      const AnmPatientBand *band,
                      guint n_passes)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (fixture->live);
  AnmDropoutPasses *passes = NULL;
  g_autoptr (AnmPatientBand) own = anm_patient_band_new (reading, anm_live_reading_get_parameters (fixture->live), n_passes, ANM_BAND_SEED, &passes, NULL);
  const gsize size = reading->n_steps * sizeof (float);

  anm_dropout_passes_free (passes);
  g_assert_cmpint (band->state, ==, ANM_BAND_THERE);
  g_assert_cmpuint (band->n_passes, ==, n_passes);
  g_assert_cmpuint (band->n_steps, ==, reading->n_steps);
  g_assert_cmpmem (band->mean, size, own->mean, size);
  g_assert_cmpmem (band->lower, size, own->lower, size);
  g_assert_cmpmem (band->upper, size, own->upper, size);
}

static void
test_follows_the_patient (Fixture *fixture,
                          gconstpointer text)
{
  assert_is_of_reading (fixture, await_band (fixture), ANM_BAND_PASSES);
  g_assert_cmpuint (fixture->n_band_changed, ==, 1);
  for (guint patient = 1; patient < 5; patient++)
    {
      const guint n = fixture->n_changed;

      anm_view_state_set_patient (fixture->state, patient);
      while (fixture->n_changed == n)
        g_main_context_iteration (NULL, TRUE);
      /* The other patient's band went with the reading. */
      g_assert_cmpuint (anm_live_reading_get_reading (fixture->live)->patient, ==, patient);
      g_assert_null (get_own_band (fixture));
      assert_is_of_reading (fixture, await_band (fixture), ANM_BAND_PASSES);
    }
}

static void
test_passes (Fixture *fixture,
             gconstpointer text)
{
  guint n;

  await_band (fixture);
  anm_live_reading_set_passes (fixture->live, 30);
  g_assert_null (get_own_band (fixture));
  assert_is_of_reading (fixture, await_band (fixture), 30);
  n = fixture->n_band_changed;
  anm_live_reading_set_passes (fixture->live, 0);
  g_assert_cmpuint (fixture->n_band_changed, ==, n + 1);
  anm_view_state_set_patient (fixture->state, 7);
  while (anm_live_reading_get_reading (fixture->live)->patient != 7)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (5000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_null (get_own_band (fixture));
}

static void
test_no_dropout (Fixture *fixture,
                 gconstpointer text)
{
  g_assert_cmpint (await_band (fixture)->state, ==, ANM_BAND_NO_DROPOUT);
}

/* While training few bands, of the same patient; when it rests, the reading's own. */
static void
test_training (Fixture *fixture,
               gconstpointer text)
{
  AnmHyperparameters hyperparameters = *anm_study_get_hyperparameters (fixture->study);
  const AnmPatientBand *last = NULL;
  guint n_bands = 0, n_changed;
  gint64 begin;

  hyperparameters.epochs = 100000;
  anm_study_set_hyperparameters (fixture->study, &hyperparameters);
  await_band (fixture);
  g_assert_true (anm_training_control_train (fixture->control, NULL));
  while (anm_training_control_get_status (fixture->control) != ANM_TRAINING_STATUS_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  n_changed = fixture->n_changed;
  begin = g_get_monotonic_time ();
  while (g_get_monotonic_time () < begin + 3 * G_USEC_PER_SEC)
    {
      g_autofree char *older = NULL;
      const AnmPatientBand *band = anm_live_reading_get_band (fixture->live, &older);

      if (band != NULL && band != last)
        {
          last = band;
          n_bands++;
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_test_message ("%u readings and %u bands in 3 s", fixture->n_changed - n_changed, n_bands);
  g_assert_cmpuint (n_bands, >=, 1);
  g_assert_cmpuint (n_bands, <=, 5);

  anm_training_control_pause (fixture->control);
  while (anm_training_control_get_status (fixture->control) == ANM_TRAINING_STATUS_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  assert_is_of_reading (fixture, await_band (fixture), ANM_BAND_PASSES);
  anm_training_control_stop (fixture->control);
  while (anm_training_control_get_status (fixture->control) != ANM_TRAINING_STATUS_READY)
    g_main_context_iteration (NULL, TRUE);
  assert_is_of_reading (fixture, await_band (fixture), ANM_BAND_PASSES);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(path, text, test) g_test_add ("/live-band/" path, Fixture, text, set_up, test, tear_down)
  ADD ("follows-the-patient", DROPS, test_follows_the_patient);
  ADD ("passes", DROPS, test_passes);
  ADD ("no-dropout", "gru(4) > dense(1)", test_no_dropout);
  ADD ("training", DROPS, test_training);
  return g_test_run ();
}
