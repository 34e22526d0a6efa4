/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/unit-order.h"

static double
get_mean (const float *values,
          guint n_steps,
          guint n_units,
          const guint *units,
          guint n)
{
  double sum = 0;

  for (guint t = 0; t < n_steps; t++)
    for (guint k = 0; k < n; k++)
      sum += (double) values[(gsize) t * n_units + units[k]];

  return sum / MAX (n, 1);
}

AnmDendrogram *
anm_unit_tree_new (const float *values,
                   guint n_steps,
                   guint n_units)
{
  AnmDendrogram *tree = anm_dendrogram_new (values, n_steps, n_units, ANM_DISTANCE_EUCLIDEAN);
  const guint half = n_units / 2;
  guint *order = tree->order;

  if (get_mean (values, n_steps, n_units, order, half) <
      get_mean (values, n_steps, n_units, order + (n_units - half), half))
    for (guint i = 0; i < half; i++)
      {
        const guint kept = order[i];

        order[i] = order[n_units - 1 - i];
        order[n_units - 1 - i] = kept;
      }

  return tree;
}

guint *
anm_unit_order_new (const float *values,
                    guint n_steps,
                    guint n_units)
{
  g_autoptr (AnmDendrogram) tree = anm_unit_tree_new (values, n_steps, n_units);

  return g_memdup2 (tree->order, MAX (n_units, 1) * sizeof *tree->order);
}
