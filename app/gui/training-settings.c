/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/training-settings.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/exhibits/setting-notes.h"
#include "app/gui/info-label.h"
#include "app/gui/number-entry.h"
#include "app/gui/word-spin.h"

#define WIDTH 380
#define N_LOSSES (ANM_LOSS_SURVIVAL + 1)

/* Of one member of the hyperparameters. */
typedef struct
{
  const AnmSettingNote          *note;
  const AnmHyperparameterMember *member; /* NULL: loss, weights of classes, split */
  GtkWidget                     *label;
  GtkWidget                     *control;
} Row;

struct _AnmTrainingSettings
{
  GtkWidget     parent_instance;

  AnmViewState *state;
  GSignalGroup *study_signals;

  GtkWidget    *box;
  GtkWidget    *wrong;
  GArray       *rows;          /* of Row */
  GtkWidget    *loss;
  GtkWidget    *class_weights;
  GtkWidget    *validation;    /* percent of the patients */
  GtkWidget    *test;
  GtkWidget    *split_seed;
  gboolean      showing;
};

G_DEFINE_FINAL_TYPE (AnmTrainingSettings, anm_training_settings, GTK_TYPE_WIDGET)

/* On the bar itself, or with the optimiser. */
static const char *const elsewhere[] = { "learning_rate", "schedule", "batch_size", "epochs", "patience", "seed", "clip_norm", "optimizer" };

static gboolean
is_elsewhere (const AnmSettingNote *note)
{
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (strcmp (elsewhere[i], note->name) == 0)
      return TRUE;
  return note->group == ANM_SETTING_OPTIMIZER;
}

static const AnmHyperparameterMember *
find_member (const char *name)
{
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  for (guint i = 0; i < n_members; i++)
    if (strcmp (members[i].name, name) == 0)
      return &members[i];
  return NULL;
}

/* What is shown */

static void
show_wrong (AnmTrainingSettings *self,
            const char *message)
{
  gtk_label_set_label (GTK_LABEL (self->wrong), message != NULL ? message : "");
  gtk_widget_set_visible (self->wrong, message != NULL);
}

/* Options of a loss that isn't chosen are of no use. */
static gboolean
is_of_use (const Row *row,
           const AnmHyperparameters *shown)
{
  const gboolean focal = shown->loss == ANM_LOSS_BINARY_FOCAL || shown->loss == ANM_LOSS_CATEGORICAL_FOCAL;

  if (strcmp (row->note->name, "huber_delta") == 0)
    return shown->loss == ANM_LOSS_HUBER;
  if (g_str_has_prefix (row->note->name, "focal_"))
    return focal;
  return TRUE;
}

static void
show_row (const Row *row,
          const AnmHyperparameters *shown)
{
  const gboolean of_use = is_of_use (row, shown);

  gtk_widget_set_visible (row->label, of_use);
  gtk_widget_set_visible (row->control, of_use);
  switch (row->member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->control), G_STRUCT_MEMBER (guint, shown, row->member->offset));
      break;
    case ANM_HYPERPARAMETER_FLAG:
      gtk_switch_set_active (GTK_SWITCH (row->control), G_STRUCT_MEMBER (gboolean, shown, row->member->offset));
      break;
    case ANM_HYPERPARAMETER_REAL:
    default:
      anm_number_entry_set_value (ANM_NUMBER_ENTRY (row->control), G_STRUCT_MEMBER (double, shown, row->member->offset));
    }
}

static void
show_class_weights (AnmTrainingSettings *self,
                    const AnmHyperparameters *shown)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint k = 0; k < MIN (shown->n_class_weights, ANM_MAX_CLASS_WEIGHTS); k++)
    g_string_append_printf (text, k > 0 ? ", %g" : "%g", shown->class_weights[k]);
  gtk_editable_set_text (GTK_EDITABLE (self->class_weights), text->str);
  gtk_widget_remove_css_class (self->class_weights, "error");
}

