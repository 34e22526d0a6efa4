/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A ground that is never seen, but is another one with each @generation, so that all that lies on it is painted as one rectangle. For
 * lists of which many rows change at once: what changed counts by rectangles, tall ones beside the rows are cut up by each of them, and
 * beyond thirty GTK gives up and paints the whole window. To be snapshotted first. */
void anm_snapshot_changing_ground (GtkSnapshot *snapshot,
                                   const graphene_rect_t *area,
                                   guint generation);

G_END_DECLS
