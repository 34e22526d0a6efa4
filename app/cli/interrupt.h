/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ctrl+C (and SIGTERM) sets @cancellable, so that what was reached can be kept; a second one ends
 * the program at once. To be called once. */
void anm_interrupt_watch (GCancellable *cancellable);

G_END_DECLS
