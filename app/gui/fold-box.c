/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/fold-box.h"

#include <glib/gi18n-lib.h>

#define SPACING 18
#define MORE_HEIGHT 470

typedef struct
{
  GtkWidget *widget;    /* owned */
  int        rank;
  gboolean   at_end;
  gboolean   folded;    /* by the last allocation */
  gboolean   lent;      /* in the popover while it is open */
} Member;

struct _AnmFoldBox
{
  GtkWidget  parent_instance;

  GArray    *members;   /* Member, in the row's order */
  GtkWidget *more_button;
  GtkWidget *more_box;  /* in the popover */
  GtkWidget *lent_box;  /* above what is always there */
};

G_DEFINE_FINAL_TYPE (AnmFoldBox, anm_fold_box, GTK_TYPE_WIDGET)

#define MEMBER(self, i) (&g_array_index ((self)->members, Member, i))

static gboolean
takes_part (const Member *member)
{
  return !member->lent && gtk_widget_get_visible (member->widget);
}

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static void
anm_fold_box_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  AnmFoldBox *self = ANM_FOLD_BOX (widget);
  int least = 0, all = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = MEMBER (self, i);
      int child_minimum, child_natural;

      if (!takes_part (member))
        continue;

      gtk_widget_measure (member->widget, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        {
          least = MAX (least, child_minimum);
          all = MAX (all, child_natural);
          continue;
        }

      all += child_natural + (all > 0 ? SPACING : 0);
      if (member->rank == ANM_FOLD_RANK_KEEP)
        least += child_natural + (least > 0 ? SPACING : 0);
    }

  *minimum = least;
  *natural = MAX (all, least);
  *minimum_baseline = *natural_baseline = -1;
}

/* Folds from the lowest rank up until the rest fits; returns the width that is left over. */
static int
choose_folded (AnmFoldBox *self,
               int width)
{
  int used = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = MEMBER (self, i);

      member->folded = FALSE;
      if (takes_part (member))
        used += natural_width (member->widget) + (used > 0 ? SPACING : 0);
    }

  while (used > width)
    {
      Member *lowest = NULL;

      for (guint i = 0; i < self->members->len; i++)
        {
          Member *member = MEMBER (self, i);

          if (takes_part (member) && !member->folded && member->rank != ANM_FOLD_RANK_KEEP &&
              (lowest == NULL || member->rank < lowest->rank))
            lowest = member;
        }
      if (lowest == NULL)
        break;

      lowest->folded = TRUE;
      used -= natural_width (lowest->widget) + SPACING;
    }

  return MAX (0, width - used);
}

static void
anm_fold_box_size_allocate (GtkWidget *widget,
                            int width,
                            int height,
                            int baseline)
{
  AnmFoldBox *self = ANM_FOLD_BOX (widget);
  const gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int left_over = choose_folded (self, width);
  int x = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = MEMBER (self, i);

      if (!takes_part (member))
        continue;

      gtk_widget_set_child_visible (member->widget, !member->folded);
      if (member->folded)
        continue;

      const int child_width = natural_width (member->widget);

      if (member->at_end)
        {
          x += left_over;
          left_over = 0;
        }
      gtk_widget_size_allocate (member->widget,
                                &(GtkAllocation){ right_to_left ? width - x - child_width : x, 0,
                                                  child_width, height },
                                -1);
      x += child_width + SPACING;
    }
}

static void
take_in (AnmFoldBox *self,
         guint index)
{
  Member *member = MEMBER (self, index);
  GtkWidget *next = NULL;

  for (guint i = index + 1; i < self->members->len && next == NULL; i++)
    if (!MEMBER (self, i)->lent)
      next = MEMBER (self, i)->widget;

  gtk_widget_insert_before (member->widget, GTK_WIDGET (self), next);
}

/* While the popover is open, what is folded lives in it. */
static void
more_shown_cb (AnmFoldBox *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = MEMBER (self, i);

      if (!member->folded || member->lent || member->rank == ANM_FOLD_RANK_HINT)
        continue;

      member->lent = TRUE;
      gtk_widget_unparent (member->widget);
      gtk_widget_set_child_visible (member->widget, TRUE);
      gtk_box_append (GTK_BOX (self->lent_box), member->widget);
    }
  gtk_widget_set_visible (self->lent_box, gtk_widget_get_first_child (self->lent_box) != NULL);
}

