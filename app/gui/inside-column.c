/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-column.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-column.h"
#include "app/gui/input-choice.h"
#include "app/gui/similar-panel.h"
#include "app/gui/time-cursor.h"
#include "app/gui/worker.h"
#include "app/study/inspection.h"
#include "widgets/views/figure-view.h"

#define N_INPUTS_AT_FIRST 2
/* Below this the lens's button keeps its icon alone. */
#define WORDS_WIDTH 540
#define DIMMED 0.6

struct _AnmInsideColumn
{
  GtkWidget       parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;
  AnmInsideBar   *bar;

  GtkWidget      *box;
  GtkWidget      *overlay;
  GtkWidget      *similar;
  GtkWidget      *view;
  GtkWidget      *lens_button;
  GtkWidget      *lens_label;
  GtkWidget      *inputs_popover;
  GArray         *inputs;         /* chosen by hand: channels of the cohort; NULL = the first ones */
  AnmWorker      *worker;
  gboolean        due;
  guint           idle;
};

G_DEFINE_FINAL_TYPE (AnmInsideColumn, anm_inside_column, GTK_TYPE_WIDGET)

/* The figure is made on a thread: a long record of many units has millions of cells. */

typedef struct
{
  AnmPatientReading *reading;   /* nullable */
  GArray            *inputs;
  char              *weights;
  char              *symbol;
  guint             *order;
  AnmMerge          *tree;
  AnmPatientColumn   column;    /* points into the above */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->reading, anm_patient_reading_unref);
  g_array_unref (request->inputs);
  g_free (request->weights);
  g_free (request->symbol);
  g_free (request->order);
  g_free (request->tree);
  g_free (request);
}

static gpointer
make_figure_cb (AnmWork *work,
                gpointer data,
                GError **error)
{
  anm_work_set_free_result (work, (GDestroyNotify) anm_figure_unref);
  return anm_patient_column_exhibit_new (&((Request *) data)->column);
}

static void
figure_made_cb (gpointer result,
                const GError *error,
                gpointer data)
{
  if (result != NULL)
    anm_figure_view_set_figure (ANM_FIGURE_VIEW (((AnmInsideColumn *) data)->view), result);
}

static Request *
make_request (AnmInsideColumn *self)
{
  Request *request = g_new0 (Request, 1);
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state);
  const int shown = layer >= 0 || reading == NULL ? layer : anm_network_find_recurrent (reading->network);
  const AnmReadingTrace *h = reading != NULL && shown >= 0 && (guint) shown < reading->n_layers
                               ? anm_patient_reading_find_trace (reading, (guint) shown, "h") : NULL;
  const guint *order = h != NULL ? anm_live_reading_get_order (self->live, (guint) shown) : NULL;
  const AnmMerge *tree = h != NULL ? anm_live_reading_get_tree (self->live, (guint) shown) : NULL;

  if (reading != NULL)
    request->reading = anm_patient_reading_ref (reading);
  if (self->inputs != NULL)
    request->inputs = g_array_ref (self->inputs);
  else
    request->inputs = reading != NULL ? anm_patient_column_choose_channels (reading, N_INPUTS_AT_FIRST) : g_array_new (FALSE, FALSE, sizeof (guint));
  request->weights = anm_live_reading_describe_weights (self->live);
  request->symbol = g_strdup (anm_view_state_get_quantity (self->state));
  request->order = order != NULL ? g_memdup2 (order, h->n_units * sizeof *order) : NULL;
  request->tree = tree != NULL && h->n_units > 1 ? g_memdup2 (tree, (h->n_units - 1) * sizeof *tree) : NULL;
  request->column = (AnmPatientColumn){
    .reading = request->reading,
    .weights = request->weights,
    .layer = layer,
    .symbol = request->symbol,
    .by_number = anm_inside_bar_get_by_number (self->bar),
    .order = request->order,
    .tree = request->tree,
    .unit = anm_view_state_get_unit (self->state),
    .n_channels = request->inputs->len,
    .channels = (const guint *) (gpointer) request->inputs->data,
  };
  return request;
}

static void
show (AnmInsideColumn *self)
{
  self->due = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (!self->due)
    anm_worker_submit (self->worker, make_request (self), request_free);
}

static gboolean
show_cb (gpointer data)
{
  AnmInsideColumn *self = data;

  self->idle = 0;
  gtk_widget_set_visible (self->lens_label, gtk_widget_get_width (GTK_WIDGET (self)) >= WORDS_WIDTH);
  show (self);
  return G_SOURCE_REMOVE;
}

