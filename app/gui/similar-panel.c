/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/similar-panel.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/gui/tooltip.h"
#include "app/gui/worker.h"
#include "app/study/similar-hours.h"
#include "widgets/figures/number.h"

#define MOST_ROWS 100
/* So many units are named; of more their number is told. */
#define MOST_NAMED 8
#define LIST_HEIGHT 150
#define PROGRESS_INTERVAL_MS 100

struct _AnmSimilarPanel
{
  GtkWidget          parent_instance;

  AnmViewState      *state;
  AnmLiveReading    *live;
  AnmWorker         *worker;

  /* What is looked for; the reading is that of when the span was marked. */
  AnmPatientReading *reading;
  AnmWeights        *weights;
  guint              layer;
  char              *symbol;
  int                unit;       /* chosen then, -1 = none */
  GArray            *marked;     /* of guint: units marked then; nullable */
  guint              first_step;
  guint              n_steps;

  GtkWidget         *box;
  GtkWidget         *title;
  GtkWidget         *caption;
  GtkWidget         *scope;
  GtkWidget         *progress;
  GtkWidget         *progress_bar;
  GtkWidget         *list;
  guint              timer;
  gboolean           showing;
};

enum
{
  SIGNAL_CHOSEN,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmSimilarPanel, anm_similar_panel, GTK_TYPE_WIDGET)

/* On the worker's thread */

typedef struct
{
  AnmWeights        *weights;
  AnmPatientReading *reading;
  char              *symbol;
  GArray            *units;      /* of guint, nullable */
  AnmSimilarQuery    query;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  anm_weights_unref (request->weights);
  anm_patient_reading_unref (request->reading);
  g_free (request->symbol);
  g_clear_pointer (&request->units, g_array_unref);
  g_free (request);
}

static gboolean
progress_cb (guint done,
             guint n_patients,
             gpointer data)
{
  return anm_work_progress (data, (double) done / MAX (n_patients, 1));
}

static void
free_found (gpointer found)
{
  g_array_unref (found);
}

static gpointer
search_cb (AnmWork *work,
           gpointer data,
           GError **error)
{
  const Request *request = data;

  anm_work_set_free_result (work, free_found);
  return anm_similar_hours_find (request->weights, request->reading, &request->query, progress_cb, work, error);
}

/* What was found */

static char *
format_hours (const AnmPatientReading *reading,
              double begin,
              double end)
{
  g_autofree char *last = anm_number_format (end, 4);
  g_autofree char *first = anm_number_format_time (begin, reading->cohort->time_unit);

  /* Translators: the first and the last of some hours, "hour 12 to 18". */
  return begin == end ? g_steal_pointer (&first) : g_strdup_printf (_("%s to %s"), first, last);
}

/* What came true of a patient with one outcome of two or more, borrowed; "" if that isn't so, or not known. */
static const char *
get_outcome_word (const AnmCohort *cohort,
                  guint32 patient)
{
  const AnmTarget *target = &cohort->target;
  double value;
  guint n = 0;

  if (target->classes == NULL || target->shape.per_step || cohort->targets == NULL || target->shape.kind == ANM_TARGET_LABELS)
    return "";
  value = (double) cohort->targets[patient];
  while (target->classes[n] != NULL)
    n++;
  return isfinite (value) && value >= 0 && value < n ? anm_data_word (target->classes[(guint) value]) : "";
}

static GtkWidget *
make_label (const char *text,
            float align,
            gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
make_row (const AnmPatientReading *reading,
          const AnmSimilarHours *hours)
{
  const AnmCohort *cohort = reading->cohort;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *patient = g_strdup_printf (_("Patient %s"), cohort->ids[hours->patient]);
  g_autofree char *when = format_hours (reading, hours->begin, hours->end);
  g_autofree char *distance = anm_number_format_fixed (hours->distance, 2);
  const char *outcome = get_outcome_word (cohort, hours->patient);
  g_autofree char *words = NULL;
  GtkWidget *labels[] = { make_label (patient, 0, FALSE), make_label (when, 0, FALSE), make_label (outcome, 0, TRUE), make_label (distance, 1, TRUE) };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gtk_widget_set_hexpand (labels[i], i < 3);
      gtk_box_append (GTK_BOX (box), labels[i]);
    }
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "hours", g_memdup2 (hours, sizeof *hours), g_free);
  /* Translators: a patient, hours, what came true (may be empty), a distance. */
  words = g_strdup_printf (_("%s, %s, %s, distance %s"), patient, when, outcome, distance);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return row;
}

