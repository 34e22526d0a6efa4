/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/views/table-view.h"

/* A row is only its number: the words stay in the table. */
#define ANM_TYPE_TABLE_ROW (anm_table_row_get_type ())
G_DECLARE_FINAL_TYPE (AnmTableRow, anm_table_row, ANM, TABLE_ROW, GObject)

struct _AnmTableRow
{
  GObject    parent_instance;
  GPtrArray *table;
  guint      row;
};

G_DEFINE_FINAL_TYPE (AnmTableRow, anm_table_row, G_TYPE_OBJECT)

static void
anm_table_row_finalize (GObject *object)
{
  g_ptr_array_unref (ANM_TABLE_ROW (object)->table);
  G_OBJECT_CLASS (anm_table_row_parent_class)->finalize (object);
}

static void
anm_table_row_class_init (AnmTableRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_table_row_finalize;
}

static void
anm_table_row_init (AnmTableRow *self)
{
}

/* All rows but the header. */
#define ANM_TYPE_TABLE_ROWS (anm_table_rows_get_type ())
G_DECLARE_FINAL_TYPE (AnmTableRows, anm_table_rows, ANM, TABLE_ROWS, GObject)

struct _AnmTableRows
{
  GObject    parent_instance;
  GPtrArray *table;
};

static GType
rows_get_item_type (GListModel *model)
{
  return ANM_TYPE_TABLE_ROW;
}

static guint
rows_get_n_items (GListModel *model)
{
  guint n_rows = ANM_TABLE_ROWS (model)->table->len;
  return n_rows > 0 ? n_rows - 1 : 0;
}

static gpointer
rows_get_item (GListModel *model,
               guint position)
{
  if (position >= rows_get_n_items (model))
    return NULL;

  AnmTableRow *row = g_object_new (ANM_TYPE_TABLE_ROW, NULL);
  row->table = g_ptr_array_ref (ANM_TABLE_ROWS (model)->table);
  row->row = position + 1;
  return row;
}

static void
rows_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = rows_get_item_type;
  interface->get_n_items = rows_get_n_items;
  interface->get_item = rows_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AnmTableRows, anm_table_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, rows_list_model_init))

static void
anm_table_rows_finalize (GObject *object)
{
  g_ptr_array_unref (ANM_TABLE_ROWS (object)->table);
  G_OBJECT_CLASS (anm_table_rows_parent_class)->finalize (object);
}

static void
anm_table_rows_class_init (AnmTableRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = anm_table_rows_finalize;
}

static void
anm_table_rows_init (AnmTableRows *self)
{
}

static void
setup_cell_cb (GtkSignalListItemFactory *factory,
               GtkListItem *item,
               gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_UINT (column) == 0 ? 0 : 1);
  gtk_list_item_set_child (item, label);
}

static void
bind_cell_cb (GtkSignalListItemFactory *factory,
              GtkListItem *item,
              gpointer column)
{
  AnmTableRow *row = gtk_list_item_get_item (item);
  char **words = g_ptr_array_index (row->table, row->row);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), words[GPOINTER_TO_UINT (column)]);
}

GtkWidget *
anm_table_view_new (GPtrArray *table)
{
  g_return_val_if_fail (table != NULL, NULL);

  GtkWidget *scroller = gtk_scrolled_window_new ();
  AnmTableRows *rows = g_object_new (ANM_TYPE_TABLE_ROWS, NULL);
  rows->table = g_ptr_array_ref (table);

  GtkWidget *view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (rows))));
  char **header = table->len > 0 ? g_ptr_array_index (table, 0) : NULL;

  gtk_widget_add_css_class (view, "data-table");
  for (guint i = 0; header != NULL && header[i] != NULL; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cell_cb), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell_cb), GUINT_TO_POINTER (i));

      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (header[i], factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  return scroller;
}
