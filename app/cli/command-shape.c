/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/command-shape.h"

#include <string.h>

static void
option_list_free (gpointer data)
{
  AnmOptionList *list = data;

  g_free (list->entries);
  g_free (list);
}

AnmCommandShape *
anm_command_shape_new_empty (void)
{
  AnmCommandShape *self = g_new0 (AnmCommandShape, 1);

  self->lists = g_ptr_array_new_with_free_func (option_list_free);
  return self;
}

/* A command's first act is to hand its options to anm_options_parse(), which fills the shape instead. */
AnmCommandShape *
anm_command_shape_new (const AnmCommand *command)
{
  AnmCommandShape *self = anm_command_shape_new_empty ();
  AnmInvocation invocation = { .command = command, .shape = self };
  g_autoptr (GError) error = NULL;
  char *none[] = { NULL };

  command->run (&invocation, none, &error);
  g_assert (self->lists->len > 0);
  return self;
}

void
anm_command_shape_free (AnmCommandShape *self)
{
  g_ptr_array_unref (self->lists);
  g_free (self);
}

void
anm_command_shape_add (AnmCommandShape *self,
                       const char *name,
                       const char *title,
                       const GOptionEntry *entries)
{
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (GOptionEntry));
  AnmOptionList *list = g_new0 (AnmOptionList, 1);

  for (; entries != NULL && entries->long_name != NULL; entries++)
    if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
      g_array_append_val (shown, *entries);
  list->name = name;
  list->title = title;
  list->n_entries = shown->len;
  list->entries = (GOptionEntry *) (gpointer) g_array_steal (shown, NULL);
  g_ptr_array_add (self->lists, list);
}

const GOptionEntry *
anm_command_shape_find (const AnmCommandShape *self,
                        const char *option)
{
  for (guint i = 0; i < self->lists->len; i++)
    {
      const AnmOptionList *list = g_ptr_array_index (self->lists, i);

      for (guint k = 0; k < list->n_entries; k++)
        if (strcmp (list->entries[k].long_name, option) == 0)
          return &list->entries[k];
    }
  return NULL;
}

gboolean
anm_command_shape_has (const AnmCommandShape *self,
                       const char *name)
{
  for (guint i = 0; i < self->lists->len; i++)
    if (strcmp (((AnmOptionList *) g_ptr_array_index (self->lists, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}
