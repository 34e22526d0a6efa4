/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/view-memory.h"

#include <math.h>

#include "app/gui/kept-epochs.h"

struct _AnmViewMemory
{
  GObject       parent_instance;

  AnmViewState *state;
  AdwViewStack *stack;      /* weak */
  AnmStudy     *study;      /* what is kept goes there once it was looked at as it was left; owned */
  guint         idle;
};

G_DEFINE_FINAL_TYPE (AnmViewMemory, anm_view_memory, G_TYPE_OBJECT)

/* Keeping */

static void
keep (AnmViewMemory *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  AnmRun *run = anm_view_state_get_run (self->state);
  const guint patient = anm_view_state_get_patient (self->state);
  const gboolean pinned = anm_view_state_get_cursor_pinned (self->state);

  if (self->study == NULL || self->study != anm_view_state_get_study (self->state) || anm_study_get_loading (self->study))
    return;

  anm_study_set_view_text (self->study, "patient", cohort != NULL && patient < cohort->n_patients ? cohort->ids[patient] : NULL);
  anm_study_set_view_number (self->study, "cursor", pinned ? anm_view_state_get_cursor (self->state) : NAN);
  anm_study_set_view_number (self->study, "layer", anm_view_state_get_layer (self->state));
  anm_study_set_view_number (self->study, "unit", anm_view_state_get_unit (self->state));
  anm_study_set_view_text (self->study, "quantity", anm_view_state_get_quantity (self->state));
  anm_study_set_view_number (self->study, "run", run != NULL ? anm_run_get_id (run) : NAN);
  anm_study_set_view_number (self->study, "epoch", anm_view_state_get_epoch (self->state));
  anm_study_set_view_text (self->study, "inputs", anm_view_state_get_inputs (self->state));
  anm_study_set_view_text (self->study, "order", anm_view_state_get_by_number (self->state) ? "number" : NULL);
  if (self->stack != NULL)
    anm_study_set_view_text (self->study, "page", adw_view_stack_get_visible_child_name (self->stack));
}

/* Looking there again */

static AnmRun *
find_run (AnmStudy *study,
          double id)
{
  GListModel *runs = anm_study_get_runs (study);
  const guint n_runs = g_list_model_get_n_items (runs);
  AnmRun *run = id >= 1 ? anm_study_find_run (study, (guint) id) : NULL;
  g_autoptr (AnmRun) newest = NULL;

  if (run != NULL && !anm_run_get_deleted (run))
    return run;
  newest = n_runs > 0 ? g_list_model_get_item (runs, n_runs - 1) : NULL;
  return newest; /* the study keeps it */
}

static void
restore_place (AnmViewMemory *self)
{
  AnmCohort *cohort = anm_view_state_get_cohort (self->state);
  const char *patient = anm_study_get_view_text (self->study, "patient");
  const double cursor = anm_study_get_view_number (self->study, "cursor", NAN);
  guint index;

  if (cohort == NULL)
    return;

  if (patient != NULL)
    for (index = 0; index < cohort->n_patients; index++)
      if (g_str_equal (cohort->ids[index], patient))
        {
          anm_view_state_set_patient (self->state, index);
          break;
        }
  anm_view_state_set_layer (self->state, (int) anm_study_get_view_number (self->study, "layer", -1));
  anm_view_state_set_unit (self->state, (int) anm_study_get_view_number (self->study, "unit", -1));
  anm_view_state_set_quantity (self->state, anm_study_get_view_text (self->study, "quantity"));
  anm_view_state_set_inputs (self->state, anm_study_get_view_text (self->study, "inputs"));
  anm_view_state_set_by_number (self->state, g_strcmp0 (anm_study_get_view_text (self->study, "order"), "number") == 0);
  if (!isnan (cursor))
    anm_view_state_pin_cursor (self->state, cursor);
}

/* What a training has chosen meanwhile stays. */
static void
restore_run (AnmViewMemory *self)
{
  AnmRun *run = find_run (self->study, anm_study_get_view_number (self->study, "run", NAN));
  const double epoch = anm_study_get_view_number (self->study, "epoch", ANM_EPOCH_NEWEST);
  guint n_epochs;
  const guint *epochs;

  if (run == NULL || anm_view_state_get_run (self->state) != NULL)
    return;

  anm_view_state_set_run (self->state, run);
  epochs = anm_kept_epochs_get (run, &n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    if (epochs[i] == epoch)
      anm_view_state_set_epoch (self->state, (int) epochs[i]);
}

static gboolean
restore_cb (gpointer data)
{
  AnmViewMemory *self = data;
  g_autofree char *page = NULL;

  self->idle = 0;
  g_set_object (&self->study, anm_view_state_get_study (self->state));
  if (self->study == NULL)
    return G_SOURCE_REMOVE;

  /* Before what follows is kept in its turn, with the page that is seen until then. */
  page = g_strdup (anm_study_get_view_text (self->study, "page"));
  g_object_freeze_notify (G_OBJECT (self->state));
  restore_place (self);
  restore_run (self);
  g_object_thaw_notify (G_OBJECT (self->state));

  if (page != NULL && self->stack != NULL && adw_view_stack_get_child_by_name (self->stack, page) != NULL)
    adw_view_stack_set_visible_child_name (self->stack, page);
  return G_SOURCE_REMOVE;
}

/* Lists choose their first row when they are given a study: only after that is it looked at as it was left. */
static void
study_changed_cb (AnmViewMemory *self)
{
  g_clear_object (&self->study);
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, restore_cb, self, NULL);
}

AnmViewMemory *
anm_view_memory_new (AnmViewState *state,
                     AdwViewStack *stack)
{
  static const char *const kept[] = {
    "notify::patient", "notify::cursor-pinned", "notify::layer", "notify::unit", "notify::quantity", "notify::run", "notify::epoch",
    "notify::inputs", "notify::by-number",
  };
  AnmViewMemory *self = g_object_new (ANM_TYPE_VIEW_MEMORY, NULL);

  self->state = g_object_ref (state);
  g_signal_connect_object (state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_signal_connect_object (state, kept[i], G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
  if (stack != NULL)
    {
      g_set_weak_pointer (&self->stack, stack);
      g_signal_connect_object (stack, "notify::visible-child", G_CALLBACK (keep), self, G_CONNECT_SWAPPED);
    }
  study_changed_cb (self);
  return self;
}

static void
anm_view_memory_dispose (GObject *object)
{
  AnmViewMemory *self = ANM_VIEW_MEMORY (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_weak_pointer (&self->stack);
  g_clear_object (&self->study);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_view_memory_parent_class)->dispose (object);
}

static void
anm_view_memory_class_init (AnmViewMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_view_memory_dispose;
}

static void
anm_view_memory_init (AnmViewMemory *self)
{
}
