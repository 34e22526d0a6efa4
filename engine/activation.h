/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ANM_ACTIVATION_LINEAR,
  ANM_ACTIVATION_RELU,
  ANM_ACTIVATION_TANH,
  ANM_ACTIVATION_SIGMOID,
  ANM_ACTIVATION_SOFTMAX,
} AnmActivation;

G_END_DECLS
