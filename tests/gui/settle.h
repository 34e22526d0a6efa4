/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

static inline void
over_cb (gpointer over)
{
  *(gboolean *) over = TRUE;
}

/* Lets the main loop run, for the frames and idle calls that follow a change. */
static inline void
settle (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add_once (milliseconds, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}