static void
clear_list (AnmSimilarPanel *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
}

static void
show_searching (AnmSimilarPanel *self,
                gboolean searching)
{
  gtk_widget_set_visible (self->progress, searching);
  gtk_widget_set_opacity (self->list, searching ? 0.6 : 1);
  if (!searching)
    g_clear_handle_id (&self->timer, g_source_remove);
}

/* "units 3, 5, 8": which are compared, NULL = all. */
static char *
name_units (const GArray *units)
{
  GString *numbers = g_string_new (NULL);
  char *words;

  for (guint i = 0; i < MIN (units->len, MOST_NAMED); i++)
    g_string_append_printf (numbers, i > 0 ? ", %u" : "%u", g_array_index (units, guint, i) + 1);
  if (units->len > MOST_NAMED)
    g_string_append_printf (numbers, g_dngettext (GETTEXT_PACKAGE, " and %u more", " and %u more", units->len - MOST_NAMED), units->len - MOST_NAMED);
  /* Translators: numbers of units, "3, 5, 8 and 12 more". */
  words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "unit %s", "units %s", units->len), numbers->str);
  g_string_free (numbers, TRUE);
  return words;
}

/* Those that the choice names; NULL = all. */
static GArray *
get_units (AnmSimilarPanel *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->scope));
  const gboolean of_marks = self->marked != NULL;
  GArray *units;
  guint unit;

  if (of_marks && selected == 1)
    return g_array_ref (self->marked);
  if (self->unit < 0 || selected != (of_marks ? 2 : 1))
    return NULL;
  unit = (guint) self->unit;
  units = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (units, unit);
  return units;
}

static void
answered_cb (gpointer result,
             const GError *error,
             gpointer data)
{
  AnmSimilarPanel *self = data;
  const GArray *found = result;
  g_autoptr (GArray) units = get_units (self);
  g_autofree char *compared = units != NULL ? name_units (units) : g_strdup (_("all units"));
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  show_searching (self, FALSE);
  clear_list (self);
  if (self->reading == NULL)
    return;
  if (found == NULL)
    {
      gtk_label_set_label (GTK_LABEL (self->caption), error != NULL ? error->message : _("This layer has nothing to compare."));
      return;
    }

  for (guint i = 0; i < MIN (found->len, MOST_ROWS); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self->reading, &g_array_index (found, AnmSimilarHours, i)));
  count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u patient, the likest first; 0 = the same, 1 = the usual spread",
                                        "%u patients, the likest first; 0 = the same, 1 = the usual spread", found->len),
                           found->len);
  /* Translators: which units are compared, "units 3, 5, 8"; how many patients, and what the numbers mean. */
  text = g_strdup_printf (_("By %s: %s"), compared, count);
  gtk_label_set_label (GTK_LABEL (self->caption), text);
  anm_set_tooltip (self->caption, text);
}

static gboolean
timer_cb (gpointer data)
{
  AnmSimilarPanel *self = data;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress_bar), anm_worker_get_progress (self->worker, NULL));
  return G_SOURCE_CONTINUE;
}

/* Looking */

static void
search (AnmSimilarPanel *self)
{
  Request *request;

  if (self->reading == NULL)
    return;

  request = g_new0 (Request, 1);
  request->weights = anm_weights_ref (self->weights);
  request->reading = anm_patient_reading_ref (self->reading);
  request->symbol = g_strdup (self->symbol);
  request->query = (AnmSimilarQuery){ .layer = self->layer, .symbol = request->symbol, .first_step = self->first_step, .n_steps = self->n_steps };
  request->units = get_units (self);
  if (request->units != NULL)
    {
      request->query.units = (const guint *) (gpointer) request->units->data;
      request->query.n_units = request->units->len;
    }

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress_bar), 0);
  show_searching (self, TRUE);
  if (self->timer == 0)
    self->timer = g_timeout_add (PROGRESS_INTERVAL_MS, timer_cb, self);
  anm_worker_submit (self->worker, request, request_free);
}

