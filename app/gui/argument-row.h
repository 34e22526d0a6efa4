/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/layer.h"

G_BEGIN_DECLS

/* A word and a control beside it, as in a card or its popover. Pressed, the word says @summary (nullable) and
 * @formula (nullable, as in setting-notes.h). @acts_at_once: with a bolt. */
GtkWidget *anm_card_row_new            (const char *label,
                                        const char *summary,
                                        const char *formula,
                                        gboolean acts_at_once,
                                        GtkWidget *control);

/**
 * AnmArgumentRow:
 *
 * One argument of a layer, made from the layer's table of arguments: its label and a spin button, drop-down or
 * switch.
 *
 * Signals: `edited` (double), after a person changed it.
 */
#define ANM_TYPE_ARGUMENT_ROW (anm_argument_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmArgumentRow, anm_argument_row, ANM, ARGUMENT_ROW, GtkWidget)

GtkWidget         *anm_argument_row_new          (const AnmLayerClass *klass,
                                                  const AnmArgument *argument);
const AnmArgument *anm_argument_row_get_argument (AnmArgumentRow *self);
double             anm_argument_row_get_value    (AnmArgumentRow *self);
/* Without `edited`. */
void               anm_argument_row_set_value    (AnmArgumentRow *self,
                                                  double value);

G_END_DECLS
