/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/input-card.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/card-strips.h"
#include "app/gui/argument-row.h"
#include "app/gui/word-spin.h"

struct _AnmInputCard
{
  GtkWidget     parent_instance;

  AnmViewState *state;

  GtkWidget    *frame;
  GtkWidget    *gaps;
  GtkWidget    *scale;
  GtkWidget    *window_holder; /* the two spin buttons are made for each cohort's unit of time */
  GtkWidget    *window;
  GtkWidget    *step_holder;
  GtkWidget    *step;
  GtkWidget    *aggregate;
  GtkWidget    *clip_low;
  GtkWidget    *clip_high;
  char         *time_unit;     /* that the spin buttons say */
  AnmPatientReading *reading;  /* that is shown; nullable */
  int           channel;       /* of the cohort, pointed at; -1: none */
  gboolean      showing;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmInputCard, anm_input_card, GTK_TYPE_WIDGET)

GtkWidget *
anm_input_card_new (AnmViewState *state)
{
  return g_object_new (ANM_TYPE_INPUT_CARD, "view-state", state, NULL);
}

AnmCardFrame *
anm_input_card_get_frame (AnmInputCard *self)
{
  g_return_val_if_fail (ANM_IS_INPUT_CARD (self), NULL);

  return ANM_CARD_FRAME (self->frame);
}

static void
edited_cb (AnmInputCard *self)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  g_autoptr (AnmRecipe) recipe = NULL;

  if (self->showing || study == NULL)
    return;

  recipe = anm_recipe_copy (anm_study_get_recipe (study));
  recipe->carry_forward = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->gaps)) == 0;
  recipe->scale = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->scale)) == 0 ? ANM_SCALE_STANDARD : ANM_SCALE_NONE;
  recipe->window = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->window));
  recipe->step = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->step));
  recipe->aggregate = (AnmAggregate) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->aggregate));
  recipe->clip_low = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->clip_low));
  recipe->clip_high = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->clip_high));
  if (!anm_recipe_equal (recipe, anm_study_get_recipe (study)))
    anm_study_set_recipe (study, recipe);
}

static GtkWidget *
make_spin (AnmInputCard *self,
           double least,
           double most,
           double step,
           guint digits,
           const char *word,
           const char *unit,
           const char *name)
{
  GtkWidget *spin = anm_word_spin_new (least, most, step, digits, word, unit, name);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 3);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 5);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (edited_cb), self);
  return spin;
}

static GtkWidget *
make_choice (AnmInputCard *self,
             const char *const *words,
             const char *name)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (edited_cb), self);
  return choice;
}

/* The spin buttons that say the cohort's unit of time. */
static void
make_time_rows (AnmInputCard *self,
                const char *time_unit)
{
  const char *unit = g_strcmp0 (time_unit, "step") == 0 ? NULL : time_unit;

  if (self->window != NULL && g_strcmp0 (self->time_unit, time_unit) == 0)
    return;

  g_free (self->time_unit);
  self->time_unit = g_strdup (time_unit);
  if (self->window != NULL)
    {
      gtk_box_remove (GTK_BOX (self->window_holder), self->window);
      gtk_box_remove (GTK_BOX (self->step_holder), self->step);
    }

  /* Translators: the whole record is used. */
  self->window = make_spin (self, 0, 1e6, 1, 0, C_("window", "all"), unit, _("Window"));
  gtk_widget_set_valign (self->window, GTK_ALIGN_CENTER);
  /* Translators: the width of a time step is taken from the records. */
  self->step = make_spin (self, 0, 1e6, 1, 0, C_("time step", "auto"), unit, _("Time step"));
  gtk_box_append (GTK_BOX (self->window_holder), self->window);
  gtk_box_append (GTK_BOX (self->step_holder), self->step);
}

void
anm_input_card_show_recipe (AnmInputCard *self,
                            const char *wrong)
{
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const AnmRecipe *recipe;

  g_return_if_fail (ANM_IS_INPUT_CARD (self));

  if (study == NULL || cohort == NULL)
    return;

  recipe = anm_study_get_recipe (study);
  self->showing = TRUE;
  make_time_rows (self, cohort->time_unit);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->gaps), recipe->carry_forward ? 0 : 1);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->scale), recipe->scale == ANM_SCALE_STANDARD ? 0 : 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->window), recipe->window);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->step), recipe->step);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->aggregate), recipe->aggregate);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->clip_low), recipe->clip_low);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->clip_high), recipe->clip_high);
  self->showing = FALSE;

  if (wrong != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "wrong");
      anm_card_frame_set_foot (ANM_CARD_FRAME (self->frame), wrong, "", TRUE);
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong");
}

