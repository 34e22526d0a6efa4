/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/figures/figure.h"

G_BEGIN_DECLS

/* Numbers of one kind: the eigenvalues of one epoch. */
typedef struct
{
  const char    *label;       /* "epoch 24" */
  AnmColourRole  colour;
  gboolean       hollow;
  guint          n_points;
  const double  *real;
  const double  *imaginary;
} AnmComplexSet;

/* Complex numbers against the unit circle. */
typedef struct
{
  const char          *title, *caption, *finding;
  guint                n_sets;
  const AnmComplexSet *sets;        /* the first lies over the others */
  double               ring;        /* radius of a dashed circle, 0 = none */
  const char          *ring_label;  /* "‖J‖ = 1.12" */
  const char          *symbol;      /* of a point: "λ" */
  const char          *note;        /* nullable, under the circle, in ink: "largest |λ| = 1.00" */
  const char          *note_detail; /* nullable: "outside the circle: can explode" */
  const char          *empty_text;
} AnmComplexPlane;

AnmFigure *anm_complex_plane_new (const AnmComplexPlane *plane);

G_END_DECLS
