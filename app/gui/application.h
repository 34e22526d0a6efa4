/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * AnmApplication:
 *
 * `anamnesis [SOURCE…]`: one window for each call; a source is a file, several files, a folder, an archive,
 * `sample:NAME`, or a `.anamnesis` study.
 */
#define ANM_TYPE_APPLICATION (anm_application_get_type ())
G_DECLARE_FINAL_TYPE (AnmApplication, anm_application, ANM, APPLICATION, AdwApplication)

AnmApplication *anm_application_new (void);

G_END_DECLS
