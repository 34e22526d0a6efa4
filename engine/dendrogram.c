/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/dendrogram.h"

#include <math.h>
#include <string.h>

#define NONE G_MAXUINT

/* Distances */

/* Columns with their mean taken off, and brought to length 1: [n_units][n_steps]. Those that don't move are 0. */
static double *
standardise (const anm_real *values, gsize n_steps, guint n_units)
{
  double *columns = g_new (double, MAX (n_steps * n_units, 1));

  for (guint j = 0; j < n_units; j++)
    {
      double *column = columns + j * n_steps, mean = 0.0, norm = 0.0, largest = 0.0;

      for (gsize t = 0; t < n_steps; t++)
        {
          column[t] = (double) values[t * n_units + j];
          mean += column[t] / (double) n_steps;
          largest = fmax (largest, fabs (column[t]));
        }
      for (gsize t = 0; t < n_steps; t++)
        {
          column[t] -= mean;
          norm += column[t] * column[t];
        }
      norm = sqrt (norm);
      /* What rounding of the mean leaves is no movement. */
      if (norm <= 1e-12 * largest * sqrt ((double) n_steps))
        memset (column, 0, n_steps * sizeof *column);
      else
        for (gsize t = 0; t < n_steps; t++)
          column[t] /= norm;
    }
  return columns;
}

static gboolean
is_zero (const double *column, gsize n)
{
  for (gsize t = 0; t < n; t++)
    if (column[t] != 0.0)
      return FALSE;
  return TRUE;
}

static double
get_correlation_distance (const double *a, const double *b, gsize n)
{
  double sum = 0.0;

  for (gsize t = 0; t < n; t++)
    sum += a[t] * b[t];
  if (sum == 0.0 && is_zero (a, n) && is_zero (b, n))
    return 0.0;
  /* Rounding must not make a distance negative. */
  return isnan (sum) ? (double) NAN : fmax (1.0 - sum, 0.0);
}

/* @distances [n_units]: from column @a to those after it, side by side: that is how they lie. */
static void
fill_euclidean_distances (const anm_real *values, gsize n_steps, gsize n_units, gsize a, double *distances)
{
  memset (distances + a, 0, (n_units - a) * sizeof *distances);
  for (gsize t = 0; t < n_steps; t++)
    {
      const anm_real *row = values + t * n_units;
      const double of_a = (double) row[a];

      for (gsize b = a + 1; b < n_units; b++)
        {
          double difference = of_a - (double) row[b];

          distances[b] += difference * difference;
        }
    }
  for (gsize b = a + 1; b < n_units; b++)
    distances[b] = sqrt (distances[b]);
}

static void
fill_correlation_distances (const double *columns, gsize n_steps, gsize n_units, gsize a, double *distances)
{
  for (gsize b = a + 1; b < n_units; b++)
    distances[b] = get_correlation_distance (columns + a * n_steps, columns + b * n_steps, n_steps);
}

static double *
measure (const anm_real *values, gsize n_steps, guint n, AnmDistance distance)
{
  double *distances = g_new0 (double, (gsize) n * n), largest = 0.0;
  g_autofree double *columns = distance == ANM_DISTANCE_CORRELATION ? standardise (values, n_steps, n) : NULL;

  for (gsize a = 0; a < n; a++)
    {
      double *row = distances + a * n;

      if (columns != NULL)
        fill_correlation_distances (columns, n_steps, n, a, row);
      else
        fill_euclidean_distances (values, n_steps, n, a, row);
      for (gsize b = a + 1; b < n; b++)
        {
          distances[b * n + a] = row[b];
          if (isfinite (row[b]))
            largest = fmax (largest, row[b]);
        }
    }
  for (gsize i = 0; i < (gsize) n * n; i++)
    if (!isfinite (distances[i]))
      distances[i] = 2.0 * largest + 1.0;
  return distances;
}

/* Joining: clusters are known by one of their units, and stand in its row and column of @linkage. */

typedef struct
{
  guint  a;
  guint  b;
  guint  number; /* in the order in which they were found */
  double height;
} Join;

/* The cluster next to @cluster; @preferred wins a tie, so that chains end. */
static guint
find_nearest (const double *linkage, const guint *sizes, guint n, guint cluster, guint preferred)
{
  const double *row = linkage + (gsize) cluster * n;
  guint nearest = preferred;

  for (guint c = 0; c < n; c++)
    if (c != cluster && sizes[c] > 0 && (nearest == NONE || row[c] < row[nearest]))
      nearest = c;
  return nearest;
}

static void
join (double *linkage, guint *sizes, gsize n, guint a, guint b)
{
  double share = (double) sizes[a] / (double) (sizes[a] + sizes[b]);

  for (gsize c = 0; c < n; c++)
    linkage[a * n + c] = linkage[c * n + a] = share * linkage[a * n + c] + (1.0 - share) * linkage[b * n + c];
  sizes[a] += sizes[b];
  sizes[b] = 0;
}

static int
compare_joins (const void *a, const void *b)
{
  const Join *first = a, *second = b;

  if (first->height != second->height)
    return first->height < second->height ? -1 : 1;
  return (first->number > second->number) - (first->number < second->number);
}

