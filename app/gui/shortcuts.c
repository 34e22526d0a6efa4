/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/shortcuts.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/gui/dialogs.h"

static const AnmShortcut shortcuts[] = {
  { N_("Study"), N_("New window"), { "<Control>n" }, "app.new-window", TRUE },
  { NULL, N_("Open a study"), { "<Control>o" }, "win.open-study", TRUE },
  { NULL, N_("Import records"), { "<Control>i" }, "win.import", TRUE },
  { NULL, N_("Undo"), { "<Control>z" }, "win.undo", FALSE },
  { NULL, N_("Redo"), { "<Control><Shift>z" }, "win.redo", FALSE },
  { NULL, N_("Runs of the study"), { "<Control>r" }, "win.runs", TRUE },
  { NULL, N_("Preferences"), { "<Control>comma" }, "app.preferences", TRUE },
  { NULL, N_("Help on this page"), { "F1" }, "win.help", TRUE },
  { NULL, N_("Shortcuts"), { "<Control>question" }, "app.shortcuts", TRUE },
  { NULL, N_("Menu"), { "F10" }, NULL, FALSE },
  { NULL, N_("Close window"), { "<Control>w" }, "window.close", TRUE },
  { NULL, N_("Quit"), { "<Control>q" }, "app.quit", TRUE },

  { N_("Pages"), N_("Records"), { "<Alt>1" }, "win.page::records", TRUE },
  { NULL, N_("Workbench"), { "<Alt>2" }, "win.page::workbench", TRUE },
  { NULL, N_("Inside"), { "<Alt>3" }, "win.page::inside", TRUE },
  { NULL, N_("Search among the patients"), { "<Control>f" }, "win.search", TRUE },

  { N_("Training"), N_("Train or pause"), { "<Control>Return", "<Control>KP_Enter" }, "win.train", TRUE },
  { NULL, N_("One step: one minibatch"), { "<Control>period" }, "win.step", TRUE },
  { NULL, N_("One step: one epoch"), { "<Control><Alt>period" }, "win.step-epoch", TRUE },
  { NULL, N_("Stop training"), { "<Control><Shift>period", "<Control>greater" }, "win.stop", TRUE },

  { N_("Patient, hour and epoch"), N_("Next patient"), { "<Control>Right" }, "win.next-patient", FALSE },
  { NULL, N_("Previous patient"), { "<Control>Left" }, "win.previous-patient", FALSE },
  { NULL, N_("One time step on"), { "Right" }, "win.move-cursor(1)", FALSE },
  { NULL, N_("One time step back"), { "Left" }, "win.move-cursor(-1)", FALSE },
  { NULL, N_("Next kept epoch"), { "Page_Down" }, "win.move-epoch(1)", FALSE },
  { NULL, N_("Previous kept epoch"), { "Page_Up" }, "win.move-epoch(-1)", FALSE },
  { NULL, N_("Let the cursor go"), { "Escape" }, "win.release-cursor", FALSE },

  { N_("Network"), N_("Take in hand"), { "<Control>h" }, "win.take-in-hand", FALSE },
  { NULL, N_("Move the layer to the left"), { "<Alt>Left" }, NULL, FALSE },
  { NULL, N_("Move the layer to the right"), { "<Alt>Right" }, NULL, FALSE },
  { NULL, N_("Remove the layer"), { "Delete" }, NULL, FALSE },
  { NULL, N_("Channels, in a narrow window"), { "F9" }, NULL, FALSE },
  { NULL, N_("Tick the channel"), { "space" }, NULL, FALSE },

  { N_("Cell lens"), N_("Unit above, unit below"), { "Up", "Down" }, NULL, FALSE },
  { NULL, N_("Terms of the equation"), { "Return" }, NULL, FALSE },
  { NULL, N_("Copy the equations as text"), { "<Control>c" }, NULL, FALSE },
  { NULL, N_("Map and time"), { "F9" }, NULL, FALSE },

  { N_("Figures"), N_("Menu of the figure"), { "<Shift>F10", "Menu" }, NULL, FALSE },
  { NULL, N_("First and last value"), { "Home", "End" }, NULL, FALSE },
  { NULL, N_("Row or point above, below"), { "Up", "Down" }, NULL, FALSE },
  { NULL, N_("Mark a span"), { "<Shift>Left", "<Shift>Right" }, NULL, FALSE },
  { NULL, N_("Mark rows or points"), { "<Shift>Up", "<Shift>Down" }, NULL, FALSE },
  { NULL, N_("Show less, show more of it"), { "plus", "minus" }, NULL, FALSE },
  { NULL, N_("Fewer rows, more rows of it"), { "<Alt>plus", "<Alt>minus" }, NULL, FALSE },
  { NULL, N_("Show all of it"), { "0" }, NULL, FALSE },
  { NULL, N_("Enlarge the figure"), { "F11" }, NULL, FALSE },

  { N_("List of runs"), N_("Rename the run"), { "F2" }, NULL, FALSE },
  { NULL, N_("Delete the runs"), { "Delete" }, NULL, FALSE },
};

const AnmShortcut *
anm_shortcuts (guint *n_shortcuts)
{
  *n_shortcuts = G_N_ELEMENTS (shortcuts);
  return shortcuts;
}

void
anm_shortcuts_install (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (shortcuts[i].is_accel)
      gtk_application_set_accels_for_action (application, shortcuts[i].action, shortcuts[i].keys);
}

static GtkWidget *
make_keys (const AnmShortcut *shortcut)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (guint i = 0; i < G_N_ELEMENTS (shortcut->keys) && shortcut->keys[i] != NULL; i++)
    {
      g_autofree char *text = NULL;
      GdkModifierType modifiers;
      GtkWidget *label;
      guint key;

      /* The same key twice for people: on the number block, or as some keyboards send it. */
      if (i > 0 && shortcut->is_accel)
        break;
      if (!gtk_accelerator_parse (shortcut->keys[i], &key, &modifiers))
        continue;
      text = gtk_accelerator_get_label (key, modifiers);
      label = gtk_label_new (text);
      gtk_widget_add_css_class (label, "keycap");
      gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), label);
    }
  return box;
}

GtkWidget *
anm_shortcuts_window_new (GtkWindow *parent)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      GtkWidget *row = adw_action_row_new ();

      if (shortcuts[i].group != NULL)
        {
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _(shortcuts[i].group));
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
        }
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(shortcuts[i].title));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_keys (&shortcuts[i]));
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  return anm_page_window_new (parent, _("Shortcuts"), page, 600, 640);
}
