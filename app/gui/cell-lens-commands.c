/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can be done in the cell lens: going to other steps, units and halves, and taking the equations along. */

#include "app/gui/cell-lens-page-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/cell-text.h"
#include "app/gui/worksheet-window.h"

/* In the rows' order of the map at the left: up is up. */
static void
move_unit_action (GtkWidget *widget,
                  const char *name,
                  GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  const guint n_units = _cell_lens_page_get_n_units (self);
  const int unit = (int) _cell_lens_page_get_unit (self) + g_variant_get_int32 (parameter);

  if (n_units == 0)
    return;
  anm_view_state_set_layer (self->state, _cell_lens_page_get_layer (self));
  anm_view_state_set_unit (self->state, CLAMP (unit, 0, (int) n_units - 1));
}

static void
move_row_action (GtkWidget *widget,
                 const char *name,
                 GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  const int layer = _cell_lens_page_get_layer (self);
  const guint n_units = _cell_lens_page_get_n_units (self), unit = _cell_lens_page_get_unit (self);
  const guint *order = layer >= 0 ? anm_live_reading_get_order (self->live, (guint) layer) : NULL;
  int place = (int) unit;

  if (n_units == 0)
    return;
  for (guint k = 0; order != NULL && k < n_units; k++)
    if (order[k] == unit)
      place = (int) k;
  place = CLAMP (place + g_variant_get_int32 (parameter), 0, (int) n_units - 1);
  anm_view_state_set_layer (self->state, layer);
  anm_view_state_set_unit (self->state, order != NULL ? (int) order[place] : place);
}

static void
move_step_action (GtkWidget *widget,
                  const char *name,
                  GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  const double step = anm_view_state_get_time_step (self->state);
  int k;

  if (self->lens == NULL || self->reading == NULL || self->reading->n_steps == 0)
    return;
  /* Without a cursor the last step is shown, and the first move goes from there. */
  k = isnan (anm_view_state_get_cursor (self->state)) ? (int) self->reading->n_steps - 1
                                                      : anm_patient_reading_get_step (self->reading, anm_view_state_get_cursor (self->state));
  k = CLAMP (k + g_variant_get_int32 (parameter), 0, (int) self->reading->n_steps - 1);
  anm_view_state_pin_cursor (self->state, self->reading->first_time + (k + 0.5) * step);
}

static void
copy (AnmCellLensPage *self,
      AnmCellLanguage language,
      const char *message)
{
  g_autofree char *weights = anm_live_reading_describe_weights (self->live);
  g_autofree char *text = NULL;

  if (self->lens == NULL)
    return;
  text = anm_cell_text_new (self->lens, language, weights);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", message);
}

static void
copy_action (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  if (g_str_equal (name, "lens.copy-latex"))
    copy (ANM_CELL_LENS_PAGE (widget), ANM_CELL_LATEX, _("The equations are on the clipboard as LaTeX"));
  else
    copy (ANM_CELL_LENS_PAGE (widget), ANM_CELL_PLAIN, _("The equations are on the clipboard"));
}

static void
toggle_where_action (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);

  self->left_shown[self->narrow] = !self->left_shown[self->narrow];
  _cell_lens_page_reshape (self);
}

static void
worksheet_action (GtkWidget *widget,
                  const char *name,
                  GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  g_autofree char *weights = anm_live_reading_describe_weights (self->live);

  if (self->lens != NULL)
    gtk_window_present (GTK_WINDOW (anm_worksheet_window_new (GTK_WINDOW (gtk_widget_get_root (widget)), self->lens, self->symbol, weights)));
}

/* Where the halves stand side by side, the other one's unit is another unit of the layer. */
static void
choose_half_action (GtkWidget *widget,
                    const char *name,
                    GVariant *parameter)
{
  AnmCellLensPage *self = ANM_CELL_LENS_PAGE (widget);
  const AnmDirection half = (AnmDirection) g_variant_get_int32 (parameter);

  if (self->lens == NULL || self->lens->merge == NULL || half == self->lens->half)
    return;
  self->half = half;
  if (anm_cell_lens_get_counterpart (self->lens) == self->lens->unit)
    {
      _cell_lens_page_ask (self);
      return;
    }
  anm_view_state_set_layer (self->state, _cell_lens_page_get_layer (self));
  anm_view_state_set_unit (self->state, (int) anm_cell_lens_get_counterpart (self->lens));
}

void
_cell_lens_page_install_commands (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "lens.move-unit", "i", move_unit_action);
  gtk_widget_class_install_action (widget_class, "lens.move-row", "i", move_row_action);
  gtk_widget_class_install_action (widget_class, "lens.move-step", "i", move_step_action);
  gtk_widget_class_install_action (widget_class, "lens.copy-text", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "lens.copy-latex", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "lens.toggle-where", NULL, toggle_where_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "lens.toggle-where", NULL);
  gtk_widget_class_install_action (widget_class, "lens.worksheet", NULL, worksheet_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, 0, "lens.move-row", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, 0, "lens.move-row", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "lens.move-step", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "lens.move-step", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "lens.copy-text", NULL);
  gtk_widget_class_install_action (widget_class, "lens.choose-half", "i", choose_half_action);
}
