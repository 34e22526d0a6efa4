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
/* Up to so many rows A is read where it lies. More are packed, so much of them at a time as the second cache holds. */
#define MAX_UNPACKED 256
#define MAX_PACKED ((gsize) 1 << 18)
/* Panels of weights beyond the second cache are fetched while the one before is multiplied. */
#define MANY_WEIGHTS ((gsize) 1 << 18)
#define CACHE_LINE (64 / sizeof (anm_real))

typedef struct
{
  gsize column;
  gsize vectors;
  gsize width;   /* of the panel */
  gsize n;       /* columns that there are */
} Panel;

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
  guint vectors = (guint) count_vectors (n);
  guint more = vectors % (guint) n_panels;
  Panel panel = { .vectors = vectors / (guint) n_panels };

  panel.column = (panel.vectors * index + MIN (index, more)) * ANM_LANES;
  panel.vectors += index < more;
  panel.width = panel.vectors * ANM_LANES;
  panel.n = MIN (panel.width, n - panel.column);
  return panel;
}

static inline guint
count_tiles (gsize m, gsize vectors)
{
  switch (vectors)
    {
#if MAX_VECTORS > 2
    case 4:
      return ((guint) m + ROWS_OF_4 - 1) / ROWS_OF_4;
    case 3:
      return ((guint) m + ROWS_OF_3 - 1) / ROWS_OF_3;
#endif
    case 2:
      return ((guint) m + ROWS_OF_2 - 1) / ROWS_OF_2;
    default:
      return ((guint) m + ROWS_OF_1 - 1) / ROWS_OF_1;
    }
}

/* Tiles one after the other. */
typedef struct
{
  guint row;
  guint rows;
  guint fewer; /* rows of the smaller ones */
  guint more;  /* how many have one more */
} Tile;

static inline Tile
begin_tiles (gsize m, guint n_tiles)
{
  Tile tile = { .fewer = (guint) m / n_tiles, .more = (guint) m % n_tiles };

  tile.rows = tile.fewer + (tile.more > 0);
  return tile;
}

static inline Tile
next_tile (Tile tile)
{
  tile.row += tile.rows;
  tile.more -= tile.more > 0;
  tile.rows = tile.fewer + (tile.more > 0);
  return tile;
}

static gsize
panels_size (gsize n, gsize k)
{
  return count_vectors (n) * ANM_LANES * k;
}

/*
 * One tile: element (r, i) of A at a[r * a_stride + i * a_step], row i of the
 * panel at panel + i * panel_step. @rows and @vectors are constants wherever
 * this is inlined. What lies at @ahead will be needed soon.
 */
ANM_ALWAYS_INLINE void
compute_tile (gsize rows, gsize vectors, gsize k, const anm_real *a, gsize a_stride, gsize a_step, const anm_real *panel, gsize panel_step,
              const anm_real *ahead, gsize ahead_step, gboolean accumulate, anm_real *c, gsize c_stride, gsize n)
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

      __builtin_prefetch (ahead + i * ahead_step, 0, 2);
#pragma GCC unroll 4
      for (gsize v = 0; v < vectors; v++)
        b[v] = _anm_load_whole (panel + i * panel_step + v * ANM_LANES);
#pragma GCC unroll 8
      for (gsize r = 0; r < rows; r++)
        {
          AnmVector of_row = _anm_spread (a[r * a_stride + i * a_step]);

#pragma GCC unroll 4
          for (gsize v = 0; v < vectors; v++)
            sums[r][v] = _anm_multiply_add (b[v], of_row, sums[r][v]);
        }
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
  gsize           panel_step; /* of A as it lies the panel's width */
  const anm_real *ahead;
  gsize           ahead_step;
  gboolean        accumulate;
  anm_real       *c;
  gsize           c_stride;
  gsize           n;
} TileTask;

/* A as it lies: [rows][stride]. */
#define TILE_OF_ROWS(rows, vectors)                                                                                    \
  ANM_UNCHECKED static void rows_##rows##_by_##vectors (const TileTask *t)                                             \
  {                                                                                                                    \
    compute_tile (rows, vectors, t->k, t->a, t->stride, 1, t->panel, vectors * ANM_LANES, t->ahead, t->ahead_step, t->accumulate, t->c, t->c_stride, t->n);          \
  }