static void
show (AnmTrainingSettings *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  const AnmHyperparameters *shown;
  const AnmRecipe *recipe;

  if (study == NULL)
    return;

  shown = anm_study_get_hyperparameters (study);
  recipe = anm_study_get_recipe (study);
  self->showing = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    show_row (&g_array_index (self->rows, Row, i), shown);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->loss), shown->loss);
  show_class_weights (self, shown);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->validation), round (100 * recipe->split[ANM_PART_VALIDATION]));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->test), round (100 * recipe->split[ANM_PART_TEST]));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->split_seed), (double) recipe->split_seed);
  gtk_widget_set_sensitive (self->validation, recipe->split_file == NULL);
  gtk_widget_set_sensitive (self->test, recipe->split_file == NULL);
  self->showing = FALSE;
  show_wrong (self, NULL);
}

/* What a person changes */

static void
read_row (const Row *row,
          AnmHyperparameters *edited)
{
  switch (row->member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      G_STRUCT_MEMBER (guint, edited, row->member->offset) = (guint) gtk_spin_button_get_value (GTK_SPIN_BUTTON (row->control));
      break;
    case ANM_HYPERPARAMETER_FLAG:
      G_STRUCT_MEMBER (gboolean, edited, row->member->offset) = gtk_switch_get_active (GTK_SWITCH (row->control));
      break;
    case ANM_HYPERPARAMETER_REAL:
    default:
      G_STRUCT_MEMBER (double, edited, row->member->offset) = anm_number_entry_get_value (ANM_NUMBER_ENTRY (row->control));
    }
}

/* One of the pair was changed; the other goes along where it must. */
static void
fit_truncation (const AnmHyperparameters *before,
                AnmHyperparameters *edited)
{
  if (edited->truncation_k1 != before->truncation_k1)
    edited->truncation_k2 = edited->truncation_k1 == 0 ? 0 : MAX (edited->truncation_k1, edited->truncation_k2);
  else if (edited->truncation_k2 != before->truncation_k2)
    edited->truncation_k1 = edited->truncation_k2 == 0 ? 0 : edited->truncation_k1 == 0 ? edited->truncation_k2 : MIN (edited->truncation_k1, edited->truncation_k2);
}

/* "1, 3.5"; FALSE if it isn't such a list. */
static gboolean
read_class_weights (AnmTrainingSettings *self,
                    AnmHyperparameters *edited)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->class_weights))));
  g_auto (GStrv) words = g_strsplit_set (text, ",;", -1);

  edited->n_class_weights = *text == '\0' ? 0 : g_strv_length (words);
  if (edited->n_class_weights > ANM_MAX_CLASS_WEIGHTS)
    return FALSE;
  for (guint k = 0; k < edited->n_class_weights; k++)
    {
      char *end;

      g_strstrip (words[k]);
      edited->class_weights[k] = g_ascii_strtod (words[k], &end);
      if (*words[k] == '\0' || *end != '\0')
        return FALSE;
    }
  return TRUE;
}

static void
take_over (AnmTrainingSettings *self,
           AnmStudy *study,
           AnmHyperparameters *edited)
{
  g_autoptr (GError) error = NULL;

  if (anm_hyperparameters_validate (edited, &error))
    {
      anm_study_set_hyperparameters (study, edited);
      show (self);
    }
  else
    show_wrong (self, error->message);
}

static void
edited_cb (AnmTrainingSettings *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  edited.loss = (AnmLossKind) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->loss));
  for (guint i = 0; i < self->rows->len; i++)
    read_row (&g_array_index (self->rows, Row, i), &edited);
  fit_truncation (anm_study_get_hyperparameters (study), &edited);
  if (edited.balanced_classes)
    edited.n_class_weights = 0;
  take_over (self, study, &edited);
}

static void
class_weights_entered_cb (AnmTrainingSettings *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  AnmHyperparameters edited;

  if (study == NULL)
    return;

  edited = *anm_study_get_hyperparameters (study);
  if (!read_class_weights (self, &edited))
    {
      gtk_widget_add_css_class (self->class_weights, "error");
      show_wrong (self, _("Weights of classes are numbers with commas between them, one for each class: 1, 3.5"));
      return;
    }
  edited.balanced_classes = edited.balanced_classes && edited.n_class_weights == 0;
  take_over (self, study, &edited);
}

