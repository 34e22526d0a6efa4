/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Legend: C [m][n] = A [m][k] B [k][n]. A tile is up to ROWS rows of C by one
 * panel of columns; its sums stay in registers while k runs.
 *
 * K. Goto, R. van de Geijn (2008): Anatomy of high-performance matrix
 * multiplication. ACM TOMS 34. The weights come packed already, and A has few
 * rows, so only the innermost kernel of theirs is left for the forward
 * products; the products over all steps pack both operands block by block.
 */
#include "engine/products.h"

#include "engine/vector.h"

/* Rows of a tile: ROWS x 2 vectors of sums, 2 of B and 1 of A fill 16 registers. */
#define ROWS 6
#define HALVES (ANM_PANEL / ANM_LANES)
/* How much of k the transposed product takes at a time: a panel's block of B stays in the first cache. */
#define DEPTH 256

gboolean
_anm_products_are_fast (void)
{
#if defined(ANM_REAL_IS_DOUBLE)
  return FALSE;
#elif defined(ANM_CHOOSES_INSTRUCTIONS)
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
#elif defined(__ARM_NEON) || (defined(__AVX2__) && defined(__FMA__))
  return TRUE;
#else
  return FALSE;
#endif
}

gsize
_anm_products_scratch (gsize m)
{
  return DEPTH * ((m + ROWS - 1) / ROWS * ROWS + ANM_PANEL);
}

/*
 * One tile: rows of @a are @a_stride apart, consecutive k @a_step; the panel's
 * rows are ANM_PANEL apart. @rows is a constant wherever this is inlined.
 */
ANM_ALWAYS_INLINE void
compute_tile (gsize rows, gsize k, const anm_real *a, gsize a_stride, gsize a_step, const anm_real *panel,
              gboolean accumulate, anm_real *c, gsize c_stride, gsize n)
{
  AnmVector sums[ROWS][HALVES];

#pragma GCC unroll 6
  for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (gsize h = 0; h < HALVES; h++)
      sums[r][h] = (AnmVector){ 0 };

  for (gsize i = 0; i < k; i++)
    {
      AnmVector b[HALVES];

#pragma GCC unroll 4
      for (gsize h = 0; h < HALVES; h++)
        b[h] = _anm_load (panel + i * ANM_PANEL + h * ANM_LANES, ANM_LANES);
#pragma GCC unroll 6
      for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (gsize h = 0; h < HALVES; h++)
          sums[r][h] += b[h] * a[r * a_stride + i * a_step];
    }

#pragma GCC unroll 6
  for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (gsize h = 0; h < HALVES; h++)
      if (n > h * ANM_LANES)
        {
          anm_real *to = c + r * c_stride + h * ANM_LANES;
          gsize left = n - h * ANM_LANES;

          _anm_store (to, left, accumulate ? sums[r][h] + _anm_load (to, left) : sums[r][h]);
        }
}

ANM_ALWAYS_INLINE void
compute_tile_of (gsize rows, gsize k, const anm_real *a, gsize a_stride, gsize a_step, const anm_real *panel,
                 gboolean accumulate, anm_real *c, gsize c_stride, gsize n)
{
  switch (rows)
    {
    case 6:
      compute_tile (6, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    case 5:
      compute_tile (5, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    case 4:
      compute_tile (4, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    case 3:
      compute_tile (3, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    case 2:
      compute_tile (2, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    default:
      compute_tile (1, k, a, a_stride, a_step, panel, accumulate, c, c_stride, n);
      break;
    }
}

/* Where tile @index of @n_tiles over @m rows begins: tiles differ by one row at most, because
 * small ones wait for their sums. */
static inline gsize
get_tile_start (gsize m, gsize n_tiles, gsize index)
{
  return m / n_tiles * index + MIN (index, m % n_tiles);
}

ANM_VECTORISED void
_anm_products_multiply (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                        gboolean accumulate, anm_real *c, gsize c_stride)
{
  gsize n_tiles = (m + ROWS - 1) / ROWS;

  for (gsize j = 0; j < n; j += ANM_PANEL)
    for (gsize tile = 0; tile < n_tiles; tile++)
      {
        gsize row = get_tile_start (m, n_tiles, tile);

        compute_tile_of (get_tile_start (m, n_tiles, tile + 1) - row, k, a + row * a_stride, a_stride, 1,
                         panels + j * k, accumulate, c + row * c_stride + j, c_stride, n - j);
      }
}

/* Columns [0, m) of A [depth][..] as tiles [depth][ROWS], behind one another. */
static void
pack_columns (gsize m, gsize depth, const anm_real *a, gsize a_stride, anm_real *packed)
{
  for (gsize i = 0; i < depth; i++)
    {
      const anm_real *row = a + i * a_stride;
      gsize column = 0;

      for (; column + ROWS <= m; column += ROWS)
        memcpy (packed + column * depth + i * ROWS, row + column, ROWS * sizeof *row);
      for (gsize r = 0; column + r < m; r++)
        packed[column * depth + i * ROWS + r] = row[column + r];
    }
}

static void
pack_panel (gsize n, gsize depth, const anm_real *b, gsize b_stride, anm_real *panel)
{
  if (n >= ANM_PANEL)
    for (gsize i = 0; i < depth; i++)
      memcpy (panel + i * ANM_PANEL, b + i * b_stride, ANM_PANEL * sizeof *b);
  else
    for (gsize i = 0; i < depth; i++)
      {
        memset (panel + i * ANM_PANEL, 0, ANM_PANEL * sizeof *b);
        memcpy (panel + i * ANM_PANEL, b + i * b_stride, n * sizeof *b);
      }
}

ANM_VECTORISED void
_anm_products_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                                   const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *scratch)
{
  anm_real *panel = scratch;
  anm_real *columns = scratch + DEPTH * ANM_PANEL;

  for (gsize i = 0; i < k; i += DEPTH)
    {
      gsize depth = MIN (DEPTH, k - i);

      pack_columns (m, depth, a + i * a_stride, a_stride, columns);
      for (gsize j = 0; j < n; j += ANM_PANEL)
        {
          pack_panel (n - j, depth, b + i * b_stride + j, b_stride, panel);
          for (gsize row = 0; row < m; row += ROWS)
            compute_tile_of (MIN (ROWS, m - row), depth, columns + row * depth, 1, ROWS, panel,
                             TRUE, c + row * c_stride + j, c_stride, n - j);
        }
    }
}