/* Follows nearest neighbours until two are each other's nearest, joins these, goes on. */
static Join *
find_joins (const double *distances, guint n)
{
  Join *joins = g_new (Join, MAX (n, 2) - 1);
  g_autofree double *linkage = g_memdup2 (distances, (gsize) n * n * sizeof *distances);
  g_autofree guint *sizes = g_new (guint, n);
  g_autofree guint *chain = g_new (guint, n);
  guint length = 0;

  for (guint i = 0; i < n; i++)
    sizes[i] = 1;
  for (guint k = 0; k + 1 < n;)
    {
      guint top, below, nearest;

      for (guint root = 0; length == 0; root++)
        if (sizes[root] > 0)
          chain[length++] = root;
      top = chain[length - 1];
      below = length > 1 ? chain[length - 2] : NONE;
      nearest = find_nearest (linkage, sizes, n, top, below);
      if (nearest != below)
        {
          chain[length++] = nearest;
          continue;
        }
      joins[k] = (Join){ MIN (top, below), MAX (top, below), k, linkage[(gsize) top * n + below] };
      join (linkage, sizes, n, joins[k].a, joins[k].b);
      length -= 2;
      k++;
    }
  qsort (joins, MAX (n, 1) - 1, sizeof *joins, compare_joins);
  return joins;
}

/* Order of the leaves: each cluster's hang in a list from first to last by next. */

typedef struct
{
  const double *distances;
  gsize         n;
  guint        *first;
  guint        *last;
  guint        *next; /* NONE at a cluster's end */
} Leaves;

static void
reverse (Leaves *self, guint cluster)
{
  guint previous = NONE, leaf = self->first[cluster];

  self->last[cluster] = leaf;
  while (leaf != NONE)
    {
      guint following = self->next[leaf];

      self->next[leaf] = previous;
      previous = leaf;
      leaf = following;
    }
  self->first[cluster] = previous;
}

/* Puts @b behind @a, both turned so that the nearest of their ends meet. */
static void
hang (Leaves *self, guint a, guint b)
{
  const double *d = self->distances;
  double ends[4] = {
    d[self->last[a] * self->n + self->first[b]],
    d[self->last[a] * self->n + self->last[b]],
    d[self->first[a] * self->n + self->first[b]],
    d[self->first[a] * self->n + self->last[b]],
  };
  guint nearest = 0;

  for (guint k = 1; k < 4; k++)
    if (ends[k] < ends[nearest])
      nearest = k;
  if (nearest >= 2)
    reverse (self, a);
  if (nearest % 2 == 1)
    reverse (self, b);
  self->next[self->last[a]] = self->first[b];
  self->last[a] = self->last[b];
}

static void
number_merges (AnmDendrogram *self, const Join *joins, const double *distances)
{
  guint n = self->n;
  Leaves leaves = { distances, n, g_new (guint, n), g_new (guint, n), g_new (guint, n) };
  g_autofree guint *label = g_new (guint, n);    /* of the cluster that a unit stands for */
  g_autofree guint *place = g_new (guint, 2 * n); /* in the order, of a cluster's left end */

  for (guint i = 0; i < n; i++)
    {
      leaves.first[i] = leaves.last[i] = label[i] = i;
      leaves.next[i] = NONE;
    }
  for (guint k = 0; k + 1 < n; k++)
    {
      guint a = joins[k].a, b = joins[k].b;
      guint size_a = label[a] < n ? 1 : self->merges[label[a] - n].size, size_b = label[b] < n ? 1 : self->merges[label[b] - n].size;

      self->merges[k] = (AnmMerge){ label[a], label[b], size_a + size_b, joins[k].height };
      hang (&leaves, a, b);
      label[a] = n + k;
    }
  for (guint leaf = leaves.first[0], i = 0; leaf != NONE; leaf = leaves.next[leaf], i++)
    {
      self->order[i] = leaf;
      place[leaf] = i;
    }
  for (guint k = 0; k + 1 < n; k++)
    {
      AnmMerge *merge = &self->merges[k];

      if (place[merge->first] > place[merge->second])
        {
          guint first = merge->second;

          merge->second = merge->first;
          merge->first = first;
        }
      place[n + k] = place[merge->first];
    }
  g_free (leaves.first);
  g_free (leaves.last);
  g_free (leaves.next);
}

AnmDendrogram *
anm_dendrogram_new (const anm_real *values, gsize n_steps, guint n_units, AnmDistance distance)
{
  AnmDendrogram *self = g_new0 (AnmDendrogram, 1);
  g_autofree double *distances = NULL;
  g_autofree Join *joins = NULL;

  self->n = n_units;
  self->merges = g_new0 (AnmMerge, MAX (n_units, 2) - 1);
  self->order = g_new0 (guint, MAX (n_units, 1));
  if (n_units == 0)
    return self;
  distances = measure (values, n_steps, n_units, distance);
  joins = find_joins (distances, n_units);
  number_merges (self, joins, distances);
  return self;
}

void
anm_dendrogram_free (AnmDendrogram *self)
{
  g_free (self->merges);
  g_free (self->order);
  g_free (self);
}
