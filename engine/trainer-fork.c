/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include "engine/fingerprint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What an optimiser has gathered when a run is left, for another that begins with the same weights: moments, how many
 * updates and epochs they come from, and where the schedule stands. With it a fork that changes nothing makes the bits that its parent made.
 *
 *   Kept | moments
 *
 * Numbers are little-endian, as in the trainer's whole state.
 */

#define MAGIC "ANMOPTIM"
#define VERSION 1

typedef struct
{
  char       magic[8];
  guint64    version;
  guint64    size;           /* of a number of a vector */
  guint64    fingerprint;    /* of all that follows */
  guint64    network;
  guint64    n_parameters;
  guint64    optimizer;
  guint64    forms;          /* momentum, centered, amsgrad: which moments there are */
  guint64    n_moments;
  guint64    n_batches;
  guint64    epochs;         /* whole ones */
  guint64    updates;
  guint64    schedule;       /* fingerprint of its text */
  guint64    schedule_start;
  AnmPlateau plateau;
} Kept;

#define HEADER_BYTES G_STRUCT_OFFSET (Kept, network)

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "Numbers must be turned round on machines that begin with the high byte"
#endif

static guint64
fingerprint_schedule (const AnmTrainer *self)
{
  g_autofree char *text = anm_schedule_to_text (&self->hyperparameters.schedule);

  return _anm_fingerprint_add (_anm_fingerprint_begin (), text, strlen (text));
}

static guint64
find_forms (const AnmTrainer *self)
{
  const AnmHyperparameters *of = &self->hyperparameters;

  return (guint64) (of->momentum > 0.0) | (guint64) (of->centered != FALSE) << 1 | (guint64) (of->amsgrad != FALSE) << 2;
}

static Kept
describe (const AnmTrainer *self)
{
  const AnmTrainerPosition *position = &self->position;
  guint epochs = position->phase >= ANM_PHASE_DONE ? position->epoch : position->epoch - 1;

  return (Kept){
    .magic = MAGIC,
    .version = VERSION,
    .size = sizeof (anm_real),
    .network = _anm_trainer_fingerprint_network (self),
    .n_parameters = self->n_parameters,
    .optimizer = (guint64) self->hyperparameters.optimizer,
    .forms = find_forms (self),
    .n_moments = self->n_moments,
    .n_batches = self->batches->n_batches,
    .epochs = position->forked_epochs + epochs,
    .updates = position->forked_updates + position->update,
    .schedule = fingerprint_schedule (self),
    .schedule_start = position->schedule_start,
    .plateau = position->plateau,
  };
}

/**
 * anm_trainer_save_optimizer:
 *
 * Must not be called while a step is being made.
 *
 * Returns: (transfer full): what anm_trainer_carry_on() takes
 */
GBytes *
anm_trainer_save_optimizer (const AnmTrainer *self)
{
  Kept kept = describe (self);
  GByteArray *bytes = g_byte_array_sized_new ((guint) MIN (sizeof kept + self->n_moments * self->n_parameters * sizeof (anm_real), G_MAXINT32));
  guint64 fingerprint;

  g_byte_array_append (bytes, (const guint8 *) &kept, sizeof kept);
  for (guint i = 0; i < self->n_moments; i++)
    g_byte_array_append (bytes, (const guint8 *) self->moments[i], (guint) (self->n_parameters * sizeof (anm_real)));
  fingerprint = _anm_fingerprint_add (_anm_fingerprint_begin (), bytes->data + HEADER_BYTES, bytes->len - HEADER_BYTES);
  memcpy (bytes->data + G_STRUCT_OFFSET (Kept, fingerprint), &fingerprint, sizeof fingerprint);
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE, message);
  return FALSE;
}

static gboolean
read_kept (const guint8 *bytes, gsize size, Kept *kept, GError **error)
{
  if (size < sizeof *kept || memcmp (bytes, MAGIC, sizeof kept->magic) != 0)
    return refuse (error, _("This is not what an optimiser has gathered."));
  memcpy (kept, bytes, sizeof *kept);
  if (kept->version != VERSION || kept->size != sizeof (anm_real))
    return refuse (error, _("What the optimiser has gathered was kept by another version of this program."));
  if (kept->fingerprint != _anm_fingerprint_add (_anm_fingerprint_begin (), bytes + HEADER_BYTES, size - HEADER_BYTES)
      || kept->n_moments > ANM_OPTIMIZER_MAX_MOMENTS || kept->epochs > G_MAXUINT / 2
      || size - sizeof *kept != kept->n_moments * kept->n_parameters * sizeof (anm_real))
    return refuse (error, _("What the optimiser has gathered is damaged: its checksum doesn't fit."));
  return TRUE;
}

/**
 * anm_trainer_carry_on:
 * @optimizer: from anm_trainer_save_optimizer() of a trainer with the same network, when it had the parameters that this one begins with
 * @carried: (out): %FALSE if this optimiser is of another kind and begins anew
 *
 * Before the first update. Moments, the count of updates and the order of batches go on from there; so does the
 * schedule, unless it is another one or the batches are of another size: then it begins here. Epochs still count from 1,
 * and early stopping begins anew.
 *
 * Returns: %FALSE with %ANM_ENGINE_ERROR_STATE, and nothing has changed, if it isn't such a thing or of another network
 */
gboolean
anm_trainer_carry_on (AnmTrainer *self, GBytes *optimizer, gboolean *carried, GError **error)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (optimizer, &size);
  AnmTrainerPosition *position = &self->position;
  Kept kept;

  g_return_val_if_fail (position->update == 0 && position->forked_updates == 0, FALSE);

  *carried = FALSE;
  if (!read_kept (bytes, size, &kept, error))
    return FALSE;
  if (kept.network != _anm_trainer_fingerprint_network (self) || kept.n_parameters != self->n_parameters)
    return refuse (error, _("What the optimiser has gathered belongs to another network."));
  if (kept.optimizer != (guint64) self->hyperparameters.optimizer || kept.n_moments != self->n_moments || kept.forms != find_forms (self))
    return TRUE;

  *carried = TRUE;
  position->forked_epochs = (guint) kept.epochs;
  position->forked_updates = position->schedule_start = kept.updates;
  if (kept.schedule == fingerprint_schedule (self) && kept.n_batches == self->batches->n_batches)
    {
      position->schedule_start = kept.schedule_start;
      position->plateau = kept.plateau;
    }
  for (guint i = 0; i < self->n_moments; i++)
    memcpy (self->moments[i], bytes + sizeof kept + i * self->n_parameters * sizeof (anm_real), self->n_parameters * sizeof (anm_real));
  return TRUE;
}
