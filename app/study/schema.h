/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * The tables of a study. A new study is made by the same steps that an old one is brought up
 * to date with, so that both end with the same tables. A step never changes once it was released.
 */
#define ANM_SCHEMA_VERSION 4

/* Takes the steps after version @from (0: an empty database), inside the caller's transaction. Foreign
 * keys must be off. */
gboolean anm_schema_upgrade (sqlite3 *db,
                             guint from,
                             GError **error);

G_END_DECLS
