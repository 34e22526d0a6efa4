/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/schedule.h"

#include "engine/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>

void
anm_plateau_init (AnmPlateau *self)
{
  *self = (AnmPlateau){ .multiplier = 1.0, .best = INFINITY };
}

/**
 * anm_schedule_spans_run:
 *
 * Returns: whether the schedule is laid over the whole run, so that its rates
 *   depend on the number of epochs
 */
gboolean
anm_schedule_spans_run (const AnmSchedule *self)
{
  return (self->kind == ANM_SCHEDULE_COSINE || self->kind == ANM_SCHEDULE_ONE_CYCLE) && self->epochs == 0.0;
}

/* From @from to @to along half a cosine, @share of the way. */
static double
ease (double from, double to, double share)
{
  return to + (from - to) * (1.0 + cos (G_PI * CLAMP (share, 0.0, 1.0))) / 2.0;
}

/* Updates that a cosine or a cycle takes. */
static double
get_length (const AnmSchedule *self, const AnmScheduleClock *clock)
{
  double epochs = self->epochs > 0.0 ? self->epochs : clock->n_epochs - self->warmup;

  return MAX (epochs * clock->n_updates_per_epoch, 1.0);
}

/* PyTorch's OneCycleLR: the peak is update number rise N, counted from 1, and the end update N. */
static double
get_cycle_rate (const AnmSchedule *self, double learning_rate, double update, double length)
{
  double peak = self->rise * length - 1.0;
  double last = length - 1.0;
  double low = learning_rate / self->start;

  if (update <= peak)
    return ease (low, learning_rate, peak > 0.0 ? update / peak : 1.0);
  return ease (learning_rate, low / self->end, last > peak ? (update - peak) / (last - peak) : 1.0);
}

/**
 * anm_schedule_get_rate:
 * @learning_rate: that the schedule is applied to
 *
 * Returns: the learning rate of the next update
 */
double
anm_schedule_get_rate (const AnmSchedule *self, double learning_rate, const AnmScheduleClock *clock, const AnmPlateau *plateau)
{
  double warmup = self->warmup * clock->n_updates_per_epoch;
  double update = (double) clock->update - ceil (warmup);
  double every = self->every * clock->n_updates_per_epoch;

  if (update < 0.0)
    return learning_rate * MIN (((double) clock->update + 1.0) / warmup, 1.0);
  switch (self->kind)
    {
    case ANM_SCHEDULE_STEP:
      return MAX (learning_rate * pow (self->factor, floor (update / every)), self->minimum);
    case ANM_SCHEDULE_EXPONENTIAL:
      return MAX (learning_rate * pow (self->factor, update / every), self->minimum);
    case ANM_SCHEDULE_COSINE:
      return ease (learning_rate, self->minimum, update / get_length (self, clock));
    case ANM_SCHEDULE_ONE_CYCLE:
      return get_cycle_rate (self, learning_rate, update, get_length (self, clock));
    case ANM_SCHEDULE_PLATEAU:
      return MAX (learning_rate * plateau->multiplier, self->minimum);
    case ANM_SCHEDULE_CONSTANT:
    default:
      return learning_rate;
    }
}

/**
 * anm_plateau_observe:
 * @rate: of the epoch's last update
 * @loss: at the end of an epoch
 *
 * Moves a plateau schedule on by an epoch; does nothing for others.
 */
void
anm_plateau_observe (AnmPlateau *self, const AnmSchedule *schedule, double rate, double loss)
{
  if (schedule->kind != ANM_SCHEDULE_PLATEAU)
    return;
  if (self->cooldown > 0)
    {
      self->cooldown--;
      self->wait = 0;
    }
  if (loss < self->best - schedule->min_delta)
    {
      self->best = loss;
      self->wait = 0;
    }
  else if (self->cooldown == 0 && ++self->wait >= (guint64) schedule->patience && rate > schedule->minimum)
    {
      self->multiplier *= schedule->factor;
      self->cooldown = (guint64) schedule->cooldown;
      self->wait = 0;
    }
}

/* As text. Which arguments a kind has, and in which order they are written. */

typedef struct
{
  const char *name;
  gsize       offset;
  double      minimum;
  double      maximum;
  gboolean    open;    /* minimum and maximum themselves aren't allowed */
  gboolean    whole;
} Argument;

#define LONGEST 100000.0

#define ARGUMENT(member, low, high, ...) { #member, G_STRUCT_OFFSET (AnmSchedule, member), low, high, __VA_ARGS__ }

