/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/sample-makers.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/cohort-builder.h"

/*
 * Intensive care stays of 48 hours, of which some deteriorate.
 *
 * Latent severity s(t), in units of its spread between patients at admission,
 * follows a patient's course m(t) as an Ornstein-Uhlenbeck process,
 *   ds = (m - s) / tau dt + sigma dW,   tau = 4 h, sigma = 0.12 / sqrt h,
 * with m falling slowly in those who recover, and rising from a random hour on
 * towards a plateau, m = s_0 + a (1 - exp(-(t - onset) / 10 h)), in those who
 * deteriorate. Each organ o is struck by w_o s(t) plus its own process of the
 * same kind (tau = 18 h). Euler-Maruyama, steps of a quarter of an hour.
 *
 * Physiology, from the organs:
 *   Temp      T = 36.9 + 0.25 sin(2 pi (clock - 10 h) / 24 h) + 0.5 softplus(inflammation)
 *   MAP       falls with circulation; vasopressors hold it up, softly, near 58 mmHg
 *   HR        8.5 bpm per degree (Karjalainen and Viitasalo, Archives of Internal
 *             Medicine 146:1169, 1986) and 0.5 bpm per mmHg below the patient's own MAP
 *             (baroreflex), the latter halved under beta blockers
 *   PaO2      falls exponentially with the lungs; SpO2 = 100 / (23400 / (p^3 + 150 p) + 1)
 *             (Severinghaus, Journal of Applied Physiology 46:599, 1979)
 *   RR        rises with the lungs, fever, and lactate over 2 mmol/L
 *   Lactate   dL/dt = production - k L; production grows as MAP falls below 66 mmHg,
 *             k = ln 2 / 1 h falls with the liver (first-order clearance)
 *   GFR       f = 1 / (1 + exp(1.4 (kidneys - 1.6))) of normal, and of MAP about 58 mmHg
 *   Creat     dC/dt = (G - CL f C) / V, one compartment, CL = 6 L/h, V = 0.6 L/kg
 *             (Moran and Myers, Kidney International 27:928, 1985)
 *   Urine     1 mL/kg/h times f
 *   Bilirubin, platelets: their logarithms follow the liver (30 h) and inflammation (48 h)
 *   GCS       15 - 2.2 softplus(1.6 (brain - 1.2))
 *
 * What is measured: bedside monitors are written down once an hour, minus
 * what is forgotten and outages of two to four hours; temperature and coma score
 * every four hours; blood is drawn at a rate that grows with severity, so that being
 * measured is itself a sign. Values carry measurement noise, are rounded as
 * on a chart, and hold a few artefacts (probe off, line flushed).
 *
 * Outcome: P(died) is logistic in severity over the last 8 h, mean severity,
 * age, and the time spent with MAP under 65 mmHg (which harms: Maheshwari
 * et al., Intensive Care Medicine 44:857, 2018); the constant is set so that
 * about 12 % die. All coefficients without a source are the author's, chosen
 * for plausible charts. Nothing here describes real patients.
 */

#define HOURS 48
#define STEPS_PER_HOUR 4
#define N_STEPS (HOURS * STEPS_PER_HOUR)
#define DT (1.0 / STEPS_PER_HOUR)

typedef enum
{
  CHANNEL_HR,
  CHANNEL_MAP,
  CHANNEL_RR,
  CHANNEL_SPO2,
  CHANNEL_TEMP,
  CHANNEL_LACTATE,
  CHANNEL_CREATININE,
  CHANNEL_GCS,
  CHANNEL_URINE,
  CHANNEL_PAO2,
  CHANNEL_BILIRUBIN,
  CHANNEL_PLATELETS,
  N_CHANNELS,
} Channel;

typedef enum
{
  ORGAN_CIRCULATION,
  ORGAN_LUNGS,
  ORGAN_KIDNEYS,
  ORGAN_BRAIN,
  ORGAN_LIVER,
  ORGAN_INFLAMMATION,
  N_ORGANS,
} Organ;

typedef struct
{
  const char *name, *label, *unit;
  double plausible_low, plausible_high, normal_low, normal_high;
  double noise;    /* of one measurement, standard deviation */
  double rounding; /* as on a chart */
  double per_hour; /* laboratory values: mean draws an hour; 0 = at the bedside */
} ChannelModel;

