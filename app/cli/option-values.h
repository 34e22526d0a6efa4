/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Something an option can be given, and what it is; what is translated already, "" if it says enough itself. */
typedef struct
{
  char *word;
  char *what;
} AnmOptionWord;

typedef enum
{
  ANM_OPTION_ANYTHING,    /* a number, a name, a text */
  ANM_OPTION_ONE_OF,      /* one of the words */
  ANM_OPTION_SOME_OF,     /* several, with commas between them */
  ANM_OPTION_SUGGESTED,   /* the words or something else */
} AnmOptionChoice;

/* What the value of @option is of, on any command. @words, of AnmOptionWord: empty if it depends on a study's runs and there is
 * none. @study: nullable, the file that --study names. */
AnmOptionChoice anm_option_values     (const char *option,
                                       const char *study,
                                       GPtrArray **words);
/* Whether the words are a study's, and not the program's. */
gboolean        anm_option_is_of_runs (const char *option);
/* "sample:icu" and its like. */
GPtrArray      *anm_option_samples    (void);

G_END_DECLS
