/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/progress-bar.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_WIDTH 20
#define INTERVAL (G_USEC_PER_SEC / 10)

struct _AnmProgressBar
{
  gboolean terminal;
  gint64   began;
  gint64   shown_at;
  gboolean shown;
};

AnmProgressBar *
anm_progress_bar_new (void)
{
  AnmProgressBar *self = g_new0 (AnmProgressBar, 1);

  self->terminal = isatty (STDERR_FILENO);
  self->began = g_get_monotonic_time ();
  return self;
}

void
anm_progress_bar_free (AnmProgressBar *self)
{
  if (self->shown)
    fprintf (stderr, "\r\033[K");
  fflush (stderr);
  g_free (self);
}

static guint
terminal_columns (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* Of what goes on as evenly as it went so far. */
static double
estimate_seconds_left (const AnmProgressBar *self,
                       double fraction,
                       gint64 now)
{
  double elapsed = (double) (now - self->began) / G_USEC_PER_SEC;

  return fraction > 0.05 && elapsed > 1 ? elapsed * (1 - fraction) / fraction : -1;
}

static char *
describe_time (double seconds)
{
  guint whole = (guint) (seconds + 0.5);

  if (seconds < 0)
    return g_strdup ("");
  if (whole < 60)
    return g_strdup_printf (ngettext ("%u second left", "%u seconds left", whole), whole);
  whole = (whole + 30) / 60;
  if (whole < 60)
    return g_strdup_printf (ngettext ("%u minute left", "%u minutes left", whole), whole);
  whole = (whole + 30) / 60;
  return g_strdup_printf (ngettext ("%u hour left", "%u hours left", whole), whole);
}

void
anm_progress_bar_update (AnmProgressBar *self,
                         double fraction,
                         double seconds_left,
                         const char *message)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GString) line = NULL;
  g_autofree char *left = NULL, *cut = NULL;
  guint columns;

  if (!self->terminal || (self->shown && now - self->shown_at < INTERVAL))
    return;
  self->shown_at = now;
  self->shown = TRUE;
  line = g_string_new (NULL);
  if (fraction >= 0)
    {
      guint filled = (guint) (CLAMP (fraction, 0, 1) * BAR_WIDTH);

      g_string_append_c (line, '[');
      for (guint i = 0; i < BAR_WIDTH; i++)
        g_string_append_c (line, i < filled ? '=' : ' ');
      g_string_append_printf (line, "] %3.0f %%  ", CLAMP (fraction, 0, 1) * 100);
    }
  left = describe_time (seconds_left >= 0 ? seconds_left : estimate_seconds_left (self, fraction, now));
  if (*left != '\0')
    g_string_append_printf (line, "%s, ", left);
  g_string_append (line, message);
  columns = terminal_columns ();
  cut = g_utf8_substring (line->str, 0, MIN (g_utf8_strlen (line->str, -1), (glong) columns - 1));
  fprintf (stderr, "\r%s\033[K", cut);
  fflush (stderr);
}
