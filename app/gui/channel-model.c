/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/channel-model.h"

#include <string.h>

#include "app/exhibits/data-words.h"

struct _AnmChannelItem
{
  GObject parent_instance;

  guint   channel;
  char   *words; /* in small letters */
};

G_DEFINE_FINAL_TYPE (AnmChannelItem, anm_channel_item, G_TYPE_OBJECT)

guint
anm_channel_item_get_channel (AnmChannelItem *self)
{
  g_return_val_if_fail (ANM_IS_CHANNEL_ITEM (self), 0);

  return self->channel;
}

gboolean
anm_channel_item_matches (AnmChannelItem *self,
                          const char *words)
{
  g_return_val_if_fail (ANM_IS_CHANNEL_ITEM (self), FALSE);

  return strstr (self->words, words) != NULL;
}

static void
anm_channel_item_finalize (GObject *object)
{
  g_free (ANM_CHANNEL_ITEM (object)->words);

  G_OBJECT_CLASS (anm_channel_item_parent_class)->finalize (object);
}

static void
anm_channel_item_class_init (AnmChannelItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_channel_item_finalize;
}

static void
anm_channel_item_init (AnmChannelItem *self)
{
}

GListStore *
anm_channel_model_new (AnmCohort *cohort)
{
  GListStore *model = g_list_store_new (ANM_TYPE_CHANNEL_ITEM);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < cohort->n_channels; i++)
    {
      const AnmField *field = &cohort->channels[i];
      AnmChannelItem *item = g_object_new (ANM_TYPE_CHANNEL_ITEM, NULL);
      g_autofree char *words = g_strjoin (" ", anm_data_word (field->name), anm_field_get_label (field),
                                          anm_field_get_unit (field), NULL);

      item->channel = i;
      item->words = g_utf8_casefold (words, -1);
      g_ptr_array_add (items, item);
    }
  g_list_store_splice (model, 0, 0, items->pdata, items->len);

  return model;
}

gboolean
anm_recipe_takes_channel (const AnmRecipe *recipe,
                          const char *name)
{
  return recipe->channels == NULL || g_strv_contains ((const char *const *) recipe->channels, name);
}

guint
anm_recipe_count_channels (const AnmRecipe *recipe,
                           const AnmCohort *cohort)
{
  guint n = 0;

  for (guint i = 0; i < cohort->n_channels; i++)
    n += anm_recipe_takes_channel (recipe, cohort->channels[i].name);

  return n;
}

AnmRecipe *
anm_recipe_copy_with_channel (const AnmRecipe *recipe,
                              const AnmCohort *cohort,
                              guint channel,
                              gboolean goes_in)
{
  AnmRecipe *copy = anm_recipe_copy (recipe);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < cohort->n_channels; i++)
    if (i == channel ? goes_in : anm_recipe_takes_channel (recipe, cohort->channels[i].name))
      {
        g_strv_builder_add (names, cohort->channels[i].name);
        n++;
      }

  g_strfreev (copy->channels);
  copy->channels = n == cohort->n_channels ? NULL : g_strv_builder_end (names);
  return copy;
}

typedef struct
{
  AnmCohort *cohort;
  double     step;
} MissingTask;

static void
missing_task_free (gpointer data)
{
  MissingTask *missing = data;

  anm_cohort_unref (missing->cohort);
  g_free (missing);
}

static void
count_missing (GTask *task,
               gpointer source,
               gpointer data,
               GCancellable *cancellable)
{
  MissingTask *missing = data;
  g_autofree double *shares = g_new (double, MAX (1, missing->cohort->n_channels));

  for (guint i = 0; i < missing->cohort->n_channels; i++)
    {
      if (g_task_return_error_if_cancelled (task))
        return;
      shares[i] = anm_cohort_get_missing_share (missing->cohort, i, missing->step);
    }

  g_task_return_pointer (task, g_steal_pointer (&shares), g_free);
}

void
anm_missing_shares_async (AnmCohort *cohort,
                          double step,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  MissingTask *missing = g_new (MissingTask, 1);

  *missing = (MissingTask){ anm_cohort_ref (cohort), step };
  g_task_set_source_tag (task, anm_missing_shares_async);
  g_task_set_task_data (task, missing, missing_task_free);
  g_task_run_in_thread (task, count_missing);
}

double *
anm_missing_shares_finish (GAsyncResult *result,
                           GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
