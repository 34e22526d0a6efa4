/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Brings the study at @path, of an older version, up to date: in a copy, which takes its place once it is whole. What
 * was there before stays beside it as "NAME (format N).anamnesis". Refuses while another program has it open. */
gboolean anm_study_upgrade_file (const char *path,
                                 GError **error);

G_END_DECLS
