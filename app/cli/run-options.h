/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/source-options.h"
#include "app/study/model.h"
#include "engine/cell.h"

G_BEGIN_DECLS

/* --study and --run, on every command that asks something of a run. */
typedef struct
{
  char *study;
  char *run;
  char *epoch;
} AnmRunOptions;

GOptionEntry *anm_run_options_entries (AnmRunOptions *self,
                                       gboolean with_epoch);
void          anm_run_options_clear   (AnmRunOptions *self);
gboolean      anm_run_options_check_study (const char *path,
                                       GError **error);
/* A study that isn't there is an error, not made. */
AnmStudy     *anm_run_options_open_study (const char *path,
                                       GError **error);
/* Both @study and @run are required; @run is the study's. */
gboolean      anm_run_options_open    (const AnmRunOptions *self,
                                       AnmStudy **study,
                                       AnmRun **run,
                                       GError **error);
/* The weights of --epoch, of the best epoch without it. */
anm_real     *anm_run_options_load    (const AnmRunOptions *self,
                                       AnmRun *run,
                                       guint *epoch,
                                       GError **error);
/* The same with all that is needed to use them. */
AnmModel     *anm_run_options_load_model (const AnmRunOptions *self,
                                       AnmRun *run,
                                       GError **error);
/* "best", "last" or a number, as anm_run_load_parameters() takes it. */
gboolean      anm_run_options_read_epoch (const char *option,
                                       const char *text,
                                       int *epoch,
                                       GError **error);
AnmRun       *anm_run_options_find_run (AnmStudy *study,
                                       const char *option,
                                       const char *id,
                                       GError **error); /* the study's */
/* --direction: forwards if @text is NULL. */
gboolean      anm_run_options_read_direction (const char *text,
                                       AnmDirection *direction,
                                       GError **error);
/* "best weights, epoch 12" */
char         *anm_run_options_describe_weights (const AnmRunOptions *self,
                                       guint epoch);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmRunOptions, anm_run_options_clear)

G_END_DECLS
