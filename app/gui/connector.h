/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmConnector:
 *
 * Between two cards: an arrow, and a button that inserts a layer there.
 *
 * Signals: `insert` (const AnmLayerClass *).
 */
#define ANM_TYPE_CONNECTOR (anm_connector_get_type ())
G_DECLARE_FINAL_TYPE (AnmConnector, anm_connector, ANM, CONNECTOR, GtkWidget)

GtkWidget *anm_connector_new        (void);
/* The card before: "Insert layer after LSTM". */
void       anm_connector_set_before (AnmConnector *self,
                                     const char *name);

G_END_DECLS
