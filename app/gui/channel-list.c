/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/channel-list.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/gui/channel-model.h"
#include "app/gui/channel-choice.h"
#include "app/gui/split-bar.h"
#include "app/gui/template.h"
#include "widgets/figures/number.h"
#include "widgets/views/changing-ground.h"

struct _AnmChannelList
{
  GtkWidget      parent_instance;

  AnmViewState  *state;
  GSignalGroup  *study_signals;

  GtkWidget     *caption;
  GtkWidget     *search_button;
  GtkWidget     *search_entry;
  GtkWidget     *list_view;
  GtkWidget     *observed_check;
  GtkWidget     *gaps_check;
  GtkWidget     *statics_check;
  GtkWidget     *patients_title;
  GtkWidget     *split_bar;
  GtkWidget     *training_label;
  GtkWidget     *held_out_label;
  GtkWidget     *split_label;

  GtkFilterListModel *model;
  GtkCustomFilter *filter;
  char          *words;      /* searched for, in small letters */
  GPtrArray     *rows;       /* AnmChannelChoice that show a channel, borrowed */

  AnmCohort     *cohort;     /* what the model is of */
  double         step;
  double        *missing;    /* [n_channels], NULL until counted */
  GCancellable  *counting;
  gboolean       showing;
  guint          generation; /* of what the rows show of the cursor */
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_POINTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmChannelList, anm_channel_list, GTK_TYPE_WIDGET)

GtkWidget *
anm_channel_list_new (AnmViewState *state)
{
  return g_object_new (ANM_TYPE_CHANNEL_LIST, "view-state", state, NULL);
}

static AnmStudy *
get_study (AnmChannelList *self)
{
  return anm_view_state_get_study (self->state);
}

static const AnmRecipe *
get_recipe (AnmChannelList *self)
{
  return get_study (self) != NULL ? anm_study_get_recipe (get_study (self)) : NULL;
}

/* Rows */

static void
show_goes_in (AnmChannelList *self,
              AnmChannelChoice *row)
{
  const AnmRecipe *recipe = get_recipe (self);
  const char *name = self->cohort->channels[anm_channel_choice_get_channel (row)].name;

  anm_channel_choice_set_goes_in (row, recipe != NULL && anm_recipe_takes_channel (recipe, name));
}

static void
ticked_cb (AnmChannelList *self,
           guint channel,
           gboolean goes_in)
{
  g_autoptr (AnmRecipe) recipe = anm_recipe_copy_with_channel (get_recipe (self), self->cohort, channel, goes_in);

  anm_study_set_recipe (get_study (self), recipe);
}

static void
entered_cb (GtkEventController *motion,
            double x,
            double y,
            AnmChannelList *self)
{
  AnmChannelChoice *row = ANM_CHANNEL_CHOICE (gtk_event_controller_get_widget (motion));

  g_signal_emit (self, signals[SIGNAL_POINTED], 0, (int) anm_channel_choice_get_channel (row));
}

static void
left_cb (GtkEventController *motion,
         AnmChannelList *self)
{
  g_signal_emit (self, signals[SIGNAL_POINTED], 0, -1);
}

static void
setup_cb (AnmChannelList *self,
          GtkListItem *item)
{
  GtkWidget *row = anm_channel_choice_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect_object (motion, "enter", G_CALLBACK (entered_cb), self, 0);
  g_signal_connect_object (motion, "leave", G_CALLBACK (left_cb), self, 0);
  gtk_widget_add_controller (row, motion);

  g_signal_connect_swapped (row, "ticked", G_CALLBACK (ticked_cb), self);
  gtk_list_item_set_child (item, row);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind_cb (AnmChannelList *self,
         GtkListItem *item)
{
  AnmChannelChoice *row = ANM_CHANNEL_CHOICE (gtk_list_item_get_child (item));
  const guint channel = anm_channel_item_get_channel (gtk_list_item_get_item (item));

  anm_channel_choice_set_channel (row, self->cohort, channel, self->step);
  anm_channel_choice_set_missing (row, self->missing != NULL ? self->missing[channel] : NAN);
  anm_channel_choice_set_patient (row, anm_view_state_get_patient (self->state));
  anm_channel_choice_set_cursor (row, anm_view_state_get_cursor (self->state));
  show_goes_in (self, row);
  g_ptr_array_add (self->rows, row);
}

static void
unbind_cb (AnmChannelList *self,
           GtkListItem *item)
{
  AnmChannelChoice *row = ANM_CHANNEL_CHOICE (gtk_list_item_get_child (item));

  g_ptr_array_remove_fast (self->rows, row);
  anm_channel_choice_set_channel (row, NULL, 0, 1);
}

static gboolean
tick_focused_cb (GtkWidget *list,
                 GVariant *arguments,
                 gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (list);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (!ANM_IS_CHANNEL_CHOICE (child))
    return FALSE;

  anm_channel_choice_tick (ANM_CHANNEL_CHOICE (child));
  return TRUE;
}

/* Search */

static gboolean
matches (gpointer item,
         gpointer data)
{
  AnmChannelList *self = data;

  return self->words == NULL || anm_channel_item_matches (item, self->words);
}

static void
search_changed_cb (AnmChannelList *self)
{
  g_free (self->words);
  self->words = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
stop_search_cb (AnmChannelList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->search_button), FALSE);
}

