/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/exhibits/cell-lens.h"

G_BEGIN_DECLS

typedef enum
{
  ANM_CELL_PLAIN, /* for notes and mails */
  ANM_CELL_LATEX, /* for a document that uses amsmath and UTF-8 */
} AnmCellLanguage;

/**
 * anm_cell_text_new:
 * @weights: (nullable): whose, in words
 *
 * All equations of a step, forwards and backwards, with their numbers in full precision: each reads back as the very
 * number. The patient's id isn't in it.
 *
 * Returns: (transfer full): text with line breaks
 */
char *anm_cell_text_new (const AnmCellLens *lens,
                         AnmCellLanguage language,
                         const char *weights);

G_END_DECLS
