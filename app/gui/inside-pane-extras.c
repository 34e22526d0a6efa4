/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/gui/inside-pane-private.h"
#include "widgets/figures/number.h"

#define PROGRESS_INTERVAL_MS 100

/* How far late work is */

static gboolean
tell_progress (gpointer data)
{
  AnmInsidePane *self = data;
  guint n_done, n_patients;
  double fraction = anm_inside_tools_get_progress (self->tools, &n_done, &n_patients);
  g_autofree char *words = NULL;

  if (isnan (fraction))
    fraction = anm_worker_get_progress (self->worker, NULL);
  else
    /* Translators: patients that were looked at, of how many. */
    words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u patient", "%u of %u patients", n_patients), n_done, n_patients);
  gtk_label_set_label (GTK_LABEL (self->late_label), words != NULL ? words : "");
  gtk_widget_set_visible (self->late_label, words != NULL);
  gtk_widget_set_visible (self->late_bar, fraction > 0);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->late_bar), fraction);
  return G_SOURCE_CONTINUE;
}

void
anm_inside_pane_show_late (AnmInsidePane *self,
                           gboolean late)
{
  g_clear_handle_id (&self->late_timer, g_source_remove);
  if (late)
    {
      tell_progress (self);
      self->late_timer = g_timeout_add (PROGRESS_INTERVAL_MS, tell_progress, self);
    }
  gtk_widget_set_visible (self->late_box, late);
}

/* What was there stays; where nothing was, words say how to go on. */
static void
stop_clicked_cb (AnmInsidePane *self)
{
  anm_worker_cancel (self->worker);
  if (self->answer != NULL)
    return;
  g_free (self->failure);
  self->failure = g_strdup (_("Stopped. It is looked at again when the epoch, the layer or the patient changes."));
  anm_inside_pane_show (self);
}

static void
add_late (AnmInsidePane *self)
{
  self->late_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->late_label = gtk_label_new ("");
  gtk_widget_add_css_class (self->late_label, "numeric");
  gtk_widget_add_css_class (self->late_label, "caption");
  self->late_bar = gtk_progress_bar_new ();
  gtk_widget_set_size_request (self->late_bar, 60, -1);
  gtk_widget_set_valign (self->late_bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->late_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Patients looked at"), -1);
  self->stop_button = gtk_button_new_with_label (_("Stop looking"));
  g_signal_connect_swapped (self->stop_button, "clicked", G_CALLBACK (stop_clicked_cb), self);
  gtk_box_append (GTK_BOX (self->late_box), self->late_label);
  gtk_box_append (GTK_BOX (self->late_box), self->late_bar);
  gtk_box_append (GTK_BOX (self->late_box), self->stop_button);
  gtk_widget_add_css_class (self->late_box, "inside-late");
  gtk_widget_set_visible (self->late_box, FALSE);
  gtk_widget_set_parent (self->late_box, GTK_WIDGET (self));
}

/* The step of a Jacobian: the window's time cursor. */

static void
go_to_step (AnmInsidePane *self,
            int direction)
{
  const AnmJacobianLook *look = self->answer != NULL ? self->answer->jacobian : NULL;
  const double step = self->answer != NULL ? anm_fitted_recipe_get_step (self->answer->weights->recipe) : 1;

  /* The middle of the step beside the one that is shown. */
  if (look != NULL && (direction < 0 ? look->step > 0 : look->step + 1 < look->n_steps))
    anm_view_state_pin_cursor (self->state, look->time + (0.5 + direction) * step);
}

static void
step_back_cb (AnmInsidePane *self)
{
  go_to_step (self, -1);
}

static void
step_on_cb (AnmInsidePane *self)
{
  go_to_step (self, 1);
}

void
anm_inside_pane_show_step (AnmInsidePane *self)
{
  const AnmJacobianLook *look = self->figure == ANM_INSIDE_JACOBIAN && self->answer != NULL ? self->answer->jacobian : NULL;
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->steps_box, look != NULL);
  if (look == NULL)
    return;
  words = anm_number_format_time (look->time + anm_fitted_recipe_get_step (self->answer->weights->recipe), self->answer->weights->cohort->time_unit);
  gtk_label_set_label (GTK_LABEL (self->steps_label), words);
  gtk_widget_set_sensitive (self->step_buttons[0], look->step > 0);
  gtk_widget_set_sensitive (self->step_buttons[1], look->step + 1 < look->n_steps);
}

static void
add_steps (AnmInsidePane *self)
{
  static const char *const icons[] = { "go-previous-symbolic", "go-next-symbolic" };
  const char *const words[] = { _("One step back"), _("One step on") };

  self->steps_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  self->steps_label = gtk_label_new ("");
  gtk_widget_add_css_class (self->steps_label, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (self->steps_label), 7);
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    {
      self->step_buttons[i] = gtk_button_new_from_icon_name (icons[i]);
      gtk_widget_add_css_class (self->step_buttons[i], "flat");
      gtk_widget_set_tooltip_text (self->step_buttons[i], words[i]);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->step_buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, words[i], -1);
      g_signal_connect_swapped (self->step_buttons[i], "clicked", i == 0 ? G_CALLBACK (step_back_cb) : G_CALLBACK (step_on_cb), self);
    }
  gtk_box_append (GTK_BOX (self->steps_box), self->step_buttons[0]);
  gtk_box_append (GTK_BOX (self->steps_box), self->steps_label);
  gtk_box_append (GTK_BOX (self->steps_box), self->step_buttons[1]);
  gtk_widget_add_css_class (self->steps_box, "compact");
  gtk_widget_set_visible (self->steps_box, FALSE);
  gtk_widget_set_parent (self->steps_box, GTK_WIDGET (self));
}

void
anm_inside_pane_add_extras (AnmInsidePane *self)
{
  add_late (self);
  add_steps (self);
}
