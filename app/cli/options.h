/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/command.h"

G_BEGIN_DECLS

/* A group of options: what several commands have in common. */
typedef struct
{
  const char         *name;
  const char         *title;    /* N_(): "Source options:" */
  const GOptionEntry *entries;
} AnmOptionGroup;

/* Takes the options out of @arguments, --json among them; what is left is positional. @groups: NULL-terminated
 * by name, nullable. Between @min and @max positional arguments, else a usage error that says @what is missing. */
gboolean anm_options_parse       (AnmInvocation *invocation,
                                  char ***arguments,
                                  const GOptionEntry *entries,
                                  const AnmOptionGroup *groups,
                                  guint min,
                                  guint max,
                                  const char *what,
                                  GError **error);

/* Reading values; @text NULL leaves @value as it is. Errors name the option, what was found and what is allowed. */
gboolean anm_option_read_count   (const char *option,
                                  const char *text,
                                  guint minimum,
                                  guint maximum,
                                  guint *value,
                                  GError **error);
gboolean anm_option_read_seed    (const char *option,
                                  const char *text,
                                  guint64 *value,
                                  GError **error);
gboolean anm_option_read_number  (const char *option,
                                  const char *text,
                                  double *value,
                                  GError **error);
/* "a,b": trimmed words, none empty. */
char   **anm_option_read_words   (const char *option,
                                  const char *text,
                                  GError **error);

void     anm_usage_error         (GError **error,
                                  const char *format,
                                  ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
