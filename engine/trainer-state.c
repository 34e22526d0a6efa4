/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/trainer-private.h"

#include "engine/fingerprint.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/*
 * A trainer's whole state as one value:
 *
 *   magic (8 bytes) | version | size of a number | fingerprint of all that follows
 *   what the state belongs to: network, data, fixed hyperparameters
 *   position, hyperparameters changed in flight, sums of the epoch, vectors
 *
 * Every number is little-endian and 8 bytes long, but for the vectors'.
 */

#define MAGIC "ANMTRAIN"
#define STATE_VERSION 1
#define HEADER_BYTES 32

/* Numbers, written or read in the same order by the same functions. */
typedef struct
{
  GByteArray   *out;    /* writing, else NULL */
  const guint8 *in;     /* reading */
  gsize         n_left;
  gboolean      failed; /* read past the end */
} Stream;

static void
pass_bytes (Stream *stream, gpointer bytes, gsize n)
{
  if (stream->out != NULL)
    g_byte_array_append (stream->out, bytes, (guint) n);
  else if (stream->failed || stream->n_left < n)
    {
      stream->failed = TRUE;
      memset (bytes, 0, n);
    }
  else
    {
      memcpy (bytes, stream->in, n);
      stream->in += n;
      stream->n_left -= n;
    }
}

static void
pass_uint64 (Stream *stream, guint64 *value)
{
  guint64 little = GUINT64_TO_LE (*value);

  pass_bytes (stream, &little, sizeof little);
  *value = GUINT64_FROM_LE (little);
}

static void
pass_uint (Stream *stream, guint *value)
{
  guint64 wide = *value;

  pass_uint64 (stream, &wide);
  *value = (guint) wide;
}

static void
pass_double (Stream *stream, double *value)
{
  guint64 bits;

  memcpy (&bits, value, sizeof bits);
  pass_uint64 (stream, &bits);
  memcpy (value, &bits, sizeof bits);
}

static void
pass_vector (Stream *stream, anm_real *vector, gsize n)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  pass_bytes (stream, vector, n * sizeof *vector);
#else
#error "Vectors must be turned round on machines that begin with the high byte"
#endif
}

/* What the state belongs to */

typedef struct
{
  guint64 n_parameters;
  guint64 network;          /* fingerprint of its text and inputs */
  guint64 data;
  guint64 hyperparameters;  /* fingerprint of those that can't change in flight */
} Belonging;

static guint64
fingerprint_network (const AnmTrainer *self)
{
  g_autofree char *text = anm_network_spec_to_text (anm_network_get_spec (self->network));
  guint64 n_inputs = anm_network_get_n_inputs (self->network);
  guint64 fingerprint = _anm_fingerprint_add (_anm_fingerprint_begin (), text, strlen (text));

  return _anm_fingerprint_add (fingerprint, &n_inputs, sizeof n_inputs);
}

static guint64
fingerprint_data (AnmTrainer *self)
{
  guint64 fingerprint = _anm_fingerprint_begin ();

  if (self->fingerprint != 0)
    return self->fingerprint;
  fingerprint = _anm_fingerprint_sequences (fingerprint, &self->view);
  if (self->validation != NULL)
    fingerprint = _anm_fingerprint_sequences (fingerprint, self->validation);
  return self->fingerprint = MAX (fingerprint, 1);
}

static guint64
fingerprint_hyperparameters (const AnmTrainer *self)
{
  const AnmHyperparameters *of = &self->hyperparameters;
  const double numbers[] = { of->momentum, of->rho, of->beta_1, of->beta_2, of->epsilon };
  const guint64 choices[] = {
    (guint64) self->loss, (guint64) of->optimizer, of->nesterov != FALSE, of->batch_size,
    of->epochs, of->patience, of->balanced_classes != FALSE, of->seed
  };

  return _anm_fingerprint_add (_anm_fingerprint_add (_anm_fingerprint_begin (), numbers, sizeof numbers),
                               choices, sizeof choices);
}

static Belonging
find_belonging (AnmTrainer *self)
{
  return (Belonging){
    .n_parameters = self->n_parameters,
    .network = fingerprint_network (self),
    .data = fingerprint_data (self),
    .hyperparameters = fingerprint_hyperparameters (self),
  };
}

