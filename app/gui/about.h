/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows what the program is, what it isn't, and what it is made of. */
void anm_show_about (GtkWindow *parent);

G_END_DECLS
