/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/patient-list.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/patient-model.h"
#include "app/gui/patient-row.h"
#include "app/gui/template.h"
#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

struct _AnmPatientList
{
  GtkWidget         parent_instance;

  AnmViewState     *state;
  AnmCohort        *cohort;
  AnmCohortSummary *summary;
  guint             id_length; /* of the longest id */
  AnmPatientModel  *model;
  GBinding         *selected_binding;
  GArray           *orders;    /* AnmPatientOrder of each word in the drop-down */
  gboolean          filling;   /* the drop-down's words are being changed */

  GtkWidget        *search_entry;
  GtkWidget        *chip;
  GtkWidget        *chip_label;
  GtkWidget        *count_label;
  GtkWidget        *order_drop_down;
  GtkWidget        *stack;
  GtkWidget        *list_view;
  GtkWidget        *foot_label;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmPatientList, anm_patient_list, GTK_TYPE_WIDGET)

/* Rows */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          AnmPatientList           *self)
{
  gtk_list_item_set_child (item, anm_patient_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         AnmPatientList           *self)
{
  AnmPatientItem *patient = gtk_list_item_get_item (item);
  AnmPatientRow *row = ANM_PATIENT_ROW (gtk_list_item_get_child (item));
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (row));
  g_autofree char *description = NULL;

  anm_patient_row_show (row, anm_patient_item_get_cohort (patient), anm_patient_item_get_patient (patient),
                        self->id_length, self->summary);

  /* Focus and reading are the list's own row, which has no name of its own. */
  description = anm_patient_row_describe (row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

/* Search and order */

static void
update_count (AnmPatientList *self)
{
  const guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  const gsize n_patients = self->cohort != NULL ? self->cohort->n_patients : 0;
  g_autofree char *found = anm_number_format_count (n_found);
  g_autofree char *all = anm_number_format_count (n_patients);
  g_autofree char *text = NULL;

  if (n_found == n_patients)
    text = g_strdup_printf (ngettext ("%s patient", "%s patients", n_patients), all);
  else
    text = g_strdup_printf (ngettext ("%s of %s patient", "%s of %s patients", n_patients), found, all);

  gtk_label_set_label (GTK_LABEL (self->count_label), text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n_found > 0 ? "list" : "nobody");
}

static void
scroll_to_selected (AnmPatientList *self)
{
  const guint row = anm_patient_model_find (self->model, anm_patient_model_get_selected (self->model));

  if (row != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (self->list_view, "list.scroll-to-item", "u", row);
}

static void
search_changed_cb (AnmPatientList *self)
{
  anm_patient_model_set_search (self->model, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  scroll_to_selected (self);
}

static void
search_stopped_cb (AnmPatientList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/* Return chooses the first that was found. */
static void
search_activated_cb (AnmPatientList *self)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->model), 0, TRUE);
  gtk_widget_grab_focus (self->list_view);
}

static void
order_changed_cb (AnmPatientList *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->order_drop_down));

  if (self->filling || selected >= self->orders->len)
    return;

  anm_patient_model_set_order (self->model, g_array_index (self->orders, AnmPatientOrder, selected));
  scroll_to_selected (self);
}

static void
add_order (AnmPatientList *self,
           GtkStringList  *words,
           AnmPatientOrder order,
           const char     *word)
{
  gtk_string_list_append (words, word);
  g_array_append_val (self->orders, order);
}

/* Only orders that say something for this cohort. The chosen one is kept where it is still there. */
static void
fill_orders (AnmPatientList *self)
{
  const guint before = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->order_drop_down));
  const AnmPatientOrder kept = before < self->orders->len ? g_array_index (self->orders, AnmPatientOrder, before)
                                                          : ANM_PATIENT_ORDER_SOURCE;
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  guint selected = 0;

  g_array_set_size (self->orders, 0);
  add_order (self, words, ANM_PATIENT_ORDER_SOURCE, _("as in the file"));
  add_order (self, words, ANM_PATIENT_ORDER_ID, _("by id"));
  add_order (self, words, ANM_PATIENT_ORDER_LENGTH, _("longest first"));
  add_order (self, words, ANM_PATIENT_ORDER_MISSING, _("fewest values first"));
  if (self->cohort != NULL && self->cohort->targets != NULL && !self->cohort->target.shape.per_step)
    add_order (self, words, ANM_PATIENT_ORDER_OUTCOME, _("by outcome"));
  if (self->summary != NULL && self->summary->severity != NULL)
    /* Translators: patients with the largest share of values outside the normal range first. */
    add_order (self, words, ANM_PATIENT_ORDER_SEVERITY, _("by severity"));

  for (guint i = 0; i < self->orders->len; i++)
    if (g_array_index (self->orders, AnmPatientOrder, i) == kept)
      selected = i;

  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->order_drop_down), G_LIST_MODEL (words));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->order_drop_down), selected);
  self->filling = FALSE;
  order_changed_cb (self);
}

/* "Id, Age, ICU, outcome…" */
static void
update_placeholder (AnmPatientList *self)
{
  GString *text = g_string_new (_("Id"));

  for (guint i = 0; self->cohort != NULL && i < MIN (2, self->cohort->n_statics); i++)
    g_string_append_printf (text, ", %s", anm_field_get_label (&self->cohort->statics[i]));
  if (self->cohort != NULL && self->cohort->target.classes != NULL)
    g_string_append_printf (text, ", %s", _("outcome"));
  g_string_append (text, "…");

  g_object_set (self->search_entry, "placeholder-text", text->str, NULL);
  g_string_free (text, TRUE);
}

