/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/exhibits/trajectories.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/exhibits/data-words.h"
#include "app/exhibits/patient-words.h"
#include "app/exhibits/training-curves.h"
#include "widgets/figures/number.h"
#include "widgets/figures/trajectories.h"

/* As many groups as there are hues. */
#define MOST_GROUPS 6

char **
anm_trajectories_list_fields (const AnmCohort *cohort)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (cohort->target.shape.kind != ANM_TARGET_NONE && !cohort->target.shape.per_step)
    g_strv_builder_add (names, ANM_TRAJECTORIES_BY_OUTCOME);
  for (guint i = 0; i < cohort->n_statics; i++)
    g_strv_builder_add (names, cohort->statics[i].name);
  return g_strv_builder_end (names);
}

/* How tracks are coloured: by groups, or by a number. */
typedef struct
{
  guint         n_groups;
  AnmTrackGroup groups[MOST_GROUPS];
  char         *value_label;
  double        low, high;
} Colouring;

static void
colouring_clear (Colouring *self)
{
  g_free (self->value_label);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Colouring, colouring_clear)

static void
add_groups (Colouring *self,
            char **words)
{
  guint n = g_strv_length (words);

  self->n_groups = MIN (n, MOST_GROUPS);
  for (guint i = 0; i < self->n_groups; i++)
    {
      self->groups[i].label = i + 1 == MOST_GROUPS && n > MOST_GROUPS ? _("others") : anm_data_word (words[i]);
      self->groups[i].colour = n == 2 ? (i == 0 ? ANM_COLOUR_NO_EVENT : ANM_COLOUR_EVENT) : ANM_COLOUR_RUN_FIRST + i;
    }
}

static int
find_static (const AnmCohort *cohort,
             const char *name)
{
  for (guint i = 0; i < cohort->n_statics; i++)
    if (g_strcmp0 (cohort->statics[i].name, name) == 0)
      return (int) i;
  return -1;
}

static double
get_static (const AnmCohort *cohort,
            guint32 patient,
            int field)
{
  return (double) cohort->static_values[(gsize) patient * cohort->n_statics + (gsize) field];
}

static double
get_outcome (const AnmCohort *cohort,
             guint32 patient)
{
  guint width = anm_sequences_get_target_width (&cohort->target.shape);

  return cohort->targets != NULL && width > 0 && !cohort->target.shape.per_step ? (double) cohort->targets[(gsize) patient * width] : NAN;
}

/* The middle nine tenths of what occurs, so that one odd number doesn't take all the colours. */
static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
set_range (Colouring *self,
           const AnmTrack *tracks,
           gsize n)
{
  g_autofree double *values = g_new (double, MAX (n, 1));
  gsize n_known = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (tracks[i].value))
      values[n_known++] = tracks[i].value;
  qsort (values, n_known, sizeof *values, compare_doubles);
  self->low = n_known > 0 ? values[(gsize) (0.05 * (double) (n_known - 1))] : 0;
  self->high = n_known > 0 ? values[(gsize) ceil (0.95 * (double) (n_known - 1))] : 1;
}

