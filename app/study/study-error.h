/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnmStudyError:
 * @ANM_STUDY_ERROR_NOT_A_STUDY: the file is something else; it was left as it is
 * @ANM_STUDY_ERROR_NEWER: the file was made by a newer version of the program
 * @ANM_STUDY_ERROR_READ: the file can't be opened or read, or what it holds is damaged
 * @ANM_STUDY_ERROR_WRITE: the disk refused
 * @ANM_STUDY_ERROR_NOT_KEPT: no snapshot of that epoch
 * @ANM_STUDY_ERROR_BUSY: another program has it
 * @ANM_STUDY_ERROR_NOT_READY: something that the training needs isn't there yet
 *
 * What a study reports of things that a user can influence.
 */
typedef enum
{
  ANM_STUDY_ERROR_NOT_A_STUDY,
  ANM_STUDY_ERROR_NEWER,
  ANM_STUDY_ERROR_READ,
  ANM_STUDY_ERROR_WRITE,
  ANM_STUDY_ERROR_NOT_KEPT,
  ANM_STUDY_ERROR_NOT_READY,
  ANM_STUDY_ERROR_BUSY,
} AnmStudyError;

#define ANM_STUDY_ERROR (anm_study_error_quark ())
GQuark anm_study_error_quark (void);

G_END_DECLS
