/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/recent-studies.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

#include "app/gui/settings.h"

#define KEY "recent-studies"
#define FORMAT "a(ssxu)"
#define MAX_STUDIES 24

static void
recent_study_free (AnmRecentStudy *study)
{
  g_free (study->path);
  g_free (study->title);
  g_free (study);
}

GPtrArray *
anm_recent_studies_load (GSettings *settings)
{
  GPtrArray *studies = g_ptr_array_new_with_free_func ((GDestroyNotify) recent_study_free);
  g_autoptr (GVariant) value = anm_settings_get_value (settings, KEY);
  AnmRecentStudy study;
  GVariantIter iter;

  if (value == NULL)
    return studies;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(ssxu)", &study.path, &study.title, &study.opened, &study.n_patients))
    g_ptr_array_add (studies, g_memdup2 (&study, sizeof study));

  return studies;
}

static void
store (GSettings *settings,
       GPtrArray *studies)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FORMAT));
  for (guint i = 0; i < MIN (studies->len, MAX_STUDIES); i++)
    {
      const AnmRecentStudy *study = g_ptr_array_index (studies, i);

      g_variant_builder_add (&builder, "(ssxu)", study->path, study->title, study->opened, study->n_patients);
    }
  anm_settings_set_value (settings, KEY, g_variant_builder_end (&builder));
}

static void
drop (GPtrArray  *studies,
      const char *path)
{
  for (guint i = studies->len; i > 0; i--)
    if (g_str_equal (((AnmRecentStudy *) g_ptr_array_index (studies, i - 1))->path, path))
      g_ptr_array_remove_index (studies, i - 1);
}

/* What other programs' "Open recent" and the shell's search know. */
static void
tell_desktop (const char *path,
              const char *title)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  char *groups[] = { NULL };
  GtkRecentData data = {
    .display_name = (char *) title,
    .mime_type = (char *) "application/x-anamnesis",
    .app_name = (char *) "Anamnesis",
    .app_exec = (char *) "anamnesis %f",
    .groups = groups,
  };

  if (uri != NULL)
    gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

void
anm_recent_studies_add (GSettings  *settings,
                        const char *path,
                        const char *title,
                        gsize       n_patients)
{
  g_autoptr (GPtrArray) studies = anm_recent_studies_load (settings);
  AnmRecentStudy *study = g_new0 (AnmRecentStudy, 1);

  drop (studies, path);
  study->path = g_strdup (path);
  study->title = g_strdup (title);
  study->opened = g_get_real_time () / G_USEC_PER_SEC;
  study->n_patients = (guint) MIN (n_patients, G_MAXUINT);
  g_ptr_array_insert (studies, 0, study);
  store (settings, studies);
  tell_desktop (path, title);
}

void
anm_recent_studies_forget (GSettings  *settings,
                           const char *path)
{
  g_autoptr (GPtrArray) studies = anm_recent_studies_load (settings);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  drop (studies, path);
  store (settings, studies);
  if (uri != NULL)
    gtk_recent_manager_remove_item (gtk_recent_manager_get_default (), uri, NULL);
}

char *
anm_recent_date_describe (gint64 time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time);
  g_autoptr (GDateTime) midnight = NULL;
  GTimeSpan before;

  if (then == NULL)
    return g_strdup ("");

  midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now), 0, 0, 0);
  before = g_date_time_difference (midnight, then);
  if (before <= 0)
    return g_strdup (_("today"));
  if (before <= G_TIME_SPAN_DAY)
    return g_strdup (_("yesterday"));
  if (before <= 6 * G_TIME_SPAN_DAY)
    return g_date_time_format (then, "%A");
  if (g_date_time_get_year (then) == g_date_time_get_year (now))
    /* Translators: a day of this year, as in "12 March": see g_date_time_format(). */
    return g_date_time_format (then, C_("date", "%-e %B"));

  /* Translators: a day of another year, as in "12 March 2024": see g_date_time_format(). */
  return g_date_time_format (then, C_("date", "%-e %B %Y"));
}
