/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/figures/theme.h"

#include <math.h>

/* The palette: one row a role. Text twins reach a contrast of 4.5 to 1 on the view; a hue that
 * reaches it already is its own twin. Run hues are those of Okabe and Ito (2008), told apart
 * by people who see fewer colours. */
typedef struct
{
  guint32 light, dark;
  double  light_alpha, dark_alpha;
  guint32 light_text;
} PaletteEntry;

static const PaletteEntry palette[ANM_N_COLOURS] = {
  [ANM_COLOUR_INK] = { 0x2b2a30, 0xf2f2f3, 1, 1, 0x2b2a30 },
  [ANM_COLOUR_MUTED] = { 0x6a6872, 0xb3b1b8, 1, 1, 0x6a6872 },
  [ANM_COLOUR_FAINT] = { 0xa09ea6, 0x77767b, 1, 1, 0x6a6872 },
  [ANM_COLOUR_VIEW] = { 0xffffff, 0x1e1e1e, 1, 1, 0xffffff },
  [ANM_COLOUR_WINDOW] = { 0xfafafa, 0x242424, 1, 1, 0xfafafa },
  [ANM_COLOUR_CARD] = { 0xffffff, 0x363636, 1, 1, 0xffffff },
  [ANM_COLOUR_ACCENT] = { 0x3584e4, 0x3584e4, 1, 1, 0x1c71d8 },
  [ANM_COLOUR_GRID] = { 0x000000, 0xffffff, 0.07, 0.09, 0x6a6872 },
  [ANM_COLOUR_AXIS] = { 0x000000, 0xffffff, 0.30, 0.34, 0x6a6872 },
  [ANM_COLOUR_NORMAL_RANGE] = { 0x009e73, 0x2ec4a0, 0.12, 0.13, 0x00734f },
  [ANM_COLOUR_EVENT] = { 0xd55e00, 0xff8a50, 1, 1, 0xb84f00 },
  [ANM_COLOUR_NO_EVENT] = { 0x647180, 0x98a4b3, 1, 1, 0x647180 },
  [ANM_COLOUR_PREVIOUS_RUN] = { 0xa09ea6, 0x77767b, 1, 1, 0x6a6872 },
  [ANM_COLOUR_RUN_FIRST] = { 0x0072b2, 0x4da6e8, 1, 1, 0x0072b2 },
  [ANM_COLOUR_RUN_FIRST + 1] = { 0xe69f00, 0xf2b93b, 1, 1, 0x8f6200 },
  [ANM_COLOUR_RUN_FIRST + 2] = { 0xcc79a7, 0xe39bc4, 1, 1, 0xa3457b },
  [ANM_COLOUR_RUN_FIRST + 3] = { 0x56b4e9, 0x9ad4f5, 1, 1, 0x2279ac },
  [ANM_COLOUR_RUN_FIRST + 4] = { 0x009e73, 0x2ec4a0, 1, 1, 0x00734f },
  [ANM_COLOUR_RUN_FIRST + 5] = { 0xd55e00, 0xff8a50, 1, 1, 0xb84f00 },
};

/* Crameri's vik, and a twin whose 0 is the dark card. */
static const guint32 diverging_light[] = {
  0x001261, 0x023a7b, 0x1f6f9f, 0x6fa8c5, 0xc8dce6, 0xf4f1ee, 0xeacdbc, 0xd49876, 0xbe6533, 0x8b2706, 0x590008,
};
static const guint32 diverging_dark[] = {
  0xc4dcff, 0x8fbdf2, 0x5b98d0, 0x3a7099, 0x2f4d62, 0x37373b, 0x5e4034, 0x955334, 0xc97444, 0xeca070, 0xffd6b5,
};
static const guint32 viridis[] = {
  0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725,
};

static AnmColour
colour_from_hex (guint32 hex,
                 double alpha)
{
  return (AnmColour){ (hex >> 16 & 0xff) / 255.0, (hex >> 8 & 0xff) / 255.0, (hex & 0xff) / 255.0, alpha };
}

