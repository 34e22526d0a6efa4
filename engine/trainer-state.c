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
#define STATE_VERSION 3

/* The first version knew no schedules, penalties, reasons to end, nor dropout; the second no optimiser that was brought
 * along. Both are still read. */
#define FIRST_VERSION 1
#define FORKED_VERSION 3
#define HEADER_BYTES 32

/* Numbers, written or read in the same order by the same functions. */
typedef struct
{
  GByteArray   *out;    /* writing, else NULL */
  const guint8 *in;     /* reading */
  gsize         n_left;
  gboolean      failed; /* read past the end */
  guint64       version;
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

guint64
_anm_trainer_fingerprint_network (const AnmTrainer *self)
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

/* What the first version could be told, in its order. */
static guint64
fingerprint_first_version (const AnmTrainer *self)
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

/* Whether everything that the first version couldn't be told is as it was then. */
static gboolean
suits_first_version (const AnmTrainer *self)
{
  const AnmHyperparameters *of = &self->hyperparameters;
  AnmHyperparameters first;

  anm_hyperparameters_init (&first, of->optimizer);
  first.loss = of->loss;
  first.learning_rate = of->learning_rate;
  first.momentum = of->momentum;
  first.nesterov = of->nesterov;
  first.rho = of->rho;
  first.beta_1 = of->beta_1;
  first.beta_2 = of->beta_2;
  first.epsilon = of->epsilon;
  first.batch_size = of->batch_size;
  first.epochs = of->epochs;
  first.patience = of->patience;
  first.clip_norm = of->clip_norm;
  first.clip_value = of->clip_value;
  first.balanced_classes = of->balanced_classes;
  first.seed = of->seed;
  return anm_hyperparameters_equal (&first, of);
}

static guint64
add_member (guint64 fingerprint, const AnmHyperparameterMember *member, const AnmHyperparameters *of)
{
  double value = 0.0;

  switch (member->kind)
    {
    case ANM_HYPERPARAMETER_COUNT:
      value = G_STRUCT_MEMBER (guint, of, member->offset);
      break;
    case ANM_HYPERPARAMETER_FLAG:
      value = G_STRUCT_MEMBER (gboolean, of, member->offset) != FALSE;
      break;
    case ANM_HYPERPARAMETER_REAL:
    default:
      value = G_STRUCT_MEMBER (double, of, member->offset);
      break;
    }
  return _anm_fingerprint_add (_anm_fingerprint_add (fingerprint, member->name, strlen (member->name)), &value, sizeof value);
}

/* Members that have their default are left out, so that one that is added later with a default changes nothing. */
static guint64
fingerprint_hyperparameters (const AnmTrainer *self)
{
  const AnmHyperparameters *of = &self->hyperparameters;
  const guint64 choices[] = { (guint64) self->loss, (guint64) of->optimizer, of->seed };
  guint64 fingerprint = _anm_fingerprint_add (_anm_fingerprint_begin (), choices, sizeof choices);
  AnmHyperparameters defaults;
  guint n_members;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);

  anm_hyperparameters_init (&defaults, of->optimizer);
  for (guint i = 0; i < n_members; i++)
    {
      guint64 with_default = add_member (fingerprint, &members[i], &defaults);
      guint64 with_own = add_member (fingerprint, &members[i], of);

      if (!members[i].in_flight && members[i].offset != G_STRUCT_OFFSET (AnmHyperparameters, epochs) && with_own != with_default)
        fingerprint = with_own;
    }
  return _anm_fingerprint_add (fingerprint, of->class_weights, of->n_class_weights * sizeof *of->class_weights);
}

