/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/source.h"

G_BEGIN_DECLS

/*
 * PhysioNet/Computing in Cardiology Challenge 2012: a folder of stay files, or
 * its archive, and a file of outcomes beside or inside it.
 */

typedef enum
{
  ANM_CHALLENGE_NOT,      /* something else */
  ANM_CHALLENGE_SET,      /* a folder or archive of stay files, or a single one */
  ANM_CHALLENGE_OUTCOMES,
} AnmChallengePart;

/* What @path is. A folder that holds one set in a folder or archive within is that set: @set (out, transfer full)
 * names it. An error if it holds several. */
gboolean   anm_challenge_look (const char *path,
                               AnmChallengePart *part,
                               char **set,
                               GError **error);
/* By its name: .tar.gz, .zip, ... */
gboolean   anm_challenge_is_archive_name (const char *path);
/* @outcomes: nullable; then the file that matches the set's letter is looked for. */
AnmCohort *anm_challenge_read (const char *const *sets,
                               const char *outcomes,
                               AnmProgressFunc progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
