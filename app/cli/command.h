/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AnmCommand AnmCommand;
typedef struct _AnmCommandShape AnmCommandShape;

/* One call of the program. */
typedef struct
{
  const AnmCommand *command;
  gboolean          json;         /* one object on standard output, nothing else there */
  gboolean          told;         /* the object that is printed says what is wrong */
  GCancellable     *cancellable;  /* set by Ctrl+C */
  AnmCommandShape  *shape;        /* nullable: the options are only to be listed there */
} AnmInvocation;

/* One command. @run gets what stands behind the command's name; it prints what it found or returns an
 * error: one of ANM_CLI_ERROR_USAGE or of GOption means that the command line is wrong. */
struct _AnmCommand
{
  const char *name;
  const char *arguments;  /* N_(), for the usage line */
  const char *summary;    /* N_(), one sentence */
  const char *actions;    /* nullable: what the first argument can be, of the studies that follow; as in "new copy" */
  gboolean    only_asks;  /* nothing is lost if it is ended in the midst of its work */
  gboolean (*run) (AnmInvocation *invocation,
                   char **arguments,
                   GError **error);
};

/* The table of commands; each one's options are what it hands to anm_options_parse(). */
const AnmCommand *const *anm_commands     (guint *n_commands);
const AnmCommand        *anm_command_find (const char *name); /* nullable */

extern const AnmCommand anm_bench_command;
extern const AnmCommand anm_demo_command;
extern const AnmCommand anm_describe_command;
extern const AnmCommand anm_evaluate_command;
extern const AnmCommand anm_export_command;
extern const AnmCommand anm_import_command;
extern const AnmCommand anm_inspect_command;
extern const AnmCommand anm_plot_command;
extern const AnmCommand anm_predict_command;
extern const AnmCommand anm_resume_command;
extern const AnmCommand anm_runs_command;
extern const AnmCommand anm_salvage_command;
extern const AnmCommand anm_samples_command;
extern const AnmCommand anm_study_command;
extern const AnmCommand anm_train_command;
extern const AnmCommand anm_verify_command;

typedef enum
{
  ANM_CLI_ERROR_USAGE,   /* the command line is wrong: exit status 2 */
  ANM_CLI_ERROR_FAILED,  /* the work failed: exit status 1 */
} AnmCliError;

#define ANM_CLI_ERROR (anm_cli_error_quark ())
GQuark anm_cli_error_quark (void);

G_END_DECLS