static void
search_toggled_cb (AnmChannelList *self)
{
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->search_button)))
    gtk_widget_grab_focus (self->search_entry);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/* Missing shares */

static void
counted_cb (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  g_autoptr (AnmChannelList) self = data;
  g_autofree double *shares = anm_missing_shares_finish (result, NULL);

  /* Cancelled: the cohort is another by now. */
  if (shares == NULL)
    return;

  g_free (self->missing);
  self->missing = g_steal_pointer (&shares);
  for (guint i = 0; i < self->rows->len; i++)
    {
      AnmChannelChoice *row = g_ptr_array_index (self->rows, i);
      anm_channel_choice_set_missing (row, self->missing[anm_channel_choice_get_channel (row)]);
    }
}

static void
stop_counting (AnmChannelList *self)
{
  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
}

/* What is shown */

static void
show_caption (AnmChannelList *self)
{
  const guint patient = anm_view_state_get_patient (self->state);
  const AnmRecipe *recipe = get_recipe (self);
  g_autofree char *caption = NULL;

  if (self->cohort == NULL || recipe == NULL || patient >= self->cohort->n_patients)
    return;

  /* Translators: how many channels, of how many, go into the network, and whose lines are drawn. */
  caption = g_strdup_printf (_("%u of %u go in · patient %s"), anm_recipe_count_channels (recipe, self->cohort),
                             self->cohort->n_channels, self->cohort->ids[patient]);
  gtk_label_set_label (GTK_LABEL (self->caption), caption);
}

/* "Age, Sex, Unit"; more than three are counted. */
static char *
make_statics_label (const AnmCohort *cohort)
{
  const char *first = anm_data_word (cohort->statics[0].name);
  const char *second = cohort->n_statics > 1 ? anm_data_word (cohort->statics[1].name) : NULL;
  const char *third = cohort->n_statics > 2 ? anm_data_word (cohort->statics[2].name) : NULL;

  if (cohort->n_statics <= 3)
    return g_strjoin (", ", first, second, third, NULL);

  /* Translators: the first two of the fields that don't change over time, and how many more there are. */
  return g_strdup_printf (_("%s, %s and %u more"), first, second, cohort->n_statics - 2);
}

static void
show_recipe (AnmChannelList *self)
{
  const AnmRecipe *recipe = get_recipe (self);
  g_autofree char *observed = NULL;

  if (self->cohort == NULL || recipe == NULL)
    return;

  self->showing = TRUE;
  observed = g_strdup_printf (_("Observation masks (%u)"), anm_recipe_count_channels (recipe, self->cohort));
  gtk_check_button_set_label (GTK_CHECK_BUTTON (self->observed_check), observed);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->observed_check), recipe->use_observed);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->gaps_check), recipe->use_gaps);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->statics_check), recipe->use_statics);
  self->showing = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    show_goes_in (self, g_ptr_array_index (self->rows, i));
  show_caption (self);
}

static double
count_events (const AnmDataset *dataset)
{
  gsize n = 0;
  double events = 0;

  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      const gsize n_sequences = dataset->parts[part] != NULL ? dataset->parts[part]->n_sequences : 0;

      n += n_sequences;
      for (gsize i = 0; i < n_sequences; i++)
        events += (double) dataset->cohort->targets[dataset->patients[part][i]];
    }

  return n > 0 ? events / (double) n : NAN;
}

