/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/cell-lens-page.h"

struct _AnmCellLensPage
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
};

G_DEFINE_FINAL_TYPE (AnmCellLensPage, anm_cell_lens_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_cell_lens_page_new (AnmViewState *state,
                        AnmLiveReading *live)
{
  AnmCellLensPage *self = g_object_new (ANM_TYPE_CELL_LENS_PAGE, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);

  return GTK_WIDGET (self);
}

static void
anm_cell_lens_page_dispose (GObject *object)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_cell_lens_page_parent_class)->dispose (object);
}

static void
anm_cell_lens_page_class_init (AnmCellLensPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_cell_lens_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
anm_cell_lens_page_init (AnmCellLensPage *self)
{
}