/* Linear between the stops; @position 0 .. 1 from the first stop to the last, NaN the middle one. */
static AnmColour
map_position (const guint32 *stops,
              guint n_stops,
              double position)
{
  if (isnan (position))
    position = 0.5;
  position = CLAMP (position, 0, 1) * (n_stops - 1);

  guint below = MIN ((guint) position, n_stops - 2);
  double part = position - below;
  AnmColour a = colour_from_hex (stops[below], 1);
  AnmColour b = colour_from_hex (stops[below + 1], 1);

  return (AnmColour){
    a.red + part * (b.red - a.red),
    a.green + part * (b.green - a.green),
    a.blue + part * (b.blue - a.blue),
    1,
  };
}

/**
 * anm_theme_init:
 * @self: a theme
 * @dark: light ink on a dark ground
 *
 * The mock-ups' own look: Cantarell at scale 1, or the desktop's sans serif where it isn't installed.
 */
void
anm_theme_init (AnmTheme *self,
                gboolean dark)
{
  *self = (AnmTheme){
    .dark = dark,
    .high_contrast = FALSE,
    .font_family = g_intern_static_string ("Cantarell, sans-serif"),
    .text_scale = 1,
  };
}

/**
 * anm_theme_get_colour:
 * @self: a theme
 * @role: what is to be coloured
 *
 * In high contrast ink is black or white, what is muted nearly so, hues on white are as dark as words set in them, and
 * the grid is off (alpha 0).
 *
 * Returns: the colour, with the role's own alpha (bands, grid, axis)
 */
AnmColour
anm_theme_get_colour (const AnmTheme *self,
                      AnmColourRole role)
{
  g_assert (role < ANM_N_COLOURS);

  const PaletteEntry *entry = &palette[role];

  if (self->high_contrast)
    {
      guint32 ground = self->dark ? 0x000000 : 0xffffff;

      if (role == ANM_COLOUR_INK)
        return colour_from_hex (~ground & 0xffffff, 1);
      if (role == ANM_COLOUR_MUTED || role == ANM_COLOUR_FAINT || role == ANM_COLOUR_PREVIOUS_RUN)
        return colour_from_hex (~ground & 0xffffff, role == ANM_COLOUR_MUTED ? 0.85 : 0.6);
      if (role == ANM_COLOUR_VIEW)
        return colour_from_hex (ground, 1);
      if (role == ANM_COLOUR_GRID)
        return colour_from_hex (ground, 0);
      if (role == ANM_COLOUR_AXIS)
        return colour_from_hex (~ground & 0xffffff, 0.8);
      if (role == ANM_COLOUR_NORMAL_RANGE)
        return colour_from_hex (self->dark ? entry->dark : entry->light, 0.28);
      /* Hues as dark as their words. */
      if (!self->dark && role >= ANM_COLOUR_EVENT)
        return colour_from_hex (entry->light_text, 1);
    }

  return self->dark ? colour_from_hex (entry->dark, entry->dark_alpha)
                    : colour_from_hex (entry->light, entry->light_alpha);
}

AnmColour
anm_theme_get_ground (const AnmTheme *self)
{
  return anm_theme_get_colour (self, self->on_card ? ANM_COLOUR_CARD : ANM_COLOUR_VIEW);
}

AnmColour
anm_theme_get_text_colour (const AnmTheme *self,
                           AnmColourRole role)
{
  g_assert (role < ANM_N_COLOURS);

  if (!self->dark && !self->high_contrast)
    return colour_from_hex (palette[role].light_text, 1);

  gboolean neutral = role == ANM_COLOUR_FAINT || role == ANM_COLOUR_GRID || role == ANM_COLOUR_AXIS || role == ANM_COLOUR_PREVIOUS_RUN;
  AnmColour colour = anm_theme_get_colour (self, neutral ? ANM_COLOUR_MUTED : role);

  if (self->high_contrast && !self->dark && role >= ANM_COLOUR_EVENT && !neutral)
    colour = colour_from_hex (palette[role].light_text, 1);
  if (!neutral)
    colour.alpha = 1;
  return colour;
}

AnmColour
anm_theme_get_diverging (const AnmTheme *self,
                         double value)
{
  return map_position (self->dark ? diverging_dark : diverging_light, G_N_ELEMENTS (diverging_light), (value + 1) / 2);
}

AnmColour
anm_theme_get_magnitude (const AnmTheme *self,
                         double value)
{
  return map_position (viridis, G_N_ELEMENTS (viridis), isnan (value) ? 0 : value);
}
