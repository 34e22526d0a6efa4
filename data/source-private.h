/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/source.h"
#include "data/table.h"

G_BEGIN_DECLS

struct _AnmSource
{
  char     **arguments;
  GPtrArray *tables;    /* of AnmTable */
  GPtrArray *sets;      /* of char *, then NULL: the Challenge's folders and archives */
  char      *outcomes;  /* of the Challenge, if the user named them */
};

G_END_DECLS
