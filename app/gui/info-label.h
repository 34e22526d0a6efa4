/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/exhibits/setting-notes.h"
#include "engine/layer.h"

G_BEGIN_DECLS

/*
 * Info labels: a setting's name that, pressed, says in a popover what it is, in a sentence and a formula.
 */

/* @formula: nullable, as in setting-notes.h; @zero: nullable, what 0 means. */
GtkWidget *anm_info_label_new     (const char *label,
                                   const char *sentence,
                                   const char *formula,
                                   const char *zero);
/* The label of @note, with the bolt if it acts at once. */
GtkWidget *anm_info_label_new_for (const AnmSettingNote *note);
/* The bolt that says so. */
GtkWidget *anm_bolt_new           (void);
/* A formula in its own lines. */
GtkWidget *anm_formula_new        (const char *formula);
/* Everything about a layer: what it is, its equations, each argument; for a popover. */
GtkWidget *anm_layer_about_new    (const AnmLayerClass *klass);

G_END_DECLS
