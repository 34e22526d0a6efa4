/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/channel-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/gui/template.h"
#include "widgets/figures/number.h"
#include "widgets/views/figure-view.h"

struct _AnmChannelRow
{
  GtkWidget  parent_instance;

  GtkWidget *name_label;
  GtkWidget *range_label;
  GtkWidget *figure_view;
  GtkWidget *missing_bar;
  GtkWidget *missing_label;
};

G_DEFINE_FINAL_TYPE (AnmChannelRow, anm_channel_row, GTK_TYPE_WIDGET)

GtkWidget *
anm_channel_row_new (void)
{
  return g_object_new (ANM_TYPE_CHANNEL_ROW, NULL);
}

/* "40–160" */
static char *
format_range (const AnmField          *field,
              const AnmChannelSummary *summary)
{
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;

  if (summary->n_values == 0)
    return g_strdup (_("no value"));
  if (field->kind == ANM_FIELD_CATEGORICAL)
    {
      const guint n_categories = g_strv_length (field->categories);

      return g_strdup_printf (ngettext ("%u category", "%u categories", n_categories), n_categories);
    }

  low = anm_field_format_value (field, summary->low);
  high = anm_field_format_value (field, summary->high);
  return g_strdup_printf ("%s–%s", low, high);
}

static char *
write_tooltip (const AnmCohortSummary *summary,
               guint                   channel)
{
  const AnmField *field = &summary->cohort->channels[channel];
  const AnmChannelSummary *numbers = &summary->channels[channel];
  GString *text = g_string_new (anm_field_get_label (field));
  g_autofree char *n_values = anm_number_format_count (numbers->n_values);

  if (field->unit[0] != '\0')
    g_string_append_printf (text, ", %s", anm_field_get_unit (field));
  g_string_append_c (text, '\n');
  g_string_append_printf (text, ngettext ("%s value", "%s values", numbers->n_values), n_values);

  for (guint g = 0; g < summary->n_groups && numbers->n_values > 0; g++)
    {
      g_autofree char *share = anm_number_format_share (numbers->missing_by_group[g]);

      g_string_append_c (text, '\n');
      /* Translators: an outcome, a share. */
      g_string_append_printf (text, _("%s: %s missing"), anm_data_word (summary->cohort->target.classes[g]), share);
    }

  return g_string_free (text, FALSE);
}

void
anm_channel_row_show (AnmChannelRow          *self,
                      const AnmCohortSummary *summary,
                      guint                   channel)
{
  const AnmField *field = &summary->cohort->channels[channel];
  const AnmChannelSummary *numbers = &summary->channels[channel];
  g_autofree char *range = format_range (field, numbers);
  g_autofree char *missing = anm_number_format_share (numbers->missing);
  g_autofree char *tooltip = write_tooltip (summary, channel);
  g_autoptr (AnmFigure) figure = numbers->n_values > 0 ? anm_channel_distribution (summary, channel) : NULL;

  g_return_if_fail (ANM_IS_CHANNEL_ROW (self));

  gtk_label_set_label (GTK_LABEL (self->name_label), anm_field_get_short_label (field));
  gtk_label_set_label (GTK_LABEL (self->range_label), range);
  gtk_label_set_label (GTK_LABEL (self->missing_label), missing);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->missing_bar), numbers->missing);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  anm_figure_view_set_figure (ANM_FIGURE_VIEW (self->figure_view), figure);
}

char *
anm_channel_row_describe (AnmChannelRow *self)
{
  g_return_val_if_fail (ANM_IS_CHANNEL_ROW (self), NULL);

  /* Translators: how a screen reader reads a channel's row: name, range, share missing. */
  return g_strdup_printf (_("%s, %s, %s missing"),
                          gtk_label_get_label (GTK_LABEL (self->name_label)),
                          gtk_label_get_label (GTK_LABEL (self->range_label)),
                          gtk_label_get_label (GTK_LABEL (self->missing_label)));
}

static void
anm_channel_row_dispose (GObject *object)
{
  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_CHANNEL_ROW);

  G_OBJECT_CLASS (anm_channel_row_parent_class)->dispose (object);
}

static void
anm_channel_row_class_init (AnmChannelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_channel_row_dispose;

  g_type_ensure (ANM_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/channel-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmChannelRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelRow, range_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelRow, figure_view);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelRow, missing_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelRow, missing_label);
}

static void
anm_channel_row_init (AnmChannelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
