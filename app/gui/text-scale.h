/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/views/appearance.h"

G_BEGIN_DECLS

/* How large a width or height is for the desktop's letters: what a page has room for depends on both. */
static inline int
anm_in_usual_letters (GtkWidget *widget,
                      int        pixels)
{
  AnmTheme theme;

  anm_theme_init_for_widget (&theme, widget, FALSE);
  return theme.text_scale > 1 ? (int) (pixels / theme.text_scale) : pixels;
}

G_END_DECLS
