/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands under a patient's time axis: "hours since time zero". Borrowed. */
const char *anm_time_axis_words (const char *time_unit);

G_END_DECLS
