/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/study.h"

G_BEGIN_DECLS

/* Inside the study: its own settings by name, one row each. */

/* @name: static. @text NULL: @number. */
void  _anm_study_submit_setting (AnmStudy *self,
                                 const char *name,
                                 const char *text,
                                 gint64 number);
/* As text, the caller's own; NULL if there is none, or on error, which is set then. What waits to be written isn't seen. */
char *_anm_study_load_setting   (AnmStudy *self,
                                 const char *name,
                                 GError **error);

G_END_DECLS
