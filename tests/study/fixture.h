/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/study/training.h"

G_BEGIN_DECLS

/* A folder that goes when the test ends, and the path of a study in it. */
typedef struct
{
  char *folder;
  char *path;
} Fixture;

void      fixture_set_up    (Fixture *fixture,
                             gconstpointer data);
void      fixture_tear_down (Fixture *fixture,
                             gconstpointer data);

/* Opens or makes the fixture's study; never NULL. */
AnmStudy *fixture_open      (Fixture *fixture);
/* The same with @source's records and a network in it. */
AnmStudy *fixture_fill      (Fixture *fixture,
                             const char *source,
                             const char *network);
/* Adam, a few epochs. */
void      fixture_init_hyperparameters (AnmHyperparameters *hyperparameters,
                             guint epochs);
/* One run to its end; the run is the study's. */
AnmRun   *fixture_train     (AnmStudy *study,
                             const AnmHyperparameters *hyperparameters);
/* Drains until @state; fails after a minute. */
void      fixture_wait_for  (AnmTraining *training,
                             AnmTrainingState state);

/* The first number that a statement gives, -1 if it gives no row; for what stands in the file beside what the study says. */
gint64    fixture_ask       (const char *path,
                             const char *sql);
/* Asks everything of a study that may be damaged; whether it opens and can be written. */
gboolean  fixture_read_all  (const char *path);

G_END_DECLS
