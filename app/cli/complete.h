/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the shells ask for. @words: what stands behind the program's name, the last being the word that is to be completed and
 * may be empty. Prints a candidate a line, behind a tab what it is; or, where files are wanted, a line ":files" with their
 * ending if there is one that is wanted, or ":folders".
 */
void anm_complete (char **words);

G_END_DECLS
