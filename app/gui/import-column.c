/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/import-column.h"

#include <glib/gi18n-lib.h>

#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

#define N_ROWS 10
/* In letters. */
#define MAX_CELL_WIDTH 19

struct _AnmImportColumn
{
  GtkWidget  parent_instance;

  GArray    *roles;     /* AnmRole of each word in the drop-down */
  gboolean   filling;   /* the drop-down is being changed, and not by the user */
  char      *edge_class;

  GtkWidget *edge;
  GtkWidget *name_label;
  GtkWidget *role_drop_down;
  GtkWidget *kind_label;
  GtkWidget *missing_label;
  GtkWidget *rows;
  GtkWidget *row_labels[N_ROWS];
};

enum
{
  SIGNAL_ROLE_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmImportColumn, anm_import_column, GTK_TYPE_WIDGET)

GtkWidget *
anm_import_column_new (void)
{
  return g_object_new (ANM_TYPE_IMPORT_COLUMN, NULL);
}

static const char *
role_to_words (AnmRole role)
{
  switch (role)
    {
    case ANM_ROLE_PATIENT:
      return _("Patient");
    case ANM_ROLE_TIME:
      return _("Time");
    case ANM_ROLE_START:
      return _("Time zero");
    case ANM_ROLE_VARIABLE:
      /* Translators: the column that names what was measured. */
      return _("Variable");
    case ANM_ROLE_VALUE:
      return _("Value");
    case ANM_ROLE_CHANNEL:
      return _("Channel");
    case ANM_ROLE_STATIC:
      /* Translators: a fact that doesn't change over time: age, sex. */
      return _("Static");
    case ANM_ROLE_TARGET:
      return _("Outcome");
    case ANM_ROLE_IGNORE:
    default:
      return _("Ignore");
    }
}

/* The coloured edge says the role at a glance; the word beneath says it too. */
static const char *
role_to_class (AnmRole role)
{
  switch (role)
    {
    case ANM_ROLE_PATIENT:
    case ANM_ROLE_TIME:
    case ANM_ROLE_START:
      return "role-key";
    case ANM_ROLE_VARIABLE:
    case ANM_ROLE_VALUE:
    case ANM_ROLE_CHANNEL:
      return "role-channel";
    case ANM_ROLE_STATIC:
      return "role-static";
    case ANM_ROLE_TARGET:
      return "role-outcome";
    case ANM_ROLE_IGNORE:
    default:
      return "role-ignore";
    }
}

/* What a column of such a table can be. */
static const AnmRole *
get_roles (AnmTableKind kind,
           guint       *n_roles)
{
  static const AnmRole of_long[] = { ANM_ROLE_PATIENT, ANM_ROLE_TIME, ANM_ROLE_VARIABLE, ANM_ROLE_VALUE,
                                     ANM_ROLE_START, ANM_ROLE_IGNORE };
  static const AnmRole of_wide[] = { ANM_ROLE_PATIENT, ANM_ROLE_TIME, ANM_ROLE_CHANNEL, ANM_ROLE_STATIC,
                                     ANM_ROLE_TARGET, ANM_ROLE_START, ANM_ROLE_IGNORE };
  static const AnmRole of_once[] = { ANM_ROLE_PATIENT, ANM_ROLE_STATIC, ANM_ROLE_TARGET, ANM_ROLE_START,
                                     ANM_ROLE_IGNORE };
  static const AnmRole of_nothing[] = { ANM_ROLE_IGNORE };

  switch (kind)
    {
    case ANM_TABLE_RECORDS_LONG:
      *n_roles = G_N_ELEMENTS (of_long);
      return of_long;
    case ANM_TABLE_RECORDS_WIDE:
      *n_roles = G_N_ELEMENTS (of_wide);
      return of_wide;
    case ANM_TABLE_STATICS:
    case ANM_TABLE_OUTCOMES:
      *n_roles = G_N_ELEMENTS (of_once);
      return of_once;
    case ANM_TABLE_IGNORED:
    default:
      *n_roles = G_N_ELEMENTS (of_nothing);
      return of_nothing;
    }
}

