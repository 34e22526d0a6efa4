/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/activation.h"
#include "engine/layer.h"
#include "engine/sequences.h"

G_BEGIN_DECLS

/*
 * What a layer is to the engine.
 *
 * A batch of unequal sequences is sorted by length, longest first, and packed
 * step by step: the rows that still run at step t are 0 .. active[t] - 1, and
 * lie behind one another from packed row start[t] on. Nothing is stored or
 * computed for steps that don't exist. A layer that gives one vector a sequence
 * (or fewer steps than it takes) describes its output the same way, with
 * lengths of its own; lengths out must not grow when lengths in shrink, so that
 * the order of the rows stays valid through the stack.
 */

/**
 * AnmRagged:
 * @n_rows: sequences
 * @n_steps: steps of the longest
 * @n_packed: all steps together
 * @lengths: [n_rows], longest first
 * @active: [n_steps] rows that have a step t
 * @start: [n_steps] packed row of (t, row 0)
 */
typedef struct
{
  guint    n_rows;
  guint    n_steps;
  gsize    n_packed;
  guint   *lengths;
  guint   *active;
  gsize   *start;
} AnmRagged;

typedef struct _AnmCell AnmCell;

/* One number row for each packed row: row i begins at values + i * stride. */
typedef struct
{
  anm_real *values;
  gsize     stride;
} AnmPlane;

/* The room that a pass may need at most. */
typedef struct
{
  guint    max_rows;
  gsize    max_steps;     /* of this layer's input */
  gboolean with_backward;
  gboolean with_traces;   /* also keep what only an onlooker asks for: dL/dh and dL/dc at each step */
} AnmCapacity;

/**
 * AnmPass:
 *
 * What one layer is told of a pass over a batch.
 *
 * @skip: (nullable): [input->n_packed] 1 = the recurrent state is carried unchanged
 * @sequences: the batch's source and @rows its sequences in sorted order, for
 *   layers that look at observed masks and gaps themselves
 * @packed: this layer's part of the packed parameters
 * @scratch: for products over all steps, enough for inputs + units + 1 rows
 * @stop: (nullable): looked at between time steps
 * @cuts: (nullable): [input->n_packed] 1 = nothing goes back from this step to the one before, in a recurrent layer
 * @is_looked_at: by an onlooker, who asks for no gradients of parameters: backward may leave them out
 * @runs, @n_runs: (nullable): [n_runs + 1] where the runs of rows begin whose squares are asked for as one sum
 * @reverse: a recurrent layer walks from the last step to the first
 * @rates: in a pass that trains: what is dropped; all 0 in an evaluation
 * @seed, @stream: where masks are drawn from: unit k of sequence n (or of step n, where
 *   each step has its own) has the number n x width + k of the layer's @stream (of the next
 *   one for the recurrent mask), so that a mask depends neither on chunks nor on threads
 * @repeats: (nullable): of a sequence that is there many times: which time a row is. It has the masks that sequence
 *   n would have in a set of nothing but repeats
 */
typedef struct
{
  const AnmRagged    *input;
  const AnmRagged    *output;
  const guint8       *skip;
  const AnmSequences *sequences;
  const guint32      *rows;
  const anm_real     *packed;
  anm_real           *scratch;
  const int          *stop;
  const guint8       *cuts;
  gboolean            is_looked_at;
  const guint        *runs;
  guint               n_runs;
  gboolean            reverse;
  AnmDropoutRates     rates;
  guint64             seed;
  guint64             stream;
  const guint32      *repeats;
} AnmPass;

