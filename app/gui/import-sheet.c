/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/import-sheet.h"

#include <glib/gi18n-lib.h>

#include "app/gui/import-column.h"
#include "app/gui/reading.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "app/study/cohort-origin.h"
#include "widgets/figures/number.h"

struct _AnmImportSheet
{
  AdwWindow       parent_instance;

  AnmSource      *source;      /* NULL while the worker has it */
  guint           table;       /* the one that is shown */
  GtkStringList  *columns;     /* its columns' names */
  gboolean        filling;     /* drop-downs are being changed, and not by the user */
  GCancellable   *reading;
  guint           refresh;     /* idle: the columns are shown anew */

  AdwWindowTitle *window_title;
  GtkWidget      *cancel_button;
  GtkWidget      *open_button;
  GtkWidget      *controls;
  GtkWidget      *table_label;
  GtkWidget      *table_drop_down;
  GtkWidget      *kind_drop_down;
  GtkWidget      *scroller;
  GtkWidget      *columns_view;
  GtkWidget      *progress_revealer;
  GtkWidget      *progress_label;
  GtkWidget      *progress_bar;
  GtkWidget      *problem_revealer;
  GtkWidget      *problem_label;
};

enum
{
  SIGNAL_IMPORTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmImportSheet, anm_import_sheet, ADW_TYPE_WINDOW)

/* In the order of AnmTableKind. */
static const char *const table_kinds[] = {
  N_("Records: one value a row"),
  N_("Records: a column for each channel"),
  N_("Facts about each patient"),
  N_("Outcomes"),
  N_("Leave out"),
};

static AnmSourceTable *
get_table (AnmImportSheet *self)
{
  return anm_source_get_table (self->source, self->table);
}

static void
show_problem (AnmImportSheet *self,
              const char     *message)
{
  if (message != NULL)
    gtk_label_set_label (GTK_LABEL (self->problem_label), message);
  anm_reveal (self->problem_revealer, message != NULL);
}

/* Open can be pressed when the roles suffice; else the foot says what is missing. */
static void
check (AnmImportSheet *self)
{
  g_autoptr (GError) error = NULL;
  const gboolean suffices = anm_source_check (self->source, &error);

  gtk_widget_set_sensitive (self->open_button, suffices);
  anm_set_tooltip (self->open_button, suffices ? NULL : error->message);
  show_problem (self, suffices ? NULL : error->message);
}

/* Columns */

static void
role_chosen_cb (AnmImportColumn *column,
                int              role,
                AnmImportSheet  *self);

static gboolean
refresh_cb (gpointer data)
{
  AnmImportSheet *self = data;

  self->refresh = 0;
  if (self->source != NULL)
    g_list_model_items_changed (G_LIST_MODEL (self->columns), 0,
                                g_list_model_get_n_items (G_LIST_MODEL (self->columns)),
                                g_list_model_get_n_items (G_LIST_MODEL (self->columns)));
  return G_SOURCE_REMOVE;
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AnmImportSheet           *self)
{
  GtkWidget *column = anm_import_column_new ();

  g_signal_connect_object (column, "role-chosen", G_CALLBACK (role_chosen_cb), self, 0);
  gtk_list_item_set_child (item, column);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AnmImportSheet           *self)
{
  GtkWidget *column = gtk_list_item_get_child (item);
  const guint position = gtk_list_item_get_position (item);

  g_object_set_data (G_OBJECT (column), "position", GUINT_TO_POINTER (position));
  if (self->source != NULL)
    anm_import_column_show (ANM_IMPORT_COLUMN (column), get_table (self), position);
}

/* A role that only one column can have may have been taken from another: all are shown anew, though not while the
 * drop-down that asked for it is still at work. */
static void
role_chosen_cb (AnmImportColumn *column,
                int              role,
                AnmImportSheet  *self)
{
  if (self->source == NULL)
    return;

  anm_source_set_column_role (self->source, self->table,
                              GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (column), "position")), role);
  check (self);
  if (self->refresh == 0)
    self->refresh = g_idle_add (refresh_cb, self);
}

static void
show_table (AnmImportSheet *self)
{
  const AnmSourceTable *table = get_table (self);
  g_autoptr (GtkSelectionModel) selection = NULL;
  g_autofree char *n_columns = anm_number_format_count (table->n_columns);
  g_autofree char *columns = g_strdup_printf (ngettext ("%s column", "%s columns", table->n_columns), n_columns);
  g_autofree char *label = NULL;

  g_clear_object (&self->columns);
  self->columns = gtk_string_list_new (NULL);
  for (guint i = 0; i < table->n_columns; i++)
    gtk_string_list_append (self->columns, table->columns[i].name);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->columns))));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->columns_view), selection);

  /* Translators: a file, how many columns, how many rows are shown. */
  label = g_strdup_printf (ngettext ("%s: %s, first %u row", "%s: %s, first %u rows", table->preview->len),
                           table->path, columns, table->preview->len);
  gtk_label_set_label (GTK_LABEL (self->table_label), label);
  anm_set_tooltip (self->table_label, label);

  self->filling = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->kind_drop_down), table->kind);
  self->filling = FALSE;
}

static void
table_selected_cb (AnmImportSheet *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->table_drop_down));

  if (self->filling || self->source == NULL || selected == GTK_INVALID_LIST_POSITION || selected == self->table)
    return;

  self->table = selected;
  show_table (self);
}

