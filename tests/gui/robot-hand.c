/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "robot-hand.h"

#include <dlfcn.h>

#define STEPS_OF_A_DRAG 8

typedef enum
{
  MOVE,
  PRESS,
  RELEASE,
  KEY_DOWN,
  KEY_UP,
  REST,
} Kind;

typedef struct
{
  Kind     kind;
  int      x, y;      /* of a movement */
  unsigned code;      /* button or key */
  gboolean at_once;   /* with the next one */
} Movement;

/* Xlib without its headers: a display is only ever handed on. */
struct _RobotHand
{
  void *display;
  unsigned long (*string_to_keysym) (const char *name);
  unsigned char (*keysym_to_keycode) (void *display, unsigned long symbol);
  int (*flush) (void *display);
  int (*close_display) (void *display);
  int (*fake_motion) (void *display, int screen, int x, int y, unsigned long delay);
  int (*fake_button) (void *display, unsigned button, int is_press, unsigned long delay);
  int (*fake_key) (void *display, unsigned code, int is_press, unsigned long delay);
  GArray *movements;
  guint   n_played;
};

RobotHand *
robot_hand_new (void)
{
  void *x11 = dlopen ("libX11.so.6", RTLD_NOW), *test = dlopen ("libXtst.so.6", RTLD_NOW);
  void *(*open_display) (const char *name);
  void *display;
  RobotHand *self;

  if (x11 == NULL || test == NULL)
    return NULL;
  open_display = dlsym (x11, "XOpenDisplay");
  display = open_display (NULL);
  if (display == NULL)
    return NULL;

  self = g_new0 (RobotHand, 1);
  self->display = display;
  self->string_to_keysym = dlsym (x11, "XStringToKeysym");
  self->keysym_to_keycode = dlsym (x11, "XKeysymToKeycode");
  self->flush = dlsym (x11, "XFlush");
  self->close_display = dlsym (x11, "XCloseDisplay");
  self->fake_motion = dlsym (test, "XTestFakeMotionEvent");
  self->fake_button = dlsym (test, "XTestFakeButtonEvent");
  self->fake_key = dlsym (test, "XTestFakeKeyEvent");
  self->movements = g_array_new (FALSE, FALSE, sizeof (Movement));
  return self;
}

void
robot_hand_free (RobotHand *self)
{
  self->close_display (self->display);
  g_array_unref (self->movements);
  g_free (self);
}

static void
queue (RobotHand *self,
       Movement movement)
{
  g_array_append_val (self->movements, movement);
}

void
robot_hand_move (RobotHand *self,
                 int x,
                 int y)
{
  queue (self, (Movement){ .kind = MOVE, .x = x, .y = y, .at_once = TRUE });
}

void
robot_hand_click (RobotHand *self,
                  unsigned button,
                  int n_times)
{
  for (int i = 0; i < n_times; i++)
    {
      queue (self, (Movement){ .kind = PRESS, .code = button, .at_once = TRUE });
      queue (self, (Movement){ .kind = RELEASE, .code = button, .at_once = i + 1 < n_times });
    }
}

void
robot_hand_drag (RobotHand *self,
                 int from_x,
                 int from_y,
                 int to_x,
                 int to_y)
{
  robot_hand_move (self, from_x, from_y);
  queue (self, (Movement){ .kind = PRESS, .code = 1 });
  for (int step = 1; step <= STEPS_OF_A_DRAG; step++)
    queue (self, (Movement){ .kind = MOVE,
                             .x = from_x + (to_x - from_x) * step / STEPS_OF_A_DRAG,
                             .y = from_y + (to_y - from_y) * step / STEPS_OF_A_DRAG });
  queue (self, (Movement){ .kind = RELEASE, .code = 1 });
}

static unsigned
find_key (RobotHand *self,
          const char *name)
{
  static const char *const names[][2] = { { "control", "Control_L" }, { "alt", "Alt_L" }, { "shift", "Shift_L" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], name))
      name = names[i][1];
  return self->keysym_to_keycode (self->display, self->string_to_keysym (name));
}

void
robot_hand_hold (RobotHand *self,
                 const char *modifier)
{
  if (modifier != NULL)
    queue (self, (Movement){ .kind = KEY_DOWN, .code = find_key (self, modifier), .at_once = TRUE });
}

void
robot_hand_let_go (RobotHand *self,
                   const char *modifier)
{
  if (modifier != NULL)
    queue (self, (Movement){ .kind = KEY_UP, .code = find_key (self, modifier) });
}

void
robot_hand_type (RobotHand *self,
                 const char *chord)
{
  g_auto (GStrv) parts = g_strsplit (chord, "+", -1);
  guint n = g_strv_length (parts);

  for (guint i = 0; i < n; i++)
    queue (self, (Movement){ .kind = KEY_DOWN, .code = find_key (self, parts[i]), .at_once = TRUE });
  for (guint i = n; i-- > 0;)
    queue (self, (Movement){ .kind = KEY_UP, .code = find_key (self, parts[i]), .at_once = i > 0 });
}

void
robot_hand_rest (RobotHand *self,
                 guint n_calls)
{
  for (guint i = 0; i < n_calls; i++)
    queue (self, (Movement){ .kind = REST });
}

static void
make (RobotHand *self,
      const Movement *movement)
{
  switch (movement->kind)
    {
    case MOVE:
      self->fake_motion (self->display, -1, movement->x, movement->y, 0);
      break;
    case PRESS:
    case RELEASE:
      self->fake_button (self->display, movement->code, movement->kind == PRESS, 0);
      break;
    case KEY_DOWN:
    case KEY_UP:
      self->fake_key (self->display, movement->code, movement->kind == KEY_DOWN, 0);
      break;
    case REST:
      break;
    }
}

gboolean
robot_hand_play (RobotHand *self)
{
  gboolean at_once = TRUE;

  if (self->n_played == self->movements->len)
    {
      g_array_set_size (self->movements, 0);
      self->n_played = 0;
      return FALSE;
    }
  while (at_once && self->n_played < self->movements->len)
    {
      const Movement *movement = &g_array_index (self->movements, Movement, self->n_played++);

      make (self, movement);
      at_once = movement->at_once;
    }
  self->flush (self->display);
  return TRUE;
}
