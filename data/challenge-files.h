/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/challenge-2012.h"

G_BEGIN_DECLS

/* Where the Challenge's files lie: in folders and archives. */

typedef gboolean (*AnmChallengeFileFunc) (const char *name,
                                          const char *bytes,
                                          gsize length,
                                          gpointer data,
                                          GError **error);

/* "set-a" of ".../set-a" and ".../set-a.tar.gz". */
char    *anm_challenge_set_name      (const char *path);
/* 'a' of "set-a"; '\0' if the name isn't such. */
char     anm_challenge_set_letter    (const char *set_name);
/* Each stay of a folder (in order of name) or archive (in its order), or the single file. */
gboolean anm_challenge_read_set      (const char *path,
                                      AnmChallengeFileFunc func,
                                      gpointer data,
                                      AnmProgressFunc progress,
                                      gpointer progress_data,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean anm_challenge_read_file     (const char *path,
                                      AnmChallengeFileFunc func,
                                      gpointer data,
                                      GError **error);
/* The outcomes that match the set's name, beside it or inside; @found is left alone if there are none. */
gboolean anm_challenge_find_outcomes (const char *set,
                                      AnmChallengeFileFunc func,
                                      gpointer data,
                                      gboolean *found,
                                      GError **error);

G_END_DECLS
