/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/card-frame.h"

#include <glib/gi18n-lib.h>

#include "app/gui/template.h"
#include "app/gui/tooltip.h"

/* The strip keeps so much at least. */
#define HEIGHT 90
#define LOW_HEIGHT 60

/* Lines of a reason in the foot. */
#define WRONG_LINES 6

struct _AnmCardFrame
{
  GtkWidget  parent_instance;

  GtkWidget *title_box;
  GtkWidget *header;
  GtkWidget *menu_button;
  GtkWidget *menu_box;
  GtkWidget *summary_label;
  GtkWidget *folded_box;
  GtkWidget *more_rows;
  GtkWidget *actions;
  GtkWidget *rows_box;
  GtkWidget *rows;
  GtkWidget *rows_separator;
  GtkWidget *caption;
  GtkWidget *view;
  GtkWidget *lower_caption;
  GtkWidget *lower;
  GtkWidget *lower_view;
  GtkWidget *number_box;
  GtkWidget *number_label;
  GtkWidget *note_label;
  GtkWidget *foot;
  GtkWidget *first_label;
  GtkWidget *second_label;
  gboolean   folded;
};

G_DEFINE_FINAL_TYPE (AnmCardFrame, anm_card_frame, GTK_TYPE_WIDGET)

void
anm_card_alignment_init (AnmCardAlignment *self)
{
  self->header = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  self->rows = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  self->caption = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  self->lower_caption = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  self->lower = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  self->foot = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
}

void
anm_card_alignment_clear (AnmCardAlignment *self)
{
  g_clear_object (&self->header);
  g_clear_object (&self->rows);
  g_clear_object (&self->caption);
  g_clear_object (&self->lower_caption);
  g_clear_object (&self->lower);
  g_clear_object (&self->foot);
}

GtkWidget *
anm_card_frame_new (void)
{
  return g_object_new (ANM_TYPE_CARD_FRAME, NULL);
}

void
anm_card_frame_join (AnmCardFrame *self,
                     const AnmCardAlignment *alignment)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  gtk_size_group_add_widget (alignment->header, self->title_box);
  gtk_size_group_add_widget (alignment->rows, self->rows_box);
  gtk_size_group_add_widget (alignment->caption, self->caption);
  gtk_size_group_add_widget (alignment->lower_caption, self->lower_caption);
  gtk_size_group_add_widget (alignment->lower, self->lower);
  gtk_size_group_add_widget (alignment->foot, self->foot);
}

void
anm_card_frame_set_folded (AnmCardFrame *self,
                           gboolean folded)
{
  GtkWidget *from, *to;

  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  if (self->folded == folded)
    return;

  self->folded = folded;
  from = folded ? self->rows_box : self->folded_box;
  to = folded ? self->folded_box : self->rows_box;

  g_object_ref (self->rows);
  gtk_box_remove (GTK_BOX (from), self->rows);
  gtk_box_prepend (GTK_BOX (to), self->rows);
  g_object_unref (self->rows);

  gtk_widget_set_size_request (self->view, -1, folded ? LOW_HEIGHT : HEIGHT);
  gtk_widget_set_visible (self->folded_box, folded);
  gtk_widget_set_visible (self->rows_separator, !folded);
}

GtkWidget *
anm_card_frame_get_header (AnmCardFrame *self)
{
  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  return self->header;
}

GtkWidget *
anm_card_frame_get_rows (AnmCardFrame *self)
{
  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  return self->rows;
}

GtkWidget *
anm_card_frame_get_more_rows (AnmCardFrame *self)
{
  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  return self->more_rows;
}

void
anm_card_frame_set_summary (AnmCardFrame *self,
                            const char *summary,
                            const char *menu_name)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  gtk_label_set_label (GTK_LABEL (self->summary_label), summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu_name, -1);
}

