/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/run-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/tooltip.h"
#include "widgets/figures/number.h"
#include "widgets/figures/theme.h"
#include "widgets/views/appearance.h"

#define DOT 12

struct _AnmRunRow
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  AnmRun       *run;          /* nullable */
  gulong        changed;
  gboolean      due;          /* it changed while nobody saw it */

  GtkWidget    *dot;
  GtkWidget    *name_label;
  GtkWidget    *star_button;
  GtkWidget    *network_label;
  GtkWidget    *score_label;
  GtkWidget    *remarks_label;
};

G_DEFINE_FINAL_TYPE (AnmRunRow, anm_run_row, GTK_TYPE_WIDGET)

AnmRun *
anm_run_row_get_run (AnmRunRow *self)
{
  g_return_val_if_fail (ANM_IS_RUN_ROW (self), NULL);

  return self->run;
}

/* "AUROC 0.862 at epoch 36" */
static char *
describe_score (const AnmRunBrief *brief)
{
  g_autofree char *score = NULL;

  if (brief->score_name == NULL)
    return NULL;
  score = anm_number_format_fixed (brief->score, 3);
  if (g_str_equal (brief->score_name, "AUROC"))
    return g_strdup_printf (_("AUROC %s at epoch %u"), score, brief->best_epoch);
  if (g_str_equal (brief->score_name, "accuracy"))
    return g_strdup_printf (_("accuracy %s at epoch %u"), score, brief->best_epoch);
  return g_strdup_printf (_("loss %s at epoch %u"), score, brief->best_epoch);
}

/* "AUROC 0.862 at epoch 36 · 42 of 120 epochs · stopped" */
static char *
describe_standing (AnmRun *run)
{
  const guint epochs = anm_run_get_hyperparameters (run)->epochs;
  AnmRunBrief brief;
  g_autofree char *score = NULL;
  g_autofree char *done = NULL;
  const char *status = _(anm_run_status_get_word (anm_run_get_status (run)));

  anm_run_load_brief (run, &brief);
  score = describe_score (&brief);
  done = g_strdup_printf (ngettext ("%u of %u epoch", "%u of %u epochs", epochs), brief.n_epochs, epochs);
  if (score == NULL)
    return g_strdup_printf ("%s · %s", done, status);
  return g_strdup_printf ("%s · %s · %s", score, done, status);
}

char *
anm_run_describe (AnmRun *run)
{
  g_autofree char *standing = NULL;

  g_return_val_if_fail (ANM_IS_RUN (run), NULL);

  standing = describe_standing (run);
  return g_strdup_printf ("%s, %s", anm_run_get_name (run), standing);
}