static void
scope_chosen_cb (AnmSimilarPanel *self)
{
  if (!self->showing)
    search (self);
}

static void
forget (AnmSimilarPanel *self)
{
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_pointer (&self->weights, anm_weights_unref);
  g_clear_pointer (&self->symbol, g_free);
  g_clear_pointer (&self->marked, g_array_unref);
}

/* All units, the marked ones, the chosen one. */
static void
offer_scopes (AnmSimilarPanel *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autofree char *alone = g_strdup_printf (_("unit %d alone"), self->unit + 1);

  self->showing = TRUE;
  gtk_string_list_append (list, _("all units"));
  if (self->marked != NULL)
    {
      g_autofree char *marked = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u marked unit", "%u marked units", self->marked->len), self->marked->len);

      gtk_string_list_append (list, marked);
    }
  if (self->unit >= 0)
    gtk_string_list_append (list, alone);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->scope), G_LIST_MODEL (list));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->scope), self->marked != NULL ? 1 : 0);
  gtk_widget_set_sensitive (self->scope, self->marked != NULL || self->unit >= 0);
  self->showing = FALSE;
}

void
anm_similar_panel_clear (AnmSimilarPanel *self)
{
  g_return_if_fail (ANM_IS_SIMILAR_PANEL (self));

  anm_worker_cancel (self->worker);
  show_searching (self, FALSE);
  clear_list (self);
  forget (self);
}

void
anm_similar_panel_search (AnmSimilarPanel *self,
                          guint layer,
                          const char *symbol,
                          const GArray *marked,
                          double low,
                          double high)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const AnmReadingTrace *trace = reading != NULL && layer < reading->n_layers ? anm_patient_reading_find_trace (reading, layer, symbol) : NULL;
  double first, last;
  g_autofree char *hours = NULL;
  g_autofree char *title = NULL;

  g_return_if_fail (ANM_IS_SIMILAR_PANEL (self));

  if (trace == NULL || reading->n_steps == 0)
    return;

  /* Steps whose middle lies in the span; the nearest if none does. */
  first = ceil ((MIN (low, high) - anm_patient_reading_get_x (reading, 0)) / reading->step - 1e-6);
  last = floor ((MAX (low, high) - anm_patient_reading_get_x (reading, 0)) / reading->step + 1e-6);
  if (last < first)
    first = last = round (((low + high) / 2 - anm_patient_reading_get_x (reading, 0)) / reading->step);
  first = CLAMP (first, 0, reading->n_steps - 1);
  last = CLAMP (last, first, reading->n_steps - 1);

  forget (self);
  self->reading = anm_patient_reading_ref (reading);
  self->weights = anm_weights_ref (anm_live_reading_get_weights (self->live));
  self->layer = layer;
  self->symbol = g_strdup (symbol);
  self->first_step = (guint) first;
  self->n_steps = (guint) (last - first) + 1;
  self->unit = anm_view_state_get_unit (self->state) >= 0
                 ? anm_reading_trace_find_unit (trace, &reading->layers[layer], (guint) anm_view_state_get_unit (self->state)) : -1;

  hours = format_hours (reading, anm_patient_reading_get_x (reading, self->first_step), anm_patient_reading_get_x (reading, (guint) last));
  /* Translators: hours of one patient, "Like hour 12 to 18 of patient 4127". */
  title = g_strdup_printf (_("Like %s of patient %s"), hours, reading->cohort->ids[reading->patient]);
  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_label_set_label (GTK_LABEL (self->caption), _("Looking through all patients…"));

  if (marked != NULL && marked->len > 0 && marked->len < trace->n_units)
    {
      self->marked = g_array_new (FALSE, FALSE, sizeof (guint));
      for (guint i = 0; i < marked->len; i++)
        if (g_array_index (marked, guint, i) < trace->n_units)
          g_array_append_val (self->marked, g_array_index (marked, guint, i));
    }
  offer_scopes (self);
  search (self);
}

