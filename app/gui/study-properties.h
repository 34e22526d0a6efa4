/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/study/study.h"

G_BEGIN_DECLS

/**
 * AnmStudyProperties:
 *
 * What a study is as a file: where, how large, what it holds, how much of it the kept parameters may take.
 */
#define ANM_TYPE_STUDY_PROPERTIES (anm_study_properties_get_type ())
G_DECLARE_FINAL_TYPE (AnmStudyProperties, anm_study_properties, ANM, STUDY_PROPERTIES, AdwWindow)

GtkWidget *anm_study_properties_new (GtkWindow *parent,
                                     AnmStudy *study);

G_END_DECLS
