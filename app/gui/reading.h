/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/source.h"

G_BEGIN_DECLS

/*
 * Reading: sources opened and read off the main thread.
 */

/* Called on the main thread, at most 10 times a second. @fraction < 0 if unknown. */
typedef void (*AnmReadingProgress) (double fraction,
                                    const char *message,
                                    gpointer data);

/* anm_source_open() on a worker thread. */
void       anm_source_open_async  (const char *const *arguments,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
AnmSource *anm_source_open_finish (GAsyncResult *result,
                                   GError **error);
/* anm_source_read() on a worker thread, which has @source (taken) for itself until @callback; finish gives it back
 * through @source (nullable), so that roles can be mended and reading tried again. */
void       anm_source_read_async  (AnmSource *source,
                                   GCancellable *cancellable,
                                   AnmReadingProgress progress,
                                   gpointer progress_data,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
AnmCohort *anm_source_read_finish (GAsyncResult *result,
                                   AnmSource **source,
                                   GError **error);

G_END_DECLS
