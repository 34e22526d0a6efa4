/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/random.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/* What one run is made with: the task's own settings, changed by the command line. */
typedef struct
{
  const char       *network;
  AnmHyperparameters hyperparameters;
  const char       *data;       /* the folder of data sets */
  AnmPool          *pool;
  gboolean          verbose;    /* each epoch on standard error */
  guint             n_members;  /* networks whose answers are averaged, where a task does so */
  /* What is made of the Challenge's records: "values,observed,gaps,statics"; hours; nullable, 0 = the recipe's own. */
  const char       *columns;
  double            step;
  gboolean          no_carry_forward;
} LearnSetting;

typedef enum
{
  LEARN_AT_LEAST,
  LEARN_AT_MOST,
  LEARN_NO_BAR,
} LearnBar;

typedef struct _LearnTask LearnTask;

/**
 * LearnTask:
 *
 * A thing to learn with a known answer or published figures. @run trains once
 * from the setting's seed and returns the score; what it prints beside that
 * stands behind the seed's line.
 */
struct _LearnTask
{
  const char      *name;
  const char      *summary;
  const char      *network;
  AnmOptimizerKind optimizer;
  double           learning_rate;
  guint            batch_size;
  guint            epochs;
  double           clip_norm;
  guint            patience;    /* 0 = never stop early */
  guint            members;     /* 0 = 1 */
  const char      *columns;     /* nullable */
  const char      *score;       /* "accuracy" */
  LearnBar         bar_kind;
  double           bar;
  double (*run) (const LearnTask *task, const LearnSetting *setting);
};

/* What learns what, by file; ended by a name of NULL. */
extern const LearnTask learn_mnist_tasks[];
extern const LearnTask learn_memory_tasks[];
extern const LearnTask learn_small_tasks[];
extern const LearnTask learn_splice_tasks[];
extern const LearnTask learn_challenge_tasks[];

/* Trains to the last epoch or until patience ends; an error ends the program. @test: nullable, judged each epoch
 * but never selects anything unless the setting's patience asks for it. */
AnmTrainer   *learn_train            (const LearnSetting *setting,
                                      AnmSequences *training,
                                      AnmSequences *test,
                                      AnmMetrics *last);
AnmTrainer   *learn_trainer_new      (const LearnSetting *setting,
                                      AnmSequences *training,
                                      AnmSequences *test);
/* Sequences of one length. */
AnmSequences *learn_sequences_new    (gsize n,
                                      gsize length,
                                      guint n_channels,
                                      const AnmTargetShape *target);
/* Sequences @rows of @all, copied. */
AnmSequences *learn_take             (const AnmSequences *all,
                                      const guint32 *rows,
                                      gsize n);
/* (x - mean) / standard deviation by channel, of @training; applied to both. */
void          learn_standardise      (AnmSequences *training,
                                      AnmSequences *test);
/* The whole file, uncompressed if its name ends in .gz; an error ends the program. */
char         *learn_read_file        (const LearnSetting *setting,
                                      const char *name,
                                      gsize *size);

G_END_DECLS
