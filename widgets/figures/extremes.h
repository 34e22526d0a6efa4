/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnmExtremes:
 *
 * The least and the greatest number of any stretch of a long array in
 * logarithmic time, so that a line of a million points costs what its width in
 * pixels costs. Built once, borrows the array. NaN is passed over, infinities count.
 */
typedef struct _AnmExtremes AnmExtremes;

/* Over @values, which must live as long. */
AnmExtremes *anm_extremes_new   (const double *values,
                                 gsize n_values);
/* Frees it, not the values. */
void         anm_extremes_free  (AnmExtremes *self);
/* Over values[begin .. end - 1]; FALSE if there is no number among them. */
gboolean     anm_extremes_query (const AnmExtremes *self,
                                 gsize begin,
                                 gsize end,
                                 double *least,
                                 double *greatest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnmExtremes, anm_extremes_free)

G_END_DECLS