static const ChannelModel channel_models[N_CHANNELS] = {
  [CHANNEL_HR] = { "HR", N_("Heart rate"), "bpm", 20, 250, 60, 100, 3, 1, 0 },
  [CHANNEL_MAP] = { "MAP", N_("Mean arterial pressure"), "mmHg", 20, 180, 70, 105, 3.5, 1, 0 },
  [CHANNEL_RR] = { "RR", N_("Respiratory rate"), "/min", 3, 60, 12, 20, 1.6, 1, 0 },
  [CHANNEL_SPO2] = { "SpO2", N_("Oxygen saturation"), "%", 50, 100, 94, 100, 0.9, 1, 0 },
  [CHANNEL_TEMP] = { "Temp", N_("Temperature"), "°C", 30, 43, 36.1, 37.8, 0.15, 0.1, 0 },
  [CHANNEL_LACTATE] = { "Lactate", N_("Lactate"), "mmol/L", 0.1, 30, 0.5, 2, 0.15, 0.1, 0.14 },
  [CHANNEL_CREATININE] = { "Creat", N_("Creatinine"), "µmol/L", 10, 2000, 60, 110, 4, 1, 0.08 },
  [CHANNEL_GCS] = { "GCS", N_("Glasgow coma score"), N_("points"), 3, 15, 15, 15, 0.3, 1, 0 },
  [CHANNEL_URINE] = { "Urine", N_("Urine output"), "mL/h", 0, 1500, 35, 120, 0, 5, 0 },
  [CHANNEL_PAO2] = { "PaO2", N_("Arterial oxygen pressure"), "mmHg", 20, 600, 75, 100, 4, 1, 0.055 },
  [CHANNEL_BILIRUBIN] = { "Bilirubin", N_("Bilirubin"), "µmol/L", 1, 1000, 3, 21, 1, 1, 0.035 },
  [CHANNEL_PLATELETS] = { "Platelets", N_("Platelets"), "10⁹/L", 1, 1500, 150, 400, 10, 1, 0.045 },
};

/* How hard severity strikes each organ. */
static const double organ_weights[N_ORGANS] = { 1.0, 0.9, 0.8, 0.7, 0.5, 0.8 };

typedef enum
{
  UNIT_MEDICAL,
  UNIT_SURGICAL,
  UNIT_CARDIAC,
  UNIT_NEUROLOGICAL,
  N_UNITS,
} Unit;

static const char *const unit_names[N_UNITS] = { N_("medical"), N_("surgical"), N_("cardiac"), N_("neurological") };
static const double unit_severity[N_UNITS] = { 0.25, 0, -0.35, 0.1 };

typedef struct
{
  double   age;
  gboolean woman;
  Unit     unit;
  double   weight;
  double   admission; /* hour of the day */
  double   own_hr, own_map, own_creatinine, own_platelets;
  gboolean beta_blocker;
} Person;

typedef struct
{
  double severity[N_STEPS];
  double organs[N_STEPS][N_ORGANS];
  double physiology[N_STEPS][N_CHANNELS];
} Stay;

static double
softplus (double x)
{
  return x > 30 ? x : log1p (exp (x));
}

static double
logistic (double x)
{
  return 1 / (1 + exp (-x));
}

static Person
draw_person (AnmDraws *draws)
{
  Person person;
  double unit = anm_draw_uniform (draws, 0, 1);

  person.age = CLAMP (round (anm_draw_normal (draws, 64, 16)), 18, 95);
  person.woman = anm_draw_chance (draws, 0.45);
  person.unit = unit < 0.4 ? UNIT_MEDICAL : unit < 0.7 ? UNIT_SURGICAL : unit < 0.9 ? UNIT_CARDIAC : UNIT_NEUROLOGICAL;
  person.weight = CLAMP (anm_draw_normal (draws, person.woman ? 70 : 83, 14), 40, 160);
  person.admission = anm_draw_uniform (draws, 0, 24);
  person.own_hr = anm_draw_normal (draws, 78, 9);
  person.own_map = anm_draw_normal (draws, 84, 8);
  person.own_creatinine = exp (anm_draw_normal (draws, log (person.woman ? 68 : 80), 0.2));
  person.own_platelets = exp (anm_draw_normal (draws, log (230), 0.3));
  person.beta_blocker = anm_draw_chance (draws, person.unit == UNIT_CARDIAC ? 0.6 : 0.2);
  return person;
}