static const Argument arguments[] = {
  ARGUMENT (every, 0.0, LONGEST, .open = TRUE),
  ARGUMENT (factor, 0.0, 1.0, .open = TRUE),
  ARGUMENT (epochs, 0.0, LONGEST),
  ARGUMENT (rise, 0.0, 1.0, .open = TRUE),
  ARGUMENT (start, 1.0, 1e9),
  ARGUMENT (end, 1.0, 1e9),
  ARGUMENT (patience, 1.0, LONGEST, .whole = TRUE),
  ARGUMENT (min_delta, 0.0, 1e9),
  ARGUMENT (cooldown, 0.0, LONGEST, .whole = TRUE),
  ARGUMENT (minimum, 0.0, 1e9),
  ARGUMENT (warmup, 0.0, LONGEST),
};

typedef struct
{
  const char *word;
  const char *arguments; /* names with a blank after each */
  AnmSchedule defaults;
} Kind;

static const Kind kinds[] = {
  [ANM_SCHEDULE_CONSTANT] = { "constant", "warmup ", { ANM_SCHEDULE_CONSTANT } },
  [ANM_SCHEDULE_STEP] = { "step", "every factor minimum warmup ", { ANM_SCHEDULE_STEP, .every = 10.0, .factor = 0.1 } },
  [ANM_SCHEDULE_EXPONENTIAL] = { "exponential", "every factor minimum warmup ",
                                 { ANM_SCHEDULE_EXPONENTIAL, .every = 1.0, .factor = 0.96 } },
  [ANM_SCHEDULE_COSINE] = { "cosine", "epochs minimum warmup ", { ANM_SCHEDULE_COSINE } },
  [ANM_SCHEDULE_ONE_CYCLE] = { "one_cycle", "epochs rise start end ",
                               { ANM_SCHEDULE_ONE_CYCLE, .rise = 0.3, .start = 25.0, .end = 1e4 } },
  [ANM_SCHEDULE_PLATEAU] = { "plateau", "factor patience min_delta cooldown minimum warmup ",
                             { ANM_SCHEDULE_PLATEAU, .factor = 0.1, .patience = 10.0, .min_delta = 1e-4 } },
};

static gboolean
has_argument (AnmScheduleKind kind, const Argument *argument)
{
  g_autofree char *name = g_strconcat (argument->name, " ", NULL);
  const char *found = strstr (kinds[kind].arguments, name);

  return found != NULL && (found == kinds[kind].arguments || found[-1] == ' ');
}

static double
get_value (const AnmSchedule *self, const Argument *argument)
{
  return G_STRUCT_MEMBER (double, self, argument->offset);
}

void
anm_schedule_init (AnmSchedule *self, AnmScheduleKind kind)
{
  *self = kinds[kind].defaults;
}

/**
 * anm_schedule_equal:
 *
 * Returns: whether both give the same rates; what a kind doesn't look at may differ
 */
gboolean
anm_schedule_equal (const AnmSchedule *a, const AnmSchedule *b)
{
  if (a->kind != b->kind)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (has_argument (a->kind, &arguments[i]) && get_value (a, &arguments[i]) != get_value (b, &arguments[i]))
      return FALSE;
  return TRUE;
}

static gboolean
refuse (GError **error, char *message)
{
  g_set_error_literal (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_HYPERPARAMETER, message);
  g_free (message);
  return FALSE;
}

static gboolean
check_value (AnmScheduleKind kind, const Argument *argument, double value, GError **error)
{
  gboolean inside = argument->open ? value > argument->minimum && value < argument->maximum
                                   : value >= argument->minimum && value <= argument->maximum;

  if (inside && (!argument->whole || value == floor (value)))
    return TRUE;
  if (argument->whole)
    return refuse (error, g_strdup_printf (_("The schedule %s: %s is %g; it must be a whole number from %g to %g."),
                                           kinds[kind].word, argument->name, value, argument->minimum, argument->maximum));
  if (argument->open)
    return refuse (error, g_strdup_printf (_("The schedule %s: %s is %g; it must be more than %g and less than %g."),
                                           kinds[kind].word, argument->name, value, argument->minimum, argument->maximum));
  return refuse (error, g_strdup_printf (_("The schedule %s: %s is %g; it must be from %g to %g."),
                                         kinds[kind].word, argument->name, value, argument->minimum, argument->maximum));
}

