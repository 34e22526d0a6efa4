/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <locale.h>

#include "app/gui/application.h"

/* Translations lie in the build directory when run from there, which build-aux/run.sh says by ANAMNESIS_LOCALE_DIR. */
static void
init_locale (void)
{
  const char *locale_dir = g_getenv ("ANAMNESIS_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : ANM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (AnmApplication) application = NULL;

  init_locale ();
  g_set_application_name ("Anamnesis");
  application = anm_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
