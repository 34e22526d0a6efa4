/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnmEngineError:
 * @ANM_ENGINE_ERROR_NETWORK: the network's text or layout is wrong
 * @ANM_ENGINE_ERROR_HYPERPARAMETER: a hyperparameter is out of range
 * @ANM_ENGINE_ERROR_DATA: the sequences can't be used for this
 * @ANM_ENGINE_ERROR_NOT_FINITE: training met NaN or infinity
 * @ANM_ENGINE_ERROR_STATE: a saved state doesn't fit
 * @ANM_ENGINE_ERROR_FILE: a file of weights is damaged, can't be written, or doesn't fit the network
 *
 * What the engine reports of things that a user can influence.
 */
typedef enum
{
  ANM_ENGINE_ERROR_NETWORK,
  ANM_ENGINE_ERROR_HYPERPARAMETER,
  ANM_ENGINE_ERROR_DATA,
  ANM_ENGINE_ERROR_NOT_FINITE,
  ANM_ENGINE_ERROR_STATE,
  ANM_ENGINE_ERROR_FILE,
} AnmEngineError;

#define ANM_ENGINE_ERROR (anm_engine_error_quark ())
GQuark anm_engine_error_quark (void);

G_END_DECLS