static void
row_activated_cb (AnmSimilarPanel *self,
                  GtkListBoxRow *row)
{
  const AnmSimilarHours *hours = g_object_get_data (G_OBJECT (row), "hours");

  g_object_freeze_notify (G_OBJECT (self->state));
  anm_view_state_set_patient (self->state, hours->patient);
  /* A figure shows a step at its end. */
  anm_view_state_pin_cursor (self->state, hours->begin - 0.5 * self->reading->step);
  g_object_thaw_notify (G_OBJECT (self->state));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, hours->begin, hours->end);
}

static void
cancel_cb (AnmSimilarPanel *self)
{
  anm_worker_cancel (self->worker);
  show_searching (self, FALSE);
  gtk_label_set_label (GTK_LABEL (self->caption), _("Given up."));
}

static void
close_cb (AnmSimilarPanel *self)
{
  anm_similar_panel_clear (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/* Making */

static GtkWidget *
make_head (AnmSimilarPanel *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *cancel = gtk_button_new_with_label (_("Cancel"));
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->title = make_label (NULL, 0, FALSE);
  gtk_widget_add_css_class (self->title, "heading");
  self->caption = make_label (NULL, 0, TRUE);
  gtk_widget_add_css_class (self->caption, "caption");
  gtk_box_append (GTK_BOX (words), self->title);
  gtk_box_append (GTK_BOX (words), self->caption);
  gtk_widget_set_hexpand (words, TRUE);

  self->progress = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->progress_bar = gtk_progress_bar_new ();
  gtk_widget_set_size_request (self->progress_bar, 80, -1);
  gtk_widget_set_valign (self->progress_bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Patients looked through"), -1);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (cancel_cb), self);
  gtk_widget_set_valign (cancel, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->progress), self->progress_bar);
  gtk_box_append (GTK_BOX (self->progress), cancel);
  gtk_widget_set_visible (self->progress, FALSE);

  self->scope = gtk_drop_down_new (NULL, NULL);
  gtk_widget_set_valign (self->scope, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scope), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Units compared"), -1);
  g_signal_connect_swapped (self->scope, "notify::selected", G_CALLBACK (scope_chosen_cb), self);
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_set_valign (close, GTK_ALIGN_CENTER);
  anm_set_tooltip (close, _("Put away"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Put away"), -1);
  g_signal_connect_swapped (close, "clicked", G_CALLBACK (close_cb), self);

  gtk_box_append (GTK_BOX (head), words);
  gtk_box_append (GTK_BOX (head), self->progress);
  gtk_box_append (GTK_BOX (head), self->scope);
  gtk_box_append (GTK_BOX (head), close);
  return head;
}

GtkWidget *
anm_similar_panel_new (AnmViewState *state,
                       AnmLiveReading *live)
{
  AnmSimilarPanel *self = g_object_new (ANM_TYPE_SIMILAR_PANEL, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  return GTK_WIDGET (self);
}

static void
anm_similar_panel_dispose (GObject *object)
{
  AnmSimilarPanel *self = ANM_SIMILAR_PANEL (object);

  self->showing = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->worker, anm_worker_free);
  forget (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_similar_panel_parent_class)->dispose (object);
}

static void
anm_similar_panel_class_init (AnmSimilarPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_similar_panel_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "similarpanel");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", ANM_TYPE_SIMILAR_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", ANM_TYPE_SIMILAR_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_similar_panel_init (AnmSimilarPanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->unit = -1;
  self->worker = anm_worker_new ("similar", ANM_WORKER_CANCEL, search_cb, answered_cb, self);
  self->list = gtk_list_box_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Patients and hours"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_widget_set_size_request (scrolled, -1, LIST_HEIGHT);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->box), make_head (self));
  gtk_box_append (GTK_BOX (self->box), scrolled);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Similar hours"), -1);
}