/**
 * anm_schedule_validate:
 *
 * Returns: whether the kind is known and all its arguments are in range, else
 *   %ANM_ENGINE_ERROR_HYPERPARAMETER naming the argument
 */
gboolean
anm_schedule_validate (const AnmSchedule *self, GError **error)
{
  if ((guint) self->kind >= G_N_ELEMENTS (kinds))
    return refuse (error, g_strdup (_("The schedule isn't known; choose constant, step, exponential, cosine, one_cycle or plateau.")));
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (has_argument (self->kind, &arguments[i]) && !check_value (self->kind, &arguments[i], get_value (self, &arguments[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
refuse_argument (AnmScheduleKind kind, const char *found, GError **error)
{
  g_auto (GStrv) names = g_strsplit (kinds[kind].arguments, " ", -1);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; *names[i] != '\0'; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", names[i]);
  return refuse (error, g_strdup_printf (_("The schedule %s has no argument “%s”; it has: %s."), kinds[kind].word, found, known->str));
}

/* "name=value" */
static gboolean
parse_argument (AnmSchedule *self, char *text, GError **error)
{
  char *value = strchr (text, '=');
  double number;
  char *end;

  if (value == NULL)
    return refuse (error, g_strdup_printf (_("The schedule %s: “%s” isn't name=value."), kinds[self->kind].word, text));
  *value++ = '\0';
  g_strstrip (text);
  g_strstrip (value);
  number = g_ascii_strtod (value, &end);
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (strcmp (arguments[i].name, text) == 0 && has_argument (self->kind, &arguments[i]))
      {
        if (end == value || *end != '\0' || !isfinite (number))
          return refuse (error, g_strdup_printf (_("The schedule %s: %s is “%s”, which isn't a number."),
                                                 kinds[self->kind].word, text, value));
        G_STRUCT_MEMBER (double, self, arguments[i].offset) = number;
        return check_value (self->kind, &arguments[i], number, error);
      }
  return refuse_argument (self->kind, text, error);
}

/**
 * anm_schedule_parse:
 * @self: (out caller-allocates): overwritten unless the text is refused
 * @text: "NAME" or "NAME(argument=value, ...)", white space is free
 *
 * What isn't given has its default.
 *
 * Returns: whether the text is a schedule, else %ANM_ENGINE_ERROR_HYPERPARAMETER
 *   naming the argument and what is allowed
 */
gboolean
anm_schedule_parse (AnmSchedule *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "(", 2);
  AnmSchedule schedule = { .kind = G_MAXINT };

  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, g_strdup (_("The schedule’s text isn’t valid UTF-8.")));
  for (guint i = 0; parts[0] != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (g_strstrip (parts[0]), kinds[i].word) == 0)
      schedule = kinds[i].defaults;
  if ((guint) schedule.kind >= G_N_ELEMENTS (kinds))
    return refuse (error, g_strdup_printf (_("“%s” isn't a schedule; choose constant, step, exponential, cosine, one_cycle or plateau."),
                                           parts[0] != NULL ? parts[0] : ""));
  if (parts[1] != NULL)
    {
      char *close = strchr (parts[1], ')');
      g_auto (GStrv) words = NULL;

      if (close == NULL || *g_strstrip (close + 1) != '\0')
        return refuse (error, g_strdup_printf (_("The schedule “%s” must end with one closing bracket."), text));
      *close = '\0';
      words = g_strsplit (parts[1], ",", -1);
      for (guint i = 0; words[i] != NULL; i++)
        if ((*g_strstrip (words[i]) != '\0' || words[1] != NULL) && !parse_argument (&schedule, words[i], error))
          return FALSE;
    }
  *self = schedule;
  return TRUE;
}

/* The shortest text that reads back to the same number. */
static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 17; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (text, buffer);
}

/**
 * anm_schedule_to_text:
 *
 * Returns: (transfer full): the text that anm_schedule_parse() reads back to
 *   the same; arguments that have their default are left out
 */
char *
anm_schedule_to_text (const AnmSchedule *self)
{
  const Kind *kind = &kinds[self->kind];
  GString *text = g_string_new (kind->word);
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (has_argument (self->kind, &arguments[i]) && get_value (self, &arguments[i]) != get_value (&kind->defaults, &arguments[i]))
      {
        g_string_append_printf (text, "%s%s=", any ? ", " : "(", arguments[i].name);
        append_number (text, get_value (self, &arguments[i]));
        any = TRUE;
      }
  if (any)
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}
