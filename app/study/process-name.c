/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/process-name.h"

#include <string.h>
#include <unistd.h>

/* Field 22 of /proc/PID/stat, in clock ticks since boot; see proc(5). %NULL if there is no such process. */
static char *
begin_of_process (long process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%ld/stat", process);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *behind_name;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  /* The name, field 2, may hold spaces and brackets. */
  behind_name = strrchr (text, ')');
  if (behind_name == NULL)
    return NULL;
  fields = g_strsplit (g_strstrip ((char *) behind_name + 1), " ", -1);
  return g_strv_length (fields) > 19 ? g_strdup (fields[19]) : NULL;
}

static char *
machine_and_boot (void)
{
  g_autofree char *boot = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    boot = g_strdup ("");
  return g_strdup_printf ("%s %s", g_get_host_name (), g_strstrip (boot));
}

static char *
name_process (long process)
{
  g_autofree char *begin = begin_of_process (process);
  g_autofree char *machine = machine_and_boot ();

  return g_strdup_printf ("%s %ld %s", machine, process, begin != NULL ? begin : "");
}

const char *
anm_process_name_get_own (void)
{
  static char *name;

  if (g_once_init_enter (&name))
    g_once_init_leave (&name, name_process (getpid ()));
  return name;
}

gboolean
anm_process_name_is_alive (const char *name)
{
  g_auto (GStrv) fields = g_strsplit (name, " ", -1);
  g_autofree char *begin = NULL, *machine = machine_and_boot ();
  g_auto (GStrv) here = g_strsplit (machine, " ", -1);

  if (*name == '\0')
    return FALSE;
  if (g_strv_length (fields) != 4 || strcmp (fields[0], here[0]) != 0)
    return TRUE;
  if (strcmp (fields[1], here[1]) != 0)
    return FALSE;
  begin = begin_of_process ((long) g_ascii_strtoll (fields[2], NULL, 10));
  return begin != NULL && strcmp (begin, fields[3]) == 0;
}
