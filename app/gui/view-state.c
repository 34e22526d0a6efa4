/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/view-state.h"

#include <math.h>

struct _AnmViewState
{
  GObject      parent_instance;

  AnmHand     *hand;
  AnmTimeWindow *window;
  AnmStudy    *study;
  AnmTraining *training;
  AnmRun      *run;
  AnmRun      *previous_run;
  guint        patient;
  double       cursor;
  gboolean     cursor_pinned;
  double       time_step;
  int          layer;
  int          unit;
  int          epoch;
  char        *quantity;
  GtkBitset   *selected_patients;
  gboolean     next_run;
  char        *inputs;
  gboolean     by_number;
};

enum
{
  PROP_0,
  PROP_STUDY,
  PROP_TRAINING,
  PROP_RUN,
  PROP_PREVIOUS_RUN,
  PROP_PATIENT,
  PROP_CURSOR,
  PROP_CURSOR_PINNED,
  PROP_TIME_STEP,
  PROP_LAYER,
  PROP_UNIT,
  PROP_EPOCH,
  PROP_QUANTITY,
  PROP_SELECTED_PATIENTS,
  PROP_NEXT_RUN,
  PROP_INPUTS,
  PROP_BY_NUMBER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmViewState, anm_view_state, G_TYPE_OBJECT)

AnmViewState *
anm_view_state_new (void)
{
  return g_object_new (ANM_TYPE_VIEW_STATE, NULL);
}

AnmHand *
anm_view_state_get_hand (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->hand;
}

AnmStudy *
anm_view_state_get_study (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->study;
}

AnmTimeWindow *
anm_view_state_get_window (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->window;
}

/* Records that were undone, or read into a study that is open, may have fewer patients. The state hears of any change, and before
 * whoever shows them, as it listens first: of what changes together each may be told first. */
static void
study_edited_cb (AnmViewState *self)
{
  const AnmCohort *cohort = anm_study_get_cohort (self->study);
  const guint n_patients = cohort != NULL ? (guint) cohort->n_patients : 0;

  if (self->patient > 0 && self->patient >= n_patients)
    anm_view_state_set_patient (self, 0);
  if (!gtk_bitset_is_empty (self->selected_patients) && gtk_bitset_get_maximum (self->selected_patients) >= n_patients)
    anm_view_state_select_patients (self, NULL);
}

void
anm_view_state_set_study (AnmViewState *self,
                          AnmStudy     *study)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (self->study == study)
    return;

  g_object_freeze_notify (G_OBJECT (self));

  if (self->study != NULL)
    g_signal_handlers_disconnect_by_func (self->study, study_edited_cb, self);
  g_set_object (&self->study, study);
  if (study != NULL)
    g_signal_connect_object (study, "notify", G_CALLBACK (study_edited_cb), self, G_CONNECT_SWAPPED);
  anm_hand_set_network (self->hand, NULL);
  anm_view_state_set_training (self, NULL);
  anm_view_state_set_run (self, NULL);
  anm_view_state_set_previous_run (self, NULL);
  anm_view_state_set_patient (self, 0);
  anm_time_window_reset (self->window);
  anm_view_state_set_inputs (self, NULL);
  anm_view_state_set_by_number (self, FALSE);
  anm_view_state_set_cursor_pinned (self, FALSE);
  anm_view_state_set_cursor (self, NAN);
  anm_view_state_set_layer (self, -1);
  anm_view_state_set_unit (self, -1);
  anm_view_state_set_epoch (self, ANM_EPOCH_NEWEST);
  anm_view_state_select_patients (self, NULL);
  anm_view_state_set_next_run (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STUDY]);

  g_object_thaw_notify (G_OBJECT (self));
}

AnmCohort *
anm_view_state_get_cohort (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->study != NULL ? anm_study_get_cohort (self->study) : NULL;
}

AnmTraining *
anm_view_state_get_training (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->training;
}

void
anm_view_state_set_training (AnmViewState *self,
                             AnmTraining  *training)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (g_set_object (&self->training, training))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRAINING]);
}

AnmRun *
anm_view_state_get_run (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->run;
}

