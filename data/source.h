/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * Source: where a cohort comes from, and what each table and column means.
 *
 * A source is a list of arguments as a user gives them (files, a folder, an
 * archive, or "sample:NAME") plus roles. Opening guesses the roles that are not
 * given, from names and contents; the import sheet shows and changes the
 * guesses; reading uses them.
 */

typedef enum
{
  ANM_TABLE_RECORDS_LONG,  /* patient, time, variable, value */
  ANM_TABLE_RECORDS_WIDE,  /* patient, time, a column a variable */
  ANM_TABLE_STATICS,
  ANM_TABLE_OUTCOMES,
  ANM_TABLE_IGNORED,
} AnmTableKind;

typedef enum
{
  ANM_ROLE_IGNORE,
  ANM_ROLE_PATIENT,
  ANM_ROLE_TIME,
  ANM_ROLE_START,    /* the patient's time zero */
  ANM_ROLE_VARIABLE,
  ANM_ROLE_VALUE,
  ANM_ROLE_CHANNEL,
  ANM_ROLE_STATIC,
  ANM_ROLE_TARGET,
} AnmRole;

typedef struct
{
  char    *name;
  AnmRole  role;
  gboolean guessed;      /* not given by the user */
  gboolean numeric;      /* of the rows looked at */
  double   missing;      /* share of the rows looked at */
} AnmSourceColumn;

typedef struct
{
  char         *path;     /* for people */
  AnmTableKind  kind;
  gboolean      kind_guessed;
  char          separator;
  guint         n_columns;
  AnmSourceColumn *columns;
  GPtrArray    *preview;  /* GStrv: up to ten rows as read */
} AnmSourceTable;

typedef struct _AnmSource AnmSource;

/* @fraction 0 .. 1, or < 0 if unknown; @message for people. Called from the reading thread. */
typedef void (*AnmProgressFunc) (double fraction,
                                 const char *message,
                                 gpointer data);

/* Looks at each argument's first rows, guesses. Fails with ANM_DATA_ERROR_* in words a clinician understands. */
AnmSource      *anm_source_open          (const char *const *arguments,
                                          GError **error);
void            anm_source_free          (AnmSource *self);
/* Tables whose roles can be seen and changed; none for samples and the Challenge. */
guint           anm_source_get_n_tables  (const AnmSource *self);
AnmSourceTable *anm_source_get_table     (AnmSource *self,
                                          guint index);
gboolean        anm_source_needs_roles   (const AnmSource *self); /* FALSE for samples, the Challenge */
/* As --table FILE=records|statics|outcomes, and --id C --time C --variable C --value C --target C --statics C,... --start C */
gboolean        anm_source_set_table_kind (AnmSource *self,
                                          const char *assignment,
                                          GError **error);
gboolean        anm_source_set_role      (AnmSource *self,
                                          AnmRole role,
                                          const char *columns,
                                          GError **error);
/* The same from a JSON file (--roles FILE): {"id": "subject_id", "time": "charttime", "variable": .., "value": ..,
 * "target": .., "start": .., "statics": [..], "channels": [..], "ignore": [..],
 * "tables": {"labs.csv": "records", "stays.csv": {"kind": "statics", "id": .., ...}}}; all of it optional. */
gboolean        anm_source_load_roles    (AnmSource *self,
                                          const char *path,
                                          GError **error);
/* The same from its text; @what names it in errors. */
gboolean        anm_source_set_roles     (AnmSource *self,
                                          const char *text,
                                          const char *what,
                                          GError **error);
/* The roles that every column has now, for anm_source_set_roles(); and whether any was given and not guessed. */
char           *anm_source_roles_to_json (const AnmSource *self);
gboolean        anm_source_has_given_roles (const AnmSource *self);
/* What the source was opened with; borrowed, NULL-terminated. */
const char *const *anm_source_get_arguments (const AnmSource *self);
/* The same for one table or column, as the import sheet changes them. Setting a kind guesses anew what the user
 * has not said of that table. A role that one column of a table alone can have is taken from the one that had it. */
void            anm_source_set_table_kind_at (AnmSource *self,
                                          guint table,
                                          AnmTableKind kind);
void            anm_source_set_column_role (AnmSource *self,
                                          guint table,
                                          guint column,
                                          AnmRole role);
/* Checks that roles suffice, before any long work. Cheap. */
gboolean        anm_source_check         (const AnmSource *self,
                                          GError **error);
/* Reads everything. @cancellable looked at often enough to act within 100 ms. */
AnmCohort      *anm_source_read          (AnmSource *self,
                                          AnmProgressFunc progress,
                                          gpointer data,
                                          GCancellable *cancellable,
                                          GError **error);
/* The arguments as one string, for titles and for the study. */
char           *anm_source_to_string     (const AnmSource *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmSource, anm_source_free)

G_END_DECLS
