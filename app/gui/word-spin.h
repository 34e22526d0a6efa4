/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A spin button whose 0 is said in a word: "off", "never", "all". @word: nullable, no word; @unit:
 * nullable, set behind the number. @name: what a screen reader says. */
GtkWidget *anm_word_spin_new (double least,
                              double most,
                              double step,
                              guint digits,
                              const char *word,
                              const char *unit,
                              const char *name);

G_END_DECLS
