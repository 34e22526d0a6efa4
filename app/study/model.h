/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/run.h"
#include "engine/exchange.h"

G_BEGIN_DECLS

/**
 * AnmModel:
 *
 * What a run has learnt, apart from its study: a network with its weights, and the
 * fitted recipe and the loss without which these answer nothing about a patient.
 * It can be written into a safetensors file and answers the same to the bit when it
 * is read again. Plain; all owned.
 */
typedef struct
{
  AnmNetwork      *network;
  AnmFittedRecipe *recipe;
  AnmLossKind      loss;       /* resolved */
  anm_real        *parameters; /* [n_parameters] */
  guint            run;        /* where it comes from; 0 if the file doesn't say */
  guint            epoch;
  gboolean         rounded;    /* the file has more digits than are computed with */
} AnmModel;

/* @epoch: see anm_run_load_parameters(). */
AnmModel *anm_model_new_of_run (AnmRun *run,
                                int epoch,
                                GError **error);
void      anm_model_free       (AnmModel *self);
/* Errors name the layer that @layout can't take, or what is wrong with @path. */
gboolean  anm_model_save       (const AnmModel *self,
                                const char *path,
                                AnmLayout layout,
                                GError **error);
/* @layout: nullable, as the file says. A file without network or recipe is refused. */
AnmModel *anm_model_load       (const char *path,
                                const AnmLayout *layout,
                                GError **error);

/**
 * AnmInitialWeights:
 *
 * Weights of a file that a training begins with. It needn't know of recipes, and may be
 * another program's. All owned.
 */
typedef struct
{
  AnmSafetensors *file;
  AnmLayout       layout;
  char           *name;        /* the file's, without its folder */
  char           *path;        /* absolute */
  AnmNetworkSpec *network;     /* nullable: what the file says */
  anm_real       *parameters;  /* NULL until they are fitted */
  gsize           n_parameters;
  GPtrArray      *notes;       /* of char *: what there is to say of them for people */
} AnmInitialWeights;

AnmInitialWeights *anm_initial_weights_load (const char *path,
                                const AnmLayout *layout,
                                GError **error);
void      anm_initial_weights_free (AnmInitialWeights *self);
/* Reads the weights of @network on the columns of @recipe. If the file names its columns and they are others,
 * that is an error: weights would meet inputs that they weren't made for. */
gboolean  anm_initial_weights_fit (AnmInitialWeights *self,
                                const AnmNetwork *network,
                                const AnmFittedRecipe *recipe,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmModel, anm_model_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmInitialWeights, anm_initial_weights_free)

G_END_DECLS