static char *
describe_split (const AnmDataset *dataset)
{
  const AnmTarget *target = &dataset->cohort->target;

  if (target->shape.kind == ANM_TARGET_BINARY && !target->shape.per_step &&
      dataset->cohort->targets != NULL && target->classes != NULL)
    {
      g_autofree char *share = anm_number_format_share (count_events (dataset));
      /* Translators: how the patients are split, then the share and the word of the outcome: "12 % died". */
      return g_strdup_printf (_("Split by patient, %s %s in each part"), share, anm_data_word (target->classes[1]));
    }

  return g_strdup (_("Split by patient"));
}

static void
show_split (AnmChannelList *self)
{
  AnmStudy *study = get_study (self);
  AnmDataset *dataset = study != NULL ? anm_study_get_dataset (study) : NULL;
  gsize counts[ANM_N_PARTS] = { 0 };
  g_autofree char *training = NULL;
  g_autofree char *validation = NULL;
  g_autofree char *test = NULL;
  g_autofree char *training_text = NULL;
  g_autofree char *held_out_text = NULL;
  g_autofree char *split = NULL;

  /* While it is made anew the one before stays; what can't be learnt from isn't split at all. */
  if (dataset == NULL && study != NULL && anm_study_get_dataset_error (study) == NULL)
    return;

  gtk_widget_set_visible (self->patients_title, dataset != NULL);
  gtk_widget_set_visible (self->split_bar, dataset != NULL);
  if (dataset == NULL)
    {
      gtk_label_set_label (GTK_LABEL (self->training_label), "");
      gtk_label_set_label (GTK_LABEL (self->held_out_label), "");
      gtk_label_set_label (GTK_LABEL (self->split_label), "");
      return;
    }

  for (guint part = 0; part < ANM_N_PARTS; part++)
    counts[part] = dataset->parts[part] != NULL ? dataset->parts[part]->n_sequences : 0;

  training = anm_number_format_count ((gint64) counts[ANM_PART_TRAINING]);
  validation = anm_number_format_count ((gint64) counts[ANM_PART_VALIDATION]);
  test = anm_number_format_count ((gint64) counts[ANM_PART_TEST]);
  /* Translators: a number of patients. */
  training_text = g_strdup_printf (_("%s to train on"), training);
  /* Translators: patients of the validation and of the test part. */
  held_out_text = g_strdup_printf (_("%s + %s"), validation, test);
  split = describe_split (dataset);

  anm_split_bar_set_counts (ANM_SPLIT_BAR (self->split_bar), counts);
  gtk_label_set_label (GTK_LABEL (self->training_label), training_text);
  gtk_label_set_label (GTK_LABEL (self->held_out_label), held_out_text);
  gtk_label_set_label (GTK_LABEL (self->split_label), split);
}

static void
patient_changed_cb (AnmChannelList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    anm_channel_choice_set_patient (g_ptr_array_index (self->rows, i), anm_view_state_get_patient (self->state));
  show_caption (self);
}

static void
cursor_changed_cb (AnmChannelList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    anm_channel_choice_set_cursor (g_ptr_array_index (self->rows, i), anm_view_state_get_cursor (self->state));
  self->generation++;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
anm_channel_list_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  AnmChannelList *self = ANM_CHANNEL_LIST (widget);
  graphene_rect_t seen;

  if (gtk_widget_compute_bounds (gtk_widget_get_parent (self->list_view), widget, &seen))
    anm_snapshot_changing_ground (snapshot, &seen, self->generation);
  GTK_WIDGET_CLASS (anm_channel_list_parent_class)->snapshot (widget, snapshot);
}

static void
forget_cohort (AnmChannelList *self)
{
  stop_counting (self);
  gtk_filter_list_model_set_model (self->model, NULL);
  g_clear_pointer (&self->missing, g_free);
  g_clear_pointer (&self->cohort, anm_cohort_unref);
}