void
anm_view_state_set_run (AnmViewState *self,
                        AnmRun       *run)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  g_object_freeze_notify (G_OBJECT (self));

  /* An epoch of one run says nothing about another's. */
  if (g_set_object (&self->run, run))
    {
      anm_view_state_set_epoch (self, ANM_EPOCH_NEWEST);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUN]);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

AnmRun *
anm_view_state_get_previous_run (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->previous_run;
}

void
anm_view_state_set_previous_run (AnmViewState *self,
                                 AnmRun       *run)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (g_set_object (&self->previous_run, run))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREVIOUS_RUN]);
}

guint
anm_view_state_get_patient (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), 0);

  return self->patient;
}

void
anm_view_state_set_patient (AnmViewState *self,
                            guint         patient)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (self->patient == patient)
    return;

  self->patient = patient;
  anm_time_window_reset (self->window);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATIENT]);
}

double
anm_view_state_get_cursor (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NAN);

  return self->cursor;
}

void
anm_view_state_set_cursor (AnmViewState *self,
                           double        cursor)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (self->cursor == cursor || (isnan (self->cursor) && isnan (cursor)))
    return;

  self->cursor = cursor;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR]);
}

gboolean
anm_view_state_get_cursor_pinned (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), FALSE);

  return self->cursor_pinned;
}

void
anm_view_state_set_cursor_pinned (AnmViewState *self,
                                  gboolean      pinned)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  pinned = !!pinned;
  if (self->cursor_pinned == pinned)
    return;

  self->cursor_pinned = pinned;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURSOR_PINNED]);
}

void
anm_view_state_pin_cursor (AnmViewState *self,
                           double        cursor)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  anm_view_state_set_cursor (self, cursor);
  anm_view_state_set_cursor_pinned (self, !isnan (cursor));
}

void
anm_view_state_move_cursor (AnmViewState *self,
                            int           steps)
{
  const AnmCohort *cohort = anm_view_state_get_cohort (self);
  double begin, end, cursor;

  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (cohort == NULL || self->patient >= cohort->n_patients || isnan (cohort->begins[self->patient]))
    return;

  begin = MIN (0, cohort->begins[self->patient]);
  end = cohort->ends[self->patient];
  cursor = self->cursor + steps * self->time_step;
  if (isnan (self->cursor))
    cursor = steps > 0 ? begin : end;
  anm_view_state_set_cursor (self, CLAMP (cursor, begin, MAX (begin, end)));
}

void
anm_view_state_release_cursor (AnmViewState *self)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  anm_view_state_set_cursor_pinned (self, FALSE);
  anm_view_state_set_cursor (self, NAN);
}

double
anm_view_state_get_time_step (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), 1);

  return self->time_step;
}

void
anm_view_state_set_time_step (AnmViewState *self,
                              double        time_step)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));
  g_return_if_fail (time_step > 0);

  if (self->time_step == time_step)
    return;

  self->time_step = time_step;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME_STEP]);
}

int
anm_view_state_get_layer (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), -1);

  return self->layer;
}

void
anm_view_state_set_layer (AnmViewState *self,
                          int           layer)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (self->layer == layer)
    return;

  self->layer = layer;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAYER]);
}

int
anm_view_state_get_unit (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), -1);

  return self->unit;
}

void
anm_view_state_set_unit (AnmViewState *self,
                         int           unit)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (self->unit == unit)
    return;

  self->unit = unit;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNIT]);
}

int
anm_view_state_get_epoch (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), ANM_EPOCH_NEWEST);

  return self->epoch;
}

void
anm_view_state_set_epoch (AnmViewState *self,
                          int           epoch)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  epoch = MAX (epoch, ANM_EPOCH_NEWEST);
  if (self->epoch == epoch)
    return;

  self->epoch = epoch;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EPOCH]);
}

const char *
anm_view_state_get_quantity (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->quantity;
}

void
anm_view_state_set_quantity (AnmViewState *self,
                             const char   *quantity)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (quantity == NULL)
    quantity = "h";
  if (g_str_equal (self->quantity, quantity))
    return;

  g_free (self->quantity);
  self->quantity = g_strdup (quantity);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUANTITY]);
}

GtkBitset *
anm_view_state_get_selected_patients (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->selected_patients;
}