/* Layer and unit change together: drawn once. */
static void
queue_show (AnmInsideColumn *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (GDK_PRIORITY_REDRAW - 1, show_cb, self, NULL);
}

static void similar_closed_cb (AnmInsideColumn *self);

static void
study_changed_cb (AnmInsideColumn *self)
{
  g_clear_pointer (&self->inputs, g_array_unref);
  if (self->similar != NULL)
    similar_closed_cb (self);
  queue_show (self);
}

static void
slow_cb (AnmInsideColumn *self)
{
  gtk_widget_set_opacity (self->view, anm_live_reading_get_slow (self->live) ? DIMMED : 1);
}

/* Cells */

static void
clicked_cb (AnmInsideColumn *self,
            const AnmFigurePlace *place,
            int n_press)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state) >= 0 || reading == NULL
                      ? anm_view_state_get_layer (self->state) : MAX (anm_network_find_recurrent (reading->network), 0);
  const AnmReadingTrace *trace =
    reading != NULL && layer >= 0 && (guint) layer < reading->n_layers
      ? anm_patient_column_get_trace (reading, (guint) layer, anm_view_state_get_quantity (self->state), anm_view_state_get_unit (self->state)) : NULL;

  if (place == NULL || reading == NULL || place->series < 0)
    return;

  /* Rows of a backward half are the layer's later units. */
  if ((guint) place->series < (trace != NULL ? trace->n_units : reading->layers[layer].n_units) && (trace == NULL || !trace->of_inputs))
    {
      const guint shift = trace != NULL && anm_reading_trace_get_half (trace) == 1 ? trace->n_units : 0;

      g_object_freeze_notify (G_OBJECT (self->state));
      anm_view_state_set_layer (self->state, layer);
      anm_view_state_set_unit (self->state, place->series + (int) shift);
      g_object_thaw_notify (G_OBJECT (self->state));
    }
}

/* Similar hours */

static void
brushed_cb (AnmInsideColumn *self,
            double low,
            double high)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state) >= 0 || reading == NULL
                      ? anm_view_state_get_layer (self->state) : MAX (anm_network_find_recurrent (reading->network), 0);
  const AnmReadingTrace *trace =
    reading != NULL && layer >= 0 && (guint) layer < reading->n_layers
      ? anm_patient_column_get_trace (reading, (guint) layer, anm_view_state_get_quantity (self->state), anm_view_state_get_unit (self->state)) : NULL;
  const gboolean marked = !isnan (low) && !isnan (high) && trace != NULL;

  gtk_widget_set_visible (self->similar, marked);
  if (marked)
    anm_similar_panel_search (ANM_SIMILAR_PANEL (self->similar), (guint) layer, trace->symbol, low, high);
  else
    anm_similar_panel_clear (ANM_SIMILAR_PANEL (self->similar));
}

static void
hours_chosen_cb (AnmInsideColumn *self,
                 double begin,
                 double end)
{
  const double half = 0.5 * anm_view_state_get_time_step (self->state);

  anm_figure_view_set_brush (ANM_FIGURE_VIEW (self->view), begin - half, end + half);
}

static void
similar_closed_cb (AnmInsideColumn *self)
{
  gtk_widget_set_visible (self->similar, FALSE);
  anm_figure_view_set_brush (ANM_FIGURE_VIEW (self->view), NAN, NAN);
  gtk_widget_grab_focus (self->view);
}

/* Inputs */

static void
inputs_chosen_cb (AnmInsideColumn *self,
                  GArray *channels)
{
  g_clear_pointer (&self->inputs, g_array_unref);
  self->inputs = g_array_ref (channels);
  queue_show (self);
}

static void
choose_inputs_action (GtkWidget *widget,
                      const char *name,
                      GVariant *parameter)
{
  AnmInsideColumn *self = ANM_INSIDE_COLUMN (widget);
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  g_autoptr (GArray) chosen = NULL;

  if (reading == NULL)
    return;

  chosen = self->inputs != NULL ? g_array_ref (self->inputs) : anm_patient_column_choose_channels (reading, N_INPUTS_AT_FIRST);
  anm_input_choice_set (ANM_INPUT_CHOICE (self->inputs_popover), reading->cohort, chosen);
  gtk_popover_popup (GTK_POPOVER (self->inputs_popover));
}

/* Making */

