/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/epoch-scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/kept-epochs.h"

#define TICK_HEIGHT 5
/* From the scale's middle down to its ticks. */
#define TICK_DISTANCE 9
/* Ticks nearer than this run into one another: only every second is drawn, or fourth. */
#define LEAST_PITCH 3

struct _AnmEpochScale
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  GtkWidget    *scale;
  gboolean      showing;
};

G_DEFINE_FINAL_TYPE (AnmEpochScale, anm_epoch_scale, GTK_TYPE_WIDGET)

static guint
get_last_epoch (AnmRun *run)
{
  const guint n = run != NULL ? anm_run_get_n_epochs (run) : 0;

  return n > 0 ? anm_run_get_epoch (run, n - 1)->epoch : 0;
}

static void
show (AnmEpochScale *self)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (self->scale));
  const guint last = get_last_epoch (run);
  const int shown = MAX (anm_view_state_get_shown_epoch (self->state), 0);
  g_autofree char *words = NULL;

  self->showing = TRUE;
  gtk_adjustment_configure (adjustment, shown, 0, MAX (last, 1), 1, MAX (last / 10, 1), 0);
  self->showing = FALSE;
  gtk_widget_set_sensitive (self->scale, last > 0);
  words = g_strdup_printf (_("Epoch %d of %u"), shown, last);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Dragged, clicked or moved by keys: to the nearest kept epoch; by a step to the next one in that direction. */
static gboolean
change_value_cb (GtkRange *range,
                 GtkScrollType scroll,
                 double value,
                 AnmEpochScale *self)
{
  AnmRun *run = anm_view_state_get_run (self->state);
  int epoch;

  if (scroll == GTK_SCROLL_STEP_FORWARD || scroll == GTK_SCROLL_STEP_RIGHT || scroll == GTK_SCROLL_STEP_UP)
    anm_view_state_step_epoch (self->state, 1);
  else if (scroll == GTK_SCROLL_STEP_BACKWARD || scroll == GTK_SCROLL_STEP_LEFT || scroll == GTK_SCROLL_STEP_DOWN)
    anm_view_state_step_epoch (self->state, -1);
  else
    {
      epoch = anm_kept_epochs_find_nearest (run, value);
      if (epoch >= 0)
        anm_view_state_set_epoch (self->state, epoch);
    }
  return GDK_EVENT_STOP;
}

/* The trough, and how wide the slider is with its margins: its middle goes from half of that to the same before the end. */
static GtkWidget *
find_trough (AnmEpochScale *self,
             int *slider_width)
{
  *slider_width = 0;
  for (GtkWidget *trough = gtk_widget_get_first_child (self->scale); trough != NULL; trough = gtk_widget_get_next_sibling (trough))
    for (GtkWidget *part = gtk_widget_get_first_child (trough); part != NULL; part = gtk_widget_get_next_sibling (part))
      if (g_str_equal (gtk_widget_get_css_name (part), "slider"))
        {
          gtk_widget_measure (part, GTK_ORIENTATION_HORIZONTAL, -1, NULL, slider_width, NULL, NULL);
          return trough;
        }
  return NULL;
}

static void
anm_epoch_scale_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  AnmEpochScale *self = ANM_EPOCH_SCALE (widget);
  AnmRun *run = anm_view_state_get_run (self->state);
  int slider_width;
  GtkWidget *trough = find_trough (self, &slider_width);
  guint n_epochs;
  const guint *epochs = anm_kept_epochs_get (run, &n_epochs);
  const double last = MAX (get_last_epoch (run), 1);
  double previous = -INFINITY;
  GdkRGBA colour;
  graphene_rect_t bounds;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  colour.alpha *= 0.45f;
  if (trough != NULL && gtk_widget_compute_bounds (trough, widget, &bounds))
    for (guint i = 0; i < n_epochs; i++)
      {
        const double usable = (double) bounds.size.width - slider_width;
        double share = epochs[i] / last, x;

        if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
          share = 1 - share;
        x = round ((double) bounds.origin.x + slider_width / 2.0 + share * usable);
        if (fabs (x - previous) < LEAST_PITCH)
          continue;
        previous = x;
        gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT ((float) x, bounds.origin.y + bounds.size.height / 2 + TICK_DISTANCE, 1, TICK_HEIGHT));
      }

  GTK_WIDGET_CLASS (anm_epoch_scale_parent_class)->snapshot (widget, snapshot);
}

GtkWidget *
anm_epoch_scale_new (AnmTrainingControl *control)
{
  AnmEpochScale *self = g_object_new (ANM_TYPE_EPOCH_SCALE, NULL);

  self->state = g_object_ref (anm_training_control_get_view_state (control));
  g_signal_connect_object (self->state, "notify::epoch", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::run", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (control, "repaint", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);

  return GTK_WIDGET (self);
}

static void
anm_epoch_scale_dispose (GObject *object)
{
  AnmEpochScale *self = ANM_EPOCH_SCALE (object);

  g_clear_pointer (&self->scale, gtk_widget_unparent);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_epoch_scale_parent_class)->dispose (object);
}

static void
anm_epoch_scale_class_init (AnmEpochScaleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_epoch_scale_dispose;
  widget_class->snapshot = anm_epoch_scale_snapshot;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
anm_epoch_scale_init (AnmEpochScale *self)
{
  self->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), 0);
  gtk_widget_set_hexpand (self->scale, TRUE);
  gtk_widget_set_tooltip_text (self->scale, _("Epoch: Page Up and Page Down"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Epoch"), -1);
  g_signal_connect (self->scale, "change-value", G_CALLBACK (change_value_cb), self);
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));
}