static void
pass_belonging (Stream *stream, Belonging *belonging)
{
  pass_uint64 (stream, &belonging->n_parameters);
  pass_uint64 (stream, &belonging->network);
  pass_uint64 (stream, &belonging->data);
  pass_uint64 (stream, &belonging->hyperparameters);
}

/* The state itself */

static void
pass_position (Stream *stream, AnmTrainerPosition *position)
{
  guint phase = (guint) position->phase;

  pass_uint (stream, &phase);
  position->phase = (AnmTrainerPhase) phase;
  pass_uint (stream, &position->epoch);
  pass_uint (stream, &position->batch);
  pass_uint64 (stream, &position->update);
  pass_double (stream, &position->epoch_loss);
  pass_double (stream, &position->epoch_weight);
  pass_double (stream, &position->epoch_seconds);
  pass_uint (stream, &position->best_epoch);
  pass_double (stream, &position->best_loss);
}

static void
pass_changes (Stream *stream, AnmHyperparameters *hyperparameters, GArray *changes)
{
  guint n = changes->len;

  pass_double (stream, &hyperparameters->learning_rate);
  pass_double (stream, &hyperparameters->clip_norm);
  pass_double (stream, &hyperparameters->clip_value);
  pass_uint (stream, &n);
  if (stream->out == NULL)
    {
      if (stream->failed || n > stream->n_left / sizeof (AnmTrainerChange))
        {
          stream->failed = TRUE;
          return;
        }
      g_array_set_size (changes, n);
    }
  for (guint i = 0; i < n; i++)
    {
      AnmTrainerChange *change = &g_array_index (changes, AnmTrainerChange, i);

      pass_uint64 (stream, &change->update);
      pass_double (stream, &change->learning_rate);
      pass_double (stream, &change->clip_norm);
      pass_double (stream, &change->clip_value);
    }
}

/* The sums of the epoch at hand and the vectors: read into place, since
 * nothing can go wrong once the length fits. */
static void
pass_arrays (Stream *stream, AnmTrainer *self)
{
  for (guint layer = 0; layer < self->n_layers; layer++)
    pass_double (stream, &self->norm_sums[layer]);
  for (gsize i = 0; i < self->flow_sums->n_cells; i++)
    {
      pass_double (stream, &self->flow_sums->sums[i]);
      pass_uint64 (stream, &self->flow_sums->counts[i]);
    }
  pass_vector (stream, self->parameters, self->n_parameters);
  pass_vector (stream, self->previous, self->n_parameters);
  pass_vector (stream, self->best, self->n_parameters);
  for (guint i = 0; i < self->n_moments; i++)
    pass_vector (stream, self->moments[i], self->n_parameters);
}

static gsize
count_array_bytes (const AnmTrainer *self)
{
  return self->n_layers * sizeof (double) + self->flow_sums->n_cells * (sizeof (double) + sizeof (guint64))
         + (3 + self->n_moments) * self->n_parameters * sizeof (anm_real);
}

/* A run that has failed stays so, with its message. */
static void
pass_message (Stream *stream, GString *message)
{
  guint n = (guint) message->len;

  pass_uint (stream, &n);
  if (stream->out == NULL)
    {
      if (stream->failed || n > stream->n_left)
        {
          stream->failed = TRUE;
          return;
        }
      g_string_set_size (message, n);
    }
  pass_bytes (stream, message->str, n);
}

static void
pass_header (Stream *stream, guint64 *version, guint64 *fingerprint)
{
  char magic[8] = MAGIC;
  guint64 size = sizeof (anm_real);

  pass_bytes (stream, magic, sizeof magic);
  pass_uint64 (stream, version);
  pass_uint64 (stream, &size);
  pass_uint64 (stream, fingerprint);
  if (memcmp (magic, MAGIC, sizeof magic) != 0 || size != sizeof (anm_real))
    stream->failed = TRUE;
}

/**
 * anm_trainer_save:
 *
 * Must not be called while a step is being made. Figures of the last update
 * and epoch are not part of it.
 *
 * Returns: (transfer full): all that anm_trainer_restore() needs to go on as
 *   if nothing had happened
 */
