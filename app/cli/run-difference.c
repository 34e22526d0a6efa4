/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-difference.h"

#include <glib/gi18n-lib.h>

#include "app/study/run-difference.h"

static void
print_cell (const char *text,
            glong width)
{
  g_print ("%s%*s", text, (int) MAX (width - g_utf8_strlen (text, -1), 0) + 2, "");
}

static void
print_table (GPtrArray *differences,
             AnmRun *a,
             AnmRun *b)
{
  g_autofree char *first = g_strdup_printf (_ ("run %u"), anm_run_get_id (a));
  g_autofree char *second = g_strdup_printf (_ ("run %u"), anm_run_get_id (b));
  glong widths[2] = { 0, g_utf8_strlen (first, -1) };

  for (guint i = 0; i < differences->len; i++)
    {
      const AnmRunDifference *difference = g_ptr_array_index (differences, i);

      widths[0] = MAX (widths[0], g_utf8_strlen (difference->what, -1));
      widths[1] = MAX (widths[1], g_utf8_strlen (difference->a, -1));
    }
  print_cell ("", widths[0]);
  print_cell (first, widths[1]);
  g_print ("%s\n", second);
  for (guint i = 0; i < differences->len; i++)
    {
      const AnmRunDifference *difference = g_ptr_array_index (differences, i);

      print_cell (difference->what, widths[0]);
      print_cell (difference->a, widths[1]);
      g_print ("%s\n", difference->b);
    }
}

void
anm_run_difference_report (AnmInvocation *invocation,
                           AnmRun *a,
                           AnmRun *b)
{
  g_autoptr (GPtrArray) differences = anm_run_differences (a, b);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!invocation->json)
    {
      print_table (differences, a, b);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "a", anm_run_get_id (a));
  anm_report_add_count (builder, "b", anm_run_get_id (b));
  json_builder_set_member_name (builder, "differences");
  json_builder_begin_array (builder);
  for (guint i = 0; i < differences->len; i++)
    {
      const AnmRunDifference *difference = g_ptr_array_index (differences, i);

      json_builder_begin_object (builder);
      anm_report_add_text (builder, "what", difference->what);
      anm_report_add_text (builder, "a", difference->a);
      anm_report_add_text (builder, "b", difference->b);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
}
