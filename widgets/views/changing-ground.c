/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/views/changing-ground.h"

void
anm_snapshot_changing_ground (GtkSnapshot *snapshot,
                              const graphene_rect_t *area,
                              guint generation)
{
  /* Colours that differ where nothing of them is seen. */
  const GdkRGBA unseen = { generation % 2 ? 1 : 0, generation / 2 % 2 ? 1 : 0, 0, 0 };

  gtk_snapshot_append_color (snapshot, &unseen, area);
}
