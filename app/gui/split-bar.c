/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/split-bar.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"

#define HEIGHT 8
#define GAP 2.0f
#define N_PARTS 3

static const float strengths[N_PARTS] = { 0.55f, 0.32f, 0.18f };

struct _AnmSplitBar
{
  GtkWidget parent_instance;

  gsize     counts[N_PARTS];
};

G_DEFINE_FINAL_TYPE (AnmSplitBar, anm_split_bar, GTK_TYPE_WIDGET)

static void
anm_split_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 60;
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_split_bar_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  AnmSplitBar *self = ANM_SPLIT_BAR (widget);
  const gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  gsize sum = 0, n_parts = 0;
  float x = 0;
  GskRoundedRect outline;
  GdkRGBA ink;

  for (guint i = 0; i < N_PARTS; i++)
    {
      sum += self->counts[i];
      n_parts += self->counts[i] > 0;
    }
  if (sum == 0)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), 3);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  for (guint i = 0; i < N_PARTS; i++)
    {
      const float share = (float) self->counts[i] / (float) sum;
      const float part = share * (width - GAP * (float) (n_parts - 1));
      const GdkRGBA colour = { ink.red, ink.green, ink.blue, ink.alpha * strengths[i] };

      if (self->counts[i] == 0)
        continue;

      gtk_snapshot_append_color (snapshot, &colour,
                                 &GRAPHENE_RECT_INIT (right_to_left ? width - x - part : x, 0, part, height));
      x += part + GAP;
    }
  gtk_snapshot_pop (snapshot);
}

void
anm_split_bar_set_counts (AnmSplitBar *self,
                          const gsize counts[N_PARTS])
{
  g_autofree char *training = NULL;
  g_autofree char *validation = NULL;
  g_autofree char *test = NULL;
  g_autofree char *sentence = NULL;

  g_return_if_fail (ANM_IS_SPLIT_BAR (self));

  memcpy (self->counts, counts, sizeof self->counts);
  training = anm_number_format_count ((gint64) counts[0]);
  validation = anm_number_format_count ((gint64) counts[1]);
  test = anm_number_format_count ((gint64) counts[2]);
  /* Translators: numbers of patients. */
  sentence = g_strdup_printf (_("%s to train on, %s to validate, %s to test"), training, validation, test);
  anm_set_tooltip (GTK_WIDGET (self), sentence);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
anm_split_bar_new (void)
{
  return g_object_new (ANM_TYPE_SPLIT_BAR, NULL);
}

static void
anm_split_bar_class_init (AnmSplitBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = anm_split_bar_measure;
  widget_class->snapshot = anm_split_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
anm_split_bar_init (AnmSplitBar *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Split of the patients"), -1);
}
