/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Legend: C [m][n] = A [m][k] B [k][n]. A panel is a few vectors of columns of
 * B; a tile is a few rows of C by one panel; its sums stay in registers while
 * k runs. Panels differ by one vector at most, and tiles by one row, because a
 * narrow or low one waits for its sums.
 *
 * K. Goto, R. van de Geijn (2008): Anatomy of high-performance matrix
 * multiplication. ACM TOMS 34. The weights come packed already, and A has few
 * rows, so only the innermost kernel of theirs is left for the forward
 * products; the products over all steps pack both operands block by block.
 */
#include "engine/products.h"

#include "engine/vector.h"

/* The widest panel, and rows of a tile that go with each width: sums, B and one of A fill the registers. */
#if defined(__AVX512F__)
#define MAX_VECTORS 4
#define ROWS_OF_4 6
#define ROWS_OF_3 8
#define ROWS_OF_2 8
#define ROWS_OF_1 8
#else
#define MAX_VECTORS 2
#define ROWS_OF_2 6
#define ROWS_OF_1 8
#endif
#define MAX_ROWS 8
#define MAX_WIDTH (MAX_VECTORS * ANM_LANES)

/* How much of k the transposed product takes at a time: a panel's block of B stays in the first cache. */
#define DEPTH 128
/* Packing the tiles of A pays if so many panels read them again. */
#define MANY_PANELS 4

typedef struct
{
  gsize column;
  gsize vectors;
  gsize width;   /* of the panel */
  gsize n;       /* columns that there are */
} Panel;

typedef struct
{
  gsize row;
  gsize rows;
} Tile;

static inline gsize
count_vectors (gsize n)
{
  return (n + ANM_LANES - 1) / ANM_LANES;
}

static inline gsize
count_panels (gsize n)
{
  return (count_vectors (n) + MAX_VECTORS - 1) / MAX_VECTORS;
}

static inline Panel
get_panel (gsize n, gsize n_panels, gsize index)
{
  gsize vectors = count_vectors (n);
  gsize more = vectors % n_panels;
  Panel panel = { .vectors = vectors / n_panels };

  panel.column = (panel.vectors * index + MIN (index, more)) * ANM_LANES;
  panel.vectors += index < more;
  panel.width = panel.vectors * ANM_LANES;
  panel.n = MIN (panel.width, n - panel.column);
  return panel;
}

static inline gsize
get_max_rows (gsize vectors)
{
  switch (vectors)
    {
#if MAX_VECTORS > 2
    case 4:
      return ROWS_OF_4;
    case 3:
      return ROWS_OF_3;
#endif
    case 2:
      return ROWS_OF_2;
    default:
      return ROWS_OF_1;
    }
}

static inline gsize
count_tiles (gsize m, gsize vectors)
{
  gsize max_rows = get_max_rows (vectors);

  return (m + max_rows - 1) / max_rows;
}

static inline Tile
get_tile (gsize m, gsize n_tiles, gsize index)
{
  gsize more = m % n_tiles;
  Tile tile = { .rows = m / n_tiles };

  tile.row = tile.rows * index + MIN (index, more);
  tile.rows += index < more;
  return tile;
}

static gsize
panels_size (gsize n, gsize k)
{
  return count_vectors (n) * ANM_LANES * k;
}

static gsize
scratch (gsize m)
{
  return DEPTH * (m + MAX_WIDTH);
}

/*
 * One tile: element (r, i) of A at a[r * a_stride + i * a_step]. @rows and
 * @vectors are constants wherever this is inlined, so are one or both of the
 * others.
 */
