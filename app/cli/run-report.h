/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/report.h"
#include "app/study/study.h"

G_BEGIN_DECLS

/* A run's own figures, as several commands tell them. */

/* Members of an object that is open: number, status, network, hyperparameters, epochs, best epoch. */
void  anm_run_report_add          (JsonBuilder *builder,
                                   AnmRun *run);
/* "epochs": an array, one object an epoch. */
void  anm_run_report_add_epochs   (JsonBuilder *builder,
                                   AnmRun *run);
/* "Adam, learning rate 0.001, batches of 32, clipped at norm 1, seed 1" */
char *anm_run_report_describe_hyperparameters (const AnmHyperparameters *hyperparameters);
/* "2 000 patients (248 died)" of a part or a cohort. */
char *anm_run_report_describe_patients (const AnmEvaluation *evaluation,
                                   const AnmTarget *target);

/* Why a run ended before its last epoch; NULL if it didn't. */
char *anm_run_report_describe_end (AnmRun *run);

G_END_DECLS