/* Tags first, then what somebody noted. */
static char *
describe_remarks (AnmRun *run)
{
  GString *text = g_string_new (NULL);
  guint epoch;
  const guint parent = anm_run_get_parent (run, &epoch);

  for (const char *const *tag = anm_run_get_tags (run); tag != NULL && *tag != NULL; tag++)
    g_string_append_printf (text, "%s#%s", text->len > 0 ? " " : "", *tag);
  if (parent > 0)
    {
      g_autofree char *fork = g_strdup_printf (_("forked from run %u at epoch %u"), parent, epoch);

      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", fork);
    }
  if (*anm_run_get_note (run) != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", anm_run_get_note (run));
  g_strdelimit (text->str, "\n", ' ');

  return g_string_free (text, FALSE);
}

static void
update_star (AnmRunRow *self)
{
  const gboolean starred = anm_run_get_starred (self->run);
  const char *name = starred ? _("Take the star off") : _("Star");

  gtk_button_set_icon_name (GTK_BUTTON (self->star_button), starred ? "starred-symbolic" : "non-starred-symbolic");
  anm_set_tooltip (self->star_button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (starred)
    gtk_widget_add_css_class (self->star_button, "starred");
  else
    gtk_widget_remove_css_class (self->star_button, "starred");
}

static void
update (AnmRunRow *self)
{
  g_autofree char *network = NULL;
  g_autofree char *standing = NULL;
  g_autofree char *remarks = NULL;
  g_autofree char *name = NULL;

  self->due = FALSE;
  if (self->run == NULL)
    return;

  network = anm_network_spec_to_text (anm_network_get_spec (anm_run_get_network (self->run)));
  standing = describe_standing (self->run);
  remarks = describe_remarks (self->run);
  name = anm_run_describe (self->run);

  gtk_label_set_label (GTK_LABEL (self->name_label), anm_run_get_name (self->run));
  gtk_label_set_label (GTK_LABEL (self->network_label), network);
  gtk_label_set_label (GTK_LABEL (self->score_label), standing);
  gtk_label_set_label (GTK_LABEL (self->remarks_label), remarks);
  gtk_widget_set_visible (self->remarks_label, *remarks != '\0');
  anm_set_tooltip (GTK_WIDGET (self), *anm_run_get_note (self->run) != '\0' ? anm_run_get_note (self->run) : network);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  update_star (self);
  gtk_widget_queue_draw (self->dot);
}

/* Runs change with each epoch, and the list is mostly out of sight. */
static void
run_changed_cb (AnmRunRow *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
  else
    self->due = TRUE;
}

static void
shown_changed_cb (AnmRunRow *self)
{
  gtk_widget_queue_draw (self->dot);
}

void
anm_run_row_set_run (AnmRunRow *self,
                     AnmRun    *run)
{
  g_return_if_fail (ANM_IS_RUN_ROW (self));

  if (self->run != NULL)
    g_clear_signal_handler (&self->changed, self->run);
  g_set_object (&self->run, run);
  if (run == NULL)
    return;

  self->changed = g_signal_connect_swapped (run, "changed", G_CALLBACK (run_changed_cb), self);
  update (self);
}

static void
star_clicked_cb (AnmRunRow *self)
{
  if (self->run != NULL)
    anm_run_set_starred (self->run, !anm_run_get_starred (self->run));
}

/* Which arm of the race on screen it is, else 0. */
static guint
find_arm (AnmRunRow *self)
{
  AnmTraining *training = anm_view_state_get_training (self->state);

  for (guint arm = 0; training != NULL && arm < anm_training_get_n_runs (training); arm++)
    if (anm_training_get_run (training, arm) == self->run)
      return arm;
  return 0;
}

static gboolean
is_shown (AnmRunRow *self)
{
  AnmTraining *training = anm_view_state_get_training (self->state);
  AnmRun *run = anm_view_state_get_run (self->state);

  if (self->run == run)
    return TRUE;
  /* All arms of a race are drawn while its first is looked at. */
  return find_arm (self) > 0 && run == anm_training_get_run (training, 0);
}

static void
draw_dot (GtkDrawingArea *area,
          cairo_t        *cr,
          int             width,
          int             height,
          gpointer        data)
{
  AnmRunRow *self = data;
  AnmColour colour;
  AnmTheme theme;

  if (self->run == NULL)
    return;

  anm_theme_init_for_widget (&theme, GTK_WIDGET (area), FALSE);
  cairo_arc (cr, width / 2.0, height / 2.0, DOT / 2.0 - 1.5, 0, 2 * G_PI);
  cairo_set_line_width (cr, 1.5);
  if (is_shown (self))
    colour = anm_theme_get_colour (&theme, ANM_COLOUR_RUN_FIRST + find_arm (self) % ANM_N_RUN_COLOURS);
  else if (self->run == anm_view_state_get_previous_run (self->state))
    colour = anm_theme_get_colour (&theme, ANM_COLOUR_PREVIOUS_RUN);
  else
    {
      colour = anm_theme_get_colour (&theme, ANM_COLOUR_FAINT);
      cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha);
      cairo_stroke (cr);
      return;
    }
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha);
  cairo_fill (cr);
}

static GtkWidget *
make_label (const char *first_class,
            const char *second_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);
  return label;
}

GtkWidget *
anm_run_row_new (AnmViewState *state)
{
  AnmRunRow *self = g_object_new (ANM_TYPE_RUN_ROW, NULL);

  self->state = g_object_ref (state);
  g_signal_connect_object (state, "notify::run", G_CALLBACK (shown_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::previous-run", G_CALLBACK (shown_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::training", G_CALLBACK (shown_changed_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

static void
anm_run_row_dispose (GObject *object)
{
  AnmRunRow *self = ANM_RUN_ROW (object);
  GtkWidget *child;

  anm_run_row_set_run (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_run_row_parent_class)->dispose (object);
}

static void
anm_run_row_map (GtkWidget *widget)
{
  AnmRunRow *self = ANM_RUN_ROW (widget);

  GTK_WIDGET_CLASS (anm_run_row_parent_class)->map (widget);

  if (self->due)
    update (self);
}

static void
anm_run_row_class_init (AnmRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_run_row_dispose;
  widget_class->map = anm_run_row_map;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_run_row_init (AnmRunRow *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 9);
  self->dot = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->dot), DOT);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->dot), DOT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->dot), draw_dot, self, NULL);
  gtk_widget_set_valign (self->dot, GTK_ALIGN_START);
  gtk_widget_set_margin_top (self->dot, 4);
  gtk_widget_set_parent (self->dot, GTK_WIDGET (self));

  self->name_label = make_label ("pane-title", NULL);
  self->network_label = make_label ("small", "network-text");
  self->score_label = make_label ("small", "numeric");
  self->remarks_label = make_label ("small", "dim-label");
  gtk_box_append (GTK_BOX (words), self->name_label);
  gtk_box_append (GTK_BOX (words), self->network_label);
  gtk_box_append (GTK_BOX (words), self->score_label);
  gtk_box_append (GTK_BOX (words), self->remarks_label);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_parent (words, GTK_WIDGET (self));

  self->star_button = gtk_button_new ();
  gtk_widget_set_valign (self->star_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->star_button, "flat");
  gtk_widget_add_css_class (self->star_button, "run-star");
  g_signal_connect_swapped (self->star_button, "clicked", G_CALLBACK (star_clicked_cb), self);
  gtk_widget_set_parent (self->star_button, GTK_WIDGET (self));
}
