/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/cli/options.h"
#include "app/cli/report.h"
#include "app/study/study.h"

static void
print_samples (void)
{
  guint n_samples;
  const AnmSample *samples = anm_samples (&n_samples);

  for (guint i = 0; i < n_samples; i++)
    g_print (_ ("sample:%s\n  %s. %s\n  Options and their defaults: %s\n"),
             samples[i].name, _ (samples[i].title), _ (samples[i].summary), _ (samples[i].options));
  g_print (_ ("Options stand behind the name: \"sample:icu?patients=500&seed=2\"\n"));
}

static void
print_samples_json (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n_samples;
  const AnmSample *samples = anm_samples (&n_samples);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "samples");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_samples; i++)
    {
      g_autofree char *source = g_strconcat ("sample:", samples[i].name, NULL);

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "source", source);
      anm_report_add_text (builder, "title", _ (samples[i].title));
      anm_report_add_text (builder, "summary", _ (samples[i].summary));
      anm_report_add_text (builder, "options", samples[i].options);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
}

static gboolean
run_samples (AnmInvocation *invocation,
             char **arguments,
             GError **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);

  if (!anm_options_parse (invocation, &left, NULL, NULL, 0, 0, NULL, error))
    return FALSE;
  if (invocation->json)
    print_samples_json ();
  else
    print_samples ();
  return TRUE;
}

const AnmCommand anm_samples_command = {
  .name = "samples",
  .arguments = "",
  .summary = N_ ("List the simulated cohorts"),
  .only_asks = TRUE,
  .run = run_samples,
};
