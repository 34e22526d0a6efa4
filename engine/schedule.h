/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ANM_SCHEDULE_CONSTANT,
  ANM_SCHEDULE_STEP,
  ANM_SCHEDULE_EXPONENTIAL,
  ANM_SCHEDULE_COSINE,
  ANM_SCHEDULE_ONE_CYCLE,
  ANM_SCHEDULE_PLATEAU,
} AnmScheduleKind;

/**
 * AnmSchedule:
 *
 * What becomes of the learning rate in the course of a run. All lengths are in
 * epochs and may be fractions, so that a schedule means the same whatever the
 * batch size; all but step and plateau move at every update.
 *
 * With eta the learning rate, U updates an epoch, and u the updates made since
 * the schedule began, minus the warm-up's W = warmup U:
 *
 *   constant      eta
 *   step          eta factor^floor (u / (every U))
 *   exponential   eta factor^(u / (every U))                            (as Keras' ExponentialDecay)
 *   cosine        minimum + (eta - minimum) (1 + cos (pi min (u / (epochs U), 1))) / 2
 *   one_cycle     from eta / start up to eta over the first share @rise of N = epochs U updates, and
 *                 down to eta / start / end at the last of them, each along half a cosine
 *   plateau       eta m; at the end of an epoch m becomes m factor if the validation loss (without
 *                 one, the training loss) hasn't gained more than @min_delta for @patience epochs;
 *                 then @cooldown epochs aren't counted                  (as Keras' ReduceLROnPlateau)
 *
 * Before that, for the first W updates, eta (i + 1) / W, i from 0. Step, exponential and plateau never
 * go below @minimum. @epochs = 0: to the end of the run.
 *
 * Cosine: I. Loshchilov, F. Hutter (2017): SGDR, stochastic gradient descent
 * with warm restarts. ICLR. Equation 5, without restarts. One cycle: L. N.
 * Smith, N. Topin (2018): Super-convergence. arXiv 1708.07120; as PyTorch's
 * OneCycleLR, the momentum stays. Warm-up: P. Goyal et al. (2017): Accurate, large minibatch SGD.
 */
typedef struct
{
  AnmScheduleKind kind;
  double          warmup;    /* epochs, >= 0; 0 = none */
  double          every;     /* epochs, > 0 */
  double          factor;    /* (0, 1) */
  double          epochs;    /* >= 0 */
  double          minimum;   /* a learning rate, >= 0 */
  double          rise;      /* (0, 1) */
  double          start;     /* >= 1 */
  double          end;       /* >= 1 */
  double          patience;  /* whole epochs, >= 1 */
  double          min_delta; /* >= 0 */
  double          cooldown;  /* whole epochs, >= 0 */
} AnmSchedule;

/**
 * AnmPlateau:
 *
 * The state of a schedule that looks at the loss; of others it stays as it begins.
 */
typedef struct
{
  double  multiplier;
  double  best;
  guint64 wait;      /* epochs without a gain */
  guint64 cooldown;  /* epochs left that aren't counted */
} AnmPlateau;

/* Where in a run the schedule stands. */
typedef struct
{
  guint64 update;               /* made since the schedule began */
  guint   n_updates_per_epoch;
  double  n_epochs;             /* of the run that were left when it began */
} AnmScheduleClock;

void        anm_schedule_init      (AnmSchedule *self,
                                    AnmScheduleKind kind);
gboolean    anm_schedule_equal     (const AnmSchedule *a,
                                    const AnmSchedule *b);
gboolean    anm_schedule_validate  (const AnmSchedule *self,
                                    GError **error);
/* "cosine(epochs=20, warmup=2)"; both ways. */
gboolean    anm_schedule_parse     (AnmSchedule *self,
                                    const char *text,
                                    GError **error);
char       *anm_schedule_to_text   (const AnmSchedule *self);
/* Whether it needs to know how long the run is, so that a longer run isn't the same from the start. */
gboolean    anm_schedule_spans_run (const AnmSchedule *self);
/* The learning rate of the update that comes after @clock's. */
double      anm_schedule_get_rate  (const AnmSchedule *self,
                                    double learning_rate,
                                    const AnmScheduleClock *clock,
                                    const AnmPlateau *plateau);
void        anm_plateau_init       (AnmPlateau *self);
void        anm_plateau_observe    (AnmPlateau *self,
                                    const AnmSchedule *schedule,
                                    double rate,
                                    double loss);

G_END_DECLS
