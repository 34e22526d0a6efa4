/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* A function that bends a sum. */
typedef enum
{
  ANM_CURVE_NONE,
  ANM_CURVE_LINEAR,
  ANM_CURVE_SIGMOID,
  ANM_CURVE_TANH,
  ANM_CURVE_RELU,
  ANM_CURVE_DECAY,   /* exp (-max (0, z)) */
} AnmCurveKind;

/* The function that bends a sum, with the point that was reached and how steep it is there: where it is flat, no gradient
 * comes through. */
typedef struct
{
  const char   *title, *caption, *finding;
  AnmCurveKind  kind;
  double        at;      /* z */
  double        value;   /* function (z) */
  double        slope;
  const char   *empty_text;
} AnmActivationCurve;

/* Copies all it is given. */
AnmFigure  *anm_activation_curve_new   (const AnmActivationCurve *curve);
/* The function's value, as drawn; NaN of ANM_CURVE_NONE. */
double      anm_curve_bend             (AnmCurveKind kind,
                                        double z);
/* "σ", "tanh" */
const char *anm_curve_get_symbol       (AnmCurveKind kind);
/* "slope 0.23", and in words where it is flat: "slope 0.00, saturated". */
char       *anm_curve_describe_slope   (AnmCurveKind kind,
                                        double slope);

G_END_DECLS