/* A transposed as it lies, [k][stride], or packed, [k][rows]. */
#define TILE_OF_COLUMNS(rows, vectors)                                                                                 \
  ANM_UNCHECKED static void columns_##rows##_by_##vectors (const TileTask *t)                                          \
  {                                                                                                                    \
    compute_tile (rows, vectors, t->k, t->a, 1, t->stride, t->panel, t->panel_step, t->ahead, t->ahead_step, t->accumulate, t->c, t->c_stride, t->n);          \
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

/* From the last panel to the first if @from_end, where there are so many that it matters. */
static void
multiply (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride, const anm_real *panels,
          gboolean from_end, gboolean accumulate, anm_real *c, gsize c_stride)
{
  gsize n_panels = count_panels (n);
  gboolean fetches = panels_size (n, k) > MANY_WEIGHTS;

  for (gsize p = 0; p < n_panels && m > 0; p++)
    {
      gboolean is_last = p + 1 == n_panels;
      gsize index = fetches && from_end ? n_panels - 1 - p : p;
      Panel panel = get_panel (n, n_panels, index);
      guint n_tiles = count_tiles (m, panel.vectors);
      TileTask task = { .k = k, .stride = a_stride, .panel = panels + panel.column * k, .accumulate = accumulate, .c_stride = c_stride, .n = panel.n };
      Tile tile = begin_tiles (m, n_tiles);

      task.ahead = !fetches || is_last ? a : panels + get_panel (n, n_panels, from_end ? index - 1 : index + 1).column * k;
      task.ahead_step = !fetches || is_last ? 0 : CACHE_LINE;
      for (guint i = 0; i < n_tiles; i++)
        {
          task.a = a + tile.row * a_stride;
          task.c = c + tile.row * c_stride + panel.column;
          tiles_of_rows[panel.vectors - 1][tile.rows - 1] (&task);
          task.ahead += task.ahead_step * k;
          tile = next_tile (tile);
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

/* As much of k as the packed tiles of A are made for at once. */
static gsize
get_packed_depth (gsize m)
{
  return m <= MAX_UNPACKED ? DEPTH : MAX (MAX_PACKED / (m * DEPTH), 1) * DEPTH;
}

/* Enough for any product of at most @m rows: fewer rows may be packed deeper and take more room. */
static gsize
scratch (gsize m)
{
  return DEPTH * MAX_WIDTH + (m <= MAX_UNPACKED ? 0 : MAX (MAX_PACKED, m * DEPTH));
}

/* Columns [0, m) of A [depth][..], tile by tile, each [depth][rows of the tile]. */
static void
pack_tiles (gsize m, guint n_tiles, gsize depth, const anm_real *a, gsize a_stride, anm_real *packed)
{
  Tile tile = begin_tiles (m, n_tiles);

  for (guint t = 0; t < n_tiles; t++)
    {
      const anm_real *from = a + tile.row;
      anm_real *to = packed + tile.row * depth;

      for (gsize i = 0; i < depth; i++)
        for (gsize r = 0; r < tile.rows; r++)
          to[i * tile.rows + r] = from[i * a_stride + r];
      tile = next_tile (tile);
    }
}

/* A block of k as it goes into the cache. A is read where it lies, or, if it is
 * packed, from the tiles of @packed_depth rows, from row @done on. */
typedef struct
{
  const anm_real *a;
  gsize           a_stride;
  const anm_real *b;
  gsize           b_stride;
  gsize           depth;
  const anm_real *packed_tiles;
  gsize           packed_depth;
  gsize           done;
} Block;

static void
add_block (const Block *block, gsize m, gsize n, anm_real *c, gsize c_stride, anm_real *packed_panel)
{
  gboolean packed = block->packed_tiles != NULL;
  gsize n_panels = count_panels (n);

  for (gsize p = 0; p < n_panels; p++)
    {
      Panel panel = get_panel (n, n_panels, p);
      guint n_tiles = count_tiles (m, packed ? MAX_VECTORS : panel.vectors);
      TileTask task = { .k = block->depth, .panel = block->b + panel.column, .panel_step = block->b_stride,
                        .ahead = block->a, .accumulate = TRUE, .c_stride = c_stride, .n = panel.n };
      Tile tile = begin_tiles (m, n_tiles);

      if (packed || panel.column + panel.width > block->b_stride)
        {
          pack_panel (panel.n, panel.width, block->depth, task.panel, block->b_stride, packed_panel);
          task.panel = packed_panel;
          task.panel_step = panel.width;
        }
      for (guint t = 0; t < n_tiles; t++)
        {
          task.a = packed ? block->packed_tiles + tile.row * block->packed_depth + block->done * tile.rows : block->a + tile.row;
          task.stride = packed ? tile.rows : block->a_stride;
          task.c = c + tile.row * c_stride + panel.column;
          tiles_of_columns[panel.vectors - 1][tile.rows - 1] (&task);
          tile = next_tile (tile);
        }
    }
}

static void
multiply_transposed (gsize m, gsize n, gsize k, const anm_real *a, gsize a_stride,
                     const anm_real *b, gsize b_stride, anm_real *c, gsize c_stride, anm_real *room)
{
  anm_real *packed_panel = room;
  anm_real *packed_tiles = m <= MAX_UNPACKED ? NULL : room + DEPTH * MAX_WIDTH;
  gsize packed_depth = get_packed_depth (m);

  for (gsize first = 0; first < k; first += packed_depth)
    {
      gsize end = MIN (first + packed_depth, k);

      if (packed_tiles != NULL)
        pack_tiles (m, count_tiles (m, MAX_VECTORS), end - first, a + first * a_stride, a_stride, packed_tiles);
      for (gsize i = first; i < end; i += DEPTH)
        {
          const Block block = { a + i * a_stride, a_stride, b + i * b_stride, b_stride, MIN (DEPTH, end - i),
                                packed_tiles, end - first, i - first };

          add_block (&block, m, n, c, c_stride, packed_panel);
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
