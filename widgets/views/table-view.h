/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A scrolled table of @table (GStrv, header first), numbers to the right. Rows are made as they are seen. */
GtkWidget *anm_table_view_new (GPtrArray *table);

G_END_DECLS
