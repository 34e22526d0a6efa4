/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/about.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <pango/pango.h>

#include "app/study/machine.h"

static char *
describe_versions (void)
{
  g_auto (AnmMachine) machine = { 0 };

  anm_machine_read (&machine);
  return g_strdup_printf ("Anamnesis %s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nGLib %u.%u.%u\nCairo %s\nPango %s\n%s\n%s\n",
                          ANM_VERSION,
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version,
                          cairo_version_string (), pango_version_string (), machine.libraries, machine.instructions);
}

void
anm_show_about (GtkWindow *parent)
{
  g_autofree char *versions = describe_versions ();
  GtkWidget *window;

  window = g_object_new (ADW_TYPE_ABOUT_WINDOW,
                         "application-name", "Anamnesis",
                         "application-icon", ANM_APPLICATION_ID,
                         "version", ANM_VERSION,
                         "developer-name", _("The Anamnesis developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("A workbench for recurrent networks on patient records: open a cohort, lay out a network, "
                                       "train it, watch it learn, and ask what it remembers of one patient.\n\n"
                                       "For research and teaching. Not a medical device: don’t decide about a patient with it."),
                         /* Translators: your names, one a line. */
                         "translator-credits", _("translator-credits"),
                         "debug-info", versions,
                         "debug-info-filename", "anamnesis-versions.txt",
                         NULL);
  adw_about_window_add_legal_section (ADW_ABOUT_WINDOW (window), "GTK, libadwaita, GLib, JSON-GLib, Pango, Cairo, libcsv", NULL, GTK_LICENSE_LGPL_2_1, NULL);
  adw_about_window_add_legal_section (ADW_ABOUT_WINDOW (window), "OpenBLAS", NULL, GTK_LICENSE_BSD_3, NULL);
  adw_about_window_add_legal_section (ADW_ABOUT_WINDOW (window), "SQLite", NULL, GTK_LICENSE_CUSTOM, _("In the public domain."));
  if (parent != NULL)
    gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
}
