/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiled once for all files of the window: the toolkit's headers take longer to read than most of them. */
#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>