static Belonging
find_belonging (AnmTrainer *self, guint64 version)
{
  return (Belonging){
    .n_parameters = self->n_parameters,
    .network = _anm_trainer_fingerprint_network (self),
    .data = fingerprint_data (self),
    .hyperparameters = version == FIRST_VERSION ? fingerprint_first_version (self) : fingerprint_hyperparameters (self),
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
  guint end = (guint) position->end;

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
  if (stream->version == FIRST_VERSION)
    return;
  pass_double (stream, &position->epoch_penalty);
  pass_double (stream, &position->epoch_norm);
  pass_double (stream, &position->learning_rate);
  pass_uint64 (stream, &position->schedule_start);
  pass_double (stream, &position->plateau.multiplier);
  pass_double (stream, &position->plateau.best);
  pass_uint64 (stream, &position->plateau.wait);
  pass_uint64 (stream, &position->plateau.cooldown);
  pass_uint (stream, &end);
  position->end = (AnmTrainerEnd) end;
  pass_uint (stream, &position->n_recent);
  if (stream->version < FORKED_VERSION)
    return;
  pass_uint (stream, &position->forked_epochs);
  pass_uint64 (stream, &position->forked_updates);
}

static void
pass_schedule (Stream *stream, AnmSchedule *schedule)
{
  guint kind = (guint) schedule->kind;

  pass_uint (stream, &kind);
  schedule->kind = (AnmScheduleKind) kind;
  pass_double (stream, &schedule->warmup);
  pass_double (stream, &schedule->every);
  pass_double (stream, &schedule->factor);
  pass_double (stream, &schedule->epochs);
  pass_double (stream, &schedule->minimum);
  pass_double (stream, &schedule->rise);
  pass_double (stream, &schedule->start);
  pass_double (stream, &schedule->end);
  pass_double (stream, &schedule->patience);
  pass_double (stream, &schedule->min_delta);
  pass_double (stream, &schedule->cooldown);
}

static void
pass_rates (Stream *stream, AnmDropoutRates *rates, guint n_layers)
{
  for (guint layer = 0; layer < n_layers; layer++)
    {
      pass_double (stream, &rates[layer].dropout);
      pass_double (stream, &rates[layer].recurrent_dropout);
    }
}

/* What holds now or from a change on; @own: what the first version leaves as it is. */
static void
pass_in_flight (Stream *stream, const AnmTrainer *own, AnmTrainerChange *change)
{
  pass_double (stream, &change->learning_rate);
  pass_double (stream, &change->clip_norm);
  pass_double (stream, &change->clip_value);
  if (stream->out == NULL)
    {
      change->schedule = own->hyperparameters.schedule;
      change->epochs = own->hyperparameters.epochs;
      change->rates = g_memdup2 (own->rates, own->n_layers * sizeof *own->rates);
    }
  if (stream->version == FIRST_VERSION)
    return;
  pass_schedule (stream, &change->schedule);
  pass_uint (stream, &change->epochs);
  pass_rates (stream, change->rates, own->n_layers);
}

/* @now: what holds now, its rates are owned by the caller. */
static void
pass_changes (Stream *stream, const AnmTrainer *own, AnmTrainerChange *now, GArray *changes)
{
  guint n = changes->len;

  pass_in_flight (stream, own, now);
  pass_uint (stream, &n);
  if (stream->out == NULL)
    {
      if (stream->failed || n > stream->n_left / (4 * sizeof (guint64)))
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
      pass_in_flight (stream, own, change);
    }
}

/* The sums of the epoch at hand and the vectors: read into place, since
 * nothing can go wrong once the length fits. */
static void
pass_arrays (Stream *stream, AnmTrainer *self)
{
  for (guint i = 0; stream->version != FIRST_VERSION && i < self->hyperparameters.convergence_epochs; i++)
    pass_double (stream, &self->recent[i]);
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
count_array_bytes (const AnmTrainer *self, guint64 version)
{
  gsize n_recent = version != FIRST_VERSION ? self->hyperparameters.convergence_epochs : 0;

  return (n_recent + self->n_layers) * sizeof (double) + self->flow_sums->n_cells * (sizeof (double) + sizeof (guint64))
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
pass_header (Stream *stream, guint64 *fingerprint)
{
  char magic[8] = MAGIC;
  guint64 size = sizeof (anm_real);

  pass_bytes (stream, magic, sizeof magic);
  pass_uint64 (stream, &stream->version);
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
  Stream stream = {
    .out = g_byte_array_sized_new ((guint) MIN (count_array_bytes (self, STATE_VERSION) + 1024, G_MAXINT32)),
    .version = STATE_VERSION,
  };
  Belonging belonging = find_belonging (self, STATE_VERSION);
  AnmTrainerChange now = {
    .learning_rate = self->hyperparameters.learning_rate,
    .schedule = self->hyperparameters.schedule,
    .clip_norm = self->hyperparameters.clip_norm,
    .clip_value = self->hyperparameters.clip_value,
    .epochs = self->hyperparameters.epochs,
    .rates = self->rates,
  };
  guint64 fingerprint = 0;
  g_autoptr (GString) message = g_string_new (self->error != NULL ? self->error->message : "");

  pass_header (&stream, &fingerprint);
  pass_belonging (&stream, &belonging);
  pass_position (&stream, &self->position);
  pass_changes (&stream, self, &now, self->changes);
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
  guint64 fingerprint = 0;

  pass_header (stream, &fingerprint);
  if (stream->failed)
    return refuse (error, _("This is not the saved state of a training run."));
  if (stream->version < FIRST_VERSION || stream->version > STATE_VERSION)
    {
      g_set_error (error, ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_STATE,
                   _("The saved state is of version %u; this program reads versions up to %u."), (guint) stream->version, STATE_VERSION);
      return FALSE;
    }
  if (fingerprint != _anm_fingerprint_add (_anm_fingerprint_begin (), stream->in, stream->n_left))
    return refuse (error, _("The saved state is damaged: its checksum doesn't fit."));
  return TRUE;
}

static gboolean
check_belonging (AnmTrainer *self, Stream *stream, GError **error)
{
  Belonging own = find_belonging (self, stream->version), saved = { 0 };

  pass_belonging (stream, &saved);
  if (saved.network != own.network || saved.n_parameters != own.n_parameters)
    return refuse (error, _("The saved state belongs to another network."));
  if (saved.hyperparameters != own.hyperparameters || (stream->version == FIRST_VERSION && !suits_first_version (self)))
    return refuse (error, _("The saved state belongs to a run with other hyperparameters."));
  if (saved.data != own.data)
    return refuse (error, _("The saved state belongs to a run on other data."));
  return TRUE;
}

static gboolean
is_possible (const AnmTrainer *self, const AnmTrainerPosition *position, guint epochs)
{
  return position->phase <= ANM_PHASE_FAILED
         && position->epoch >= 1 && position->epoch <= epochs
         && position->batch <= self->batches->n_batches
         && (position->phase != ANM_PHASE_UPDATES || position->batch < self->batches->n_batches)
         && position->best_epoch <= position->epoch
         && position->end <= ANM_TRAINER_END_GRADIENT
         && position->schedule_start <= position->forked_updates + position->update
         && position->n_recent <= self->hyperparameters.convergence_epochs;
}

static gboolean
rates_are_possible (const AnmTrainerChange *change, guint n_layers)
{
  for (guint layer = 0; layer < n_layers; layer++)
    if (!(change->rates[layer].dropout >= 0.0 && change->rates[layer].dropout < 1.0
          && change->rates[layer].recurrent_dropout >= 0.0 && change->rates[layer].recurrent_dropout < 1.0))
      return FALSE;
  return TRUE;
}

static AnmHyperparameters
apply_in_flight (const AnmHyperparameters *own, const AnmTrainerChange *change)
{
  AnmHyperparameters hyperparameters = *own;

  hyperparameters.learning_rate = change->learning_rate;
  hyperparameters.schedule = change->schedule;
  hyperparameters.clip_norm = change->clip_norm;
  hyperparameters.clip_value = change->clip_value;
  hyperparameters.epochs = change->epochs;
  return hyperparameters;
}

/* The first version's end was always that of the epochs or of patience. */
static void
complete_first_version (AnmTrainerPosition *position, guint epochs)
{
  if (position->phase == ANM_PHASE_DONE)
    position->end = position->epoch >= epochs ? ANM_TRAINER_END_EPOCHS : ANM_TRAINER_END_PATIENCE;
}

/**
 * anm_trainer_restore:
 * @state: from anm_trainer_save() of a trainer with the same network, data and
 *   hyperparameters (what may change in flight may differ: it is restored)
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
  AnmTrainerChange now = { 0 };
  AnmHyperparameters hyperparameters;
  g_autofree AnmDropoutRates *rates = NULL;
  g_autoptr (GArray) changes = _anm_trainer_changes_new ();
  g_autoptr (GString) message = g_string_new (NULL);

  stream.in = g_bytes_get_data (state, &stream.n_left);
  if (!check_header (&stream, error) || !check_belonging (self, &stream, error))
    return FALSE;
  anm_plateau_init (&position.plateau);
  pass_position (&stream, &position);
  pass_changes (&stream, self, &now, changes);
  rates = now.rates;
  pass_message (&stream, message);
  hyperparameters = apply_in_flight (&self->hyperparameters, &now);
  if (stream.failed || stream.n_left != count_array_bytes (self, stream.version)
      || !is_possible (self, &position, hyperparameters.epochs)
      || !rates_are_possible (&now, self->n_layers) || !anm_hyperparameters_validate (&hyperparameters, NULL))
    return refuse (error, _("The saved state is damaged: its parts don't fit together."));

  pass_arrays (&stream, self);
  if (stream.version == FIRST_VERSION)
    complete_first_version (&position, hyperparameters.epochs);
  self->position = position;
  self->hyperparameters = hyperparameters;
  memcpy (self->rates, rates, self->n_layers * sizeof *rates);
  g_array_unref (self->changes);
  self->changes = g_steal_pointer (&changes);
  g_clear_error (&self->error);
  if (position.phase == ANM_PHASE_FAILED)
    self->error = g_error_new_literal (ANM_ENGINE_ERROR, ANM_ENGINE_ERROR_NOT_FINITE, message->str);
  anm_packed_fill (self->packed, self->parameters);
  return TRUE;
}