GBytes *
anm_trainer_save (const AnmTrainer *trainer)
{
  AnmTrainer *self = (AnmTrainer *) trainer; /* what passes is only read */
  Stream stream = { .out = g_byte_array_sized_new ((guint) MIN (count_array_bytes (self) + 1024, G_MAXINT32)) };
  Belonging belonging = find_belonging (self);
  guint64 version = STATE_VERSION, fingerprint = 0;
  g_autoptr (GString) message = g_string_new (self->error != NULL ? self->error->message : "");

  pass_header (&stream, &version, &fingerprint);
  pass_belonging (&stream, &belonging);
  pass_position (&stream, &self->position);
  pass_changes (&stream, &self->hyperparameters, self->changes);
  pass_message (&stream, message);
  pass_arrays (&stream, self);

  fingerprint = _anm_fingerprint_add (_anm_fingerprint_begin (), stream.out->data + HEADER_BYTES, stream.out->len - HEADER_BYTES);
  fingerprint = GUINT64_TO_LE (fingerprint);
  memcpy (stream.out->data + HEADER_BYTES - sizeof fingerprint, &fingerprint, sizeof fingerprint);
  return g_byte_array_free_to_bytes (stream.out);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE, message);
  return FALSE;
}

static gboolean
check_header (Stream *stream, GError **error)
{
  guint64 version = 0, fingerprint = 0;

  pass_header (stream, &version, &fingerprint);
  if (stream->failed)
    return refuse (error, _("This is not the saved state of a training run."));
  if (version != STATE_VERSION)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE,
                   _("The saved state is of version %u; this program reads version %u."), (guint) version, STATE_VERSION);
      return FALSE;
    }
  if (fingerprint != _anm_fingerprint_add (_anm_fingerprint_begin (), stream->in, stream->n_left))
    return refuse (error, _("The saved state is damaged: its checksum doesn't fit."));
  return TRUE;
}

static gboolean
check_belonging (AnmTrainer *self, Stream *stream, GError **error)
{
  Belonging own = find_belonging (self), saved = { 0 };

  pass_belonging (stream, &saved);
  if (saved.network != own.network || saved.n_parameters != own.n_parameters)
    return refuse (error, _("The saved state belongs to another network."));
  if (saved.hyperparameters != own.hyperparameters)
    return refuse (error, _("The saved state belongs to a run with other hyperparameters."));
  if (saved.data != own.data)
    return refuse (error, _("The saved state belongs to a run on other data."));
  return TRUE;
}

static gboolean
is_possible (const AnmTrainer *self, const AnmTrainerPosition *position)
{
  return position->phase <= ANM_PHASE_FAILED
         && position->epoch >= 1 && position->epoch <= self->hyperparameters.epochs
         && position->batch <= self->batches->n_batches
         && (position->phase != ANM_PHASE_UPDATES || position->batch < self->batches->n_batches)
         && position->best_epoch <= position->epoch;
}

/**
 * anm_trainer_restore:
 * @state: from anm_trainer_save() of a trainer with the same network, data and
 *   hyperparameters (learning rate and clipping may differ: they are restored)
 *
 * Afterwards the trainer goes on as the saved one would have, bit for bit.
 *
 * Returns: whether it could be done, else %ANM_ENGINE_ERROR_STATE and nothing
 *   has changed
 */
gboolean
anm_trainer_restore (AnmTrainer *self, GBytes *state, GError **error)
{
  Stream stream = { 0 };
  AnmTrainerPosition position = { 0 };
  AnmHyperparameters hyperparameters = self->hyperparameters;
  g_autoptr (GArray) changes = g_array_new (FALSE, TRUE, sizeof (AnmTrainerChange));
  g_autoptr (GString) message = g_string_new (NULL);

  stream.in = g_bytes_get_data (state, &stream.n_left);
  if (!check_header (&stream, error) || !check_belonging (self, &stream, error))
    return FALSE;
  pass_position (&stream, &position);
  pass_changes (&stream, &hyperparameters, changes);
  pass_message (&stream, message);
  if (stream.failed || stream.n_left != count_array_bytes (self) || !is_possible (self, &position)
      || !anm_hyperparameters_validate (&hyperparameters, NULL))
    return refuse (error, _("The saved state is damaged: its parts don't fit together."));

  pass_arrays (&stream, self);
  self->position = position;
  self->hyperparameters = hyperparameters;
  g_array_unref (self->changes);
  self->changes = g_steal_pointer (&changes);
  g_clear_error (&self->error);
  if (position.phase == ANM_PHASE_FAILED)
    self->error = g_error_new_literal (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE, message->str);
  anm_packed_fill (self->packed, self->parameters);
  return TRUE;
}
