/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/command-line.h"

#include <string.h>

#include "app/study/cohort-origin.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/=+"

void
anm_command_line_append (GString *command,
                         const char *option,
                         const char *text)
{
  g_autofree char *quoted = g_shell_quote (text);
  const gboolean plain = *text != '\0' && strspn (text, PLAIN) == strlen (text);

  g_string_append_printf (command, " %s%s%s", option, *option != '\0' ? " " : "", plain ? text : quoted);
}

/* The shortest text that reads back to the same number. */
static const char *
write_number (char *text,
              double number)
{
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.15g", number);
  return g_ascii_strtod (text, NULL) == number ? text : g_ascii_dtostr (text, G_ASCII_DTOSTR_BUF_SIZE, number);
}

static void
append_number (GString *command,
               const char *option,
               double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  anm_command_line_append (command, option, write_number (text, number));
}

void
anm_command_line_append_recipe (GString *command,
                                const AnmRecipe *recipe)
{
  g_autoptr (AnmRecipe) usual = anm_recipe_new ();
  g_autoptr (GString) columns = g_string_new (NULL), split = g_string_new (NULL);

  if (recipe->channels != NULL)
    {
      g_autofree char *channels = g_strjoinv (",", recipe->channels);

      anm_command_line_append (command, "--channels", channels);
    }
  g_string_append (columns, recipe->use_observed ? ",observed" : "");
  g_string_append (columns, recipe->use_gaps ? ",gaps" : "");
  g_string_append (columns, recipe->use_statics ? ",statics" : "");
  anm_command_line_append (command, "--columns", columns->len > 0 ? columns->str + 1 : "none");
  if (recipe->step > 0)
    append_number (command, "--step", recipe->step);
  if (recipe->window > 0)
    append_number (command, "--window", recipe->window);
  for (guint part = 0; part < ANM_N_PARTS; part++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (split, part > 0 ? ",%s" : "%s", write_number (text, recipe->split[part]));
    }
  anm_command_line_append (command, "--split", recipe->split_file != NULL ? recipe->split_file : split->str);
  if (recipe->split_seed != usual->split_seed)
    g_string_append_printf (command, " --split-seed %" G_GUINT64_FORMAT, recipe->split_seed);
}

/* Members that have an option of another form, or none. */
static const char *const apart[] = { "batch_size", "truncation_k1", "truncation_k2", "focal_balanced" };

static char *
make_option (const char *member)
{
  char *option;

  for (guint i = 0; i < G_N_ELEMENTS (apart); i++)
    if (strcmp (apart[i], member) == 0)
      return NULL;
  option = g_strconcat ("--", strcmp (member, "balanced_classes") == 0 ? "balanced" : member, NULL);
  return g_strdelimit (option, "_", '-');
}

static void
append_members (GString *command,
                const AnmHyperparameters *hyperparameters,
                const AnmHyperparameters *base)
{
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  for (guint i = 0; i < n_members; i++)
    {
      const AnmHyperparameterMember *member = &members[i];
      g_autofree char *option = make_option (member->name);

      if (option == NULL)
        continue;
      switch (member->kind)
        {
        case ANM_HYPERPARAMETER_COUNT:
          if (G_STRUCT_MEMBER (guint, hyperparameters, member->offset) != G_STRUCT_MEMBER (guint, base, member->offset))
            g_string_append_printf (command, " %s %u", option, G_STRUCT_MEMBER (guint, hyperparameters, member->offset));
          break;
        case ANM_HYPERPARAMETER_FLAG:
          if (G_STRUCT_MEMBER (gboolean, hyperparameters, member->offset) && !G_STRUCT_MEMBER (gboolean, base, member->offset))
            g_string_append_printf (command, " %s", option);
          break;
        case ANM_HYPERPARAMETER_REAL:
        default:
          if (G_STRUCT_MEMBER (double, hyperparameters, member->offset) != G_STRUCT_MEMBER (double, base, member->offset))
            append_number (command, option, G_STRUCT_MEMBER (double, hyperparameters, member->offset));
          break;
        }
    }
}

void
anm_command_line_append_hyperparameters (GString *command,
                                         const AnmHyperparameters *hyperparameters,
                                         const AnmHyperparameters *base)
{
  AnmHyperparameters usual = *base;
  g_autofree char *schedule = anm_schedule_to_text (&hyperparameters->schedule);
  g_autofree char *usual_schedule = NULL;

  if (hyperparameters->optimizer != base->optimizer)
    {
      anm_hyperparameters_set_optimizer (&usual, hyperparameters->optimizer);
      g_string_append_printf (command, " --optimizer %s", anm_optimizer_kind_to_string (hyperparameters->optimizer));
    }
  usual_schedule = anm_schedule_to_text (&usual.schedule);
  if (strcmp (schedule, usual_schedule) != 0)
    anm_command_line_append (command, "--schedule", schedule);
  if (hyperparameters->loss != usual.loss)
    g_string_append_printf (command, " --loss %s", anm_loss_kind_to_string (hyperparameters->loss));
  if (hyperparameters->batch_size == 0 && usual.batch_size != 0)
    g_string_append (command, " --batch-size all");
  else if (hyperparameters->batch_size != usual.batch_size)
    g_string_append_printf (command, " --batch-size %u", hyperparameters->batch_size);
  append_members (command, hyperparameters, &usual);
  for (guint k = 0; k < hyperparameters->n_class_weights; k++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (command, k > 0 ? ",%s" : " --class-weights %s",
                              write_number (text, hyperparameters->class_weights[k]));
    }
  if (hyperparameters->truncation_k1 != usual.truncation_k1 || hyperparameters->truncation_k2 != usual.truncation_k2)
    g_string_append_printf (command, " --truncate %u,%u", hyperparameters->truncation_k1, hyperparameters->truncation_k2);
  g_string_append_printf (command, " --seed %" G_GUINT64_FORMAT, hyperparameters->seed);
}

/* Every argument as it was given, and what the columns were said to mean. */
static void
append_source (GString *command,
               const char *source,
               const char *origin)
{
  g_autofree char *roles = NULL;
  g_auto (GStrv) arguments = anm_cohort_origin_get_arguments (origin, &roles);

  if (arguments == NULL && (source == NULL || !g_shell_parse_argv (source, NULL, &arguments, NULL)))
    {
      anm_command_line_append (command, "", source != NULL ? source : "SOURCE");
      return;
    }
  for (guint i = 0; arguments[i] != NULL; i++)
    anm_command_line_append (command, "", arguments[i]);
  if (roles != NULL)
    anm_command_line_append (command, "--roles", roles);
}

char *
anm_command_line_train (const char *source,
                        const char *origin,
                        const char *network,
                        const AnmRecipe *recipe,
                        const char *weights,
                        const char *layout,
                        const AnmHyperparameters *hyperparameters)
{
  GString *command = g_string_new ("anamnesis-cli train");
  AnmHyperparameters base;

  anm_hyperparameters_init (&base, ANM_OPTIMIZER_ADAM);
  append_source (command, source, origin);
  anm_command_line_append (command, "--network", network);
  if (recipe != NULL)
    anm_command_line_append_recipe (command, recipe);
  if (weights != NULL)
    anm_command_line_append (command, "--weights", weights);
  if (weights != NULL && layout != NULL)
    anm_command_line_append (command, "--layout", layout);
  anm_command_line_append_hyperparameters (command, hyperparameters, &base);
  return g_string_free (command, FALSE);
}
