/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/machine.h"

#include <sqlite3.h>
#include <sys/utsname.h>

#include "engine/benchmark.h"
#include "engine/instructions.h"

void
anm_machine_read (AnmMachine *self)
{
  struct utsname name;

  self->name = uname (&name) == 0 ? g_strdup_printf ("%s %s, Anamnesis %s", name.sysname, name.machine, ANM_VERSION)
                                  : g_strdup ("Anamnesis " ANM_VERSION);
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
