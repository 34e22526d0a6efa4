/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "data/samples.h"

G_BEGIN_DECLS

/**
 * AnmExampleCard:
 *
 * An example as a card to press: a picture of one of its simulated patients (of several, if there is but one channel), its
 * title, what it consists of. The picture is made of the sample itself, in the background. Pressed, it does win.open-example.
 */
#define ANM_TYPE_EXAMPLE_CARD (anm_example_card_get_type ())
G_DECLARE_FINAL_TYPE (AnmExampleCard, anm_example_card, ANM, EXAMPLE_CARD, GtkButton)

GtkWidget *anm_example_card_new (const AnmSample *sample);

G_END_DECLS
