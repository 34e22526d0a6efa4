/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/source-options.h"

#include <glib/gi18n-lib.h>

#include "app/cli/interrupt.h"
#include "app/cli/progress-bar.h"
#include "app/study/cohort-origin.h"

GOptionEntry *
anm_source_options_entries (AnmSourceOptions *self)
{
  const GOptionEntry entries[] = {
    { "table", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->tables, N_ ("What a file holds: records, statics or outcomes"), N_ ("FILE=KIND") },
    { "id", 0, 0, G_OPTION_ARG_STRING, &self->id, N_ ("Column of the patient's id"), N_ ("COLUMN") },
    { "time", 0, 0, G_OPTION_ARG_STRING, &self->time, N_ ("Column of the time"), N_ ("COLUMN") },
    { "variable", 0, 0, G_OPTION_ARG_STRING, &self->variable, N_ ("Column of the variable's name, one row a value"), N_ ("COLUMN") },
    { "value", 0, 0, G_OPTION_ARG_STRING, &self->value, N_ ("Column of the value, one row a value"), N_ ("COLUMN") },
    { "target", 0, 0, G_OPTION_ARG_STRING, &self->target, N_ ("Column of the outcome"), N_ ("COLUMN") },
    { "statics", 0, 0, G_OPTION_ARG_STRING, &self->statics, N_ ("Columns that hold once a patient"), N_ ("COLUMN,…") },
    { "start", 0, 0, G_OPTION_ARG_STRING, &self->start, N_ ("Column of the patient's time zero"), N_ ("COLUMN") },
    { "roles", 0, 0, G_OPTION_ARG_FILENAME, &self->roles, N_ ("All of these from a JSON file, or as JSON"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
anm_source_options_clear (AnmSourceOptions *self)
{
  g_clear_pointer (&self->tables, g_strfreev);
  g_clear_pointer (&self->roles, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->time, g_free);
  g_clear_pointer (&self->variable, g_free);
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->statics, g_free);
  g_clear_pointer (&self->start, g_free);
}

/* A role that names what isn't there is a wrong command line. */
static gboolean
apply_roles (const AnmSourceOptions *self,
             AnmSource *source,
             GError **error)
{
  const struct
  {
    const char *option;
    AnmRole     role;
    const char *columns;
  } roles[] = {
    { "id", ANM_ROLE_PATIENT, self->id },
    { "time", ANM_ROLE_TIME, self->time },
    { "variable", ANM_ROLE_VARIABLE, self->variable },
    { "value", ANM_ROLE_VALUE, self->value },
    { "target", ANM_ROLE_TARGET, self->target },
    { "statics", ANM_ROLE_STATIC, self->statics },
    { "start", ANM_ROLE_START, self->start },
  };
  g_autoptr (GError) local_error = NULL;

  /* A file, or the roles themselves, as command lines are printed. */
  if (self->roles != NULL && !(*self->roles == '{' ? anm_source_set_roles (source, self->roles, "--roles", &local_error)
                                                   : anm_source_load_roles (source, self->roles, &local_error)))
    {
      anm_usage_error (error, "--roles: %s", local_error->message);
      return FALSE;
    }
  for (guint i = 0; self->tables != NULL && self->tables[i] != NULL; i++)
    if (!anm_source_set_table_kind (source, self->tables[i], &local_error))
      {
        anm_usage_error (error, "--table: %s", local_error->message);
        return FALSE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i].columns != NULL && !anm_source_set_role (source, roles[i].role, roles[i].columns, &local_error))
      {
        anm_usage_error (error, "--%s: %s", roles[i].option, local_error->message);
        return FALSE;
      }
  return TRUE;
}

static void
show_progress (double fraction,
               const char *message,
               gpointer data)
{
  anm_progress_bar_update (data, fraction, -1, message != NULL ? message : _ ("Reading"));
}

AnmCohort *
anm_source_options_read (const AnmSourceOptions *self,
                         AnmInvocation *invocation,
                         char **arguments,
                         char **source_text,
                         char **origin,
                         GError **error)
{
  g_autoptr (AnmSource) source = anm_source_open ((const char *const *) arguments, error);
  g_autoptr (AnmProgressBar) bar = NULL;
  AnmCohort *cohort;

  if (source == NULL || !apply_roles (self, source, error) || !anm_source_check (source, error))
    return NULL;
  if (source_text != NULL)
    *source_text = anm_source_to_string (source);
  if (origin != NULL)
    {
      *origin = anm_cohort_origin_describe (source, self->by_reference, error);
      if (*origin == NULL)
        return NULL;
    }
  bar = anm_progress_bar_new ();
  anm_interrupt_allow (_ ("Stopped."), NULL);
  cohort = anm_source_read (source, show_progress, bar, invocation->cancellable, error);
  if (!invocation->command->only_asks)
    anm_interrupt_forbid ();
  return cohort;
}
