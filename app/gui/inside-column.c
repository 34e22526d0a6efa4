/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/inside-column.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/patient-column.h"
#include "app/gui/input-choice.h"
#include "app/gui/similar-panel.h"
#include "app/gui/time-cursor.h"
#include "app/gui/time-frame.h"
#include "app/gui/worker.h"
#include "app/study/inspection.h"
#include "widgets/figures/state-column.h"
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

  GtkWidget      *box;
  GtkWidget      *overlay;
  GtkWidget      *similar;
  GtkWidget      *view;
  GtkWidget      *lens_button;
  GtkWidget      *lens_label;
  GtkWidget      *inputs_popover;
  GArray         *marked;         /* of guint: units of what is shown that are marked */
  int             marked_layer;
  AnmWorker      *worker;
  gboolean        due;
  guint           idle;
};

G_DEFINE_FINAL_TYPE (AnmInsideColumn, anm_inside_column, GTK_TYPE_WIDGET)

/* The figure is made on a thread: a long record of many units has millions of cells. */

typedef struct
{
  AnmPatientReading *reading;   /* nullable */
  AnmPatientBand    *band;      /* nullable */
  char              *older;     /* nullable: whose weights it is of */
  GArray            *inputs;
  GArray            *marked;
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
  g_clear_pointer (&request->band, anm_patient_band_unref);
  g_free (request->older);
  g_array_unref (request->inputs);
  g_array_unref (request->marked);
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

/* Channels of the cohort. */
static GArray *
get_inputs (AnmInsideColumn *self,
            const AnmPatientReading *reading)
{
  const char *inputs = anm_view_state_get_inputs (self->state);
  g_auto (GStrv) names = NULL;
  GArray *channels;

  if (reading != NULL && inputs == NULL)
    return anm_patient_column_choose_channels (reading, N_INPUTS_AT_FIRST);
  channels = g_array_new (FALSE, FALSE, sizeof (guint));
  names = g_strsplit (inputs != NULL ? inputs : "", "\n", -1);
  for (guint i = 0; reading != NULL && names[i] != NULL; i++)
    {
      guint channel;

      if (anm_cohort_find_channel (reading->cohort, names[i], &channel))
        g_array_append_val (channels, channel);
    }
  return channels;
}

static GArray *
copy_units (const GArray *units)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_vals (copy, units->data, units->len);
  return copy;
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
  AnmPatientBand *band = anm_live_reading_get_band (self->live, &request->older);

  if (reading != NULL)
    request->reading = anm_patient_reading_ref (reading);
  if (band != NULL)
    request->band = anm_patient_band_ref (band);
  request->inputs = get_inputs (self, reading);
  request->marked = copy_units (self->marked);
  request->weights = anm_live_reading_describe_weights (self->live);
  request->symbol = g_strdup (anm_view_state_get_quantity (self->state));
  request->order = order != NULL ? g_memdup2 (order, h->n_units * sizeof *order) : NULL;
  request->tree = tree != NULL && h->n_units > 1 ? g_memdup2 (tree, (h->n_units - 1) * sizeof *tree) : NULL;
  request->column = (AnmPatientColumn){
    .reading = request->reading,
    .weights = request->weights,
    .band = { request->band, request->older },
    .layer = layer,
    .symbol = request->symbol,
    .by_number = anm_view_state_get_by_number (self->state),
    .order = request->order,
    .tree = request->tree,
    .unit = anm_view_state_get_unit (self->state),
    .n_channels = request->inputs->len,
    .channels = (const guint *) (gpointer) request->inputs->data,
    .n_marked = request->marked->len,
    .marked = (const guint *) (gpointer) request->marked->data,
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
  if (self->similar != NULL)
    similar_closed_cb (self);
  queue_show (self);
}

/* Another layer has other rows, and what was zoomed into or marked says nothing of them. */
static void
layer_changed_cb (AnmInsideColumn *self)
{
  AnmFigureFrame frame;

  if (self->marked_layer == anm_view_state_get_layer (self->state))
    return;
  self->marked_layer = anm_view_state_get_layer (self->state);
  g_array_set_size (self->marked, 0);
  anm_figure_view_get_frame (ANM_FIGURE_VIEW (self->view), &frame);
  frame.y_low = frame.y_high = NAN;
  anm_figure_view_set_frame (ANM_FIGURE_VIEW (self->view), &frame);
  queue_show (self);
}

static void
slow_cb (AnmInsideColumn *self)
{
  gtk_widget_set_opacity (self->view, anm_live_reading_get_slow (self->live) ? DIMMED : 1);
}

/* Cells */

/* The layer that is shown, -1 without one, and what of it. */
static int
find_shown (AnmInsideColumn *self,
            const AnmReadingTrace **trace)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const int layer = anm_view_state_get_layer (self->state) >= 0 || reading == NULL
                      ? anm_view_state_get_layer (self->state) : MAX (anm_network_find_recurrent (reading->network), 0);

  *trace = NULL;
  if (reading == NULL || layer < 0 || (guint) layer >= reading->n_layers)
    return -1;
  *trace = anm_patient_column_get_trace (reading, (guint) layer, anm_view_state_get_quantity (self->state), anm_view_state_get_unit (self->state));
  return layer;
}

static void find_similar (AnmInsideColumn *self);

