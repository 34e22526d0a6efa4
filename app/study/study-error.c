/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/study-error.h"

G_DEFINE_QUARK (anm-study-error-quark, anm_study_error)