static void
show_cohort (AnmChannelList *self,
             AnmCohort *cohort)
{
  const AnmRecipe *recipe = get_recipe (self);
  g_autoptr (GListStore) items = anm_channel_model_new (cohort);

  self->cohort = anm_cohort_ref (cohort);
  self->step = recipe != NULL && recipe->step > 0 ? recipe->step : anm_cohort_guess_step (cohort);
  gtk_filter_list_model_set_model (self->model, G_LIST_MODEL (items));

  self->counting = g_cancellable_new ();
  anm_missing_shares_async (cohort, self->step, self->counting, counted_cb, g_object_ref (self));

  gtk_widget_set_visible (self->statics_check, cohort->n_statics > 0);
  if (cohort->n_statics > 0)
    {
      g_autofree char *statics = make_statics_label (cohort);
      gtk_check_button_set_label (GTK_CHECK_BUTTON (self->statics_check), statics);
    }
}

static void
study_edited_cb (AnmChannelList *self)
{
  AnmStudy *study = get_study (self);
  AnmCohort *cohort = study != NULL ? anm_study_get_cohort (study) : NULL;

  if (cohort != self->cohort)
    {
      forget_cohort (self);
      if (cohort != NULL)
        show_cohort (self, cohort);
    }
  show_recipe (self);
  show_split (self);
}

static void
study_changed_cb (AnmChannelList *self)
{
  g_signal_group_set_target (self->study_signals, get_study (self));
  study_edited_cb (self);
}

static void
plan_edited_cb (AnmChannelList *self)
{
  g_autoptr (AnmRecipe) recipe = NULL;

  if (self->showing || get_recipe (self) == NULL)
    return;

  recipe = anm_recipe_copy (get_recipe (self));
  recipe->use_observed = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->observed_check));
  recipe->use_gaps = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->gaps_check));
  recipe->use_statics = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->statics_check));
  anm_study_set_recipe (get_study (self), recipe);
}

static void
anm_channel_list_constructed (GObject *object)
{
  AnmChannelList *self = ANM_CHANNEL_LIST (object);

  G_OBJECT_CLASS (anm_channel_list_parent_class)->constructed (object);

  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::patient", G_CALLBACK (patient_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::cursor", G_CALLBACK (cursor_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_channel_list_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      ANM_CHANNEL_LIST (object)->state = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_channel_list_dispose (GObject *object)
{
  AnmChannelList *self = ANM_CHANNEL_LIST (object);

  g_clear_object (&self->study_signals);
  if (self->model != NULL)
    forget_cohort (self);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_CHANNEL_LIST);
  g_clear_object (&self->model);
  g_clear_object (&self->filter);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_channel_list_parent_class)->dispose (object);
}

static void
anm_channel_list_finalize (GObject *object)
{
  AnmChannelList *self = ANM_CHANNEL_LIST (object);

  g_free (self->words);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (anm_channel_list_parent_class)->finalize (object);
}

static void
anm_channel_list_class_init (AnmChannelListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = anm_channel_list_constructed;
  object_class->set_property = anm_channel_list_set_property;
  object_class->dispose = anm_channel_list_dispose;
  object_class->finalize = anm_channel_list_finalize;
  widget_class->snapshot = anm_channel_list_snapshot;

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_POINTED] =
    g_signal_new ("pointed", ANM_TYPE_CHANNEL_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  g_type_ensure (ANM_TYPE_SPLIT_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/channel-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, caption);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, search_button);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, list_view);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, observed_check);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, gaps_check);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, statics_check);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, patients_title);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, split_bar);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, training_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, held_out_label);
  gtk_widget_class_bind_template_child (widget_class, AnmChannelList, split_label);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, plan_edited_cb);
}

static void
make_list (AnmChannelList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkEventController *keys = gtk_shortcut_controller_new ();

  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list_view), factory);

  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->model = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list_view), selection);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0),
                                                          gtk_callback_action_new (tick_focused_cb, self, NULL)));
  gtk_widget_add_controller (self->list_view, keys);
}

static void
anm_channel_list_init (AnmChannelList *self)
{
  static const char *const edits[] = { "notify::cohort", "notify::dataset", "notify::dataset-error", "notify::recipe" };

  self->rows = g_ptr_array_new ();
  self->step = 1;
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    g_signal_group_connect_swapped (self->study_signals, edits[i], G_CALLBACK (study_edited_cb), self);

  gtk_widget_init_template (GTK_WIDGET (self));
  make_list (self);
  g_signal_connect_swapped (self->search_button, "toggled", G_CALLBACK (search_toggled_cb), self);
}
