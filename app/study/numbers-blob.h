/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Arrays of numbers as blobs of a study: IEEE 754, little endian, nothing else,
 * so that a study can be carried to any machine and read by any program.
 */

GBytes  *anm_numbers_blob_from_doubles (const double *numbers,
                                        gsize n_numbers);
GBytes  *anm_numbers_blob_from_floats  (const float *numbers,
                                        gsize n_numbers);
/* The caller's own array, or %NULL (and @n_numbers 0) for a blob of another size of number. */
double  *anm_numbers_blob_to_doubles   (GBytes *blob,
                                        gsize *n_numbers);
float   *anm_numbers_blob_to_floats    (GBytes *blob,
                                        gsize *n_numbers);

G_END_DECLS