static void
show_role (AnmImportColumn *self,
           AnmTableKind     kind,
           AnmRole          role)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  guint n_roles;
  const AnmRole *roles = get_roles (kind, &n_roles);
  guint selected = n_roles - 1;

  g_array_set_size (self->roles, 0);
  for (guint i = 0; i < n_roles; i++)
    {
      gtk_string_list_append (words, role_to_words (roles[i]));
      g_array_append_val (self->roles, roles[i]);
      if (roles[i] == role)
        selected = i;
    }

  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->role_drop_down), G_LIST_MODEL (words));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->role_drop_down), selected);
  self->filling = FALSE;
  gtk_widget_set_sensitive (self->role_drop_down, n_roles > 1);

  if (self->edge_class != NULL)
    gtk_widget_remove_css_class (self->edge, self->edge_class);
  g_free (self->edge_class);
  self->edge_class = g_strdup (role_to_class (roles[selected]));
  gtk_widget_add_css_class (self->edge, self->edge_class);
}

static void
show_rows (AnmImportColumn      *self,
           const AnmSourceTable *table,
           guint                 column)
{
  const AnmSourceColumn *shown = &table->columns[column];
  const gboolean numeric = shown->numeric && shown->role != ANM_ROLE_PATIENT && shown->role != ANM_ROLE_TIME;
  glong width = 1;

  for (guint i = 0; i < N_ROWS; i++)
    {
      const char *const *row = i < table->preview->len ? g_ptr_array_index (table->preview, i) : NULL;
      const char *value = row != NULL && g_strv_length ((char **) row) > column ? row[column] : NULL;
      GtkLabel *label = GTK_LABEL (self->row_labels[i]);

      gtk_widget_set_visible (GTK_WIDGET (label), row != NULL);
      gtk_label_set_label (label, value != NULL && *value != '\0' ? value : "·");
      gtk_label_set_xalign (label, numeric ? 1 : 0);
      width = MAX (width, g_utf8_strlen (gtk_label_get_label (label), -1));
    }

  for (guint i = 0; i < N_ROWS; i++)
    gtk_label_set_width_chars (GTK_LABEL (self->row_labels[i]), (int) MIN (width, MAX_CELL_WIDTH));
}

void
anm_import_column_show (AnmImportColumn      *self,
                        const AnmSourceTable *table,
                        guint                 column)
{
  const AnmSourceColumn *shown = &table->columns[column];
  g_autofree char *share = anm_number_format_share (shown->missing);
  g_autofree char *missing = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (ANM_IS_IMPORT_COLUMN (self));

  gtk_label_set_label (GTK_LABEL (self->name_label), shown->name);
  anm_set_tooltip (self->name_label, shown->name);
  show_role (self, table->kind, shown->role);
  gtk_label_set_label (GTK_LABEL (self->kind_label), shown->numeric ? _("numbers") : _("text"));

  if (shown->missing <= 0)
    missing = g_strdup (_("never missing"));
  else
    /* Translators: a share of the rows. */
    missing = g_strdup_printf (_("%s missing"), share);
  gtk_label_set_label (GTK_LABEL (self->missing_label), missing);

  /* Translators: the name of a drop-down, with a column's name. */
  name = g_strdup_printf (_("Role of %s"), shown->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->role_drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  show_rows (self, table, column);
}

static void
selected_cb (AnmImportColumn *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->role_drop_down));

  if (!self->filling && selected < self->roles->len)
    g_signal_emit (self, signals[SIGNAL_ROLE_CHOSEN], 0, (int) g_array_index (self->roles, AnmRole, selected));
}

static void
anm_import_column_dispose (GObject *object)
{
  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_IMPORT_COLUMN);

  G_OBJECT_CLASS (anm_import_column_parent_class)->dispose (object);
}

static void
anm_import_column_finalize (GObject *object)
{
  AnmImportColumn *self = ANM_IMPORT_COLUMN (object);

  g_array_unref (self->roles);
  g_free (self->edge_class);

  G_OBJECT_CLASS (anm_import_column_parent_class)->finalize (object);
}

static void
anm_import_column_class_init (AnmImportColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_import_column_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_import_column_finalize;

  signals[SIGNAL_ROLE_CHOSEN] =
    g_signal_new ("role-chosen", ANM_TYPE_IMPORT_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/import-column.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, edge);
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, name_label);
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, role_drop_down);
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, kind_label);
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, missing_label);
  gtk_widget_class_bind_template_child (widget_class, AnmImportColumn, rows);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_set_css_name (widget_class, "importcolumn");
}

static void
anm_import_column_init (AnmImportColumn *self)
{
  self->roles = g_array_new (FALSE, FALSE, sizeof (AnmRole));
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < N_ROWS; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CELL_WIDTH);
      gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "import-cell");
      gtk_widget_add_css_class (label, "numeric");
      gtk_box_append (GTK_BOX (self->rows), label);
      self->row_labels[i] = label;
    }
}
