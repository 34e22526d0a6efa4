/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/interrupt.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "app/cli/report.h"

/* What work has to heed a signal by itself. */
#define GRACE_MILLISECONDS 50

/* A signal may be delivered to any thread, of libraries too, so it can't be waited for in one of ours; and a handler may
 * call hardly anything. It writes the signal's number into a pipe, and a thread does the rest. */
static int pipe_ends[2];

static const AnmInvocation *watched;
static int flag;

static GMutex mutex;
static char *farewell, *useless;
static gboolean ending;

static void
handle_signal (int received)
{
  unsigned char number = (unsigned char) received;
  gssize written = write (pipe_ends[1], &number, 1);

  (void) written;
}

static void
remove_useless (void)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; useless != NULL && i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (useless, suffixes[i], NULL);

      g_unlink (path);
    }
}

/* Whoever comes while the program is ending waits for that. */
static void
lock (void)
{
  g_mutex_lock (&mutex);
  if (!ending)
    return;
  g_mutex_unlock (&mutex);
  for (;;)
    pause ();
}

/* Doesn't come back where the program may end. */
static void
end_if_allowed (void)
{
  lock ();
  if (farewell == NULL)
    {
      g_mutex_unlock (&mutex);
      return;
    }
  ending = TRUE;
  g_mutex_unlock (&mutex);
  remove_useless ();
  if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
  anm_report_error (watched, farewell);
  _exit (1);
}

static gpointer
wait_for_signals (gpointer data)
{
  struct pollfd input = { .fd = pipe_ends[0], .events = POLLIN };
  unsigned char number;

  if (read (pipe_ends[0], &number, 1) != 1)
    return NULL;
  g_atomic_int_set (&flag, 1);
  g_cancellable_cancel (watched->cancellable);
  if (poll (&input, 1, GRACE_MILLISECONDS) == 0)
    end_if_allowed ();
  if (read (pipe_ends[0], &number, 1) == 1)
    _exit (128 + number);
  return NULL;
}

void
anm_interrupt_watch (const AnmInvocation *invocation)
{
  struct sigaction action = { .sa_handler = handle_signal, .sa_flags = SA_RESTART };

  watched = invocation;
  if (!g_unix_open_pipe (pipe_ends, FD_CLOEXEC, NULL))
    return;
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  g_thread_unref (g_thread_new ("signals", wait_for_signals, NULL));
}

const int *
anm_interrupt_get_flag (void)
{
  return &flag;
}

void
anm_interrupt_allow (const char *message,
                     const char *made)
{
  lock ();
  g_free (farewell);
  g_free (useless);
  farewell = g_strdup (message);
  useless = g_strdup (made);
  g_mutex_unlock (&mutex);
  if (g_atomic_int_get (&flag) != 0)
    end_if_allowed ();
}

void
anm_interrupt_forbid (void)
{
  lock ();
  g_clear_pointer (&farewell, g_free);
  g_clear_pointer (&useless, g_free);
  g_mutex_unlock (&mutex);
}