/* Groups, values and words of all tracks. */
static void
colour_tracks (Colouring *self,
               const AnmCohort *cohort,
               const AnmTrajectoryLook *look,
               const char *by,
               AnmTrack *tracks)
{
  const AnmTarget *target = &cohort->target;
  gboolean by_outcome = by == NULL || g_str_equal (by, ANM_TRAJECTORIES_BY_OUTCOME);
  int field = by_outcome ? -1 : find_static (cohort, by);
  gboolean by_class = by_outcome && target->classes != NULL && (target->shape.kind == ANM_TARGET_BINARY || target->shape.kind == ANM_TARGET_CLASSES);
  gboolean by_category = field >= 0 && cohort->statics[field].kind == ANM_FIELD_CATEGORICAL;

  if (by_class)
    add_groups (self, target->classes);
  else if (by_category)
    add_groups (self, cohort->statics[field].categories);
  else if (field >= 0)
    {
      const char *unit = anm_field_get_unit (&cohort->statics[field]);
      /* Translators: a field and its unit. */
      self->value_label = *unit != '\0' ? g_strdup_printf (C_("field", "%s, %s"), anm_field_get_label (&cohort->statics[field]), unit)
                                        : g_strdup (anm_field_get_label (&cohort->statics[field]));
    }
  else if (by_outcome && target->shape.kind != ANM_TARGET_NONE)
    self->value_label = g_strdup (anm_data_word (target->label != NULL ? target->label : target->name));

  for (gsize i = 0; i < look->n_ways; i++)
    {
      guint32 patient = look->ways[i].patient;
      double value = field >= 0 ? get_static (cohort, patient, field) : by_outcome ? get_outcome (cohort, patient) : NAN;

      tracks[i].group = self->n_groups > 0 && isfinite (value) ? MIN ((int) value, (int) self->n_groups - 1) : -1;
      tracks[i].value = value;
    }
  if (self->value_label != NULL)
    set_range (self, tracks, look->n_ways);
}

static AnmTrack
make_track (const AnmTrajectoryLook *look,
            gsize i)
{
  const AnmTrajectoryWay *way = &look->ways[i];

  /* A step stands at its end, as in the other figures. */
  return (AnmTrack){ .name = look->sample->cohort->ids[way->patient], .group = -1, .value = NAN, .first_time = way->first_time + look->time_step,
                     .n_points = way->n_steps, .x = way->x, .y = way->y };
}

static char *
write_share (guint component,
             double share,
             gboolean in_full)
{
  g_autofree char *words = isnan (share) ? g_strdup ("–") : anm_number_format_share (share);

  /* Translators: number of a principal component, and its share: "PC 1, 77 % of variance". */
  return in_full ? g_strdup_printf (_("PC %u, %s of variance"), component, words) : g_strdup_printf (_("PC %u, %s"), component, words);
}

/* How far apart the ends of two groups lie, in their own spread: d' along the line between their means. */
static char *
describe_ends (const AnmTrajectoryLook *look,
               const AnmTrack *tracks,
               const Colouring *colouring)
{
  double sum[2][2] = { { 0 } }, squares = 0, distance;
  guint n[2] = { 0 };
  double both = look->explained[0] + (isnan (look->explained[1]) ? 0 : look->explained[1]);
  g_autofree char *share = anm_number_format_share (both);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _("Two components hold %s of the variance."), share);
  for (gsize i = 0; i < look->n_ways && colouring->n_groups == 2; i++)
    if (tracks[i].group >= 0 && tracks[i].n_points > 0)
      {
        sum[tracks[i].group][0] += (double) tracks[i].x[tracks[i].n_points - 1];
        sum[tracks[i].group][1] += (double) tracks[i].y[tracks[i].n_points - 1];
        n[tracks[i].group]++;
      }
  if (n[0] < 5 || n[1] < 5)
    return g_string_free (text, FALSE);

  for (gsize i = 0; i < look->n_ways; i++)
    if (tracks[i].group >= 0 && tracks[i].n_points > 0)
      {
        int g = tracks[i].group;
        double dx = (double) tracks[i].x[tracks[i].n_points - 1] - sum[g][0] / n[g], dy = (double) tracks[i].y[tracks[i].n_points - 1] - sum[g][1] / n[g];
        squares += dx * dx + dy * dy;
      }
  distance = hypot (sum[0][0] / n[0] - sum[1][0] / n[1], sum[0][1] / n[0] - sum[1][1] / n[1]) / sqrt (squares / (n[0] + n[1] - 2));
  if (!isfinite (distance))
    return g_string_free (text, FALSE);

  g_autofree char *apart = anm_number_format (distance, 2);
  g_string_append_c (text, ' ');
  /* Translators: two groups, "survived" and "died"; a number. */
  g_string_append_printf (text, _("“%s” and “%s” end %s standard deviations apart."), colouring->groups[0].label, colouring->groups[1].label, apart);
  return g_string_free (text, FALSE);
}

