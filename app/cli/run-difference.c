/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/run-difference.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/study/hyperparameters-json.h"

/* What is said of a run, in an order: names and texts one after the other. */
typedef struct
{
  GPtrArray *names;
  GPtrArray *texts;
} Traits;

static void
traits_init (Traits *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_ptr_array_new_with_free_func (g_free);
}

static void
traits_clear (Traits *self)
{
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->texts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Traits, traits_clear)

static void
add (Traits *self,
     const char *name,
     char *text) /* taken */
{
  g_ptr_array_add (self->names, g_strdup (name));
  g_ptr_array_add (self->texts, text);
}

static void
add_object (Traits *self,
            const char *prefix,
            const char *json)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (GList) members = NULL;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  members = json_object_get_members (json_node_get_object (root));
  for (GList *link = members; link != NULL; link = link->next)
    {
      JsonNode *member = json_object_get_member (json_node_get_object (root), link->data);
      g_autofree char *name = g_strconcat (prefix, link->data, NULL);
      GType type = JSON_NODE_HOLDS_VALUE (member) ? json_node_get_value_type (member) : G_TYPE_INVALID;

      add (self, name, type == G_TYPE_STRING   ? json_node_dup_string (member)
                       : type == G_TYPE_DOUBLE ? g_strdup_printf ("%.12g", json_node_get_double (member))
                                               : json_to_string (member, FALSE));
    }
}

static void
add_scores (Traits *self,
            AnmRun *run)
{
  const AnmTarget *target = anm_fitted_recipe_get_target (anm_run_get_recipe (run));
  guint n_scores, n_epochs = anm_run_get_n_epochs (run), best = anm_run_get_best_epoch (run);
  const AnmScore *scores = anm_scores (&n_scores);

  for (guint i = 0; i < n_epochs; i++)
    if (anm_run_get_epoch (run, i)->epoch == best)
      for (guint k = 0; k < n_scores; k++)
        if (anm_score_suits (&scores[k], &target->shape))
          {
            double value = anm_score_get (&scores[k], &anm_run_get_epoch (run, i)->validation);
            g_autofree char *name = g_strconcat ("validation ", scores[k].name, NULL);

            add (self, name, isnan (value) ? g_strdup ("–") : g_strdup_printf ("%.6g", value));
          }
}

static void
describe (Traits *self,
          AnmRun *run)
{
  g_autofree char *hyperparameters = anm_hyperparameters_to_json (anm_run_get_hyperparameters (run));
  g_autofree char *recipe = anm_recipe_to_json (anm_fitted_recipe_get_recipe (anm_run_get_recipe (run)));
  guint n_epochs = anm_run_get_n_epochs (run), epoch, parent = anm_run_get_parent (run, &epoch);

  add (self, "name", g_strdup (anm_run_get_name (run)));
  add (self, "status", g_strdup (_ (anm_report_status_word (anm_run_get_status (run)))));
  add (self, "parent", parent > 0 ? g_strdup_printf ("%u:%u", parent, epoch) : g_strdup ("–"));
  add (self, "network", anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (run))));
  add (self, "parameters", g_strdup_printf ("%" G_GSIZE_FORMAT, anm_network_get_n_parameters (anm_run_get_network (run))));
  add_object (self, "", hyperparameters);
  add_object (self, "recipe ", recipe);
  add (self, "instructions", g_strdup (anm_run_get_machine (run)->instructions));
  add (self, "epochs done", g_strdup_printf ("%u", n_epochs > 0 ? anm_run_get_epoch (run, n_epochs - 1)->epoch : 0));
  add (self, "best epoch", g_strdup_printf ("%u", anm_run_get_best_epoch (run)));
  add_scores (self, run);
}

static const char *
find (const Traits *self,
      const char *name)
{
  for (guint i = 0; i < self->names->len; i++)
    if (g_str_equal (g_ptr_array_index (self->names, i), name))
      return g_ptr_array_index (self->texts, i);
  return "–";
}

/* Of char *, in threes: a name, what it is in the first run and in the second. */
static GPtrArray *
find_differences (const Traits *a,
                  const Traits *b)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < a->names->len; i++)
    {
      const char *name = g_ptr_array_index (a->names, i), *other = find (b, name);

      if (g_str_equal (g_ptr_array_index (a->texts, i), other))
        continue;
      g_ptr_array_add (rows, (gpointer) name);
      g_ptr_array_add (rows, g_ptr_array_index (a->texts, i));
      g_ptr_array_add (rows, (gpointer) other);
    }
  for (guint i = 0; i < b->names->len; i++)
    if (g_str_equal (find (a, g_ptr_array_index (b->names, i)), "–") && !g_str_equal (g_ptr_array_index (b->texts, i), "–"))
      {
        gboolean listed = FALSE;

        for (guint k = 0; k < rows->len; k += 3)
          listed = listed || g_str_equal (g_ptr_array_index (rows, k), g_ptr_array_index (b->names, i));
        if (listed)
          continue;
        g_ptr_array_add (rows, g_ptr_array_index (b->names, i));
        g_ptr_array_add (rows, (gpointer) "–");
        g_ptr_array_add (rows, g_ptr_array_index (b->texts, i));
      }
  return rows;
}

static void
print_cell (const char *text,
            glong width)
{
  g_print ("%s%*s", text, (int) MAX (width - g_utf8_strlen (text, -1), 0) + 2, "");
}

static void
print_table (GPtrArray *rows,
             AnmRun *a,
             AnmRun *b)
{
  g_autofree char *first = g_strdup_printf (_ ("run %u"), anm_run_get_id (a));
  g_autofree char *second = g_strdup_printf (_ ("run %u"), anm_run_get_id (b));
  glong widths[2] = { 0, g_utf8_strlen (first, -1) };

  for (guint i = 0; i < rows->len; i++)
    if (i % 3 < 2)
      widths[i % 3] = MAX (widths[i % 3], g_utf8_strlen (g_ptr_array_index (rows, i), -1));
  print_cell ("", widths[0]);
  print_cell (first, widths[1]);
  g_print ("%s\n", second);
  for (guint i = 0; i < rows->len; i += 3)
    {
      print_cell (g_ptr_array_index (rows, i), widths[0]);
      print_cell (g_ptr_array_index (rows, i + 1), widths[1]);
      g_print ("%s\n", (const char *) g_ptr_array_index (rows, i + 2));
    }
}

void
anm_run_difference_report (AnmInvocation *invocation,
                           AnmRun *a,
                           AnmRun *b)
{
  g_auto (Traits) of_a, of_b;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  traits_init (&of_a);
  traits_init (&of_b);
  describe (&of_a, a);
  describe (&of_b, b);
  rows = find_differences (&of_a, &of_b);
  if (!invocation->json)
    {
      print_table (rows, a, b);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  anm_report_add_count (builder, "a", anm_run_get_id (a));
  anm_report_add_count (builder, "b", anm_run_get_id (b));
  json_builder_set_member_name (builder, "differences");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i += 3)
    {
      json_builder_begin_object (builder);
      anm_report_add_text (builder, "what", g_ptr_array_index (rows, i));
      anm_report_add_text (builder, "a", g_ptr_array_index (rows, i + 1));
      anm_report_add_text (builder, "b", g_ptr_array_index (rows, i + 2));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  anm_report_json (builder);
}
