/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prints the manual page: the template at @path with every command and option in place of its line "@COMMANDS@", and the version
 * in place of "@VERSION@". */
gboolean anm_manual_print (const char *path,
                           GError **error);

G_END_DECLS
