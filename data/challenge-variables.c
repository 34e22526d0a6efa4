/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/challenge-variables.h"

#include <math.h>

#include <glib/gi18n-lib.h>

/*
 * The variables of the Challenge, in the order in which a clinician reads them.
 * Units as in Silva et al., "Predicting in-hospital mortality of ICU patients:
 * the PhysioNet/Computing in Cardiology Challenge 2012", Computing in Cardiology
 * 39:245 (2012), but for magnesium, which its description gives in mmol/L: the
 * values (median 2.0) are mg/dL.
 *
 * Plausible: what a living adult in intensive care can show; outside lie slips of
 * unit and of typing (pH 735, temperature in degrees Fahrenheit less 32), which
 * are kept and flagged. Normal: usual adult reference ranges; none is given where
 * it hangs on age, size, treatment or the collecting interval.
 */
static const AnmChallengeVariable variables[] = {
  { "HR", N_("Heart rate"), "bpm", 10, 300, 60, 100 },
  { "SysABP", N_("Systolic arterial pressure"), "mmHg", 20, 300, 90, 130 },
  { "DiasABP", N_("Diastolic arterial pressure"), "mmHg", 10, 200, 60, 85 },
  { "MAP", N_("Mean arterial pressure"), "mmHg", 15, 220, 70, 105 },
  { "NISysABP", N_("Systolic pressure, cuff"), "mmHg", 20, 300, 90, 130 },
  { "NIDiasABP", N_("Diastolic pressure, cuff"), "mmHg", 10, 200, 60, 85 },
  { "NIMAP", N_("Mean pressure, cuff"), "mmHg", 15, 220, 70, 105 },
  { "RespRate", N_("Respiratory rate"), "/min", 2, 80, 12, 20 },
  { "Temp", N_("Temperature"), "°C", 25, 45, 36.1, 37.8 },
  { "GCS", N_("Glasgow coma score"), N_("points"), 3, 15, 15, 15 },
  { "Urine", N_("Urine output"), "mL", 0, 3000, NAN, NAN },
  { "FiO2", N_("Inspired oxygen fraction"), "", 0.21, 1, NAN, NAN },
  { "MechVent", N_("Mechanical ventilation"), "", 0, 1, NAN, NAN },
  { "SaO2", N_("Arterial oxygen saturation"), "%", 20, 100, 94, 100 },
  { "pH", N_("Arterial pH"), "", 6.5, 8, 7.35, 7.45 },
  { "PaO2", N_("Arterial oxygen pressure"), "mmHg", 15, 700, 75, 100 },
  { "PaCO2", N_("Arterial carbon dioxide pressure"), "mmHg", 8, 150, 35, 45 },
  { "HCO3", N_("Bicarbonate"), "mmol/L", 3, 60, 22, 28 },
  { "Lactate", N_("Lactate"), "mmol/L", 0.1, 40, 0.5, 2 },
  { "Na", N_("Sodium"), "mmol/L", 90, 190, 135, 145 },
  { "K", N_("Potassium"), "mmol/L", 1, 12, 3.5, 5 },
  { "Mg", N_("Magnesium"), "mg/dL", 0.3, 15, 1.7, 2.2 },
  { "Glucose", N_("Glucose"), "mg/dL", 10, 1500, 70, 140 },
  { "Creatinine", N_("Creatinine"), "mg/dL", 0.1, 30, 0.6, 1.3 },
  { "BUN", N_("Blood urea nitrogen"), "mg/dL", 1, 300, 7, 20 },
  { "Bilirubin", N_("Bilirubin"), "mg/dL", 0.1, 80, 0.1, 1.2 },
  { "Albumin", N_("Albumin"), "g/dL", 0.5, 7, 3.5, 5 },
  { "ALT", N_("Alanine transaminase"), "U/L", 1, 30000, 7, 55 },
  { "AST", N_("Aspartate transaminase"), "U/L", 1, 50000, 8, 40 },
  { "ALP", N_("Alkaline phosphatase"), "U/L", 5, 5000, 40, 130 },
  { "Cholesterol", N_("Cholesterol"), "mg/dL", 20, 800, 125, 200 },
  { "HCT", N_("Haematocrit"), "%", 5, 75, 36, 50 },
  { "WBC", N_("White blood cells"), "10⁹/L", 0.1, 500, 4, 11 },
  { "Platelets", N_("Platelets"), "10⁹/L", 1, 2500, 150, 400 },
  { "TroponinI", N_("Troponin I"), "µg/L", 0, 1000, 0, 0.04 },
  { "TroponinT", N_("Troponin T"), "µg/L", 0, 100, 0, 0.014 },
  { "Weight", N_("Weight"), "kg", 20, 400, NAN, NAN },
};

const AnmChallengeVariable *
anm_challenge_variables (guint *n_variables)
{
  *n_variables = G_N_ELEMENTS (variables);
  return variables;
}
