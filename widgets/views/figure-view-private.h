/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/* The actions behind the menu: figure.enlarge, .copy-picture, .copy-data, .export(s), .show-table. */
void        anm_figure_view_install_actions (GtkWidgetClass *klass);
GMenuModel *anm_figure_view_make_menu       (void);

G_END_DECLS
