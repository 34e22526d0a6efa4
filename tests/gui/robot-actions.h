/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/gui/window.h"
#include "robot-hand.h"

G_BEGIN_DECLS

/*
 * What the robot can do, each a line of text:
 *
 *     click X Y BUTTON TIMES [MODIFIER]     point X Y     scroll X Y BUTTON [MODIFIER]     drag X Y X Y [MODIFIER]
 *     key CHORD     type TEXT     resize WIDTH HEIGHT     close     open SOURCE     train     rest
 *     action NAME [PARAMETER]     at X Y NAME [PARAMETER]     (an action of the window, or of what is there)
 */
typedef struct
{
  AnmWindow         *window;   /* the first one; others are left again */
  RobotHand         *hand;
  GRand             *random;
  const char *const *only;     /* names of actions to choose from, NULL: all */
  gboolean           rested;   /* before a file chooser is answered */
} RobotUser;

/* Another action that is possible now. */
char *robot_user_pick (RobotUser *self);
/* Begins it: what the hand has to do for it is queued. */
void  robot_user_act  (RobotUser *self,
                       const char *line);

G_END_DECLS
