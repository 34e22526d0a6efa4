/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/samples.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/sample-makers.h"

#define PREFIX "sample:"
#define MAX_OPTIONS 4

typedef struct
{
  const char *name; /* NULL ends the table */
  double      preset;
  double      low;
  double      high;
  gboolean    whole;
} SampleOption;

typedef struct
{
  SampleOption options[MAX_OPTIONS + 1];
  AnmCohort *(*make) (const double *options);
} SampleMaker;

static const AnmSample samples[] = {
  { "icu",
    N_("Simulated intensive care stays"),
    N_("Twelve vital signs and laboratory values over 48 hours, measured more often in those who fare badly; about one in eight dies."),
    N_("patients=2000, seed=1") },
  { "scan",
    N_("Simulated scans"),
    N_("Pictures of 28 × 28 pixels read row by row, noisy and blurred, of ten test objects as used to check a scanner."),
    N_("patients=3000, seed=1, noise=0.15") },
  { "delayed-marker",
    N_("Delayed marker"),
    N_("A marker of +1 or −1 at the first step, then nothing but noise: can the network remember it to the end?"),
    N_("patients=3000, seed=1, delay=100, noise=1") },
};

static const SampleMaker makers[] = {
  { { { "patients", 2000, 1, 1e6, TRUE },
      { "seed", 1, 0, 9007199254740992, TRUE } },
    anm_sample_make_icu },
  { { { "patients", 3000, 1, 1e6, TRUE },
      { "seed", 1, 0, 9007199254740992, TRUE },
      { "noise", 0.15, 0, 10, FALSE } },
    anm_sample_make_scan },
  { { { "patients", 3000, 1, 1e6, TRUE },
      { "seed", 1, 0, 9007199254740992, TRUE },
      { "delay", 100, 1, 1e5, TRUE },
      { "noise", 1, 0, 1000, FALSE } },
    anm_sample_make_delayed_marker },
};

G_STATIC_ASSERT (G_N_ELEMENTS (samples) == G_N_ELEMENTS (makers));

const AnmSample *
anm_samples (guint *n_samples)
{
  *n_samples = G_N_ELEMENTS (samples);
  return samples;
}

gboolean
anm_sample_is (const char *argument)
{
  return g_str_has_prefix (argument, PREFIX);
}

static char *
list_names (void)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    g_string_append_printf (names, "%s" PREFIX "%s", i > 0 ? ", " : "", samples[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
parse_option (const SampleMaker *maker,
              const AnmSample *sample,
              const char *assignment,
              double *values,
              GError **error)
{
  const char *equals = strchr (assignment, '=');
  gsize length = equals != NULL ? (gsize) (equals - assignment) : strlen (assignment);
  char *end;
  double value;

  for (guint i = 0; maker->options[i].name != NULL; i++)
    {
      const SampleOption *option = &maker->options[i];

      if (strlen (option->name) != length || strncmp (option->name, assignment, length) != 0)
        continue;

      value = equals != NULL ? g_ascii_strtod (equals + 1, &end) : NAN;
      if (equals == NULL || end == equals + 1 || *end != '\0' || !(value >= option->low && value <= option->high) || (option->whole && value != floor (value)))
        {
          g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
                       option->whole ? _("“%s”: %s must be a whole number from %.15g to %.15g, for example %s=%.15g.") : _("“%s”: %s must be a number from %.15g to %.15g, for example %s=%.15g."),
                       assignment, option->name, option->low, option->high, option->name, option->preset);
          return FALSE;
        }
      values[i] = value;
      return TRUE;
    }

  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
               _("“%.*s” is no option of " PREFIX "%s. Its options are: %s."),
               (int) length, assignment, sample->name, _(sample->options));
  return FALSE;
}

/**
 * anm_sample_make:
 * @argument: "sample:NAME" or "sample:NAME?option=value&option=value"
 *
 * Simulates a cohort. The same argument gives the same cohort, everywhere.
 *
 * Returns: (transfer full): the cohort, or %NULL with %ANM_DATA_ERROR_ROLES if
 *   there is no such sample or option
 */
AnmCohort *
anm_sample_make (const char *argument,
                 GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_auto (GStrv) assignments = NULL;
  g_autofree char *names = NULL;

  g_assert (anm_sample_is (argument));
  parts = g_strsplit (argument + strlen (PREFIX), "?", 2);
  assignments = g_strsplit (parts[0] != NULL && parts[1] != NULL ? parts[1] : "", "&", -1);

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      double values[MAX_OPTIONS];

      if (g_strcmp0 (parts[0], samples[i].name) != 0)
        continue;

      for (guint k = 0; makers[i].options[k].name != NULL; k++)
        values[k] = makers[i].options[k].preset;
      for (guint k = 0; assignments[k] != NULL; k++)
        if (assignments[k][0] != '\0' && !parse_option (&makers[i], &samples[i], assignments[k], values, error))
          return NULL;
      return makers[i].make (values);
    }

  names = list_names ();
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES,
               _("There is no simulated cohort “%s”. There are: %s."),
               argument, names);
  return NULL;
}
