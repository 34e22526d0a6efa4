/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/interrupt.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/* A signal may be delivered to any thread, of libraries too, so it can't be waited for in one of ours; and a handler may
 * call hardly anything. It writes the signal's number into a pipe, and a thread does the rest. */
static int pipe_ends[2];

static void
handle_signal (int received)
{
  unsigned char number = (unsigned char) received;
  gssize written = write (pipe_ends[1], &number, 1);

  (void) written;
}

static gpointer
wait_for_signals (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  unsigned char number;

  if (read (pipe_ends[0], &number, 1) == 1)
    g_cancellable_cancel (cancellable);
  if (read (pipe_ends[0], &number, 1) == 1)
    _exit (128 + number);
  return NULL;
}

void
anm_interrupt_watch (GCancellable *cancellable)
{
  struct sigaction action = { .sa_handler = handle_signal, .sa_flags = SA_RESTART };

  if (!g_unix_open_pipe (pipe_ends, FD_CLOEXEC, NULL))
    return;
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  g_thread_unref (g_thread_new ("signals", wait_for_signals, g_object_ref (cancellable)));
}