/**
 * AnmLayerState:
 *
 * A layer's memory for one pass, first member of each layer's own. The layer
 * says where it wants its input (so a layer that multiplies [x | h | 1] gets x
 * written into its place at once); the workspace says where the rest goes.
 *
 * @input: by the layer: [input packed rows][n_inputs]
 * @input_gradient: by the workspace: where dL/d(input) goes, values %NULL if nobody asks
 * @output: by the workspace: [output packed rows][n_units]
 * @output_gradient: by the workspace: dL/d(output), read and used up by backward
 * @squares: by the layer, recurrent layers only: [input packed rows] ||dL/dh_t||^2 after backward; with the pass's
 *   runs of rows their sums, each in the place of its run's first row
 * @activation_in_loss: by the workspace, last layer only: the output is left as logits and
 *   output_gradient is that of the logits, because the loss folds the activation in
 */
typedef struct
{
  AnmPlane input;
  AnmPlane input_gradient;
  AnmPlane output;
  AnmPlane output_gradient;
  double  *squares;
  gboolean activation_in_loss;
} AnmLayerState;

/* Something that a layer lets be seen at each step of its input, or of its output. */
typedef struct
{
  const char *symbol;
  const char *label;      /* N_() */
  gboolean    is_gate;
  gboolean    is_gradient; /* valid after backward, else after forward */
  gboolean    is_of_output; /* one a step of the output, which may have fewer */
  gboolean    of_inputs;   /* a number an input of the layer, not a unit */
} AnmTraceInfo;

typedef struct
{
  const char      *name;  /* "kernel" */
  AnmParameterKind kind;
  guint            n_rows;
  guint            n_columns;
  gsize            offset; /* within the layer's own parameters */
} AnmParameterSlice;

#define ANM_MAX_LAYERS 100
#define ANM_MAX_PARAMETERS_OF_LAYER 24

struct _AnmLayer
{
  const AnmLayerClass *klass;
  const AnmLayerClass *written_as;        /* the registry's class, where @klass wraps it */
  guint                n_inputs;
  guint                n_units;
  gboolean             takes_sequences;
  gboolean             gives_sequences;
  gboolean             causal;            /* what it gives for the first steps is how it begins for all of them */
  gboolean             changes_lengths;   /* a sequence that it gives has not the steps of its input */
  gboolean             frozen;            /* keeps its initial parameters */
  AnmDropoutRates      rates;             /* as the layer's text asks for */
  gsize                product_rows;      /* of the largest product over all steps; set before: inputs + units + 1 */
  guint                n_parameters;
  AnmParameterSlice    parameters[ANM_MAX_PARAMETERS_OF_LAYER];
  gsize                n_reals;           /* all parameters together */
};

/**
 * AnmLayerClass:
 *
 * @choose: (nullable): the class that computes what the argument @values ask for; %NULL = this one
 * @lay_out: reads the argument @values, knows n_inputs and takes_sequences (is
 *   the input a sequence?) and sets the rest of the layer. An error's message
 *   says what is wrong and what to do, without naming the layer (the caller does)
 * @output_length: (nullable): steps out for so many steps in, 0 if they are too few;
 *   %NULL = the same if gives_sequences, else 1. Only where changes_lengths
 * @get_anchor: (nullable): the step of an input of @input_length steps that step @step of
 *   the output stands for; grows with @step. %NULL = the same. Only where changes_lengths
 * @initialize: (nullable): draws the layer's initial parameters; @stream is the layer's own
 * @packed_size, @pack: (nullable): the kernels' private copies of the layer's parameters
 * @load: (nullable): called when a batch has been loaded, before forward
 * @forward, @backward: over the whole batch; %FALSE if stopped. backward adds
 *   to @gradient (the layer's slice, canonical order) and overwrites input_gradient
 * @traces: everything but "x", which every layer has
 * @trace_width: (nullable): numbers a step of trace @index; %NULL = n_inputs or n_units, as the trace says
 * @read_trace: copies trace @index of batch row @row to @values [steps][width]
 * @count_heads, @read_weights: (nullable): of a layer that weighs steps: how many sets of weights it has, and
 *   one of them, of batch row @row after forward: [output steps][input steps]
 * @get_activation: (nullable): what bends the layer's trace "y"; of what isn't recurrent
 * @get_half: (nullable): of a layer that reads in both directions: what either half is, whose parameters
 *   stand behind one another in the layer's and whose traces have an arrow before their symbols
 * @describe_cell: (nullable): tells the equations of one step, in the words of cell-private.h;
 *   %NULL of what isn't recurrent
 */
