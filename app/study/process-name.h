/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A process by a name that is never used again: host, boot, process id and the time
 * the process began. A run that says it is running, but whose process is gone, was cut off.
 */
const char *anm_process_name_get_own (void);
/* A process of another machine counts as alive: it can't be known. "" is nobody. */
gboolean    anm_process_name_is_alive (const char *name);

G_END_DECLS
