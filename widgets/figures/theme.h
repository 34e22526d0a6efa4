/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each 0 .. 1. */
typedef struct
{
  double red, green, blue, alpha;
} AnmColour;

/* The roles of the palette. */
typedef enum
{
  ANM_COLOUR_INK,
  ANM_COLOUR_MUTED,
  ANM_COLOUR_FAINT,
  ANM_COLOUR_VIEW,
  ANM_COLOUR_WINDOW,
  ANM_COLOUR_CARD,
  ANM_COLOUR_ACCENT,
  ANM_COLOUR_GRID,
  ANM_COLOUR_AXIS,
  ANM_COLOUR_NORMAL_RANGE,
  ANM_COLOUR_EVENT,        /* positive class */
  ANM_COLOUR_NO_EVENT,     /* negative class */
  ANM_COLOUR_PREVIOUS_RUN,
  ANM_COLOUR_RUN_FIRST,    /* runs: RUN_FIRST + k % ANM_N_RUN_COLOURS, then dashes */
  ANM_N_COLOURS = ANM_COLOUR_RUN_FIRST + 6,
} AnmColourRole;

#define ANM_N_RUN_COLOURS 6

/* How figures look: light, dark, high contrast; font family and text scale. */
typedef struct
{
  gboolean    dark;
  gboolean    high_contrast;
  const char *font_family;  /* interned, never NULL */
  double      text_scale;   /* 1 = the pixel sizes of the mock-ups */
  gboolean    dashes;       /* runs are told apart by dashes too */
  gboolean    on_card;      /* the figure lies on a card, not on the view */
  double      title_end;    /* pixels that the title leaves free at its end, for what lies over it */
} AnmTheme;

void      anm_theme_init         (AnmTheme *self, gboolean dark);
AnmColour anm_theme_get_colour   (const AnmTheme *self, AnmColourRole role);
/* What the figure lies on: rims of dots and words have this colour. */
AnmColour anm_theme_get_ground   (const AnmTheme *self);
/* A darker or lighter twin of a run's or outcome's hue that text can be set in. */
AnmColour anm_theme_get_text_colour (const AnmTheme *self, AnmColourRole role);
AnmColour anm_theme_get_diverging (const AnmTheme *self, double value); /* -1 .. 1 */
AnmColour anm_theme_get_magnitude (const AnmTheme *self, double value); /* 0 .. 1, viridis */

G_END_DECLS