void
anm_view_state_select_patients (AnmViewState    *self,
                                const GtkBitset *patients)
{
  GtkBitset *selected;

  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (patients != NULL ? gtk_bitset_equals (self->selected_patients, patients)
                       : gtk_bitset_is_empty (self->selected_patients))
    return;

  /* A new one each time: whoever holds the old one keeps what it held. */
  selected = patients != NULL ? gtk_bitset_copy (patients) : gtk_bitset_new_empty ();
  gtk_bitset_unref (self->selected_patients);
  self->selected_patients = selected;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED_PATIENTS]);
}

const char *
anm_view_state_get_inputs (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), NULL);

  return self->inputs;
}

void
anm_view_state_set_inputs (AnmViewState *self,
                           const char   *inputs)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  if (g_strcmp0 (self->inputs, inputs) == 0)
    return;

  g_free (self->inputs);
  self->inputs = g_strdup (inputs);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INPUTS]);
}

gboolean
anm_view_state_get_by_number (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), FALSE);

  return self->by_number;
}

void
anm_view_state_set_by_number (AnmViewState *self,
                              gboolean      by_number)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  by_number = !!by_number;
  if (self->by_number == by_number)
    return;

  self->by_number = by_number;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BY_NUMBER]);
}

gboolean
anm_view_state_get_next_run (AnmViewState *self)
{
  g_return_val_if_fail (ANM_IS_VIEW_STATE (self), FALSE);

  return self->next_run;
}

void
anm_view_state_set_next_run (AnmViewState *self,
                             gboolean      next_run)
{
  g_return_if_fail (ANM_IS_VIEW_STATE (self));

  next_run = !!next_run;
  if (self->next_run == next_run)
    return;

  self->next_run = next_run;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_RUN]);
}