ANM_ALWAYS_INLINE void
compute_tile (gsize rows, gsize vectors, gsize k, const anm_real *a, gsize a_stride, gsize a_step, const anm_real *panel,
              gboolean accumulate, anm_real *c, gsize c_stride, gsize n)
{
  AnmVector sums[MAX_ROWS][MAX_VECTORS];
  gsize last = n - (vectors - 1) * ANM_LANES;

#pragma GCC unroll 8
  for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (gsize v = 0; v < vectors; v++)
      sums[r][v] = (AnmVector){ 0 };

  for (gsize i = 0; i < k; i++)
    {
      AnmVector b[MAX_VECTORS];

#pragma GCC unroll 4
      for (gsize v = 0; v < vectors; v++)
        b[v] = _anm_load_whole (panel + (i * vectors + v) * ANM_LANES);
#pragma GCC unroll 8
      for (gsize r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (gsize v = 0; v < vectors; v++)
          sums[r][v] += b[v] * a[r * a_stride + i * a_step];
    }

#pragma GCC unroll 8
  for (gsize r = 0; r < rows; r++)
    {
      anm_real *to = c + r * c_stride;

#pragma GCC unroll 4
      for (gsize v = 0; v < vectors - 1; v++)
        _anm_store_whole (to + v * ANM_LANES, accumulate ? sums[r][v] + _anm_load_whole (to + v * ANM_LANES) : sums[r][v]);
      to += (vectors - 1) * ANM_LANES;
      if (last == ANM_LANES)
        _anm_store_whole (to, accumulate ? sums[r][vectors - 1] + _anm_load_whole (to) : sums[r][vectors - 1]);
      else
        _anm_store_part (to, last, accumulate ? sums[r][vectors - 1] + _anm_load_part (to, last) : sums[r][vectors - 1]);
    }
}

typedef struct
{
  gsize           k;
  const anm_real *a;
  gsize           stride;
  const anm_real *panel;
  gboolean        accumulate;
  anm_real       *c;
  gsize           c_stride;
  gsize           n;
} TileTask;

/* A as it lies: [rows][stride]. */
#define TILE_OF_ROWS(rows, vectors)                                                                                    \
  ANM_UNCHECKED static void rows_##rows##_by_##vectors (const TileTask *t)                                             \
  {                                                                                                                    \
    compute_tile (rows, vectors, t->k, t->a, t->stride, 1, t->panel, t->accumulate, t->c, t->c_stride, t->n);          \
  }
/* A transposed as it lies, [k][stride], or packed, [k][rows]. */
#define TILE_OF_COLUMNS(rows, vectors)                                                                                 \
  ANM_UNCHECKED static void columns_##rows##_by_##vectors (const TileTask *t)                                          \
  {                                                                                                                    \
    compute_tile (rows, vectors, t->k, t->a, 1, t->stride, t->panel, t->accumulate, t->c, t->c_stride, t->n);          \
  }
#define TILES_6(what, vectors) what (1, vectors) what (2, vectors) what (3, vectors) what (4, vectors) what (5, vectors) what (6, vectors)
#define TILES_8(what, vectors) TILES_6 (what, vectors) what (7, vectors) what (8, vectors)
#define NAMES_6(name, vectors)                                                                                         \
  { name##_1_by_##vectors, name##_2_by_##vectors, name##_3_by_##vectors, name##_4_by_##vectors, name##_5_by_##vectors, name##_6_by_##vectors }
#define NAMES_8(name, vectors)                                                                                         \
  { name##_1_by_##vectors, name##_2_by_##vectors, name##_3_by_##vectors, name##_4_by_##vectors, name##_5_by_##vectors, name##_6_by_##vectors, \
    name##_7_by_##vectors, name##_8_by_##vectors }

typedef void (*TileFunc) (const TileTask *task);

TILES_8 (TILE_OF_ROWS, 1)
TILES_8 (TILE_OF_COLUMNS, 1)
#if MAX_VECTORS > 2
TILES_8 (TILE_OF_ROWS, 2)
TILES_8 (TILE_OF_COLUMNS, 2)
TILES_8 (TILE_OF_ROWS, 3)
TILES_8 (TILE_OF_COLUMNS, 3)
TILES_6 (TILE_OF_ROWS, 4)
TILES_6 (TILE_OF_COLUMNS, 4)
#else
TILES_6 (TILE_OF_ROWS, 2)
TILES_6 (TILE_OF_COLUMNS, 2)
#endif

/* [vectors - 1][rows - 1] */
static const TileFunc tiles_of_rows[MAX_VECTORS][MAX_ROWS] = {
  NAMES_8 (rows, 1),
#if MAX_VECTORS > 2
  NAMES_8 (rows, 2),
  NAMES_8 (rows, 3),
  NAMES_6 (rows, 4),
#else
  NAMES_6 (rows, 2),
#endif
};
static const TileFunc tiles_of_columns[MAX_VECTORS][MAX_ROWS] = {
  NAMES_8 (columns, 1),
#if MAX_VECTORS > 2
  NAMES_8 (columns, 2),
  NAMES_8 (columns, 3),
  NAMES_6 (columns, 4),
#else
  NAMES_6 (columns, 2),
#endif
};

static void
multiply (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
          gboolean accumulate, anm_real *c, gsize c_stride)
{
  gsize n_panels = count_panels (n);

  for (gsize p = 0; p < n_panels; p++)
    {
      Panel panel = get_panel (n, n_panels, p);
      gsize n_tiles = count_tiles (m, panel.vectors);
      TileTask task = { .k = k, .stride = a_stride, .panel = panels + panel.column * k, .accumulate = accumulate, .c_stride = c_stride, .n = panel.n };

      for (gsize i = 0; i < n_tiles; i++)
        {
          Tile tile = get_tile (m, n_tiles, i);

          task.a = a + tile.row * a_stride;
          task.c = c + tile.row * c_stride + panel.column;
          tiles_of_rows[panel.vectors - 1][tile.rows - 1] (&task);
        }
    }
}

/* @n columns of B, at most @width, the rest filled up with zeros. */
static void
pack_panel (gsize n, gsize width, gsize k, const anm_real *b, gsize b_stride, anm_real *panel)
{
  for (gsize i = 0; i < k; i++)
    {
      anm_real *to = panel + i * width;
      const anm_real *from = b + i * b_stride;

      for (gsize j = 0; j < width; j += ANM_LANES)
        _anm_store_whole (to + j, _anm_load (from + j, n - j));
    }
}

static void
panels_fill (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  gsize n_panels = count_panels (n);

  for (gsize p = 0; p < n_panels; p++)
    {
      Panel panel = get_panel (n, n_panels, p);

      pack_panel (panel.n, panel.width, k, b + panel.column, b_stride, panels + panel.column * k);
    }
}

static void
panels_fill_transposed (gsize n, gsize k, const anm_real *b, gsize b_stride, anm_real *panels)
{
  gsize n_panels = count_panels (n);

  for (gsize p = 0; p < n_panels; p++)
    {
      Panel panel = get_panel (n, n_panels, p);
      anm_real *to = panels + panel.column * k;
      const anm_real *from = b + panel.column * b_stride;

      if (panel.n < panel.width)
        memset (to, 0, k * panel.width * sizeof *to);
      /* A square at a time, so that both sides stay in the cache. */
      for (gsize first = 0; first < k; first += ANM_LANES)
        for (gsize column = 0; column < panel.n; column++)
          for (gsize i = first; i < MIN (first + ANM_LANES, k); i++)
            to[i * panel.width + column] = from[column * b_stride + i];
    }
}

/* Columns [0, m) of A [depth][..], tile by tile, each [depth][rows of the tile]. */
static void
pack_tiles (gsize m, gsize n_tiles, gsize depth, const anm_real *a, gsize a_stride, anm_real *packed)
{
  for (gsize i = 0; i < depth; i++)
    for (gsize t = 0; t < n_tiles; t++)
      {
        Tile tile = get_tile (m, n_tiles, t);
        anm_real *to = packed + tile.row * depth + i * tile.rows;

        for (gsize r = 0; r < tile.rows; r++)
          to[r] = a[i * a_stride + tile.row + r];
      }
}

static void
multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                     const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *room)
{
  anm_real *packed_panel = room;
  anm_real *packed_tiles = room + DEPTH * MAX_WIDTH;
  gsize n_panels = count_panels (n);

  for (gsize first = 0; first < k; first += DEPTH)
    {
      gsize depth = MIN (DEPTH, k - first);
      gsize n_packed = 0;

      for (gsize p = 0; p < n_panels; p++)
        {
          Panel panel = get_panel (n, n_panels, p);
          gsize n_tiles = count_tiles (m, panel.vectors);
          TileTask task = { .k = depth, .panel = packed_panel, .accumulate = TRUE, .c_stride = c_stride, .n = panel.n };

          pack_panel (panel.n, panel.width, depth, b + first * b_stride + panel.column, b_stride, packed_panel);
          if (n_panels >= MANY_PANELS && n_tiles != n_packed)
            {
              pack_tiles (m, n_tiles, depth, a + first * a_stride, a_stride, packed_tiles);
              n_packed = n_tiles;
            }
          for (gsize t = 0; t < n_tiles; t++)
            {
              Tile tile = get_tile (m, n_tiles, t);

              task.a = n_packed > 0 ? packed_tiles + tile.row * depth : a + first * a_stride + tile.row;
              task.stride = n_packed > 0 ? tile.rows : a_stride;
              task.c = c + tile.row * c_stride + panel.column;
              tiles_of_columns[panel.vectors - 1][tile.rows - 1] (&task);
            }
        }
    }
}

const AnmProducts ANM_FOR_INSTRUCTIONS (_anm_products_) = {
  .panels_size = panels_size,
  .panels_fill = panels_fill,
  .panels_fill_transposed = panels_fill_transposed,
  .multiply = multiply,
  .multiply_transposed = multiply_transposed,
  .scratch = scratch,
};
