/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/channel-row.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/data-words.h"
#include "app/gui/row-picture.h"
#include "widgets/figures/number.h"
#include "widgets/views/appearance.h"

#define SPACING 9
#define BAR_WIDTH 66
#define BAR_HEIGHT 7
#define HEIGHT 48
/* As wide as so many letters, so that what follows begins at one place in all rows. */
#define NAME_LETTERS "Temperature"
#define SHARE_DIGITS "> 99 %"

struct _AnmChannelRow
{
  GtkWidget         parent_instance;

  AnmCohortSummary *summary;
  guint             channel;
  AnmFigure        *figure;  /* made when the row is seen */
};

G_DEFINE_FINAL_TYPE (AnmChannelRow, anm_channel_row, GTK_TYPE_WIDGET)

GtkWidget *
anm_channel_row_new (void)
{
  return g_object_new (ANM_TYPE_CHANNEL_ROW, NULL);
}

static void
clear (AnmChannelRow *self)
{
  g_clear_pointer (&self->figure, anm_figure_unref);
  g_clear_pointer (&self->summary, anm_cohort_summary_unref);
}

void
anm_channel_row_show (AnmChannelRow    *self,
                      AnmCohortSummary *summary,
                      guint             channel)
{
  g_return_if_fail (ANM_IS_CHANNEL_ROW (self));

  clear (self);
  self->summary = anm_cohort_summary_ref (summary);
  self->channel = channel;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static const AnmField *
get_field (AnmChannelRow *self)
{
  return &self->summary->cohort->channels[self->channel];
}

/* "40–160" */
static char *
format_range (AnmChannelRow *self)
{
  const AnmField *field = get_field (self);
  const AnmChannelSummary *numbers = &self->summary->channels[self->channel];
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;

  if (numbers->n_values == 0)
    return g_strdup (_("no value"));
  if (field->kind == ANM_FIELD_CATEGORICAL)
    {
      const guint n_categories = g_strv_length (field->categories);

      return g_strdup_printf (ngettext ("%u category", "%u categories", n_categories), n_categories);
    }

  if (numbers->deviation == 0)
    return anm_field_format_value (field, numbers->mean);

  low = anm_field_format_value (field, numbers->low);
  high = anm_field_format_value (field, numbers->high);
  return g_strdup_printf ("%s–%s", low, high);
}

char *
anm_channel_row_describe (AnmChannelRow *self)
{
  g_autofree char *range = NULL;
  g_autofree char *missing = NULL;

  g_return_val_if_fail (ANM_IS_CHANNEL_ROW (self), NULL);

  range = format_range (self);
  missing = anm_number_format_share (self->summary->channels[self->channel].missing);
  /* Translators: how a screen reader reads a channel's row: name, range, share missing. */
  return g_strdup_printf (_("%s, %s, %s missing"), anm_field_get_label (get_field (self)), range, missing);
}

/* Where what follows the name begins. */
int
anm_channel_row_get_name_width (GtkWidget *widget)
{
  int width;

  anm_row_text_measure (widget, NAME_LETTERS, ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_SMALL, &width, NULL);
  return width + SPACING;
}

static void
draw_bar (GtkSnapshot     *snapshot,
          const AnmColour *ink,
          float            x,
          float            y,
          double           share)
{
  const GdkRGBA ground = { (float) ink->red, (float) ink->green, (float) ink->blue, 0.09f };
  const GdkRGBA bar = { (float) ink->red, (float) ink->green, (float) ink->blue, 0.55f };

  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (x, y, BAR_WIDTH, BAR_HEIGHT));
  gtk_snapshot_append_color (snapshot, &bar, &GRAPHENE_RECT_INIT (x, y, (float) (share * BAR_WIDTH), BAR_HEIGHT));
}