static int
find_way (const AnmTrajectoryLook *look,
          gssize patient)
{
  for (gsize i = 0; i < look->n_ways; i++)
    if (patient >= 0 && look->ways[i].patient == (guint32) patient)
      return (int) i;
  return -1;
}

AnmFigure *
anm_trajectories_exhibit_new (const AnmNetwork *network,
                              const AnmTrajectoryLook *look,
                              const char *by,
                              gssize patient,
                              const guint8 *selected,
                              guint epoch,
                              const char *lack)
{
  if (look == NULL)
    return anm_trajectories_new (&(AnmTrajectories){ .title = _("Hidden trajectories"), .finding = lack, .empty_text = lack,
                                                     .x_min = NAN, .x_max = NAN, .y_min = NAN, .y_max = NAN });

  const AnmCohort *cohort = look->sample->cohort;
  g_autofree AnmTrack *tracks = g_new0 (AnmTrack, MAX (look->n_ways, 1));
  g_autofree guint8 *own_selected = selected != NULL ? g_new0 (guint8, MAX (look->n_ways, 1)) : NULL;
  g_auto (Colouring) colouring = { 0 };

  for (gsize i = 0; i < look->n_ways; i++)
    {
      tracks[i] = make_track (look, i);
      if (selected != NULL)
        own_selected[i] = selected[look->ways[i].patient];
    }
  colour_tracks (&colouring, cohort, look, by, tracks);

  g_autofree char *layer = anm_layer_get_title (network, look->layer);
  g_autofree char *n_patients = anm_number_format_count ((gint64) look->sample->n);
  /* Translators: how many; a layer; an epoch. */
  g_autofree char *caption = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s validation patient, h of %s, epoch %u, two components",
                                                           "%s validation patients, h of %s, epoch %u, two components", look->sample->n),
                                              n_patients, layer, epoch);
  g_autofree char *x_label = write_share (1, look->explained[0], TRUE);
  g_autofree char *y_label = write_share (2, look->explained[1], FALSE);
  g_autofree char *finding = describe_ends (look, tracks, &colouring);

  return anm_trajectories_new (&(AnmTrajectories){
    .title = _("Hidden trajectories"),
    .caption = caption,
    .finding = finding,
    .x_label = x_label,
    .y_label = y_label,
    .n_tracks = (guint) look->n_ways,
    .tracks = tracks,
    .n_groups = colouring.n_groups,
    .groups = colouring.groups,
    .value_label = colouring.value_label,
    .value_low = colouring.low,
    .value_high = colouring.high,
    .time_step = look->time_step,
    .time_unit = cohort->time_unit,
    .chosen = find_way (look, patient),
    .selected = own_selected,
    .x_min = NAN,
    .x_max = NAN,
    .y_min = NAN,
    .y_max = NAN,
    .empty_text = _("No patient has a hidden state to draw."),
  });
}

AnmFigure *
anm_trajectory_overlay_new (const AnmTrajectoryLook *look,
                            const AnmFigure *figure,
                            guint way)
{
  AnmTrack track = make_track (look, way);
  double x_min, x_max, y_min, y_max;

  anm_trajectories_get_ranges (figure, &x_min, &x_max, &y_min, &y_max);
  /* As high as the figure's own words, which are there already. */
  return anm_trajectories_new (&(AnmTrajectories){
    .title = " ",
    .caption = " ",
    .n_tracks = 1,
    .tracks = &track,
    .value_label = "",
    .time_step = look->time_step,
    .time_unit = look->sample->cohort->time_unit,
    .chosen = 0,
    .x_min = x_min,
    .x_max = x_max,
    .y_min = y_min,
    .y_max = y_max,
    .bare = TRUE,
  });
}
