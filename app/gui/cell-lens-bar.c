/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/cell-lens-bar.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/gui/fold-box.h"
#include "app/gui/half-choice.h"
#include "app/gui/kept-epochs.h"
#include "app/gui/patient-list.h"
#include "app/gui/stepper.h"
#include "widgets/figures/number.h"

struct _AnmCellLensBar
{
  GtkWidget     parent_instance;

  AnmViewState   *state;
  AnmLiveReading *live;

  GtkWidget    *box;
  GtkWidget    *patient;
  GtkWidget    *patients;   /* in the popover, made when it is first opened */
  GtkWidget    *unit;
  GtkWidget    *half;
  GtkWidget    *hour;
  GtkWidget    *epoch;
  GtkWidget    *numbers;
  GtkWidget    *shapes;
  GtkWidget    *copy;

  GArray       *epochs;     /* of int: those that the drop-down holds */
  gboolean      best;       /* the first of them is called the best, not the latest */
  gboolean      showing;
};

enum
{
  PROP_0,
  PROP_SHAPES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmCellLensBar, anm_cell_lens_bar, GTK_TYPE_WIDGET)

/* What is shown */

static void
show_patient (AnmCellLensBar *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const guint patient = anm_view_state_get_patient (self->state);

  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->patient), cohort != NULL && patient < cohort->n_patients ? cohort->ids[patient] : "–");
  if (self->patients != NULL)
    anm_patient_list_set_cohort (ANM_PATIENT_LIST (self->patients), cohort);
}

/* The newest first, which goes on being the newest; then those that are kept, from the last one back. */
static void
show_epochs (AnmCellLensBar *self)
{
  guint n_kept, selected = 0;
  const guint *kept = anm_kept_epochs_get (anm_view_state_get_run (self->state), &n_kept);
  const int chosen = anm_view_state_get_epoch (self->state);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (int));
  const int newest = ANM_EPOCH_NEWEST;
  const int shown = anm_view_state_get_shown_epoch (self->state);
  const gboolean best = anm_live_reading_get_origin (self->live, NULL, NULL) == ANM_WEIGHTS_BEST;

  g_array_append_val (epochs, newest);
  g_array_append_val (epochs, shown);
  for (guint i = n_kept; i > 0; i--)
    {
      const int epoch = (int) kept[i - 1];

      if (epoch == chosen)
        selected = epochs->len - 1;
      g_array_append_val (epochs, epoch);
    }
  self->showing = TRUE;
  if (self->epochs == NULL || self->best != best || self->epochs->len != epochs->len || (chosen == newest && g_array_index (self->epochs, int, 1) != shown))
    {
      g_autofree char *latest = NULL;

      self->best = best;
      if (chosen == newest && shown >= 0)
        latest = g_strdup_printf (best
                                    /* Translators: the epoch of a run that has ended at which it was best. */
                                    ? _("%d, best")
                                    /* Translators: the newest epoch of a run under way. */
                                    : _("%d, latest"), shown);
      g_strv_builder_add (words, latest != NULL ? latest : C_("epoch", "latest"));
      for (guint i = 2; i < epochs->len; i++)
        {
          g_autofree char *epoch = g_strdup_printf ("%d", g_array_index (epochs, int, i));
          g_strv_builder_add (words, epoch);
        }

      g_auto (GStrv) all = g_strv_builder_end (words);
      g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) all);
      gtk_drop_down_set_model (GTK_DROP_DOWN (self->epoch), G_LIST_MODEL (list));
      g_clear_pointer (&self->epochs, g_array_unref);
      self->epochs = g_array_ref (epochs);
    }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->epoch), selected);
  gtk_widget_set_sensitive (self->epoch, n_kept > 0);
  self->showing = FALSE;
}

static void
epoch_chosen_cb (AnmCellLensBar *self)
{
  const guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->epoch));

  if (self->showing || selected == GTK_INVALID_LIST_POSITION)
    return;
  anm_view_state_set_epoch (self->state, selected == 0 ? ANM_EPOCH_NEWEST : g_array_index (self->epochs, int, selected + 1));
}

static void
half_chosen_cb (AnmCellLensBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "lens.choose-half", "i", (int) anm_half_choice_get_half (ANM_HALF_CHOICE (self->half)));
}