static void
draw_name (AnmChannelRow  *self,
           GtkSnapshot    *snapshot,
           const AnmTheme *theme,
           int             width)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const AnmColour ink = anm_theme_get_colour (theme, ANM_COLOUR_INK);
  const AnmColour muted = anm_theme_get_colour (theme, ANM_COLOUR_MUTED);
  const char *name = anm_field_get_short_label (get_field (self));
  g_autofree char *range = format_range (self);
  int name_height, range_height;
  float y;

  anm_row_text_measure (widget, name, ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_SMALL, NULL, &name_height);
  anm_row_text_measure (widget, range, ANM_ROW_TEXT_TINY, NULL, &range_height);
  y = (gtk_widget_get_height (widget) - name_height - range_height) / 2;
  anm_row_text_draw (widget, snapshot, name, ANM_ROW_TEXT_BOLD | ANM_ROW_TEXT_SMALL, &ink, 0, y, width);
  anm_row_text_draw (widget, snapshot, range, ANM_ROW_TEXT_TINY, &muted, 0, y + name_height, width);
}

static void
anm_channel_row_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  AnmChannelRow *self = ANM_CHANNEL_ROW (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const AnmChannelSummary *numbers;
  g_autofree char *missing = NULL;
  AnmTheme theme;
  AnmColour ink;
  int name_width, share_width, share_height;

  if (self->summary == NULL)
    return;

  numbers = &self->summary->channels[self->channel];
  missing = anm_number_format_share (numbers->missing);
  anm_theme_init_for_widget (&theme, widget, FALSE);
  ink = anm_theme_get_colour (&theme, ANM_COLOUR_INK);
  name_width = anm_channel_row_get_name_width (widget);
  anm_row_text_measure (widget, SHARE_DIGITS, ANM_ROW_TEXT_SMALL, &share_width, &share_height);

  draw_name (self, snapshot, &theme, name_width - SPACING);
  anm_row_text_draw (widget, snapshot, missing, ANM_ROW_TEXT_SMALL | ANM_ROW_TEXT_END, &ink,
                     width - share_width, (height - share_height) / 2, share_width);
  draw_bar (snapshot, &ink, width - share_width - SPACING - BAR_WIDTH, (height - BAR_HEIGHT) / 2, numbers->missing);

  if (numbers->n_values == 0)
    return;
  if (self->figure == NULL)
    self->figure = anm_channel_distribution (self->summary, self->channel);
  anm_row_figure_draw (snapshot, self->figure, &theme, name_width, 0,
                       width - name_width - share_width - BAR_WIDTH - 3 * SPACING, height);
}

static void
anm_channel_row_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  const int name_width = anm_channel_row_get_name_width (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = HEIGHT;
  else
    {
      *minimum = 2 * name_width + BAR_WIDTH;
      *natural = 4 * name_width + BAR_WIDTH;
    }
}

static gboolean
anm_channel_row_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    keyboard,
                               GtkTooltip *tooltip)
{
  AnmChannelRow *self = ANM_CHANNEL_ROW (widget);
  const AnmChannelSummary *numbers;
  const AnmField *field;
  g_autofree char *n_values = NULL;
  GString *text;

  if (self->summary == NULL)
    return FALSE;

  field = get_field (self);
  numbers = &self->summary->channels[self->channel];
  n_values = anm_number_format_count (numbers->n_values);
  text = g_string_new (anm_field_get_label (field));
  if (field->unit[0] != '\0')
    g_string_append_printf (text, ", %s", anm_field_get_unit (field));
  g_string_append_c (text, '\n');
  g_string_append_printf (text, ngettext ("%s value", "%s values", numbers->n_values), n_values);

  for (guint g = 0; g < self->summary->n_groups && numbers->n_values > 0; g++)
    {
      g_autofree char *share = anm_number_format_share (numbers->missing_by_group[g]);

      g_string_append_c (text, '\n');
      /* Translators: an outcome, a share. */
      g_string_append_printf (text, _("%s: %s missing"), anm_data_word (self->summary->cohort->target.classes[g]), share);
    }

  gtk_tooltip_set_text (tooltip, text->str);
  g_string_free (text, TRUE);
  return TRUE;
}

static void
anm_channel_row_finalize (GObject *object)
{
  clear (ANM_CHANNEL_ROW (object));

  G_OBJECT_CLASS (anm_channel_row_parent_class)->finalize (object);
}

static void
anm_channel_row_class_init (AnmChannelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = anm_channel_row_finalize;
  widget_class->snapshot = anm_channel_row_snapshot;
  widget_class->measure = anm_channel_row_measure;
  widget_class->query_tooltip = anm_channel_row_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "channelrow");
  /* The list's own row has the name. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
anm_channel_row_init (AnmChannelRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
