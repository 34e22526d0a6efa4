/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "engine/real.h"

G_BEGIN_DECLS

/*
 * Sequences: the one shape of data the engine knows.
 *
 * N sequences of unequal length lie behind one another. Sequence n owns the
 * steps offsets[n] .. offsets[n + 1] - 1 of every plane. A plane is row-major,
 * [step][channel].
 *
 * Three words, never mixed up:
 *   observed     a value was measured at this step (not carried forward);
 *   target mask  the loss counts here;
 *   skip         the step is passed over: recurrent state is carried unchanged
 *                (Keras masking).
 *
 * Beside numbers a step may have tokens (words, bases, codes): any number of ids,
 * of all kinds of token in one numbering. An embedding layer reads them.
 *
 * The column plan says what enters the first layer, column by column; rows of
 * input are assembled from the planes when a minibatch is loaded, so the masks,
 * gaps and statics are not stored twice.
 */

typedef enum
{
  ANM_COLUMN_VALUE,     /* values[step][index] */
  ANM_COLUMN_OBSERVED,  /* 1 where observed, else 0 */
  ANM_COLUMN_GAP,       /* gaps[step][index]: time since last observed */
  ANM_COLUMN_STATIC,    /* statics[n][index], the same at every step */
} AnmColumnKind;

typedef struct
{
  AnmColumnKind kind;
  guint         index;
} AnmColumn;

typedef enum
{
  ANM_TARGET_NONE,        /* nothing to learn from */
  ANM_TARGET_BINARY,      /* width 1, 0 or 1 */
  ANM_TARGET_CLASSES,     /* width 1, the class's index 0 .. n_classes - 1 */
  ANM_TARGET_LABELS,      /* width n_outputs, each 0, 1, or NaN where it isn't known */
  ANM_TARGET_REGRESSION,  /* width n_outputs, any finite number */
  ANM_TARGET_SURVIVAL,    /* width 2: the index of a time interval, 0 .. n_outputs - 1, and 1 if the event
                           * happened in it, 0 if it was survived and nothing is known of what followed */
} AnmTargetKind;

/**
 * AnmTargetShape:
 * @kind: what a target is
 * @n_outputs: how many numbers the last layer must give: 1 for binary, the
 *   number of classes, labels, regressed quantities or time intervals otherwise
 * @per_step: whether there is a target at every step, else one a sequence
 *
 * All that a network must know of the target to be laid out and checked.
 */
typedef struct
{
  AnmTargetKind kind;
  guint         n_outputs;
  gboolean      per_step;
} AnmTargetShape;

/**
 * AnmSequences:
 *
 * Plain, reference counted, and read-only once it is handed to a trainer.
 * Fields marked nullable may be %NULL; all arrays are owned.
 */
typedef struct
{
  gatomicrefcount ref_count;

  gsize           n_sequences;
  gsize          *offsets;         /* [n_sequences + 1], in steps */
  guint           n_channels;
  anm_real       *values;          /* [steps][n_channels] */
  guint8         *observed;        /* nullable: bit (step * n_channels + channel), least significant first */
  anm_real       *gaps;            /* [steps][n_channels], nullable */
  anm_real       *means;           /* [n_channels] what a channel is on average where it is trained, nullable = 0 */
  guint8         *skip;            /* [steps], 1 = passed over, nullable */

  guint           n_tokens;        /* different ones: ids are 0 .. n_tokens - 1 */
  gsize          *token_offsets;   /* [steps + 1] where a step's ids begin, nullable = no tokens */
  guint32        *tokens;          /* [token_offsets[steps]] */

  guint           n_statics;
  anm_real       *statics;         /* [n_sequences][n_statics], nullable */

  guint           n_columns;
  AnmColumn      *columns;         /* the column plan */

  AnmTargetShape  target;
  anm_real       *targets;         /* [rows][target width], rows = sequences or steps, nullable */
  guint8         *target_mask;     /* [rows], 1 = the loss counts here, nullable = everywhere */
  anm_real       *weights;         /* [n_sequences], sample weights, nullable = 1 */
  double         *class_weights;   /* [classes], nullable = 1; binary has two */
} AnmSequences;

AnmSequences *anm_sequences_new          (gsize n_sequences,
                                          const gsize *lengths,
                                          guint n_channels,
                                          guint n_statics,
                                          const AnmTargetShape *target);
AnmSequences *anm_sequences_ref          (AnmSequences *self);
void          anm_sequences_unref        (AnmSequences *self);
gsize         anm_sequences_get_n_steps  (const AnmSequences *self);
gsize         anm_sequences_get_length   (const AnmSequences *self,
                                          gsize sequence);
gsize         anm_sequences_get_max_length (const AnmSequences *self);
guint         anm_sequences_get_target_width (const AnmTargetShape *target);
void          anm_sequences_set_columns  (AnmSequences *self,
                                          const AnmColumn *columns,
                                          guint n_columns);
gboolean      anm_sequences_is_observed  (const AnmSequences *self,
                                          gsize step,
                                          guint channel);
void          anm_sequences_set_observed (AnmSequences *self,
                                          gsize step,
                                          guint channel,
                                          gboolean observed);
void          anm_sequences_fill_rows    (const AnmSequences *self,
                                          gsize sequence,
                                          gsize first,
                                          gsize n_steps,
                                          anm_real *rows,
                                          gsize stride);
void          anm_sequences_fill_row     (const AnmSequences *self,
                                          gsize sequence,
                                          gsize step,
                                          anm_real *row);
/* The ids of one step (of all steps, as offsets count them), borrowed. */
const guint32 *anm_sequences_get_tokens  (const AnmSequences *self,
                                          gsize step,
                                          gsize *n_tokens);
void          anm_sequences_balance_classes (AnmSequences *self);
gboolean      anm_sequences_validate     (const AnmSequences *self,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSequences, anm_sequences_unref)

G_END_DECLS
