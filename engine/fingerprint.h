/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sequences.h"

G_BEGIN_DECLS

/* A 64-bit number that tells data apart that differ by accident (not by intent). */
guint64 _anm_fingerprint_begin     (void);
guint64 _anm_fingerprint_add       (guint64 fingerprint,
                                    gconstpointer bytes,
                                    gsize n_bytes);
guint64 _anm_fingerprint_sequences (guint64 fingerprint,
                                    const AnmSequences *sequences);

G_END_DECLS
