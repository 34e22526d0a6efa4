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
#define MANY_PANELS 4

gboolean
_anm_products_are_fast (void)
{
#if defined(ANM_CHOOSES_INSTRUCTIONS)
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
  return DEPTH * (m + ANM_PANEL);
}

ANM_ALWAYS_INLINE AnmVector
get (const anm_real *p)
{
  AnmVector v;

  memcpy (&v, p, sizeof v);
  return v;
}

ANM_ALWAYS_INLINE void
put (anm_real *p, AnmVector v, gboolean accumulate)
{
  if (accumulate)
    v += get (p);
  memcpy (p, &v, sizeof v);
}

/* The first @n columns of a tile at the right edge. */
static void
put_part (gsize rows, gsize n, const anm_real *block, gboolean accumulate, anm_real *c, gsize c_stride)
{
  for (gsize r = 0; r < rows; r++)
    for (gsize j = 0; j < n; j++)
      c[r * c_stride + j] = block[r * ANM_PANEL + j] + (accumulate ? c[r * c_stride + j] : 0);
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
#pragma GCC unroll 2
    for (gsize h = 0; h < HALVES; h++)
      sums[r][h] = (AnmVector){ 0 };

  for (gsize i = 0; i < k; i++)
    {
      AnmVector b[HALVES];

#pragma GCC unroll 2
      for (gsize h = 0; h < HALVES; h++)
        b[h] = get (panel + i * ANM_PANEL + h * ANM_LANES);
#pragma GCC unroll 6
      for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (gsize h = 0; h < HALVES; h++)
          sums[r][h] += b[h] * a[r * a_stride + i * a_step];
    }

  if (n >= ANM_PANEL)
    {
#pragma GCC unroll 6
      for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (gsize h = 0; h < HALVES; h++)
          put (c + r * c_stride + h * ANM_LANES, sums[r][h], accumulate);
    }
  else
    {
      anm_real block[ROWS * ANM_PANEL];

#pragma GCC unroll 6
      for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (gsize h = 0; h < HALVES; h++)
          put (block + r * ANM_PANEL + h * ANM_LANES, sums[r][h], FALSE);
      put_part (rows, n, block, accumulate, c, c_stride);
    }
}

/* Tiles differ by one row at most, because small ones wait for their sums. */
static inline gsize
count_tiles (gsize m)
{
  return (m + ROWS - 1) / ROWS;
}

static inline gsize
get_tile_start (gsize m, gsize n_tiles, gsize tile)
{
  return m / n_tiles * tile + MIN (tile, m % n_tiles);
}

/* Where the tiles of A are: row r of a tile and step i of k at r * stride + i * step. */
typedef struct
{
  const anm_real *values;
  gsize           offset; /* from row to row of C */
  gsize           stride;
  gsize           step;   /* 0: as many as the tile has rows */
} TiledMatrix;

/* One panel of C. */
ANM_VECTORISED static void
compute_panel (gsize m, gsize k, const TiledMatrix *a, const anm_real *panel,
               gboolean accumulate, anm_real *c, gsize c_stride, gsize n)
{
  gsize n_tiles = count_tiles (m);

  for (gsize tile = 0; tile < n_tiles; tile++)
    {
      gsize row = get_tile_start (m, n_tiles, tile);
      gsize rows = get_tile_start (m, n_tiles, tile + 1) - row;
      gsize stride = a->stride, step = a->step == 0 ? rows : a->step;
      const anm_real *a_tile = a->values + row * a->offset;
      anm_real *c_tile = c + row * c_stride;

      switch (rows)
        {
        case 6:
          compute_tile (6, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        case 5:
          compute_tile (5, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        case 4:
          compute_tile (4, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        case 3:
          compute_tile (3, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        case 2:
          compute_tile (2, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        default:
          compute_tile (1, k, a_tile, stride, step, panel, accumulate, c_tile, c_stride, n);
          break;
        }
    }
}

void
_anm_products_multiply (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
                        gboolean accumulate, anm_real *c, gsize c_stride)
{
  const TiledMatrix rows = { a, a_stride, a_stride, 1 };

  for (gsize j = 0; j < n; j += ANM_PANEL)
    compute_panel (m, k, &rows, panels + j * k, accumulate, c + j, c_stride, n - j);
}

/* Columns [0, m) of A [depth][..], tile by tile, each [depth][rows of the tile]. */
static void
pack_tiles (gsize m, gsize depth, const anm_real *a, gsize a_stride, anm_real *packed)
{
  gsize n_tiles = count_tiles (m);

  for (gsize i = 0; i < depth; i++)
    for (gsize tile = 0; tile < n_tiles; tile++)
      {
        gsize row = get_tile_start (m, n_tiles, tile);
        gsize rows = get_tile_start (m, n_tiles, tile + 1) - row;
        anm_real *to = packed + row * depth + i * rows;

        if (rows == ROWS)
          memcpy (to, a + i * a_stride + row, ROWS * sizeof *to);
        else
          for (gsize r = 0; r < rows; r++)
            to[r] = a[i * a_stride + row + r];
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

void
_anm_products_multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                                   const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *scratch)
{
  anm_real *panel = scratch;
  anm_real *tiles = scratch + DEPTH * ANM_PANEL;

  for (gsize i = 0; i < k; i += DEPTH)
    {
      gsize depth = MIN (DEPTH, k - i);
      TiledMatrix columns = { a + i * a_stride, 1, 1, a_stride };

      /* Worth it if many panels read the tiles again. */
      if (n > MANY_PANELS * ANM_PANEL)
        {
          pack_tiles (m, depth, a + i * a_stride, a_stride, tiles);
          columns = (TiledMatrix){ tiles, depth, 1, 0 };
        }
      for (gsize j = 0; j < n; j += ANM_PANEL)
        {
          pack_panel (n - j, depth, b + i * b_stride + j, b_stride, panel);
          compute_panel (m, depth, &columns, panel, TRUE, c + j, c_stride, n - j);
        }
    }
}