void
anm_cell_lens_bar_set_lens (AnmCellLensBar *self,
                            const AnmCellLens *lens)
{
  g_autofree char *unit = NULL;

  g_return_if_fail (ANM_IS_CELL_LENS_BAR (self));

  if (lens != NULL)
    unit = g_strdup_printf (_("Unit %u"), lens->unit + 1);
  anm_stepper_set_label (ANM_STEPPER (self->unit), unit != NULL ? unit : _("No unit"));
  if (lens != NULL && lens->when != NULL)
    {
      /* "hour 39" begins a button's words. */
      g_autofree char *first = g_utf8_substring (lens->when, 0, 1);
      g_autofree char *upper = g_utf8_strup (first, -1);
      g_autofree char *words = g_strconcat (upper, g_utf8_next_char (lens->when), NULL);
      anm_stepper_set_label (ANM_STEPPER (self->hour), words);
    }
  else
    anm_stepper_set_label (ANM_STEPPER (self->hour), "–");
  gtk_widget_set_visible (self->half, lens != NULL && lens->merge != NULL);
  if (lens != NULL && lens->merge != NULL)
    anm_half_choice_set_half (ANM_HALF_CHOICE (self->half), lens->half);
  show_epochs (self);
}

gboolean
anm_cell_lens_bar_get_shapes (AnmCellLensBar *self)
{
  g_return_val_if_fail (ANM_IS_CELL_LENS_BAR (self), FALSE);

  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->shapes));
}

static void
shapes_toggled_cb (AnmCellLensBar *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHAPES]);
}

/* Making */

static GtkWidget *
make_group (const char *name,
            GtkWidget *control)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);

  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), control);
  return box;
}

static void
make_patients_cb (GtkMenuButton *button,
                  gpointer data)
{
  AnmCellLensBar *self = data;
  GtkWidget *popover;

  if (self->patients != NULL)
    return;
  popover = gtk_popover_new ();
  self->patients = g_object_new (ANM_TYPE_PATIENT_LIST, "view-state", self->state, NULL);
  gtk_widget_set_size_request (self->patients, 300, 420);
  gtk_popover_set_child (GTK_POPOVER (popover), self->patients);
  gtk_menu_button_set_popover (button, popover);
  show_patient (self);
}

static GtkWidget *
make_ways (AnmCellLensBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  self->numbers = gtk_toggle_button_new_with_label (_("Numbers"));
  self->shapes = gtk_toggle_button_new_with_label (_("Shapes"));
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->shapes), GTK_TOGGLE_BUTTON (self->numbers));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->numbers), TRUE);
  gtk_widget_set_tooltip_text (self->shapes, _("The sizes of matrices and vectors instead of their numbers"));
  g_signal_connect_swapped (self->shapes, "toggled", G_CALLBACK (shapes_toggled_cb), self);
  gtk_box_append (GTK_BOX (box), self->numbers);
  gtk_box_append (GTK_BOX (box), self->shapes);
  return box;
}

static GtkWidget *
make_copy (AnmCellLensBar *self)
{
  GtkWidget *content = adw_button_content_new ();

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "edit-copy-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _("Copy as text"));
  self->copy = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->copy), content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->copy), "lens.copy-text");
  gtk_widget_set_valign (self->copy, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->copy, _("All equations with their numbers in full precision (Ctrl+C)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy as text"), -1);
  return self->copy;
}

static void
close_popover_cb (GtkWidget *button)
{
  GtkWidget *popover = gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
}

static GtkWidget *
make_command (const char *words,
              const char *action,
              const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (words);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect (button, "clicked", G_CALLBACK (close_popover_cb), NULL);
  return button;
}

static GtkWidget *
make_back (void)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = adw_button_content_new ();

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "go-previous-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), C_("page", "Inside"));
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "inside.show-overview");
  gtk_widget_set_tooltip_text (button, _("Back to Inside"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back to Inside"), -1);
  return button;
}

static GtkWidget *
make_patient (AnmCellLensBar *self)
{
  self->patient = gtk_menu_button_new ();
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->patient), make_patients_cb, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->patient), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Patient"), -1);
  return make_group (_("Patient"), self->patient);
}

