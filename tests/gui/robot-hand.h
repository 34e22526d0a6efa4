/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Mouse and keyboard of the X server's test extension. What a hand does takes time: its movements are queued, and one of them
 * is made with each call of robot_hand_play().
 */
typedef struct _RobotHand RobotHand;

/* NULL where the server has no such extension, or there is no server. */
RobotHand *robot_hand_new       (void);
void       robot_hand_free      (RobotHand *self);

void       robot_hand_move      (RobotHand *self,
                                 int x,
                                 int y);
void       robot_hand_click     (RobotHand *self,
                                 unsigned button,
                                 int n_times);
/* Along a line, in steps. */
void       robot_hand_drag      (RobotHand *self,
                                 int from_x,
                                 int from_y,
                                 int to_x,
                                 int to_y);
/* A key and what is held with it: "control+shift+z". */
void       robot_hand_type      (RobotHand *self,
                                 const char *chord);
/* "shift", "control", "alt" or NULL: what is held during the movements that are queued between the two calls. */
void       robot_hand_hold      (RobotHand *self,
                                 const char *modifier);
void       robot_hand_let_go    (RobotHand *self,
                                 const char *modifier);

/* Does nothing for so many calls. */
void       robot_hand_rest      (RobotHand *self,
                                 guint n_calls);

/* FALSE if there was nothing left to do. */
gboolean   robot_hand_play      (RobotHand *self);

G_END_DECLS
