/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/run-difference.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "app/study/evaluation.h"
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
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
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
  add (self, "status", g_strdup (_(anm_run_status_get_word (anm_run_get_status (run)))));
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

static void
difference_free (AnmRunDifference *difference)
{
  g_free (difference->what);
  g_free (difference->a);
  g_free (difference->b);
  g_free (difference);
}

static void
add_difference (GPtrArray *differences,
                const char *what,
                const char *a,
                const char *b)
{
  AnmRunDifference *difference;

  if (g_str_equal (a, b))
    return;
  difference = g_new0 (AnmRunDifference, 1);
  difference->what = g_strdup (what);
  difference->a = g_strdup (a);
  difference->b = g_strdup (b);
  g_ptr_array_add (differences, difference);
}

GPtrArray *
anm_run_differences (AnmRun *a,
                     AnmRun *b)
{
  GPtrArray *differences = g_ptr_array_new_with_free_func ((GDestroyNotify) difference_free);
  g_auto (Traits) of_a = { 0 }, of_b = { 0 };

  g_return_val_if_fail (ANM_IS_RUN (a), differences);
  g_return_val_if_fail (ANM_IS_RUN (b), differences);

  traits_init (&of_a);
  traits_init (&of_b);
  describe (&of_a, a);
  describe (&of_b, b);
  for (guint i = 0; i < of_a.names->len; i++)
    {
      const char *name = g_ptr_array_index (of_a.names, i);

      add_difference (differences, name, g_ptr_array_index (of_a.texts, i), find (&of_b, name));
    }
  /* What only the other has. */
  for (guint i = 0; i < of_b.names->len; i++)
    {
      const char *name = g_ptr_array_index (of_b.names, i);
      gboolean known = FALSE;

      for (guint k = 0; k < of_a.names->len; k++)
        known = known || g_str_equal (g_ptr_array_index (of_a.names, k), name);
      if (!known)
        add_difference (differences, name, "–", g_ptr_array_index (of_b.texts, i));
    }
  return differences;
}

char *
anm_run_difference_name (const char *what)
{
  static const char *const known[] = {
    N_("name"), N_("status"), N_("parent"), N_("network"), N_("parameters"), N_("instructions"), N_("epochs done"), N_("best epoch"),
  };

  g_return_val_if_fail (what != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i], what))
      return g_strdup (_(what));
  return g_strdelimit (g_strdup (what), "_", ' ');
}
