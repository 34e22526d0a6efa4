/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnmNumberEntry:
 *
 * An entry for a number that spans many powers of ten, such as a learning rate. Taken over with Return or
 * when the focus leaves; what can't be is shown in red with what is allowed, and leaving puts the last
 * number back.
 *
 * Signals: `changed`, after a person entered another number.
 */
#define ANM_TYPE_NUMBER_ENTRY (anm_number_entry_get_type ())
G_DECLARE_FINAL_TYPE (AnmNumberEntry, anm_number_entry, ANM, NUMBER_ENTRY, GtkWidget)

/* Allowed is what lies between, with the limits themselves where they are allowed. */
typedef struct
{
  double   least;
  double   most;
  gboolean least_allowed;
  gboolean most_allowed;
} AnmNumberLimits;

GtkWidget *anm_number_entry_new       (const char *name,
                                       const AnmNumberLimits *limits,
                                       double value);
double     anm_number_entry_get_value (AnmNumberEntry *self);
/* Without `changed`. */
void       anm_number_entry_set_value (AnmNumberEntry *self,
                                       double value);

G_END_DECLS