static void
simulate_severity (Stay *stay,
                   const Person *person,
                   AnmDraws *draws)
{
  double start = anm_draw_normal (draws, unit_severity[person->unit], 0.8) + 0.25 * (person->age - 64) / 16;
  gboolean deteriorates = anm_draw_chance (draws, logistic (-1.9 + 1.1 * start));
  double onset = anm_draw_uniform (draws, 2, 38);
  double rise = anm_draw_uniform (draws, 1, 3);
  double recovery = anm_draw_uniform (draws, 0, 0.9);
  double severity = start;
  double organs[N_ORGANS];

  for (guint o = 0; o < N_ORGANS; o++)
    organs[o] = anm_draw_normal (draws, 0, 0.6);

  for (guint t = 0; t < N_STEPS; t++)
    {
      double hour = t * DT;
      double course = start - recovery * hour / HOURS;

      if (deteriorates)
        course = start + (hour > onset ? rise * (1 - exp (-(hour - onset) / 10)) : 0);
      severity += (course - severity) / 4 * DT + anm_draw_normal (draws, 0, 0.12 * sqrt (DT));
      stay->severity[t] = severity;
      for (guint o = 0; o < N_ORGANS; o++)
        {
          organs[o] += -organs[o] / 18 * DT + anm_draw_normal (draws, 0, 0.6 * sqrt (2.0 / 18 * DT));
          stay->organs[t][o] = organ_weights[o] * severity + organs[o];
        }
    }
}

/* What follows the organs at once. */
static void
simulate_vital_signs (Stay *stay,
                      const Person *person,
                      guint t)
{
  const double *organs = stay->organs[t];
  double *now = stay->physiology[t];
  double clock = person->admission + t * DT;
  double map = person->own_map - 7 * organs[ORGAN_CIRCULATION] - 2 * organs[ORGAN_INFLAMMATION];
  double oxygen;

  now[CHANNEL_TEMP] = 36.9 + 0.25 * sin (2 * G_PI * (clock - 10) / 24) + 0.5 * (softplus (organs[ORGAN_INFLAMMATION]) - 0.7);
  now[CHANNEL_MAP] = 56 + 7 * softplus ((map - 56) / 7);
  now[CHANNEL_HR] = person->own_hr + 8.5 * (now[CHANNEL_TEMP] - 36.9) + 4 * organs[ORGAN_CIRCULATION] + (person->beta_blocker ? 0.25 : 0.5) * fmax (person->own_map - now[CHANNEL_MAP], 0);
  oxygen = CLAMP (92 * exp (-0.16 * organs[ORGAN_LUNGS]), 38, 180);
  now[CHANNEL_PAO2] = oxygen;
  now[CHANNEL_SPO2] = 100 / (23400 / (oxygen * oxygen * oxygen + 150 * oxygen) + 1);
  now[CHANNEL_GCS] = 15 - 2.2 * softplus (1.6 * (organs[ORGAN_BRAIN] - 1.2 + (person->unit == UNIT_NEUROLOGICAL ? 0.7 : 0)));
}

/* What accumulates: lactate, creatinine, bilirubin, platelets; and what hangs on these. */
static void
simulate_chemistry (Stay *stay,
                    const Person *person)
{
  double clearance = 6;
  double volume = 0.6 * person->weight;
  double lactate = 0, creatinine = 0, log_bilirubin = 0, log_platelets = 0;

  for (guint t = 0; t < N_STEPS; t++)
    {
      const double *organs = stay->organs[t];
      double *now = stay->physiology[t];
      double removal = M_LN2 / (1 + 0.5 * softplus (organs[ORGAN_LIVER]));
      double production = 0.55 * (1 + 0.9 * softplus ((66 - now[CHANNEL_MAP]) / 4) + 0.2 * softplus (organs[ORGAN_CIRCULATION]));
      double filtration = logistic (1.4 * (1.6 - organs[ORGAN_KIDNEYS])) * logistic ((now[CHANNEL_MAP] - 56) / 5);
      double bilirubin_goal = log (11) + 0.55 * organs[ORGAN_LIVER];
      double platelets_goal = log (person->own_platelets) - 0.25 * organs[ORGAN_INFLAMMATION];

      if (t == 0)
        {
          lactate = production / removal;
          creatinine = person->own_creatinine / sqrt (fmax (filtration, 0.15));
          log_bilirubin = bilirubin_goal;
          log_platelets = platelets_goal;
        }
      lactate += (production - removal * lactate) * DT;
      creatinine += clearance * (person->own_creatinine - filtration * creatinine) / volume * DT;
      log_bilirubin += (bilirubin_goal - log_bilirubin) / 30 * DT;
      log_platelets += (platelets_goal - log_platelets) / 48 * DT;

      now[CHANNEL_LACTATE] = lactate;
      now[CHANNEL_CREATININE] = creatinine;
      now[CHANNEL_BILIRUBIN] = exp (log_bilirubin);
      now[CHANNEL_PLATELETS] = exp (log_platelets);
      now[CHANNEL_URINE] = person->weight * filtration;
      now[CHANNEL_RR] = 16 + 1.8 * organs[ORGAN_LUNGS] + 1.2 * fmax (lactate - 2, 0) + 1.2 * (now[CHANNEL_TEMP] - 36.9);
    }
}