static void
kind_selected_cb (AnmImportSheet *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind_drop_down));

  if (self->filling || self->source == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;

  anm_source_set_table_kind_at (self->source, self->table, (AnmTableKind) selected);
  show_table (self);
  check (self);
}

/* Reading */

static void
set_reading (AnmImportSheet *self,
             gboolean        reading)
{
  gtk_widget_set_sensitive (self->controls, !reading);
  gtk_widget_set_sensitive (self->scroller, !reading);
  gtk_widget_set_sensitive (self->open_button, !reading);
  anm_reveal (self->progress_revealer, reading);
  if (!reading)
    g_clear_object (&self->reading);
}

static void
progress_cb (double      fraction,
             const char *message,
             gpointer    data)
{
  AnmImportSheet *self = data;

  gtk_label_set_label (GTK_LABEL (self->progress_label), message != NULL ? message : "");
  if (fraction < 0)
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress_bar));
  else
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress_bar), fraction);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (AnmImportSheet) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnmCohort) cohort = anm_source_read_finish (result, &self->source, &error);

  /* The sheet was closed meanwhile. */
  if (self->open_button == NULL)
    return;

  set_reading (self, FALSE);

  if (cohort != NULL)
    {
      g_autofree char *source = anm_source_to_string (self->source);
      g_autofree char *origin = anm_cohort_origin_describe (self->source, FALSE, NULL);

      g_signal_emit (self, signals[SIGNAL_IMPORTED], 0, cohort, source, origin);
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }

  check (self);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
open_cb (AnmImportSheet *self)
{
  show_problem (self, NULL);
  self->reading = g_cancellable_new ();
  set_reading (self, TRUE);
  progress_cb (0, _("Reading…"), self);
  anm_source_read_async (g_steal_pointer (&self->source), self->reading, progress_cb, self,
                         read_cb, g_object_ref (self));
}

/* While reading, Cancel stops the reading; else it closes the sheet. */
static void
cancel_cb (AnmImportSheet *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static gboolean
anm_import_sheet_close_request (GtkWindow *window)
{
  AnmImportSheet *self = ANM_IMPORT_SHEET (window);

  g_cancellable_cancel (self->reading);

  return GTK_WINDOW_CLASS (anm_import_sheet_parent_class)->close_request (window);
}

/* Sheet */

static void
fill_drop_downs (AnmImportSheet *self)
{
  const guint n_tables = anm_source_get_n_tables (self->source);
  g_autoptr (GtkStringList) tables = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);

  for (guint i = 0; i < n_tables; i++)
    {
      g_autofree char *name = g_path_get_basename (anm_source_get_table (self->source, i)->path);

      gtk_string_list_append (tables, name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (table_kinds); i++)
    gtk_string_list_append (kinds, _(table_kinds[i]));

  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->table_drop_down), G_LIST_MODEL (tables));
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->kind_drop_down), G_LIST_MODEL (kinds));
  self->filling = FALSE;
  gtk_widget_set_visible (self->table_drop_down, n_tables > 1);
}

/* "vitals.csv, stays.csv" */
static void
show_files (AnmImportSheet *self)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < anm_source_get_n_tables (self->source); i++)
    {
      g_autofree char *name = g_path_get_basename (anm_source_get_table (self->source, i)->path);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }
  adw_window_title_set_subtitle (self->window_title, names->str);
  g_string_free (names, TRUE);
}

GtkWidget *
anm_import_sheet_new (GtkWindow *parent,
                      AnmSource *source)
{
  AnmImportSheet *self = g_object_new (ANM_TYPE_IMPORT_SHEET, "transient-for", parent, NULL);
  int width, height, most_width, most_height;

  /* No larger than what it stands on, which has room on the screen. */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (parent != NULL)
    {
      gtk_window_get_default_size (parent, &most_width, &most_height);
      gtk_window_set_default_size (GTK_WINDOW (self), MIN (width, MAX (most_width, 360)), MIN (height, MAX (most_height, 360)));
    }

  self->source = source;
  show_files (self);
  fill_drop_downs (self);
  show_table (self);
  check (self);

  return GTK_WIDGET (self);
}

static void
anm_import_sheet_dispose (GObject *object)
{
  AnmImportSheet *self = ANM_IMPORT_SHEET (object);

  g_cancellable_cancel (self->reading);
  g_clear_handle_id (&self->refresh, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), ANM_TYPE_IMPORT_SHEET);

  G_OBJECT_CLASS (anm_import_sheet_parent_class)->dispose (object);
}

static void
anm_import_sheet_finalize (GObject *object)
{
  AnmImportSheet *self = ANM_IMPORT_SHEET (object);

  g_clear_object (&self->reading);
  g_clear_object (&self->columns);
  g_clear_pointer (&self->source, anm_source_free);

  G_OBJECT_CLASS (anm_import_sheet_parent_class)->finalize (object);
}

static void
anm_import_sheet_class_init (AnmImportSheetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_import_sheet_dispose;
  object_class->finalize = anm_import_sheet_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = anm_import_sheet_close_request;

  signals[SIGNAL_IMPORTED] =
    g_signal_new ("imported", ANM_TYPE_IMPORT_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_STRING, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/import-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, window_title);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, open_button);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, controls);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, table_label);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, table_drop_down);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, kind_drop_down);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, scroller);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, columns_view);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, progress_label);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, AnmImportSheet, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, table_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_selected_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
anm_import_sheet_init (AnmImportSheet *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->columns_view), factory);
}
