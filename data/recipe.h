/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_AGGREGATE_MEAN,
  ANM_AGGREGATE_LAST,
  ANM_AGGREGATE_MINIMUM,
  ANM_AGGREGATE_MAXIMUM,
} AnmAggregate;

typedef enum
{
  ANM_SCALE_NONE,
  ANM_SCALE_STANDARD, /* (x - mean) / standard deviation of the training part */
} AnmScale;

/**
 * AnmRecipe:
 *
 * How a cohort becomes engine sequences. Plain, copyable with
 * anm_recipe_copy(), validated against a cohort when applied.
 */
typedef struct
{
  double        step;           /* width of a time step in the cohort's time unit; 0 = anm_cohort_guess_step() */
  double        window;         /* at most this much time from time zero; 0 = all */
  AnmAggregate  aggregate;      /* of several values in one step */
  double        clip_low;       /* percentiles of the training part, 0.5 and 99.5; 0 and 100 = off */
  double        clip_high;
  AnmScale      scale;          /* statics and channels alike */
  gboolean      carry_forward;  /* else, and before the first measurement, missing = the training part's mean (0 after scaling) */
  gboolean      use_observed;   /* column plan: masks, */
  gboolean      use_gaps;       /*   time since last observed, */
  gboolean      use_statics;    /*   statics at every step */
  gboolean      keep_missing;   /* a layer reads masks and gaps itself: they are there, but no column is made of them */
  gboolean      use_tokens;     /* a layer reads categories as tokens: channels of words make no columns */
  char        **channels;       /* names that go in, NULL-terminated; NULL = all */
  double        split[3];       /* training, validation, test; sums to 1 */
  char         *split_file;     /* CSV: patient id, part (training | validation | test); overrides split */
  guint64       split_seed;
} AnmRecipe;

AnmRecipe *anm_recipe_new    (void); /* defaults */
/* The defaults that suit @cohort: where the window ends if the records do so sharply; no clipping and
 * scaling if values are on a network's scale already. */
AnmRecipe *anm_recipe_new_for (const AnmCohort *cohort);
AnmRecipe *anm_recipe_copy   (const AnmRecipe *self);
void       anm_recipe_free   (AnmRecipe *self);
gboolean   anm_recipe_equal  (const AnmRecipe *a,
                              const AnmRecipe *b);
/* What can be said without a cohort: ranges, and that the split sums to 1. */
gboolean   anm_recipe_validate (const AnmRecipe *self,
                                GError **error);
char      *anm_recipe_to_json   (const AnmRecipe *self);
AnmRecipe *anm_recipe_from_json (const char *json,
                                 GError **error);

/**
 * AnmFittedRecipe:
 *
 * A recipe with the numbers it took from a training part: percentiles, means,
 * standard deviations, categories, columns. Applied unchanged to new patients.
 * Immutable, reference counted, saved with the run.
 */
typedef struct _AnmFittedRecipe AnmFittedRecipe;

typedef enum
{
  ANM_PART_TRAINING,
  ANM_PART_VALIDATION,
  ANM_PART_TEST,
  ANM_N_PARTS,
} AnmPart;

/**
 * AnmDataset:
 *
 * A cohort made ready: three parts, each with the cohort's patient of every
 * sequence. Patients without an outcome are in no part. Reference counted.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  AnmCohort       *cohort;
  AnmFittedRecipe *recipe;
  AnmSequences    *parts[ANM_N_PARTS];     /* NULL if empty */
  guint32         *patients[ANM_N_PARTS];  /* [parts[i]->n_sequences] */
} AnmDataset;

/* Splits by patient (stratified by outcome), fits on the training part, applies to all. */
AnmDataset      *anm_dataset_new           (AnmCohort *cohort,
                                            const AnmRecipe *recipe,
                                            GError **error);
AnmDataset      *anm_dataset_ref           (AnmDataset *self);
void             anm_dataset_unref         (AnmDataset *self);

/* Applies to @patients of @cohort (NULL = all). Channels are matched by name; one that
 * is missing in @cohort counts as never measured, with a warning; a wrong kind is an error.
 * Targets are taken over where the cohort has them. */
AnmSequences    *anm_fitted_recipe_apply   (const AnmFittedRecipe *self,
                                            const AnmCohort *cohort,
                                            const guint32 *patients,
                                            gsize n_patients,
                                            GPtrArray *warnings,
                                            GError **error);
AnmFittedRecipe *anm_fitted_recipe_ref     (AnmFittedRecipe *self);
void             anm_fitted_recipe_unref   (AnmFittedRecipe *self);
const AnmRecipe *anm_fitted_recipe_get_recipe (const AnmFittedRecipe *self);
double           anm_fitted_recipe_get_step (const AnmFittedRecipe *self); /* resolved, in the time unit */
guint            anm_fitted_recipe_get_n_columns (const AnmFittedRecipe *self);
guint            anm_fitted_recipe_get_n_tokens (const AnmFittedRecipe *self); /* different ones, under use_tokens */
/* "HR", "HR observed", "HR gap", "ICUType = 3" */
char            *anm_fitted_recipe_get_column_name (const AnmFittedRecipe *self,
                                            guint column);
const AnmTarget *anm_fitted_recipe_get_target (const AnmFittedRecipe *self);
/* What a plane of the sequences (AnmColumn.index of values, masks and gaps) is of: name, unit, kind, and for a
 * categorical channel, which has a plane a category, which category (else NULL). Borrowed. */
const char      *anm_fitted_recipe_get_plane_name (const AnmFittedRecipe *self,
                                            guint plane);
const char      *anm_fitted_recipe_get_plane_unit (const AnmFittedRecipe *self,
                                            guint plane);
const char      *anm_fitted_recipe_get_plane_category (const AnmFittedRecipe *self,
                                            guint plane);
guint            anm_fitted_recipe_get_n_planes (const AnmFittedRecipe *self);
/* The standardised value back in the channel's unit; @channel is a plane. */
double           anm_fitted_recipe_unscale (const AnmFittedRecipe *self,
                                            guint channel,
                                            double value);
char            *anm_fitted_recipe_to_json (const AnmFittedRecipe *self);
AnmFittedRecipe *anm_fitted_recipe_from_json (const char *json,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmRecipe, anm_recipe_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmFittedRecipe, anm_fitted_recipe_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmDataset, anm_dataset_unref)

G_END_DECLS