static void
split_edited_cb (AnmTrainingSettings *self)
{
  AnmStudy *study = self->showing ? NULL : anm_view_state_get_study (self->state);
  g_autoptr (AnmRecipe) recipe = NULL;
  double validation, test;

  if (study == NULL)
    return;

  recipe = anm_recipe_copy (anm_study_get_recipe (study));
  validation = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->validation)) / 100;
  test = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->test)) / 100;
  /* So that it isn't another split where nothing was changed but how it is rounded. */
  if (fabs (validation - recipe->split[ANM_PART_VALIDATION]) > 0.0051 || fabs (test - recipe->split[ANM_PART_TEST]) > 0.0051)
    {
      recipe->split[ANM_PART_VALIDATION] = validation;
      recipe->split[ANM_PART_TEST] = test;
      recipe->split[ANM_PART_TRAINING] = 1 - validation - test;
    }
  recipe->split_seed = (guint64) gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->split_seed));
  if (!anm_recipe_equal (recipe, anm_study_get_recipe (study)))
    anm_study_set_recipe (study, recipe);
}

/* Making */

static GtkWidget *
make_spin (AnmTrainingSettings *self,
           double least,
           double most,
           const char *zero,
           const char *unit,
           const char *name,
           GCallback changed)
{
  GtkWidget *spin = anm_word_spin_new (least, most, 1, 0, zero, unit, name);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 7);
  g_signal_connect_swapped (spin, "value-changed", changed, self);
  return spin;
}

static GtkWidget *
make_control (AnmTrainingSettings *self,
              const AnmSettingNote *note,
              const AnmHyperparameterMember *member)
{
  const AnmNumberLimits limits = { note->minimum, note->maximum, TRUE, TRUE };
  GtkWidget *control;

  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      return make_spin (self, note->minimum, note->maximum, note->zero != NULL ? _(note->zero) : NULL, NULL, _(note->label),
                        G_CALLBACK (edited_cb));
    case ANM_HYPERPARAMETER_FLAG:
      control = gtk_switch_new ();
      gtk_widget_set_halign (control, GTK_ALIGN_END);
      gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, _(note->label), -1);
      g_signal_connect_swapped (control, "notify::active", G_CALLBACK (edited_cb), self);
      return control;
    case ANM_HYPERPARAMETER_REAL:
    default:
      control = anm_number_entry_new (_(note->label), &limits, note->minimum);
      g_signal_connect_swapped (control, "changed", G_CALLBACK (edited_cb), self);
      return control;
    }
}

static void
attach (GtkGrid *grid,
        int *row,
        GtkWidget *label,
        GtkWidget *control)
{
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_set_halign (control, GTK_ALIGN_END);
  gtk_grid_attach (grid, label, 0, *row, 1, 1);
  gtk_grid_attach (grid, control, 1, *row, 1, 1);
  (*row)++;
}

static void
make_loss (AnmTrainingSettings *self)
{
  g_autoptr (GtkStringList) losses = gtk_string_list_new (NULL);

  for (guint i = 0; i < N_LOSSES; i++)
    gtk_string_list_append (losses, anm_loss_label ((AnmLossKind) i));
  self->loss = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&losses)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->loss), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Loss"), -1);
  g_signal_connect_swapped (self->loss, "notify::selected", G_CALLBACK (edited_cb), self);
}

static void
make_class_weights (AnmTrainingSettings *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->class_weights = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->class_weights), 10);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->class_weights), 12);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->class_weights), C_("weights of classes", "alike"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->class_weights), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Weights of classes"), -1);
  g_signal_connect_swapped (self->class_weights, "activate", G_CALLBACK (class_weights_entered_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (class_weights_entered_cb), self);
  gtk_widget_add_controller (self->class_weights, focus);
}

static void
attach_note (AnmTrainingSettings *self,
             GtkGrid *grid,
             int *place,
             const AnmSettingNote *note)
{
  Row row = { note, find_member (note->name), anm_info_label_new_for (note), NULL };

  if (strcmp (note->name, "loss") == 0)
    make_loss (self);
  else if (strcmp (note->name, "class_weights") == 0)
    make_class_weights (self);
  if (row.member != NULL)
    {
      row.control = make_control (self, note, row.member);
      attach (grid, place, row.label, row.control);
      g_array_append_val (self->rows, row);
      return;
    }
  attach (grid, place, row.label, strcmp (note->name, "loss") == 0 ? self->loss : self->class_weights);
}