static void
anm_view_state_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AnmViewState *self = ANM_VIEW_STATE (object);

  switch (prop_id)
    {
    case PROP_STUDY:
      g_value_set_object (value, self->study);
      break;
    case PROP_TRAINING:
      g_value_set_object (value, self->training);
      break;
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    case PROP_PREVIOUS_RUN:
      g_value_set_object (value, self->previous_run);
      break;
    case PROP_PATIENT:
      g_value_set_uint (value, self->patient);
      break;
    case PROP_CURSOR:
      g_value_set_double (value, self->cursor);
      break;
    case PROP_CURSOR_PINNED:
      g_value_set_boolean (value, self->cursor_pinned);
      break;
    case PROP_TIME_STEP:
      g_value_set_double (value, self->time_step);
      break;
    case PROP_LAYER:
      g_value_set_int (value, self->layer);
      break;
    case PROP_UNIT:
      g_value_set_int (value, self->unit);
      break;
    case PROP_EPOCH:
      g_value_set_int (value, self->epoch);
      break;
    case PROP_QUANTITY:
      g_value_set_string (value, self->quantity);
      break;
    case PROP_SELECTED_PATIENTS:
      g_value_set_boxed (value, self->selected_patients);
      break;
    case PROP_NEXT_RUN:
      g_value_set_boolean (value, self->next_run);
      break;
    case PROP_INPUTS:
      g_value_set_string (value, self->inputs);
      break;
    case PROP_BY_NUMBER:
      g_value_set_boolean (value, self->by_number);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_view_state_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  AnmViewState *self = ANM_VIEW_STATE (object);

  switch (prop_id)
    {
    case PROP_STUDY:
      anm_view_state_set_study (self, g_value_get_object (value));
      break;
    case PROP_TRAINING:
      anm_view_state_set_training (self, g_value_get_object (value));
      break;
    case PROP_RUN:
      anm_view_state_set_run (self, g_value_get_object (value));
      break;
    case PROP_PREVIOUS_RUN:
      anm_view_state_set_previous_run (self, g_value_get_object (value));
      break;
    case PROP_PATIENT:
      anm_view_state_set_patient (self, g_value_get_uint (value));
      break;
    case PROP_CURSOR:
      anm_view_state_set_cursor (self, g_value_get_double (value));
      break;
    case PROP_CURSOR_PINNED:
      anm_view_state_set_cursor_pinned (self, g_value_get_boolean (value));
      break;
    case PROP_TIME_STEP:
      anm_view_state_set_time_step (self, g_value_get_double (value));
      break;
    case PROP_LAYER:
      anm_view_state_set_layer (self, g_value_get_int (value));
      break;
    case PROP_UNIT:
      anm_view_state_set_unit (self, g_value_get_int (value));
      break;
    case PROP_EPOCH:
      anm_view_state_set_epoch (self, g_value_get_int (value));
      break;
    case PROP_QUANTITY:
      anm_view_state_set_quantity (self, g_value_get_string (value));
      break;
    case PROP_SELECTED_PATIENTS:
      anm_view_state_select_patients (self, g_value_get_boxed (value));
      break;
    case PROP_NEXT_RUN:
      anm_view_state_set_next_run (self, g_value_get_boolean (value));
      break;
    case PROP_INPUTS:
      anm_view_state_set_inputs (self, g_value_get_string (value));
      break;
    case PROP_BY_NUMBER:
      anm_view_state_set_by_number (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_view_state_dispose (GObject *object)
{
  AnmViewState *self = ANM_VIEW_STATE (object);

  g_clear_object (&self->hand);
  g_clear_object (&self->training);
  g_clear_object (&self->run);
  g_clear_object (&self->previous_run);
  g_clear_object (&self->study);

  G_OBJECT_CLASS (anm_view_state_parent_class)->dispose (object);
}

static void
anm_view_state_finalize (GObject *object)
{
  AnmViewState *self = ANM_VIEW_STATE (object);

  /* Figures that outlive it let go of it. */
  g_object_unref (self->window);
  g_free (self->inputs);
  g_free (self->quantity);
  gtk_bitset_unref (self->selected_patients);

  G_OBJECT_CLASS (anm_view_state_parent_class)->finalize (object);
}

static void
anm_view_state_class_init (AnmViewStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = anm_view_state_get_property;
  object_class->set_property = anm_view_state_set_property;
  object_class->dispose = anm_view_state_dispose;
  object_class->finalize = anm_view_state_finalize;

  properties[PROP_STUDY] = g_param_spec_object ("study", NULL, NULL, ANM_TYPE_STUDY, flags);
  properties[PROP_TRAINING] = g_param_spec_object ("training", NULL, NULL, ANM_TYPE_TRAINING, flags);
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, ANM_TYPE_RUN, flags);
  properties[PROP_PREVIOUS_RUN] = g_param_spec_object ("previous-run", NULL, NULL, ANM_TYPE_RUN, flags);
  properties[PROP_PATIENT] = g_param_spec_uint ("patient", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /* NaN means "none": strict validation finds NaN changed by every range and would warn. */
  properties[PROP_CURSOR] = g_param_spec_double ("cursor", NULL, NULL, -INFINITY, INFINITY, 0.0,
                                                 flags | G_PARAM_LAX_VALIDATION);
  properties[PROP_CURSOR_PINNED] = g_param_spec_boolean ("cursor-pinned", NULL, NULL, FALSE, flags);
  properties[PROP_TIME_STEP] = g_param_spec_double ("time-step", NULL, NULL, G_MINDOUBLE, G_MAXDOUBLE, 1.0, flags);
  properties[PROP_LAYER] = g_param_spec_int ("layer", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_UNIT] = g_param_spec_int ("unit", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_EPOCH] = g_param_spec_int ("epoch", NULL, NULL, ANM_EPOCH_NEWEST, G_MAXINT, ANM_EPOCH_NEWEST, flags);
  properties[PROP_QUANTITY] = g_param_spec_string ("quantity", NULL, NULL, "h", flags);
  properties[PROP_SELECTED_PATIENTS] = g_param_spec_boxed ("selected-patients", NULL, NULL, GTK_TYPE_BITSET, flags);
  properties[PROP_NEXT_RUN] = g_param_spec_boolean ("next-run", NULL, NULL, FALSE, flags);
  properties[PROP_INPUTS] = g_param_spec_string ("inputs", NULL, NULL, NULL, flags);
  properties[PROP_BY_NUMBER] = g_param_spec_boolean ("by-number", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
anm_view_state_init (AnmViewState *self)
{
  self->hand = anm_hand_new ();
  self->window = anm_time_window_new ();
  self->cursor = NAN;
  self->time_step = 1;
  self->layer = -1;
  self->unit = -1;
  self->epoch = ANM_EPOCH_NEWEST;
  self->quantity = g_strdup ("h");
  self->selected_patients = gtk_bitset_new_empty ();
}