struct _AnmLayerClass
{
  const char         *type;
  const char         *label;
  const char         *summary;
  const AnmArgument  *arguments;
  guint               n_arguments;
  gboolean            is_recurrent;
  gboolean            needs_sequences;
  gboolean            reads_missing;      /* reads masks and gaps of the sequences themselves: the first layer only */
  gboolean            reads_tokens;       /* reads tokens of the sequences: the first layer only */
  gsize               instance_size;

  const AnmLayerClass *(*choose)  (const double *values);
  gboolean       (*lay_out)       (AnmLayer *self, const double *values, GError **error);
  void           (*finalize)      (AnmLayer *self);
  guint          (*output_length) (const AnmLayer *self, guint input_length);
  guint          (*get_anchor)    (const AnmLayer *self, guint step, guint input_length);
  void           (*initialize)    (const AnmLayer *self, guint64 seed, guint64 stream, anm_real *parameters);
  gsize          (*packed_size)   (const AnmLayer *self);
  void           (*pack)          (const AnmLayer *self, const anm_real *parameters, anm_real *packed);
  AnmLayerState *(*state_new)     (const AnmLayer *self, const AnmCapacity *capacity);
  void           (*state_free)    (AnmLayerState *state);
  void           (*load)          (const AnmLayer *self, AnmLayerState *state, const AnmPass *pass);
  gboolean       (*forward)       (const AnmLayer *self, AnmLayerState *state, const AnmPass *pass);
  gboolean       (*backward)      (const AnmLayer *self, AnmLayerState *state, const AnmPass *pass, anm_real *gradient);
  const AnmTraceInfo *traces;
  guint               n_traces;
  guint          (*trace_width)   (const AnmLayer *self, guint index);
  void           (*read_trace)    (const AnmLayer *self, const AnmLayerState *state, const AnmPass *pass,
                                   guint index, guint row, anm_real *values);
  guint          (*count_heads)   (const AnmLayer *self);
  void           (*read_weights)  (const AnmLayer *self, const AnmLayerState *state, const AnmPass *pass,
                                   guint row, guint head, anm_real *weights);
  AnmActivation  (*get_activation) (const AnmLayer *self);
  const AnmLayer *(*get_half)     (const AnmLayer *self);
  void           (*describe_cell) (const AnmLayer *self, AnmCell *cell);
};

extern const AnmLayerClass _anm_simple_rnn_class;
extern const AnmLayerClass _anm_lstm_class;
extern const AnmLayerClass _anm_gru_class;
extern const AnmLayerClass _anm_gru_d_class;
extern const AnmLayerClass _anm_dense_class;
extern const AnmLayerClass _anm_conv1d_class;
extern const AnmLayerClass _anm_pooling_class;
extern const AnmLayerClass _anm_embedding_class;
extern const AnmLayerClass _anm_dropout_class;
extern const AnmLayerClass _anm_layer_norm_class;
extern const AnmLayerClass _anm_attention_class;

/* Keeps the columns of all gates within 32 bits. What memory that many would take is told by the network, which refuses them. */
#define ANM_MAX_UNITS 100000000

/* The choices of initializer=. */
enum
{
  ANM_INITIALIZER_GLOROT_UNIFORM,
  ANM_INITIALIZER_PER_GATE,
};
extern const char *const anm_initializer_names[];

/* The choices of a dropout layer's noise=. */
typedef enum
{
  ANM_NOISE_ELEMENT,
  ANM_NOISE_SEQUENCE,
} AnmNoise;

