/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/views/figure-view.h"

G_BEGIN_DECLS

/*
 * What keeps the parts of neighbouring cards at the same height, so that all strips share
 * top, bottom and time axis.
 */
typedef struct
{
  GtkSizeGroup *header;
  GtkSizeGroup *rows;
  GtkSizeGroup *caption;
  GtkSizeGroup *lower_caption;
  GtkSizeGroup *lower;
  GtkSizeGroup *foot;
} AnmCardAlignment;

void anm_card_alignment_init  (AnmCardAlignment *self);
void anm_card_alignment_clear (AnmCardAlignment *self);

/**
 * AnmCardFrame:
 *
 * The outline of a card of the network, from the top: a title with its own widgets and a menu "More", rows of
 * settings, a captioned strip that takes the height that is left, a captioned low strip or a
 * number, and a foot with shapes, in red where something doesn't fit. Where the window is low, the rows fold
 * into the menu.
 */
#define ANM_TYPE_CARD_FRAME (anm_card_frame_get_type ())
G_DECLARE_FINAL_TYPE (AnmCardFrame, anm_card_frame, ANM, CARD_FRAME, GtkWidget)

GtkWidget     *anm_card_frame_new              (void);
void           anm_card_frame_join             (AnmCardFrame *self,
                                                const AnmCardAlignment *alignment);
void           anm_card_frame_set_folded       (AnmCardFrame *self,
                                                gboolean folded);
/* Boxes to fill: the title's, before the menu; rows on the card; rows in the menu. */
GtkWidget     *anm_card_frame_get_header       (AnmCardFrame *self);
GtkWidget     *anm_card_frame_get_rows         (AnmCardFrame *self);
GtkWidget     *anm_card_frame_get_more_rows    (AnmCardFrame *self);
/* The menu: what the card is in a sentence, its name for a screen reader, what can be done. */
void           anm_card_frame_set_summary      (AnmCardFrame *self,
                                                const char *summary,
                                                const char *menu_name);
GtkWidget     *anm_card_frame_add_action       (AnmCardFrame *self,
                                                const char *label,
                                                GCallback clicked,
                                                gpointer data);
AnmFigureView *anm_card_frame_get_view         (AnmCardFrame *self);
AnmFigureView *anm_card_frame_get_lower_view   (AnmCardFrame *self);
void           anm_card_frame_set_caption      (AnmCardFrame *self,
                                                const char *caption);
/* @markup: the lower strip's caption. */
void           anm_card_frame_show_lower_strip (AnmCardFrame *self,
                                                const char *markup);
/* A number in the lower strip's place: "0.30", "at hour 39", under a caption. */
void           anm_card_frame_show_number      (AnmCardFrame *self,
                                                const char *caption,
                                                const char *number,
                                                const char *note);
/* The number in words, as its tooltip; gone with the next number. */
void           anm_card_frame_set_number_words (AnmCardFrame *self,
                                                const char *words);
void           anm_card_frame_set_foot         (AnmCardFrame *self,
                                                const char *first,
                                                const char *second,
                                                gboolean wrong);

G_END_DECLS