/* Marked are rows of the figure: units of the half that it shows. */
static void
rows_marked_cb (AnmInsideColumn *self,
                const GArray *units)
{
  const gboolean same = units->len == self->marked->len && (units->len == 0 || memcmp (units->data, self->marked->data, units->len * sizeof (guint)) == 0);

  if (same)
    return;
  g_array_set_size (self->marked, 0);
  g_array_append_vals (self->marked, units->data, units->len);
  queue_show (self);
  if (gtk_widget_get_visible (self->similar))
    find_similar (self);
}

static int
compare_units (gconstpointer a,
               gconstpointer b)
{
  const guint one = *(const guint *) a, other = *(const guint *) b;

  return one < other ? -1 : one > other;
}

/* A second click takes the mark away. */
static void
mark_branch (AnmInsideColumn *self,
             GArray *units)
{
  g_array_sort (units, compare_units);
  if (units->len == self->marked->len && memcmp (units->data, self->marked->data, units->len * sizeof (guint)) == 0)
    g_array_set_size (units, 0);
  rows_marked_cb (self, units);
}

static void
clicked_cb (AnmInsideColumn *self,
            const AnmFigurePlace *place,
            int n_press)
{
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  const AnmReadingTrace *trace;
  const int layer = find_shown (self, &trace);
  g_autoptr (GArray) branch = NULL;

  if (place == NULL || reading == NULL || layer < 0 || place->series < 0)
    return;

  branch = anm_state_column_get_branch (anm_figure_view_get_figure (ANM_FIGURE_VIEW (self->view)), place->series);
  if (branch != NULL)
    {
      if (n_press == 1)
        mark_branch (self, branch);
      return;
    }

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
find_similar (AnmInsideColumn *self)
{
  const AnmReadingTrace *trace;
  const int layer = find_shown (self, &trace);
  double low, high;
  gboolean marked;

  anm_figure_view_get_brush (ANM_FIGURE_VIEW (self->view), &low, &high);
  marked = !isnan (low) && !isnan (high) && trace != NULL;
  gtk_widget_set_visible (self->similar, marked);
  if (marked)
    anm_similar_panel_search (ANM_SIMILAR_PANEL (self->similar), (guint) layer, trace->symbol, self->marked, low, high);
  else
    anm_similar_panel_clear (ANM_SIMILAR_PANEL (self->similar));
}

/* A span that was marked on another page waits until it is asked for. */
static void
find_similar_action (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  find_similar (ANM_INSIDE_COLUMN (widget));
}

static void
span_changed_cb (AnmInsideColumn *self)
{
  double low, high;

  anm_time_window_get_span (anm_view_state_get_window (self->state), &low, &high);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "column.find-similar", !isnan (low));
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
  AnmPatientReading *reading = anm_live_reading_get_reading (self->live);
  GString *names = g_string_new (NULL);

  for (guint i = 0; reading != NULL && i < channels->len; i++)
    {
      const guint channel = g_array_index (channels, guint, i);

      if (channel < reading->cohort->n_channels)
        g_string_append_printf (names, "%s%s", names->len > 0 ? "\n" : "", reading->cohort->channels[channel].name);
    }
  anm_view_state_set_inputs (self->state, names->str);
  g_string_free (names, TRUE);
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

  chosen = get_inputs (self, reading);
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
                       AnmLiveReading *live)
{
  AnmInsideColumn *self = g_object_new (ANM_TYPE_INSIDE_COLUMN, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  self->marked_layer = anm_view_state_get_layer (state);
  anm_time_cursor_attach (ANM_FIGURE_VIEW (self->view), state);
  anm_time_frame_attach (ANM_FIGURE_VIEW (self->view), state, TRUE);
  self->similar = anm_similar_panel_new (state, live);
  gtk_widget_set_visible (self->similar, FALSE);
  g_signal_connect_swapped (self->similar, "chosen", G_CALLBACK (hours_chosen_cb), self);
  g_signal_connect_swapped (self->similar, "closed", G_CALLBACK (similar_closed_cb), self);
  g_signal_connect_swapped (self->view, "brushed", G_CALLBACK (find_similar), self);
  g_signal_connect_swapped (self->view, "rows-marked", G_CALLBACK (rows_marked_cb), self);
  gtk_box_append (GTK_BOX (self->box), self->similar);

  g_signal_connect_object (live, "changed", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "band-changed", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "notify::slow", G_CALLBACK (slow_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::unit", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::quantity", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::layer", G_CALLBACK (layer_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::by-number", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::inputs", G_CALLBACK (queue_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (anm_view_state_get_window (state), "notify::span-low", G_CALLBACK (span_changed_cb), self, G_CONNECT_SWAPPED);
  span_changed_cb (self);
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
  g_clear_pointer (&self->marked, g_array_unref);
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
  gtk_widget_class_install_action (widget_class, "column.find-similar", NULL, find_similar_action);
}

static void
anm_inside_column_init (AnmInsideColumn *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _("Choose inputs…"), "column.choose-inputs");
  g_menu_append (menu, _("Find similar hours"), "column.find-similar");
  g_menu_append (menu, _("Order units anew"), "inside.reorder");

  self->marked = g_array_new (FALSE, FALSE, sizeof (guint));
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