static GtkWidget *
make_epoch (AnmCellLensBar *self)
{
  self->epoch = gtk_drop_down_new (NULL, NULL);
  g_signal_connect_swapped (self->epoch, "notify::selected", G_CALLBACK (epoch_chosen_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->epoch), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Epoch"), -1);
  return make_group (_("Epoch"), self->epoch);
}

static void
fill (AnmCellLensBar *self)
{
  AnmFoldBox *fold = ANM_FOLD_BOX (anm_fold_box_new ());
  GtkWidget *title = gtk_label_new (_("Cell lens"));

  self->box = GTK_WIDGET (fold);
  gtk_widget_add_css_class (title, "pane-title");
  anm_fold_box_append (fold, make_back (), ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (fold, title, ANM_FOLD_RANK_HINT, FALSE);
  anm_fold_box_append (fold, make_patient (self), 3, FALSE);
  self->unit = anm_stepper_new (_("Unit before"), _("Next unit"), 8);
  anm_stepper_set_actions (ANM_STEPPER (self->unit), "lens.move-unit", "lens.move-unit", 1);
  anm_fold_box_append (fold, self->unit, ANM_FOLD_RANK_KEEP, FALSE);
  self->half = anm_half_choice_new ();
  g_signal_connect_swapped (self->half, "chosen", G_CALLBACK (half_chosen_cb), self);
  anm_fold_box_append (fold, self->half, ANM_FOLD_RANK_KEEP, FALSE);
  self->hour = anm_stepper_new (_("Step before"), _("Next step"), 8);
  anm_stepper_set_actions (ANM_STEPPER (self->hour), "lens.move-step", "lens.move-step", 1);
  anm_fold_box_append (fold, self->hour, ANM_FOLD_RANK_KEEP, FALSE);
  anm_fold_box_append (fold, make_epoch (self), 4, FALSE);
  anm_fold_box_append (fold, make_ways (self), 5, TRUE);
  anm_fold_box_append (fold, make_copy (self), 2, FALSE);
  anm_fold_box_append_more_button (fold);
  anm_fold_box_append_to_more (fold, make_command (_("_Map and time"), "lens.toggle-where",
                                                   _("Shows or hides where the step lies and what the unit holds over time; in a narrow window they take the place of the terms (F9)")));
  anm_fold_box_append_to_more (fold, make_command (_("Copy as _LaTeX"), "lens.copy-latex", _("For a document that uses amsmath")));
  anm_fold_box_append_to_more (fold, make_command (_("_Worksheet…"), "lens.worksheet", _("This step on a sheet of paper, with blanks to fill in, and its answers")));
  gtk_accessible_update_property (GTK_ACCESSIBLE (anm_fold_box_get_more_button (fold)), GTK_ACCESSIBLE_PROPERTY_LABEL, _("More of the cell lens"), -1);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
anm_cell_lens_bar_new (AnmViewState *state,
                       AnmLiveReading *live)
{
  AnmCellLensBar *self = g_object_new (ANM_TYPE_CELL_LENS_BAR, NULL);

  self->state = g_object_ref (state);
  self->live = g_object_ref (live);
  fill (self);
  g_signal_connect_object (state, "notify::patient", G_CALLBACK (show_patient), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (show_patient), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::epoch", G_CALLBACK (show_epochs), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (state, "notify::run", G_CALLBACK (show_epochs), self, G_CONNECT_SWAPPED);
  show_patient (self);
  anm_cell_lens_bar_set_lens (self, NULL);

  return GTK_WIDGET (self);
}

static void
anm_cell_lens_bar_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SHAPES:
      g_value_set_boolean (value, anm_cell_lens_bar_get_shapes (ANM_CELL_LENS_BAR (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_cell_lens_bar_dispose (GObject *object)
{
  AnmCellLensBar *self = ANM_CELL_LENS_BAR (object);

  self->showing = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_object (&self->live);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_cell_lens_bar_parent_class)->dispose (object);
}

static void
anm_cell_lens_bar_class_init (AnmCellLensBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = anm_cell_lens_bar_get_property;
  object_class->dispose = anm_cell_lens_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "celllensbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  properties[PROP_SHAPES] =
    g_param_spec_boolean ("shapes", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_cell_lens_bar_init (AnmCellLensBar *self)
{
}
