/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/cohort.h"

G_BEGIN_DECLS

/*
 * Data words: names, units, titles, categories and classes are kept in English with the data, so that a network
 * fitted in one language fits in another. Whoever shows one takes it from here.
 */

/* In the user's language if the word is known, else as it is. */
const char  *anm_data_word         (const char *word);
/* The same for a NULL-terminated list: newly allocated, its words borrowed. */
const char **anm_data_words        (char **words);
const char  *anm_field_get_label   (const AnmField *field);
/* The label where it is short, else the name: for rows and axes. */
const char  *anm_field_get_short_label (const AnmField *field);
/* "" if unknown. */
const char  *anm_field_get_unit    (const AnmField *field);
/* @value of a categorical field, or the number with no unit. Newly allocated. */
char        *anm_field_format_value (const AnmField *field,
                                     double value);

G_END_DECLS
