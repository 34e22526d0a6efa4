/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * A file system that refuses when it is told to: SQLite's usual one, with every writing (of bytes, of a size, to the disk) and
 * every making of a file counted. From its installation on it is what all databases are opened with.
 */
void fault_vfs_install (void);
/* The @k-th writing from now on fails with @code, SQLITE_FULL or an SQLITE_IOERR_…; @for_good: all after it too. 0: none. Paths that
 * don't end in @suffix (nullable) are left alone. */
void fault_vfs_arm     (guint k,
                        int code,
                        gboolean for_good,
                        const char *suffix);
/* Whether one failed since. */
gboolean fault_vfs_struck (void);

G_END_DECLS