/* "48 × 18: 9 values", "+ 9 masks" */
static void
show_shape (AnmCardFrame *frame,
            const AnmPatientReading *reading)
{
  const AnmSequences *sequences = reading->sequences;
  g_autoptr (GString) beside = g_string_new (NULL);
  guint counts[ANM_COLUMN_STATIC + 1] = { 0 };
  g_autofree char *values = NULL;
  g_autofree char *first = NULL;

  for (guint i = 0; i < sequences->n_columns; i++)
    counts[sequences->columns[i].kind]++;

  values = g_strdup_printf (ngettext ("%u value", "%u values", counts[ANM_COLUMN_VALUE]), counts[ANM_COLUMN_VALUE]);
  first = g_strdup_printf ("%u × %u: %s", reading->n_steps, reading->n_columns, values);
  if (counts[ANM_COLUMN_OBSERVED] > 0)
    g_string_append_printf (beside, ngettext (" + %u mask", " + %u masks", counts[ANM_COLUMN_OBSERVED]),
                            counts[ANM_COLUMN_OBSERVED]);
  if (counts[ANM_COLUMN_GAP] > 0)
    g_string_append_printf (beside, ngettext (" + %u gap", " + %u gaps", counts[ANM_COLUMN_GAP]), counts[ANM_COLUMN_GAP]);
  if (counts[ANM_COLUMN_STATIC] > 0)
    g_string_append_printf (beside, ngettext (" + %u static", " + %u statics", counts[ANM_COLUMN_STATIC]),
                            counts[ANM_COLUMN_STATIC]);
  anm_card_frame_set_foot (frame, first, g_strchug (beside->str), FALSE);
}

/* The plane of the sequences that shows the channel pointed at; -1: none. */
static int
find_plane (AnmInputCard *self)
{
  const AnmPatientReading *reading = self->reading;
  const char *name;

  if (self->channel < 0 || (guint) self->channel >= reading->cohort->n_channels)
    return -1;

  name = reading->cohort->channels[self->channel].name;
  for (guint plane = 0; plane < anm_fitted_recipe_get_n_planes (reading->recipe); plane++)
    if (g_strcmp0 (anm_fitted_recipe_get_plane_name (reading->recipe, plane), name) == 0)
      return (int) plane;
  return -1;
}

static void
show_input (AnmInputCard *self)
{
  g_autoptr (AnmFigure) input = anm_input_strip (self->reading, find_plane (self));

  anm_figure_view_set_figure (anm_card_frame_get_view (ANM_CARD_FRAME (self->frame)), input);
}

void
anm_input_card_point_channel (AnmInputCard *self,
                              int channel)
{
  g_return_if_fail (ANM_IS_INPUT_CARD (self));

  if (self->channel == channel)
    return;

  self->channel = channel;
  if (self->reading != NULL)
    show_input (self);
}

/* Training changes nothing of what goes in. */
static gboolean
have_equal_inputs (const AnmPatientReading *a,
                   const AnmPatientReading *b)
{
  return a != NULL && b != NULL && a->cohort == b->cohort && a->recipe == b->recipe && a->patient == b->patient;
}

void
anm_input_card_set_reading (AnmInputCard *self,
                            AnmPatientReading *reading)
{
  AnmCardFrame *frame;
  gboolean is_shown;
  g_autoptr (AnmFigure) observed = NULL;
  g_autofree char *lower_caption = NULL;

  g_return_if_fail (ANM_IS_INPUT_CARD (self));

  frame = ANM_CARD_FRAME (self->frame);
  is_shown = have_equal_inputs (self->reading, reading);
  if (reading != NULL)
    anm_patient_reading_ref (reading);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  self->reading = reading;
  if (reading == NULL)
    {
      AnmStudy *study = anm_view_state_get_study (self->state);
      const GError *wrong = study != NULL ? anm_study_get_dataset_error (study) : NULL;
      g_autoptr (AnmFigure) empty = anm_empty_strip (wrong != NULL ? wrong->message : "");

      anm_figure_view_set_figure (anm_card_frame_get_view (frame), empty);
      anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), NULL);
      return;
    }

  if (!is_shown)
    {
      show_input (self);
      observed = anm_observed_strip (reading);
      anm_figure_view_set_figure (anm_card_frame_get_lower_view (frame), observed);
    }
  anm_card_frame_set_caption (frame, _("Input x; thin: carried on"));
  lower_caption = g_strdup_printf (_("observed, share of %u"), reading->sequences->n_channels);
  anm_card_frame_show_lower_strip (frame, lower_caption);

  if (!gtk_widget_has_css_class (GTK_WIDGET (self), "wrong"))
    show_shape (frame, reading);
}