static void
update_foot (AnmPatientList *self)
{
  g_autofree char *text = NULL;

  if (self->summary != NULL && self->summary->sparklines[0] >= 0)
    {
      const AnmField *channels = self->cohort->channels;
      const int *lines = self->summary->sparklines;

      if (lines[1] >= 0)
        /* Translators: two channels. */
        text = g_strdup_printf (_("sparklines: %s above, %s below"),
                                anm_field_get_short_label (&channels[lines[0]]),
                                anm_field_get_short_label (&channels[lines[1]]));
      else
        text = g_strdup_printf (_("sparkline: %s"), anm_field_get_short_label (&channels[lines[0]]));
    }

  gtk_label_set_label (GTK_LABEL (self->foot_label), text != NULL ? text : "");
  anm_set_tooltip (self->foot_label, text);
  gtk_widget_set_visible (self->foot_label, text != NULL);
}

/* Patients chosen in a figure: a chip says so, and takes the choice back. */

static void
selection_changed_cb (AnmPatientList *self)
{
  GtkBitset *chosen = anm_view_state_get_selected_patients (self->state);
  const guint n = (guint) gtk_bitset_get_size (chosen);
  g_autofree char *count = anm_number_format_count (n);
  g_autofree char *text = g_strdup_printf (ngettext ("%s chosen in a figure", "%s chosen in a figure", n), count);

  gtk_label_set_label (GTK_LABEL (self->chip_label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chip), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->chip, n > 0);
  anm_patient_model_set_within (self->model, chosen);
  scroll_to_selected (self);
}

static void
chip_clicked_cb (AnmPatientList *self)
{
  if (self->state != NULL)
    anm_view_state_select_patients (self->state, NULL);
}

/* Public */

static void
selected_changed_cb (AnmPatientList *self)
{
  scroll_to_selected (self);
}

void
anm_patient_list_set_view_state (AnmPatientList *self,
                                 AnmViewState   *state)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  if (self->state != NULL && self->state != state)
    g_signal_handlers_disconnect_by_func (self->state, selection_changed_cb, self);
  if (!g_set_object (&self->state, state))
    return;

  g_clear_object (&self->selected_binding);
  if (state != NULL)
    self->selected_binding = g_object_ref (g_object_bind_property (state, "patient", self->model, "selected",
                                                                   G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE));
  if (state != NULL)
    {
      g_signal_connect_object (state, "notify::selected-patients", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
      selection_changed_cb (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW_STATE]);
}

void
anm_patient_list_set_cohort (AnmPatientList *self,
                             AnmCohort      *cohort)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  if (self->cohort == cohort)
    return;

  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  if (cohort != NULL)
    self->cohort = anm_cohort_ref (cohort);

  self->id_length = 0;
  for (gsize p = 0; cohort != NULL && p < cohort->n_patients; p++)
    self->id_length = MAX (self->id_length, (guint) g_utf8_strlen (cohort->ids[p], -1));

  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  anm_patient_model_set_cohort (self->model, cohort);
  fill_orders (self);
  update_placeholder (self);
  update_foot (self);
}

void
anm_patient_list_set_summary (AnmPatientList   *self,
                              AnmCohortSummary *summary)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  if (summary != NULL)
    {
      self->summary = anm_cohort_summary_ref (summary);
      anm_patient_model_set_severity (self->model, summary->severity);
    }

  fill_orders (self);
  update_foot (self);
  /* The rows that are seen get their sparklines. */
  anm_patient_model_refresh (self->model);
}

void
anm_patient_list_move (AnmPatientList *self,
                       int             steps)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  anm_patient_model_set_selected (self->model, anm_patient_model_get_neighbour (self->model, steps));
}

void
anm_patient_list_focus_rows (AnmPatientList *self)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  gtk_widget_grab_focus (self->list_view);
}

void
anm_patient_list_focus_search (AnmPatientList *self)
{
  g_return_if_fail (ANM_IS_PATIENT_LIST (self));

  gtk_widget_grab_focus (self->search_entry);
}

static void
anm_patient_list_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AnmPatientList *self = ANM_PATIENT_LIST (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      g_value_set_object (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_patient_list_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  AnmPatientList *self = ANM_PATIENT_LIST (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      anm_patient_list_set_view_state (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_patient_list_dispose (GObject *object)
{
  AnmPatientList *self = ANM_PATIENT_LIST (object);

  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_PATIENT_LIST);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->selected_binding);
  g_clear_object (&self->model);
  g_clear_object (&self->state);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
  g_clear_pointer (&self->orders, g_array_unref);

  G_OBJECT_CLASS (anm_patient_list_parent_class)->dispose (object);
}

static void
anm_patient_list_class_init (AnmPatientListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_patient_list_get_property;
  object_class->set_property = anm_patient_list_set_property;
  object_class->dispose = anm_patient_list_dispose;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/patient-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, chip);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, chip_label);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, count_label);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, order_drop_down);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, list_view);
  gtk_widget_class_bind_template_child (widget_class, AnmPatientList, foot_label);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, order_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, chip_clicked_cb);
}

static void
anm_patient_list_init (AnmPatientList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->orders = g_array_new (FALSE, FALSE, sizeof (AnmPatientOrder));
  self->model = anm_patient_model_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list_view), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), GTK_SELECTION_MODEL (self->model));
  g_signal_connect_swapped (self->model, "notify::n-found", G_CALLBACK (update_count), self);
  g_signal_connect_swapped (self->model, "notify::selected", G_CALLBACK (selected_changed_cb), self);
}