static void
anm_inside_column_size_allocate (GtkWidget *widget,
                                 int width,
                                 int height,
                                 int baseline)
{
  AnmInsideColumn *self = ANM_INSIDE_COLUMN (widget);

  if (gtk_widget_get_visible (self->lens_label) != (width >= WORDS_WIDTH))
    queue_show (self);
  gtk_widget_size_allocate (self->box, &(GtkAllocation){ 0, 0, width, height }, -1);
  gtk_popover_present (GTK_POPOVER (self->inputs_popover));
}

static void
anm_inside_column_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  gtk_widget_measure (ANM_INSIDE_COLUMN (widget)->box, orientation, for_size, minimum, natural, NULL, NULL);
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_inside_column_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_inside_column_parent_class)->map (widget);

  if (ANM_INSIDE_COLUMN (widget)->due)
    show (ANM_INSIDE_COLUMN (widget));
}

static GtkWidget *
make_lens_button (AnmInsideColumn *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->lens_button = gtk_button_new ();
  self->lens_label = gtk_label_new (_("Cell lens"));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("anm-lens-symbolic"));
  gtk_box_append (GTK_BOX (box), self->lens_label);
  gtk_button_set_child (GTK_BUTTON (self->lens_button), box);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->lens_button), "inside.show-lens");
  gtk_widget_set_tooltip_text (self->lens_button, _("One unit, one hour: the equations with their numbers"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lens_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cell lens"), -1);
  gtk_widget_set_halign (self->lens_button, GTK_ALIGN_END);
  gtk_widget_set_valign (self->lens_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->lens_button, "lens-button");
  return self->lens_button;
}

GtkWidget *
anm_inside_column_new (AnmViewState *state,
                       AnmLiveReading *live,
                       AnmInsideBar *bar)
{
  AnmInsideColumn *self = g_object_new (ANM_TYPE_INSIDE_COLUMN, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  self->bar = g_object_ref (bar);
  anm_time_cursor_attach (ANM_FIGURE_VIEW (self->view), state);
  self->similar = anm_similar_panel_new (state, live);
  gtk_widget_set_visible (self->similar, FALSE);
  g_signal_connect_swapped (self->similar, "chosen", G_CALLBACK (hours_chosen_cb), self);
  g_signal_connect_swapped (self->similar, "closed", G_CALLBACK (similar_closed_cb), self);
  g_signal_connect_swapped (self->view, "brushed", G_CALLBACK (brushed_cb), self);
  gtk_box_append (GTK_BOX (self->box), self->similar);

  g_signal_connect_object (live, "changed", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "notify::slow", G_CALLBACK (slow_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::unit", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::quantity", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bar, "notify::by-number", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  queue_show (self);

  return GTK_WIDGET (self);
}

static void
anm_inside_column_dispose (GObject *object)
{
  AnmInsideColumn *self = ANM_INSIDE_COLUMN (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->worker, anm_worker_free);
  g_clear_pointer (&self->inputs_popover, gtk_widget_unparent);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->inputs, g_array_unref);
  g_clear_object (&self->bar);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_inside_column_parent_class)->dispose (object);
}

static void
anm_inside_column_class_init (AnmInsideColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_inside_column_dispose;
  widget_class->measure = anm_inside_column_measure;
  widget_class->size_allocate = anm_inside_column_size_allocate;
  widget_class->map = anm_inside_column_map;
  gtk_widget_class_install_action (widget_class, "column.choose-inputs", NULL, choose_inputs_action);
}

static void
anm_inside_column_init (AnmInsideColumn *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _("Choose inputs…"), "column.choose-inputs");
  g_menu_append (menu, _("Order units anew"), "inside.reorder");

  self->worker = anm_worker_new ("column", ANM_WORKER_FINISH, make_figure_cb, figure_made_cb, self);
  self->overlay = gtk_overlay_new ();
  self->view = anm_figure_view_new ();
  gtk_widget_add_css_class (self->view, "inside-figure");
  gtk_widget_set_size_request (self->view, 300, 240);
  anm_figure_view_add_menu (ANM_FIGURE_VIEW (self->view), G_MENU_MODEL (menu));
  g_signal_connect_swapped (self->view, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), self->view);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), make_lens_button (self));
  gtk_widget_set_vexpand (self->overlay, TRUE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->overlay);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->inputs_popover = anm_input_choice_new ();
  g_signal_connect_swapped (self->inputs_popover, "chosen", G_CALLBACK (inputs_chosen_cb), self);
  gtk_widget_set_parent (self->inputs_popover, GTK_WIDGET (self));
}
