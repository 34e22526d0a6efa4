/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writing CSV as RFC 4180 has it, with line feeds. Each but the first field begins with its comma. */

void     anm_csv_append_first_field (GString *csv,
                                     const char *text);
void     anm_csv_append_field       (GString *csv,
                                     const char *text);
/* Enough digits to be a float again; what isn't a finite number is empty. */
void     anm_csv_append_number      (GString *csv,
                                     double number);
/* To a file as a whole, or to standard output for "-". */
gboolean anm_csv_write              (const char *csv,
                                     const char *path,
                                     GError **error);

G_END_DECLS