GtkWidget *
anm_card_frame_add_action (AnmCardFrame *self,
                           const char *label,
                           GCallback clicked,
                           gpointer data)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkWidget *text;

  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  text = gtk_button_get_child (GTK_BUTTON (button));
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "menu-action");
  /* What is done may take the card away: the menu goes first. */
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_menu_button_popdown), self->menu_button);
  g_signal_connect_swapped (button, "clicked", clicked, data);
  gtk_box_append (GTK_BOX (self->actions), button);
  gtk_widget_set_visible (self->actions, TRUE);

  return button;
}

AnmFigureView *
anm_card_frame_get_view (AnmCardFrame *self)
{
  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  return ANM_FIGURE_VIEW (self->view);
}

AnmFigureView *
anm_card_frame_get_lower_view (AnmCardFrame *self)
{
  g_return_val_if_fail (ANM_IS_CARD_FRAME (self), NULL);

  return ANM_FIGURE_VIEW (self->lower_view);
}

void
anm_card_frame_set_caption (AnmCardFrame *self,
                            const char *caption)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  /* A tooltip goes to screen readers, too, and this comes with every reading. */
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->caption)), caption) == 0)
    return;
  gtk_label_set_label (GTK_LABEL (self->caption), caption);
  anm_set_tooltip (self->caption, caption);
}

void
anm_card_frame_show_lower_strip (AnmCardFrame *self,
                                 const char *markup)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  /* GTK lays markup out anew even if it is the same. */
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->lower_caption)), markup) != 0)
    gtk_label_set_markup (GTK_LABEL (self->lower_caption), markup);
  gtk_stack_set_visible_child (GTK_STACK (self->lower), self->lower_view);
}

void
anm_card_frame_show_number (AnmCardFrame *self,
                            const char *caption,
                            const char *number,
                            const char *note)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  gtk_label_set_text (GTK_LABEL (self->lower_caption), caption);
  gtk_label_set_label (GTK_LABEL (self->number_label), number);
  gtk_label_set_label (GTK_LABEL (self->note_label), note);
  gtk_widget_set_tooltip_text (self->number_box, NULL);
  gtk_stack_set_visible_child (GTK_STACK (self->lower), self->number_box);
}

void
anm_card_frame_set_number_words (AnmCardFrame *self,
                                 const char *words)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  gtk_widget_set_tooltip_text (self->number_box, words);
}

void
anm_card_frame_set_foot (AnmCardFrame *self,
                         const char *first,
                         const char *second,
                         gboolean wrong)
{
  g_return_if_fail (ANM_IS_CARD_FRAME (self));

  gtk_label_set_label (GTK_LABEL (self->first_label), first);
  gtk_label_set_label (GTK_LABEL (self->second_label), second);
  gtk_widget_set_visible (self->second_label, !wrong);
  anm_set_tooltip (self->second_label, second);
  gtk_label_set_wrap (GTK_LABEL (self->first_label), wrong);
  gtk_label_set_lines (GTK_LABEL (self->first_label), wrong ? WRONG_LINES : -1);
  anm_set_tooltip (self->foot, wrong ? first : NULL);
  if (wrong)
    gtk_widget_add_css_class (self->first_label, "error");
  else
    gtk_widget_remove_css_class (self->first_label, "error");
}

static void
anm_card_frame_dispose (GObject *object)
{
  anm_dispose_template (GTK_WIDGET (object), ANM_TYPE_CARD_FRAME);

  G_OBJECT_CLASS (anm_card_frame_parent_class)->dispose (object);
}

static void
anm_card_frame_class_init (AnmCardFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = anm_card_frame_dispose;

  g_type_ensure (ANM_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/card-frame.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, title_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, header);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, menu_button);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, menu_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, summary_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, folded_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, more_rows);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, actions);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, rows_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, rows);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, rows_separator);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, caption);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, view);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, lower_caption);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, lower);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, lower_view);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, number_box);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, number_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, note_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, foot);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, first_label);
  gtk_widget_class_bind_template_child (widget_class, AnmCardFrame, second_label);
}

static void
anm_card_frame_init (AnmCardFrame *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Until there is something to show, which brings its own name. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figure"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lower_view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figure"), -1);
}
