/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/unit-order.h"

#include <math.h>

#define NONE G_MAXUINT

/*
 * A cluster is known by one of its units, its representative. Its leaves hang in a list from first to last by
 * next; sizes of what isn't a representative any more are 0.
 */
typedef struct
{
  guint  n;
  float *between;  /* [n][n], of units */
  float *linkage;  /* [n][n], of clusters, in the rows and columns of their representatives */
  guint *first;
  guint *last;
  guint *next;     /* [n], NONE at a cluster's end */
  guint *size;
} Tree;

static float
get_distance (const float *values,
              guint n_steps,
              guint n_units,
              guint a,
              guint b)
{
  double sum = 0;

  for (guint t = 0; t < n_steps; t++)
    {
      const double difference = (double) values[(gsize) t * n_units + a] - (double) values[(gsize) t * n_units + b];
      sum += difference * difference;
    }

  /* What isn't finite is far from everything. */
  return isfinite (sum) ? (float) sqrt (sum) : G_MAXFLOAT / 4;
}

static void
tree_init (Tree *tree,
           const float *values,
           guint n_steps,
           guint n_units)
{
  const gsize n = n_units;

  tree->n = n_units;
  tree->between = g_new (float, n * n);
  for (guint a = 0; a < n_units; a++)
    for (guint b = a; b < n_units; b++)
      tree->between[a * n + b] = tree->between[b * n + a] = get_distance (values, n_steps, n_units, a, b);
  tree->linkage = g_memdup2 (tree->between, n * n * sizeof (float));
  tree->first = g_new (guint, n);
  tree->last = g_new (guint, n);
  tree->next = g_new (guint, n);
  tree->size = g_new (guint, n);
  for (guint a = 0; a < n_units; a++)
    {
      tree->first[a] = tree->last[a] = a;
      tree->next[a] = NONE;
      tree->size[a] = 1;
    }
}

static void
tree_clear (Tree *tree)
{
  g_free (tree->between);
  g_free (tree->linkage);
  g_free (tree->first);
  g_free (tree->last);
  g_free (tree->next);
  g_free (tree->size);
}

static void
reverse (Tree *tree,
         guint cluster)
{
  guint previous = NONE;
  guint leaf = tree->first[cluster];

  tree->last[cluster] = leaf;
  while (leaf != NONE)
    {
      const guint following = tree->next[leaf];

      tree->next[leaf] = previous;
      previous = leaf;
      leaf = following;
    }
  tree->first[cluster] = previous;
}

static float
between (const Tree *tree,
         guint a,
         guint b)
{
  return tree->between[(gsize) a * tree->n + b];
}

/* Turns @a and @b so that @a's end and @b's beginning are the nearest of their four ends. */
static void
turn_ends (Tree *tree,
           guint a,
           guint b)
{
  const float last_first = between (tree, tree->last[a], tree->first[b]);
  const float last_last = between (tree, tree->last[a], tree->last[b]);
  const float first_first = between (tree, tree->first[a], tree->first[b]);
  const float first_last = between (tree, tree->first[a], tree->last[b]);
  const float nearest = MIN (MIN (last_first, last_last), MIN (first_first, first_last));

  if (last_first <= nearest)
    return;
  if (last_last <= nearest)
    reverse (tree, b);
  else if (first_first <= nearest)
    reverse (tree, a);
  else
    {
      reverse (tree, a);
      reverse (tree, b);
    }
}

/* @b joins @a. */
static void
merge (Tree *tree,
       guint a,
       guint b)
{
  const gsize n = tree->n;
  const float share = (float) tree->size[a] / (float) (tree->size[a] + tree->size[b]);

  turn_ends (tree, a, b);
  tree->next[tree->last[a]] = tree->first[b];
  tree->last[a] = tree->last[b];

  for (guint c = 0; c < tree->n; c++)
    {
      const float linkage = share * tree->linkage[a * n + c] + (1 - share) * tree->linkage[b * n + c];
      tree->linkage[a * n + c] = tree->linkage[c * n + a] = linkage;
    }
  tree->size[a] += tree->size[b];
  tree->size[b] = 0;
}

/* The cluster next to @cluster; @preferred wins a tie, so that chains end. */
static guint
find_nearest (const Tree *tree,
              guint cluster,
              guint preferred)
{
  const float *linkage = tree->linkage + (gsize) cluster * tree->n;
  guint nearest = preferred;

  for (guint c = 0; c < tree->n; c++)
    if (c != cluster && tree->size[c] > 0 && (nearest == NONE || linkage[c] < linkage[nearest]))
      nearest = c;

  return nearest;
}

/* Follows nearest neighbours until two are each other's nearest, joins these, goes on. */
static guint
join_all (Tree *tree)
{
  g_autofree guint *chain = g_new (guint, tree->n);
  guint length = 0;
  guint root = 0;

  for (guint n_clusters = tree->n; n_clusters > 1;)
    {
      if (length == 0)
        {
          for (root = 0; tree->size[root] == 0;)
            root++;
          chain[length++] = root;
        }

      const guint top = chain[length - 1];
      const guint below = length > 1 ? chain[length - 2] : NONE;
      const guint nearest = find_nearest (tree, top, below);

      if (nearest != below)
        {
          chain[length++] = nearest;
          continue;
        }

      merge (tree, MIN (top, below), MAX (top, below));
      length -= 2;
      n_clusters--;
    }

  for (root = 0; tree->size[root] == 0;)
    root++;
  return root;
}

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

guint *
anm_unit_order_new (const float *values,
                    guint n_steps,
                    guint n_units)
{
  guint *order = g_new (guint, MAX (n_units, 1));
  const guint half = n_units / 2;
  Tree tree;
  guint k = 0;

  if (n_units == 0)
    return order;

  tree_init (&tree, values, n_steps, n_units);
  for (guint leaf = tree.first[join_all (&tree)]; leaf != NONE; leaf = tree.next[leaf])
    order[k++] = leaf;
  g_assert (k == n_units);
  tree_clear (&tree);

  if (get_mean (values, n_steps, n_units, order, half) <
      get_mean (values, n_steps, n_units, order + (n_units - half), half))
    for (guint i = 0; i < half; i++)
      {
        const guint kept = order[i];

        order[i] = order[n_units - 1 - i];
        order[n_units - 1 - i] = kept;
      }

  return order;
}