/* The most that any layer may drop. */
#define ANM_MAX_DROPOUT 0.95

/* How many numbers a layer gives. */
#define ANM_UNITS_ARGUMENT(number, explanation)                                                   \
  {                                                                                               \
    .name = "units", .kind = ANM_ARGUMENT_SIZE, .positional = TRUE, .common = TRUE,               \
    .minimum = 1, .maximum = ANM_MAX_UNITS, .fallback = number, .label = N_("Units"), .summary = explanation, \
  }

/* Of every layer that has parameters; _anm_layer_new() reads it. */
#define ANM_FROZEN_ARGUMENT                                                                       \
  {                                                                                               \
    .name = "frozen", .kind = ANM_ARGUMENT_FLAG, .maximum = 1, .label = N_("Frozen"),             \
    .summary = N_("Keep the initial weights of this layer: training passes through it and leaves it as it is."), \
  }

static inline gboolean
_anm_pass_is_stopped (const AnmPass *pass)
{
  return pass->stop != NULL && g_atomic_int_get (pass->stop) != 0;
}

/* Which sequence's mask @row has. */
static inline guint32
_anm_pass_get_mask (const AnmPass *pass, guint row)
{
  return pass->repeats != NULL ? pass->repeats[row] : pass->rows[row];
}

/* Which step's mask @row has at step @t, where each step has its own. A record cut short has the masks of the whole. */
static inline guint64
_anm_pass_get_step_mask (const AnmPass *pass, guint row, guint t)
{
  const gsize *offsets = pass->sequences->offsets + pass->rows[row];

  return (pass->repeats != NULL ? pass->repeats[row] * (guint64) (offsets[1] - offsets[0]) : offsets[0]) + t;
}

static inline gboolean
_anm_is_skipped (const AnmPass *pass, gsize packed_row)
{
  return pass->skip != NULL && pass->skip[packed_row];
}

/* layer.c */
AnmLayer *_anm_layer_new           (const AnmLayerClass *klass, const double *values, guint n_inputs,
                                    gboolean takes_sequences, GError **error);
AnmLayer *_anm_layer_new_one_way   (const AnmLayerClass *klass, const double *values, guint n_inputs,
                                    gboolean takes_sequences, GError **error);
void      _anm_layer_free          (AnmLayer *self);
void      _anm_layer_add_parameter (AnmLayer *self, const char *name, AnmParameterKind kind, gsize n_rows, gsize n_columns);
guint     _anm_layer_output_length (const AnmLayer *self, guint input_length);
guint     _anm_layer_get_anchor    (const AnmLayer *self, guint step, guint input_length);
/* A class's read_trace() for layers that show what they give. */
void      _anm_layer_read_output   (const AnmLayer *self, const AnmLayerState *state, const AnmPass *pass,
                                    guint index, guint row, anm_real *values);
guint     _anm_layer_get_trace_width (const AnmLayer *self, guint index);
/* The value of @argument in @values, which are in the class's order. */
double    _anm_layer_class_get_value (const AnmLayerClass *klass, const double *values, const char *argument);

/* dense.c */
AnmActivation _anm_dense_get_activation (const AnmLayer *self);

/* embedding.c */
guint     _anm_embedding_get_n_tokens (const AnmLayer *self);

/* initializer.c: each draws from its own stream; kernels are [n_rows][stride], the block is [n_rows][n_columns]. */
void      _anm_initialize_uniform        (guint64 seed, guint64 stream, double limit, guint n_rows, guint n_columns,
                                          anm_real *kernel, gsize stride);
void      _anm_initialize_glorot_uniform (guint64 seed, guint64 stream, guint n_rows, guint n_columns,
                                          anm_real *kernel, gsize stride);
void      _anm_initialize_orthogonal     (guint64 seed, guint64 stream, guint n_rows, guint n_columns,
                                          anm_real *kernel, gsize stride);

G_END_DECLS
