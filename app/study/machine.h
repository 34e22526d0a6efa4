/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a run's bits depend on beside its study; all owned. */
typedef struct
{
  char *name;         /* system, processor and the program's version */
  char *instructions; /* what the kernels were compiled for, and what BLAS chose: the same bits where this is the same */
  char *libraries;    /* with their versions */
} AnmMachine;

void anm_machine_read  (AnmMachine *self); /* this one */
void anm_machine_clear (AnmMachine *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnmMachine, anm_machine_clear)

G_END_DECLS