static void
attach_split (AnmTrainingSettings *self,
              GtkGrid *grid,
              int *place)
{
  const AnmSettingNote *note = anm_setting_note_find ("split");

  self->validation = make_spin (self, 0, 45, NULL, "%", _("Patients for validation"), G_CALLBACK (split_edited_cb));
  self->test = make_spin (self, 0, 45, NULL, "%", _("Patients for the test"), G_CALLBACK (split_edited_cb));
  self->split_seed = make_spin (self, 0, G_MAXUINT32, NULL, NULL, _("Seed of the split"), G_CALLBACK (split_edited_cb));
  attach (grid, place, anm_info_label_new (_("Patients for validation"), _(note->summary), NULL, NULL), self->validation);
  attach (grid, place, anm_info_label_new (_("Patients for the test"), _(note->summary), NULL, NULL), self->test);
  attach (grid, place, anm_info_label_new (_("Seed of the split"), _("Draws which patients are in which part."), NULL, NULL),
          self->split_seed);
}

static void
make_rows (AnmTrainingSettings *self,
           GtkGrid *grid)
{
  guint n_notes;
  const AnmSettingNote *all = anm_setting_notes (&n_notes);
  int place = 0;

  for (guint group = 0; group < ANM_N_SETTING_GROUPS; group++)
    {
      GtkWidget *heading;

      if (group == ANM_SETTING_OPTIMIZER)
        continue;
      heading = gtk_label_new (group == ANM_SETTING_RUN ? _("Split of the patients") : anm_setting_group_label ((AnmSettingGroup) group));
      gtk_label_set_xalign (GTK_LABEL (heading), 0);
      gtk_widget_add_css_class (heading, "heading");
      gtk_widget_set_margin_top (heading, place > 0 ? 12 : 0);
      gtk_grid_attach (grid, heading, 0, place++, 2, 1);
      for (guint i = 0; i < n_notes; i++)
        if (all[i].group == (AnmSettingGroup) group && !is_elsewhere (&all[i]) && strcmp (all[i].name, "split") != 0)
          attach_note (self, grid, &place, &all[i]);
      if (group == ANM_SETTING_RUN)
        attach_split (self, grid, &place);
    }
}

static void
study_changed_cb (AnmTrainingSettings *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  show (self);
}

GtkWidget *
anm_training_settings_new (AnmViewState *state)
{
  AnmTrainingSettings *self = g_object_new (ANM_TYPE_TRAINING_SETTINGS, NULL);

  self->state = g_object_ref (state);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return GTK_WIDGET (self);
}

static void
anm_training_settings_dispose (GObject *object)
{
  AnmTrainingSettings *self = ANM_TRAINING_SETTINGS (object);

  self->showing = TRUE;
  g_clear_object (&self->study_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_training_settings_parent_class)->dispose (object);
}

static void
anm_training_settings_finalize (GObject *object)
{
  g_array_unref (ANM_TRAINING_SETTINGS (object)->rows);

  G_OBJECT_CLASS (anm_training_settings_parent_class)->finalize (object);
}

static void
anm_training_settings_class_init (AnmTrainingSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_training_settings_dispose;
  G_OBJECT_CLASS (klass)->finalize = anm_training_settings_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
anm_training_settings_init (AnmTrainingSettings *self)
{
  GtkWidget *grid = gtk_grid_new ();

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::hyperparameters", G_CALLBACK (show), self);
  g_signal_group_connect_swapped (self->study_signals, "notify::recipe", G_CALLBACK (show), self);

  self->showing = TRUE;
  make_rows (self, GTK_GRID (grid));
  self->showing = FALSE;
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_add_css_class (grid, "popover-grid");

  self->wrong = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->wrong), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->wrong), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->wrong), 40);
  gtk_widget_add_css_class (self->wrong, "error");
  gtk_widget_add_css_class (self->wrong, "caption");
  gtk_widget_set_visible (self->wrong, FALSE);

  gtk_widget_set_size_request (grid, WIDTH, -1);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->box), self->wrong);
  gtk_box_append (GTK_BOX (self->box), grid);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("More settings of training"), -1);
}
