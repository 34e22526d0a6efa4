/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/cli/command.h"
#include "app/study/evaluation.h"

G_BEGIN_DECLS

/* What commands print: words for people, or one JSON object. */

void  anm_report_json            (JsonBuilder *builder); /* complete; printed with a line's end */
/* One line on standard error, and the object if the command line asks for JSON. */
void  anm_report_error           (const AnmInvocation *invocation,
                                  const char *message);
/* What isn't a finite number is null. */
void  anm_report_add_number      (JsonBuilder *builder,
                                  const char *name,
                                  double value);
/* The same as an element of an array. */
void  anm_report_add_element     (JsonBuilder *builder,
                                  double value);
/* An array of them. */
void  anm_report_add_numbers     (JsonBuilder *builder,
                                  const char *name,
                                  const double *numbers,
                                  guint n_numbers);
void  anm_report_add_text        (JsonBuilder *builder,
                                  const char *name,
                                  const char *text);     /* nullable: null */
void  anm_report_add_count       (JsonBuilder *builder,
                                  const char *name,
                                  gint64 count);
void  anm_report_add_flag        (JsonBuilder *builder,
                                  const char *name,
                                  gboolean flag);
void  anm_report_add_warnings    (JsonBuilder *builder,
                                  GPtrArray *warnings);  /* of char *, nullable */
/* On standard error, for people. */
void  anm_report_print_warnings  (GPtrArray *warnings);
/* Scores that suit the target and are among @names (NULL: all that suit), each with interval and definition. */
void  anm_report_print_evaluation (const AnmEvaluation *evaluation,
                                  const AnmTarget *target,
                                  char **names);
void  anm_report_add_evaluation  (JsonBuilder *builder,
                                  const AnmEvaluation *evaluation,
                                  const AnmTarget *target,
                                  char **names);
/* --metrics a,b; sets @names, NULL if @text is. */
gboolean anm_report_read_metrics (const char *text,
                                  char ***names,
                                  GError **error);

G_END_DECLS
