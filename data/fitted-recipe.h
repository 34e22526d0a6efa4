/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/recipe.h"

G_BEGIN_DECLS

/* Inside of AnmFittedRecipe, shared by fitting, applying and writing. */

/* A channel or static field with what fitting learnt of it. */
typedef struct
{
  char         *name;
  char         *unit;
  AnmFieldKind  kind;
  gboolean      measured;     /* ever, in the training part; else its plane stays at 0 and no column is made of it */
  guint         plane;        /* the first of its planes: one if numeric, one a category otherwise */
  gboolean      as_tokens;    /* its categories are tokens and it has no plane; a channel of words under use_tokens */
  guint         token;        /* the first of its tokens */
  char        **categories;   /* those met in the training part, sorted */
  double        clip_low;     /* values are held within these; infinite = not clipped */
  double        clip_high;
  double        mean;         /* of the clipped values; stands in for missing ones */
  double        offset;       /* a network sees (value - offset) / divisor */
  double        divisor;
  gboolean      observed_varies; /* else the mask says the same at every step and is left out */
  double        gap_divisor;  /* a network sees gap / gap_divisor */
} AnmFittedField;

struct _AnmFittedRecipe
{
  gatomicrefcount ref_count;
  AnmRecipe      *recipe;
  double          step;        /* resolved */
  char           *time_unit;
  guint           n_channels;
  AnmFittedField *channels;
  guint           n_planes;
  guint           n_statics;
  AnmFittedField *statics;
  guint           n_static_planes;
  guint           n_tokens;
  AnmTarget       target;
  guint           n_columns;
  AnmColumn      *columns;
};

/* Learns from @patients of @cohort alone. */
AnmFittedRecipe *anm_fitted_recipe_new          (const AnmRecipe *recipe,
                                                 const AnmCohort *cohort,
                                                 const guint32 *patients,
                                                 gsize n_patients,
                                                 GError **error);
/* A husk to be filled in: by fitting and by reading. */
AnmFittedRecipe *anm_fitted_recipe_alloc        (const AnmRecipe *recipe,
                                                 double step,
                                                 const char *time_unit,
                                                 guint n_channels,
                                                 guint n_statics);
/* Lays out planes and columns once fields are filled in. */
void             anm_fitted_recipe_lay_out      (AnmFittedRecipe *self);
guint            anm_fitted_field_get_n_planes  (const AnmFittedField *field);
void             anm_target_copy                (AnmTarget *copy,
                                                 const AnmTarget *target);

G_END_DECLS
