/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/command.h"

G_BEGIN_DECLS

/* Ctrl+C (and SIGTERM) cancels @invocation, so that what was reached can be kept; a second one ends the program at once. To be
 * called once. */
void       anm_interrupt_watch    (const AnmInvocation *invocation);
/* 1 once it came (atomic): for work that can't look at a GCancellable. */
const int *anm_interrupt_get_flag (void);
/* From here on nothing would be lost if the program ended in the midst of what it does: work that doesn't heed a signal soon is
 * ended with @message as its error. @made: nullable, a new study that would be of no use then and goes. */
void       anm_interrupt_allow    (const char *message,
                                   const char *made);
/* From here on something would: results are being written. */
void       anm_interrupt_forbid   (void);

G_END_DECLS
