/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/study/study.h"

G_BEGIN_DECLS

/* A channel in a list. */
#define ANM_TYPE_CHANNEL_ITEM (anm_channel_item_get_type ())
G_DECLARE_FINAL_TYPE (AnmChannelItem, anm_channel_item, ANM, CHANNEL_ITEM, GObject)

guint       anm_channel_item_get_channel  (AnmChannelItem *self);
/* Whether @words, in small letters, are in its name, label or unit. */
gboolean    anm_channel_item_matches      (AnmChannelItem *self,
                                           const char *words);

GListStore *anm_channel_model_new         (AnmCohort *cohort);

/* Whether a recipe lets a channel in, and a copy of the recipe that does or doesn't. */
gboolean    anm_recipe_takes_channel      (const AnmRecipe *recipe,
                                           const char *name);
guint       anm_recipe_count_channels     (const AnmRecipe *recipe,
                                           const AnmCohort *cohort);
AnmRecipe  *anm_recipe_copy_with_channel  (const AnmRecipe *recipe,
                                           const AnmCohort *cohort,
                                           guint channel,
                                           gboolean goes_in);

/* Share of steps without a value, of every channel, counted on a thread. Finish returns [n_channels]. */
void        anm_missing_shares_async      (AnmCohort *cohort,
                                           double step,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer data);
double     *anm_missing_shares_finish     (GAsyncResult *result,
                                           GError **error);

G_END_DECLS
