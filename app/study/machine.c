/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/machine.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/utsname.h>

#include "engine/benchmark.h"
#include "engine/instructions.h"

/* As the maker calls it; NULL if the system doesn't say. */
static char *
read_processor (void)
{
  g_autofree char *text = NULL;
  char *line, *name;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return NULL;
  line = strstr (text, "model name");
  name = line != NULL ? strchr (line, ':') : NULL;
  if (name == NULL)
    return NULL;
  name[1 + strcspn (name + 1, "\n")] = '\0';
  return g_strdup (g_strstrip (name + 1));
}

void
anm_machine_read (AnmMachine *self)
{
  g_autofree char *processor = read_processor ();
  struct utsname name;

  if (uname (&name) == 0)
    self->name = g_strdup_printf ("%s %s%s%s, Anamnesis %s", name.sysname, name.machine, processor != NULL ? ", " : "",
                                  processor != NULL ? processor : "", ANM_VERSION);
  else
    self->name = g_strdup ("Anamnesis " ANM_VERSION);
  self->instructions = g_strdup_printf ("%s, OpenBLAS %s", anm_instructions_get_name (), anm_blas_get_core ());
  self->libraries = g_strdup_printf ("GLib %u.%u.%u, SQLite %s", glib_major_version, glib_minor_version, glib_micro_version,
                                     sqlite3_libversion ());
}

void
anm_machine_clear (AnmMachine *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->instructions, g_free);
  g_clear_pointer (&self->libraries, g_free);
}