static double
draw_reading (const Stay *stay,
              Channel channel,
              double hour,
              AnmDraws *draws)
{
  const ChannelModel *model = &channel_models[channel];
  guint t = MIN ((guint) (hour * STEPS_PER_HOUR), N_STEPS - 1);
  double reading = anm_draw_normal (draws, stay->physiology[t][channel], model->noise);

  if (channel == CHANNEL_URINE)
    reading *= exp (anm_draw_normal (draws, 0, 0.35));
  if (channel == CHANNEL_SPO2 && anm_draw_chance (draws, 0.003))
    reading = anm_draw_uniform (draws, 52, 75);
  if (channel == CHANNEL_MAP && anm_draw_chance (draws, 0.002))
    reading = anm_draw_uniform (draws, 150, 250);

  reading = round (reading / model->rounding) * model->rounding;
  if (channel == CHANNEL_GCS || channel == CHANNEL_SPO2)
    reading = MIN (reading, model->plausible_high);
  return MAX (reading, model->plausible_low);
}

static void
chart (AnmCohortBuilder *builder,
       gsize patient,
       const Stay *stay,
       Channel channel,
       double hour,
       AnmDraws *draws)
{
  double minutes = round (hour * 60);

  anm_cohort_builder_add_value (builder, patient, channel, minutes, (float) draw_reading (stay, channel, minutes / 60, draws));
}

/* Hourly, at about the same minute, minus what is forgotten and outages. */
static void
chart_bedside (AnmCohortBuilder *builder,
               gsize patient,
               const Stay *stay,
               AnmDraws *draws)
{
  double round_minute = anm_draw_uniform (draws, 8, 48);
  gboolean has_outage = anm_draw_chance (draws, 0.3);
  double outage_begin = anm_draw_uniform (draws, 3, 44);
  double outage_end = has_outage ? outage_begin + anm_draw_uniform (draws, 2, 4) : outage_begin;
  guint every_four = (guint) anm_draw_uniform (draws, 0, 4);

  for (guint h = 0; h < HOURS; h++)
    {
      double hour = h + CLAMP (anm_draw_normal (draws, round_minute, 3), 0, 58) / 60;
      gboolean monitored = !(hour >= outage_begin && hour < outage_end);
      gboolean fourth = h % 4 == every_four;

      if (monitored && anm_draw_chance (draws, 0.955))
        chart (builder, patient, stay, CHANNEL_HR, hour, draws);
      if (monitored && anm_draw_chance (draws, 0.945))
        chart (builder, patient, stay, CHANNEL_MAP, hour, draws);
      if (monitored && anm_draw_chance (draws, 0.925))
        chart (builder, patient, stay, CHANNEL_RR, hour, draws);
      if (monitored && anm_draw_chance (draws, 0.935))
        chart (builder, patient, stay, CHANNEL_SPO2, hour, draws);
      if (anm_draw_chance (draws, 0.89))
        chart (builder, patient, stay, CHANNEL_URINE, hour, draws);
      if (anm_draw_chance (draws, fourth ? 0.9 : 0.02))
        chart (builder, patient, stay, CHANNEL_TEMP, hour, draws);
      if (anm_draw_chance (draws, fourth ? 0.9 : 0.02))
        chart (builder, patient, stay, CHANNEL_GCS, hour, draws);
    }
}

/* One draw of blood serves several analyses; the worse, the more often; most in the early morning. */
static void
chart_laboratory (AnmCohortBuilder *builder,
                  gsize patient,
                  const Person *person,
                  const Stay *stay,
                  AnmDraws *draws)
{
  for (guint h = 0; h < HOURS; h++)
    {
      double hour = h + anm_draw_uniform (draws, 0, 0.98);
      double clock = fmod (person->admission + hour, 24);
      double urgency = exp (0.35 * stay->severity[h * STEPS_PER_HOUR]) * (clock >= 4 && clock < 7 ? 2.5 : 0.75);

      for (guint c = 0; c < N_CHANNELS; c++)
        if (channel_models[c].per_hour > 0 && anm_draw_chance (draws, channel_models[c].per_hour * urgency))
          chart (builder, patient, stay, (Channel) c, hour, draws);
    }
}