static void
more_closed_cb (AnmFoldBox *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = MEMBER (self, i);

      if (!member->lent)
        continue;

      gtk_box_remove (GTK_BOX (self->lent_box), member->widget);
      member->lent = FALSE;
      take_in (self, i);
    }
}

void
anm_fold_box_append (AnmFoldBox *self,
                     GtkWidget *child,
                     int rank,
                     gboolean at_end)
{
  const Member member = { .widget = g_object_ref_sink (child), .rank = rank, .at_end = at_end };

  g_return_if_fail (ANM_IS_FOLD_BOX (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  g_array_append_val (self->members, member);
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}

void
anm_fold_box_append_more_button (AnmFoldBox *self)
{
  g_return_if_fail (ANM_IS_FOLD_BOX (self));

  anm_fold_box_append (self, self->more_button, ANM_FOLD_RANK_KEEP, FALSE);
}

void
anm_fold_box_append_to_more (AnmFoldBox *self,
                             GtkWidget *child)
{
  g_return_if_fail (ANM_IS_FOLD_BOX (self));

  gtk_box_append (GTK_BOX (self->more_box), child);
}

GtkWidget *
anm_fold_box_get_more_button (AnmFoldBox *self)
{
  g_return_val_if_fail (ANM_IS_FOLD_BOX (self), NULL);

  return self->more_button;
}

gboolean
anm_fold_box_get_folded (AnmFoldBox *self,
                         GtkWidget *child)
{
  g_return_val_if_fail (ANM_IS_FOLD_BOX (self), FALSE);

  for (guint i = 0; i < self->members->len; i++)
    if (MEMBER (self, i)->widget == child)
      return MEMBER (self, i)->folded;

  return FALSE;
}

GtkWidget *
anm_fold_box_new (void)
{
  return g_object_new (ANM_TYPE_FOLD_BOX, NULL);
}

static void
anm_fold_box_dispose (GObject *object)
{
  AnmFoldBox *self = ANM_FOLD_BOX (object);

  more_closed_cb (self);
  for (guint i = self->members->len; i > 0; i--)
    {
      GtkWidget *child = MEMBER (self, i - 1)->widget;

      g_array_set_size (self->members, i - 1);
      gtk_widget_unparent (child);
      g_object_unref (child);
    }
  g_clear_object (&self->more_button);

  G_OBJECT_CLASS (anm_fold_box_parent_class)->dispose (object);
}

static void
anm_fold_box_finalize (GObject *object)
{
  AnmFoldBox *self = ANM_FOLD_BOX (object);

  g_array_unref (self->members);

  G_OBJECT_CLASS (anm_fold_box_parent_class)->finalize (object);
}

static void
anm_fold_box_class_init (AnmFoldBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = anm_fold_box_dispose;
  object_class->finalize = anm_fold_box_finalize;
  widget_class->measure = anm_fold_box_measure;
  widget_class->size_allocate = anm_fold_box_size_allocate;
}

static void
anm_fold_box_init (AnmFoldBox *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->members = g_array_new (FALSE, FALSE, sizeof (Member));

  self->lent_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_visible (self->lent_box, FALSE);
  self->more_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_box_append (GTK_BOX (self->more_box), self->lent_box);
  gtk_widget_add_css_class (self->more_box, "fold-box-more");
  /* More than a low screen has room for. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MORE_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->more_box);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  g_signal_connect_swapped (popover, "show", G_CALLBACK (more_shown_cb), self);
  g_signal_connect_swapped (popover, "closed", G_CALLBACK (more_closed_cb), self);

  self->more_button = g_object_ref_sink (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->more_button), "view-more-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->more_button), popover);
  gtk_widget_set_valign (self->more_button, GTK_ALIGN_END);
  gtk_widget_set_tooltip_text (self->more_button, _("More"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("More settings of training"), -1);
}
