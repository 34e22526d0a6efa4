/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/help-window.h"

#include <glib/gi18n-lib.h>

static const char *const welcome[] = {
  N_("Anamnesis trains recurrent networks on patient records and shows what they remember. It is for research and teaching and not a medical device: don’t decide about a patient with it."),
  N_("# Begin"),
  N_("Open an example to see a network learn at once: its patients are simulated. Or import your own records, or drop files anywhere on the window."),
  N_("# Studies"),
  N_("Everything you do is kept in a study, one file, as it happens. There is nothing to save, and closing asks nothing. Recent studies are listed at the start, with the loss of the best run as a line."),
  N_("Ctrl+Z undoes any edit, without a limit, also after the program was closed. Deleted runs come back in the same way."),
  N_("# Words"),
  N_("A channel is what was measured over time. A run is one training of one network. An epoch is one pass over all patients to train on; a minibatch is a few of them together."),
  NULL,
};

static const char *const records[] = {
  N_("The cohort as it was read: the patients at the left, one patient’s time line in the middle, the whole cohort at the right."),
  N_("# Find patients"),
  N_("Type an id, an age, an outcome; the list follows as you type. Ctrl+← and Ctrl+→ go from patient to patient on every page."),
  N_("# Read a time line"),
  N_("Missing is missing: lines have gaps, and hatching marks outages. Green is the normal range. Move the pointer to read values; a click pins the cursor for all figures on all pages, Esc releases it."),
  N_("The wheel zooms into the patient’s time, and a drag with Shift marks a span of it. All figures over this time follow, on all pages, until another patient is chosen."),
  N_("# Import"),
  N_("Say of each column what it is: patient, time, channel, outcome. What can’t be read is counted and listed and never left out silently."),
  NULL,
};

static const char *const workbench[] = {
  N_("Everything that makes a network, and what comes of it, on one page: channels at the left, layers as cards, live figures at the right."),
  N_("# Lay out a network"),
  N_("Tick the channels that go in. Press + between cards to insert a layer; drag a card’s grip, or press Alt+← and Alt+→, to move it. The same network stands below as text; each mirrors the other."),
  N_("# Train"),
  N_("Ctrl+Return trains or pauses, Ctrl+. makes one step. A bolt marks what acts at once, even while training; all else waits for the next run."),
  N_("Reset goes back to the same initial weights, so that two runs can be compared. The run before stays on the axes in grey."),
  N_("# Read the figures"),
  N_("Validation is the thick line, training the thin one. When the thick line rises while the thin one falls, the network learns its training patients by heart."),
  N_("A network with dropout has a band around its prediction: it answers a hundred times with other units left out, and 95 of 100 answers lie within. A wide band says that the network isn’t sure; a narrow one doesn’t say that it is right. It is no confidence interval of what happens to the patient. How many answers is in the preferences."),
  NULL,
};

static const char *const inside[] = {
  N_("What the network does with one patient, hour by hour, and how that came about over the epochs."),
  N_("# Hidden state"),
  N_("Each row is a unit, ordered by similarity; orange raises, blue lowers. The keys H C I F O G choose what is shown of a layer that has such a thing."),
  N_("With Alt the wheel zooms into the rows. A drag with Shift marks hours and units, a click on a branch of the tree marks its units; then patients are listed in whom these units behave alike."),
  N_("# Time machine"),
  N_("The slider goes through the kept epochs; Page Up and Page Down go to the next. Every page shows the network as it was then."),
  N_("# Gradient flow"),
  N_("How much the loss depends on the hidden state at each hour. Where it vanishes, the network can’t learn from what happened then; the memory horizon says how far back it reaches. A click goes to that epoch and hour."),
  NULL,
};

static const char *const lens[] = {
  N_("One unit at one hour, with all its numbers: the layer’s own equations, each term with its value, the activation with its point and slope."),
  N_("Click a row to see its terms as a waterfall that sums to the result. Backwards, the gradients stand beside a check by finite differences. The arrow keys change hour and row."),
  NULL,
};

static const char *const runs[] = {
  N_("Ctrl+R lists the runs of the study beside any page, newest first. The dot is the colour in which a run is drawn; grey is the previous run."),
  N_("# Compare"),
  N_("Choose two runs, the second with Ctrl and a click: Differences lists everything that isn’t the same."),
  N_("# Fork, resume, verify"),
  N_("A fork begins with a run’s weights after a kept epoch, takes what its optimiser had gathered along if it is of the same kind, and is trained as the Workbench says now. Resume goes on with a run that was stopped or cut off, with the same bits as if it never had been."),
  N_("Verify trains a run again from its first weights and compares every number. On the same kind of processor they are the same to the bit."),
  NULL,
};

static const char *const two_programs[] = {
  N_("The window and the command line may have one study open at the same time. One of them trains at a time; the other sees it live, and is told who trains."),
  N_("anamnesis-cli does without a screen what the window does: train, resume, verify, evaluate, plot. Any run’s exact command line can be copied from the list of runs."),
  NULL,
};

static const AnmHelpPage pages[] = {
  { "welcome", N_("Welcome"), NULL, welcome },
  { "records", N_("Records"), N_("Find a patient, read the time line, know the cohort"), records },
  { "workbench", N_("Workbench"), N_("Lay out a network and watch it learn"), workbench },
  { "inside", N_("Inside"), N_("See what it remembers and how its gradients flow"), inside },
  { "cell-lens", N_("Cell lens"), N_("Every number of one step, forwards and backwards"), lens },
  { "runs", N_("Runs"), N_("Compare, fork, resume and verify"), runs },
  { "programs", N_("Window and command line"), NULL, two_programs },
};

const AnmHelpPage *
anm_help_pages (guint *n_pages)
{
  *n_pages = G_N_ELEMENTS (pages);
  return pages;
}