static double
get_risk (const Stay *stay,
          const Person *person)
{
  double mean = 0, last = 0, low_pressure = 0;

  for (guint t = 0; t < N_STEPS; t++)
    {
      mean += stay->severity[t] / N_STEPS;
      if (t >= N_STEPS - 8 * STEPS_PER_HOUR)
        last += stay->severity[t] / (8 * STEPS_PER_HOUR);
      low_pressure += stay->physiology[t][CHANNEL_MAP] < 65 ? DT : 0;
    }
  return logistic (-3.3 + 1.05 * last + 0.25 * mean + 0.55 * (person->age - 64) / 16 + 0.03 * low_pressure);
}

static void
add_stay (AnmCohortBuilder *builder,
          gsize number,
          guint64 seed)
{
  AnmDraws draws = { seed, number, 0 };
  g_autofree Stay *stay = g_new (Stay, 1);
  g_autofree char *id = g_strdup_printf ("%zu", number + 1001);
  gsize patient = anm_cohort_builder_add_patient (builder, id, strlen (id));
  Person person = draw_person (&draws);

  simulate_severity (stay, &person, &draws);
  for (guint t = 0; t < N_STEPS; t++)
    simulate_vital_signs (stay, &person, t);
  simulate_chemistry (stay, &person);

  chart_bedside (builder, patient, stay, &draws);
  chart_laboratory (builder, patient, &person, stay, &draws);
  anm_cohort_builder_set_static (builder, patient, 0, (float) person.age);
  anm_cohort_builder_set_static (builder, patient, 1, person.woman ? 0 : 1);
  anm_cohort_builder_set_static (builder, patient, 2, (float) person.unit);
  anm_cohort_builder_set_outcome (builder, patient, anm_draw_chance (&draws, get_risk (stay, &person)) ? 1 : 0);
}

static void
describe_fields (AnmCohortBuilder *builder)
{
  AnmField *field;

  for (guint c = 0; c < N_CHANNELS; c++)
    {
      const ChannelModel *model = &channel_models[c];

      field = anm_cohort_builder_get_channel (builder, anm_cohort_builder_add_channel (builder, model->name));
      anm_field_set_text (&field->label, model->label);
      anm_field_set_text (&field->unit, model->unit);
      field->plausible_low = model->plausible_low;
      field->plausible_high = model->plausible_high;
      field->normal_low = model->normal_low;
      field->normal_high = model->normal_high;
    }

  field = anm_cohort_builder_get_static (builder, anm_cohort_builder_add_static (builder, "Age"));
  anm_field_set_text (&field->label, N_("Age"));
  anm_field_set_text (&field->unit, N_("years"));
  field->plausible_low = 0;
  field->plausible_high = 120;

  field = anm_cohort_builder_get_static (builder, anm_cohort_builder_add_static (builder, "Sex"));
  anm_field_set_text (&field->label, N_("Sex"));
  field->kind = ANM_FIELD_CATEGORICAL;
  anm_field_add_category (field, N_("female"));
  anm_field_add_category (field, N_("male"));

  field = anm_cohort_builder_get_static (builder, anm_cohort_builder_add_static (builder, "Unit"));
  anm_field_set_text (&field->label, N_("Intensive care unit"));
  field->kind = ANM_FIELD_CATEGORICAL;
  for (guint u = 0; u < N_UNITS; u++)
    anm_field_add_category (field, unit_names[u]);
}

AnmCohort *
anm_sample_make_icu (const double *options)
{
  static const char *const classes[] = { N_("survived"), N_("died"), NULL };
  g_autoptr (AnmCohortBuilder) builder = anm_cohort_builder_new (N_("Simulated intensive care stays"), "h");
  gsize n_patients = (gsize) options[0];

  describe_fields (builder);
  anm_cohort_builder_set_target (builder, ANM_TARGET_BINARY, 1, "died", N_("died in hospital"), g_strdupv ((char **) classes));
  for (gsize p = 0; p < n_patients; p++)
    add_stay (builder, p, (guint64) options[1]);
  return anm_cohort_builder_finish (builder, 60);
}