static void
add_row (GtkWidget *rows,
         const char *label,
         const char *summary,
         GtkWidget *control)
{
  gtk_box_append (GTK_BOX (rows), anm_card_row_new (label, summary, NULL, FALSE, control));
}

static void
make_rows (AnmInputCard *self)
{
  const char *const gaps[] = { _("carry on"), _("mean"), NULL };
  const char *const scales[] = { _("z-score"), C_("scale", "none"), NULL };
  const char *const aggregates[] = { _("mean"), _("last"), _("lowest"), _("highest"), NULL };
  GtkWidget *rows = anm_card_frame_get_rows (ANM_CARD_FRAME (self->frame));
  GtkWidget *more_rows = anm_card_frame_get_more_rows (ANM_CARD_FRAME (self->frame));

  self->gaps = make_choice (self, gaps, _("Gaps"));
  self->scale = make_choice (self, scales, _("Scale"));
  self->window_holder = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->aggregate = make_choice (self, aggregates, _("Several values in a step"));
  self->clip_low = make_spin (self, 0, 49, 0.5, 1, C_("clipping", "off"), "%", _("Clip below percentile"));
  self->clip_high = make_spin (self, 51, 100, 0.5, 1, NULL, "%", _("Clip above percentile"));
  self->step_holder = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  add_row (rows, _("Gaps"), _("A step without a measurement takes the last one, or the training part's mean."), self->gaps);
  add_row (rows, _("Scale"), _("z-score: standard deviations from the training part's mean."), self->scale);
  add_row (rows, _("Window"), _("How much of each record is used, from its beginning."), self->window_holder);
  add_row (more_rows, _("Time step"), _("Width of a time step; auto takes it from the records."), self->step_holder);
  add_row (more_rows, _("Several values in a step"), _("What stands for a step in which a channel was measured more than once."), self->aggregate);
  add_row (more_rows, _("Clip below percentile"), _("Lower values are raised to this percentile of the training part."),
           self->clip_low);
  add_row (more_rows, _("Clip above percentile"), _("Higher values are lowered to this percentile of the training part."),
           self->clip_high);
  make_time_rows (self, "h");
}

static void
anm_input_card_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      ANM_INPUT_CARD (object)->state = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_input_card_dispose (GObject *object)
{
  AnmInputCard *self = ANM_INPUT_CARD (object);

  self->showing = TRUE;
  g_clear_pointer (&self->frame, gtk_widget_unparent);
  g_clear_pointer (&self->reading, anm_patient_reading_unref);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_input_card_parent_class)->dispose (object);
}

static void
anm_input_card_finalize (GObject *object)
{
  g_free (ANM_INPUT_CARD (object)->time_unit);

  G_OBJECT_CLASS (anm_input_card_parent_class)->finalize (object);
}

static void
anm_input_card_class_init (AnmInputCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = anm_input_card_set_property;
  object_class->dispose = anm_input_card_dispose;
  object_class->finalize = anm_input_card_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "layercard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  properties[PROP_VIEW_STATE] =
    g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_input_card_init (AnmInputCard *self)
{
  GtkWidget *title = gtk_label_new (_("Input"));

  self->channel = -1;
  self->frame = anm_card_frame_new ();
  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (anm_card_frame_get_header (ANM_CARD_FRAME (self->frame))), title);
  anm_card_frame_set_summary (ANM_CARD_FRAME (self->frame), _("How the records become the network's input."),
                              _("More about the input"));
  make_rows (self);
  gtk_widget_set_parent (self->frame, GTK_WIDGET (self));

  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Input"), -1);
}
