/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *label;
  const char *unit;
  double      plausible_low, plausible_high;
  double      normal_low, normal_high; /* NaN if there is none */
} AnmChallengeVariable;

const AnmChallengeVariable *anm_challenge_variables (guint *n_variables);

G_END_DECLS
